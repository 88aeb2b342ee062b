"""What a cell's value says: as text, as a number, and within a message."""

import datetime as dt
import re

from coder.corpus.survey import Cell

_EXACT = 2**53
_PLAIN = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]+)?")


def kept(value: Cell) -> Cell:
    """Return a value as read from a workbook or SPSS file as the cell it stands for.

    Those files know one kind of number only, so a whole one becomes an int: 2, not 2.0. An empty text
    is an empty cell.
    """
    if type(value) is float and -_EXACT < value < _EXACT and value.is_integer():
        return int(value)
    return None if value == "" else value


def as_text(cell: Cell) -> str | None:
    """Return a cell as a person sees it in a Dutch spreadsheet: "2", "2,5", "3-4-2021", "14:30", "WAAR".

    Text is returned to the letter, an empty cell as None. Spreadsheet formats are not known here, so
    a date has no other form than this one.
    """
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "WAAR" if cell else "ONWAAR"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return format(cell, ".15g").replace(".", ",")
    if isinstance(cell, dt.datetime):
        day = _day(cell)
        return day if cell.time() == dt.time() else f"{day} {_clock(cell.hour, cell.minute, cell.second)}"
    if isinstance(cell, dt.date):
        return _day(cell)
    if isinstance(cell, dt.time):
        return _clock(cell.hour, cell.minute, cell.second)
    minutes, seconds = divmod(round(cell.total_seconds()), 60)
    return _clock(*divmod(minutes, 60), seconds)


def _day(date: dt.date) -> str:
    return f"{date.day}-{date.month}-{date.year}"


def _clock(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


def as_number(cell: Cell) -> float | None:
    """Return a cell as a number, None when it is empty.

    Text may have a decimal comma or point ("1,25", "1.25") and thousands of the other kind ("1.234,5").
    A single sign is taken as the decimal one: "1.234" is a bit more than one.

    Raises:
        ValueError: the cell is neither empty nor a number.
    """
    if isinstance(cell, str):
        text = cell.strip()
        if not text:
            return None
        if _PLAIN.fullmatch(text):
            return float(text.replace(",", "."))
        grouped = _GROUPED.fullmatch(text)
        if grouped is None:
            raise ValueError(f"not a number: {cell!r}")
        return float(text.replace(grouped[1], "").replace(",", "."))
    if isinstance(cell, bool) or not isinstance(cell, int | float | None):
        raise ValueError(f"not a number: {cell!r}")
    return cell


def shown(value: Cell, width: int = 40) -> str:
    """Return a value as it can stand within a message: in quotes, on one line, cut to `width` signs."""
    text = "".join(sign if sign.isprintable() else " " for sign in as_text(value) or "")
    text = " ".join(text.split())
    return f"“{text[: width - 1]}…”" if len(text) > width else f"“{text}”"
