"""Export: what to write for others, and where to; in a browser it becomes a download."""

import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from coder.desktop import show_folder
from coder.errors import CoderError
from coder.messages import _
from coder.store import CONSENSUS
from coder.study.coders import known_coders
from coder.study.outputs import SUFFIXES, Output, Written, file_name, free_path, write_output
from coder.tui.choose_several import ChooseSeveral
from coder.tui.dialogs import Ask, Choose, Confirm
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.screens.export_choices import (
    SETTINGS,
    kind_names,
    kind_text,
    setting_names,
    setting_value,
    which_names,
)

_EVERY = "\nevery"
_NOBODY = "\nnobody"
_WRITING = "writing"


class Progressed(Message):
    """The thread that writes came further."""

    def __init__(self, what: str, done: int, total: int) -> None:
        super().__init__()
        self.what, self.done, self.total = what, done, total


class ExportScreen(StudyScreen):
    """Choose a kind of file, look at what goes into it, Enter writes it."""

    NAME = "export"
    CSS_PATH = "export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{key}')", show=False) for key in "qwgascf"),
        Binding("m", "folder", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._kind = "workbook"
        self._question: str | None = None
        self._every_question = False
        self._every_wave = True
        self._by: tuple[str, ...] = ()
        self._answers = True
        self._which: str | None = None
        self._coder: str | None = None
        self._paths: dict[str, str] = {}
        self._busy = False
        self._last: Path | None = None

    def body(self) -> ComposeResult:
        """Put the kinds beside what is to be chosen for them, and what came of it below."""
        with Horizontal(id="form"):
            yield OptionList(*(Option(self._kind_line(kind), id=kind) for kind in kind_names()), id="kinds")
            yield Static(id="settings")
        yield Static(id="file")
        with VerticalScroll(id="result", can_focus=False):
            yield Static(id="said")

    def keys(self) -> Keys:
        """Return the keys of the kind at hand for the line at the foot."""
        names = setting_names()
        enter = _("download") if self.app.is_web else _("write the file")
        keys = [("Enter", enter), *((key, names[key]) for key in SETTINGS[self._kind])]
        return keys if self.app.is_web else [*keys, ("m", _("open the folder"))]

    def about(self) -> str:
        """Say what the screen is for."""
        return _(
            "Choose with the arrow keys what to write; the letters change what goes into it, and Enter "
            "writes it. An existing file is never replaced without asking. What stands here can also be done "
            "with 'coder export', 'coder codings export' and 'coder codebook export'."
        )

    def show(self) -> None:
        """Begin with the question and wave at hand."""
        self.query_one("#kinds", OptionList).focus()
        self._draw()

    # what is chosen

    @property
    def output(self) -> Output:
        """What would be written now."""
        app = self.coder_app
        kind = self._kind
        one_question = kind in ("sheet", "codebook", "codebook_sheet") or not self._every_question
        one_wave = kind == "sheet" or not self._every_wave
        has = SETTINGS[kind]
        return Output(
            kind=kind,
            question=app.question_name if "q" in has and one_question else None,
            wave=app.wave_name if "w" in has and one_wave else None,
            by=tuple(name for name in self._by if name in self._variables()) if "g" in has else (),
            answers=self._answers or "a" not in has,
            coder=(self._coder if kind == "sheet" else self._coder or app.coder) if "c" in has else None,
            only=self._which if "s" in has else None,
        )

    def _variables(self) -> list[str]:
        app = self.coder_app
        with app.study.database.read() as connection:
            waves = app.study.waves(connection)
        if not self._every_wave:
            waves = [w for w in waves if w.name == app.wave_name]
        # every wave that is exported must have them
        names = [w.layout.get("groups", []) for w in waves]
        return [name for name in (names[0] if names else []) if all(name in other for other in names)]

    @property
    def path(self) -> Path:
        """Where it would be written: as typed, else a name of its own in the study's exports."""
        typed = self._paths.get(self._kind)
        study = self.coder_app.study.folder
        if typed is not None:
            return study / Path(typed).expanduser()
        path = study / "exports" / file_name(self.output)
        # a sheet may hold a colleague's work and is never written over
        return free_path(path) if self._kind == "sheet" else path

    def _draw(self) -> None:
        output = self.output
        names = setting_names()
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for key in SETTINGS[self._kind].removesuffix("f"):
            table.add_row(
                Text(key, style="bold underline"), Text(names[key]), Text(setting_value(output, key), "bold")
            )
        self.query_one("#settings", Static).update(Group(Text(kind_text(self._kind)), Text(), table))
        file = Text("f", "bold underline")
        self.query_one("#file", Static).update(
            Text.assemble(file, (f"  {names['f']}  ", ""), (self._file_text(), "bold"))
        )
        self.show_keys()

    def _file_text(self) -> str:
        if self.app.is_web:
            return self.path.name
        path = self.path
        study = self.coder_app.study.folder
        return str(path.relative_to(study)) if path.is_relative_to(study) else str(path)

    @on(OptionList.OptionHighlighted, "#kinds")
    def pointed(self, event: OptionList.OptionHighlighted) -> None:
        """Show what is to be chosen for this kind."""
        self._kind = event.option.id or self._kind
        for kind in SUFFIXES:
            event.option_list.replace_option_prompt(kind, self._kind_line(kind))
        self._draw()

    def _kind_line(self, kind: str) -> Text:
        # the pointer says it where colours do not
        return Text(f"{'▸' if kind == self._kind else ' '} {kind_names()[kind]}")

    # choosing

    def action_choose(self, key: str) -> None:
        """Change one thing about what is written."""
        if key not in SETTINGS[self._kind]:
            return
        ask: dict[str, Callable[[], None]] = {
            "q": self._ask_question,
            "w": self._ask_wave,
            "g": self._ask_groups,
            "a": self._turn_answers,
            "s": self._ask_which,
            "c": self._ask_coder,
            "f": self._ask_file,
        }
        ask[key]()

    def _ask(
        self, title: str, choices: Sequence[tuple[str, str]], now: str, then: Callable[[str], None]
    ) -> None:
        def chosen(key: str | None) -> None:
            if key is not None:
                then(key)
                self._draw()

        self.app.push_screen(Choose(title, choices, chosen=now), chosen)

    def _ask_question(self) -> None:
        app = self.coder_app
        places = app.places()
        choices = [(name, name) for name in dict.fromkeys(question for question, _wave in places)]
        if self._kind == "codings":
            choices.append((_EVERY, _("all questions")))

        def chosen(name: str) -> None:
            self._every_question = name == _EVERY
            if name != _EVERY:
                waves = [wave for question, wave in places if question == name]
                app.change_place(name, app.wave_name if app.wave_name in waves else waves[0])

        every = self._every_question and self._kind == "codings"
        self._ask(_("Which question?"), choices, _EVERY if every else app.question_name or "", chosen)

    def _ask_wave(self) -> None:
        app = self.coder_app
        places = app.places()
        choices = [(wave, wave) for question, wave in places if question == app.question_name]
        if self._kind != "sheet":
            choices.append((_EVERY, _("all waves")))

        def chosen(name: str) -> None:
            if self._kind != "sheet":
                self._every_wave = name == _EVERY
            if name != _EVERY:
                app.change_place(app.question.name, name)

        every = self._every_wave and self._kind != "sheet"
        self._ask(_("Which wave?"), choices, _EVERY if every else app.wave_name or "", chosen)

    def _ask_groups(self) -> None:
        names = self._variables()
        if not names:
            self.coder_app.say(
                _("These waves have no background variable in common; see 'coder import --group'.")
            )
            return

        def chosen(names: tuple[str, ...] | None) -> None:
            if names is not None:
                self._by = names
                self._draw()

        self.app.push_screen(
            ChooseSeveral(_("Tables by which variables?"), [(name, name) for name in names], chosen=self._by),
            chosen,
        )

    def _turn_answers(self) -> None:
        self._answers = not self._answers
        self._draw()

    def _ask_which(self) -> None:
        def chosen(key: str) -> None:
            self._which = key or None

        self._ask(_("Which answers?"), list(which_names().items()), self._which or "", chosen)

    def _ask_coder(self) -> None:
        names = [*known_coders(self.coder_app.study), CONSENSUS]
        choices = [(name, name) for name in names]
        if self._kind == "sheet":
            choices.insert(0, (_NOBODY, _("nobody: an empty sheet")))

        def chosen(name: str) -> None:
            self._coder = None if name == _NOBODY else name

        now = self.output.coder or _NOBODY
        self._ask(_("Whose codings?"), choices, now, chosen)

    def _ask_file(self) -> None:
        def typed(text: str | None) -> None:
            if text is None:
                return
            if text:
                if not Path(text).suffix:
                    text += SUFFIXES[self._kind]
                self._paths[self._kind] = text
            else:
                self._paths.pop(self._kind, None)
            self._draw()

        hint = _("Seen from the study's folder; empty: as proposed · Enter: keep · Esc: leave")
        self.app.push_screen(Ask(_("Which file?"), value=self._file_text(), hint=hint, empty=True), typed)

    # writing

    @on(OptionList.OptionSelected, "#kinds")
    def write(self) -> None:
        """Write the file; one that exists only after asking."""
        if self._busy:
            self._say(_("The previous file is still being written."))
            return
        path = self.path
        if self.app.is_web or self._kind == "sheet" or not path.exists():
            self._begin(path)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self._begin(path)

        self.app.push_screen(
            Confirm(
                _("Replace this file?"),
                _("{file} exists. What is in it now will be gone.").format(file=path),
                _("replace it"),
            ),
            answered,
        )

    def _begin(self, path: Path) -> None:
        self._busy = True
        study, output, web = self.coder_app.study, self.output, self.app.is_web
        self._say(_("Writing {file}").format(file=path.name))

        def progress(what: str, done: int, total: int) -> None:
            self.post_message(Progressed(what, done, total))

        def write() -> tuple[Written, bytes] | CoderError:
            # an error is handed over, not raised: the screen must know that the writing is over
            try:
                if not web:
                    return write_output(study, output, path, progress=progress), b""
                with tempfile.TemporaryDirectory(prefix="coder-") as folder:
                    written = write_output(study, output, Path(folder) / path.name, progress=progress)
                    return written, written.path.read_bytes()
            except CoderError as error:
                return error

        self.in_background(write, self._written, group=_WRITING)

    def on_progressed(self, event: Progressed) -> None:
        """Show how far the writing is."""
        if self._busy:
            of = f" {event.done}/{event.total}" if event.total else ""
            self._say(f"{event.what}{of} …")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Allow another file after one that went wrong unexpectedly; the base class says that it did."""
        if event.worker.group == _WRITING and event.state == WorkerState.ERROR:
            self._busy = False
            self._say("")

    def _written(self, result: tuple[Written, bytes] | CoderError) -> None:
        self._busy = False
        if isinstance(result, CoderError):
            self._say("")
            raise result
        written, content = result
        lines = [*written.losses]
        if self.app.is_web:
            self.app.deliver_binary(BytesIO(content), save_filename=written.path.name)
            lines.insert(0, _("Sent to your browser as a download: {file}").format(file=written.path.name))
        else:
            self._last = written.path.parent
            lines.insert(0, written.line)
            if show_folder(self._last):
                lines.append(_("The folder has been opened."))
        self._say("\n\n".join(["✓ " + lines[0], *lines[1:]]))
        self._draw()

    def action_folder(self) -> None:
        """Open the folder of the last file, or the one the next will come in."""
        folder = self._last or self.path.parent
        if not self.app.is_web and not show_folder(folder):
            self.coder_app.say(
                _("There is no desktop here to show it on. The folder is {folder}").format(folder=folder),
                _("The folder"),
            )

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Text(text))
