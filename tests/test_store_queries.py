"""What the services read from the store."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, update
from store_cases import ANSWERS, WAVE_OF, small_database

from coder.store import Database, events, queries, runs, schema, vectors, waves
from coder.store import codebooks as store_codebooks
from coder.store.events import NewCoding
from coder.store.runs import NewSuggestion, RunRecord

ANNA, BRAM = 1, 2


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = small_database(tmp_path_factory.mktemp("queries") / "study.db")
    yield found
    found.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction that leaves the database as it was."""
    with database.engine.connect().execution_options(write=True) as found, found.begin() as transaction:
        yield found
        transaction.rollback()


def code(connection: Connection, answer: int, coder: int, *labels: str, status: str = "labelled") -> None:
    question = next(q for q, numbers in ANSWERS.items() if answer in numbers)
    events.record_codings(connection, question, [NewCoding(answer, coder, status, labels, "manual", "no", 1)])


def next_number(connection: Connection, question: int, wave: int, coder: int) -> int | None:
    found = queries.next_unseen(connection, question, wave, coder)
    return found.answer_id if found else None


def say_asked(connection: Connection, answer: int, asked: bool | None) -> None:
    """Let the file have said whether the question was asked."""
    connection.execute(update(schema.answer).where(schema.answer.c.id == answer).values(asked=asked))


def plan(connection: Connection, query: str) -> str:
    return " | ".join(r[3] for r in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + query))


def test_the_next_answer_is_the_first_unseen_after_the_last_coded_and_then_goes_round(
    connection: Connection,
) -> None:
    first, second, third = (a for a in ANSWERS[1] if WAVE_OF[a] == 1)
    assert next_number(connection, 1, 1, ANNA) == first
    code(connection, second, ANNA, "tijd")
    assert next_number(connection, 1, 1, ANNA) == third
    code(connection, third, ANNA, status="skipped")
    assert next_number(connection, 1, 1, ANNA) == first
    code(connection, first, ANNA, status="none")
    assert next_number(connection, 1, 1, ANNA) is None
    assert next_number(connection, 1, 1, BRAM) == first
    assert next_number(connection, 1, 2, ANNA) == next(a for a in ANSWERS[1] if WAVE_OF[a] == 2)


def test_after_undo_the_same_answer_is_next(connection: Connection) -> None:
    first, second, _third = (a for a in ANSWERS[1] if WAVE_OF[a] == 1)
    code(connection, first, ANNA, "tijd")
    code(connection, second, ANNA, "tijd")
    newest = connection.exec_driver_sql("SELECT max(id) FROM event").scalar_one()
    events.retract(connection, newest)
    assert next_number(connection, 1, 1, ANNA) == second


def test_an_answer_that_is_not_filled_in_is_never_next(connection: Connection) -> None:
    first, second, _third = (a for a in ANSWERS[1] if WAVE_OF[a] == 1)
    change: dict[str, Any] = {"answer_id": first, "text": "nvt", "filled_in": False}
    waves.set_answers(connection, [change])
    assert next_number(connection, 1, 1, ANNA) == second
    waves.set_answers(connection, [{**change, "filled_in": True}])
    assert next_number(connection, 1, 1, ANNA) == first


def test_what_comes_next_names_the_respondent_and_the_text(connection: Connection) -> None:
    found = queries.next_unseen(connection, 1, 1, ANNA)
    assert found == queries.NextAnswer(1, "r1", "antwoord 1")


