"""Surveys drawn at random whose truth is known, with the intervals that each way of working gives."""

from collections.abc import Iterator
from math import erf
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from coder.statistics import (
    AUDITED,
    CERTAIN,
    PREDICTED,
    Estimate,
    compare_linearised,
    corrected_proportions,
    differences,
    label_agreement,
    linearised_correction,
    linearised_proportions,
    proportions,
    set_agreement,
)

Array = npt.NDArray[Any]
Z = 1.959963984540054
LOW_WEIGHT, HIGH_WEIGHT = (0.5, 1.3), (1.5, 0.9)
"""Half of the respondents each: weight, and how often they mention a label relative to all, weighted."""


class Outcome(NamedTuple):
    """One interval: by which method, whether the method is valid here, the truth, and the bounds."""

    method: str
    valid: bool
    truth: float
    low: float | None
    high: float | None


class Shape(NamedTuple):
    """A kind of survey: schools (0: none), respondents, intraclass correlation, weights, strata.

    `unequal` is the standard deviation of the logarithm of school sizes: with .7 the largest of twelve is ten
    times the smallest, with 1.0 twenty-five times.
    """

    name: str
    schools: int
    respondents: int
    correlation: float = 0.05
    weighted: bool = True
    strata: int = 1
    unequal: float = 0.0


class Sample(NamedTuple):
    """Respondents: the chance that each mentions the label, and how they were sampled."""

    chance: Array
    school: Array
    weight: Array
    stratum: Array

    @property
    def design(self) -> dict[str, Array]:
        return {"weights": self.weight, "clusters": self.school, "strata": self.stratum}


def sample(generator: np.random.Generator, shape: Shape, share: float) -> Sample:
    """Respondents of whom a weighted share, in the population, mentions the label."""
    n = shape.respondents
    if shape.schools:
        size = np.exp(generator.normal(0, shape.unequal, shape.schools))
        others = generator.choice(shape.schools, n - shape.schools, p=size / size.sum())
        school = np.concatenate([np.arange(shape.schools), others])
        spread = 1 / shape.correlation - 1
        chance = generator.beta(share * spread, (1 - share) * spread, shape.schools)[school]
    else:
        school, chance = np.arange(n), np.full(n, share)
    weight = np.ones(n)
    if shape.weighted:
        low = generator.random(n) < 0.5
        weight = np.where(low, LOW_WEIGHT[0], HIGH_WEIGHT[0])
        weight *= np.exp(generator.normal(0, 0.3, school.max() + 1))[school]
        chance = np.minimum(1, chance * np.where(low, LOW_WEIGHT[1], HIGH_WEIGHT[1]))
    return Sample(chance, school, weight, school % shape.strata)


def frequencies(generator: np.random.Generator, shape: Shape, share: float) -> Iterator[Outcome]:
    drawn = sample(generator, shape, share)
    given = (generator.random(len(drawn.chance)) < drawn.chance).astype(float)
    (found,) = proportions(given[:, None], **drawn.design)
    method = "weighted, clustered" + (", warned of: few or unequal schools" if found.narrow else "")
    yield Outcome(method, not found.narrow, share, found.low, found.high)
    if shape.weighted or share < 0.05:
        yield Outcome("p ± 1.96 √(p (1 - p) / n)", False, share, *wald(given))


def wald(given: Array) -> tuple[float, float]:
    half = Z * float(given.std()) / len(given) ** 0.5
    return float(given.mean()) - half, float(given.mean()) + half


def accepted(method: str, valid: bool, p: float) -> Outcome:
    """A test of what is true, as an interval that holds the truth unless the test rejects it."""
    return Outcome(method, valid, 0.0, 0.0 if p >= 0.05 else 1.0, 1.0)


NO_VERDICT = " (no verdict: fewer than ten answers with the label, on average a coder)"
SENSITIVITY, FALSE_POSITIVES = 0.85, 0.03
DIFFICULTY = 0.15
"""Intraclass correlation of sensitivity: in some schools answers are written less clearly."""


