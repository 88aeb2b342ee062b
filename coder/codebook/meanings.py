"""Which codings know which labels: what a label means in each version of a codebook.

A coding made before a label existed, or when the label meant something else, does not say that the answer
lacks the label: it says nothing about it. `Meanings` tells these apart from real zeros.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from coder.codebook.changes import is_redefined
from coder.codebook.records import Codebook, Label

_Part = tuple[str, int]
"""A label and the version in which it began to mean what it means."""

_Meaning = frozenset[_Part]
"""All that a label means: itself, and what was merged into it."""


@dataclass(frozen=True, slots=True)
class CodebookVersion:
    """A version of a codebook.

    Attributes:
        at: when it was recorded (UTC, ISO 8601).
        reworded: labels whose new definition a person declared to be only another wording.
        restores: number of the earlier version that an undone edit brought back with this one.
        merged: labels that this version merged into others: (the one that went, where it went).
    """

    number: int
    codebook: Codebook
    at: str = ""
    reworded: frozenset[str] = frozenset()
    restores: int | None = None
    merged: tuple[tuple[str, str], ...] = ()


class Meanings:
    """What the labels of the newest version mean, and which codings know them so.

    A label means something new from the version that added it, redefined it (see `is_redefined`) or took it
    back into use after it was retired. A version that restores an earlier one means what that one meant. A
    label into which another was merged means both. Changes of name, number, examples, keywords, parent and
    order, and retiring, change no meaning.

    Args:
        versions: ascending by number; raises ValueError when they do not, or when one restores a version
            that is not before it.
    """

    def __init__(self, versions: Sequence[CodebookVersion]) -> None:
        numbers = [version.number for version in versions]
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            raise ValueError(f"version numbers must ascend: {numbers}")
        own: dict[int, dict[str, int]] = {}
        means: dict[int, dict[str, _Meaning]] = {}
        previous: CodebookVersion | None = None
        self._first: dict[str, int] = {}
        self._offered: dict[int, list[_Meaning]] = {}
        self._there: dict[int, list[_Meaning]] = {}
        for version in versions:
            own[version.number], means[version.number] = _meaning(version, previous, own, means)
            for label in version.codebook.labels:
                self._first.setdefault(label.id, version.number)
            in_it = means[version.number]
            self._offered[version.number] = [in_it[label.id] for label in version.codebook.active]
            self._there[version.number] = list(in_it.values())
            previous = version
        self._newest = previous.codebook if previous else Codebook("", ())
        self._means = means[previous.number] if previous else {}
        #: label of the newest version to the version in which its own meaning began
        self.began = own[previous.number] if previous else {}

    def known_at(self, label: str) -> frozenset[int]:
        """Return the versions whose codings know a label of the newest version as it is now.

        Coders of a version in which the label was retired could not give it; of a label that is retired now
        they are counted among those who know it. Raises KeyError for a label that is not there.
        """
        return frozenset(number for number in self._there if self.knows(label, number))

    def knows(self, label: str, version: int, besides: Collection[str] = ()) -> bool:
        """Say whether a coding of this version knows a label of the newest version as it is now.

        `besides` are labels that its coder knew though they came after that version: as they were when they
        were added, not as they were redefined since. Raises KeyError for a label that is not there.
        """
        meaning = self._means[label]
        labels = self._there if self._newest.label(label).retired else self._offered
        known = {part for part in meaning if part[0] in besides and part[1] == self._first[part[0]]}
        # one that meant more than this one does, as while a merge was in force, says nothing about it
        known.update(*(own for own in labels.get(version, ()) if own <= meaning))
        return known == meaning


def _meaning(
    version: CodebookVersion,
    previous: CodebookVersion | None,
    own: dict[int, dict[str, int]],
    means: dict[int, dict[str, _Meaning]],
) -> tuple[dict[str, int], dict[str, _Meaning]]:
    """Return for each label of a version where its own meaning began, and all that it means."""
    if version.restores is not None:
        if version.restores not in own:
            raise ValueError(f"version {version.number} restores {version.restores}, which is not there")
        return own[version.restores], means[version.restores]
    was = {label.id: label for label in previous.codebook.labels} if previous else {}
    began: dict[str, int] = {}
    meaning: dict[str, _Meaning] = {}
    for label in version.codebook.labels:
        before = was.get(label.id)
        if previous is None or before is None or _starts_anew(before, label, label.id in version.reworded):
            began[label.id] = version.number
            meaning[label.id] = frozenset({(label.id, version.number)})
        else:
            began[label.id] = own[previous.number][label.id]
            meaning[label.id] = means[previous.number][label.id]
    for gone, into in version.merged:
        if previous is not None and into in meaning:
            meaning[into] |= means[previous.number].get(gone, frozenset())
    return began, meaning


def _starts_anew(old: Label, new: Label, only_reworded: bool) -> bool:
    if old.retired and not new.retired:
        return True
    return is_redefined(old, new) and not only_reworded
