"""A survey file as it was received: columns, rows, and what can be wrong with them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coder.errors import CoderError

Cell = str | float | int | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
"""A cell's value; None is an empty cell. The text "NA" is a text, an empty cell is None."""


class SurveyFileError(CoderError):
    """The file as a whole cannot be read: absent, empty, encrypted, damaged, in another encoding."""


class ColumnError(CoderError):
    """A column that is asked for is not in the file, or more than one carries its name."""


class RowError(CoderError):
    """A row holds what it cannot hold: no id, an id that another row has, a weight that is no number."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a survey file.

    Attributes:
        name: what its header says, to the letter; the letter a spreadsheet gives it ("C") where the
            header is empty. Two columns may carry one name: that is an error only for who asks for it.
        label: the question as it was asked, where the file has it (SPSS, Qualtrics), else "".
        value_labels: SPSS value labels: value to text.
        missing: ranges of values (lowest, highest) that SPSS was told to take as missing.
    """

    name: str
    label: str = ""
    value_labels: Mapping[Cell, str] = field(default_factory=dict)
    missing: tuple[tuple[float | str, float | str], ...] = ()

    def is_missing(self, cell: Cell) -> bool:
        """Say whether a value is one that the file declares missing."""
        return any(_within(cell, low, high) for low, high in self.missing)


def _within(cell: Cell, low: float | str, high: float | str) -> bool:
    if isinstance(cell, int | float) and not isinstance(low, str) and not isinstance(high, str):
        return low <= cell <= high
    return cell == low  # only numbers have ranges: the order of texts means nothing


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """What a survey file holds.

    Attributes:
        path: the file, as it was named; sha256: of its bytes, in hexadecimal.
        sheet: the sheet that was read, None for a file without sheets.
        encoding: of its text, None for a workbook.
        columns: one a column; columns without a name and without a single value are left out.
        rows: one tuple of cells a respondent, as long as `columns`; wholly empty rows are left out.
        row_numbers: of each row, as the program that shows the file counts them (header = 1 in
            a spreadsheet and in a csv file opened in one; first respondent = 1 in SPSS).
    """

    path: Path
    sha256: str
    sheet: str | None
    encoding: str | None
    columns: tuple[Column, ...]
    rows: list[tuple[Cell, ...]]
    row_numbers: Sequence[int]
