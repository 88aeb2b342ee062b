"""In which order answers teach the model most.

The raw list of the most doubtful answers is a bad one: it serves the same short answer in twenty spellings,
one after another, and never what the model is wrongly sure of. Here each distinct text comes once, what lies
close to something just served waits, and every fifth place goes to an answer drawn at random.
"""

import numpy as np
import numpy.typing as npt

POOL = 400
"""Answers among which the next one is chosen: the most doubtful that are left."""

RANDOM_EVERY = 5
_SKETCH = 64

Floats = npt.NDArray[np.floating]


def teaching_order(
    errors: Floats,
    texts: npt.NDArray[np.integer],
    vectors: Floats,
    coded: npt.NDArray[np.bool_],
    *,
    seed: int,
) -> npt.NDArray[np.intp]:
    """Return indices of answers, what teaches most first: of each distinct text without a coding, one.

    Parameters:
        errors: (m,) expected wrong label decisions (see `expected_errors`).
        texts: (m,) numbers, the same for answers that say the same (see `coder.text.fingerprint`).
        vectors: (m, d) sentence vectors or `sketch`es of them; d may be 0, and then nothing is known to be
            close to anything.
        coded: (m,) which answers a person coded; a text of which one answer is coded is left out.
        seed: of the random answers, the same for every call in a study: what was drawn stays drawn.

    An answer is worth its expected errors, times the root of how many say the same (as the model weighs
    them), times one minus its similarity to the nearest one served from the same pool of 400. Takes a few
    seconds for 100,000 answers.
    """
    distinct, first, which, times = np.unique(
        texts, return_index=True, return_inverse=True, return_counts=True
    )
    known = np.zeros(len(distinct), dtype=bool)
    known[which[coded]] = True
    representatives = first[~known]
    worth = np.asarray(errors, dtype=np.float64)[representatives] * np.sqrt(times[~known])
    # drawn by the text, so that a coding more or less does not make another draw of the rest
    drawn = np.random.default_rng([seed, 1]).permutation(len(distinct))[~known]
    # rounded, so that what is equal but for the last bit of a sum is a tie on every machine
    doubtful = np.lexsort((representatives, -worth.round(9)))
    served = _spread(doubtful, worth, _unit(vectors[representatives]))
    return np.asarray(representatives[_mixed(served, np.argsort(drawn, kind="stable"))])


def sketch(vectors: Floats) -> npt.NDArray[np.float32]:
    """Return (m, 64) with nearly the same angles as vectors (m, d), by a fixed random projection."""
    projection = np.random.default_rng(0).normal(size=(vectors.shape[1], _SKETCH)).astype(np.float32)
    return np.asarray(vectors, dtype=np.float32) @ projection


def _spread(order: npt.NDArray[np.intp], worth: Floats, unit: Floats) -> npt.NDArray[np.intp]:
    """Return the order with, in each pool, the next one far from those before it."""
    if not unit.shape[1]:
        return order
    found = np.empty_like(order)
    for start in range(0, len(order), POOL):
        pool = order[start : start + POOL]
        value, close = worth[pool].copy(), unit[pool]
        nearest = np.zeros(len(pool))
        for place in range(len(pool)):
            chosen = int(np.argmax(value * (1 - nearest) + 1e-12 * value))
            found[start + place] = pool[chosen]
            nearest = np.minimum(np.maximum(nearest, close @ close[chosen]), 1.0)
            value[chosen] = -1.0
    return found


def _unit(vectors: Floats) -> Floats:
    """Return the vectors, centred and of unit length."""
    if not len(vectors):
        return vectors
    centred = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.where(lengths > 1e-6, lengths, np.inf))


def _mixed(served: npt.NDArray[np.intp], drawn: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return all of them, every fifth from the drawn ones and the others as they are served."""
    taken = np.zeros(len(served), dtype=bool)
    sources = {False: iter(served.tolist()), True: iter(drawn.tolist())}
    found = np.empty_like(served)
    for place in range(len(served)):
        source = sources[place % RANDOM_EVERY == RANDOM_EVERY - 1]
        chosen = next(one for one in source if not taken[one])
        taken[chosen] = True
        found[place] = chosen
    return found
