"""Workbooks: `.xlsx` and `.ods`, read with calamine.

Of a cell its value is kept, not its format. Calamine shows a formula as its last result and a cell
that shows an error (#N/A, #DIV/0!) as empty.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from coder.corpus.cells import kept, shown
from coder.corpus.header import Record, survey_with_header
from coder.corpus.survey import SurveyFile, SurveyFileError
from coder.messages import _

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# what zipfile lets through when the bytes of an archive are not what they should be
_UNZIPPING = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
)
_ODS_TAB = re.compile(rb"<text:tab(?:\s[^>]*)?/>")
_ODS_BREAK = re.compile(rb"<text:line-break\s*/>")


def looks_like_workbook(data: bytes) -> bool:
    """Say whether bytes begin as those of a workbook do, whatever the file is called."""
    return data.startswith((_ZIP, _OLE))


def read_spreadsheet(path: Path, data: bytes, sha256: str, sheet: str | None) -> SurveyFile:
    """Read one sheet of a workbook: the one named, else the first visible one that holds anything.

    Raises:
        SurveyFileError: the workbook is encrypted, damaged or none at all, or has no such sheet.
    """
    if data.startswith(_OLE):
        raise SurveyFileError(
            _("{file} is protected with a password: open it, remove the password and save it again.").format(
                file=path
            )
            if _ENCRYPTED_STREAM in data
            else _("{file} is in an old format (.xls): open it and save it as .xlsx.").format(file=path)
        )
    if not data.startswith(_ZIP):
        raise SurveyFileError(
            _("{file} is not a workbook: if it is text, give it a name that ends in .csv.").format(file=path)
        )
    data = _checked(path, data)
    try:
        workbook = calamine.load_workbook(io.BytesIO(data))
        chosen = _choose(path, workbook, sheet)
        return survey_with_header(path, sha256, _records(chosen), sheet=chosen.name)
    except calamine.CalamineError as error:
        raise _damaged(path) from error


def _checked(path: Path, data: bytes) -> bytes:
    """Return the workbook, with tabs and line breaks in an `.ods` as text, which calamine leaves out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise SurveyFileError(
                    _(
                        "{file} is protected with a password: open it, remove the password and save it again."
                    ).format(file=path)
                )
            if "content.xml" not in names:
                if not any(name.startswith("xl/") for name in names):
                    raise SurveyFileError(
                        _(
                            "{file} is not a workbook: give it the ending of what it is, or save it as .xlsx."
                        ).format(file=path)
                    )
                return data
            content = archive.read("content.xml")
            plain = _ODS_BREAK.sub(b"\n", _ODS_TAB.sub(b"\t", content))
            if plain == content:
                return data
            rewritten = io.BytesIO()
            with zipfile.ZipFile(rewritten, "w") as copy:
                for name in archive.namelist():
                    copy.writestr(name, plain if name == "content.xml" else archive.read(name))
            return rewritten.getvalue()
    except _UNZIPPING as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> SurveyFileError:
    return SurveyFileError(
        _("{file} is a damaged or incomplete workbook: copy it again, or open it and save it anew.").format(
            file=path
        )
    )


def _choose(path: Path, workbook: calamine.CalamineWorkbook, wanted: str | None) -> calamine.CalamineSheet:
    sheets = [s for s in workbook.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
    if wanted is not None:
        same = [s.name for s in sheets if s.name == wanted] or [
            s.name for s in sheets if s.name.strip().casefold() == wanted.strip().casefold()
        ]
        if same:
            return workbook.get_sheet_by_name(same[0])
        raise SurveyFileError(
            _("{file}: there is no sheet {sheet}; the sheets are: {sheets}.").format(
                file=path, sheet=shown(wanted), sheets=", ".join(shown(s.name) for s in sheets)
            )
        )
    hidden_last = sorted(sheets, key=lambda s: s.visible != calamine.SheetVisibleEnum.Visible)
    for candidate in hidden_last:
        found = workbook.get_sheet_by_name(candidate.name)
        if any(cells.count(None) != len(cells) for _number, cells in _records(found)):
            return found
    raise SurveyFileError(_("{file} is empty: none of its sheets holds anything.").format(file=path))


def _records(sheet: calamine.CalamineSheet) -> Iterator[Record]:
    if sheet.start is None:
        return
    # calamine counts rows from the top of the sheet but columns from the first that holds anything
    margin = (None,) * sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows(), 1):
        yield number, (*margin, *[kept(cell) for cell in cells])
