"""Bars with their intervals: a line a label, a column a wave or a group, all on one scale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coder.messages import _
from coder.reports.notes import CAUTION
from coder.reports.numbers import count, margin, percent, percent_interval
from coder.reports.order import PART, depth, title
from coder.reports.side_by_side import Beside, Column, SideBySide
from coder.reports.tables import ChangeRow, FrequencyRow
from coder.statistics.records import Proportion

_BETWEEN = 2
_SHORTEST_BAR = 6
_BAR_WITH_MARGIN = 11
_WIDEST = 60
_SHORT_NAME = 18
_LONG_NAME = 44


@dataclass(frozen=True, slots=True)
class Plan:
    """How the columns share the width.

    Attributes:
        name, cell: cells for names and for each column.
        first, shown: which columns are in view, and how many.
        margins: whether percentages have their margin beside them.
        short: whether what stands behind the columns is in its shorter form.
    """

    name: int
    cell: int
    first: int
    shown: int
    margins: bool = False
    short: bool = False


def interval_bar(share: Proportion | None, largest: float, width: int) -> str:
    """Draw a share on a scale up to `largest`: solid to the lower bound, denser before the estimate."""
    estimate = None if share is None else share.estimate
    if share is None or estimate is None or estimate != estimate or largest <= 0:
        return " " * width
    low = estimate if share.low is None or share.low != share.low else share.low
    high = estimate if share.high is None or share.high != share.high else share.high
    solid, here, end = (min(width, round(width * part / largest)) for part in (low, estimate, high))
    if estimate > 0:
        here = max(here, min(width, 1))
        end = max(end, here)
    return ("█" * solid + "▓" * (here - solid) + "░" * (end - here)).ljust(width)


class ShareBars(ScrollView, can_focus=True):
    """Scrolls over labels; the heads of the columns stay. Left and right bring other columns into view.

    Behind each bar stand its percentage, a margin where there is room, the uncorrected percentage in square
    brackets, the letters of groups with a significantly smaller share, and the sign of caution.
    """

    COMPONENT_CLASSES = {"share-bars--bar", "share-bars--muted"}  # noqa: RUF012  (as Textual has it)
    DEFAULT_CSS = """
    ShareBars { scrollbar-size-vertical: 1; overflow-x: hidden; padding: 0 1; }
    ShareBars > .share-bars--bar { color: $primary; }
    ShareBars > .share-bars--muted { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "columns(-1)", show=False),
        Binding("right", "columns(1)", show=False),
    ]

    class Paged(Message):
        """Other columns came into view, or there is room for more or fewer."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._data = SideBySide((), (), 0.0)
        self._lines: list[FrequencyRow | ChangeRow | None] = []
        self._names: dict[str, str] = {}
        self._numbers: list[tuple[Mapping[str, str], Mapping[str, str]]] = []
        self._first = 0

    def show(self, data: SideBySide) -> None:
        """Show these shares, from the first column on."""
        self._data = data
        self._first = 0
        self._lines = []
        for row, before in zip(data.rows, [None, *data.rows], strict=False):
            if before is not None and PART[before.kind] != PART[row.kind] and row.parent is None:
                self._lines.append(None)
            self._lines.append(row)
        self._names = {row.label: "  " * depth(row, data.rows) + title(row) for row in data.rows}
        alone = len(data.columns) == 1
        self._numbers = [
            (_alone(column),) * 2 if alone else (_cells(column, margins=False), _cells(column, margins=True))
            for column in data.columns
        ]
        self._fit()
        self.scroll_home(animate=False)

    @property
    def plan(self) -> Plan:
        """How the columns fit the width.

        Two columns give up what stands behind them, and then their bars, before one goes out of view; of more
        columns as many are in view as have room for a bar.
        """
        width = self.scrollable_content_region.width
        n = len(self._data.columns)
        if n <= 1:
            name = self._name_width(width, 3)
            return Plan(name, max(0, width - name - _BETWEEN), 0, n)
        numbers, with_margins = (max(_width(of[place].values()) for of in self._numbers) for place in (0, 1))
        for short, bar in ((False, _SHORTEST_BAR), (True, _SHORTEST_BAR), (True, 0)):
            behind = sum(_BETWEEN + _beside_width(one, short) for one in self._data.beside)
            name = self._name_width(width - behind, 3 if n == 2 else 4)
            room = max(0, width - behind - name)
            fitting = min(n, max(1, room // (numbers + bar + _BETWEEN)))
            if fitting == n or (short and n > 2):
                break
        cell = max(0, min(_WIDEST, room // fitting - _BETWEEN))
        margins = cell - with_margins >= _BAR_WITH_MARGIN
        return Plan(name, cell, min(self._first, n - fitting), fitting, margins, short)

    def _name_width(self, width: int, part: int) -> int:
        return min(_width(self._names.values()), _LONG_NAME, max(_SHORT_NAME, width // part))

    @property
    def hidden(self) -> int:
        """How many columns are out of view."""
        return len(self._data.columns) - self.plan.shown

    def action_columns(self, by: int) -> None:
        """Bring other columns into view."""
        there = self.plan
        first = max(0, min(there.first + by, len(self._data.columns) - there.shown))
        if first != there.first:
            self._first = first
            self.refresh()
            self.post_message(self.Paged())

    def on_resize(self) -> None:
        """Fit the columns to the width."""
        self._fit()

    def _fit(self) -> None:
        self.virtual_size = Size(
            self.scrollable_content_region.width, len(self._lines) + len(self._heads(self.plan))
        )
        self.refresh()
        self.post_message(self.Paged())

    # drawing

    def render_line(self, y: int) -> Strip:
        """Draw a head of the columns, or a label."""
        width = self.scrollable_content_region.width
        plan = self.plan
        heads = self._heads(plan)
        at = y + self.scroll_offset.y - len(heads)
        if not self._data.columns:
            segments = []
        elif y < len(heads):
            segments = [Segment(heads[y], self.rich_style + Style(bold=True))]
        elif at >= len(self._lines):
            segments = []
        else:
            row = self._lines[at]
            segments = [] if row is None else self._label(row, plan)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _heads(self, plan: Plan) -> list[str]:
        columns = self._data.columns
        if not columns:
            return []
        if len(columns) == 1:
            heading = _alone_heading(columns[0])
            return [" " * (plan.name + _BETWEEN + plan.cell - len(heading)) + heading]
        several = len({column.wave for column in columns}) > 1
        lines = ["", ""]
        if self.hidden:
            lines[0] = f"← {plan.first + 1}–{plan.first + plan.shown} / {len(columns)} →"[: plan.name]
        lines = [line.ljust(plan.name) for line in lines]
        for column in columns[plan.first : plan.first + plan.shown]:
            group = column.group if column.group is not None else _("Total")
            if several:
                group = column.wave if column.group is None else f"{column.wave} · {column.group}"
            letter = f" ({column.letter})" if column.letter else ""
            above = _shortened(group, plan.cell - len(letter)) + letter
            for line, text in enumerate((above, _shortened(f"N = {count(column.n)}", plan.cell))):
                lines[line] += " " * _BETWEEN + text.ljust(plan.cell)
        for one in self._data.beside:
            lines[1] += " " * _BETWEEN + one.heading.rjust(_beside_width(one, plan.short))
        return lines

    def _label(self, row: FrequencyRow | ChangeRow, plan: Plan) -> list[Segment]:
        muted = self.get_component_rich_style("share-bars--muted")
        drawn = self.get_component_rich_style("share-bars--bar")
        name = _shortened(self._names[row.label], plan.name)
        style = muted if row.kind in ("residual", "state") else self.rich_style
        segments = [Segment(name.ljust(plan.name), style + Style(bold=row.kind == "parent"))]
        shown = slice(plan.first, plan.first + plan.shown)
        # bars of all columns are equally long for equal shares, however wide the numbers beside them
        room = max(0, plan.cell - max(_width(of[plan.margins].values()) for of in self._numbers))
        for column, of in zip(self._data.columns[shown], self._numbers[shown], strict=True):
            there = column.rows.get(row.label)
            written = of[plan.margins]
            numbers = written.get(row.label, " " * _width(written.values()))
            share = None if there is None else there.proportion
            bar = interval_bar(share, self._data.largest, room)
            segments += [
                Segment(" " * _BETWEEN, self.rich_style),
                Segment(bar, drawn),
                Segment(numbers.rjust(plan.cell - len(bar)), self.rich_style),
            ]
        for one in self._data.beside:
            text = (one.short if plan.short else one.texts).get(row.label, "")
            width = _BETWEEN + _beside_width(one, plan.short)
            segments.append(Segment(text.rjust(width), self.rich_style))
        return segments


def _width(texts: Iterable[str]) -> int:
    return max((len(text) for text in texts), default=0)


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"


def _beside_width(beside: Beside, short: bool) -> int:
    texts = beside.short if short else beside.texts
    return max(len(beside.heading), _width(texts.values()))


def _naive(row: FrequencyRow) -> str:
    return "" if row.correction is None else f"[{percent(row.correction.naive)}]"


def _caution(row: FrequencyRow) -> str:
    return CAUTION if row.cautions else ""


def _cells(column: Column, *, margins: bool) -> dict[str, str]:
    """Write the numbers of one of several columns, each part as wide as it needs to be in this column."""
    parts = {
        label: (
            percent(row.proportion.estimate),
            margin(row.proportion.estimate, row.proportion.low, row.proportion.high) if margins else "",
            _naive(row),
            row.letters,
            _caution(row),
        )
        for label, row in column.rows.items()
    }
    widths = [max((len(part) for part in all_of), default=0) for all_of in zip(*parts.values(), strict=True)]
    return {
        label: "".join(
            f" {part:<{width}}" if place > 2 else f" {part:>{width}}"
            for place, (part, width) in enumerate(zip(cell, widths, strict=True))
            if width
        )
        for label, cell in parts.items()
    }


def _alone_heading(column: Column) -> str:
    corrected = any(row.correction is not None for row in column.rows.values())
    uncorrected = f"{_('uncorrected'):>15}" if corrected else ""
    caution = " " if any(row.cautions for row in column.rows.values()) else ""
    return f"{'%':>5}{caution}{_('95% interval'):>14}{uncorrected}{'n':>7}"


def _alone(column: Column) -> dict[str, str]:
    """Write the numbers of the only column: percentage, interval, uncorrected, number of mentions."""
    any_corrected = any(row.correction is not None for row in column.rows.values())
    any_caution = any(row.cautions for row in column.rows.values())
    return {
        label: f"{percent(row.proportion.estimate):>5}"
        + (f"{_caution(row):1}" if any_caution else "")
        + f"{percent_interval(row.proportion.low, row.proportion.high):>14}"
        + (f"{_naive(row):>15}" if any_corrected else "")
        + f"{count(row.proportion.count):>7}"
        for label, row in column.rows.items()
    }
