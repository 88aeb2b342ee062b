"""A table of change between two waves on the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from coder.messages import _
from coder.reports.change_notes import change_heading, change_notes
from coder.reports.numbers import count, p_value, percent, points, points_interval
from coder.reports.order import base_n, depth, in_codebook_order, title
from coder.reports.signs import writable
from coder.reports.tables import ChangeRow, ChangeTable
from coder.statistics.records import Difference

_NARROWEST_LABEL = 18
_WIDEST_LABEL = 48
_WIDER_THAN_ANY = 1000


def render_changes(table: ChangeTable) -> RenderableType:
    """Return a renderable of the table that fits the console it is printed on.

    A row a label: its share in either wave, the change in points with its interval and adjusted p. With a
    bridge sample also the instrument's share in the change and the real change, which p then belongs to.
    """
    return _Changes(table)


@dataclass(frozen=True)
class _Changes:
    table: ChangeTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        encoding = options.encoding
        yield Text(writable(self.table.text or self.table.question, encoding), style="bold")
        yield Text(writable(change_heading(self.table), encoding))
        wide = _rows(self.table, encoding, narrow=False)
        # labels give way before numbers; a measurement is never above the width it is given
        longest = min(max((cell_len(row.name) for row in self.table.rows), default=0), _WIDEST_LABEL)
        needed = Measurement.get(console, options.update(max_width=_WIDER_THAN_ANY), wide).maximum
        fits = needed - max(longest - _NARROWEST_LABEL, 0) <= options.max_width
        yield wide if fits else _rows(self.table, encoding, narrow=True)
        for note in change_notes(self.table):
            yield Text(writable(note, encoding), style="dim")
        yield Text()


def _rows(table: ChangeTable, encoding: str, *, narrow: bool) -> Table:
    """Return the table; a narrow one has each interval under its number and less room between columns."""
    padding = (0, 0, 0, 1) if narrow else (0, 1)
    made = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=padding)
    made.add_column(_("Label"), min_width=_NARROWEST_LABEL, max_width=_WIDEST_LABEL, overflow="fold")
    bridged = table.bridge is not None
    for heading in (
        f"{table.before.wave}\nN = {count(base_n(table.before, None))}",
        f"{table.after.wave}\nN = {count(base_n(table.after, None))}",
        _("change"),
        *([_("instrument"), _("real")] if bridged else []),
        "p\n(Holm)",
    ):
        lines = "\n".join(writable(line, encoding) for line in heading.split("\n"))
        made.add_column(Text(lines), justify="right", no_wrap=True)
    rows = in_codebook_order(table.rows)
    for row in rows:
        shown = [row.change, *([row.instrument, row.real] if bridged else [])]
        tested = row.real if bridged else row.change
        cells = [
            percent(row.before.estimate),
            percent(row.after.estimate),
            *(_difference(one, "\n" if narrow else " ") for one in shown),
            p_value(tested.p_adjusted if tested is not None else None),
        ]
        made.add_row(
            _label(row, rows, encoding),
            *(Text("\n".join(writable(line, encoding) for line in cell.split("\n"))) for cell in cells),
        )
    return made


def _label(row: ChangeRow, rows: Sequence[ChangeRow], encoding: str) -> Text:
    name = "  " * depth(row, rows) + writable(title(row), encoding)
    return Text(name, style="bold" if row.kind == "parent" else "")


def _difference(difference: Difference | None, between: str) -> str:
    if difference is None:
        return points(None)
    interval = points_interval(difference.low, difference.high)
    return points(difference.estimate) + (between + interval if interval else "")
