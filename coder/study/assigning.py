"""Who codes what: answers divided over coders, and the reliability sample that several code blind."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from coder.errors import CoderError
from coder.messages import _
from coder.store import Connection, answer_lists, audits, events
from coder.store import assignments as store_assignments
from coder.store import codebooks as store_codebooks
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.coders import check_coder, known_coders
from coder.study.settings import QuestionSettings, with_coders

if TYPE_CHECKING:
    from coder.study.folder import Study

#: the share of the answers that more than one coder codes, unless told otherwise
SHARE = 0.2
SAMPLE = "reliability"


@dataclass(frozen=True, slots=True)
class CoderShare:
    """What one coder is asked to code in a wave.

    Attributes:
        assigned: answers; done: of these, coded by this coder (held over is not done).
        sample, sample_done: the same of the reliability sample.
    """

    coder: str
    assigned: int
    done: int
    sample: int
    sample_done: int


@dataclass(frozen=True, slots=True)
class Assignments:
    """How a wave's answers to a question are divided.

    Attributes:
        answers: filled-in answers; sample: of these, in the reliability sample.
        unassigned: that nobody coded and nobody is asked to code: for whoever comes first.
    """

    question: str
    wave: str
    answers: int
    sample: int
    unassigned: int
    coders: tuple[CoderShare, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What dividing the answers did.

    Attributes:
        seed, share: as they were asked for.
        wanted: the size that the reliability sample should have; drawn: answers added to it now.
        left_out: answers that could not be drawn, having been coded, or begun, with suggestions or other
            coders' work in view, or nobody knows whether.
        divided: answers outside the sample that a coder is asked for now, each by one.
        mixed: coder who got no part of these to the answers that this coder is asked for besides the sample.
        audited: answers in the audit sample, which coding what was divided makes void; 0: none stands.
        now: how the answers are divided now.
    """

    seed: int
    share: float
    wanted: int
    drawn: int
    left_out: int
    divided: int
    mixed: Mapping[str, int]
    audited: int
    now: Assignments


def coder_named(study: "Study", name: str) -> str:
    """Return a coder's name as the study writes it. Raises CoderError for a name nobody can have."""
    bare = check_coder(name)
    return {known.casefold(): known for known in known_coders(study)}.get(bare.casefold(), bare)


def assign(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord,
    coders: Sequence[str],
    *,
    share: float = SHARE,
    seed: int | None = None,
) -> Assigned:
    """Draw the reliability sample and divide the other answers over the coders; logged with its seed.

    A random share of the wave's answers is for every coder named, blind. What is left of the answers that
    nobody has coded is divided evenly, at random, when two or more coders are named; identical answers go to
    one of them. When one coder alone is named, the sample is for this coder and for those who have coded
    the question; each of them is asked for as many other answers, drawn at random, as the sample has, or a
    coder could tell from what is assigned which answers are in the sample.

    What was drawn and assigned before stays. A sample that is there is only added to, up to the share asked
    for, so that the same arguments a second time change nothing.
    """
    if not 0 <= share <= 1:
        raise CoderError(_("--share is a share of the answers from 0 to 1, such as 0.2."))
    names = list(dict.fromkeys(coder_named(study, name) for name in coders))
    if not names:
        raise CoderError(_("Say who codes: --coder AB, once for each coder."))
    seed = study.settings.seed if seed is None else seed
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        texts = store_assignments.fingerprints(connection, number, wave.id)
        rng = np.random.default_rng([seed, number, wave.id])
        who = [events.coder_id(connection, name) for name in names]
        sample = answer_lists.in_samples(connection, number, wave.id, (SAMPLE,)) & set(texts)
        blind = [n for n, name in events.coders(connection).items() if question.is_blind_for(name)]
        seen = store_assignments.seen_with_help(connection, number, wave.id, blind)
        left_out = seen & set(texts) - sample
        wanted = ceil(round(share * len(texts), 9))
        drawn = _draw(rng, sorted(set(texts) - sample - left_out), wanted - len(sample))
        store_codebooks.add_to_sample(connection, drawn, SAMPLE)
        sample |= set(drawn)
        before = store_assignments.assigned_to(connection, number, wave.id)
        together = who if len(who) > 1 else sorted({*who, *store_assignments.coders_of(connection, number)})
        pairs = [(a, c) for a in sorted(sample) for c in together if c not in before.get(a, set())]
        rest = set(texts) - sample - before.keys()
        rest -= answer_lists.seen_by_anyone(connection, number, wave.id)
        load = _load(before, sample)
        divided: list[tuple[int, int]] = []
        mixed: dict[int, list[int]] = {}
        if len(who) > 1:
            divided = divide(rng, {a: texts[a] for a in sorted(rest)}, who, load)
        else:
            for coder in together:
                coded = {a for a, *_said in answer_lists.coder_statuses(connection, number, wave.id, coder)}
                mine = {a for a, coders in before.items() if coder in coders}
                others = set(texts) - sample - coded - mine
                lot = _mix(rng, rest, others, len(sample) - load.get(coder, 0))
                rest -= set(lot)
                if lot:
                    mixed[coder] = lot
        besides = [(answer, coder) for coder, lot in mixed.items() for answer in lot]
        store_assignments.assign(connection, [*pairs, *divided, *besides])
        called = events.coders(connection)
        lots = {called[coder]: len(lot) for coder, lot in mixed.items()}
        if drawn or pairs or divided or lots:
            memo = {"wave": wave.name, "seed": seed, "share": share, "coders": names, "n": len(sample)}
            if lots:
                memo["besides"] = lots
            events.record_note(connection, "setting", number, memo=json.dumps({"assign": memo}))
        audited = 0
        if audits.standing_draw(connection, number, wave) is not None:
            audited = len(audits.standing(connection, number, wave.id))
        now = _assignments(connection, question.name, number, wave)
    if any(name not in study.settings.coders for name in names):
        study.write_settings(lambda text: with_coders(text, names))
    return Assigned(seed, share, wanted, len(drawn), len(left_out), len(divided), lots, audited, now)


