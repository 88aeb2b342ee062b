"""Dialogs of the codebook: what a label stands for, and what coders propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Label, OptionList, Static, TextArea
from textual.widgets.option_list import Option

from coder.codebook import Label as CodebookLabel
from coder.codebook.edits import DefineLabel
from coder.messages import _, ngettext
from coder.study.codebook_proposals import Proposal
from coder.tui.dialogs import Confirm, Dialog


class DefineDialog(Dialog[DefineLabel]):
    """What a label stands for; closes with the edit, or None when nothing is changed."""

    DEFAULT_CSS = """
    DefineDialog > Vertical { width: 92; height: 36; }
    DefineDialog VerticalScroll { height: 1fr; }
    DefineDialog TextArea { height: 5; border: round $secondary; background: $surface; }
    DefineDialog TextArea:focus { border: round $accent; }
    DefineDialog #label-definition { height: 7; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "keep", show=False, priority=True)]

    def __init__(self, label: CodebookLabel) -> None:
        super().__init__()
        self._label = label

    def compose(self) -> ComposeResult:
        """Show a field for the definition and one for each list."""
        label = self._label
        with Vertical():
            yield Label(_("What {label} stands for").format(label=label.name), classes="title")
            with VerticalScroll(can_focus=False):
                yield _field("definition", _("Definition: which answers get it"), label.definition)
                for name, heading, items in (
                    ("include", _("Belongs to it, one a line"), label.include),
                    ("exclude", _("Does not, and where it goes instead, one a line"), label.exclude),
                    ("examples", _("Examples, one a line"), label.examples),
                    ("keywords", _("Keywords, one a line"), label.keywords),
                ):
                    yield _field(name, heading, "\n".join(items))
            yield Label(_("Ctrl+S: keep · Tab: next field · Esc: leave"), classes="hint")

    def on_mount(self) -> None:
        """Begin with the definition."""
        self.query_one("#label-definition", TextArea).focus()

    def _typed(self) -> DefineLabel:
        def text(name: str) -> str:
            return self.query_one(f"#label-{name}", TextArea).text

        def items(name: str) -> tuple[str, ...]:
            return tuple(line.strip() for line in text(name).split("\n") if line.strip())

        return DefineLabel(
            self._label.id,
            text("definition").strip(),
            items("include"),
            items("exclude"),
            items("examples"),
            items("keywords"),
        )

    def _is_changed(self) -> bool:
        label, typed = self._label, self._typed()
        return (typed.definition, typed.include, typed.exclude, typed.examples, typed.keywords) != (
            label.definition.strip(),
            label.include,
            label.exclude,
            label.examples,
            label.keywords,
        )

    def action_keep(self) -> None:
        """Close with what was typed."""
        self.dismiss(self._typed() if self._is_changed() else None)

    def action_leave(self) -> None:
        """Close without it, but not with one slip of the finger."""
        if not self._is_changed():
            self.dismiss(None)
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self.dismiss(None)

        self.app.push_screen(
            Confirm(
                _("Leave without keeping?"), _("What you typed here is not kept yet."), _("throw it away")
            ),
            answered,
        )


def _field(name: str, heading: str, text: str) -> TextArea:
    field = TextArea(text, id=f"label-{name}")
    field.border_title = heading
    return field


@dataclass(frozen=True, slots=True)
class Decision:
    """What the keeper decides on a proposal.

    Attributes:
        do: "accept", "rename" (accept under another name) or "decline".
    """

    proposal: Proposal
    do: str


class ProposalsDialog(Dialog[Decision]):
    """The labels that coders propose, with the answers where they did; one key decides."""

    DEFAULT_CSS = """
    ProposalsDialog > Vertical { width: 92; }
    ProposalsDialog OptionList { max-height: 8; }
    ProposalsDialog #where { height: auto; max-height: 12; margin-top: 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "decide('decline')", show=False),
        Binding("f2", "decide('rename')", show=False),
    ]

    def __init__(self, proposals: Sequence[Proposal]) -> None:
        super().__init__()
        self._proposals = list(proposals)

    def compose(self) -> ComposeResult:
        """Show the proposals, and under them where the marked one was made."""
        with Vertical():
            yield Label(_("What coders propose"), classes="title")
            yield OptionList(*(Option(_line(one)) for one in self._proposals))
            yield Static(id="where")
            yield Label(
                _("Enter: add it · F2: under another name · x: decline · Esc: leave"),
                classes="hint",
            )

    @on(OptionList.OptionHighlighted)
    def marked(self, event: OptionList.OptionHighlighted) -> None:
        """Show where it was proposed."""
        proposal = self._proposals[event.option_index]
        self.query_one("#where", Static).update(Text("\n".join(f"• {text}" for text in proposal.examples)))

    @on(OptionList.OptionSelected)
    def taken(self) -> None:
        """Accept the one that is marked."""
        self.action_decide("accept")

    def action_decide(self, do: str) -> None:
        """Close with the decision on the one that is marked."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.dismiss(Decision(self._proposals[at], do))


def _line(proposal: Proposal) -> Text:
    times = ngettext("{n} time", "{n} times", proposal.count).format(n=proposal.count)
    return Text(" · ".join(part for part in (proposal.name, times, ", ".join(proposal.by)) if part))
