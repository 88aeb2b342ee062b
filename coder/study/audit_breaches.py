"""Coding outside an audit sample: it makes the sample void, so the program asks before it is done."""

from collections.abc import Iterable

from coder.errors import CoderError
from coder.messages import ngettext
from coder.store import Connection, audits
from coder.store.waves import WaveRecord
from coder.study.settings import QuestionSettings


class VoidsAuditError(CoderError):
    """Something would be coded outside an audit sample, which makes that void."""


def voiding(
    connection: Connection, question: QuestionSettings, number: int, wave: WaveRecord, answers: Iterable[int]
) -> str | None:
    """Return in words that coding these answers makes the audit sample of the wave void, where it does."""
    n = len(audits.would_void(connection, number, wave, answers))
    if not n:
        return None
    return ngettext(
        "{question}, wave {wave}: {n} answer is outside the audit sample. Once it is "
        "coded, the sample is no random sample of the rest any more, and nothing can be corrected "
        "with it.",
        "{question}, wave {wave}: {n} answers are outside the audit sample. Once they are "
        "coded, the sample is no random sample of the rest any more, and nothing can be corrected "
        "with it.",
        n,
    ).format(question=question.name, wave=wave.name, n=n)


def refuse_voiding(
    connection: Connection, question: QuestionSettings, number: int, wave: WaveRecord, answers: Iterable[int]
) -> None:
    """Raise VoidsAuditError when coding these answers makes the audit sample of the wave void."""
    if said := voiding(connection, question, number, wave, answers):
        raise VoidsAuditError(said)
