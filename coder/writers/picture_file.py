"""The file of a picture, and the frame in it: question, plot with its labels, footnotes.

The same table gives the same file, byte for byte: letters are drawn (in SVG) or come along (in PDF), in the
font that Matplotlib brings, and no date is written. Colours can be told apart by people who do not see them
and, on paper, in grey.
"""

import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.errors import CoderError
from coder.messages import _
from coder.writers.replacing import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png", ".pdf")

WIDTH = 7.0
"""Inches: what A4 standing leaves within its margins."""

INK, FAINT, ALARM = "#222222", "#666666", "#8A3B00"
GRID = "#DDDDDD"

LABEL_LINE = 0.15
"""Inches: a line of a label."""

_EDGE = 0.12  # inches, as all of these
_TITLE_LINE, _HEADING_LINE, _LEGEND_LINE, _NOTE_LINE = 0.21, 0.17, 0.2, 0.135
_WIDEST_LABELS = 2.6
_INDENT = 0.14
_PLAIN, _BOLD = 0.55, 0.64  # a sign's width in a line of words, of its height; rather too wide
_LEGEND_COLUMNS = 2

_DOTS = 200
_SALT = "coder"
_STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": "#808080",
    "xtick.color": FAINT,
    "ytick.color": INK,
    # a dollar sign in a label is a dollar sign
    "text.parse_math": False,
    "svg.hashsalt": _SALT,
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}
_UNDATED: dict[str, dict[str, None]] = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@contextmanager
def picture(path: Path, height: float) -> Iterator["Figure"]:
    """Give a figure of `height` inches to draw on, and write it to `path` when all went well.

    Raises CoderError for a suffix that is no picture, and CannotWriteError.
    """
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise CoderError(
            _("{file}: pictures end in {suffixes}; choose one of these.").format(
                file=path.name, suffixes=", ".join(SUFFIXES)
            )
        )
    # loaded here: commands that draw nothing start without it; and without pyplot, which keeps figures and
    # looks for a screen
    import matplotlib
    from matplotlib.figure import Figure

    with replacing(path) as temporary, matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # a sign that the font lacks becomes a box, without a word on the terminal
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(WIDTH, height), facecolor="white")
        yield figure
        figure.savefig(temporary, format=suffix[1:], dpi=_DOTS, metadata=_UNDATED[suffix])


@dataclass(frozen=True)
class Line:
    """A label beside the plot: how deep under its parents, and whether bold."""

    text: str
    depth: int
    bold: bool

    @property
    def left(self) -> float:
        """Return how far it stands from the edge of the picture."""
        return _EDGE + self.depth * _INDENT

    @property
    def lines(self) -> list[str]:
        """Return it cut into lines."""
        return textwrap.wrap(clean(self.text), _signs(_WIDEST_LABELS - self.left, 9, bold=self.bold)) or [""]

    @property
    def right(self) -> float:
        """Return where it ends, roughly and rather too far."""
        signs = max(len(line) for line in self.lines)
        return self.left + signs * 9 * (_BOLD if self.bold else _PLAIN) / 72


@dataclass(frozen=True)
class Frame:
    """What stands around a plot.

    Attributes:
        title: the question; heading: the line under it, in the colour of a warning with `alarm`.
        labels: what each row of the plot is; middles: where, in inches from the top.
        legend: names and colours of the groups, empty without groups.
        notes: footnotes.
        height: of the plot, in inches.
    """

    title: str
    heading: str
    alarm: bool
    labels: Sequence[Line]
    legend: Sequence[tuple[str, str]]
    notes: Sequence[str]
    height: float
    middles: Sequence[float]


@contextmanager
def drawing(path: Path, frame: Frame) -> Iterator["Axes"]:
    """Give the plot of a picture, its y axis in inches from the top; the frame around it is drawn after.

    Raises as `picture` does.
    """
    title = textwrap.wrap(clean(frame.title), _signs(WIDTH - 2 * _EDGE, 11, bold=True))
    heading = textwrap.wrap(clean(frame.heading), _signs(WIDTH - 2 * _EDGE, 9))
    notes = [
        line for note in frame.notes for line in textwrap.wrap(clean(note), _signs(WIDTH - 2 * _EDGE, 7))
    ]
    legend_rows = -(-len(frame.legend) // _LEGEND_COLUMNS)
    above = (
        _EDGE + len(title) * _TITLE_LINE + len(heading) * _HEADING_LINE + legend_rows * _LEGEND_LINE + 0.12
    )
    below = 0.32 + len(notes) * _NOTE_LINE + _EDGE
    height = above + frame.height + below
    left = max((label.right for label in frame.labels), default=_EDGE) + 0.1
    with picture(path, height) as figure:
        from matplotlib.patches import Rectangle

        axes = figure.add_axes(
            (left / WIDTH, below / height, (WIDTH - left - _EDGE) / WIDTH, frame.height / height)
        )
        yield axes
        axes.set_ylim(frame.height, 0)
        axes.set_yticks([])
        axes.tick_params(axis="x", length=0, labelsize=8)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        for side in ("top", "right", "bottom"):
            axes.spines[side].set_visible(False)

        def write(lines: Sequence[str], top: float, step: float, **how: Any) -> float:
            for line in lines:
                figure.text(_EDGE / WIDTH, 1 - top / height, line, va="top", **how)
                top += step
            return top

        for label, middle in zip(frame.labels, frame.middles, strict=True):
            place = (label.left / WIDTH, 1 - (above + middle) / height)
            weight = "bold" if label.bold else "normal"
            figure.text(*place, "\n".join(label.lines), va="center", fontsize=9, fontweight=weight)
        top = write(title, _EDGE, _TITLE_LINE, fontsize=11, fontweight="bold")
        colour = ALARM if frame.alarm else INK
        top = write(heading, top, _HEADING_LINE, fontsize=9, color=colour)
        for number, (name, group_colour) in enumerate(frame.legend):
            x = _EDGE + (number % _LEGEND_COLUMNS) * (WIDTH - 2 * _EDGE) / _LEGEND_COLUMNS
            y = top + 0.08 + number // _LEGEND_COLUMNS * _LEGEND_LINE
            figure.add_artist(
                Rectangle(
                    (x / WIDTH, 1 - (y + 0.11) / height), 0.14 / WIDTH, 0.11 / height, color=group_colour
                )
            )
            figure.text((x + 0.2) / WIDTH, 1 - (y + 0.055) / height, clean(name), va="center", fontsize=8)
        write(notes, above + frame.height + 0.32, _NOTE_LINE, fontsize=7, color=FAINT)


def clean(text: str) -> str:
    """Return a text of other people without control characters, which cannot be drawn."""
    return "".join(" " if ord(sign) < 32 or 127 <= ord(sign) < 160 else sign for sign in text)


def _signs(width: float, size: float, *, bold: bool = False) -> int:
    """Return how many signs of `size` points fit on a line of `width` inches, rather too few."""
    return int(width * 72 / (size * (_BOLD if bold else _PLAIN)))
