"""The append-only log of events, and the tables derived from it in the same transaction.

What a coder says of an answer is that coder's last effective coding event; an event is effective unless
a later effective event retracts it. Undo is therefore a `retract` of a coding, and redo a `retract` of
that retraction. A merge of two labels rewrites the labels of what was coded before it; undoing the merge
gives them back.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import insert_one, now
from coder.store.definitive import CONSENSUS, CoderSays, definitive
from coder.store.schema import answer, coder, coding, event, final

_BATCH = 20_000
_T = TypeVar("_T")
STATUSES = ("labelled", "none", "unclear", "skipped")
ORIGINS = ("manual", "confirmed", "duplicate", "imported", "adjudicated")
VISIBILITIES = ("yes", "no", "unknown")


@dataclass(frozen=True, slots=True)
class NewCoding:
    """A coding to be written to the log.

    Attributes:
        labels: label ids in order of mention; empty unless the status is "labelled".
        visible: whether suggestions or other coders' work could be seen: "yes", "no", "unknown".
        at: when it was made (UTC, ISO 8601); None means now.
    """

    answer_id: int
    coder_id: int
    status: str
    labels: tuple[str, ...]
    origin: str
    visible: str
    codebook_version: int
    memo: str | None = None
    at: str | None = None


def coder_id(connection: Connection, name: str) -> int:
    """Return the number of a coder, giving one to a new coder."""
    found = connection.scalar(select(coder.c.id).where(coder.c.name == name))
    if found is not None:
        return int(found)
    return insert_one(connection, insert(coder).values(name=name))


def coders(connection: Connection) -> dict[int, str]:
    """Return all coders that ever coded: number to name."""
    return {r.id: r.name for r in connection.execute(select(coder).order_by(coder.c.id))}


def record_codings(connection: Connection, question: int, codings: Iterable[NewCoding]) -> int:
    """Write codings to the log and bring the derived tables up to date; return how many were written.

    All answers must belong to the question. Raises ValueError for a status, origin or visibility that
    does not exist, and for labels that do not go with the status.
    """
    written = 0
    for batch in _batches(codings):
        for item in batch:
            _check(item)
        time = now()
        first = (connection.scalar(select(func.max(event.c.id))) or 0) + 1
        waves = _waves_of(connection, [c.answer_id for c in batch])
        rows = [
            {
                "id": number,
                "at": c.at or time,
                "kind": "coding",
                "question_id": question,
                "answer_id": c.answer_id,
                "coder_id": c.coder_id,
                "status": c.status,
                "labels": " ".join(c.labels),
                "origin": c.origin,
                "visible": c.visible,
                "codebook_version": c.codebook_version,
                "memo": c.memo,
            }
            for number, c in enumerate(batch, first)
        ]
        connection.execute(insert(event), rows)
        # of two codings of one answer by one coder in a batch, the later one counts
        current = {(c.answer_id, c.coder_id): r for c, r in zip(batch, rows, strict=True)}
        _put(connection, [_derived(r, waves[a]) for (a, _c), r in current.items()])
        refresh_final(connection, list(waves))
        written += len(batch)
    return written


def retract(connection: Connection, target: int, *, memo: str | None = None, by: int | None = None) -> int:
    """Take back an event (undo), or take back a retraction (redo); return the new event's number.

    Raises ValueError when there is no such event or its kind cannot be taken back.
    """
    found = connection.execute(select(event).where(event.c.id == target)).one_or_none()
    if found is None or found.kind not in {"coding", "retract", "codebook"}:
        raise ValueError(f"event {target} cannot be taken back")
    number = insert_one(
        connection,
        insert(event).values(
            at=now(),
            kind="retract",
            question_id=found.question_id,
            answer_id=found.answer_id,
            coder_id=found.coder_id if by is None else by,
            target=target,
            memo=memo,
        ),
    )
    if found.answer_id is None:
        _rederive_question(connection, found.question_id)
    else:
        owner = _owner(connection, target)
        _rederive(connection, found.question_id, [(found.answer_id, owner)])
        refresh_final(connection, [found.answer_id])
    return number


def merge_label(connection: Connection, question: int, label: str, into: str) -> int:
    """Record that a label is merged into another: older codings follow; return the event's number."""
    memo = json.dumps({"edit": "merge", "from": label, "into": into})
    number = insert_one(
        connection, insert(event).values(at=now(), kind="codebook", question_id=question, memo=memo)
    )
    carrying = connection.execute(
        select(coding).where(
            coding.c.question_id == question, (" " + coding.c.labels + " ").contains(f" {label} ")
        )
    ).all()
    rows = [{**r._mapping, "labels": _merged(r.labels, [(label, into)])} for r in carrying]
    _put(connection, rows)
    refresh_final(connection, sorted({r["answer_id"] for r in rows}))
    return number


def record_note(
    connection: Connection,
    kind: str,
    question: int,
    *,
    memo: str,
    answer_id: int | None = None,
    by: int | None = None,
) -> None:
    """Write an event that changes no coding: flag, memo, quote, codebook or setting."""
    if kind not in {"flag", "memo", "quote", "codebook", "setting"}:
        raise ValueError(f"{kind!r} is not a kind of note")
    connection.execute(
        insert(event).values(
            at=now(), kind=kind, question_id=question, answer_id=answer_id, coder_id=by, memo=memo
        )
    )


def retract_codings_of(connection: Connection, answers: Sequence[int], memo: str) -> int:
    """Take back every current coding of these answers (their text changed); return how many."""
    events: list[int] = []
    for part in _batches(answers):
        events += connection.scalars(select(coding.c.event_id).where(coding.c.answer_id.in_(part)))
    for number in events:
        retract(connection, number, memo=memo)
    return len(events)


