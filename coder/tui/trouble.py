"""A study that cannot be opened: said in a dialog, on the terminal and in a browser alike."""

from textual.app import App

from coder.tui.dialogs import Notice
from coder.tui.themes import DARK


class TroubleApp(App[None]):
    """Shows what is wrong, and ends when the person has read it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.register_theme(DARK)
        self.theme = DARK.name

    def on_mount(self) -> None:
        """Show it."""
        self.push_screen(Notice(self._text), lambda _answer: self.exit())
