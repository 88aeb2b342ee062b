"""Coding identical and near-identical answers together, after seeing which they are."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, SelectionList, Static
from textual.widgets.selection_list import Selection

from coder.messages import _, ngettext
from coder.study.selecting import Alike
from coder.tui.dialogs import Dialog
from coder.tui.safe_text import safe

_IDENTICAL = 100.0


class GroupDialog(Dialog[list[int]]):
    """Closes with the answers to code together with the open one; identical ones are marked beforehand.

    Parameters:
        labels: what they will be given, as the coder chose it.
        coded: answers that this coder has coded already: they stand unmarked.
    """

    DEFAULT_CSS = """
    GroupDialog > Vertical { width: 100; }
    GroupDialog SelectionList { height: auto; max-height: 18; background: $surface; border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", show=False, priority=True),
        Binding("a", "all", show=False),
    ]

    def __init__(self, text: str, labels: str, found: Sequence[Alike], coded: set[int]) -> None:
        super().__init__()
        self._text, self._labels, self._found, self._coded = text, labels, found, coded

    def compose(self) -> ComposeResult:
        """Show the open answer, what it will be given, and the others."""
        identical = sum(other.likeness >= _IDENTICAL for other in self._found)
        with Vertical():
            yield Label(_("Code together: {labels}").format(labels=self._labels), classes="title")
            yield Static(Text(f"“{safe(self._text)}”"))
            yield Static(
                ngettext(
                    "{n} answer is alike, {identical} of them identical.",
                    "{n} answers are alike, {identical} of them identical.",
                    len(self._found),
                ).format(n=len(self._found), identical=identical),
                classes="hint",
            )
            yield SelectionList[int](
                *(
                    Selection(
                        self._line(other),
                        other.answer_id,
                        other.likeness >= _IDENTICAL and other.answer_id not in self._coded,
                    )
                    for other in self._found
                )
            )
            yield Label(
                _("Space: mark or not · a: all or none · Enter: code these · Esc: leave"), classes="hint"
            )

    def _line(self, other: Alike) -> Text:
        text = safe(" ".join(other.text.split()))
        done = " ✓" if other.answer_id in self._coded else "  "
        return Text(f"{other.likeness:>3.0f}%{done} {text}")

    def action_all(self) -> None:
        """Mark all, or none when all are marked."""
        listed = self.query_one(SelectionList)
        if len(listed.selected) == listed.option_count:
            listed.deselect_all()
        else:
            listed.select_all()

    def action_take(self) -> None:
        """Close with the marked answers."""
        self.dismiss(list(self.query_one(SelectionList).selected))
