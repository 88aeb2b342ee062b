"""Which words of an answer carried a label: what the probability loses when they are left out."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coder.text import normalise

_WORD = re.compile(r"[^\W_]+")
_WORDS_READ_AGAIN = 100
_LEAST_READ_AGAIN = 5
_LEAST = 0.01
_LEAST_SHARE = 0.2

Floats = npt.NDArray[np.float64]


class Contribution(NamedTuple):
    """A word that carried a label.

    Attributes:
        start, end: where it stands in the original text.
        value: what the probability of the label loses without it (and without its repetitions).
    """

    start: int
    end: int
    value: float


def explain(
    text: str,
    columns: Sequence[int],
    predict: Callable[[list[str]], Floats],
    predict_by_words: Callable[[str, list[str]], Floats],
) -> list[tuple[Contribution, ...]]:
    """Return for each of the columns the words that carried that label, the strongest first.

    Parameters:
        predict: texts to probabilities (n, k).
        predict_by_words: the same, but with the sentence vector of its first argument for all of them.

    Each word is left out in turn, all its repetitions with it, and the whole model reads what remains
    (occlusion; Zeiler and Fergus 2014), so that a contribution is what it says: what leaving out the word
    does. The encoder takes a tenth of a millisecond a word, so that it reads some hundred words again and no
    more: of an answer of over ten words, those words are left out that the word and character features lean
    on most. Words count that lower the probability by 0.01 and by a fifth of what the strongest does.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    for found in _WORD.finditer(text):
        places.setdefault(normalise(found.group()), []).append(found.span())
    words = list(places)
    chosen = list(columns)
    if not words or not chosen:
        return [() for _column in chosen]
    without = [_without(text, places[word]) for word in words]
    affordable = max(_LEAST_READ_AGAIN, _WORDS_READ_AGAIN // sum(map(len, places.values())))
    if len(words) > affordable:
        lean = predict_by_words(text, [text, *without])[:, chosen]
        # of each label in proportion to what it has to lose, or the surest label would take all places
        loss = ((lean[0] - lean[1:]) / lean[0]).max(axis=1)
        kept = np.sort(np.argsort(-loss, kind="stable")[:affordable])
        words, without = [words[i] for i in kept], [without[i] for i in kept]
    proba = predict([text, *without])[:, chosen]
    lost = proba[0] - proba[1:]
    return [_strongest(words, places, lost[:, j]) for j in range(len(chosen))]


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts.append(text[at:start])
        at = end
    return " ".join([*parts, text[at:]])


def _strongest(
    words: Sequence[str], places: dict[str, list[tuple[int, int]]], lost: Floats
) -> tuple[Contribution, ...]:
    least = max(_LEAST, _LEAST_SHARE * float(lost.max(initial=0.0)))
    found = [
        Contribution(start, end, float(value))
        for word, value in zip(words, lost, strict=True)
        if value >= least
        for start, end in places[word]
    ]
    return tuple(sorted(found, key=lambda one: (-one.value, one.start)))
