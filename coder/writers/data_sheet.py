"""The sheet Data: the survey as it came in, and beside it what the codings say."""

from collections.abc import Sequence
from itertools import islice

from xlsxwriter.format import Format

from coder.messages import _
from coder.reports.coded_set import Cell, CodedSet
from coder.writers.cells import Excel, plain, split_text, to_excel
from coder.writers.data_columns import DataColumn, data_columns, data_rows
from coder.writers.layout import WIDEST, Formats, landscape, lines_needed, row_height, width_of
from coder.writers.losses import Losses
from coder.writers.replacing import TooLargeError
from coder.writers.safe_workbook import MOST_COLUMNS, MOST_ROWS, SafeSheet

_SAMPLE = 400
_LOOK_FOR_ID = 4
_NOTE_WIDTH = 50
_MOST_LINES = 8  # of an answer: the rest is in the cell, but a screen should hold some respondents


def check_size(coded: CodedSet, columns: Sequence[DataColumn]) -> None:
    """Raise TooLargeError for more respondents or columns than a sheet can hold."""
    if len(coded.rows) + 1 > MOST_ROWS:
        raise TooLargeError(
            _("{n} respondents are more than a sheet can hold ({most}): export one wave, or to .csv.").format(
                n=len(coded.rows), most=MOST_ROWS - 1
            )
        )
    if len(columns) > MOST_COLUMNS:
        raise TooLargeError(
            _("{n} columns are more than a sheet can hold ({most}): export to .csv.").format(
                n=len(columns), most=MOST_COLUMNS
            )
        )


def write_data(sheet: SafeSheet, coded: CodedSet, formats: Formats, losses: Losses, answers: bool) -> None:
    """Write the sheet: one header row, a row a respondent; note in `losses` what Excel cannot hold."""
    columns = data_columns(coded, answers)
    landscape(sheet, coded.study)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, _frozen(coded, columns))
    if columns:
        sheet.autofilter(0, 0, max(len(coded.rows), 1), len(columns) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    for place, column in enumerate(columns):
        if column.note:
            _comment(sheet, place, column.note)
    column_formats, widths, wrapped = _set_columns(sheet, coded, columns, formats, answers)
    header = [plain(column.name) for column in columns]
    height = row_height(zip(header, widths, strict=True), _MOST_LINES)
    sheet.write_cells(0, header, [formats.header(column.question) for column in columns], height=height)

    for number, values in enumerate(data_rows(coded, answers)):
        cells: list[Excel] = []
        for place, value in enumerate(values):
            cell, problem = to_excel(value)
            cells.append(cell)
            if problem is not None:
                losses.note(value, problem, coded.ids[number], columns[place].name)
        height = row_height([(cells[place], WIDEST) for place in wrapped], _MOST_LINES)
        sheet.write_cells(number + 1, cells, column_formats, moments=formats.moments, height=height)


def _frozen(coded: CodedSet, columns: Sequence[DataColumn]) -> int:
    """Return how many columns stay in view: up to the one with the respondents' ids, when near the left."""
    for place in range(min(_LOOK_FOR_ID, len(columns))):
        if columns[place].kind != "original":
            return 0
        original = coded.columns.index(columns[place].name)
        sample = zip(coded.rows[:_SAMPLE], coded.ids[:_SAMPLE], strict=True)
        if all(_as_id(row[original]) == id for row, id in sample):
            return place + 1
    return 0


def _as_id(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _comment(sheet: SafeSheet, column: int, note: str) -> None:
    text = plain(note)
    height = 12 + 15 * lines_needed(text, _NOTE_WIDTH)
    sheet.write_comment(0, column, text, {"x_scale": 2.4, "height": min(height, 400), "font_size": 9})


def _set_columns(
    sheet: SafeSheet, coded: CodedSet, columns: Sequence[DataColumn], formats: Formats, answers: bool
) -> tuple[list[Format | None], list[int], list[int]]:
    """Set the columns' widths by the first rows.

    Returns the format of each column's cells, the widths, and the places of the columns whose texts are
    wrapped.
    """
    sample = [[to_excel(value)[0] for value in row] for row in islice(data_rows(coded, answers), _SAMPLE)]
    result: list[Format | None] = []
    widths, wrapped = [], []
    for place, column in enumerate(columns):
        cells = [row[place] for row in sample]
        width = width_of(column.name, cells)
        chosen = formats.certainty if column.kind == "certainty" else None
        if any(isinstance(cell, str) and (len(cell) >= WIDEST or "\n" in cell) for cell in cells):
            chosen, width = formats.wrap, WIDEST
            wrapped.append(place)
        sheet.set_column(place, place, width)
        result.append(chosen)
        widths.append(width)
    return result, widths, wrapped


def write_long_texts(sheet: SafeSheet, coded: CodedSet, formats: Formats, losses: Losses) -> None:
    """Write the texts that a cell cannot hold in full, in as many cells as each needs."""
    landscape(sheet, coded.study)
    sheet.freeze_panes(1, 0)
    for place, width in enumerate((16, 24, 8, WIDEST)):
        sheet.set_column(place, place, width)
    header = [_("respondent"), _("column"), _("part"), _("text")]
    sheet.write_cells(0, header, [formats.header_text] * len(header))
    row = 1
    for text, (respondent, column) in losses.long_texts.items():
        for part, piece in enumerate(split_text(text), start=1):
            sheet.write_cells(row, [respondent, column, part, piece], [None] * len(header))
            row += 1
