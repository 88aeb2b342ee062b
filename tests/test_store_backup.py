"""Copies of study.db that miss nothing."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from store_cases import code_one, codings_in, rows, small_database

from coder.store import Database, StoreError, events


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = small_database(tmp_path / "study.db")
    yield found
    found.close()


def test_a_backup_has_the_last_events_while_the_study_is_open(database: Database, tmp_path: Path) -> None:
    code_one(database)
    with database.read() as reader:
        events.coders(reader)  # somebody reading keeps the journal from being written back
        code_one(database, answer=998)
        bare = tmp_path / "bare.db"
        shutil.copyfile(database.path, bare)
        database.backup(tmp_path / "copy.db")
    assert codings_in(tmp_path / "copy.db") == 2
    with closing(sqlite3.connect(bare)) as connection:
        assert len(rows(connection, "SELECT * FROM sqlite_master")) == 0, "the bare copy misses everything"
    restored = Database(tmp_path / "copy.db")
    code_one(restored, answer=999)
    restored.close()
    assert codings_in(tmp_path / "copy.db") == 3


def test_a_backup_is_one_file_and_replaces_an_older_one_with_its_journal(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    copy = folder / "study.db"
    database.backup(copy)
    shutil.copyfile(copy, folder / "study.db-wal")  # as a crash of a program that had it open leaves one
    code_one(database)
    database.backup(copy)
    assert [p.name for p in folder.iterdir()] == ["study.db"]
    assert codings_in(copy) == 1


def test_a_backup_that_cannot_be_made_is_one_line_and_leaves_no_half_copy(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(StoreError, match=r"copy\.db cannot be opened") as caught:
        database.backup(tmp_path / "backups" / "copy.db")
    assert "\n" not in str(caught.value)
    (tmp_path / "taken").mkdir()
    with pytest.raises(StoreError, match="taken cannot be written") as caught:
        database.backup(tmp_path / "taken")
    assert "\n" not in str(caught.value)
    with pytest.raises(StoreError, match="is the database itself"):
        database.backup(database.path)
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith("study.db")) == ["taken"]


def test_after_closing_a_bare_copy_of_the_file_is_complete(database: Database, tmp_path: Path) -> None:
    other = Database(database.path)  # another window of the same program, still open
    code_one(other)
    code_one(database, answer=998)
    database.close()
    shutil.copyfile(database.path, tmp_path / "copy.db")
    assert codings_in(tmp_path / "copy.db") == 2
    other.close()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("study.db")] == ["study.db"]
