"""Small screens over a screen: something to know, to confirm, to type, to choose."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from coder.messages import _
from coder.tui.guarded import Guarded

T = TypeVar("T")


class Dialog(Guarded, ModalScreen[T]):
    """A box over the screen; Escape closes it and changes nothing."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 72; max-width: 96%; height: auto; max-height: 90%;
        border: round $primary; background: $surface; padding: 1 2;
    }
    Dialog .title { width: 100%; text-style: bold; margin-bottom: 1; }
    Dialog .hint { width: 100%; color: $text-muted; margin-top: 1; }
    Dialog .text { height: auto; max-height: 60vh; }
    Dialog Input { margin-top: 1; }
    Dialog OptionList > .option-list--option-highlighted { text-style: reverse; }
    Dialog OptionList { height: auto; max-height: 16; margin-top: 1; background: $surface; border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class Notice(Dialog[None]):
    """Something the person should know: what is wrong, where, what to do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "leave", show=False),
        Binding("down,pagedown", "scroll(1)", show=False),
        Binding("up,pageup", "scroll(-1)", show=False),
    ]

    def __init__(self, text: str, title: str | None = None) -> None:
        super().__init__()
        self._text, self._title = text, title

    def compose(self) -> ComposeResult:
        """Show the text."""
        with Vertical():
            yield Label(self._title or _("This cannot be done"), classes="title")
            yield VerticalScroll(Static(Text(self._text)), can_focus=False, classes="text")
            yield Label(_("Enter or Esc: go on"), classes="hint")

    def action_scroll(self, pages: int) -> None:
        """Scroll a text that is too long for the box."""
        text = self.query_one(VerticalScroll)
        text.scroll_relative(y=pages * max(1, text.size.height - 1), animate=False)


class Confirm(Dialog[bool]):
    """A question with yes or no; what yes does is said on the key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y,j", "answer(True)", show=False),
        Binding("n,escape", "answer(False)", show=False),
    ]

    def __init__(self, title: str, text: str, yes: str) -> None:
        super().__init__()
        self._title, self._text, self._yes = title, text, yes

    def compose(self) -> ComposeResult:
        """Show the question."""
        with Vertical():
            yield Label(self._title, classes="title")
            yield VerticalScroll(Static(Text(self._text)), can_focus=False, classes="text")
            yield Label(self.hint.format(yes=self._yes), classes="hint")

    @property
    def hint(self) -> str:
        """What the keys do, with a place for what yes does."""
        return _("Enter: {yes} · Esc: no")

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)


class ConfirmHarm(Confirm):
    """A question of which yes does harm: Enter, which the hand types by itself while coding, means no."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "answer(False)", show=False)]

    @property
    def hint(self) -> str:
        """What the keys do, with a place for what yes does."""
        return _("y: {yes} · Enter or Esc: no")


class Ask(Dialog[str]):
    """One line to type; closes with None when it is left."""

    def __init__(self, title: str, *, value: str = "", hint: str = "", empty: bool = False) -> None:
        super().__init__()
        self._title, self._value, self._hint, self._empty = title, value, hint, empty

    def compose(self) -> ComposeResult:
        """Show the line."""
        with Vertical():
            yield Label(self._title, classes="title")
            yield Input(self._value, select_on_focus=False)
            yield Label(self._hint or _("Enter: keep · Esc: leave"), classes="hint")

    @on(Input.Submitted)
    def typed(self, event: Input.Submitted) -> None:
        """Close with what was typed; nothing at all counts only where it may."""
        text = event.value.strip()
        if text or self._empty:
            self.dismiss(text)


class Choose(Dialog[str]):
    """A list to choose from by arrow keys and Enter; closes with the id of what is chosen."""

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, str]],
        *,
        chosen: str | None = None,
        at: str | None = None,
        hint: str = "",
    ) -> None:
        super().__init__()
        self._title, self._choices, self._chosen, self._hint = title, list(choices), chosen, hint
        self._at = chosen if at is None else at

    def compose(self) -> ComposeResult:
        """Show the list, what is in force marked."""
        with Vertical():
            yield Label(self._title, classes="title")
            marked = [
                Option(Text(f"{'●' if key == self._chosen else ' '} {text}"), id=key)
                for key, text in self._choices
            ]
            yield OptionList(*marked)
            yield Label(self._hint or _("↑ ↓ and Enter: choose · Esc: leave"), classes="hint")

    def on_mount(self) -> None:
        """Begin at what is in force, or where it was said to begin."""
        keys = [key for key, _text in self._choices]
        if self._at in keys:
            self.query_one(OptionList).highlighted = keys.index(self._at)

    @on(OptionList.OptionSelected)
    def taken(self, event: OptionList.OptionSelected) -> None:
        """Close with the choice."""
        self.dismiss(event.option.id)
