"""Audit samples: answers drawn at random from what no person had coded, to be coded blind."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select

from coder.store import answer_lists, assignments, queries
from coder.store.definitive import CONSENSUS
from coder.store.derived import batches
from coder.store.events import record_note
from coder.store.queries import YES
from coder.store.schema import answer, assignment, audit_frame, coder, coding, final, respondent, sample
from coder.store.waves import WaveRecord

AUDIT = "audit"
OTHERS = ("random", "reliability")


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw: number of its event, when it was made (UTC, ISO 8601), and what was noted of it."""

    id: int
    at: str
    memo: Mapping[str, Any]


def record_draw(connection: Connection, question: int, memo: Mapping[str, Any]) -> None:
    """Note a draw in the log; `memo` has "wave" (its name) and "fresh": whether a sample begins with it."""
    record_note(connection, "setting", question, memo=json.dumps({AUDIT: dict(memo)}))


def draws(connection: Connection, question: int, wave: str) -> list[Draw]:
    """Return all draws for a wave (by its name), oldest first."""
    notes = queries.history(connection, question, "setting")
    return [
        Draw(note["id"], note["at"], note[AUDIT])
        for note in notes
        if AUDIT in note and note[AUDIT]["wave"] == wave
    ]


def standing_draw(connection: Connection, question: int, wave: WaveRecord) -> Draw | None:
    """Return the draw that the audit sample of a wave began with; None without one, or when it is void.

    It is void when people coded, or held over, answers outside it since (see `coded_since`).
    """
    begun = [draw for draw in draws(connection, question, wave.name) if draw.memo["fresh"]]
    if not begun or coded_since(connection, question, wave.id):
        return None
    return begun[-1]


def would_void(connection: Connection, question: int, wave: WaveRecord, answers: Iterable[int]) -> set[int]:
    """Return which of these answers, coded now, make the audit sample of the wave void."""
    asked = sorted(answers)
    if not asked or standing_draw(connection, question, wave) is None:
        return set()
    uncoded = (
        select(answer.c.id)
        .join(audit_frame, audit_frame.c.answer_id == answer.c.id)
        .where(answer.c.question_id == question, answer.c.wave_id == wave.id, answer.c.filled_in.is_(True))
        .where(answer.c.id.not_in(select(sample.c.answer_id)), answer.c.id.not_in(select(final.c.answer_id)))
    )
    return {
        number
        for part in batches(asked)
        for number in connection.scalars(uncoded.where(answer.c.id.in_(part)))
    }


def asked_first(connection: Connection, question: int, wave: WaveRecord, coder_number: int) -> set[int]:
    """Return what a coder is asked for of an audit sample, as long as any of it is still to be decided.

    Empty when all of it is decided, and when the sample is void.
    """
    mine = assignments.assigned(connection, question, wave.id, coder_number)
    rows = [row for row in standing(connection, question, wave.id) if row["answer_id"] in mine]
    left = any(row["status"] in (None, "skipped") for row in rows)
    if not left or standing_draw(connection, question, wave) is None:
        return set()
    return {row["answer_id"] for row in rows}


def forget(connection: Connection, question: int, wave: int, since: str) -> None:
    """Take all answers of a wave out of its audit sample; the log keeps its draws.

    Coders are not asked any more for those of them that they did not begin on, as far as they were asked
    `since` the sample was drawn (UTC, ISO 8601).
    """
    of_wave = select(answer.c.id).where(answer.c.question_id == question, answer.c.wave_id == wave)
    drawn = select(sample.c.answer_id).where(sample.c.kind == AUDIT, sample.c.answer_id.in_(of_wave))
    begun = select(coding.c.answer_id).where(
        and_(coding.c.answer_id == assignment.c.answer_id, coding.c.coder_id == assignment.c.coder_id)
    )
    connection.execute(
        delete(assignment)
        .where(assignment.c.answer_id.in_(drawn), assignment.c.at >= since, ~begun.exists())
        .where(assignment.c.answer_id.not_in(select(sample.c.answer_id).where(sample.c.kind.in_(OTHERS))))
    )
    connection.execute(delete(sample).where(sample.c.kind == AUDIT, sample.c.answer_id.in_(of_wave)))


def frame(connection: Connection, question: int, wave: int, blind: Collection[int] = ()) -> dict[int, int]:
    """Return the answers that an audit may be drawn from: answer to the fingerprint of its text.

    Filled in, without a coding (a held-over one neither), never coded nor begun with help in view (see
    `assignments.seen_with_help`, where `blind` comes from), and in no other sample.
    """
    uncoded = queries.unseen_texts(connection, question, wave)
    out = assignments.seen_with_help(connection, question, wave, blind)
    out |= answer_lists.in_samples(connection, question, wave, OTHERS)
    return {a: text for a, text in uncoded.items() if a not in out}


