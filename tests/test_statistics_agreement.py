"""Agreement on one label: published values, brute force, and what must not change a result."""

import dataclasses
import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from coder.statistics import Estimate, LabelAgreement, label_agreement, nominal

nan = math.nan
Codings = NDArray[np.float64]

codings_with_gaps = st.tuples(st.integers(1, 8), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0, nan]))
)


def from_table(table: list[list[int]]) -> Codings:
    """Codings of two coders, one row a unit, from their cross table."""
    rows = [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]
    return np.array(rows, dtype=np.float64)


def from_counts(units: str) -> Codings:
    """Codings from the number of coders who chose each category, a digit each, units apart."""
    rows = [[c for c, n in enumerate(unit) for _ in range(int(n))] for unit in units.split()]
    return np.array(rows, dtype=np.float64)


def nominal_coefficients(codings: Codings) -> tuple[float, float, float | None]:
    """Percent agreement, Krippendorff's alpha and (two coders) Cohen's kappa for any categories."""
    paired = codings[(~np.isnan(codings)).sum(axis=1) >= 2]
    values = np.unique(paired[~np.isnan(paired)])
    coded = np.where(np.isnan(paired), -1, np.searchsorted(values, paired))
    q = len(values)
    sums = nominal.unit_statistics(coded, q).sum(axis=0)
    alpha = nominal.chance_corrected(*nominal.krippendorff_disagreement(sums, q))
    kappa = None
    if codings.shape[1] == 2:
        kappa = float(nominal.chance_corrected(*nominal.cohen_disagreement(sums, q)))
    return float(nominal.percent_agreement(sums)), float(alpha), kappa


RAW_4_RATERS = np.array(
    [
        [1, 1, nan, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [nan, 5, 5, 5],
        [nan, nan, 1, 1],
        [nan, nan, 3, nan],
    ]
)
# Gwet's irrCAC, data set distrib.6raters
DISTRIB_6_RATERS = from_counts(
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031"
)
# Fleiss (1971), Psychological Bulletin 76, 378-382: 30 patients, 6 diagnoses each
FLEISS_1971 = from_counts(
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)


def test_alpha_with_four_raters_and_missing_codings_is_krippendorffs_published_value() -> None:
    agreement, alpha, _ = nominal_coefficients(RAW_4_RATERS)
    assert agreement == pytest.approx(0.8181818, abs=5e-8)
    assert alpha == pytest.approx(0.74342, abs=5e-6)


def test_alpha_of_six_raters_is_that_of_irrcac() -> None:
    agreement, alpha, _ = nominal_coefficients(DISTRIB_6_RATERS)
    assert agreement == pytest.approx(0.5511111, abs=5e-8)
    assert alpha == pytest.approx(0.4204384, abs=5e-8)


def test_alpha_of_fleiss_psychiatric_diagnoses() -> None:
    assert nominal_coefficients(FLEISS_1971)[1] == pytest.approx(0.43341, abs=5e-6)


def test_a_three_by_three_table_gives_the_values_of_irrcac() -> None:
    agreement, alpha, kappa = nominal_coefficients(from_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]]))
    assert agreement == pytest.approx(0.89, abs=5e-8)
    assert alpha == pytest.approx(0.7972585, abs=5e-8)
    assert kappa == pytest.approx(0.7964094, abs=5e-8)


def test_kappa_of_cohens_own_example() -> None:
    agreement, _, kappa = nominal_coefficients(from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert agreement == pytest.approx(0.7)
    assert kappa == pytest.approx(0.491525, abs=5e-7)


def test_alpha_of_krippendorffs_nominal_example() -> None:
    pairs = zip("aabbdcccedda", "babbbccceddd", strict=True)
    codings = np.array([["abcde".index(a), "abcde".index(b)] for a, b in pairs], dtype=float)
    assert nominal_coefficients(codings)[1] == pytest.approx(0.6919643, abs=5e-8)


def test_alpha_of_krippendorffs_binary_example() -> None:
    codings = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]).T
    assert label_agreement(codings).krippendorff_alpha.estimate == pytest.approx(0.0952381, abs=5e-8)


@pytest.mark.parametrize(("table", "kappa"), [([[40, 9], [6, 45]], 0.699519), ([[80, 10], [5, 5]], 0.318182)])
def test_feinstein_and_cicchettis_paradox_same_agreement_other_kappa(
    table: list[list[int]], kappa: float
) -> None:
    result = label_agreement(from_table(table))
    assert result.percent_agreement.estimate == pytest.approx(0.85)
    assert result.cohen_kappa.estimate == pytest.approx(kappa, abs=5e-7)


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


def brute_force_alpha(codings: Codings) -> Fraction | None:
    """Alpha by its definition: disagreement within units over that among all codings, pair by pair."""
    units = [[v for v in row if not math.isnan(v)] for row in codings.tolist()]
    units = [unit for unit in units if len(unit) >= 2]
    values = [v for unit in units for v in unit]
    n = len(values)
    observed = sum(
        Fraction(sum(a != b for i, a in enumerate(unit) for j, b in enumerate(unit) if i != j), len(unit) - 1)
        for unit in units
    )
    expected = sum(a != b for i, a in enumerate(values) for j, b in enumerate(values) if i != j)
    return 1 - Fraction(observed, n) / Fraction(expected, n * (n - 1)) if expected else None


