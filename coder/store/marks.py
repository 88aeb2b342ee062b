"""Flags and quotes: marks that a coder puts on an answer, in the log, and which of them are on."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import insert_one, now
from coder.store.derived import batches, in_force
from coder.store.schema import event, mark

MARKS = ("flag", "quote")


def record_mark(
    connection: Connection, kind: str, question: int, answer_number: int, coder_number: int, *, on: bool
) -> int:
    """Write to the log that a coder put a mark on an answer or took it off; return the event's number.

    Raises ValueError for a kind of mark that does not exist.
    """
    if kind not in MARKS:
        raise ValueError(f"{kind!r} is not a kind of mark")
    number = insert_one(
        connection,
        insert(event).values(
            at=now(),
            kind=kind,
            question_id=question,
            answer_id=answer_number,
            coder_id=coder_number,
            status="on" if on else "off",
        ),
    )
    rederive_mark(connection, kind, question, answer_number, coder_number)
    return number


def rederive_mark(
    connection: Connection, kind: str, question: int, answer_number: int, coder_number: int
) -> None:
    """Derive from the log whether a coder's mark is on an answer."""
    mine = [e for e in in_force(connection, [answer_number], kind) if e.coder_id == coder_number]
    key = {"answer_id": answer_number, "coder_id": coder_number, "kind": kind}
    if mine and mine[-1].status == "on":
        connection.execute(upsert(mark).on_conflict_do_nothing(), [{**key, "question_id": question}])
    else:
        connection.execute(delete(mark).where(and_(*(mark.c[name] == value for name, value in key.items()))))


def marked(connection: Connection, kind: str, question: int, coder_number: int | None = None) -> set[int]:
    """Return the answers to a question that bear a mark, of one coder or of any."""
    query = select(mark.c.answer_id).where(mark.c.question_id == question, mark.c.kind == kind)
    if coder_number is not None:
        query = query.where(mark.c.coder_id == coder_number)
    return set(connection.scalars(query))


def marks_of(connection: Connection, answers: Iterable[int], coder_number: int) -> dict[int, set[str]]:
    """Return which marks of this coder are on these answers; answers without one are left out."""
    found: dict[int, set[str]] = {}
    for part in batches(answers):
        query = select(mark.c.answer_id, mark.c.kind).where(
            mark.c.answer_id.in_(part), mark.c.coder_id == coder_number
        )
        for r in connection.execute(query):
            found.setdefault(r.answer_id, set()).add(r.kind)
    return found