def keep_frame(connection: Connection, question: int, wave: int, answers: Iterable[int]) -> None:
    """Record what the audit sample of a wave was drawn from, or added to from, those in it included."""
    of_wave = select(answer.c.id).where(answer.c.question_id == question, answer.c.wave_id == wave)
    connection.execute(delete(audit_frame).where(audit_frame.c.answer_id.in_(of_wave)))
    for part in batches(answers):
        connection.execute(insert(audit_frame), [{"answer_id": number} for number in part])


def kept_frame(connection: Connection, question: int, wave: int) -> set[int]:
    """Return what the audit sample of a wave was last drawn from, or added to from."""
    query = (
        select(audit_frame.c.answer_id)
        .join(answer, answer.c.id == audit_frame.c.answer_id)
        .where(answer.c.question_id == question, answer.c.wave_id == wave)
    )
    return set(connection.scalars(query))


def left_out(connection: Connection, question: int, wave: int) -> dict[int, str]:
    """Return the filled-in answers that nobody coded and the audit sample was not drawn from.

    Answer to the id of its respondent, in the order of the file.
    """
    query = (
        select(answer.c.id, respondent.c.external_id)
        .join(respondent, respondent.c.id == answer.c.respondent_id)
        .where(answer.c.question_id == question, answer.c.wave_id == wave, answer.c.filled_in == YES)
        .where(answer.c.id.not_in(select(audit_frame.c.answer_id)))
        .where(answer.c.id.not_in(select(final.c.answer_id)))
        .order_by(respondent.c.row)
    )
    return {found.id: found.external_id for found in connection.execute(query)}


def joined_since(connection: Connection, question: int, wave: int, blind: Collection[int] = ()) -> set[int]:
    """Return the answers that could be drawn now and could not at the draw: the audit tells nothing of them.

    They came into the wave later, or were not filled in or coded then. `blind` as in `frame`.
    """
    found = set(left_out(connection, question, wave))
    # seldom any: then nothing else is looked up
    return found & frame(connection, question, wave, blind).keys() if found else found


def coded_since(connection: Connection, question: int, wave: int) -> set[int]:
    """Return the answers that people coded or held over since the audit sample was drawn from them.

    Those in a sample are left out: chance chose them.
    """
    later = (
        select(coding.c.answer_id)
        .join(audit_frame, audit_frame.c.answer_id == coding.c.answer_id)
        .join(answer, answer.c.id == coding.c.answer_id)
        .where(coding.c.question_id == question, coding.c.wave_id == wave)
        .where(answer.c.filled_in.is_(True), coding.c.answer_id.not_in(select(sample.c.answer_id)))
    )
    return set(connection.scalars(later))


def coders_of(connection: Connection, answers: Iterable[int]) -> list[int]:
    """Return who coded, or held over, these answers: a coder an answer."""
    return [
        number
        for part in batches(sorted(answers))
        for number in connection.scalars(select(coding.c.coder_id).where(coding.c.answer_id.in_(part)))
    ]


def standing(connection: Connection, question: int, wave: int) -> list[dict[str, Any]]:
    """Return what is decided of each answer in the audit sample of a wave that is still there and filled in.

    Keys: answer_id, fingerprint, status (None: nobody saw it), labels, codebook_version, knows.
    """
    query = (
        select(
            answer.c.id.label("answer_id"),
            answer.c.fingerprint,
            final.c.status,
            final.c.labels,
            final.c.codebook_version,
            final.c.knows,
        )
        .join(sample, sample.c.answer_id == answer.c.id)
        .outerjoin(final, final.c.answer_id == answer.c.id)
        .where(answer.c.question_id == question, answer.c.wave_id == wave, answer.c.filled_in.is_(True))
        .where(sample.c.kind == AUDIT)
        .order_by(answer.c.id)
    )
    return [dict(r._mapping) for r in connection.execute(query)]


def audited_waves(connection: Connection) -> set[tuple[int, int]]:
    """Return the questions and waves, by number, of which an audit sample was drawn."""
    query = (
        select(answer.c.question_id, answer.c.wave_id)
        .join(sample, sample.c.answer_id == answer.c.id)
        .where(sample.c.kind == AUDIT, answer.c.filled_in.is_(True))
        .distinct()
    )
    return {(question, wave) for question, wave in connection.execute(query)}


def coded_blind(connection: Connection, answers: Iterable[int]) -> set[int]:
    """Return which of these answers a coder decided without any help in view, consensus apart."""
    query = (
        select(coding.c.answer_id)
        .join(coder, coder.c.id == coding.c.coder_id)
        .where(coding.c.visible == "no", coding.c.status != "skipped", coder.c.name != CONSENSUS)
    )
    return {
        number
        for part in batches(answers)
        for number in connection.scalars(query.where(coding.c.answer_id.in_(part)))
    }
