"""Tests between groups: published values, other routes to the same numbers, and what must not matter."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from reference_cases import reference_cases, schools_one_by_one
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from coder.statistics import (
    GroupComparison,
    GroupTest,
    compare_groups,
    compare_linearised,
    differences,
    linearised_proportions,
)
from coder.statistics.design import SampleDesign

nan = math.nan
NOT_TESTED = GroupTest(None, None, None, None, None)
Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return reference_cases()


@pytest.fixture(scope="module")
def schools(cases: dict[str, Any]) -> dict[str, Any]:
    return schools_one_by_one(cases["apiclus1"])


@pytest.fixture(scope="module")
def farmers(cases: dict[str, Any]) -> tuple[Floats, NDArray[np.int64]]:
    """What each of 262 farmers mentioned (n, 5), and their education (n,), from 0 on."""
    table = np.array(cases["farmer1"]["patterns_n"])
    rows = np.repeat(table[:, :-1], table[:, -1], axis=0)
    return rows[:, 1:].astype(float), rows[:, 0] - 1


def survey(
    seed: int = 4, n: int = 600, groups: int = 4, labels: int = 5, schools: int = 50
) -> dict[str, Any]:
    """Labels that go together within persons and schools; groups within and over schools; weights, strata."""
    generator = np.random.default_rng(seed)
    school = generator.integers(0, schools, n)
    tendency = generator.normal(0, 0.7, (schools, labels))[school] + generator.normal(0, 0.6, (n, 1))
    chance = 1 / (1 + np.exp(1.2 - tendency))
    return {
        "values": (generator.random((n, labels)) < chance).astype(float),
        "groups": np.where(generator.random(n) < 0.6, school % groups, generator.integers(0, groups, n)),
        "weights": generator.uniform(0.5, 2, n),
        "clusters": school,
        "strata": school % 3,
    }


def outcome(test: GroupTest | None) -> list[float]:
    """What a test decides on; not X², which is scaled to n."""
    assert test is not None
    assert test.statistic is not None
    assert test.df1 is not None
    assert test.df2 is not None
    assert test.p is not None
    return [test.statistic, test.df1, test.df2, test.p]


def outcomes(compared: GroupComparison) -> list[float]:
    tests = [outcome(test) for test in (*compared.tests, compared.overall) if test and test.p is not None]
    return [number for test in tests for number in test]


@pytest.mark.parametrize("corrected", [False, True])
def test_one_label_is_tested_as_the_survey_package_does(
    cases: dict[str, Any], schools: dict[str, Any], corrected: bool
) -> None:
    case = cases["apiclus1"]
    compared = compare_groups(
        schools["met"],
        np.unique(schools["kind"], return_inverse=True)[1],
        weights=schools["weight"],
        clusters=schools["district"],
        population_clusters=case["fpc_clusters"] if corrected else None,
    )
    (test,) = compared.tests
    expected = case["expect_fpc" if corrected else "expect_nofpc"]
    assert test.chi2 == pytest.approx(case["expect_fpc"]["X2"], abs=5e-7)
    assert test.statistic == pytest.approx(expected["F"], abs=5e-6)
    assert test.df1 == pytest.approx(case["expect_fpc"]["ndf"], abs=5e-6)
    assert test.df2 == pytest.approx(case["expect_fpc"]["ddf"], abs=5e-7)
    assert test.p == pytest.approx(expected["p"], abs=5e-9)
    assert test.p_adjusted == test.p
    assert outcome(compared.overall) == outcome(test)


def test_pairs_are_told_apart_by_the_design_not_by_a_pooled_z(
    cases: dict[str, Any], schools: dict[str, Any]
) -> None:
    compared = compare_groups(
        schools["met"],
        np.unique(schools["kind"], return_inverse=True)[1],
        weights=schools["weight"],
        clusters=schools["district"],
    )
    middle = next(pair.difference for pair in compared.pairs[0] if (pair.first, pair.second) == (0, 2))
    assert [middle.estimate, middle.se] == pytest.approx(
        cases["apiclus1"]["expect_nofpc"]["diff_E_M"][:2], abs=5e-7
    )
    assert middle.p == pytest.approx(0.0711, abs=5e-5)
    assert compared.smaller == (((), (), ()),)  # a pooled z test would have set letters, with p = .0007


def test_several_labels_are_tested_as_mrcv_does(
    cases: dict[str, Any], farmers: tuple[Floats, NDArray[np.int64]]
) -> None:
    """The F reference allows for 262 farmers being few; MRCV's χ² does not, and its variances divide by n."""
    case, (values, education) = cases["farmer1"], farmers
    compared = compare_groups(values, education)
    assert [test.chi2 for test in compared.tests] == pytest.approx(case["X2_per_label"], abs=5e-5)
    overall = compared.overall
    statistic, df1, df2, p = outcome(overall)
    assert overall is not None
    assert overall.chi2 == pytest.approx(case["X2_S"], abs=5e-7)
    assert df1 == pytest.approx(case["rs2_df"], abs=5e-7)
    adjusted = statistic * df1 * 262 / 261
    assert adjusted == pytest.approx(case["rs2_adj"], abs=5e-7)
    assert stats.chi2.sf(adjusted, df1) == pytest.approx(case["rs2_p"], abs=5e-9)
    assert df2 == pytest.approx(261 * df1)
    assert p == pytest.approx(case["rs2_p"], abs=0.003)
    assert p > case["rs2_p"]


