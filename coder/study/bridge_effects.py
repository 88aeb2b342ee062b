"""What a bridge sample tells of a change: the instrument's part in it, and what is left as real."""

from dataclasses import dataclass, replace

import numpy as np

from coder.statistics import (
    CERTAIN,
    Difference,
    Linearised,
    Proportion,
    correction_part,
    differences,
    linearised_correction,
    linearised_proportions,
    proportions,
)
from coder.study.bases import BoolArray
from coder.study.bridging import BridgedWave
from coder.study.coded_waves import CodedWave
from coder.study.design import WaveDesign
from coder.study.instrument import measured
from coder.study.stacking import Stacked


@dataclass(frozen=True)
class BridgeEffects:
    """What a bridge sample tells, a record for each active label of the codebook.

    With y what was found when an answer was coded again, f what it had been measured with (each label as it
    was meant then; 0 where the label was not there), A the answers coded again and M all that were measured,
    W sums of weights, the earlier wave would have shown, coded as the later one is::

        q = [Σ_M w f + (W_M / W_A) Σ_A w (y - f)] / W_M

    which is the two-phase estimator of `coder.statistics.corrected_proportions` with λ = 1. The instrument's
    part is q minus what the wave showed; the real change is the later wave minus q. Influence values of all
    of them stand on the design of both waves. With fewer than ten answers coded differently than before
    (none would give no variance at all) the variance of two more is added.

    Attributes:
        before: what the earlier wave showed, by itself.
        change: the later wave minus that; None in it where the label was not there.
        instrument, real: the parts of the change.
        by_people, by_model: the instrument's part from answers that people, or the model, had coded; None
            where there are none, or the label was not there for all of them.
    """

    before: list[Proportion]
    change: list[Difference]
    instrument: list[Difference]
    by_people: list[Difference | None]
    by_model: list[Difference | None]
    real: list[Difference]


def bridge_effects(
    bridge: BridgedWave,
    coded: CodedWave,
    stack: Stacked,
    *,
    domain: BoolArray,
    design: WaveDesign,
    own: WaveDesign,
    after: Linearised,
) -> BridgeEffects:
    """Take the change between two waves apart.

    Args:
        coded: the earlier wave; domain: (n,) its base.
        design: of both waves; own: of the earlier one.
        after: the shares of the later wave, a column for each active label, on `design`.
    """
    filled = coded.frame["filled_in"].to_numpy(dtype=bool)
    among = domain & (measured(coded) | ~filled)
    # who was asked and filled in nothing mentions nothing, for certain
    shown = np.where(filled[:, None], bridge.measured, 0.0)
    truth = np.where(filled[:, None], bridge.truth, 0.0)
    role = np.where(filled, bridge.role, CERTAIN).astype(np.int8)
    stacked = stack.before(among, 0.0)
    two_phases = (stack.before(truth), stack.before(np.nan_to_num(shown), 0.0), stack.before(role, CERTAIN))
    _records, corrected = linearised_correction(*two_phases, domain=stacked, **design.keywords, lam=1.0)
    showed = linearised_proportions(stack.before(shown), domain=stacked, **design.keywords)

    def part(of: BoolArray) -> list[Difference | None]:
        found = correction_part(*two_phases, stack.before(of, 0.0), domain=stacked, **design.keywords)
        nothing = replace(
            found,
            estimates=np.zeros_like(found.estimates),
            totals=np.zeros_like(found.totals),
            unseen=None,
        )
        known = (among & of & filled).any() & ~np.isnan(shown[among]).any(axis=0)
        return [
            difference if there else None
            for difference, there in zip(differences(found, nothing), known, strict=True)
        ]

    return BridgeEffects(
        proportions(shown, domain=among, **own.keywords),
        differences(after, showed),
        # both hold the same predictions: what the audit adds is no difference of shares to MOVER
        differences(replace(corrected, bounds=None), showed),
        part(~bridge.by_model),
        part(bridge.by_model),
        differences(after, corrected),
    )
