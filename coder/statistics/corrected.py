"""Frequencies of labels that a model gave, corrected with a random sample that a person coded blind."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from coder.statistics.design import FloatArray, SampleDesign, kish_effective_size
from coder.statistics.intervals import rare_share_interval, share_interval, t_quantile
from coder.statistics.linearised import Linearised, bounds_of
from coder.statistics.proportions import proportion_of
from coder.statistics.records import CorrectedProportion, Correction, Estimate, Proportion
from coder.statistics.two_phase import (
    Blend,
    LabelAnswers,
    TwoPhaseSample,
    blend,
    effective_df,
    weighted_mean,
)


def corrected_proportions(
    truth: ArrayLike,
    predicted: ArrayLike,
    role: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
    lam: float | None = None,
) -> list[CorrectedProportion]:
    """Weighted share of respondents who mention each label, where a model labelled most of the answers.

    The prediction-powered estimator for a two-phase sample with a stratum that is observed in full. C are
    the answers that people coded for whatever reason (CERTAIN), A the audit (AUDITED): a simple random
    sample of all others, coded blind; M are these others, A and PREDICTED together. With y what a person
    decided, f what the model predicts without having learnt from the answer, and W sums of weights::

        p = [Σ_C w y + Σ_M w λ f + (W_M / W_A) Σ_A w (y - λ f)] / (W_C + W_M)

    Whatever f is, p is right on average up to terms of order 1/n; a better model makes it more precise.
    The variance is linearised: the influence values allow for every ratio in p, W_M / W_A included, and are
    summed within clusters, the ultimate sampling units, over both phases (`SampleDesign.variance`). The
    ratio makes a simple random audit over all clusters as good as one drawn answer by answer, independently,
    for which this variance is right; so an audit drawn within clusters and one drawn over all of them are
    both covered. The interval is a t interval on the logit scale, or exact (`share_interval`).

    λ is tuned: within 0-1 it minimises the linearised variance, clusters left out of it (`Blend`). With fewer
    than 20 audited answers with the label, or without it (Kish's effective numbers), it is not: λ is 1, or 0
    where that is sure to be better (`LabelAnswers.untuned`), and the interval is that of a rare label: exact
    at the effective size that the variance implies (Korn and Graubard 1998), and at least as wide on either
    side as p ± t(df) se. λ is 0, and the audit stands alone, where a prediction is missing.

    Few errors in the audit, or none, do not tell how many there are in the rest: with fewer than ten the
    variance of two more is added (`LabelAnswers.unseen`; of one more in the exact part of a rare label's
    interval, which allows for few by itself). In simulations with 5,000 to 100,000 answers and 100 to 300
    audited, intervals without it held the truth in 54-92 % of samples, with it in 93-100 %: nearly always
    where the model hardly errs, which an audit of this size cannot tell from a model that errs three times.
    With weights so unequal that a quarter of the audit is left (Kish) it was 92-97 %.

    An estimate outside 0-1 is put at the bound, which of rare labels with λ = 1 makes the mean of many
    estimates too large; and λ of 0 where the audit finds few makes it too small (by up to half a
    percentage point in simulations of labels of 1-5 %, with 30 audited of 10 % by .7; in the one audit in
    twenty in which it drops a good model its interval covered 79-81 %). Over all audits the intervals allow
    for both. Where the model is
    worse than nothing, λ = 1 gives wider intervals than the audit does alone (`CorrectedProportion.widened`).

    `df` counts clusters that hold audited answers of the base, minus their strata: fewer than the whole base
    has, so that the interval errs on the wide side where most of the variance does not come from the audit;
    clusters of unequal size count for fewer (`effective_df`). Where nothing in the base is predicted the
    result is that of `proportions`. The finite population correction is used only where nothing in the whole
    sample is predicted, since it may not shrink the audit's share of the variance. Errors of the people who
    coded lie outside the interval.

    Sources: Angelopoulos, Bates, Fannjiang, Jordan and Zrnic (2023), Science 382, 669-674; Angelopoulos,
    Duchi and Zrnic (2023), PPI++, arXiv 2311.01453; Särndal, Swensson and Wretman (1992), Model Assisted
    Survey Sampling, chapter 9 (two phases, difference estimator); Korn and Graubard (1998), Survey
    Methodology 24, 193-201.

    Args:
        truth: (n, k) what a person decided: 1 mentioned, 0 not, NaN undecided or unknown. A CERTAIN answer
            in which a label is unknown is outside the label's base; an AUDITED one counts as PREDICTED.
        predicted: (n, k) what the model says, 0-1: a decision or a probability; NaN where it says nothing.
            Not looked at for CERTAIN answers.
        role: (n,) CERTAIN, AUDITED or PREDICTED.
        domain: (n,) true for the base; None: all. Rows outside it still tell how many clusters were drawn.
        weights, clusters, strata, population_clusters: as in `proportions`.
        lam: λ for all labels instead of the rule above.

    Returns:
        One record a label. The estimate is None where the base is empty, and where it holds predicted
        answers but no audited ones: the model's own share never stands in. No standard error or interval
        with fewer than one degree of freedom. Sensitivity and specificity are None where no audited answer
        has, or lacks, the label.

    Raises:
        ValueError: shapes do not fit, or a value is outside what is stated above.
    """
    return linearised_correction(
        truth,
        predicted,
        role,
        domain=domain,
        weights=weights,
        clusters=clusters,
        strata=strata,
        population_clusters=population_clusters,
        lam=lam,
    )[0]


def linearised_correction(
    truth: ArrayLike,
    predicted: ArrayLike,
    role: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
    lam: float | None = None,
) -> tuple[list[CorrectedProportion], Linearised]:
    """Return `corrected_proportions` with their influence values, for differences and tests.

    `held` marks the clusters that hold audited answers of the base (all of its clusters, where nothing in it
    is predicted), and `df` is that of the intervals; `size` is that of the answers that people decided, at
    the weight that these have without the model. Errors that the audit does not show are in `unseen` and in
    `bounds`, not in the influence values.
    """
    sample = TwoPhaseSample.of(
        truth,
        predicted,
        role,
        domain=domain,
        weights=weights,
        clusters=clusters,
        strata=strata,
        population_clusters=population_clusters,
    )
    found = [_correct(sample, label, lam) for label in range(sample.truth.shape[1])]
    linearised = Linearised(
        sample.design,
        np.array([label.estimate for label in found], dtype=np.float64),
        _columns(sample, [label.totals for label in found]),
        _columns(sample, [label.held for label in found]) > 0,
        np.array([len(label.answers.rows) for label in found], dtype=np.int64),
        np.array([label.answers.weights.sum() for label in found], dtype=np.float64),
        np.array([kish_effective_size(_standing(label.answers)) for label in found], dtype=np.float64),
        bounds_of([label.record.proportion for label in found]),
        np.array([label.unseen for label in found], dtype=np.float64),
        np.array([label.record.proportion.df or 0 for label in found], dtype=np.int64),
    )
    return [label.record for label in found], linearised


def correction_part(
    truth: ArrayLike,
    predicted: ArrayLike,
    role: ArrayLike,
    part: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
) -> Linearised:
    """What some of the audited answers add to the share that the predictions give: with λ = 1,

        (W_M / W_A) Σ_{A and part} w (y - f) / (W_C + W_M)

    Over parts that together are the audit the terms add up to `p - (Σ_C w y + Σ_M w f) / (W_C + W_M)`, p
    being the corrected share with λ = 1. NaN where no answer of the base is audited or a prediction is
    missing. Where the part holds few errors two more are allowed for, as there. Symbols and arguments as in
    `corrected_proportions`.

    Args:
        part: (n,) 1 or true for the answers whose part of the correction is wanted, 0 or false for others.

    Raises:
        ValueError: as there, and where `part` is anything else.
    """
    sample = TwoPhaseSample.of(
        truth,
        predicted,
        role,
        domain=domain,
        weights=weights,
        clusters=clusters,
        strata=strata,
        population_clusters=population_clusters,
    )
    chosen = np.asarray(part, dtype=np.float64)
    if chosen.shape != sample.role.shape or not np.isin(chosen, (0, 1)).all():
        raise ValueError(f"part: expected true or false, {len(sample.role)} times")
    estimates, totals, held, n, weight, size = [], [], [], [], [], []
    unseen, df = [], []
    for label in range(sample.truth.shape[1]):
        answers = sample.answers(label)
        estimate, influence = np.nan, np.zeros(len(answers.rows))
        if answers.audited.any() and answers.predictable:
            share, of_share = weighted_mean(answers.rest, answers.weights)
            errors = (answers.truth - answers.predicted) * chosen[answers.rows]
            error, of_error = weighted_mean(errors, answers.weights * answers.audited)
            estimate, influence = share * error, error * of_share + share * of_error
        estimates.append(estimate)
        totals.append(sample.totals(answers, influence))
        held.append(sample.totals(answers, answers.audited))
        n.append(len(answers.rows))
        weight.append(answers.weights.sum())
        size.append(kish_effective_size(_standing(answers)))
        unseen.append(answers.unseen(1.0, chosen[answers.rows]))
        df.append(effective_df(sample.design, sample.totals(answers, answers.audit)))
    return Linearised(
        sample.design,
        np.array(estimates, dtype=np.float64),
        _columns(sample, totals),
        _columns(sample, held) > 0,
        np.array(n, dtype=np.int64),
        np.array(weight, dtype=np.float64),
        np.array(size, dtype=np.float64),
        None,
        np.array(unseen, dtype=np.float64),
        np.array(df, dtype=np.int64),
    )


def rogan_gladen(apparent: float, sensitivity: float, specificity: float) -> float | None:
    """The share behind an apparent one: `(apparent + specificity - 1) / (sensitivity + specificity - 1)`.

    Cut off at 0 and 1; None where sensitivity and specificity add up to 1 or less: such predictions tell
    nothing. It takes both as known, and as the same in whatever group it is used for. Source: Rogan and
    Gladen (1978), American Journal of Epidemiology 107, 71-76.
    """
    informed = sensitivity + specificity - 1
    return min(1.0, max(0.0, (apparent + specificity - 1) / informed)) if informed > 0 else None


@dataclass(frozen=True, slots=True)
class _Found:
    """One label: its record, base, estimate, cluster totals, which clusters are held, and what was unseen."""

    record: CorrectedProportion
    answers: LabelAnswers
    estimate: float
    totals: FloatArray
    held: FloatArray
    unseen: float = 0.0


def _correct(sample: TwoPhaseSample, label: int, lam: float | None) -> _Found:
    """Estimate one label."""
    answers, design = sample.answers(label), sample.design
    correction = _diagnostics(answers)
    if not (answers.rest > answers.audited).any():
        return _without_predictions(sample, label, answers, correction)
    n, count = len(answers.rows), int(answers.truth.sum())
    held, audited = sample.totals(answers, np.ones(n)) > 0, sample.totals(answers, answers.audited)
    size = kish_effective_size(answers.weights)
    if correction.audited == 0:
        unknown = Proportion(n, count, int(held.sum()), None, None, None, None, None, None, size)
        return _Found(
            CorrectedProportion(unknown, correction), answers, np.nan, np.zeros(len(audited)), audited
        )
    df = effective_df(design, sample.totals(answers, answers.audit))
    line, rare = blend(sample, answers), answers.rare
    if not answers.predictable:
        lam = 0.0
    elif lam is None:
        lam = answers.untuned() if rare else line.best
    unseen = answers.unseen(lam)
    audit_only = _audit_only(answers, line, design, df)
    share, totals = line.at(lam)
    share = min(1.0, max(0.0, share))
    found = audit_only if lam == 0 else _interval(share, totals, answers, design, df, unseen)
    deff = None
    if found.se is not None and 0 < share < 1:
        deff = found.se**2 * (n - 1) / (share * (1 - share))
    proportion = Proportion(
        n,
        count,
        int(held.sum()),
        found.estimate,
        found.se,
        found.low,
        found.high,
        df,
        deff,
        size,
        _effective_clusters(answers, answers.weights, design),
        design.domain(answers.rows).lone_strata(),
    )
    correction = replace(correction, lam=lam, audit_only=audit_only, rare=rare)
    return _Found(CorrectedProportion(proportion, correction), answers, share, totals, audited, unseen)


def _without_predictions(
    sample: TwoPhaseSample, label: int, answers: LabelAnswers, correction: Correction
) -> _Found:
    """What `proportions` says, where people decided all answers."""
    found = proportion_of(answers.truth, sample.design.domain(answers.rows))
    alone = Estimate(found.estimate, found.se, found.low, found.high)
    record = CorrectedProportion(found, replace(correction, audit_only=alone))
    held = sample.totals(answers, np.ones(found.n))
    if found.estimate is None:
        return _Found(record, answers, np.nan, np.zeros(len(held)), held)
    share, influence = weighted_mean(answers.truth, answers.weights)
    return _Found(record, answers, share, sample.totals(answers, influence), held)


def _audit_only(answers: LabelAnswers, line: Blend, design: SampleDesign, df: int) -> Estimate:
    """The estimate without the model (λ = 0): audited answers count for the rest, at their joint weight."""
    share, n, count = line.start, int(answers.decided.sum()), int(answers.truth.sum())
    if count in (0, n):
        share = float(count > 0)
    if df < 1:
        return Estimate(share)
    se = design.variance(line.start_totals) ** 0.5
    standing = _standing(answers)
    low, high = share_interval(
        share,
        se,
        n=n,
        df=df,
        size=kish_effective_size(standing),
        clusters=_effective_clusters(answers, standing, design),
    )
    return Estimate(share, se, low, high)


def _effective_clusters(answers: LabelAnswers, weights: FloatArray, design: SampleDesign) -> float:
    """As many clusters of one size would tell as much as these of the answers, at these weights."""
    return kish_effective_size(np.bincount(design.cluster[answers.rows], weights))


def _standing(answers: LabelAnswers) -> FloatArray:
    """Weights of the answers that people decided, the audited ones standing for all that are predicted."""
    w, audited = answers.weights, answers.weights * answers.audited
    rest = float(w @ answers.rest)
    return w * answers.certain + audited * (rest / audited.sum() if audited.any() else 0.0)


def _interval(
    share: float, totals: FloatArray, answers: LabelAnswers, design: SampleDesign, df: int, unseen: float
) -> Estimate:
    """The estimate with the model, in the interval that its rarity asks for."""
    if df < 1:
        return Estimate(share)
    n, size = int(answers.decided.sum()), kish_effective_size(answers.weights)
    seen = design.variance(totals)
    se = (seen + unseen) ** 0.5
    if not answers.rare:
        clusters = _effective_clusters(answers, answers.weights, design)
        low, high = share_interval(share, se, n=n, df=df, size=size, clusters=clusters)
        return Estimate(share, se, low, high)
    low, high = rare_share_interval(share, (seen + unseen / 2) ** 0.5, n=n, df=df, size=size)
    half = t_quantile(df) * se
    return Estimate(share, se, max(0.0, min(low, share - half)), min(1.0, max(high, share + half)))


def _diagnostics(answers: LabelAnswers) -> Correction:
    """The model's own share, and how good it is on the audited answers."""
    audited, w = answers.audited > 0, answers.weights
    count, positives = int(audited.sum()), int((answers.truth * answers.audited).sum())
    if len(w) == 0 or not answers.predictable:
        return Correction(None, 0.0, count, positives, Estimate(None), None, None, None)
    values = np.where(answers.decided > 0, answers.truth, answers.predicted)
    naive = float(w @ values / w.sum())
    hit = w * answers.audited * answers.truth
    miss = w * answers.audited * (1 - answers.truth)
    sensitivity = float(hit @ answers.predicted / hit.sum()) if hit.any() else None
    specificity = float(1 - miss @ answers.predicted / miss.sum()) if miss.any() else None
    corrected = None
    if sensitivity is not None and specificity is not None:
        rest = w * answers.rest
        corrected = rogan_gladen(float(rest @ answers.predicted / rest.sum()), sensitivity, specificity)
        if corrected is not None:
            certain = float((w * answers.certain) @ answers.truth)
            corrected = (certain + float(rest.sum()) * corrected) / float(w.sum())
    return Correction(naive, 0.0, count, positives, Estimate(None), sensitivity, specificity, corrected)


def _columns(sample: TwoPhaseSample, totals: list[FloatArray]) -> FloatArray:
    """(g, k): a column a label."""
    return np.stack(totals, axis=1) if totals else np.zeros((len(sample.design.stratum), 0))
