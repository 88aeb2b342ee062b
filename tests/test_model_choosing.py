"""The order that teaches most: each text once, far apart, mixed with random, never what is coded."""

import doctest
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coder.model.preselection as preselection_module
from coder.model import sketch, teaching_order
from coder.model.choosing import POOL, RANDOM_EVERY
from coder.model.preselection import preselected


def order(errors: list[float], texts: list[int] | None = None, coded: list[int] = (), **more: object):
    m = len(errors)
    mask = np.zeros(m, dtype=bool)
    mask[list(coded)] = True
    given = {"vectors": np.zeros((m, 0)), "seed": 0, **more}
    own = np.arange(m) if texts is None else np.array(texts)
    return teaching_order(np.array(errors, dtype=float), own, coded=mask, **given).tolist()


def test_the_most_doubtful_go_first_and_every_fifth_is_drawn_at_random() -> None:
    rng = np.random.default_rng(3)
    errors = rng.random(200)
    found = order(errors.tolist())
    served = [one for place, one in enumerate(found) if place % RANDOM_EVERY != RANDOM_EVERY - 1]
    drawn = [one for place, one in enumerate(found[:100]) if place % RANDOM_EVERY == RANDOM_EVERY - 1]
    assert served == sorted(served, key=lambda i: -errors[i])
    # drawn without an eye to their errors, half of them are among the less doubtful
    assert 5 <= sum(errors[i] < np.median(errors) for i in drawn) <= 15
    assert sorted(found) == list(range(200))


def test_each_text_is_served_once_and_none_that_is_coded() -> None:
    texts = [7, 8, 7, 9, 8, 10]
    found = order([1, 0.5, 1, 0.2, 0.5, 0.9], texts, coded=[4])
    # of text 7 the first; 8 has a coded answer
    assert sorted(found) == [0, 3, 5]


def test_a_text_that_many_gave_goes_before_one_as_doubtful_that_one_gave() -> None:
    assert order([0.5, 0.5, 0.5, 0.5], [1, 2, 2, 2])[0] == 1


def test_near_neighbours_are_not_served_after_one_another() -> None:
    rng = np.random.default_rng(1)
    topics = rng.normal(size=(20, 16))
    topic = np.repeat(np.arange(20), 20)
    vectors = topics[topic] + 0.05 * rng.normal(size=(400, 16))
    # one topic is the most doubtful: its answers would all come first
    errors = np.where(topic == 0, 0.9, 0.6) + 0.01 * rng.random(400)
    plain = order(errors.tolist())[:20]
    spread = order(errors.tolist(), vectors=vectors)[:20]
    assert len(set(topic[plain])) < 6
    assert len(set(topic[spread])) > 12
    assert topic[spread[0]] == 0


def test_the_same_seed_gives_the_same_order_and_another_another() -> None:
    errors = np.random.default_rng(0).random(60).tolist()
    assert order(errors, seed=4) == order(errors, seed=4)
    assert order(errors, seed=4) != order(errors, seed=5)


def test_a_coding_more_leaves_what_was_drawn_drawn() -> None:
    errors = np.random.default_rng(0).random(100).tolist()
    before = order(errors)
    after = order(errors, coded=before[:1])
    assert after[RANDOM_EVERY - 1] == before[RANDOM_EVERY - 1]


def test_nothing_left_gives_an_empty_order() -> None:
    assert order([]) == []
    assert order([0.4, 0.2], coded=[0, 1]) == []


@given(st.lists(st.tuples(st.floats(0, 3), st.integers(0, 9), st.booleans()), max_size=40), st.integers(0, 3))
def test_any_answers_give_one_of_each_open_text(rows: list[tuple[float, int, bool]], d: int) -> None:
    errors, texts, coded = ([row[part] for row in rows] for part in range(3))
    vectors = np.random.default_rng(0).normal(size=(len(rows), d)).round(1)
    found = order(errors, texts, [i for i, done in enumerate(coded) if done], vectors=vectors)
    open_texts = set(texts) - {text for text, done in zip(texts, coded, strict=True) if done}
    assert sorted(texts[i] for i in found) == sorted(open_texts)
    assert all(texts.index(texts[i]) == i for i in found)


def test_identical_vectors_and_no_doubt_at_all_still_give_everything() -> None:
    m = POOL + 30
    assert sorted(order([0.0] * m, vectors=np.ones((m, 4)))) == list(range(m))


def test_a_hundred_thousand_answers_take_seconds() -> None:
    rng = np.random.default_rng(0)
    m = 100_000
    vectors = sketch(rng.normal(size=(m, 64)).astype(np.float32))
    start = time.perf_counter()
    found = teaching_order(rng.random(m), np.arange(m), vectors, np.zeros(m, dtype=bool), seed=0)
    assert len(found) == m
    # about one second on an idle machine
    assert time.perf_counter() - start < 20


def test_a_sketch_keeps_the_angles() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(30, 512))
    vectors[1] = vectors[0] + 0.1 * rng.normal(size=512)
    small = sketch(vectors)
    unit = small / np.linalg.norm(small, axis=1, keepdims=True)
    assert unit[0] @ unit[1] > 0.9
    assert np.abs(unit[2:] @ unit[0]).max() < 0.6


def test_the_example_of_preselection_runs() -> None:
    assert doctest.testmod(preselection_module).failed == 0


def keys(truth: np.ndarray, chosen: np.ndarray) -> int:
    return 1 if not truth.any() else 1 + int((truth != chosen).sum())


def test_preselection_takes_fewer_keys_than_one_half_alone_and_hardly_more_than_the_best() -> None:
    """Labels that are independent, with true probabilities: a simulation of what the rule is for."""
    rng = np.random.default_rng(0)
    proba = rng.beta(0.4, 2.0, size=(4_000, 5))
    truth = rng.random(proba.shape) < proba
    none = np.zeros(5, dtype=bool)

    def spent(chosen: np.ndarray) -> float:
        return float(np.mean([keys(t, c) for t, c in zip(truth, chosen, strict=True)]))

    ours = spent(preselected(proba, ~none, none))
    assert ours < spent(np.zeros_like(truth))
    for threshold in (0.2, 0.5, 0.6, 0.7):
        assert ours < spent(proba >= threshold)
    given_any = proba / (1 - (1 - proba).prod(axis=1, keepdims=True))
    assert ours < spent(given_any >= 0.5) + 0.05


def test_a_label_never_seen_is_not_preselected_and_an_exclusive_one_stands_alone() -> None:
    proba = np.array([[0.9, 0.6, 0.7]])
    none = np.zeros(3, dtype=bool)
    assert preselected(proba, np.array([False, True, True]), none).tolist() == [[False, True, True]]
    assert preselected(proba, ~none, np.array([True, False, False])).tolist() == [[True, False, False]]
    assert preselected(proba, ~none, np.array([False, False, True])).tolist() == [[True, True, False]]


def test_without_labels_nothing_is_preselected() -> None:
    assert preselected(np.zeros((3, 0)), np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)).shape == (3, 0)


@pytest.mark.parametrize("likeliest", [0.39, 0.41])
def test_where_no_label_reaches_one_half_the_likeliest_is_chosen_from_two_fifths(likeliest: float) -> None:
    none = np.zeros(2, dtype=bool)
    found = preselected(np.array([[likeliest, 0.38]]), ~none, none)
    assert found.tolist() == [[likeliest > 0.4, False]]
