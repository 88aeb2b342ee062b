"""What the codebook screen shows: the phase, the tree of labels, and all there is to know of one label."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from coder.codebook import Label
from coder.study.codebook_proposals import Proposal, proposals
from coder.study.codebook_view import CarriedBy, CodebookView, carrying_texts, codebook_state, codebook_view
from coder.study.folder import Study
from coder.study.phases import Saturation, done_phases, phase, saturation
from coder.study.settings import QuestionSettings
from coder.tui.progress_lines import phase_strip, saturation_words
from coder.tui.screen import StudyScreen
from coder.tui.screens.codebook_words import new_labels_line
from coder.tui.screens.label_details import label_details
from coder.tui.widgets.codebook_tree import CodebookTree, TreeLine

_LOOK_AROUND = 3.0
"""Seconds between looks at what others changed."""


@dataclass(frozen=True)
class Look:
    """A codebook and the work on it, as it was at one look."""

    question: QuestionSettings
    view: CodebookView
    proposals: Sequence[Proposal]
    phase: str
    begun: frozenset[str]


def look(study: Study, question: QuestionSettings, coder: str) -> Look:
    """Read a codebook and the work on it, as far as this coder may see it."""
    return Look(
        question,
        codebook_view(study, question),
        proposals(study, question, for_coder=coder),
        phase(study, question),
        frozenset(one.phase for one in done_phases(study, question)),
    )


class ShownCodebook(StudyScreen):
    """The codebook of the question at hand, as it is shown; a subclass changes it."""

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self._curve: Saturation | None = None
        self._carried: dict[str, Sequence[CarriedBy]] = {}
        self._undone: list[int] = []
        self._put_on: str | None = None
        self._message = ""

    def body(self) -> ComposeResult:
        """Put the phase above the tree and what is to know of one label."""
        with Vertical(id="head"):
            yield Static(id="asked")
            yield Static(id="phases")
            yield Static(id="curve")
        with Horizontal(id="columns"):
            yield CodebookTree()
            with VerticalScroll(id="beside", can_focus=False):
                yield Static(id="details")
        yield Static(id="message")

    def on_mount(self) -> None:
        """Look now and then at what others changed."""
        self.set_interval(_LOOK_AROUND, self._look_around)
        self.query_one(CodebookTree).focus()

    # reading

    def show(self) -> None:
        """Read the codebook anew."""
        study, question, coder = self.coder_app.study, self.coder_app.question, self.coder_app.coder or ""
        self.in_background(lambda: look(study, question, coder), self._taken)

    def _look_around(self) -> None:
        if self._look is None or not self.is_current:
            return
        study = self.coder_app.study
        if codebook_state(study, self._look.question) != self._look.view.state:
            self.show()

    def _taken(self, found: Look) -> None:
        other = self._look is None or self._look.question != found.question
        if other:
            self._undone, self._message, self._curve = [], "", None
        self._look, self._carried = found, {}
        view = found.view
        tree = self.query_one(CodebookTree)
        lines = [
            TreeLine(
                label.id,
                "" if label.number is None else str(label.number),
                label.name,
                depth,
                view.uses[label.id].codings,
                view.uses[label.id].codings / view.codings if view.codings else 0.0,
                label.retired,
            )
            for label, depth in view.tree
        ]
        tree.show(lines, self._put_on)
        self._put_on = None
        study, question = self.coder_app.study, found.question
        # over a hundred thousand codings it takes seconds
        self.in_background(lambda: saturation(study, question), self._drawn_curve, group="curve")
        self._draw_head()
        self._draw_details()
        self._draw_message()

    # drawing

    def on_resize(self) -> None:
        """Fit the phases to the width."""
        self._draw_head()

    def _draw_head(self) -> None:
        found = self._look
        if found is None:
            return
        self.query_one("#asked", Static).update(
            Text(found.view.codebook.question or found.question.name, no_wrap=True, overflow="ellipsis")
        )
        room = max(20, self.size.width - 2)
        self.query_one("#phases", Static).update(phase_strip(found.phase, found.begun, room))
        if self._curve is None:
            return
        curve = Text(no_wrap=True, overflow="ellipsis")
        curve.append(new_labels_line(self._curve, room))
        if room > 110:
            curve.append("  " + saturation_words(self._curve))
        self.query_one("#curve", Static).update(curve)

    def _drawn_curve(self, curve: Saturation) -> None:
        self._curve = curve
        self._draw_head()

    def _draw_details(self) -> None:
        label, details = self._label(), self.query_one("#details", Static)
        if label is None or self._look is None:
            details.update("")
            return
        carried = self._carried.get(label.id)
        if carried is None and not self._look.view.uses[label.id].codings:
            carried = ()
        details.update(label_details(self._look.view, label, carried))
        self.show_keys()
        if carried is None:
            self._read_carried(label.id)

    def _read_carried(self, label: str) -> None:
        assert self._look is not None  # noqa: S101  (a label is shown)
        study, question, who = self.coder_app.study, self._look.question, self.coder_app.coder or ""

        def have(found: Sequence[CarriedBy]) -> None:
            self._carried[label] = found
            if self.query_one(CodebookTree).label == label:
                self._draw_details()

        self.in_background(lambda: carrying_texts(study, question, label, who), have, group="carried")

    def _say(self, text: str) -> None:
        self._message = text
        self._draw_message()

    def _draw_message(self) -> None:
        self.query_one("#message", Static).update(Text(self._message, no_wrap=True, overflow="ellipsis"))

    @on(CodebookTree.Moved)
    def moved(self) -> None:
        """Show the label under the cursor."""
        self.query_one("#beside", VerticalScroll).scroll_home(animate=False)
        self._draw_details()

    def _label(self) -> Label | None:
        under = self.query_one(CodebookTree).label if self.is_mounted else None
        return None if under is None or self._look is None else self._look.view.codebook.find(under)
