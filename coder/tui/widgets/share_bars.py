"""Bars with their intervals: a line a label, a column a wave or a group, all on one scale."""

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
from coder.reports.numbers import count, margin, percent, percent_interval
from coder.reports.order import PART, depth, title
from coder.reports.side_by_side import Column, SideBySide
from coder.reports.tables import Disclosure, FrequencyRow
from coder.statistics.records import Proportion

_BETWEEN = 2
_NARROWEST = 14
_WIDEST = 60
_SHORT_NAME = 18
_LONG_NAME = 44
_PERCENT = 4
_MARGIN = 4
_WITH_MARGIN = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """How the columns share the width: cells for names and for each column, and which columns are in view."""

    name: int
    cell: int
    first: int
    shown: int


def interval_bar(share: Proportion | None, largest: float, width: int) -> str:
    """Draw a share on a scale up to `largest`: solid to the lower bound, denser before the estimate."""
    estimate = None if share is None else share.estimate
    if share is None or estimate is None or estimate != estimate or largest <= 0:
        return " " * width
    low = estimate if share.low is None or share.low != share.low else share.low
    high = estimate if share.high is None or share.high != share.high else share.high
    solid, here, end = (min(width, round(width * part / largest)) for part in (low, estimate, high))
    if estimate > 0:
        here = max(here, 1)
        end = max(end, here)
    return ("█" * solid + "▓" * (here - solid) + "░" * (end - here)).ljust(width)


class ShareBars(ScrollView, can_focus=True):
    """Scrolls over labels; the heads of the columns stay. Left and right bring other columns into view."""

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
        self._lines: list[FrequencyRow | None] = []
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
        self._fit()
        self.scroll_home(animate=False)

    @property
    def plan(self) -> Plan:
        """How the columns fit the width."""
        width = self.scrollable_content_region.width
        rows, columns = self._data.rows, self._data.columns
        longest = max((len(title(row)) + 2 * depth(row, rows) for row in rows), default=0)
        part = 3 if len(columns) <= 2 else 4
        name = min(longest, _LONG_NAME, max(_SHORT_NAME, width // part))
        room = width - name
        if len(columns) <= 1:
            return Plan(name, max(_NARROWEST, room - _BETWEEN), 0, len(columns))
        fitting = min(len(columns), max(1, room // (_NARROWEST + _BETWEEN)))
        cell = min(_WIDEST, room // fitting - _BETWEEN)
        return Plan(name, cell, min(self._first, len(columns) - fitting), fitting)

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

    def _shown(self, plan: Plan) -> tuple[Column, ...]:
        return self._data.columns[plan.first : plan.first + plan.shown]

    def _heads(self, plan: Plan) -> list[str]:
        columns = self._data.columns
        if not columns:
            return []
        if len(columns) == 1:
            numbers = f"{'%':>5}{_('95% interval'):>14}{'n':>7}"
            return [" " * (plan.name + _BETWEEN + plan.cell - len(numbers)) + numbers]
        several = len({column.wave for column in columns}) > 1
        lines = ["", ""]
        if self.hidden:
            lines[0] = f"← {plan.first + 1}–{plan.first + plan.shown} / {len(columns)} →"[: plan.name]
        lines = [line.ljust(plan.name) for line in lines]
        for column in self._shown(plan):
            group = column.group if column.group is not None else _("Total")
            if several:
                group = column.wave if column.group is None else f"{column.wave} · {column.group}"
            # a mark, and a caution in the notes: too few to say much about
            few = " !" if column.n < Disclosure().smallest_base else ""
            for line, text in enumerate((group, f"N = {count(column.n)}{few}")):
                text = text if len(text) <= plan.cell else text[: plan.cell - 1] + "…"
                lines[line] += " " * _BETWEEN + text.ljust(plan.cell)
        return lines

    def _label(self, row: FrequencyRow, plan: Plan) -> list[Segment]:
        muted = self.get_component_rich_style("share-bars--muted")
        drawn = self.get_component_rich_style("share-bars--bar")
        name = "  " * depth(row, self._data.rows) + title(row)
        name = name if len(name) <= plan.name else name[: plan.name - 1] + "…"
        style = muted if row.kind in ("residual", "state") else self.rich_style
        segments = [Segment(name.ljust(plan.name), style + Style(bold=row.kind == "parent"))]
        alone = len(self._data.columns) == 1
        for column in self._shown(plan):
            share = column.shares.get(row.label)
            numbers = _all_numbers(share) if alone else _numbers(share, plan.cell)
            bar = interval_bar(share, self._data.largest, plan.cell - len(numbers))
            segments += [
                Segment(" " * _BETWEEN, self.rich_style),
                Segment(bar, drawn),
                Segment(numbers, self.rich_style),
            ]
        return segments


def _numbers(share: Proportion | None, width: int) -> str:
    if share is None:
        return " " * (_PERCENT + 1)
    text = f"{percent(share.estimate):>{_PERCENT + 1}}"
    return f"{text}{margin(share.low, share.high):>{_MARGIN}}" if width >= _WITH_MARGIN else text


def _all_numbers(share: Proportion | None) -> str:
    if share is None:
        return " " * 26
    return f"{percent(share.estimate):>5}{percent_interval(share.low, share.high):>14}{count(share.count):>7}"
