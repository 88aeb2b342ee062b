"""What all screens of a study share: a title line, the line of keys, help, and work in the background."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from coder.errors import CoderError
from coder.messages import _
from coder.tui.dialogs import Notice
from coder.tui.guarded import Guarded
from coder.tui.help import Help, HelpPart
from coder.tui.keyline import KeyLine, Keys

if TYPE_CHECKING:
    from coder.tui.app import CoderApp

T = TypeVar("T")


class TitleLine(Static):
    """The screens with the keys that lead to them, and what question, wave and coder it is about."""

    DEFAULT_CSS = """
    TitleLine { dock: top; height: 1; background: $panel; padding: 0 1; }
    """

    def __init__(self, here: str) -> None:
        super().__init__()
        self._here = here

    def render(self) -> Text:
        """Return the line that fits the width: names of all screens where there is room."""
        app: CoderApp = self.app  # type: ignore[assignment]
        place = " · ".join(part for part in (app.question_name, app.wave_name) if part)
        about = f"{place} · {app.coder}" if place and app.coder else place or app.coder or ""
        entries = app.directory()
        for names, told in (
            ([entry.title for entry in entries], about),
            ([entry.short for entry in entries], about),
            ([entry.short for entry in entries], place),
            (["" for _entry in entries], about),
        ):
            line = Text(no_wrap=True, overflow="ellipsis")
            for entry, name in zip(entries, names, strict=True):
                here = entry.name == self._here
                text = f"{entry.key} {name or (entry.short if here else '')}".rstrip()
                line.append(f" {text} ", style="reverse bold" if here else "")
            room = self.content_size.width - line.cell_len
            if room >= len(told) + 1:
                break
        line.append(" " * max(1, room - len(told)))
        line.append(told, style="bold")
        return line


class StudyScreen(Guarded, Screen[None]):
    """A screen of the study.

    A subclass gives its `NAME` (see `CoderApp.directory`), composes its `body`, reads and shows in `show`,
    which runs whenever the screen comes up, and names its keys in `keys` and `help`.
    """

    NAME = ""
    # as Textual declares it, without an annotation of its own
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (96, "-middle"), (140, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "help", show=False)]

    def __init__(self) -> None:
        super().__init__()
        self.add_class("study")
        self._said = ""

    @property
    def coder_app(self) -> "CoderApp":
        """The application, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Put the title line above the body and the keys below it."""
        yield TitleLine(self.NAME)
        yield from self.body()
        yield KeyLine(self.keys(), ("F1", _("help")))

    def body(self) -> ComposeResult:
        """Yield what stands between title and keys."""
        raise NotImplementedError

    def show(self) -> None:
        """Read the study and show it as it is now; runs each time the screen comes up."""

    def keys(self) -> Keys:
        """Return the keys for the line at the foot, the most important first."""
        return ()

    def about(self) -> str:
        """Return in a few sentences what the screen is for; the first text of its help."""
        return ""

    def help(self) -> Sequence[HelpPart]:
        """Return all keys of the screen, for F1."""
        return [(_("Keys"), self.keys())]

    def on_screen_resume(self) -> None:
        """Show what may have changed while another screen was up.

        What keeps it from showing anything is said once: closing that dialog brings the screen up again.
        """
        self.query_one(TitleLine).refresh()
        try:
            self.show()
        except CoderError as error:
            if str(error) != self._said:
                self._said = str(error)
                self.app.push_screen(Notice(self._said))
        else:
            self._said = ""

    def action_help(self) -> None:
        """Show all keys of this screen, and those that work everywhere."""
        title = next((e.title for e in self.coder_app.directory() if e.name == self.NAME), "")
        everywhere: HelpPart = (
            _("On every screen"),
            [
                *((entry.key, entry.title) for entry in self.coder_app.directory()),
                ("Ctrl+P", _("all commands")),
                ("Ctrl+Q", _("stop; everything is kept")),
            ],
        )
        self.app.push_screen(Help(title, self.about(), [*self.help(), everywhere]))

    def pressable(self) -> list[tuple[str, str]]:
        """Return the keys of this screen that can be pressed for somebody: key and what it does."""
        names = {"/": "slash", "Enter": "enter", "Backspace": "backspace", "#": "number_sign"}
        found: dict[str, str] = {}
        for _heading, keys in self.help():
            for shown, text in keys:
                first = shown.split()[0]
                key = names.get(first, first.lower())
                if key in names.values() or (len(first) == 1 and first.isalpha() and first.isascii()):
                    found.setdefault(key, text)
                elif first.startswith("Ctrl+"):
                    found.setdefault(first.replace("Ctrl+", "ctrl+").lower(), text)
        return list(found.items())

    def show_keys(self) -> None:
        """Write the line of keys anew, after what they mean has changed."""
        self.query_one(KeyLine).show(self.keys())

    def in_background(
        self, do: Callable[[], T], then: Callable[[T], None], *, group: str = "reading"
    ) -> None:
        """Run `do` in a thread, and `then` with its result here; newer work of a group replaces older.

        A CoderError becomes a dialog. `do` must not touch widgets.
        """

        def run() -> Any:
            try:
                result = do()
            except CoderError as error:
                self.post_message(_Failed(str(error)))
            else:
                self.post_message(_Done(worker, then, result))

        worker: Worker[Any] = self.run_worker(
            run, thread=True, exclusive=True, group=group, exit_on_error=False
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong in the background; nothing else stops for it."""
        if event.state == WorkerState.ERROR and event.worker.error is not None:
            kind = type(event.worker.error).__name__
            self.app.push_screen(
                Notice(
                    _("Something unexpected went wrong ({error}); what you coded is safe.").format(error=kind)
                )
            )

    def on__done(self, event: "_Done") -> None:
        """Take the result of work that nothing newer has replaced."""
        if not event.worker.is_cancelled and self.is_attached:
            event.then(event.result)

    def on__failed(self, event: "_Failed") -> None:
        """Show what a person can mend."""
        self.app.push_screen(Notice(event.text))


class _Done(Message):
    """Work in the background is done."""

    def __init__(self, worker: Worker[Any], then: Callable[[Any], None], result: Any) -> None:
        super().__init__()
        self.worker, self.then, self.result = worker, then, result


class _Failed(Message):
    """Work in the background met something that a person can mend."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
