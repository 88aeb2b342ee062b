"""The shares of one population or group of a coded wave, as they are or corrected for the model's errors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.reports.tables import FEWEST_AUDITED, Disclosure
from coder.statistics import (
    CERTAIN,
    PREDICTED,
    CorrectedProportion,
    Correction,
    Linearised,
    Proportion,
    linearised_correction,
    mention_shares,
    proportions,
)
from coder.study.bases import Based, BoolArray, FloatArray
from coder.study.coded_waves import CodedWave
from coder.study.design import WaveDesign

if TYPE_CHECKING:
    from coder.study.corrections import AuditedWave


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of a population or a group, a row of the table each.

    Attributes:
        corrections: how each was corrected; all None where nothing was.
        mentioners: respondents with the label, by a person or by the model; respondents: of whom it is
            known (both unweighted).
        linearised: for tests; None where nothing was corrected.
        predicted: whether the model labelled any of the base, in shares that were corrected.
    """

    proportions: Sequence[Proportion]
    corrections: Sequence[Correction | None]
    respondents: Sequence[int]
    mentioners: Sequence[int]
    linearised: Linearised | None = None
    predicted: bool = False


@dataclass(frozen=True, slots=True)
class TwoPhases:
    """What `linearised_correction` is told of all answers of a wave: see there."""

    truth: FloatArray
    predicted: FloatArray
    role: npt.NDArray[np.int8]


def two_phases(coded: CodedWave, seen: Based, audit: "AuditedWave") -> TwoPhases:
    """Tell people's decisions from the model's in a coded wave seen from a base.

    States without a label are for a person to see: the model predicts none. Who filled in nothing mentions
    nothing for certain.
    """
    truth = seen.values.copy()
    truth[(coded.frame["origin"] == "automatic").to_numpy()] = np.nan
    states = np.zeros((len(truth), truth.shape[1] - audit.predicted.shape[1]))
    filled = coded.frame["filled_in"].to_numpy(dtype=bool)
    role = np.where(filled, audit.role, CERTAIN).astype(np.int8)
    return TwoPhases(truth, np.hstack([audit.predicted, states]), role)


def shares(seen: Based, domain: BoolArray, design: WaveDesign) -> Shares:
    """Return the shares of respondents in the domain."""
    found = proportions(seen.values, domain=domain, **design.keywords)
    return Shares(found, [None] * len(found), [share.n for share in found], [share.count for share in found])


def shares_of_mentions(seen: Based, domain: BoolArray, design: WaveDesign) -> Shares:
    """Return the shares of the mentions by respondents in the domain."""
    found = mention_shares(seen.values, domain=domain, **design.keywords)
    known = ~np.isnan(seen.values[domain & (design.weights > 0)])
    complete = int(known[:, known.any(axis=0)].all(axis=1).sum())
    return Shares(found, [None] * len(found), [complete] * len(found), [share.count for share in found])


def corrected_shares(seen: Based, domain: BoolArray, design: WaveDesign, phases: TwoPhases) -> Shares:
    """Return the shares of respondents in the domain, corrected for the model's errors.

    Uncorrected they are what `shares` gives: the automatic labels, those of a text that the model learnt too.
    """
    found, linearised = with_interval(phases, domain, design)
    plain = proportions(seen.values, domain=domain, **design.keywords)
    member = domain & (design.weights > 0)
    return Shares(
        [share.proportion for share in found],
        [
            share.correction
            if share.correction.naive is None
            else replace(share.correction, naive=as_they_are.estimate)
            for share, as_they_are in zip(found, plain, strict=True)
        ],
        [share.proportion.n for share in found],
        (seen.values[member] == 1.0).sum(axis=0).tolist(),
        linearised,
        predicted=bool((phases.role[member] == PREDICTED).any()),
    )


def with_interval(
    phases: TwoPhases, domain: BoolArray, design: WaveDesign
) -> tuple[list[CorrectedProportion], Linearised]:
    """Return what `linearised_correction` does, without shares that have no interval.

    What one audited answer, or one cluster of them, would say of all that the model labelled is nothing to
    publish, not even as a point.
    """
    found, linearised = linearised_correction(
        phases.truth, phases.predicted, phases.role, domain=domain, **design.keywords
    )
    if not (phases.role[domain & (design.weights > 0)] == PREDICTED).any():
        return found, linearised
    untold = np.array([not share.proportion.df or share.proportion.df < 1 for share in found], dtype=bool)
    blank = [
        replace(share, proportion=replace(share.proportion, estimate=None)) if none else share
        for share, none in zip(found, untold, strict=True)
    ]
    return blank, replace(linearised, estimates=np.where(untold, np.nan, linearised.estimates))


def cautions(found: Shares, row: int, kind: str, clustered: bool, disclosure: Disclosure) -> tuple[str, ...]:
    """Return what to be careful with before one share is published (see `FrequencyRow.cautions`).

    An empty base and a label that nobody mentions give nobody away; nor do states, which have no content.
    """
    said = []
    if 0 < found.respondents[row] < disclosure.smallest_base:
        said.append("small_base")
    if kind != "state" and 0 < found.mentioners[row] < disclosure.fewest_mentioners:
        said.append("few_mentioners")
    if clustered and 0 < found.proportions[row].clusters < disclosure.fewest_clusters:
        said.append("few_clusters")
    how = found.corrections[row]
    if how is not None and found.predicted and how.audited < FEWEST_AUDITED:
        said.append("few_audited")
    return tuple(said)
