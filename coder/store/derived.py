"""What is derived from the log of events, in the transaction that writes to it: `coding` and `final`.

What a coder says of an answer is that coder's last coding in force, with the labels it has after the
merges made since; the definitive coding is worked out from what all coders say.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, and_, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.coders import coders
from coder.store.definitive import BRIDGE, CoderSays, definitive
from coder.store.schema import answer, coding, event, final

_BATCH = 20_000
_T = TypeVar("_T")
_KEPT = (
    "answer_id", "coder_id", "question_id", "status", "labels", "origin", "visible", "codebook_version",
    "at", "memo", "knows",
)  # fmt: skip

Merge = tuple[int, str, str]
"""A merge of labels: number of the event, the label that goes, the label that it goes into."""


def put(connection: Connection, codings: Iterable[tuple[Mapping[str, Any], int]]) -> None:
    """Write events of codings, each with the wave of its answer, as what their coders now say."""
    rows = [
        {**{key: row[key] for key in _KEPT}, "knows": row["knows"] or "", "wave_id": w, "event_id": row["id"]}
        for row, w in codings
    ]
    if rows:
        statement = upsert(coding)
        keys = ("answer_id", "coder_id")
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(keys),
                set_={c.name: statement.excluded[c.name] for c in coding.c if c.name not in keys},
            ),
            rows,
        )


def refresh_final(connection: Connection, answers: Sequence[int]) -> None:
    """Work out the definitive coding of these answers again."""
    names = coders(connection)
    for part in batches(answers):
        says: dict[int, list[CoderSays]] = {}
        where: dict[int, tuple[int, int]] = {}
        for r in connection.execute(select(coding).where(coding.c.answer_id.in_(part))):
            says.setdefault(r.answer_id, []).append(
                CoderSays(
                    names[r.coder_id],
                    r.status,
                    tuple(r.labels.split()),
                    r.codebook_version,
                    r.at,
                    frozenset(r.knows.split()),
                )
            )
            where[r.answer_id] = (r.question_id, r.wave_id)
        rows = []
        for number, codings in says.items():
            decided = definitive(codings)
            rows.append(
                {
                    "answer_id": number,
                    "question_id": where[number][0],
                    "wave_id": where[number][1],
                    "status": decided.status,
                    "labels": " ".join(decided.labels),
                    "origin": decided.origin,
                    "codebook_version": decided.codebook_version,
                    "knows": " ".join(sorted(decided.knows)),
                }
            )
        connection.execute(delete(final).where(final.c.answer_id.in_([n for n in part if n not in says])))
        if rows:
            statement = upsert(final)
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["answer_id"],
                    set_={c.name: statement.excluded[c.name] for c in final.c if c.name != "answer_id"},
                ),
                rows,
            )


def rederive(connection: Connection, question: int, answer_number: int, coder_number: int) -> None:
    """Derive what a coder now says of an answer from the log."""
    in_force = codings_in_force(connection, [answer_number])
    mine = [r for r in in_force if r.coder_id == coder_number and r.origin != BRIDGE]
    if mine:
        waves = waves_of(connection, question, [answer_number])
        row = follow(mine[-1], effective_merges(connection, question))
        row["memo"] = _memo(connection, mine[-1])
        put(connection, [(row, waves[answer_number])])
    else:
        connection.execute(
            delete(coding).where(and_(coding.c.answer_id == answer_number, coding.c.coder_id == coder_number))
        )


def _memo(connection: Connection, coded: Row[Any]) -> str | None:
    """Return the memo that stands with a coding: the last one written since, else the coding's own."""
    written = [
        e
        for e in in_force(connection, [coded.answer_id], "memo")
        if e.coder_id == coded.coder_id and e.id > coded.id
    ]
    memo: str | None = written[-1].memo if written else coded.memo
    return memo or None


def codings_in_force(connection: Connection, answers: Sequence[int]) -> list[Row[Any]]:
    """Return the codings of these answers that nobody has taken back, in the order they were made."""
    return in_force(connection, answers, "coding")


def in_force(connection: Connection, answers: Sequence[int], kind: str) -> list[Row[Any]]:
    """Return the events of one kind on these answers that nobody has taken back, in order."""
    history = connection.execute(
        select(event)
        .where(event.c.answer_id.in_(answers), event.c.kind.in_((kind, "retract")))
        .order_by(event.c.id)
    ).all()
    gone = retracted((r.id, r.target) for r in history if r.kind == "retract")
    return [r for r in history if r.kind == kind and r.id not in gone]


