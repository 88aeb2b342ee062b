"""How the respondents were sampled: weights, clusters, strata, and the variance these give."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def kish_effective_size(weights: ArrayLike) -> float:
    """Kish's effective sample size, `(Σw)² / Σw²`; 0 where all weights are 0.

    It allows for unequal weights only, not for clusters. Source: Kish (1965), Survey Sampling; (1992),
    Journal of Official Statistics 8, 183-200.
    """
    w = np.asarray(weights, dtype=np.float64)
    largest = float(w.max(initial=0.0))
    if largest <= 0:
        return 0.0
    w = w / largest  # squares of tiny weights would vanish
    return float(w.sum()) ** 2 / float(w @ w)


def numbered(identifiers: ArrayLike | None, n: int, *, missing_apart: bool) -> IntArray:
    """Number identifiers from 0 on.

    Args:
        identifiers: (n,) texts or numbers, None or NaN where missing; integers are quickest. None: all
            are missing.
        n: number of units.
        missing_apart: whether every missing identifier gets a number of its own, or all share one.

    Raises:
        ValueError: there are not n identifiers.
    """
    if identifiers is None:
        return np.arange(n, dtype=np.int64) if missing_apart else np.zeros(n, dtype=np.int64)
    # a list is taken over as objects: NumPy would make the text "nan" of a NaN among texts
    column = np.asarray(identifiers, dtype=None if hasattr(identifiers, "__array__") else object)
    if column.shape != (n,):
        raise ValueError(f"expected {n} identifiers in one dimension, got shape {column.shape}")
    if column.dtype.kind in "iub":
        return np.unique(column, return_inverse=True)[1].astype(np.int64)
    numbers: dict[Hashable, int] = {}
    shared = object()
    codes = np.empty(n, dtype=np.int64)
    for row, key in enumerate(column.tolist()):
        missing = key is None or key != key
        named = (object() if missing_apart else shared) if missing else key
        codes[row] = numbers.setdefault(named, len(numbers))
    return codes


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """A stratified sample of clusters, treated as if drawn with replacement within strata.

    Clusters are the ultimate sampling units: what was drawn inside them needs no description. They are
    nested in strata: an identifier that occurs in two strata names two clusters.

    Attributes:
        weights: (r,) weight of each respondent.
        cluster: (r,) number of the respondent's cluster, 0 to g - 1.
        stratum: (g,) number of the cluster's stratum, 0 to H - 1, ascending.
        sampled: (H,) clusters sampled in the stratum: those of `stratum` and, in a domain, those that
            hold nobody of it.
        factor: (H,) `(1 - f) m / (m - 1)` for m clusters sampled, which are a share f of the population's
            (0 when that is not known); `1 - f` where m = 1.
    """

    weights: FloatArray
    cluster: IntArray
    stratum: IntArray
    sampled: FloatArray
    factor: FloatArray

    @classmethod
    def of(
        cls,
        weights: FloatArray,
        clusters: ArrayLike | None = None,
        strata: ArrayLike | None = None,
        population_clusters: ArrayLike | None = None,
    ) -> "SampleDesign":
        """Describe a sample of n respondents.

        Args:
            weights: (n,) weights.
            clusters: (n,) identifiers; None, or None or NaN in a place: the respondent is a cluster.
            strata: (n,) identifiers; those without one form a stratum together. None: one stratum.
            population_clusters: for the finite population correction, the number of clusters in the
                population of the respondent's stratum: (n,) or one number for all.

        Raises:
            ValueError: lengths differ, or `population_clusters` varies within a stratum or is smaller
                than the number sampled.
        """
        n = len(weights)
        cluster = numbered(clusters, n, missing_apart=True)
        stratum_of_row = numbered(strata, n, missing_apart=False)
        pairs = stratum_of_row * (cluster.max(initial=0) + 1) + cluster
        _, first, nested = np.unique(pairs, return_index=True, return_inverse=True)
        stratum = stratum_of_row[first]
        sampled = np.bincount(stratum).astype(np.float64)
        factor = np.where(sampled > 1, sampled / np.maximum(sampled - 1, 1), 1.0)
        if population_clusters is not None:
            population = np.broadcast_to(np.asarray(population_clusters, dtype=np.float64), (n,))
            in_stratum = np.zeros(len(sampled))
            in_stratum[stratum_of_row] = population
            if (in_stratum[stratum_of_row] != population).any() or not (in_stratum >= sampled).all():
                raise ValueError("population_clusters: expected one number a stratum, at least those sampled")
            factor *= 1 - sampled / in_stratum
        return cls(weights, nested.astype(np.int64), stratum, sampled, factor)

    def domain(self, rows: IntArray) -> "SampleDesign":
        """The same design seen from some of the respondents; clusters without any of them still count."""
        held, cluster = np.unique(self.cluster[rows], return_inverse=True)
        return SampleDesign(
            self.weights[rows], cluster.astype(np.int64), self.stratum[held], self.sampled, self.factor
        )

    def mean(self, values: FloatArray) -> tuple[float, float]:
        """Weighted mean and its linearised standard error: `ratio` with a unit a respondent.

        Args:
            values: (r,) any real numbers, with a positive total weight.
        """
        return self.ratio(values, np.ones(len(values)))

    def ratio(self, values: FloatArray, units: FloatArray) -> tuple[float, float]:
        """Weighted ratio of two totals and its linearised standard error.

        `p = Σ w y / Σ w m`, with influence values `z = w (y - p m) / Σ w m` summed within clusters;
        `variance` says how they combine. Source: Hájek (1971); Särndal, Swensson and Wretman (1992), Model
        Assisted Survey Sampling, chapters 5 and (domains) 10; Lumley (2010), Complex Surveys.

        Args:
            values: (r,) y, any real numbers.
            units: (r,) m, with a positive weighted total.
        """
        total = self.weights @ units
        ratio = float(self.weights @ values / total)
        influence = self.weights * (values - ratio * units) / total
        totals = np.bincount(self.cluster, influence, minlength=len(self.stratum)).astype(np.float64)
        return ratio, float(self.variance(totals) ** 0.5)

    def variance(self, totals: FloatArray) -> float:
        """Variance of the sum of cluster totals: `Σ_h factor_h Σ_c (z_hc - mean_h)²`.

        A sampled cluster without any respondent has a total of 0. A stratum with one cluster has no mean
        to deviate from: its total is taken from the mean over all strata, which is 0 for influence values
        (R's `survey.lonely.psu = "adjust"`); that errs on the large side. Source: Wolter (2007),
        Introduction to Variance Estimation, chapter 6; Lumley (2010).

        Args:
            totals: (g,) influence values summed within clusters.
        """
        strata = len(self.sampled)
        means = np.bincount(self.stratum, totals, minlength=strata) / self.sampled
        means[self.sampled == 1] = 0.0
        squares = np.bincount(self.stratum, (totals - means[self.stratum]) ** 2, minlength=strata)
        absent = self.sampled - np.bincount(self.stratum, minlength=strata)
        return float(self.factor @ (squares + absent * means**2))

    def covariance(self, totals: FloatArray) -> FloatArray:
        """Covariance matrix of the sums of several columns of cluster totals; `variance` is its diagonal.

        Args:
            totals: (g, d) influence values summed within clusters, a column an estimate.
        """
        strata = len(self.sampled)
        order = np.argsort(self.stratum, kind="stable")
        ends = np.cumsum(np.bincount(self.stratum, minlength=strata))
        covariance = np.zeros((totals.shape[1], totals.shape[1]))
        start = 0
        for h, end in enumerate(ends):
            part = totals[order[start:end]]
            mean = np.zeros(totals.shape[1]) if self.sampled[h] == 1 else part.sum(axis=0) / self.sampled[h]
            centred = part - mean
            absent = self.sampled[h] - (end - start)
            covariance += self.factor[h] * (centred.T @ centred + absent * np.outer(mean, mean))
            start = end
        return covariance

    def effective_clusters(self, units: FloatArray) -> float:
        """How many clusters of one size are as good as these: `(Σ M)² / Σ M²`, M their weighted units.

        Args:
            units: (r,) units of each respondent.
        """
        return kish_effective_size(np.bincount(self.cluster, self.weights * units))

    def unsampled(self) -> float:
        """Share of the variance that the finite population correction leaves: 1 without it, 0 at a census.

        The mean over clusters of `1 - f`, weighted with the square of their weight.
        """
        left = self.factor * np.where(self.sampled > 1, (self.sampled - 1) / self.sampled, 1.0)
        totals = np.bincount(self.cluster, self.weights, minlength=len(self.stratum))
        squares = (totals / totals.max()) ** 2
        return float(squares @ left[self.stratum] / squares.sum())

    def lone_strata(self) -> int:
        """Strata with respondents of which one cluster was sampled."""
        return int((self.sampled[np.unique(self.stratum)] == 1).sum())

    def clusters_and_df(self) -> tuple[int, int]:
        """Clusters that hold any of the respondents, and the degrees of freedom that these give."""
        held = np.bincount(self.cluster, minlength=len(self.stratum)) > 0
        return int(held.sum()), int(self.degrees_of_freedom(held[:, None])[0])

    def degrees_of_freedom(self, held: NDArray[np.bool_]) -> IntArray:
        """Degrees of freedom of several estimates: the clusters held minus the strata that these are in.

        Source: Korn and Graubard (1999), Analysis of Health Surveys.

        Args:
            held: (g, d) whether the cluster holds members of the estimate's base.
        """
        if not len(held):
            return np.zeros(held.shape[1], dtype=np.int64)
        starts = np.flatnonzero(np.diff(self.stratum, prepend=-1))
        strata = np.logical_or.reduceat(held, starts, axis=0)
        return np.asarray(held.sum(axis=0) - strata.sum(axis=0), dtype=np.int64)
