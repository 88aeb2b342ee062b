"""Weighted frequencies: reference surveys, hand computation, and what must not change an estimate."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from reference_cases import reference_cases, schools_one_by_one
from scipy import stats

from coder.statistics import Proportion, kish_effective_size, proportions
from coder.statistics.design import SampleDesign

nan = math.nan


@pytest.fixture(scope="module")
def cases() -> dict[str, Any]:
    return reference_cases()


@pytest.fixture(scope="module")
def schools(cases: dict[str, Any]) -> dict[str, NDArray[Any]]:
    return schools_one_by_one(cases["apiclus1"])


def only(values: list[Proportion]) -> Proportion:
    (value,) = values
    return value


def test_a_share_in_a_cluster_sample_is_that_of_the_survey_package(
    cases: dict[str, Any], schools: dict[str, NDArray[Any]]
) -> None:
    expected = cases["apiclus1"]["expect_nofpc"]["prop_schwide"]
    share = only(proportions(schools["met"], weights=schools["weight"], clusters=schools["district"]))
    assert [share.estimate, share.se] == pytest.approx(expected, abs=5e-8)
    assert (share.n, share.count, share.clusters, share.df) == (183, 160, 15, 14)


def test_a_share_in_a_domain_keeps_the_clusters_outside_it(
    cases: dict[str, Any], schools: dict[str, NDArray[Any]]
) -> None:
    for kind, expected in zip("EHM", cases["apiclus1"]["expect_nofpc"]["domain_schwide_E_H_M"], strict=True):
        share = only(
            proportions(
                schools["met"],
                domain=schools["kind"] == kind,
                weights=schools["weight"],
                clusters=schools["district"],
            )
        )
        assert [share.estimate, share.se] == pytest.approx(expected, abs=5e-8)
        assert share.df == share.clusters - 1 == len(set(schools["district"][schools["kind"] == kind])) - 1


def test_the_interval_with_finite_population_correction(
    cases: dict[str, Any], schools: dict[str, NDArray[Any]]
) -> None:
    share = only(
        proportions(
            schools["met"],
            weights=schools["weight"],
            clusters=schools["district"],
            population_clusters=cases["apiclus1"]["fpc_clusters"],
        )
    )
    expected = cases["apiclus1"]["expect_nofpc"]["ci_logit_t14_fpc_se"]
    assert [share.low, share.high] == pytest.approx(expected, abs=5e-5)


def test_the_mean_of_any_variable_in_a_cluster_sample(cases: dict[str, Any]) -> None:
    table = np.array(cases["apiclus1"]["rows"], dtype=float)
    n, total = table[:, 1:7].sum(axis=1), table[:, 7]
    rows = np.arange(len(table))
    plain = SampleDesign.of(n * cases["apiclus1"]["weight_each"], rows).mean(total / n)
    assert plain == pytest.approx(cases["apiclus1"]["expect_nofpc"]["mean_api00"], rel=5e-7)
    corrected = SampleDesign.of(n, rows, None, cases["apiclus1"]["fpc_clusters"]).mean(total / n)
    assert corrected == pytest.approx(cases["apiclus1"]["expect_fpc"]["mean_api00"], rel=5e-7)


def test_the_mean_of_a_stratified_sample(cases: dict[str, Any]) -> None:
    case = cases["fpc8"]
    weights, x = np.array(case["weight"], dtype=float), np.array(case["x"])
    plain = SampleDesign.of(weights, None, case["stratum"]).mean(x)
    assert plain == pytest.approx([case["mean"], case["se"]], abs=5e-8)
    population = [case["fpc"][str(h)] for h in case["stratum"]]
    corrected = SampleDesign.of(weights, None, case["stratum"], population).mean(x)
    assert corrected == pytest.approx([case["mean"], case["se_fpc"]], abs=5e-8)


def test_few_mentions_in_large_clusters_have_an_interval_that_reaches_the_truth() -> None:
    generator = np.random.default_rng(10)
    cluster, covered, unmentioned = np.repeat(np.arange(12), 200), 0, 0
    for _ in range(200):
        chance = generator.beta(0.09, 8.91, 12)  # 1 %, intraclass correlation .1
        share = only(proportions(generator.binomial(1, chance[cluster])[:, None], clusters=cluster))
        assert share.low is not None
        assert share.high is not None
        covered += share.low <= 0.01 <= share.high
        unmentioned += share.count == 0
    assert unmentioned > 0
    assert covered >= 190


def test_a_census_has_the_point_as_its_interval_and_almost_a_census_almost() -> None:
    for count in (0, 3, 160, 400):
        values = np.repeat([[1], [0]], [count, 400 - count], axis=0)
        census, almost, part = (
            only(proportions(values, population_clusters=population)) for population in (400, 401, 800)
        )
        assert census.low == census.high == census.estimate == count / 400
        widths = [s.high - s.low for s in (almost, part) if s.high is not None and s.low is not None]
        assert 0 < widths[0] < widths[1]


def test_effective_clusters_are_as_many_of_one_size_by_their_weight_in_the_base() -> None:
    values = [[1, nan], [0, 0], [1, 1], [0, 0]]
    first, second = proportions(values, weights=[1, 1, 2, 4], clusters=["a", "a", "b", "c"])
    assert first.effective_clusters == pytest.approx(8**2 / (4 + 4 + 16))
    assert second.effective_clusters == pytest.approx(7**2 / (1 + 4 + 16))


def test_few_and_unequal_clusters_are_told_from_enough_equal_ones() -> None:
    def narrow(sizes: list[int]) -> bool:
        cluster = np.repeat(np.arange(len(sizes)), sizes)
        return only(proportions(np.arange(len(cluster))[:, None] % 2, clusters=cluster)).narrow

    assert not narrow([20] * 12)
    assert narrow([20] * 10)
    assert narrow([20] * 11 + [200])
    assert narrow([20] * 90 + [400] * 5)
    assert not narrow([20] * 90 + [40] * 10)


def test_strata_of_which_one_cluster_was_sampled_are_counted() -> None:
    values, strata = [[1], [0], [1], [0], [nan]], ["a", "a", "b", "c", "d"]
    assert only(proportions(values, strata=strata)).lone_strata == 2
    assert only(proportions(values, strata=strata, domain=[1, 1, 1, 0, 0])).lone_strata == 1


@pytest.mark.parametrize("scale", [1e-200, 1e150])
def test_the_scale_of_weights_may_be_anything(scale: float) -> None:
    weights = np.array([1.0, 1.0, 2.0, 4.0] * 10)
    values = np.array([1, 0, 0, 0] * 10)[:, None]
    one, other = (only(proportions(values, weights=w)) for w in (weights, scale * weights))
    for field in ("estimate", "se", "low", "high", "deff", "kish_n", "effective_clusters"):
        assert getattr(other, field) == pytest.approx(getattr(one, field))


def test_kishs_effective_size() -> None:
    assert kish_effective_size([1, 1, 2, 4]) == pytest.approx(2.909090909090909)
    assert kish_effective_size([3, 3, 3]) == pytest.approx(3)
    assert kish_effective_size([]) == 0


def test_kishs_effective_size_stands_beside_each_share_and_is_that_of_its_own_base() -> None:
    values = [[1, 1], [0, nan], [1, 0], [0, 0], [1, 1]]
    first, second = proportions(values, weights=[1, 1, 2, 4, 9], domain=[True] * 4 + [False])
    assert first.kish_n == pytest.approx(2.909090909090909)
    assert second.kish_n == pytest.approx(49 / 21)


def test_a_simple_random_sample_has_the_textbook_error_and_design_effect_one() -> None:
    share = only(proportions(np.repeat([[1], [0]], [60, 140], axis=0)))
    assert share.estimate == pytest.approx(0.3)
    assert share.se == pytest.approx(math.sqrt(0.3 * 0.7 / 199))
    assert share.deff == pytest.approx(1)
    assert (share.n, share.count, share.clusters, share.df) == (200, 60, 200, 199)
    half = stats.t.ppf(0.975, 199) * math.sqrt(0.3 * 0.7 / 199) / 0.21
    centre = math.log(3 / 7)
    assert share.low == pytest.approx(1 / (1 + math.exp(half - centre)))
    assert share.high == pytest.approx(1 / (1 + math.exp(-half - centre)))


@pytest.mark.parametrize("count", [0, 1, 4, 9, 196, 200])
def test_few_mentions_in_a_simple_random_sample_have_the_exact_interval(count: int) -> None:
    share = only(proportions(np.repeat([[1], [0]], [count, 200 - count], axis=0)))
    exact = stats.binomtest(count, 200).proportion_ci(method="exact")
    assert (share.low, share.high) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_a_share_of_nought_has_no_design_effect_but_an_upper_bound() -> None:
    clusters = np.arange(200) // 10
    share = only(proportions(np.zeros((200, 1)), clusters=clusters))
    assert (share.estimate, share.se, share.low, share.deff) == (0, 0, 0, None)
    assert share.high is not None
    # as 200 / (1 + 9 * .05) respondents, with 19 degrees of freedom
    size = 200 / 1.45 * (stats.t.ppf(0.975, 199) / stats.t.ppf(0.975, 19)) ** 2
    assert share.high == pytest.approx(1 - 0.025 ** (1 / size))


def test_clusters_of_identical_answers_count_once() -> None:
    once = only(proportions(np.repeat([[1], [0]], [30, 70], axis=0)))
    copies = only(proportions(np.repeat([[1], [0]], [90, 210], axis=0), clusters=np.arange(300) // 3))
    assert (copies.estimate, copies.se, copies.low, copies.high) == pytest.approx(
        (once.estimate, once.se, once.low, once.high)
    )
    assert copies.deff == pytest.approx(3, rel=0.02)


def test_clusters_that_are_all_alike_do_not_make_an_interval_of_no_width() -> None:
    share = only(proportions(np.tile([[1.0], [0.0]], (30, 1)), clusters=np.arange(60) // 2))
    assert share.se == pytest.approx(0, abs=1e-12)
    assert share.low is not None
    assert share.low < 0.4


def test_an_unknown_label_leaves_the_row_out_of_that_labels_base_only() -> None:
    values = np.array([[1, 1], [nan, 0], [0, 0], [1, nan], [nan, 1]])
    first, second = proportions(values, weights=[1, 2, 3, 4, 5])
    assert (first.n, first.count) == (3, 2)
    assert first.estimate == pytest.approx(5 / 8)
    assert (second.n, second.count) == (4, 2)
    assert second.estimate == pytest.approx(6 / 11)


def test_a_weight_of_nought_leaves_the_respondent_out_of_the_base() -> None:
    share = only(proportions([[1], [0], [1]], weights=[2, 1, 0]))
    assert (share.n, share.count, share.clusters) == (2, 1, 2)
    assert share.estimate == pytest.approx(2 / 3)


def test_an_empty_base_has_nothing_but_its_counts() -> None:
    nothing = Proportion(0, 0, 0, None, None, None, None, None, None)
    assert proportions([[1], [0]], domain=[False, False]) == [nothing]
    assert proportions([[nan], [nan]]) == [nothing]
    assert proportions(np.empty((0, 2))) == [nothing, nothing]


def test_one_cluster_has_an_estimate_but_no_error() -> None:
    share = only(proportions([[1], [0], [1]], clusters=["a", "a", "a"]))
    assert share == Proportion(3, 2, 1, pytest.approx(2 / 3), None, None, None, 0, None, 3, 1, 1)


def test_a_domain_in_one_cluster_of_many_has_no_error_either() -> None:
    share = only(proportions([[1], [0], [1]], clusters=["a", "a", "b"], domain=[True, True, False]))
    assert (share.clusters, share.df, share.se, share.low) == (1, 0, None, None)


def test_strata_take_the_differences_between_them_out_of_the_error() -> None:
    values = np.array([1, 1, 1, 0, 0, 0, 0, 1] * 10, dtype=float)[:, None]
    strata = np.array([1, 1, 1, 1, 2, 2, 2, 2] * 10)
    share = only(proportions(values, strata=strata))
    within = sum(40 / 39 * 40 * p * (1 - p) for p in (0.75, 0.25))
    assert share.se == pytest.approx(math.sqrt(within) / 80)
    assert share.df == 78
    plain = only(proportions(values)).se
    assert plain is not None
    assert share.se is not None
    assert share.se < plain


def test_a_stratum_with_one_cluster_deviates_from_the_mean_over_all() -> None:
    """By hand: p = 1/2, so the four schools' influence values add up to 0, 1/8, 0 and, alone, -1/8."""
    values = np.array([0, 1, 1, 1, 0, 1, 0, 0], dtype=float)[:, None]
    schools, strata = [1, 1, 2, 2, 3, 3, 4, 4], [1, 1, 1, 1, 1, 1, 2, 2]
    share = only(proportions(values, clusters=schools, strata=strata))
    z = np.array([0, 1, 0]) / 8
    expected = 3 / 2 * ((z - z.mean()) ** 2).sum() + (1 / 8) ** 2
    assert share.se == pytest.approx(math.sqrt(expected))
    assert (share.clusters, share.df) == (4, 2)


