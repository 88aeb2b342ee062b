"""Waves in the database: respondents and their answers, added or replaced in one transaction."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.database import insert_one, now
from coder.store.schema import answer, original, question, respondent, wave
from coder.text import fingerprint

_BATCH = 20_000


@dataclass(frozen=True)
class WaveRecord:
    """An imported file: where it came from and what its columns are."""

    id: int
    name: str
    file: str
    sha256: str
    imported_at: str
    columns: tuple[dict[str, Any], ...]
    layout: dict[str, Any]


@dataclass(frozen=True)
class RespondentRow:
    """One respondent as the database takes it: answers and asked are by question name."""

    row: int
    id: str
    weight: float
    cluster: str | None
    stratum: str | None
    population: str | None
    panel_id: str | None
    groups: Mapping[str, str]
    answers: Mapping[str, str | None]
    asked: Mapping[str, bool | None]
    original: Sequence[Any] = field(default=())


@dataclass(frozen=True)
class AnswerChange:
    """How an answer differs from what was imported before."""

    respondent: str
    question: str
    answer_id: int
    before: str | None
    after: str | None


def waves(connection: Connection) -> list[WaveRecord]:
    """Return all waves, oldest first."""
    return [
        WaveRecord(
            r.id, r.name, r.file, r.sha256, r.imported_at, tuple(json.loads(r.columns)), json.loads(r.layout)
        )
        for r in connection.execute(select(wave).order_by(wave.c.id))
    ]


def find_wave(connection: Connection, name: str) -> WaveRecord | None:
    """Return the wave with this name, if there is one."""
    return next((w for w in waves(connection) if w.name == name), None)


def question_id(connection: Connection, name: str) -> int:
    """Return the number of a question, giving it one when it is new."""
    found = connection.scalar(select(question.c.id).where(question.c.name == name))
    if found is not None:
        return int(found)
    return insert_one(connection, insert(question).values(name=name))


def encode_cell(value: Any) -> Any:
    """Write a cell so that JSON keeps its value and its type."""
    match value:
        case dt.datetime():
            return {"datetime": value.isoformat()}
        case dt.date():
            return {"date": value.isoformat()}
        case dt.time():
            return {"time": value.isoformat()}
        case dt.timedelta():
            return {"seconds": value.total_seconds()}
        case _:
            return value


def decode_cell(value: Any) -> Any:
    """Read back what `encode_cell` wrote."""
    if not isinstance(value, dict):
        return value
    kind, text = next(iter(value.items()))
    readers: dict[str, Callable[[Any], Any]] = {
        "datetime": dt.datetime.fromisoformat,
        "date": dt.date.fromisoformat,
        "time": dt.time.fromisoformat,
        "seconds": lambda seconds: dt.timedelta(seconds=seconds),
    }
    return readers[kind](text)


def add_wave(
    connection: Connection,
    name: str,
    *,
    file: str,
    sha256: str,
    columns: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    questions: Sequence[str],
    respondents: Iterable[RespondentRow],
    filled_in: Callable[[str, str | None], bool],
    progress: Callable[[int], None] = lambda done: None,
) -> int:
    """Add a wave with all its respondents and answers and return its number.

    `filled_in(question, text)` decides whether a text counts as an answer. Runs in the caller's
    transaction: when anything fails, nothing of the wave is there.
    """
    wave_id = insert_one(
        connection,
        insert(wave).values(
            name=name,
            file=file,
            sha256=sha256,
            imported_at=now(),
            columns=json.dumps(list(columns), ensure_ascii=False),
            layout=json.dumps(layout, ensure_ascii=False),
        ),
    )
    add_respondents(connection, wave_id, questions, respondents, filled_in, progress)
    return wave_id


def add_respondents(
    connection: Connection,
    wave_id: int,
    questions: Sequence[str],
    respondents: Iterable[RespondentRow],
    filled_in: Callable[[str, str | None], bool],
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Add respondents with their answers to a wave, in batches."""
    ids = {name: question_id(connection, name) for name in questions}
    next_id = (connection.scalar(select(func.max(respondent.c.id))) or 0) + 1
    done = 0
    for batch in _batches(respondents):
        numbered = list(enumerate(batch, next_id))
        next_id += len(batch)
        connection.execute(insert(respondent), [_respondent_values(wave_id, n, r) for n, r in numbered])
        connection.execute(
            insert(original), [{"respondent_id": n, "cells": _cells(r.original)} for n, r in numbered]
        )
        values = [
            answer_values(
                wave_id, ids[q], n, r.answers.get(q), r.asked.get(q), filled_in(q, r.answers.get(q))
            )
            for n, r in numbered
            for q in questions
        ]
        if values:
            connection.execute(insert(answer), values)
        done += len(batch)
        progress(done)


