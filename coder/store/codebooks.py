"""Recorded versions and edits of codebooks, and samples of answers."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import now
from coder.store.derived import retracted
from coder.store.schema import codebook_version, coder, event, sample


@dataclass(frozen=True, slots=True)
class CodebookEvent:
    """An edit of a codebook, or a proposal for one, as the log has it.

    Attributes:
        by: who made it; None when that is not known.
        memo: what it was: "edit" says which kind.
        chain: its number, and those of the events that took it back and did it again, in order.
        in_force: whether it was not taken back, or done again since.
        noted: what was noted when it was last taken back or done again; empty when it never was.
    """

    id: int
    at: str
    by: str | None
    memo: Mapping[str, Any]
    chain: tuple[int, ...]
    in_force: bool
    noted: Mapping[str, Any]


def codebook_events(connection: Connection, question_id: int) -> list[CodebookEvent]:
    """Return the edits of a question's codebook and the proposals for it, oldest first."""
    rows = connection.execute(
        select(event.c.id, event.c.at, event.c.kind, event.c.memo, event.c.target, coder.c.name)
        .outerjoin(coder, coder.c.id == event.c.coder_id)
        .where(event.c.question_id == question_id, event.c.answer_id.is_(None))
        .where(event.c.kind.in_(("codebook", "retract")))
        .order_by(event.c.id)
    ).all()
    gone = retracted((r.id, r.target) for r in rows if r.kind == "retract")
    chains: dict[int, list[int]] = {}
    root: dict[int, int] = {}
    noted: dict[int, Mapping[str, Any]] = {}
    for r in rows:
        root[r.id] = root.get(r.target, r.target) if r.kind == "retract" else r.id
        chains.setdefault(root[r.id], []).append(r.id)
        if r.kind == "retract" and r.memo:
            noted[root[r.id]] = json.loads(r.memo)
    return [
        CodebookEvent(
            r.id, r.at, r.name, json.loads(r.memo), tuple(chains[r.id]), r.id not in gone, noted.get(r.id, {})
        )
        for r in rows
        if r.kind == "codebook" and r.memo
    ]


def add_version(
    connection: Connection, question_id: int, *, yaml: str, sha256: str, restores: int | None = None
) -> int:
    """Record a new version of a question's codebook and return its number, counted from 1.

    `restores` is the number of the version that it brings back, when an edit is undone.
    """
    newest = connection.scalar(
        select(func.max(codebook_version.c.number)).where(codebook_version.c.question_id == question_id)
    )
    number = (newest or 0) + 1
    connection.execute(
        insert(codebook_version).values(
            question_id=question_id,
            number=number,
            at=now(),
            sha256=sha256,
            yaml=yaml,
            reworded="[]",
            restores=restores,
        )
    )
    return number


def set_reworded(connection: Connection, question_id: int, number: int, labels: Collection[str]) -> None:
    """Record of which labels a person said that only the wording changed in this version."""
    connection.execute(
        update(codebook_version)
        .where(codebook_version.c.question_id == question_id, codebook_version.c.number == number)
        .values(reworded=json.dumps(sorted(labels)))
    )


def add_to_sample(connection: Connection, answers: Sequence[int], kind: str) -> None:
    """Record that these answers belong to a sample; once in, saying it again changes nothing."""
    if answers:
        connection.execute(
            upsert(sample).on_conflict_do_nothing(),
            [{"answer_id": a, "kind": kind, "at": now()} for a in answers],
        )


def newest_hash(connection: Connection, question_id: int) -> str | None:
    """Return the hash of the file that was recorded last; None when none was."""
    return connection.scalar(
        select(codebook_version.c.sha256)
        .where(codebook_version.c.question_id == question_id)
        .order_by(codebook_version.c.number.desc())
        .limit(1)
    )


def set_file_hash(connection: Connection, question_id: int, number: int, sha256: str) -> None:
    """Record the hash of a file that says the same as this version in another lay-out."""
    connection.execute(
        update(codebook_version)
        .where(codebook_version.c.question_id == question_id, codebook_version.c.number == number)
        .values(sha256=sha256)
    )