def refresh_final(connection: Connection, answers: Sequence[int]) -> None:
    """Work out the definitive coding of these answers again."""
    names = coders(connection)
    for part in _batches(answers):
        says: dict[int, list[CoderSays]] = {}
        where: dict[int, tuple[int, int]] = {}
        for r in connection.execute(select(coding).where(coding.c.answer_id.in_(part))):
            says.setdefault(r.answer_id, []).append(
                CoderSays(names[r.coder_id], r.status, tuple(r.labels.split()), r.codebook_version, r.at)
            )
            where[r.answer_id] = (r.question_id, r.wave_id)
        rows = []
        for number, codings in says.items():
            decided = definitive(codings)
            rows.append(
                {
                    "answer_id": number,
                    "question_id": where[number][0],
                    "wave_id": where[number][1],
                    "status": decided.status,
                    "labels": " ".join(decided.labels),
                    "origin": decided.origin,
                    "codebook_version": decided.codebook_version,
                }
            )
        connection.execute(delete(final).where(final.c.answer_id.in_([n for n in part if n not in says])))
        if rows:
            statement = upsert(final)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["answer_id"],
                    set_={c.name: statement.excluded[c.name] for c in final.c if c.name != "answer_id"},
                ),
                rows,
            )


def _check(item: NewCoding) -> None:
    for value, allowed in (
        (item.status, STATUSES),
        (item.origin, ORIGINS),
        (item.visible, VISIBILITIES),
    ):
        if value not in allowed:
            raise ValueError(f"{value!r} is not one of {allowed}")
    if (item.status == "labelled") != bool(item.labels):
        raise ValueError(f"status {item.status!r} does not go with labels {item.labels}")


def _rederive_question(connection: Connection, question: int) -> None:
    pairs = connection.execute(
        select(event.c.answer_id, event.c.coder_id)
        .where(event.c.question_id == question, event.c.kind == "coding")
        .distinct()
    )
    for part in _batches([(r.answer_id, r.coder_id) for r in pairs]):
        _rederive(connection, question, part)
        refresh_final(connection, sorted({a for a, _c in part}))


def _rederive(connection: Connection, question: int, pairs: Sequence[tuple[int, int]]) -> None:
    """Derive the current coding of (answer, coder) pairs from the log."""
    merges = effective_merges(connection, question)
    for answer_number, coder_number in pairs:
        history = connection.execute(
            select(event)
            .where(event.c.answer_id == answer_number, event.c.kind.in_(("coding", "retract")))
            .order_by(event.c.id)
        ).all()
        gone = _retracted((r.id, r.target) for r in history if r.kind == "retract")
        mine = [r for r in history if r.kind == "coding" and r.coder_id == coder_number and r.id not in gone]
        if not mine:
            connection.execute(
                delete(coding).where(
                    and_(coding.c.answer_id == answer_number, coding.c.coder_id == coder_number)
                )
            )
            continue
        last = dict(mine[-1]._mapping)
        later = [(a, b) for number, a, b in merges if number > last["id"]]
        last["labels"] = _merged(last["labels"], later)
        _put(connection, [_derived(last, _waves_of(connection, [answer_number])[answer_number])])


def effective_merges(connection: Connection, question: int) -> list[tuple[int, str, str]]:
    """Return the merges in force as (event number, label, into), in the order they were made."""
    rows = connection.execute(
        select(event)
        .where(event.c.question_id == question, event.c.answer_id.is_(None))
        .where(event.c.kind.in_(("codebook", "retract")))
        .order_by(event.c.id)
    ).all()
    gone = _retracted((r.id, r.target) for r in rows if r.kind == "retract")
    edits = [(r.id, json.loads(r.memo)) for r in rows if r.kind == "codebook" and r.id not in gone and r.memo]
    return [(number, e["from"], e["into"]) for number, e in edits if e.get("edit") == "merge"]


def _retracted(retractions: Iterable[tuple[int, int]]) -> set[int]:
    """Return the events that are out of force; a retraction that is itself retracted does nothing."""
    gone: set[int] = set()
    for number, target in sorted(retractions, reverse=True):
        if number not in gone:
            gone.add(target)
    return gone


def _merged(labels: str, merges: Iterable[tuple[str, str]]) -> str:
    parts = labels.split()
    for label, into in merges:
        parts = list(dict.fromkeys(into if part == label else part for part in parts))
    return " ".join(parts)


def _owner(connection: Connection, target: int) -> int:
    """Return the coder of the coding that a chain of retractions starts from."""
    found = connection.execute(select(event).where(event.c.id == target)).one()
    while found.kind == "retract":
        found = connection.execute(select(event).where(event.c.id == found.target)).one()
    return int(found.coder_id)


def _waves_of(connection: Connection, answers: Sequence[int]) -> dict[int, int]:
    rows = connection.execute(select(answer.c.id, answer.c.wave_id).where(answer.c.id.in_(set(answers))))
    return {r.id: r.wave_id for r in rows}


def _derived(row: dict[str, Any], wave: int) -> dict[str, Any]:
    kept = (
        "answer_id", "coder_id", "question_id", "status", "labels", "origin", "visible",
        "codebook_version", "at", "memo",
    )  # fmt: skip
    return {**{key: row[key] for key in kept}, "wave_id": wave, "event_id": row["id"]}


def _put(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        statement = upsert(coding)
        keys = ("answer_id", "coder_id")
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(keys),
                set_={c.name: statement.excluded[c.name] for c in coding.c if c.name not in keys},
            ),
            rows,
        )


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    batch: list[_T] = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


__all__ = [
    "CONSENSUS",
    "NewCoding",
    "coder_id",
    "coders",
    "effective_merges",
    "merge_label",
    "record_codings",
    "record_note",
    "refresh_final",
    "retract",
    "retract_codings_of",
]