def test_strata_may_be_named_or_missing() -> None:
    values = np.array([1, 0, 1, 1, 0, 0], dtype=float)[:, None]
    named = proportions(values, strata=["po", "po", "vo", "vo", None, nan])
    assert named == proportions(values, strata=[1, 1, 2, 2, 3, 3])


def test_a_cluster_name_in_two_strata_names_two_clusters() -> None:
    values = np.array([1, 0, 1, 1], dtype=float)[:, None]
    share = only(proportions(values, clusters=["a", "b", "a", "b"], strata=[1, 1, 2, 2]))
    assert (share.clusters, share.df) == (4, 2)


samples = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, nan]),  # value
        st.sampled_from([1.0, 2.0, 2.0, 3.5]),  # weight
        st.integers(0, 4),  # cluster
        st.integers(0, 1),  # stratum
        st.booleans(),  # domain
    ),
    min_size=1,
    max_size=25,
)


def estimated(rows: list[tuple[float, float, int, int, bool]]) -> Proportion:
    value, weight, cluster, stratum, domain = (np.array(x) for x in zip(*rows, strict=True))
    return only(proportions(value[:, None], weights=weight, clusters=cluster, strata=stratum, domain=domain))


@given(samples)
@settings(deadline=None)
def test_two_respondents_of_weight_one_are_one_of_weight_two(
    rows: list[tuple[float, float, int, int, bool]],
) -> None:
    split = [half for v, w, *r in rows for half in ([(v, 1.0, *r)] * 2 if w == 2 else [(v, w, *r)])]
    one, two = estimated(rows), estimated(split)  # type: ignore[arg-type]
    assert two.estimate == pytest.approx(one.estimate, abs=1e-12)
    assert (two.clusters, two.df) == (one.clusters, one.df)
    if one.se is not None:
        assert two.se == pytest.approx(one.se, abs=1e-9)


