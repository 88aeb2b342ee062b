"""F1: all keys of the screen, and what it is for."""

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Label, Static

from coder.messages import _
from coder.tui.dialogs import Dialog

HelpPart = tuple[str, Sequence[tuple[str, str]]]
"""A heading, and the keys under it with what they do."""


class Help(Dialog[None]):
    """The help of one screen."""

    DEFAULT_CSS = """
    Help > Vertical { width: 92; height: 90%; }
    Help VerticalScroll { height: 1fr; }
    Help Static { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1,q", "leave", show=False)]

    def __init__(self, title: str, about: str, parts: Sequence[HelpPart]) -> None:
        super().__init__()
        self._title, self._about, self._parts = title, about, parts

    def compose(self) -> ComposeResult:
        """Show what the screen is for and its keys."""
        with Vertical():
            yield Label(self._title, classes="title")
            with VerticalScroll():
                yield Static(Text(self._about))
                for heading, keys in self._parts:
                    table = Table(
                        box=None, show_header=False, pad_edge=False, title=heading, title_justify="left",
                        title_style="bold",
                    )  # fmt: skip
                    table.add_column(no_wrap=True, min_width=12)
                    table.add_column()
                    for key, text in keys:
                        table.add_row(Text(key, style="bold"), Text(text))
                    yield Static(table)
            yield Label(_("↑ ↓: scroll · Esc: close"), classes="hint")
