"""Who codes: asked when nobody said so, as in a web browser."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from coder.messages import _
from coder.study.coders import check_coder, known_coders
from coder.tui.dialogs import Dialog


class WhoScreen(Dialog[str]):
    """Choose a name, or type a new one; closes with the name, or with None."""

    def compose(self) -> ComposeResult:
        """Show the known names, and room for a new one."""
        known = known_coders(self.app.study)  # type: ignore[attr-defined]
        with Vertical():
            yield Label(_("Who codes?"), classes="title")
            if known:
                yield OptionList(*(Option(Text(name), id=name) for name in known))
            yield Input(placeholder=_("a new name, such as AB"))
            yield Label(_("Tab: list or new name · Enter: choose · Esc: leave"), classes="hint")

    @on(OptionList.OptionSelected)
    def taken(self, event: OptionList.OptionSelected) -> None:
        """Close with a known name."""
        self.dismiss(event.option.id)

    @on(Input.Submitted)
    def typed(self, event: Input.Submitted) -> None:
        """Close with a new name."""
        self.dismiss(check_coder(event.value))
