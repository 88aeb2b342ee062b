"""How many answers to code by hand, and how many twice, for a wanted precision."""

import math
from bisect import bisect_left

import numpy as np
from numpy.typing import ArrayLike

from coder.statistics.intervals import t_quantile
from coder.statistics.proportions import checked_values, checked_weights
from coder.statistics.records import AuditPlan, DoubleCodingPlan, LabelAgreement, PredictionError
from coder.statistics.two_phase import FEWEST_ERRORS, FEWEST_POSITIVES, LabelAnswers

FEWEST_AUDITED = 30
"""No audit is planned smaller: it could not tell a good model from a bad one."""
MORE = 100
"""What another hundred answers would bring is said beside every plan."""
FEWEST_FOR_A_VERDICT = 10
"""Expected positives below which a sample says little of the agreement on a label."""


def prediction_errors(
    truth: ArrayLike, predicted: ArrayLike, *, weights: ArrayLike | None = None
) -> list[PredictionError]:
    """How far off a model's predictions are, label by label: what `audit_plan` needs to know beforehand.

    The error variance is that of e = y - λ f, times what unequal weights cost: n Σ w² (e - mean)² / (Σ w)².
    λ = cov(y, f) / var(f) within 0-1; with fewer than 20 answers with the label, or without it (Kish's
    effective numbers), λ is 1 or 0 as in `corrected_proportions`. One more error than there is in these
    answers is always counted, 1 / n. The predictions must not have been learnt from these answers. Where
    answers were coded for being difficult the variance is too large.

    Args:
        truth: (n, k) 1, 0 or NaN, what people decided.
        predicted: (n, k) 0-1, or NaN where the model says nothing: then λ is 0.
        weights: (n,) not negative; None: all 1.

    Returns:
        One record a label; share and variance are None where nothing is known of it.

    Raises:
        ValueError: shapes do not fit, or a value is outside what is stated.
    """
    y, f = checked_values(truth), np.asarray(predicted, dtype=np.float64)
    if f.shape != y.shape or not (((f >= 0) & (f <= 1)) | np.isnan(f)).all():
        raise ValueError(f"predicted: expected numbers from 0 to 1, or NaN, in the shape {y.shape}")
    w = checked_weights(weights, len(y))
    found = []
    for label in range(y.shape[1]):
        known = ~np.isnan(y[:, label]) & (w > 0)
        decided, said, weight = y[known, label], f[known, label], w[known]
        n, positives = len(decided), int(decided.sum())
        if n == 0:
            found.append(PredictionError(0, 0, None, None, 0.0))
            continue
        weight = weight / weight.sum()
        share = float(weight @ decided)
        predictable = not np.isnan(said).any()
        said = np.where(predictable, said, 0.0)
        none, all_of_them = np.zeros(n), np.ones(n)
        answers = LabelAnswers(
            np.arange(n), weight, decided, said, none, all_of_them, all_of_them, predictable
        )
        lam = 0.0
        if predictable and answers.rare:
            lam = answers.untuned()
        elif predictable:
            centred = said - weight @ said
            spread = float(weight @ centred**2)
            lam = min(1.0, max(0.0, float(weight @ (centred * decided)) / spread)) if spread > 0 else 0.0
        errors = decided - lam * said
        variance = n * float(weight**2 @ (errors - weight @ errors) ** 2)
        found.append(PredictionError(n, positives, share, variance + predictable / n, lam))
    return found


