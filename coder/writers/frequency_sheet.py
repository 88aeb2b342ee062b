"""The sheet Frequenties: a block a table and group, with a chart beside it."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.utility import xl_range_formula

from coder.messages import _
from coder.reports.coded_set import CodedSet
from coder.reports.frequencies import heading
from coder.reports.notes import frequency_notes
from coder.reports.numbers import half_width
from coder.reports.order import depth, rows_of, shown_groups, title
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.statistics.records import Proportion
from coder.writers.cells import Excel, plain
from coder.writers.layout import BAR, BAR_RESIDUAL, Formats, landscape
from coder.writers.safe_workbook import SafeSheet

_NUMBER_WIDTH = 9
_NUMBERS = 6
_CHART_COLUMN = _NUMBERS + 2
_BEHIND = _CHART_COLUMN + 1
_CHART_PIXELS = 560
_ROW_PIXELS = 20
_SIGN_PIXELS = 7
_LEAST_CHART_ROWS = 10
_PAGE_PIXELS = (1027, 680)  # what A4 lying leaves within the margins, at 96 to the inch


@dataclass(frozen=True, slots=True)
class _Block:
    table: FrequencyTable
    group: str | None
    rows: list[FrequencyRow]
    notes: list[str]

    @property
    def chart_rows(self) -> int:
        """Rows that the chart takes, header included: the table's, or more where those are too few."""
        return max(_LEAST_CHART_ROWS, len(self.rows) + 1) if self.rows else 1

    @property
    def height(self) -> int:
        """Rows from the title to the last footnote."""
        return 2 + self.chart_rows + len(self.notes)


