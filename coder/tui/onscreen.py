"""An answer as the coder sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coder.study.open_answers import OpenAnswer
from coder.study.selecting import Alike


@dataclass(frozen=True, slots=True)
class OnScreen:
    """An answer as the coder sees it; suggestions are those of the moment it was opened.

    Attributes:
        chosen: labels chosen now, in order of mention. suggested: what was preselected when it opened.
        probabilities: label to the model's probability; empty while there is none to show.
        place, of: which of how many in the list.
        carried: label to the words that carried it, as (start, end) in the text.
    """

    answer: OpenAnswer
    chosen: tuple[str, ...]
    suggested: tuple[str, ...]
    probabilities: Mapping[str, float]
    place: int
    of: int
    carried: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)

    @property
    def is_suggested(self) -> bool:
        """Whether what stands chosen is the model's choice, and the coder has not touched it."""
        return self.answer.draft is None and self.answer.status in (None, "skipped") and bool(self.chosen)


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A coding that waits for the coder to say yes, with why it does."""

    why: str
    status: str
    labels: tuple[str, ...]
    others: tuple[Alike, ...]
