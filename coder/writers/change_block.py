"""A table of change between two waves, on the sheet Frequenties."""

from dataclasses import dataclass

from xlsxwriter.format import Format

from coder.messages import _
from coder.reports.change_notes import change_heading
from coder.reports.order import in_codebook_order, title
from coder.reports.tables import ChangeRow, ChangeTable
from coder.statistics.records import Difference
from coder.writers.blocks import ROW_HEIGHT, Page
from coder.writers.cells import Excel, plain
from coder.writers.label_cell import label_format

_POINTS = 100
"""A change of proportions is written in percentage points."""


@dataclass(frozen=True, slots=True)
class ChangeBlock:
    """The shares of both waves, and their difference with its interval and p; with a bridge its parts."""

    table: ChangeTable
    notes: list[str]

    @property
    def height(self) -> int:
        """Rows from the title to the last footnote."""
        return 3 + len(self.table.rows) + len(self.notes)

    def write(self, page: Page, top: int) -> None:
        """Write title, table and footnotes."""
        table, formats = self.table, page.formats
        page.write(top, [plain(table.text or table.question)], [formats.heading])
        doubtful = not table.separable or table.before.provisional or table.after.provisional
        under = formats.warning_line if doubtful else formats.strong
        page.write(top + 1, [plain(change_heading(table))], [under])
        bridged = table.bridge is not None
        header = [
            _("Label"),
            f"% {table.before.wave}",
            f"% {table.after.wave}",
            *_names(_("change (points)")),
        ]
        if bridged:
            header += [*_names(_("instrument")), _("by people"), _("by model"), *_names(_("real"))]
        header = [plain(name) for name in header]
        styles = [formats.header_text, *[formats.header_numbers] * (len(header) - 1)]
        page.write(top + 2, header, styles, height=2 * ROW_HEIGHT)
        rows = in_codebook_order(table.rows)
        for place, row in enumerate(rows):
            numbers = _numbers(page, row, bridged)
            page.write(
                top + 3 + place,
                [plain(title(row)), *(number for number, _format in numbers)],
                [label_format(formats, row, rows), *(number_format for _number, number_format in numbers)],
            )
        page.write_notes(top + 3 + len(rows), self.notes)


def _names(what: str) -> list[str]:
    return [what, _("low"), _("high"), "p"]


def _numbers(page: Page, row: ChangeRow, bridged: bool) -> list[tuple[Excel, Format]]:
    formats = page.formats
    numbers: list[tuple[Excel, Format]] = [
        (row.before.estimate, formats.percent),
        (row.after.estimate, formats.percent),
        *_difference(page, row.change),
    ]
    if bridged:
        numbers += _difference(page, row.instrument)
        numbers += [(_points(part, "estimate"), formats.points) for part in (row.by_people, row.by_model)]
        numbers += _difference(page, row.real)
    return numbers


def _difference(page: Page, difference: Difference | None) -> list[tuple[Excel, Format]]:
    points = [(_points(difference, name), page.formats.points) for name in ("estimate", "low", "high")]
    return [*points, (None if difference is None else difference.p_adjusted, page.formats.p)]


def _points(difference: Difference | None, name: str) -> float | None:
    value = None if difference is None else getattr(difference, name)
    return None if value is None else _POINTS * value
