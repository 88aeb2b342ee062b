"""Which labels stand chosen when an answer opens, so that a person needs few keys to put them right.

A label that is wrongly there costs a key, and so does one that is wrongly absent: few keys are expected where
each label is chosen from a probability of one half on, whatever its threshold for automatic labels is (that
one serves F1, where a label missed weighs more than one too many). An answer that is off topic takes one key
whatever stands chosen. So where no label reaches one half, the likeliest is chosen from 0.4 on: if the answer
has any label at all, it is mostly this one. To go on from there (choose from one half of the probability
given that there is any label) saves a hundredth of a key at most, and would put a label before the coder on
seven in ten of the answers that have none; see docs/model.md.
"""

import numpy as np
import numpy.typing as npt

FROM = 0.5
LIKELIEST_FROM = 0.4

Floats = npt.NDArray[np.floating]


def preselected(
    proba: Floats, may_be_given: npt.NDArray[np.bool_], exclusive: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return the labels (m, k) to preselect.

    Parameters:
        proba: (m, k); may_be_given: (k,) False for labels never seen; exclusive: (k,).

    >>> import numpy as np
    >>> proba = np.array([[0.9, 0.6], [0.45, 0.3], [0.3, 0.2]])
    >>> all_may, none_is = np.ones(2, dtype=bool), np.zeros(2, dtype=bool)
    >>> preselected(proba, all_may, none_is).astype(int).tolist()
    [[1, 1], [1, 0], [0, 0]]
    """
    if not proba.shape[1]:
        return np.zeros(proba.shape, dtype=bool)
    usable = np.where(may_be_given, proba, 0.0)
    likeliest = np.arange(proba.shape[1]) == usable.argmax(axis=1)[:, None]
    given = (usable >= FROM) | (likeliest & (usable >= LIKELIEST_FROM))
    return one_side(usable, given, exclusive)


def one_side(
    proba: Floats, given: npt.NDArray[np.bool_], exclusive: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return what is given (m, k) without exclusive labels beside others: the more probable side stays."""
    if not exclusive.any():
        return given
    mine = np.where(given & exclusive, proba, -1.0)
    others = np.where(given & ~exclusive, proba, -1.0).max(axis=1, initial=-1.0)
    wins = (mine.max(axis=1) >= others) & (mine.max(axis=1) >= 0)
    best = np.arange(proba.shape[1]) == mine.argmax(axis=1)[:, None]
    return np.where(wins[:, None], best, given & ~exclusive)