def test_a_chi_square_of_mentions_and_pooled_z_tests_are_not_what_is_done(
    cases: dict[str, Any], farmers: tuple[Floats, NDArray[np.int64]]
) -> None:
    case, (values, education) = cases["farmer1"], farmers
    mentions = np.array([values[education == g].sum(axis=0) for g in range(5)])
    wrong = stats.chi2_contingency(mentions)
    assert [wrong.statistic, wrong.dof, wrong.pvalue] == pytest.approx(
        case["naive_wrong_chi2_on_responses"], abs=5e-7
    )
    compared = compare_groups(values, education)
    assert outcome(compared.overall)[3] < wrong.pvalue / 5
    for name, (z, p, bonferroni) in case["pairwise_pooled_z"].items():
        label = int(name[1]) - 1
        one, other = (values[education == int(g) - 1, label] for g in name[3:].split("v"))
        pooled = np.concatenate([one, other]).mean()
        se = math.sqrt(pooled * (1 - pooled) * (1 / len(one) + 1 / len(other)))
        assert abs(one.mean() - other.mean()) / se == pytest.approx(z, abs=5e-5)
        assert (2 * stats.norm.sf(z), 20 * stats.norm.sf(z)) == pytest.approx((p, bonferroni), abs=5e-5)
    # the pooled z test calls education groups 1 and 4 different on Y5; the label's own test does not
    assert case["pairwise_pooled_z"]["Y5 1v4"][2] < 0.05
    assert compared.pairs[4] == ()
    assert compared.tests[4].p_adjusted == pytest.approx(5 * outcome(compared.tests[4])[3])


def test_without_weights_and_clusters_it_is_pearsons_test_with_an_f_reference() -> None:
    given = survey()
    compared = compare_groups(given["values"], given["groups"])
    for label, test in enumerate(compared.tests):
        table = [np.bincount(given["groups"], given["values"][:, label] == met) for met in (0, 1)]
        plain = stats.chi2_contingency(table, correction=False)
        statistic, df1, df2, p = outcome(test)
        assert test.chi2 == pytest.approx(plain.statistic)
        assert [statistic * 3 * 600 / 599, df1, df2] == pytest.approx([plain.statistic, 3, 3 * 599])
        assert p == pytest.approx(plain.pvalue, abs=0.002)


@pytest.mark.parametrize("corrected", [None, 90])
def test_a_label_is_tested_as_over_all_cells_of_its_table(corrected: int | None) -> None:
    """The route of the survey package: 2 × G cell shares, and contrasts of them that are interactions."""
    given = survey()
    compared = compare_groups(**given, population_clusters=corrected)
    design = SampleDesign.of(given["weights"], given["clusters"], given["strata"], corrected)
    for label, test in enumerate(compared.tests):
        y = given["values"][:, label]
        cells = np.column_stack([(given["groups"] == g) & (y == met) for g in range(4) for met in (0, 1)])
        share = given["weights"] @ cells / given["weights"].sum()
        z = given["weights"][:, None] * (cells - share) / given["weights"].sum()
        totals = np.column_stack([np.bincount(design.cluster, column) for column in z.T])
        v = design.covariance(totals)
        contrasts = np.kron(np.vstack([np.eye(3), -np.ones(3)]), [[1], [-1]])
        scaled = contrasts / share[:, None]
        delta = np.linalg.solve(contrasts.T @ scaled / 600, scaled.T @ v @ scaled)
        eigenvalues = np.linalg.eigvals(delta).real
        margins = np.kron(share.reshape(4, 2).sum(axis=1), share.reshape(4, 2).sum(axis=0))
        chi2 = 600 * np.sum((share - margins) ** 2 / margins)
        df1 = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
        assert test.chi2 == pytest.approx(chi2)
        assert outcome(test)[:3] == pytest.approx([chi2 / eigenvalues.sum(), df1, df1 * 47])


