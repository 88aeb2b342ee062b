"""Writing a file whole or not at all, with one clear line when it cannot be written."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coder.errors import CoderError
from coder.messages import _


class CannotWriteError(CoderError):
    """The file cannot be written: a folder that is not there, no permission, open elsewhere, disk full."""


class TooLargeError(CoderError):
    """There is more than the format can hold."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file beside `path` to write to, and put it in the place of `path` when all went well.

    Raises CannotWriteError, before any work is done where that can be known.
    """
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}{path.suffix}.tmp")
    try:
        if not path.parent.is_dir():
            raise CannotWriteError(
                _("{file}: there is no folder {folder}; make it first or choose another place.").format(
                    file=path, folder=path.parent
                )
            )
        if path.exists():
            with path.open("r+b"):
                pass  # open in Excel on Windows, or read-only: said now and not after the work
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotWriteError(
            _(
                "{file} cannot be written ({reason}): close it if it is open elsewhere, or choose another "
                "name."
            ).format(file=path, reason=reason)
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
