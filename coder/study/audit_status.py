"""How far the audit sample of a wave is, what keeps it from being used, and what to do about it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from coder.codebook import Meanings
from coder.messages import _, ngettext
from coder.store import CONSENSUS, Connection, audits, events
from coder.store import assignments as store_assignments
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.indicators import DECIDED, indicators
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True, slots=True)
class AuditStatus:
    """How far the audit of a question in a wave is.

    Attributes:
        drawn: when it was begun (UTC, ISO 8601); seed: of the draw.
        frame: answers it was drawn from; codebook_version: at the draw.
        size: answers in it that are still there and filled in.
        decided: of these, what people decided; held_over, open, uncoded: the others.
        not_blind: of the decided, those that were not all coded blind, or nobody knows whether.
        coded_since: answers it was drawn from, outside it, that people coded, or held over, since.
        strayed: coder to these answers.
        joined: answers that could be drawn now and not when it was drawn: it tells nothing of them.
        undrawable: respondents whose answers nobody coded and no draw can have, as somebody saw them with
            help in view or they are in another sample: in no base until coded, which voids nothing.
        left: coder to answers that this coder is asked for and that are uncoded or held over.
        positives: label id to decided answers that have it, nets included.
        trouble: what keeps it from being used, and what to do, in one line; None: nothing.
    """

    question: str
    wave: str
    drawn: str
    seed: int
    frame: int
    codebook_version: int
    size: int
    decided: int
    held_over: int
    open: int
    uncoded: int
    not_blind: int
    coded_since: int
    strayed: Mapping[str, int]
    joined: int
    undrawable: tuple[str, ...]
    left: Mapping[str, int]
    positives: Mapping[str, int]
    trouble: str | None

    @property
    def to_do(self) -> int:
        """Answers in it that are to be coded, or held over."""
        return self.uncoded + self.held_over


def audit_status(study: "Study", question: QuestionSettings, wave: WaveRecord) -> AuditStatus | None:
    """Return how far the audit of a wave is; None when none was drawn."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        return status_in(connection, question, number, wave)


