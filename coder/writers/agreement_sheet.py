"""The sheet Intercodeurbetrouwbaarheid: for each table of agreement what is judged, and all coefficients."""

from collections.abc import Callable
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format

from coder.messages import _
from coder.reports.agreement import set_lines
from coder.reports.agreement_notes import agreement_notes, own_notes, reading_notes, subject
from coder.reports.coded_set import CodedSet
from coder.reports.numbers import digits_beside
from coder.reports.order import title
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import LIMITS, verdict
from coder.reports.words import selection_word, verdict_word
from coder.statistics.records import Estimate, LabelAgreement
from coder.writers.blocks import CHART_COLUMN, CHART_PIXELS, ROW_HEIGHT, Block, Page, begin, write_blocks
from coder.writers.cells import Excel, plain
from coder.writers.frequency_chart import Bar, Bars, bar_chart, set_size, with_error_bar
from coder.writers.layout import Formats, landscape
from coder.writers.safe_workbook import SafeSheet

_BEHIND = CHART_COLUMN + 1  # name, value and lengths of the error bar
_LEAST_CHART_ROWS = 10
_VERDICT_WIDTH = 13

_COEFFICIENTS: tuple[tuple[Callable[[], str], Callable[[LabelAgreement], Estimate]], ...] = (
    (lambda: _("percent agreement"), lambda one: one.percent_agreement),
    (lambda: _("Cohen's κ"), lambda one: one.cohen_kappa),
    (lambda: _("Fleiss' κ"), lambda one: one.fleiss_kappa),
    (lambda: _("Krippendorff's α"), lambda one: one.krippendorff_alpha),
    (lambda: _("Gwet's AC1"), lambda one: one.gwet_ac1),
    (lambda: "PABAK", lambda one: one.pabak),
)
_OTHERS = tuple(one for place, one in enumerate(_COEFFICIENTS) if place not in (0, 3))
"""Those that a table does not have anyhow."""


def write_agreement(book: xlsxwriter.Workbook, sheet: SafeSheet, coded: CodedSet, formats: Formats) -> None:
    """Write every table of agreement: real numbers, each coefficient with its interval beside it.

    Of all coders together first what is judged, with a chart; then all coefficients with the intervals by
    resampling; then, where there is a formula, with those by the formula. Comparisons by codebook version, of
    two coders, with the consensus or with the model have one table each.
    """
    landscape(sheet, coded.study)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(0)
    tables = [table for question in coded.questions for table in question.agreement]
    names = [row.name for table in tables for row in table.rows]
    page = Page(book, sheet, formats, min(max([24, *(len(name) + 2 for name in names)]), 60))
    begin(page, f"{coded.study} · {_('Intercoder reliability')}")
    sheet.set_column(9, 9, _VERDICT_WIDTH)
    if not tables:
        none = _("No answers were coded by two coders or more, so there is no agreement to report.")
        sheet.write_cells(2, [none], [formats.text])
    blocks: list[Block] = []
    # pairs of coders are compared by whole sets, without labels
    by_sets = [table for table in tables if not table.rows and table.sets is not None]
    # how to read them stands under those of all coders, or else under the first
    explained = any(table.comparison == "coders" and table.rows for table in tables)
    for table in [table for table in tables if table.rows]:
        if table.comparison != "coders":
            notes = [*(set_lines(table.sets) if table.sets is not None else []), *own_notes(table)]
            if not explained:
                notes += reading_notes(table)
                explained = True
            blocks.append(_ShortBlock(table, page.lines([" ".join(notes)])))
            continue
        blocks.append(_TableBlock(table, page.lines(_notes(table))))
        blocks.append(_CoefficientBlock(table, analytic=False))
        if any(pick(row.agreement).analytic for row in table.rows for _name, pick in _COEFFICIENTS):
            blocks.append(_CoefficientBlock(table, analytic=True))
    for question in dict.fromkeys(table.question for table in by_sets):
        blocks.append(_PairsBlock([table for table in by_sets if table.question == question]))
    write_blocks(page, 2, blocks)


def _notes(table: AgreementTable) -> list[str]:
    chart = _(
        "α: Krippendorff's alpha. In the chart: the labels that have a verdict; one is good when its "
        "whole interval lies right of 0.80."
    )
    return [*(set_lines(table.sets) if table.sets is not None else []), *agreement_notes(table), chart]


