"""The audit sample: answers drawn at random from what no person had coded, and coded by people, blind.

Frequencies of a wave that the model labelled are corrected with it (see `coder.study.corrections`). That
holds as long as chance, and nobody else, chose the answers: so it is drawn by the program, from a frame that
is noted with the seed, and it is void once people coded other answers of that frame.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coder.codebook import Meanings
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.store import Connection, audits, events
from coder.store import assignments as store_assignments
from coder.store import codebooks as store_codebooks
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.assigning import coder_named, divide
from coder.study.indicators import DECIDED, indicators
from coder.study.settings import QuestionSettings, with_coders

if TYPE_CHECKING:
    from coder.study.folder import Study

#: answers in an audit sample, unless told otherwise
SIZE = 200


@dataclass(frozen=True, slots=True)
class AuditStatus:
    """How far the audit of a question in a wave is.

    Attributes:
        drawn: when it was begun (UTC, ISO 8601); seed: of the draw.
        frame: answers it was drawn from; codebook_version: at the draw.
        size: answers in it that are still there and filled in.
        decided: of these, what people decided; held_over, open, uncoded: the others.
        not_blind: of the decided, those that were not all coded blind, or nobody knows whether.
        coded_since: answers outside it that people coded, or held over, since the draw.
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
    left: Mapping[str, int]
    positives: Mapping[str, int]
    trouble: str | None


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """What drawing an audit sample did.

    Attributes:
        wanted: the size asked for; drawn: answers drawn now.
        voided: the answers coded outside the audit there was, and those in it that were not coded blind, for
            either of which a new one was drawn; 0, 0 when there was none, or it was added to.
        assigned: coder to answers that this coder is asked for now.
        promised: answers outside it that nobody coded and coders are asked for: coding them voids it.
        now: how far it is.
    """

    wanted: int
    drawn: int
    voided: tuple[int, int]
    assigned: Mapping[str, int]
    promised: int
    now: AuditStatus


def draw_audit(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord,
    *,
    n: int = SIZE,
    coders: Sequence[str] = (),
    seed: int | None = None,
) -> AuditDraw:
    """Draw the audit sample of a wave at random and ask the coders named for it; logged with its seed.

    It is drawn from the answers that no person has coded or held over, or saw with help in view, and that are
    in no other sample. When there is one, it is added to until it has n answers; so the same arguments a
    second time change nothing. When people coded others of these answers since, or not all of it was coded
    blind, a new one is drawn from what is uncoded now, and what was coded of the old one counts like
    everything else that people coded.

    Several coders divide it: each answer is for one of them, identical answers for the same one. Nobody can
    choose the answers. With fewer answers than n all are drawn.

    Raises CoderError for n below 1, when there is nothing to draw from, or for another seed than that of the
    sample which is added to.
    """
    if n < 1:
        raise CoderError(_("--n is the number of answers to audit, such as {n}.").format(n=SIZE))
    names = list(dict.fromkeys(coder_named(study, name) for name in coders))
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        before = _status(connection, question, number, wave)
        voided = (0, 0) if before is None else (before.coded_since, before.not_blind)
        there: set[int] = set()
        if before is not None and not any(voided):
            there = {row["answer_id"] for row in audits.standing(connection, number, wave.id)}
            if there and seed not in (None, before.seed):
                raise CoderError(
                    _(
                        "{question}, wave {wave}: the audit sample was drawn with seed {seed}; leave --seed "
                        "out to add to it."
                    ).format(question=question.name, wave=wave.name, seed=before.seed)
                )
            seed = before.seed if there else seed
        seed = study.settings.seed if seed is None else seed
        earlier = len(audits.draws(connection, number, wave.name))
        rng = np.random.default_rng([seed, number, wave.id, earlier])
        drawn = _draw(connection, question, number, wave, rng, there, n - len(there), seed)
        assigned = _assign(connection, number, wave, rng, names)
        asked = store_assignments.assigned_to(connection, number, wave.id).keys()
        outside = audits.frame(connection, number, wave.id).keys() - {
            row["answer_id"] for row in audits.standing(connection, number, wave.id)
        }
        now = _status(connection, question, number, wave)
    if any(name not in study.settings.coders for name in names):
        study.write_settings(lambda text: with_coders(text, names))
    assert now is not None  # noqa: S101  (it is there now)
    return AuditDraw(n, drawn, voided, assigned, len(asked & outside), now)


