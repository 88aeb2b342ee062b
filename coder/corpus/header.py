"""From numbered records to columns and rows: what the first rows of a file say about the others."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from coder.corpus.cells import as_text, shown
from coder.corpus.survey import Cell, Column, SurveyFile, SurveyFileError
from coder.messages import _

Record = tuple[int, tuple[Cell, ...]]
"""A row's number and its cells."""

_QUALTRICS = '{"ImportId":'


def survey_with_header(
    path: Path,
    sha256: str,
    records: Iterable[Record],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> SurveyFile:
    """Return the survey file whose first record that is not empty is the header.

    The second and third header row of a Qualtrics export (the questions, and ids between braces) are
    no respondents: the questions become the labels of the columns. Records shorter than the header are
    filled up with empty cells, longer ones add columns without a name.

    Raises:
        SurveyFileError: there is no header at all.
    """
    numbers: list[int] = []
    rows: list[tuple[Cell, ...]] = []
    for number, cells in records:
        if cells.count(None) != len(cells):
            numbers.append(number)
            rows.append(cells)
    if not rows:
        raise SurveyFileError(
            _("{file} is empty: it has no header and no respondents.").format(file=path)
            if sheet is None
            else _("{file}: sheet {sheet} is empty: choose another with --sheet.").format(
                file=path, sheet=shown(sheet)
            )
        )
    names = ["" if (name := as_text(cell)) is None or name.isspace() else name for cell in rows[0]]
    names += [""] * (max(map(len, rows)) - len(names))
    labels, first = _questions(rows, len(names))
    rows, numbers = rows[first:], numbers[first:]
    if any(len(row) != len(names) for row in rows):
        rows = [row + (None,) * (len(names) - len(row)) for row in rows]
    used = [i for i, name in enumerate(names) if name or any(row[i] is not None for row in rows)]
    if len(used) < len(names):
        rows = [tuple([row[i] for i in used]) for row in rows]
    named = _named(names)
    columns = tuple(Column(named[i], labels[i]) for i in used)
    return SurveyFile(path, sha256, sheet, encoding, columns, rows, numbers)


def _questions(rows: Sequence[tuple[Cell, ...]], width: int) -> tuple[list[str], int]:
    """Return the label of every column and the index of the first respondent."""
    if len(rows) > 2:
        ids = [cell for cell in rows[2] if cell is not None]
        if all(isinstance(cell, str) and cell.replace(" ", "").startswith(_QUALTRICS) for cell in ids):
            labels = [as_text(cell) or "" for cell in rows[1]]
            return labels + [""] * (width - len(labels)), 3
    return [""] * width, 1


def _named(names: Sequence[str]) -> list[str]:
    """Give columns without a name the letter they have in a spreadsheet."""
    taken = set(names)
    named = []
    for i, name in enumerate(names):
        if not name:
            name = letter(i)
            while name in taken:
                name += "_"
        named.append(name)
    return named


def letter(index: int) -> str:
    """Return what a spreadsheet calls its column: "A" for 0, "Z" for 25, "AA" for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
