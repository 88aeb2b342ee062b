"""Numbers as people read them: whole percentages, a decimal comma in Dutch."""

from collections.abc import Sequence

from coder.messages import current_language

UNDEFINED = "–"
_UNEVEN = 0.015  # of an interval with sides that differ less, ± is right to a whole percentage point


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a number with `digits` decimals, "0,71" in Dutch; a dash when it is undefined."""
    if value is None or value != value:
        return UNDEFINED
    written = f"{value:.{digits}f}"
    if written.lstrip("-0.") == "":
        written = written.lstrip("-")
    return written.replace(".", ",") if current_language() == "nl" else written


def count(n: int) -> str:
    """Write a whole number with its thousands apart: "1.080" in Dutch."""
    written = f"{n:,d}"
    return written.replace(",", ".") if current_language() == "nl" else written


def percent(share: float | None) -> str:
    """Write a proportion (0-1) as a whole percentage; one that only rounding makes zero is "<1%"."""
    if share is None or share != share:
        return UNDEFINED
    if 0 < share < 0.005:
        return "<1%"
    return f"{100 * share:.0f}%"


def percent_interval(low: float | None, high: float | None) -> str:
    """Write an interval of proportions: "38–47%", empty when it is undefined."""
    if low is None or high is None or low != low or high != high:
        return ""
    return f"{100 * low:.0f}–{100 * high:.0f}%"


def half_width(estimate: float | None, low: float | None, high: float | None) -> float | None:
    """Return the margin of an interval, half of its width; None where it reaches further on one side."""
    if estimate is None or low is None or high is None or low != low or high != high:
        return None
    return (high - low) / 2 if abs(high + low - 2 * estimate) < _UNEVEN else None


def margin(estimate: float | None, low: float | None, high: float | None) -> str:
    """Write the margin of a percentage in points: "±5"; empty when it is undefined.

    Where the interval reaches further on one side, the interval itself.
    """
    half = half_width(estimate, low, high)
    return percent_interval(low, high) if half is None else f"±{100 * half:.0f}"


def points(change: float | None) -> str:
    """Write a change of proportions in whole points, with its sign: "+4", "−4", "0"."""
    if change is None or change != change:
        return UNDEFINED
    whole = round(100 * change)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


def points_interval(low: float | None, high: float | None) -> str:
    """Write an interval of changes in points: "[−2; +10]", empty when it is undefined."""
    if low is None or high is None or low != low or high != high:
        return ""
    return f"[{points(low)}; {points(high)}]"


def p_value(p: float | None) -> str:
    """Write a probability with three decimals; what is below .001 is "<0.001", never zero."""
    if p is not None and p < 0.001:
        return f"<{decimal(0.001, 3)}"
    return decimal(p, 3)


def p_equals(p: float | None) -> str:
    """Write a probability as it stands in a sentence: "p = 0.023", "p < 0.001"."""
    written = p_value(p)
    return f"p < {written[1:]}" if written.startswith("<") else f"p = {written}"


def statistic(name: str, value: float | None, *df: float | None) -> str:
    """Write a test statistic with its degrees of freedom: "F(2.9; 81.0) = 2.88"."""
    written = "; ".join(decimal(one, 0 if one is not None and one == round(one) else 1) for one in df)
    return f"{name}({written}) = {decimal(value)}"


def coefficient(
    estimate: float | None, low: float | None, high: float | None, limits: Sequence[float] = ()
) -> str:
    """Write a coefficient with its interval: "0.71 (0.60–0.82)".

    The lower bound has more decimals where rounding would put it on the other side of one of the limits.
    """
    if low is None or high is None or estimate is None:
        return decimal(estimate)
    return f"{decimal(estimate)} ({decimal(low, digits_beside(low, limits))}–{decimal(high)})"


def digits_beside(value: float, limits: Sequence[float]) -> int:
    """Return how many decimals (2 to 4) show on which side of each limit a number lies."""
    for digits in (2, 3):
        if all((round(value, digits) >= limit) == (value >= limit) for limit in limits):
            return digits
    return 4
