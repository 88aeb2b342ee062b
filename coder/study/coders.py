"""Who codes: names as they are kept."""

from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.messages import _
from coder.store import CONSENSUS, events

if TYPE_CHECKING:
    from coder.study.folder import Study


def check_coder(name: str) -> str:
    """Return a coder's name as it is kept. Raises CoderError for one that nobody can have."""
    bare = " ".join(name.split())
    if not bare:
        raise CoderError(_("A coder needs a name, such as AB."))
    if bare.casefold() == CONSENSUS:
        raise CoderError(_("{name} is not a coder; use your own name.").format(name=bare))
    return bare


def known_coders(study: "Study") -> list[str]:
    """Return the names of all who coded or stand in study.toml, without consensus."""
    with study.database.read() as connection:
        names = dict.fromkeys([*study.settings.coders, *events.coders(connection).values()])
    return [name for name in names if name != CONSENSUS]
