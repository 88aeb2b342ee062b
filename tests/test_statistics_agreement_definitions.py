"""Agreement by other routes: codings drawn and compared, all samples enumerated, slopes by small steps."""

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from coder.statistics import label_agreement, nominal, nominal_agreement, set_agreement
from coder.statistics.resampling import cluster_totals

COEFFICIENTS = (
    "percent_agreement", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "gwet_ac1", "brennan_prediger",
)  # fmt: skip

categories_with_gaps = st.tuples(st.integers(1, 7), st.integers(2, 4)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.sampled_from([0, 1, 2, -1]))
)


def equal(left: list[int], right: list[int]) -> Fraction:
    """Share of equal pairs when one coding of each is drawn."""
    return Fraction(sum(a == b for a in left for b in right), len(left) * len(right))


def brute_force(codings: NDArray[np.int64], categories: int) -> dict[str, Fraction | None]:
    """All coefficients by their definitions: codings drawn and compared, pair by pair."""
    units = [[v for v in row if v >= 0] for row in codings.tolist()]
    coded = [unit for unit in units if unit]
    paired = [unit for unit in units if len(unit) >= 2]
    within = [
        Fraction(sum(a == b for i, a in enumerate(u) for j, b in enumerate(u) if i != j), len(u) - 1)
        for u in paired
    ]
    agreed = sum(x / len(u) for x, u in zip(within, paired, strict=True)) / Fraction(len(paired))
    pool = [v for unit in paired for v in unit]
    among = sum(a == b for i, a in enumerate(pool) for j, b in enumerate(pool) if i != j)
    alike = sum(equal(a, b) for a in coded for b in coded) / Fraction(len(coded) ** 2)

    def beyond(chance: Fraction, observed: Fraction = agreed) -> Fraction | None:
        return (observed - chance) / (1 - chance) if chance < 1 else None

    found = {
        "percent_agreement": agreed,
        "fleiss_kappa": beyond(alike),
        "krippendorff_alpha": beyond(
            Fraction(among, len(pool) * (len(pool) - 1)), sum(within) / Fraction(len(pool))
        ),
        "gwet_ac1": beyond((1 - alike) / (categories - 1)),
        "brennan_prediger": beyond(
            Fraction(sum(a == b for a, b in product(range(categories), repeat=2)), categories**2)
        ),
        "cohen_kappa": None,
    }
    pairs = codings[(codings >= 0).sum(axis=1) >= 2]
    pairs = pairs[:, (pairs >= 0).any(axis=0)]
    if pairs.shape[1] == 2:
        found["cohen_kappa"] = beyond(equal(pairs[:, 0].tolist(), pairs[:, 1].tolist()))
    return found


@given(categories_with_gaps)
@settings(deadline=None)
def test_every_coefficient_is_what_drawing_and_comparing_codings_gives(codings: NDArray[np.int64]) -> None:
    assume(((codings >= 0).sum(axis=1) >= 2).any())
    result = nominal_agreement(codings, categories=3, replicates=0)
    for name, expected in brute_force(codings, 3).items():
        found = getattr(result, name).estimate
        assert found is None if expected is None else found == pytest.approx(float(expected), abs=1e-12), name


def test_expected_disagreement_is_the_mean_over_all_ways_to_deal_out_the_codings() -> None:
    values = [0, 1, 0, 1, 1, 0]
    dealt = [sum(p[i] != p[i + 1] for i in (0, 2, 4)) / 3 for p in permutations(values)]
    observed = sum(values[i] != values[i + 1] for i in (0, 2, 4)) / 3
    alpha = label_agreement(np.reshape(values, (3, 2))).krippendorff_alpha.estimate
    assert alpha == pytest.approx(1 - observed / (sum(dealt) / len(dealt)))


def test_kappas_chance_is_the_mean_over_all_orders_of_the_second_coders_codings() -> None:
    first, second = [0, 1, 2, 0, 1], [0, 1, 1, 0, 2]
    shuffled = [sum(a == b for a, b in zip(first, p, strict=True)) / 5 for p in permutations(second)]
    chance = sum(shuffled) / len(shuffled)
    kappa = nominal_agreement(np.transpose([first, second])).cohen_kappa.estimate
    assert kappa == pytest.approx((0.6 - chance) / (1 - chance))


