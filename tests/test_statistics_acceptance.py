"""Accepting decisions without a person: the guarantee, its order, and its honest no."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from coder.statistics import Threshold, accept
from coder.statistics.acceptance import THRESHOLDS, intraclass_correlation


def test_without_a_mistake_the_lowest_threshold_qualifies() -> None:
    result = accept([True] * 100, np.linspace(0.6, 1, 100), 0.05)
    assert result == Threshold(0.0, 100, 0, pytest.approx(1 - 0.05 ** (1 / 100)))


@pytest.mark.parametrize(("n", "qualifies"), [(58, False), (59, True)])
def test_five_percent_takes_at_least_59_decisions_without_a_mistake(n: int, qualifies: bool) -> None:
    result = accept([True] * n, [0.99] * n, 0.05)
    assert (result.certainty is not None) == qualifies
    assert (result.n, result.errors) == (n, 0)


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
    assert result.certainty is None
    assert result.upper is not None
    assert result.upper > 0.05


def test_an_empty_sample_gives_no_bound() -> None:
    assert accept([], [], 0.05) == Threshold(None, 0, 0, None)


def test_clusters_make_the_bound_wider() -> None:
    correct, certainty = np.arange(400) >= 8, np.full(400, 0.9)
    apart = accept(correct, certainty, 0.05)
    together = accept(correct, certainty, 0.05, clusters=np.arange(400) // 8)
    assert apart.upper is not None
    assert together.upper is not None
    assert apart.upper < together.upper
    assert apart.certainty == 0.0
    assert together.certainty is None


def test_mistakes_that_fill_whole_schools_count_as_one_a_school() -> None:
    wrong, school = np.arange(400) < 16, np.arange(400) // 8
    assert intraclass_correlation(wrong, school) == pytest.approx(1)
    result = accept(~wrong, np.full(400, 0.9), 0.5, clusters=school)
    exact = stats.binomtest(2, 50, alternative="less").proportion_ci(0.95, method="exact").high
    assert result.upper == pytest.approx(exact)


def test_the_intraclass_correlation_is_nought_where_it_is_undefined() -> None:
    assert intraclass_correlation(np.array([True, False]), np.array([0, 0])) == 0
    assert intraclass_correlation(np.array([True, False]), np.array([0, 1])) == 0
    assert intraclass_correlation(np.zeros(4, bool), np.array([0, 0, 1, 1])) == 0


def test_the_order_of_decisions_does_not_matter() -> None:
    generator = np.random.default_rng(2)
    certainty = generator.uniform(0.5, 1, 500)
    correct, school = generator.random(500) < certainty**0.1, generator.integers(0, 60, 500)
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
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        accept(*arguments)
