"""Opening study.db: one file, written safely, upgraded with care."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Insert, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from coder.errors import CoderError
from coder.messages import _
from coder.store import schema
from coder.store.migrations import MIGRATIONS
from coder.version import __version__

LOCK_SECONDS = 5.0
"""How long to wait for another program that is writing."""


class StoreError(CoderError):
    """The database cannot be opened, read or written."""


def now() -> str:
    """Return the time as it is written in the log: UTC, ISO 8601, to the microsecond."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")


def insert_one(connection: Connection, statement: Insert) -> int:
    """Insert one row and return its number."""
    key = connection.execute(statement).inserted_primary_key
    assert key is not None  # noqa: S101  (one row into a table with a number of its own)
    return int(key[0])


class Database:
    """A connection pool on one study.db, and the transactions on it.

    Raises StoreError when the file is not a study's database, was made by a newer program, is read-only
    or stays locked by another program for longer than five seconds.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        if not create and not path.exists():
            raise StoreError(
                _("{file}: there is no database; make a study with 'coder new'.").format(file=path)
            )
        self.engine = _engine(path)
        try:
            with translated_errors(path):
                applied = self._applied()
                if applied is None and not create:
                    raise StoreError(_("{file} is empty; put a backup in its place.").format(file=path))
                self._use_journal()
                if {step.number for step in MIGRATIONS} - (applied or set()):
                    self._upgrade()
        except BaseException:
            self.engine.dispose()
            raise

    def _applied(self) -> set[int] | None:
        """Return the migrations the database has had; None for a database without tables."""
        with self.engine.connect() as connection:
            return _applied(connection, self.path)

    def _use_journal(self) -> None:
        """Set write-ahead logging, under which readers and the writer do not wait for one another."""
        # a read-only file keeps the journal it has; the first write says what is wrong
        with suppress(sqlite3.OperationalError), self._outside_transaction() as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")

    def _upgrade(self) -> None:
        with self.write() as connection:
            # a second process may have been first: what counts is what is there inside the transaction
            applied = _applied(connection, self.path) or set()
            missing = [step for step in MIGRATIONS if step.number not in applied]
            if applied and missing:
                newest = MIGRATIONS[-1].number
                self.backup(self.path.with_name(f"{self.path.stem}-before-{newest}{self.path.suffix}"))
            for step in missing:
                if applied or step is MIGRATIONS[0]:
                    step.apply(connection)
                connection.execute(
                    insert(schema.migration).values(
                        number=step.number, name=step.name, applied_at=now(), program_version=__version__
                    )
                )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write: all of it is durable at the end, or none of it."""
        with (
            translated_errors(self.path),
            self.engine.connect().execution_options(write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that reads one consistent state."""
        with translated_errors(self.path), self.engine.connect() as connection:
            yield connection

    def backup(self, to: Path) -> None:
        """Copy the whole database, the last events included, to one file that is complete by itself.

        The copy is made beside its target and renamed when complete, so that a half copy never bears
        the name of a backup. Raises StoreError when the copy cannot be written.
        """
        if to.exists() and to.samefile(self.path):
            raise StoreError(_("{file} is the database itself; name another file.").format(file=to))
        part = to.with_name(to.name + ".part")
        try:
            part.unlink(missing_ok=True)
            with (
                translated_errors(to),
                closing(sqlite3.connect(self.path, timeout=LOCK_SECONDS)) as source,
                closing(sqlite3.connect(part)) as target,
            ):
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
            # a journal left by whoever had the older copy open would be read into the new one
            for journal in ("-wal", "-shm"):
                to.with_name(to.name + journal).unlink(missing_ok=True)
            part.replace(to)
        except OSError as error:
            raise StoreError(
                _("{file} cannot be written: {reason}.").format(file=to, reason=error.strerror)
            ) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def close(self) -> None:
        """Write the journal back into study.db, so that a bare copy of the file is complete."""
        # when somebody else still has the study open, or it is read-only, the journal stays valid as it is
        with suppress(DatabaseError, sqlite3.DatabaseError), self._outside_transaction() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.engine.dispose()

    @contextmanager
    def _outside_transaction(self) -> Iterator[sqlite3.Cursor]:
        connection = self.engine.raw_connection()
        try:
            with closing(connection.cursor()) as cursor:
                yield cast(sqlite3.Cursor, cursor)
        finally:
            connection.close()


def _applied(connection: Connection, path: Path) -> set[int] | None:
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if not names >= {"migration", "event", "answer"}:
        raise StoreError(_("{file} is not the database of a study.").format(file=path))
    applied = set(connection.scalars(select(schema.migration.c.number)))
    if max(applied, default=0) > MIGRATIONS[-1].number:
        raise StoreError(
            _("{file} was made by a newer version of coder; install that version to open it.").format(
                file=path
            )
        )
    return applied


def _engine(path: Path) -> Engine:
    # the file is named through `creator`: a path may hold characters that an URL cannot
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            path, timeout=LOCK_SECONDS, check_same_thread=False, isolation_level=None
        ),
        poolclass=QueuePool,
    )

    @event.listens_for(engine, "connect")
    def settings(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA cache_size = -65536")
        # so that INSERT OR REPLACE, too, runs into the triggers that forbid deleting an event
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # sqlite3 would begin lazily and could then fail half-way on a lock: a writer asks for it at once
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says into one line for a person."""
    try:
        yield
    except DatabaseError as error:
        raise StoreError(_explain(path, str(error.orig))) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(_explain(path, str(error))) from error


def _explain(path: Path, said: str) -> str:
    if "locked" in said or "busy" in said:
        text = _("{file} is in use by another program; try again when that is done.")
    elif "readonly" in said or "read-only" in said:
        text = _("{file} cannot be written; check the folder's permissions.")
    elif "disk is full" in said or "disk I/O" in said:
        text = _("{file}: the disk is full or does not answer; nothing was lost, make room and try again.")
    elif "not a database" in said or "malformed" in said:
        text = _("{file} is damaged or not a database; put a backup in its place.")
    elif "locking protocol" in said:
        text = _("{file} is on a network drive, where it cannot be kept; move the study to a local disk.")
    elif "unable to open" in said:
        text = _("{file} cannot be opened; check that the folder exists and may be written.")
    else:
        return _("{file}: the database refused: {reason}.").format(file=path, reason=said)
    return text.format(file=path)