def agreement(
    generator: np.random.Generator, schools: int, coders: int, answers: int, share: float
) -> Iterator[Outcome]:
    school, sensitivity = np.arange(answers), np.full(answers, SENSITIVITY)
    chance, varies = np.full(answers, share), 0.0
    if schools:
        school = np.arange(answers) % schools
        chance = generator.beta(share * 19, (1 - share) * 19, schools)[school]
        spread = 1 / DIFFICULTY - 1
        sensitivity = generator.beta(SENSITIVITY * spread, (1 - SENSITIVITY) * spread, schools)[school]
        varies = DIFFICULTY * SENSITIVITY * (1 - SENSITIVITY)
    truth = generator.random(answers) < chance
    gives = np.where(truth, sensitivity, FALSE_POSITIVES)[:, None]
    codings = (generator.random((answers, coders)) < gives).astype(float)
    if coders > 2:
        codings[generator.random(codings.shape) < 0.3] = np.nan
    found = label_agreement(codings, clusters=school, replicates=200, seed=int(generator.integers(2**31)))

    given = share * SENSITIVITY + (1 - share) * FALSE_POSITIVES
    both = share * (SENSITIVITY**2 + varies) + (1 - share) * FALSE_POSITIVES**2
    same, by_chance = 1 - 2 * (given - both), given**2 + (1 - given) ** 2
    kappa, ac1 = (same - by_chance) / (1 - by_chance), (same - (1 - by_chance)) / by_chance
    enough = given * answers >= 10
    note = "" if enough else NO_VERDICT
    named: list[tuple[str, Estimate, float]] = [
        ("percent agreement", found.percent_agreement, same),
        ("alpha", found.krippendorff_alpha, kappa),
        ("AC1", found.gwet_ac1, ac1),
    ]
    if coders == 2:
        named.insert(2, ("Cohen's kappa", found.cohen_kappa, kappa))
    for name, estimate, value in named:
        yield Outcome(f"{name}, resampled{note}", enough, value, estimate.low, estimate.high)
        formula = estimate.analytic
        if formula is not None:
            yield Outcome(f"{name}, by formula{note}", enough, value, formula.low, formula.high)
    if schools:
        alone = label_agreement(codings, replicates=0).krippendorff_alpha.analytic
        if alone is not None:
            yield Outcome("alpha, schools forgotten", False, kappa, alone.low, alone.high)


TYPES = np.array([[0.5, 0.2, 0.1], [0.2, 0.4, 0.1]])
"""Shares of three labels in two types of schools."""


def sets_agreement(generator: np.random.Generator, schools: int, answers: int) -> Iterator[Outcome]:
    school = np.arange(answers) % schools if schools else np.arange(answers)
    kind = generator.integers(0, 2, school.max() + 1)[school]
    truth = generator.random((answers, 3)) < TYPES[kind]
    gives = np.where(truth, SENSITIVITY, FALSE_POSITIVES)
    codings = np.stack([generator.random((answers, 3)) < gives for _ in range(2)], axis=1).astype(float)
    found = set_agreement(codings, clusters=school, replicates=200, seed=int(generator.integers(2**31)))
    identical, masi, jaccard = true_set_agreement()
    for name, estimate, value in (
        ("identical sets", found.identical, identical),
        ("alpha, MASI", found.alpha_masi, masi),
        ("alpha, Jaccard", found.alpha_jaccard, jaccard),
    ):
        yield Outcome(name, True, value, estimate.low, estimate.high)


def true_set_agreement() -> tuple[float, float, float]:
    """Share of identical sets and both alphas if everybody coded everything: over all pairs of sets."""
    subsets = (np.arange(8)[:, None] >> np.arange(3)) & 1
    joint = np.zeros((8, 8))
    for shares in TYPES:
        of_type = np.ones((8, 8))
        for label, share in enumerate(shares):
            given = np.where(subsets[:, label], SENSITIVITY, 1 - SENSITIVITY)
            not_given = np.where(subsets[:, label], FALSE_POSITIVES, 1 - FALSE_POSITIVES)
            of_type *= share * np.outer(given, given) + (1 - share) * np.outer(not_given, not_given)
        joint += of_type / len(TYPES)
    both = subsets @ subsets.T
    either = subsets.sum(axis=1)[:, None] + subsets.sum(axis=1) - both
    jaccard = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    holds = (both == subsets.sum(axis=1)) | (both == subsets.sum(axis=1)[:, None])
    monotone = np.where(np.eye(8) > 0, 1, np.where(holds & (both > 0), 2 / 3, np.where(both > 0, 1 / 3, 0)))
    apart = np.outer(joint.sum(axis=0), joint.sum(axis=0))
    masi, plain = (
        1 - float(np.sum(joint * d)) / float(np.sum(apart * d)) for d in (1 - jaccard * monotone, 1 - jaccard)
    )
    return float(np.trace(joint)), masi, plain


