"""A dialog to choose any number of things from a list."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from coder.messages import _
from coder.tui.dialogs import Dialog


class ChooseSeveral(Dialog[tuple[str, ...]]):
    """A list in which the space bar marks; closes with the ids of what is marked, in the list's order."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,x", "mark", show=False)]

    def __init__(self, title: str, choices: Sequence[tuple[str, str]], *, chosen: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._choices, self._chosen = title, list(choices), set(chosen)

    def compose(self) -> ComposeResult:
        """Show the list, what is chosen marked."""
        with Vertical():
            yield Label(self._title, classes="title")
            yield OptionList(*(Option(self._line(key, text), id=key) for key, text in self._choices))
            yield Label(_("Space: mark · Enter: keep · Esc: leave"), classes="hint")

    def _line(self, key: str, text: str) -> Text:
        return Text(f"[{'x' if key in self._chosen else ' '}] {text}")

    def action_mark(self) -> None:
        """Mark what is under the cursor, or take its mark away."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            key, text = self._choices[listed.highlighted]
            self._chosen ^= {key}
            listed.replace_option_prompt_at_index(listed.highlighted, self._line(key, text))

    @on(OptionList.OptionSelected)
    def keep(self) -> None:
        """Close with what is marked."""
        self.dismiss(tuple(key for key, _text in self._choices if key in self._chosen))
