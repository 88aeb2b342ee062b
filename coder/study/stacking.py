"""Two waves as one sample, so that whatever they have in common is allowed for in a difference."""

from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.study.bases import BoolArray, FloatArray
from coder.study.coded_waves import CodedWave
from coder.study.design import WaveDesign

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stacked:
    """The respondents of two waves under one another, the earlier wave first.

    Weights are as they are: every share is of one wave. A cluster that is in both waves is one cluster; who
    is in no cluster and has a panel id is one with the same panel id in the other wave, and who has neither
    stands alone. Where clusters are declared they cover panel ids: of a member of the panel who changed
    clusters the covariance between the waves is left out, which makes the interval of a change wider, not
    narrower. Identifiers of clusters are compared as they are; when an identifier occurs in two strata of
    one wave, they are nested in strata, and stratum and identifier together name the cluster.

    Strata are those of each wave apart, since each was drawn by itself: but a cluster that is in both waves
    has the stratum of the earlier one, also when the later wave calls it otherwise, or has none. So strata
    never split a cluster, and clusters that came in later are a stratum of their own.

    Attributes:
        earlier: respondents of the earlier wave.
        design: of all respondents of both.
        panel: (n,) number of each respondent's panel id, -1 without one; None when not both waves have any.
        clusters: (n,) number of each respondent's declared cluster, -1 without one; the same in both waves.
    """

    earlier: int
    design: WaveDesign
    panel: IntArray | None
    clusters: IntArray

    def before(self, values: npt.NDArray[Any], fill: float = np.nan) -> FloatArray:
        """Return values of the earlier wave's respondents as values of all."""
        rest = np.full((len(self.clusters) - self.earlier, *values.shape[1:]), fill)
        return np.concatenate([values.astype(float), rest])

    def after(self, values: npt.NDArray[Any], fill: float = np.nan) -> FloatArray:
        """Return values of the later wave's respondents as values of all."""
        first = np.full((self.earlier, *values.shape[1:]), fill)
        return np.concatenate([first, values.astype(float)])

    def paired(self, before: BoolArray, after: BoolArray) -> int | None:
        """Count the respondents with a panel id in both waves, of those that are in the base of each.

        Of whom is in another cluster in either wave nothing is paired: that covariance is left out.
        """
        if self.panel is None or self.design.clusters is None:
            return None
        who = list(zip(self.panel.tolist(), self.design.clusters.tolist(), strict=True))
        first = set(compress(who[: self.earlier], before))
        second = set(compress(who[self.earlier :], after))
        return len({panel for panel, _cluster in first & second} - {-1})

    def shared_clusters(self, before: BoolArray, after: BoolArray) -> int:
        """Count the declared clusters with respondents in the base of both waves."""
        return self._in_both(self.clusters, before, after)

    def _in_both(self, numbers: IntArray, before: BoolArray, after: BoolArray) -> int:
        first, second = numbers[: self.earlier][before], numbers[self.earlier :][after]
        return len((set(first.tolist()) & set(second.tolist())) - {-1})


def stacked(before: CodedWave, after: CodedWave) -> Stacked:
    """Put two waves under one another."""
    frames = [before.frame, after.frame]
    both = {
        name: np.concatenate([frame[name].to_numpy(dtype=object) for frame in frames])
        for name in ("weight", "cluster", "stratum", "panel_id")
    }
    later = np.arange(len(both["weight"])) >= len(before.frame)
    stratum = pd.factorize(both["stratum"])[0]
    declared = pd.factorize(both["cluster"])[0]
    if any(_nested(frame) for frame in frames):
        nested = pd.factorize(pd.MultiIndex.from_arrays([declared, stratum]))[0]
        declared = np.where(declared < 0, -1, nested)
    panel = pd.factorize(both["panel_id"])[0]
    alone = np.arange(len(later))
    kind = np.where(declared >= 0, 0, np.where(panel >= 0, 1, 2))
    number = np.where(declared >= 0, declared, np.where(panel >= 0, panel, alone))
    cluster = pd.factorize(pd.MultiIndex.from_arrays([kind, number]))[0]
    # rows of the earlier wave come first: a cluster has the wave and the stratum of its first row
    at = np.unique(cluster, return_index=True)[1][cluster]
    strata = pd.factorize(pd.MultiIndex.from_arrays([later[at], stratum[at]]))[0]
    has_panel = all((frame["panel_id"].notna()).any() for frame in frames)
    return Stacked(
        len(before.frame),
        WaveDesign(both["weight"].astype(float), cluster.astype(np.int64), strata.astype(np.int64)),
        panel.astype(np.int64) if has_panel else None,
        declared.astype(np.int64),
    )


def _nested(frame: pd.DataFrame) -> bool:
    """Whether an identifier of clusters occurs in two strata of one wave."""
    known = frame[frame["cluster"].notna()]
    return bool((known.groupby("cluster")["stratum"].nunique(dropna=False) > 1).any())
