"""What the tests of the store share: a small database, and a naive reading of its log.

The replay is written from the design alone and calls nothing of `coder.store`: what the store derives step
by step must equal what anybody would conclude from reading the event table from top to bottom.
"""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from coder.store import Database, events, schema

CODERS = ("anna", "bram", "cato", "consensus")
# on both sides of the boundaries of the blocks in which answers are counted
ANSWERS = {1: (1, 998, 999, 1000, 1001), 2: (2, 1500, 2999, 3000, 7000)}
ANSWER_IDS = tuple(sorted(ANSWERS[1] + ANSWERS[2]))
WAVE_OF = {number: 1 if i % 5 < 3 else 2 for i, number in enumerate(ANSWERS[1] + ANSWERS[2])}
QUESTION_OF = {number: question for question, numbers in ANSWERS.items() for number in numbers}
LABELS = ("scholing", "tijd", "team", "tij")  # one is the beginning of another


def small_database(path: Path) -> Database:
    """Make a database with two questions, two waves, four coders and ten answers, none coded."""
    database = Database(path, create=True)
    with database.write() as connection:
        for number, name in ((1, "verbetering"), (2, "voorwaarden")):
            connection.execute(insert(schema.question).values(id=number, name=name))
        for number, name in ((1, "2017"), (2, "2018")):
            connection.execute(
                insert(schema.wave).values(
                    id=number, name=name, file="f", sha256="0", imported_at="-", columns="[]", layout="{}"
                )
            )
        for name in CODERS:
            events.coder_id(connection, name)
        for answer in ANSWER_IDS:
            connection.execute(
                insert(schema.respondent).values(
                    id=answer, wave_id=WAVE_OF[answer], row=answer, external_id=f"r{answer}", weight=1.0,
                    groups="{}", withdrawn=False,
                )
            )  # fmt: skip
            connection.execute(
                insert(schema.answer).values(
                    id=answer, wave_id=WAVE_OF[answer], question_id=QUESTION_OF[answer], respondent_id=answer,
                    text=f"antwoord {answer}", asked=True, filled_in=True, fingerprint=answer,
                )
            )  # fmt: skip
    return database


def code_one(database: Database, answer: int = 1) -> None:
    """Let one coder code one answer."""
    with database.write() as connection:
        events.record_codings(
            connection, 1, [events.NewCoding(answer, 1, "labelled", ("tijd",), "manual", "no", 1)]
        )


def codings_in(path: Path) -> int:
    """Count the codings in a database file as it stands there."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(connection.execute("SELECT count(*) FROM event WHERE kind = 'coding'").fetchone()[0])


def plain(connection: Connection) -> sqlite3.Connection:
    """Return the SQLite connection under one of SQLAlchemy's, in the same transaction."""
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found


def rows(connection: sqlite3.Connection, query: str) -> list[dict[str, Any]]:
    """Return what a query finds, as dictionaries."""
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor]


