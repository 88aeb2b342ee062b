"""A sample in two phases: answers that a model labelled, and an audit of them that a person coded blind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coder.statistics.design import FloatArray, IntArray, SampleDesign, kish_effective_size
from coder.statistics.proportions import base_rows, checked_values, checked_weights

CERTAIN, AUDITED, PREDICTED = 0, 1, 2
FEWEST_POSITIVES = 20
"""Effective audited answers with the label, and without it, from which on λ is tuned."""
FEWEST_ERRORS = 10
"""With fewer effective errors in the audit two more are counted."""


@dataclass(frozen=True, slots=True)
class LabelAnswers:
    """The answers of one label's base.

    Attributes:
        rows: (r,) their places in the sample.
        weights: (r,) their weights.
        truth, predicted: (r,) what a person decided and what the model says; 0 where there is nothing.
        certain, audited, rest: (r,) 1 or 0: coded for other reasons, audited, and all but the certain ones.
        predictable: whether there is a prediction for all of the rest.
    """

    rows: IntArray
    weights: FloatArray
    truth: FloatArray
    predicted: FloatArray
    certain: FloatArray
    audited: FloatArray
    rest: FloatArray
    predictable: bool

    @property
    def decided(self) -> FloatArray:
        """(r,) 1 where a person decided."""
        return self.certain + self.audited

    @property
    def audit(self) -> FloatArray:
        """(r,) weights of the audited answers, 0 elsewhere."""
        return self.weights * self.audited

    @property
    def rare(self) -> bool:
        """Whether the audit holds few answers with the label, or without it: Kish's effective numbers."""
        sizes = [kish_effective_size(self.audit * side) for side in (self.truth, 1 - self.truth)]
        return min(sizes) < FEWEST_POSITIVES

    def untuned(self) -> float:
        """The λ where an audit tells too little to tune it: 1, or 0 where that is sure to be better.

        With λ = 1 the variance of the audit is that of y - f, with λ = 0 it is p (1 - p). Of a label that
        the model gives to a share q at least q - p is wrong: above 2 p, λ = 0 is better, however much the
        model finds. So it is 0 where q is more than twice the audited share, one mention more counted (of a
        label that most answers have, the shares without it); and where all predictions are alike. It looks
        at how many audited answers have the label, not at which of them the model had right.
        """
        rest, audit = self.weights * self.rest, self.audit
        said = self.predicted[self.rest > 0]
        if said.min() == said.max():
            return 0.0
        given, found = rest @ self.predicted / rest.sum(), audit @ self.truth / audit.sum()
        if found > 0.5:
            given, found = 1 - given, 1 - found
        size = kish_effective_size(audit)
        return 0.0 if given > 2 * (found * size + 1) / (size + 1) else 1.0

    def unseen(self, lam: float, part: FloatArray | float = 1.0) -> float:
        """The variance of two errors more than the audit shows, where it shows few; else 0.

        An audit of n answers without an error has no variance, and yet up to three errors in n answers are
        to be expected in the rest. Bonett and Price (2012, Journal of Educational and Behavioral Statistics
        37, 479-488) count one more error of either kind, missed and false: 2 / n² for the share of M, times
        what part M is of the base, squared, and 1 - n / N. With 0, 1, 2 … errors, all of a kind, the interval
        then reaches 2.8, 4.4, 5.9 … errors, and misses in 6-7 % of samples at worst. n is Kish's effective
        size; an error is a y - λ f of more than a half.

        Args:
            part: (r,) 1 or 0, answers of which the errors count; others than these are not in error.
        """
        audit = self.audit
        wrong = np.abs(self.truth - lam * self.predicted) > 0.5
        errors = [kish_effective_size(audit * part * side) for side in (wrong, ~wrong)]
        if not self.audited.any() or min(errors) >= FEWEST_ERRORS:
            return 0.0
        among = self.weights @ self.rest / self.weights.sum()
        left = 1 - self.audited.sum() / self.rest.sum()
        return float(2 * left * (among / kish_effective_size(audit)) ** 2)


