"""Codebook files: YAML to keep, Excel to hand around."""

import os
from pathlib import Path

from coder.codebook.dumping import dump_codebook
from coder.codebook.parsing import parse_codebook
from coder.codebook.records import Codebook
from coder.codebook.sheet import parse_workbook
from coder.codebook.structure import CodebookError, validate
from coder.codebook.workbook import dump_workbook
from coder.messages import _

_YAML = (".yaml", ".yml")
_EXCEL = ".xlsx"


def read_codebook(path: str | os.PathLike[str]) -> Codebook:
    """Return the codebook in a .yaml or .xlsx file.

    Raises CodebookError, in one line that names the file and the line or row, when it cannot be read.
    """
    file = Path(path)
    suffix = _suffix(file)
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        raise CodebookError(_("There is no file {file}.").format(file=file)) from error
    except OSError as error:
        raise CodebookError(
            _("{file} cannot be read ({reason}).").format(file=file, reason=error.strerror)
        ) from error
    if suffix == _EXCEL:
        return parse_workbook(content, str(file))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CodebookError(
            _("{file}, line {line}: this is not UTF-8; save the file with the encoding UTF-8.").format(
                file=file, line=content.count(b"\n", 0, error.start) + 1
            )
        ) from error
    return parse_codebook(text, str(file))


def write_codebook(codebook: Codebook, path: str | os.PathLike[str]) -> None:
    """Write a codebook to a .yaml or .xlsx file, whole or not at all.

    Raises CodebookError when the codebook is not valid (see `validate`) or the file cannot be written.
    """
    file = Path(path)
    suffix = _suffix(file)
    validate(codebook)
    content = dump_workbook(codebook) if suffix == _EXCEL else dump_codebook(codebook).encode("utf-8")
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        try:
            # often the only copy of a person's definitions: on the disk before it replaces the old file
            with beside.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            os.replace(beside, file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CodebookError(
            _("{file} cannot be written ({reason}); is it open in another program?").format(
                file=file, reason=error.strerror
            )
        ) from error


def _suffix(file: Path) -> str:
    suffix = file.suffix.lower()
    if suffix not in (*_YAML, _EXCEL):
        raise CodebookError(
            _("{file}: a codebook is a .yaml or .xlsx file; choose one of these.").format(file=file)
        )
    return suffix
