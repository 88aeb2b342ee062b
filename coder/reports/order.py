"""The order in which a frequency table lists its labels, and its cells by label and group."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from coder.messages import _
from coder.reports.tables import AgreementRow, ChangeRow, FrequencyRow, FrequencyTable
from coder.reports.words import status_word

AnyRow = TypeVar("AnyRow", FrequencyRow, ChangeRow)

PART = {"label": 0, "parent": 0, "own": 0, "residual": 1, "state": 2}
"""The part of a table that a kind of row belongs to: labels and nets, residual labels, states."""


def in_order(rows: Iterable[FrequencyRow]) -> list[FrequencyRow]:
    """Sort the rows of one group: by size, children under their parent, residual labels, then states.

    A child follows its parent whatever the parent's place; a child whose parent has no row stands on its
    own. Equal sizes keep the order they came in.
    """
    return _placed(rows, _rank)


def in_codebook_order(rows: Iterable[ChangeRow]) -> list[ChangeRow]:
    """Return the rows as they came, but children under their parent, residual labels and states last."""
    return _placed(rows, lambda row: PART[row.kind])


def _placed(rows: Iterable[AnyRow], rank: Callable[[AnyRow], tuple[int, float] | int]) -> list[AnyRow]:
    given = list(rows)
    present = {row.label for row in given}
    children: dict[str, list[AnyRow]] = {}
    tops: list[AnyRow] = []
    for row in given:
        if row.parent is not None and row.parent in present and row.parent != row.label:
            children.setdefault(row.parent, []).append(row)
        else:
            tops.append(row)
    result: list[AnyRow] = []

    def place(level: list[AnyRow]) -> None:
        for row in sorted(level, key=rank):
            result.append(row)
            place(children.pop(row.label, []))

    place(tops)
    for left in list(children.values()):
        result.extend(left)  # parents in a circle: a codebook's fault that must not lose a number
    return result


def _rank(row: FrequencyRow) -> tuple[int, float]:
    estimate = row.proportion.estimate
    size = -1.0 if estimate is None or estimate != estimate else estimate
    # states keep the order they came in, so that every table ends the same way
    return PART[row.kind], 0.0 if row.kind == "state" else -size


def shown_groups(table: FrequencyTable) -> list[str | None]:
    """Return the groups a table has rows of, the whole (None) first."""
    present = {row.group for row in table.rows}
    whole: list[str | None] = [None] if None in present else []
    return [*whole, *(group for group in table.groups if group in present)]


def rows_of(table: FrequencyTable, group: str | None) -> list[FrequencyRow]:
    """Return one group's rows in the order of the table."""
    return in_order(row for row in table.rows if row.group == group)


def label_order(table: FrequencyTable) -> list[FrequencyRow]:
    """Return one row a label, in the order of the whole table, or of its first groups without a whole."""
    first: dict[str, FrequencyRow] = {}
    for group in shown_groups(table):
        for row in table.rows:
            if row.group == group:
                first.setdefault(row.label, row)
    return in_order(first.values())


def title(row: FrequencyRow | AgreementRow | ChangeRow) -> str:
    """Return the name of a row as it stands in a list of labels.

    A state's is the word of the language in force, with a capital as the labels have. A label with labels
    under it that stands for its own mentions only is no net, and says so.
    """
    if row.kind == "own":
        return _("{label} (own mentions)").format(label=row.name)
    if row.kind != "state":
        return row.name
    word = status_word(row.label)
    return word[:1].upper() + word[1:]


def depth(row: FrequencyRow | ChangeRow, rows: Sequence[FrequencyRow | ChangeRow]) -> int:
    """Return how many of the rows are above this one as parent, parent's parent and so on."""
    parents = {other.label: other.parent for other in rows}
    level, above, seen = 0, row.parent, {row.label}
    while above is not None and above in parents and above not in seen:
        seen.add(above)
        level, above = level + 1, parents[above]
    return level


def base_n(table: FrequencyTable, group: str | None) -> int:
    """Return the unweighted number of respondents that a group's percentages stand on.

    Labels that some codings do not know yet stand on fewer; the table says so beside them.
    """
    return max((row.proportion.n for row in table.rows if row.group == group), default=0)
