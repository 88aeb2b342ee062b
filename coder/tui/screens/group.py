"""Coding identical and near-identical answers together, after seeing which they are."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from coder.messages import _, ngettext
from coder.study.selecting import Alike
from coder.text import normalise
from coder.tui.choose_several import ChooseSeveral
from coder.tui.safe_text import safe


class GroupDialog(ChooseSeveral):
    """Closes with the answers to code together with the open one; identical ones are marked beforehand.

    Parameters:
        labels: what they will be given, as the coder chose it.
        coded: answers that this coder has coded already: they stand unmarked.
    """

    DEFAULT_CSS = "GroupDialog > Vertical { width: 100; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("a", "all", show=False)]

    def __init__(self, text: str, labels: str, found: Sequence[Alike], coded: set[int]) -> None:
        identical = {o.answer_id for o in found if normalise(o.text) == normalise(text)}
        super().__init__(
            _("Code together: {labels}").format(labels=labels),
            [
                (
                    str(other.answer_id),
                    f"{other.likeness:>3.0f}%{' ✓' if other.answer_id in coded else '  '} "
                    + safe(" ".join(other.text.split())),
                )
                for other in found
            ],
            chosen=[str(answer) for answer in identical - coded],
        )
        self._text, self._identical = text, len(identical)

    def compose(self) -> ComposeResult:
        """Show the open answer, what it will be given, and the others."""
        n = len(self._choices)
        with Vertical():
            yield Label(self._title, classes="title")
            yield Static(Text(f"“{safe(self._text)}”"))
            yield Static(
                ngettext(
                    "{n} answer is alike, {identical} of them identical.",
                    "{n} answers are alike, {identical} of them identical.",
                    n,
                ).format(n=n, identical=self._identical),
                classes="hint",
            )
            yield OptionList(*(Option(self._line(key, text), id=key) for key, text in self._choices))
            yield Label(
                _("Space: mark or not · a: all or none · Enter: code these · Esc: leave"), classes="hint"
            )

    def action_all(self) -> None:
        """Mark all, or none when all are marked."""
        keys = {key for key, _text in self._choices}
        self._chosen = set() if self._chosen == keys else keys
        listed = self.query_one(OptionList)
        for line, (key, text) in enumerate(self._choices):
            listed.replace_option_prompt_at_index(line, self._line(key, text))
