"""SPSS files (`.sav`), read with pyreadstat: variable labels, value labels, values declared missing."""

import io
from pathlib import Path
from typing import Any

from coder.corpus.cells import kept
from coder.corpus.survey import Cell, Column, SurveyFile, SurveyFileError
from coder.messages import _

_MAGIC = b"$FL"
_ENCRYPTED = b"ENCRYPTEDSAV"


def looks_like_spss(data: bytes) -> bool:
    """Say whether bytes begin as those of an SPSS file do, whatever the file is called."""
    return data.startswith(_MAGIC) or _ENCRYPTED in data[:64]


def read_spss(path: Path, data: bytes, sha256: str, encoding: str | None) -> SurveyFile:
    """Read an SPSS file; rows are numbered as SPSS shows them, the first respondent is 1.

    An empty text and a system-missing number are empty cells. Values that SPSS was told to take as
    missing are kept, `Column.missing` says which they are.

    Raises:
        SurveyFileError: the file is encrypted, damaged, no SPSS file, or not in the encoding given.
    """
    import pyreadstat

    if _ENCRYPTED in data[:64]:
        raise SurveyFileError(
            _("{file} is protected with a password: open it in SPSS and save it without one.").format(
                file=path
            )
        )
    if not data.startswith(_MAGIC):
        raise SurveyFileError(
            _("{file} is not an SPSS file: give it the ending of what it is.").format(file=path)
        )
    try:
        columns, meta = pyreadstat.read_sav(
            io.BytesIO(data), output_format="dict", user_missing=True, encoding=encoding
        )
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError, UnicodeError) as error:
        if encoding is not None or "convert" in str(error):
            raise SurveyFileError(
                _(
                    "{file}: its text cannot be read as {encoding}: name the right one with --encoding."
                ).format(file=path, encoding=encoding or _("the encoding it says it has"))
            ) from error
        raise SurveyFileError(
            _("{file} is a damaged or incomplete SPSS file: copy it again, or save it anew in SPSS.").format(
                file=path
            )
        ) from error
    except OverflowError as error:
        raise SurveyFileError(
            _("{file} holds a date past the year 9999: correct it in SPSS and save the file again.").format(
                file=path
            )
        ) from error
    names: list[str] = list(meta.column_names)
    rows: list[tuple[Cell, ...]] = list(
        zip(*([kept(v) for v in columns[name]] for name in names), strict=True)
    )
    numbers = [i + 1 for i, row in enumerate(rows) if row.count(None) != len(row)]
    if len(numbers) < len(rows):
        rows = [rows[number - 1] for number in numbers]
    described = tuple(_column(name, meta) for name in names)
    return SurveyFile(path, sha256, None, meta.file_encoding, described, rows, numbers)


def _column(name: str, meta: Any) -> Column:
    return Column(
        name,
        meta.column_names_to_labels.get(name) or "",
        {kept(value): str(text) for value, text in meta.variable_value_labels.get(name, {}).items()},
        tuple((span["lo"], span["hi"]) for span in meta.missing_ranges.get(name, ())),
    )
