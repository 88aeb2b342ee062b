"""The log of events, and that what is derived from it never says anything else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from store_cases import (
    ANSWER_IDS,
    ANSWERS,
    CODERS,
    LABELS,
    QUESTION_OF,
    WAVE_OF,
    assert_derived_equals_log,
    log,
    plain,
    rows,
    small_database,
)

from coder.store import Database, StoreError, bridges, events, marks, queries, waves
from coder.store.events import NewCoding
from coder.store.waves import RespondentRow

ANNA, BRAM, CATO, CONSENSUS = range(1, 5)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = small_database(tmp_path_factory.mktemp("events") / "study.db")
    yield found
    found.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    """A transaction that leaves the database as it was."""
    with database.engine.connect().execution_options(write=True) as found, found.begin() as transaction:
        yield found
        transaction.rollback()


def coding(
    answer: int,
    coder: int,
    *labels: str,
    status: str = "labelled",
    at: str | None = None,
    memo: str | None = None,
    version: int = 1,
) -> NewCoding:
    return NewCoding(answer, coder, status, labels, "manual", "no", version, memo, at)


def says(connection: Connection, answer: int, coder: int) -> tuple[str, str] | None:
    for r in rows(plain(connection), "SELECT * FROM coding"):
        if (r["answer_id"], r["coder_id"]) == (answer, coder):
            return r["status"], r["labels"]
    return None


def final(connection: Connection, answer: int) -> tuple[str, str, str] | None:
    for r in rows(plain(connection), "SELECT * FROM final"):
        if r["answer_id"] == answer:
            return r["status"], r["labels"], r["origin"]
    return None


def last_event(connection: Connection) -> int:
    return int(log(plain(connection))[-1]["id"])


@st.composite
def new_codings(draw: st.DrawFn, question: int) -> NewCoding:
    status = draw(st.sampled_from(["labelled", "labelled", "labelled", "none", "unclear", "skipped"]))
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True))
    origin = draw(st.sampled_from([*events.ORIGINS, events.BRIDGE]))
    return NewCoding(
        answer_id=draw(st.sampled_from(ANSWERS[question])),
        coder_id=draw(st.integers(1, len(CODERS))),
        status=status,
        labels=tuple(labels) if status == "labelled" else (),
        origin=origin,
        visible="no" if origin == events.BRIDGE else draw(st.sampled_from(events.VISIBILITIES)),
        codebook_version=draw(st.integers(1, 3)),
        memo=draw(st.sampled_from([None, "twijfel"])),
        at=draw(st.sampled_from([None, "2017-03-01T09:00:00.000000+00:00", "2018-03-01T09:00:00+00:00"])),
    )


def test_a_coding_made_again_for_a_bridge_sample_leaves_the_wave_as_it_is(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd")])
    again = NewCoding(1, ANNA, "labelled", ("team",), events.BRIDGE, "no", 2)
    other = NewCoding(1, BRAM, "none", (), events.BRIDGE, "no", 2)
    made = events.record_codings(connection, 1, [again, other])
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    assert final(connection, 1) == ("labelled", "tijd", "single")
    events.merge_label(connection, 1, "team", "scholing")
    found = bridges.codings_again(connection, [1])
    assert {coder: said["labels"] for (_answer, coder), said in found.items()} == {ANNA: "scholing", BRAM: ""}
    events.retract(connection, made[0])
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    assert list(bridges.codings_again(connection, [1])) == [(1, BRAM)]
    assert_derived_equals_log(plain(connection))


def test_a_coding_for_a_bridge_sample_is_blind(connection: Connection) -> None:
    with pytest.raises(ValueError, match="blind"):
        events.record_codings(connection, 1, [NewCoding(1, ANNA, "none", (), events.BRIDGE, "yes", 1)])


questions = st.sampled_from(sorted(ANSWERS))
merges = st.tuples(st.just("merge"), questions, st.sampled_from(LABELS), st.sampled_from(LABELS))
steps = st.one_of(
    questions.flatmap(
        lambda q: st.tuples(st.just("code"), st.just(q), st.lists(new_codings(q), min_size=1, max_size=4))
    ),
    # undo, redo, and the undoing and redoing of merges are all of them the taking back of an event
    st.tuples(st.just("take back"), st.integers(0, 1000)),
    st.tuples(st.just("take back last"), st.integers(0, 2)),
    merges,
    merges,
    st.tuples(st.just("text changed"), st.lists(st.sampled_from(ANSWER_IDS), max_size=3)),
    st.tuples(st.just("note"), questions, st.sampled_from(["setting", "codebook"])),
    st.tuples(
        st.just("memo"),
        st.sampled_from(ANSWER_IDS),
        st.sampled_from([ANNA, BRAM]),
        st.sampled_from(["", "twijfel"]),
    ),
    st.tuples(
        st.just("mark"),
        st.sampled_from(ANSWER_IDS),
        st.sampled_from([ANNA, BRAM]),
        st.sampled_from(marks.MARKS),
        st.booleans(),
    ),
    st.tuples(st.just("filled in"), st.sampled_from(ANSWER_IDS), st.booleans()),
    st.tuples(st.just("gone from the file"), st.sampled_from(ANSWER_IDS)),
    st.tuples(st.just("in the file"), st.sampled_from(ANSWER_IDS), st.sampled_from(["x", "", None])),
)


RETRACTABLE = {"coding", "memo", "retract", "codebook", *marks.MARKS}


def retractable(connection: Connection) -> list[int]:
    return [e["id"] for e in log(plain(connection)) if e["kind"] in RETRACTABLE]


def take(connection: Connection, step: tuple[Any, ...]) -> None:
    match step:
        case "code", question, codings:
            assert len(events.record_codings(connection, question, codings)) == len(codings)
        case "take back", n:
            found = [e["id"] for e in log(plain(connection)) if e["kind"] in RETRACTABLE]
            if found:
                events.retract(connection, found[n % len(found)])
        case "take back last", n:
            found = [e["id"] for e in log(plain(connection)) if e["kind"] in RETRACTABLE]
            if len(found) > n:
                events.retract(connection, found[-1 - n], memo="vergissing", by=BRAM)
        case "merge", question, label, into:
            events.merge_label(connection, question, label, into)
        case "text changed", answers:
            events.retract_codings_of(connection, answers, memo="answer changed in the file")
        case "note", question, kind:
            memo = json.dumps({"edit": "reworded", "label": "tijd"})
            events.record_note(connection, kind, question, memo=memo)
        case "memo", answer, coder, memo:
            events.record_memo(connection, QUESTION_OF[answer], answer, coder, memo)
        case "mark", answer, coder, kind, on:
            marks.record_mark(connection, kind, QUESTION_OF[answer], answer, coder, on=on)
        case "filled in", answer, filled_in:
            change = {"answer_id": answer, "text": "x", "filled_in": filled_in}
            waves.set_answers(connection, [change])
        case "gone from the file", respondent:
            waves.withdraw(connection, [respondent])
        case "in the file", respondent, text:
            question = ("verbetering", "voorwaarden")[QUESTION_OF[respondent] - 1]
            row = RespondentRow(
                respondent, f"r{respondent}", 1.0, None, None, None, None, {}, {question: text}, {}
            )
            known = {row.id: respondent}
            wave = WAVE_OF[respondent]
            waves.update_respondents(connection, known, [row])
            waves.write_answers(connection, wave, [question], known, [row], lambda _q, t: bool(t))
        case _:
            raise AssertionError(step)


def naive_next(connection: Connection, question: int, wave: int, coder: int) -> int | None:
    mine = [r for r in rows(plain(connection), "SELECT * FROM coding") if r["coder_id"] == coder]
    here = [r for r in mine if (r["question_id"], r["wave_id"]) == (question, wave)]
    last = max(here, key=lambda r: r["event_id"])["answer_id"] if here else 0
    seen = {r["answer_id"] for r in mine}
    filled_in = {r["id"] for r in rows(plain(connection), "SELECT * FROM answer WHERE filled_in")}
    unseen = [
        a
        for a in ANSWER_IDS
        if (QUESTION_OF[a], WAVE_OF[a]) == (question, wave) and a in filled_in and a not in seen
    ]
    return next((a for a in unseen if a > last), unseen[0] if unseen else None)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=25))
def test_whatever_coders_do_the_log_replays_to_exactly_the_derived_tables(
    database: Database, taken: list[tuple[Any, ...]]
) -> None:
    with database.engine.connect().execution_options(write=True) as connection:
        transaction = connection.begin()
        try:
            before = log(plain(connection))
            for step in taken:
                take(connection, step)
                after = log(plain(connection))
                assert after[: len(before)] == before, "an event was changed or deleted"
                before = after
            assert_derived_equals_log(plain(connection))
            for question in ANSWERS:
                for wave in (1, 2):
                    for coder in (ANNA, CATO, 99):
                        found = queries.next_unseen(connection, question, wave, coder)
                        number = found.answer_id if found else None
                        assert number == naive_next(connection, question, wave, coder)
            assert not rows(plain(connection), "PRAGMA foreign_key_check")
        finally:
            transaction.rollback()


def test_the_last_coding_of_a_coder_counts(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd"), coding(1, ANNA, "scholing", "tijd")])
    events.record_codings(connection, 1, [coding(1, ANNA, "team", memo="toch team")])
    assert says(connection, 1, ANNA) == ("labelled", "team")
    assert [e["labels"] for e in log(plain(connection))] == ["tijd", "scholing tijd", "team"]


def test_undo_restores_the_previous_coding_and_then_unseen(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd")])
    first = last_event(connection)
    events.record_codings(connection, 1, [coding(1, ANNA, "team")])
    events.retract(connection, last_event(connection))
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    events.retract(connection, first)
    assert says(connection, 1, ANNA) is None
    assert final(connection, 1) is None


def test_redo_takes_back_the_undo(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd")])
    undo = events.retract(connection, last_event(connection))
    redo = events.retract(connection, undo)
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    events.retract(connection, redo)
    assert says(connection, 1, ANNA) is None


def test_undoing_by_somebody_else_concerns_the_coding_not_the_person(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd"), coding(1, BRAM, "team")])
    annas = log(plain(connection))[0]["id"]
    events.retract(connection, annas, by=BRAM)
    assert says(connection, 1, ANNA) is None
    assert says(connection, 1, BRAM) == ("labelled", "team")
    assert log(plain(connection))[-1]["coder_id"] == BRAM


def test_a_merge_rewrites_older_codings_and_undoing_it_gives_them_back(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "scholing", "tijd"), coding(1, BRAM, "tijd")])
    merge = events.merge_label(connection, 1, "scholing", "tijd")
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    assert final(connection, 1) == ("labelled", "tijd", "unanimous")
    events.record_codings(connection, 1, [coding(998, ANNA, "scholing")])
    assert says(connection, 998, ANNA) == ("labelled", "scholing")
    undo = events.retract(connection, merge)
    assert says(connection, 1, ANNA) == ("labelled", "scholing tijd")
    assert final(connection, 1) == ("open", "", "open")
    events.retract(connection, undo)
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    assert says(connection, 998, ANNA) == ("labelled", "scholing")


def test_a_merge_touches_one_question_and_whole_label_ids_only(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tij"), coding(998, ANNA, "tijd")])
    events.record_codings(connection, 2, [coding(2, ANNA, "tij")])
    events.merge_label(connection, 1, "tij", "team")
    assert says(connection, 1, ANNA) == ("labelled", "team")
    assert says(connection, 998, ANNA) == ("labelled", "tijd")
    assert says(connection, 2, ANNA) == ("labelled", "tij")


def test_undoing_the_second_of_two_merges_in_a_row_leaves_the_first(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "scholing")])
    events.merge_label(connection, 1, "scholing", "team")
    second = events.merge_label(connection, 1, "team", "tijd")
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    events.retract(connection, second)
    assert says(connection, 1, ANNA) == ("labelled", "team")


def test_when_a_text_changed_no_older_coding_of_it_comes_back(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd"), coding(998, ANNA, "tijd")])
    events.record_codings(connection, 1, [coding(1, ANNA, "team"), coding(1, BRAM, status="none")])
    assert events.retract_codings_of(connection, [1], memo="answer changed in the file") == 3
    assert says(connection, 1, ANNA) is None
    assert says(connection, 1, BRAM) is None
    assert says(connection, 998, ANNA) == ("labelled", "tijd")
    assert events.retract_codings_of(connection, [1], memo="again") == 0


def test_notes_change_no_coding(connection: Connection) -> None:
    events.record_codings(connection, 1, [coding(1, ANNA, "tijd")])
    marks.record_mark(connection, "quote", 1, 1, ANNA, on=True)
    events.record_note(connection, "setting", 1, memo="{}", by=ANNA)
    assert says(connection, 1, ANNA) == ("labelled", "tijd")
    with pytest.raises(ValueError, match="not a kind of note"):
        events.record_note(connection, "coding", 1, memo="")
    with pytest.raises(ValueError, match="cannot be taken back"):
        events.retract(connection, last_event(connection))
    with pytest.raises(ValueError, match="cannot be taken back"):
        events.retract(connection, 12345)


@pytest.mark.parametrize(
    "wrong",
    [
        coding(1, ANNA),
        coding(1, ANNA, "tijd", status="none"),
        coding(1, ANNA, status="seen"),
        coding(1, ANNA, "meer handen"),
        coding(1, ANNA, "tijd", "tijd"),
        coding(1, ANNA, ""),
        coding(2, ANNA, "tijd"),  # of the other question
        coding(4444, ANNA, "tijd"),
        NewCoding(1, ANNA, "none", (), "guessed", "no", 1),
        NewCoding(1, ANNA, "none", (), "manual", "perhaps", 1),
    ],
)
def test_a_coding_that_cannot_be_is_refused_and_nothing_is_written(
    database: Database, wrong: NewCoding
) -> None:
    with pytest.raises(ValueError, match=r".+"), database.write() as connection:
        events.record_codings(connection, 1, [coding(998, ANNA, "tijd"), wrong])
    with database.read() as connection:
        assert log(plain(connection)) == []
        assert rows(plain(connection), "SELECT * FROM coding") == []


def test_an_unknown_coder_is_refused_by_the_database(database: Database) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"), database.write() as connection:
        events.record_codings(connection, 1, [coding(1, 77, "tijd")])


def test_codings_beyond_one_batch_are_all_derived(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.store.derived._BATCH", 3)
    many = [coding(a, c, "scholing") for a in ANSWERS[1] for c in (ANNA, BRAM)]
    assert events.record_codings(connection, 1, iter(many)) == list(range(1, 11))
    merge = events.merge_label(connection, 1, "scholing", "team")
    assert says(connection, 1001, BRAM) == ("labelled", "team")
    events.retract(connection, merge)
    assert events.retract_codings_of(connection, ANSWERS[1][:4], memo="changed") == 8
    assert_derived_equals_log(plain(connection))


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE event SET labels = 'team'", "an event is never changed"),
        ("UPDATE event SET memo = 'x' WHERE id = 1", "an event is never changed"),
        ("DELETE FROM event", "an event is never deleted"),
        ("INSERT OR REPLACE INTO event SELECT * FROM event", "an event is never deleted"),
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_an_event(
    tmp_path: Path, statement: str, refusal: str
) -> None:
    database = small_database(tmp_path / "study.db")
    with database.write() as connection:
        events.record_codings(connection, 1, [coding(1, ANNA, "tijd")])
        before = log(plain(connection))
    with pytest.raises(StoreError, match=refusal), database.write() as connection:
        connection.exec_driver_sql(statement)
    with database.read() as connection:
        assert log(plain(connection)) == before
    database.close()


def test_a_purge_can_lift_the_ban_within_its_transaction(tmp_path: Path) -> None:
    from coder.store.triggers import APPEND_ONLY

    database = small_database(tmp_path / "study.db")
    with database.write() as connection:
        events.record_codings(connection, 1, [coding(1, ANNA, "tijd", memo="noemt haar school")])
    with database.write() as connection:
        for name in APPEND_ONLY:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE event SET memo = NULL WHERE answer_id = 1")
        for statement in APPEND_ONLY.values():
            connection.exec_driver_sql(statement)
    with database.read() as connection:
        assert [e["memo"] for e in log(plain(connection))] == [None]
    with pytest.raises(StoreError, match="never changed"), database.write() as connection:
        connection.exec_driver_sql("UPDATE event SET memo = 'x'")
    database.close()


def test_the_number_of_an_erased_event_is_never_given_again(connection: Connection) -> None:
    from coder.store.triggers import APPEND_ONLY

    events.record_codings(connection, 1, [coding(1, ANNA, "tijd"), coding(998, ANNA, "tijd")])
    last = last_event(connection)
    for name in APPEND_ONLY:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql("DELETE FROM coding WHERE answer_id = 998")
    connection.exec_driver_sql(f"DELETE FROM event WHERE id = {last}")
    events.record_codings(connection, 1, [coding(999, ANNA, "tijd")])
    assert last_event(connection) == last + 1