MODELS = {"good": (0.85, 0.02), "bad": (0.3, 0.1), "biased": (0.95, 0.15), "uneven": (0.8, 0.03)}
"""Sensitivity and share of false positives; uneven: both vary between schools (or groups of answers)."""


def predictions(generator: np.random.Generator, model: str, truth: Array, school: Array) -> Array:
    sensitivity, false = (np.full(len(truth), rate) for rate in MODELS[model])
    if model == "uneven":
        ease = generator.beta(4, 1, school.max() + 1)[school]  # mean .8
        sensitivity, false = ease, 0.15 * (1 - ease)
    return (generator.random(len(truth)) < np.where(truth > 0, sensitivity, false)).astype(float)


def corrected(
    generator: np.random.Generator, shape: Shape, model: str, share: float, audit: int, certain: int
) -> Iterator[Outcome]:
    drawn = sample(generator, shape, share)
    n = len(drawn.chance)
    truth = (generator.random(n) < drawn.chance).astype(float)
    predicted = predictions(generator, model, truth, drawn.school)
    role = np.full(n, PREDICTED)
    if certain:  # chosen as one chooses what teaches most: predicted positives, and mistakes
        sought = 0.3 + predicted + 2 * (predicted != truth)
        role[generator.choice(n, certain, replace=False, p=sought / sought.sum())] = CERTAIN
    role[generator.choice(np.flatnonzero(role == PREDICTED), audit, replace=False)] = AUDITED
    known = np.where(role == PREDICTED, np.nan, truth)[:, None]
    (found,) = corrected_proportions(known, predicted[:, None], role, **drawn.design)
    share_found, alone = found.proportion, found.correction.audit_only
    yield Outcome("corrected", True, share, share_found.low, share_found.high)
    yield Outcome("audit alone, without the model", True, share, alone.low, alone.high)
    if generator.random() > 0.25:  # what is not valid needs fewer rounds to be seen
        return
    (naive,) = proportions(predicted[:, None], **drawn.design)
    yield Outcome("the model's own share", False, share, naive.low, naive.high)
    if certain:
        (careless,) = corrected_proportions(
            known, predicted[:, None], np.where(role == CERTAIN, AUDITED, role), **drawn.design
        )
        low, high = careless.proportion.low, careless.proportion.high
        yield Outcome("chosen answers treated as random", False, share, low, high)
    else:
        learnt = np.where((role == AUDITED) & (generator.random(n) < 0.95), truth, predicted)
        (careless,) = corrected_proportions(known, learnt[:, None], role, **drawn.design)
        low, high = careless.proportion.low, careless.proportion.high
        yield Outcome("model has learnt the audited answers", False, share, low, high)


class Simple(NamedTuple):
    """A wave without schools, a random audit of it, and a model: sensitivity and share of false positives.

    `spread`: standard deviation of the logarithm of the weights. Those with a weight above the median mention
    the label more often, and the model misses them more often.
    """

    answers: int
    audit: int
    share: float
    sensitivity: float
    false: float
    spread: float = 0.0

    @property
    def name(self) -> str:
        heavy = f", weights with a spread of {self.spread}" if self.spread else ""
        return (
            f"{self.answers:,} answers{heavy}, {self.audit} audited; label {self.share:.0%}, model finds "
            f"{self.sensitivity:.0%}, false {self.false:.1%}"
        )


