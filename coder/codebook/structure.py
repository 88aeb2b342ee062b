"""What every codebook must satisfy before a coding can refer to it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from coder.codebook.identifiers import is_id, make_id
from coder.codebook.records import Codebook, Label
from coder.errors import CoderError
from coder.messages import _

HIGHEST_NUMBER = 999_999_999
_SHOWN = 60


class CodebookError(CoderError):
    """A codebook, or the file it stands in, cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What makes a codebook unusable: the place of the label in the codebook and one line of text."""

    index: int
    message: str


def shown(text: object) -> str:
    """Return a text as it can stand in a message: one line, not too long."""
    line = " ".join(str(text).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def faults(labels: Sequence[Label], place: Callable[[int], str]) -> Iterator[Fault]:
    """Yield what is wrong with the structure of a list of labels, in their order.

    `place` names the place of the label at an index ("line 12", "row 5"); every message starts with it.
    """
    first: dict[str, int] = {}
    for index, label in enumerate(labels):
        if not is_id(label.id):
            yield Fault(
                index,
                _(
                    '{place}: "{id}" cannot be an id: use small letters, digits and _, such as {suggestion}.'
                ).format(
                    place=place(index), id=shown(label.id), suggestion=make_id(label.id or label.name, ())
                ),
            )
        elif label.id in first:
            yield Fault(
                index,
                _(
                    "{place}: the id {id} is already used at {other}; give one of the two another id, "
                    "such as {suggestion}."
                ).format(
                    place=place(index),
                    id=label.id,
                    other=place(first[label.id]),
                    suggestion=make_id(label.name, [own.id for own in labels]),
                ),
            )
        first.setdefault(label.id, index)
        if not label.name.strip():
            yield Fault(
                index,
                _("{place}: label {id} has no name: give it one.").format(
                    place=place(index), id=shown(label.id)
                ),
            )
        if label.number is not None and not 1 <= label.number <= HIGHEST_NUMBER:
            yield Fault(index, number_fault(place(index), label.number))
    yield from _parent_faults(labels, first, place)


def number_fault(place: str, found: object) -> str:
    """Return the line that says that something cannot be a code number."""
    return _(
        '{place}: "{found}" cannot be a number: write a whole number of 1 or more, or leave it out.'
    ).format(place=place, found=shown(found))


def validate(codebook: Codebook) -> None:
    """Raise CodebookError with the first fault in the structure of a codebook, if it has one.

    Ids are well formed and unique, names not empty, numbers 1 or more, parents exist without a cycle.
    """
    for fault in faults(codebook.labels, in_memory):
        raise CodebookError(fault.message)


def in_memory(index: int) -> str:
    """Name the place of a label in a codebook that stands in no file."""
    return _("label {n}").format(n=index + 1)


def _parent_faults(
    labels: Sequence[Label], first: dict[str, int], place: Callable[[int], str]
) -> Iterator[Fault]:
    reported: set[str] = set()
    for index, label in enumerate(labels):
        if label.parent is None:
            continue
        if label.parent not in first:
            near = get_close_matches(label.parent, list(first), n=1)
            text = (
                _('{place}: label {id} has a parent "{parent}" that is not there; did you mean {near}?')
                if near
                else _(
                    '{place}: label {id} has a parent "{parent}" that is not there; '
                    "write the id of another label."
                )
            )
            yield Fault(
                index,
                text.format(
                    place=place(index), id=shown(label.id), parent=shown(label.parent), near="".join(near)
                ),
            )
            continue
        chain = _upwards(labels, first, label)
        if chain[-1] == label.id and not reported & set(chain):
            reported |= set(chain)
            yield Fault(
                index,
                _("{place}: label {id} is its own parent ({chain}); take away one of these parents.").format(
                    place=place(index), id=label.id, chain=" → ".join(chain)
                ),
            )


def _upwards(labels: Sequence[Label], first: dict[str, int], label: Label) -> list[str]:
    """Return the ids from a label up to the top, or until an id comes back."""
    chain = [label.id]
    while (parent := labels[first[chain[-1]]].parent) is not None and parent in first:
        again = parent in chain
        chain.append(parent)
        if again:
            break
    return chain
