"""Which coder is asked to code which answers, and which answers were drawn for the reliability sample."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, cast, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import now
from coder.store.definitive import CONSENSUS
from coder.store.derived import batches
from coder.store.queries import YES
from coder.store.schema import answer, assignment, coder, coding, draft, event, sample


def assign(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Ask coders to code answers: (answer, coder). Asking again changes nothing."""
    at = now()
    for part in batches(pairs):
        connection.execute(
            upsert(assignment).on_conflict_do_nothing(),
            [{"answer_id": a, "coder_id": c, "at": at} for a, c in part],
        )


def assigned_to(
    connection: Connection, question_number: int, wave_number: int, since: str = ""
) -> dict[int, set[int]]:
    """Return who is asked to code each answer of a wave; answers that nobody is asked for are left out.

    Asked `since` that time (UTC, ISO 8601), when it is given.
    """
    query = (
        select(assignment.c.answer_id, assignment.c.coder_id)
        .join(answer, answer.c.id == assignment.c.answer_id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(assignment.c.at >= since)
    )
    found: dict[int, set[int]] = {}
    for r in connection.execute(query):
        found.setdefault(r.answer_id, set()).add(r.coder_id)
    return found


def assigned(connection: Connection, question_number: int, wave_number: int, coder_number: int) -> set[int]:
    """Return the answers of a wave that this coder is asked to code, coded already or not."""
    query = (
        select(assignment.c.answer_id)
        .join(answer, answer.c.id == assignment.c.answer_id)
        .where(assignment.c.coder_id == coder_number)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
    )
    return set(connection.scalars(query))


def assignment_counts(connection: Connection) -> list[dict[str, Any]]:
    """Count what coders are asked to code, a question, wave and coder: n, and done (coded, not held over)."""
    done = cast(coding.c.status.is_not(None) & (coding.c.status != "skipped"), Integer)
    query = (
        select(
            answer.c.question_id,
            answer.c.wave_id,
            assignment.c.coder_id,
            func.count().label("n"),
            func.coalesce(func.sum(done), 0).label("done"),
        )
        .join(answer, answer.c.id == assignment.c.answer_id)
        .outerjoin(
            coding,
            (coding.c.answer_id == assignment.c.answer_id) & (coding.c.coder_id == assignment.c.coder_id),
        )
        .where(answer.c.filled_in == YES)
        .group_by(answer.c.question_id, answer.c.wave_id, assignment.c.coder_id)
    )
    return [dict(r._mapping) for r in connection.execute(query)]


def fingerprints(connection: Connection, question_number: int, wave_number: int) -> dict[int, int]:
    """Return the filled-in answers of a wave in file order: answer to the fingerprint of its text."""
    query = (
        select(answer.c.id, answer.c.fingerprint)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(answer.c.filled_in == YES)
        .order_by(answer.c.id)
    )
    return {r.id: r.fingerprint for r in connection.execute(query)}


def seen_with_help(
    connection: Connection, question_number: int, wave_number: int, blind: Collection[int] = ()
) -> set[int]:
    """Return the answers that somebody coded, or began to, with suggestions or other coders' work in view.

    Taken back or not: who saw a suggestion has seen it. Imports of which it is not known count as long as
    nobody declared them blind. Consensus codings do not count: they come after the coders' own. What was
    chosen and not saved counts, except of the coders who are `blind` in the question; an answer in a sample
    that is coded blind shows nothing to anybody.
    """
    not_consensus = select(coder.c.id).where(coder.c.name != CONSENSUS)
    ever = (
        select(event.c.answer_id)
        .join(answer, answer.c.id == event.c.answer_id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(event.c.kind == "coding", event.c.visible == "yes", event.c.coder_id.in_(not_consensus))
    )
    still = select(coding.c.answer_id).where(
        coding.c.question_id == question_number,
        coding.c.wave_id == wave_number,
        coding.c.visible == "unknown",
        coding.c.coder_id.in_(not_consensus),
    )
    begun = (
        select(draft.c.answer_id)
        .join(answer, answer.c.id == draft.c.answer_id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(draft.c.coder_id.in_(not_consensus), draft.c.coder_id.not_in(list(blind)))
        .where(draft.c.answer_id.not_in(select(sample.c.answer_id).where(sample.c.kind != "random")))
    )
    return {found for query in (ever, still, begun) for found in connection.scalars(query)}


def coders_of(connection: Connection, question_number: int) -> set[int]:
    """Return the coders who have codings of a question, without consensus."""
    query = (
        select(coding.c.coder_id)
        .join(coder, coder.c.id == coding.c.coder_id)
        .where(coding.c.question_id == question_number, coder.c.name != CONSENSUS)
        .distinct()
    )
    return set(connection.scalars(query))


def takes_part(connection: Connection, question_number: int, coder_number: int) -> bool:
    """Whether a coder coded or began to code any answer of a question, or is asked to."""
    asked = (
        select(assignment.c.answer_id)
        .join(answer, answer.c.id == assignment.c.answer_id)
        .where(assignment.c.coder_id == coder_number, answer.c.question_id == question_number)
    )
    coded = select(coding.c.answer_id).where(
        coding.c.question_id == question_number, coding.c.coder_id == coder_number
    )
    began = select(draft.c.answer_id).where(
        draft.c.question_id == question_number, draft.c.coder_id == coder_number
    )
    return bool(connection.scalar(select(or_(asked.exists(), coded.exists(), began.exists()))))


def sampled(connection: Connection, answers: Iterable[int], kinds: Sequence[str]) -> set[int]:
    """Return which of these answers are in a sample of one of these kinds."""
    found: set[int] = set()
    for part in batches(answers):
        query = select(sample.c.answer_id).where(sample.c.answer_id.in_(part), sample.c.kind.in_(kinds))
        found |= set(connection.scalars(query))
    return found
