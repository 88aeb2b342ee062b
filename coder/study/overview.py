"""The whole study at one look: how far every question and wave is, and what is to know of each question."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.store import answer_lists
from coder.study.phases import PhaseBegun, Saturation, done_phases, saturation
from coder.study.status import StudyStatus, study_status

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class QuestionInfo:
    """What there is to know of a question besides its counts."""

    asked: str
    begun: tuple[PhaseBegun, ...]
    curve: Saturation


@dataclass(frozen=True)
class Overview:
    """The study as it was at one look.

    Attributes:
        seen: number of the newest event then.
    """

    seen: int
    status: StudyStatus
    questions: dict[str, QuestionInfo]


def overview(study: "Study") -> Overview:
    """Read where the study stands."""
    with study.database.read() as connection:
        seen = answer_lists.last_event(connection)
    status = study_status(study)
    questions = {}
    for name in dict.fromkeys(part.question for part in status.questions):
        if name in study.settings.questions:
            asked = study.question(name)
            questions[name] = QuestionInfo(
                study.codebook(asked).question, tuple(done_phases(study, asked)), saturation(study, asked)
            )
    return Overview(seen, status, questions)
