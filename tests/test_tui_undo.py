"""Undo without limit: any sequence of keys followed by as many undos restores the exact state."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_cases import assert_derived_equals_log
from study_cases import ANSWERS, new_study, survey, with_codebook
from tui_cases import Screens, on_screens, press, suggestions

from coder.study import Study
from coder.study.coding import CodingSession
from coder.study.selecting import alike
from coder.tui.desk import Desk
from coder.tui.suggesting import Suggesting

LABELS = ("tijd", "handen", "groepen", "overig", "weet_niet")
SUGGESTED = {"01": {"tijd": 0.9}, "02": {"handen": 0.8, "tijd": 0.6}, "07": {"weet_niet": 0.9}}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    answers = {**ANSWERS, "09": "Kleinere groepen!"}
    return with_codebook(new_study(folder, survey(folder, answers)))


def state(study: Path) -> dict[str, Any]:
    """Return all that a coder could see of what was done: derived tables and drafts, without numbers."""
    with closing(sqlite3.connect(study / "study.db")) as connection:
        assert_derived_equals_log(connection)
        wanted = {
            "coding": "answer_id, coder_id, status, labels, origin, visible, codebook_version, memo",
            "final": "answer_id, status, labels, origin",
            "mark": "answer_id, coder_id, kind",
            "draft": "answer_id, coder_id, labels, memo",
        }
        found: dict[str, Any] = {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)
            for table, columns in wanted.items()
        }
    return {**found, "codebook": (study / "codebooks" / "nodig.yaml").read_text()}


def do(desk: Desk, key: str) -> None:
    """Do what the screen does for a key."""
    match key:
        case "enter":
            desk.enter()
        case "o":
            desk.decide("unclear")
        case "s":
            desk.decide("skipped")
        case "p":
            desk.take_suggestion()
        case "f" | "c":
            if desk.here is not None:
                desk.session.mark(desk.here, "flag" if key == "f" else "quote")
                desk.reopen()
        case "m":
            if desk.shown is not None:
                desk.session.write_memo(desk.shown.answer, "memo", desk.shown.chosen)
                desk.reopen()
        case "g":
            if desk.shown is not None and desk.shown.chosen:
                others = alike(desk.session, desk.shown.answer.answer_id)
                desk.save("labelled", desk.shown.chosen, others)
        case "left" | "right":
            desk.step(1 if key == "right" else -1)
        case "u":
            desk.undo()
        case "y":
            desk.redo()
        case digit:
            desk.digit(digit)


def desk_of(study: Study, folder: Path) -> Desk:
    with study.database.read() as connection:
        wave = study.wave(connection, "w1")
    session = CodingSession(study, study.question("nodig"), wave, "AB")
    suggesting = Suggesting(None, lambda: None, lambda answer, carried: None)
    desk = Desk(session, suggesting)
    suggesting.hear(suggestions(folder, SUGGESTED, labels=LABELS))
    desk.go_to(desk.here)
    return desk


KEYS = ["1", "2", "3", "9", "0", "enter", "enter", "o", "s", "p", "f", "c", "m", "g", "left", "right"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(KEYS), max_size=14))
def test_as_many_undos_as_keys_that_changed_something_restore_every_state_on_the_way(
    template: Path, keys: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copytree(template, Path(folder) / "study"))
        with Study(path) as study:
            desk = desk_of(study, path)
            states = [state(path)]
            for key in keys:
                before = count(path)
                do(desk, key)
                if count(path) != before:
                    states.append(state(path))
            for earlier in reversed(states[:-1]):
                desk.undo()
                assert state(path) == earlier
            desk.undo()
            assert desk.message == "Nothing to take back."
            for later in states[1:]:
                desk.redo()
                assert state(path) == later
            desk.redo()
            assert desk.message == "Nothing to do again."


def count(study: Path) -> int:
    with closing(sqlite3.connect(study / "study.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM action").fetchone()[0])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*KEYS, "u", "u", "y"]), max_size=25))
def test_whatever_is_undone_and_redone_in_between_all_of_it_can_be_taken_back(
    template: Path, keys: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copytree(template, Path(folder) / "study"))
        with Study(path) as study:
            desk = desk_of(study, path)
            first = state(path)
            for key in keys:
                do(desk, key)
                shown = {label: n for label, n in desk.counts.items() if n}
                assert shown == desk.session.label_counts()
            while desk.message != "Nothing to take back.":
                desk.undo()
            assert state(path) == first


@pytest.mark.parametrize(
    "keys", [("1", "2", "enter", "0", "f", "right", "3", "enter"), ("9", "9", "enter", "s", "o", "c")]
)
def test_the_keys_of_the_screen_do_what_the_desk_does(
    template: Path, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    path = Path(shutil.copytree(template, tmp_path / "study"))
    first = state(path)

    async def test(pilot: Screens) -> None:
        await press(pilot, *keys)
        changed = count(path)
        assert state(path) != first
        await press(pilot, *["u"] * changed)
        assert state(path) == first

    on_screens(path, test)
