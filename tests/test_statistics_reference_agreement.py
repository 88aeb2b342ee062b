"""Coefficients of agreement with their errors, beside published values and other programs."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

from coder.statistics import Estimate, NominalAgreement, label_agreement, nominal_agreement, set_agreement

nan = math.nan
Codings = NDArray[np.float64]


def from_table(table: list[list[int]]) -> Codings:
    """Codings of two coders, one row a unit, from their cross table."""
    rows = [(a, b) for a, row in enumerate(table) for b, n in enumerate(row) for _ in range(n)]
    return np.array(rows, dtype=np.float64)


def from_counts(units: str) -> Codings:
    """Codings from the number of coders who chose each category, a hexadecimal digit each, units apart."""
    rows = [[c for c, n in enumerate(unit) for _ in range(int(n, 16))] for unit in units.split()]
    return np.array(rows, dtype=np.float64)


def from_sets(pairs: list[tuple[str, str]], labels: str) -> Codings:
    """Sets of one-letter labels by two coders, as units by coders by labels."""
    return np.array([[[float(x in coding) for x in labels] for coding in pair] for pair in pairs])


# Gwet's irrCAC, data set raw.4raters; also Krippendorff (2011), section D
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
# irrCAC, data set distrib.6raters
DISTRIB_6_RATERS = from_counts(
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031"
)
# irrCAC, data set cont3x3abstractors
CONT_3X3 = from_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
# Fleiss (1971), Psychological Bulletin 76, 378-382: 30 patients, 6 diagnoses each
FLEISS_1971 = from_counts(
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)
# Wikipedia, Fleiss' kappa: 10 subjects, 14 raters
WIKIPEDIA_FLEISS = from_counts("0000E 02642 00356 03920 22811 77000 32630 25322 65210 02237")


def values(estimate: Estimate) -> tuple[float, float]:
    """The estimate and its analytic standard error."""
    assert estimate.estimate is not None
    assert estimate.analytic is not None
    assert estimate.analytic.se is not None
    return estimate.estimate, estimate.analytic.se


def analytically(codings: Codings) -> NominalAgreement:
    return nominal_agreement(codings, replicates=0)


@pytest.mark.parametrize(
    ("coefficient", "expected", "error"),
    [
        ("percent_agreement", 0.8181818, 0.12561),
        ("gwet_ac1", 0.77544, 0.14295),
        ("fleiss_kappa", 0.76117, 0.15302),
        ("brennan_prediger", 0.77273, 0.14472),
        ("krippendorff_alpha", 0.74342, 0.14548),
    ],
)
def test_four_raters_with_gaps_give_the_values_and_errors_of_irrcac(
    coefficient: str, expected: float, error: float
) -> None:
    estimate, se = values(getattr(analytically(RAW_4_RATERS), coefficient))
    assert estimate == pytest.approx(expected, abs=5e-6)
    assert se == pytest.approx(error, abs=5e-6)


@pytest.mark.parametrize(
    ("coefficient", "expected", "error"),
    [
        ("gwet_ac1", 0.4448007, 0.08418757),
        ("fleiss_kappa", 0.4139265, 0.08119291),
        ("brennan_prediger", 0.4388889, 0.08312142),
    ],
)
def test_six_raters_give_the_values_and_errors_of_irrcac(
    coefficient: str, expected: float, error: float
) -> None:
    estimate, se = values(getattr(analytically(DISTRIB_6_RATERS), coefficient))
    assert estimate == pytest.approx(expected, abs=5e-8)
    assert se == pytest.approx(error, abs=5e-9)


def test_alpha_of_six_raters_is_that_of_irrcac_with_the_error_of_its_function_for_raw_data() -> None:
    """Its function for distributions prints .08243228 for the error.

    That one takes half of the influence on chance agreement. With as many codings of each unit, alpha is
    Fleiss' kappa but for a factor of 1 - 1/90 on 1 - alpha, and so is its error; for raw data irrCAC leaves
    that factor out.
    """
    result = analytically(DISTRIB_6_RATERS)
    assert result.percent_agreement.estimate == pytest.approx(0.5511111, abs=5e-8)
    estimate, se = values(result.krippendorff_alpha)
    assert estimate == pytest.approx(0.4204384, abs=5e-8)
    assert se == pytest.approx(values(result.fleiss_kappa)[1])

    counts, _ = aggregate_raters(DISTRIB_6_RATERS)
    share, few = counts.sum(axis=0) / 90, 1 / 90
    chance = share @ share
    agreed = (1 - few) * (counts * (counts - 1)).sum(axis=1) / 30 + few
    halved = (agreed - chance - (1 - estimate) * (counts @ share / 6 - chance)) / (1 - chance) - estimate
    assert math.sqrt(halved @ halved / (15 * 14)) == pytest.approx(0.08243228, abs=5e-9)


@pytest.mark.parametrize(
    ("coefficient", "expected", "error"),
    [
        ("percent_agreement", 0.89, 0.03128898),
        ("cohen_kappa", 0.7964094, 0.05891072),
        ("fleiss_kappa", 0.7962397, 0.05905473),  # of two coders: Scott's pi
        ("gwet_ac1", 0.8493305, 0.04321747),
        ("brennan_prediger", 0.835, 0.04693346),
        ("krippendorff_alpha", 0.7972585, 0.05905473),
    ],
)
def test_a_three_by_three_table_gives_the_values_and_errors_of_irrcac(
    coefficient: str, expected: float, error: float
) -> None:
    """The published errors are of the table, ours of the raw data: larger by the root of n / (n - 1)."""
    estimate, se = values(getattr(analytically(CONT_3X3), coefficient))
    assert estimate == pytest.approx(expected, abs=5e-8)
    assert se == pytest.approx(error * math.sqrt(100 / 99), abs=6e-9)


def test_fleiss_kappa_and_alpha_of_fleiss_psychiatric_diagnoses() -> None:
    result = analytically(FLEISS_1971)
    assert result.fleiss_kappa.estimate == pytest.approx(0.430245, abs=5e-7)
    assert result.krippendorff_alpha.estimate == pytest.approx(0.43341, abs=5e-6)


def test_fleiss_kappa_of_fourteen_raters() -> None:
    assert analytically(WIKIPEDIA_FLEISS).fleiss_kappa.estimate == pytest.approx(0.209931, abs=5e-7)


def test_kappa_of_cohens_own_example() -> None:
    result = analytically(from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))
    assert result.percent_agreement.estimate == pytest.approx(0.7)
    assert result.cohen_kappa.estimate == pytest.approx(0.491525, abs=5e-7)


def test_alpha_of_krippendorffs_nominal_example() -> None:
    pairs = zip("aabbdcccedda", "babbbccceddd", strict=True)
    codings = np.array([["abcde".index(a), "abcde".index(b)] for a, b in pairs], dtype=float)
    assert analytically(codings).krippendorff_alpha.estimate == pytest.approx(0.6919643, abs=5e-8)


def test_alpha_of_krippendorffs_binary_example() -> None:
    codings = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]).T
    assert label_agreement(codings).krippendorff_alpha.estimate == pytest.approx(0.0952381, abs=5e-8)


@pytest.mark.parametrize(
    ("table", "kappa", "ac1"),
    [([[40, 9], [6, 45]], 0.699519, 0.700748), ([[80, 10], [5, 5]], 0.318182, 0.808)],
)
def test_feinstein_and_cicchettis_paradox_same_agreement_other_kappa(
    table: list[list[int]], kappa: float, ac1: float
) -> None:
    result = label_agreement(from_table(table))
    assert result.percent_agreement.estimate == pytest.approx(0.85)
    assert result.pabak.estimate == pytest.approx(0.7)
    assert result.cohen_kappa.estimate == pytest.approx(kappa, abs=5e-7)
    assert result.gwet_ac1.estimate == pytest.approx(ac1, abs=5e-7)


def test_a_rare_label_has_high_agreement_and_ac1_and_a_kappa_around_zero() -> None:
    result = label_agreement(from_table([[195, 3], [2, 0]]))
    assert result.percent_agreement.estimate == pytest.approx(0.975)
    assert result.cohen_kappa.estimate == pytest.approx(-0.01, abs=5e-3)
    assert result.gwet_ac1.estimate == pytest.approx(0.974, abs=5e-4)


def test_alpha_over_sets_of_a_published_discussion() -> None:
    """stats.stackexchange.com/questions/407453, recomputed with NLTK's distances."""
    pairs = [
        ("ab", "a"), ("ab", "ab"), ("a", "a"), ("c", "c"), ("c", "ac"), ("d", "d"),
        ("b", "d"), ("ab", "a"), ("ab", "abc"), ("a", "a"), ("a", "a"),
    ]  # fmt: skip
    result = set_agreement(from_sets(pairs, "abcd"))
    assert result.n == 11
    assert result.alpha_masi.estimate == pytest.approx(0.5403557, abs=5e-8)
    assert result.alpha_jaccard.estimate == pytest.approx(0.6015625, abs=5e-8)
    assert result.identical.estimate == pytest.approx(6 / 11)
    kinds = sorted({coding for pair in pairs for coding in pair})
    whole = nominal_agreement([[kinds.index(a), kinds.index(b)] for a, b in pairs])
    assert whole.krippendorff_alpha.estimate == pytest.approx(0.4385027, abs=5e-8)
    assert values(whole.percent_agreement) == pytest.approx(values(result.identical))


