"""What people typed in a survey, safe to show: nothing in it gives orders to the terminal.

An answer may hold escape sequences, which would clear the screen or set the window's title, and signs that
turn the direction of writing around. Each becomes one visible sign, so that places in the text stay what they
are; and what still comes through somewhere is taken out just before it is drawn.
"""

import re
import unicodedata

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_TURNS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_SEEN = {
    code: "·"
    for code in (*range(0x20), *range(0x7F, 0xA0), *_TURNS)
    if code in _TURNS or unicodedata.category(chr(code)) == "Cc"
} | {ord("\n"): "\n", ord("\t"): " ", ord("\r"): " "}
_ORDERS = re.compile("[" + "".join(re.escape(chr(code)) for code in sorted(_SEEN) if code != 0x0A) + "]")


def safe(text: str) -> str:
    """Return a text as it can be shown, as long as it was."""
    return text.translate(_SEEN)


class NoOrders(LineFilter):
    """Takes what gives orders to the terminal out of every line that is drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments of a line without control characters."""
        if not any(_ORDERS.search(segment.text) for segment in segments if segment.control is None):
            return segments
        return [
            segment if segment.control is not None else Segment(_ORDERS.sub("", segment.text), segment.style)
            for segment in segments
        ]
