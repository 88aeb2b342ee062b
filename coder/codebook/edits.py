"""Edits of a codebook: what a person can do to its labels, each from one codebook to the next.

An edit says what it needs and is applied to whatever the codebook is by then; what cannot be raises
CodebookError with one line. None touches a file or what was coded: `coder.study.codebook_edits` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

from coder.codebook.records import Codebook, Label
from coder.codebook.structure import HIGHEST_NUMBER, CodebookError, number_fault, shown
from coder.messages import _


class CodebookEdit(Protocol):
    """An edit of a codebook.

    Attributes:
        kind: how the log calls it.
    """

    kind: ClassVar[str]

    @property
    def subject(self) -> str:
        """The label that it is about, by id or name; of a new label, the name."""

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook after the edit. Raises CodebookError when it cannot be made."""


@dataclass(frozen=True, slots=True)
class AddLabel:
    """Add a label; without a number it gets the next one."""

    kind: ClassVar[str] = "add"
    name: str
    parent: str | None = None
    number: int | None = None
    definition: str = ""

    @property
    def subject(self) -> str:
        """The new label's name."""
        return self.name

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the new label before the residual ones."""
        name = _free_name(codebook, self.name)
        label = replace(codebook.draft(name), definition=self.definition.strip())
        if self.number is not None:
            label = replace(label, number=_free_number(codebook, self.number))
        if self.parent is not None:
            label = replace(label, parent=_usable_parent(codebook, self.parent).id)
        return codebook.with_label(label)


@dataclass(frozen=True, slots=True)
class RenameLabel:
    """Give a label another name; its id and its codings stay."""

    kind: ClassVar[str] = "rename"
    label: str
    name: str

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the other name."""
        label = found(codebook, self.label)
        return codebook.with_label(replace(label, name=_free_name(codebook, self.name, label)))


@dataclass(frozen=True, slots=True)
class DefineLabel:
    """Say what a label stands for; what is None stays as it is."""

    kind: ClassVar[str] = "define"
    label: str
    definition: str | None = None
    include: Sequence[str] | None = None
    exclude: Sequence[str] | None = None
    examples: Sequence[str] | None = None
    keywords: Sequence[str] | None = None

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with what is said of the label."""
        label = found(codebook, self.label)
        changed = replace(
            label,
            definition=label.definition if self.definition is None else self.definition.strip(),
            include=_items(self.include, label.include),
            exclude=_items(self.exclude, label.exclude),
            examples=_items(self.examples, label.examples),
            keywords=_items(self.keywords, label.keywords),
        )
        return codebook.with_label(changed)


@dataclass(frozen=True, slots=True)
class NumberLabel:
    """Give a label another code number."""

    kind: ClassVar[str] = "number"
    label: str
    number: int

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the other number."""
        label = found(codebook, self.label)
        return codebook.with_label(replace(label, number=_free_number(codebook, self.number, label)))


@dataclass(frozen=True, slots=True)
class MergeLabels:
    """Let one label go into another: what is coded with it follows, and it is given no more."""

    kind: ClassVar[str] = "merge"
    label: str
    into: str

    @property
    def subject(self) -> str:
        """The label that goes."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the label retired; the other has its keywords, examples and children."""
        label, into = found(codebook, self.label), found(codebook, self.into)
        if label.id == into.id:
            raise CodebookError(
                _("{label} cannot be merged into itself; name two labels.").format(label=label.name)
            )
        if into.retired:
            raise CodebookError(_retired(into))
        if into in codebook.descendants(label.id):
            into = replace(into, parent=label.parent)
        into = replace(
            into,
            keywords=tuple(dict.fromkeys((*into.keywords, *label.keywords))),
            examples=tuple(dict.fromkeys((*into.examples, *label.examples))),
        )
        changed = codebook.with_label(into).with_label(replace(label, retired=True))
        for child in codebook.children(label.id):
            if child.id != into.id:
                changed = changed.with_label(replace(child, parent=into.id))
        return changed


@dataclass(frozen=True, slots=True)
class SplitLabel:
    """Add labels for parts of a label; the label itself stays until what carries it was read again."""

    kind: ClassVar[str] = "split"
    label: str
    names: Sequence[str]

    @property
    def subject(self) -> str:
        """The label that is split."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the new labels behind the one that is split."""
        label = found(codebook, self.label)
        if label.retired:
            raise CodebookError(_retired(label))
        if not self.names:
            raise CodebookError(_("Name the labels that {label} is split into.").format(label=label.name))
        after = label.id
        for name in self.names:
            new = codebook.draft(_free_name(codebook, name))
            new = replace(new, parent=label.parent)
            codebook = codebook.with_label(new)
            if not label.residual:
                rest = [own for own in codebook.labels if own.id != new.id]
                place = next(i for i, own in enumerate(rest) if own.id == after) + 1
                codebook = codebook.with_labels((*rest[:place], new, *rest[place:]))
            after = new.id
        return codebook