def _draw(
    connection: Connection,
    question: QuestionSettings,
    number: int,
    wave: WaveRecord,
    rng: np.random.Generator,
    there: set[int],
    n: int,
    seed: int,
) -> int:
    """Add at most n answers to those that are there already, or begin anew; return how many."""
    if n <= 0:
        return 0
    blind = [c for c, name in events.coders(connection).items() if question.is_blind_for(name)]
    frame = audits.frame(connection, number, wave.id, blind)
    rest = sorted(frame.keys() - there)
    if not rest and not there:
        raise CoderError(
            _(
                "{question}, wave {wave}: people coded all answers, or saw them with help in view; there is "
                "nothing to draw an audit sample from."
            ).format(question=question.name, wave=wave.name)
        )
    if not rest:
        return 0
    drawn = sorted(rng.choice(np.array(rest), min(n, len(rest)), replace=False).tolist())
    if not there:
        audits.forget(connection, number, wave.id)
    store_codebooks.add_to_sample(connection, drawn, audits.AUDIT)
    memo = {
        "wave": wave.name,
        "seed": seed,
        "n": len(there) + len(drawn),
        "frame": len(there) + len(rest),
        "fresh": not there,
        "codebook_version": codebooks.versions(connection, number)[-1].number,
    }
    audits.record_draw(connection, number, memo)
    return len(drawn)


def _assign(
    connection: Connection, number: int, wave: WaveRecord, rng: np.random.Generator, names: Sequence[str]
) -> dict[str, int]:
    """Ask these coders for what is left of the audit and none of them is asked for yet."""
    who = {events.coder_id(connection, name): name for name in names}
    if not who:
        return {}
    asked = store_assignments.assigned_to(connection, number, wave.id)
    left: dict[int, int] = {}
    load: Counter[int] = Counter()
    for row in audits.standing(connection, number, wave.id):
        mine = asked.get(row["answer_id"], set()) & who.keys()
        load.update(mine)
        if not mine and row["status"] in (None, "skipped"):
            left[row["answer_id"]] = row["fingerprint"]
    pairs = divide(rng, left, list(who), dict(load))
    store_assignments.assign(connection, pairs)
    return Counter(who[coder] for _answer, coder in pairs)


def audit_status(study: "Study", question: QuestionSettings, wave: WaveRecord) -> AuditStatus | None:
    """Return how far the audit of a wave is; None when none was drawn."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        return _status(connection, question, number, wave)


def _status(
    connection: Connection, question: QuestionSettings, number: int, wave: WaveRecord
) -> AuditStatus | None:
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
        len(audits.coded_since(connection, number, wave.id, begun[-1].id)),
        Counter(names[coder] for answer in sorted(left) for coder in asked.get(answer, ())),
        _positives(connection, number, decided),
        None,
    )
    return replace(found, trouble=_trouble(found))


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
    of = {"question": found.question, "wave": found.wave}
    if n := found.coded_since:
        return ngettext(
            "{question}, wave {wave}: {n} answer outside the audit sample was coded since it was drawn, so "
            "that it is no random sample of the rest any more; draw a new one: coder audit draw "
            "--question {question} --wave {wave}",
            "{question}, wave {wave}: {n} answers outside the audit sample were coded since it was drawn, so "
            "that it is no random sample of the rest any more; draw a new one: coder audit draw "
            "--question {question} --wave {wave}",
            n,
        ).format(n=n, **of)
    if n := found.not_blind:
        return ngettext(
            "{question}, wave {wave}: {n} answer of the audit sample was not coded blind, or nobody knows "
            "whether; if it was, import it again with --blind, else draw a new one: coder audit draw "
            "--question {question} --wave {wave}",
            "{question}, wave {wave}: {n} answers of the audit sample were not coded blind, or nobody knows "
            "whether; if they were, import them again with --blind, else draw a new one: coder audit draw "
            "--question {question} --wave {wave}",
            n,
        ).format(n=n, **of)
    if n := found.uncoded + found.held_over:
        who = ", ".join(f"{name} {left}" for name, left in sorted(found.left.items()))
        line = ngettext(
            "{question}, wave {wave}: {n} answer of the audit sample is still to be coded ({who}), before "
            "anything else of this wave: {how}",
            "{question}, wave {wave}: {n} answers of the audit sample are still to be coded ({who}), before "
            "anything else of this wave: {how}",
            n,
        )
        how = "coder code --coder {coder}" if who else "coder audit draw --coder {coder}"
        how = how.format(coder=next(iter(sorted(found.left)), _("NAME")))
        how += f" --question {found.question} --wave {found.wave}"
        return line.format(n=n, who=who or _("nobody is asked for it yet"), how=how, **of)
    if n := found.open:
        return ngettext(
            "{question}, wave {wave}: coders differ on {n} answer of the audit sample; settle it: coder "
            "settle --question {question} --wave {wave}",
            "{question}, wave {wave}: coders differ on {n} answers of the audit sample; settle them: coder "
            "settle --question {question} --wave {wave}",
            n,
        ).format(n=n, **of)
    if not found.decided:
        return _(
            "{question}, wave {wave}: no answer of the audit sample is left; draw a new one: coder audit "
            "draw --question {question} --wave {wave}"
        ).format(**of)
    return None
