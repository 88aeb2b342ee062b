"""From which certainty on a label's decisions can do without a person, at a stated error."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coder.statistics.design import IntArray, numbered
from coder.statistics.intervals import t_quantile, upper_bound
from coder.statistics.records import Threshold

THRESHOLDS = (
    *(0.999, 0.998, 0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.925, 0.9, 0.875, 0.85, 0.8),
    *(0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0),
)
LEAST_CORRELATION, MARGIN = 0.1, 1.5  # of the intraclass correlation; found by simulation


def accept(
    correct: ArrayLike,
    certainty: ArrayLike,
    error: float,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> Threshold:
    """The lowest certainty from which on a label's decisions may be accepted without a person.

    With probability `level` over the draw of the sample, at most a share `error` of all decisions of the
    returned certainty or more is wrong. The thresholds are tested in a fixed order, from the strictest
    down; each passes when the one-sided upper Clopper-Pearson bound on the error among the sampled
    decisions at or above it is at most `error`; the first that fails ends the search, and the last that
    passed is returned. Since a threshold is tested only after all stricter ones have passed, no correction
    for several tests is needed (fixed-sequence testing: Maurer, Hothorn and Lehmacher 1995, in Biometrie
    in der chemisch-pharmazeutischen Industrie 6, 3-18; for thresholds of a classifier Angelopoulos, Bates,
    Candès, Jordan and Lei 2025, Annals of Applied Statistics 19, 1641-1662).

    That holds only while the order does not depend on what turned out right or wrong. `THRESHOLDS` is
    therefore fixed here, not read off the sample; picking the best-looking threshold of the sample would
    overshoot `error` about half of the time. A threshold is passed over where too few decisions, or
    decisions of too few clusters, lie at or above it: where no bound could reach `error`, even without a
    mistake and with a cluster as one decision (rho = 1 below). For 5 % that takes 59 decisions, or 61
    clusters of one size. It hangs on numbers and clusters alone.

    Decisions in one cluster tend to be wrong together. The bound stands on the effective number
    `n / (1 + (b - 1) rho) · (t(n - 1) / t(g - 1))²`, with b the mean cluster size weighted by size,
    `Σ m² / Σ m`, and g the number of clusters, of the decisions at or above the threshold, and t the `level`
    quantile of Student's t (Kish 1965, Survey Sampling; Korn and Graubard 1998, Survey Methodology 24,
    193-201). rho is one and a half times the intraclass correlation of mistakes over these decisions or over
    all, whichever is higher, between 0.1 and 1: few mistakes say little about it, and doubtful decisions can
    be wrong here and there while the certain ones are wrong in whole schools.

    In simulations with a true error 1-2 % above `error` (as 5.1 % for 5 %), in which any acceptance breaks
    the guarantee, 2-5 % of samples at most broke it: mistakes beta-binomial with intraclass correlation 0.05
    to 0.5, or only in some schools, in 20-100 % of their decisions there, also with doubtful decisions wrong
    at random; 16 to 400 clusters, as many as the rule asks or more, of 2 to 100 decisions. Without the margin
    of rho it was up to 7 %, with rho over all decisions alone up to 36 %, and with fewer clusters than the
    rule asks (10 of 60, one school in ten bad) up to 36 %.

    Args:
        correct: (m,) 1 or 0, whether the model's decision (label yes, or no) is the person's, over a random
            sample that was coded blind and on which the model was not trained.
        certainty: (m,) the model's certainty of the decision, 0-1.
        error: the largest share of wrong decisions to accept, between 0 and 1.
        clusters: (m,) identifiers; None, or None in a place: the decision is a cluster.
        level: confidence of the bound.

    Returns:
        A record whose certainty is None when no threshold qualifies, which is an ordinary outcome: with the
        reason, and with the numbers of the threshold that was tested and failed or, where there are too few
        decisions or clusters to test any, of all decisions and without a bound.

    Raises:
        ValueError: shapes do not fit, a value of `correct` is not 0 or 1, a certainty is outside 0-1, or
            `error` or `level` is not between 0 and 1.
    """
    right = np.asarray(correct, dtype=np.float64)
    sure = np.asarray(certainty, dtype=np.float64)
    if right.ndim != 1 or sure.shape != right.shape:
        raise ValueError(f"certainty: expected the shape of correct, {right.shape}, got {sure.shape}")
    if not ((right == 0) | (right == 1)).all():
        raise ValueError("correct: expected 0 or 1")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise ValueError("certainty: expected numbers from 0 to 1")
    if not (0 < error < 1 and 0 < level < 1):
        raise ValueError(f"error and level: expected numbers between 0 and 1, got {error} and {level}")
    wrong = right == 0
    cluster = numbered(clusters, len(wrong), missing_apart=True)
    overall = intraclass_correlation(wrong, cluster)
    accepted: Threshold | None = None
    for threshold in THRESHOLDS:
        above = sure >= threshold
        found, held = wrong[above], numbered(cluster[above], int(above.sum()), missing_apart=True)
        sizes = np.bincount(held)
        if _upper_bound(0, sizes, 1.0, level) > error:
            continue
        errors = int(found.sum())
        estimated = MARGIN * max(overall, intraclass_correlation(found, held))
        correlation = min(1.0, max(LEAST_CORRELATION, estimated))
        upper = _upper_bound(errors, sizes, correlation, level)
        if upper > error:
            return accepted or Threshold(None, len(found), errors, upper, "error")
        accepted = Threshold(threshold, len(found), errors, upper)
    if accepted is not None:
        return accepted
    few = "decisions" if upper_bound(0, len(wrong), level) > error else "clusters"
    return Threshold(None, len(wrong), int(wrong.sum()), None, few)


def _upper_bound(errors: int, sizes: IntArray, correlation: float, level: float) -> float:
    """Upper bound on the error of decisions in clusters of these sizes; 1 where there is no or one cluster.

    Args:
        errors: wrong decisions.
        sizes: (g,) decisions in each cluster.
        correlation: of mistakes within clusters.
    """
    n, g = int(sizes.sum()), len(sizes)
    if g < 2:
        return 1.0
    effective = n / (1 + (float(sizes @ sizes) / n - 1) * correlation)
    effective *= (t_quantile(n - 1, 2 * level - 1) / t_quantile(g - 1, 2 * level - 1)) ** 2
    return upper_bound(errors * effective / n, effective, level)


def decisions_needed(error: float, level: float = 0.95) -> int:
    """How many decisions without a mistake, or about how many clusters, it takes to test a threshold.

    The lowest n with `(1 - error)^n <= 1 - level`: 59 for 5 %, 29 for 10 %, 14 for 20 %. Of clusters it
    takes a few more, and more still when their sizes differ.
    """
    return math.ceil(math.log(1 - level) / math.log(1 - error))


def intraclass_correlation(values: NDArray[np.bool_], cluster: IntArray) -> float:
    """Correlation of a 0/1 variable within clusters, by analysis of variance; 0 where it is undefined.

    `(B - W) / (B + (m - 1) W)`, with B and W the mean squares between and within clusters and m their
    typical size. Undefined, so 0, with one cluster, without clusters of two or more, or without variation.
    Source: Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials; Ridout,
    Demétrio and Firth (1999), Biometrics 55, 137-148.

    Args:
        values: (m,).
        cluster: (m,) numbers from 0 on, none left out.
    """
    n = len(values)
    sizes = np.bincount(cluster)
    g = len(sizes)
    if g < 2 or n == g:
        return 0.0
    totals = np.bincount(cluster, values)
    between = float(sizes @ (totals / sizes - values.mean()) ** 2) / (g - 1)
    within = float((totals - totals**2 / sizes).sum()) / (n - g)
    typical = (n - float(sizes @ sizes) / n) / (g - 1)
    total = between + (typical - 1) * within
    return (between - within) / total if total > 0 else 0.0
