"""A codebook and its labels."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from coder.codebook.identifiers import make_id


@dataclass(frozen=True, slots=True)
class Label:
    """A label: what coders give to an answer.

    Attributes:
        id: small letters, digits and underscores; never changes, whatever the name becomes.
        name: what coders and readers see.
        number: the code number (codenummer), 1 or more; None when there is none yet.
        definition: which answers get the label, and which just do not.
        include: what belongs to it; exclude: what does not, and where that goes instead.
        examples: answers that get the label.
        keywords: words whose presence suggests the label.
        parent: id of the net label it is counted under.
        residual: a label for what no other label fits; comes last in tables.
        exclusive: never together with another label.
        retired: no longer given; stays for the codings that have it.
    """

    id: str
    name: str
    number: int | None = None
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    parent: str | None = None
    residual: bool = False
    exclusive: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Codebook:
    """The labels of one open question, in the order coders see them.

    Building one checks nothing, so that an edit can be put together in steps: see `validate`.
    """

    question: str
    labels: tuple[Label, ...]

    @classmethod
    def new(cls, question: str) -> Self:
        """Return a codebook to start from: the residual labels that every coder needs, nothing else."""
        return cls(
            question,
            (
                Label("overig", "Overig", 98, residual=True),
                Label("weet_niet", "Weet niet / geen mening", 99, residual=True, exclusive=True),
                Label("geen", "Geen / niets", 97, residual=True, exclusive=True),
            ),
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all labels, retired ones included."""
        return tuple(label.id for label in self.labels)

    @property
    def active(self) -> tuple[Label, ...]:
        """The labels that can be given: all that are not retired."""
        return tuple(label for label in self.labels if not label.retired)

    def label(self, id: str) -> Label:
        """Return the label with this id; KeyError when there is none."""
        for label in self.labels:
            if label.id == id:
                return label
        raise KeyError(id)

    def find(self, id_or_name: str) -> Label | None:
        """Return the label with this id, else with this name, or None.

        Case and surrounding white space of a name do not count; a label that is not retired goes before
        a retired one of the same name.
        """
        wanted = id_or_name.strip()
        for label in self.labels:
            if label.id == wanted:
                return label
        named = [label for label in self.labels if label.name.strip().casefold() == wanted.casefold()]
        return min(named, key=lambda label: label.retired, default=None)

    def children(self, id: str) -> tuple[Label, ...]:
        """Return the labels directly under this one."""
        return tuple(label for label in self.labels if label.parent == id)

    def descendants(self, id: str) -> tuple[Label, ...]:
        """Return the labels under this one at any depth, in codebook order, without itself."""
        found: set[str] = set()
        above = {id}
        while above:
            found |= above
            above = {label.id for label in self.labels if label.parent in above} - found
        return tuple(label for label in self.labels if label.id in found - {id})

    def with_labels(self, labels: Iterable[Label]) -> Self:
        """Return the codebook with these labels instead of its own."""
        return replace(self, labels=tuple(labels))

    def with_label(self, label: Label) -> Self:
        """Return the codebook with this label instead of the one with its id, or added when there is none.

        A new label goes before the residual labels at the end.
        """
        if label.id in self.ids:
            return self.with_labels(label if own.id == label.id else own for own in self.labels)
        place = len(self.labels)
        while not label.residual and place and self.labels[place - 1].residual:
            place -= 1
        return self.with_labels((*self.labels[:place], label, *self.labels[place:]))

    def draft(self, name: str) -> Label:
        """Return a new label for this codebook, not yet in it: with an id and a number that are free.

        The number follows the highest of the labels that are not residual.
        """
        taken = {label.number for label in self.labels}
        number = max((own.number or 0 for own in self.labels if not own.residual), default=0) + 1
        while number in taken:
            number += 1
        return Label(make_id(name, self.ids), name, number)
