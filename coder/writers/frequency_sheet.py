"""The sheet Frequenties: blocks of tables with their charts."""

from collections.abc import Iterator
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format

from coder.messages import _
from coder.reports.change_notes import change_notes
from coder.reports.coded_set import CodedSet
from coder.reports.correction_notes import naive_note
from coder.reports.frequencies import heading
from coder.reports.notes import frequency_notes
from coder.reports.numbers import half_width
from coder.reports.order import PART, rows_of, shown_groups, title
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.writers.blocks import CHART_COLUMN, CHART_PIXELS, ROW_HEIGHT, Block, Page, begin, write_blocks
from coder.writers.cells import Excel, plain
from coder.writers.change_block import ChangeBlock
from coder.writers.frequency_chart import Bars, axis_end, bar_chart, set_size, share_name, with_error_bar
from coder.writers.group_block import group_blocks
from coder.writers.label_cell import label_format, write_titles
from coder.writers.layout import Formats, landscape
from coder.writers.safe_workbook import SafeSheet

_LEAST_CHART_ROWS = 10
_BEHIND = CHART_COLUMN + 1


def write_frequencies(book: xlsxwriter.Workbook, sheet: SafeSheet, coded: CodedSet, formats: Formats) -> None:
    """Write every table of the coded set: real numbers shown as whole percentages, no merged cells.

    A table by groups has a block with the groups beside one another, their letters, tests and a chart, and
    then one for each group; a corrected one has a block on how its labels were corrected.
    """
    landscape(sheet, coded.study)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(0)
    tables = [table for question in coded.questions for table in question.frequencies]
    changes = [table for question in coded.questions for table in question.changes]
    names = [row.name for table in tables for row in table.rows]
    page = Page(book, sheet, formats, min(max([24, *(len(name) + 4 for name in names)]), 60))
    begin(page, f"{coded.study} · {_('Frequencies')}")
    if not tables:
        sheet.write_cells(2, [_("There are no coded answers yet.")], [formats.text])
    blocks = [block for table in tables for block in _blocks(page, table)]
    write_blocks(
        page, 2, [*blocks, *(ChangeBlock(table, page.lines(change_notes(table))) for table in changes)]
    )


def _blocks(page: Page, table: FrequencyTable) -> Iterator[Block]:
    yield from group_blocks(page, table)
    for group in shown_groups(table):
        rows = rows_of(table, group)
        yield _TableBlock(table, group, rows, page.lines(_notes(table, group)))
        if table.audit is not None and rows:
            yield _CorrectionBlock(table, group, rows, page.lines(_correction_notes()))


def _notes(table: FrequencyTable, group: str | None) -> list[str]:
    notes = frequency_notes(table, group)
    if table.audit is not None:
        notes.insert(1, _("The 0/1 columns of the sheet Data do not add up to this table."))
    return notes


