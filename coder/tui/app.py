"""The application: one study, one coder, and the screens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen

from coder.messages import _
from coder.store import events, preferences
from coder.store.waves import WaveRecord
from coder.study.coding import CodingSession
from coder.study.folder import Study
from coder.study.settings import QuestionSettings
from coder.tui.dialogs import Notice
from coder.tui.guarded import Guarded
from coder.tui.palette import Palette
from coder.tui.safe_text import NoOrders
from coder.tui.screen import StudyScreen
from coder.tui.themes import DARK, LIGHT, THEMES

if TYPE_CHECKING:
    from coder.study.model_process import ModelProcess
    from coder.study.suggestions import Reply, Suggestions


@dataclass(frozen=True, slots=True)
class Entry:
    """A screen: the key that leads to it, its name in code, its title, and where its class is."""

    key: str
    name: str
    title: str
    short: str
    module: str
    class_name: str


class CoderApp(Guarded, App[None]):
    """The coding screens of one study.

    Parameters:
        study: open; the caller closes it.
        coder: who codes; None asks.
        question, wave: what to begin with; None takes what the coder did last, else the first.
        start: name of the screen to begin with.
        model: the process that suggests labels; None codes without suggestions.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(f"f{n}", f"go({n})", show=False) for n in range(3, 10)),
        Binding("ctrl+q", "quit", show=False, priority=True),
    ]

    def __init__(
        self,
        study: Study,
        *,
        coder: str | None = None,
        question: str | None = None,
        wave: str | None = None,
        start: str = "overview",
        model: "ModelProcess | None" = None,
    ) -> None:
        super().__init__()
        self.study = study
        self.coder = coder
        self.question_name, self.wave_name = question, wave
        self.model = model
        self._start = start
        self._session: CodingSession | None = None
        self._listeners: list[Callable[[Reply], None]] = []
        self._filters.append(NoOrders())
        self._suggested: dict[str, Suggestions] = {}
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.title = study.settings.name

    def directory(self) -> list[Entry]:
        """Return all screens in the order of the work."""
        return [
            Entry("F3", "overview", _("Overview"), _("Over."), "overview", "OverviewScreen"),
            Entry("F4", "coding", _("Coding"), _("Coding"), "coding", "CodingScreen"),
            Entry("F5", "codebook", _("Codebook"), _("Book"), "codebook", "CodebookScreen"),
            Entry("F6", "agreement", _("Agreement"), _("Agree."), "agreement", "AgreementScreen"),
            Entry("F7", "frequencies", _("Frequencies"), _("Freq."), "frequencies", "FrequenciesScreen"),
            Entry("F8", "model", _("Model"), _("Model"), "model", "ModelScreen"),
            Entry("F9", "export", _("Export"), _("Export"), "export", "ExportScreen"),
        ]

    def on_mount(self) -> None:
        """Ask who codes when nobody said so, then show the first screen."""
        if self.model is not None:
            self.model.on_reply = self._model_replied
        if self.coder is None:
            from coder.tui.screens.who import WhoScreen

            self.push_screen(WhoScreen(), self._begin_as)
        else:
            self._begin_as(self.coder)
        for line in self.study.notices:
            self.notify(line, timeout=12)

    def _begin_as(self, coder: str | None) -> None:
        if coder is None:
            self.exit()
            return
        self.coder = coder
        chosen = self.preferences()
        if chosen.get("theme") in {theme.name for theme in THEMES}:
            self.theme = chosen["theme"]
        if self.question_name is None and self.wave_name is None:
            question, _sep, wave = chosen.get("place", "").partition("\n")
            if (question, wave) in self.places():
                self.question_name, self.wave_name = question, wave
        places = self.places()
        if places and (self.question_name, self.wave_name) not in places:
            same = [
                p for p in places if self.question_name in (None, p[0]) and self.wave_name in (None, p[1])
            ]
            self.question_name, self.wave_name = (same or places)[0]
        self.go(self._start if places else "overview")

    # what the screens are about

    def places(self) -> list[tuple[str, str]]:
        """Return each question with each wave that asked it."""
        with self.study.database.read() as connection:
            waves = self.study.waves(connection)
        return [
            (name, wave.name)
            for name in self.study.settings.questions
            for wave in waves
            if name in wave.layout["answers"]
        ]

    @property
    def question(self) -> QuestionSettings:
        """The question at hand. Raises StudyError when the study has none."""
        return self.study.question(self.question_name)

    @property
    def wave(self) -> WaveRecord:
        """The wave at hand. Raises StudyError when the study has none."""
        with self.study.database.read() as connection:
            return self.study.wave(connection, self.wave_name)

    def change_place(self, question: str, wave: str) -> None:
        """Make all screens be about this question in this wave."""
        if (question, wave) != (self.question_name, self.wave_name):
            self.question_name, self.wave_name = question, wave

    @property
    def session(self) -> CodingSession:
        """The coder at work on the question and wave at hand. Raises CoderError when there is nothing."""
        there = self._session
        if (
            there is None
            or (there.question.name, there.wave.name) != (self.question_name, self.wave_name)
            or there.coder != self.coder
        ):
            self._session = CodingSession(self.study, self.question, self.wave, self.coder or "")
            self.coder = self._session.coder
            # tomorrow it opens where today's work was
            self.prefer("place", f"{self.question_name}\n{self.wave_name}")
        assert self._session is not None  # noqa: S101  (just made)
        return self._session

    def change_coder(self, coder: str) -> None:
        """Code on as somebody else."""
        self.coder = coder
        self._session = None

    # what a coder prefers

    def preferences(self) -> dict[str, str]:
        """Return what this coder chose about the screens."""
        with self.study.database.read() as connection:
            who = next((n for n, name in events.coders(connection).items() if name == self.coder), None)
            return {} if who is None else preferences.preferences(connection, who)

    def prefer(self, name: str, value: str) -> None:
        """Remember what this coder chose."""
        with self.study.database.write() as connection:
            preferences.set_preference(connection, events.coder_id(connection, self.coder or ""), name, value)

    # going about

    def action_go(self, number: int) -> None:
        """Show the screen of this function key."""
        self.go(self.directory()[number - 3].name)

    def go(self, name: str) -> None:
        """Show a screen; dialogs over the present one are closed first."""
        if self.coder is None:
            return
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if not self.is_screen_installed(name):
            entry = next(e for e in self.directory() if e.name == name)
            made = getattr(import_module(f"coder.tui.screens.{entry.module}"), entry.class_name)()
            self.install_screen(made, name)
        if len(self.screen_stack) == 1:
            self.push_screen(name)
        elif self.screen is not self.get_screen(name):
            self.switch_screen(name)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the commands of the palette: all screens, and what works on every screen."""
        for entry in self.directory():
            yield SystemCommand(entry.title, entry.key, _calling(self.go, entry.name))
        if isinstance(screen, StudyScreen):
            yield SystemCommand(_("Help"), _("All keys of this screen"), screen.action_help)
            for key, text in screen.pressable():
                yield SystemCommand(text[:1].upper() + text[1:], key, _calling(self.simulate_key, key))
        other = LIGHT if self.theme == DARK.name else DARK
        name = _("Light theme") if other is LIGHT else _("Dark theme")
        yield SystemCommand(name, _("Other colours, kept for you"), _calling(self.change_theme, other.name))
        for question, wave in self.places():
            yield SystemCommand(
                f"{question} · {wave}",
                _("Go to this question and wave"),
                _calling(self.visit, question, wave),
            )
        yield SystemCommand(_("Another coder"), _("Code on as somebody else"), self.ask_coder)
        yield SystemCommand(_("Quit"), _("Stop; everything is kept"), self.action_quit)

    def action_command_palette(self) -> None:
        """Show the palette, with its one hint in the reader's language."""
        if not CommandPalette.is_open(cast(App[object], self)):
            self.push_screen(Palette(placeholder=_("Search a command…"), id="--command-palette"))

    def change_theme(self, name: str) -> None:
        """Change the colours, and remember it."""
        self.theme = name
        self.prefer("theme", name)

    def visit(self, question: str, wave: str) -> None:
        """Go to another question or wave on the same screen."""
        self.change_place(question, wave)
        if isinstance(self.screen, StudyScreen):
            self.screen.on_screen_resume()

    def ask_coder(self) -> None:
        """Ask who codes, and go on as that person."""
        from coder.tui.screens.who import WhoScreen

        def chosen(name: str | None) -> None:
            if name is not None:
                self.change_coder(name)
                if isinstance(self.screen, StudyScreen):
                    self.screen.on_screen_resume()

        self.push_screen(WhoScreen(), chosen)

    # the model

    def listen_to_model(self, listener: "Callable[[Reply], None]") -> None:
        """Call this, in the application's own thread, with everything that the model process says."""
        self._listeners.append(listener)

    def _model_replied(self, reply: "Reply") -> None:
        from coder.study.suggestions import Suggestions

        # on the reader's thread: what takes time is done here, widgets are for the application's own
        if isinstance(reply, Suggestions):
            reply = reply.over(self._suggested.get(reply.question))
            self._suggested[reply.question] = reply
        if self.is_running:
            self.call_later(self._hear_model, reply)

    def _hear_model(self, reply: "Reply") -> None:
        for listener in self._listeners:
            listener(reply)

    def action_help_quit(self) -> None:
        """Say how to stop to who presses Ctrl+C, out of habit or to copy."""
        self.notify(_("Ctrl+Q stops the program; everything is kept."))

    def say(self, text: str, title: str | None = None) -> None:
        """Show something in a dialog."""
        self.push_screen(Notice(text, title))


def _calling(do: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    return lambda: do(*arguments)
