"""What is to be read again: codings that do not know a label, or that carry one which is split."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from coder.codebook import Meanings
from coder.errors import CoderError
from coder.messages import _
from coder.progress import Progress, silent
from coder.store import CONSENSUS, Connection, answer_lists, events
from coder.store import recoding as store_recoding
from coder.store.recoding import QueuedCoding
from coder.study import codebooks
from coder.study.settings import QuestionSettings
from coder.text import normalise

if TYPE_CHECKING:
    from coder.study.folder import Study

#: different texts that the model finds most likely to carry the label; and answers at random from the rest
LIKELY, RANDOM = 50, 20


@dataclass(frozen=True, slots=True)
class Recoding:
    """What queueing answers for a label did.

    Attributes:
        label, name: the label's id and name.
        unknown: coded answers that do not know the label (or, of a split, that carry it).
        waiting: of these, in the queue already and not yet read again.
        likely, random: queued now for either reason; identical answers come with a likely one.
        carrying: queued now because they carry the label.
        cold: whether the model had no coded example of the label and went by the codebook's words.
        seed: of the random ones.
    """

    question: str
    label: str
    name: str
    unknown: int
    waiting: int
    likely: int
    random: int
    carrying: int
    cold: bool
    seed: int


@dataclass(frozen=True, slots=True)
class RecodeCount:
    """How far reading again for a label is.

    Attributes:
        queued: answers that were queued; left: of these, still to be read by a coder who coded them.
        reasons: reason ("likely", "random", "carries") to answers that were queued for it.
        coders: coder to answers that this coder still has to read.
    """

    label: str
    queued: int
    left: int
    reasons: Mapping[str, int]
    coders: Mapping[str, int]


def queue_recoding(
    study: "Study",
    question: QuestionSettings,
    label: str,
    *,
    n: int = LIKELY,
    random: int = RANDOM,
    carrying: bool = False,
    seed: int | None = None,
    proba: Mapping[int, float] | None = None,
    progress: Progress = silent,
) -> Recoding:
    """Queue coded answers to be read again for a label (id or name); logged with its seed.

    Of the answers with a coding that does not know the label (it came later, was redefined, or took in
    another): the answers of the `n` different texts that the model finds most likely to carry it, and a
    random sample of the rest, so that what the model misses can be told. With `carrying`, for a label that
    is split: all answers that carry it.

    Answers that wait in the queue count: asking again tops up what was read since, and nothing else.

    Args:
        proba: answer to the probability that it carries the label; None lets the model be fitted for it.
    """
    seed = study.settings.seed if seed is None else seed
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        found = recorded[-1].codebook.find(label)
        if found is None or (found.retired and not carrying):
            raise CoderError(
                _("{file}: there is no label {label} in use; there are: {known}.").format(
                    file=question.codebook,
                    label=label,
                    known=", ".join(own.id for own in recorded[-1].codebook.active),
                )
            )
        codings = store_recoding.decided_codings(connection, number)
        meanings = Meanings(recorded)
        unread = _unread(store_recoding.queued_codings(connection, number), meanings)
    if carrying:
        doubtful = [c for c in codings if found.id in c.labels]
    else:
        knows = _knowledge(meanings)
        doubtful = [c for c in codings if not knows(found.id, c.codebook_version, c.knows)]
    after: dict[int, int] = {}
    for c in doubtful:
        after[c.answer_id] = max(after.get(c.answer_id, 0), c.event_id)
    texts = {c.answer_id: c.fingerprint for c in doubtful}
    waiting = {c.answer_id: c.reason for c in unread if c.label == found.id and c.answer_id in after}
    free = sorted(after.keys() - waiting.keys())
    chosen = dict.fromkeys(free, "carries")
    cold = False
    if not carrying:
        n -= len({texts[answer] for answer, reason in waiting.items() if reason == "likely"})
        if free and n > 0 and proba is None:
            proba, cold = _probabilities(study, question, found.id, free, progress)
        chosen = dict.fromkeys(_likely(free, texts, proba or {}, n), "likely")
        rest = [answer for answer in free if answer not in chosen]
        size = random - sum(reason == "random" for reason in waiting.values())
        if rest and size > 0:
            chosen |= dict.fromkeys(_drawn(rest, size, [seed, number]), "random")
    if chosen:
        with study.database.write() as connection:
            store_recoding.put_in_queue(
                connection, number, found.id, [(a, reason, after[a]) for a, reason in chosen.items()]
            )
            memo = {"label": found.id, "seed": seed, "n": len(chosen), "carrying": carrying}
            events.record_note(connection, "setting", number, memo=json.dumps({"recode": memo}))
    reasons = Counter(chosen.values())
    return Recoding(
        question.name,
        found.id,
        found.name,
        len(after),
        len(waiting),
        reasons["likely"],
        reasons["random"],
        reasons["carries"],
        cold,
        seed,
    )


def to_read_again(connection: Connection, number: int, coder_number: int) -> list[int]:
    """Return the answers to the question with this number that this coder is to read again, in file order.

    A coding is done with when it is made anew, knowing the label.
    """
    queued = store_recoding.queued_codings(connection, number, coder_number)
    if not queued:
        return []
    return sorted({c.answer_id for c in _unread(queued, Meanings(codebooks.versions(connection, number)))})


def unread_counts(connection: Connection, number: int) -> dict[tuple[int, int], int]:
    """Count the answers to be read again: (wave, coder) to how many; consensus is among the coders."""
    queued = store_recoding.queued_codings(connection, number)
    if not queued:
        return {}
    unread = _unread(queued, Meanings(codebooks.versions(connection, number)))
    return Counter(key for key, _answer in {((c.wave_id, c.coder_id), c.answer_id) for c in unread})


def recode_counts(study: "Study", question: QuestionSettings) -> list[RecodeCount]:
    """Return how far reading again is, for each label that answers were queued for."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        queued = store_recoding.queued_codings(connection, number)
        meanings = Meanings(codebooks.versions(connection, number))
        names = events.coders(connection)
    found = []
    for label in dict.fromkeys(c.label for c in queued):
        mine = [c for c in queued if c.label == label]
        reasons = Counter({c.answer_id: c.reason for c in mine}.values())
        left = [c for c in _unread(mine, meanings) if names[c.coder_id] != CONSENSUS]
        found.append(
            RecodeCount(
                label,
                len({c.answer_id for c in mine}),
                len({c.answer_id for c in left}),
                dict(reasons),
                dict(Counter(names[c.coder_id] for c in left)),
            )
        )
    return found


