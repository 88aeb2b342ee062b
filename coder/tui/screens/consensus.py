"""Consensus coding: what each coder says side by side, and one key that settles it."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from coder.messages import _
from coder.tui.consensus_desk import SIDES, ConsensusDesk
from coder.tui.dialogs import Ask
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.screens.consensus_words import definition, disputed_definitions, memos, sides_table
from coder.tui.screens.label_search import LabelSearch
from coder.tui.widgets.label_panel import LabelLine, LabelPanel


class ConsensusScreen(StudyScreen):
    """Settles the answers of a list, one after the other.

    Parameters:
        answers: the list; open_answers: those of it that wait for a decision; start: the one to begin with.
    """

    NAME = "agreement"
    CSS_PATH = "consensus.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(letter, f"take({side})", show=False) for side, letter in enumerate(SIDES)),
        *(Binding(str(digit), f"digit('{digit}')", show=False) for digit in range(10)),
        Binding("enter", "settle", show=False),
        Binding("slash", "search_label", show=False),
        Binding("space", "toggle_here", show=False),
        Binding("o", "decide('unclear')", show=False),
        Binding("m", "memo", show=False),
        Binding("h", "names", show=False),
        Binding("u,ctrl+z", "undo", show=False),
        Binding("ctrl+y", "redo", show=False),
        Binding("right,j", "step(1)", show=False),
        Binding("left,k", "step(-1)", show=False),
        Binding("down", "label(1)", show=False),
        Binding("up", "label(-1)", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, answers: Sequence[int], open_answers: Collection[int], start: int) -> None:
        super().__init__()
        self._answers, self._open, self._start = answers, open_answers, start
        self._desk: ConsensusDesk | None = None
        self._place: tuple[str | None, str | None] = (None, None)

    def body(self) -> ComposeResult:
        """Lay out the answer, what coders say of it, and the labels."""
        with Horizontal(id="columns"):
            with VerticalScroll(id="centre", can_focus=False):
                yield Static(id="where")
                yield Static(id="text")
                yield Static(id="sides")
                yield Static(id="memos")
                yield Static(id="disputed")
            with Vertical(id="right"):
                yield LabelPanel()
                yield Static(id="definition")
        yield Static(id="message")

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        last = SIDES[: len(self._desk.here.says)][-1:] if self._desk else "b"
        return [
            (f"a-{last}" if last > "b" else "a b", _("as that coder")),
            ("1-99", _("another set")),
            ("Enter", _("settle, next")),
            ("u", _("undo")),
            ("0", _("off topic")),
            ("o", _("uncodable")),
            ("m", _("memo")),
            ("h", _("show names") if self._desk and self._desk.hide_names else _("hide names")),
            ("/", _("find label")),
            ("←→", _("previous, next")),
            ("Esc", _("back")),
        ]

    def help(self) -> Sequence[HelpPart]:
        """Return all keys."""
        return [
            (
                _("Deciding"),
                [
                    ("a b …", _("settle as this coder has it")),
                    ("0", _("off topic")),
                    ("o", _("uncodable")),
                    ("Enter", _("settle on the set that was chosen; when it is settled, go to the next")),
                    ("u, Ctrl+Z", _("take back the last key, or what you settled last")),
                    ("Ctrl+Y", _("do again what was taken back")),
                ],
            ),
            (
                _("Another set"),
                [
                    ("1 … 99", _("label with this code number, on or off; begins with what all coders give")),
                    ("/", _("find a label by part of its name or a keyword")),
                    ("↑ ↓ Space", _("move over the labels; on or off")),
                ],
            ),
            (
                _("Besides"),
                [
                    ("m", _("memo: why; it is kept with the consensus, with your name")),
                    ("h", _("hide or show names of coders until an answer is settled")),
                    ("← →", _("previous, next answer of the list")),
                    ("Esc", _("back to agreement")),
                ],
            ),
        ]

    def about(self) -> str:
        """Say what the screen is for."""
        return _(
            "≠ marks the labels on which coders differ, = those that all of them give. One key settles: a or "
            "b as that coder has it, code numbers make another set. What coders said stays in the log, and "
            "agreement stands on it; tables take the consensus."
        )

    # drawing

    @property
    def desk(self) -> ConsensusDesk:
        """The desk, once the screen has come up."""
        assert self._desk is not None  # noqa: S101  (set in `show`)
        return self._desk

    def show(self) -> None:
        """Open the answer to begin with; after another question was chosen there is nothing here to do."""
        app = self.coder_app
        if self._desk is not None and (app.question_name, app.wave_name) != self._place:
            app.go("agreement")
            return
        if self._desk is None:
            hide = app.preferences().get("hide_names") == "yes"
            self._desk = ConsensusDesk(
                app.study,
                app.question,
                app.coder or "",
                self._answers,
                self._open,
                self._start,
                hide_names=hide,
            )
            self._place = (app.question_name, app.wave_name)
            self._begin()
        self.desk.coder = app.coder or ""
        self._draw()

    def _begin(self) -> None:
        """Put the cursor on the first label that is disputed: its definition is what it is about."""
        disputed = self.desk.here.disputed
        first = next((label.id for label in self.desk.codebook.active if label.id in disputed), None)
        self._draw()
        if first is not None:
            self.query_one(LabelPanel).put_on(first)

    def _draw(self) -> None:
        desk = self.desk
        here = desk.here
        where = _("Respondent {id} · {place} of {of}").format(
            id=here.respondent, place=desk.place() + 1, of=len(desk.answers)
        )
        state = _("≠ open") if here.is_open else _("✓ settled")
        if here.again:
            state += " · " + _("a label came later: settle it anew")
        self.query_one("#where", Static).update(Text(f"{where} · {state}"))
        self.query_one("#text", Static).update(Text(here.text))
        room = (self.query_one("#sides").content_size.width or 60) - 2
        self.query_one("#sides", Static).update(sides_table(desk, self._decision(), room))
        self.query_one("#memos", Static).update(memos(desk))
        self.query_one("#disputed", Static).update(disputed_definitions(desk))
        self._draw_labels()
        self.query_one("#message", Static).update(Text(desk.message, no_wrap=True, overflow="ellipsis"))
        self.show_keys()
        if desk.refused:
            desk.refused = False
            self.app.bell()

    def _decision(self) -> tuple[str, tuple[str, ...]] | None:
        """Return what is decided, or being chosen."""
        desk, settled = self.desk, self.desk.here.settled
        if desk.chosen is not None:
            return "labelled", desk.chosen
        return None if settled is None else (settled.status, settled.labels)

    def _draw_labels(self) -> None:
        desk = self.desk
        decision = self._decision()
        chosen = decision[1] if decision else ()
        lines = []
        for label in desk.codebook.active:
            depth, above = 0, label.parent
            while above is not None and depth < 5:
                depth, above = depth + 1, desk.codebook.label(above).parent
            place = chosen.index(label.id) + 1 if label.id in chosen else None
            number = "" if label.number is None else str(label.number)
            lines.append(LabelLine(label.id, number, label.name, depth, 0, place, None))
        self.query_one(LabelPanel).show(lines)
        self._draw_definition()

    def _draw_definition(self) -> None:
        under = self.query_one(LabelPanel).label
        label = None if under is None else self.desk.codebook.label(under)
        if label is not None and label.id in self.desk.here.disputed and self.has_class("-wide"):
            label = None  # stands beside the answer already
        text = Text() if label is None else Text(f"{label.name}\n{definition(label)}")
        self.query_one("#definition", Static).update(text)

    def on_resize(self) -> None:
        """Fit the table to the width."""
        if self._desk is not None:
            self.call_after_refresh(self._draw)

    # keys

    def action_take(self, side: int) -> None:
        """Settle as one of the coders has it."""
        self.desk.take(side)
        self._draw()

    def action_decide(self, status: str) -> None:
        """Settle without a label."""
        self.desk.decide(status)
        self._draw()

    def action_settle(self) -> None:
        """Settle on the set that was chosen, or go to the next answer."""
        before = self.desk.here.answer_id
        self.desk.enter()
        if self.desk.here.answer_id != before:
            self._begin()
        self._draw()

    def action_digit(self, digit: str) -> None:
        """Take a digit of a code number; nought with nothing pending is "off topic"."""
        self._toggled(self.desk.digit(digit))

    def _toggled(self, label: str | None) -> None:
        self._draw()
        if label is not None:
            self.query_one(LabelPanel).put_on(label)
            self._draw_definition()

    def action_toggle_here(self) -> None:
        """Toggle the label under the cursor."""
        under = self.query_one(LabelPanel).label
        if under is not None:
            self.desk.toggle(under)
            self._draw()

    @on(LabelPanel.Picked)
    def label_picked(self, event: LabelPanel.Picked) -> None:
        """Toggle the label that is clicked on."""
        self.desk.toggle(event.label)
        self._draw()

    def action_label(self, by: int) -> None:
        """Move the cursor over the labels."""
        self.query_one(LabelPanel).move(by)
        self._draw_definition()

    def action_search_label(self) -> None:
        """Choose a label by part of its name."""

        def chosen(label: str | None) -> None:
            if label is not None:
                self.desk.toggle(label)
                self._toggled(label)

        self.app.push_screen(LabelSearch(self.desk.codebook, _("Which label?")), chosen)

    def action_memo(self) -> None:
        """Write why."""
        desk = self.desk
        settled = desk.here.settled
        there = desk.memo or (settled.memo or "").partition(": ")[2] if settled else desk.memo

        def typed(memo: str | None) -> None:
            if memo is not None:
                desk.write_memo(memo)
                self._draw()

        self.app.push_screen(Ask(_("Why it is decided so"), value=there or "", empty=True), typed)

    def action_names(self) -> None:
        """Hide the names of coders until it is settled, or show them; remembered."""
        self.desk.hide_names = not self.desk.hide_names
        self.coder_app.prefer("hide_names", "yes" if self.desk.hide_names else "no")
        self.desk.tell(
            _("Names of coders are hidden until an answer is settled.")
            if self.desk.hide_names
            else _("Names of coders are shown.")
        )
        self._draw()

    def action_undo(self) -> None:
        """Take back the last key, or what this person settled last."""
        self.desk.undo()
        self._draw()

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self.desk.redo()
        self._draw()

    def action_step(self, by: int) -> None:
        """Go to another answer of the list."""
        self.desk.step(by)
        self._begin()
        self._draw()

    def action_leave(self) -> None:
        """Go back to agreement."""
        self.app.pop_screen()
