"""The audit sample: answers drawn at random from what no person had coded, and coded by people, blind.

Frequencies of a wave that the model labelled are corrected with it (see `coder.study.corrections`). That
holds as long as chance, and nobody else, chose the answers: so it is drawn by the program, from a frame that
is noted with the seed, and it is void once people coded other answers of that frame.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coder.errors import CoderError
from coder.messages import _
from coder.store import Connection, audits, events
from coder.store import assignments as store_assignments
from coder.store import codebooks as store_codebooks
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.assigning import coder_named, divide
from coder.study.audit_status import AuditStatus, status_in
from coder.study.settings import QuestionSettings, with_coders

if TYPE_CHECKING:
    from coder.study.folder import Study

#: answers in an audit sample, unless told otherwise
SIZE = 200


def usual_size(frame: int) -> int:
    """Return how many of these answers are audited unless told otherwise: SIZE, but half of them at most."""
    return max(1, min(SIZE, (frame + 1) // 2))


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """What drawing an audit sample did.

    Attributes:
        wanted: the size asked for; drawn: answers drawn now.
        voided: the answers coded outside the audit there was, those in it that were not coded blind, and
            those that can be drawn since, for any of which a new one was drawn; 0, 0, 0 when there was none,
            or it was added to.
        replaced: the size of the one there was, of which nothing was coded yet and which was too large, so
            that a new one was drawn; 0 otherwise.
        assigned: coder to answers that this coder is asked for now.
        promised: answers outside it that nobody coded and coders are asked for: coding them voids it.
        now: how far it is.
    """

    wanted: int
    drawn: int
    voided: tuple[int, int, int]
    replaced: int
    assigned: Mapping[str, int]
    promised: int
    now: AuditStatus


def draw_audit(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord,
    *,
    n: int | None = None,
    coders: Sequence[str] = (),
    seed: int | None = None,
) -> AuditDraw:
    """Draw the audit sample of a wave at random and ask the coders named for it; logged with its seed.

    It is drawn from the answers that no person has coded or held over, or saw with help in view, and that are
    in no other sample; which these are is kept. When there is one, it is added to until it has n answers; so
    the same arguments a second time change nothing. A new one is drawn, from what is uncoded now, when people
    coded others of these answers since, when not all of it was coded blind, when answers can be drawn that
    could not then, or when it has more than n answers and nobody has begun on any. What was coded of the old
    one then counts like everything else that people coded, and nobody is asked any more for what was not.

    Without n, a sample that is there keeps its size, or has it again; the first is of `usual_size`.

    The coders named are asked for what nobody is asked for yet. When there is none of that, coders who are
    asked for nothing of the sample take over what others have left of it. Several coders divide it: each
    answer is for one of them, identical answers for the same one. Nobody can choose the answers. With fewer
    answers than n all are drawn.

    Raises CoderError for n below 1, when there is nothing to draw from, or for another seed than that of the
    sample which is added to.
    """
    if n is not None and n < 1:
        raise CoderError(_("--n is the number of answers to audit, such as {n}.").format(n=SIZE))
    names = list(dict.fromkeys(coder_named(study, name) for name in coders))
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        before = status_in(connection, question, number, wave)
        voided = (0, 0, 0) if before is None else (before.coded_since, before.not_blind, before.joined)
        size = 0 if before is None else before.size
        frame = _frame(connection, question, number, wave)
        n = n or size or usual_size(len(frame))
        replaced = size if before is not None and before.uncoded == size > n and not any(voided) else 0
        there: set[int] = set()
        if before is not None and not any(voided) and not replaced:
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
        if not there and before is not None:
            audits.forget(connection, number, wave.id, before.drawn)
        drawn = _draw(connection, question, number, wave, rng, frame, there, n - len(there), seed)
        assigned = _assign(connection, number, wave, rng, names)
        asked = store_assignments.assigned_to(connection, number, wave.id).keys()
        outside = audits.frame(connection, number, wave.id).keys() - {
            row["answer_id"] for row in audits.standing(connection, number, wave.id)
        }
        now = status_in(connection, question, number, wave)
    if any(name not in study.settings.coders for name in names):
        study.write_settings(lambda text: with_coders(text, names))
    assert now is not None  # noqa: S101  (it is there now)
    return AuditDraw(n, drawn, voided, replaced, assigned, len(asked & outside), now)


def _frame(
    connection: Connection, question: QuestionSettings, number: int, wave: WaveRecord
) -> Mapping[int, int]:
    """Return what can be drawn from, drawn already or not: answer to the fingerprint of its text."""
    blind = [c for c, name in events.coders(connection).items() if question.is_blind_for(name)]
    return audits.frame(connection, number, wave.id, blind)


def _draw(
    connection: Connection,
    question: QuestionSettings,
    number: int,
    wave: WaveRecord,
    rng: np.random.Generator,
    frame: Mapping[int, int],
    there: set[int],
    n: int,
    seed: int,
) -> int:
    """Add at most n answers to those that are there already, or begin anew; return how many."""
    if n <= 0:
        return 0
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
    audits.keep_frame(connection, number, wave.id, sorted(there.union(rest)))
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
    """Ask these coders for what is left of the audit and nobody is asked for yet.

    When there is none of that, coders who are asked for nothing of the audit take over what others have left.
    What somebody was asked for before the audit began is not asked for the audit.
    """
    who = {events.coder_id(connection, name): name for name in names}
    if not who:
        return {}
    asked = store_assignments.assigned_to(connection, number, wave.id)
    begun = [draw.at for draw in audits.draws(connection, number, wave.name) if draw.memo["fresh"]]
    for_audit = store_assignments.assigned_to(connection, number, wave.id, since=begun[-1])
    of_others: dict[int, int] = {}
    of_nobody: dict[int, int] = {}
    load: Counter[int] = Counter()
    for row in audits.standing(connection, number, wave.id):
        mine = asked.get(row["answer_id"], set()) & who.keys()
        load.update(mine)
        if not mine and row["status"] in (None, "skipped"):
            part = of_others if row["answer_id"] in for_audit else of_nobody
            part[row["answer_id"]] = row["fingerprint"]
    left = of_nobody or ({} if load else of_others)
    pairs = divide(rng, left, list(who), dict(load))
    store_assignments.assign(connection, pairs)
    return dict(Counter(who[coder] for _answer, coder in pairs))