def test_counts_are_numbers_and_leave_withdrawn_respondents_out(connection: Connection) -> None:
    here = [a for a in ANSWERS[1] if WAVE_OF[a] == 1]
    changes: list[dict[str, Any]] = [
        {"answer_id": here[0], "text": None, "filled_in": False},
        {"answer_id": here[1], "text": "-", "filled_in": False},
    ]
    waves.set_answers(connection, changes)
    for answer, asked in zip(here, (False, None, False), strict=True):
        say_asked(connection, answer, asked)
    counts = {(r["question_id"], r["wave_id"]): r for r in queries.answer_counts(connection)}
    assert counts[1, 1] == {"question_id": 1, "wave_id": 1, "answers": 3, "not_asked": 1, "filled_in": 1}
    waves.withdraw(connection, [here[2]])
    counts = {(r["question_id"], r["wave_id"]): r for r in queries.answer_counts(connection)}
    assert counts[1, 1] == {"question_id": 1, "wave_id": 1, "answers": 2, "not_asked": 1, "filled_in": 0}
    assert here[2] not in queries.answers(connection, 1, [1])["answer_id"].tolist()
    assert f"r{here[2]}" not in queries.answer_numbers(connection, 1, 1, [f"r{n}" for n in range(9000)])


def test_codings_are_counted_a_coder_and_a_status(connection: Connection) -> None:
    here = [a for a in ANSWERS[1] if WAVE_OF[a] == 1]
    for answer in here:
        code(connection, answer, ANNA, "tijd", "team")
    code(connection, here[0], BRAM, "tijd")
    code(connection, here[1], BRAM, status="skipped")
    by_coder = {(r["coder_id"], r["status"]): r["n"] for r in queries.coding_counts(connection)}
    assert by_coder == {(ANNA, "labelled"): 3, (BRAM, "labelled"): 1, (BRAM, "skipped"): 1}
    final = {(r["status"], r["origin"]): r["n"] for r in queries.final_counts(connection)}
    assert final == {("open", "open"): 1, ("labelled", "single"): 2}
    assert queries.label_counts(connection, 1) == {"tijd": 4, "team": 3}
    assert queries.label_counts(connection, 2) == {}


def test_codings_of_what_is_not_filled_in_are_not_counted(connection: Connection) -> None:
    here = [a for a in ANSWERS[1] if WAVE_OF[a] == 1]
    run = runs.add_run(connection, record(1))
    runs.add_suggestions(connection, run, [suggestion(a) for a in here])
    for answer in here[:2]:
        code(connection, answer, ANNA, "tijd")
    waves.set_answers(connection, [{"answer_id": here[0], "text": "-", "filled_in": False}])
    waves.withdraw(connection, [here[2]])
    assert [r["n"] for r in queries.coding_counts(connection)] == [1]
    assert [r["n"] for r in queries.final_counts(connection)] == [1]
    assert runs.suggestion_counts(connection) == []


def test_answers_keep_absent_and_empty_apart(connection: Connection) -> None:
    first, second = (a for a in ANSWERS[1] if WAVE_OF[a] == 2)
    waves.set_answers(
        connection,
        [
            {"answer_id": first, "text": None, "filled_in": False},
            {"answer_id": second, "text": "", "filled_in": False},
        ],
    )
    say_asked(connection, first, None)
    say_asked(connection, second, False)
    frame = queries.answers(connection, 1, [2])
    assert frame["text"].tolist() == [None, ""]
    assert frame["asked"].tolist() == [None, False]
    assert frame["status"].tolist() == [None, None]
    code(connection, first, ANNA, "tijd")
    frame = queries.answers(connection, 1, [2])
    assert frame["status"].tolist() == ["labelled", None]
    assert queries.codings(connection, 1, [2])["coder"].tolist() == ["anna"]


def test_who_filled_something_in_was_asked_and_taking_that_back_restores_what_the_file_said(
    connection: Connection,
) -> None:
    first, _second = (a for a in ANSWERS[1] if WAVE_OF[a] == 2)
    say_asked(connection, first, False)
    asked = []
    for filled_in in (True, False):
        waves.set_answers(connection, [{"answer_id": first, "text": "nvt", "filled_in": filled_in}])
        asked.append(queries.answers(connection, 1, [2])["asked"].tolist()[0])
    assert asked == [True, False]


