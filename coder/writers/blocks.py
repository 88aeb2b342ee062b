"""Blocks of a sheet: a table with its title, footnotes and chart, of a known height, one below the other."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import xlsxwriter
from xlsxwriter.format import Format

from coder.writers.cells import Excel, plain
from coder.writers.layout import Formats
from coder.writers.safe_workbook import SafeSheet

ROW_HEIGHT = 15.75
ROW_PIXELS = 21
SIGN_PIXELS = 7
NUMBER_WIDTH = 9.3
NUMBERS = 10
"""Columns of numbers beside the labels, in blocks with a chart on their right."""
CHART_COLUMN = NUMBERS + 1
CHART_PIXELS = 560
_PAGE_PIXELS = (1027, 680)  # what A4 lying leaves within the margins, at 96 to the inch
_CELL_EDGE = 5
_BETWEEN = 2


@dataclass(frozen=True)
class Page:
    """The sheet that blocks are written on, and how wide its columns of labels are (in signs)."""

    book: xlsxwriter.Workbook
    sheet: SafeSheet
    formats: Formats
    label_width: int

    @property
    def table_pixels(self) -> int:
        """Return the width of the labels and the numbers, without the chart."""
        return int((self.label_width + NUMBERS * NUMBER_WIDTH) * SIGN_PIXELS) + (NUMBERS + 1) * _CELL_EDGE

    @property
    def pixels(self) -> int:
        """Return the width of all."""
        return self.table_pixels + CHART_PIXELS

    @property
    def rows(self) -> int:
        """Return how many rows a printed page holds, scaled down to its width."""
        return int(_PAGE_PIXELS[1] * max(self.pixels / _PAGE_PIXELS[0], 1) / ROW_PIXELS)

    def lines(self, notes: Iterable[str]) -> list[str]:
        """Cut footnotes into lines of the width of the page."""
        return [
            line for note in notes for line in textwrap.wrap(note, int(self.pixels // SIGN_PIXELS * 0.95))
        ]

    def write(
        self,
        row: int,
        cells: Sequence[Excel],
        formats: Sequence[Format | None],
        height: float = ROW_HEIGHT,
    ) -> None:
        """Write a row of cells from column A on, `height` points high."""
        # said in the file: programs differ in the height they give a row, and a chart is as high as its rows
        self.sheet.write_cells(row, cells, formats, height=height)

    def write_notes(self, top: int, lines: Sequence[str]) -> int:
        """Write lines of footnotes from row `top` on; return the row after them."""
        for place, line in enumerate(lines):
            self.write(top + place, [plain(line)], [self.formats.note])
        return top + len(lines)


class Block(Protocol):
    """Something that takes whole rows of the sheet."""

    @property
    def height(self) -> int:
        """Return how many rows it takes."""

    def write(self, page: Page, top: int) -> None:
        """Write it from row `top` on."""


def begin(page: Page, title: str) -> None:
    """Set the widths and heights that all blocks share, and write the title of the sheet."""
    page.sheet.set_default_row(ROW_HEIGHT)
    page.sheet.set_column(0, 0, page.label_width)
    page.sheet.set_column(1, 3 * NUMBERS, NUMBER_WIDTH)
    page.write(0, [plain(title)], [page.formats.title], height=24)


def write_blocks(page: Page, top: int, blocks: Iterable[Block]) -> None:
    """Write blocks below one another; one that does not fit on what is left of a page begins a new one."""
    row, used, breaks = top, top, []
    for block in blocks:
        if used > top and used + block.height > page.rows:
            breaks.append(row)
            used = top
        block.write(page, row)
        row += block.height + _BETWEEN
        used += block.height + _BETWEEN
    page.sheet.set_h_pagebreaks(breaks)