@dataclass(frozen=True, slots=True)
class MoveLabel:
    """Put a label under another one, or under none."""

    kind: ClassVar[str] = "move"
    label: str
    parent: str | None

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the label in its new place."""
        label = found(codebook, self.label)
        if self.parent is None:
            return codebook.with_label(replace(label, parent=None))
        parent = _usable_parent(codebook, self.parent)
        if parent.id == label.id or parent in codebook.descendants(label.id):
            raise CodebookError(
                _("{label} cannot come under {parent}, which is part of it.").format(
                    label=label.name, parent=parent.name
                )
            )
        return codebook.with_label(replace(label, parent=parent.id))


@dataclass(frozen=True, slots=True)
class RetireLabel:
    """Let a label be given no more; the codings that have it keep it."""

    kind: ClassVar[str] = "retire"
    label: str

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the label retired."""
        label = found(codebook, self.label)
        if label.retired:
            raise CodebookError(_retired(label))
        below = [child.name for child in codebook.children(label.id) if not child.retired]
        if below:
            raise CodebookError(
                _("{label} has labels under it ({below}); move or retire these first.").format(
                    label=label.name, below=", ".join(below)
                )
            )
        return codebook.with_label(replace(label, retired=True))


@dataclass(frozen=True, slots=True)
class ReviveLabel:
    """Let a retired label be given again."""

    kind: ClassVar[str] = "revive"
    label: str

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the label in use."""
        # a label in use goes before a retired one of the same name
        label = found(codebook, self.label)
        if not label.retired:
            raise CodebookError(_("{label} is in use already.").format(label=label.name))
        _free_name(codebook, label.name, label)
        if label.number is not None:
            _free_number(codebook, label.number, label)
        return codebook.with_label(replace(label, retired=False))


@dataclass(frozen=True, slots=True)
class ReorderLabel:
    """Move a label one place up or down among the labels beside it."""

    kind: ClassVar[str] = "reorder"
    label: str
    up: bool

    @property
    def subject(self) -> str:
        """The label."""
        return self.label

    def applied(self, codebook: Codebook) -> Codebook:
        """Return the codebook with the label and its neighbour in each other's place."""
        label = found(codebook, self.label)
        beside = [own.id for own in codebook.labels if own.parent == label.parent]
        place = beside.index(label.id) + (-1 if self.up else 1)
        if not 0 <= place < len(beside):
            raise CodebookError(
                _("{label} is the first one already.").format(label=label.name)
                if self.up
                else _("{label} is the last one already.").format(label=label.name)
            )
        other = codebook.label(beside[place])
        swapped = {label.id: other, other.id: label}
        return codebook.with_labels(swapped.get(own.id, own) for own in codebook.labels)


def found(codebook: Codebook, label: str) -> Label:
    """Return the label with this id or name. Raises CodebookError, with those there are."""
    there = codebook.find(label)
    if there is None:
        raise CodebookError(
            _("There is no label {label}; there are: {known}.").format(
                label=shown(label), known=", ".join(codebook.ids)
            )
        )
    return there


def _items(new: Sequence[str] | None, old: tuple[str, ...]) -> tuple[str, ...]:
    return old if new is None else tuple(item.strip() for item in new if item.strip())


def _free_name(codebook: Codebook, name: str, own: Label | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise CodebookError(_("A label must have a name."))
    there = [
        label
        for label in codebook.labels
        if label.name.strip().casefold() == name.casefold() and (own is None or label.id != own.id)
    ]
    if any(not label.retired for label in there):
        raise CodebookError(_("There is already a label {name}; choose another name.").format(name=name))
    if there and (own is None or not own.retired):
        raise CodebookError(
            _("A retired label is called {name}: take that back into use, or choose another name.").format(
                name=name
            )
        )
    return name


def _free_number(codebook: Codebook, number: int, own: Label | None = None) -> int:
    if not 1 <= number <= HIGHEST_NUMBER:
        raise CodebookError(number_fault(_("the code number"), number))
    for label in codebook.labels:
        if label.number == number and (own is None or label.id != own.id) and not label.retired:
            raise CodebookError(
                _("Number {number} is that of {label}; choose another one.").format(
                    number=number, label=label.name
                )
            )
    return number


def _usable_parent(codebook: Codebook, parent: str) -> Label:
    there = found(codebook, parent)
    if there.retired:
        raise CodebookError(_retired(there))
    return there


def _retired(label: Label) -> str:
    return _("{label} is retired; take it back into use first.").format(label=label.name)
