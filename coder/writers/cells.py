"""What an Excel cell can hold, and what has to be said of the rest."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from coder.reports.coded_set import Cell

LONGEST_TEXT = 32_767
"""UTF-16 code units in one cell: a sign outside the basic plane, as most emoji, counts for two."""

_LARGEST_EXACT = 2**53
_DAY_ZERO = dt.datetime(1899, 12, 31)
_FIRST_DAY = dt.datetime(1900, 1, 1)
_LEAP_BUG = dt.datetime(1900, 3, 1)

Kind = Literal["date", "datetime", "time", "duration"]
Problem = Literal["cut", "sign", "moment", "number"]


@dataclass(frozen=True, slots=True)
class Serial:
    """A moment or duration as Excel's count of days, with what kind of thing it is."""

    number: float
    kind: Kind


Excel = str | int | float | bool | Serial | None


def to_excel(value: Cell) -> tuple[Excel, Problem | None]:
    """Return a value as a cell can hold it, and the problem when that is not all of it.

    An empty text becomes an empty cell. Dates from 1900 on become serial numbers (1900 counts as a leap
    year, as in Excel); earlier ones, those with a time zone and negative durations become ISO text, as do
    whole numbers that a floating-point number does not hold exactly.
    """
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value, None
    if isinstance(value, int):
        if abs(value) > _LARGEST_EXACT:
            return str(value), "number"
        return int(value), None
    if isinstance(value, float):
        return _float(float(value))
    serial = _serial(value)
    return (serial, None) if serial is not None else (_iso(value), "moment")


def plain(text: str) -> str:
    """Return a text of the program's or the codebook's own as a cell can hold it."""
    return str(to_excel(text)[0] or "")


def _text(value: str) -> tuple[Excel, Problem | None]:
    if value.isascii() and len(value) <= LONGEST_TEXT:
        return value or None, None
    problem: Problem | None = None
    try:
        value.encode()
    except UnicodeEncodeError:
        # two halves of one sign are put together, a half on its own becomes the replacement sign
        value, problem = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "sign"
    pieces = split_text(value)
    return (pieces[0], "cut") if len(pieces) > 1 else (value, problem)


def split_text(text: str) -> list[str]:
    """Cut a text into pieces that each fit a cell, never through a sign."""
    if len(text) * 2 <= LONGEST_TEXT:
        return [text]
    units = text.encode("utf-16-le", "replace")
    pieces, start = [], 0
    while start < len(units):
        end = min(start + 2 * LONGEST_TEXT, len(units))
        if end < len(units) and 0xD8 <= units[end - 1] <= 0xDB:
            end -= 2  # the last unit is the first half of a pair
        pieces.append(units[start:end].decode("utf-16-le"))
        start = end
    return pieces


def _float(value: float) -> tuple[Excel, Problem | None]:
    if value != value:
        return None, None
    if value in (float("inf"), float("-inf")):
        return str(value), "number"
    return (int(value) if value.is_integer() and abs(value) < 1e15 else value), None


def _serial(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> Serial | None:
    if isinstance(value, dt.timedelta):
        days = value / dt.timedelta(days=1)
        return Serial(days, "duration") if days >= 0 else None
    if isinstance(value, dt.time):
        if value.tzinfo is not None:
            return None
        since = dt.timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
        return Serial(since / dt.timedelta(days=1), "time")
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    if moment.tzinfo is not None or moment < _FIRST_DAY:
        return None
    days = (moment - _DAY_ZERO) / dt.timedelta(days=1) + (moment >= _LEAP_BUG)
    at_midnight = moment.time() == dt.time()
    return Serial(days, "date" if at_midnight else "datetime")


def _iso(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
    return str(value) if isinstance(value, dt.timedelta) else value.isoformat()
