"""Planning: what so many audited or doubly coded answers bring, against formulas, data and simulation."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coder.statistics import (
    AUDITED,
    PREDICTED,
    audit_plan,
    corrected_proportions,
    double_coding_plan,
    label_agreement,
    prediction_errors,
    presumed_double_coding_plan,
)

nan = math.nan
Z = 1.959963984540054


def test_the_effective_number_is_that_of_the_prediction_powered_reference() -> None:
    """300 labelled, 2,700 not, correlation .8 of prediction and truth: as good as 707.5 labelled."""
    plan = audit_plan(0.5, 0.25 * (1 - 0.8**2), uncoded=3000, half_width=0.05, audited=300)
    assert plan.half_width is not None
    assert 0.25 * (Z / plan.half_width) ** 2 == pytest.approx(707.5471698)


def test_without_a_model_it_is_the_textbook_size_of_a_simple_random_sample() -> None:
    plan = audit_plan(0.5, 0.25, uncoded=10_000_000, half_width=0.05)
    assert plan.needed == 385
    assert (plan.audited, plan.half_width) == (0, None)


def test_what_is_needed_is_just_enough() -> None:
    for uncoded, certain, half_width in ((800, 0, 0.045), (3000, 400, 0.03), (500, 2000, 0.022)):
        settings_of = {"uncoded": uncoded, "certain": certain, "half_width": half_width, "design_effect": 1.3}
        needed = audit_plan(0.3, 0.08, **settings_of).needed
        assert needed is not None
        enough = audit_plan(0.3, 0.08, audited=needed, **settings_of).half_width
        short = audit_plan(0.3, 0.08, audited=needed - 1, **settings_of).half_width
        assert enough is not None
        assert enough <= half_width
        assert short is None or short > half_width


def test_a_precision_that_coding_everything_does_not_bring_is_out_of_reach() -> None:
    plan = audit_plan(0.3, 0.08, uncoded=400, half_width=0.03, audited=350)
    assert plan.needed is None
    assert plan.half_width_all == pytest.approx(Z * math.sqrt(0.3 * 0.7 / 400))
    assert plan.half_width_more == pytest.approx(plan.half_width_all)


def test_of_a_rare_label_the_plan_says_that_it_promises_too_much() -> None:
    assert audit_plan(0.02, 0.01, uncoded=3000, half_width=0.02).rare
    assert audit_plan(0.98, 0.01, uncoded=3000, half_width=0.02).rare
    assert not audit_plan(0.3, 0.1, uncoded=3000, half_width=0.03).rare


def test_predictions_without_an_error_need_an_audit_that_could_show_two() -> None:
    plan = audit_plan(0.5, 0, uncoded=10_000_000, half_width=0.03)
    assert plan.needed == math.ceil(Z * math.sqrt(2) / 0.03) == 93
    half = audit_plan(0.5, 0, uncoded=10_000_000, half_width=0.03, audited=93).half_width
    assert half == pytest.approx(Z * math.sqrt(2) / 93, rel=0.001)


def test_no_audit_is_planned_that_could_not_tell_a_good_model_from_a_bad_one() -> None:
    assert audit_plan(0.5, 0.01, uncoded=3000, half_width=0.3).needed == 30
    assert audit_plan(0.5, 0.01, uncoded=20, half_width=0.3).needed == 20


@given(st.floats(0, 1), st.floats(0, 0.3), st.integers(1, 5000), st.floats(0.001, 0.3), st.integers(0, 5000))
@settings(deadline=None)
def test_another_hundred_never_makes_it_worse(
    share: float, variance: float, uncoded: int, half_width: float, certain: int
) -> None:
    plan = audit_plan(
        share, variance, uncoded=uncoded, half_width=half_width, audited=uncoded // 2, certain=certain
    )
    if plan.half_width is not None:
        assert plan.half_width_more is not None
        assert plan.half_width_all - 1e-12 <= plan.half_width_more <= plan.half_width
    assert plan.needed is None or 1 <= plan.needed <= uncoded


def test_the_half_width_planned_is_the_half_width_that_comes() -> None:
    generator = np.random.default_rng(1)
    truth = (generator.random(3000) < 0.35).astype(float)
    predicted = np.where(generator.random(3000) < 0.85, truth, 1 - truth)
    weights = generator.uniform(0.3, 2, 3000)
    audited = generator.permutation(np.arange(3000) < 400)
    (errors,) = prediction_errors(truth[audited, None], predicted[audited, None], weights=weights[audited])
    (found,) = corrected_proportions(
        np.where(audited, truth, nan)[:, None],
        predicted[:, None],
        np.where(audited, AUDITED, PREDICTED),
        weights=weights,
    )
    assert errors.share is not None
    assert errors.variance is not None
    assert found.correction.lam == pytest.approx(errors.lam, abs=0.02)
    loss = 3000 * (weights @ weights) / weights.sum() ** 2
    plan = audit_plan(
        errors.share, errors.variance, uncoded=3000, half_width=0.03, audited=400, design_effect=loss
    )
    assert found.proportion.se is not None
    assert plan.half_width == pytest.approx(Z * found.proportion.se, rel=0.02)


def test_errors_count_one_more_and_of_a_rare_label_the_model_as_it_is() -> None:
    truth, predicted = np.zeros((200, 1)), np.zeros((200, 1))
    truth[:10], predicted[:9] = 1, 1
    (errors,) = prediction_errors(truth, predicted)
    assert (errors.n, errors.positives, errors.share, errors.lam) == (200, 10, 0.05, 1)
    assert errors.variance == pytest.approx(1 / 200 * 199 / 200 + 1 / 200)
    truth[:80], predicted[:80] = 1, 1
    (none,) = prediction_errors(truth, predicted)
    assert (none.lam, none.variance) == pytest.approx((1, 1 / 200))


def test_a_model_that_gives_a_rare_label_far_too_often_counts_for_nothing() -> None:
    truth, predicted = np.zeros((200, 1)), np.zeros((200, 1))
    truth[:4], predicted[:40] = 1, 1
    (errors,) = prediction_errors(truth, predicted)
    assert (errors.lam, errors.share) == (0, 0.02)


def test_a_label_without_predictions_has_the_variance_of_the_label_itself() -> None:
    truth = np.arange(100)[:, None] < 40
    (errors,) = prediction_errors(truth, np.full((100, 1), nan))
    assert errors.lam == 0
    assert errors.variance == pytest.approx(0.24)


def test_nothing_known_of_a_label_is_no_ground_for_a_plan() -> None:
    (errors,) = prediction_errors([[nan]], [[0.5]])
    assert errors.share is errors.variance is None


def test_alpha_narrows_with_the_square_root_of_the_answers_coded_twice() -> None:
    generator = np.random.default_rng(2)
    truth = generator.random(300) < 0.3
    codings = np.stack([truth ^ (generator.random(300) < 0.1) for _ in range(2)], axis=1).astype(float)
    found = label_agreement(codings)
    se = found.krippendorff_alpha.se
    assert se is not None
    plan = double_coding_plan(found, half_width=Z * se / 2)
    assert (plan.needed, plan.coded, plan.rare) == (1200, 300, False)
    assert plan.half_width == pytest.approx(Z * se)
    assert plan.half_width_more == pytest.approx(Z * se * math.sqrt(3 / 4))


def test_coders_who_never_differed_are_no_ground_for_a_plan() -> None:
    same = np.repeat(np.arange(40)[:, None] < 4, 2, axis=1).astype(float)
    plan = double_coding_plan(label_agreement(same), half_width=0.1)
    assert plan.needed is plan.half_width is plan.half_width_more is None


@pytest.mark.parametrize(("prevalence", "alpha"), [(0.1, 0.6), (0.3, 0.8), (0.5, 0.3)])
def test_the_presumed_spread_of_alpha_is_that_of_simulated_coders(prevalence: float, alpha: float) -> None:
    generator = np.random.default_rng(3)
    both = prevalence**2 + alpha * prevalence * (1 - prevalence)
    one = 2 * (prevalence - both)
    found = []
    for n_both, n_one, n_none in generator.multinomial(1000, [both, one, 1 - both - one], size=4000):
        ones = 2 * n_both + n_one
        found.append(1 - 1999 * n_one / (ones * (2000 - ones)))  # Krippendorff's alpha of two coders
        assert n_none >= 0
    plan = presumed_double_coding_plan(prevalence, alpha, half_width=0.1, coded=1000)
    assert plan.half_width == pytest.approx(Z * np.std(found), rel=0.04)


def test_a_label_expected_less_than_ten_times_is_marked() -> None:
    assert presumed_double_coding_plan(0.01, 0.7, half_width=0.1, coded=100).rare
    assert not presumed_double_coding_plan(0.1, 0.7, half_width=0.1, coded=100).rare


@pytest.mark.parametrize(
    "plan",
    [
        lambda: audit_plan(1.2, 0.1, uncoded=10, half_width=0.1),
        lambda: audit_plan(0.2, 0.1, uncoded=0, half_width=0.1),
        lambda: audit_plan(0.2, 0.1, uncoded=10, half_width=0.1, audited=11),
        lambda: audit_plan(0.2, 0.1, uncoded=10, half_width=0),
        lambda: presumed_double_coding_plan(0, 0.7, half_width=0.1),
        lambda: presumed_double_coding_plan(0.1, 0.7, half_width=0),
        lambda: prediction_errors([[1]], [[2]]),
    ],
)
def test_what_cannot_be_is_refused(plan: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        plan()
