"""Sheets of answers to read: those that no label fits, and those that a coder marked as a quote."""

from collections.abc import Iterator

from coder.codebook import Codebook
from coder.messages import _
from coder.reports.coded_set import CodedQuestion, CodedSet
from coder.reports.words import origin_word
from coder.writers.data_columns import joined_names
from coder.writers.layout import Formats, landscape, row_height
from coder.writers.losses import Losses
from coder.writers.safe_workbook import SafeSheet

_WIDTHS = (12, 16, 10, 20, 60, 34, 22)

Row = list[str | None]


def write_residual(sheet: SafeSheet, coded: CodedSet, formats: Formats, losses: Losses) -> None:
    """Write the answers with a residual label that combines with others (Overig), a row an answer.

    What Excel cannot hold is noted in `losses`.
    """
    found = [cells for question in coded.questions for cells in _residual_rows(question, coded)]
    _write(sheet, coded, formats, losses, found)
    if not found:
        sheet.write_cells(1, [_("No answer has a label for what fits no other.")], [None])


def write_quotes(sheet: SafeSheet, coded: CodedSet, formats: Formats, losses: Losses) -> None:
    """Write the answers that a coder marked as a quote for the report, a row a label that they mention.

    What Excel cannot hold is noted in `losses`.
    """
    found = [cells for question in coded.questions for cells in _quote_rows(question, coded)]
    _write(sheet, coded, formats, losses, sorted(found, key=lambda row: str(row[2:4])))


def _write(sheet: SafeSheet, coded: CodedSet, formats: Formats, losses: Losses, found: list[Row]) -> None:
    landscape(sheet, coded.study)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 2)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    header = [
        _("wave"),
        _("respondent"),
        _("question"),
        _("label"),
        _("answer"),
        _("other labels"),
        _("origin"),
    ]
    sheet.autofilter(0, 0, max(len(found), 1), len(header) - 1)
    sheet.write_cells(0, header, [formats.header_text] * len(header))
    styles = [None, None, None, formats.wrap, formats.wrap, formats.wrap, None]
    for place, texts in enumerate(found, start=1):
        respondent = texts[1] or ""
        cells = [losses.cell(text, respondent, name) for name, text in zip(header, texts, strict=True)]
        sheet.write_cells(place, cells, styles, height=row_height(zip(cells, _WIDTHS, strict=True)))


def _residual_rows(question: CodedQuestion, coded: CodedSet) -> Iterator[Row]:
    residual = open_residuals(question.codebook)
    for place, ids in enumerate(question.labels):
        for id in ids:
            if id in residual:
                yield _row(question, coded, place, id)


def _quote_rows(question: CodedQuestion, coded: CodedSet) -> Iterator[Row]:
    for place in sorted(question.quotes):
        for id in question.labels[place] or (None,):
            yield _row(question, coded, place, id)


def _row(question: CodedQuestion, coded: CodedSet, place: int, id: str | None) -> Row:
    names = {label.id: label.name for label in question.codebook.labels}
    return [
        _wave(coded, place),
        coded.ids[place],
        question.short,
        None if id is None else names[id],
        question.answers[place],
        joined_names([other for other in question.labels[place] if other != id], names),
        origin_word(question.origin[place], question.queued[place]),
    ]


def _wave(coded: CodedSet, place: int) -> str:
    # of several waves the first original column says which; ids may well start again in each
    return coded.waves[0] if len(coded.waves) == 1 else str(coded.rows[place][0])


def open_residuals(codebook: Codebook) -> set[str]:
    """Return the residual labels for content that no label fits: those that combine with others."""
    return {label.id for label in codebook.labels if label.residual and not label.exclusive}
