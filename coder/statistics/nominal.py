"""Coefficients of agreement on nominal codings, and their linearised errors, as functions of sums over units.

For a unit with m codings, of which n_c chose category c, the statistics are: 1; whether m is 2 or more; and
the shares `p_c = n_c / m`. For a unit with two codings or more also the share of agreeing pairs
`a = Σ n_c (n_c - 1) / (m (m - 1))`, the counts n_c, the coincidences `o_c = n_c (n_c - 1) / (m - 1)` and,
where all pairs are of the same two coders, what the first of them chose. Every coefficient here is a function
of their sums, so of clusters and replicates alike.

Influence values say what each cluster contributes to the deviation of a coefficient; they sum to 0. For
`1 - observed / expected` they are `(u - (1 - coefficient) v) / expected`, with u the influence on the
observed and v that on the expected agreement. With each unit a cluster, the variance `g / (g - 1) Σ z²` is
the one that Gwet publishes for raw data. Sources: Gwet (2008), British Journal of Mathematical and
Statistical Psychology 61, 29-48; (2014), Handbook of Inter-Rater Reliability, 4th edition, chapters 2-5;
(2021), the same, 5th edition, volume 1; summed within clusters, Binder (1983), International Statistical
Review 51, 279-292.
"""

from dataclasses import dataclass

import numpy as np

from coder.statistics.design import FloatArray, IntArray

_BEFORE = 3  # statistics before the blocks of one column a category


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of the statistics over units: of all, or in rows of clusters or replicates.

    Attributes:
        values: (…, d) as `unit_statistics` orders them.
        categories: q.
    """

    values: FloatArray
    categories: int

    @property
    def units(self) -> FloatArray:
        """Units with a coding."""
        return self._column(0)

    @property
    def paired(self) -> FloatArray:
        """Units with two codings or more."""
        return self._column(1)

    @property
    def agreement(self) -> FloatArray:
        """Shares of agreeing pairs."""
        return self._column(2)

    @property
    def shares(self) -> FloatArray:
        """(…, q) what share of a unit's codings chose each category; the one block with single codings."""
        return self._block(0)

    @property
    def counts(self) -> FloatArray:
        """(…, q) codings of each category."""
        return self._block(1)

    @property
    def coincidences(self) -> FloatArray:
        """(…, q) agreeing pairs on each category, each unit's with weight 2 / (m - 1)."""
        return self._block(2)

    @property
    def first(self) -> FloatArray:
        """(…, q) what the first of two coders chose."""
        return self._block(3)

    @property
    def of_two_coders(self) -> bool:
        """Whether all pairs are of the same two coders."""
        return bool(self.values.shape[-1] > _BEFORE + 3 * self.categories)

    def turned(self) -> "Sums":
        """The same with the second of two coders in the place of the first."""
        start = _BEFORE + 3 * self.categories
        return Sums(
            np.concatenate([self.values[..., :start], self.counts - self.first], axis=-1), self.categories
        )

    def _column(self, place: int) -> FloatArray:
        column: FloatArray = self.values[..., place]
        return column

    def _block(self, place: int) -> FloatArray:
        start = _BEFORE + place * self.categories
        return self.values[..., start : start + self.categories]


def unit_statistics(codings: IntArray, categories: int) -> FloatArray:
    """Statistics of each unit.

    Args:
        codings: (n, c) categories 0 to q - 1, or -1 where missing; each unit has a coding.
        categories: q.

    Returns:
        (n, 3 + 3q) or, where two coders made all pairs, (n, 3 + 4q).
    """
    n = len(codings)
    row, column = np.nonzero(codings >= 0)
    counts = _counted(row, codings[row, column], (n, categories))
    size = counts.sum(axis=1, keepdims=True)
    paired = size >= 2
    counted = counts * paired
    coincidences = counted * (counts - 1) / np.maximum(size - 1, 1)
    agreement = coincidences.sum(axis=1, keepdims=True) / size
    parts = [np.ones((n, 1)), paired, agreement, counts / size, counted, coincidences]
    coders = np.flatnonzero((codings[paired[:, 0]] >= 0).any(axis=0))
    if len(coders) == 2:
        pairs = np.flatnonzero(paired)
        parts.append(_counted(pairs, codings[pairs, coders[0]], (n, categories)))
    return np.concatenate(parts, axis=1)


