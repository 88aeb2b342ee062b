"""What one key press did, so that undo can take it back, and redo do it again, also after a restart.

An action names the events that it made and what its drafts become when it is taken back. Taking it back
retracts the events and exchanges the drafts; doing that once more retracts the retractions. A new action
forgets what was undone before it: there is nothing left to redo.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from coder.store.coders import coder_id
from coder.store.database import insert_one
from coder.store.definitive import CONSENSUS
from coder.store.derived import batches
from coder.store.drafts import Draft, drafts, put_draft
from coder.store.events import retract_all
from coder.store.schema import action

KINDS = ("draft", "coding", "mark", "codebook", "settling", "memo", "proposal", "import")


@dataclass(frozen=True, slots=True)
class Action:
    """One key press of a coder.

    Attributes:
        answer_id: where the coder was; None for a change of the codebook and for an import.
        kind: "draft", "coding", "mark", "codebook", "settling" (a consensus coding, or a choice for one) or
            "import" (all codings of a file by one coder).
        events: the events to take back at the next undo or redo.
        drafts: answer to what its draft becomes at the next undo or redo; None for no draft.
    """

    id: int
    coder_id: int
    question_id: int
    answer_id: int | None
    kind: str
    events: tuple[int, ...]
    drafts: Mapping[int, Draft | None]
    undone: bool


def record_action(
    connection: Connection,
    coder_number: int,
    question: int,
    kind: str,
    *,
    answer_id: int | None = None,
    events: Sequence[int] = (),
    before: Mapping[int, Draft | None] | None = None,
) -> int:
    """Record what a key press did; `before` are the drafts as they were. Return the action's number."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is not a kind of action")
    connection.execute(
        delete(action).where(
            action.c.coder_id == coder_number, action.c.question_id == question, action.c.undone.is_(True)
        )
    )
    return insert_one(
        connection,
        insert(action).values(
            coder_id=coder_number,
            question_id=question,
            answer_id=answer_id,
            kind=kind,
            events=json.dumps(list(events)),
            drafts=_dumped(before or {}),
            undone=False,
        ),
    )


def last_done(connection: Connection, coder_number: int, question: int) -> Action | None:
    """Return what undo would take back; None when there is nothing."""
    return _one(connection, coder_number, question, undone=False)


def last_undone(connection: Connection, coder_number: int, question: int) -> Action | None:
    """Return what redo would do again; None when there is nothing."""
    return _one(connection, coder_number, question, undone=True)


def forget_about(connection: Connection, answers: Collection[int]) -> None:
    """Forget every action that touches one of these answers: their text is another one now.

    Undo or redo would put what was said of the old text on the new one.
    """
    if not answers:
        return
    changed = {str(answer) for answer in answers}
    rows = connection.execute(select(action.c.id, action.c.answer_id, action.c.drafts))
    gone = [r.id for r in rows if str(r.answer_id) in changed or not changed.isdisjoint(json.loads(r.drafts))]
    for part in batches(gone):
        connection.execute(delete(action).where(action.c.id.in_(part)))


def flip(connection: Connection, what: Action, events: Sequence[int] | None = None) -> None:
    """Take an action back, or do it again: retract its events and exchange its drafts.

    With `events` these have been made already by the caller in place of retracting (a change of the
    codebook, whose file has to follow).
    """
    if events is None:
        events = retract_all(connection, reversed(what.events), by=what.coder_id)
    # a consensus is nobody's own: its drafts are those of all who settle
    owner = coder_id(connection, CONSENSUS) if what.kind == "settling" else what.coder_id
    now = drafts(connection, owner, what.drafts)
    for answer, draft in what.drafts.items():
        put_draft(connection, owner, what.question_id, answer, draft)
    connection.execute(
        update(action)
        .where(action.c.id == what.id)
        .values(
            events=json.dumps(list(events)),
            drafts=_dumped({answer: now.get(answer) for answer in what.drafts}),
            undone=not what.undone,
        )
    )


def forget(connection: Connection, what: Action) -> None:
    """Leave an action out of undo and redo from here on: what it did stays."""
    connection.execute(delete(action).where(action.c.id == what.id))


def _one(connection: Connection, coder_number: int, question: int, *, undone: bool) -> Action | None:
    query = select(action).where(
        action.c.coder_id == coder_number, action.c.question_id == question, action.c.undone.is_(undone)
    )
    # what was undone last has the lowest number of all that is undone
    order = action.c.id if undone else action.c.id.desc()
    found = connection.execute(query.order_by(order).limit(1)).one_or_none()
    if found is None:
        return None
    stored: dict[str, list[object] | None] = json.loads(found.drafts)
    return Action(
        found.id,
        found.coder_id,
        found.question_id,
        found.answer_id,
        found.kind,
        tuple(json.loads(found.events)),
        {int(answer): _draft(value) for answer, value in stored.items()},
        found.undone,
    )


def _dumped(by_answer: Mapping[int, Draft | None]) -> str:
    return json.dumps(
        {str(a): None if d is None else [list(d.labels), d.memo] for a, d in by_answer.items()},
        ensure_ascii=False,
    )


def _draft(value: list[object] | None) -> Draft | None:
    if value is None:
        return None
    labels, memo = value
    assert isinstance(labels, Iterable)  # noqa: S101  (as `_dumped` wrote it)
    return Draft(tuple(str(label) for label in labels), None if memo is None else str(memo))
