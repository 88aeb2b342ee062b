"""Tests between groups: published values, and the same numbers by other routes."""

import math
from typing import Any

import numpy as np
import pytest
from group_cases import outcome, outcomes, survey
from numpy.typing import NDArray
from reference_cases import reference_cases, schools_one_by_one
from scipy import stats
from statsmodels.stats.oneway import anova_oneway

from coder.statistics import compare_groups, compare_linearised, linearised_proportions
from coder.statistics.design import SampleDesign

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
        guarded=False,
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
        guarded=False,
    )
    middle = next(pair.difference for pair in compared.pairs[0] if (pair.first, pair.second) == (0, 2))
    assert [middle.estimate, middle.se] == pytest.approx(
        cases["apiclus1"]["expect_nofpc"]["diff_E_M"][:2], abs=5e-7
    )
    assert middle.p is not None
    assert middle.p > 0.07
    assert compared.smaller == (((), (), ()),)  # a pooled z test would have set letters, with p = .0007


def test_several_labels_are_tested_as_mrcv_does(
    cases: dict[str, Any], farmers: tuple[Floats, NDArray[np.int64]]
) -> None:
    """The F reference allows for 262 farmers being few; MRCV's χ² does not, and its variances divide by n."""
    case, (values, education) = cases["farmer1"], farmers
    compared = compare_groups(values, education, guarded=False)
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
    compared = compare_groups(values, education, guarded=False)
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
    compared = compare_groups(given["values"], given["groups"], guarded=False)
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
    compared = compare_groups(**given, population_clusters=corrected, guarded=False)
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