@dataclass(frozen=True, slots=True)
class _TableBlock:
    """What is judged: alpha beside prevalence and positive agreement, with a chart of the intervals."""

    table: AgreementTable
    notes: list[str]

    @property
    def chart_rows(self) -> int:
        """Rows of table and chart, header included."""
        return max(_LEAST_CHART_ROWS, len(self.table.rows) + 1)

    @property
    def height(self) -> int:
        """Rows from the title to the last footnote."""
        return 2 + self.chart_rows + len(self.notes)

    def write(self, page: Page, top: int) -> None:
        """Write title, table, chart and footnotes."""
        table, formats = self.table, page.formats
        under = f"{subject(table)} · {selection_word(table.selection)}"
        page.write(top, [plain(table.text or table.question)], [formats.heading])
        page.write(top + 1, [plain(under)], [formats.strong])
        styles = [formats.header_text, *[formats.header_numbers] * 8, formats.header_after_number]
        page.write(top + 2, _header(), styles, height=2 * ROW_HEIGHT)
        judged = [row for row in table.rows if verdict(row.agreement) not in ("too_few", "undefined")]
        if judged:
            self._insert_chart(page, top + 2, judged)
        for place, row in enumerate(table.rows):
            cells = _judged(row)
            kinds = [_name_format(formats, row), *_formats(formats, row.agreement)]
            if place < len(judged):
                gap = [None] * (_BEHIND - len(cells))
                behind = [plain(title(judged[place])), *_bar(judged[place])]
                cells += [*gap, *behind]
                kinds += [*gap, *[formats.behind] * len(behind)]
            page.write(top + 3 + place, cells, kinds)
        page.write_notes(top + 2 + self.chart_rows, self.notes)

    def _insert_chart(self, page: Page, row: int, judged: list[AgreementRow]) -> None:
        bars = Bars(
            name="α",
            categories=[title(one) for one in judged],
            first=row + 1,
            labels=_BEHIND,
            values=_BEHIND + 1,
            minus=_BEHIND + 2,
            bars=[_bar(one) for one in judged],
        )
        lowest = min(one.agreement.krippendorff_alpha.low or 0.0 for one in judged)
        start = 0.0 if lowest >= 0 else max(-1.0, round(lowest - 0.1, 1))
        chart = bar_chart(page, [bars], start=start, end=1.0, percent=False)
        set_size(chart, CHART_PIXELS, self.chart_rows)
        question = plain(self.table.text or self.table.question)
        options = {"object_position": 2, "description": question, "x_offset": 8}
        page.sheet.insert_chart(row, CHART_COLUMN, chart, options)


@dataclass(frozen=True, slots=True)
class _ShortBlock:
    """What is judged with the other coefficients beside it, without their intervals and without a chart."""

    table: AgreementTable
    notes: list[str]

    @property
    def height(self) -> int:
        """Rows from the title to the last footnote."""
        return 2 + len(self.table.rows) + len(self.notes)

    def write(self, page: Page, top: int) -> None:
        """Write title, table and footnotes."""
        table, formats = self.table, page.formats
        of = f"{table.text or table.question} · {subject(table)}"
        page.write(top, [plain(of)], [formats.strong])
        header = [*_header(), *(name() for name, _pick in _OTHERS)]
        styles = [formats.header_text, *[formats.header_numbers] * 8, formats.header_after_number]
        styles += [formats.header_numbers] * len(_OTHERS)
        page.write(top + 1, header, styles, height=2 * ROW_HEIGHT)
        for place, row in enumerate(table.rows):
            few = verdict(row.agreement) == "too_few"
            cells = [*_judged(row), *(pick(row.agreement).estimate for _name, pick in _OTHERS)]
            kinds = [_name_format(formats, row), *_formats(formats, row.agreement)]
            kinds += [formats.too_few if few else formats.two_decimals] * len(_OTHERS)
            page.write(top + 2 + place, cells, kinds)
        page.write_notes(top + 2 + len(table.rows), self.notes)


