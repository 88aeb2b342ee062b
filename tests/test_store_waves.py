"""Waves in the database: what was received comes back, and all of it or nothing is there."""

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection
from store_cases import assert_derived_equals_log, plain, rows

from coder.store import Database, StoreError, queries, waves
from coder.store.waves import RespondentRow

COLUMNS: list[dict[str, Any]] = [
    {"name": "nr", "label": None},
    {"name": "wat hielp?", "label": "Wat heeft geholpen?"},
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = Database(tmp_path / "study.db", create=True)
    yield found
    found.close()


def respondent(row: int, *, asked: bool | None = None, **answers: str | None) -> RespondentRow:
    return RespondentRow(
        row=row,
        id=f"r{row}",
        weight=1.25,
        cluster="s1",
        stratum=None,
        population="leraren",
        panel_id=None,
        groups={"functie": "leraar"},
        answers=answers,
        asked=dict.fromkeys(answers, asked),
        original=(f"r{row}", *answers.values()),
    )


def filled_in(question: str, text: str | None) -> bool:
    return bool(text) and text != "nvt"


def add(connection: Connection, respondents: list[RespondentRow], name: str = "2018") -> int:
    return waves.add_wave(
        connection,
        name,
        file="meting.csv",
        sha256="ab",
        columns=COLUMNS,
        layout={"id": "nr"},
        questions=["verbetering"],
        respondents=iter(respondents),
        filled_in=filled_in,
    )


def texts(connection: Connection) -> dict[str, Any]:
    frame = queries.answers(connection, 1, [1])
    return dict(zip(frame["external_id"], frame["text"], strict=True))


def test_a_wave_comes_back_as_it_was_added(database: Database) -> None:
    rows_ = [
        respondent(2, verbetering="  overleg\r\nmet collega's 😀"),
        respondent(3, verbetering=None),
        respondent(4, verbetering="nvt", asked=True),
        respondent(5, verbetering="", asked=False),
        respondent(6, verbetering="007", asked=False),
    ]
    with database.write() as connection:
        assert add(connection, rows_) == 1
    with database.read() as connection:
        (wave,) = waves.waves(connection)
        assert (wave.name, wave.file, wave.columns, wave.layout) == (
            "2018",
            "meting.csv",
            tuple(COLUMNS),
            {"id": "nr"},
        )
        assert waves.find_wave(connection, "2018") == wave
        assert waves.find_wave(connection, "2019") is None
        frame = queries.answers(connection, 1, [1])
        assert frame["text"].tolist() == [r.answers["verbetering"] for r in rows_]
        # who filled something in was asked, whatever the file says
        assert frame["asked"].tolist() == [True, None, True, False, True]
        assert frame["filled_in"].tolist() == [True, False, False, False, True]
        assert frame["weight"].tolist() == [1.25] * 5
        assert frame["stratum"].tolist() == [None] * 5
        assert list(waves.originals(connection, 1)) == [(r.id, r.original) for r in rows_]


def test_batches_are_added_one_after_the_other_and_told_of(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "_BATCH", 3)
    told: list[int] = []
    with database.write() as connection:
        waves.add_wave(
            connection,
            "2018",
            file="f",
            sha256="0",
            columns=COLUMNS,
            layout={},
            questions=["verbetering"],
            respondents=(respondent(n, verbetering="tijd") for n in range(7)),
            filled_in=filled_in,
            progress=told.append,
        )
    assert told == [3, 6, 7]
    with database.read() as connection:
        assert list(queries.answer_numbers(connection, 1, 1, [f"r{n}" for n in range(9000)])) == [
            f"r{n}" for n in range(7)
        ]


def test_when_the_last_respondent_fails_nothing_of_the_wave_is_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "_BATCH", 2)
    twice = [respondent(n, verbetering="tijd") for n in (1, 2, 3, 1)]
    with pytest.raises(StoreError, match="UNIQUE"), database.write() as connection:
        add(connection, twice)
    with database.read() as connection:
        for table in ("wave", "question", "respondent", "original", "answer", "filled_in_count"):
            assert rows(plain(connection), f"SELECT * FROM {table}") == []


def test_a_second_wave_keeps_its_own_respondents(database: Database) -> None:
    with database.write() as connection:
        add(connection, [respondent(1, verbetering="tijd")])
        add(connection, [respondent(1, verbetering="rust")], name="2019")
        assert waves.respondent_numbers(connection, 1) == {"r1": 1}
        assert waves.respondent_numbers(connection, 2) == {"r1": 2}
        assert queries.answers(connection, 1, [1, 2])["text"].tolist() == ["tijd", "rust"]


def test_a_respondent_can_leave_the_file_and_come_back(database: Database) -> None:
    with database.write() as connection:
        add(connection, [respondent(1, verbetering="tijd"), respondent(2, verbetering="rust")])
        waves.withdraw(connection, [2])
        assert waves.active_respondents(connection, 1) == ["r1"]
        assert texts(connection) == {"r1": "tijd"}
        assert [name for name, _cells in waves.originals(connection, 1)] == ["r1"]
        known = waves.respondent_numbers(connection, 1)
        assert known == {"r1": 1, "r2": 2}
        back = [respondent(2, verbetering="rust en ruimte")]
        waves.update_respondents(connection, known, back)
        waves.write_answers(connection, 1, ["verbetering"], known, back, filled_in)
        assert texts(connection) == {"r1": "tijd", "r2": "rust en ruimte"}
        assert list(waves.originals(connection, 1))[1] == ("r2", ("r2", "rust en ruimte"))
        assert queries.answer_counts(connection)[0]["filled_in"] == 2
        assert_derived_equals_log(plain(connection))


def test_answers_written_again_keep_their_number(database: Database) -> None:
    with database.write() as connection:
        add(connection, [respondent(1, verbetering="tijd")])
        before = queries.answer_numbers(connection, 1, 1, [f"r{n}" for n in range(9000)])
        known = waves.respondent_numbers(connection, 1)
        changed = [respondent(1, verbetering="nvt", voorwaarden="ruimte")]
        waves.write_answers(connection, 1, ["verbetering", "voorwaarden"], known, changed, filled_in)
        assert queries.answer_numbers(connection, 1, 1, [f"r{n}" for n in range(9000)]) == before
        counts = {r["question_id"]: r["filled_in"] for r in queries.answer_counts(connection)}
        assert counts == {1: 0, 2: 1}
        assert_derived_equals_log(plain(connection))


def test_importing_again_is_recorded(database: Database) -> None:
    with database.write() as connection:
        add(connection, [respondent(1, verbetering="tijd")])
        waves.set_wave_file(
            connection, 1, file="nieuw.csv", sha256="cd", columns=COLUMNS[:1], layout={"id": "id"}
        )
        (wave,) = waves.waves(connection)
    assert (wave.file, wave.sha256, wave.columns, wave.layout) == (
        "nieuw.csv",
        "cd",
        (COLUMNS[0],),
        {"id": "id"},
    )


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8")),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(min_value=dt.timedelta(days=-999), max_value=dt.timedelta(days=999)),
)


@given(st.lists(cells))
def test_cells_keep_their_value_and_their_type(original: list[Any]) -> None:
    stored = json.dumps([waves.encode_cell(cell) for cell in original], ensure_ascii=False)
    read = [waves.decode_cell(cell) for cell in json.loads(stored)]
    assert read == original
    assert [type(cell) for cell in read] == [type(cell) for cell in original]
