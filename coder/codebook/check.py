"""What in a codebook would trouble the people who code with it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from coder.codebook.records import Codebook, Label
from coder.codebook.structure import faults, in_memory, shown
from coder.messages import _
from coder.text import normalise

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend in a codebook.

    Attributes:
        kind: "error" for what makes codings ambiguous or impossible, "warning" for what makes coders differ.
        label: id of the label it is about (the first, of several); None when about the whole codebook.
        message: one line: what, and what to do about it.
    """

    kind: Literal["error", "warning"]
    label: str | None
    message: str


def check_codebook(codebook: Codebook) -> list[Finding]:
    """Return what would trouble coders: errors first, then warnings, each in the order of the labels.

    Errors are faults of structure (see `validate`; among them a cycle of parents), two labels with the same
    number and two labels in use with the same name. Warnings are a label without a definition (a residual
    label needs none) or number, a keyword of two labels, an example that holds a keyword of another label
    (a net label and the labels under it may do so), a retired net label with labels in use under it, a
    question without text, and a codebook without residual or exclusive labels. Keywords are compared as
    whole words, without case and punctuation. Retired labels are looked at for their numbers only.
    """
    return [
        *_structure(codebook),
        *_same_number(codebook),
        *_same_name(codebook),
        *_whole(codebook),
        *(finding for label in codebook.active for finding in _unfinished(codebook, label)),
        *_same_keyword(codebook),
        *_claimed_examples(codebook),
    ]


def _structure(codebook: Codebook) -> Iterator[Finding]:
    for fault in faults(codebook.labels, in_memory):
        yield Finding("error", codebook.labels[fault.index].id, fault.message)


def _same_number(codebook: Codebook) -> Iterator[Finding]:
    numbered = ((label.number, label) for label in codebook.labels if label.number is not None)
    for number, labels in _shared(numbered):
        yield Finding(
            "error",
            labels[0].id,
            _("{labels} have the same number {number}; every label needs a number of its own.").format(
                labels=_names(labels), number=number
            ),
        )


def _same_name(codebook: Codebook) -> Iterator[Finding]:
    for _name, labels in _shared((_folded(label.name), label) for label in codebook.active):
        yield Finding(
            "error",
            labels[0].id,
            _('{ids} have the same name "{name}"; say in the name what tells them apart.').format(
                ids=", ".join(label.id for label in labels), name=shown(labels[0].name)
            ),
        )


def _whole(codebook: Codebook) -> Iterator[Finding]:
    if not codebook.question.strip():
        yield Finding(
            "warning", None, _('The text of the question is not there: write it after "question:".')
        )
    if not any(label.residual for label in codebook.active):
        yield Finding(
            "warning",
            None,
            _("There is no residual label: add one, such as Overig, for answers that no other label fits."),
        )
    if not any(label.exclusive for label in codebook.active):
        yield Finding(
            "warning",
            None,
            _(
                "There is no exclusive label: add one, such as Weet niet / geen mening, "
                "for answers that say nothing else."
            ),
        )


def _unfinished(codebook: Codebook, label: Label) -> Iterator[Finding]:
    name = shown(label.name)
    if not label.residual and not label.definition.strip():
        yield Finding(
            "warning",
            label.id,
            _("{label} has no definition; write which answers get it, and which just do not.").format(
                label=name
            ),
        )
    if label.number is None:
        yield Finding("warning", label.id, _("{label} has no number.").format(label=name))
    parent = next((own for own in codebook.labels if own.id == label.parent), None)
    if parent is not None and parent.retired:
        yield Finding(
            "warning",
            label.id,
            _("{label} stands under {parent}, which is retired; give it another parent or none.").format(
                label=name, parent=shown(parent.name)
            ),
        )


def _same_keyword(codebook: Codebook) -> Iterator[Finding]:
    claims = ((normalise(keyword), label) for label in codebook.active for keyword in label.keywords)
    for keyword, labels in _shared((keyword, label) for keyword, label in claims if keyword):
        yield Finding(
            "warning",
            labels[0].id,
            _('The keyword "{keyword}" belongs to {labels}; leave it with one of them.').format(
                keyword=shown(keyword), labels=_names(labels)
            ),
        )


def _claimed_examples(codebook: Codebook) -> Iterator[Finding]:
    related = {
        frozenset((label.id, below.id))
        for label in codebook.active
        for below in codebook.descendants(label.id)
    }
    claims = [
        (other, keyword, f" {normalise(keyword)} ")
        for other in codebook.active
        for keyword in other.keywords
        if normalise(keyword)
    ]
    for label in codebook.active:
        for example in label.examples:
            words = f" {normalise(example)} "
            claimed: set[str] = {label.id}
            for other, keyword, wanted in claims:
                if other.id in claimed or wanted not in words or frozenset((label.id, other.id)) in related:
                    continue
                claimed.add(other.id)
                yield Finding(
                    "warning",
                    label.id,
                    _(
                        'The example "{example}" of {label} holds the keyword "{keyword}" of {other}; '
                        "choose a clearer example or a narrower keyword."
                    ).format(
                        example=shown(example),
                        label=shown(label.name),
                        keyword=shown(keyword),
                        other=shown(other.name),
                    ),
                )


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _names(labels: Iterable[Label]) -> str:
    return ", ".join(shown(label.name) for label in labels)


def _shared(claims: Iterable[tuple[K, Label]]) -> Iterator[tuple[K, list[Label]]]:
    """Yield every key that two or more different labels have, with those labels, in order."""
    holders: dict[K, list[Label]] = defaultdict(list)
    for key, label in claims:
        if label not in holders[key]:
            holders[key].append(label)
    yield from ((key, labels) for key, labels in holders.items() if len(labels) > 1)
