"""An answer as it lies before a coder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.errors import CoderError
from coder.store.drafts import Draft


class StaleAnswerError(CoderError):
    """What the coder decided on is no longer what the study says."""


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An answer as it lies before the coder.

    Attributes:
        groups: background variable to value. others: question and text of the respondent's other answers.
        status, labels, memo: the coder's current coding; status None when there is none.
        draft: what the coder chose and did not save; None when nothing.
        blind: whether suggestions, certainties and other coders' work stay out of sight.
        unknown: labels that came after the coding was made: to be read again.
    """

    answer_id: int
    respondent: str
    text: str
    fingerprint: int
    groups: Mapping[str, str]
    others: tuple[tuple[str, str], ...]
    status: str | None
    labels: tuple[str, ...]
    memo: str | None
    draft: Draft | None
    flag: bool
    quote: bool
    blind: bool
    unknown: tuple[str, ...]

    def chosen(self, suggested: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the labels to begin with: the draft, else the coding, else what the model suggests."""
        if self.draft is not None:
            return self.draft.labels
        if self.status is not None and self.status != "skipped":
            return self.labels
        return () if self.blind else tuple(suggested)
