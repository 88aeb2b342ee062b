"""Writing an edit of a codebook: the file, the version, and the queue of what is to be read again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, CodebookVersion, dump_codebook
from coder.errors import CoderError
from coder.store import Connection, answer_lists, label_use
from coder.store import codebooks as store_codebooks
from coder.store.recoding import put_in_queue
from coder.study import codebooks
from coder.study.codebook_files import file_hash, write_safely
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


def up_to_date(
    study: "Study", connection: Connection, question: QuestionSettings, number: int
) -> tuple[list[CodebookVersion], list[str]]:
    """Return the recorded versions, once the file as it is now is one of them."""
    path = codebook_path(study, question)
    lines: list[str] = []
    if store_codebooks.newest_hash(connection, number) != file_hash(path):
        lines = codebooks.record_version(study, connection, question, number)
    return codebooks.versions(connection, number), lines


def codebook_path(study: "Study", question: QuestionSettings) -> Path:
    """Return where a question's codebook is. Raises CoderError when it is not there."""
    path = study.folder / question.codebook
    if not path.is_file():
        raise CoderError(codebooks.missing(question, path))
    return path


def write_version(
    study: "Study",
    connection: Connection,
    question: QuestionSettings,
    number: int,
    codebook: Codebook,
    restores: int | None = None,
) -> int:
    """Write a codebook to its file and record it, within `files_that_stay`; return the version's number."""
    path = study.folder / question.codebook
    write_safely(codebook, path)
    return store_codebooks.add_version(
        connection, number, yaml=dump_codebook(codebook), sha256=file_hash(path), restores=restores
    )


def queue(
    connection: Connection, number: int, label: str, answers: Sequence[tuple[int, str]]
) -> Mapping[str, Any]:
    """Queue answers to be read again; return what taking that back needs."""
    after = answer_lists.last_event(connection)
    before = label_use.queued(connection, number, label)
    put_in_queue(connection, number, label, [(a, reason, after) for a, reason in answers])
    return {
        "after": after,
        "replaced": [[a, *before[a]] for a, _reason in answers if a in before],
    }


def unqueue(connection: Connection, number: int, label: str, queued: Mapping[str, Any]) -> None:
    """Take out of the queue what `queue` put in it, and put back what that replaced."""
    label_use.take_from_queue(connection, number, label, queued["after"])
    if queued["replaced"]:
        put_in_queue(connection, number, label, [(a, r, after) for a, r, after in queued["replaced"]])
