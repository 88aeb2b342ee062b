"""Native bar charts of shares with error bars, for Excel and what else reads its files."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range_formula

from coder.messages import _
from coder.writers.blocks import ROW_PIXELS, Page
from coder.writers.cells import plain
from coder.writers.layout import BAR, BAR_RESIDUAL

Bar = tuple[float | None, float | None, float | None]

_AXIS_FONT = {"size": 9}


@dataclass(frozen=True)
class Bars:
    """One series of bars: where its numbers are on the sheet, and a copy of them.

    Attributes:
        name: of the series; categories: what each bar is.
        first: the row of the first bar, the others follow; labels, values: the columns of these.
        minus: column of the lengths of the error bars to the left; those to the right are in the next.
        bars: value of each bar with the lengths of its error bar.
        colour: of the bars; grey: places of those that are grey.
    """

    name: str
    categories: Sequence[str]
    first: int
    labels: int
    values: int
    minus: int
    bars: Sequence[Bar]
    colour: str = BAR
    grey: frozenset[int] = frozenset()


def with_error_bar(estimate: float | None, low: float | None, high: float | None) -> Bar:
    """Return a number with the lengths of its error bar to the left and to the right."""
    if estimate is None or low is None or high is None:
        return estimate, None, None
    return estimate, estimate - low, high - estimate


def axis_end(ends: Sequence[float | None]) -> float:
    """Return where an axis of shares ends: at the next 10 % that holds every share and interval."""
    most = max((end for end in ends if end is not None), default=0.0)
    return min(1.0, max(0.1, math.ceil(most * 10 - 1e-9) / 10))


def bar_chart(page: Page, series: Sequence[Bars], *, start: float, end: float, percent: bool = True) -> Any:
    """Make a chart of horizontal bars, the first at the top, with error bars where all have intervals."""
    chart = page.book.add_chart({"type": "bar"})
    for bars in series:
        chart.add_series(_series(page.sheet.name, bars, gap=45 if len(series) == 1 else 60))
    chart.set_y_axis(
        {
            "reverse": True,
            "interval_unit": 1,
            "num_font": _AXIS_FONT,
            "line": {"color": "#808080"},
            "label_position": "low",
        }
    )
    chart.set_x_axis(
        {
            "min": start,
            "max": end,
            "num_format": "0%" if percent else "0.0",
            "num_font": _AXIS_FONT,
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            "label_position": "high",
            "major_tick_mark": "none",
            "line": {"none": True},
            **({} if percent else {"major_unit": 0.2}),
        }
    )
    chart.set_legend({"none": True} if len(series) == 1 else {"position": "top", "font": _AXIS_FONT})
    chart.set_title({"none": True})
    return chart


def _series(sheet: str, bars: Bars, gap: int) -> dict[str, object]:
    last = bars.first + len(bars.bars) - 1
    values = [bar[0] for bar in bars.bars]
    series: dict[str, object] = {
        "name": bars.name,
        "categories": [sheet, bars.first, bars.labels, last, bars.labels],
        "values": [sheet, bars.first, bars.values, last, bars.values],
        # rows on disk cannot be read back: the chart's copy of the numbers is for programs that only preview
        "categories_data": [plain(name) for name in bars.categories],
        "values_data": values,
        "fill": {"color": bars.colour},
        "gap": gap,
        "points": [
            {"fill": {"color": BAR_RESIDUAL}} if place in bars.grey else None for place in range(len(values))
        ],
    }
    if all(bar[1] is not None or bar[0] is None for bar in bars.bars):
        # the lengths of the bars lie in cells behind the chart: as literal numbers LibreOffice drops them
        series["y_error_bars"] = {
            "type": "custom",
            "minus_values": f"={xl_range_formula(sheet, bars.first, bars.minus, last, bars.minus)}",
            "plus_values": f"={xl_range_formula(sheet, bars.first, bars.minus + 1, last, bars.minus + 1)}",
            "minus_data": [bar[1] for bar in bars.bars],
            "plus_data": [bar[2] for bar in bars.bars],
            "line": {"color": "#333333", "width": 1},
        }
    else:
        series["data_labels"] = {"value": True, "num_format": "0%"}
    return series


def set_size(chart: Any, pixels: int, rows: int) -> None:
    """Make a chart so many pixels wide and so many rows high."""
    chart.set_size({"width": pixels, "height": ROW_PIXELS * rows})


def share_name() -> str:
    """Return the name of a series of shares."""
    return _("share")
