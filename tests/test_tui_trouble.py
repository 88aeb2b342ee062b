"""What can go wrong with the study under the screens: said in a dialog, and nothing is lost."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from study_cases import database, labels, new_study, refused, with_codebook
from tui_cases import Screens, on_screens, press, settled, text_of

from coder.store import StoreError
from coder.tui.trouble import TroubleApp


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return with_codebook(new_study(tmp_path))


def drafts(study: Path) -> list[tuple[object, ...]]:
    return database(study, "SELECT labels FROM draft")


def test_a_full_disk_says_so_and_what_was_there_is_kept(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "1")
        engine = pilot.app.study.database.engine  # type: ignore[attr-defined]
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            used = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {used}")
        for _ in range(400):  # until the pages at hand are full
            await pilot.press("f")
            if "disk is full" in text_of(pilot):
                break
        await settled(pilot)
        assert "make room and try again" in text_of(pilot)
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(f"PRAGMA max_page_count = {10 * used}")
        await press(pilot, "escape", "enter")
        assert labels(study) == {"01": "tijd"}

    on_screens(study, test)


def test_a_read_only_database_says_so_and_shows_the_answers_as_they_are(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "1")
        engine = pilot.app.study.database.engine  # type: ignore[attr-defined]
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA query_only = ON")
        await press(pilot, "2")
        assert "cannot be written" in text_of(pilot)
        await press(pilot, "escape")
        assert drafts(study) == [("tijd",)]
        with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute("PRAGMA query_only = OFF")
        await press(pilot, "enter")
        assert labels(study) == {"01": "tijd"}

    on_screens(study, test)


def opening(study: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Return what the dialog says when the screens cannot open, and what the command says after it."""
    shown: list[str] = []

    def run(app: TroubleApp) -> None:
        async def look() -> None:
            async with app.run_test(size=(100, 30)) as pilot:
                await pilot.pause()
                shown.append(text_of(pilot))
                await pilot.press("enter")

        asyncio.run(look())

    monkeypatch.setattr(TroubleApp, "run", run)
    monkeypatch.setenv("TEXTUAL_DRIVER", "as in a browser")
    said = refused("code", "--coder", "AB", "--study", study)
    assert len(shown) == 1
    return " ".join(shown[0].split()), said


def test_a_study_of_a_newer_version_is_left_alone_in_a_dialog(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(study / "study.db")) as connection:
        connection.execute("INSERT INTO migration VALUES (999, 'from the future', '2031', '9.9')")
        connection.commit()
    dialog, line = opening(study, monkeypatch)
    assert "newer version of coder" in dialog
    assert "newer version of coder" in line


def test_a_missing_codebook_is_named_in_a_dialog(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (study / "codebooks" / "nodig.yaml").unlink()
    dialog, line = opening(study, monkeypatch)
    assert "put it back" in dialog
    assert "nodig.yaml" in line


def test_the_screens_need_a_terminal(study: Path) -> None:
    assert "need a terminal" in refused("code", "--coder", "AB", "--study", study)


def test_a_codebook_that_goes_away_meanwhile_stops_nothing(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        (study / "codebooks" / "nodig.yaml").unlink()
        await press(pilot, "1", "enter")
        assert labels(study) == {"01": "tijd"}

    on_screens(study, test)


def test_an_error_while_saving_leaves_the_answer_open(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "1")

        def fail(*_arguments: object) -> None:
            raise StoreError("the disk is full")

        with monkeypatch.context() as broken:
            broken.setattr("coder.store.events.record_codings", fail)
            await press(pilot, "enter")
            assert "the disk is full" in text_of(pilot)
        assert labels(study) == {}
        await press(pilot, "escape", "enter")
        assert labels(study) == {"01": "tijd"}

    on_screens(study, test)
