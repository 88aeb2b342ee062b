"""How the respondents of a wave were sampled, in the form the statistics take it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.errors import CoderError
from coder.messages import _, ngettext

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


class DesignKeywords(TypedDict):
    """What the functions of `coder.statistics` are told of the sample."""

    weights: FloatArray
    clusters: IntArray | None
    strata: IntArray | None
    population_clusters: FloatArray | None


@dataclass(frozen=True, slots=True)
class WaveDesign:
    """Weights, clusters and strata of all respondents of a wave.

    Attributes:
        weights: (n,).
        clusters: (n,) numbers; a respondent without a cluster has one alone. None: there are no clusters.
        strata: (n,) numbers; respondents without a stratum form one together. None: there are no strata.
        population_clusters: (n,) clusters in the population of the respondent's stratum, for the finite
            population correction; None: not known.
    """

    weights: FloatArray
    clusters: IntArray | None
    strata: IntArray | None
    population_clusters: FloatArray | None = None

    @property
    def keywords(self) -> DesignKeywords:
        """What to pass on to a function of `coder.statistics`."""
        return {
            "weights": self.weights,
            "clusters": self.clusters,
            "strata": self.strata,
            "population_clusters": self.population_clusters,
        }

    @property
    def clusters_in_population(self) -> int | None:
        """Clusters (respondents, where there are none) in the population, all strata together, if known."""
        if self.population_clusters is None:
            return None
        strata = np.zeros(len(self.weights), dtype=np.int64) if self.strata is None else self.strata
        return int(sum(self.population_clusters[strata == one][0] for one in np.unique(strata)))

    def apart(self, populations: IntArray) -> "WaveDesign":
        """Return the design with each population a stratum of its own, inside the strata there are.

        Not when a cluster holds respondents of more than one population, as a school with teachers and
        heads: then they were not sampled apart, and what they have in common must stay in the variance.
        """
        if self.clusters is not None and (_spread(populations, self.clusters) > 1).any():
            return self
        strata = np.zeros_like(populations) if self.strata is None else self.strata
        return replace(self, strata=strata * (populations.max(initial=0) + 1) + populations)


def wave_design(
    frame: pd.DataFrame, population_clusters: int | Mapping[str, int] | None = None
) -> WaveDesign:
    """Return the design of a wave's respondents.

    Args:
        frame: with columns weight, cluster, stratum (see `coder.store.queries.answers`).
        population_clusters: clusters in the population (respondents, where there are no clusters): one
            number, or one for each stratum by its name.

    Raises CoderError when these numbers do not fit the strata, or are fewer than the clusters sampled.
    """
    clusters = None if frame["cluster"].isna().all() else _numbers(frame["cluster"], apart=True)
    strata = None if frame["stratum"].isna().all() else _numbers(frame["stratum"], apart=False)
    design = WaveDesign(frame["weight"].to_numpy(dtype=float), clusters, strata)
    if population_clusters is None:
        return design
    sizes = _sizes(frame["stratum"], population_clusters)
    _refuse_more_sampled(frame["stratum"], clusters, sizes)
    return replace(design, population_clusters=sizes)


def _sizes(stratum: "pd.Series[str]", given: int | Mapping[str, int]) -> FloatArray:
    """Return the number of clusters in the population for each respondent."""
    present = sorted(stratum.dropna().unique())
    if not isinstance(given, Mapping):
        if present:
            raise CoderError(
                _(
                    "The sample has strata: give the clusters in the population of each, as "
                    "--population-clusters STRATUM=N: {strata}."
                ).format(strata=", ".join(present))
            )
        return np.full(len(stratum), given, dtype=np.float64)
    if not present:
        raise CoderError(
            _("The sample has no strata: give --population-clusters one number, without a stratum.")
        )
    if unknown := [name for name in given if name not in present]:
        raise CoderError(
            _("There is no stratum {name}; the sample has: {strata}.").format(
                name=unknown[0], strata=", ".join(present)
            )
        )
    if missing := [name for name in present if name not in given]:
        raise CoderError(
            _("Give --population-clusters for every stratum; not given: {strata}.").format(
                strata=", ".join(missing)
            )
        )
    if unstated := int(stratum.isna().sum()):
        raise CoderError(
            ngettext(
                "{n} respondent has no stratum, so that the clusters in its population are not known: give "
                "it one in the file, or leave out --population-clusters.",
                "{n} respondents have no stratum, so that the clusters in their population are not known: "
                "give them one in the file, or leave out --population-clusters.",
                unstated,
            ).format(n=unstated)
        )
    return np.array([given[name] for name in stratum], dtype=np.float64)


def _refuse_more_sampled(stratum: "pd.Series[str]", clusters: IntArray | None, sizes: FloatArray) -> None:
    every = np.arange(len(stratum)) if clusters is None else clusters
    for name, part in pd.Series(every).groupby(stratum.fillna("").to_numpy()):
        sampled, size = part.nunique(), int(sizes[part.index[0]])
        if sampled > size:
            given = f"{name}={size}" if name else str(size)
            raise CoderError(
                (
                    _(
                        "--population-clusters {given} is fewer than the {sampled} respondents of the wave; "
                        "give the number in the whole population."
                    )
                    if clusters is None
                    else _(
                        "--population-clusters {given} is fewer than the {sampled} clusters of the wave; "
                        "give the number in the whole population."
                    )
                ).format(given=given, sampled=sampled)
            )


def _numbers(column: "pd.Series[str]", *, apart: bool) -> IntArray:
    """Number the names of a column; who has none stands alone (`apart`) or with the others without one."""
    codes, names = pd.factorize(column)
    numbers = codes.astype(np.int64)
    missing = numbers < 0
    numbers[missing] = len(names) + (np.arange(missing.sum()) if apart else 0)
    return numbers


def _spread(populations: IntArray, clusters: IntArray) -> IntArray:
    """Return for each cluster how many populations it holds."""
    pairs = np.unique(np.column_stack([clusters, populations]), axis=0)
    return np.bincount(pairs[:, 0])
