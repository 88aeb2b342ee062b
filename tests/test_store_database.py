"""Opening, upgrading, copying and closing study.db."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from store_cases import CODERS, code_one, codings_in, plain, rows, small_database

import coder
from coder.store import Database, StoreError, events
from coder.store.events import NewCoding
from coder.store.migrations import MIGRATIONS, Migration

ROOT = Path(coder.__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
APPLIED = [step.number for step in MIGRATIONS]
NEXT = APPLIED[-1] + 1


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    found = small_database(tmp_path / "study.db")
    yield found
    found.close()


def refusal(path: Path, *, create: bool = False) -> str:
    """Return the one line that opening the file gives."""
    with pytest.raises(StoreError) as caught:
        Database(path, create=create)
    line = str(caught.value)
    assert "\n" not in line
    assert path.name in line
    return line


def test_what_is_acknowledged_is_on_the_disk(database: Database) -> None:
    with database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def interrupted() -> None:
        with database.write() as connection:
            events.record_codings(connection, 1, [NewCoding(1, 1, "none", (), "manual", "no", 1)])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert codings_in(database.path) == 0


def test_a_reader_sees_one_state_while_another_writes(database: Database) -> None:
    count = "SELECT count(*) FROM event"
    with database.read() as reader:
        assert reader.exec_driver_sql(count).scalar() == 0
        code_one(database)
        assert reader.exec_driver_sql(count).scalar() == 0
    with database.read() as reader:
        assert reader.exec_driver_sql(count).scalar() == 1


def test_migrations_are_recorded_with_the_version_of_the_program(database: Database) -> None:
    with database.read() as connection:
        found = rows(plain(connection), "SELECT * FROM migration")
    assert [(r["number"], r["name"]) for r in found] == [
        (1, "create_tables"),
        (2, "add_coding_screens"),
        (3, "add_bridge_and_audit_samples"),
    ]
    assert found[0]["program_version"] == coder.__version__
    assert found[0]["applied_at"].endswith("+00:00")


def add_remark(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE answer ADD COLUMN remark TEXT")
    connection.exec_driver_sql("UPDATE answer SET remark = 'leeg'")


def fail(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE halfway (id INTEGER)")
    connection.exec_driver_sql("INSERT INTO halfway VALUES (1)")
    raise RuntimeError("power cut")


def with_migrations(monkeypatch: pytest.MonkeyPatch, *steps: Migration) -> None:
    monkeypatch.setattr("coder.store.database.MIGRATIONS", [*MIGRATIONS, *steps])


def test_an_older_database_is_copied_and_then_brought_up_to_date(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    code_one(database)
    database.close()
    with_migrations(monkeypatch, Migration(NEXT, "add_remark", add_remark))
    newer = Database(database.path)
    with newer.read() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT remark FROM answer").scalars().all() == ["leeg"]
        assert [m["name"] for m in rows(plain(connection), "SELECT * FROM migration")] == [
            *(step.name for step in MIGRATIONS),
            "add_remark",
        ]
    newer.close()
    copy = database.path.with_name(f"study-before-{NEXT}.db")
    assert codings_in(copy) == 1
    with closing(sqlite3.connect(copy)) as connection:
        assert "remark" not in [c["name"] for c in rows(connection, "PRAGMA table_info(answer)")]
    copy.unlink()
    Database(database.path).close()
    assert not copy.exists(), "nothing to apply, nothing to copy"


def test_a_failing_second_migration_leaves_nothing_of_the_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    code_one(database)
    database.close()
    with closing(sqlite3.connect(database.path)) as connection:
        before = rows(connection, "SELECT * FROM sqlite_master")
    with_migrations(
        monkeypatch, Migration(NEXT, "add_remark", add_remark), Migration(NEXT + 1, "fails_half_way", fail)
    )
    with pytest.raises(RuntimeError, match="power cut"):
        Database(database.path)
    with closing(sqlite3.connect(database.path)) as connection:
        assert rows(connection, "SELECT * FROM sqlite_master") == before
        assert [r["number"] for r in rows(connection, "SELECT * FROM migration")] == APPLIED
    assert codings_in(database.path.with_name(f"study-before-{NEXT + 1}.db")) == 1
    monkeypatch.undo()
    Database(database.path).close()


def test_a_new_database_is_made_as_the_newest_schema_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_migrations(monkeypatch, Migration(NEXT, "add_what_the_schema_has_already", fail))
    path = tmp_path / "study.db"
    Database(path, create=True).close()
    with closing(sqlite3.connect(path)) as connection:
        assert [r["number"] for r in rows(connection, "SELECT * FROM migration")] == [*APPLIED, NEXT]
    assert [p.name for p in tmp_path.iterdir()] == ["study.db"]


def structure(path: Path) -> dict[str, list[Any]]:
    """Return every table with its columns, keys and indexes, and every trigger."""
    with closing(sqlite3.connect(path)) as connection:
        names = [r["name"] for r in rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        found: dict[str, list[Any]] = {
            name: [
                rows(connection, f"PRAGMA {what}({name})")
                for what in ("table_info", "foreign_key_list", "index_list")
            ]
            for name in names
        }
        triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        found["triggers"] = [" ".join(f"{r['name']} {r['sql']}".split()) for r in rows(connection, triggers)]
        return found


#: tables of the third migration
_LATER = ("bridge", "audit_frame")


def test_a_study_of_before_the_coding_screens_gets_what_a_new_one_has(database: Database) -> None:
    code_one(database)
    database.close()
    wanted = structure(database.path)
    with closing(sqlite3.connect(database.path)) as connection:
        for table in ("assignment", "recode", "mark", "draft", "action", "preference", *_LATER):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP TRIGGER answer_changed_under_draft")
        connection.execute("ALTER TABLE codebook_version DROP COLUMN restores")
        connection.execute("ALTER TABLE suggestion DROP COLUMN unlearnt")
        connection.execute("DELETE FROM migration WHERE number > 1")
        connection.commit()
    upgraded = Database(database.path)
    with upgraded.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coding").scalar() == 1
    upgraded.close()
    assert structure(database.path) == wanted
    assert codings_in(database.path.with_name(f"study-before-{MIGRATIONS[-1].number}.db")) == 1


def test_a_study_of_before_the_bridge_and_audit_samples_gets_what_a_new_one_has(database: Database) -> None:
    code_one(database)
    database.close()
    wanted = structure(database.path)
    with closing(sqlite3.connect(database.path)) as connection:
        for table in _LATER:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE suggestion DROP COLUMN unlearnt")
        connection.execute("DELETE FROM migration WHERE number > 2")
        connection.commit()
    upgraded = Database(database.path)
    with upgraded.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coding").scalar() == 1
    upgraded.close()
    assert structure(database.path) == wanted
    assert codings_in(database.path.with_name(f"study-before-{MIGRATIONS[-1].number}.db")) == 1


def test_a_database_of_a_newer_program_is_left_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.close()
    with monkeypatch.context() as newer:
        with_migrations(newer, Migration(NEXT, "add_remark", add_remark))
        Database(database.path).close()
    before = database.path.read_bytes()
    assert "newer version of coder" in refusal(database.path)
    assert database.path.read_bytes() == before


def test_there_is_no_database(tmp_path: Path) -> None:
    assert "coder new" in refusal(tmp_path / "study.db")
    assert not (tmp_path / "study.db").exists()


def test_an_empty_file_is_not_taken_for_an_empty_study(tmp_path: Path) -> None:
    (tmp_path / "study.db").touch()
    assert "empty" in refusal(tmp_path / "study.db")


@pytest.mark.parametrize("content", [b"id;antwoord\n1;tijd\n" * 100, b"PK\x03\x04" + b"\x00" * 4000])
def test_a_file_that_is_not_a_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.db"
    path.write_bytes(content)
    assert "not a database" in refusal(path)
    assert path.read_bytes() == content


def test_a_truncated_database_is_damaged(database: Database) -> None:
    database.close()
    path = database.path
    path.write_bytes(path.read_bytes()[:20_000])
    assert "damaged" in refusal(path)


def test_the_database_of_another_program_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    assert "not the database of a study" in refusal(path)
    assert "not the database of a study" in refusal(path, create=True)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be opened" in refusal(tmp_path / "nowhere" / "study.db", create=True)


def test_a_file_that_refuses_opening_is_not_held_open(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    path.write_bytes(b"x" * 5000)
    refusal(path)
    if sys.platform == "linux":
        held = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd") if _is_link(n)]
        assert str(path) not in held


def _is_link(descriptor: str) -> bool:
    return os.path.islink(f"/proc/self/fd/{descriptor}")


def test_writing_to_a_database_that_is_read_only_is_one_line(database: Database) -> None:
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")  # answers what a file without permission does
        connection.commit()
    with pytest.raises(StoreError) as caught:
        code_one(database)
    assert str(caught.value) == f"{database.path} cannot be written; check the folder's permissions."


def test_a_full_disk_is_one_line_and_loses_only_what_was_in_flight(database: Database) -> None:
    code_one(database)

    def fill() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # not a page more than there are
            many = [NewCoding(a, 1, "none", (), "manual", "no", 1) for a in (1, 998, 999)] * 2000
            events.record_codings(connection, 1, many)

    with pytest.raises(StoreError) as caught:
        fill()
    assert str(caught.value) == (
        f"{database.path}: the disk is full or does not answer; nothing was lost, make room and try again."
    )
    database.close()  # there is room again
    code_one(database, answer=998)
    database.close()
    assert codings_in(database.path) == 2


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions hold back"
)
def test_a_read_only_file_can_be_read_but_not_written(database: Database) -> None:
    database.close()
    database.path.chmod(0o444)
    readable = Database(database.path)
    with readable.read() as connection:
        assert list(events.coders(connection).values()) == list(CODERS)
    with pytest.raises(StoreError, match="cannot be written"):
        code_one(readable)
    readable.close()


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_while_another_process_writes_reading_goes_on_and_writing_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.store.database.LOCK_SECONDS", 0.1)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        second = Database(database.path)  # opening needs no lock
        with second.read() as connection:
            assert len(events.coders(connection)) == len(CODERS)
        with pytest.raises(StoreError) as caught:
            code_one(second)
        assert str(caught.value) == (
            f"{database.path} is in use by another program; try again when that is done."
        )
        other.stdin.close()
        other.wait(timeout=10)
        code_one(second)
        second.close()
    assert codings_in(database.path) == 1


OPEN = """
import sys
from pathlib import Path
from coder.store import Database, events
path = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
database = Database(path, create=True)
with database.write() as connection:
    events.coder_id(connection, sys.argv[2])
database.close()
"""


def test_processes_that_open_a_new_study_at_once_make_it_once(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    others = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(path), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        for name in ("anna", "bram", "cato")
    ]
    for other in others:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
    for other in others:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
    for other in others:
        _out, said = other.communicate(timeout=30)
        assert (other.returncode, said) == (0, "")
    database = Database(path)
    with database.read() as connection:
        assert sorted(events.coders(connection).values()) == ["anna", "bram", "cato"]
        assert [r["number"] for r in rows(plain(connection), "SELECT * FROM migration")] == APPLIED
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "50% #1 ? één & twee"
    folder.mkdir()
    database = small_database(folder / "study.db")
    code_one(database)
    database.close()
    assert codings_in(folder / "study.db") == 1
