"""The answers to a question in one wave, as the coding screen needs them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from coder.store.derived import batches
from coder.store.queries import YES
from coder.store.schema import answer, coding, event, final, question, respondent, sample


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer with the respondent who gave it."""

    answer_id: int
    respondent_id: int
    respondent: str
    text: str
    fingerprint: int
    groups: str


def answer_ids(connection: Connection, question_number: int, wave_number: int) -> list[int]:
    """Return the filled-in answers of a wave, in the order of the file."""
    query = (
        select(answer.c.id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(answer.c.filled_in == YES)
        .order_by(answer.c.id)
    )
    return list(connection.scalars(query))


def texts(connection: Connection, answers: Iterable[int]) -> dict[int, str]:
    """Return the texts of these answers."""
    return {
        r.id: r.text
        for part in batches(answers)
        for r in connection.execute(select(answer.c.id, answer.c.text).where(answer.c.id.in_(part)))
    }


def fingerprints(connection: Connection, answers: Iterable[int]) -> dict[int, int]:
    """Return the fingerprints of the texts of these answers, of those that are filled in."""
    query = select(answer.c.id, answer.c.fingerprint).where(answer.c.filled_in == YES)
    return {
        r.id: r.fingerprint
        for part in batches(answers)
        for r in connection.execute(query.where(answer.c.id.in_(part)))
    }


def all_texts(connection: Connection, question_number: int, wave_number: int) -> dict[int, str]:
    """Return the texts of all filled-in answers of a wave."""
    query = select(answer.c.id, answer.c.text).where(
        answer.c.question_id == question_number, answer.c.wave_id == wave_number, answer.c.filled_in == YES
    )
    return {r.id: r.text for r in connection.execute(query)}


def answer_row(connection: Connection, answer_number: int) -> AnswerRow | None:
    """Return one answer; None when there is none with this number."""
    found = connection.execute(
        select(
            answer.c.id,
            answer.c.respondent_id,
            respondent.c.external_id,
            answer.c.text,
            answer.c.fingerprint,
            respondent.c.groups,
        )
        .join(respondent, respondent.c.id == answer.c.respondent_id)
        .where(answer.c.id == answer_number)
    ).one_or_none()
    return None if found is None else AnswerRow(*found)


def other_answers(connection: Connection, respondent_number: int, besides: int) -> list[tuple[str, str]]:
    """Return what a respondent answered to the other questions: (question, text), filled in or not."""
    query = (
        select(question.c.name, answer.c.text)
        .join(question, question.c.id == answer.c.question_id)
        .where(answer.c.respondent_id == respondent_number, answer.c.question_id != besides)
        .order_by(question.c.id)
    )
    return [(r.name, r.text) for r in connection.execute(query) if r.text]


def coder_statuses(
    connection: Connection, question_number: int, wave_number: int, coder_number: int
) -> list[tuple[int, str, str, int]]:
    """Return what a coder now says: (answer, status, labels joined by a space, event number)."""
    query = select(coding.c.answer_id, coding.c.status, coding.c.labels, coding.c.event_id).where(
        coding.c.question_id == question_number,
        coding.c.wave_id == wave_number,
        coding.c.coder_id == coder_number,
    )
    return [tuple(r) for r in connection.execute(query)]


def with_memo(connection: Connection, question_number: int, wave_number: int, coder_number: int) -> set[int]:
    """Return the answers with whose coding this coder wrote a memo."""
    query = select(coding.c.answer_id).where(
        coding.c.question_id == question_number,
        coding.c.wave_id == wave_number,
        coding.c.coder_id == coder_number,
        coding.c.memo.is_not(None),
    )
    return set(connection.scalars(query))


def coding_of(connection: Connection, answer_number: int, coder_number: int) -> dict[str, Any] | None:
    """Return a coder's current coding of one answer, or None."""
    found = connection.execute(
        select(coding).where(coding.c.answer_id == answer_number, coding.c.coder_id == coder_number)
    ).one_or_none()
    return None if found is None else dict(found._mapping)


def in_samples(
    connection: Connection, question_number: int, wave_number: int, kinds: Sequence[str]
) -> set[int]:
    """Return the answers of a wave that are in a sample of one of these kinds."""
    query = (
        select(sample.c.answer_id)
        .join(answer, answer.c.id == sample.c.answer_id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(sample.c.kind.in_(kinds))
    )
    return set(connection.scalars(query))


def open_answers(connection: Connection, question_number: int, wave_number: int) -> set[int]:
    """Return the answers on which coders differ and nobody has settled it."""
    query = select(final.c.answer_id).where(
        final.c.question_id == question_number, final.c.wave_id == wave_number, final.c.status == "open"
    )
    return set(connection.scalars(query))


def seen_by_anyone(connection: Connection, question_number: int, wave_number: int) -> set[int]:
    """Return the answers that any person has coded or held over."""
    query = select(final.c.answer_id).where(
        final.c.question_id == question_number, final.c.wave_id == wave_number
    )
    return set(connection.scalars(query))


def last_event(connection: Connection) -> int:
    """Return the number of the newest event; 0 while there is none."""
    return int(connection.scalar(select(func.max(event.c.id))) or 0)


def answers_touched_since(connection: Connection, question_number: int, number: int) -> set[int]:
    """Return the answers to a question that events after this number are about."""
    query = select(event.c.answer_id).where(
        event.c.id > number, event.c.question_id == question_number, event.c.answer_id.is_not(None)
    )
    return set(connection.scalars(query))


def answers_of_events(connection: Connection, events: Iterable[int]) -> set[int]:
    """Return the answers that these events are about."""
    return {
        number
        for part in batches(events)
        for number in connection.scalars(select(event.c.answer_id).where(event.c.id.in_(part)))
    }


def with_group_value(
    connection: Connection, question_number: int, wave_number: int, name: str, value: str
) -> set[int]:
    """Return the answers of respondents who have this value of a background variable."""
    query = (
        select(answer.c.id)
        .join(respondent, respondent.c.id == answer.c.respondent_id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(func.json_extract(respondent.c.groups, '$."' + name.replace('"', "") + '"') == value)
    )
    return set(connection.scalars(query))


def group_values(connection: Connection, wave_number: int, name: str) -> list[str]:
    """Return the values that a background variable has in a wave."""
    value = func.json_extract(respondent.c.groups, '$."' + name.replace('"', "") + '"')
    query = (
        select(value).where(respondent.c.wave_id == wave_number, respondent.c.withdrawn.is_(False)).distinct()
    )
    return sorted(str(v) for v in connection.scalars(query) if v not in (None, ""))
