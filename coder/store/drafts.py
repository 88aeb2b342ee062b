"""What a coder has chosen on screen and not yet saved: durable at once, never counted."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import now
from coder.store.derived import batches
from coder.store.schema import draft


@dataclass(frozen=True, slots=True)
class Draft:
    """Label ids in order of mention, and a memo; neither counts before it is saved with a coding."""

    labels: tuple[str, ...]
    memo: str | None = None


def drafts(connection: Connection, coder_number: int, answers: Iterable[int]) -> dict[int, Draft]:
    """Return this coder's drafts on these answers; answers without one are left out."""
    found: dict[int, Draft] = {}
    for part in batches(answers):
        query = select(draft).where(draft.c.answer_id.in_(part), draft.c.coder_id == coder_number)
        for r in connection.execute(query):
            found[r.answer_id] = Draft(tuple(r.labels.split()), r.memo)
    return found


def drafted(connection: Connection, coder_number: int, question: int) -> set[int]:
    """Return the answers to a question on which this coder has a draft."""
    query = select(draft.c.answer_id).where(draft.c.coder_id == coder_number, draft.c.question_id == question)
    return set(connection.scalars(query))


def put_draft(
    connection: Connection, coder_number: int, question: int, answer_number: int, what: Draft | None
) -> None:
    """Write a draft in place of the one that is there; None takes it away."""
    if what is None:
        connection.execute(
            delete(draft).where(draft.c.answer_id == answer_number, draft.c.coder_id == coder_number)
        )
        return
    statement = upsert(draft).values(
        answer_id=answer_number,
        coder_id=coder_number,
        question_id=question,
        labels=" ".join(what.labels),
        memo=what.memo,
        at=now(),
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["answer_id", "coder_id"],
            set_={name: statement.excluded[name] for name in ("labels", "memo", "at")},
        )
    )