def write_frequencies(book: xlsxwriter.Workbook, sheet: SafeSheet, coded: CodedSet, formats: Formats) -> None:
    """Write every table of the coded set: real numbers shown as whole percentages, no merged cells."""
    landscape(sheet, coded.study)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(0)
    tables = [table for question in coded.questions for table in question.frequencies]
    names = [row.name for table in tables for row in table.rows]
    label_width = min(max([24, *(len(name) + 4 for name in names)]), 60)
    sheet.set_column(0, 0, label_width)
    sheet.set_column(1, _NUMBERS, _NUMBER_WIDTH)
    sheet.set_column(_NUMBERS + 1, _NUMBERS + 1, 2)
    sheet.write_cells(0, [f"{coded.study} · {_('Frequencies')}"], [formats.title])
    if not tables:
        sheet.write_cells(2, [_("There are no coded answers yet.")], [formats.text])
    pixels = (label_width + _NUMBERS * _NUMBER_WIDTH + 2) * _SIGN_PIXELS + _CHART_PIXELS
    rows_on_page = int(_PAGE_PIXELS[1] * max(pixels / _PAGE_PIXELS[0], 1) / _ROW_PIXELS)
    row, used, breaks = 2, 2, []
    for table in tables:
        for group in shown_groups(table):
            block = _block(table, group, pixels // _SIGN_PIXELS)
            if used > 2 and used + block.height > rows_on_page:
                breaks.append(row)
                used = 2
            _write_block(book, sheet, row, block, formats)
            row += block.height + 2
            used += block.height + 2
    sheet.set_h_pagebreaks(breaks)


def _block(table: FrequencyTable, group: str | None, line_length: int) -> _Block:
    notes = [line for note in frequency_notes(table, group) for line in textwrap.wrap(note, line_length)]
    return _Block(table, group, rows_of(table, group), notes)


def _write_block(
    book: xlsxwriter.Workbook, sheet: SafeSheet, top: int, block: _Block, formats: Formats
) -> None:
    table = block.table
    question = plain(table.text or table.question)
    if block.rows:
        chart = _chart(book, sheet, top + 3, block)
        sheet.insert_chart(top + 2, _CHART_COLUMN, chart, {"object_position": 2, "description": question})
    sheet.write_cells(top, [question], [formats.heading])
    under_format = formats.warning_line if table.provisional else formats.strong
    sheet.write_cells(top + 1, [plain(heading(table, block.group))], [under_format])
    header = [_("Label"), "%", _("margin"), _("low"), _("high"), "n", "N"]
    sheet.write_cells(top + 2, header, [formats.header_text, *[formats.header_numbers] * _NUMBERS])
    numbers = [
        formats.percent,
        formats.points,
        formats.percent,
        formats.percent,
        formats.whole,
        formats.whole,
    ]
    for place, row in enumerate(block.rows):
        share = row.proportion
        cells: list[Excel] = [
            plain(title(row)),
            share.estimate,
            half_width(share.low, share.high),
            share.low,
            share.high,
            share.count,
            share.n,
        ]
        cells += [None] * (_BEHIND - len(cells))
        cells += _error_bars(share)
        level = min(depth(row, block.rows), len(formats.indents) - 1)
        name_format = formats.strong if row.kind == "parent" else formats.indents[level]
        styles = [name_format, *numbers, *[formats.behind] * (len(cells) - 1 - _NUMBERS)]
        sheet.write_cells(top + 3 + place, cells, styles)
    for place, note in enumerate(block.notes):
        sheet.write_cells(top + 2 + block.chart_rows + place, [plain(note)], [formats.note])


def _error_bars(share: Proportion) -> list[Excel]:
    """Return the lengths of an error bar to the left and to the right."""
    if share.estimate is None or share.low is None or share.high is None:
        return [None, None]
    return [share.estimate - share.low, share.high - share.estimate]


def _axis_end(shares: Sequence[Proportion]) -> float:
    """Return where the axis ends: at the next 10 % that holds every share and interval."""
    most = max((share.high or share.estimate or 0.0 for share in shares), default=0.0)
    return min(1.0, max(0.1, math.ceil(most * 10 - 1e-9) / 10))


def _chart(book: xlsxwriter.Workbook, sheet: SafeSheet, first: int, block: _Block) -> object:
    """Make a bar chart of the block, largest share at the top, with error bars where there are intervals."""
    rows = block.rows
    last = first + len(rows) - 1
    shares = [row.proportion for row in rows]
    chart = book.add_chart({"type": "bar"})
    series = {
        "name": _("share"),
        "categories": [sheet.name, first, 0, last, 0],
        "values": [sheet.name, first, 1, last, 1],
        # rows on disk cannot be read back: the chart's copy of the numbers is for programs that only preview
        "categories_data": [plain(title(row)) for row in rows],
        "values_data": [share.estimate for share in shares],
        "fill": {"color": BAR},
        "gap": 45,
        "points": [
            None if row.kind in ("label", "parent") else {"fill": {"color": BAR_RESIDUAL}} for row in rows
        ],
    }
    if all(share.low is not None and share.high is not None for share in shares):
        # the lengths of the bars lie in cells behind the chart: as literal numbers LibreOffice drops them
        series["y_error_bars"] = {
            "type": "custom",
            "minus_values": f"={xl_range_formula(sheet.name, first, _BEHIND, last, _BEHIND)}",
            "plus_values": f"={xl_range_formula(sheet.name, first, _BEHIND + 1, last, _BEHIND + 1)}",
            "minus_data": [_error_bars(share)[0] for share in shares],
            "plus_data": [_error_bars(share)[1] for share in shares],
            "line": {"color": "#333333", "width": 1},
        }
    else:
        series["data_labels"] = {"value": True, "num_format": "0%"}
    chart.add_series(series)
    chart.set_y_axis(
        {"reverse": True, "interval_unit": 1, "num_font": {"size": 9}, "line": {"color": "#808080"}}
    )
    chart.set_x_axis(
        {
            "min": 0,
            "max": _axis_end(shares),
            "num_format": "0%",
            "num_font": {"size": 9},
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            "label_position": "high",
            "major_tick_mark": "none",
            "line": {"none": True},
        }
    )
    chart.set_legend({"none": True})
    chart.set_title({"none": True})
    chart.set_size({"width": _CHART_PIXELS, "height": _ROW_PIXELS * block.chart_rows})
    return chart