TINY = np.array([[0, 0, 1], [1, 1, 1], [0, 2, -1], [2, 2, 2], [0, 1, 0]])


@pytest.mark.parametrize("coders", [3, 2])
@pytest.mark.parametrize("cluster", [[0, 1, 2, 3, 4], [0, 0, 1, 2, 3]])
def test_resampled_errors_are_those_over_all_samples_that_could_be_drawn(
    coders: int, cluster: list[int]
) -> None:
    codings, schools = TINY[:, :coders], np.array(cluster)
    rows = [np.flatnonzero(schools == c) for c in np.unique(schools)]
    g = len(rows)
    every = [
        nominal_agreement(codings[np.concatenate([rows[c] for c in chosen])], categories=3, replicates=0)
        for chosen in product(range(g), repeat=g)
    ]
    result = nominal_agreement(codings, categories=3, clusters=schools, replicates=40_000)
    for name in COEFFICIENTS if coders == 2 else set(COEFFICIENTS) - {"cohen_kappa"}:
        drawn = np.array([x for e in every if (x := getattr(e, name).estimate) is not None])
        exact = drawn.std() * math.sqrt(g / (g - 1))
        assert getattr(result, name).se == pytest.approx(exact, rel=0.02), name


def test_resampled_errors_over_sets_are_those_over_all_samples_that_could_be_drawn() -> None:
    sets = np.array([[[1, 0], [1, 1]], [[0, 1], [0, 1]], [[1, 0], [0, 1]], [[1, 0], [1, 0]]], dtype=float)
    drawn = [set_agreement(sets[list(c)], replicates=0) for c in product(range(4), repeat=4)]
    result = set_agreement(sets, replicates=40_000)
    for name in ("identical", "alpha_masi", "alpha_jaccard"):
        every = [getattr(d, name).estimate for d in drawn]
        exact = np.array([x for x in every if x is not None]).std() * math.sqrt(4 / 3)
        assert getattr(result, name).se == pytest.approx(exact, rel=0.02), name


def without_its_correction(sums: nominal.Sums) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Alpha for many codings: what Gwet's variance is of."""
    observed, expected = nominal.krippendorff_disagreement(sums)
    n = sums.counts.sum(axis=-1)
    return observed, expected * (n - 1) / n


@pytest.mark.parametrize(
    ("coders", "disagreement", "influence"),
    [
        (2, nominal.cohen_disagreement, nominal.cohen_influence),
        (4, nominal.fleiss_disagreement, nominal.fleiss_influence),
        (4, without_its_correction, nominal.krippendorff_influence),
        (4, nominal.gwet_disagreement, nominal.gwet_influence),
        (4, nominal.brennan_prediger_disagreement, nominal.brennan_prediger_influence),
    ],
)
def test_influence_is_how_a_coefficient_moves_with_the_weight_of_a_cluster(
    coders: int, disagreement: Callable[..., object], influence: Callable[..., object]
) -> None:
    generator = np.random.default_rng(3)
    codings = np.minimum(generator.integers(4, size=(40, 1)), generator.integers(4, size=(40, coders)))
    if coders > 2:
        codings[::3, 0] = -1
    totals = cluster_totals(nominal.unit_statistics(codings, 4), np.arange(40) // 4)
    sums = totals.sum(axis=0)

    def coefficient(moved: NDArray[np.float64]) -> float:
        observed, expected = disagreement(nominal.Sums(moved, 4))  # type: ignore[misc]
        return float(1 - observed / expected)

    step = 1e-6
    slopes = [(coefficient(sums + step * t) - coefficient(sums - step * t)) / (2 * step) for t in totals]
    found = influence(nominal.Sums(totals, 4), nominal.Sums(sums, 4))
    np.testing.assert_allclose(found, slopes, atol=1e-8)


def test_agreement_on_a_label_that_is_in_two_schools_only_is_told_apart() -> None:
    schools = np.repeat(np.arange(20), 10)
    codings = np.zeros((200, 2))
    codings[:12] = 1  # ten answers of the first school, two of the second
    codings[12] = [1, 0]
    found = label_agreement(codings, clusters=schools)
    assert (found.positives, found.positive_clusters) == (25, 2)