@given(codings_with_gaps)
@settings(deadline=None)
def test_alpha_is_what_counting_every_pair_gives(codings: Codings) -> None:
    alpha = label_agreement(codings, replicates=0).krippendorff_alpha.estimate
    expected = brute_force_alpha(codings)
    assert alpha is None if expected is None else alpha == pytest.approx(float(expected))


def test_expected_disagreement_is_the_mean_over_all_ways_to_deal_out_the_codings() -> None:
    values = [0, 1, 0, 1, 1, 0]
    dealt = [sum(p[i] != p[i + 1] for i in (0, 2, 4)) / 3 for p in permutations(values)]
    observed = sum(values[i] != values[i + 1] for i in (0, 2, 4)) / 3
    alpha = label_agreement(np.reshape(values, (3, 2))).krippendorff_alpha.estimate
    assert alpha == pytest.approx(1 - observed / (sum(dealt) / len(dealt)))


def numbers(result: LabelAgreement) -> list[float]:
    """All numbers of a record in a row, NaN for None."""
    flat: list[float] = []
    for value in dataclasses.astuple(result):
        flat += [nan if x is None else float(x) for x in (value if isinstance(value, tuple) else [value])]
    return flat


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


def test_resampled_standard_errors_are_close_to_the_analytic_one() -> None:
    """Kappa's by Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72, 323-327."""
    result = label_agreement(from_table([[50, 6], [5, 39]]), replicates=4000)
    po, n = 0.89, 100
    assert result.percent_agreement.se == pytest.approx(math.sqrt(po * (1 - po) / (n - 1)), rel=0.05)
    assert result.cohen_kappa.se == pytest.approx(0.063304, rel=0.05)


def test_alpha_is_undefined_when_nobody_gives_the_label() -> None:
    result = label_agreement(np.zeros((30, 2)))
    assert result.krippendorff_alpha == result.cohen_kappa == Estimate(None)
    assert result.positive_agreement is None
    assert result.undefined_replicates == 1
    assert result.percent_agreement.estimate == result.percent_agreement.high == 1
    assert result.percent_agreement.low == pytest.approx(0.025 ** (1 / 30))


def test_full_agreement_still_has_a_lower_bound_below_one() -> None:
    result = label_agreement(from_table([[20, 0], [0, 10]]))
    alpha = result.krippendorff_alpha
    assert (alpha.estimate, alpha.se, alpha.high) == (1, 0, 1)
    assert alpha.low is not None
    assert 0.5 < alpha.low < 0.9


def test_one_cluster_has_no_bounds() -> None:
    result = label_agreement(from_table([[20, 2], [1, 10]]), clusters=["school"] * 33)
    assert result.percent_agreement == Estimate(30 / 33)
    assert result.krippendorff_alpha.se is result.krippendorff_alpha.low is None


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


def test_units_with_a_single_coding_do_not_count() -> None:
    codings = np.array([[1, 1], [0, 0], [1, 0], [1, nan], [nan, nan]])
    assert label_agreement(codings) == label_agreement(codings[:3])
    empty = label_agreement(codings[3:])
    assert (empty.n, empty.coders, empty.positives, empty.prevalence) == (0, 0, 0, None)
    assert empty.percent_agreement == Estimate(None)


@pytest.mark.parametrize("codings", [[[0, 2]], [0, 1], [[[0, 1]]]])
def test_what_is_not_a_coding_is_refused(codings: object) -> None:
    with pytest.raises(ValueError, match="codings: expected"):
        label_agreement(codings)  # type: ignore[arg-type]


def test_clusters_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 identifiers"):
        label_agreement([[0, 1], [1, 1]], clusters=[1])


def test_the_interval_of_alpha_covers_at_its_nominal_rate() -> None:
    """60 schools of 3 answers, two coders who miss and invent labels: alpha is known from the model."""
    generator = np.random.default_rng(5)
    share, hit, slip = 0.2, 0.85, 0.03
    positive = share * hit + (1 - share) * slip
    differ = 2 * (share * hit * (1 - hit) + (1 - share) * slip * (1 - slip))
    truth = 1 - differ / (2 * positive * (1 - positive))
    covered = 0
    for seed in range(200):
        school = np.repeat(generator.beta(0.2 * 9, 0.8 * 9, size=60), 3)
        has = generator.random(180) < school
        codings = generator.random((180, 2)) < np.where(has, hit, slip)[:, None]
        alpha = label_agreement(codings, clusters=np.arange(180) // 3, replicates=200, seed=seed)
        low, high = alpha.krippendorff_alpha.low, alpha.krippendorff_alpha.high
        assert low is not None
        assert high is not None
        covered += low <= truth <= high
    assert 0.90 <= covered / 200 <= 0.99
