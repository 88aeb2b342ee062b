"""The labels of a codebook in their tree: code number, name, and how often each is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coder.messages import _
from coder.tui.widgets.label_panel import bar

_BAR = 8
_ROOM_FOR_BARS = 46


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One label as it stands in the tree.

    Attributes:
        depth: how many labels are above it. count: codings that carry it; share: of all codings.
    """

    id: str
    number: str
    name: str
    depth: int
    count: int
    share: float
    retired: bool


class CodebookTree(ScrollView, can_focus=True):
    """One line a label, with a cursor that the arrow keys move."""

    COMPONENT_CLASSES = {"codebook-tree--cursor", "codebook-tree--retired"}  # noqa: RUF012  (as Textual has it)
    DEFAULT_CSS = """
    CodebookTree { background: $background; scrollbar-size-vertical: 1; overflow-x: hidden; }
    CodebookTree > .codebook-tree--cursor { background: $boost; }
    CodebookTree > .codebook-tree--retired { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("home", "move(-1000000000)", show=False),
        Binding("end", "move(1000000000)", show=False),
    ]

    class Moved(Message):
        """The cursor came to another label."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[TreeLine] = ()
        self._at = 0

    def show(self, lines: Sequence[TreeLine], on: str | None = None) -> None:
        """Show these labels, the cursor on one of them; else it stays where it was."""
        wanted = self.label if on is None else on
        self._lines = lines
        places = [line.id for line in lines]
        self._at = places.index(wanted) if wanted in places else min(self._at, max(0, len(lines) - 1))
        self._fit()
        self._in_view()

    @property
    def label(self) -> str | None:
        """The id of the label under the cursor; None in an empty codebook."""
        return self._lines[self._at].id if self._lines else None

    def action_move(self, by: int) -> None:
        """Move the cursor, not past the ends."""
        to = max(0, min(self._at + by, len(self._lines) - 1))
        if self._lines and to != self._at:
            self._at = to
            self._in_view()
            self.post_message(self.Moved())

    def put_on(self, label: str) -> None:
        """Put the cursor on a label."""
        for place, line in enumerate(self._lines):
            if line.id == label:
                self.action_move(place - self._at)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.scrollable_content_region.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[at]
        here = at == self._at
        style = self.get_component_rich_style("codebook-tree--cursor") if here else self.rich_style
        if line.retired:
            style += Style(color=self.get_component_rich_style("codebook-tree--retired").color)
        start = f"{'▌' if here else ' '}{line.number:>3} {'×' if line.retired else ' '} "
        end = f" {line.count or '·':>4} "
        if width >= _ROOM_FOR_BARS:
            end += f"{bar(line.share, _BAR)} "
        room = max(4, width - cell_len(start) - cell_len(end))
        # in a narrow tree the sign before it says so alone
        said = f" ({_('retired')})" if line.retired and width >= _ROOM_FOR_BARS else ""
        name = "  " * line.depth + line.name
        if cell_len(name) > room - cell_len(said):
            name = set_cell_size(name, room - cell_len(said) - 1).rstrip() + "…"
        name += said
        return Strip(
            [
                Segment(start, style),
                Segment(set_cell_size(name, room), style + Style(bold=here)),
                Segment(end, style),
            ]
        ).adjust_cell_length(width, style)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the label that is clicked on."""
        at = event.y + self.scroll_offset.y
        if at < len(self._lines):
            self.action_move(at - self._at)

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self._fit()

    def _fit(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines))
        self.refresh()

    def _in_view(self) -> None:
        self.scroll_to_region(Region(0, self._at, 1, 1), animate=False, force=True, immediate=True)
        self.refresh()
