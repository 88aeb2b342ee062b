"""The people who code, by name and number."""

from sqlalchemy import Connection, insert, select

from coder.store.database import insert_one
from coder.store.schema import coder


def coder_id(connection: Connection, name: str) -> int:
    """Return the number of a coder, giving one to a new coder."""
    found = connection.scalar(select(coder.c.id).where(coder.c.name == name))
    if found is not None:
        return int(found)
    return insert_one(connection, insert(coder).values(name=name))


def coders(connection: Connection) -> dict[int, str]:
    """Return all coders that ever coded: number to name."""
    return {r.id: r.name for r in connection.execute(select(coder).order_by(coder.c.id))}
