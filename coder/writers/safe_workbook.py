"""An Excel workbook in which every text is text, to the letter.

Rows are written by `SafeSheet.write_cells` and not by XlsxWriter's own methods, for three things that those
(3.3) do not do right: a text that starts with "<r>" and ends with "</r>" is written as markup and lost; of a
literal "_x0041_x0042_" only the first code is escaped; numbers lose their 17th digit. It is also several
times as fast, which counts with six million cells. Rows go to disk as they are written (XlsxWriter's
`constant_memory`), so that a workbook of 100,000 respondents takes no memory to speak of.
"""

import datetime as dt
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from coder.writers.cells import Excel, Kind, Serial
from coder.writers.replacing import replacing

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384

# Excel decodes _xHHHH_ in every text; the look-ahead also finds codes that share an underscore
_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKUP = re.compile("[&<>\r]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


@contextmanager
def new_workbook(path: Path, title: str, created: dt.datetime | None = None) -> Iterator[xlsxwriter.Workbook]:
    """Give a new workbook that is put in the place of `path` when all went well.

    Cells are aligned to the top. Raises CannotWriteError.
    """
    with (
        replacing(path) as temporary,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "default_format_properties": {"font_name": "Calibri", "font_size": 11, "valign": "top"},
        }
        book = xlsxwriter.Workbook(str(temporary), options)
        book.set_properties({"title": title, **({"created": created} if created else {})})
        try:
            yield book
            book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error


def add_sheet(book: xlsxwriter.Workbook, name: str) -> "SafeSheet":
    """Add a sheet to the workbook, for A4 paper."""
    sheet: SafeSheet = book.add_worksheet(name, worksheet_class=SafeSheet)
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    return sheet


class SafeSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter publishes no types
    """A worksheet whose texts are written to the letter, row by row from the top down.

    Comments and validations must be set before the rows that they lie on.
    """

    previous_row: int

    def write_cells(
        self,
        row: int,
        cells: Sequence[Excel],
        formats: Sequence[Format | None],
        *,
        moments: Mapping[Kind, Format] | None = None,
        height: float | None = None,
    ) -> None:
        """Write a row of cells that Excel can hold (see `coder.writers.cells`) from column A on.

        None stays an empty cell. `moments` are the formats of dates and times, which go before the
        cell's own. `height` is in points; without it a row has one line. ValueError when a row does
        not lie below the one before.
        """
        if not cells:
            return
        if row < self.previous_row:
            raise ValueError(f"row {row} comes after row {self.previous_row - 1}")
        self._check_dimensions(row, 0)
        self._check_dimensions(row, len(cells) - 1)
        # the row after this one is the first that may still be written
        self.previous_row = row + 1
        high = f' ht="{height}"' if height is not None else ""
        written = [f'<row r="{row + 1}"{high}>']
        for letters, cell, cell_format in zip(_letters(len(cells)), cells, formats, strict=True):
            if cell is None:
                continue
            # before the column's own: without its format a date would be a number
            if moments is not None and isinstance(cell, Serial):
                cell_format = moments[cell.kind]
            style = f' s="{cell_format._get_xf_index()}"' if cell_format is not None else ""
            written.append(_cell(f'<c r="{letters}{row + 1}"{style}', cell))
        written.append("</row>")
        self.row_data_fh.write("".join(written))


def _cell(start: str, cell: Excel) -> str:
    if isinstance(cell, str):
        keep = ' xml:space="preserve"' if cell[:1].isspace() or cell[-1:].isspace() else ""
        return f'{start} t="inlineStr"><is><t{keep}>{escape(cell)}</t></is></c>'
    if isinstance(cell, bool):
        return f'{start} t="b"><v>{cell:d}</v></c>'
    if isinstance(cell, Serial):
        return f"{start}><v>{cell.number!r}</v></c>"
    # numbers of NumPy write themselves as "np.float64(0.5)", with which Excel calls the file damaged
    if type(cell) not in (int, float):
        raise TypeError(f"a cell cannot hold {cell!r}")
    return f"{start}><v>{cell!r}</v></c>"


def escape(text: str) -> str:
    """Return text for an XML element of a workbook, such that a reader gets back the same text."""
    if "_x" in text:
        text = _CODE.sub("_x005F_", text)
    if not text.isprintable():
        text = _NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text)
    if _MARKUP.search(text):
        text = _MARKUP.sub(lambda sign: _ESCAPES[sign[0]], text)
    return text


@lru_cache(maxsize=64)
def _letters(columns: int) -> tuple[str, ...]:
    return tuple(xl_col_to_name(column) for column in range(columns))
