"""The append-only log of events, and the tables derived from it in the same transaction.

What a coder says of an answer is that coder's last effective coding event; an event is effective unless
a later effective event retracts it. Undo is therefore a `retract` of a coding, and redo a `retract` of
that retraction. A merge of two labels rewrites the labels of what was coded before it; undoing the merge
gives them back.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from coder.store.coders import coder_id, coders
from coder.store.database import insert_one, now
from coder.store.definitive import BRIDGE, CONSENSUS
from coder.store.derived import (
    batches,
    codings_in_force,
    effective_merges,
    follow_merges,
    put,
    rederive,
    refresh_final,
    waves_of,
)
from coder.store.marks import MARKS, rederive_mark
from coder.store.schema import coding, event

STATUSES = ("labelled", "none", "unclear", "skipped")
ORIGINS = ("manual", "confirmed", "duplicate", "imported", "adjudicated")
VISIBILITIES = ("yes", "no", "unknown")


@dataclass(frozen=True, slots=True)
class NewCoding:
    """A coding to be written to the log.

    Attributes:
        origin: one of ORIGINS; or BRIDGE, of an answer that is coded again, blind, for a comparison between
            waves: nothing is derived from it.
        labels: label ids in order of mention; empty unless the status is "labelled".
        visible: whether suggestions or other coders' work could be seen: "yes", "no", "unknown".
        at: when it was made (UTC, ISO 8601); None means now.
        knows: labels that came after the codebook version and that the coder knew all the same.
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
    knows: tuple[str, ...] = ()


def record_codings(connection: Connection, question: int, codings: Iterable[NewCoding]) -> list[int]:
    """Write codings to the log and bring the derived tables up to date; return their events' numbers.

    Raises ValueError for an answer that does not belong to the question, for a status, origin or
    visibility that does not exist, for labels that do not go with the status, and for a coding of a bridge
    sample that was not made blind.
    """
    written: list[int] = []
    for batch in batches(codings):
        for item in batch:
            _check(item)
        time = now()
        first = _next_number(connection)
        waves = waves_of(connection, question, [c.answer_id for c in batch])
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
                "knows": " ".join(c.knows) or None,
                "memo": c.memo,
            }
            for number, c in enumerate(batch, first)
        ]
        connection.execute(insert(event), rows)
        # of two codings of one answer by one coder in a batch, the later one counts
        current = {
            (c.answer_id, c.coder_id): r for c, r in zip(batch, rows, strict=True) if c.origin != BRIDGE
        }
        put(connection, [(r, waves[a]) for (a, _c), r in current.items()])
        refresh_final(connection, list(waves))
        written += range(first, first + len(batch))
    return written


def retract(connection: Connection, target: int, *, memo: str | None = None, by: int | None = None) -> int:
    """Take back an event (undo), or take back a retraction (redo); return the new event's number.

    Raises ValueError when there is no such event or its kind cannot be taken back.
    """
    return retract_all(connection, [target], memo=memo, by=by)[0]


def retract_all(
    connection: Connection, targets: Iterable[int], *, memo: str | None = None, by: int | None = None
) -> list[int]:
    """Do what `retract` does for several events, in this order; return the new events' numbers."""
    numbers = []
    changed = []
    for target in targets:
        found = connection.execute(select(event).where(event.c.id == target)).one_or_none()
        if found is None or found.kind not in {"coding", "memo", "retract", "codebook", *MARKS}:
            raise ValueError(f"event {target} cannot be taken back")
        numbers.append(
            insert_one(
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
        )
        root = _root(connection, found)
        if root.kind in {"coding", "memo"}:
            rederive(connection, root.question_id, root.answer_id, root.coder_id)
            changed.append(root.answer_id)
        elif root.kind in MARKS:
            rederive_mark(connection, root.kind, root.question_id, root.answer_id, root.coder_id)
        elif root.memo and (edit := json.loads(root.memo)).get("edit") == "merge":
            follow_merges(connection, root.question_id, edit["from"])
    refresh_final(connection, changed)
    return numbers


def merge_label(
    connection: Connection,
    question: int,
    label: str,
    into: str,
    *,
    by: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Record that a label is merged into another: older codings follow; return the event's number."""
    memo = json.dumps({"edit": "merge", "from": label, "into": into, **(details or {})})
    number = insert_one(
        connection,
        insert(event).values(at=now(), kind="codebook", question_id=question, coder_id=by, memo=memo),
    )
    follow_merges(connection, question, label)
    return number


def record_memo(
    connection: Connection, question: int, answer_number: int, coder_number: int, memo: str
) -> int:
    """Write a memo with what a coder said of an answer; nothing else of the coding changes by it.

    An empty memo takes away the one that is there. Return the event's number.
    """
    number = insert_one(
        connection,
        insert(event).values(
            at=now(),
            kind="memo",
            question_id=question,
            answer_id=answer_number,
            coder_id=coder_number,
            memo=memo,
        ),
    )
    rederive(connection, question, answer_number, coder_number)
    return number


def record_note(
    connection: Connection,
    kind: str,
    question: int,
    *,
    memo: str,
    answer_id: int | None = None,
    by: int | None = None,
) -> int:
    """Write an event about the question itself: a change of its codebook, or a setting."""
    if kind not in {"codebook", "setting"}:
        raise ValueError(f"{kind!r} is not a kind of note")
    return insert_one(
        connection,
        insert(event).values(
            at=now(), kind=kind, question_id=question, answer_id=answer_id, coder_id=by, memo=memo
        ),
    )


def retract_codings_of(connection: Connection, answers: Sequence[int], memo: str) -> int:
    """Take back every coding of these answers (their text changed); return how many.

    Older codings that would come back to light are taken back with them.
    """
    taken_back = 0
    for part in batches(answers):
        rows = [
            {
                "at": now(),
                "kind": "retract",
                "question_id": r.question_id,
                "answer_id": r.answer_id,
                "coder_id": r.coder_id,
                "target": r.id,
                "memo": memo,
            }
            for r in codings_in_force(connection, part)
        ]
        if rows:
            connection.execute(insert(event), rows)
            connection.execute(delete(coding).where(coding.c.answer_id.in_(part)))
            refresh_final(connection, part)
        taken_back += len(rows)
    return taken_back


def _check(item: NewCoding) -> None:
    for value, allowed in (
        (item.status, STATUSES),
        (item.origin, (*ORIGINS, BRIDGE)),
        (item.visible, VISIBILITIES),
    ):
        if value not in allowed:
            raise ValueError(f"{value!r} is not one of {allowed}")
    if item.origin == BRIDGE and item.visible != "no":
        raise ValueError("a coding of a bridge sample is made blind")
    if (item.status == "labelled") != bool(item.labels):
        raise ValueError(f"status {item.status!r} does not go with labels {item.labels}")
    if " ".join(item.labels).split() != list(dict.fromkeys(item.labels)):
        raise ValueError(f"{item.labels} are not label ids, each named once")


def _next_number(connection: Connection) -> int:
    # not the highest number in the table: that of an erased event is never given again
    last = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'event'").scalar()
    return int(last or 0) + 1


def _root(connection: Connection, found: Row[Any]) -> Row[Any]:
    """Return the event that a chain of retractions starts from."""
    while found.kind == "retract":
        found = connection.execute(select(event).where(event.c.id == found.target)).one()
    return found


__all__ = [
    "BRIDGE",
    "CONSENSUS",
    "NewCoding",
    "coder_id",
    "coders",
    "effective_merges",
    "merge_label",
    "record_codings",
    "record_memo",
    "record_note",
    "refresh_final",
    "retract",
    "retract_all",
    "retract_codings_of",
]
