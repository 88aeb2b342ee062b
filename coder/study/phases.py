"""The phases of the work on a question: exploring, pilot coding, fixing the codebook, coding, automatic.

The program knows the phase and tells it; it forbids little. While exploring coders make labels on the spot;
once the codebook is fixed they propose them to its keeper.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _
from coder.store import Connection, events, queries
from coder.store.coding_order import in_order_of_coding
from coder.study import codebooks
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study

PHASES = ("explore", "pilot", "fix", "code", "automatic")
#: answers to a point of the saturation curve
STEP = 25


@dataclass(frozen=True, slots=True)
class PhaseBegun:
    """A phase as somebody began it.

    Attributes:
        version: the codebook version that was the newest then; for "fix", the one that is locked.
        by: who began it; None when nobody said.
    """

    phase: str
    at: str
    version: int
    by: str | None


@dataclass(frozen=True, slots=True)
class Saturation:
    """How many labels coders used for the first time, in every `step` answers in the order of coding.

    Residual labels do not count: they are there from the start.

    Attributes:
        new: a number for each `step` answers; the last may stand on fewer.
        answers: answers coded so far; labels: labels used so far.
    """

    step: int
    new: tuple[int, ...]
    answers: int
    labels: int


def phase(study: "Study", question: QuestionSettings) -> str:
    """Return the phase that a question is in."""
    with study.database.read() as connection:
        return phase_of(connection, codebooks.question_number(study, connection, question))


def phase_of(connection: Connection, number: int) -> str:
    """Return the phase of the question with this number: the one begun last.

    Without any, "explore" as long as the codebook has nothing but residual labels, else "code".
    """
    if begun := phases_begun(connection, number):
        return begun[-1].phase
    recorded = codebooks.versions(connection, number)
    own = recorded and any(not label.residual for label in recorded[-1].codebook.active)
    return "code" if own else "explore"


def done_phases(study: "Study", question: QuestionSettings) -> list[PhaseBegun]:
    """Return the phases that were begun, in order, the present one last."""
    with study.database.read() as connection:
        return phases_begun(connection, codebooks.question_number(study, connection, question))


def phases_begun(connection: Connection, number: int) -> list[PhaseBegun]:
    """Do what `done_phases` does, for the question with this number."""
    return [
        PhaseBegun(entry["phase"], entry["at"], entry["version"], entry.get("by"))
        for entry in queries.history(connection, number, "setting")
        if "phase" in entry
    ]


def set_phase(study: "Study", question: QuestionSettings, name: str, by: str | None = None) -> bool:
    """Begin a phase; logged, with the codebook version of that moment. Return False when it was begun.

    Fixing the codebook locks its newest version: what is added later is proposed to its keeper.
    """
    if name not in PHASES:
        raise CoderError(
            _("There is no phase {name}; choose from: {known}.").format(name=name, known=", ".join(PHASES))
        )
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        version = codebooks.versions(connection, number)[-1]
        last = next(reversed(phases_begun(connection, number)), None)
        # fixing again locks what was changed since
        if last and last.phase == name and (name != "fix" or last.version == version.number):
            return False
        if name == "fix" and _is_bare(version.codebook):
            raise CoderError(
                _("{file} has no labels of its own yet; there is nothing to fix.").format(
                    file=question.codebook
                )
            )
        _begin(connection, number, name, version.number, by)
    return True


def keep_exploring(connection: Connection, number: int, version: int, by: str | None = None) -> None:
    """Begin exploring in so many words: the first label of its own does not end it.

    For a question that is exploring because its codebook had no labels of its own in this version.
    """
    if not phases_begun(connection, number):
        _begin(connection, number, "explore", version, by)


def _begin(connection: Connection, number: int, name: str, version: int, by: str | None) -> None:
    memo = {"phase": name, "version": version, **({"by": by} if by else {})}
    events.record_note(connection, "setting", number, memo=json.dumps(memo, ensure_ascii=False))


def saturation(study: "Study", question: QuestionSettings, step: int = STEP) -> Saturation:
    """Return how many new labels each `step` answers brought, over all coders, in the order of coding."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        made = in_order_of_coding(connection, number)
    residual = {label.id for version in recorded for label in version.codebook.labels if label.residual}
    seen: set[int] = set()
    used: set[str] = set()
    new: list[int] = []
    for answer, labels in made:
        if answer not in seen:
            if len(seen) % step == 0:
                new.append(0)
            seen.add(answer)
        first = set(labels) - residual - used
        new[-1] += len(first)
        used |= first
    return Saturation(step, tuple(new), len(seen), len(used))


def _is_bare(codebook: Codebook) -> bool:
    return all(label.residual for label in codebook.active)
