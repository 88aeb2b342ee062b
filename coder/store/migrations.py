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
