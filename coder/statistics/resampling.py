"""Resampling clusters: how far a coefficient would move in another sample of them.

A coefficient is a function of sums over units. The sums are formed within clusters once; a replicate draws
as many clusters as there are, with replacement, and adds up theirs. Clusters with equal sums are drawn
together, by multinomial counts, which makes a replicate of 10,000 units a draw of a few dozen numbers. They
are sorted by their sums first, so that the order of the units plays no part: same seed, same numbers.
Source: Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 6; for clusters, Field and
Welsh (2007), Journal of the Royal Statistical Society B 69, 369-390.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coder.statistics.design import FloatArray, IntArray
from coder.statistics.intervals import coefficient_interval, share_interval
from coder.statistics.linearised import ROUNDING
from coder.statistics.records import Estimate, Interval

CHUNK = 4_000_000  # numbers held at once


def cluster_totals(statistics: FloatArray, cluster: IntArray) -> FloatArray:
    """Sum the statistics of units within clusters: (n, d) to (g, d), empty clusters left out."""
    held, codes = np.unique(cluster, return_inverse=True)
    totals = np.empty((len(held), statistics.shape[1]))
    for column in range(statistics.shape[1]):
        totals[:, column] = np.bincount(codes, statistics[:, column], minlength=len(held))
    return totals


def distinct(rows: NDArray[Any], times: IntArray | None = None) -> tuple[IntArray, IntArray]:
    """Which rows stand for all, sorted, and how many are like each of them.

    Args:
        rows: (m, d), compared to nine decimals, since the order of summation shows in the last digits.
        times: (m,) how many each row stands for itself; None: one.
    """
    near = np.round(rows, 9)
    order = np.lexsort(near.T[::-1])  # np.unique of rows takes four times as long
    near = near[order]
    new = np.ones(len(near), dtype=bool)
    new[1:] = (near[1:] != near[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    sorted_times = np.ones(len(rows), dtype=np.int64) if times is None else times[order]
    return order[starts], np.add.reduceat(sorted_times, starts)


def draws(counts: IntArray, replicates: int, generator: np.random.Generator) -> Iterator[FloatArray]:
    """How often each distinct cluster is drawn: blocks of rows, one row a replicate."""
    clusters = int(counts.sum())
    block = max(1, CHUNK // len(counts))
    for done in range(0, replicates, block):
        size = min(block, replicates - done)
        yield generator.multinomial(clusters, counts / clusters, size=size).astype(np.float64)


def replicate_totals(
    totals: FloatArray, times: IntArray, replicates: int, generator: np.random.Generator
) -> FloatArray:
    """Totals over the clusters of every replicate: (g, d), each met `times`, to (replicates, d)."""
    first, counts = distinct(totals, times)
    blocks = [drawn @ totals[first] for drawn in draws(counts, replicates, generator)]
    return np.concatenate(blocks) if blocks else np.empty((0, totals.shape[1]))


def standard_error(replicates: FloatArray, clusters: int) -> float | None:
    """Standard deviation over the replicates that are defined, times `sqrt(g / (g - 1))` for g clusters.

    None with one cluster, with fewer than two replicates, or where half of them or more are undefined.
    The factor makes up for the spread that g draws from g clusters lack (Rao and Wu 1988, Journal of the
    American Statistical Association 83, 231-241).
    """
    defined = replicates[~np.isnan(replicates)]
    if clusters < 2 or len(defined) < 2 or 2 * len(defined) <= len(replicates):
        return None
    return float(defined.std(ddof=1)) * math.sqrt(clusters / (clusters - 1))


def linearised_error(influence: FloatArray, times: IntArray | None = None) -> float | None:
    """Standard error from the influence of each of g clusters, `sqrt(g / (g - 1) Σ z²)`; None with one.

    Sources: in the head of `coder.statistics.nominal`.

    Args:
        influence: of each cluster, or of several that are alike; they sum to 0 over the clusters.
        times: how many clusters are alike; None: one.
    """
    clusters = len(influence) if times is None else int(times.sum())
    if clusters < 2:
        return None
    squares = influence @ (influence if times is None else influence * times)
    return math.sqrt(clusters / (clusters - 1) * float(squares))


def share_estimate(
    value: float,
    replicates: FloatArray,
    *,
    n: int,
    clusters: int,
    effective_clusters: float,
    linearised: float | None = None,
) -> Estimate:
    """A share of n units, with the interval of `share_interval` around it; df = clusters - 1.

    Args:
        value: the share.
        replicates: (r,) the share in each replicate.
        n: units it stands on.
        clusters: clusters resampled; effective_clusters: as many of one size would tell as much.
        linearised: its standard error by formula, for `analytic`. None: there is none.
    """

    def bounds(se: float) -> tuple[float, float]:
        # at 0 and 1 the sample tells nothing of its spread
        spread = se if 0 < value < 1 else 0.0
        return share_interval(value, spread, n=n, df=clusters - 1, clusters=effective_clusters)

    return _estimate(value, replicates, clusters, linearised, bounds)


def chance_corrected_estimate(
    observed: float | FloatArray,
    expected: float | FloatArray,
    replicates: FloatArray,
    agreed: Estimate,
    *,
    clusters: int,
    df: int,
    linearised: float | None = None,
) -> Estimate:
    """`1 - observed / expected`, with the interval of `coefficient_interval` around it.

    At 1, and where all clusters are alike, no replicate can differ and the standard error is 0. The bounds
    are then those that follow from the bounds of `agreed`: the coefficient moves with the share of agreeing
    pairs by `1 / expected`. A coefficient below -1, as Fleiss' kappa can be where most units have one coding,
    has no bounds.

    Args:
        observed, expected: disagreement; an expected disagreement of 0 leaves the coefficient undefined.
        replicates: (r,) the coefficient in each replicate, NaN where undefined.
        agreed: share of agreeing pairs.
        clusters: clusters resampled; df: degrees of freedom of the error, at least 1.
        linearised: its standard error by formula, for `analytic`. None: there is none.
    """
    if expected <= 0:
        return Estimate(None)
    value = float(1 - observed / expected)
    of_share = agreed if agreed.analytic is None else agreed.analytic

    def bounds(se: float) -> tuple[float | None, float | None]:
        if value < -1:
            return None, None
        if value >= 1 or se <= ROUNDING:
            if agreed.estimate is None or of_share.low is None or of_share.high is None:
                return None, None
            low, high = (bound - agreed.estimate for bound in (of_share.low, of_share.high))
            return max(-1.0, value + low / float(expected)), min(1.0, value + high / float(expected))
        return coefficient_interval(value, se, df=df)

    return _estimate(value, replicates, clusters, linearised, bounds)


def _estimate(
    value: float,
    replicates: FloatArray,
    clusters: int,
    linearised: float | None,
    bounds: Callable[[float], tuple[float | None, float | None]],
) -> Estimate:
    """The value with both errors, where there are, and the bounds that follow from them."""
    se = standard_error(replicates, clusters)
    analytic = None
    if linearised is not None and clusters > 1:
        analytic = Interval(linearised, *bounds(linearised))
    if se is None:
        return Estimate(value, analytic=analytic)
    return Estimate(value, se, *bounds(se), analytic)
