"""Which answer a coder reads next, when it is asked for one at a time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.messages import _
from coder.progress import Progress, silent
from coder.store import CONSENSUS, answer_lists, assignments, audits, bridges, events, queries
from coder.store.queries import NextAnswer
from coder.study import codebooks
from coder.study.audit_breaches import voiding
from coder.study.coding import BLIND_SAMPLES
from coder.study.selecting import arrange
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study

ORDERS = ("file", "random", "informative")


def next_answer(
    study: "Study",
    question: QuestionSettings,
    coder: str,
    wave: str | None = None,
    *,
    order: str = "file",
    progress: Progress = silent,
) -> NextAnswer | None:
    """Return the next answer that the coder has not seen; None when all are seen.

    What this coder is asked to code again for a bridge sample counts as not seen until that is done.
    What this coder is asked for of an audit sample comes before all else.
    Where answers are assigned, those of this coder come first, then those that nobody is asked for; those of
    others only for who is asked for nothing. The order is that of the file, a random one that stays the same
    for this coder, or what teaches the model most first, for which the model is fitted.
    """
    if coder.casefold() == CONSENSUS:
        raise CoderError(_("{name} is not a coder; use your own name.").format(name=coder))
    if order not in ORDERS:
        raise CoderError(_("--order takes one of: {choices}.").format(choices=", ".join(ORDERS)))
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        record = study.wave(connection, wave)
        who = next((n for n, name in events.coders(connection).items() if name == coder), 0)
        assigned = assignments.assigned_to(connection, number, record.id)
        again = {a.answer_id: a.done for a in bridges.asked_again(connection, number, record.id, who)}
        if not assigned and not again and order == "file":
            return queries.next_unseen(connection, number, record.id, who)
        seen = {row[0] for row in answer_lists.coder_statuses(connection, number, record.id, who)}
        # what is coded again for a bridge sample is as good as unseen
        seen = seen - again.keys() | {answer for answer, done in again.items() if done}
        unseen = [a for a in answer_lists.answer_ids(connection, number, record.id) if a not in seen]
        audit = audits.asked_first(connection, number, record, who)
    mine = [a for a in unseen if a in audit]
    mine = mine or [a for a in unseen if who in assigned.get(a, ()) or a in again]
    left = mine or [a for a in unseen if a not in assigned]
    if not left and not any(who in coders for coders in assigned.values()):
        left = unseen  # who is asked for nothing helps the others
    if not left:
        return None
    taught = _teaching_order(study, question, progress) if order == "informative" else ()
    seed = f"{study.settings.seed}/{question.name}/{coder}"
    with study.database.read() as connection:
        others = answer_lists.seen_by_anyone(connection, number, record.id) - seen
        others &= answer_lists.in_samples(connection, number, record.id, BLIND_SAMPLES)
        first = arrange(left, order, seed=seed, taught=taught, by_others=others)[0]
        row = answer_lists.answer_row(connection, first)
    return None if row is None else NextAnswer(row.answer_id, row.respondent, row.text)


def is_asked(study: "Study", question: QuestionSettings, coder: str, wave: str | None = None) -> bool:
    """Whether this coder is asked to code any answer of the wave."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        record = study.wave(connection, wave)
        who = next((n for n, name in events.coders(connection).items() if name == coder), 0)
        again = bridges.asked_again(connection, number, record.id, who)
        return bool(again or assignments.assigned(connection, number, record.id, who))


def voids_audit(
    study: "Study", question: QuestionSettings, found: NextAnswer, wave: str | None = None
) -> str | None:
    """Return in words that coding this answer makes an audit sample of the wave void, where it does."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        return voiding(connection, question, number, study.wave(connection, wave), [found.answer_id])


def _teaching_order(study: "Study", question: QuestionSettings, progress: Progress) -> Sequence[int]:
    """Return the answers that nobody coded, what teaches the model most first."""
    from coder.study.encoding import VectorsAtHand
    from coder.study.question_model import QuestionModel
    from coder.study.suggestions import Suggestions, Working

    order: list[int] = []
    for reply in QuestionModel(study, question.name, VectorsAtHand(study)).suggest():
        if isinstance(reply, Suggestions) and reply.complete:
            order = reply.order.tolist()
        elif isinstance(reply, Working):
            progress(reply.what, reply.done, reply.total)
    return order
