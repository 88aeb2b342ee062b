"""Frequency tables beside one another: the same labels, a column for each wave or group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coder.messages import _
from coder.reports.numbers import p_value, points, points_interval
from coder.reports.order import base_n, in_codebook_order, in_order, shown_groups
from coder.reports.tables import ChangeRow, ChangeTable, FrequencyRow, FrequencyTable
from coder.statistics.records import Difference, Proportion

SIGNIFICANT = 0.05
"""A difference with an adjusted p below this has a sign."""

SIGN = "*"
"""The sign beside the p of a significant difference."""


@dataclass(frozen=True, slots=True)
class Column:
    """The shares of one wave, or of one group of a wave.

    Attributes:
        group: None for the whole wave; letter: the group's, where groups are tested.
        n: the unweighted base.
        rows: label to its row; a label the column has nothing of is left out.
    """

    wave: str
    group: str | None
    letter: str
    n: int
    rows: Mapping[str, FrequencyRow]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands behind the shares: a heading, a text a label, and a shorter one for where it is narrow."""

    heading: str
    texts: Mapping[str, str]
    short: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Labels against columns.

    Attributes:
        rows: one a label, in the order of the first column that has it, or of the codebook (change).
        beside: p of the test between groups; of two waves their change.
        largest: the highest upper bound (or share, where there is no bound): what a whole bar stands for.
    """

    rows: tuple[FrequencyRow | ChangeRow, ...]
    columns: tuple[Column, ...]
    largest: float
    beside: tuple[Beside, ...] = ()


def side_by_side(tables: Sequence[FrequencyTable]) -> SideBySide:
    """Put tables of one question beside one another, each with a column for each of its groups.

    Where one of them has tests between groups, p stands behind them.
    """
    first: dict[str, FrequencyRow] = {}
    columns: list[Column] = []
    for table in tables:
        for group in shown_groups(table):
            column = _column(table, group)
            columns.append(column)
            for label, row in column.rows.items():
                first.setdefault(label, row)
    tested = [table for table in tables if table.tests]
    beside = [_p({one.label: one.test.p_adjusted for one in tested[0].tests})] if len(tested) == 1 else []
    shares = [row.proportion for column in columns for row in column.rows.values()]
    return SideBySide(tuple(in_order(first.values())), tuple(columns), _largest(shares), tuple(beside))


def changes_side_by_side(table: ChangeTable) -> SideBySide:
    """Put two waves beside one another, with their change behind them and, bridged, the parts of it."""
    columns = []
    for wave, shares in (
        (table.before, {row.label: row.before for row in table.rows}),
        (table.after, {row.label: row.after for row in table.rows}),
    ):
        column = _column(wave, None)
        rows = {
            label: replace(row, proportion=shares[label])
            for label, row in column.rows.items()
            if label in shares
        }
        columns.append(replace(column, rows=rows))
    bridged = table.bridge is not None
    parts = [_differences(_("change"), {row.label: row.change for row in table.rows})]
    if bridged:
        parts.append(_differences(_("instrument"), {row.label: row.instrument for row in table.rows}))
        real = _differences(_("real"), {row.label: row.real for row in table.rows})
        # what is left of the change is what p belongs to: its interval gives way last
        parts.append(replace(real, short=real.texts))
    tested = {row.label: row.real if bridged else row.change for row in table.rows}
    parts.append(_p({label: one.p_adjusted if one else None for label, one in tested.items()}))
    both = [share for row in table.rows for share in (row.before, row.after)]
    return SideBySide(tuple(in_codebook_order(table.rows)), tuple(columns), _largest(both), tuple(parts))


def _column(table: FrequencyTable, group: str | None) -> Column:
    rows = {row.label: row for row in table.rows if row.group == group}
    letter = "" if group is None else table.group_letters.get(group, "")
    return Column(table.wave, group, letter, base_n(table, group), rows)


def _largest(shares: Iterable[Proportion]) -> float:
    ends = [end for share in shares for end in (share.high, share.estimate) if end is not None and end == end]
    return max(ends, default=0.0)


def _p(found: Mapping[str, float | None]) -> Beside:
    texts = {label: f"{p_value(p)} {_sign(p)}" for label, p in found.items()}
    return Beside("p  ", texts, texts)


def _sign(p: float | None) -> str:
    return SIGN if p is not None and p < SIGNIFICANT else " "


def _differences(heading: str, found: Mapping[str, Difference | None]) -> Beside:
    texts, short = {}, {}
    for label, one in found.items():
        short[label] = points(one.estimate if one else None)
        interval = points_interval(one.low, one.high) if one else ""
        texts[label] = f"{short[label]} {interval}" if interval else short[label]
    return Beside(heading, texts, short)
