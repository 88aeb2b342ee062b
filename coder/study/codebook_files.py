"""Codebook files that change together with the database: both, or neither, whatever happens."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook, CodebookError, dump_codebook, write_codebook
from coder.messages import _
from coder.store import Database, queries

if TYPE_CHECKING:
    from coder.study.folder import Study


@contextmanager
def files_that_stay(study: "Study") -> Iterator[None]:
    """Put every codebook file back as it was when anything fails or is interrupted.

    What ends the process itself is for `put_back_half_done`, when the study is next opened.
    """
    files = [study.folder / q.codebook for q in study.settings.questions.values()]
    before = {path: path.read_bytes() for path in files if path.is_file()}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            if path.read_bytes() != content:
                path.write_bytes(content)
        raise
    finally:
        for path in files:
            for copy in path.parent.glob(f".{path.name}.before-{os.getpid()}-*"):
                copy.unlink(missing_ok=True)


def write_safely(codebook: Codebook, path: Path) -> None:
    """Write a codebook file within `files_that_stay` and a transaction that records it as a version.

    Until both are done, a copy of the file as it was lies beside it, named after the process and what the
    file becomes. Raises CodebookError when the file cannot be written.
    """
    new = hashlib.sha256(dump_codebook(codebook).encode("utf-8")).hexdigest()
    if path.is_file():
        copy = path.with_name(f".{path.name}.before-{os.getpid()}-{new}")
        try:
            with copy.open("wb") as out:
                out.write(path.read_bytes())
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise CodebookError(
                _("{file} cannot be written ({reason}); is it open in another program?").format(
                    file=path, reason=error.strerror
                )
            ) from error
    write_codebook(codebook, path)


def put_back_half_done(database: Database, path: Path, question: str) -> None:
    """Put a codebook file back as it was when the process that changed it ended before it was recorded."""
    pattern = f".{path.name}.before-*"
    if not any(path.parent.glob(pattern)):
        return
    with database.write() as connection:  # nobody is in the middle of a change while this is held
        number = queries.questions(connection).get(question)
        recorded = [] if number is None else queries.codebook_versions(connection, number)
        newest = recorded[-1]["sha256"] if recorded else None
        for copy in sorted(path.parent.glob(pattern)):
            new = copy.name.rpartition("-")[2]
            # any other content of the file is older than the change, or what a person made of it since
            if new != newest and path.is_file() and file_hash(path) == new:
                copy.replace(path)
            else:
                copy.unlink(missing_ok=True)


def file_hash(path: Path) -> str:
    """Return the name under which the content of a file is remembered."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
