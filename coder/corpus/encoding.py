"""In which encoding a text file is written: what it says itself, what fits, or what a person says."""

import codecs
from pathlib import Path

from coder.corpus.survey import SurveyFileError
from coder.messages import _

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(path: Path, data: bytes, encoding: str | None) -> tuple[str, str]:
    """Return a file's text and the encoding it was read in.

    Without `encoding`: what its byte order mark says; else UTF-8 where all of it is valid; else cp1252,
    as Dutch Windows programs write. A file that is UTF-8 for the greater part is not taken for cp1252:
    one broken character would garble all others.

    Raises:
        SurveyFileError: the encoding is unknown or does not fit, or none fits; names line and byte.
    """
    mark, marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", None))
    if encoding is not None:
        return _decode_as_told(path, data, encoding, mark, marked)
    if marked is not None:
        return _strictly(path, data, marked, len(mark)), marked
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        broken = error
    if data[:200].count(0) > 20:
        raise SurveyFileError(
            _("{file} is not text, or UTF-16 that does not say so: try --encoding utf-16-le.").format(
                file=path
            )
        )
    lenient = data.decode("utf-8", "replace")
    if sum(sign > "\x7f" for sign in lenient) > 2 * lenient.count("\ufffd"):
        raise SurveyFileError(
            _(
                "{file}, line {line}, byte {byte}: this character is not UTF-8, while the others are: "
                "correct it in a text editor, or name the encoding with --encoding."
            ).format(file=path, line=_line(data, broken.start, "utf-8"), byte=broken.start + 1)
        )
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        raise SurveyFileError(
            _(
                "{file}, line {line}, byte {byte}: this character is neither UTF-8 nor Windows text "
                "(cp1252): name the encoding with --encoding."
            ).format(file=path, line=_line(data, error.start, "cp1252"), byte=error.start + 1)
        ) from error


def _decode_as_told(
    path: Path, data: bytes, encoding: str, mark: bytes, marked: str | None
) -> tuple[str, str]:
    try:
        name = codecs.lookup(encoding).name.removesuffix("-sig")
        "".encode(name)
    except LookupError as error:
        raise SurveyFileError(
            _(
                "There is no encoding {encoding}: for instance utf-8, cp1252, utf-16, mac-roman or cp850."
            ).format(encoding=encoding)
        ) from error
    if marked is not None and name not in (marked, marked.removesuffix("-le").removesuffix("-be")):
        raise SurveyFileError(
            _("{file} says that it is {marked}, not {encoding}: leave --encoding out.").format(
                file=path, marked=marked, encoding=encoding
            )
        )
    return _strictly(path, data, marked or name, len(mark)), name


def _strictly(path: Path, data: bytes, encoding: str, start: int) -> str:
    try:
        return data[start:].decode(encoding)
    except UnicodeError as error:
        # not every codec says where it got stuck
        position = getattr(error, "start", 0)
        raise SurveyFileError(
            _(
                "{file}, line {line}, byte {byte}: this character is not {encoding}: "
                "name the right encoding with --encoding."
            ).format(
                file=path,
                line=_line(data[start:], position, encoding),
                byte=start + position + 1,
                encoding=encoding,
            )
        ) from error


def _line(data: bytes, position: int, encoding: str) -> int:
    return data[:position].decode(encoding, "ignore").count("\n") + 1
