"""Coefficients of agreement on nominal codings, as functions of sums over units.

For a unit with m codings, of which n_c chose category c, the statistics are: 1; the share of agreeing pairs
`a = Σ n_c (n_c - 1) / (m (m - 1))`; every n_c; the coincidences `o_c = n_c (n_c - 1) / (m - 1)`; and with two
coders the flattened table of the first one's category by the second one's. Every coefficient here is a
function of their sums, so of clusters and replicates alike; arguments have a shape of (…, d).
"""

import numpy as np

from coder.statistics.design import FloatArray, IntArray


def unit_statistics(codings: IntArray, categories: int) -> FloatArray:
    """Statistics of each unit.

    Args:
        codings: (n, c) categories 0 to q - 1, or -1 where missing; each unit has two codings or more.
        categories: q.

    Returns:
        (n, 2 + 2q) or, with two coders, (n, 2 + 2q + q²).
    """
    n, coders = codings.shape
    counts = np.stack([(codings == c).sum(axis=1) for c in range(categories)], axis=1).astype(np.float64)
    size = counts.sum(axis=1, keepdims=True)
    coincidences = counts * (counts - 1) / (size - 1)
    agreement = coincidences.sum(axis=1, keepdims=True) / size
    parts = [np.ones((n, 1)), agreement, counts, coincidences]
    if coders == 2:
        cell = codings[:, 0] * categories + codings[:, 1]
        parts.append((cell[:, None] == np.arange(categories**2)).astype(np.float64))
    return np.concatenate(parts, axis=1)


def percent_agreement(sums: FloatArray) -> FloatArray:
    """Mean over units of the share of agreeing pairs; defined with one unit.

    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th edition, chapter 2.
    """
    agreement: FloatArray = sums[..., 1] / sums[..., 0]
    return agreement


def krippendorff_disagreement(sums: FloatArray, categories: int) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Krippendorff's alpha for nominal data.

    With n_c codings of category c among n: `Do = 1 - Σ o_c / n`, `De = 1 - Σ n_c (n_c - 1) / (n (n - 1))`.
    De is 0 where all codings are of one category. Source: Krippendorff (2011), Computing Krippendorff's
    alpha-reliability; (2019), Content Analysis, 4th edition, chapter 12.
    """
    counts = sums[..., 2 : 2 + categories]
    n = counts.sum(axis=-1)
    observed = 1 - sums[..., 2 + categories : 2 + 2 * categories].sum(axis=-1) / n
    expected = (n**2 - (counts**2).sum(axis=-1)) / (n * (n - 1))
    return observed, expected


def cohen_disagreement(sums: FloatArray, categories: int) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Cohen's kappa, `1 - po` and `1 - pe`, for two coders.

    po is the share on the diagonal of their table, `pe = Σ r_c s_c / n²` with its margins r and s. The
    expected disagreement is 0 where both give one and the same category throughout. Source: Cohen (1960),
    Educational and Psychological Measurement 20, 37-46.
    """
    cells = sums[..., 2 + 2 * categories :]
    table = cells.reshape(*cells.shape[:-1], categories, categories)
    n = table.sum(axis=(-2, -1))
    agreed = np.trace(table, axis1=-2, axis2=-1)
    chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1)
    return (n - agreed) / n, (n**2 - chance) / n**2


def chance_corrected(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """`1 - observed / expected`; NaN where no disagreement is expected, as without any variation."""
    return 1 - _ratio(observed, expected)


def positive_agreement(sums: FloatArray, category: int, categories: int) -> FloatArray:
    """Of two coders of whom one gives the category, how often the other does too: `o_c / n_c`.

    With two coders `2a / (2a + b + c)`. NaN where nobody gives it. Source: Cicchetti and Feinstein (1990),
    Journal of Clinical Epidemiology 43, 551-558; for more coders Spitzer and Fleiss (1974), British Journal
    of Psychiatry 125, 341-347.
    """
    return _ratio(sums[..., 2 + categories + category], sums[..., 2 + category])


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient; NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient: FloatArray = np.where(denominator > 0, numerator / denominator, np.nan)
    return quotient