def log(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the event table from top to bottom."""
    return rows(connection, "SELECT * FROM event ORDER BY id")


def in_force(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events that no event in force takes back."""
    standing: list[dict[str, Any]] = []
    taken_back: set[int] = set()
    for event in reversed(found):  # what takes an event back comes after it
        if event["id"] not in taken_back:
            standing.append(event)
            if event["kind"] == "retract":
                taken_back.add(event["target"])
    return standing[::-1]


def replayed_codings(connection: sqlite3.Connection) -> dict[tuple[int, int], dict[str, Any]]:
    """Return what every coder says of every answer, concluded from the log."""
    standing = in_force(log(connection))
    waves = {r["id"]: r["wave_id"] for r in rows(connection, "SELECT id, wave_id FROM answer")}
    merges = []
    for event in standing:
        if event["kind"] == "codebook" and (edit := json.loads(event["memo"])).get("edit") == "merge":
            merges.append((event["id"], event["question_id"], edit["from"], edit["into"]))
    says: dict[tuple[int, int], dict[str, Any]] = {}
    for event in standing:
        if event["kind"] == "memo":
            said = says.get((event["answer_id"], event["coder_id"]))
            if said is not None:
                said["memo"] = event["memo"] or None
            continue
        if event["kind"] != "coding" or event["origin"] == "bridge":
            continue  # what is coded again for a bridge sample says nothing of the wave itself
        labels = event["labels"].split()
        for number, question, label, into in merges:
            if number > event["id"] and question == event["question_id"] and label in labels:
                labels = [into if one == label else one for one in labels]
                labels = [one for i, one in enumerate(labels) if one not in labels[:i]]
        says[event["answer_id"], event["coder_id"]] = {
            "answer_id": event["answer_id"],
            "coder_id": event["coder_id"],
            "question_id": event["question_id"],
            "wave_id": waves[event["answer_id"]],
            "event_id": event["id"],
            "status": event["status"],
            "labels": " ".join(labels),
            "origin": event["origin"],
            "visible": event["visible"],
            "codebook_version": event["codebook_version"],
            "at": event["at"],
            "memo": event["memo"],
            "knows": event["knows"] or "",
        }
    return says


def replayed_final(connection: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """Return the definitive coding of every answer, by the rule of the design."""
    names = {r["id"]: r["name"] for r in rows(connection, "SELECT * FROM coder")}
    by_answer: dict[int, list[dict[str, Any]]] = {}
    for (answer, coder), said in replayed_codings(connection).items():
        by_answer.setdefault(answer, []).append({**said, "coder": names[coder]})
    found = {}
    for answer, all_said in by_answer.items():
        decided = [said for said in all_said if said["status"] != "skipped"]
        settled = [said for said in decided if said["coder"] == "consensus"]
        stands_on = settled or decided or all_said
        first = min(stands_on, key=lambda said: (said["at"], said["coder"]))
        status, labels = first["status"], first["labels"]
        if settled:
            origin = "consensus"
        elif not decided:
            origin = status = "skipped"
        elif len(decided) == 1:
            origin = "single"
        elif all(
            said["status"] == status and set(said["labels"].split()) == set(labels.split())
            for said in decided
        ):
            origin = "unanimous"
        else:
            origin, status, labels = "open", "open", ""
        found[answer] = {
            "answer_id": answer,
            "question_id": first["question_id"],
            "wave_id": first["wave_id"],
            "status": status,
            "labels": labels,
            "origin": origin,
            "codebook_version": min(said["codebook_version"] for said in stands_on),
            "knows": _known_to_all(stands_on) if origin not in ("open", "skipped") else "",
        }
    return found


def _known_to_all(codings: list[dict[str, Any]]) -> str:
    names = codings[0]["knows"].split()
    return " ".join(sorted(name for name in names if all(name in c["knows"].split() for c in codings)))


def replayed_marks(connection: sqlite3.Connection) -> set[tuple[int, int, str]]:
    """Return the flags and quotes that are on, concluded from the log."""
    on: dict[tuple[int, int, str], bool] = {}
    for event in in_force(log(connection)):
        if event["kind"] in ("flag", "quote"):
            on[event["answer_id"], event["coder_id"], event["kind"]] = event["status"] == "on"
    return {mark for mark, is_on in on.items() if is_on}


def assert_derived_equals_log(connection: sqlite3.Connection) -> None:
    """Check `coding`, `final`, `mark` and the counts against the log and the answers."""
    marks = rows(connection, "SELECT answer_id, coder_id, kind FROM mark")
    assert {tuple(r.values()) for r in marks} == replayed_marks(connection)
    coding = rows(connection, "SELECT * FROM coding")
    assert {(r["answer_id"], r["coder_id"]): r for r in coding} == replayed_codings(connection)
    final = rows(connection, "SELECT * FROM final")
    assert {r["answer_id"]: r for r in final} == replayed_final(connection)
    filled: Counter[tuple[int, ...]] = Counter()
    for r in rows(connection, "SELECT * FROM answer WHERE filled_in"):
        filled[r["question_id"], r["wave_id"], r["id"] // 1000] += 1
    kept = rows(connection, "SELECT * FROM filled_in_count WHERE n <> 0")
    assert {(r["question_id"], r["wave_id"], r["block"]): r["n"] for r in kept} == filled
    seen: Counter[tuple[int | str, ...]] = Counter()
    query = "SELECT coding.* FROM coding JOIN answer ON answer.id = answer_id WHERE filled_in"
    for r in rows(connection, query):
        seen[r["question_id"], r["wave_id"], r["coder_id"], r["answer_id"] // 1000, r["status"]] += 1
    kept = rows(connection, "SELECT * FROM coding_count WHERE n <> 0")
    assert {tuple(r.values())[:-1]: r["n"] for r in kept} == seen
