"""The definitive coding of an answer, worked out from what each coder says of it."""

from collections.abc import Sequence
from dataclasses import dataclass

CONSENSUS = "consensus"
"""Name under which consensus codings stand; no person can have it."""

BRIDGE = "bridge"
"""Origin of codings that were made again, for a comparison between waves: another measurement, which stands
in the log only and is no part of what coders say of the wave (see `coder.store.bridges`)."""


@dataclass(frozen=True, slots=True)
class CoderSays:
    """One coder's current coding of an answer."""

    coder: str
    status: str
    labels: tuple[str, ...]
    codebook_version: int
    at: str
    knows: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Definitive:
    """What counts as the answer's coding, and where it comes from.

    Attributes:
        origin: "consensus", "unanimous" (coders agree on the identical set), "single" (one coder),
            "open" (coders differ and nobody has settled it) or "skipped" (all who saw it held it over).
        codebook_version: the oldest version among the codings it stands on: what was unknown to one of
            them is unknown.
        knows: labels that came after that version and that every coder it stands on knew all the same.
    """

    status: str
    labels: tuple[str, ...]
    origin: str
    codebook_version: int
    knows: frozenset[str] = frozenset()


def definitive(codings: Sequence[CoderSays]) -> Definitive:
    """Return the definitive coding of an answer from its coders' current codings (at least one).

    The consensus coding; else, where coders agree on the identical set, that set; else the only coder's.
    Coders who differ leave the answer open. Held over counts as not coded. Order of mention plays no part
    in agreeing; the order kept is that of whoever coded first.
    """
    if not codings:
        raise ValueError("an answer without codings has no definitive coding")
    decided = sorted((c for c in codings if c.status != "skipped"), key=lambda c: (c.at, c.coder))
    version = min(c.codebook_version for c in decided or codings)
    for says in decided:
        if says.coder == CONSENSUS:
            return Definitive(says.status, says.labels, "consensus", says.codebook_version, says.knows)
    if not decided:
        return Definitive("skipped", (), "skipped", version)
    if len({(c.status, frozenset(c.labels)) for c in decided}) > 1:
        return Definitive("open", (), "open", version)
    origin = "single" if len(decided) == 1 else "unanimous"
    knows = frozenset.intersection(*(c.knows for c in decided))
    return Definitive(decided[0].status, decided[0].labels, origin, version, knows)