def audit_plan(
    share: float,
    error_variance: float,
    *,
    uncoded: int,
    half_width: float,
    audited: int = 0,
    certain: int = 0,
    design_effect: float = 1.0,
) -> AuditPlan:
    """How large an audit must be for a corrected share of a wanted precision.

    Of N answers that nobody coded for other reasons n are audited. The half-width of the 95 % interval is
    h = z √(B + s² v (1/n - 1/N)), with B = deff · p (1 - p) / (N + C) what coding everything by hand would
    leave, C answers coded for other reasons, s = N / (N + C), and v the error variance. So::

        n = s² v / ((h / z)² - B + s² v / N)

    Where fewer than ten errors are to be expected (n v < 10) two more are counted, as in the interval that
    will come (`corrected_proportions`): v is v + 2 / n; and no fewer than 30 answers are planned. A share is
    taken as normally distributed, which for rare labels promises a little too much. The formula is
    that of two-phase sampling: Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling,
    chapter 9; without clusters and with the best λ it is that of PPI++ (Angelopoulos, Duchi and Zrnic 2023,
    arXiv 2311.01453).

    Args:
        share: the expected share of the label, 0-1.
        error_variance: of y - λ f (`prediction_errors`); p (1 - p) without a model.
        uncoded: N, answers not coded by hand for other reasons, audited ones included; at least 1.
        half_width: h, wanted; 0.05 is five percentage points.
        audited: answers in the audit that there is, of these N.
        certain: C.
        design_effect: deff, of clusters and weights on the whole wave (`Proportion.deff`).

    Raises:
        ValueError: a number is outside its range.
    """
    if not (0 <= share <= 1 and error_variance >= 0 and half_width > 0 and design_effect > 0):
        raise ValueError("expected a share of 0-1, and no negative variance, half-width or design effect")
    if not (uncoded >= 1 and certain >= 0 and 0 <= audited <= uncoded):
        raise ValueError("expected at least one answer that is not coded, and no more audited than there are")
    everything = uncoded + certain
    part = uncoded / everything
    v = error_variance * part**2
    floor = design_effect * share * (1 - share) / everything
    z = t_quantile(math.inf)

    def half(n: int) -> float | None:
        unseen = 2 * part**2 / n if n and n * error_variance < FEWEST_ERRORS else 0.0
        return z * math.sqrt(floor + (v + unseen) * (1 / n - 1 / uncoded)) if n else None

    needed = None
    if z * math.sqrt(floor) <= half_width:
        sizes = range(min(FEWEST_AUDITED, uncoded), uncoded)  # one more answer never makes it wider
        needed = sizes.start + bisect_left(sizes, True, key=lambda n: (half(n) or 0.0) <= half_width + 1e-12)
    rare = min(share, 1 - share) * (audited if needed is None else needed) < FEWEST_POSITIVES
    more = min(uncoded, audited + MORE)
    return AuditPlan(needed, audited, half(audited), half(more), z * math.sqrt(floor), rare)


def double_coding_plan(agreement: LabelAgreement, *, half_width: float) -> DoubleCodingPlan:
    """How many answers to code twice for an alpha of a wanted precision, from the agreement there is.

    The standard error of alpha shrinks with the square root of the number of answers that two or more coders
    coded: n = m (z se / h)², with se what m answers gave, clusters included.

    Args:
        agreement: from `label_agreement`, on m answers.
        half_width: h, half the wanted width of the 95 % interval.

    Returns:
        A plan without numbers where alpha or its standard error is undefined, and where the standard error
        is 0: coders who never differed, or a label that nobody gave, say nothing of the spread.

    Raises:
        ValueError: the half-width is not positive.
    """
    se = agreement.krippendorff_alpha.se
    spread = None if not se else se**2 * agreement.n
    rate = agreement.positives / agreement.n if agreement.n else 0.0
    return _double_coding(spread, rate, agreement.n, half_width)


def presumed_double_coding_plan(
    prevalence: float, alpha: float, *, half_width: float, coded: int = 0
) -> DoubleCodingPlan:
    """How many answers two coders should both code, before there is any agreement to go by.

    The variance of alpha for two coders who give the label equally often, π, is

        (1 - α) / n · [(1 - α)(1 - 2 α) + α (2 - α) / (2 π (1 - π))]

    that of the intraclass kappa, from which alpha differs by a term of order 1/n. In simulations with α of .5
    to .8 alpha spread more than this: by 2 % with 100 codings with the label, by 2-5 % with 24 to 40.
    Sources: Bloch and Kraemer (1989), Biometrics 45, 269-287; Donner and Eliasziw (1992), Statistics in
    Medicine 11, 1511-1519.

    Args:
        prevalence: π, presumed, between 0 and 1.
        alpha: α, presumed, 0-1.
        half_width: half the wanted width of the 95 % interval.
        coded: answers coded twice so far.

    Raises:
        ValueError: a number is outside its range.
    """
    if not (0 < prevalence < 1 and 0 <= alpha <= 1 and coded >= 0):
        raise ValueError("expected a prevalence between 0 and 1, and an alpha of 0-1")
    both = alpha * (2 - alpha) / (2 * prevalence * (1 - prevalence))
    spread = (1 - alpha) * ((1 - alpha) * (1 - 2 * alpha) + both)
    return _double_coding(spread or None, 2 * prevalence, coded, half_width)


def _double_coding(spread: float | None, positives: float, coded: int, half_width: float) -> DoubleCodingPlan:
    """A plan from the variance of alpha on one answer, and positive codings an answer."""
    if half_width <= 0:
        raise ValueError(f"half_width: expected a positive number, got {half_width}")
    rare = positives * (coded + MORE) < FEWEST_FOR_A_VERDICT
    if spread is None:
        return DoubleCodingPlan(None, coded, None, None, rare)
    reach = t_quantile(math.inf) * math.sqrt(spread)
    now = reach / math.sqrt(coded) if coded else None
    needed = math.ceil((reach / half_width) ** 2 - 1e-9)
    return DoubleCodingPlan(needed, coded, now, reach / math.sqrt(coded + MORE), rare)
