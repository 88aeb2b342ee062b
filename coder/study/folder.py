"""The study folder: made, found and opened."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _, current_language
from coder.store import Connection, Database, queries, waves
from coder.store.location import is_on_network
from coder.store.waves import WaveRecord
from coder.study import settings as settings_file
from coder.study.settings import SETTINGS_FILE, QuestionSettings, Settings, read_settings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from coder.language import Pipeline

DATABASE_FILE = "study.db"
FOLDERS = ("codebooks", "corpora", "exports")


class StudyError(CoderError):
    """There is no study here, or it lacks what was asked for."""


def find_study(start: Path) -> Path:
    """Return the study folder that `start` lies in, searching upwards. Raises StudyError."""
    # resolved: the parents of A/../B would lead to A
    start = start.resolve()
    if not start.exists():
        raise StudyError(_("There is no folder {folder}; name a study's folder.").format(folder=start))
    for folder in (start, *start.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    raise StudyError(
        _(
            "{folder} is not in a study; go to a study's folder, name it with --study, "
            "or make one with 'coder new'."
        ).format(folder=start)
    )


def create_study(folder: Path, *, name: str | None = None) -> Path:
    """Make a new, empty study and return its folder. Raises StudyError when the folder is not empty."""
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(
            _("{folder} exists and is not empty; choose another folder for the new study.").format(
                folder=folder
            )
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in FOLDERS:
            (folder / part).mkdir()
        text = settings_file.new_settings_text(name or folder.name, current_language())
        Database(folder / DATABASE_FILE, create=True).close()
        # last: a folder is a study once its settings are there
        (folder / SETTINGS_FILE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StudyError(
            _("{folder} cannot be made: {reason}.").format(folder=folder, reason=error.strerror)
        ) from error
    return folder


class Study:
    """An open study: its settings, its database and its codebooks.

    Use it as a context manager; closing it writes the database's journal back. Opening it takes up what a
    person changed by hand in study.toml and codebooks/ (see `notices`), unless `take_up` is False: for a
    process beside the one that shows those notices.
    """

    def __init__(self, folder: Path, *, take_up: bool = True) -> None:
        from coder.study.codebooks import take_up_edits

        self.folder = folder
        self.settings: Settings = read_settings(folder / SETTINGS_FILE)
        self.database = Database(folder / DATABASE_FILE)
        #: what the person should know on opening: hand edits taken up, a place that is not safe
        self.notices: list[str] = []
        if is_on_network(folder):
            self.notices.append(
                _(
                    "{folder} lies on a network drive, where the database can be damaged: move it to this "
                    "computer."
                ).format(folder=folder)
            )
        try:
            if take_up:
                self.notices += take_up_edits(self)
        except BaseException:
            self.database.close()
            raise

    @classmethod
    def open(cls, start: Path) -> "Study":
        """Open the study that `start` lies in. Raises CoderError when it cannot be opened."""
        return cls(find_study(start))

    def __enter__(self) -> "Study":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; everything acknowledged was durable already."""
        self.database.close()

    def write_settings(self, change: Callable[[str], str]) -> None:
        """Change study.toml's text, keeping the person's comments, and read it again."""
        path = self.folder / SETTINGS_FILE
        text = change(path.read_text(encoding="utf-8"))
        part = path.with_name(path.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
        self.settings = read_settings(path)

    def outside(self, path: Path) -> Path:
        """Return a path to write an export to; one in corpora/ or codebooks/ is refused (StudyError)."""
        for part in ("corpora", "codebooks"):
            if path.absolute().resolve().is_relative_to((self.folder / part).resolve()):
                raise StudyError(
                    _("{file}: {folder} is not for exports; write it to exports/ or elsewhere.").format(
                        file=path, folder=f"{part}/"
                    )
                )
        return path

    def question(self, name: str | None = None) -> QuestionSettings:
        """Return a question's settings; without a name, the only question's. Raises StudyError."""
        questions = self.settings.questions
        if name is None and len(questions) == 1:
            return next(iter(questions.values()))
        if name is None or name not in questions:
            known = ", ".join(questions) or _("none yet: import a wave first")
            if name is None:
                raise StudyError(
                    _("Say which question with --question; this study has: {known}.").format(known=known)
                )
            raise StudyError(
                _("There is no question {name}; this study has: {known}.").format(name=name, known=known)
            )
        return questions[name]

    def questions(self, name: str | None = None) -> list[QuestionSettings]:
        """Return one question when it is named, else all of them. Raises StudyError when there are none."""
        if name is not None or not self.settings.questions:
            return [self.question(name)]
        return list(self.settings.questions.values())

    def questions_with_answers(self, name: str | None = None) -> list[QuestionSettings]:
        """Return one question when it is named, else all that have answers. Raises StudyError."""
        if name is not None:
            return [self.question(name)]
        with self.database.read() as connection:
            answered = queries.questions(connection)
        found = [q for q in self.settings.questions.values() if q.name in answered]
        if not found:
            raise StudyError(_("No question has answers yet; import a wave first."))
        return found

    def waves(self, connection: Connection) -> list[WaveRecord]:
        """Return the imported waves, oldest first."""
        return waves.waves(connection)

    def wave(self, connection: Connection, name: str | None) -> WaveRecord:
        """Return a wave; without a name, the only one. Raises StudyError."""
        found = waves.waves(connection)
        if name is None and len(found) == 1:
            return found[0]
        for record in found:
            if record.name == name:
                return record
        known = ", ".join(w.name for w in found) or _("none yet: import one with 'coder import'")
        if name is None:
            raise StudyError(_("Say which wave with --wave; this study has: {known}.").format(known=known))
        raise StudyError(
            _("There is no wave {name}; this study has: {known}.").format(name=name, known=known)
        )

    def waves_named(self, connection: Connection, name: str | None) -> list[WaveRecord]:
        """Return one wave when it is named, else all of them. Raises StudyError when there are none."""
        if name is None and (found := waves.waves(connection)):
            return found
        return [self.wave(connection, name)]

    def codebook(self, question: QuestionSettings) -> Codebook:
        """Return a question's codebook as its file says. Raises CodebookError."""
        from coder.codebook import read_codebook

        return read_codebook(self.folder / question.codebook)

    @cached_property
    def pipeline(self) -> "Pipeline":
        """The language pipeline of the settings, loaded when first needed."""
        from coder.language import load_pipeline

        return load_pipeline(self.settings.pipeline)

    def encode(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return sentence vectors (n, d) of the texts, from the study's cache where they are in it."""
        from coder.study.encoding import encode

        return encode(self, texts)
