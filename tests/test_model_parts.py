"""What LabelModel is made of: leave-one-out ridge, calibration, thresholds, and the queue for people."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import coder.model.queue as queue_module
from coder.codebook import Codebook, Label
from coder.model import certainty, expected_errors, review_queue
from coder.model.answers import codebook_texts, gather
from coder.model.calibration import platt, probabilities, thresholds
from coder.model.ridge import PENALTIES, fit_ridge


def solve(F: np.ndarray, t: np.ndarray, w: np.ndarray, penalty: float) -> np.ndarray:
    """Weighted ridge from the textbook: minimise sum w (t - F b)² + penalty |b|²."""
    return np.linalg.solve(F.T @ (w[:, None] * F) + penalty * np.eye(F.shape[1]), F.T @ (w[:, None] * t))


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    features = rng.normal(size=(30, 8))
    targets = np.sign(features @ rng.normal(size=(8, 3)) + rng.normal(size=(30, 3)))
    weights = np.tile(np.sqrt(rng.integers(1, 5, size=30))[:, None], (1, 3))
    weights[:12, 2] = 0
    return features, targets, weights


@pytest.mark.parametrize("is_kernel", [True, False])
def test_leave_one_out_in_closed_form_equals_fitting_without_the_row(
    rows: tuple[np.ndarray, np.ndarray, np.ndarray], is_kernel: bool
) -> None:
    features, targets, weights = rows
    given = features @ features.T if is_kernel else features
    fit = fit_ridge(given, targets, weights, is_kernel=is_kernel)
    for i in range(len(targets)):
        others = np.arange(len(targets)) != i
        for j in range(3):
            b = solve(features[others], targets[others, j, None], weights[others, j], fit.penalties[j])
            assert fit.left_out[i, j] == pytest.approx((features[i] @ b).item(), abs=1e-8)
    whole = np.column_stack(
        [solve(features, targets[:, j, None], weights[:, j], fit.penalties[j]) for j in range(3)]
    )
    assert given @ fit.coefficients == pytest.approx(features @ whole, abs=1e-8)


def test_the_penalty_has_the_smallest_leave_one_out_error(
    rows: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    features, targets, weights = rows
    errors = {}
    for penalty in PENALTIES:
        left_out = [
            features[i]
            @ solve(
                *(np.delete(part, i, axis=0) for part in (features, targets)),
                np.delete(weights[:, 0], i),
                penalty,
            )
            for i in range(30)
        ]
        errors[penalty] = np.mean(np.square(np.array(left_out) - targets)[:, :2])
    fit = fit_ridge(features, targets, weights, is_kernel=False)
    assert fit.penalties[0] == fit.penalties[1] == min(errors, key=errors.__getitem__)


def test_identical_answers_become_one_row_that_weighs_the_root_of_their_number() -> None:
    Y = np.array([[1, 0], [1, 0], [0, 0], [1, 1]], dtype=np.int8)
    known = np.array([[True, True], [True, False], [True, True], [True, True]])
    rows = gather(["Tijd!", "tijd", "TIJD", "rust"], Y, known)
    assert rows.texts == ["rust", "tijd"]
    assert rows.written == ["rust", "Tijd!"]
    assert rows.row.tolist() == [1, 1, 1, 0]
    assert rows.weights == pytest.approx(np.sqrt([[1, 1], [3, 2]]))
    assert rows.targets == pytest.approx(np.array([[1, 1], [1 / 3, -1]]))


def test_what_a_codebook_says_of_a_label_becomes_its_texts() -> None:
    book = Codebook(
        "Wat hielp?",
        (
            Label("a", "Tijd", definition="Uren.", include=("rust",), exclude=("geld",), keywords=("uur",)),
            Label("b", "Rust!", examples=("tijd",)),
            Label("c", "Niet gevraagd"),
        ),
    )
    texts = dict(codebook_texts(book, ["b", "a", "onbekend"]))
    assert texts == {"rust": {0, 1}, "tijd": {0, 1}, "uren": {1}, "uur": {1}}


def test_calibrated_probabilities_are_as_often_right_as_they_say() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(-0.4, 0.5, size=(4000, 2))
    truth = 1 / (1 + np.exp(-(5 * scores + np.array([1.0, 0.2]))))
    targets = (rng.random(truth.shape) < truth).astype(float)
    slopes, offsets = platt(scores, targets, np.ones_like(scores))
    assert np.abs(probabilities(scores, slopes, offsets) - truth).max() < 0.05


def test_few_positives_do_not_make_certain() -> None:
    scores = np.array([[-0.9], [-0.8], [0.9], [-0.7]])
    targets = np.array([[0.0], [0.0], [1.0], [0.0]])
    slopes, offsets = platt(scores, targets, np.ones((4, 1)))
    assert 3 < slopes[0] < 7
    assert probabilities(np.array([[1.0]]), slopes, offsets)[0, 0] < 0.999


def test_scores_that_point_the_wrong_way_by_chance_are_not_believed() -> None:
    scores = np.array([[1.0], [-1.0]] * 20)
    slopes, _ = platt(scores, (scores < 0).astype(float), np.ones_like(scores))
    assert slopes[0] > 0


def test_unknown_pairs_count_for_nothing_in_the_calibration() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(60, 2))
    targets = (scores > 0).astype(float)
    weights = np.ones_like(scores)
    weights[30:, 1] = 0
    spoiled, other = scores.copy(), targets.copy()
    spoiled[30:, 1], other[30:, 1] = 5, 0
    one, two = platt(scores, targets, weights), platt(spoiled, other, weights)
    assert np.array_equal(one, two)
    proba = probabilities(scores, *one)
    changed = np.where(weights > 0, proba, 0.9)
    assert np.array_equal(thresholds(proba, weights), thresholds(changed, weights))


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(float, (12, 3), elements=st.floats(1e-6, 1 - 1e-6)))
def test_thresholds_stay_between_a_tenth_and_one(proba: np.ndarray) -> None:
    chosen = thresholds(proba, np.ones_like(proba))
    assert ((chosen >= 0.1) & (chosen < 1)).all()


def test_the_threshold_of_sure_probabilities_lies_between_yes_and_no() -> None:
    proba = np.tile([[0.95], [0.02], [0.03], [0.9]], (25, 1))
    assert 0.03 < thresholds(proba, np.ones_like(proba))[0] < 0.9


PROBA = np.array([[0.9, 0.1], [0.5, 0.5], [0.6, 0.2], [0.5, 0.5], [0.5, 0.5], [0.6, 0.2]])
DECIDED = np.array([[1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0]])
TEXTS = ["zeker", "tijd", "les", "Tijd!", "rust", "ouders"]


def test_the_examples_of_the_queue_run() -> None:
    assert doctest.testmod(queue_module).failed == 0


def test_expected_errors_add_up_over_labels() -> None:
    assert expected_errors(PROBA, DECIDED) == pytest.approx([0.2, 1.0, 0.6, 1.0, 1.0, 0.6])
    assert expected_errors(PROBA, DECIDED.astype(bool)) == pytest.approx(expected_errors(PROBA, DECIDED))


def test_certainty_is_that_of_the_most_doubtful_decision() -> None:
    assert certainty(PROBA, DECIDED) == pytest.approx([0.9, 0.5, 0.6, 0.5, 0.5, 0.6])
    assert certainty(np.zeros((2, 0)), np.zeros((2, 0), dtype=int)).tolist() == [1, 1]


def test_the_queue_holds_the_most_doubtful_answers_one_for_each_text() -> None:
    # "tijd" goes before "rust": two answers share it; "les" before "ouders": it comes first
    assert review_queue(TEXTS, PROBA, DECIDED, 10).tolist() == [1, 4, 2, 5, 0]
    assert review_queue(TEXTS, PROBA, DECIDED, 2).tolist() == [1, 4]
    assert review_queue(TEXTS, PROBA, DECIDED, 0.5).tolist() == [1, 4, 2]
    assert review_queue(TEXTS, PROBA, DECIDED, 0.1).tolist() == [1]
    assert review_queue(TEXTS, PROBA, DECIDED, 0).tolist() == []
    assert review_queue([], np.zeros((0, 2)), np.zeros((0, 2), dtype=int), 0.1).tolist() == []


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from([0.1, 0.4, 0.7])), max_size=15),
    st.integers(0, 9),
)
def test_the_queue_never_holds_a_text_twice_nor_a_surer_answer_before_a_doubtful_one(
    answers: list[tuple[str, float]], n: int
) -> None:
    texts = [text for text, _ in answers]
    proba = np.array([[p] for _, p in answers]).reshape(-1, 1)
    decided = (proba > 0.5).astype(int)
    queue = review_queue(texts, proba, decided, n)
    held = [texts[i].casefold().strip("!") for i in queue]
    assert len(held) == len(set(held)) <= n
    assert (np.diff(expected_errors(proba, decided)[queue]) <= 1e-9).all()


@pytest.mark.parametrize("share_or_n", [-1, 1.5, -0.1, float("nan"), True])
def test_a_queue_of_no_possible_length_is_refused(share_or_n: float) -> None:
    with pytest.raises(ValueError, match="ask for a whole number of answers or a share"):
        review_queue(TEXTS, PROBA, DECIDED, share_or_n)


def test_lengths_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ValueError, match="do not go together"):
        review_queue(TEXTS[:2], PROBA, DECIDED, 1)
