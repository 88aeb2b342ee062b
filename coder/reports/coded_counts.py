"""What a coded question consists of: how many answers are in which state, and where codings come from."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from coder.reports.coded_set import CodedQuestion, CodedSet

ANSWER_STATUSES = ("labelled", "none", "unclear", "unlabelled", "skipped", "open", "unseen")
"""The statuses that an answer which is filled in can have, in the order of every list."""

UNDECIDED = ("unseen", "skipped", "open")


@dataclass(frozen=True, slots=True)
class CodedCounts:
    """Counts of one question's rows, unweighted.

    Attributes:
        rows: all respondents; asked: those not known to have been passed over; filled_in: answers.
        blank: asked, but not filled in.
        status: rows in each status; origin: final codings from each origin.
        automatic: answers coded by the model; queued: those of them a person should look at.
    """

    rows: int
    asked: int
    filled_in: int
    blank: int
    status: Mapping[str, int]
    origin: Mapping[str, int]
    automatic: int
    queued: int

    @property
    def undecided(self) -> int:
        """Answers that are not yet seen, held over or open."""
        return sum(self.status.get(state, 0) for state in UNDECIDED)

    @property
    def provisional(self) -> bool:
        """Whether any answer is undecided or coded by the model."""
        return self.undecided > 0 or self.automatic > 0


def coded_counts(question: CodedQuestion) -> CodedCounts:
    """Count a question's rows by status and origin."""
    status = Counter(question.status)
    origin = Counter(origin for origin in question.origin if origin is not None)
    rows = len(question.status)
    asked = rows - status["not_asked"]
    queued = sum(
        1
        for origin_of, waiting in zip(question.origin, question.queued, strict=True)
        if waiting and origin_of == "automatic"
    )
    return CodedCounts(
        rows=rows,
        asked=asked,
        filled_in=asked - status["not_filled_in"],
        blank=status["not_filled_in"],
        status=status,
        origin=origin,
        automatic=origin["automatic"],
        queued=queued,
    )


def is_provisional(coded: CodedSet) -> bool:
    """Say whether anything in the set can still change: undecided or automatic codings."""
    return any(coded_counts(question).provisional for question in coded.questions)
