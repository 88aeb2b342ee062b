"""A coding sheet: answers with drop-down lists, for a colleague who codes in Excel and not in a terminal.

The sheet can be read back without guessing. Its columns are called, in any language, `id`, an answer,
`status`, `label1` … `labelN` and `memo`; the sheet "Over dit blad" starts with the key `coding_sheet` in its
first cell and tells with fixed keys in its first column which question, wave and codebook version it is for,
what it is for (`purpose`: `audit`, `bridge` or empty), and which word in the column status stands for which
status (`status:none` …).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter.utility import quote_sheetname

from coder.codebook import Codebook, Label
from coder.messages import _
from coder.reports.words import status_word
from coder.writers.cells import Excel, plain
from coder.writers.layout import Formats, landscape, make_formats, portrait, row_height
from coder.writers.losses import Losses
from coder.writers.replacing import TooLargeError
from coder.writers.safe_workbook import MOST_ROWS, SafeSheet, add_sheet, new_workbook

ABOUT_KEY = "coding_sheet"
ABOUT_FORMAT = "1"
STATUSES = ("labelled", "none", "unclear", "skipped")

_ANSWER_WIDTH = 60
_LABEL_WIDTH = 26
_CODEBOOK_WIDTHS = (30, 9, 50, 34, 34, 34)


@dataclass(frozen=True, slots=True)
class SheetCoding:
    """What is already coded: a status ("labelled", "none", "unclear", "skipped"), label ids, a memo."""

    status: str
    labels: tuple[str, ...] = ()
    memo: str = ""


def write_coding_sheet(
    path: Path | str,
    *,
    rows: Sequence[tuple[str, str]],
    codebook: Codebook,
    question: str,
    wave: str,
    version: int,
    coder: str = "",
    codings: Mapping[str, SheetCoding] | None = None,
    purpose: str = "",
    slots: int = 5,
    beside: Mapping[str, Sequence[str]] | None = None,
) -> list[str]:
    """Write a coding sheet for these (respondent id, answer) rows.

    Ids and answers are locked (without a password), labels and statuses have drop-down lists; a label
    that is not in the list may be typed after a warning, for `--add-labels`. There are `slots` label
    columns, or more where an existing coding needs them. `purpose` is "audit" or "bridge" for a sheet that
    is coded blind for such a sample: its codings come back as that. `beside` adds columns to read only, after
    the memo: heading to one text a row (for a consensus, what each coder chose).

    Returns what Excel could not hold, a line each. Raises TooLargeError and CannotWriteError.
    """
    if len(rows) + 1 > MOST_ROWS:
        raise TooLargeError(
            _("{n} answers are more than a sheet can hold ({most}): divide them over coders.").format(
                n=len(rows), most=MOST_ROWS - 1
            )
        )
    given = codings or {}
    slots = max([slots, *(len(coding.labels) for coding in given.values())])
    losses = Losses()
    title = f"{question} · {wave}"
    with new_workbook(Path(path), title, None) as book:
        formats = make_formats(book)
        answers = add_sheet(book, _("Coding"))
        labels = add_sheet(book, _("Codebook"))
        about = add_sheet(book, _("About this sheet"))
        choices = {label.id: choice(label, codebook) for label in codebook.active}
        listed = _write_labels(labels, codebook, choices, formats)
        _validate(answers, len(rows), slots, listed)
        _write_answers(answers, title, rows, given, choices, slots, formats, losses)
        _write_beside(answers, 4 + slots, beside or {}, formats)
        facts = {
            ABOUT_KEY: ABOUT_FORMAT,
            "question": question,
            "wave": wave,
            "codebook_version": str(version),
            "coder": coder,
            "purpose": purpose,
            **{f"status:{status}": status_word(status) for status in STATUSES},
        }
        _write_about(about, facts, codebook, formats)
    return losses.lines(None)


def choice(label: Label, codebook: Codebook) -> str:
    """Return what stands for a label in the drop-down lists: its name, or its id where the name is not
    enough to tell it from another label.
    """
    name = label.name.strip().casefold()
    others = [other for other in codebook.active if other.id != label.id]
    if not name or any(name in (other.name.strip().casefold(), other.id) for other in others):
        return label.id
    return label.name


def _write_labels(sheet: SafeSheet, codebook: Codebook, choices: Mapping[str, str], formats: Formats) -> str:
    """Write the labels to choose from; return the range of the list, empty without labels."""
    landscape(sheet, codebook.question)
    sheet.freeze_panes(1, 1)
    header = [_("label"), _("number"), _("definition"), _("include"), _("exclude"), _("examples")]
    for place, width in enumerate(_CODEBOOK_WIDTHS):
        sheet.set_column(place, place, width)
    sheet.write_cells(0, header, [formats.header_text] * len(header))
    for row, label in enumerate(codebook.active, start=1):
        cells: list[Excel] = [
            plain(choices[label.id]),
            label.number,
            plain(label.definition) or None,
            *(plain("\n".join(lines)) or None for lines in (label.include, label.exclude, label.examples)),
        ]
        height = row_height(zip(cells, _CODEBOOK_WIDTHS, strict=True))
        sheet.write_cells(
            row, cells, [formats.strong_wrap, formats.centred, *[formats.wrap] * 4], height=height
        )
    return f"={quote_sheetname(sheet.name)}!$A$2:$A${len(choices) + 1}" if choices else ""


def _validate(sheet: SafeSheet, answers: int, slots: int, listed: str) -> None:
    """Put the drop-down lists on the columns status and label1 … of every answer."""
    last = max(answers, 1)
    sheet.data_validation(
        1,
        2,
        last,
        2,
        {
            "validate": "list",
            "source": [status_word(status) for status in STATUSES],
            "error_title": _("Unknown status"),
            "error_message": _("Choose a status from the list, or leave it empty when you give labels."),
        },
    )
    if listed:
        sheet.data_validation(
            1,
            3,
            last,
            2 + slots,
            {
                "validate": "list",
                "source": listed,
                "error_type": "warning",
                "error_title": _("Not in the codebook"),
                "error_message": _("This label is not in the codebook. Use it as a new label all the same?"),
            },
        )


def _write_answers(
    sheet: SafeSheet,
    title: str,
    rows: Sequence[tuple[str, str]],
    given: Mapping[str, SheetCoding],
    choices: Mapping[str, str],
    slots: int,
    formats: Formats,
    losses: Losses,
) -> None:
    header = ["id", _("answer"), "status", *(f"label{slot}" for slot in range(1, slots + 1)), "memo"]
    widths = [14, _ANSWER_WIDTH, 18, *[_LABEL_WIDTH] * slots, 30]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width, formats.wrap if place < 2 else formats.entry)
    landscape(sheet, title)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:B{len(rows) + 1}"})
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
    sheet.write_cells(0, header, [formats.headers[0]] * 2 + [formats.headers[1]] * (len(header) - 2))
    styles = [formats.wrap] * 2 + [formats.entry] * (len(header) - 2)
    for row, (id, answer) in enumerate(rows, start=1):
        coding = given.get(id)
        filled: list[str] = []
        if coding is not None:
            status = "" if coding.status == "labelled" else status_word(coding.status)
            names = [choices.get(label, label) for label in coding.labels]
            filled = [status, *names, *[""] * (slots - len(names)), coding.memo]
        cells = [
            losses.cell(text, id, name) for text, name in zip([id, answer, *filled], header, strict=False)
        ]
        cells += [None] * (len(header) - len(cells))
        sheet.write_cells(row, cells, styles, height=row_height(zip(cells, widths, strict=True)))


def _write_beside(
    sheet: SafeSheet, column: int, beside: Mapping[str, Sequence[str]], formats: Formats
) -> None:
    """Write columns to read only, from `column` on."""
    for place, (heading, texts) in enumerate(beside.items(), start=column):
        sheet.set_column(place, place, _LABEL_WIDTH, formats.wrap)
        sheet.write_string(0, place, heading, formats.headers[0])
        for row, text in enumerate(texts, start=1):
            sheet.write_string(row, place, text, formats.wrap)


def _write_about(sheet: SafeSheet, facts: Mapping[str, str], codebook: Codebook, formats: Formats) -> None:
    portrait(sheet, codebook.question)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    row = 0
    for key, value in facts.items():
        sheet.write_cells(row, [key, plain(value)], [formats.note, formats.wrap])
        row += 1
    sheet.write_cells(row + 1, [None, plain(codebook.question)], [None, formats.heading])
    row += 2
    for line in (
        _("One row an answer. Choose its labels under label1, label2 and so on, in the order of mention."),
        _("An answer that has nothing to do with the question: status “{word}”, no labels.").format(
            word=status_word("none")
        ),
        _("An answer of which you cannot tell what it says: status “{word}”, no labels.").format(
            word=status_word("unclear")
        ),
        _("Decide later: status “{word}”. A row without status and labels counts as not yet seen.").format(
            word=status_word("skipped")
        ),
        _(
            "A label that is missing may be typed: Excel warns, choose yes. Definitions: sheet {sheet}."
        ).format(sheet=_("Codebook")),
        _("Leave the ids, the headers and the top of this sheet as they are: the way back needs them."),
        _("Reading it back: {command}").format(
            command=f"coder codings import FILE --wave {facts['wave']} --question {facts['question']}"
        ),
    ):
        sheet.write_cells(row, [None, plain(line)], [None, formats.wrap], height=row_height([(line, 90)]))
        row += 1