def status_in(
    connection: Connection, question: QuestionSettings, number: int, wave: WaveRecord
) -> AuditStatus | None:
    """Do what `audit_status` does, of a question by its number too."""
    made = audits.draws(connection, number, wave.name)
    begun = [draw for draw in made if draw.memo["fresh"]]
    if not begun:
        return None
    rows = audits.standing(connection, number, wave.id)
    decided = [row for row in rows if row["status"] in DECIDED]
    answers = {row["answer_id"] for row in decided}
    with_help = store_assignments.seen_with_help(connection, number, wave.id)
    blind = audits.coded_blind(connection, answers) - with_help
    left = {row["answer_id"] for row in rows if row["status"] in (None, "skipped")}
    names = events.coders(connection)
    asked = store_assignments.assigned_to(connection, number, wave.id) if left else {}
    statuses = Counter(row["status"] for row in rows)
    stray = audits.coded_since(connection, number, wave.id)
    apart = [coder for coder, name in names.items() if question.is_blind_for(name)]
    out = audits.left_out(connection, number, wave.id)
    joined = audits.joined_since(connection, number, wave.id, apart)
    found = AuditStatus(
        question.name,
        wave.name,
        begun[-1].at,
        int(begun[-1].memo["seed"]),
        int(made[-1].memo["frame"]),
        int(begun[-1].memo["codebook_version"]),
        len(rows),
        len(decided),
        statuses["skipped"],
        statuses["open"],
        statuses[None],
        len(answers - blind),
        len(stray),
        _counted(names[coder] for coder in audits.coders_of(connection, stray)),
        len(joined),
        tuple(respondent for answer, respondent in out.items() if answer not in joined),
        _counted(names[coder] for answer in sorted(left) for coder in asked.get(answer, ())),
        _positives(connection, number, decided),
        None,
    )
    return replace(found, trouble=_trouble(found))


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _positives(connection: Connection, number: int, decided: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count the answers that have each label in use."""
    recorded = codebooks.versions(connection, number)
    codebook = recorded[-1].codebook
    values = indicators(
        codebook,
        Meanings(recorded),
        [row["status"] for row in decided],
        [row["labels"].split() for row in decided],
        [row["codebook_version"] for row in decided],
        knows=[row["knows"] for row in decided],
    )
    counts = (values == 1).sum(axis=0).tolist()
    return {label.id: count for label, count in zip(codebook.active, counts, strict=True)}


def _trouble(found: AuditStatus) -> str | None:
    """Return what keeps an audit from being used, and what to do."""
    where = f"--question {found.question} --wave {found.wave}"
    coders = [*found.left] or [_("NAME")]
    of = {
        "question": found.question,
        "wave": found.wave,
        "where": where,
        "draw": f"coder audit draw {where} " + " ".join(f"--coder {name}" for name in coders),
    }
    if n := found.coded_since:
        undo = f"coder undo --question {found.question} --coder "
        # a consensus that was imported is nobody's to take back
        theirs = [name for name in found.strayed if name != CONSENSUS]
        if not theirs:
            return ngettext(
                "{question}, wave {wave}: {n} answer outside the audit sample was settled since it was "
                "drawn, so that it is no random sample of the rest any more; draw a new one: {draw}",
                "{question}, wave {wave}: {n} answers outside the audit sample were settled since it was "
                "drawn, so that it is no random sample of the rest any more; draw a new one: {draw}",
                n,
            ).format(n=n, **of)
        return ngettext(
            "{question}, wave {wave}: {n} answer outside the audit sample was coded since it was drawn, so "
            "that it is no random sample of the rest any more. Taking it back mends that ({undo}, until it "
            "is gone); else draw a new one: {draw}",
            "{question}, wave {wave}: {n} answers outside the audit sample were coded since it was drawn, so "
            "that it is no random sample of the rest any more. Taking them back mends that ({undo}, until "
            "they are gone); else draw a new one: {draw}",
            n,
        ).format(n=n, undo=", ".join(undo + name for name in theirs), **of)
    if n := found.not_blind:
        return ngettext(
            "{question}, wave {wave}: {n} answer of the audit sample was not coded blind, or nobody knows "
            "whether; if it was, import it again with --blind, else draw a new one: {draw}",
            "{question}, wave {wave}: {n} answers of the audit sample were not coded blind, or nobody knows "
            "whether; if they were, import them again with --blind, else draw a new one: {draw}",
            n,
        ).format(n=n, **of)
    if n := found.joined:
        return ngettext(
            "{question}, wave {wave}: {n} answer came into the wave, or was taken back, after the audit "
            "sample was drawn, which tells nothing of it; draw a new one: {draw}",
            "{question}, wave {wave}: {n} answers came into the wave, or were taken back, after the audit "
            "sample was drawn, which tells nothing of them; draw a new one: {draw}",
            n,
        ).format(n=n, **of)
    if n := found.to_do:
        who = ", ".join(f"{name} {left}" for name, left in found.left.items())
        how = f"coder code --coder {coders[0]} {where}" if who else of["draw"]
        if found.held_over:
            return ngettext(
                "{question}, wave {wave}: {n} answer of the audit sample is left ({who}), of which {held} "
                "held over; it goes before anything else of this wave: {how}",
                "{question}, wave {wave}: {n} answers of the audit sample are left ({who}), of which {held} "
                "held over; they go before anything else of this wave: {how}",
                n,
            ).format(n=n, held=found.held_over, who=who or _("nobody is asked for it yet"), how=how, **of)
        return ngettext(
            "{question}, wave {wave}: {n} answer of the audit sample is still to be coded ({who}), before "
            "anything else of this wave: {how}",
            "{question}, wave {wave}: {n} answers of the audit sample are still to be coded ({who}), before "
            "anything else of this wave: {how}",
            n,
        ).format(n=n, who=who or _("nobody is asked for it yet"), how=how, **of)
    if n := found.open:
        return ngettext(
            "{question}, wave {wave}: coders differ on {n} answer of the audit sample; settle it: coder "
            "settle {where}",
            "{question}, wave {wave}: coders differ on {n} answers of the audit sample; settle them: coder "
            "settle {where}",
            n,
        ).format(n=n, **of)
    if not found.decided:
        return _(
            "{question}, wave {wave}: no answer of the audit sample is left; draw a new one: {draw}"
        ).format(**of)
    return None
