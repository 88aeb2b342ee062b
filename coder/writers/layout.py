"""How the workbook looks: formats, column widths and page set-up, one place for all sheets."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format

from coder.messages import current_language
from coder.reports.notes import CAUTION
from coder.reports.numbers import p_value
from coder.writers.cells import Excel, Kind
from coder.writers.safe_workbook import SafeSheet

NARROWEST = 8
WIDEST = 60
WIDEST_HEADER = 24
LINE_HEIGHT = 15.0
_INK = "#1F3A4D"
_ALARM = "#8A3B00"
_TINTS = ("#E3E7EB", "#D6E6F2", "#DDEEDD", "#F4E8D3", "#E8DFF0")
BAR = "#2F6F94"
BAR_RESIDUAL = "#A9B4BC"
BAR_GROUPS = (BAR, "#E09C4A", "#A9D5EA", "#7C5AA6", "#F0DC8C", "#9AA5AD")
"""Told apart by people who do not see colours, and most of them in grey on paper."""


@dataclass(frozen=True)
class Formats:
    """The formats of one workbook."""

    title: Format
    heading: Format
    text: Format
    wrap: Format
    strong: Format
    strong_wrap: Format
    note: Format
    warning: Format
    warning_line: Format
    percent: Format
    percent_careful: Format
    margin: Format
    points: Format
    one_decimal: Format
    p: Format
    letters: Format
    two_decimals: Format
    four_decimals: Format
    too_few: Format
    certainty: Format
    centred: Format
    whole: Format
    moments: dict[Kind, Format]
    headers: tuple[Format, ...]
    header_numbers: Format
    header_text: Format
    header_after_number: Format
    after_number: Format
    entry: Format
    behind: Format
    indents: tuple[Format, ...]

    def header(self, question: int | None) -> Format:
        """Return the header format: one tint for the original columns, one for each question."""
        return self.headers[0 if question is None else 1 + question % (len(self.headers) - 1)]


def make_formats(book: Any) -> Formats:
    """Add the formats to a workbook (an `xlsxwriter.Workbook`)."""

    def add(**properties: object) -> Format:
        return book.add_format({"valign": "top", **properties})

    def header(tint: str, **properties: object) -> Format:
        return add(
            **{
                "bold": True,
                "bg_color": tint,
                "bottom": 1,
                "text_wrap": True,
                "valign": "bottom",
                **properties,
            }
        )

    date = "dd-mm-yyyy" if current_language() == "nl" else "yyyy-mm-dd"
    moments: dict[Kind, Format] = {
        "date": add(num_format=date),
        "datetime": add(num_format=f"{date} hh:mm:ss"),
        "time": add(num_format="hh:mm:ss"),
        "duration": add(num_format="[h]:mm:ss"),
    }
    return Formats(
        title=add(bold=True, font_size=16, font_color=_INK),
        heading=add(bold=True, font_size=12, font_color=_INK),
        text=add(),
        wrap=add(text_wrap=True),
        strong=add(bold=True),
        strong_wrap=add(bold=True, text_wrap=True),
        note=add(italic=True, font_size=9, font_color="#555555"),
        warning=add(bold=True, font_color=_ALARM, text_wrap=True),
        warning_line=add(bold=True, font_color=_ALARM),
        percent=add(num_format='[=0]0%;[<0.005]"<1%";0%'),
        percent_careful=add(
            num_format=f'[=0]0%"{CAUTION}";[<0.005]"<1%{CAUTION}";0%"{CAUTION}"', font_color=_ALARM
        ),
        margin=add(num_format='"±"0%', align="right"),
        points=add(num_format="+0;-0;0"),
        one_decimal=add(num_format="0.0"),
        p=add(num_format=f'[<0.001]"{p_value(0.0)}";0.000'),
        letters=add(align="left", indent=1),
        two_decimals=add(num_format="0.00"),
        four_decimals=add(num_format="0.0000"),
        too_few=add(num_format="(0.00);(-0.00)", font_color="#7F7F7F"),
        certainty=add(num_format="0.00", align="center"),
        centred=add(align="center"),
        whole=add(num_format="#,##0"),
        moments=moments,
        headers=tuple(header(tint) for tint in _TINTS),
        header_numbers=header(_TINTS[0], align="right", font_size=9),
        header_text=header(_TINTS[0]),
        header_after_number=header(_TINTS[0], align="left", indent=1),
        after_number=add(align="left", indent=1),
        behind=add(font_size=8, font_color="#A9B4BC"),
        entry=add(text_wrap=True, locked=False, border=4, border_color="#B8C4CC"),
        indents=tuple(add(align="left", indent=level) for level in range(4)),
    )


def width_of(header: str, cells: Iterable[Excel], most: int = WIDEST) -> int:
    """Return a column width in signs that shows most cells, at least 8 and at most `most`.

    A long header, as whole questions of LimeSurvey are, does not make its column wide: it wraps.
    """
    longest = min(len(header) + 3, WIDEST_HEADER)  # with room for the button of the filter
    for cell in cells:
        if isinstance(cell, str):
            longest = max(longest, *(len(line) + 1 for line in cell.split("\n")))
        elif isinstance(cell, int | float):
            longest = max(longest, len(str(cell)) + 1)
        elif cell is not None:
            longest = max(longest, 11 if cell.kind == "date" else 19)
    return min(max(longest, NARROWEST), most)


def lines_needed(text: str, width: int) -> int:
    """Return how many lines a wrapped text takes in a column of this width."""
    # a column's width counts digits, and letters are narrower; the rest is for words that do not break
    signs = max(width * 1.1, 1)
    return sum(max(1, math.ceil(len(line) / signs)) for line in text.split("\n"))


def row_height(texts: Iterable[tuple[Excel, int]], most_lines: int = 27) -> float | None:
    """Return the height in points for a row with these wrapped texts in columns of these widths.

    None when one line is enough. Programs do not agree on whether they find the height themselves, so it
    is in the file; Excel's own limit is 27 lines of 15 points.
    """
    lines = max((lines_needed(text, width) for text, width in texts if isinstance(text, str)), default=1)
    return LINE_HEIGHT * min(lines, most_lines) if lines > 1 else None


def landscape(sheet: SafeSheet, study: str) -> None:
    """Set a sheet up to be printed lying, one page wide, with the study and page numbers at the foot."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    foot(sheet, study)


def portrait(sheet: SafeSheet, study: str) -> None:
    """Set a sheet up to be printed standing, one page wide."""
    sheet.fit_to_pages(1, 0)
    foot(sheet, study)


def foot(sheet: SafeSheet, study: str) -> None:
    """Print the study's name, the sheet and the page at the foot."""
    sheet.set_footer(f"&L&9{study[:80].replace('&', '&&')}&C&9&A&R&9&P / &N")
