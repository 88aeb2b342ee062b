"""Weighted frequencies of labels, with intervals that allow for the way respondents were sampled."""

import numpy as np
from numpy.typing import ArrayLike

from coder.statistics.design import FloatArray, IntArray, SampleDesign, kish_effective_size
from coder.statistics.intervals import share_interval
from coder.statistics.linearised import GroupEstimates, Linearised, bounds_of
from coder.statistics.records import Proportion


def proportions(
    values: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
) -> list[Proportion]:
    """Weighted share of respondents in a domain who mention each label, with its 95 % interval.

    The Hájek estimator `p = Σ w y / Σ w` over the base, with a linearised variance in which clusters are
    the ultimate sampling units (`SampleDesign.ratio`); a t interval on the logit scale or, with few
    effective mentions, an exact one (`share_interval`). A label's base is the rows of the domain in which
    it is known and the weight is not 0. Pass every row of the sample and name the subgroup
    with `domain`: rows outside it still tell how many clusters were drawn. `df` counts the clusters that
    hold members of the base minus the strata that do. A stratum with one cluster adds nothing to it, and
    its total deviates from the mean over all strata (`SampleDesign.variance`).

    The design effect is `v (n - 1) / (p (1 - p))`: the variance relative to that of a simple random
    sample of as many respondents (Kish 1965, Survey Sampling, chapter 8).

    Args:
        values: (n, k); 1 mentioned, 0 not, NaN unknown.
        domain: (n,) true for the subgroup; None: all.
        weights: (n,) not negative; None: all 1. A respondent of weight 0 is in no base.
        clusters: (n,) identifiers; None, or None in a place: the respondent is a cluster.
        strata: (n,) identifiers; None: one stratum. Clusters are nested in them.
        population_clusters: (n,) or one number, the clusters in the population of the stratum, for the
            finite population correction.

    Returns:
        One record a label. Nothing but the counts where the base is empty; no standard error, interval or
        design effect with fewer than one degree of freedom; no design effect at 0 and 1, where the
        standard error is 0 and the interval is exact.

    Raises:
        ValueError: shapes do not fit, a value is not 0, 1 or NaN, a weight is negative or not finite, or the
            domain says neither true nor false of a respondent.
    """
    y = checked_values(values)
    w = checked_weights(weights, len(y))
    rows = base_rows(domain, w)
    design = SampleDesign.of(w, clusters, strata, population_clusters).domain(rows)
    return [proportion_of(y[rows, label], design) for label in range(y.shape[1])]


def linearised_proportions(
    values: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
) -> Linearised:
    """The shares of `proportions` with their influence values, to make differences and tests from.

    The arguments are those of `proportions`. Influence values are `z = w (y - p) / Σ w` in the label's base
    and 0 outside it. Calls with the same rows, weights, clusters and strata stand on one design, whatever
    their domains and values: to compare waves, stack them and make the wave the domain. An estimate whose
    base is empty is NaN.

    Raises:
        ValueError: as `proportions` does.
    """
    y = checked_values(values)
    w = checked_weights(weights, len(y))
    rows = base_rows(domain, w)
    design = SampleDesign.of(w, clusters, strata, population_clusters)
    seen = design.domain(rows)
    bounds = bounds_of([proportion_of(y[rows, label], seen) for label in range(y.shape[1])])
    return GroupEstimates.of_shares(y[rows], w[rows], design.cluster[rows]).on(design, bounds)


def proportion_of(values: FloatArray, design: SampleDesign) -> Proportion:
    """Estimate one label from its values in the domain."""
    return share_of(values, np.ones(len(values)), design)


def share_of(values: FloatArray, units: FloatArray, design: SampleDesign) -> Proportion:
    """Estimate which share of the domain's units one label is.

    Args:
        values: (r,) units that are the label's; NaN where unknown.
        units: (r,) units that the respondent brings in, at least 1: as a person, or mentions.
    """
    known = ~np.isnan(values)
    if not known.all():
        values, units, design = values[known], units[known], design.domain(np.flatnonzero(known))
    n, count = int(units.sum()), int(values.sum())
    if n == 0:
        return Proportion(0, 0, 0, None, None, None, None, None, None)
    clusters, df = design.clusters_and_df()
    size = kish_effective_size(np.repeat(design.weights, units.astype(np.int64)))
    effective, lone = design.effective_clusters(units), design.lone_strata()
    estimate, se = design.ratio(values, units)
    if count in (0, n):
        estimate, se = float(count > 0), 0.0
    if df < 1:
        return Proportion(n, count, clusters, estimate, None, None, None, df, None, size, effective, lone)
    low, high = share_interval(
        estimate, se, n=n, df=df, size=size, clusters=effective, left=design.unsampled()
    )
    deff = se**2 * (n - 1) / (estimate * (1 - estimate)) if 0 < count < n else None
    return Proportion(n, count, clusters, estimate, se, low, high, df, deff, size, effective, lone)


def checked_values(values: ArrayLike) -> FloatArray:
    """Return values as (n, k) floats; ValueError unless they are 0, 1 or NaN in two dimensions."""
    y = np.asarray(values, dtype=np.float64)
    if y.ndim != 2:
        raise ValueError(f"values: expected respondents by labels, got shape {y.shape}")
    if not ((y == 0) | (y == 1) | np.isnan(y)).all():
        raise ValueError("values: expected 0, 1 or NaN")
    return y


def checked_weights(weights: ArrayLike | None, n: int) -> FloatArray:
    """Return n weights, 1 where none are given; ValueError unless they are finite and not negative."""
    w = _column(weights, n, "weights")
    if not (np.isfinite(w) & (w >= 0)).all():
        raise ValueError("weights: expected finite numbers, not negative")
    return w


def base_rows(domain: ArrayLike | None, weights: FloatArray) -> IntArray:
    """Return the rows that are in the domain and have a weight other than 0; ValueError where it is NaN."""
    members = _column(domain, len(weights), "domain")
    if np.isnan(members).any():
        raise ValueError("domain: expected true or false, got NaN")
    rows: IntArray = np.flatnonzero((members != 0) & (weights > 0))
    return rows


def _column(given: ArrayLike | None, n: int, name: str) -> FloatArray:
    """One number a row; 1 for all when there is none."""
    if given is None:
        return np.ones(n)
    column = np.asarray(given, dtype=np.float64)
    if column.shape != (n,):
        raise ValueError(f"{name}: expected {n} values in one dimension, got shape {column.shape}")
    return column
