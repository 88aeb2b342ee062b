"""Agreement between the coders of a question: records for the screen, the workbook and JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coder.codebook import CodebookVersion, Meanings
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.words import status_word
from coder.statistics import label_agreement, set_agreement
from coder.store import CONSENSUS, queries
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.coded_at_once import count_once
from coder.study.coded_waves import described
from coder.study.indicators import DECIDED, indicators
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study

_SELECTIONS = {"blind": "no", "assisted": "yes", "unknown": "unknown"}


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
        *((described(codebook, i), net[:, j]) for j, i in enumerate(label.id for label in codebook.active)),
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
