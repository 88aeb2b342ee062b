"""What stays out of a coder's sight: others' work on answers that this coder is still to code blind."""

from collections.abc import Iterable

from coder.store import Connection, assignments, bridges, events, queries
from coder.study.coding import BLIND_SAMPLES
from coder.study.phases import phase_of
from coder.study.settings import QuestionSettings


def codes_blind(connection: Connection, question: QuestionSettings, number: int, coder: str) -> bool:
    """Whether a coder now codes every answer to a question (with its number) blind."""
    return question.is_blind_for(coder) or phase_of(connection, number) == "pilot"


def still_again(connection: Connection, number: int, coder: str) -> set[int]:
    """Return the answers to a question that a coder is still to code again for a bridge sample."""
    who = [n for n, name in events.coders(connection).items() if name.casefold() == coder.casefold()]
    return {
        again.answer_id
        for wave in bridges.waves_with_bridges(connection, number)
        for coder_number in who
        for again in bridges.asked_again(connection, number, wave, coder_number)
        if not again.done
    }


def still_blind(
    connection: Connection, question: QuestionSettings, number: int, coder: str, answers: Iterable[int]
) -> set[int]:
    """Return which of these answers to a question (with its number) a coder is still to code blind.

    Those are the answers in a blind sample, and all of them for who codes the question blind, until this
    coder has coded them; held over is not coded. And those that this coder is to code again for a bridge
    sample, until that is done. Nothing is hidden from who has no part in the coding:
    who coded nothing of this question, is asked for none of it, and is not named among its blind coders
    may be the one who only settles what others differ about, or who keeps the codebook.
    """
    wanted = set(answers)
    again = still_again(connection, number, coder) & wanted
    named = coder.casefold() in {name.casefold() for name in question.blind}
    who = next(
        (n for n, name in events.coders(connection).items() if name.casefold() == coder.casefold()), None
    )
    if not named and (who is None or not assignments.takes_part(connection, number, who)):
        return again
    if not codes_blind(connection, question, number, coder):
        wanted &= assignments.sampled(connection, wanted, BLIND_SAMPLES)
    done = {
        answer
        for (answer, name), coding in queries.current_codings(connection, wanted).items()
        if name.casefold() == coder.casefold() and coding["status"] != "skipped"
    }
    return wanted - done | again
