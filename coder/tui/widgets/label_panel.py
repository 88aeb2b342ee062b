"""The labels to choose from: key number, mark, name, count so far, and the model's probability as a bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coder.codebook import Codebook
from coder.tui.onscreen import OnScreen

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_BAR = 5
_ROOM_FOR_BARS = 44
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class LabelLine:
    """One label as it stands in the panel.

    Attributes:
        depth: how many labels are above it in the tree. count: how often the coder gave it.
        place: its place in the order of mention, from 1; None when it is not chosen.
        probability: the model's; None when there is none to show.
        beforehand: whether the model chose it and the coder has not touched anything yet.
        unknown: whether the coder's coding of this answer does not know it yet.
    """

    id: str
    number: str
    name: str
    depth: int
    count: int
    place: int | None
    probability: float | None
    unknown: bool = False
    beforehand: bool = False


def bar(share: float, width: int = _BAR) -> str:
    """Return a bar of eighths of cells for a share from 0 to 1."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def label_lines(codebook: Codebook, shown: OnScreen | None, counts: Mapping[str, int]) -> list[LabelLine]:
    """Return the lines of all labels that can be given, for the answer that lies open."""
    lines = []
    for label in codebook.active:
        depth, above = 0, label.parent
        while above is not None and depth < _DEEPEST:
            depth, above = depth + 1, codebook.label(above).parent
        lines.append(
            LabelLine(
                label.id,
                "" if label.number is None else str(label.number),
                label.name,
                depth,
                counts.get(label.id, 0),
                shown.chosen.index(label.id) + 1 if shown and label.id in shown.chosen else None,
                shown.probabilities.get(label.id) if shown else None,
                bool(shown and shown.answer.status and label.id in shown.answer.unknown),
                bool(shown and shown.is_suggested and label.id in shown.chosen),
            )
        )
    return lines


class LabelPanel(ScrollView, can_focus=False):
    """One line a label; a cursor that the arrow keys move, for the definition and the space bar."""

    COMPONENT_CLASSES = {"label-panel--cursor"}  # noqa: RUF012  (as Textual has it)
    DEFAULT_CSS = """
    LabelPanel { background: $background; scrollbar-size-vertical: 1; }
    LabelPanel > .label-panel--cursor { background: $boost; }
    """

    class Picked(Message):
        """The person clicked on a label."""

        def __init__(self, label: str) -> None:
            super().__init__()
            self.label = label

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: Sequence[LabelLine] = ()
        self.cursor = 0
        self._plain = self._marked = Style()

    def show(self, lines: Sequence[LabelLine]) -> None:
        """Show these labels; the cursor stays on its label when that is still there."""
        under, before = self.label, self._lines
        self._lines = lines
        places = [line.id for line in lines]
        self.cursor = places.index(under) if under in places else min(self.cursor, max(0, len(lines) - 1))
        if len(lines) != len(before):
            self.virtual_size = Size(self.scrollable_content_region.width, len(lines))
            self.refresh()
            return
        for place, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old != new:
                self._redraw(place)

    @property
    def label(self) -> str | None:
        """The id of the label under the cursor."""
        return self._lines[self.cursor].id if self._lines else None

    def move(self, by: int) -> None:
        """Move the cursor."""
        if self._lines:
            self.put_cursor((self.cursor + by) % len(self._lines))

    def put_on(self, label: str) -> None:
        """Put the cursor on a label."""
        for line, there in enumerate(self._lines):
            if there.id == label:
                self.put_cursor(line)

    def put_cursor(self, line: int) -> None:
        """Put the cursor on a line, and that line in view."""
        for place in (self.cursor, line):
            self._redraw(place)
        self.cursor = line
        self.scroll_to_region(Region(0, line, 1, 1), animate=False, force=True, immediate=True)

    def _redraw(self, line: int) -> None:
        self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines in view; their styles are worked out once for all of them."""
        self._plain = self.rich_style
        self._marked = self.get_component_rich_style("label-panel--cursor")
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.scrollable_content_region.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, self._plain)
        line = self._lines[at]
        style = self._marked if at == self.cursor else self._plain
        chosen = line.place is not None
        name_style = style + Style(bold=chosen)
        pointer = "▌" if at == self.cursor else " "
        mark = "[•]" if line.beforehand else "[x]" if chosen else "[?]" if line.unknown else "[ ]"
        start = f"{pointer}{line.number:>3} {mark} "
        end = f" {line.count or '':>{4 if width >= _ROOM_FOR_BARS else 3}}"
        if line.probability is not None:
            # where there is no room for bars the number says the same
            drawn = f" {bar(line.probability)}" if width >= _ROOM_FOR_BARS else ""
            end += f"{drawn}{round(100 * line.probability):>4}%"
        room = max(4, width - len(start) - len(end))
        name = "· " * line.depth + line.name
        name = name if len(name) <= room else name[: room - 1] + "…"
        return Strip(
            [
                Segment(start, name_style),
                Segment(name.ljust(room), name_style),
                Segment(end, style + Style(dim=not chosen)),
            ]
        ).adjust_cell_length(width, style)

    def on_click(self, event: events.Click) -> None:
        """Toggle the label that is clicked on."""
        at = event.y + self.scroll_offset.y
        if at < len(self._lines):
            self.put_cursor(at)
            self.post_message(self.Picked(self._lines[at].id))

    def on_resize(self) -> None:
        """Fit the lines to the width."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._lines))
