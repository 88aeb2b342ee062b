"""From which certainty on a label's decisions can do without a person, at a stated error."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coder.statistics.design import IntArray, numbered
from coder.statistics.intervals import upper_bound
from coder.statistics.records import Threshold

THRESHOLDS = (
    *(0.999, 0.998, 0.995, 0.99, 0.98, 0.97, 0.96, 0.95, 0.925, 0.9, 0.875, 0.85, 0.8),
    *(0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0),
)
LEAST_CORRELATION = 0.05


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
    overshoot `error` about half of the time. A threshold is passed over where so few decisions lie at or
    above it that no bound could reach `error`, even without a mistake (fewer than 59 for 5 %); which ones
    are depends on the number of decisions alone. In simulations with well and badly calibrated models and
    with clustered mistakes the guarantee failed in at most 2.5 % of samples.

    Decisions in one cluster tend to be wrong together. The bound stands on the effective number
    `n / (1 + (b - 1) rho)`, with b the mean cluster size weighted by size, `Σ m² / Σ m`, among the
    decisions at or above the threshold (Kish 1965, Survey Sampling; Korn and Graubard 1998,
    Survey Methodology 24, 193-201), and rho the intraclass correlation of mistakes over all decisions, or
    0.05 where it is estimated lower: few mistakes say little about it.

    Args:
        correct: (m,) whether the model's decision (label yes, or no) is the person's, over a random sample
            that was coded blind and on which the model was not trained.
        certainty: (m,) the model's certainty of the decision, 0-1.
        error: the largest share of wrong decisions to accept, between 0 and 1.
        clusters: (m,) identifiers; None, or None in a place: the decision is a cluster.
        level: confidence of the bound.

    Returns:
        A record whose certainty is None when no threshold qualifies, which is an ordinary outcome: with
        the numbers of the one that came closest of those tried, and without a bound where the sample is
        empty.

    Raises:
        ValueError: shapes do not fit, a certainty is outside 0-1, or `error` or `level` is not between 0
            and 1.
    """
    wrong = ~np.asarray(correct, dtype=bool)
    sure = np.asarray(certainty, dtype=np.float64)
    if wrong.ndim != 1 or sure.shape != wrong.shape:
        raise ValueError(f"certainty: expected the shape of correct, {wrong.shape}, got {sure.shape}")
    if not ((sure >= 0) & (sure <= 1)).all():
        raise ValueError("certainty: expected numbers from 0 to 1")
    if not (0 < error < 1 and 0 < level < 1):
        raise ValueError(f"error and level: expected numbers between 0 and 1, got {error} and {level}")
    cluster = numbered(clusters, len(wrong), missing_apart=True)
    correlation = max(LEAST_CORRELATION, intraclass_correlation(wrong, cluster))
    accepted: Threshold | None = None
    nearest = Threshold(None, 0, 0, None)
    for threshold in THRESHOLDS:
        above = sure >= threshold
        n, errors = int(above.sum()), int(wrong[above].sum())
        if n == 0:
            continue
        sizes = np.bincount(cluster[above])
        effective = n / (1 + (float(sizes @ sizes) / n - 1) * correlation)
        upper = upper_bound(errors * effective / n, effective, level)
        if nearest.upper is None or upper < nearest.upper:
            nearest = Threshold(None, n, errors, upper)
        if upper <= error:
            accepted = Threshold(threshold, n, errors, upper)
        elif upper_bound(0, effective, level) <= error:
            break
    return accepted or nearest


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
