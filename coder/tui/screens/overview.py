"""Overview: how far every question and wave is, and what is best done now."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from coder.messages import _
from coder.reports.words import phase_word
from coder.statistics.records import SetAgreement
from coder.store import answer_lists
from coder.study.agreed import agreement_so_far
from coder.study.folder import Study
from coder.study.overview import Overview, overview
from coder.study.phases import PHASES, set_phase
from coder.study.selecting import Selection
from coder.study.status import NextStep, as_command, next_step
from coder.tui.dialogs import Choose
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.progress_lines import saturation_lines, saturation_words, step_words
from coder.tui.screen import StudyScreen, TitleLine
from coder.tui.widgets.place_card import PlaceCard, QuestionCard

_LOOK_AROUND = 3.0
"""Seconds between looks at what others changed."""

Place = tuple[str, str]


def _agreement(study: Study, place: Place) -> tuple[SetAgreement | None, bool]:
    with study.database.read() as connection:
        wave = study.wave(connection, place[1])
    return agreement_so_far(study, study.question(place[0]), wave)


class OverviewScreen(StudyScreen):
    """Questions and waves with their progress, agreement so far, and one suggested next step."""

    NAME = "overview"
    CSS_PATH = "overview.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("home", "move(-1000)", show=False),
        Binding("end", "move(1000)", show=False),
        Binding("enter", "code", show=False),
        Binding("n", "next", show=False),
        Binding("c", "coder", show=False),
        Binding("p", "phase", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._look: Overview | None = None
        self._step = NextStep("import")

    def body(self) -> ComposeResult:
        """Lay out the cards, what there is to know of one question, and the next step."""
        with Horizontal(id="columns"):
            yield VerticalScroll(id="cards", can_focus=False)
            with Vertical(id="beside"):
                yield Static(id="asked")
                yield Static(id="phases")
                yield Static(id="curve")
        yield Static(id="step")

    def on_mount(self) -> None:
        """Look now and then at what others changed."""
        self.set_interval(_LOOK_AROUND, self._look_around)

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        return [
            ("Enter", _("code")),
            ("↑↓", _("choose")),
            ("n", _("do the next step")),
            ("c", _("another coder")),
            ("p", _("phase")),
        ]

    def help(self) -> Sequence[HelpPart]:
        """Return all keys."""
        return [
            (
                _("Keys"),
                [
                    ("↑ ↓", _("choose a question and wave; all screens are then about it")),
                    ("Enter", _("code its answers")),
                    ("n", _("go where the next step is done")),
                    ("c", _("code as somebody else")),
                    ("p", _("begin another phase of the work")),
                ],
            ),
            (
                _("Signs"),
                [
                    ("▶ ✓ ·", _("the present phase, a phase that was done, one that was not")),
                    ("█ ░", _("coded, still to be coded: of what is assigned, else of all answers")),
                    ("≠", _("coders differ and nobody has settled it")),
                    ("α", _("agreement on whole label sets so far, with a 95% interval")),
                ],
            ),
        ]

    def about(self) -> str:
        """Say what the screen is for."""
        return _(
            "Every question in every wave, with who coded how much, what waits, and how well coders agree so "
            "far. The line at the bottom says what is best done now."
        )

    # reading

    def show(self) -> None:
        """Read the study anew."""
        self.in_background(lambda: overview(self.coder_app.study), self._taken)

    def _look_around(self) -> None:
        if self._look is None or not self.is_current:
            return
        with self.coder_app.study.database.read() as connection:
            newest = answer_lists.last_event(connection)
        if newest != self._look.seen:
            self.show()

    def _taken(self, found: Overview) -> None:
        changed = self._look is None or self._look.seen != found.seen
        self._look = found
        self._step = next_step(found.status.questions, self.coder_app.coder)
        cards = self.query_one("#cards", VerticalScroll)
        places = [(part.question, part.wave) for part in found.status.questions]
        if not cards.children or [card.place for card in self.query(PlaceCard)] != places:
            cards.remove_children()
            made: list[Static] = []
            for part in found.status.questions:
                if not made or not isinstance(made[-1], PlaceCard) or made[-1].place[0] != part.question:
                    made.append(QuestionCard(part.question))
                made.append(PlaceCard(part))
            if not made:
                made.append(Static(_("There are no answers yet."), classes="muted"))
            cards.mount_all(made)
            changed = True
            self.call_after_refresh(self._show_here)
        self.call_after_refresh(self._draw)
        if changed:
            self._measure()

    def _show_here(self) -> None:
        """Bring the card under the cursor into view."""
        for card in self.query(PlaceCard):
            if card.place == self.here:
                card.scroll_visible(animate=False)

    def _measure(self) -> None:
        """Work out the agreement so far wherever two coders coded."""
        if self._look is None:
            return
        study = self.coder_app.study
        places = [
            (part.question, part.wave)
            for part in self._look.status.questions
            if sum(coder.coded > 0 for coder in part.progress) > 1
        ]
        if places:
            self.in_background(
                lambda: {place: _agreement(study, place) for place in places},
                self._measured,
                group="agreement",
            )

    def _measured(self, found: dict[Place, tuple[SetAgreement | None, bool]]) -> None:
        for card in self.query(PlaceCard):
            if card.place in found:
                sets, blind = found[card.place]
                card.put_agreement(sets, blind=blind)

    # drawing

    def _draw(self) -> None:
        if self._look is None:
            return
        by_place = {(part.question, part.wave): part for part in self._look.status.questions}
        here = self.here
        for card in self.query(QuestionCard):
            name = card.question
            info = self._look.questions.get(name)
            phase = next(part.phase for part in self._look.status.questions if part.question == name)
            begun = frozenset(one.phase for one in info.begun) if info else frozenset[str]()
            card.put(info.asked if info else "", phase, begun)
        for place_card in self.query(PlaceCard):
            place_card.put(by_place[place_card.place], self.coder_app.coder or "")
            place_card.put_cursor(place_card.place == here)
        self._draw_beside()
        step = Text(no_wrap=True, overflow="ellipsis")
        step.append("n", style="bold underline")
        step.append(" " + _("Next step") + " ▸ ", style="bold")
        step.append(step_words(self._step))
        self.query_one("#step", Static).update(step)

    def _draw_beside(self) -> None:
        here = self.here
        info = self._look.questions.get(here[0]) if self._look is not None and here is not None else None
        if info is None or here is None:
            for part in ("asked", "phases", "curve"):
                self.query_one(f"#{part}", Static).update("")
            return
        self.query_one("#asked", Static).update(Text.assemble((here[0], "bold"), "\n", info.asked))
        phases = Text(_("Phases"), style="bold")
        for one in info.begun:
            who = f" · {one.by}" if one.by else ""
            phases.append(f"\n{one.at[:10]}  {phase_word(one.phase)}", style="not bold")
            version = _("codebook version {number}").format(number=one.version)
            phases.append(f"\n            {version}{who}", style="not bold dim")
        if not info.begun:
            phases.append("\n" + _("None was begun (p); a small study may do without."), style="not bold dim")
        self.query_one("#phases", Static).update(phases)
        curve = Text(_("New labels in every {step} answers").format(step=info.curve.step), style="bold")
        curve.append("\n")
        drawn = saturation_lines(info.curve, 44)
        drawn.stylize("not bold")
        curve.append_text(drawn)
        curve.append(saturation_words(info.curve), style="not bold")
        self.query_one("#curve", Static).update(curve)

    # keys

    @property
    def here(self) -> Place | None:
        """The question and wave under the cursor: what all screens are about."""
        app = self.coder_app
        if app.question_name is None or app.wave_name is None:
            return None
        return app.question_name, app.wave_name

    def action_move(self, by: int) -> None:
        """Move the cursor to another question and wave."""
        places = [card.place for card in self.query(PlaceCard)]
        if places:
            at = places.index(self.here) if self.here in places else 0
            self._go_to(places[max(0, min(len(places) - 1, at + by))])

    def _go_to(self, place: Place) -> None:
        self.coder_app.change_place(*place)
        for card in self.query(PlaceCard):
            card.put_cursor(card.place == place)
        self._show_here()
        self.query_one(TitleLine).refresh()
        self._draw_beside()

    @on(PlaceCard.Picked)
    def card_picked(self, event: PlaceCard.Picked) -> None:
        """Go to the card that is clicked on; a double click opens it."""
        self._go_to(event.place)
        if event.again:
            self.action_code()

    def action_code(self) -> None:
        """Code the answers of the question and wave under the cursor."""
        if self.here is not None:
            self.coder_app.go("coding")

    def action_coder(self) -> None:
        """Choose who codes."""
        self.coder_app.ask_coder()

    def action_next(self) -> None:
        """Go where the next step is done."""
        step, app = self._step, self.coder_app
        if step.question is not None and step.wave is not None:
            self._go_to((step.question, step.wave))
        match step.kind:
            case "settle":
                app.go("agreement")
            case "read_again":
                self._code_those(Selection("read_again"))
            case "code" | "audit" | "bridge":
                self._code_those(Selection("assigned"))
            case "check":
                self._code_those(Selection("queued"))
            case "begin":
                app.go("coding")
            case "export":
                app.go("export")
            case _:
                app.say(as_command(step), _("At the command line"))

    def _code_those(self, selection: Selection) -> None:
        from coder.tui.screens.coding import CodingScreen

        self.coder_app.go("coding")
        screen = self.app.get_screen("coding", CodingScreen)
        screen.call_after_refresh(screen.show_answers, selection)

    def action_phase(self) -> None:
        """Begin another phase of the work on the question under the cursor."""
        here, app = self.here, self.coder_app
        if here is None or self._look is None:
            return
        present = next((p.phase for p in self._look.status.questions if p.question == here[0]), None)

        def chosen(name: str | None) -> None:
            if name is not None and name != present:
                set_phase(app.study, app.study.question(here[0]), name, app.coder)
                self.show()

        app.push_screen(
            Choose(
                _("Which phase is {question} in?").format(question=here[0]),
                [(name, described_phase(name)) for name in PHASES],
                chosen=present,
            ),
            chosen,
        )


def described_phase(phase: str) -> str:
    """Return a phase with what is done in it."""
    what = {
        "explore": _("read random answers, make labels on the spot"),
        "pilot": _("two coders, blind; where they differ definitions are sharpened"),
        "fix": _("the codebook is locked; later labels are proposed to its keeper"),
        "code": _("the answers are divided; a sample is coded by two, blind"),
        "automatic": _("the model labels the rest and the next waves"),
    }
    return f"{phase_word(phase)}: {what[phase]}"
