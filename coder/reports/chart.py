"""A bar chart of label frequencies in the terminal: bars with their numbers."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from coder.messages import _
from coder.reports.frequencies import heading
from coder.reports.notes import CAUTION, frequency_notes
from coder.reports.numbers import count, percent, percent_interval
from coder.reports.order import base_n, depth, label_order, shown_groups, title
from coder.reports.signs import bar, writable
from coder.reports.tables import FrequencyRow, FrequencyTable

_SHORTEST_BAR = 8
_LONGEST_NAME = 40


def bar_chart(table: FrequencyTable, width: int | None = None) -> RenderableType:
    """Return a renderable bar chart of the table, `width` columns wide (default: the console).

    Every bar has its percentage and interval beside it and says in words what it is; colour adds
    nothing. A number to be careful with has "!" behind it, which a footnote explains. Bars are scaled to
    the largest share. A console without block signs gets "#".
    """
    return _Chart(table, width)


@dataclass(frozen=True)
class _Chart:
    table: FrequencyTable
    width: int | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        encoding = options.encoding
        width = min(self.width or options.max_width, options.max_width)
        table = self.table
        yield Text(writable(table.text or table.question, encoding), style="bold")
        yield Text(writable(heading(table), encoding))
        yield _bars(table, width, encoding)
        for note in frequency_notes(table):
            yield Text(writable(note, encoding), style="dim")
        yield Text()


def _bars(table: FrequencyTable, width: int, encoding: str) -> Table:
    groups = shown_groups(table)
    lines = list(_lines(table, groups))
    largest = max((row.proportion.estimate or 0.0 for _name, row in lines if row is not None), default=0.0)
    numbers = [_numbers(row) for _name, row in lines]
    name_width = min(max((len(name) for name, _row in lines), default=0), _LONGEST_NAME, width // 2)
    number_width = max((len(number) for number in numbers), default=0)
    bar_width = max(width - name_width - number_width - 4, _SHORTEST_BAR)
    made = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    made.add_column(width=name_width, overflow="fold")
    made.add_column(width=bar_width, no_wrap=True)
    made.add_column(width=number_width, no_wrap=True)
    for (name, row), number in zip(lines, numbers, strict=True):
        part = (row.proportion.estimate or 0.0) / largest if row is not None and largest else 0.0
        made.add_row(
            Text(writable(name, encoding)),
            Text(bar(part, bar_width, encoding), style="cyan"),
            Text(writable(number, encoding)),
        )
    return made


def _lines(table: FrequencyTable, groups: list[str | None]) -> list[tuple[str, FrequencyRow | None]]:
    """Return what stands on each line: a label with its share, or a label followed by its groups."""
    order = label_order(table)
    if groups == [None]:
        return [(_indented(row, order), row) for row in order]
    cells = {(row.label, row.group): row for row in table.rows}
    lines: list[tuple[str, FrequencyRow | None]] = []
    for row in order:
        lines.append((_indented(row, order), None))
        for group in groups:
            name = _("Total") if group is None else group
            line = f"{_indented(row, order, extra=1, name=name)} (N = {count(base_n(table, group))})"
            lines.append((line, cells.get((row.label, group))))
    return lines


def _indented(row: FrequencyRow, order: list[FrequencyRow], extra: int = 0, name: str | None = None) -> str:
    return "  " * (depth(row, order) + extra) + (title(row) if name is None else name)


def _numbers(row: FrequencyRow | None) -> str:
    if row is None:
        return ""
    share = row.proportion
    interval = percent_interval(share.low, share.high)
    caution = f" {CAUTION}" if row.cautions else ""
    return f"{percent(share.estimate):>4}" + (f" ({interval})" if interval else "") + caution
