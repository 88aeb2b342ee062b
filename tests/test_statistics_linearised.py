"""Differences between estimates that may share respondents or clusters, and Holm's method."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from reference_cases import reference_cases, schools_one_by_one
from scipy import stats
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.multitest import multipletests

from coder.statistics import Linearised, differences, holm, linearised_proportions, proportions
from coder.statistics.linearised import GroupEstimates, joint_covariance

nan = math.nan


def two_groups(values: Any, second: NDArray[np.bool_], **design: Any) -> tuple[Linearised, Linearised]:
    return (
        linearised_proportions(values, domain=~second, **design),
        linearised_proportions(values, domain=second, **design),
    )


def survey(seed: int = 3, n: int = 400, schools: int = 40) -> dict[str, NDArray[Any]]:
    generator = np.random.default_rng(seed)
    school = generator.integers(0, schools, n)
    tendency = generator.beta(0.6, 1.2, schools)
    return {
        "values": (generator.random(n) < tendency[school]).astype(float)[:, None],
        "second": generator.random(n) < 0.4,
        "weights": generator.uniform(0.5, 2, n),
        "clusters": school,
        "strata": school % 3,
    }


def test_a_difference_between_domains_is_that_of_the_survey_package() -> None:
    case = reference_cases()["apiclus1"]
    schools = schools_one_by_one(case)
    elementary, middle = (
        linearised_proportions(
            schools["met"],
            domain=schools["kind"] == kind,
            weights=schools["weight"],
            clusters=schools["district"],
        )
        for kind in "EM"
    )
    (difference,) = differences(elementary, middle, guarded=False)
    estimate, se, t = case["expect_nofpc"]["diff_E_M"]
    assert [difference.estimate, difference.se] == pytest.approx([estimate, se], abs=5e-7)
    assert difference.se is not None
    assert difference.estimate is not None
    assert difference.estimate / difference.se == pytest.approx(t, abs=5e-5)
    districts = [len(set(schools["district"][schools["kind"] == kind])) for kind in "EM"]
    assert difference.df == min(districts) - 1
    assert difference.p == pytest.approx(2 * stats.t.sf(t, difference.df), abs=5e-5)


def test_where_a_pooled_z_test_sees_a_difference_the_clusters_do_not_bear_it_out() -> None:
    case = reference_cases()["apiclus1"]
    schools = schools_one_by_one(case)
    met = [schools["met"][schools["kind"] == kind, 0] for kind in "EM"]
    pooled = np.concatenate(met).mean()
    z = (met[0].mean() - met[1].mean()) / math.sqrt(pooled * (1 - pooled) * sum(1 / len(m) for m in met))
    assert 2 * stats.norm.sf(z) == pytest.approx(0.0007, abs=5e-5)
    first, second = (
        linearised_proportions(schools["met"], domain=schools["kind"] == kind, clusters=schools["district"])
        for kind in "EM"
    )
    p = differences(first, second, guarded=False)[0].p
    assert p is not None
    assert p > 0.07


def test_a_person_in_both_waves_gives_the_error_of_the_paired_t_test() -> None:
    generator = np.random.default_rng(1)
    before = (generator.random(120) < 0.4).astype(float)
    after = np.where(generator.random(120) < 0.7, before, generator.random(120) < 0.6)
    person = np.tile(np.arange(120), 2)
    waves = two_groups(np.concatenate([before, after])[:, None], np.arange(240) >= 120, clusters=person)
    (change,) = differences(waves[1], waves[0])
    paired = stats.ttest_rel(after, before)
    assert change.df == paired.df == 119
    assert change.estimate == pytest.approx(after.mean() - before.mean())
    assert change.se == pytest.approx((after - before).std(ddof=1) / math.sqrt(120))
    assert change.p == pytest.approx(paired.pvalue)
    low, high = paired.confidence_interval()
    assert [change.low, change.high] == pytest.approx([low, high], abs=0.01)


def test_waves_of_other_people_have_the_sum_of_their_variances() -> None:
    generator = np.random.default_rng(2)
    values, second = (generator.random((300, 1)) < 0.3).astype(float), np.arange(300) >= 130
    waves = two_groups(values, second)
    (change,) = differences(*waves)
    assert change.se == pytest.approx(
        math.sqrt(sum(wave.design.variance(wave.totals[:, 0]) for wave in waves))
    )


def test_schools_in_both_waves_are_allowed_for() -> None:
    given = survey()
    values, second = given["values"], given["second"]
    (shared,) = differences(*two_groups(values, second, clusters=given["clusters"]))
    apart = np.where(second, given["clusters"], given["clusters"] + 100)
    (other,) = differences(*two_groups(values, second, clusters=apart))
    assert shared.estimate == other.estimate
    assert shared.se is not None
    assert other.se is not None
    assert shared.se < 0.85 * other.se  # schools differ, and a change within a school does not show that
    assert shared.df == other.df == min(len(set(apart[second])), len(set(apart[~second]))) - 1


def test_a_difference_is_the_slope_of_a_weighted_regression_with_clustered_errors() -> None:
    given = survey()
    x = np.column_stack([np.ones(400), given["second"]])
    fit = WLS(given["values"][:, 0], x, weights=given["weights"]).fit(
        cov_type="cluster", cov_kwds={"groups": given["clusters"], "use_correction": False}
    )
    design = {"weights": given["weights"], "clusters": given["clusters"]}
    (change,) = differences(*reversed(two_groups(given["values"], given["second"], **design)))
    assert change.estimate == pytest.approx(fit.params[1])
    assert change.se == pytest.approx(fit.bse[1] * math.sqrt(40 / 39))


def test_the_error_of_a_difference_is_what_leaving_out_one_school_at_a_time_gives() -> None:
    given = survey(schools=60)
    values, second, weights = given["values"][:, 0], given["second"], given["weights"]
    left_out = []
    for school in range(60):
        kept = given["clusters"] != school
        one, other = (
            np.average(values[kept & part], weights=weights[kept & part]) for part in (second, ~second)
        )
        left_out.append(one - other)
    jackknife = math.sqrt(59 / 60 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    design = {"weights": weights, "clusters": given["clusters"]}
    (change,) = differences(*two_groups(given["values"], second, **design))
    assert change.se == pytest.approx(jackknife, rel=0.03)


def test_linearised_shares_are_the_shares_with_their_errors() -> None:
    given = survey()
    values = np.column_stack([given["values"], np.where(given["second"], nan, 1 - given["values"][:, 0])])
    design: dict[str, Any] = {
        "domain": given["weights"] < 1.7,
        "weights": given["weights"],
        "clusters": given["clusters"],
        "strata": given["strata"],
        "population_clusters": 50,
    }
    linearised = linearised_proportions(values, **design)
    for d, share in enumerate(proportions(values, **design)):
        assert linearised.estimates[d] == pytest.approx(share.estimate)
        assert linearised.design.variance(linearised.totals[:, d]) ** 0.5 == pytest.approx(share.se)
        assert (linearised.n[d], linearised.held[:, d].sum()) == (share.n, share.clusters)
        assert linearised.size[d] == pytest.approx(share.kish_n)
        assert linearised.bounds is not None
        assert linearised.bounds[d] == pytest.approx([share.low, share.high])
        assert linearised.design.degrees_of_freedom(linearised.held)[d] == share.df


def test_the_covariance_of_groups_is_that_of_the_whole_with_strata_and_lonely_clusters() -> None:
    given = survey(schools=12)
    values = np.column_stack([given["values"], given["weights"] < 1])
    strata = np.where(given["clusters"] == 3, 9, given["clusters"] % 3)  # school 3 is alone in its stratum
    parts = two_groups(
        values, given["second"], clusters=given["clusters"], strata=strata, population_clusters=30
    )
    design = parts[0].design
    whole = design.covariance(np.hstack([part.totals for part in parts]))
    joint = joint_covariance(design, [GroupEstimates.of_linearised(part) for part in parts])
    np.testing.assert_allclose(joint.reshape(4, 4), whole, atol=1e-15)
    first = parts[0]
    assert joint[0, 0, 0, 0] == pytest.approx(design.variance(first.totals[:, 0]))


def test_variance_that_the_influence_values_do_not_hold_is_added() -> None:
    first, second = two_groups(np.array([[1.0], [0.0]] * 20), np.arange(40) % 4 >= 2)
    (plain,) = differences(first, second)
    (wider,) = differences(replace(first, bounds=None, unseen=np.array([0.03])), second)
    assert plain.se is not None
    assert wider.se == pytest.approx((plain.se**2 + 0.03) ** 0.5)
    assert (wider.estimate, wider.df) == (plain.estimate, plain.df)
    assert wider.estimate is not None
    assert wider.high == pytest.approx(wider.estimate + stats.t.ppf(0.975, 19) * wider.se)
    groups = [
        GroupEstimates.of_linearised(one) for one in (first, second, replace(second, unseen=np.array([0.01])))
    ]
    without, given = (joint_covariance(first.design, [groups[0], other]) for other in groups[1:])
    assert (given - without).ravel() == pytest.approx([0, 0, 0, 0.01])


def test_degrees_of_freedom_that_are_given_count_before_the_clusters_held() -> None:
    first, second = two_groups(np.array([[1.0], [0.0]] * 20), np.arange(40) % 4 >= 2)
    (found,) = differences(replace(first, df=np.array([7])), second)
    assert found.df == 7


def test_without_weights_and_clusters_the_interval_is_newcombes() -> None:
    """Method 10 of Newcombe (1998), from the exact intervals of either share: 3 of 60 and 9 of 60."""
    values = np.repeat([[1.0], [0.0], [1.0], [0.0]], [3, 57, 9, 51], axis=0)
    (found,) = differences(*two_groups(values, np.arange(120) >= 60))
    (low, high), (low_other, high_other) = (
        stats.binomtest(count, 60).proportion_ci(method="exact") for count in (3, 9)
    )
    below = math.hypot(0.05 - low, high_other - 0.15)
    above = math.hypot(high - 0.05, 0.15 - low_other)
    # the exact bounds are taken at the effective size, which is that of the variance divided by n - 1
    assert [found.low, found.high] == pytest.approx([-0.1 - below, -0.1 + above], abs=0.002)


def test_what_is_no_share_has_a_t_interval() -> None:
    first, second = two_groups(np.array([[1.0], [0.0]] * 20), np.arange(40) % 4 >= 2)
    (found,) = differences(replace(first, bounds=None), second)
    assert found.se is not None
    half = stats.t.ppf(0.975, 19) * found.se
    assert [found.low, found.high] == pytest.approx([-half, half])


def test_a_share_without_an_interval_gives_the_difference_none() -> None:
    values, second = np.array([[1.0], [0.0]] * 20), np.arange(40) >= 30
    (found,) = differences(*two_groups(values, second, clusters=np.where(second, 99, np.arange(40) // 5)))
    assert (found.estimate, found.df) == (0, 0)
    assert (found.se, found.low, found.p) == (None, None, None)


def test_rare_labels_in_few_schools_differ_as_often_as_their_interval_says() -> None:
    """2 % against 6 % in six schools each: `d ± t se` holds the truth less often."""
    generator = np.random.default_rng(12)
    school = np.repeat(np.arange(12), 25)
    weights = np.exp(generator.normal(0, 0.7, 300))
    second, held, symmetric = school % 2 == 1, 0, 0
    for _ in range(300):
        share = np.where(np.arange(12) % 2, 0.06, 0.02)
        chance = generator.beta(share * 19, (1 - share) * 19)[school]
        values = (generator.random(300) < chance).astype(float)[:, None]
        (found,) = differences(*two_groups(values, second, clusters=school, weights=weights))
        assert found.estimate is not None
        assert found.se is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= -0.04 <= found.high
        symmetric += abs(found.estimate + 0.04) <= stats.t.ppf(0.975, 10) * found.se
    assert held >= 279
    assert symmetric < 279


def test_an_empty_base_makes_an_empty_difference() -> None:
    values = np.array([[1, nan], [0, nan], [1, 1], [0, 0]])
    known, empty = differences(*two_groups(values, np.array([False, False, True, True])))
    assert known.estimate == 0
    assert (empty.estimate, empty.se, empty.df, empty.p) == (None, None, None, None)


@pytest.mark.parametrize(
    ("clusters", "interval", "tested"),
    [(1, False, False), (2, True, False), (5, True, False), (6, True, True)],
)
def test_few_clusters_have_an_interval_but_no_test(clusters: int, interval: bool, tested: bool) -> None:
    generator = np.random.default_rng(5)
    values = (generator.random((60, 1)) < 0.5).astype(float)
    given = two_groups(values, np.arange(60) % 2 == 0, clusters=np.arange(60) // 2 % clusters)
    (difference,) = differences(*given)
    assert difference.df == clusters - 1
    assert (difference.low is not None, difference.p is not None) == (interval, tested)


def test_schools_that_are_all_alike_have_no_test() -> None:
    values = np.tile([[1.0], [0.0], [0.0], [0.0], [1.0], [1.0]], (20, 1))
    given = two_groups(values, np.arange(120) % 2 == 0, clusters=np.arange(120) // 6)
    (difference,) = differences(*given)
    assert difference.se == pytest.approx(0, abs=1e-12)
    assert difference.p is None


def test_holms_method_is_that_of_statsmodels_and_leaves_out_what_was_not_tested() -> None:
    p = np.array([0.04, 0.001, 0.2, 0.012, 0.9, 0.012])
    expected = multipletests(p, method="holm")[1]
    assert holm(p) == pytest.approx(expected)
    with_gaps = holm(np.array([nan, *p, nan]))
    assert with_gaps[1:-1] == pytest.approx(expected)
    assert np.isnan(with_gaps[[0, -1]]).all()
    assert holm(np.array([])).size == 0


def test_an_empty_group_has_no_p_beside_its_interval() -> None:
    values = np.repeat([1.0, 0.0], [20, 1030])[:, None]
    second = np.arange(1050) >= 1000  # nobody of these fifty mentions it
    (found,) = differences(*reversed(two_groups(values, second)))
    assert found.p is None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
