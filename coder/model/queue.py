"""Which of the model's decisions a person should look at."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coder.text import normalise

Floats = npt.NDArray[np.floating]
Decisions = npt.NDArray[np.bool_] | npt.NDArray[np.integer]


def expected_errors(proba: Floats, decided: Decisions) -> npt.NDArray[np.float64]:
    """Return for each answer the expected number (m,) of wrong label decisions.

    The sum over labels of the probability that the decision is wrong: 1 - p for a label that is given, p
    for one that is not.

    >>> import numpy as np
    >>> expected_errors(np.array([[0.9, 0.25]]), np.array([[1, 0]])).round(2).tolist()
    [0.35]
    """
    return np.asarray(_doubt(proba, decided).sum(axis=1))


def certainty(proba: Floats, decided: Decisions) -> npt.NDArray[np.float64]:
    """Return for each answer the probability (m,) that its most doubtful label decision is right.

    What people see as *zekerheid*, 0 to 1: no single decision on the answer, to give a label or not to, is
    less certain than this. 1 without labels.

    >>> import numpy as np
    >>> certainty(np.array([[0.9, 0.25]]), np.array([[1, 0]])).tolist()
    [0.75]
    """
    return np.asarray(1 - _doubt(proba, decided).max(axis=1, initial=0.0))


def review_queue(
    texts: Sequence[str], proba: Floats, decided: Decisions, share_or_n: float
) -> npt.NDArray[np.intp]:
    """Return the indices of the answers a person should look at, the most doubtful first.

    Parameters:
        texts: (m,) the answers; proba, decided: (m, k).
        share_or_n: an int is a number of answers; a float up to 1 a share of the m answers, rounded up.

    Those with the largest expected number of wrong label decisions, one for each distinct text (the first
    of identical ones). Where two are equally doubtful the one that more answers share goes first, then the
    one that comes first. Fewer come back when there are not as many distinct texts. ValueError when the
    lengths differ or the number or share is not one.
    """
    m = len(texts)
    if len(proba) != m or np.shape(proba) != np.shape(decided):
        raise ValueError(
            f"{m} texts, probabilities of shape {np.shape(proba)} and decisions of shape "
            f"{np.shape(decided)} do not go together"
        )
    wanted = _wanted(m, share_or_n)
    first: dict[str, int] = {}
    times: dict[str, int] = {}
    for i, text in enumerate(texts):
        key = normalise(text)
        first.setdefault(key, i)
        times[key] = times.get(key, 0) + 1
    representatives = np.fromiter(first.values(), dtype=np.intp, count=len(first))
    shared = np.fromiter(times.values(), dtype=np.int64, count=len(times))
    # rounded, so that what is equal but for the last bit of a sum is a tie on every machine
    errors = expected_errors(proba, decided)[representatives].round(9)
    order = np.lexsort((representatives, -shared, -errors))
    return representatives[order[:wanted]]


def _doubt(proba: Floats, decided: Decisions) -> npt.NDArray[np.float64]:
    given = np.asarray(decided, dtype=bool)
    p = np.asarray(proba, dtype=np.float64)
    return np.where(given, 1 - p, p)


def _wanted(m: int, share_or_n: float) -> int:
    if isinstance(share_or_n, int | np.integer) and not isinstance(share_or_n, bool) and share_or_n >= 0:
        return int(share_or_n)
    if isinstance(share_or_n, float) and 0 <= share_or_n <= 1:
        # 0.1 * 30 is a little more than 3
        return int(np.ceil(round(m * share_or_n, 9)))
    raise ValueError(f"ask for a whole number of answers or a share from 0.0 to 1.0, not {share_or_n!r}")
