"""Agreement on one label: every coefficient with both its intervals, beside the list or in a dialog."""

from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Label, Static

from coder.messages import _, ngettext
from coder.reports.agreement import coefficients
from coder.reports.numbers import count, decimal, percent, percent_interval
from coder.reports.order import title
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import verdict
from coder.reports.words import too_few_words, verdict_word
from coder.statistics.records import Estimate
from coder.tui.dialogs import Dialog
from coder.tui.screens.agreement_shown import SIGNS


class Details(Dialog[None]):
    """All coefficients of one label."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space,d", "leave", show=False)]

    def __init__(self, details: RenderableType) -> None:
        super().__init__()
        self._details = details

    def compose(self) -> ComposeResult:
        """Show them."""
        with Vertical():
            yield VerticalScroll(Static(self._details), classes="text")
            yield Label(_("↑ ↓: scroll · Esc: close"), classes="hint")


def label_details(table: AgreementTable, label: str) -> RenderableType:
    """Return every coefficient of a label, or of whole label sets, with both its intervals."""
    row = next((row for row in table.rows if row.label == label), None)
    return _of_sets(table) if row is None else _of_label(row, table)


def _of_label(row: AgreementRow, table: AgreementTable) -> RenderableType:
    measured = row.agreement
    judged = verdict(measured)
    facts = [ngettext("{n} answer", "{n} answers", measured.n).format(n=count(measured.n))]
    if table.comparison in ("coders", "version"):
        # a consensus or a model is no coder; two are named above
        facts.append(ngettext("{n} coder", "{n} coders", measured.coders).format(n=count(measured.coders)))
    facts += [
        ngettext(
            "given in {n} coding ({share})", "given in {n} codings ({share})", measured.positives
        ).format(n=count(measured.positives), share=percent(measured.prevalence)),
        _("positive agreement {share}").format(share=percent(measured.positive_agreement)),
    ]
    made = _started()
    _add(made, _("percent agreement"), measured.percent_agreement, in_percent=True)
    for name, estimate in coefficients(measured):
        if estimate.estimate is not None:
            _add(made, name, estimate, few=judged == "too_few")
    said = f"{SIGNS[judged]} {verdict_word(judged)}"
    if judged == "too_few":
        said += f": {too_few_words()}"
    heading = Text(title(row), style="bold")
    return Group(heading, Text(" · ".join(facts)), Text(), made, Text(), Text(said))


def _of_sets(table: AgreementTable) -> RenderableType:
    sets = table.sets
    name = Text(_("Whole label sets"), style="bold")
    if sets is None:
        return name
    made = _started()
    _add(made, _("identical"), sets.identical, in_percent=True)
    _add(made, _("alpha (MASI)"), sets.alpha_masi)
    _add(made, _("alpha (Jaccard)"), sets.alpha_jaccard)
    n = ngettext("{n} answer", "{n} answers", sets.n).format(n=count(sets.n))
    return Group(name, Text(n), Text(), made)


def _started() -> Table:
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    made.add_column("", no_wrap=True)
    for heading in ("", _("95%, resampled"), _("95%, by formula")):
        made.add_column(heading, justify="right", no_wrap=True)
    return made


def _add(made: Table, name: str, estimate: Estimate, *, in_percent: bool = False, few: bool = False) -> None:
    """Add a line; with too few positives a coefficient in brackets and without intervals."""
    number = percent(estimate.estimate) if in_percent else decimal(estimate.estimate)
    formula = estimate.analytic
    both = [
        (estimate.low, estimate.high),
        (formula.low, formula.high) if formula else (None, None),
    ]
    write = percent_interval if in_percent else _decimals
    intervals = ["" if few else write(low, high) for low, high in both]
    made.add_row(Text(name), Text(f"({number})" if few else number), *(Text(one) for one in intervals))


def _decimals(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{decimal(low)}–{decimal(high)}"
