"""Finding a column by its name, and what its cells say."""

import difflib
from collections.abc import Sequence

from coder.corpus.cells import as_text, shown
from coder.corpus.header import letter
from coder.corpus.survey import Cell, ColumnError, SurveyFile
from coder.messages import _

_LISTED = 30


def find_column(file: SurveyFile, name: str) -> int:
    """Return the index of a column; white space around and within its name does not count.

    Raises:
        ColumnError: there is none, or more than one.
    """
    names = [column.name for column in file.columns]
    found = [i for i, other in enumerate(names) if other == name]
    if not found:
        found = [i for i, other in enumerate(names) if other.split() == name.split()]
    if len(found) == 1:
        return found[0]
    if found:
        raise ColumnError(
            _(
                "{file}: {n} columns are called {column} (columns {places}): give each a name of its own."
            ).format(
                file=file.path, n=len(found), column=shown(name), places=", ".join(letter(i) for i in found)
            )
        )
    listed = ", ".join(shown(other) for other in names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
    near = difflib.get_close_matches(name.casefold(), [other.casefold() for other in names], 1)
    if near:
        likely = next(other for other in names if other.casefold() == near[0])
        raise ColumnError(
            _(
                "{file}: there is no column {column}: did you mean {likely}? The columns are: {columns}."
            ).format(file=file.path, column=shown(name), likely=shown(likely), columns=listed)
        )
    raise ColumnError(
        _("{file}: there is no column {column}; the columns are: {columns}.").format(
            file=file.path, column=shown(name), columns=listed
        )
    )


def values(file: SurveyFile, column: int) -> list[Cell]:
    """Return the cells of a column, those with a value declared missing as empty ones."""
    cells = [row[column] for row in file.rows]
    described = file.columns[column]
    if described.missing:
        return [None if described.is_missing(cell) else cell for cell in cells]
    return cells


def displayed(file: SurveyFile, column: int, *, strip: bool = True) -> Sequence[str | None]:
    """Return the cells of a column as text: value labels where there are any, else the value itself."""
    labels = file.columns[column].value_labels
    cells = values(file, column)
    texts = (
        [labels[cell] if cell in labels else as_text(cell) for cell in cells]
        if labels
        else [*map(as_text, cells)]
    )
    return [text and (text.strip() or None) for text in texts] if strip else texts


def stripped(file: SurveyFile, column: int) -> Sequence[str | None]:
    """Return the values of a column as text without white space around it, None where none is left."""
    return [text and (text.strip() or None) for text in map(as_text, values(file, column))]