def test_history_reads_the_notes_on_the_question_itself(connection: Connection) -> None:
    for entries in (["nvt"], ["nvt", "-"]):
        memo = json.dumps({"not_filled_in": entries})
        events.record_note(connection, "setting", 1, memo=memo)
    events.record_memo(connection, 1, 1, ANNA, "twijfel")
    found = queries.history(connection, 1, "setting")
    assert [note["not_filled_in"] for note in found] == [["nvt"], ["nvt", "-"]]
    assert queries.history(connection, 2, "setting") == []


def test_versions_of_a_codebook_are_numbered_a_question(connection: Connection) -> None:
    assert store_codebooks.add_version(connection, 1, yaml="a", sha256="0") == 1
    assert store_codebooks.add_version(connection, 1, yaml="b", sha256="1") == 2
    assert store_codebooks.add_version(connection, 2, yaml="c", sha256="2") == 1
    store_codebooks.set_reworded(connection, 1, 2, {"tijd", "team"})
    store_codebooks.set_file_hash(connection, 1, 2, "9")
    found = queries.codebook_versions(connection, 1)
    assert [(v["number"], v["yaml"], v["sha256"]) for v in found] == [(1, "a", "0"), (2, "b", "9")]
    assert json.loads(found[1]["reworded"]) == ["team", "tijd"]


def test_an_answer_is_in_a_sample_once(connection: Connection) -> None:
    store_codebooks.add_to_sample(connection, [1, 998], "random")
    store_codebooks.add_to_sample(connection, [1], "random")
    store_codebooks.add_to_sample(connection, [999], "audit")
    assert queries.random_sample(connection, 1) == {1, 998}
    assert queries.random_sample(connection, 2) == set()


def suggestion(answer: int, *, queued: bool = False, errors: float = 0.1) -> NewSuggestion:
    probabilities = np.array([0.25, 1 / 3], dtype=np.float32)
    return NewSuggestion(answer, probabilities, ("tijd",), 0.9, errors, queued, 2)


def record(wave: int | None) -> RunRecord:
    return RunRecord(1, wave, "0.1", "default", 7, 1, ("tijd", "team"), 5, {"share": 0.1}, {"f1": 0.6})


def test_a_new_run_replaces_the_suggestions_of_the_one_before_and_keeps_its_record(
    connection: Connection,
) -> None:
    here = [a for a in ANSWERS[1] if WAVE_OF[a] == 1]
    first = runs.add_run(connection, record(1))
    runs.add_suggestions(connection, first, [suggestion(a) for a in here])
    training = runs.add_run(connection, record(None))
    second = runs.add_run(connection, record(1))
    runs.add_suggestions(
        connection,
        second,
        [
            suggestion(here[0]),
            suggestion(here[1], queued=True, errors=0.2),
            suggestion(here[2], queued=True, errors=0.8),
        ],
    )
    found = runs.latest_run(connection, 1, 1)
    assert found is not None
    assert (found.id, found.labels, found.settings) == (second, ("tijd", "team"), {"share": 0.1})
    assert runs.latest_run(connection, 1, None) == RunRecord(
        **{f: getattr(found, f) for f in found.__dataclass_fields__ if f not in {"id", "wave_id", "at"}},
        wave_id=None,
        id=training,
        at=runs.latest_run(connection, 1, None).at,  # type: ignore[union-attr]
    )
    assert runs.latest_run(connection, 1, 2) is None
    assert runs.suggestions(connection, replace(found, id=first)).empty
    assert runs.suggestions(connection, found)["answer_id"].tolist() == here
    assert runs.suggestions(connection, None).empty
    assert runs.queue(connection, second) == [here[2], here[1]]
    stored = connection.exec_driver_sql("SELECT probabilities FROM suggestion LIMIT 1").scalar_one()
    assert np.frombuffer(stored, dtype="<f4").tolist() == suggestion(1).probabilities.tolist()


