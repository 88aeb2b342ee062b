"""The names of the variables that an export adds: the same in Excel, CSV and SPSS."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from coder.codebook import Codebook

_LONGEST_PREFIX = 40


@dataclass(frozen=True, slots=True)
class VariableNames:
    """The variables of one question.

    Attributes:
        status, origin, certainty, labels: of what the final coding is, and where it comes from.
        by_label: the 0/1 variable of each label that is not retired, by label id, in codebook order.
    """

    status: str
    origin: str
    certainty: str
    labels: str
    by_label: Mapping[str, str]

    @property
    def all(self) -> tuple[str, ...]:
        """Every name, in the order of the columns."""
        return (self.status, self.origin, self.certainty, self.labels, *self.by_label.values())


def variable_names(codebook: Codebook, short: str, taken: Collection[str] = ()) -> VariableNames:
    """Name a question's variables: `v12_status`, …, and `v12_01` for the label with code number 1.

    Code numbers are padded with zeros to the widest. When a label that is not retired has no number, or
    two have the same, all labels are numbered by their place in the codebook instead.

    `short` is the question's prefix; what SPSS does not allow in a name becomes an underscore. A name in
    `taken` (compared without regard to case, as SPSS does) gives the whole question another prefix:
    `v12_2_status`.
    """
    prefix = re.sub(r"[^\w.@#$]", "_", short, flags=re.ASCII)[:_LONGEST_PREFIX] or "v"
    if not prefix[0].isalpha():
        prefix = f"v{prefix}"
    used = {name.casefold() for name in taken}
    attempt, tries = prefix, 1
    while True:
        names = _names(codebook, attempt)
        if not used.intersection(name.casefold() for name in names.all):
            return names
        tries += 1
        attempt = f"{prefix}_{tries}"


def _names(codebook: Codebook, prefix: str) -> VariableNames:
    numbers = code_numbers(codebook)
    width = max([2, *(len(str(number)) for number in numbers.values())])
    return VariableNames(
        status=f"{prefix}_status",
        origin=f"{prefix}_herkomst",
        certainty=f"{prefix}_zekerheid",
        labels=f"{prefix}_labels",
        by_label={id: f"{prefix}_{number:0{width}d}" for id, number in numbers.items()},
    )


def code_numbers(codebook: Codebook) -> dict[str, int]:
    """Return a number for each label that is not retired: the code numbers, else the places."""
    given = [label.number for label in codebook.active]
    if all(number is not None and number >= 0 for number in given) and len(set(given)) == len(given):
        return {label.id: label.number for label in codebook.active if label.number is not None}
    places = {label.id: place for place, label in enumerate(codebook.labels, start=1)}
    return {label.id: places[label.id] for label in codebook.active}
