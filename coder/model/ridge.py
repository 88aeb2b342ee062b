"""Kernel ridge regression with leave-one-out predictions in closed form, for all penalties at once.

With weights w on rows, targets t and features F (or a kernel K = F F'), let U diag(s) U' be the
eigendecomposition of sqrt(w) K sqrt(w). For penalty p the fitted values of y = sqrt(w) t are H y with
H = U diag(s / (s + p)) U', and the prediction for row i from all other rows is

    t_i - (y_i - (H y)_i) / ((1 - H_ii) sqrt(w_i))

(the predicted residual sum of squares of Allen, 1974; Hastie, Tibshirani and Friedman, The Elements of
Statistical Learning, 2009, equation 7.64). One decomposition serves all labels known on the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg

PENALTIES = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0)

Array = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Basis:
    """The eigendecomposition of sqrt(w) K sqrt(w), r terms of it.

    Attributes:
        U: (n, r) eigenvectors; s: (r,) eigenvalues, none negative.
        back: (m, r) from the eigenbasis to coefficients: back @ (U'y / (s + p)).
    """

    U: Array
    s: Array
    back: Array

    def coefficients(self, y: Array, penalty: float) -> Array:
        """Return the coefficients (m, q) for weighted targets y (n, q)."""
        return np.asarray(self.back @ ((self.U.T @ y) / (self.s + penalty)[:, None]))

    def residuals(self, y: Array) -> Iterator[tuple[float, Array]]:
        """Yield each penalty with the weighted leave-one-out residuals (y - H y) / (1 - H_ii), (n, q)."""
        kept = self.s[:, None] / (self.s[:, None] + np.array(PENALTIES, dtype=self.s.dtype))
        leverages = np.square(self.U) @ kept
        projected = self.U.T @ y
        for number, penalty in enumerate(PENALTIES):
            fitted = self.U @ (kept[:, number, None] * projected)
            yield penalty, (y - fitted) / np.maximum(1 - leverages[:, number], 1e-6)[:, None]


@dataclass(frozen=True, slots=True)
class RidgeFit:
    """A fit for k labels.

    Attributes:
        coefficients: (m, k) on the rows of the kernel, or on the columns of the features.
        left_out: (n, k) for each row the prediction from the other rows; where the label is unknown, from
            all rows that know it.
        penalties: (k,) the penalty chosen for each label.
    """

    coefficients: npt.NDArray[np.float64]
    left_out: npt.NDArray[np.float64]
    penalties: npt.NDArray[np.float64]


def kernel_basis(kernel: Array, weights: Array) -> Basis:
    """Return the basis of a kernel (n, n) with weights (n,), all positive. Takes time n cubed."""
    root = np.sqrt(weights).astype(kernel.dtype)
    s, U = linalg.eigh(kernel * np.outer(root, root), driver="evd", check_finite=False)
    return Basis(U, np.maximum(s, 0), root[:, None] * U)


def feature_basis(features: Array, weights: Array) -> Basis:
    """Return the basis of features (n, m) with weights (n,), all positive. Takes time n times m squared."""
    weighted = features * np.sqrt(weights).astype(features.dtype)[:, None]
    s, Q = linalg.eigh(weighted.T @ weighted, driver="evd", check_finite=False)
    kept = s > s.max(initial=0) * 1e-6
    s, Q = s[kept], Q[:, kept]
    return Basis((weighted @ Q) / np.sqrt(s), s, Q * np.sqrt(s))


def fit_ridge(
    rows: Array,
    targets: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    *,
    is_kernel: bool,
) -> RidgeFit:
    """Fit k labels on n rows; the penalty with the smallest leave-one-out squared error is chosen.

    Parameters:
        rows: the kernel (n, n) when `is_kernel`, else features (n, m).
        targets: (n, k); weights: (n, k), 0 where a label is unknown on a row.

    Labels with the same weights share a decomposition and a penalty.
    """
    n, k = targets.shape
    coefficients = np.zeros((rows.shape[1], k))
    left_out = np.zeros((n, k))
    penalties = np.full(k, PENALTIES[-1])
    patterns, pattern_of = np.unique(weights, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        columns = np.flatnonzero(pattern_of == number)
        used = np.flatnonzero(pattern > 0)
        if not used.size:
            continue
        part = rows[np.ix_(used, used)] if is_kernel else rows[used]
        basis = (kernel_basis if is_kernel else feature_basis)(part, pattern[used])
        root = np.sqrt(pattern[used])[:, None]
        y = targets[np.ix_(used, columns)] * root
        best, error = np.empty(0), np.inf
        for penalty, weighted in basis.residuals(y):
            residuals = weighted / root
            if (mean := float(np.mean(np.square(residuals)))) < error:
                best, error, penalties[columns] = residuals, mean, penalty
        found = basis.coefficients(y, float(penalties[columns[0]]))
        coefficients[np.ix_(used if is_kernel else np.arange(rows.shape[1]), columns)] = found
        left_out[:, columns] = rows @ coefficients[:, columns]
        left_out[np.ix_(used, columns)] = targets[np.ix_(used, columns)] - best
    return RidgeFit(coefficients, left_out, penalties)
