"""Frequencies of a wave: records for the screen, the workbook and JSON."""

import json
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.errors import CoderError
from coder.messages import _
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.reports.words import status_word
from coder.statistics import proportions
from coder.study.coded_waves import CodedWave, described
from coder.study.indicators import DECIDED


def frequency_tables(coded: CodedWave, *, by: str | None = None) -> list[FrequencyTable]:
    """Return the frequencies of a wave, a table for each population; `by` adds a column per group.

    Raises CoderError when `by` is not a background variable of the wave.
    """
    frame = coded.frame
    populations = sorted(frame["population"].dropna().unique().tolist())
    unstated = frame["population"].isna()
    if populations and (unstated & frame["filled_in"].astype(bool)).any():
        populations.append(_("population not stated"))
        frame = frame.assign(population=frame["population"].mask(unstated, populations[-1]))
    groups = _group_values(coded, by)
    filled = frame["filled_in"].astype(bool).to_numpy()
    weights = frame["weight"].to_numpy(dtype=float)
    clusters = None if frame["cluster"].isna().all() else _filled_names(frame, "cluster")
    # those without a stratum form one together
    strata = None if frame["stratum"].isna().all() else frame["stratum"].fillna("").to_numpy(dtype=object)
    columns, names = _columns(coded)
    tables = []
    for population in populations or [None]:
        member = filled.copy()
        if population is not None:
            member &= (frame["population"] == population).to_numpy()
        rows: list[FrequencyRow] = []
        levels = [None] if groups is None else sorted(set(groups[member & (groups != "")]))
        for level in levels:
            domain = member if level is None or groups is None else member & (groups == level)
            found = proportions(columns, domain=domain, weights=weights, clusters=clusters, strata=strata)
            rows += [
                FrequencyRow(label, name, kind, parent, level, proportion)
                for (label, name, kind, parent), proportion in zip(names, found, strict=True)
            ]
        counts = dict(_counts(frame, population))
        if groups is not None:
            counts["no_group"] = int((member & (groups == "")).sum())
        tables.append(
            FrequencyTable(
                question=coded.question.name,
                text=coded.codebook.question,
                wave=coded.wave.name,
                population=population,
                base="filled_in",
                by=by,
                groups=tuple(level for level in levels if level is not None),
                counts=counts,
                mentions=int(frame.loc[member & (weights > 0), "given"].map(len).sum()),
                weighted=bool(np.any(weights[member] != 1.0)),
                clustered=clusters is not None,
                codebook_version=coded.versions[-1].number,
                provisional=bool(counts["unseen"] + counts["skipped"] + counts["open"] + counts["automatic"]),
                rows=tuple(rows),
            )
        )
    return tables


def _columns(
    coded: CodedWave,
) -> tuple[npt.NDArray[np.float64], list[tuple[str, str, str, str | None]]]:
    """Return the columns of the table: labels, and a row of its own for each state without one."""
    decided = np.isin(coded.frame["status"].to_numpy(dtype=object), list(DECIDED))
    states = []
    # what the model found no label for is no "off topic": only a person can say that
    present = set(coded.frame["status"])
    kept = [s for s in ("none", "unclear", "unlabelled") if s != "unlabelled" or s in present]
    for state in kept:
        values = (coded.frame["status"] == state).to_numpy(dtype=float)
        values[~decided] = np.nan
        states.append(values)
    names: list[tuple[str, str, str, str | None]] = []
    for label in coded.codebook.active:
        names.append((*described(coded.codebook, label.id), label.parent))
    names += [(state, status_word(state), "state", None) for state in kept]
    return np.column_stack([coded.values, *states]), names


def _counts(frame: pd.DataFrame, population: str | None) -> Mapping[str, int]:
    if population is not None:
        frame = frame[frame["population"] == population]
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
    return np.array([json.loads(text).get(by, "") for text in coded.frame["groups"]], dtype=object)


def _filled_names(frame: pd.DataFrame, column: str) -> npt.NDArray[np.object_]:
    """Return cluster or stratum names; a respondent without one stands alone."""
    alone = "\x00" + frame["external_id"].astype(str)
    return frame[column].where(frame[column].notna(), alone).to_numpy(dtype=object)
