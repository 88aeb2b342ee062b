"""Accepting decisions without a person: the guarantee, its order, and its honest no."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from coder.statistics import Threshold, accept
from coder.statistics.acceptance import THRESHOLDS, decisions_needed, intraclass_correlation


def test_without_a_mistake_the_lowest_threshold_qualifies() -> None:
    result = accept([True] * 100, np.linspace(0.6, 1, 100), 0.05)
    assert result == Threshold(0.0, 100, 0, pytest.approx(1 - 0.05 ** (1 / 100)))


@pytest.mark.parametrize(("n", "qualifies"), [(58, False), (59, True)])
def test_five_percent_takes_at_least_59_decisions_without_a_mistake(n: int, qualifies: bool) -> None:
    result = accept([True] * n, [0.99] * n, 0.05)
    assert (result.certainty is not None) == qualifies
    assert (result.n, result.errors) == (n, 0)
    assert result.reason == (None if qualifies else "decisions")
    assert decisions_needed(0.05) == 59


def test_the_bound_is_the_one_sided_exact_one() -> None:
    correct = np.r_[np.ones(195, bool), np.zeros(5, bool)]
    result = accept(correct, np.full(200, 0.9), 0.1)
    exact = stats.binomtest(5, 200, alternative="less").proportion_ci(0.95, method="exact").high
    assert result.upper == pytest.approx(exact)
    assert result.certainty == 0.0


def test_the_search_ends_above_the_uncertain_decisions_that_go_wrong() -> None:
    certainty = np.r_[np.full(150, 0.97), np.full(150, 0.7)]
    correct = np.r_[np.ones(150, bool), np.arange(150) % 3 > 0]
    result = accept(correct, certainty, 0.05)
    assert (result.certainty, result.n, result.errors) == (0.75, 150, 0)


def test_a_threshold_below_one_that_failed_is_never_tried() -> None:
    """The most certain decisions are wrong; together with the many good ones below them all would pass."""
    certainty = np.r_[np.full(100, 0.999), np.full(2000, 0.8)]
    correct = np.r_[np.arange(100) >= 10, np.ones(2000, bool)]
    result = accept(correct, certainty, 0.05)
    assert result.certainty is None
    assert (result.n, result.errors) == (100, 10)
    assert result.upper is not None
    assert result.upper > 0.05


def test_no_threshold_qualifies_is_an_ordinary_outcome() -> None:
    result = accept(np.arange(200) % 4 > 0, np.linspace(0.5, 1, 200), 0.05)
    assert (result.certainty, result.reason) == (None, "error")
    assert result.upper is not None
    assert result.upper > 0.05


def test_an_empty_sample_gives_no_bound() -> None:
    assert accept([], [], 0.05) == Threshold(None, 0, 0, None, "decisions")


def test_clusters_make_the_bound_wider() -> None:
    correct, certainty = np.arange(400) >= 8, np.full(400, 0.9)
    apart = accept(correct, certainty, 0.05)
    together = accept(correct, certainty, 0.05, clusters=np.arange(400) // 4)
    assert apart.upper is not None
    assert together.upper is not None
    assert apart.upper < together.upper
    assert apart.certainty == 0.0
    assert (together.certainty, together.reason) == (None, "error")


def test_mistakes_that_fill_whole_schools_count_as_one_a_school() -> None:
    wrong, school = np.arange(400) < 16, np.arange(400) // 8
    assert intraclass_correlation(wrong, school) == pytest.approx(1)
    result = accept(~wrong, np.full(400, 0.9), 0.5, clusters=school)
    n = 50 * (stats.t.ppf(0.95, 399) / stats.t.ppf(0.95, 49)) ** 2
    assert result.upper == pytest.approx(stats.beta.ppf(0.95, n / 25 + 1, n - n / 25))


@pytest.mark.parametrize(("schools", "qualifies"), [(1, False), (20, False), (60, False), (61, True)])
def test_five_percent_takes_at_least_61_schools(schools: int, qualifies: bool) -> None:
    school = np.arange(60 * schools) // 60
    result = accept(school >= 0, np.full(len(school), 0.9), 0.05, clusters=school)
    assert (result.certainty is not None) == qualifies
    assert result.reason == (None if qualifies else "clusters")
    assert (result.upper is not None) == qualifies


def test_one_large_school_among_many_small_ones_does_not_stand_for_them() -> None:
    school = np.r_[np.zeros(200, int), np.arange(1, 200)]
    assert accept(school >= 0, np.full(399, 0.9), 0.05, clusters=school).reason == "clusters"


def test_which_thresholds_are_passed_over_does_not_hang_on_the_mistakes() -> None:
    """Six mistakes in nine schools used to pass a threshold over, seven spread otherwise to accept it."""
    school, certainty = np.arange(9 * 32) // 32, np.r_[np.full(250, 0.9), np.full(38, 0.6)]
    rng = np.random.default_rng(1)
    for mistakes in range(12):
        correct = np.ones(288, bool)
        correct[rng.choice(288, mistakes, replace=False)] = False
        assert accept(correct, certainty, 0.05, clusters=school).reason == "clusters"


def test_whole_schools_wrong_among_sure_decisions_show_though_doubtful_ones_are_wrong_at_random() -> None:
    rng = np.random.default_rng(3)
    school = np.arange(80 * 60) // 60
    sure = rng.random(len(school)) < 0.5
    wrong = np.where(sure, school < 2, rng.random(len(school)) < 0.3)
    result = accept(~wrong, np.where(sure, 0.99, 0.5), 0.05, clusters=school)
    assert result.errors < 0.03 * result.n
    assert (result.certainty, result.reason) == (None, "error")


@pytest.mark.parametrize(("schools", "size", "correlation"), [(62, 20, 0.3), (62, 5, 0.1), (150, 10, 0.5)])
def test_the_promise_is_kept_where_schools_differ(schools: int, size: int, correlation: float) -> None:
    rng = np.random.default_rng(5)
    broken = 0
    for _ in range(400):
        spread = 1 / correlation - 1
        wrong = rng.random((schools, size)) < rng.beta(0.051 * spread, 0.949 * spread, (schools, 1))
        found = accept(~wrong.ravel(), rng.random(wrong.size), 0.05, clusters=np.arange(wrong.size) // size)
        broken += found.certainty is not None
    assert broken / 400 <= 0.07


def test_the_intraclass_correlation_is_nought_where_it_is_undefined() -> None:
    assert intraclass_correlation(np.array([True, False]), np.array([0, 0])) == 0
    assert intraclass_correlation(np.array([True, False]), np.array([0, 1])) == 0
    assert intraclass_correlation(np.zeros(4, bool), np.array([0, 0, 1, 1])) == 0


def test_the_order_of_decisions_does_not_matter() -> None:
    generator = np.random.default_rng(2)
    certainty = generator.uniform(0.5, 1, 500)
    correct, school = generator.random(500) < certainty**0.01, generator.integers(0, 150, 500)
    order = generator.permutation(500)
    assert accept(correct[order], certainty[order], 0.05, clusters=school[order]) == accept(
        correct, certainty, 0.05, clusters=school
    )


def test_thresholds_run_from_the_strictest_down_to_all() -> None:
    assert list(THRESHOLDS) == sorted(set(THRESHOLDS), reverse=True)
    assert THRESHOLDS[-1] == 0


def test_the_promise_is_kept_where_a_threshold_tuned_on_the_sample_would_break_it() -> None:
    """The model claims less error than it makes: 1 - certainty is a third of the true error."""
    generator = np.random.default_rng(4)
    population = generator.beta(6, 0.7, 200_000) * 0.5 + 0.5
    broken = 0
    for _ in range(300):
        certainty = generator.choice(population, 400)
        correct = generator.random(400) >= 3 * (1 - certainty) ** 1.2
        found = accept(correct, certainty, 0.05).certainty
        if found is not None:
            accepted = population[population >= found]
            broken += np.minimum(1, 3 * (1 - accepted) ** 1.2).mean() > 0.05
    assert broken / 300 <= 0.07


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([True], [0.5, 0.6], 0.05), "certainty: expected the shape"),
        (([True], [1.5], 0.05), "certainty: expected numbers from 0 to 1"),
        (([True], [math.nan], 0.05), "certainty: expected numbers from 0 to 1"),
        (([True], [0.5], 0.0), "error and level"),
        (([1, math.nan], [0.5, 0.5], 0.05), "correct: expected 0 or 1"),
        (([1, 2], [0.5, 0.5], 0.05), "correct: expected 0 or 1"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        accept(*arguments)
