"""Type-ahead on label names, numbers and keywords."""

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from coder.codebook import Codebook
from coder.codebook import Label as CodebookLabel
from coder.messages import _
from coder.text import normalise
from coder.tui.dialogs import Dialog


def matching(codebook: Codebook, typed: str) -> list[CodebookLabel]:
    """Return the labels that go with what is typed: names that begin with it, names with it, keywords."""
    wanted = normalise(typed)

    def rank(label: CodebookLabel) -> int | None:
        name = normalise(label.name)
        if str(label.number) == wanted or name.startswith(wanted):
            return 0
        if any(word.startswith(wanted) for word in name.split()):
            return 1
        if wanted in name:
            return 2
        return 3 if any(normalise(word).startswith(wanted) for word in label.keywords) else None

    ranked = [
        (found, place, label)
        for place, label in enumerate(codebook.active)
        if (found := rank(label)) is not None
    ]
    return [label for _found, _place, label in sorted(ranked, key=lambda item: item[:2])]


class LabelSearch(Dialog[str]):
    """Closes with the id of the label that is chosen; Enter takes the first that goes with what is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
    ]

    def __init__(self, codebook: Codebook, title: str) -> None:
        super().__init__()
        self._codebook, self._title = codebook, title

    def compose(self) -> ComposeResult:
        """Show the line and the labels."""
        with Vertical():
            yield Label(self._title, classes="title")
            yield Input(placeholder=_("part of a name, a keyword or a number"))
            yield OptionList()
            yield Label(_("↑ ↓ and Enter: choose · Esc: leave"), classes="hint")

    def on_mount(self) -> None:
        """Begin with all labels, and the cursor in the line."""
        self.query_one(OptionList).can_focus = False
        self._narrow("")
        self.query_one(Input).focus()

    @on(Input.Changed)
    def narrowed(self, event: Input.Changed) -> None:
        """Show only what goes with it."""
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            Option(Text(f"{label.number or '':>4}  {label.name}"), id=label.id)
            for label in matching(self._codebook, typed)
        )
        options.highlighted = 0 if options.option_count else None

    def action_move(self, by: int) -> None:
        """Move the mark in the list while the cursor stays in the line."""
        options = self.query_one(OptionList)
        if options.option_count:
            options.highlighted = ((options.highlighted or 0) + by) % options.option_count

    @on(Input.Submitted)
    def submitted(self) -> None:
        """Take the label that is marked."""
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(options.get_option_at_index(options.highlighted).id)

    @on(OptionList.OptionSelected)
    def picked(self, event: OptionList.OptionSelected) -> None:
        """Take the label that is clicked on."""
        self.dismiss(event.option.id)