def follow_merges(connection: Connection, question: int, label: str) -> None:
    """Bring current codings up to date after a merge of this label was made, undone or redone."""
    merges, gone = _merges(connection, question)
    # an earlier merge, in force or not, may have made this label of another
    concerned = {label}
    for _number, source, into in reversed(merges):
        if into in concerned:
            concerned.add(source)
    in_force = [merge for merge in merges if merge[0] not in gone]
    logged = " " + event.c.labels + " "
    query = (
        select(event, coding.c.wave_id, coding.c.memo.label("memo_now"))
        .join(
            coding,
            and_(
                coding.c.answer_id == event.c.answer_id,
                coding.c.coder_id == event.c.coder_id,
                coding.c.event_id == event.c.id,
            ),
        )
        .where(event.c.question_id == question, event.c.kind == "coding")
        .where(or_(*(func.instr(logged, f" {name} ") > 0 for name in sorted(concerned))))
        .order_by(event.c.id)
        .limit(_BATCH)
    )
    last = 0
    while rows := connection.execute(query.where(event.c.id > last)).all():
        last = rows[-1].id
        put(connection, [({**follow(r, in_force), "memo": r.memo_now}, r.wave_id) for r in rows])
        refresh_final(connection, sorted({r.answer_id for r in rows}))


def effective_merges(connection: Connection, question: int) -> list[Merge]:
    """Return the merges in force, in the order they were made."""
    merges, gone = _merges(connection, question)
    return [merge for merge in merges if merge[0] not in gone]


def merged_versions(connection: Connection, question: int) -> list[Merge]:
    """Return the merges in force as `effective_merges`, by the codebook version that each made."""
    edits, gone = _edits(connection, question)
    return [
        (e["version"], e["from"], e["into"])
        for number, e in edits
        if e.get("edit") == "merge" and "version" in e and number not in gone
    ]


def _merges(connection: Connection, question: int) -> tuple[list[Merge], set[int]]:
    """Return all merges ever made, in order, and which events of the question are out of force."""
    edits, gone = _edits(connection, question)
    return [(number, e["from"], e["into"]) for number, e in edits if e.get("edit") == "merge"], gone


def _edits(connection: Connection, question: int) -> tuple[list[tuple[int, dict[str, Any]]], set[int]]:
    """Return all edits of the codebook, in order, and which events of the question are out of force."""
    rows = connection.execute(
        select(event)
        .where(event.c.question_id == question, event.c.answer_id.is_(None))
        .where(event.c.kind.in_(("codebook", "retract")))
        .order_by(event.c.id)
    ).all()
    edits = [(r.id, json.loads(r.memo)) for r in rows if r.kind == "codebook" and r.memo]
    return edits, retracted((r.id, r.target) for r in rows if r.kind == "retract")


def retracted(retractions: Iterable[tuple[int, int]]) -> set[int]:
    """Return the events that are out of force; a retraction that is itself retracted does nothing."""
    gone: set[int] = set()
    for number, target in sorted(retractions, reverse=True):
        if number not in gone:
            gone.add(target)
    return gone


def follow(coded: Row[Any], merges: Iterable[Merge]) -> dict[str, Any]:
    """Return a coding with the labels it has after the merges made since."""
    labels = coded.labels.split()
    for number, label, into in merges:
        if number > coded.id:
            labels = list(dict.fromkeys(into if part == label else part for part in labels))
    return {**coded._mapping, "labels": " ".join(labels)}


def waves_of(connection: Connection, question: int, answers: Sequence[int]) -> dict[int, int]:
    """Return the wave of each answer. Raises ValueError for one that is not an answer to this question."""
    wanted = set(answers)
    rows = connection.execute(
        select(answer.c.id, answer.c.wave_id).where(answer.c.id.in_(wanted), answer.c.question_id == question)
    )
    found = {r.id: r.wave_id for r in rows}
    if strangers := wanted - found.keys():
        raise ValueError(f"answer {min(strangers)} does not belong to question {question}")
    return found


def batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    """Yield the items in lists that one statement can take."""
    batch: list[_T] = []
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
