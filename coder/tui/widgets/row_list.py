"""A list of rows in columns with a cursor: one line a row, of which only the lines in view are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        heading: what stands above it.
        width: in cells; 0 takes what the others leave.
        right: whether its cells stand to the right.
        from_width: the list is at least this wide when the column is shown.
    """

    heading: str
    width: int = 0
    right: bool = False
    from_width: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it stands for, its cells, and whether it stands out."""

    key: str
    cells: tuple[str, ...]
    strong: bool = False


class RowList(ScrollView, can_focus=True):
    """Rows under a line of headings; the arrow keys move the cursor, Enter chooses."""

    COMPONENT_CLASSES = {"row-list--here", "row-list--heading"}  # noqa: RUF012  (as Textual has it)
    DEFAULT_CSS = """
    RowList { background: $background; scrollbar-size-vertical: 1; overflow-x: hidden; }
    RowList > .row-list--here { background: $boost; }
    RowList > .row-list--heading { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("home", "move(-1000000000)", show=False),
        Binding("end", "move(1000000000)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, rows: "RowList", key: str) -> None:
            super().__init__()
            self.rows, self.key = rows, key

        @property
        def control(self) -> "RowList":
            """The list."""
            return self.rows

    class Chosen(Moved):
        """The person chose a row."""

    def __init__(self, *, nothing: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: Sequence[Column] = ()
        self._rows: Sequence[Row] = ()
        self._nothing = nothing
        self._cursor = 0

    def show(self, columns: Sequence[Column], rows: Sequence[Row], nothing: str = "") -> None:
        """Show these rows; the cursor stays on its row when that is still there."""
        under = self.key
        self._columns, self._rows, self._nothing = columns, rows, nothing
        keys = [row.key for row in rows]
        self._cursor = keys.index(under) if under in keys else max(0, min(self._cursor, len(rows) - 1))
        self.virtual_size = Size(self.scrollable_content_region.width, len(rows) + 1)
        self._keep_in_view()
        self.refresh()

    @property
    def key(self) -> str | None:
        """What the row under the cursor stands for."""
        return self._rows[self._cursor].key if self._rows else None

    @property
    def keys(self) -> list[str]:
        """What the rows stand for, in their order."""
        return [row.key for row in self._rows]

    def put_on(self, key: str) -> None:
        """Put the cursor on a row."""
        for line, row in enumerate(self._rows):
            if row.key == key:
                self._cursor = line
                self._keep_in_view()
                self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self._rows:
            self._go_to(max(0, min(len(self._rows) - 1, self._cursor + by)))

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.key is not None:
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row that is clicked on; a second click chooses it."""
        line = event.y - 1 + self.scroll_offset.y
        if event.y and line < len(self._rows):
            self._go_to(line)
            if event.chain == 2:
                self.action_choose()

    def on_resize(self) -> None:
        """Fit the rows to the width."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows) + 1)
        self._keep_in_view()

    def _go_to(self, line: int) -> None:
        if line != self._cursor:
            self._cursor = line
            self._keep_in_view()
            self.refresh()
            self.post_message(self.Moved(self, self._rows[line].key))

    def _keep_in_view(self) -> None:
        room, top = self.scrollable_content_region.height - 1, self.scroll_offset.y
        to = min(self._cursor, max(top, self._cursor - room + 1))
        if room > 0 and to != top:
            self.scroll_to(y=to, animate=False, force=True, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Draw the headings, or one row."""
        width = self.scrollable_content_region.width
        line = y - 1 + self.scroll_offset.y
        if y == 0:
            style = self.get_component_rich_style("row-list--heading")
            headings = tuple(column.heading for column in self._columns)
            return self._strip(" ", headings, style + Style(underline=self.has_focus), width)
        if not self._rows and y == 1:
            told = Strip([Segment(f"  {self._nothing}", self.rich_style)])
            return told.adjust_cell_length(width, self.rich_style)
        if line >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row, here = self._rows[line], line == self._cursor
        style = self.get_component_rich_style("row-list--here") if here else self.rich_style
        pointer = "▌" if here and self.has_focus else "│" if here else " "
        bold = Style(bold=row.strong or (here and self.has_focus))
        return self._strip(pointer, row.cells, style + bold, width)

    def _strip(self, pointer: str, cells: Sequence[str], style: Style, width: int) -> Strip:
        shown = [
            (column, cell)
            for column, cell in zip(self._columns, cells, strict=True)
            if width >= column.from_width
        ]
        fixed = sum(column.width + 2 for column, _cell in shown if column.width)
        flexible = sum(not column.width for column, _cell in shown) or 1
        rest = max(4, (width - 2 - fixed) // flexible - 2)
        text = pointer + " "
        for column, cell in shown:
            text += _fitted(" ".join(cell.split()), column.width or rest, column.right) + "  "
        return Strip([Segment(text, style)]).adjust_cell_length(width, style)


def _fitted(text: str, width: int, right: bool) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    space = " " * (width - length)
    return space + text if right else text + space
