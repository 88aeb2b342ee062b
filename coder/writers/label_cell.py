"""The titles above a block and the cells of labels in it, the same in every block."""

from collections.abc import Sequence

from xlsxwriter.format import Format

from coder.reports.frequencies import heading
from coder.reports.order import depth
from coder.reports.tables import ChangeRow, FrequencyRow, FrequencyTable
from coder.writers.blocks import Page
from coder.writers.cells import plain
from coder.writers.layout import Formats


def write_titles(page: Page, top: int, table: FrequencyTable, group: str | None) -> None:
    """Write the question and the line under it, which is in the colour of a warning when provisional."""
    page.write(top, [plain(table.text or table.question)], [page.formats.heading])
    under = page.formats.warning_line if table.provisional else page.formats.strong
    page.write(top + 1, [plain(heading(table, group))], [under])


def label_format(
    formats: Formats, row: FrequencyRow | ChangeRow, rows: Sequence[FrequencyRow | ChangeRow]
) -> Format:
    """Return the format of a label: nets bold, labels indented under their parents."""
    if row.kind == "parent":
        return formats.strong
    return formats.indents[min(depth(row, rows), len(formats.indents) - 1)]
