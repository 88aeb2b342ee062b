"""What the services read: whole columns at once, never a query per answer."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.types import TypeEngine

from coder.store.derived import batches
from coder.store.schema import (
    BLOCK,
    answer,
    codebook_version,
    coder,
    coding,
    coding_count,
    event,
    filled_in_count,
    final,
    question,
    respondent,
    sample,
)

if TYPE_CHECKING:
    import pandas as pd

NO: ColumnElement[bool] = literal_column("0")
YES: ColumnElement[bool] = literal_column("1")
"""Written out in the query: only then does SQLite see that an index of the few rows with it will do."""

BLANK = select(answer.c.id).where(answer.c.filled_in == NO)
"""Answers that are not filled in; what is coded of them stays outside every table. Those of respondents
that are no longer in the file are among them (see `waves.withdraw`)."""


@dataclass(frozen=True)
class NextAnswer:
    """An answer that a coder has not seen, and which one it is."""

    answer_id: int
    respondent: str
    text: str


def questions(connection: Connection) -> dict[str, int]:
    """Return the questions that have answers or codings: name to number."""
    return {r.name: r.id for r in connection.execute(select(question).order_by(question.c.id))}


def answers(connection: Connection, question_number: int, wave_numbers: Sequence[int]) -> "pd.DataFrame":
    """Return all answers to a question in these waves, in file order, with respondent and definitive coding.

    Columns: answer_id, wave_id, row, external_id, text, asked (True, False or None), filled_in, fingerprint,
    weight, cluster, stratum, population, panel_id, groups (JSON text), status, labels (joined by a space),
    origin, codebook_version, knows (label ids, joined by a space); the last five are None (the version NaN)
    where no person coded.
    """
    query = (
        select(
            answer.c.id.label("answer_id"),
            answer.c.wave_id,
            respondent.c.row,
            respondent.c.external_id,
            answer.c.text,
            # who filled something in was asked, whatever the file says
            case((answer.c.filled_in == YES, YES), else_=answer.c.asked).label("asked"),
            answer.c.filled_in,
            answer.c.fingerprint,
            respondent.c.weight,
            respondent.c.cluster,
            respondent.c.stratum,
            respondent.c.population,
            respondent.c.panel_id,
            respondent.c.groups,
            final.c.status,
            final.c.labels,
            final.c.origin,
            final.c.codebook_version,
            final.c.knows,
        )
        .join(respondent, respondent.c.id == answer.c.respondent_id)
        .outerjoin(final, final.c.answer_id == answer.c.id)
        .where(answer.c.question_id == question_number, answer.c.wave_id.in_(wave_numbers))
        .where(respondent.c.withdrawn.is_(False))
        .order_by(answer.c.wave_id, respondent.c.row)
    )
    return _frame(connection, query)


def codings(connection: Connection, question_number: int, wave_numbers: Sequence[int]) -> "pd.DataFrame":
    """Return every coder's current coding of a question's answers.

    Columns: answer_id, external_id, wave_id, fingerprint, cluster, coder, status, labels, origin, visible,
    codebook_version, knows, at, memo.
    """
    query = (
        select(
            coding.c.answer_id,
            respondent.c.external_id,
            coding.c.wave_id,
            answer.c.fingerprint,
            respondent.c.cluster,
            coder.c.name.label("coder"),
            coding.c.status,
            coding.c.labels,
            coding.c.origin,
            coding.c.visible,
            coding.c.codebook_version,
            coding.c.knows,
            coding.c.at,
            coding.c.memo,
        )
        .join(answer, answer.c.id == coding.c.answer_id)
        .join(respondent, respondent.c.id == answer.c.respondent_id)
        .join(coder, coder.c.id == coding.c.coder_id)
        .where(coding.c.question_id == question_number, coding.c.wave_id.in_(wave_numbers))
        .order_by(coding.c.answer_id, coder.c.name)
    )
    return _frame(connection, query)


def answer_numbers(
    connection: Connection, question_number: int, wave_number: int, respondents: Iterable[str]
) -> dict[str, int]:
    """Return these respondents' answers to a question: respondent id to answer number."""
    query = (
        select(respondent.c.external_id, answer.c.id)
        .join(answer, answer.c.respondent_id == respondent.c.id)
        .where(answer.c.question_id == question_number, respondent.c.wave_id == wave_number)
        .where(respondent.c.withdrawn.is_(False))
    )
    found: dict[str, int] = {}
    for part in batches(dict.fromkeys(respondents)):
        rows = connection.execute(query.where(respondent.c.external_id.in_(part)))
        found |= {r.external_id: r.id for r in rows}
    return found