def test_suggestions_are_counted_as_long_as_no_person_has_coded(connection: Connection) -> None:
    here = [a for a in ANSWERS[1] if WAVE_OF[a] == 1]
    run = runs.add_run(connection, record(1))
    runs.add_suggestions(connection, run, [suggestion(a, queued=a != here[0]) for a in here])
    assert runs.suggestion_counts(connection) == [{"question_id": 1, "wave_id": 1, "n": 3, "queued": 2}]
    code(connection, here[2], ANNA, "tijd")
    assert runs.suggestion_counts(connection) == [{"question_id": 1, "wave_id": 1, "n": 2, "queued": 1}]


def test_what_the_model_said_of_a_text_goes_with_that_text(connection: Connection) -> None:
    here = [a for a in ANSWERS[1] if WAVE_OF[a] == 1]
    run = runs.add_run(connection, record(1))
    runs.add_suggestions(connection, run, [suggestion(a, queued=True) for a in here])
    same = {"answer_id": here[0], "text": f"antwoord {here[0]}", "filled_in": True}
    other = {"answer_id": here[1], "text": "iets anders", "filled_in": True}
    waves.set_answers(connection, [same, other])
    assert runs.queue(connection, run) == [here[0], here[2]]


def test_vectors_come_back_under_the_hash_of_their_text(connection: Connection) -> None:
    texts = ["meer handen in de klas", "Meer handen in de klas", "tijd\n"]
    hashes = [vectors.text_hash(t) for t in texts]
    assert len(set(hashes)) == 3, "a hash is of the text to the letter"
    values = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float16).astype(np.float32)
    vectors.keep_vectors(connection, "default/1", hashes, values)
    vectors.keep_vectors(connection, "default/1", hashes, values)
    found = vectors.cached_vectors(connection, "default/1", [*hashes, 42])
    assert set(found) == set(hashes)
    assert all(np.array_equal(found[h], v) for h, v in zip(hashes, values, strict=True))
    assert vectors.cached_vectors(connection, "default/2", hashes) == {}


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "SELECT answer_id FROM coding WHERE question_id = 1 AND wave_id = 1 AND coder_id = 1"
            " ORDER BY event_id DESC LIMIT 1",
            "COVERING INDEX coding_in_order",
        ),
        (
            "SELECT * FROM event WHERE question_id = 1 AND answer_id IS NULL AND kind IN ('codebook')",
            "event_of_question",
        ),
        ("SELECT * FROM event WHERE answer_id IN (1, 2)", "event_by_answer"),
        ("SELECT * FROM respondent WHERE withdrawn = 1", "respondent_withdrawn"),
        ("SELECT question_id, wave_id, asked FROM answer WHERE filled_in = 0", "COVERING INDEX answer_blank"),
        (
            "SELECT id FROM answer WHERE question_id = 1 AND wave_id = 1 AND filled_in = 1"
            " AND id > 999 AND id < 2000 ORDER BY id LIMIT 1",
            "answer_by_question (question_id=? AND wave_id=? AND filled_in=? AND id>? AND id<?)",
        ),
        ("SELECT id FROM answer WHERE filled_in = 0", "answer_blank"),
        (
            "SELECT answer_id FROM suggestion WHERE run_id = 1 AND queued = 1 ORDER BY expected_errors DESC",
            "suggestion_queue",
        ),
        ("SELECT count(*), sum(queued) FROM suggestion WHERE run_id = 1", "COVERING INDEX suggestion_by_run"),
    ],
)
def test_what_is_asked_a_keystroke_finds_its_way_by_an_index(
    database: Database, query: str, index: str
) -> None:
    with database.read() as connection:
        assert index in plan(connection, query)
        assert "TEMP B-TREE" not in plan(connection, query)


def test_a_fresh_coder_costs_no_write(tmp_path: Path) -> None:
    database = small_database(tmp_path / "study.db")
    with database.read() as connection:
        assert queries.next_unseen(connection, 1, 1, 0) is not None
        assert 0 not in events.coders(connection)
    database.close()
