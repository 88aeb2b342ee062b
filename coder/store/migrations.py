"""Numbered changes of the database, each recorded when it is applied.

A database of an older program is brought up to date when a study is opened: a backup copy is made
first, then every missing migration runs in one transaction. A new database is made as `schema` says it is
now, and all migrations are recorded as done. To change the schema, change it there, add a function here that
brings older databases to the same, and never edit one that has been released.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from coder.store.schema import metadata
from coder.store.triggers import create_triggers


@dataclass(frozen=True)
class Migration:
    """One change of the database, and what it is called."""

    number: int
    name: str
    apply: Callable[[Connection], None]


MIGRATIONS: list[Migration] = []


def migration(number: int) -> Callable[[Callable[[Connection], None]], Callable[[Connection], None]]:
    """Register the function as the migration with this number."""

    def register(apply: Callable[[Connection], None]) -> Callable[[Connection], None]:
        MIGRATIONS.append(Migration(number, apply.__name__, apply))
        MIGRATIONS.sort(key=lambda step: step.number)
        return apply

    return register


@migration(1)
def create_tables(connection: Connection) -> None:
    """Make the tables of a new database."""
    metadata.create_all(connection)
    create_triggers(connection)


@migration(2)
def add_coding_screens(connection: Connection) -> None:
    """Add what coding on screen needs: drafts, undo, marks, assignments, what is to be read again."""
    connection.exec_driver_sql("ALTER TABLE codebook_version ADD COLUMN restores INTEGER")
    for table in _CODING_SCREENS:
        connection.exec_driver_sql(table)


@migration(3)
def add_bridge_and_audit_samples(connection: Connection) -> None:
    """Add what numbers stand on: answers coded again, what audits were drawn from, unlearnt suggestions."""
    for statement in _BRIDGE_AND_AUDIT_SAMPLES:
        connection.exec_driver_sql(statement)


# written out: what the schema says later may differ
_CODING_SCREENS = (
    """CREATE TABLE assignment (
        answer_id INTEGER NOT NULL,
        coder_id INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (answer_id, coder_id),
        FOREIGN KEY(answer_id) REFERENCES answer (id),
        FOREIGN KEY(coder_id) REFERENCES coder (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX assignment_by_coder ON assignment (coder_id, answer_id)",
    """CREATE TABLE recode (
        answer_id INTEGER NOT NULL,
        label TEXT NOT NULL,
        question_id INTEGER NOT NULL,
        reason TEXT NOT NULL,
        "after" INTEGER NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (answer_id, label),
        FOREIGN KEY(answer_id) REFERENCES answer (id),
        FOREIGN KEY(question_id) REFERENCES question (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX recode_by_question ON recode (question_id, answer_id)",
    """CREATE TABLE mark (
        answer_id INTEGER NOT NULL,
        coder_id INTEGER NOT NULL,
        kind TEXT NOT NULL,
        question_id INTEGER NOT NULL,
        PRIMARY KEY (answer_id, coder_id, kind),
        FOREIGN KEY(answer_id) REFERENCES answer (id),
        FOREIGN KEY(coder_id) REFERENCES coder (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX mark_by_question ON mark (question_id, kind, answer_id)",
    """CREATE TABLE draft (
        answer_id INTEGER NOT NULL,
        coder_id INTEGER NOT NULL,
        question_id INTEGER NOT NULL,
        labels TEXT NOT NULL,
        memo TEXT,
        at TEXT NOT NULL,
        PRIMARY KEY (answer_id, coder_id),
        FOREIGN KEY(answer_id) REFERENCES answer (id),
        FOREIGN KEY(coder_id) REFERENCES coder (id)
    )
     WITHOUT ROWID""",
    """CREATE TABLE action (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        coder_id INTEGER NOT NULL,
        question_id INTEGER NOT NULL,
        answer_id INTEGER,
        kind TEXT NOT NULL,
        events TEXT NOT NULL,
        drafts TEXT NOT NULL,
        undone BOOLEAN NOT NULL,
        FOREIGN KEY(coder_id) REFERENCES coder (id),
        FOREIGN KEY(question_id) REFERENCES question (id),
        FOREIGN KEY(answer_id) REFERENCES answer (id)
    )""",
    "CREATE INDEX action_in_order ON action (coder_id, question_id, undone, id)",
    """CREATE TABLE preference (
        coder_id INTEGER NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (coder_id, name),
        FOREIGN KEY(coder_id) REFERENCES coder (id)
    )
     WITHOUT ROWID""",
    """CREATE TRIGGER answer_changed_under_draft AFTER UPDATE OF text ON answer WHEN NEW.text IS NOT OLD.text
    BEGIN DELETE FROM draft WHERE answer_id = NEW.id; END""",
)

_BRIDGE_AND_AUDIT_SAMPLES = (
    """CREATE TABLE bridge (
        draw INTEGER NOT NULL,
        answer_id INTEGER NOT NULL,
        coder_id INTEGER NOT NULL,
        "after" INTEGER NOT NULL,
        PRIMARY KEY (draw, answer_id),
        FOREIGN KEY(draw) REFERENCES event (id),
        FOREIGN KEY(answer_id) REFERENCES answer (id),
        FOREIGN KEY(coder_id) REFERENCES coder (id)
    )
     WITHOUT ROWID""",
    "CREATE INDEX bridge_by_answer ON bridge (answer_id)",
    """CREATE TABLE audit_frame (
        answer_id INTEGER NOT NULL,
        PRIMARY KEY (answer_id),
        FOREIGN KEY(answer_id) REFERENCES answer (id)
    )
     WITHOUT ROWID""",
    "ALTER TABLE suggestion ADD COLUMN unlearnt TEXT",
)
