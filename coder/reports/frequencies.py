"""A frequency table on the terminal: one column of percentages, or one a group."""

from dataclasses import dataclass
from itertools import zip_longest

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from coder.messages import _
from coder.reports.notes import frequency_notes, where
from coder.reports.numbers import UNDEFINED, count, margin, percent, percent_interval
from coder.reports.order import PART, base_n, depth, label_order, shown_groups, title
from coder.reports.signs import writable
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.statistics.records import Proportion

_NARROWEST_LABEL = 18
_WIDEST_LABEL = 48
_BETWEEN = 2


def render_frequencies(table: FrequencyTable) -> RenderableType:
    """Return a renderable of the table that fits the console it is printed on.

    Without groups: label, percentage, interval, margin and unweighted n. With groups: a column per group
    with its base above it; groups that do not fit beside one another come in tables below one another.
    """
    return _Frequencies(table)


def heading(table: FrequencyTable, group: str | None = None) -> str:
    """Return the line under the question: wave, population, grouping and whether it is provisional.

    With a group it is the heading of that group's part of the table.
    """
    parts = [where(table)]
    if group is not None:
        parts.append(f"{table.by}: {group}")
    elif table.by is not None:
        parts.append(_("by {group}").format(group=table.by))
    if table.provisional:
        parts.append(_("PROVISIONAL"))
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class _Frequencies:
    table: FrequencyTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        encoding = options.encoding
        yield Text(writable(self.table.text or self.table.question, encoding), style="bold")
        yield Text(writable(heading(self.table), encoding))
        groups = shown_groups(self.table)
        if not groups:
            yield Text(_("There are no coded answers yet."))
        elif self.table.by is None and groups == [None]:
            yield _single(self.table, encoding)
        else:
            for some in _beside_one_another(self.table, groups, options.max_width):
                yield _grouped(self.table, some, encoding)
        for note in frequency_notes(self.table):
            yield Text(writable(note, encoding), style="dim")
        yield Text()


def _label(row: FrequencyRow, rows: list[FrequencyRow], encoding: str) -> Text:
    name = "  " * depth(row, rows) + writable(title(row), encoding)
    return Text(name, style="bold" if row.kind == "parent" else "")


def _start(rows: list[FrequencyRow]) -> Table:
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    longest = max((len(row.name) + 2 * depth(row, rows) for row in rows), default=0)
    made.add_column(
        _("Label"),
        min_width=min(max(longest, len(_("Label"))), _NARROWEST_LABEL),
        max_width=_WIDEST_LABEL,
        overflow="fold",
    )
    return made


def _ends_block(row: FrequencyRow, following: FrequencyRow | None) -> bool:
    return following is not None and PART[row.kind] != PART[following.kind] and following.parent is None


def _single(table: FrequencyTable, encoding: str) -> Table:
    rows = label_order(table)
    varying = len({row.proportion.n for row in rows}) > 1
    made = _start(rows)
    for heading_of in ("%", _("95% interval"), writable("±", encoding), "n", *(["N"] if varying else [])):
        made.add_column(heading_of, justify="right", no_wrap=True)
    for row, following in zip_longest(rows, rows[1:]):
        share = row.proportion
        cells = [
            percent(share.estimate),
            percent_interval(share.low, share.high),
            margin(share.low, share.high).removeprefix("±"),
            count(share.count),
            *([count(share.n)] if varying else []),
        ]
        made.add_row(
            _label(row, rows, encoding),
            *(Text(writable(cell, encoding)) for cell in cells),
            end_section=_ends_block(row, following),
        )
    return made


def _beside_one_another(
    table: FrequencyTable, groups: list[str | None], width: int
) -> list[list[str | None]]:
    rows = label_order(table)
    longest = max((len(row.name) + 2 * depth(row, rows) for row in rows), default=0)
    room = width - min(max(longest, _NARROWEST_LABEL), max(_NARROWEST_LABEL, width // 3))
    result: list[list[str | None]] = [[]]
    used = 0
    for group in groups:
        needed = (
            max(len(line) for line in [*_group_title(table, group).split("\n"), "100% ±10"]) + _BETWEEN + 1
        )
        if result[-1] and used + needed > room:
            result.append([])
            used = 0
        result[-1].append(group)
        used += needed
    return result


def _group_title(table: FrequencyTable, group: str | None) -> str:
    name = _("Total") if group is None else group
    return f"{name}\nN = {count(base_n(table, group))}"


def _grouped(table: FrequencyTable, groups: list[str | None], encoding: str) -> Table:
    rows = label_order(table)
    cells = {(row.label, row.group): row.proportion for row in table.rows}
    made = _start(rows)
    for group in groups:
        above = "\n".join(writable(line, encoding) for line in _group_title(table, group).split("\n"))
        made.add_column(Text(above), justify="right", vertical="bottom")
    for row, following in zip_longest(rows, rows[1:]):
        made.add_row(
            _label(row, rows, encoding),
            *(Text(writable(_cell(cells.get((row.label, group))), encoding)) for group in groups),
            end_section=_ends_block(row, following),
        )
    return made


def _cell(share: Proportion | None) -> str:
    if share is None:
        return UNDEFINED
    return f"{percent(share.estimate)} {margin(share.low, share.high):>3}".rstrip()
