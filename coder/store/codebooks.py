"""Recorded versions of codebooks, and samples of answers."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import now
from coder.store.schema import codebook_version, sample


def add_version(connection: Connection, question_id: int, *, yaml: str, sha256: str) -> int:
    """Record a new version of a question's codebook and return its number, counted from 1."""
    newest = connection.scalar(
        select(func.max(codebook_version.c.number)).where(codebook_version.c.question_id == question_id)
    )
    number = (newest or 0) + 1
    connection.execute(
        insert(codebook_version).values(
            question_id=question_id, number=number, at=now(), sha256=sha256, yaml=yaml, reworded="[]"
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


def set_file_hash(connection: Connection, question_id: int, number: int, sha256: str) -> None:
    """Record the hash of a file that says the same as this version in another lay-out."""
    connection.execute(
        update(codebook_version)
        .where(codebook_version.c.question_id == question_id, codebook_version.c.number == number)
        .values(sha256=sha256)
    )