@dataclass(frozen=True, slots=True)
class _CoefficientBlock:
    """All coefficients, each with its interval: by resampling, or by a formula."""

    table: AgreementTable
    analytic: bool

    @property
    def height(self) -> int:
        """Rows from the title to the last label."""
        return 3 + len(self.table.rows)

    def write(self, page: Page, top: int) -> None:
        """Write title and table."""
        formats = page.formats
        if self.analytic:
            what = _("All coefficients, intervals by formula (for comparison)")
        else:
            what = _("All coefficients, intervals by resampling")
        page.write(top, [plain(f"{what} · {subject(self.table)}")], [formats.strong])
        names: list[Excel] = [None]
        header = [_("Label")]
        for name, _pick in _COEFFICIENTS:
            # a name may be wider than its column: the cells after it are empty
            names += [name(), None, None]
            header += [_("estimate"), _("low"), _("high")]
        page.write(top + 1, names, [formats.strong] * len(names))
        styles = [formats.header_text, *[formats.header_numbers] * (len(header) - 1)]
        page.write(top + 2, header, styles)
        kinds = [*[formats.percent] * 3, *[formats.two_decimals] * (len(header) - 4)]
        for place, row in enumerate(self.table.rows):
            cells: list[Excel] = [plain(title(row))]
            for _label, pick in _COEFFICIENTS:
                found = pick(row.agreement)
                interval = found.analytic if self.analytic else found
                cells += [found.estimate]
                cells += [None, None] if interval is None else [interval.low, interval.high]
            few = verdict(row.agreement) == "too_few"
            shown = [*kinds[:3], *[formats.too_few] * (len(kinds) - 3)] if few else kinds
            page.write(top + 3 + place, cells, [_name_format(formats, row), *shown])


@dataclass(frozen=True, slots=True)
class _PairsBlock:
    """Agreement on whole label sets of every two coders, a row a pair."""

    tables: list[AgreementTable]

    @property
    def height(self) -> int:
        """Rows from the title to the last pair."""
        return 3 + len(self.tables)

    def write(self, page: Page, top: int) -> None:
        """Write title and table."""
        formats = page.formats
        first = self.tables[0]
        page.write(top, [plain(first.text or first.question)], [formats.heading])
        page.write(top + 1, [_("Every two coders, on whole label sets")], [formats.strong])
        header = [
            _("coders"),
            "n",
            _("identical"),
            "α MASI",
            _("low"),
            _("high"),
            "α Jaccard",
            _("low"),
            _("high"),
            _("codings"),
        ]
        styles = [formats.header_text, *[formats.header_numbers] * 8, formats.header_after_number]
        page.write(top + 2, header, styles)
        kinds = [formats.text, formats.whole, formats.percent, *[formats.two_decimals] * 6]
        for place, table in enumerate(self.tables):
            if table.sets is None:
                continue
            sets = table.sets
            cells: list[Excel] = [plain(", ".join(table.coders)), sets.n, sets.identical.estimate]
            for alpha in (sets.alpha_masi, sets.alpha_jaccard):
                cells += [alpha.estimate, alpha.low, alpha.high]
            cells.append(selection_word(table.selection))
            page.write(top + 3 + place, cells, [*kinds, formats.after_number])


def _header() -> list[str]:
    return [
        _("Label"),
        "n",
        _("given"),
        _("prevalence"),
        _("positive agreement"),
        _("percent agreement"),
        "α",
        _("low"),
        _("high"),
        _("verdict"),
    ]


def _judged(row: AgreementRow) -> list[Excel]:
    one = row.agreement
    alpha = one.krippendorff_alpha
    return [
        plain(title(row)),
        one.n,
        one.positives,
        one.prevalence,
        one.positive_agreement,
        one.percent_agreement.estimate,
        alpha.estimate,
        alpha.low,
        alpha.high,
        verdict_word(verdict(one)),
    ]


def _formats(formats: Formats, agreement: LabelAgreement) -> list[Format | None]:
    """Return the formats behind the label: alpha grey without a verdict, its low bound as exact as needed."""
    alpha = [formats.too_few] * 3
    if verdict(agreement) != "too_few":
        low = agreement.krippendorff_alpha.low
        exact = low is not None and digits_beside(low, LIMITS) > 2
        alpha = [formats.two_decimals, formats.four_decimals if exact else formats.two_decimals]
        alpha.append(formats.two_decimals)
    return [*[formats.whole] * 2, *[formats.percent] * 3, *alpha, formats.after_number]


def _bar(row: AgreementRow) -> Bar:
    alpha = row.agreement.krippendorff_alpha
    return with_error_bar(alpha.estimate, alpha.low, alpha.high)


def _name_format(formats: Formats, row: AgreementRow) -> Format:
    return formats.strong if row.kind == "parent" else formats.text
