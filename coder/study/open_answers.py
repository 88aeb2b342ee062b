"""An answer as it lies before a coder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _
from coder.store.drafts import Draft


class StaleAnswerError(CoderError):
    """What the coder decided on is no longer what the study says."""


def refuse_stale(
    seen: Mapping[int, int], now: Mapping[int, int], labels: Sequence[str], newest: Codebook
) -> None:
    """Raise StaleAnswerError when a text, or the codebook, is no longer what the coder saw.

    Args:
        seen, now: answer to the fingerprint of its text, as the coder saw it and as it is.
        labels: what the coder chose; newest: the codebook as it is.
    """
    if now != seen:
        raise StaleAnswerError(
            _("The survey file was imported anew and this answer is another one now: look at it again.")
        )
    gone = [label for label in labels if label not in {there.id for there in newest.active}]
    if gone:
        raise StaleAnswerError(
            _("The codebook changed meanwhile: {labels} can no longer be given. Choose again.").format(
                labels=", ".join(gone)
            )
        )


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
