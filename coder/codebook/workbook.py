"""A codebook as an Excel sheet, one row a label.

A cell holds a list with one item a line; of a list on a single line the items are parted by semicolons. The
headings are those of the YAML file or their Dutch names: a fixed table and not messages to translate, for a
file must be read back whatever language it was written in.
"""

import io
from typing import Final

from coder.codebook.records import Codebook, Label
from coder.codebook.structure import CodebookError
from coder.messages import _, current_language

LONGEST_CELL = 32_767

# in the order of the columns: of every field the heading in English, the one in Dutch, and what else people
# write above that column
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id", "id"),
    "number": ("number", "codenummer", "nummer", "code"),
    "name": ("name", "naam", "label"),
    "definition": ("definition", "definitie", "omschrijving"),
    "include": ("include", "wel", "insluiten"),
    "exclude": ("exclude", "niet", "uitsluiten"),
    "examples": ("examples", "voorbeelden", "voorbeeld", "example"),
    "keywords": ("keywords", "trefwoorden", "trefwoord", "keyword"),
    "parent": ("parent", "ouder", "nettolabel"),
    "residual": ("residual", "restlabel"),
    "exclusive": ("exclusive", "exclusief"),
    "retired": ("retired", "vervallen"),
}
_LABEL_SHEETS = ("Codebook", "Codeboek")
QUESTION_SHEETS = ("Question", "Vraag")
# in characters
_WIDTHS = {
    "id": 20,
    "name": 26,
    "definition": 54,
    "include": 34,
    "exclude": 34,
    "examples": 34,
    "keywords": 26,
    "parent": 20,
}
_OTHER_WIDTH = 13
# in points; Excel allows no higher row
_LINE_HEIGHT, _HIGHEST_ROW = 15, 405
LISTS = ("include", "exclude", "examples", "keywords")
FLAGS = ("residual", "exclusive", "retired")
LINE_BREAK = "↵"


def dump_workbook(codebook: Codebook) -> bytes:
    """Return the codebook as the content of an .xlsx file: a sheet of labels and one with the question.

    `parse_workbook` returns an equal codebook from it, but for white space around names and items of lists.
    A line break within an item is written as ↵. Raises CodebookError for a text longer than a cell holds.
    """
    import xlsxwriter

    dutch = current_language() == "nl"
    columns = headings()
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    heading = book.add_format({"bold": True, "bg_color": "#D9E2EC", "bottom": 1, "valign": "top"})
    prose = book.add_format({"text_wrap": True, "valign": "top"})
    numeral = book.add_format({"align": "left", "valign": "top"})
    # as text, or Excel makes a date of the next "1-2" that a person types there
    literal = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    formats = {"number": numeral, "definition": prose}
    sheet = book.add_worksheet(_LABEL_SHEETS[dutch])
    for column, (key, written) in enumerate(columns.items()):
        sheet.set_column(column, column, _WIDTHS.get(key, _OTHER_WIDTH), formats.get(key, literal))
        sheet.write_string(0, column, written, heading)
    for row, label in enumerate(codebook.labels, start=1):
        cells = {key: _cell(label, key) for key in columns}
        sheet.set_row(row, _height(cells))
        for column, (key, text) in enumerate(cells.items()):
            if key == "number" and label.number is not None:
                sheet.write_number(row, column, label.number, numeral)
            elif text:
                sheet.write_string(row, column, text, formats.get(key, literal))
    sheet.freeze_panes(1, list(columns).index("name") + 1)
    sheet.autofilter(0, 0, max(len(codebook.labels), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    asked = book.add_worksheet(QUESTION_SHEETS[dutch])
    asked.set_column(0, 0, 12)
    asked.set_column(1, 1, 100)
    asked.write_string(0, 0, QUESTION_SHEETS[dutch].lower(), heading)
    asked.write_string(0, 1, _that_fits(codebook.question, "question"), prose)
    book.close()
    return content.getvalue()


def headings() -> dict[str, str]:
    """Return the heading of every field in the language in force, in the order of the columns."""
    dutch = current_language() == "nl"
    return {key: names[dutch] for key, names in HEADINGS.items()}


def _height(cells: dict[str, str]) -> int:
    """Return the height in points at which the wrapped texts of a row can all be read.

    Not every program fits the rows itself when it opens a workbook that has no heights.
    """
    lines = 1
    for key, text in cells.items():
        width = _WIDTHS.get(key, _OTHER_WIDTH)
        lines = max(lines, sum(1 + len(line) // width for line in text.rstrip("\n").split("\n")))
    return min(lines * _LINE_HEIGHT, _HIGHEST_ROW)


def _cell(label: Label, key: str) -> str:
    value = getattr(label, key)
    if key == "number":
        return "" if value is None else str(value)
    if key in FLAGS:
        return "x" if value else ""
    if key not in LISTS:
        return _that_fits(value or "", f"{label.id}: {key}")
    items = [one_break(item).strip().replace("\n", LINE_BREAK) for item in value if item.strip()]
    text = "\n".join(items)
    # a line break behind it tells a single item with a semicolon from two items
    return _that_fits(text + "\n" if len(items) == 1 and ";" in text else text, f"{label.id}: {key}")


def _that_fits(text: str, where: str) -> str:
    if len(text) <= LONGEST_CELL:
        return text
    raise CodebookError(
        _("{where} has {n} characters and a cell of Excel holds {most}; write a .yaml file instead.").format(
            where=where, n=len(text), most=LONGEST_CELL
        )
    )


def one_break(text: str) -> str:
    """Return a text with every kind of line break as one line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
