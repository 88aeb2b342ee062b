"""Undo and redo of what a coder did on screen, or imported: without limit, and across restarts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.store import Connection, actions, answer_lists, events
from coder.store import codebooks as store_codebooks
from coder.store.actions import Action
from coder.study import codebooks
from coder.study.audit_breaches import refuse_voiding
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True, slots=True)
class Undone:
    """What undo took back, or redo did again.

    Attributes:
        answer_id: the answer that the coder was at; None for a change of the codebook.
        answers: all answers that it concerned.
        kind: "draft" (labels chosen), "coding", "mark", "codebook" or "import".
    """

    answer_id: int | None
    answers: tuple[int, ...]
    kind: str
    what: str


def undo(study: "Study", question: QuestionSettings, coder: str, *, imports: bool = False) -> Undone | None:
    """Take back what this coder did last on this question; None when there is nothing to take back.

    An import is one thing done; it is taken back with `imports` only, since nobody means hundreds of codings
    by one key on a screen. Raises CoderError when that is what comes.
    """
    return _flip(study, question, coder, imports, again=False)


def redo(study: "Study", question: QuestionSettings, coder: str, *, imports: bool = False) -> Undone | None:
    """Do again what this coder took back last, as `undo` does; None when there is nothing to do again.

    Raises VoidsAuditError when it is a coding that makes an audit sample void.
    """
    return _flip(study, question, coder, imports, again=True)


def record_edit(
    study: "Study",
    question: QuestionSettings,
    coder: str,
    event: int,
    *,
    kind: str = "codebook",
    answer: int | None = None,
) -> None:
    """Make a change of the codebook, or a proposal of one, a thing that this coder's undo takes back."""
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        actions.record_action(
            connection, events.coder_id(connection, coder), number, kind, answer_id=answer, events=[event]
        )


def _flip(
    study: "Study", question: QuestionSettings, coder: str, imports: bool, *, again: bool
) -> Undone | None:
    find = actions.last_undone if again else actions.last_done
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        who = next((n for n, name in events.coders(connection).items() if name == coder), None)
        if who is None:
            raise CoderError(_("Nobody called {coder} has coded here.").format(coder=coder))
        found = find(connection, who, number)
        if found is None:
            return None
        if found.kind == "import" and not imports:
            line = (
                _("What comes next is {what}; do it again at the command line: coder redo {of}")
                if again
                else _("What comes next is {what}; take it back at the command line: coder undo {of}")
            )
            raise CoderError(
                line.format(
                    what=_described(connection, found).what, of=f"--coder {coder} --question {question.name}"
                )
            )
        if again and found.kind in ("coding", "import"):
            # what was taken back to mend an audit sample does not come back by a key
            for wave in study.waves(connection):
                refuse_voiding(connection, question, number, wave, _concerned(connection, found))
        if found.kind != "codebook":
            actions.flip(connection, found)
            _refuse_lost_labels(study, connection, question, number, found)
            return _described(connection, found)
    # a change of the codebook goes through its file, in a transaction of its own
    event = _flip_edit(study, question, found, again=again)
    with study.database.write() as connection:
        actions.flip(connection, found, [event])
        return _described(connection, found)


def _refuse_lost_labels(
    study: "Study", connection: Connection, question: QuestionSettings, number: int, found: Action
) -> None:
    """Raise CoderError when a coding would come back with a label that the codebook has no more."""
    there = set(codebooks.versions(connection, number)[-1].codebook.ids)
    for answer in _concerned(connection, found):
        coding = answer_lists.coding_of(connection, answer, found.coder_id)
        lost = [] if coding is None else [label for label in coding["labels"].split() if label not in there]
        if lost:
            raise CoderError(
                _("{labels}: no longer in {codebook}; this cannot be taken back or done again.").format(
                    labels=", ".join(lost), codebook=question.codebook
                )
            )


def _concerned(connection: Connection, found: Action) -> set[int]:
    """Return the answers that an action is about; an import has no answer that its coder was at."""
    if found.kind == "import":
        return answer_lists.answers_of_events(connection, found.events)
    return {*found.drafts, *([] if found.answer_id is None else [found.answer_id])}


def _flip_edit(study: "Study", question: QuestionSettings, found: Action, *, again: bool) -> int:
    """Take a change of the codebook back, or make it again; return the event that says so.

    It may be so already: taken back on the codebook screen, or just before the process was ended. One that
    cannot be taken back any more is in the way of nothing: undo goes on with what was before it.
    """
    from coder.study.codebook_edits import EditStaysError, undo_edit

    try:
        return undo_edit(study, question, found.events[0]).event
    except EditStaysError as error:
        with study.database.write() as connection:
            log = store_codebooks.codebook_events(connection, found.question_id)
            edit = next((edit for edit in log if found.events[0] in edit.chain), None)
            if edit is not None and edit.in_force is again:
                return edit.chain[-1]
            actions.forget(connection, found)
        raise CoderError(
            _("{reason} It stays as it is; undo goes on with what was before it.").format(reason=error)
        ) from error


def _described(connection: Connection, found: Action) -> Undone:
    words = {
        "draft": _("choice of labels"),
        "coding": _("coding"),
        "mark": _("mark"),
        "memo": _("memo"),
        "codebook": _("change of the codebook"),
        "proposal": _("proposal of a label"),
        "settling": _("consensus coding"),
    }
    answers = _concerned(connection, found)
    if found.kind == "import":
        n = len(answers)
        what = ngettext("an import of {n} coding", "an import of {n} codings", n).format(n=n)
    else:
        what = words[found.kind]
    row = None if found.answer_id is None else answer_lists.answer_row(connection, found.answer_id)
    if row is not None:
        what = _("{what} of {respondent}").format(what=what, respondent=row.respondent)
        if len(answers) > 1:
            what += " " + _("and {n} more").format(n=len(answers) - 1)
    return Undone(found.answer_id, tuple(sorted(answers)), found.kind, what)
