"""The database of a study: SQLAlchemy Core on SQLite, an append-only log and what is derived from it."""

from sqlalchemy import Connection

from coder.store.database import Database, StoreError, now
from coder.store.definitive import CONSENSUS, CoderSays, Definitive, definitive

__all__ = [
    "CONSENSUS",
    "CoderSays",
    "Connection",
    "Database",
    "Definitive",
    "StoreError",
    "definitive",
    "now",
]
