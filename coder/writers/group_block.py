"""The groups of a table beside one another: shares, letters, tests, and one chart of them all."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from xlsxwriter.format import Format

from coder.messages import _
from coder.reports.frequencies import group_name, heading
from coder.reports.notes import frequency_notes
from coder.reports.numbers import half_width, percent_interval
from coder.reports.order import base_n, label_order, shown_groups, title
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.writers.blocks import NUMBERS, ROW_PIXELS, Block, Page
from coder.writers.cells import Excel, plain
from coder.writers.frequency_chart import Bars, axis_end, bar_chart, set_size, with_error_bar
from coder.writers.label_cell import label_format, write_titles
from coder.writers.layout import BAR_GROUPS

_A_GROUP = 4  # columns: share, margin, letters, n
_GROUPS_BESIDE = 4
_BEHIND_A_GROUP = 3  # columns behind the chart: share, lengths of the error bar
_BAR_PIXELS = 11
_AROUND_CHART = 70
_MOST_CHART_ROWS = 40


def group_blocks(page: Page, table: FrequencyTable) -> Iterator[Block]:
    """Yield the blocks of a table with two groups or more: some groups each, the tests in the last."""
    groups = [group for group in shown_groups(table) if group is not None]
    if len(groups) < 2:
        return
    parts = math.ceil(len(groups) / _GROUPS_BESIDE)
    size = math.ceil(len(groups) / parts)
    for start in range(0, len(groups), size):
        last = start + size >= len(groups)
        notes = page.lines(frequency_notes(table)) if last else []
        yield _GroupBlock(table, groups[start : start + size], notes, last)
    if len(groups) <= len(BAR_GROUPS):
        yield _ChartBlock(table, groups)


@dataclass(frozen=True, slots=True)
class _GroupBlock:
    table: FrequencyTable
    groups: list[str]
    notes: list[str]
    last: bool

    @property
    def height(self) -> int:
        """Rows from the title to the last footnote."""
        return 5 + len(label_order(self.table)) + len(self.notes)

    def write(self, page: Page, top: int) -> None:
        """Write title, table and footnotes."""
        table, formats = self.table, page.formats
        rows = label_order(table)
        cells = {(row.label, row.group): row for row in table.rows}
        tests = {one.label: one.test.p_adjusted for one in table.tests} if self.last else {}
        write_titles(page, top, table, None)
        names: list[Excel] = [None]
        header = [_("Label")]
        for group in self.groups:
            names += [plain(group_name(table, group)), *[None] * (_A_GROUP - 1)]
            header += ["%", _("margin"), "", "n"]
        page.write(top + 2, names, [formats.strong] * len(names))
        styles = [formats.header_text, *[formats.header_numbers] * (len(header) - 1)]
        if tests:
            header.append("p")
            styles.append(formats.header_numbers)
        page.write(top + 3, header, styles)
        for place, row in enumerate(rows):
            line: list[Excel] = [plain(title(row))]
            kinds: list[Format | None] = [label_format(formats, row, rows)]
            for group in self.groups:
                more, how = _cell(page, cells.get((row.label, group)))
                line += more
                kinds += how
            if tests:
                line.append(tests.get(row.label))
                kinds.append(formats.p)
            page.write(top + 4 + place, line, kinds)
        bases: list[Excel] = [_("N (unweighted)")]
        for group in self.groups:
            bases += [None] * (_A_GROUP - 1) + [base_n(table, group)]
        page.write(top + 4 + len(rows), bases, [formats.strong, *[formats.whole] * (len(bases) - 1)])
        page.write_notes(top + 5 + len(rows), self.notes)


def _cell(page: Page, row: FrequencyRow | None) -> tuple[list[Excel], list[Format | None]]:
    formats = page.formats
    if row is None:
        return [None] * _A_GROUP, [None] * _A_GROUP
    share = row.proportion
    # without columns for the interval, one that is no margin stands in its place
    half = half_width(share.estimate, share.low, share.high)
    margin = percent_interval(share.low, share.high) if half is None else half
    return [share.estimate, margin or None, row.letters or None, share.count], [
        formats.percent_careful if row.cautions else formats.percent,
        formats.margin,
        formats.letters,
        formats.whole,
    ]


@dataclass(frozen=True, slots=True)
class _ChartBlock:
    """A chart with a bar a label and group; its numbers lie in the cells behind it."""

    table: FrequencyTable
    groups: list[str]

    @property
    def height(self) -> int:
        """Rows of the chart: what its bars need, up to a page, and never fewer than the cells behind."""
        labels = len(label_order(self.table))
        pixels = labels * (len(self.groups) + 0.6) * _BAR_PIXELS + _AROUND_CHART
        return max(min(math.ceil(pixels / ROW_PIXELS), _MOST_CHART_ROWS), labels + 1, 10)

    def write(self, page: Page, top: int) -> None:
        """Insert the chart and write the cells behind it."""
        rows = label_order(self.table)
        cells = {(row.label, row.group): row.proportion for row in self.table.rows}
        names = [title(row) for row in rows]
        series: list[Bars] = []
        ends: list[float | None] = []
        for number, group in enumerate(self.groups):
            shares = [cells.get((row.label, group)) for row in rows]
            bars = [
                (None, None, None) if one is None else with_error_bar(one.estimate, one.low, one.high)
                for one in shares
            ]
            ends += [end for one in shares if one is not None for end in (one.estimate, one.high)]
            first_column = 1 + _BEHIND_A_GROUP * number
            series.append(
                Bars(
                    name=plain(group_name(self.table, group)),
                    categories=names,
                    first=top + 1,
                    labels=0,
                    values=first_column,
                    minus=first_column + 1,
                    bars=bars,
                    colour=BAR_GROUPS[number],
                )
            )
        chart = bar_chart(page, series, start=0, end=axis_end(ends))
        # as wide as the cells behind it at least
        narrow = len(self.groups) * _BEHIND_A_GROUP <= NUMBERS
        set_size(chart, page.table_pixels if narrow else page.pixels, self.height)
        text = f"{self.table.text or self.table.question} {heading(self.table)}"
        page.sheet.insert_chart(top, 0, chart, {"object_position": 2, "description": plain(text)})
        for place, name in enumerate(names):
            line: list[Excel] = [plain(name)]
            for one in series:
                line += one.bars[place]
            page.write(top + 1 + place, line, [page.formats.behind] * len(line))