def percent_agreement(sums: Sums) -> FloatArray:
    """Mean over units with two codings or more of the share of agreeing pairs; defined with one such unit.

    Source: Gwet (2014), chapter 2; Fleiss (1971), Psychological Bulletin 76, 378-382.
    """
    agreement: FloatArray = sums.agreement / sums.paired
    return agreement


def percent_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence of each cluster on percent agreement, (g,)."""
    return _agreement_influence(clusters, sums, 0.0)


def fleiss_disagreement(sums: Sums) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Fleiss' kappa, `1 - pa` and `1 - Σ π_c²`.

    pa is percent agreement and π_c the mean of p_c over units, those with one coding included. With as many
    codings of each unit this is Fleiss' own kappa (1971), with two coders Scott's pi (1955, Public Opinion
    Quarterly 19, 321-325). The expected disagreement is 0 where all codings are alike. Source for a varying
    number of codings: Gwet (2014), chapter 2.
    """
    return 1 - percent_agreement(sums), _dispersion(sums)


def fleiss_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence of each cluster on Fleiss' kappa, (g,)."""
    observed, expected = fleiss_disagreement(sums)
    agreed = _agreement_influence(clusters, sums, 1 - expected)
    return (agreed - observed / expected * _concentration_influence(clusters, sums)) / expected


def gwet_disagreement(sums: Sums) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Gwet's AC1, `1 - pa` and `1 - Σ π_c (1 - π_c) / (q - 1)`.

    pa and π_c as for Fleiss' kappa. The expected disagreement is at least 1 - 1/q: AC1 is defined, and 1,
    where all codings are alike. Source: Gwet (2008).
    """
    return 1 - percent_agreement(sums), 1 - _dispersion(sums) / (sums.categories - 1)


def gwet_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence of each cluster on Gwet's AC1, (g,)."""
    observed, expected = gwet_disagreement(sums)
    agreed = _agreement_influence(clusters, sums, 1 - expected)
    chance = -_concentration_influence(clusters, sums) / (sums.categories - 1)
    return (agreed - observed / expected * chance) / expected


def brennan_prediger_disagreement(sums: Sums) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Brennan and Prediger's coefficient, `1 - pa` and `1 - 1/q`.

    With two categories it is `2 pa - 1`, the prevalence-adjusted bias-adjusted kappa (PABAK); it is defined,
    and 1, where all codings are alike. Sources: Brennan and Prediger (1981), Educational and Psychological
    Measurement 41, 687-699; Byrt, Bishop and Carlin (1993), Journal of Clinical Epidemiology 46, 423-429.
    """
    observed = 1 - percent_agreement(sums)
    return observed, np.full_like(observed, 1 - 1 / sums.categories)


def brennan_prediger_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence of each cluster on Brennan and Prediger's coefficient, (g,)."""
    expected = brennan_prediger_disagreement(sums)[1]
    return _agreement_influence(clusters, sums, 1 - expected) / expected


def krippendorff_disagreement(sums: Sums) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Krippendorff's alpha for nominal data.

    With n_c codings of category c among n, all in units with two codings or more: `Do = 1 - Σ o_c / n`,
    `De = 1 - Σ n_c (n_c - 1) / (n (n - 1))`. De is 0 where all codings are of one category. Source:
    Krippendorff (2011), Computing Krippendorff's alpha-reliability; (2019), Content Analysis, 4th edition,
    chapter 12.
    """
    n = sums.counts.sum(axis=-1)
    observed = 1 - sums.coincidences.sum(axis=-1) / n
    expected = (n**2 - (sums.counts**2).sum(axis=-1)) / (n * (n - 1))
    return observed, expected


def krippendorff_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence of each cluster on Krippendorff's alpha, (g,).

    That of alpha without its correction for few codings, a factor of 1 - 1/n on `1 - alpha`, as in Gwet
    (2021).
    """
    n = sums.counts.sum()
    share = sums.counts / n
    agreed, chance = sums.coincidences.sum() / n, share @ share
    size = clusters.counts.sum(axis=-1)
    u = (clusters.coincidences.sum(axis=-1) - agreed * size) / n
    v = 2 * (clusters.counts @ share - chance * size) / n
    influence: FloatArray = (u - (1 - agreed) / (1 - chance) * v) / (1 - chance)
    return influence


