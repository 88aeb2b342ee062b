"""Change between two waves: what the shares did, and how much of it is the instrument's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.errors import CoderError
from coder.messages import _
from coder.reports.tables import ChangeRow, ChangeTable, FrequencyTable
from coder.reports.words import base_word
from coder.statistics import (
    AUDITED,
    CERTAIN,
    Difference,
    Linearised,
    differences,
    holm,
    linearised_proportions,
)
from coder.store.waves import WaveRecord
from coder.study.bases import Based, BoolArray, FloatArray, based
from coder.study.bridge_effects import BridgeEffects, bridge_effects
from coder.study.bridging import BridgedWave, bridged_wave
from coder.study.coded_waves import CodedWave, coded_wave
from coder.study.corrections import AuditedWave, audited_wave
from coder.study.design import WaveDesign, wave_design
from coder.study.frequencies import check_correctable, frequency_tables
from coder.study.group_tests import some_columns
from coder.study.instrument import automatic_share, people_offers, same_instrument
from coder.study.settings import QuestionSettings
from coder.study.shares import TwoPhases, two_phases, with_interval
from coder.study.stacking import Stacked, stacked

if TYPE_CHECKING:
    from coder.study.folder import Study

#: bases of which membership does not depend on how answers were coded
BRIDGED_BASES = ("filled_in", "asked")


def change_tables(
    study: "Study",
    question: QuestionSettings,
    before: WaveRecord,
    after: WaveRecord,
    *,
    base: str = "filled_in",
    corrected: bool = False,
) -> list[ChangeTable]:
    """Return the change between two waves on one question, a table for each population that both have.

    The waves are one sample (see `Stacked`); changes are differences between two domains of it, with t
    tests by Holm's method over the labels of a table, nets included and states left out. Labels are those
    of today's codebook, and a label that the codings of a wave do not know has no share and no change.

    Where a finished bridge sample of the earlier wave tells it, each change is taken apart into the
    instrument's part and the real one (see `BridgeEffects`). It can tell when the later wave shows what
    people decided, with the same labels to choose from as those who coded again: of a later wave with
    automatic labels only when these are corrected.

    Args:
        base: as in `frequency_tables`, but for mentions.
        corrected: whether waves with automatic labels are corrected with their audit samples; not the
            earlier one when its bridge sample does that.

    Raises CoderError when the waves have no population in common, the base is one of mentions or cannot be
    corrected, or a wave to be corrected has no audit sample that can be used.
    """
    if base == "mentions":
        raise CoderError(
            _("Change is computed for respondents, not for mentions: choose another base than {base}.")
            .format(base=base_word(base))
        )  # fmt: skip
    if corrected:
        check_correctable(base)
    waves = [coded_wave(study, question, wave) for wave in (before, after)]
    bridge, unused = _bridge(study, waves[0], waves[1], base, corrected)
    audits = [
        audited_wave(study, wave)
        if corrected and automatic_share(wave) > 0 and (bridge is None or wave is waves[1])
        else None
        for wave in waves
    ]
    first, second = (
        {(table.population, table.population_total): table for table in found}
        for found in (
            frequency_tables(wave, base=base, audit=audit) for wave, audit in zip(waves, audits, strict=True)
        )
    )
    common = [key for key in first if key in second]
    left_out = tuple(str(name) for name, _total in [*first, *second] if name and (name, False) not in common)
    if not common:
        raise CoderError(
            _(
                "Waves {before} and {after} have no population in common ({left_out}): compare waves that "
                "have, or import one again with --population as the other."
            ).format(before=before.name, after=after.name, left_out=", ".join(left_out))
        )
    pair = _Pair(
        stacked(*waves),
        [_Measured(wave, _seen(wave, base, audit), audit) for wave, audit in zip(waves, audits, strict=True)],
        bridge,
    )
    separable = bridge is not None or same_instrument(*waves, corrected=corrected)
    return [
        replace(_table(pair, first[key], second[key]), separable=separable, unused=unused, left_out=left_out)
        for key in common
    ]


@dataclass(frozen=True, slots=True)
class _Measured:
    """A wave seen from the base, and what it is corrected with."""

    coded: CodedWave
    seen: Based
    audit: AuditedWave | None

    def member(self, population: str | None) -> BoolArray:
        """Return who is in the base of a table of this population; None: of everybody."""
        column = self.coded.frame["population"]
        if population is None:
            return self.seen.domain
        # who has no population is in a table of its own, under a name for that
        own = column.isna() if population not in set(column.dropna()) else column == population
        return self.seen.domain & own.to_numpy(dtype=bool)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two waves as one sample, the earlier first, and the bridge sample of the earlier one."""

    stack: Stacked
    waves: Sequence[_Measured]
    bridge: BridgedWave | None


def _seen(coded: CodedWave, base: str, audit: AuditedWave | None) -> Based:
    """Return a wave from the base, without the row that only one of the waves may have."""
    seen = based(coded, base, corrected=audit is not None)
    kept = [j for j, row in enumerate(seen.rows) if row.label != "unlabelled"]
    return Based(tuple(seen.rows[j] for j in kept), seen.values[:, kept], seen.domain)