def corrected_simple(generator: np.random.Generator, wave: Simple) -> Iterator[Outcome]:
    n, chance, sensitivity, weights = wave.answers, wave.share, wave.sensitivity, None
    if wave.spread:
        log = generator.normal(size=n)
        weights = np.exp(wave.spread * log)
        of_heavy = 0.5 * (1 + erf(wave.spread / 2**0.5))  # their part of all weight
        chance = wave.share * np.where(log > 0, 1.5, 0.5) / (0.5 + of_heavy)
        sensitivity = wave.sensitivity - 0.4 * (log > 0)
    truth = (generator.random(n) < chance).astype(float)
    predicted = (generator.random(n) < np.where(truth > 0, sensitivity, wave.false)).astype(float)
    role = np.full(n, PREDICTED)
    role[generator.choice(n, wave.audit, replace=False)] = AUDITED
    known = np.where(role == AUDITED, truth, np.nan)[:, None]
    (found,) = corrected_proportions(known, predicted[:, None], role, weights=weights)
    alone = found.correction.audit_only
    yield Outcome("corrected", True, wave.share, found.proportion.low, found.proportion.high)
    yield Outcome("audit alone, without the model", True, wave.share, alone.low, alone.high)


class Missed(NamedTuple):
    """Two groups with the same share of a label, which the model finds less often in the second."""

    answers: int
    audit: int
    share: float
    sensitivity: tuple[float, float]
    false: float
    first: float = 0.5

    @property
    def name(self) -> str:
        return (
            f"{self.answers:,} answers, {self.audit} audited, first group {self.first:.0%}; label "
            f"{self.share:.0%}, model finds {self.sensitivity[0]:.0%} and {self.sensitivity[1]:.0%}, false "
            f"{self.false:.1%}"
        )


def missed_in_one_group(generator: np.random.Generator, wave: Missed) -> Iterator[Outcome]:
    n = wave.answers
    group = (generator.random(n) >= wave.first).astype(int)
    truth = (generator.random(n) < wave.share).astype(float)
    finds = np.array(wave.sensitivity)[group]
    predicted = (generator.random(n) < np.where(truth > 0, finds, wave.false)).astype(float)
    role = np.full(n, PREDICTED)
    role[generator.choice(n, wave.audit, replace=False)] = AUDITED
    known = np.where(role == AUDITED, truth, np.nan)[:, None]
    one, two = (linearised_correction(known, predicted[:, None], role, domain=group == g)[1] for g in (0, 1))
    (difference,) = differences(one, two)
    yield Outcome("corrected", True, 0.0, difference.low, difference.high)
    if difference.p is not None:
        yield accepted("test of a change at .05: 100 less false alarms", True, difference.p)
    test = compare_linearised([one, two]).tests[0]
    if test.p is not None:
        yield accepted("test between groups at .05: 100 less false alarms", True, test.p)


def corrected_differences(
    generator: np.random.Generator, shape: Shape, shares: tuple[float, float]
) -> Iterator[Outcome]:
    drawn = sample(generator, shape, shares[0])
    n = len(drawn.chance)
    group = generator.integers(0, 2, n)
    chance = np.where(group == 1, np.minimum(1, drawn.chance * shares[1] / shares[0]), drawn.chance)
    truth = (generator.random(n) < chance).astype(float)
    # worse in one group than in the other
    predicted = np.where(
        group == 1,
        predictions(generator, "uneven", truth, drawn.school),
        predictions(generator, "biased", truth, drawn.school),
    )
    role = np.full(n, PREDICTED)
    role[generator.choice(n, 300, replace=False)] = AUDITED
    known = np.where(role == AUDITED, truth, np.nan)[:, None]
    one, two = (
        linearised_correction(known, predicted[:, None], role, domain=group == g, **drawn.design)[1]
        for g in (1, 0)
    )
    (difference,) = differences(one, two)
    yield Outcome("corrected", True, shares[1] - shares[0], difference.low, difference.high)
    one, two = (linearised_proportions(predicted[:, None], domain=group == g, **drawn.design) for g in (1, 0))
    (naive,) = differences(one, two)
    yield Outcome("the model's own shares", False, shares[1] - shares[0], naive.low, naive.high)
