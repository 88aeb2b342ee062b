"""How far coders agree on one label."""

import numpy as np
from numpy.typing import ArrayLike

from coder.statistics import nominal
from coder.statistics.design import FloatArray, IntArray, numbered
from coder.statistics.records import Estimate, LabelAgreement
from coder.statistics.resampling import (
    chance_corrected_estimate,
    cluster_totals,
    distinct,
    replicate_totals,
    share_estimate,
)

LABELS = 2  # categories: 0 without the label, 1 with it


def label_agreement(
    codings: ArrayLike, *, clusters: ArrayLike | None = None, replicates: int = 1000, seed: int = 0
) -> LabelAgreement:
    """Agreement between any number of coders on one label, with 95 % intervals.

    Only units with two codings or more enter. Percent agreement, Cohen's kappa, Krippendorff's alpha and
    positive agreement are defined, with their sources, in `coder.statistics.nominal`; prevalence is the
    share of the codings that give the label.

    Intervals come from resampling clusters (units where there are none) g out of g: the standard error is
    the standard deviation over the replicates, the interval a t interval with g - 1 degrees of freedom on
    the scale of `share_interval` for percent agreement and of `coefficient_interval` for the others. In
    simulations these covered 94-97 % where percentile intervals covered 91-95 %. Where a coefficient is 1,
    its lower bound is `1 - (1 - lower bound of percent agreement) / (expected disagreement)`. Below ten
    positive codings no interval deserves a verdict.

    Undefined, and None: everything where no unit has two codings; Krippendorff's alpha where all codings
    are alike; Cohen's kappa where both coders are constant on the same value, or where not exactly two
    coders code; positive agreement where nobody gives the label; standard errors and bounds with one
    cluster, or where half of the replicates or more are undefined. Replicates in which alpha is undefined
    are left out and their share is reported.

    Args:
        codings: (n, c); 1 given, 0 not given, NaN missing (not coded, held over, or the label unknown at the
            coding's codebook version). Identical answers coded at once are one unit.
        clusters: (n,) identifiers; None, or None in a place: the unit is a cluster.
        replicates: number of resamples.
        seed: of the resampling. Neither the order of units nor that of coders changes a result.

    Raises:
        ValueError: shapes do not fit, or a coding is not 0, 1 or NaN.
    """
    given = np.asarray(codings, dtype=np.float64)
    if given.ndim != 2:
        raise ValueError(f"codings: expected units by coders, got shape {given.shape}")
    missing = np.isnan(given)
    if not (missing | (given == 0) | (given == 1)).all():
        raise ValueError("codings: expected 0, 1 or NaN")
    cluster = numbered(clusters, len(given), missing_apart=True)
    coded: IntArray = np.where(missing, -1, given).astype(np.int64)
    paired = (coded >= 0).sum(axis=1) >= 2
    coded, cluster = coded[paired], cluster[paired]
    coded = coded[:, (coded >= 0).any(axis=0)]
    n, coders = coded.shape
    if n == 0:
        nothing = Estimate(None)
        return LabelAgreement(0, 0, 0, None, None, nothing, nothing, nothing)
    totals = _totals(coded, cluster)
    clusters_held = len(totals)
    sums = totals.sum(axis=0)
    resampled = replicate_totals(totals, replicates, seed)
    percent = share_estimate(
        float(nominal.percent_agreement(sums)),
        nominal.percent_agreement(resampled),
        n=n,
        clusters=clusters_held,
    )
    alphas = nominal.chance_corrected(*nominal.krippendorff_disagreement(resampled, LABELS))
    alpha = chance_corrected_estimate(
        *nominal.krippendorff_disagreement(sums, LABELS), alphas, percent, clusters=clusters_held
    )
    kappa = Estimate(None)
    if coders == 2:
        kappas = nominal.chance_corrected(*nominal.cohen_disagreement(resampled, LABELS))
        kappa = chance_corrected_estimate(
            *nominal.cohen_disagreement(sums, LABELS), kappas, percent, clusters=clusters_held
        )
    negatives, positives = (int(x) for x in sums[2:4])
    return LabelAgreement(
        n=n,
        coders=coders,
        positives=positives,
        prevalence=positives / (negatives + positives),
        positive_agreement=float(nominal.positive_agreement(sums, 1, LABELS)) if positives else None,
        percent_agreement=percent,
        cohen_kappa=kappa,
        krippendorff_alpha=alpha,
        undefined_replicates=float(np.isnan(alphas).mean()) if replicates else 0.0,
    )


def _totals(coded: IntArray, cluster: IntArray) -> FloatArray:
    """Totals of the clusters, with two coders in the one order or the other, whoever comes first."""
    totals = cluster_totals(nominal.unit_statistics(coded, LABELS), cluster)
    if coded.shape[1] != 2:
        return totals
    turned = cluster_totals(nominal.unit_statistics(coded[:, ::-1], LABELS), cluster)
    return min(totals, turned, key=_signature)


def _signature(totals: FloatArray) -> list[float]:
    """The distinct clusters with their numbers, sorted: decides which order of coders comes first."""
    first, counts = distinct(totals)
    return [float(x) for x in np.column_stack([totals[first], counts]).ravel()]
