"""Reading a survey file, whatever program wrote it."""

import hashlib
from pathlib import Path

from coder.corpus.delimited import read_delimited
from coder.corpus.spreadsheet import looks_like_workbook, read_spreadsheet
from coder.corpus.spss import looks_like_spss, read_spss
from coder.corpus.survey import SurveyFile, SurveyFileError
from coder.messages import _

_WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_TEXTS = (".csv", ".tsv", ".txt")
_SPSS = (".sav", ".zsav")


def read_survey(path: str | Path, *, sheet: str | None = None, encoding: str | None = None) -> SurveyFile:
    """Read a survey file, `.xlsx`, `.ods`, `.csv` (`.tsv`, `.txt`) or `.sav`; nothing in it is guessed.

    Args:
        path: the file; its suffix says what it is.
        sheet: of a workbook: which one; by default the first that holds anything.
        encoding: of a text or SPSS file, when what it says or shows itself is not right.

    Raises:
        SurveyFileError: the file is not there, may not be read, is empty, encrypted, damaged, of
            another kind than its name says, or in another encoding; or has no such sheet.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in _WORKBOOKS + _TEXTS + _SPSS:
        raise SurveyFileError(
            _("{file}: this kind of file cannot be read: give an .xlsx, .ods, .csv or .sav file.").format(
                file=path
            )
        )
    data = _bytes(path)
    if not data.strip(b"\0"):
        raise SurveyFileError(_("{file} is empty: there is nothing in it.").format(file=path))
    if sheet is not None and kind not in _WORKBOOKS:
        raise SurveyFileError(_("{file} has no sheets: leave --sheet out.").format(file=path))
    if encoding is not None and kind in _WORKBOOKS:
        raise SurveyFileError(_("{file} is a workbook: leave --encoding out.").format(file=path))
    sha256 = hashlib.sha256(data).hexdigest()
    if kind in _WORKBOOKS:
        return read_spreadsheet(path, data, sha256, sheet)
    if kind in _SPSS:
        return read_spss(path, data, sha256, encoding)
    if looks_like_workbook(data) or looks_like_spss(data):
        raise SurveyFileError(
            _("{file} is not text but a workbook or SPSS file: give it the suffix that goes with it.").format(
                file=path
            )
        )
    return read_delimited(path, data, sha256, encoding)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise SurveyFileError(_("There is no file {file}.").format(file=path)) from error
    except IsADirectoryError as error:
        raise SurveyFileError(_("{file} is a folder: name a file in it.").format(file=path)) from error
    except PermissionError as error:
        raise SurveyFileError(
            _("{file} may not be read: close it in other programs, or ask for access.").format(file=path)
        ) from error
    except OSError as error:
        raise SurveyFileError(
            _("{file} cannot be read: {reason}.").format(file=path, reason=error.strerror or error)
        ) from error
