"""Tests between groups: what is compared, what cannot be, and what must not matter."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from group_cases import outcome, outcomes, survey
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from coder.statistics import (
    AUDITED,
    CERTAIN,
    PREDICTED,
    GroupComparison,
    GroupTest,
    compare_groups,
    compare_linearised,
    differences,
    linearised_correction,
    linearised_proportions,
)

nan = math.nan
NOT_TESTED = GroupTest(None, None, None, None, None)


def test_pairs_are_the_differences_of_domains_with_holm_within_the_label() -> None:
    given = survey(seed=9)
    given["values"][:, 2] = (given["groups"] >= 2) | (given["values"][:, 2] == 1)
    compared = compare_groups(**given)
    values, groups = given.pop("values"), given.pop("groups")
    parts = [linearised_proportions(values, domain=groups == g, **given) for g in range(4)]
    assert [(pair.first, pair.second) for pair in compared.pairs[2]] == list(combinations(range(4), 2))
    plain = [differences(parts[pair.first], parts[pair.second])[2] for pair in compared.pairs[2]]
    for pair, expected in zip(compared.pairs[2], plain, strict=True):
        found = pair.difference
        assert found.df == expected.df
        assert [found.estimate, found.se, found.low, found.high, found.p] == pytest.approx(
            [expected.estimate, expected.se, expected.low, expected.high, expected.p]
        )
    smallest = min(pair.difference.p or 0 for pair in compared.pairs[2])
    adjusted = [pair.difference.p_adjusted for pair in compared.pairs[2]]
    assert min(p for p in adjusted if p is not None) == pytest.approx(6 * smallest)
    assert compared.smaller[2] == ((), (), (0, 1), (0, 1))  # "A B" under the columns C and D


def test_a_level_of_significance_of_ones_own_decides_on_pairs_and_letters() -> None:
    given = survey(seed=9)
    given["values"][:, 2] = (given["groups"] >= 2) | (given["values"][:, 2] == 1)
    strict = compare_groups(**given, level=1e-30)
    assert strict.pairs == ((),) * 5
    assert strict.smaller == (((),) * 4,) * 5


def test_a_label_that_one_of_two_groups_never_mentions_is_tested_by_the_other_groups_clusters() -> None:
    values = np.repeat([[0.0], [1.0], [0.0]], [60, 9, 51], axis=0)
    group = np.repeat([0, 1], 60)
    (plain,) = compare_groups(values, group, guarded=False).tests
    expected = stats.chi2_contingency([[60, 51], [0, 9]], correction=False).statistic
    statistic, df1, _, _ = outcome(plain)
    assert [statistic * 120 / 119, df1] == pytest.approx([expected, 1])
    (clustered,) = compare_groups(values, group, clusters=np.arange(120) // 3, guarded=False).tests
    assert clustered.chi2 == plain.chi2
    assert outcome(clustered)[0] < statistic / 2  # triplets, nearly all alike
    more, third = np.vstack([values, values[60:]]), np.append(group, np.full(60, 2))
    three = compare_groups(more, third, guarded=False).tests[0]
    assert outcome(three)[1] == pytest.approx(2)


def test_what_nobody_or_everybody_mentions_has_no_test_and_adds_nothing_to_the_whole() -> None:
    given = survey()
    with_constants = dict(given)
    with_constants["values"] = np.column_stack([np.zeros(600), given["values"], np.ones(600)])
    plain, extended = compare_groups(**given), compare_groups(**with_constants)
    assert extended.tests[0] == extended.tests[-1] == NOT_TESTED
    assert extended.tests[1:-1] == plain.tests
    assert outcome(extended.overall) == outcome(plain.overall)
    assert extended.pairs[0] == ()


def test_nets_can_be_left_out_of_the_test_over_all_labels() -> None:
    given = survey()
    plain = compare_groups(**given)
    with_net = dict(given)
    with_net["values"] = np.column_stack([given["values"], given["values"][:, :2].max(axis=1)])
    extended = compare_groups(**with_net, overall_columns=range(5))
    assert outcome(extended.overall) == outcome(plain.overall)
    assert extended.tests[5].p is not None
    assert compare_groups(**given, overall_columns=[]).overall is None
    parts = [linearised_proportions(with_net["values"], domain=given["groups"] == g) for g in range(4)]
    apart = [linearised_proportions(given["values"], domain=given["groups"] == g) for g in range(4)]
    assert compare_linearised(parts, overall_columns=range(5)).overall == compare_linearised(apart).overall
    only_one = compare_groups(**given, overall_columns=[3])
    assert outcome(only_one.overall)[:2] == outcome(only_one.tests[3])[:2]


def test_an_unknown_label_leaves_the_row_out_of_that_labels_base_only() -> None:
    given = survey()
    known = given["weights"] < 1.6
    partly = dict(given)
    partly["values"] = given["values"].copy()
    partly["values"][~known, 1] = nan
    found, plain = compare_groups(**partly), compare_groups(**given)
    within = compare_groups(**given, domain=known)
    assert outcome(found.tests[1]) == pytest.approx(outcome(within.tests[1]))
    assert outcome(found.tests[0]) == outcome(plain.tests[0])


def test_rows_outside_the_domain_or_the_groups_still_tell_how_many_clusters_were_drawn() -> None:
    given = survey()
    inside = given["clusters"] % 2 == 0
    as_domain = compare_groups(**given, domain=inside)
    no_group = compare_groups(**{**given, "groups": np.where(inside, given["groups"], -1)})
    no_weight = compare_groups(**{**given, "weights": np.where(inside, given["weights"], 0)})
    assert outcomes(as_domain) == outcomes(no_group) == outcomes(no_weight)
    dropped = compare_groups(**{name: column[inside] for name, column in given.items()})
    assert outcome(as_domain.tests[0])[2:] != pytest.approx(outcome(dropped.tests[0])[2:])


def test_a_group_without_members_has_no_part_in_anything() -> None:
    given = survey(seed=9)
    given["values"][:, 2] = (given["groups"] >= 2) | (given["values"][:, 2] == 1)
    plain = compare_groups(**given)
    moved = compare_groups(**{**given, "groups": np.where(given["groups"] > 0, given["groups"] + 1, 0)})
    assert outcomes(moved) == outcomes(plain)
    assert [(pair.first, pair.second) for pair in moved.pairs[2]] == list(combinations((0, 2, 3, 4), 2))
    assert moved.smaller[2] == ((), (), (), (0, 2), (0, 2))


@pytest.mark.parametrize(
    "change",
    [
        {"groups": np.zeros(600, dtype=int)},
        {"groups": np.full(600, -1)},
        {"clusters": np.zeros(600)},
        {"clusters": np.arange(600) % 5, "strata": None},
        {"domain": np.zeros(600)},
        {"values": np.full((600, 2), nan)},
        {"values": np.tile(np.arange(600)[:, None] % 4 == 1, 2).astype(float), "groups": np.arange(600) % 4},
        {"population_clusters": 17, "clusters": np.arange(600) % 51, "strata": np.arange(600) % 3},
    ],
    ids=[
        "one group",
        "no group",
        "one cluster",
        "4 df",
        "empty",
        "unknown",
        "constant groups",
        "all clusters",
    ],
)
def test_where_nothing_can_be_tested_nothing_is(change: dict[str, Any]) -> None:
    given = {**survey(), **change}
    compared = compare_groups(**given)
    assert set(compared.tests) == {NOT_TESTED}
    assert compared.overall in (NOT_TESTED, None)
    assert not any(compared.pairs)


def test_groups_in_which_a_label_is_rare_or_common_have_no_part_in_its_test() -> None:
    group = np.repeat([0, 1, 2], [200, 200, 60])
    rare = np.arange(460) % 5 == 0  # in none of group 0: 23, 23 and 7 to be expected
    values = np.column_stack([rare, ~rare, np.arange(460) % 2 == 0, np.arange(460) % 50 == 0]).astype(float)
    values[group == 0, :1] = values[group == 0, 1:2] = 0.0
    values[group == 0, 1] = 1.0
    compared = compare_groups(values, group)
    assert [[(out.group, out.why) for out in of_label] for of_label in compared.left_out] == [
        [(2, "few_expected")],
        [(2, "few_expected")],
        [],
        [(0, "few_expected"), (1, "few_expected"), (2, "few_expected")],
    ]
    without = compare_groups(values, np.where(group == 2, -1, group), guarded=False)
    assert outcome(compared.tests[0])[:2] == outcome(without.tests[0])[:2]
    assert [(pair.first, pair.second) for pair in compared.pairs[0]] == [(0, 1)]
    assert compared.smaller[0] == ((), (0,), ())
    assert compared.tests[3] == NOT_TESTED
    assert outcome(compared.overall) == outcome(compare_groups(values, group, guarded=False).overall)


def test_unequal_weights_lessen_what_is_to_be_expected() -> None:
    values, group = (np.arange(400) % 10 == 0).astype(float)[:, None], np.repeat([0, 1], 200)
    heavy = np.where(np.arange(400) % 7 == 0, 8.0, 1.0)
    assert compare_groups(values, group).left_out == ((),)
    assert [out.group for out in compare_groups(values, group, weights=heavy).left_out[0]] == [0, 1]


@pytest.mark.parametrize(("schools", "out"), [(9, [1]), (10, [])])
def test_a_group_in_fewer_than_ten_schools_is_not_compared(schools: int, out: list[int]) -> None:
    group = np.repeat([0, 1, 2], 200)
    school = np.where(group == 1, 500 + np.arange(600) % schools, np.arange(600) // 8)
    values = (np.arange(600) % 3 == 0).astype(float)[:, None]
    compared = compare_groups(values, group, clusters=school)
    assert [one.group for one in compared.left_out[0]] == out
    assert {one.why for one in compared.left_out[0]} <= {"few_clusters"}
    two = compare_groups(values, np.where(group == 1, -1, group), clusters=school, guarded=False)
    assert (outcome(compared.overall)[0] == outcome(two.overall)[0]) == bool(out)
    _, df1, df2, _ = outcome(compared.tests[0])
    assert df2 / df1 == pytest.approx(24 if out else 9)  # of the group that has fewest


def test_answers_that_were_predicted_do_not_count_as_expected() -> None:
    generator = np.random.default_rng(1)
    truth = (generator.random((2000, 1)) < 0.1).astype(float)
    role = np.where(np.arange(2000) < 150, AUDITED, PREDICTED)
    group = np.arange(2000) % 2
    known = np.where(role[:, None] == AUDITED, truth, nan)
    parts = [linearised_correction(known, truth, role, domain=group == g)[1] for g in (0, 1)]
    assert [out.group for out in compare_linearised(parts).left_out[0]] == [0, 1]
    every = np.full(2000, CERTAIN)
    parts = [linearised_correction(truth, truth, every, domain=group == g)[1] for g in (0, 1)]
    assert compare_linearised(parts).left_out == ((),)


def test_five_degrees_of_freedom_are_enough_for_a_test() -> None:
    compared = compare_groups(**{**survey(), "clusters": np.arange(600) % 6, "strata": None}, guarded=False)
    statistic, df1, df2, _ = outcome(compared.tests[0])
    assert statistic > 0
    assert df2 / df1 == pytest.approx(5)


def test_nothing_at_all_compares_to_nothing() -> None:
    assert compare_groups(np.empty((0, 0)), np.empty(0, dtype=int)) == GroupComparison((), None, (), (), ())
    assert compare_linearised([]) == GroupComparison((), None, (), (), ())
    empty = compare_groups(np.empty((0, 2)), np.empty(0, dtype=int))
    assert empty.tests == (NOT_TESTED, NOT_TESTED)


Row = tuple[tuple[float, ...], int, float, int]
rows = st.lists(
    st.tuples(
        st.tuples(*[st.sampled_from([0.0, 1.0, 1.0, nan])] * 2),  # values
        st.integers(-1, 2),  # group
        st.sampled_from([1.0, 2.0, 3.5]),  # weight
        st.integers(0, 9),  # cluster
    ),
    min_size=12,
    max_size=40,
)


def compared(sample: list[Row], **changes: Any) -> GroupComparison:
    value, group, weight, cluster = zip(*sample, strict=True)
    columns: dict[str, Any] = {"weights": np.array(weight), "clusters": np.array(cluster)}
    return compare_groups(np.array(value), np.array(group), **{**columns, **changes}, guarded=False)


@given(rows, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_order_of_respondents_names_of_clusters_and_scale_of_weights_do_not_matter(
    sample: list[Row], random: Any
) -> None:
    shuffled = [(v, g, 7 * w, (3 * c + 4) % 10) for v, g, w, c in random.sample(sample, len(sample))]
    one, other = compared(sample), compared(shuffled)
    assert outcomes(other) == pytest.approx(outcomes(one), rel=1e-6, abs=1e-9)
    assert other.smaller == one.smaller


@given(rows, st.permutations(range(3)))
@settings(deadline=None)
def test_names_of_groups_do_not_matter(sample: list[Row], names: list[int]) -> None:
    renamed = [(v, names[g] if g >= 0 else -1, w, c) for v, g, w, c in sample]
    assert outcomes(compared(renamed)) == pytest.approx(outcomes(compared(sample)), rel=1e-6, abs=1e-9)


@given(rows, st.booleans())
@settings(deadline=None)
def test_two_respondents_of_weight_one_in_a_cluster_are_one_of_weight_two(
    sample: list[Row], known: bool
) -> None:
    if known:  # else labels have bases of their own, and the sum over labels weighs them by their n
        sample = [(tuple(0.0 if x != x else x for x in v), g, w, c) for v, g, w, c in sample]
    split = [half for v, g, w, c in sample for half in ([(v, g, 1.0, c)] * 2 if w == 2 else [(v, g, w, c)])]
    columns = {} if known else {"overall_columns": []}
    one, two = compared(sample, **columns), compared(split, **columns)
    assert outcomes(two) == pytest.approx(outcomes(one), rel=1e-6, abs=1e-9)


@given(rows)
@settings(deadline=None)
def test_not_mentioning_a_label_gives_the_same_test_as_mentioning_it(sample: list[Row]) -> None:
    turned = [(tuple(1 - x for x in v), g, w, c) for v, g, w, c in sample]
    one, other = compared(sample), compared(turned)
    assert outcomes(other) == pytest.approx(outcomes(one), rel=1e-6, abs=1e-9)
    for pairs, opposite in zip(one.pairs, other.pairs, strict=True):
        assert [-(pair.difference.estimate or 0) for pair in pairs] == pytest.approx(
            [pair.difference.estimate for pair in opposite]
        )


def test_groups_that_do_not_differ_are_called_different_in_a_twentieth_of_samples() -> None:
    """Schools as clusters, groups of whole schools: Pearson's own test does so in a third of them."""
    generator = np.random.default_rng(21)
    rejected, naive, rounds, school = 0.0, 0.0, 300, np.repeat(np.arange(80), 10)
    for _ in range(rounds):
        chance = generator.beta(1.5, 3.5, (80, 2))
        values = (generator.random((800, 2)) < chance[school]).astype(float)
        group = generator.integers(0, 3, 80)[school]
        compared = compare_groups(values, group, clusters=school)
        rejected += sum(outcome(test)[3] < 0.05 for test in compared.tests) / 2
        naive += sum(stats.chi2.sf(test.chi2, 2) < 0.05 for test in compared.tests) / 2
    assert 0.025 <= rejected / rounds <= 0.075
    assert naive / rounds > 0.25


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": [0, 1]}, "groups: expected 3 whole numbers"),
        ({"groups": [0.0, 1.0, 1.0]}, "groups: expected 3 whole numbers"),
        ({"groups": [0, -2, 1]}, "groups: expected 3 whole numbers"),
        ({"values": [[2], [0], [1]]}, "values: expected 0, 1 or NaN"),
        ({"weights": [1, 1]}, "weights: expected 3 values"),
        ({"overall_columns": [1]}, "overall_columns: expected numbers below 1"),
        ({"overall_columns": [-1]}, "overall_columns: expected numbers below 1"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compare_groups(**{"values": [[1], [0], [1]], "groups": [0, 1, 1], **change})


def test_estimates_on_other_designs_are_refused() -> None:
    parts = [linearised_proportions(np.ones((n, 1))) for n in (3, 4)]
    with pytest.raises(ValueError, match="on one design"):
        compare_linearised(parts)


def test_two_small_shares_are_not_told_apart_because_a_third_group_mentions_it_often() -> None:
    sizes, mentions = [60, 300, 300], [0, 6, 180]
    values = np.concatenate([np.arange(n) < k for n, k in zip(sizes, mentions, strict=True)])[:, None]
    found = compare_groups(values.astype(float), np.repeat([0, 1, 2], sizes))
    assert found.tests[0].p_adjusted is not None
    assert [pair.difference.p is None for pair in found.pairs[0]] == [True, False, False]
    assert found.smaller[0] == ((), (), (0, 1))
