"""Estimates with their influence values: what makes differences and tests between any of them possible."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coder.statistics.design import FloatArray, IntArray, SampleDesign
from coder.statistics.intervals import t_quantile
from coder.statistics.records import Difference

FEWEST_DF = 5
"""Below this many degrees of freedom nothing is tested."""
ROUNDING = 1e-9
"""A standard error of a share below this is rounding: the clusters are all alike."""


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


@dataclass(frozen=True, slots=True)
class GroupEstimates:
    """The same for one group of respondents, without the clusters that hold nobody of it.

    Where every respondent is a cluster, groups together then take no more room than the sample.

    Attributes:
        clusters: (c,) numbers of the clusters in the design, each once.
        estimates, n, weight: (d,); totals, held: (c, d); as in `Linearised`.
    """

    clusters: IntArray
    estimates: FloatArray
    totals: FloatArray
    held: NDArray[np.bool_]
    n: IntArray
    weight: FloatArray

    @classmethod
    def of_shares(cls, values: FloatArray, weights: FloatArray, cluster: IntArray) -> "GroupEstimates":
        """Estimate weighted shares: `p = Σ w y / Σ w`, with influence values `z = w (y - p) / Σ w`.

        Args:
            values: (r, d) 1, 0, or NaN where unknown, which leaves the respondent out of that label's base.
            weights: (r,) positive.
            cluster: (r,) number of the respondent's cluster in the design.
        """
        clusters, place = np.unique(cluster, return_inverse=True)
        labels = values.shape[1]
        estimates, weight, n = np.full(labels, np.nan), np.zeros(labels), np.zeros(labels, dtype=np.int64)
        totals = np.zeros((len(clusters), labels))
        held = np.zeros((len(clusters), labels), dtype=np.bool_)
        for label in range(labels):
            y, w, at = values[:, label], weights, place
            known = ~np.isnan(y)
            if not known.all():
                y, w, at = y[known], w[known], at[known]
            n[label], weight[label] = len(y), w.sum()
            if len(y):
                count = int(y.sum())
                share = float(count > 0) if count in (0, len(y)) else float(w @ y / weight[label])
                estimates[label] = share
                totals[:, label] = np.bincount(at, w * (y - share) / weight[label], minlength=len(clusters))
                held[at, label] = True
        return cls(clusters.astype(np.int64), estimates, totals, held, n, weight)

    @classmethod
    def of_linearised(cls, whole: Linearised) -> "GroupEstimates":
        """Leave out the clusters that neither hold anybody of the base nor have an influence."""
        clusters: IntArray = np.flatnonzero((whole.held | (whole.totals != 0)).any(axis=1))
        return cls(
            clusters, whole.estimates, whole.totals[clusters], whole.held[clusters], whole.n, whole.weight
        )

    def on(self, design: SampleDesign) -> Linearised:
        """Put back all clusters of the design."""
        shape = (len(design.stratum), len(self.estimates))
        totals, held = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
        totals[self.clusters], held[self.clusters] = self.totals, self.held
        return Linearised(design, self.estimates, totals, held, self.n, self.weight)


def joint_covariance(design: SampleDesign, groups: Sequence[GroupEstimates]) -> FloatArray:
    """Covariance of all estimates of all groups, (G, d, G, d): `SampleDesign.variance` for each pair.

    Groups covary through the clusters that they share. It holds `(G d)²` numbers.
    """
    strata = len(design.sampled)
    estimates = len(groups[0].estimates)
    several = (design.sampled > 1)[:, None]  # a stratum with one cluster deviates from 0
    means = []
    for group in groups:
        sums = np.empty((strata, estimates))
        for d in range(estimates):
            sums[:, d] = np.bincount(design.stratum[group.clusters], group.totals[:, d], minlength=strata)
        means.append(np.where(several, sums / design.sampled[:, None], 0.0))
    covariance = np.empty((len(groups), estimates, len(groups), estimates))
    place = np.full(len(design.stratum), -1, dtype=np.int64)
    for h, second in enumerate(groups):
        place[second.clusters] = np.arange(len(second.clusters))
        for g, first in enumerate(groups[: h + 1]):
            at = place[first.clusters]
            shared = at >= 0
            factor = design.factor[design.stratum[first.clusters[shared]]]
            block = (first.totals[shared] * factor[:, None]).T @ second.totals[at[shared]]
            block -= (means[g] * (design.factor * design.sampled)[:, None]).T @ means[h]
            covariance[g, :, h, :] = block
            covariance[h, :, g, :] = block.T
        place[second.clusters] = -1
    return covariance


def held_by_any(design: SampleDesign, groups: Sequence[GroupEstimates]) -> NDArray[np.bool_]:
    """Return (g, d): whether the cluster holds respondents of the estimate's base in any of the groups."""
    held = np.zeros((len(design.stratum), len(groups[0].estimates)), dtype=np.bool_)
    for group in groups:
        held[group.clusters] |= group.held
    return held


def differences(first: Linearised, second: Linearised, besides: FloatArray | None = None) -> list[Difference]:
    """Return first minus second, with 95 % t intervals and two-sided t tests, one record an estimate.

    Both must stand on the same design: then whatever respondents or clusters they share is allowed for, as
    with two waves of the same schools. Degrees of freedom are the clusters that hold respondents of either
    minus the strata of these. Undefined estimates give empty records; fewer than one degree of freedom no
    interval; fewer than five, or a standard error of 0, no test. Source: Särndal, Swensson and Wretman
    (1992), Model Assisted Survey Sampling, chapter 5; Korn and Graubard (1999), Analysis of Health Surveys.

    Args:
        besides: (d,) variance that the influence values do not hold, to be added; None: none.
    """
    more = np.zeros(len(first.estimates)) if besides is None else besides
    df = first.design.degrees_of_freedom(first.held | second.held)
    return [
        difference_of(
            float(first.estimates[d] - second.estimates[d]),
            first.design.variance(first.totals[:, d] - second.totals[:, d]) + float(more[d]),
            int(df[d]),
        )
        for d in range(len(first.estimates))
    ]


def difference_of(difference: float, variance: float, df: int) -> Difference:
    """Return a difference between shares with its interval and test, as `differences` says."""
    from scipy.special import stdtr

    if np.isnan(difference):
        return Difference(None, None, None, None, None, None)
    if df < 1:
        return Difference(difference, None, None, None, df, None)
    se = max(variance, 0.0) ** 0.5
    half = t_quantile(df) * se
    p = None
    if df >= FEWEST_DF and se > ROUNDING:
        p = float(2 * stdtr(df, -abs(difference) / se))
    return Difference(difference, se, max(-1.0, difference - half), min(1.0, difference + half), df, p)


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