def _unread(queued: list[QueuedCoding], meanings: Meanings) -> list[QueuedCoding]:
    """Return what is still to be read again."""
    knows = _knowledge(meanings)
    return [
        c
        for c in queued
        if (
            c.event_id <= c.after
            if c.reason == "carries"
            else not knows(c.label, c.codebook_version, c.knows)
        )
    ]


def _knowledge(meanings: Meanings) -> Callable[[str, int, tuple[str, ...]], bool]:
    """Return what tells whether a coding knows a label; of one that is there no more nothing is asked."""

    @cache
    def knows(label: str, version: int, besides: tuple[str, ...]) -> bool:
        return label not in meanings.began or meanings.knows(label, version, besides)

    return knows


def _likely(answers: list[int], texts: Mapping[int, int], proba: Mapping[int, float], n: int) -> list[int]:
    """Return the answers of the n different texts with the highest probability."""
    best = sorted(answers, key=lambda a: (-proba.get(a, 0.0), a))
    wanted = set(list(dict.fromkeys(texts[a] for a in best))[: max(n, 0)])
    return [a for a in best if texts[a] in wanted]


def _drawn(answers: list[int], n: int, seed: list[int]) -> list[int]:
    """Return at most n of these answers, drawn at random."""
    import numpy as np  # only who draws waits for it

    rng = np.random.default_rng(seed)
    return sorted(rng.choice(np.array(answers), min(n, len(answers)), replace=False).tolist())


def _probabilities(
    study: "Study", question: QuestionSettings, label: str, answers: list[int], progress: Progress
) -> tuple[dict[int, float], bool]:
    """Return what the model says of these answers, and whether it had no coded example of the label."""
    import numpy as np

    from coder.study.encoding import VectorsAtHand
    from coder.study.training import fit, read_codings

    taught = read_codings(study, question)
    with study.database.read() as connection:
        texts = answer_lists.texts(connection, answers)
    vectors = VectorsAtHand(study)
    if study.pipeline.encoder:
        for done, total in vectors.prepare([normalise(t) for t in (*taught.frame["text"], *texts.values())]):
            progress(_("Computing sentence vectors"), done, total)
    progress(_("Training"), 0, 0)
    trained = fit(study, taught, encode=vectors if study.pipeline.encoder else None)
    column = trained.run.labels.index(label)
    proba = trained.model.predict_proba([texts[a] for a in answers])[:, column]
    cold = not np.nansum(trained.values[:, column])
    return dict(zip(answers, proba.tolist(), strict=True)), cold
