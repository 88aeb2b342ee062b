"""Agreement between coders on the terminal."""

from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from coder.messages import _
from coder.reports.agreement_notes import agreement_notes, subject
from coder.reports.numbers import UNDEFINED, coefficient, count, decimal, percent
from coder.reports.order import title
from coder.reports.signs import writable
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import LIMITS, verdict
from coder.reports.words import verdict_word
from coder.statistics.records import Estimate, LabelAgreement, SetAgreement

_NARROWEST_LABEL = 18
_WIDEST_LABEL = 40
_WIDTH_NEEDED = 101  # with labels of 28 signs, more than which wrap
_WIDTH_OF_ANOTHER = 19
_BETWEEN = 3


def render_agreement(table: AgreementTable) -> RenderableType:
    """Return a renderable of the table that fits the console it is printed on.

    A row a label: answers, codings with the label, their share of all codings, agreement, positive
    agreement, Krippendorff's alpha with its 95 % interval, and a verdict where there are enough positives.
    Then, as many as a console of this width has room for, Cohen's kappa (of two coders only), Fleiss' kappa,
    Gwet's AC1 and PABAK; the workbook and JSON have them all. With too few positives for a verdict a
    coefficient stands in brackets, without an interval.
    """
    return _Agreement(table)


@dataclass(frozen=True)
class _Agreement:
    table: AgreementTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        encoding = options.encoding
        yield Text(writable(self.table.text or self.table.question, encoding), style="bold")
        yield Text(writable(subject(self.table), encoding))
        yield _labels(self.table, encoding, options.max_width)
        if self.table.sets is not None:
            yield Group(*(Text(writable(line, encoding)) for line in set_lines(self.table.sets)))
        for note in agreement_notes(self.table):
            yield Text(writable(note, encoding), style="dim")
        yield Text()


def set_lines(sets: SetAgreement) -> list[str]:
    """Return the agreement on whole label sets, a line a measure."""
    identical = percent(sets.identical.estimate)
    return [
        _("Identical label sets: {share} of {n} answers.").format(share=identical, n=count(sets.n)),
        _("Alpha over label sets: {masi} with MASI distance, {jaccard} with Jaccard distance.").format(
            masi=_whole(sets.alpha_masi), jaccard=_whole(sets.alpha_jaccard)
        ),
    ]


def coefficients(agreement: LabelAgreement) -> list[tuple[str, Estimate]]:
    """Return the chance-corrected coefficients with their names, the one that is judged first."""
    return [
        ("α", agreement.krippendorff_alpha),
        ("κ", agreement.cohen_kappa),
        (_("Fleiss' κ"), agreement.fleiss_kappa),
        ("AC1", agreement.gwet_ac1),
        ("PABAK", agreement.pabak),
    ]


def _whole(estimate: Estimate) -> str:
    return coefficient(estimate.estimate, estimate.low, estimate.high, LIMITS)


@dataclass(frozen=True)
class _Column:
    heading: str
    cells: list[str]
    right: bool = True

    @property
    def width(self) -> int:
        return max(len(line) for text in (self.heading, *self.cells) for line in text.split("\n"))


def _labels(table: AgreementTable, encoding: str, width: int) -> Table:
    rows = table.rows
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    made.add_column(_("Label"), min_width=_NARROWEST_LABEL, max_width=_WIDEST_LABEL, overflow="fold")
    columns = _fitting(rows, width)
    for column in columns:
        heading = "\n".join(writable(line, encoding) for line in column.heading.split("\n"))
        made.add_column(Text(heading), justify="right" if column.right else "left", no_wrap=True)
    for place, row in enumerate(rows):
        few = verdict(row.agreement) == "too_few"
        name = Text(writable(title(row), encoding), style="bold" if row.kind == "parent" else "")
        cells = [
            Text(
                "\n".join(writable(line, encoding) for line in column.cells[place].split("\n")),
                style="dim" if few else "",
            )
            for column in columns
        ]
        made.add_row(name, *cells)
    return made


def _fitting(rows: tuple[AgreementRow, ...], width: int) -> list[_Column]:
    """Return the columns that fit: intervals beside their numbers if all needed columns can have that.

    How many other coefficients there are depends on the width alone, so that all tables of one console have
    the same ones.
    """
    for between in (" ", "\n"):
        columns = _needed(rows, between)
        if _taken(columns) + _NARROWEST_LABEL <= width:
            if between == " ":
                room = max(0, (width - _WIDTH_NEEDED) // _WIDTH_OF_ANOTHER)
                columns += _others(rows, between, room)
            return columns
    return columns


def _taken(columns: list[_Column]) -> int:
    return sum(column.width + _BETWEEN for column in columns)


def _needed(rows: tuple[AgreementRow, ...], between: str) -> list[_Column]:
    all_of = [row.agreement for row in rows]
    return [
        _Column("n", [count(one.n) for one in all_of]),
        _Column(
            _("given"), [f"{count(one.positives)}{between}({percent(one.prevalence)})" for one in all_of]
        ),
        _Column(_("agree"), [percent(one.percent_agreement.estimate) for one in all_of]),
        _Column(_("positive"), [percent(one.positive_agreement) for one in all_of]),
        _Column("α", [coefficient_cell(one, one.krippendorff_alpha, between) for one in all_of]),
        _Column(_("verdict"), [verdict_word(verdict(one)) for one in all_of], right=False),
    ]


def _others(rows: tuple[AgreementRow, ...], between: str, most: int) -> list[_Column]:
    """Return the columns of the first other coefficients, of those that are defined for any label."""
    made = []
    for place in range(1, 1 + min(most, len(coefficients(rows[0].agreement)) - 1) if rows else 0):
        found = [coefficients(row.agreement)[place] for row in rows]
        if any(estimate.estimate is not None for _name, estimate in found):
            cells = [
                coefficient_cell(row.agreement, estimate, between)
                for row, (_name, estimate) in zip(rows, found, strict=True)
            ]
            made.append(_Column(found[0][0], cells))
    return made


def coefficient_cell(agreement: LabelAgreement, estimate: Estimate, between: str = " ") -> str:
    """Write a coefficient with its interval; in brackets and without one where positives are too few."""
    if estimate.estimate is None:
        return UNDEFINED
    if verdict(agreement) == "too_few":
        return f"({decimal(estimate.estimate)})"
    number, _space, interval = _whole(estimate).partition(" ")
    return f"{number}{between}{interval}" if between == " " else f"{number}\n{interval.strip('()')}".rstrip()
