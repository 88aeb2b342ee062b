"""The sheets in words: Leeswijzer, which says what one has in hands, and Verantwoording."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from coder.messages import _, ngettext
from coder.reports.coded_counts import ANSWER_STATUSES, CodedCounts, coded_counts, is_provisional
from coder.reports.coded_set import CodedPart, CodedQuestion, CodedSet
from coder.reports.numbers import count, percent
from coder.reports.words import base_word, origin_word, status_word
from coder.writers.cells import plain
from coder.writers.data_columns import names_by_question, variable_meanings
from coder.writers.layout import LINE_HEIGHT, Formats, lines_needed, portrait, row_height
from coder.writers.safe_workbook import SafeSheet

_KEY_WIDTH = 30
_TEXT_WIDTH = 92
_INDENT_WIDTH = 2

Section = tuple[str, list[tuple[str, str]]]


def write_reading_guide(
    sheet: SafeSheet,
    coded: CodedSet,
    formats: Formats,
    *,
    sheets: Sequence[tuple[str, str]],
    losses: Sequence[str],
    answers: bool,
) -> None:
    """Write the first sheet; `sheets` are the names of all sheets with what is on them."""
    portrait(sheet, coded.study)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _KEY_WIDTH)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.write_cells(0, [plain(coded.study)], [formats.title], height=24)
    state_format = formats.warning if is_provisional(coded) else formats.strong_wrap
    _line(sheet, 1, (_("Status"), _state(coded)), (formats.strong, state_format))
    row = 3
    for title, lines in (
        (_("This file"), _about(coded, answers)),
        *_questions(coded),
        (_("What the cells of the data mean"), _cell_meanings(coded)),
        (_("The sheets"), list(sheets)),
        (_("What Excel cannot hold"), [("", line) for line in losses or [_("Everything fitted.")]]),
    ):
        sheet.write_cells(row, [plain(title)], [formats.heading])
        row += 1
        for line in lines:
            _line(sheet, row, line, (formats.strong_wrap, formats.wrap))
            row += 1
        row += 1


def _line(sheet: SafeSheet, row: int, line: tuple[str, str], styles: tuple[object, object]) -> None:
    key, text = plain(line[0]), plain(line[1])
    height = row_height([(key, _KEY_WIDTH), (text, _TEXT_WIDTH)])
    sheet.write_cells(row, [key or None, text], list(styles), height=height)


def _state(coded: CodedSet) -> str:
    if not is_provisional(coded):
        return _("DEFINITIVE: every answer has a final coding by people.")
    return _("PROVISIONAL: there are answers without a final coding, or coded by the model; see below.")


def _about(coded: CodedSet, answers: bool) -> list[tuple[str, str]]:
    lines = [
        (_("Study"), coded.study),
        (_("Wave"), ", ".join(coded.waves)),
        (_("Made on"), coded.created.strftime("%Y-%m-%d %H:%M")),
        (_("Made with"), f"coder {coded.program_version}"),
        (_("Respondents"), count(len(coded.rows))),
        *coded.provenance,
    ]
    if not answers:
        lines.append(
            (
                _("Without answers"),
                _(
                    "The answers to the open questions, the sheet with the texts under residual labels and "
                    "the examples in the codebook were left out. Other columns of the survey are as they "
                    "were: look at them before passing this file on."
                ),
            )
        )
    return lines


def _questions(coded: CodedSet) -> Iterator[Section]:
    for question in coded.questions:
        yield f"{question.short} · {question.text}", _question(question, coded_counts(question))


def _question(question: CodedQuestion, counts: CodedCounts) -> list[tuple[str, str]]:
    states = ", ".join(
        f"{status_word(state)} {count(counts.status[state])}"
        for state in ANSWER_STATUSES
        if counts.status.get(state)
    )
    coders = ", ".join(f"{name} ({count(n)})" for name, n in question.coders.items())
    lines = [
        *((_("Bases"), _bases(part)) for part in question.parts),
        (_("Answers by status"), states or "–"),
        (_("Coded by"), coders or _("nobody yet")),
        (_("Codebook"), _("version {version}").format(version=question.version)),
    ]
    if counts.automatic:
        share = percent(counts.automatic / counts.filled_in if counts.filled_in else None)
        text = ngettext(
            "{n} answer ({share} of what was filled in); {queued} of them wait for a person.",
            "{n} answers ({share} of what was filled in); {queued} of them wait for a person.",
            counts.automatic,
        )
        lines.append(
            (
                _("Coded by the model"),
                text.format(n=count(counts.automatic), share=share, queued=count(counts.queued)),
            )
        )
        lines.append((_("Corrected for the model's errors"), _corrected(question.parts)))
    return lines


def _corrected(parts: Sequence[CodedPart]) -> str:
    """Name the waves whose percentages are corrected, and those with labels of the model that are not."""
    automatic: dict[tuple[bool, str], int] = {}
    for part in parts:
        automatic[part.corrected, part.wave] = automatic.get((part.corrected, part.wave), 0) + part.automatic
    yes = [wave for (corrected, wave) in automatic if corrected]
    no = [
        ngettext("{wave} ({n} answer by the model)", "{wave} ({n} answers by the model)", n).format(
            wave=wave, n=count(n)
        )
        for (corrected, wave), n in automatic.items()
        if n and not corrected
    ]
    text = _("percentages of {waves}").format(waves=", ".join(yes)) if yes else _("no percentages")
    return text + ("; " + _("not those of {waves}").format(waves=", ".join(no)) if no else "") + "."


def _bases(part: CodedPart) -> str:
    sizes = [(_("respondents"), part.respondents), (base_word("filled_in"), part.filled_in)]
    if part.asked is not None:
        sizes.insert(1, (base_word("asked"), part.asked))
    bases = ", ".join(f"{word} {count(n)}" for word, n in sizes)
    return _("{where}: {bases} (unweighted).").format(where=part.where, bases=bases)


def _cell_meanings(coded: CodedSet) -> list[tuple[str, str]]:
    lines = [
        ("1", _("the label is mentioned")),
        ("0", _("the label is not mentioned: the answer was coded and does not have it")),
        (
            _("empty"),
            _(
                "not known: not asked, not filled in, not coded, open, or coded with a version of the "
                "codebook that did not have the label yet. Empty is not 0."
            ),
        ),
    ]
    all_names = names_by_question(coded)
    if not all_names:
        return lines
    statuses = [status_word(status) for status in (*ANSWER_STATUSES, "not_filled_in", "not_asked")]
    origins = [origin_word(word) for word in ("consensus", "unanimous", "single", "open", "automatic")]
    meanings = [
        ", ".join(statuses),
        ", ".join([*origins, origin_word("automatic", queued=True)]),
        *(meaning for _name, meaning in variable_meanings(all_names[0])[2:]),
    ]
    for place, meaning in enumerate(meanings):
        lines.append((", ".join(names.all[place] for names in all_names), meaning))
    for question, names in zip(coded.questions, all_names, strict=True):
        columns = [names.by_label[id] for id in question.labels_in_order]
        if columns:
            span = columns[0] if len(columns) == 1 else f"{columns[0]} … {columns[-1]}"
            lines.append((span, _("one column a label; what each is, see the comment on its header")))
    return lines


def write_accountability(sheet: SafeSheet, coded: CodedSet, formats: Formats) -> None:
    """Write the paragraphs; one that does not end in a full stop is a heading."""
    portrait(sheet, coded.study)
    sheet.hide_gridlines(2)
    # a single column is not scaled down to the page by LibreOffice, two are
    sheet.set_column(0, 0, _INDENT_WIDTH)
    sheet.set_column(1, 1, _TEXT_WIDTH)
    sheet.write_cells(0, [f"{coded.study} · {_('Accountability')}"], [formats.title], height=24)
    row, breaks = 2, []
    for is_text, group in groupby(coded.accountability, key=lambda text: text.rstrip().endswith(".")):
        paragraphs = list(group)
        # a heading above a heading begins a language: on a page of its own, the first under the title
        if not is_text and len(paragraphs) > 1 and row > 2:
            row += 1
            breaks.append(row)
        for paragraph in paragraphs:
            text = plain(paragraph)
            if is_text:
                height = LINE_HEIGHT * lines_needed(text, _TEXT_WIDTH) + 6
                sheet.write_cells(row, [None, text], [None, formats.wrap], height=height)
            else:
                row += 1
                sheet.write_cells(row, [text], [formats.heading])
            row += 1
    sheet.set_h_pagebreaks(breaks)
