"""How long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with what is being done (translated), how many are done, and how many there are."""


def silent(what: str, done: int, total: int) -> None:
    """Report nothing: the default of every service."""