@dataclass(frozen=True, slots=True)
class _TableBlock:
    """A table of one group or of all, with its chart."""

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

    def write(self, page: Page, top: int) -> None:
        """Write title, table, chart and footnotes."""
        write_titles(page, top, self.table, self.group)
        if self.rows:
            self._insert_chart(page, top + 2)
        corrected = self.table.audit is not None
        columns = self._columns(page.formats)
        header = [_("Label"), *(name for name, _format in columns)]
        styles = [page.formats.header_text, *[page.formats.header_numbers] * len(columns)]
        page.write(top + 2, header, styles)
        for place, row in enumerate(self.rows):
            share = row.proportion
            numbers: list[Excel] = [
                share.estimate,
                half_width(share.estimate, share.low, share.high),
                share.low,
                share.high,
                share.count,
                share.n,
                share.kish_n,
                share.deff,
                *([row.correction.naive if row.correction else None] if corrected else []),
            ]
            formats = [number_format for _name, number_format in columns]
            if row.cautions:
                formats[0] = page.formats.percent_careful
            gap = [None] * (_BEHIND - 1 - len(numbers))
            _share, *bars = with_error_bar(share.estimate, share.low, share.high)
            page.write(
                top + 3 + place,
                [plain(title(row)), *numbers, *gap, *bars],
                [
                    label_format(page.formats, row, self.rows),
                    *formats,
                    *[None] * len(gap),
                    *[page.formats.behind] * 2,
                ],
            )
        page.write_notes(top + 2 + self.chart_rows, self.notes)

    def _columns(self, formats: Formats) -> list[tuple[str, Format]]:
        columns = [
            ("%", formats.percent),
            (_("margin"), formats.margin),
            (_("low"), formats.percent),
            (_("high"), formats.percent),
            ("n", formats.whole),
            ("N", formats.whole),
            (_("n eff."), formats.whole),
            ("deff", formats.one_decimal),
        ]
        if self.table.audit is not None:
            columns.append((_("uncorr."), formats.percent))
        return columns

    def _insert_chart(self, page: Page, row: int) -> None:
        shares = [one.proportion for one in self.rows]
        bars = Bars(
            name=share_name(),
            categories=[title(one) for one in self.rows],
            first=row + 1,
            labels=0,
            values=1,
            minus=_BEHIND,
            bars=[with_error_bar(one.estimate, one.low, one.high) for one in shares],
            grey=frozenset(place for place, one in enumerate(self.rows) if PART[one.kind] > 0),
        )
        end = axis_end([one.high if one.high is not None else one.estimate for one in shares])
        chart = bar_chart(page, [bars], start=0, end=end)
        set_size(chart, CHART_PIXELS, self.chart_rows)
        question = plain(self.table.text or self.table.question)
        options = {"object_position": 2, "description": question, "x_offset": 8}
        page.sheet.insert_chart(row, CHART_COLUMN, chart, options)


@dataclass(frozen=True, slots=True)
class _CorrectionBlock:
    """How each label of a table was corrected for the model's errors."""

    table: FrequencyTable
    group: str | None
    rows: list[FrequencyRow]
    notes: list[str]

    @property
    def height(self) -> int:
        """Rows from the title to the last footnote."""
        return 2 + len(self.rows) + len(self.notes)

    def write(self, page: Page, top: int) -> None:
        """Write title, table and footnotes."""
        formats = page.formats
        where = heading(self.table, self.group)
        what = _("How it was corrected")  # babel does not look inside an f-string
        page.write(top, [plain(f"{what} · {where}")], [formats.strong])
        columns = [
            ("%", formats.percent),
            (_("uncorr."), formats.percent),
            ("λ", formats.two_decimals),
            (_("audited"), formats.whole),
            (_("given"), formats.whole),
            (_("by hand %"), formats.percent),
            (_("low"), formats.percent),
            (_("high"), formats.percent),
            (_("sensitivity"), formats.percent),
            (_("specificity"), formats.percent),
            (_("Rogan-Gladen"), formats.percent),
        ]
        header = [_("Label"), *(name for name, _format in columns)]
        styles = [formats.header_text, *[formats.header_numbers] * len(columns)]
        page.write(top + 1, header, styles, height=2 * ROW_HEIGHT)
        for place, row in enumerate(self.rows):
            cells: list[Excel] = [plain(title(row)), row.proportion.estimate]
            if row.correction is not None:
                how = row.correction
                by_hand = how.audit_only
                cells += [how.naive, how.lam, how.audited, how.positives]
                cells += [by_hand.estimate, by_hand.low, by_hand.high]
                cells += [how.sensitivity, how.specificity, how.rogan_gladen]
            number_formats = [number_format for _name, number_format in columns]
            page.write(
                top + 2 + place,
                cells,
                [label_format(formats, row, self.rows), *number_formats][: len(cells)],
            )
        page.write_notes(top + 2 + len(self.rows), self.notes)


def _correction_notes() -> list[str]:
    return [
        _(
            "λ: how much the model's labels count. Audited: answers of the base in the audit sample; given: "
            "of these, with the label by a person. By hand: what these and the other answers coded by people "
            "give without the model."
        ),
        naive_note(),
        _(
            "Sensitivity and specificity: of the model, on the audit sample. Rogan-Gladen: the share that "
            "follows from these two alone, a check and not a figure to publish."
        ),
    ]
