"""Frequency tables beside one another: the same labels, a column for each wave or group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.reports.order import base_n, in_order, shown_groups
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.statistics.records import Proportion


@dataclass(frozen=True, slots=True)
class Column:
    """The shares of one wave, or of one group of a wave.

    Attributes:
        group: None for the whole wave.
        n: the unweighted base.
        shares: label to share; a label the column has nothing of is left out.
    """

    wave: str
    group: str | None
    n: int
    shares: Mapping[str, Proportion]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Labels against columns.

    Attributes:
        rows: one a label, in the order of the first column that has it.
        largest: the highest upper bound (or share, where there is no bound): what a whole bar stands for.
    """

    rows: tuple[FrequencyRow, ...]
    columns: tuple[Column, ...]
    largest: float


def side_by_side(tables: Sequence[FrequencyTable]) -> SideBySide:
    """Put tables of one question beside one another, each with a column for each of its groups."""
    first: dict[str, FrequencyRow] = {}
    columns: list[Column] = []
    for table in tables:
        for group in shown_groups(table):
            rows = [row for row in table.rows if row.group == group]
            columns.append(
                Column(table.wave, group, base_n(table, group), {row.label: row.proportion for row in rows})
            )
            for row in rows:
                first.setdefault(row.label, row)
    ends = [
        end
        for column in columns
        for share in column.shares.values()
        for end in (share.high, share.estimate)
        if end is not None and end == end
    ]
    return SideBySide(tuple(in_order(first.values())), tuple(columns), max(ends, default=0.0))
