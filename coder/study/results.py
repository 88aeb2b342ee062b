"""Frequencies and agreement of a study: records for the screen, the workbook and JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook, CodebookVersion, Meanings
from coder.errors import CoderError
from coder.messages import _
from coder.reports.tables import AgreementRow, AgreementTable, FrequencyRow, FrequencyTable
from coder.reports.words import status_word
from coder.statistics import label_agreement, proportions, set_agreement
from coder.store import CONSENSUS, queries, runs
from coder.store.runs import RunRecord
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.coded_at_once import count_once
from coder.study.indicators import DECIDED, indicators
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study

_SELECTIONS = {"blind": "no", "assisted": "yes", "unknown": "unknown"}


@dataclass(frozen=True)
class CodedWave:
    """All answers of a wave to a question with what is decided of them, by people or by the model.

    Attributes:
        frame: as `coder.store.queries.answers` gives it, plus: status (never None; also "unlabelled"
            where the model found no label, "unseen", "not_filled_in", "not_asked"), origin (plus
            "automatic"), certainty, queued, given (label ids in order of mention).
        values: (n, k) nets included; NaN unknown.
        run: the run that gave the automatic labels, if any.
    """

    question: QuestionSettings
    wave: WaveRecord
    codebook: Codebook
    versions: tuple[CodebookVersion, ...]
    frame: pd.DataFrame
    values: npt.NDArray[np.float64]
    run: RunRecord | None


def coded_wave(study: "Study", question: QuestionSettings, wave: WaveRecord) -> CodedWave:
    """Read a wave's answers with their definitive codings and, where nobody coded, automatic labels."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        frame = queries.answers(connection, number, [wave.id])
        run = runs.latest_run(connection, number, wave.id)
        suggested = runs.suggestions(connection, [run.id] if run else [])
    codebook = recorded[-1].codebook
    frame = frame.merge(
        suggested[["answer_id", "labels", "certainty", "queued"]].rename(columns={"labels": "suggested"}),
        on="answer_id",
        how="left",
    )
    filled = frame["filled_in"].astype(bool)
    by_hand = frame["status"].notna() & filled
    automatic = filled & ~by_hand & frame["suggested"].notna()
    status = frame["status"].astype(object).where(by_hand, None)
    status[filled & ~by_hand] = "unseen"
    status[automatic] = np.where(frame.loc[automatic, "suggested"] == "", "unlabelled", "labelled")
    status[~filled] = "not_filled_in"
    # who is not known to have been asked may have been: only a stated "no" is not asked
    status[~filled & (frame["asked"] == False)] = "not_asked"  # noqa: E712
    origin = frame["origin"].astype(object).where(by_hand & (frame["origin"] != "skipped"), None)
    origin[automatic] = "automatic"
    words = frame["labels"].where(by_hand, frame["suggested"]).fillna("")
    version = frame["codebook_version"].where(by_hand, run.codebook_version if run else np.nan)
    given = [tuple(text.split()) for text in words]
    frame = frame.assign(
        status=status,
        origin=origin,
        given=pd.Series(given, index=frame.index, dtype=object),
        version=version,
        queued=(frame["queued"].fillna(0).astype(bool) & automatic),
        certainty=frame["certainty"].where(automatic),
    )
    values = indicators(
        codebook,
        Meanings(recorded),
        frame["status"].tolist(),
        given,
        [None if pd.isna(v) else int(v) for v in frame["version"]],
        knows=frame["knows"].where(by_hand, None),
        unlearnt=None if run is None else (automatic.to_numpy(dtype=bool), _without_example(run)),
    )
    return CodedWave(question, wave, codebook, tuple(recorded), frame, values, run)


def _without_example(run: RunRecord) -> list[str]:
    """Return the labels of which the model had no coded example: its "no" would be a false zero."""
    return [part["label"] for part in run.quality.get("labels", []) if not part["positives"]]


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