@dataclass(frozen=True, slots=True)
class TwoPhaseSample:
    """All respondents, checked, with the design that they come from.

    Attributes:
        truth, predicted: (n, k), NaN where there is nothing.
        role: (n,) CERTAIN, AUDITED or PREDICTED.
        domain: (n,) the base, without respondents of weight 0.
        design: of all respondents; without a finite population correction where anything is predicted.
    """

    truth: FloatArray
    predicted: FloatArray
    role: IntArray
    domain: NDArray[np.bool_]
    design: SampleDesign

    @classmethod
    def of(
        cls,
        truth: ArrayLike,
        predicted: ArrayLike,
        role: ArrayLike,
        *,
        domain: ArrayLike | None,
        weights: ArrayLike | None,
        clusters: ArrayLike | None,
        strata: ArrayLike | None,
        population_clusters: ArrayLike | None,
    ) -> "TwoPhaseSample":
        """Check what was given; raise ValueError where it does not fit."""
        y = checked_values(truth)
        n = len(y)
        f = np.asarray(predicted, dtype=np.float64)
        if f.shape != y.shape or not (((f >= 0) & (f <= 1)) | np.isnan(f)).all():
            raise ValueError(f"predicted: expected numbers from 0 to 1, or NaN, in the shape {y.shape}")
        roles = np.asarray(role)
        if roles.shape != (n,) or not np.isin(roles, (CERTAIN, AUDITED, PREDICTED)).all():
            raise ValueError(f"role: expected CERTAIN, AUDITED or PREDICTED, {n} times")
        w = checked_weights(weights, n)
        among = np.zeros(n, dtype=bool)
        among[base_rows(domain, w)] = True
        population = None if (roles == PREDICTED).any() else population_clusters
        design = SampleDesign.of(w, clusters, strata, population)
        return cls(y, f, roles.astype(np.int64), among, design)

    def answers(self, label: int) -> LabelAnswers:
        """The answers that count for a label: those of the domain, but for certain ones that do not know it.

        An audited answer that does not know it counts as predicted.
        """
        known = ~np.isnan(self.truth[:, label])
        rows = np.flatnonzero(self.domain & (known | (self.role != CERTAIN)))
        certain = self.role[rows] == CERTAIN
        audited = (self.role[rows] == AUDITED) & known[rows]
        predicted = self.predicted[rows, label]
        return LabelAnswers(
            rows,
            self.design.weights[rows],
            np.where(certain | audited, np.nan_to_num(self.truth[rows, label]), 0.0),
            np.nan_to_num(predicted),
            certain.astype(np.float64),
            audited.astype(np.float64),
            (~certain).astype(np.float64),
            not np.isnan(predicted[~certain]).any(),
        )

    def totals(self, answers: LabelAnswers, influence: FloatArray) -> FloatArray:
        """(g,) influence values, or counts, of a label's answers, summed within the design's clusters."""
        cluster = self.design.cluster[answers.rows]
        return np.bincount(cluster, influence, minlength=len(self.design.stratum)).astype(np.float64)


def effective_df(design: SampleDesign, sizes: FloatArray) -> int:
    """Degrees of freedom of clusters of unequal size: `(Σm)² / Σm²` minus their strata, rounded down.

    Clusters minus strata, where all are of one size. Where one of twelve holds half of the answers it is that
    one of which the variance stands. This is Satterthwaite's (1946, Biometrics Bulletin 2, 110-114) where the
    variance of a cluster total is proportional to the size of the cluster.

    Args:
        sizes: (g,) what the respondents of each cluster weigh; 0 where it holds none.
    """
    strata = len(np.unique(design.stratum[sizes > 0]))
    return int(np.floor(kish_effective_size(sizes) - strata + 1e-9))


def weighted_mean(values: FloatArray, weights: FloatArray) -> tuple[float, FloatArray]:
    """Weighted mean with its influence values, `w (y - mean) / Σ w`."""
    total = weights.sum()
    mean = float(weights @ values / total)
    return mean, weights * (values - mean) / total


@dataclass(frozen=True, slots=True)
class Blend:
    """The estimator of one label as a line in λ: `start + λ slope`, both with their cluster totals (g,).

    Attributes:
        best: the λ within 0-1 with the smallest variance if answers were drawn one by one. Clusters are left
            out of it: with a dozen of them the λ that suits their totals best follows chance, which made
            estimates less precise and intervals too narrow in simulations.
    """

    start: float
    slope: float
    start_totals: FloatArray
    slope_totals: FloatArray
    best: float

    def at(self, lam: float) -> tuple[float, FloatArray]:
        """The estimate with its cluster totals of influence values."""
        return self.start + lam * self.slope, self.start_totals + lam * self.slope_totals


def blend(sample: TwoPhaseSample, answers: LabelAnswers) -> Blend:
    """Linearise the two-phase estimator of one label, some of whose answers are audited.

    With s the weighted share of M (audited and predicted) in the base, c the share that the certain answers
    with the label are of the base, and means over A (audited) and M::

        start = c + s mean_A(y)        slope = s (mean_M(f) - mean_A(f))

    The influence values follow by the product rule from those of the means.
    """
    w, audited = answers.weights, answers.weights * answers.audited
    certain, of_certain = weighted_mean(answers.certain * answers.truth, w)
    share, of_share = weighted_mean(answers.rest, w)
    mean, of_mean = weighted_mean(answers.truth, audited)
    all_predicted, of_all = weighted_mean(answers.predicted, w * answers.rest)
    of_audit, of_those = weighted_mean(answers.predicted, audited)
    gap = all_predicted - of_audit
    of_start = of_certain + mean * of_share + share * of_mean
    of_slope = gap * of_share + share * (of_all - of_those)
    squares = float(of_slope @ of_slope)
    return Blend(
        certain + share * mean,
        share * gap,
        sample.totals(answers, of_start),
        sample.totals(answers, of_slope),
        min(1.0, max(0.0, -float(of_start @ of_slope) / squares)) if squares > 0 else 0.0,
    )