def _bridge(
    study: "Study", before: CodedWave, after: CodedWave, base: str, corrected: bool
) -> tuple[BridgedWave | None, str | None]:
    """Return the bridge sample when it can tell something, or else why it cannot; None, None without one."""
    try:
        bridge = bridged_wave(study, before)
    except CoderError as reason:
        return None, str(reason)
    if bridge is None:
        return None, None
    if base not in BRIDGED_BASES:
        return None, _("The bridge sample says nothing on the base {base}.").format(base=base_word(base))
    if automatic_share(after) > 0 and not corrected:
        return None, _(
            "The bridge sample was coded by people, and wave {after} has automatic labels: add --corrected "
            "to compare like with like."
        ).format(after=after.wave.name)
    if len(bridge.offers | people_offers(after)) > 1:
        return None, _(
            "The bridge sample and wave {after} were not coded with the same labels: draw the sample again, "
            "or have {after} read again for the labels that changed."
        ).format(after=after.wave.name)
    return bridge, None


def _table(pair: _Pair, before: FrequencyTable, after: FrequencyTable) -> ChangeTable:
    stack = pair.stack
    earlier, later = pair.waves
    members = [wave.member(before.population) for wave in pair.waves]
    design, own = stack.design, wave_design(earlier.coded.frame)
    if before.population_total:
        names = [wave.coded.frame["population"].to_numpy(dtype=object) for wave in pair.waves]
        design = design.apart(_numbered(np.concatenate(names)))
        own = own.apart(_numbered(names[0]))
    first = _estimates(earlier, members[0], stack.before, design)
    second = _estimates(later, members[1], stack.after, design)
    rows = earlier.seen.rows
    shares = [{row.label: row.proportion for row in table.rows} for table in (before, after)]
    found = [
        ChangeRow(
            row.label, row.name, row.kind, row.parent, shares[0][row.label], shares[1][row.label], change
        )
        for row, change in zip(rows, differences(second, first), strict=True)
    ]
    if pair.bridge is not None:
        labels = range(pair.bridge.truth.shape[1])
        effects = bridge_effects(
            pair.bridge,
            earlier.coded,
            stack,
            domain=members[0],
            design=design,
            own=own,
            after=some_columns(second, labels),
        )
        found = [_taken_apart(row, effects, j) if j in labels else row for j, row in enumerate(found)]
    return ChangeTable(
        question=before.question,
        text=before.text,
        population=before.population,
        before=before,
        after=after,
        rows=tuple(_adjusted(found)),
        paired=stack.paired(*members),
        shared_clusters=stack.shared_clusters(*members),
        separable=False,
        bridge=None if pair.bridge is None else pair.bridge.sample,
        bridged=0 if pair.bridge is None else int((members[0] & (pair.bridge.role == AUDITED)).sum()),
    )


def _numbered(names: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    return pd.factorize(names)[0].astype(np.int64) + 1


def _estimates(
    wave: _Measured,
    member: BoolArray,
    place: Callable[[npt.NDArray[Any], float], FloatArray],
    design: WaveDesign,
) -> Linearised:
    """Return a wave's shares on the design of both; `place` puts its respondents among those of both."""
    domain = place(member, 0.0)
    if wave.audit is None:
        return linearised_proportions(place(wave.seen.values, np.nan), domain=domain, **design.keywords)
    phases = two_phases(wave.coded, wave.seen, wave.audit)
    of_both = TwoPhases(
        place(phases.truth, np.nan),
        place(phases.predicted, np.nan),
        place(phases.role, CERTAIN).astype(np.int8),
    )
    return with_interval(of_both, domain.astype(bool), design)[1]


def _taken_apart(row: ChangeRow, effects: BridgeEffects, label: int) -> ChangeRow:
    return replace(
        row,
        before=effects.before[label],
        change=effects.change[label],
        instrument=effects.instrument[label],
        by_people=effects.by_people[label],
        by_model=effects.by_model[label],
        real=effects.real[label],
    )


def _adjusted(rows: Sequence[ChangeRow]) -> list[ChangeRow]:
    """Return rows with p values by Holm's method over the labels, for each kind of difference by itself."""
    labels = [row.kind != "state" for row in rows]
    changes = _family([row.change for row in rows], labels)
    instruments = _family([row.instrument for row in rows], labels)
    reals = _family([row.real for row in rows], labels)
    return [
        replace(row, change=change or row.change, instrument=instrument, real=real)
        for row, change, instrument, real in zip(rows, changes, instruments, reals, strict=True)
    ]


def _family(found: Sequence[Difference | None], tested: Sequence[bool]) -> list[Difference | None]:
    p = [
        d.p if d is not None and d.p is not None and among else np.nan
        for d, among in zip(found, tested, strict=True)
    ]
    adjusted = holm(np.array(p, dtype=np.float64)).tolist()
    return [
        d if d is None or np.isnan(one) else replace(d, p_adjusted=one)
        for d, one in zip(found, adjusted, strict=True)
    ]
