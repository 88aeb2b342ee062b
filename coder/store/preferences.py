"""What a coder chose about the screens: the order of answers, the theme."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from coder.store.schema import preference


def preferences(connection: Connection, coder_number: int) -> dict[str, str]:
    """Return all that this coder chose: name to value."""
    query = select(preference).where(preference.c.coder_id == coder_number)
    return {r.name: r.value for r in connection.execute(query)}


def set_preference(connection: Connection, coder_number: int, name: str, value: str) -> None:
    """Remember what this coder chose."""
    statement = upsert(preference).values(coder_id=coder_number, name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["coder_id", "name"], set_={"value": statement.excluded.value}
        )
    )