def assignments(study: "Study", question: QuestionSettings, wave: WaveRecord) -> Assignments:
    """Return how a wave's answers are divided, and how far each coder is."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        return _assignments(connection, question.name, number, wave)


def _assignments(connection: Connection, question: str, number: int, wave: WaveRecord) -> Assignments:
    there = set(store_assignments.fingerprints(connection, number, wave.id))
    sample = answer_lists.in_samples(connection, number, wave.id, (SAMPLE,)) & there
    names = events.coders(connection)
    by_coder: dict[int, set[int]] = {}
    for answer, coders in store_assignments.assigned_to(connection, number, wave.id).items():
        for coder in coders if answer in there else ():
            by_coder.setdefault(coder, set()).add(answer)
    shares = []
    for coder, mine in by_coder.items():
        rows = answer_lists.coder_statuses(connection, number, wave.id, coder)
        done = {answer for answer, status, _labels, _event in rows if status != "skipped"}
        shares.append(
            CoderShare(
                names[coder], len(mine), len(mine & done), len(mine & sample), len(mine & sample & done)
            )
        )
    taken = set().union(*by_coder.values()) | answer_lists.seen_by_anyone(connection, number, wave.id)
    return Assignments(
        question,
        wave.name,
        len(there),
        len(sample),
        len(there - taken),
        tuple(sorted(shares, key=lambda s: s.coder)),
    )


def _draw(rng: np.random.Generator, answers: list[int], n: int) -> list[int]:
    """Return at most n of these answers, drawn at random."""
    if n <= 0 or not answers:
        return []
    return sorted(rng.choice(np.array(answers), min(n, len(answers)), replace=False).tolist())


def _mix(rng: np.random.Generator, first: set[int], others: set[int], n: int) -> list[int]:
    """Return at most n of these answers, drawn at random: of the `first`, then of the others."""
    lot = _draw(rng, sorted(first & others), n)
    return lot + _draw(rng, sorted(others - first), n - len(lot))


def _load(before: dict[int, set[int]], sample: set[int]) -> dict[int, int]:
    """Return how many answers outside the sample each coder was asked for before."""
    load: dict[int, int] = {}
    for answer, coders in before.items():
        for coder in coders if answer not in sample else ():
            load[coder] = load.get(coder, 0) + 1
    return load


def divide(
    rng: np.random.Generator, texts: dict[int, int], coders: Sequence[int], load: dict[int, int]
) -> list[tuple[int, int]]:
    """Divide answers (each with the fingerprint of its text) so that every coder has as many.

    The largest groups of identical answers first, each to the coder who has least so far: what comes last,
    the answers that nobody else gave, evens out.
    """
    groups: dict[int, list[int]] = {}
    for answer, text in texts.items():
        groups.setdefault(text, []).append(answer)
    in_order = list(groups.values())
    shuffled = [in_order[i] for i in rng.permutation(len(in_order))]
    shuffled.sort(key=len, reverse=True)
    turn = [coders[i] for i in rng.permutation(len(coders))]
    has = {coder: load.get(coder, 0) for coder in turn}
    pairs = []
    for group in shuffled:
        least = min(turn, key=has.__getitem__)
        has[least] += len(group)
        pairs += [(answer, least) for answer in group]
    return pairs
