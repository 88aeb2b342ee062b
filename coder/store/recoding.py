"""Answers that are to be read again, because a label came later, was redefined or is split."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, and_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import now
from coder.store.derived import batches
from coder.store.queries import YES
from coder.store.schema import answer, coding, recode

REASONS = ("carries", "likely", "random")


@dataclass(frozen=True, slots=True)
class QueuedCoding:
    """A coding of an answer in the queue.

    Attributes:
        reason: "likely" (the model's pick) or "random" of what does not know the label; "carries" of what
            has a label that is split.
        after: codings up to this event carried the label that is split.
        codebook_version, knows: which labels the coding knows.
    """

    answer_id: int
    wave_id: int
    label: str
    reason: str
    after: int
    coder_id: int
    event_id: int
    codebook_version: int
    knows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecidedCoding:
    """What a coder says of an answer, as far as it tells whether it is to be read again."""

    answer_id: int
    wave_id: int
    coder_id: int
    event_id: int
    labels: tuple[str, ...]
    codebook_version: int
    knows: tuple[str, ...]
    fingerprint: int


def put_in_queue(
    connection: Connection, question: int, label: str, answers: Iterable[tuple[int, str, int]]
) -> None:
    """Queue answers to be read again for a label: (answer, reason, last event so far that is in doubt)."""
    at = now()
    for part in batches(answers):
        if wrong := {reason for _answer, reason, _after in part} - set(REASONS):
            raise ValueError(f"{min(wrong)!r} is not a reason to read an answer again")
        statement = upsert(recode)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["answer_id", "label"],
                set_={name: statement.excluded[name] for name in ("reason", "after", "at")},
            ),
            [
                {
                    "answer_id": a,
                    "label": label,
                    "question_id": question,
                    "reason": reason,
                    "after": after,
                    "at": at,
                }
                for a, reason, after in part
            ],
        )


def queued_codings(
    connection: Connection, question: int, coder_number: int | None = None
) -> list[QueuedCoding]:
    """Return the codings of what was queued, read again or not, of all coders or of one; not held over."""
    query = (
        select(
            recode.c.answer_id,
            coding.c.wave_id,
            recode.c.label,
            recode.c.reason,
            recode.c.after,
            coding.c.coder_id,
            coding.c.event_id,
            coding.c.codebook_version,
            coding.c.knows,
        )
        .select_from(recode)
        .join(coding, coding.c.answer_id == recode.c.answer_id)
        .join(answer, answer.c.id == recode.c.answer_id)
        .where(recode.c.question_id == question, coding.c.status != "skipped", answer.c.filled_in == YES)
        .order_by(recode.c.answer_id, coding.c.coder_id)
    )
    if coder_number is not None:
        query = query.where(coding.c.coder_id == coder_number)
    return [QueuedCoding(*r[:-1], tuple(r[-1].split())) for r in connection.execute(query)]


def decided_codings(connection: Connection, question: int) -> list[DecidedCoding]:
    """Return what all coders now say of a question's filled-in answers, without what is held over."""
    query = (
        select(
            coding.c.answer_id,
            coding.c.wave_id,
            coding.c.coder_id,
            coding.c.event_id,
            coding.c.labels,
            coding.c.codebook_version,
            coding.c.knows,
            answer.c.fingerprint,
        )
        .select_from(coding)
        .join(answer, and_(answer.c.id == coding.c.answer_id, answer.c.filled_in == YES))
        .where(coding.c.question_id == question, coding.c.status != "skipped")
        .order_by(coding.c.answer_id, coding.c.coder_id)
    )
    return [
        DecidedCoding(a, w, c, e, tuple(labels.split()), version, tuple(knows.split()), text)
        for a, w, c, e, labels, version, knows, text in connection.execute(query)
    ]
