"""From scores to probabilities, and from probabilities to decisions, with few positives too."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, logit

Floats = npt.NDArray[np.float64]

# what a label looks like before anything is known of it, and how far labels differ: see docs/model.md
_SLOPE, _OFFSET = 4.7, 1.2
_SPREAD_OF_SLOPE, _SPREAD_OF_OFFSET = 1.0, 0.7
_LEAST_SLOPE = 0.5

_FIRST_THRESHOLD = 0.3
_LEAST_THRESHOLD = 0.1
_FIRST_COUNTS_FOR = 30
_OWN_SHARE = 2 / 3


def platt(scores: Floats, targets: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return slopes (k,) and offsets (k,): P(label) = 1 / (1 + exp(-(slope * score + offset))).

    Parameters:
        scores: (n, k) out-of-sample scores; targets: (n, k) between 0 and 1; weights: (n, k), 0 = unknown.

    Platt's method (1999, Probabilistic outputs for support vector machines) with normal priors instead of
    his smoothed targets, which say one half of a label that two answers know: all labels together are
    fitted around fixed values, then each label around that. With no answers the fixed values remain.
    """
    shared = _most_probable(scores.ravel(), targets.ravel(), weights.ravel(), (_SLOPE, _OFFSET))
    own = [_most_probable(scores[:, j], targets[:, j], weights[:, j], shared) for j in range(scores.shape[1])]
    return np.array([slope for slope, _ in own]), np.array([offset for _, offset in own])


def _most_probable(
    scores: Floats, targets: Floats, weights: Floats, around: tuple[float, float]
) -> tuple[float, float]:
    """Return the most probable slope and offset, with normal priors around the given ones."""
    centre = np.array(around)
    spread = np.array([_SPREAD_OF_SLOPE, _SPREAD_OF_OFFSET])

    def loss(at: Floats) -> tuple[float, Floats]:
        raw = at[0] * scores + at[1]
        distance = (at - centre) / spread
        wrong = weights * (expit(raw) - targets)
        value = float(weights @ (np.logaddexp(0, raw) - targets * raw) + distance @ distance / 2)
        return value, np.array([wrong @ scores, wrong.sum()]) + distance / spread

    # a few answers can make scores point the wrong way by chance: a slope is never negative
    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=[(_LEAST_SLOPE, None), (None, None)])
    return float(found.x[0]), float(found.x[1])


def probabilities(scores: Floats, slopes: Floats, offsets: Floats) -> Floats:
    """Return calibrated probabilities (n, k), never quite 0 or 1."""
    return np.asarray(np.clip(expit(slopes * scores + offsets), 1e-6, 1 - 1e-6))


def thresholds(proba: Floats, weights: Floats) -> Floats:
    """Return for each label the probability (k,) from which it is given.

    Parameters:
        proba: (n, k) out of sample; weights: (n, k), 0 where the label is unknown.

    The threshold with the highest expected F1 under the calibrated out-of-sample probabilities: on the
    log-odds scale up to two thirds the label's own (less when few answers are expected to have it) and for
    the rest that of all labels together, which itself starts at 0.3; never below 0.1. The coded answers
    enter through the calibration only: a label with three positives gets no threshold that fits those three.
    """
    known = weights > 0
    chosen = np.full(proba.shape[1], _FIRST_THRESHOLD)
    if not known.any():
        return chosen
    expected = proba[known].sum()
    best = logit(_best_for_expected_f1(proba[known]))
    shared = (expected * best + _FIRST_COUNTS_FOR * logit(_FIRST_THRESHOLD)) / (expected + _FIRST_COUNTS_FOR)
    for j in range(proba.shape[1]):
        own = proba[known[:, j], j]
        if own.size:
            share = _OWN_SHARE * own.sum() / (own.sum() + 1)
            at = expit(share * logit(_best_for_expected_f1(own)) + (1 - share) * shared)
            chosen[j] = max(_LEAST_THRESHOLD, at)
    return chosen


def _best_for_expected_f1(proba: Floats) -> float:
    """Return the threshold with the highest 2 sum(p given) / (number given + sum(p))."""
    falling = np.sort(proba)[::-1]
    f1 = 2 * np.cumsum(falling) / (np.arange(1, len(falling) + 1) + falling.sum())
    last = int(np.argmax(f1))
    below = falling[last + 1] if last + 1 < len(falling) else 0.0
    return float((falling[last] + below) / 2)
