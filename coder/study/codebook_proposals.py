"""Labels that coders propose once the codebook is fixed, and that its keeper accepts or declines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, CodebookError
from coder.codebook.edits import AddLabel
from coder.errors import CoderError
from coder.messages import _
from coder.store import Connection, answer_lists, events
from coder.store import codebooks as store_codebooks
from coder.store.codebooks import CodebookEvent
from coder.study import codebooks
from coder.study.blindness import still_blind
from coder.study.codebook_edits import Edit, make_edit
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study

_EXAMPLES = 5


@dataclass(frozen=True)
class Proposal:
    """A label that one or more coders propose.

    Attributes:
        event: number of the first proposal: what `accept_proposal` and `decline_proposal` take.
        events: of all proposals of this name; count: how many there are.
        by: who proposed it; None where that is not known. answers: where; examples: texts of some of these.
            Of answers that who asks is still to code blind neither is told.
        at: when it was first proposed (UTC, ISO 8601).
    """

    event: int
    events: tuple[int, ...]
    name: str
    by: tuple[str, ...]
    answers: tuple[int, ...]
    examples: tuple[str, ...]
    at: str

    @property
    def count(self) -> int:
        """How many times it was proposed."""
        return len(self.events)


def propose_label(
    study: "Study", question: QuestionSettings, name: str, by: str | None = None, answer_id: int | None = None
) -> int:
    """Propose a label to the keeper of the codebook, at an answer; return the event's number.

    Raises CoderError when there is a label of that name.
    """
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        name = " ".join(name.split())
        if not name:
            raise CodebookError(_("A label must have a name."))
        there = codebooks.versions(connection, number)[-1].codebook.find(name)
        if there is not None and not there.retired:
            raise CodebookError(
                _("There is already a label {name}; choose another name.").format(name=there.name)
            )
        memo = {"edit": "proposal", "name": name, "by": by, "answer": answer_id}
        who = None if by is None else events.coder_id(connection, by)
        return _note(connection, number, memo, who)


def proposals(study: "Study", question: QuestionSettings, *, for_coder: str | None = None) -> list[Proposal]:
    """Return the proposals that nobody has decided on, most often proposed first.

    Args:
        for_coder: who is to see them. At an answer that this coder is still to code blind it is not told
            what it says, nor who made the proposal there: that would be another coder's work on it. None
            leaves nothing out.
    """
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        codebook = codebooks.versions(connection, number)[-1].codebook
        groups = _open(store_codebooks.codebook_events(connection, number), codebook)
        found = []
        for group in groups:
            answers = [p.memo["answer"] for p in group if p.memo.get("answer") is not None]
            answers = list(dict.fromkeys(answers))
            blind = (
                set() if for_coder is None else still_blind(connection, question, number, for_coder, answers)
            )
            told = [answer for answer in answers if answer not in blind][:_EXAMPLES]
            texts = answer_lists.texts(connection, told)
            found.append(
                Proposal(
                    group[0].id,
                    tuple(p.id for p in group),
                    group[0].memo["name"],
                    tuple(
                        dict.fromkeys(
                            p.by
                            for p in group
                            if p.by is not None and (p.memo.get("answer") not in blind or p.by == for_coder)
                        )
                    ),
                    tuple(answers),
                    tuple(texts[a] for a in told if texts.get(a)),
                    group[0].at,
                )
            )
    return sorted(found, key=lambda p: (-p.count, p.event))


def accept_proposal(
    study: "Study",
    question: QuestionSettings,
    proposal: int | str,
    by: str | None = None,
    *,
    name: str | None = None,
) -> Edit:
    """Add a proposed label, under its own name or another; queue the answers where it was proposed.

    `proposal` is the number of its event or its name. Undoing the edit opens the proposal again. Raises
    CoderError when there is no such proposal or the name is taken.
    """
    found = _find(study, question, proposal)
    return make_edit(
        study, question, AddLabel(name or found.name), by, proposals=found.events, read_again=found.answers
    )


def decline_proposal(
    study: "Study",
    question: QuestionSettings,
    proposal: int | str,
    reason: str = "",
    by: str | None = None,
) -> int:
    """Decline a proposed label, with the reason; return the event's number, which undoes it.

    Raises CoderError when there is no such proposal.
    """
    found = _find(study, question, proposal)
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        memo = {"edit": "decline", "name": found.name, "proposals": list(found.events), "reason": reason}
        who = None if by is None else events.coder_id(connection, by)
        return _note(connection, number, {**memo, "by": by}, who)


def _find(study: "Study", question: QuestionSettings, proposal: int | str) -> Proposal:
    there = proposals(study, question)
    for one in there:
        if proposal in one.events or str(proposal).strip().casefold() == one.name.casefold():
            return one
    raise CoderError(
        _("There is no open proposal {proposal}; there are: {known}.").format(
            proposal=proposal, known=", ".join(p.name for p in there) or "-"
        )
    )


def _open(log: Sequence[CodebookEvent], codebook: Codebook) -> list[list[CodebookEvent]]:
    """Return the proposals nobody decided on, by name; what is a label by now needs no decision."""
    decided = {event for entry in log if entry.in_force for event in entry.memo.get("proposals", ())}
    taken = {label.name.strip().casefold() for label in codebook.active}
    groups: dict[str, list[CodebookEvent]] = {}
    for entry in log:
        if entry.memo.get("edit") == "proposal" and entry.in_force and entry.id not in decided:
            groups.setdefault(entry.memo["name"].casefold(), []).append(entry)
    return [group for name, group in groups.items() if name not in taken]


def _note(connection: Connection, number: int, memo: dict[str, Any], who: int | None) -> int:
    note = json.dumps(memo, ensure_ascii=False)
    return events.record_note(connection, "codebook", number, memo=note, by=who)
