"""Shares of the mentions: what they count, what they stand on, and their error."""

import math

import numpy as np
import pytest

from coder.statistics import Proportion, mention_shares, proportions

nan = math.nan


def test_shares_of_mentions_count_labels_given_and_add_up_to_one() -> None:
    values = [[1, 1, 0], [1, 0, 0], [0, 0, 0], [1, 1, 1]]
    shares = mention_shares(values, weights=[1, 2, 5, 1])
    assert [share.estimate for share in shares] == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert [(s.n, s.count, s.clusters, s.df) for s in shares] == [(6, 3, 3, 2), (6, 2, 3, 2), (6, 1, 3, 2)]
    assert shares[0].kish_n == pytest.approx(7**2 / (1 + 1 + 4 + 1 + 1 + 1))


def test_where_everybody_mentions_one_label_shares_of_mentions_are_those_of_respondents() -> None:
    values = np.eye(3)[np.repeat([0, 1, 2], [30, 50, 20])]
    design = {"weights": np.linspace(1, 2, 100), "clusters": np.arange(100) // 4}
    assert mention_shares(values, **design) == proportions(values, **design)


def test_the_error_of_a_share_of_mentions_is_what_leaving_out_one_school_at_a_time_gives() -> None:
    generator = np.random.default_rng(12)
    school, weights = generator.integers(0, 60, 500), generator.uniform(0.5, 2, 500)
    tendency = generator.beta(2, 5, (60, 4))
    values = (generator.random((500, 4)) < tendency[school]).astype(float)
    share = mention_shares(values, weights=weights, clusters=school)[1]
    left_out = []
    for g in range(60):
        keep = school != g
        totals = weights[keep] @ values[keep]
        left_out.append(totals[1] / totals.sum())
    jackknife = math.sqrt(59 / 60 * np.sum((np.array(left_out) - np.mean(left_out)) ** 2))
    assert share.se == pytest.approx(jackknife, rel=0.03)
    assert share.deff is not None
    assert share.deff != pytest.approx(1, rel=0.01)


def test_who_does_not_know_every_label_is_left_out_of_the_shares_of_mentions() -> None:
    shares = mention_shares([[1, nan, nan], [1, 1, nan], [1, 0, nan], [nan, 1, nan]])
    assert [(share.n, share.count) for share in shares] == [(3, 2), (3, 1), (0, 0)]
    assert [share.estimate for share in shares] == [pytest.approx(2 / 3), pytest.approx(1 / 3), None]


def test_no_mentions_have_no_shares() -> None:
    nothing = Proportion(0, 0, 0, None, None, None, None, None, None)
    assert mention_shares(np.zeros((5, 2))) == [nothing, nothing]
