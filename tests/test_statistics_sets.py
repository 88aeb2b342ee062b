"""Agreement on whole label sets: brute force over sets, unknown labels, and what is undefined."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from coder.statistics import Estimate, SetAgreement, label_agreement, set_agreement

nan = math.nan
Sets = NDArray[np.float64]

sets_with_gaps = st.tuples(st.integers(1, 5), st.integers(2, 3), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.0, 1.0, nan]))
)


def as_array(units: list[tuple[str, ...]], labels: str) -> Sets:
    """One string of one-letter labels a coding; "?" is a missing coding."""
    return np.array([[[nan if c == "?" else float(x in c) for x in labels] for c in unit] for unit in units])


def masi(a: set[int], b: set[int]) -> float:
    """Distance as Passonneau (2006) words it."""
    if a == b:
        return 0.0
    monotonicity = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0.0
    return 1 - monotonicity * len(a & b) / len(a | b)


def jaccard(a: set[int], b: set[int]) -> float:
    return 0.0 if a == b else 1 - len(a & b) / len(a | b)


EXAMPLE = as_array(
    [
        ("ab", "a"), ("ab", "ab"), ("a", "a"), ("c", "c"), ("c", "ac"), ("d", "d"),
        ("b", "d"), ("ab", "a"), ("ab", "abc"), ("a", "a"), ("a", "a"),
    ],
    "abcd",
)  # fmt: skip


def test_a_subset_of_half_the_size_is_two_thirds_away() -> None:
    sets = as_array([("ab", "abcd"), ("a", "a"), ("", "c")], "abcd")
    # distances in units 2/3, 0 and 1; among all 15 pairs of codings the brute force has the sum
    codings = [{0, 1}, {0, 1, 2, 3}, {0}, {0}, set(), {2}]
    expected = sum(masi(a, b) for a, b in combinations(codings, 2)) / 15
    assert masi({0, 1}, {0, 1, 2, 3}) == pytest.approx(2 / 3)
    assert set_agreement(sets).alpha_masi.estimate == pytest.approx(1 - (5 / 3) / 3 / expected)


def brute_force(sets: Sets, distance: object) -> float | None:
    """Alpha from every pair of codings, each seen over the labels that both know."""
    units = [[{k: v for k, v in enumerate(c) if not math.isnan(v)} for c in unit] for unit in sets.tolist()]

    def between(a: dict[int, float], b: dict[int, float]) -> float | None:
        common = a.keys() & b.keys()
        if not common:
            return None
        return distance({k for k in common if a[k]}, {k for k in common if b[k]})  # type: ignore[operator]

    observed = weights = 0.0
    pool: list[dict[int, float]] = []
    for unit in ([c for c in u if c] for u in units):
        found = [d for a, b in combinations(unit, 2) if (d := between(a, b)) is not None]
        observed += sum(found) / max(len(unit) - 1, 1)
        weights += len(found) / max(len(unit) - 1, 1)
        pool += unit if found else []
    among = [d for a, b in combinations(pool, 2) if (d := between(a, b)) is not None]
    return 1 - (observed / weights) / (sum(among) / len(among)) if sum(among) else None


@given(sets_with_gaps)
@settings(deadline=None)
def test_alpha_over_sets_is_what_counting_every_pair_gives(sets: Sets) -> None:
    result = set_agreement(sets, replicates=0)
    for alpha, distance in ((result.alpha_masi, masi), (result.alpha_jaccard, jaccard)):
        expected = brute_force(sets, distance)
        assert alpha.estimate is None if expected is None else alpha.estimate == pytest.approx(expected)


def numbers(result: SetAgreement) -> list[float]:
    estimates = (result.identical, result.alpha_masi, result.alpha_jaccard)
    return [nan if x is None else x for e in estimates for x in (e.estimate, e.se, e.low, e.high)]


@given(sets_with_gaps, st.data())
@settings(deadline=None, max_examples=60)
def test_neither_the_order_of_coders_nor_that_of_units_changes_a_number(
    sets: Sets, data: st.DataObject
) -> None:
    n, coders, _ = sets.shape
    clusters = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    units = np.array(data.draw(st.permutations(range(n))))
    columns = np.array(data.draw(st.permutations(range(coders))))
    before = set_agreement(sets, clusters=clusters, replicates=30)
    after = set_agreement(sets[units][:, columns], clusters=clusters[units], replicates=30)
    np.testing.assert_allclose(numbers(after), numbers(before), rtol=1e-5, atol=1e-6)


def test_with_one_label_both_distances_are_nominal_alpha() -> None:
    codings = np.repeat([[1.0, 1], [1, 0], [0, 1], [0, 0]], [8, 3, 2, 20], axis=0)
    alone, whole = label_agreement(codings), set_agreement(codings[:, :, None])
    assert whole.alpha_masi.estimate == pytest.approx(alone.krippendorff_alpha.estimate)
    assert whole.alpha_jaccard.estimate == pytest.approx(alone.krippendorff_alpha.estimate)
    assert whole.identical.estimate == pytest.approx(alone.percent_agreement.estimate)
    assert whole.alpha_masi.se == pytest.approx(alone.krippendorff_alpha.se, rel=0.1)
    assert whole.identical.analytic == alone.percent_agreement.analytic


def test_two_empty_sets_are_identical() -> None:
    result = set_agreement(as_array([("", ""), ("a", "a"), ("", "")], "ab"))
    assert result.identical.estimate == 1
    assert result.alpha_masi.estimate == result.alpha_jaccard.estimate == 1


def test_an_unknown_label_is_neither_agreement_nor_disagreement() -> None:
    sets = as_array([("a", "ab"), ("ab", "ab"), ("c", "c")], "abc")
    sets[:, 0, 1] = nan  # the first coder worked before label b was there
    result = set_agreement(sets)
    assert result.identical.estimate == 1
    assert result.alpha_masi.estimate == 1


def test_a_missing_coding_leaves_the_others_of_its_unit() -> None:
    sets = as_array([("a", "a", "?"), ("ab", "?", "b"), ("?", "b", "b"), ("?", "?", "a")], "ab")
    result = set_agreement(sets)
    assert result.n == 3
    assert result.identical.estimate == pytest.approx(2 / 3)


def test_unclear_as_a_column_of_its_own_differs_from_the_empty_set() -> None:
    none, unclear = [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]
    label = [1.0, 0.0, 0.0]
    sets = np.array([[none, unclear], [label, label], [unclear, unclear]])
    assert set_agreement(sets).identical.estimate == pytest.approx(2 / 3)


def test_alpha_is_undefined_where_all_sets_are_alike() -> None:
    result = set_agreement(as_array([("a", "a"), ("a", "a")], "ab"))
    assert result.alpha_masi == result.alpha_jaccard == Estimate(None)
    assert result.identical.estimate == 1


def test_without_two_codings_of_anything_all_is_undefined() -> None:
    assert set_agreement(as_array([("a", "?")], "ab")) == SetAgreement(
        0, Estimate(None), Estimate(None), Estimate(None)
    )


def test_one_cluster_has_no_bounds() -> None:
    result = set_agreement(EXAMPLE, clusters=np.zeros(11, dtype=int))
    assert result.alpha_masi.estimate == pytest.approx(0.5403557, abs=5e-8)
    assert result.alpha_masi.low is result.identical.low is result.identical.analytic is None


@pytest.mark.parametrize("sets", [[[0, 1]], [[[0, 3]]], np.zeros((2, 2, 0))])
def test_what_is_not_a_set_of_labels_is_refused(sets: object) -> None:
    with pytest.raises(ValueError, match="sets: expected"):
        set_agreement(sets)  # type: ignore[arg-type]


def test_alpha_does_not_depend_on_how_many_sets_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = set_agreement(EXAMPLE)
    monkeypatch.setattr("coder.statistics.sets.CHUNK", 1)
    np.testing.assert_allclose(numbers(set_agreement(EXAMPLE)), numbers(at_once), rtol=1e-5)


@pytest.mark.parametrize("gaps", [False, True])
def test_following_very_many_sets_to_the_first_order_hardly_changes_an_error(
    monkeypatch: pytest.MonkeyPatch, gaps: bool
) -> None:
    rng = np.random.default_rng(6)
    truth = rng.random((500, 1, 8)) < 0.2
    sets = np.where(rng.random((500, 2, 8)) < 0.05, ~truth, truth).astype(np.float64)
    if gaps:
        sets[:250, :, :2] = nan
    clusters = rng.integers(0, 150, 500)
    exact = set_agreement(sets, clusters=clusters)
    monkeypatch.setattr("coder.statistics.sets.MANY_SETS", 0)
    followed = set_agreement(sets, clusters=clusters)
    assert followed.alpha_masi.estimate == exact.alpha_masi.estimate
    assert followed.alpha_masi.se != exact.alpha_masi.se
    assert followed.alpha_masi.se == pytest.approx(exact.alpha_masi.se, rel=0.01)
    assert followed.alpha_jaccard.se == pytest.approx(exact.alpha_jaccard.se, rel=0.01)
