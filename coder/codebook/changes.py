"""What changed between two versions of a codebook."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from coder.codebook.records import Codebook, Label

Kind = Literal[
    "added",
    "removed",
    "renamed",
    "redefined",
    "reworded",
    "renumbered",
    "moved",
    "retired",
    "revived",
    "examples",
    "keywords",
    "residual",
    "exclusive",
    "reordered",
    "question",
]

_BETWEEN_WORDS = re.compile(r"[\W_]+")
# punctuation to Unicode, yet part of what a definition says
_MEANINGFUL = frozenset("%‰§#&@")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions of a codebook.

    Attributes:
        kind: what changed; "redefined" when the meaning may differ, "reworded" when only case, white space
            or punctuation does, or when a label got its first definition.
        label: the label's id; None for "question" and "reordered", which are about the codebook.
        before: as it was; after: as it is now; both as text, several items one a line, "" for nothing.
    """

    kind: Kind
    label: str | None
    before: str
    after: str


def compare_codebooks(old: Codebook, new: Codebook) -> list[Change]:
    """Return the differences between two versions: removed labels first, then in the order of the new one.

    Labels are the same label when they have the same id. An empty list means that the two are equal.
    """
    changes: list[Change] = []
    if old.question != new.question:
        changes.append(Change("question", None, old.question, new.question))
    was = {label.id: label for label in old.labels}
    now = {label.id for label in new.labels}
    changes += [Change("removed", label.id, label.name, "") for label in old.labels if label.id not in now]
    for label in new.labels:
        if label.id in was:
            changes += _label_changes(was[label.id], label)
        else:
            changes.append(Change("added", label.id, "", label.name))
    before = [id for id in old.ids if id in now]
    after = [id for id in new.ids if id in was]
    if before != after:
        changes.append(Change("reordered", None, "\n".join(before), "\n".join(after)))
    return changes


def is_redefined(old: Label, new: Label) -> bool:
    """Say whether a label may mean something else than before.

    It may when the definition or the set of inclusions or exclusions differs in more than case, white space
    and punctuation. Punctuation between two digits and signs such as % and < count as meaning. The first
    definition of a label that had none, nor inclusions or exclusions, is no redefinition: while exploring,
    labels are made by name and described later, and the codings that led to the description know the label.
    """
    if _criteria(old) == _criteria(new) or not (old.definition.strip() or old.include or old.exclude):
        return False
    return _meaning(old) != _meaning(new)


def _label_changes(old: Label, new: Label) -> Iterator[Change]:
    if old.name != new.name:
        yield Change("renamed", new.id, old.name, new.name)
    if old.number != new.number:
        yield Change("renumbered", new.id, str(old.number or ""), str(new.number or ""))
    if _criteria(old) != _criteria(new):
        kind: Kind = "redefined" if is_redefined(old, new) else "reworded"
        yield Change(kind, new.id, _described(old), _described(new))
    if old.examples != new.examples:
        yield Change("examples", new.id, "\n".join(old.examples), "\n".join(new.examples))
    if old.keywords != new.keywords:
        yield Change("keywords", new.id, "\n".join(old.keywords), "\n".join(new.keywords))
    if old.parent != new.parent:
        yield Change("moved", new.id, old.parent or "", new.parent or "")
    if old.residual != new.residual:
        yield Change("residual", new.id, _mark(old.residual), _mark(new.residual))
    if old.exclusive != new.exclusive:
        yield Change("exclusive", new.id, _mark(old.exclusive), _mark(new.exclusive))
    if old.retired != new.retired:
        yield Change("retired" if new.retired else "revived", new.id, _mark(old.retired), _mark(new.retired))


def _mark(holds: bool) -> str:
    return "x" if holds else ""


def _described(label: Label) -> str:
    """Return the definition, the inclusions (+) and the exclusions (−), one a line."""
    parts = [
        label.definition,
        *(f"+ {item}" for item in label.include),
        *(f"− {item}" for item in label.exclude),
    ]
    return "\n".join(part for part in parts if part)


def _criteria(label: Label) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return label.definition, label.include, label.exclude


def _meaning(label: Label) -> tuple[str, frozenset[str], frozenset[str]]:
    return (
        _essence(label.definition),
        frozenset(map(_essence, label.include)) - {""},
        frozenset(map(_essence, label.exclude)) - {""},
    )


def _essence(text: str) -> str:
    """Return a text without case, white space and punctuation, as far as these carry no meaning."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN_WORDS.sub(_kept, folded)


def _kept(between: re.Match[str]) -> str:
    signs = between.group()
    kept = "".join(sign for sign in signs if sign in _MEANINGFUL or not _is_punctuation(sign))
    before = between.string[max(between.start() - 1, 0) : between.start()]
    after = between.string[between.end() : between.end() + 1]
    if not kept and before.isdigit() and after.isdigit():
        return signs.strip() or " "
    return kept


def _is_punctuation(sign: str) -> bool:
    category = unicodedata.category(sign)
    # symbols (S) such as < and + and combining marks (M) carry meaning, spacing accents (Sk) do not
    return category[0] in "PZC" or category == "Sk"
