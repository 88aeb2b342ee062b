"""Tables as pictures for a report: bars of shares with their intervals, and agreement with its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError
from coder.messages import _
from coder.reports.agreement_notes import answers_note, subject
from coder.reports.correction_notes import audit_note
from coder.reports.frequencies import group_name, heading
from coder.reports.group_tests import overall_note
from coder.reports.notes import CAUTION, base_note, cautions, mentions_note, method_note, provisional_note
from coder.reports.numbers import count, decimal, percent
from coder.reports.order import PART, base_n, depth, label_order, shown_groups, title
from coder.reports.tables import AgreementRow, AgreementTable, FrequencyRow, FrequencyTable
from coder.reports.verdict import RELIABLE, TENTATIVE, verdict
from coder.reports.words import too_few_words, verdict_word
from coder.writers.frequency_chart import axis_end
from coder.writers.layout import BAR, BAR_GROUPS, BAR_RESIDUAL
from coder.writers.picture_file import ALARM, FAINT, INK, LABEL_LINE, Frame, Line, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAR = 0.17  # inches: how thick a bar is, with the space between bars of one label
_BETWEEN_LABELS = 0.10
_BETWEEN_PARTS = 0.12
_SMALL = 8.0


def draw_frequencies(table: FrequencyTable, path: Path) -> None:
    """Draw a table as horizontal bars with 95 % intervals, in the order of the table.

    Groups are bars beside one another, with their letters. The base with its n, what is provisional or
    corrected and what to be careful with stand in the picture. SVG, PNG or PDF by the suffix of `path`.

    Raises CoderError for another suffix, for more groups than colours can tell apart, and for a table
    without rows; CannotWriteError.
    """
    groups = shown_groups(table)
    rows = label_order(table)
    if not rows:
        raise CoderError(_("There are no coded answers yet; there is nothing to draw."))
    if len(groups) > len(BAR_GROUPS):
        raise CoderError(
            _(
                "{n} groups of {name} are more than a picture can tell apart ({most}): choose a variable "
                "with fewer."
            ).format(n=len(groups), name=table.by, most=len(BAR_GROUPS))
        )
    labels = [Line(title(row), depth(row, rows), row.kind == "parent") for row in rows]
    places = _places(rows, len(groups), labels)
    frame = Frame(
        title=table.text or table.question,
        heading=heading(table),
        alarm=table.provisional,
        labels=labels,
        legend=[_legend(table, group) for group in groups] if groups != [None] else [],
        notes=_frequency_notes(table),
        height=places[-1].bottom,
        middles=[place.middle for place in places],
    )
    cells = {(row.label, row.group): row for row in table.rows}
    shares = [row.proportion for row in table.rows]
    end = axis_end([one.high if one.high is not None else one.estimate for one in shares])
    with drawing(path, frame) as axes:
        for number, group in enumerate(groups):
            for row, place in zip(rows, places, strict=True):
                cell = cells.get((row.label, group))
                if cell is None or cell.proportion.estimate is None:
                    continue
                share, low, high = cell.proportion.estimate, cell.proportion.low, cell.proportion.high
                colour = _colour(row, number, grouped=len(groups) > 1)
                axes.barh(place.bars[number], share, height=_BAR * 0.86, color=colour)
                if low is not None and high is not None:
                    _interval(axes, share, low, high, place.bars[number], fmt="none", ecolor="#333333")
                axes.text(
                    max(share, high or 0.0) + 0.012 * end,
                    place.bars[number],
                    _number(cell),
                    va="center",
                    fontsize=_SMALL,
                    color=ALARM if cell.cautions else INK,
                )
        axes.set_xlim(0, end * 1.12)
        ticks = [tenth / 10 for tenth in range(round(end * 10) + 1)]
        axes.set_xticks(ticks, [percent(tick) for tick in ticks])


def _interval(axes: "Axes", value: float, low: float, high: float, place: float, **how: Any) -> None:
    lengths = [[value - low], [high - value]]
    axes.errorbar(value, place, xerr=lengths, capsize=2.5, elinewidth=0.9, capthick=0.9, **how)


@dataclass(frozen=True)
class _Place:
    """Where the bars of a label are, in inches from the top of the plot."""

    bars: list[float]
    middle: float
    bottom: float


def _places(rows: Sequence[FrequencyRow], groups: int, labels: Sequence[Line]) -> list[_Place]:
    places = []
    top = _BETWEEN_LABELS
    for before, row, label in zip([None, *rows], rows, labels, strict=False):
        if before is not None and PART[before.kind] < PART[row.kind] and row.parent is None:
            top += _BETWEEN_PARTS
        tall = max(groups * _BAR, len(label.lines) * LABEL_LINE)
        middle = top + tall / 2
        bars = [middle + (number - (groups - 1) / 2) * _BAR for number in range(groups)]
        top += tall + _BETWEEN_LABELS
        places.append(_Place(bars, middle, top))
    return places


def _colour(row: FrequencyRow, number: int, *, grouped: bool) -> str:
    if grouped:
        return BAR_GROUPS[number]
    return BAR if PART[row.kind] == 0 else BAR_RESIDUAL


def _number(row: FrequencyRow) -> str:
    caution = CAUTION if row.cautions else ""
    return " ".join(part for part in (percent(row.proportion.estimate) + caution, row.letters) if part)


def _legend(table: FrequencyTable, group: str | None) -> tuple[str, str]:
    number = shown_groups(table).index(group)
    name = f"{group_name(table, group)}, N = {count(base_n(table, group))}"
    return name, BAR_GROUPS[number]


def _frequency_notes(table: FrequencyTable) -> list[str]:
    notes = [base_note(table), provisional_note(table)]
    if table.audit is not None:
        notes.append(_("Percentages corrected for the model's errors.") + " " + audit_note(table.audit))
    notes += [method_note(table), mentions_note(table)]
    if table.tests:
        notes.append(overall_note(table.overall))
        notes.append(
            _("A letter: significantly larger than the share of the group with that letter (p < 5%, Holm).")
        )
    return [note for note in [*notes, *cautions(table)] if note]


def draw_agreement(table: AgreementTable, path: Path) -> None:
    """Draw Krippendorff's alpha of each label with its 95 % interval, beside the limits .667 and .80.

    A label with too few positives for a verdict has its words and no point. SVG, PNG or PDF by the suffix
    of `path`. Raises CoderError for another suffix; CannotWriteError.
    """
    rows = list(table.rows)
    step = _BAR + 2 * _BETWEEN_LABELS
    middles = [step * (place + 0.5) for place in range(len(rows))]
    frame = Frame(
        title=table.text or table.question,
        heading=subject(table),
        alarm=False,
        labels=[Line(title(row), 0, row.kind == "parent") for row in rows],
        legend=[],
        notes=_agreement_notes(table),
        height=step * max(len(rows), 1),
        middles=middles,
    )
    lows = [judged[1] for row in rows if (judged := _judged(row)) is not None]
    start = max(min([0.0, *lows]), -1.0)
    with drawing(path, frame) as axes:
        for limit, style in ((TENTATIVE, (0, (2, 2))), (RELIABLE, (0, (5, 2)))):
            axes.axvline(limit, color=FAINT, linewidth=0.9, linestyle=style, zorder=1)
            digits = 2 if limit == RELIABLE else 3
            axes.text(limit, -0.04, decimal(limit, digits), ha="center", fontsize=7, color=FAINT)
        for row, middle in zip(rows, middles, strict=True):
            word = verdict_word(verdict(row.agreement))
            judged = _judged(row)
            if judged is not None:
                _interval(axes, *judged, middle, fmt="o", color=BAR, markersize=5, zorder=3)
                word = f"{decimal(judged[0])} {word}"
            axes.text(1.03, middle, word, va="center", fontsize=_SMALL, color=INK if judged else FAINT)
        axes.set_xlim(start, 1.3)
        ticks = [tick / 5 for tick in range(round(start * 5), 6)]
        axes.set_xticks(ticks, [decimal(tick, 1) for tick in ticks])


def _judged(row: AgreementRow) -> tuple[float, float, float] | None:
    """Return alpha with its bounds where there is a verdict."""
    alpha = row.agreement.krippendorff_alpha
    if verdict(row.agreement) in ("too_few", "undefined"):
        return None
    if alpha.estimate is None or alpha.low is None or alpha.high is None:
        return None
    return alpha.estimate, alpha.low, alpha.high


def _agreement_notes(table: AgreementTable) -> list[str]:
    return [
        answers_note(table),
        _("Krippendorff's alpha with its 95% interval by resampling {units}, seed {seed}.").format(
            units=_("clusters") if table.clustered else _("respondents"), seed=table.seed
        ),
        _(
            "Verdict on the lower bound of the interval: good from {reliable}, tentative from {tentative}; "
            "none with {too_few}."
        ).format(reliable=decimal(RELIABLE), tentative=decimal(TENTATIVE, 3), too_few=too_few_words()),
    ]
