"""Corrected frequencies where an audit tells little: rare labels, few errors, few effective answers."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coder.statistics import CorrectedProportion, corrected_proportions

nan = math.nan
Array = NDArray[Any]


def only(found: list[CorrectedProportion]) -> CorrectedProportion:
    (record,) = found
    return record


def counted(*cells: tuple[float, float, int, int]) -> tuple[Array, Array, Array]:
    """Truth, prediction and role of so many answers: (truth, prediction, role, number)."""
    truth, predicted, role = np.repeat([cell[:3] for cell in cells], [cell[3] for cell in cells], axis=0).T
    return truth[:, None], predicted[:, None], role.astype(int)


def test_what_makes_a_label_rare_are_effective_answers() -> None:
    """Of 40 answers with the label five carry nearly all of the weight."""
    truth, predicted, role = counted((1, 1, 1, 40), (0, 0, 1, 60), (nan, 1, 2, 190), (nan, 0, 2, 810))
    heavy = np.where(np.arange(len(role)) < 5, 50.0, 1.0)
    assert not only(corrected_proportions(truth, predicted, role)).correction.rare
    assert only(corrected_proportions(truth, predicted, role, weights=heavy)).correction.rare


def test_an_audit_without_an_error_allows_for_two_of_ten_or_more_for_none() -> None:
    """How wide it is then does not go to nothing with the wave: 100 answers show no error in 97 of 100."""

    def se(missed: int) -> float:
        cells = (1, 1, 1, 40 - missed), (1, 0, 1, missed), (0, 0, 1, 60)
        waiting = (nan, 1, 2, 40_000), (nan, 0, 2, 60_000)
        found = only(corrected_proportions(*counted(*cells, *waiting), lam=1)).proportion
        assert found.se is not None
        return found.se

    assert se(0) == pytest.approx(math.sqrt(2) / 100, rel=0.01)
    assert se(9) == pytest.approx(math.sqrt(0.09 * 0.91 / 100 + 2 / 100**2), rel=0.02)
    assert se(10) == pytest.approx(math.sqrt(0.1 * 0.9 / 100), rel=0.02)


def test_of_a_rare_label_that_a_model_gives_far_too_often_the_audit_stands_alone() -> None:
    cells = (1, 1, 1, 3), (0, 0, 1, 97)
    often = only(corrected_proportions(*counted(*cells, (nan, 1, 2, 90), (nan, 0, 2, 810))))
    less = only(corrected_proportions(*counted(*cells, (nan, 1, 2, 70), (nan, 0, 2, 830))))
    assert (often.correction.lam, less.correction.lam) == (0, 1)
    assert often.proportion.low == often.correction.audit_only.low
    assert often.proportion.high == often.correction.audit_only.high
    assert not often.widened


def test_a_common_label_that_a_model_hardly_ever_gives_is_judged_by_who_lacks_it() -> None:
    cells = (1, 1, 1, 97), (0, 0, 1, 3)
    rarely = only(corrected_proportions(*counted(*cells, (nan, 0, 2, 150), (nan, 1, 2, 750))))
    assert rarely.correction.lam == 0


def test_a_model_that_makes_the_interval_wider_is_named() -> None:
    cells = (1, 1, 1, 2), (1, 0, 1, 3), (0, 1, 1, 7), (0, 0, 1, 88), (nan, 1, 2, 90), (nan, 0, 2, 910)
    assert only(corrected_proportions(*counted(*cells))).widened
    better = (1, 1, 1, 24), (1, 0, 1, 6), (0, 1, 1, 7), (0, 0, 1, 63), (nan, 1, 2, 620), (nan, 0, 2, 1380)
    assert not only(corrected_proportions(*counted(*better))).widened


def test_clusters_of_unequal_size_have_fewer_degrees_of_freedom() -> None:
    truth, predicted, role = counted((1, 1, 1, 60), (0, 0, 1, 60), (nan, 1, 2, 120))
    even = only(corrected_proportions(truth, predicted, role, clusters=np.arange(240) % 12))
    school = np.where(np.arange(240) % 2 == 0, 0, np.arange(240) % 12)  # half of the answers in one
    uneven = only(corrected_proportions(truth, predicted, role, clusters=school))
    assert even.proportion.df == 11
    assert uneven.proportion.df == math.floor(1 / (0.5**2 + 6 * (0.5 / 6) ** 2) - 1)
