"""A sample in two phases: answers that a model labelled, and an audit of them that a person coded blind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coder.statistics.design import FloatArray, IntArray, SampleDesign
from coder.statistics.proportions import base_rows, checked_values, checked_weights

CERTAIN, AUDITED, PREDICTED = 0, 1, 2


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
