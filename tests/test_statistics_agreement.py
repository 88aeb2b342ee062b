"""Agreement on a label or a category: what must not change a result, what is undefined, who counts."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from coder.statistics import (
    Estimate,
    LabelAgreement,
    NominalAgreement,
    label_agreement,
    nominal_agreement,
)

nan = math.nan
Codings = NDArray[np.float64]

codings_with_gaps = st.tuples(st.integers(1, 8), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, nan]))
)


categories_with_gaps = st.tuples(st.integers(1, 7), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.sampled_from([0, 1, 2, -1]))
)


def from_table(table: list[list[int]]) -> Codings:
    """Codings of two coders, one row a unit, from their cross table."""
    rows = [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]
    return np.array(rows, dtype=np.float64)


def test_a_rare_label_has_high_agreement_and_a_kappa_around_zero() -> None:
    result = label_agreement(from_table([[195, 3], [2, 0]]))
    assert result.percent_agreement.estimate == pytest.approx(0.975)
    assert result.cohen_kappa.estimate == pytest.approx(-0.0121, abs=5e-5)
    assert (result.n, result.coders, result.positives) == (200, 2, 5)
    assert result.prevalence == pytest.approx(5 / 400)
    assert result.positive_agreement == 0
    assert 0 < result.undefined_replicates < 0.05


def test_positive_agreement_is_the_share_of_the_others_who_give_the_label_too() -> None:
    assert label_agreement(from_table([[80, 10], [5, 5]])).positive_agreement == pytest.approx(10 / 25)
    three = [[1, 1, 0], [1, 0, 0], [0, 0, 0]]  # of the others of three positive codings: 1/2, 1/2, 0
    assert label_agreement(three).positive_agreement == pytest.approx(1 / 3)


COEFFICIENTS = (
    "percent_agreement", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1", "brennan_prediger",
)  # fmt: skip


def numbers(result: LabelAgreement | NominalAgreement) -> list[float]:
    """All numbers of a record in a row, NaN for None."""
    flat: list[float] = []
    for value in dataclasses.astuple(result):
        if isinstance(value, tuple):
            *own, analytic = value
            flat += [nan if x is None else x for x in (*own, *(analytic or (nan, nan, nan)))]
        else:
            flat.append(nan if value is None else float(value))
    return flat


@given(categories_with_gaps, st.permutations(range(3)))
@settings(deadline=None)
def test_other_numbers_for_the_categories_change_no_estimate_and_no_analytic_interval(
    codings: NDArray[np.int64], names: list[int]
) -> None:
    renamed = np.where(codings < 0, -1, np.array(names)[codings])
    before = nominal_agreement(codings, categories=3, replicates=0)
    after = nominal_agreement(renamed, categories=3, replicates=0)
    np.testing.assert_allclose(numbers(after), numbers(before), rtol=1e-9, atol=1e-12)


@given(categories_with_gaps, st.integers(0, 4))
@settings(deadline=None, max_examples=60)
def test_a_coder_who_coded_nothing_changes_nothing(codings: NDArray[np.int64], place: int) -> None:
    idle = np.insert(codings, min(place, codings.shape[1]), -1, axis=1)
    assert nominal_agreement(idle, replicates=50) == nominal_agreement(codings, replicates=50)


@given(codings_with_gaps)
@settings(deadline=None, max_examples=60)
def test_a_label_is_a_choice_between_two_categories(codings: Codings) -> None:
    label = label_agreement(codings, replicates=50)
    choice = nominal_agreement(codings, categories=2, replicates=50)
    for name in COEFFICIENTS[:-1]:
        assert getattr(label, name) == getattr(choice, name), name
    assert label.pabak == choice.brennan_prediger


@given(codings_with_gaps, st.data())
@settings(deadline=None, max_examples=60)
def test_neither_the_order_of_coders_nor_that_of_units_changes_a_number(
    codings: Codings, data: st.DataObject
) -> None:
    n, coders = codings.shape
    clusters = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    units = np.array(data.draw(st.permutations(range(n))))
    columns = np.array(data.draw(st.permutations(range(coders))))
    before = label_agreement(codings, clusters=clusters, replicates=50)
    after = label_agreement(codings[units][:, columns], clusters=clusters[units], replicates=50)
    np.testing.assert_allclose(numbers(after), numbers(before), rtol=1e-9, atol=1e-12)


def test_a_different_seed_gives_other_bounds_but_the_same_estimate() -> None:
    codings = from_table([[80, 10], [5, 5]])
    first, again, other = (label_agreement(codings, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.krippendorff_alpha.estimate == other.krippendorff_alpha.estimate
    assert first.krippendorff_alpha.low != other.krippendorff_alpha.low


def test_two_replies_a_school_that_are_copies_count_as_one_with_schools_as_clusters() -> None:
    codings = from_table([[40, 6], [5, 20]])
    once = label_agreement(codings)
    twice = label_agreement(np.repeat(codings, 2, axis=0), clusters=np.repeat(np.arange(71), 2))
    blind_to_schools = label_agreement(np.repeat(codings, 2, axis=0))
    se = once.percent_agreement.se
    assert se is not None
    assert twice.percent_agreement.se == pytest.approx(se)
    assert blind_to_schools.percent_agreement.se == pytest.approx(se / math.sqrt(2), rel=0.1)


@pytest.mark.parametrize("clusters", [None, np.arange(200) // 4])
def test_resampled_and_analytic_intervals_are_close(clusters: NDArray[np.int64] | None) -> None:
    generator = np.random.default_rng(7)
    truth = np.repeat(generator.choice(3, size=50, p=[0.5, 0.3, 0.2]), 4)
    guesses = generator.integers(3, size=(200, 3))
    codings = np.where(generator.random((200, 3)) < 0.7, truth[:, None], guesses)
    result = nominal_agreement(codings, clusters=clusters, replicates=4000)
    for name in set(COEFFICIENTS) - {"cohen_kappa"}:
        estimate: Estimate = getattr(result, name)
        assert estimate.analytic is not None
        assert estimate.analytic.se == pytest.approx(estimate.se, rel=0.06), name
        assert estimate.analytic.low == pytest.approx(estimate.low, abs=0.02), name
        assert estimate.analytic.high == pytest.approx(estimate.high, abs=0.02), name


def test_kappas_and_alpha_are_undefined_and_ac1_and_pabak_one_when_nobody_gives_the_label() -> None:
    result = label_agreement(np.zeros((30, 2)))
    assert result.krippendorff_alpha == result.fleiss_kappa == result.cohen_kappa == Estimate(None)
    assert result.positive_agreement is None
    assert result.undefined_replicates == 1
    assert result.percent_agreement.estimate == result.percent_agreement.high == 1
    low = 0.025 ** (1 / 30)
    assert result.percent_agreement.low == pytest.approx(low)
    for coefficient, expected in ((result.gwet_ac1, 1.0), (result.pabak, 0.5)):
        assert (coefficient.estimate, coefficient.se, coefficient.high) == (1, 0, 1)
        assert coefficient.low == pytest.approx(1 - (1 - low) / expected)
        assert coefficient.analytic is not None
        assert coefficient.analytic.low == coefficient.low


def test_one_category_in_use_is_one_of_at_least_two() -> None:
    result = nominal_agreement(np.full((30, 3), 7))
    assert result.categories == 2
    assert result.krippendorff_alpha == result.fleiss_kappa == Estimate(None)
    assert result.gwet_ac1.estimate == result.brennan_prediger.estimate == 1


def test_categories_that_nobody_chose_count_for_ac1_and_brennan_and_prediger_only() -> None:
    few = [[0, 0, 1], [1, 1, 1], [0, 2, -1], [2, 2, 2], [0, 1, 0]]
    found, offered = nominal_agreement(few), nominal_agreement(few, categories=10)
    assert (found.categories, offered.categories) == (3, 10)
    assert found.krippendorff_alpha == offered.krippendorff_alpha
    assert found.fleiss_kappa == offered.fleiss_kappa
    agreed = offered.percent_agreement.estimate
    assert agreed is not None
    assert offered.brennan_prediger.estimate == pytest.approx((agreed - 0.1) / 0.9)
    assert offered.gwet_ac1.estimate != found.gwet_ac1.estimate


def test_full_agreement_still_has_a_lower_bound_below_one() -> None:
    result = label_agreement(from_table([[20, 0], [0, 10]]))
    for coefficient in (result.krippendorff_alpha, result.fleiss_kappa, result.gwet_ac1, result.pabak):
        assert (coefficient.estimate, coefficient.se, coefficient.high) == (1, 0, 1)
        assert coefficient.low is not None
        assert 0.5 < coefficient.low < 0.9


def test_one_cluster_has_no_bounds() -> None:
    result = label_agreement(from_table([[20, 2], [1, 10]]), clusters=["school"] * 33)
    assert result.percent_agreement == Estimate(30 / 33)
    assert result.krippendorff_alpha.se is result.krippendorff_alpha.low is None
    assert result.gwet_ac1.estimate is not None
    assert result.gwet_ac1.se is result.gwet_ac1.analytic is None


def test_one_unit_has_estimates_without_bounds() -> None:
    result = label_agreement([[1, 0, 1]])
    assert result.percent_agreement == Estimate(pytest.approx(1 / 3))
    assert result.pabak == Estimate(pytest.approx(-1 / 3))


def test_a_unit_without_a_cluster_is_a_cluster_of_its_own() -> None:
    codings = from_table([[20, 2], [1, 10]])
    assert label_agreement(codings, clusters=[None] * 33) == label_agreement(codings)
    assert label_agreement(codings, clusters=np.full(33, nan)) == label_agreement(codings)


def test_cohens_kappa_is_empty_unless_two_coders_code() -> None:
    two = from_table([[20, 2], [1, 10]])
    with_idle_third = np.column_stack([two, np.full(33, nan)])
    assert label_agreement(with_idle_third) == label_agreement(two)
    with_third = label_agreement(np.column_stack([two, two[:, 0]]))
    assert with_third.coders == 3
    assert with_third.cohen_kappa == Estimate(None)
    assert with_third.krippendorff_alpha.estimate is not None


def test_a_unit_with_a_single_coding_counts_for_chance_agreement_by_fleiss_and_gwet_only() -> None:
    codings = np.array([[1, 1], [0, 0], [1, 0], [1, nan], [nan, nan]])
    result, paired = label_agreement(codings), label_agreement(codings[:3])
    assert (result.n, result.coders, result.positives, result.prevalence) == (3, 2, 3, 0.5)
    assert result.krippendorff_alpha == paired.krippendorff_alpha
    assert result.cohen_kappa == paired.cohen_kappa
    for name in ("percent_agreement", "pabak"):
        own, other = getattr(result, name), getattr(paired, name)
        assert (own.estimate, own.se, own.low, own.high) == (other.estimate, other.se, other.low, other.high)
    assert result.percent_agreement.analytic.se > paired.percent_agreement.analytic.se
    chance = (5 / 8) ** 2 + (3 / 8) ** 2  # 1 + 0 + 1/2 + 1 of four units
    assert result.fleiss_kappa.estimate == pytest.approx((2 / 3 - chance) / (1 - chance))
    assert result.gwet_ac1.estimate == pytest.approx((2 / 3 - (1 - chance)) / chance)


def test_single_codings_do_not_lend_clusters_to_the_interval() -> None:
    codings = np.array([[1, 1], [0, 0], [1, 0], [0, 1]] + [[1, nan]] * 40)
    schools = np.repeat(["one", "two", "other"], [2, 2, 40])
    result = label_agreement(codings, clusters=schools)
    assert (
        result.percent_agreement.low
        == label_agreement(codings[:4], clusters=schools[:4]).percent_agreement.low
    )


def test_fleiss_kappa_below_minus_one_has_no_bounds() -> None:
    codings = np.array([[1, 0], [0, 1], [0, 0]] + [[0, nan]] * 60)
    fleiss = label_agreement(codings).fleiss_kappa
    assert fleiss.estimate is not None
    assert fleiss.estimate < -1
    assert fleiss.low is fleiss.high is None


def test_without_two_codings_of_anything_all_is_undefined() -> None:
    empty = label_agreement(np.array([[1, nan], [nan, nan]]))
    assert (empty.n, empty.coders, empty.positives, empty.prevalence) == (0, 0, 0, None)
    assert empty.percent_agreement == empty.gwet_ac1 == Estimate(None)
    assert nominal_agreement([[3, -1]]).brennan_prediger == Estimate(None)


@pytest.mark.parametrize("codings", [[[0, -2]], [[0, 0.5]], [[0, 3]], [0, 1]])
def test_what_is_not_a_category_is_refused(codings: object) -> None:
    with pytest.raises(ValueError, match="codings: expected"):
        nominal_agreement(codings, categories=3)  # type: ignore[arg-type]


@pytest.mark.parametrize("codings", [[[0, 2]], [0, 1], [[[0, 1]]]])
def test_what_is_not_a_coding_is_refused(codings: object) -> None:
    with pytest.raises(ValueError, match="codings: expected"):
        label_agreement(codings)  # type: ignore[arg-type]


def test_clusters_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 identifiers"):
        label_agreement([[0, 1], [1, 1]], clusters=[1])


def test_no_error_at_all_does_not_make_an_interval_of_no_width() -> None:
    opposed = label_agreement(np.tile([[0, 1], [1, 0]], (30, 1)), replicates=100)
    school = [[0, 0], [1, 1], [0, 0], [0, 1], [1, 1], [0, 0], [0, 0], [1, 0]]
    alike = label_agreement(np.tile(school, (12, 1)), clusters=np.arange(96) // 8, replicates=100)
    for found, bound in ((opposed, "low"), (alike, "")):
        alpha = found.krippendorff_alpha
        assert alpha.estimate is not None
        assert alpha.se == pytest.approx(0, abs=1e-9)
        for interval in (alpha, alpha.analytic):
            assert interval is not None
            assert interval.low is not None
            assert interval.high is not None
            assert -1 <= interval.low <= alpha.estimate < interval.high - 0.05
            assert bound == "low" or interval.low < alpha.estimate - 0.1


def test_coders_who_always_agree_in_a_few_large_clusters_may_yet_differ_elsewhere() -> None:
    codings = np.tile([[0, 0], [1, 1], [0, 0], [0, 0]], (100, 1))
    alone = label_agreement(codings, replicates=100)
    schools = label_agreement(codings, clusters=np.arange(400) // 40, replicates=100)
    for whole, clustered in (
        (alone.percent_agreement, schools.percent_agreement),
        (alone.krippendorff_alpha, schools.krippendorff_alpha),
    ):
        assert whole.low is not None
        assert clustered.low is not None
        assert clustered.estimate == clustered.high == 1
        assert 1 - clustered.low > 2 * (1 - whole.low)


def test_the_intervals_of_alpha_cover_at_their_nominal_rate() -> None:
    """60 schools of 3 answers, two coders who miss and invent labels: alpha is known from the model."""
    generator = np.random.default_rng(5)
    share, hit, slip = 0.2, 0.85, 0.03
    positive = share * hit + (1 - share) * slip
    differ = 2 * (share * hit * (1 - hit) + (1 - share) * slip * (1 - slip))
    truth = 1 - differ / (2 * positive * (1 - positive))
    covered = np.zeros(2)
    for seed in range(200):
        school = np.repeat(generator.beta(0.2 * 9, 0.8 * 9, size=60), 3)
        has = generator.random(180) < school
        codings = generator.random((180, 2)) < np.where(has, hit, slip)[:, None]
        found = label_agreement(codings, clusters=np.arange(180) // 3, replicates=200, seed=seed)
        alpha = found.krippendorff_alpha
        for place, interval in enumerate((alpha, alpha.analytic)):
            assert interval is not None
            assert interval.low is not None
            assert interval.high is not None
            covered[place] += interval.low <= truth <= interval.high
    assert (covered / 200 >= 0.90).all()
    assert (covered / 200 <= 0.99).all()
