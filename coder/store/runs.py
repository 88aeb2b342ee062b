"""Runs of the model: what it was fitted on and what it suggests, never in the log of codings."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Integer, cast, delete, func, insert, select

from coder.store.database import insert_one, now
from coder.store.derived import merged_versions
from coder.store.queries import BLANK, YES
from coder.store.schema import final, run, suggestion

if TYPE_CHECKING:
    import pandas as pd

_BATCH = 20_000


@dataclass(frozen=True)
class RunRecord:
    """One fit of the model: with which version, pipeline, seed and codebook, on how many answers.

    Attributes:
        wave_id: the wave it labelled; None for a training run.
        labels: label ids, in the order of the packed probabilities.
        settings: what the person asked for (review share, accepted error, thresholds), and "taught": a hash
            of the codings it learnt from.
        quality: out-of-sample quality a label and in all, as JSON.
        merged: labels that went into another one since, in order: (label, into).
    """

    question_id: int
    wave_id: int | None
    program_version: str
    pipeline: str
    seed: int
    codebook_version: int
    labels: tuple[str, ...]
    trained_on: int
    settings: dict[str, Any]
    quality: dict[str, Any]
    id: int = 0
    at: str = ""
    merged: tuple[tuple[str, str], ...] = ()

    def followed(self, labels: Iterable[str]) -> list[str]:
        """Return labels of this run as they are after the merges made since, like those of people."""
        now = list(labels)
        for label, into in self.merged:
            now = list(dict.fromkeys(into if one == label else one for one in now))
        return now


@dataclass(frozen=True, slots=True)
class NewSuggestion:
    """What the model says of one answer.

    Attributes:
        probabilities: (k,) in the order of the run's labels.
        labels: the label ids it gives.
        certainty: probability-like, 0-1; expected_errors: expected number of wrong label decisions.
        queued: whether a person should look; accepted: label decisions accepted without a person.
        unlearnt: the labels that the model gives without any answer of that text; None where it learnt none,
            or `labels` are these.
    """

    answer_id: int
    probabilities: npt.NDArray[np.float32]
    labels: tuple[str, ...]
    certainty: float
    expected_errors: float
    queued: bool
    accepted: int
    unlearnt: tuple[str, ...] | None = None


def add_run(connection: Connection, record: RunRecord) -> int:
    """Record a run and return its number; earlier suggestions for the same wave go."""
    if record.wave_id is not None:
        earlier = select(run.c.id).where(
            run.c.question_id == record.question_id, run.c.wave_id == record.wave_id
        )
        connection.execute(delete(suggestion).where(suggestion.c.run_id.in_(earlier)))
    return insert_one(
        connection,
        insert(run).values(
            question_id=record.question_id,
            wave_id=record.wave_id,
            at=now(),
            program_version=record.program_version,
            pipeline=record.pipeline,
            seed=record.seed,
            codebook_version=record.codebook_version,
            labels=" ".join(record.labels),
            trained_on=record.trained_on,
            settings=json.dumps(record.settings),
            quality=json.dumps(record.quality),
        ),
    )


def add_suggestions(connection: Connection, run_id: int, rows: Iterable[NewSuggestion]) -> None:
    """Write a run's suggestions, in batches."""
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(
            {
                "run_id": run_id,
                "answer_id": row.answer_id,
                "probabilities": np.asarray(row.probabilities, dtype="<f4").tobytes(),
                "labels": " ".join(row.labels),
                "certainty": row.certainty,
                "expected_errors": row.expected_errors,
                "queued": row.queued,
                "accepted": row.accepted,
                "unlearnt": None if row.unlearnt is None else " ".join(row.unlearnt),
            }
        )
        if len(batch) == _BATCH:
            connection.execute(insert(suggestion), batch)
            batch = []
    if batch:
        connection.execute(insert(suggestion), batch)


def latest_run(connection: Connection, question_id: int, wave_id: int | None) -> RunRecord | None:
    """Return the newest run that labelled this wave (or, with None, the newest training run)."""
    where = run.c.wave_id.is_(None) if wave_id is None else run.c.wave_id == wave_id
    found = connection.execute(
        select(run).where(run.c.question_id == question_id, where).order_by(run.c.id.desc()).limit(1)
    ).one_or_none()
    if found is None:
        return None
    merges = merged_versions(connection, question_id)
    return _record(
        found, tuple((label, into) for version, label, into in merges if version > found.codebook_version)
    )


def suggestions(connection: Connection, of: RunRecord | None) -> "pd.DataFrame":
    """Return the suggestions of a run, with the labels they have after the merges made since.

    Columns: answer_id, labels, certainty, expected_errors, queued, accepted, unlearnt (the labels given
    without any answer of that text: those of `labels` where it was not learnt).
    """
    import pandas as pd

    columns = [c for c in suggestion.c if c.name not in ("run_id", "probabilities")]
    result = connection.execute(
        select(*columns)
        .where(suggestion.c.run_id == (None if of is None else of.id))
        .order_by(suggestion.c.answer_id)
    )
    # as plain tuples: of a million rows of its own kind pandas asks each what it is
    found = pd.DataFrame([tuple(row) for row in result], columns=[c.name for c in columns])
    found["unlearnt"] = found["unlearnt"].where(found["unlearnt"].notna(), found["labels"])
    if of is not None and of.merged:
        for name in ("labels", "unlearnt"):
            now = {text: " ".join(of.followed(text.split())) for text in found[name].unique()}
            found[name] = found[name].map(now)
    return found


def queue(connection: Connection, run_id: int) -> list[int]:
    """Return the answers a person should look at, most doubtful first."""
    return list(
        connection.scalars(
            select(suggestion.c.answer_id)
            .where(suggestion.c.run_id == run_id, suggestion.c.queued == YES)
            .order_by(suggestion.c.expected_errors.desc(), suggestion.c.answer_id)
        )
    )


def suggestion_counts(connection: Connection) -> list[dict[str, Any]]:
    """Count suggestions a question and wave, of the newest run, for what no person has coded since."""
    newest = (
        select(func.max(run.c.id))
        .where(run.c.wave_id.is_not(None))
        .group_by(run.c.question_id, run.c.wave_id)
    )
    query = (
        select(
            run.c.question_id,
            run.c.wave_id,
            func.count().label("n"),
            func.sum(cast(suggestion.c.queued, Integer)).label("queued"),
        )
        .join(run, run.c.id == suggestion.c.run_id)
        .outerjoin(final, final.c.answer_id == suggestion.c.answer_id)
        .where(run.c.id.in_(newest), final.c.answer_id.is_(None))
        .where(suggestion.c.answer_id.not_in(BLANK))
        # one run a question and wave: grouped by run, a million suggestions need no sorting
        .group_by(run.c.id)
    )
    return [dict(r._mapping) for r in connection.execute(query)]


def _record(row: Any, merged: tuple[tuple[str, str], ...]) -> RunRecord:
    return RunRecord(
        question_id=row.question_id,
        wave_id=row.wave_id,
        program_version=row.program_version,
        pipeline=row.pipeline,
        seed=row.seed,
        codebook_version=row.codebook_version,
        labels=tuple(row.labels.split()),
        trained_on=row.trained_on,
        settings=json.loads(row.settings),
        quality=json.loads(row.quality),
        id=row.id,
        at=row.at,
        merged=merged,
    )