def cohen_disagreement(sums: Sums) -> tuple[FloatArray, FloatArray]:
    """Observed and expected disagreement of Cohen's kappa, `1 - po` and `1 - pe`, for two coders.

    po is the share on the diagonal of their table, `pe = Σ r_c s_c / n²` with its margins r and s. The
    expected disagreement is 0 where both give one and the same category throughout. Source: Cohen (1960),
    Educational and Psychological Measurement 20, 37-46.
    """
    second = sums.counts - sums.first
    squared = sums.paired**2
    return 1 - percent_agreement(sums), (squared - (sums.first * second).sum(axis=-1)) / squared


def cohen_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence of each cluster on Cohen's kappa, (g,).

    Without clusters the variance is, up to n / (n - 1), that of Fleiss, Cohen and Everitt (1969),
    Psychological Bulletin 72, 323-327.
    """
    observed, expected = cohen_disagreement(sums)
    n = sums.paired
    u = (clusters.agreement - percent_agreement(sums) * clusters.paired) / n
    second, of_cluster = sums.counts - sums.first, clusters.counts - clusters.first
    met = (clusters.first @ second + of_cluster @ sums.first) / n
    v = (met - 2 * (1 - expected) * clusters.paired) / n
    influence: FloatArray = (u - observed / expected * v) / expected
    return influence


def chance_corrected(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """`1 - observed / expected`; NaN where no disagreement is expected, as without any variation."""
    return 1 - _ratio(observed, expected)


def positive_agreement(sums: Sums, category: int) -> FloatArray:
    """Of two coders of whom one gives the category, how often the other does too: `o_c / n_c`.

    With two coders `2a / (2a + b + c)`. NaN where nobody gives it. Source: Cicchetti and Feinstein (1990),
    Journal of Clinical Epidemiology 43, 551-558; for more coders Spitzer and Fleiss (1974), British Journal
    of Psychiatry 125, 341-347.
    """
    return _ratio(sums.coincidences[..., category], sums.counts[..., category])


def _agreement_influence(clusters: Sums, sums: Sums, chance: FloatArray | float) -> FloatArray:
    """Influence on percent agreement beyond a fixed chance.

    As Gwet has it: a mean over all n units of `n / n2` times the agreement of the n2 units with two codings
    or more and 0 of the others.
    """
    beyond = (clusters.agreement - chance * clusters.paired) / sums.paired
    influence: FloatArray = beyond - (percent_agreement(sums) - chance) * clusters.units / sums.units
    return influence


def _dispersion(sums: Sums) -> FloatArray:
    """`1 - Σ π_c²`, exactly 0 where all codings are alike."""
    dispersion: FloatArray = (sums.units**2 - (sums.shares**2).sum(axis=-1)) / sums.units**2
    return dispersion


def _concentration_influence(clusters: Sums, sums: Sums) -> FloatArray:
    """Influence on `Σ π_c²`."""
    mean = sums.shares / sums.units
    influence: FloatArray = 2 * (clusters.shares @ mean - mean @ mean * clusters.units) / sums.units
    return influence


def _counted(row: IntArray, column: IntArray, shape: tuple[int, int]) -> FloatArray:
    """How often each cell is named."""
    cells = np.bincount(row * shape[1] + column, minlength=shape[0] * shape[1])
    return cells.reshape(shape).astype(np.float64)


def _ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient; NaN where the denominator is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient: FloatArray = np.where(denominator > 0, numerator / denominator, np.nan)
    return quotient