def random_codings(seed: int, units: int, coders: int, categories: int) -> NDArray[np.int64]:
    """Coders who find the true category three times out of four."""
    generator = np.random.default_rng(seed)
    truth = generator.choice(categories, size=units, p=generator.dirichlet(np.ones(categories)))
    guesses = generator.integers(categories, size=(units, coders))
    return np.where(generator.random((units, coders)) < 0.75, truth[:, None], guesses)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_of_several_coders_is_what_statsmodels_finds(seed: int) -> None:
    codings = random_codings(seed, units=60, coders=4, categories=5)
    counts, _ = aggregate_raters(codings)
    assert nominal_agreement(codings).fleiss_kappa.estimate == pytest.approx(fleiss_kappa(counts, "fleiss"))


@pytest.mark.parametrize("seed", range(5))
def test_cohens_kappa_and_its_error_are_what_statsmodels_finds(seed: int) -> None:
    """The error of Fleiss, Cohen and Everitt (1969), which divides by n where raw data have n - 1."""
    codings = random_codings(seed, units=80, coders=2, categories=4)
    table = np.zeros((4, 4))
    np.add.at(table, (codings[:, 0], codings[:, 1]), 1)
    other = cohens_kappa(table)
    estimate, se = values(nominal_agreement(codings, replicates=0).cohen_kappa)
    assert estimate == pytest.approx(other.kappa)
    assert se == pytest.approx(other.std_kappa * math.sqrt(80 / 79))