def not_filled_in(connection: Connection, answers: Iterable[int]) -> set[int]:
    """Return which of these answers do not count as filled in."""
    found: set[int] = set()
    for part in batches(answers):
        query = select(answer.c.id).where(answer.c.id.in_(part), answer.c.filled_in.is_(False))
        found |= set(connection.scalars(query))
    return found


def current_codings(
    connection: Connection, answers: Iterable[int]
) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Return what coders now say of these answers: (answer, coder) to status, labels, visible, memo, at …"""
    query = select(coding, coder.c.name.label("coder")).join(coder, coder.c.id == coding.c.coder_id)
    return {
        (r.answer_id, r.coder): dict(r._mapping)
        for part in batches(answers)
        for r in connection.execute(query.where(coding.c.answer_id.in_(part)))
    }


def unseen_texts(connection: Connection, question_number: int, wave_number: int) -> dict[int, int]:
    """Return the filled-in answers that no person has coded: answer to the fingerprint of its text."""
    query = (
        select(answer.c.id, answer.c.fingerprint)
        .outerjoin(final, final.c.answer_id == answer.c.id)
        .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
        .where(answer.c.filled_in.is_(True), final.c.answer_id.is_(None))
    )
    return {r.id: r.fingerprint for r in connection.execute(query)}


def random_sample(connection: Connection, question_number: int) -> set[int]:
    """Return the answers of a question that were declared to be drawn at random."""
    query = (
        select(sample.c.answer_id)
        .join(answer, answer.c.id == sample.c.answer_id)
        .where(answer.c.question_id == question_number, sample.c.kind == "random")
    )
    return set(connection.scalars(query))


def unsettled(connection: Connection, answers: Iterable[int]) -> int:
    """Count which of these answers are open or held over."""
    query = select(func.count()).select_from(final).where(final.c.status.in_(("open", "skipped")))
    return sum(connection.scalar(query.where(final.c.answer_id.in_(part))) or 0 for part in batches(answers))


def next_unseen(
    connection: Connection, question_number: int, wave_number: int, coder_number: int
) -> NextAnswer | None:
    """Return the next answer in file order that this coder has not seen; None when all are seen.

    The search starts after the answer the coder coded last and goes round at the end.
    """
    last = connection.scalar(
        select(coding.c.answer_id)
        .where(coding.c.question_id == question_number, coding.c.wave_id == wave_number)
        .where(coding.c.coder_id == coder_number)
        .order_by(coding.c.event_id.desc())
        .limit(1)
    )
    for after in (0,) if last is None else (last, 0):
        found = _unseen_after(connection, question_number, wave_number, coder_number, after)
        if found is not None:
            return found
    return None


def _unseen_after(
    connection: Connection, question_number: int, wave_number: int, coder_number: int, after: int
) -> NextAnswer | None:
    """Return the first answer after this one that the coder has not seen."""
    seen = (
        select(func.sum(coding_count.c.n))
        .where(
            coding_count.c.question_id == filled_in_count.c.question_id,
            coding_count.c.wave_id == filled_in_count.c.wave_id,
            coding_count.c.coder_id == coder_number,
            coding_count.c.block == filled_in_count.c.block,
        )
        .scalar_subquery()
    )
    blocks = connection.scalars(
        select(filled_in_count.c.block)
        .where(filled_in_count.c.question_id == question_number, filled_in_count.c.wave_id == wave_number)
        .where(filled_in_count.c.block >= after // BLOCK)
        .where(filled_in_count.c.n > func.coalesce(seen, 0))
        .order_by(filled_in_count.c.block)
        # what the first block has unseen may all lie before; the second begins after
        .limit(2)
    ).all()
    for block in blocks:
        found = connection.execute(
            select(answer.c.id, respondent.c.external_id, answer.c.text)
            .join(respondent, respondent.c.id == answer.c.respondent_id)
            .where(answer.c.id > max(after, block * BLOCK - 1), answer.c.id < (block + 1) * BLOCK)
            .where(answer.c.question_id == question_number, answer.c.wave_id == wave_number)
            .where(answer.c.filled_in == YES)
            .where(
                ~exists().where(and_(coding.c.answer_id == answer.c.id, coding.c.coder_id == coder_number))
            )
            .order_by(answer.c.id)
            .limit(1)
        ).one_or_none()
        if found is not None:
            return NextAnswer(found.id, found.external_id, found.text)
    return None


def answer_counts(connection: Connection) -> list[dict[str, Any]]:
    """Count answers a question and wave: answers, not_asked, filled_in.

    Respondents that are no longer in the file are not counted.
    """
    key = (answer.c.question_id, answer.c.wave_id)
    gone = (
        select(answer.c.id)
        .join(respondent, respondent.c.id == answer.c.respondent_id)
        .where(respondent.c.withdrawn == YES)
    )
    blank = (
        select(
            *key, func.count().label("n"), func.count(case((answer.c.asked.is_(False), 1))).label("not_asked")
        )
        .where(answer.c.filled_in == NO, answer.c.id.not_in(gone))
        .group_by(*key)
    )
    counts: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for question_id, wave_id, _block, n in connection.execute(select(filled_in_count)):
        counts[question_id, wave_id].update(answers=n, filled_in=n)
    # who filled something in was asked: who was not is among these
    for question_id, wave_id, n, unasked in connection.execute(blank):
        counts[question_id, wave_id].update(answers=n, not_asked=unasked)
    return [
        {"question_id": q, "wave_id": w, **{name: n[name] for name in ("answers", "not_asked", "filled_in")}}
        for (q, w), n in sorted(counts.items())
        if n["answers"]
    ]


def coding_counts(connection: Connection) -> list[dict[str, Any]]:
    """Count current codings of answers that are filled in, a question, wave, coder and status."""
    key = (
        coding_count.c.question_id,
        coding_count.c.wave_id,
        coding_count.c.coder_id,
        coding_count.c.status,
    )
    n = func.sum(coding_count.c.n).label("n")
    query = select(*key, n).group_by(*key).having(n > 0)
    return [dict(r._mapping) for r in connection.execute(query)]


def final_counts(connection: Connection) -> list[dict[str, Any]]:
    """Count definitive codings of answers that are filled in, a question, wave, status and origin."""
    key = (final.c.question_id, final.c.wave_id, final.c.status, final.c.origin)
    query = select(*key, func.count().label("n")).where(final.c.answer_id.not_in(BLANK)).group_by(*key)
    return [dict(r._mapping) for r in connection.execute(query)]


def label_counts(connection: Connection, question_number: int) -> Mapping[str, int]:
    """Count how many current codings carry each label of a question."""
    counts: dict[str, int] = {}
    query = (
        select(coding.c.labels, func.count().label("n"))
        .where(coding.c.question_id == question_number, coding.c.labels != "")
        .group_by(coding.c.labels)
    )
    for r in connection.execute(query):
        for label in r.labels.split():
            counts[label] = counts.get(label, 0) + r.n
    return counts


def history(connection: Connection, question_number: int, kind: str) -> list[dict[str, Any]]:
    """Return the notes of one kind on a question itself (setting, codebook), oldest first, memo decoded."""
    query = (
        select(event.c.id, event.c.at, event.c.memo)
        .where(event.c.question_id == question_number, event.c.kind == kind, event.c.answer_id.is_(None))
        .order_by(event.c.id)
    )
    return [{"id": r.id, "at": r.at, **json.loads(r.memo)} for r in connection.execute(query)]


def codebook_versions(connection: Connection, question_number: int) -> list[dict[str, Any]]:
    """Return the recorded versions of a question's codebook, oldest first."""
    query = (
        select(codebook_version)
        .where(codebook_version.c.question_id == question_number)
        .order_by(codebook_version.c.number)
    )
    return [dict(r._mapping) for r in connection.execute(query)]


def _frame(connection: Connection, query: Select[Any]) -> "pd.DataFrame":
    import pandas as pd  # takes half a second: only who wants a table waits for it

    rows = connection.execute(query).all()
    columns = list(zip(*rows, strict=True)) if rows else [() for _column in query.selected_columns]
    return pd.DataFrame(
        {
            column.name: _series(values, column.type)
            for column, values in zip(query.selected_columns, columns, strict=True)
        }
    )


def _series(values: Sequence[Any], kind: TypeEngine[Any]) -> "pd.Series[Any]":
    import pandas as pd

    # said outright: left to itself, pandas makes NaN of an absent text
    if isinstance(kind, Integer | Float):
        return pd.Series(values, dtype="float64" if None in values else None)
    if isinstance(kind, Boolean) and None not in values:
        return pd.Series(values, dtype=bool)
    return pd.Series(values, dtype=object)
