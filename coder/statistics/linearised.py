"""Estimates with their influence values: what makes differences and tests between any of them possible."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.statistics.design import FloatArray, IntArray, SampleDesign
from coder.statistics.intervals import t_quantile
from coder.statistics.records import Difference

FEWEST_DF = 5
"""Below this many degrees of freedom nothing is tested."""


@dataclass(frozen=True, slots=True)
class Linearised:
    """Estimates of d quantities from one sample.

    Attributes:
        design: the whole sample, the same for all estimates that are to be compared.
        estimates: (d,) NaN where undefined.
        totals: (g, d) influence values summed within the clusters of the design; 0 where undefined.
        held: (g, d) whether the cluster holds respondents of the estimate's base.
        n: (d,) respondents in the estimate's base.
        weight: (d,) their total weight.
    """

    design: SampleDesign
    estimates: FloatArray
    totals: FloatArray
    held: NDArray[np.bool_]
    n: IntArray
    weight: FloatArray


def differences(first: Linearised, second: Linearised) -> list[Difference]:
    """Return first minus second, with 95 % t intervals and two-sided t tests, one record an estimate.

    Both must stand on the same design: then whatever respondents or clusters they share is allowed for, as
    with two waves of the same schools. Degrees of freedom are the clusters that hold respondents of either
    minus the strata of these. Undefined estimates give empty records; fewer than one degree of freedom no
    interval, fewer than five no test. Source: Särndal, Swensson and Wretman (1992), Model Assisted Survey
    Sampling, chapter 5; Korn and Graubard (1999), Analysis of Health Surveys.
    """
    from scipy.special import stdtr

    design = first.design
    found = []
    for d in range(len(first.estimates)):
        difference = float(first.estimates[d] - second.estimates[d])
        if np.isnan(difference):
            found.append(Difference(None, None, None, None, None, None))
            continue
        held = first.held[:, d] | second.held[:, d]
        df = int(held.sum()) - len(np.unique(design.stratum[held]))
        if df < 1:
            found.append(Difference(difference, None, None, None, df, None))
            continue
        se = design.variance(first.totals[:, d] - second.totals[:, d]) ** 0.5
        half = t_quantile(df) * se
        p = None
        if df >= FEWEST_DF and se > 0:
            p = float(2 * stdtr(df, -abs(difference) / se))
        low, high = max(-1.0, difference - half), min(1.0, difference + half)
        found.append(Difference(difference, se, low, high, df, p))
    return found


def holm(p: FloatArray) -> FloatArray:
    """Return Holm's adjusted p values; NaN where p is, which is no part of the family.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6, 65-70.
    """
    adjusted = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
