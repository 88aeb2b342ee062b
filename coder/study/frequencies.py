"""Frequencies of a wave: records for the screen, the workbook and JSON."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.errors import CoderError
from coder.messages import _
from coder.reports.tables import AuditRecord, Disclosure, FrequencyRow, FrequencyTable, HandCoded
from coder.reports.words import base_word
from coder.statistics import AUDITED, CERTAIN
from coder.study.bases import Based, BoolArray, base_sizes, based, by_people, decided, mentions_by
from coder.study.coded_waves import CodedWave
from coder.study.design import WaveDesign, wave_design
from coder.study.group_tests import MOST_GROUPS, GroupTests, tests_between, tests_between_corrected
from coder.study.shares import (
    Shares,
    TwoPhases,
    cautions,
    corrected_shares,
    shares,
    shares_of_mentions,
    two_phases,
)

if TYPE_CHECKING:
    from coder.study.corrections import AuditedWave

CORRECTED_BASES = ("filled_in", "asked")


def frequency_tables(
    coded: CodedWave,
    *,
    by: str | None = None,
    base: str = "filled_in",
    audit: "AuditedWave | None" = None,
    population_clusters: int | Mapping[str, int] | None = None,
) -> list[FrequencyTable]:
    """Return the frequencies of a wave, a table for each population.

    When the study says that the weights of its populations are comparable (`Settings.weights_comparable`),
    a table of all of them together comes last; in it each population is a stratum (see `WaveDesign.apart`).

    Args:
        by: a background variable: rows for each of its values instead of for everybody, and tests between
            these (see `coder.study.group_tests`; shares of mentions are not tested).
        base: what the shares are of (see `coder.study.bases.based`).
        audit: what the shares are corrected with for the model's errors. Who is in the substantive base, and
            how many mentions there are, only the model says of most answers: those bases are not corrected.
        population_clusters: clusters in the population (see `wave_design`).

    Raises CoderError when `by` is not a background variable of the wave, the base is not known or cannot be
    corrected, or `population_clusters` does not fit the sample.
    """
    if audit is not None:
        check_correctable(base)
    groups = _group_values(coded, by)
    design = wave_design(coded.frame, population_clusters)
    seen = based(coded, base, corrected=audit is not None)
    phases = None if audit is None else two_phases(coded, seen, audit)
    source = _Source(coded, base, seen, by, groups, None if audit is None else audit.record, phases)
    return [_table(source, population) for population in _populations(source, design)]


def check_correctable(base: str) -> None:
    """Refuse a base on which shares cannot be corrected for the model's errors: raises CoderError."""
    if base not in CORRECTED_BASES:
        raise CoderError(
            _(
                "Percentages on the base {base} cannot be corrected for the model's errors; choose from "
                "{choices}."
            ).format(base=base_word(base), choices=", ".join(base_word(name) for name in CORRECTED_BASES))
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """What all tables of a wave are made from.

    Attributes:
        groups: (n,) each respondent's value of `by`, "" without one; None without `by`.
        audit, phases: None where nothing is corrected.
    """

    coded: CodedWave
    base: str
    seen: Based
    by: str | None
    groups: npt.NDArray[np.object_] | None
    audit: AuditRecord | None
    phases: TwoPhases | None


@dataclass(frozen=True, slots=True)
class _Population:
    """Whom a table is about.

    Attributes:
        name: None for everybody.
        of: (n,) the wave's respondents that it is about, in the base or not.
        total: whether several populations are added up.
    """

    name: str | None
    of: BoolArray
    design: WaveDesign
    total: bool = False


def _populations(source: _Source, design: WaveDesign) -> Iterator[_Population]:
    column = source.coded.frame["population"]
    everybody = np.ones(len(column), dtype=bool)
    names = sorted(column.dropna().unique().tolist())
    if not names:
        yield _Population(None, everybody, design)
        return
    unstated = column.isna()
    if (unstated.to_numpy() & source.seen.domain).any():
        names.append(_("population not stated"))
        column = column.mask(unstated, names[-1])
    for name in names:
        yield _Population(name, (column == name).to_numpy(dtype=bool), design)
    if len(names) > 1 and source.coded.settings.weights_comparable:
        apart = design.apart(pd.factorize(column)[0].astype(np.int64) + 1)
        yield _Population(None, everybody, apart, total=True)


def _table(source: _Source, population: _Population) -> FrequencyTable:
    coded, design = source.coded, population.design
    member = population.of & source.seen.domain
    counts = _counts(coded.frame[population.of])
    levels: list[str] = []
    domains: dict[str | None, BoolArray] = {None: member}
    if source.groups is not None:
        levels = sorted(set(source.groups[member]) - {""}, key=_by_number)
        domains = {level: member & (source.groups == level) for level in levels}
        counts["no_group"] = int((member & (source.groups == "")).sum())
    found = {level: _shares(source, domain, design) for level, domain in domains.items()}
    tests = _tests(source, population, levels, found)
    disclosure = Disclosure(**coded.settings.disclosure)
    clustered = design.clusters is not None
    audit = _audit_of(source, population.of)
    undecided = counts["unseen"] + counts["skipped"] + counts["open"]
    return FrequencyTable(
        question=coded.question.name,
        text=coded.codebook.question,
        wave=coded.wave.name,
        population=population.name,
        base=source.base,
        by=source.by,
        groups=tuple(levels),
        counts=counts,
        mentions=mentions_by(coded, member & (design.weights > 0)),
        weighted=bool(np.any(design.weights[member] != 1.0)),
        clustered=clustered,
        stratified=design.strata is not None,
        codebook_version=coded.versions[-1].number,
        provisional=bool(undecided or (counts["automatic"] if audit is None else audit.outside)),
        rows=tuple(
            FrequencyRow(
                label=row.label,
                name=row.name,
                kind=row.kind,
                parent=row.parent,
                group=level,
                proportion=share.proportions[j],
                correction=share.corrections[j],
                letters=tests.smaller.get((row.label, level), ""),
                cautions=cautions(share, j, row.kind, clustered, disclosure),
            )
            for level, share in found.items()
            for j, row in enumerate(source.seen.rows)
        ),
        bases=base_sizes(coded, population.of, design.weights, corrected=source.audit is not None),
        group_letters=tests.letters,
        tests=tests.tests,
        overall=tests.overall,
        audit=audit,
        hand_coded=_hand_coded(source, domains, design),
        population_clusters=design.clusters_in_population,
        population_total=population.total,
        disclosure=disclosure,
    )


def _audit_of(source: _Source, of: BoolArray) -> AuditRecord | None:
    """Return the audit of the wave, with those left outside it of these respondents only."""
    if source.audit is None or source.phases is None:
        return None
    filled = source.coded.frame["filled_in"].to_numpy(dtype=bool)
    outside = of & filled & (source.phases.role == CERTAIN) & ~by_people(source.coded)
    return replace(source.audit, outside=int(outside.sum()))


def _hand_coded(
    source: _Source, domains: Mapping[str | None, BoolArray], design: WaveDesign
) -> tuple[HandCoded, ...]:
    if source.phases is None:
        return ()
    role = source.phases.role
    filled = source.coded.frame["filled_in"].to_numpy(dtype=bool) & (design.weights > 0)
    by_hand = filled & decided(source.coded) & by_people(source.coded)
    audited = filled & (role == AUDITED)
    return tuple(
        HandCoded(level, int((domain & by_hand).sum()), int((domain & audited).sum()))
        for level, domain in domains.items()
    )


def _shares(source: _Source, domain: BoolArray, design: WaveDesign) -> Shares:
    if source.phases is not None:
        return corrected_shares(source.seen, domain, design, source.phases)
    if source.base == "mentions":
        return shares_of_mentions(source.seen, domain, design)
    return shares(source.seen, domain, design)


def _tests(
    source: _Source, population: _Population, levels: Sequence[str], found: Mapping[str | None, Shares]
) -> GroupTests:
    if not 2 <= len(levels) <= MOST_GROUPS or source.groups is None or source.base == "mentions":
        return GroupTests()
    if source.phases is not None:
        estimates = [found[level].linearised for level in levels]
        return tests_between_corrected(source.seen, levels, [e for e in estimates if e is not None])
    groups = pd.Index(levels).get_indexer(pd.Index(source.groups))
    return tests_between(source.seen, levels, np.where(population.of, groups, -1), population.design)


def _counts(frame: pd.DataFrame) -> dict[str, int]:
    status = frame["status"].value_counts()
    counts = {
        key: int(status.get(key, 0))
        for key in (
            "labelled",
            "none",
            "unclear",
            "unlabelled",
            "skipped",
            "open",
            "unseen",
            "not_filled_in",
            "not_asked",
        )
    }
    return {
        **counts,
        "asked": len(frame) - counts["not_asked"],
        "filled_in": int(frame["filled_in"].astype(bool).sum()),
        "automatic": int((frame["origin"] == "automatic").sum()),
        "queued": int(frame["queued"].sum()),
    }


def _by_number(text: str) -> list[str | int]:
    """Sort "100-200" before "1000-1500" and after "51-100"."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", text)]


def _group_values(coded: CodedWave, by: str | None) -> npt.NDArray[np.object_] | None:
    if by is None:
        return None
    known = list(coded.wave.layout.get("groups", []))
    if by not in known:
        raise CoderError(
            _("Wave {wave} has no background variable {name}; it has: {known}.").format(
                wave=coded.wave.name,
                name=by,
                known=", ".join(known) or _("none (see 'coder import --group')"),
            )
        )
    # many respondents share few combinations of values
    numbers, texts = pd.factorize(coded.frame["groups"])
    return np.array([json.loads(text).get(by, "") for text in texts], dtype=object)[numbers]
