"""Which current codings carry which labels: what an edit of the codebook touches."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select

from coder.store.schema import coder, coding, event, recode, sample


@dataclass(frozen=True, slots=True)
class CodingKind:
    """Current codings of one coder that say the same and know the same, and how many there are."""

    coder: str
    labels: tuple[str, ...]
    codebook_version: int
    knows: tuple[str, ...]
    n: int


def coding_kinds(connection: Connection, question: int) -> list[CodingKind]:
    """Return the current codings of a question by what they say and know, without what is held over."""
    key = (coder.c.name, coding.c.labels, coding.c.codebook_version, coding.c.knows)
    query = (
        select(*key, func.count().label("n"))
        .join(coder, coder.c.id == coding.c.coder_id)
        .where(coding.c.question_id == question, coding.c.status != "skipped")
        .group_by(*key)
        .order_by(*key)
    )
    return [
        CodingKind(r.name, tuple(r.labels.split()), r.codebook_version, tuple(r.knows.split()), r.n)
        for r in connection.execute(query)
    ]


def answers_carrying(connection: Connection, question: int, labels: Iterable[str]) -> list[int]:
    """Return the answers that some current coding gives one of these labels."""
    query = (
        select(coding.c.answer_id)
        .where(coding.c.question_id == question, _carries(labels))
        .distinct()
        .order_by(coding.c.answer_id)
    )
    return list(connection.scalars(query))


def carried_by(
    connection: Connection, question: int, label: str, samples: Iterable[str]
) -> list[tuple[int, str, bool]]:
    """Return which answers which coder gives a label: (answer, coder, whether in one of these samples)."""
    sampled = exists().where(sample.c.answer_id == coding.c.answer_id, sample.c.kind.in_(list(samples)))
    query = (
        select(coding.c.answer_id, coder.c.name, sampled)
        .join(coder, coder.c.id == coding.c.coder_id)
        .where(coding.c.question_id == question, _carries([label]))
        .order_by(coding.c.answer_id, coder.c.name)
    )
    return [(answer, name, bool(among)) for answer, name, among in connection.execute(query)]


def moved_by_merge(connection: Connection, question: int, label: str, merge: int) -> int:
    """Count the current codings that gave a label before it was merged by this event."""
    given = " " + event.c.labels + " "
    query = (
        select(func.count())
        .select_from(coding)
        .join(event, event.c.id == coding.c.event_id)
        .where(coding.c.question_id == question, event.c.id < merge)
        .where(func.instr(given, f" {label} ") > 0)
    )
    return connection.scalar(query) or 0


def queued(connection: Connection, question: int, label: str) -> dict[int, tuple[str, int]]:
    """Return the answers that are queued to be read again for a label: reason, last event in doubt."""
    query = select(recode.c.answer_id, recode.c.reason, recode.c.after).where(
        recode.c.question_id == question, recode.c.label == label
    )
    return {r.answer_id: (r.reason, r.after) for r in connection.execute(query)}


def take_from_queue(connection: Connection, question: int, label: str, after: int) -> None:
    """Take out of the queue what was put in it for a label when the log had come to this event."""
    connection.execute(
        delete(recode).where(
            and_(recode.c.question_id == question, recode.c.label == label, recode.c.after == after)
        )
    )


def _carries(labels: Iterable[str]) -> ColumnElement[bool]:
    there = " " + coding.c.labels + " "
    return or_(*(func.instr(there, f" {label} ") > 0 for label in labels))