def agreement_tables(
    study: "Study",
    question: QuestionSettings,
    waves: Sequence[WaveRecord],
    *,
    seed: int | None = None,
    replicates: int = 1000,
) -> list[AgreementTable]:
    """Return the coders' agreement on a question, before consensus.

    The first table stands on blind, independent codings; codings made with suggestions or other work in
    view, and imports of unknown blindness, have tables of their own when there are any. A group of identical
    answers coded at once counts once (see `coder.study.coded_at_once`).
    """
    seed = study.settings.seed if seed is None else seed
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        frame = queries.codings(connection, number, [w.id for w in waves])
        answers = queries.answers(connection, number, [w.id for w in waves])
    # codings of what counts as not filled in, or is no longer in the file, stay outside every table
    counted = frame["answer_id"].isin(answers.loc[answers["filled_in"].astype(bool), "answer_id"])
    frame = frame[counted & (frame["coder"] != CONSENSUS)]
    tables = []
    for selection, visible in _SELECTIONS.items():
        chosen = count_once(frame[frame["visible"] == visible])
        table = _agreement(question, waves, recorded, chosen, selection, seed, replicates)
        if table is not None:
            tables.append(table)
    return tables


def _agreement(
    question: QuestionSettings,
    waves: Sequence[WaveRecord],
    recorded: Sequence[CodebookVersion],
    frame: pd.DataFrame,
    selection: str,
    seed: int,
    replicates: int,
) -> AgreementTable | None:
    codebook = recorded[-1].codebook
    held = frame["status"] == "skipped"
    decided = frame[frame["status"].isin(list(DECIDED))]
    counted = decided.groupby("answer_id")["coder"].transform("nunique")
    decided = decided[counted >= 2]
    if decided.empty:
        return None
    coders = sorted(decided["coder"].unique())
    units, first = np.unique(decided["answer_id"].to_numpy(), return_index=True)
    row = np.searchsorted(units, decided["answer_id"].to_numpy())
    column = np.array([coders.index(c) for c in decided["coder"]])
    clusters = decided["cluster"].iloc[first]
    clustered = not clusters.isna().all()
    names = (
        clusters.where(clusters.notna(), decided["external_id"].iloc[first]).to_numpy() if clustered else None
    )
    statuses = decided["status"].tolist()
    given = [labels.split() for labels in decided["labels"]]
    versions = decided["codebook_version"].tolist()
    meanings = Meanings(recorded)
    knows = decided["knows"].tolist()
    net = indicators(codebook, meanings, statuses, given, versions, knows=knows)
    own = indicators(codebook, meanings, statuses, given, versions, knows=knows, nets=False)
    unclear = np.array([s == "unclear" for s in statuses], dtype=float)
    off_topic = np.array([s == "none" for s in statuses], dtype=float)
    rows = []
    for (label, name, kind), values in [
        *((_describe(codebook, i), net[:, j]) for j, i in enumerate(label.id for label in codebook.active)),
        (("none", status_word("none"), "state"), off_topic),
        (("unclear", status_word("unclear"), "state"), unclear),
    ]:
        table = np.full((len(units), len(coders)), np.nan)
        table[row, column] = values
        agreed = label_agreement(table, clusters=names, seed=seed, replicates=replicates)
        rows.append(AgreementRow(label, name, kind, agreed))
    sets = np.full((len(units), len(coders), own.shape[1] + 1), np.nan)
    sets[row, column] = np.column_stack([own, unclear])
    return AgreementTable(
        question=question.name,
        text=codebook.question,
        wave=waves[0].name if len(waves) == 1 else None,
        coders=tuple(coders),
        selection=selection,
        answers=len(units),
        held_over=float(held.mean()) if len(frame) else 0.0,
        clustered=clustered,
        seed=seed,
        codebook_version=recorded[-1].number,
        rows=tuple(rows),
        sets=set_agreement(sets, clusters=names, seed=seed, replicates=replicates),
    )


def _describe(codebook: Codebook, label: str) -> tuple[str, str, str]:
    found = codebook.label(label)
    kind = "residual" if found.residual else "parent" if codebook.children(label) else "label"
    return found.id, found.name, kind


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
        names.append((*_describe(coded.codebook, label.id), label.parent))
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
