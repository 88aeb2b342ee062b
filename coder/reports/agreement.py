"""Agreement between coders on the terminal."""

from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from coder.messages import _
from coder.reports.notes import agreement_notes
from coder.reports.numbers import coefficient, count, percent
from coder.reports.order import title
from coder.reports.signs import writable
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import verdict
from coder.reports.words import verdict_word
from coder.statistics.records import Estimate, SetAgreement

_INTERVALS_FIT = 96


def render_agreement(table: AgreementTable) -> RenderableType:
    """Return a renderable of the table that fits the console it is printed on.

    A row a label: units, codings with the label, percent agreement, Cohen's kappa (of two coders only) and
    Krippendorff's alpha with their 95 % intervals, and a verdict where there are enough positives.
    """
    return _Agreement(table)


@dataclass(frozen=True)
class _Agreement:
    table: AgreementTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        encoding = options.encoding
        yield Text(writable(self.table.text or self.table.question, encoding), style="bold")
        subject = [self.table.wave, ", ".join(self.table.coders)]
        yield Text(writable(" · ".join(part for part in subject if part), encoding))
        yield _labels(self.table, encoding, narrow=options.max_width < _INTERVALS_FIT)
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


def _whole(estimate: Estimate) -> str:
    return coefficient(estimate.estimate, estimate.low, estimate.high)


def _labels(table: AgreementTable, encoding: str, narrow: bool) -> Table:
    two_coders = any(row.agreement.cohen_kappa.estimate is not None for row in table.rows)
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    made.add_column(_("Label"), min_width=18, max_width=40, overflow="fold")
    for heading in ("n", _("given"), _("agree"), *(["κ"] if two_coders else []), "α"):
        made.add_column(writable(heading, encoding), justify="right")
    made.add_column(_("verdict"))
    for row in table.rows:
        cells = [
            "\n".join(writable(line, encoding) for line in cell) for cell in _cells(row, two_coders, narrow)
        ]
        name = Text(writable(title(row), encoding), style="bold" if row.kind == "parent" else "")
        made.add_row(name, *(Text(cell) for cell in cells))
    return made


def _cells(row: AgreementRow, two_coders: bool, narrow: bool) -> list[list[str]]:
    """Return the lines of each cell: the interval goes under the number where a line cannot hold both."""
    agreement = row.agreement
    shown = [
        [count(agreement.n)],
        [count(agreement.positives)],
        [percent(agreement.percent_agreement.estimate)],
    ]
    for estimate in [*([agreement.cohen_kappa] if two_coders else []), agreement.krippendorff_alpha]:
        whole = _whole(estimate)
        shown.append(whole.removesuffix(")").split(" (") if narrow else [whole])
    return [*shown, [verdict_word(verdict(agreement))]]
