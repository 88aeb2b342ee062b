"""What the model process says to a screen: suggestions, explanations, reports, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Span = tuple[int, int, float]
"""A word that carried a label: start and end in the original text, and what it adds to the probability."""


@dataclass(frozen=True, slots=True, eq=False)
class Suggestions:
    """What the model says of m answers to a question; never automatic labels, never in the database.

    A reply that is not `complete` holds some answers only, and is meant to be laid over what was there (see
    `over`); a complete one holds every filled-in answer of the question, in all waves.

    Attributes:
        codebook_version: the version whose labels these are; trained_on: coded answers it learnt from.
        labels: (k,) label ids; thresholds: (k,) the probability from which a label is preselected.
        answer_ids: (m,) int64, ascending.
        probabilities: (m, k) float32; for answers that a person coded, from all answers with another text.
        given: (m, k) bool, the labels to preselect (see `coder.model.preselection`).
        certainty: (m,) float32, the probability that the most doubtful of these decisions is right.
        order: answer ids in the order that teaches the model most: of what no person coded, one answer for
            each distinct text (see `coder.model.choosing`); empty while not complete.
    """

    question: str
    codebook_version: int
    trained_on: int
    labels: tuple[str, ...]
    thresholds: npt.NDArray[np.float64]
    answer_ids: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]
    given: npt.NDArray[np.bool_]
    certainty: npt.NDArray[np.float32]
    order: npt.NDArray[np.int64]
    complete: bool

    def row(self, answer_id: int) -> int | None:
        """Return the row of an answer; None when nothing is said of it (yet)."""
        at = int(np.searchsorted(self.answer_ids, answer_id))
        return at if at < len(self.answer_ids) and self.answer_ids[at] == answer_id else None

    def preselected(self, answer_id: int) -> tuple[str, ...]:
        """Return the label ids to preselect for an answer, in the order of the labels."""
        row = self.row(answer_id)
        if row is None:
            return ()
        return tuple(label for label, given in zip(self.labels, self.given[row], strict=True) if given)

    def over(self, earlier: "Suggestions | None") -> "Suggestions":
        """Return these suggestions, with the earlier ones for answers of which these say nothing.

        Earlier ones about other labels are of no use any more, and go.
        """
        if (
            earlier is None
            or self.complete
            or earlier.labels != self.labels
            or earlier.codebook_version != self.codebook_version
            or earlier.question != self.question
        ):
            return self
        kept = ~np.isin(earlier.answer_ids, self.answer_ids)
        ids = np.concatenate([earlier.answer_ids[kept], self.answer_ids])
        ascending = np.argsort(ids, kind="stable")

        def both(old: npt.NDArray[np.generic], new: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
            return np.concatenate([old[kept], new])[ascending]

        return Suggestions(
            self.question,
            self.codebook_version,
            self.trained_on,
            self.labels,
            self.thresholds,
            ids[ascending],
            both(earlier.probabilities, self.probabilities),  # type: ignore[arg-type]
            both(earlier.given, self.given),  # type: ignore[arg-type]
            both(earlier.certainty, self.certainty),  # type: ignore[arg-type]
            earlier.order if not len(self.order) else self.order,
            earlier.complete,
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """Which words of an answer carried each label that is given to it.

    Attributes:
        labels: label id to spans in the ORIGINAL text, the strongest first. A label that no single word
            carries has none.
    """

    question: str
    answer_id: int
    labels: Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class LabelReport:
    """How good the model is at one label, out of sample (see `coder.model.LabelQuality`), NaN as None.

    Attributes:
        calibration_error: mean distance between probability and truth over ten bins, weighted by answers.
        expected_errors: wrong decisions to be expected about this label among what no person coded.
    """

    label: str
    answers: int
    positives: int
    precision: float | None
    recall: float | None
    f1: float | None
    threshold: float
    calibration_error: float | None
    expected_errors: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Label decisions out of sample with a probability from `low` up to `high`.

    Attributes:
        n: decisions (identical answers count once); mean: their mean probability; true: the share that
            people gave the label. None without decisions.
    """

    low: float
    high: float
    n: float
    mean: float | None
    true: float | None


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """The F1 that the model reached after learning from n coded answers: one mean over `repeats` draws."""

    n: int
    repeats: int
    micro_f1: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Growth:
    """How the quality grew with the number of coded answers.

    Attributes:
        points: at 25, 50, 100, 200 … answers drawn at random, judged on the rest; last, all answers.
        more: how many further answers `gain` is about.
        gain, low, high: what they would add to micro-F1 by the curve a - b / sqrt(n) through the points,
            with a 95 % interval; None when it cannot be told.
    """

    points: tuple[GrowthPoint, ...]
    more: int
    gain: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class QueuedAnswer:
    """An answer worth looking at.

    Attributes:
        expected_errors: wrong label decisions to be expected on it.
        doubtful: label id and probability of the decisions that bring most of them, the worst first.
        same: answers with the same text, itself included.
    """

    answer_id: int
    text: str
    expected_errors: float
    doubtful: tuple[tuple[str, float], ...]
    same: int


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What there is to know about the model of a question.

    Attributes:
        names: label id to name, of every label of the codebook.
        trained_on: coded answers; texts: distinct texts among them; uncoded: filled-in answers without.
        reliability: ten bins over all labels; calibration_error: their weighted mean distance.
        growth: None while it is being worked out; the report comes once without and once with it.
        queue: the answers with most expected errors, the worst first; queued: how many answers the last
            automatic labelling left for a person and nobody has coded since.
    """

    question: str
    codebook_version: int
    pipeline: str
    names: Mapping[str, str]
    trained_on: int
    texts: int
    uncoded: int
    micro_f1: float | None
    macro_f1: float | None
    labels: tuple[LabelReport, ...]
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float | None
    growth: Growth | None
    queue: tuple[QueuedAnswer, ...]
    queued: int


@dataclass(frozen=True, slots=True)
class Working:
    """How far the model process is; `what` is translated, `total` 0 where it is not known.

    With `done` equal to `total` (and `what` empty) it has nothing left to do.
    """

    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Failed:
    """What could not be done and why, in one translated line.

    Attributes:
        question: "" when the whole process is at an end.
    """

    question: str
    message: str


Reply = Suggestions | Explanation | ModelReport | Working | Failed
