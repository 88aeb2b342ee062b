"""CSV files: the data for other programs, and codings for another study."""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

from coder.messages import _, current_language, ngettext
from coder.reports.coded_set import Cell, CodedSet
from coder.writers.data_columns import data_columns, data_rows
from coder.writers.replacing import replacing

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(coded: CodedSet, path: Path | str, *, answers: bool = True) -> list[str]:
    """Write the sheet Data as CSV, as the Excel of the reader's language opens it.

    UTF-8 with a byte order mark. In Dutch: semicolons, a decimal comma, WAAR and ONWAAR; in English:
    commas, a decimal point, TRUE and FALSE. Dates and times as ISO 8601; empty cells empty.

    Texts are written to the letter, for R, SPSS and Python. An answer such as "- meer tijd" or
    "=HYPERLINK(…)" would be read as a formula by Excel; an apostrophe before it would protect Excel and
    corrupt the answer for everyone else. So nothing is changed, and the line returned says how many texts
    it concerns and where the first is: the workbook is the file for Excel.

    Raises CannotWriteError.
    """
    columns = data_columns(coded, answers)
    dutch = current_language() == "nl"
    formulas: list[tuple[str, str]] = []
    with (
        replacing(Path(path)) as temporary,
        temporary.open("w", encoding="utf-8-sig", errors="replace", newline="") as file,
    ):
        writer = csv.writer(file, delimiter=";" if dutch else ",", lineterminator="\r\n")
        writer.writerow([column.name for column in columns])
        for respondent, row in zip(coded.ids, data_rows(coded, answers), strict=True):
            writer.writerow([_field(cell, dutch) for cell in row])
            formulas += [
                (respondent, columns[place].name)
                for place, cell in enumerate(row)
                if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS)
            ]
    if not formulas:
        return []
    line = ngettext(
        "{n} text starts with = + - or @ (respondent {id}, column {column}): Excel would take it for a "
        "formula, so open the .xlsx there.",
        "{n} texts start with = + - or @ (the first: respondent {id}, column {column}): Excel would take "
        "them for formulas, so open the .xlsx there.",
        len(formulas),
    )
    return [line.format(n=len(formulas), id=formulas[0][0], column=formulas[0][1])]


def _field(cell: Cell, dutch: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return _("TRUE") if cell else _("FALSE")
    if isinstance(cell, float):
        if cell != cell:
            return ""
        whole = cell.is_integer() and abs(cell) < 1e15
        written = str(int(cell)) if whole else float.__repr__(cell)
        return written.replace(".", ",") if dutch else written
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def write_codings(
    path: Path | str, header: Sequence[str], rows: Iterable[Sequence[str]], *, delimiter: str = ","
) -> None:
    """Write codings in the long form that `coder codings import` reads: UTF-8, everything to the letter.

    Each row is as long as `header`; ValueError when one is not. Raises CannotWriteError.
    """
    with (
        replacing(Path(path)) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as file,
    ):
        # with this line end, fields with either of its two signs are quoted (Python 3.11 looks no further)
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            if len(row) != len(header):
                raise ValueError(f"a row of {len(row)} fields under a header of {len(header)}")
            writer.writerow(row)