def answer_values(
    wave_id: int,
    question: int,
    respondent_number: int,
    text: str | None,
    asked: bool | None,
    is_filled_in: bool,
) -> dict[str, Any]:
    """Return the row of an answer; `asked` as the file says it (see `queries.answers`)."""
    return {
        "wave_id": wave_id,
        "question_id": question,
        "respondent_id": respondent_number,
        "text": text,
        "asked": asked,
        "filled_in": is_filled_in,
        "fingerprint": fingerprint(text or ""),
    }


def update_respondents(
    connection: Connection, known: Mapping[str, int], rows: Iterable[RespondentRow]
) -> None:
    """Write what the file now says of respondents that were there already, apart from their answers."""
    changed = [(known[r.id], r) for r in rows]
    if not changed:
        return
    values = [{**_respondent_values(0, n, r), "number": n} for n, r in changed]
    for value in values:
        del value["id"], value["wave_id"]
    connection.execute(update(respondent).where(respondent.c.id == bindparam("number")), values)
    connection.execute(
        update(original).where(original.c.respondent_id == bindparam("number")),
        [{"number": n, "cells": _cells(r.original)} for n, r in changed],
    )


def respondent_numbers(connection: Connection, wave_id: int) -> dict[str, int]:
    """Return the respondents of a wave: id in the file to number in the database."""
    rows = connection.execute(
        select(respondent.c.external_id, respondent.c.id).where(respondent.c.wave_id == wave_id)
    )
    return {r.external_id: r.id for r in rows}


def active_respondents(connection: Connection, wave_id: int) -> list[str]:
    """Return the ids of the respondents that the wave's file has now."""
    return list(
        connection.scalars(
            select(respondent.c.external_id).where(
                respondent.c.wave_id == wave_id, respondent.c.withdrawn.is_(False)
            )
        )
    )


def write_answers(
    connection: Connection,
    wave_id: int,
    questions: Sequence[str],
    known: Mapping[str, int],
    rows: Iterable[RespondentRow],
    filled_in: Callable[[str, str | None], bool],
) -> None:
    """Write what the file now says to the questions for respondents that were there already."""
    ids = {name: question_id(connection, name) for name in questions}
    values = []
    for r in rows:
        for q in questions:
            text = r.answers.get(q)
            values.append(
                answer_values(wave_id, ids[q], known[r.id], text, r.asked.get(q), filled_in(q, text))
            )
    if values:
        statement = upsert(answer)
        keys = ("respondent_id", "question_id")
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(keys),
                set_={
                    name: statement.excluded[name] for name in ("text", "asked", "filled_in", "fingerprint")
                },
            ),
            values,
        )


def withdraw(connection: Connection, numbers: Sequence[int]) -> None:
    """Put respondents that are no longer in the file outside every table; the log keeps their codings."""
    rows = [{"number": n} for n in numbers]
    if rows:
        connection.execute(
            update(respondent).where(respondent.c.id == bindparam("number")).values(withdrawn=True), rows
        )
        connection.execute(
            update(answer)
            .where(answer.c.respondent_id == bindparam("number"))
            .values(asked=False, filled_in=False),
            rows,
        )


def set_wave_file(connection: Connection, wave_id: int, **values: Any) -> None:
    """Record that a wave was imported again, from which file and with which columns."""
    for key in ("columns", "layout"):
        if key in values:
            values[key] = json.dumps(values[key], ensure_ascii=False)
    connection.execute(update(wave).where(wave.c.id == wave_id).values(imported_at=now(), **values))


def set_answers(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rewrite text and filled_in of answers; each row also names the answer_id."""
    if rows:
        values = [
            {
                "number": r["answer_id"],
                "text": r["text"],
                "filled_in": r["filled_in"],
                "fingerprint": fingerprint(r["text"] or ""),
            }
            for r in rows
        ]
        connection.execute(update(answer).where(answer.c.id == bindparam("number")), values)


def originals(connection: Connection, wave_id: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield (respondent id, original cells) in the order of the file."""
    query = (
        select(respondent.c.external_id, original.c.cells)
        .join(original, original.c.respondent_id == respondent.c.id)
        .where(respondent.c.wave_id == wave_id, respondent.c.withdrawn.is_(False))
        .order_by(respondent.c.row)
    )
    for found in connection.execution_options(yield_per=_BATCH).execute(query):
        yield found.external_id, tuple(decode_cell(c) for c in json.loads(found.cells))


def _respondent_values(wave_id: int, number: int, row: RespondentRow) -> dict[str, Any]:
    return {
        "id": number,
        "wave_id": wave_id,
        "row": row.row,
        "external_id": row.id,
        "weight": row.weight,
        "cluster": row.cluster,
        "stratum": row.stratum,
        "population": row.population,
        "panel_id": row.panel_id,
        "groups": json.dumps(dict(row.groups), ensure_ascii=False),
        "withdrawn": False,
    }


def _cells(cells: Sequence[Any]) -> str:
    return json.dumps([encode_cell(c) for c in cells], ensure_ascii=False)


def _batches(rows: Iterable[RespondentRow]) -> Iterator[list[RespondentRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