@given(samples, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_respondents_and_the_scale_of_weights_do_not_matter(
    rows: list[tuple[float, float, int, int, bool]], random: Any
) -> None:
    shuffled = [(v, 7 * w, c, s, d) for v, w, c, s, d in random.sample(rows, len(rows))]
    one, other = estimated(rows), estimated(shuffled)
    for field in ("n", "count", "clusters", "estimate", "se", "low", "high", "df", "deff"):
        a, b = getattr(one, field), getattr(other, field)
        assert a is b is None or a == pytest.approx(b, abs=1e-6)


@given(samples)
@settings(deadline=None)
def test_the_interval_holds_the_estimate_and_stays_between_nought_and_one(
    rows: list[tuple[float, float, int, int, bool]],
) -> None:
    share = estimated(rows)
    if share.low is not None and share.high is not None and share.estimate is not None:
        assert 0 <= share.low <= share.estimate + 1e-12
        assert share.estimate - 1e-12 <= share.high <= 1


def test_the_design_based_error_is_what_leaving_out_one_school_at_a_time_gives() -> None:
    generator = np.random.default_rng(11)
    school = generator.integers(0, 50, 400)
    values = (generator.random(400) < generator.beta(1, 3, 50)[school]).astype(float)
    weights, domain = generator.uniform(0.5, 2, 400), generator.random(400) < 0.6
    share = only(proportions(values[:, None], weights=weights, clusters=school, domain=domain))
    left_out = [
        np.average(values[keep], weights=weights[keep])
        for g in range(50)
        for keep in [domain & (school != g)]
    ]
    jackknife = math.sqrt(49 / 50 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    assert share.se == pytest.approx(jackknife, rel=0.03)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": [0, 1]}, "values: expected respondents by labels"),
        ({"values": [[2]]}, "values: expected 0, 1 or NaN"),
        ({"values": [[1]], "weights": [-1]}, "weights: expected finite"),
        ({"values": [[1]], "weights": [nan]}, "weights: expected finite"),
        ({"values": [[1]], "weights": [1, 1]}, "weights: expected 1 values"),
        ({"values": [[1]], "domain": [[True]]}, "domain: expected 1 values"),
        ({"values": [[1], [0]], "domain": [1, nan]}, "domain: expected true or false"),
        ({"values": [[1]], "clusters": []}, "expected 1 identifiers"),
        ({"values": [[1], [0]], "population_clusters": 1}, "population_clusters"),
        ({"values": [[1], [0]], "population_clusters": [3, 4]}, "population_clusters"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proportions(**arguments)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.4])
def test_intervals_cover_at_their_nominal_rate_in_a_weighted_cluster_sample(share: float) -> None:
    generator = np.random.default_rng(8)
    covered, rounds, schools, size = 0, 400, 80, 6
    cluster = np.repeat(np.arange(schools), size)
    for _ in range(rounds):
        chance = generator.beta(share * 15, (1 - share) * 15, schools)
        values = (generator.random(schools * size) < chance[cluster]).astype(float)
        weights = np.exp(generator.normal(0, 0.3, schools))[cluster]
        result = only(proportions(values[:, None], weights=weights, clusters=cluster))
        assert result.low is not None
        assert result.high is not None
        covered += result.low <= share <= result.high
    assert 0.92 <= covered / rounds <= 0.99