def test_labels_together_have_the_eigenvalues_of_the_whole_covariance() -> None:
    given = survey()
    compared = compare_groups(**given)
    design = SampleDesign.of(given["weights"], given["clusters"], given["strata"])
    totals, spread, chi2 = [], [], 0.0
    for label, g in [(label, g) for label in range(5) for g in range(4)]:
        y, member = given["values"][:, label], given["groups"] == g
        weights, everybody = (
            given["weights"] * member,
            np.average(given["values"][:, label], weights=given["weights"]),
        )
        share, part = np.average(y, weights=weights), weights.sum() / given["weights"].sum()
        totals.append(np.bincount(design.cluster, weights * (y - share) / weights.sum()))
        spread.append(everybody * (1 - everybody) / (600 * part))
        chi2 += (share - everybody) ** 2 / spread[-1]
    contrasts = np.kron(np.eye(5), np.vstack([np.eye(3), -np.ones(3)]))
    v = design.covariance(np.column_stack(totals))
    # contrasts of shares, weighed by the inverse of their covariance under simple random sampling
    delta = np.linalg.solve(contrasts.T @ np.diag(spread) @ contrasts, contrasts.T @ v @ contrasts)
    squares = (np.linalg.eigvals(delta).real ** 2).sum()
    own = sum(test.chi2 / test.statistic for test in compared.tests if test.chi2 and test.statistic)
    assert compared.overall is not None
    assert compared.overall.chi2 == pytest.approx(chi2)
    df1 = own**2 / squares
    assert outcome(compared.overall)[:3] == pytest.approx([chi2 / own, df1, df1 * 47])


def test_estimates_of_any_kind_are_tested_as_brown_and_forsythe_do() -> None:
    """With groups of equal size, whose variances statsmodels divides by 149 and we by 150 and by 599/600."""
    values, group = survey()["values"][:, :1], np.arange(600) % 4
    parts = [linearised_proportions(values, domain=group == g) for g in range(4)]
    (test,) = compare_linearised(parts).tests
    theirs = anova_oneway([values[group == g, 0] for g in range(4)], use_var="bf")
    assert outcome(test)[0] * 600 / 599 * 149 / 150 == pytest.approx(theirs.statistic)


def test_the_two_tests_agree_in_a_large_sample() -> None:
    given = survey(n=20_000, schools=400)
    values, groups = given.pop("values"), given.pop("groups")
    direct = compare_groups(values, groups, **given)
    parts = [linearised_proportions(values, domain=groups == g, **given) for g in range(4)]
    assert outcomes(compare_linearised(parts)) == pytest.approx(outcomes(direct), rel=0.1)


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
    (plain,) = compare_groups(values, group).tests
    expected = stats.chi2_contingency([[60, 51], [0, 9]], correction=False).statistic
    statistic, df1, _, _ = outcome(plain)
    assert [statistic * 120 / 119, df1] == pytest.approx([expected, 1])
    (clustered,) = compare_groups(values, group, clusters=np.arange(120) // 3).tests
    assert clustered.chi2 == plain.chi2
    assert outcome(clustered)[0] < statistic / 2  # triplets, nearly all alike
    three = compare_groups(np.vstack([values, values[60:]]), np.append(group, np.full(60, 2))).tests[0]
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
    assert outcome(only_one.overall) == outcome(only_one.tests[3])


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


def test_five_degrees_of_freedom_are_enough_for_a_test() -> None:
    compared = compare_groups(**{**survey(), "clusters": np.arange(600) % 6, "strata": None})
    statistic, df1, df2, _ = outcome(compared.tests[0])
    assert statistic > 0
    assert df2 / df1 == pytest.approx(5)


def test_nothing_at_all_compares_to_nothing() -> None:
    assert compare_groups(np.empty((0, 0)), np.empty(0, dtype=int)) == GroupComparison((), None, (), ())
    assert compare_linearised([]) == GroupComparison((), None, (), ())
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
    return compare_groups(np.array(value), np.array(group), **{**columns, **changes})


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
