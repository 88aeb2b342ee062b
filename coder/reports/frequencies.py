"""A frequency table on the terminal: one column of percentages, or one a group."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from coder.messages import _
from coder.reports.group_tests import label_p
from coder.reports.notes import CAUTION, frequency_notes, where
from coder.reports.numbers import UNDEFINED, count, margin, p_value, percent, percent_interval
from coder.reports.order import PART, base_n, depth, label_order, shown_groups, title
from coder.reports.signs import writable
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.reports.words import base_word
from coder.statistics.records import Proportion

_NARROWEST_LABEL = 18
_WIDEST_LABEL = 48
_BETWEEN = 2


def render_frequencies(table: FrequencyTable) -> RenderableType:
    """Return a renderable of the table that fits the console it is printed on.

    Without groups: label, percentage, interval, margin and unweighted n. With groups: a column per group
    with its letter and base above it, the letters of the groups with a significantly smaller share beside
    each share, and p in a last column; groups that do not fit beside one another come in tables below one
    another. A number to be careful with has "!" beside it, which a footnote explains. A corrected table has
    the uncorrected percentage beside the corrected one.
    """
    return _Frequencies(table)


def heading(table: FrequencyTable, group: str | None = None) -> str:
    """Return the line under the question: wave, population, grouping, kind of shares, provisional or not.

    With a group it is the heading of that group's part of the table.
    """
    parts = [where(table)]
    if group is not None:
        parts.append(f"{table.by}: {group}")
    elif table.by is not None:
        parts.append(_("by {group}").format(group=table.by))
    if table.base == "mentions":
        parts.append(_("shares of mentions"))
    elif table.base != "filled_in":
        parts.append(_("base: {base}").format(base=base_word(table.base)))
    if table.audit is not None:
        parts.append(_("corrected for the model's errors"))
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
            parts = _beside_one_another(self.table, groups, options.max_width)
            for some in parts:
                yield _grouped(self.table, some, encoding, last=some is parts[-1])
            if self.table.audit is not None:
                yield Text(_("In square brackets: uncorrected."), style="dim")
        for note in frequency_notes(self.table):
            yield Text(writable(note, encoding), style="dim")
        yield Text()


def _label(row: FrequencyRow, rows: list[FrequencyRow], encoding: str) -> Text:
    name = "  " * depth(row, rows) + writable(title(row), encoding)
    return Text(name, style="bold" if row.kind == "parent" else "")


def _start(rows: list[FrequencyRow]) -> Table:
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    longest = max((len(title(row)) + 2 * depth(row, rows) for row in rows), default=0)
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
    corrected = table.audit is not None
    made = _start(rows)
    for heading_of in (
        "%",
        _("95% interval"),
        "±",
        *([_("uncorrected")] if corrected else []),
        "n",
        *(["N"] if varying else []),
    ):
        made.add_column(writable(heading_of, encoding), justify="right")
    for row, following in zip_longest(rows, rows[1:]):
        share = row.proportion
        cells = [
            percent(share.estimate) + _caution(row, rows),
            percent_interval(share.low, share.high),
            _even_margin(share),
            *([percent(row.correction.naive if row.correction else None)] if corrected else []),
            count(share.count),
            *([count(share.n)] if varying else []),
        ]
        made.add_row(
            _label(row, rows, encoding),
            *(Text(writable(cell, encoding), no_wrap=True) for cell in cells),
            end_section=_ends_block(row, following),
        )
    return made


def _even_margin(share: Proportion) -> str:
    """Write the margin; nothing where it is no margin, since the interval stands beside it."""
    written = margin(share.estimate, share.low, share.high)
    return written.removeprefix("±") if written.startswith("±") else ""


def _caution(row: FrequencyRow, rows: Iterable[FrequencyRow]) -> str:
    """Return the sign that goes behind a number to be careful with; numbers stay under one another."""
    if row.cautions:
        return CAUTION
    return " " if any(other.cautions for other in rows) else ""


def _beside_one_another(
    table: FrequencyTable, groups: list[str | None], width: int
) -> list[list[str | None]]:
    rows = label_order(table)
    longest = max((len(title(row)) + 2 * depth(row, rows) for row in rows), default=0)
    room = width - min(max(longest, _NARROWEST_LABEL), max(_NARROWEST_LABEL, width // 3))
    p_column = len(p_value(0.0)) + _BETWEEN if table.tests else 0
    result: list[list[str | None]] = [[]]
    used = 0
    for place, group in enumerate(groups):
        lines = [*_group_title(table, group).split("\n"), *_group_cells(table, group).values()]
        needed = max(len(line) for line in lines) + _BETWEEN + 1
        # the last group shares its part of the table with p
        last = p_column if place == len(groups) - 1 else 0
        if result[-1] and used + needed + last > room:
            result.append([])
            used = 0
        result[-1].append(group)
        used += needed
    return result


def group_name(table: FrequencyTable, group: str | None) -> str:
    """Return the name of a group with its letter: "leraren po (A)"."""
    if group is None:
        return _("Total")
    letter = table.group_letters.get(group)
    return f"{group} ({letter})" if letter else group


def _group_title(table: FrequencyTable, group: str | None) -> str:
    return f"{group_name(table, group)}\nN = {count(base_n(table, group))}"


def _grouped(table: FrequencyTable, groups: list[str | None], encoding: str, *, last: bool) -> Table:
    """Return the part of a table for some of its groups; the last part has the tests."""
    rows = label_order(table)
    tested = label_p(table) if last else {}
    made = _start(rows)
    columns = [_group_cells(table, group) for group in groups]
    for group in groups:
        above = "\n".join(writable(line, encoding) for line in _group_title(table, group).split("\n"))
        made.add_column(Text(above), justify="right", vertical="bottom")
    if tested:
        made.add_column("p", justify="right", vertical="bottom")
    for row, following in zip_longest(rows, rows[1:]):
        cells = [column.get(row.label, UNDEFINED) for column in columns]
        cells += [tested.get(row.label, UNDEFINED)] if tested else []
        made.add_row(
            _label(row, rows, encoding),
            *(Text(writable(cell, encoding)) for cell in cells),
            end_section=_ends_block(row, following),
        )
    return made


def _group_cells(table: FrequencyTable, group: str | None) -> dict[str, str]:
    """Return what stands in one group's column: share, margin, uncorrected share, letters, sign of caution.

    Each of the parts is as wide as it needs to be in this column, so that all stand under one another.
    """
    rows = [row for row in table.rows if row.group == group]
    parts = []
    for row in rows:
        share = row.proportion
        uncorrected = f"[{percent(row.correction.naive)}]" if row.correction is not None else ""
        parts.append(
            (
                percent(share.estimate),
                margin(share.estimate, share.low, share.high),
                uncorrected,
                row.letters,
                CAUTION if row.cautions else "",
            )
        )
    widths = [max(len(part) for part in column) for column in zip(*parts, strict=True)]
    return {
        row.label: " ".join(
            part.ljust(width) if place > 2 else part.rjust(width)
            for place, (part, width) in enumerate(zip(cell, widths, strict=True))
            if width
        )
        for row, cell in zip(rows, parts, strict=True)
    }
