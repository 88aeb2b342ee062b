"""What the model learns from: distinct texts with how often each label was given to them.

Identical texts (see `coder.text.normalise`) become one row, so that leaving out a row leaves out all
answers that say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook, Label
from coder.text import normalise


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """Distinct texts, in alphabetical order: the order of the answers makes no difference to the model.

    Attributes:
        texts: (m,) normalised texts; written: (m,) the first form in which each was written.
        targets: (m, k) mean of +1 (label given) and -1 (not given) over the answers with that text; nan
            where no coding knows the label.
        weights: (m, k) how much the row counts for the label; 0 where it is unknown.
        coded: (m,) True for answers, False for texts from the codebook.
        row: (n,) for each answer its row here.
    """

    texts: list[str]
    written: list[str]
    targets: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    coded: npt.NDArray[np.bool_]
    row: npt.NDArray[np.intp]


def gather(
    texts: Sequence[str],
    Y: npt.NDArray[np.int8],
    known: npt.NDArray[np.bool_],
    codebook_texts: Sequence[tuple[str, frozenset[int]]] = (),
) -> TrainingTexts:
    """Return the training texts of coded answers, with those of the codebook.

    A text that occurs c times weighs sqrt(c): identical answers are usually coded in one go, and share its
    mistakes. A text of the codebook weighs as much as one answer; where an answer says the same, it is left
    to the answer.
    """
    k = Y.shape[1]
    own = [normalise(text) for text in texts]
    coded = sorted(set(own))
    place = {text: i for i, text in enumerate(coded)}
    row = np.array([place[text] for text in own], dtype=np.intp)
    counts = np.zeros((len(coded), k))
    sums = np.zeros((len(coded), k))
    np.add.at(counts, row, known)
    np.add.at(sums, row, np.where(known, 2.0 * Y - 1.0, 0.0))
    with np.errstate(invalid="ignore"):
        targets = np.where(counts > 0, sums / counts, np.nan)
    written = dict(zip(reversed(own), reversed(list(texts)), strict=True))

    extra = [(text, labels) for text, labels in codebook_texts if text not in place]
    prior = np.full((len(extra), k), -1.0)
    for i, (_text, labels) in enumerate(extra):
        prior[i, sorted(labels)] = 1.0
    return TrainingTexts(
        texts=coded + [text for text, _labels in extra],
        written=[written[text] for text in coded] + [text for text, _labels in extra],
        targets=np.concatenate([targets, prior]),
        weights=np.concatenate([np.sqrt(counts), np.ones((len(extra), k))]),
        coded=np.arange(len(coded) + len(extra)) < len(coded),
        row=row,
    )


def codebook_texts(codebook: Codebook, labels: Sequence[str]) -> list[tuple[str, frozenset[int]]]:
    """Return what the codebook says of the labels as texts, each with the columns it is an example of.

    Name, definition, inclusions, examples and keywords are a text each. Labels are found by id, else by
    name; one that the codebook does not have brings no texts.
    """
    found: dict[str, set[int]] = {}
    for column, label in enumerate(codebook.find(name) for name in labels):
        for text in _texts(label) if label else ():
            if normalise(text):
                found.setdefault(normalise(text), set()).add(column)
    return [(text, frozenset(found[text])) for text in sorted(found)]


def _texts(label: Label) -> tuple[str, ...]:
    return (label.name, label.definition, *label.include, *label.examples, *label.keywords)
