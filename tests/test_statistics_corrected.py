"""Corrected frequencies: reference cases, every possible audit of a small wave, and what changes nothing."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from coder.statistics import (
    AUDITED,
    CERTAIN,
    PREDICTED,
    CorrectedProportion,
    Estimate,
    corrected_proportions,
    correction_part,
    differences,
    linearised_correction,
    proportions,
    rogan_gladen,
)
from coder.statistics.intervals import rare_share_interval

nan = math.nan
Array = NDArray[Any]


def only(found: list[CorrectedProportion]) -> CorrectedProportion:
    (record,) = found
    return record


def counted(*cells: tuple[float, float, int, int]) -> tuple[Array, Array, Array]:
    """Truth, prediction and role of so many answers: (truth, prediction, role, number)."""
    rows = [cell[:3] for cell in cells for _ in range(cell[3])]
    truth, predicted, role = np.array(rows, dtype=float).T
    return truth[:, None], predicted[:, None], role.astype(int)


def audit_of(truth: Array, predicted: Array, audited: Array) -> tuple[Array, Array, Array]:
    """Hide the truth of all but the audited answers."""
    role = np.where(audited, AUDITED, PREDICTED)
    return np.where(audited, truth, nan)[:, None], predicted[:, None].astype(float), role


PPI = counted((1, 1, 1, 24), (1, 0, 1, 6), (0, 1, 1, 7), (0, 0, 1, 63), (nan, 1, 2, 620), (nan, 0, 2, 1380))


@pytest.mark.parametrize(
    ("lam", "low", "high"),
    [(1.0, 0.22650919, 0.37349081), (None, 0.2338859, 0.3661141), (0.0, 0.21018317, 0.38981683)],
)
def test_the_standard_error_is_that_of_the_prediction_powered_reference(
    lam: float | None, low: float, high: float
) -> None:
    """The reference averages predictions over the 2,000 answers not audited, here it is all 2,100: λ is
    2,100 / 2,000 of theirs. Its variances divide by n, and its interval is a normal one."""
    theirs = None if lam is None else lam * 2100 / 2000
    share = only(corrected_proportions(*PPI, lam=theirs)).proportion
    assert share.estimate == pytest.approx(0.3)
    assert share.se is not None
    half = stats.norm.ppf(0.975) * share.se * math.sqrt(2099 / 2100)
    assert [0.3 - half, 0.3 + half] == pytest.approx([low, high], abs=5e-9)


def test_a_share_apart_from_the_brucellosis_reference() -> None:
    assert rogan_gladen(23 / 150, 0.96, 0.89) == pytest.approx(0.0509804, abs=5e-8)
    assert rogan_gladen(0.05, 0.96, 0.89) == 0.0
    assert rogan_gladen(0.5, 0.4, 0.6) is None


def test_the_diagnostics_are_those_of_the_audit() -> None:
    correction = only(corrected_proportions(*PPI)).correction
    assert correction.naive == pytest.approx((30 + 620) / 2100)
    assert (correction.audited, correction.positives) == (100, 30)
    assert correction.sensitivity == pytest.approx(0.8)
    assert correction.specificity == pytest.approx(0.9)
    assert correction.rogan_gladen == pytest.approx((651 / 2100 - 0.1) / 0.7)


def test_over_all_possible_audits_the_estimate_is_right_on_average_and_so_is_its_variance() -> None:
    truth = np.array([1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0], dtype=float)
    predicted = np.array([1, 0, 0, 1, 1, 0, 0, 0.7, 0, 1, 0.2])
    estimates, variances = [], []
    for chosen in itertools.combinations(range(11), 5):
        audited = np.isin(np.arange(11), chosen)
        _, linearised = linearised_correction(*audit_of(truth, predicted, audited), lam=1.0)
        estimates.append(linearised.estimates[0])
        variances.append(linearised.design.variance(linearised.totals[:, 0]))
    assert np.mean(estimates) == pytest.approx(truth.mean())
    errors = truth - predicted
    audit = errors.var(ddof=1) * (1 / 5 - 1 / 11)
    assert np.var(estimates) == pytest.approx(audit)
    # linearised: that of the wave as a sample is in it, and it is too small by 1/n
    assert np.mean(variances) == pytest.approx(truth.var(ddof=1) / 11 + audit, rel=0.15)


def test_with_answers_coded_for_other_reasons_and_weights_it_is_the_estimator_written_out() -> None:
    generator = np.random.default_rng(3)
    role = generator.permutation(np.repeat([CERTAIN, AUDITED, PREDICTED], [40, 120, 240]))
    truth = (generator.random(400) < 0.4).astype(float)
    predicted, w = generator.random(400), generator.uniform(0.5, 2, 400)
    given_truth = np.where(role == PREDICTED, nan, truth)[:, None]
    c, a, m = role == CERTAIN, role == AUDITED, role != CERTAIN
    for lam in (0.0, 0.6, 1.0):
        found = only(corrected_proportions(given_truth, predicted[:, None], role, weights=w, lam=lam))
        total = w[c] @ truth[c] + lam * w[m] @ predicted[m]
        total += w[m].sum() / w[a].sum() * (w[a] @ (truth[a] - lam * predicted[a]))
        assert found.proportion.estimate == pytest.approx(total / w.sum())
        assert (found.proportion.n, found.correction.audited) == (400, 120)
        assert found.proportion.count == truth[~(role == PREDICTED)].sum()


def test_the_linearised_error_is_what_leaving_out_one_school_at_a_time_gives() -> None:
    generator = np.random.default_rng(5)
    school = generator.integers(0, 60, 900)
    truth = (generator.random(900) < generator.beta(2, 4, 60)[school]).astype(float)
    predicted = np.where(generator.random(900) < 0.8, truth, 1 - truth)
    role = generator.choice([CERTAIN, AUDITED, PREDICTED], 900, p=[0.2, 0.3, 0.5])
    w = generator.uniform(0.5, 2, 900)
    hidden = np.where(role == PREDICTED, nan, truth)[:, None]

    def estimated(keep: Array) -> Any:
        return only(
            corrected_proportions(
                hidden[keep],
                predicted[keep, None],
                role[keep],
                weights=w[keep],
                clusters=school[keep],
                lam=0.7,
            )
        ).proportion

    left_out = np.array([estimated(school != g).estimate for g in range(60)])
    jackknife = math.sqrt(59 / 60 * np.sum((left_out - left_out.mean()) ** 2))
    assert estimated(school >= 0).se == pytest.approx(jackknife, rel=0.03)


def test_perfect_predictions_give_the_precision_of_coding_everything_but_for_two_errors() -> None:
    generator = np.random.default_rng(1)
    truth = (generator.random(500) < 0.4).astype(float)
    school = np.arange(500) % 40
    full = proportions(truth[:, None], clusters=school)[0]
    audited = generator.permutation(np.arange(500) < 250)
    found = only(corrected_proportions(*audit_of(truth, truth, audited), clusters=school))
    assert found.correction.lam == pytest.approx(1)
    assert found.proportion.estimate == pytest.approx(full.estimate)
    assert full.se is not None
    assert found.proportion.se == pytest.approx(math.sqrt(full.se**2 + 2 * 0.5 / 250**2))


def test_without_the_model_the_audit_gives_its_classical_interval() -> None:
    generator = np.random.default_rng(2)
    truth = (generator.random(600) < 0.3).astype(float)
    school, w = np.arange(600) % 30, (1.0 + np.arange(600) // 30 % 2)
    audited = np.arange(600) < 120  # of every school as many
    classical = proportions(truth[:, None], clusters=school, weights=w, domain=audited)[0]
    given_answers = audit_of(truth, generator.random(600).round(), audited)
    without = only(corrected_proportions(*given_answers, clusters=school, weights=w, lam=0))
    for field in ("estimate", "se", "low", "high", "df"):
        assert getattr(without.proportion, field) == pytest.approx(getattr(classical, field))
    tuned = only(corrected_proportions(*given_answers, clusters=school, weights=w))
    assert tuned.correction.audit_only == Estimate(
        without.proportion.estimate, without.proportion.se, without.proportion.low, without.proportion.high
    )


def test_a_model_that_knows_nothing_counts_for_next_to_nothing_and_a_good_one_narrows_the_interval() -> None:
    generator = np.random.default_rng(4)
    truth = (generator.random(2000) < 0.3).astype(float)
    audited = generator.permutation(np.arange(2000) < 300)
    noise = (generator.random(2000) < 0.3).astype(float)
    good = np.where(generator.random(2000) < 0.95, truth, 1 - truth)
    blind, helped = (only(corrected_proportions(*audit_of(truth, f, audited))) for f in (noise, good))
    assert blind.correction.lam < 0.2
    assert helped.correction.lam > 0.8
    assert width(helped) < 0.6 * width(blind)


def width(found: CorrectedProportion) -> float:
    assert found.proportion.low is not None
    assert found.proportion.high is not None
    return found.proportion.high - found.proportion.low


def test_all_decided_by_people_is_the_ordinary_share() -> None:
    truth = np.array([[1, 0], [0, 0], [1, nan], [1, 1], [0, 1], [0, 0]])
    role, school = [CERTAIN, CERTAIN, CERTAIN, AUDITED, AUDITED, AUDITED], [1, 1, 2, 2, 3, 3]
    keywords: dict[str, Any] = {"clusters": school, "weights": [1, 2, 1, 1, 1, 0], "population_clusters": 9}
    # the unknown label is of an answer that was coded for other reasons: outside the base
    found = corrected_proportions(truth, np.full(truth.shape, nan), role, **keywords)
    assert [record.proportion for record in found] == proportions(truth, **keywords)
    assert [record.correction.lam for record in found] == [0, 0]


def test_without_an_audit_there_is_no_estimate_however_sure_the_model() -> None:
    found = only(corrected_proportions([[1], [0], [nan], [nan]], [[1], [0], [1], [1]], [0, 0, 2, 2]))
    assert found.proportion.estimate is found.proportion.low is None
    assert found.correction.naive == 0.75
    assert found.proportion.n == 4


def test_a_label_that_the_model_cannot_predict_stands_on_the_audit_alone() -> None:
    truth, predicted, role = PPI
    unsaid = predicted.copy()
    unsaid[-1] = nan
    found = only(corrected_proportions(truth, unsaid, role))
    assert found.correction.lam == 0
    assert found.correction.naive is found.correction.sensitivity is None
    assert found.proportion.estimate == found.correction.audit_only.estimate == pytest.approx(0.3)


def test_an_audited_answer_that_does_not_know_the_label_counts_as_not_audited() -> None:
    truth, predicted, role = (column.copy() for column in PPI)
    truth[:10] = nan
    found = only(corrected_proportions(truth, predicted, role))
    role[:10] = PREDICTED
    assert found == only(corrected_proportions(truth, predicted, role))
    assert found.correction.audited == 90


def test_a_rare_label_takes_the_model_as_it_is_and_an_interval_that_is_not_too_sure() -> None:
    """Nobody found the label in 100 answers, and the model was never wrong there: the rest may hold some."""
    found = only(corrected_proportions(*counted((0, 0, 1, 100), (nan, 0, 2, 899), (nan, 1, 2, 1))))
    assert found.correction.lam == 1
    assert found.correction.rare
    assert (round(found.proportion.estimate or 0, 3), found.proportion.low) == (0.001, 0)
    assert found.proportion.high is not None
    assert 0.03 < found.proportion.high < 0.06
    few, many = (
        only(
            corrected_proportions(
                *counted((1, 1, 1, n), (0, 0, 1, 100 - n), (nan, 1, 2, 190), (nan, 0, 2, 810))
            )
        )
        for n in (19, 20)
    )
    assert (few.correction.rare, many.correction.rare) == (True, False)


def test_what_is_found_are_plain_numbers_that_a_workbook_can_hold() -> None:
    cells = (1, 1, 1, 8), (0, 0, 1, 90), (0, 1, 1, 2), (nan, 1, 2, 30), (nan, 0, 2, 270)
    share = only(corrected_proportions(*counted(*cells)))
    assert share.correction.lam == 1.0  # rare
    numbers = [getattr(share.proportion, name) for name in ("estimate", "se", "low", "high", "deff")]
    assert {type(number) for number in numbers} == {float}


def test_a_share_that_the_correction_takes_below_nought_is_nought() -> None:
    found = only(
        corrected_proportions(
            *counted((0, 1, 1, 30), (0, 0, 1, 70), (nan, 1, 2, 90), (nan, 0, 2, 810)), lam=1.0
        )
    )
    assert found.proportion.estimate == found.proportion.low == 0
    assert found.proportion.high is not None
    assert found.proportion.high > 0.05


def test_the_rare_interval_is_never_narrower_than_the_symmetric_one_nor_than_its_binomial() -> None:
    low, high = rare_share_interval(0.05, 0.02, n=200, df=199, size=1000)
    half = stats.t.ppf(0.975, 199) * 0.02
    assert low == pytest.approx(0.05 - half)
    assert high == pytest.approx(stats.beta.ppf(0.975, 0.05 * 118.75 + 1, 0.95 * 118.75))


def test_one_cluster_with_audited_answers_gives_an_estimate_without_interval() -> None:
    truth, predicted, role = counted((1, 1, 1, 30), (0, 0, 1, 30), (nan, 1, 2, 100))
    found = only(corrected_proportions(truth, predicted, role, clusters=role))
    assert found.proportion.estimate is not None
    assert found.proportion.se is found.proportion.low is None
    assert found.proportion.df == 0


def test_an_empty_base_says_nothing() -> None:
    found = only(corrected_proportions(*PPI, domain=np.zeros(2100)))
    assert (found.proportion.n, found.proportion.estimate, found.correction.naive) == (0, None, None)


def test_parts_of_the_correction_add_up_to_what_the_audit_changes() -> None:
    truth, predicted, role = PPI
    part = np.arange(2100) % 3 == 0
    first, rest = (correction_part(truth, predicted, role, chosen) for chosen in (part, ~part))
    records, whole = linearised_correction(truth, predicted, role, lam=1.0)
    uncorrected = predicted.mean()
    assert first.estimates + rest.estimates + uncorrected == pytest.approx(whole.estimates)
    of_predictions = (predicted - uncorrected) / 2100
    assert first.totals + rest.totals + of_predictions == pytest.approx(whole.totals)
    assert records[0].proportion.estimate == pytest.approx(whole.estimates[0])


@pytest.mark.parametrize("part", [[1, nan], [2, 0], [1]])
def test_a_part_that_is_not_said_of_every_answer_is_refused(part: list[float]) -> None:
    with pytest.raises(ValueError, match="part: expected true or false, 2 times"):
        correction_part([[1], [nan]], [[1], [1]], [AUDITED, PREDICTED], part)


def test_a_part_without_an_error_allows_for_two() -> None:
    truth, predicted, role = PPI
    right = (np.arange(2100) < 24) | (role == PREDICTED)
    found = correction_part(truth, predicted, role, right)
    assert found.estimates[0] == 0
    assert found.unseen == pytest.approx([2 * (1 - 100 / 2100) / 100**2])


def test_a_correction_without_an_audit_is_unknown() -> None:
    found = correction_part([[1], [nan]], [[1], [1]], [CERTAIN, PREDICTED], [True, True])
    assert np.isnan(found.estimates).all()


def test_two_groups_with_an_audit_can_be_compared() -> None:
    generator = np.random.default_rng(6)
    group = np.arange(2000) % 2
    truth = (generator.random(2000) < np.where(group, 0.5, 0.3)).astype(float)
    predicted = np.where(generator.random(2000) < 0.9, truth, 1 - truth)
    given_answers = audit_of(truth, predicted, generator.permutation(np.arange(2000) < 400))
    one, two = (linearised_correction(*given_answers, domain=group == g)[1] for g in (1, 0))
    (difference,) = differences(one, two)
    assert difference.estimate is not None
    assert difference.se is not None
    assert difference.p is not None
    assert difference.p < 0.001
    variances = [part.design.variance(part.totals[:, 0]) for part in (one, two)]
    assert difference.se == pytest.approx(math.sqrt(sum(variances)), rel=0.01)
    assert difference.df == min(part.held.sum() for part in (one, two)) - 1


samples = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0]),
        st.sampled_from([0.0, 0.3, 1.0]),
        st.sampled_from([CERTAIN, AUDITED, PREDICTED]),
        st.sampled_from([0.0, 0.5, 1.0, 2.0]),
        st.integers(0, 6),
        st.integers(0, 1),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
)


def estimated(rows: list[tuple[float, float, int, float, int, int, bool]], scale: float = 1.0) -> Any:
    truth, predicted, role, w, school, stratum, domain = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    return only(
        corrected_proportions(
            np.where(role == PREDICTED, nan, truth)[:, None],
            predicted[:, None],
            role,
            weights=w * scale,
            clusters=school,
            strata=stratum,
            domain=domain,
        )
    )


def alike(one: CorrectedProportion, other: CorrectedProportion, *fields: str) -> None:
    for field in fields:
        a, b = getattr(one.proportion, field), getattr(other.proportion, field)
        assert a is b is None or a == pytest.approx(b, abs=1e-6)


@given(samples, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_answers_and_the_scale_of_weights_do_not_matter(rows: list[Any], random: Any) -> None:
    one, other = estimated(rows), estimated(random.sample(rows, len(rows)), scale=7)
    alike(one, other, "n", "count", "clusters", "estimate", "se", "low", "high", "df")
    assert one.correction.lam == pytest.approx(other.correction.lam)


@given(samples)
@settings(deadline=None)
def test_a_respondent_of_weight_two_is_two_identical_ones_in_the_same_school(rows: list[Any]) -> None:
    split = [row for r in rows for row in ([(*r[:3], 1.0, *r[4:])] * 2 if r[3] == 2.0 else [r])]
    one, two = (only_estimate(part) for part in (rows, split))
    assert one == pytest.approx(two, abs=1e-9, nan_ok=True)


def only_estimate(rows: list[Any]) -> list[float]:
    """Estimate and linearised variance with λ = 1: the interval knows how many answers there are."""
    truth, predicted, role, w, school, stratum, domain = (
        np.array(column) for column in zip(*rows, strict=True)
    )
    hidden = np.where(role == PREDICTED, nan, truth)[:, None]
    _, found = linearised_correction(
        hidden, predicted[:, None], role, weights=w, clusters=school, strata=stratum, domain=domain, lam=1.0
    )
    return [float(found.estimates[0]), found.design.variance(found.totals[:, 0])]


@given(samples)
@settings(deadline=None)
def test_the_interval_holds_the_estimate_and_stays_between_nought_and_one(rows: list[Any]) -> None:
    share = estimated(rows).proportion
    if share.low is not None:
        assert 0 <= share.low <= share.estimate + 1e-12
        assert share.estimate - 1e-12 <= share.high <= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [[0], [1]], [0, 0]), "values: expected respondents by labels"),
        (([[2]], [[0]], [0]), "values: expected 0, 1 or NaN"),
        (([[1]], [[1.5]], [0]), "predicted: expected numbers from 0 to 1"),
        (([[1]], [[1, 0]], [0]), "predicted: expected numbers from 0 to 1"),
        (([[1]], [[1]], [3]), "role: expected CERTAIN"),
        (([[1]], [[1]], [0, 1]), "role: expected CERTAIN"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        corrected_proportions(*arguments)


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_intervals_cover_at_their_nominal_rate_in_a_weighted_cluster_sample(share: float) -> None:
    generator = np.random.default_rng(8)
    covered, naive, rounds, schools, size = 0, 0, 300, 40, 20
    school = np.repeat(np.arange(schools), size)
    for _ in range(rounds):
        chance = generator.beta(share * 15, (1 - share) * 15, schools)
        truth = (generator.random(schools * size) < chance[school]).astype(float)
        predicted = (generator.random(schools * size) < np.where(truth, 0.9, 0.08)).astype(float)
        weights = np.exp(generator.normal(0, 0.3, schools))[school]
        audited = generator.permutation(np.arange(schools * size) < 150)
        given_answers = audit_of(truth, predicted, audited)
        found = only(corrected_proportions(*given_answers, weights=weights, clusters=school)).proportion
        alone = proportions(predicted[:, None], weights=weights, clusters=school)[0]
        assert found.low is not None
        assert found.high is not None
        assert alone.low is not None
        assert alone.high is not None
        covered += found.low <= share <= found.high
        naive += alone.low <= share <= alone.high
    assert covered / rounds >= 0.92
    assert naive / rounds < 0.85
