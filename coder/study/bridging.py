"""The bridge sample: answers of an earlier wave coded again, blind, with the codebook of today.

It tells how much of a change between two waves is the codebook's, the coders' and the model's: what the
earlier wave would have shown if it had been coded as the later one is. What is coded again is a measurement
of its own: the earlier wave's codings, and all that is reported of them, stay as they are.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.codebook import CodebookVersion, Meanings
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.reports.tables import AuditRecord
from coder.store import Connection, answer_lists, bridges, drafts, events
from coder.store.bridges import Draw, DrawnAnswer
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.assigning import coder_named, divide
from coder.study.coded_waves import CodedWave, coded_wave, without_example
from coder.study.indicators import indicators
from coder.study.instrument import Offers, measured
from coder.study.settings import QuestionSettings, with_coders

if TYPE_CHECKING:
    from coder.study.folder import Study

#: answers that are coded again, unless told otherwise
SIZE = 150
PREDICTED, AUDITED = 2, 1


@dataclass(frozen=True, slots=True)
class BridgeStatus:
    """How far a bridge sample is.

    Attributes:
        sample: how it was drawn, and how much of it was coded again.
        coders: coder to (answers this coder codes again, of these done).
        trouble: what keeps it from being used, and what to do, in one line; None: nothing.
    """

    question: str
    wave: str
    sample: AuditRecord
    coders: Mapping[str, tuple[int, int]]
    trouble: str | None


@dataclass(frozen=True)
class BridgedWave:
    """An earlier wave with its bridge sample; rows as in its coded wave, columns its active labels with nets.

    Attributes:
        sample: how it was drawn.
        role: (n,) 1 (AUDITED) for the answers coded again, 2 (PREDICTED) for the others.
        measured: (n, k) what the wave was measured with, each label as it was meant then; NaN where nothing
            was decided, or the label was not there.
        truth: (n, k) what was found when the answer was coded again; NaN elsewhere, and where the label
            changed since.
        by_model: (n,) whether the model decided what was measured.
        offers: what those who coded again could choose from (see `coder.study.instrument`).
    """

    sample: AuditRecord
    role: npt.NDArray[np.int8]
    measured: npt.NDArray[np.float64]
    truth: npt.NDArray[np.float64]
    by_model: npt.NDArray[np.bool_]
    offers: frozenset[frozenset[str]]


def draw_bridge(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord,
    coders: Sequence[str],
    *,
    n: int = SIZE,
    seed: int | None = None,
) -> BridgeStatus:
    """Draw answers of an earlier wave to be coded again, blind, each by one of the coders; logged.

    They are drawn at random from the filled-in answers that have a definitive coding or an automatic label.
    Every answer has a random number that the seed gives it for good, and the n lowest are drawn (permanent
    random numbers). So drawing again with the same seed changes nothing while the wave is what it was, adds
    to the sample with a larger n, and keeps nearly all of it when the wave was coded or labelled on: what
    was coded again then keeps counting, as long as its coder could choose from what the codebook has now.
    Source: Ohlsson (1995), Coordination of samples using permanent random numbers.

    Raises CoderError for n below 1, without coders, when there is nothing to draw from, or when a coder has
    begun on a drawn answer without saving it.
    """
    if n < 1:
        raise CoderError(_("--n is the number of answers to code again, such as {n}.").format(n=SIZE))
    names = list(dict.fromkeys(coder_named(study, name) for name in coders))
    if not names:
        raise CoderError(_("Say who codes the answers again: --coder AB, once for each coder."))
    seed = study.settings.seed if seed is None else seed
    coded = coded_wave(study, question, wave)
    frame = _frame(coded)
    if not frame:
        raise CoderError(
            _("Wave {wave}: nothing of {question} is coded or labelled, so there is nothing to code again.")
            .format(wave=wave.name, question=question.name)
        )  # fmt: skip
    offers = Offers(coded.versions)
    version = coded.versions[-1].number
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        who = [events.coder_id(connection, name) for name in names]
        drawn = _lowest(sorted(frame), n, [seed, number, wave.id])
        kept = {
            answer: coder
            for (answer, coder), made in bridges.codings_again(connection, drawn).items()
            if made["status"] != "skipped"
            and offers.of(made["codebook_version"], made["knows"] or "") == offers.of(version)
        }
        texts = {answer: frame[answer] for answer in drawn if answer not in kept}
        divided = divide(np.random.default_rng([seed, number, wave.id, 1]), texts, who, {})
        _refuse_begun(connection, divided, dict(zip(who, names, strict=True)))
        last = answer_lists.last_event(connection)
        memo = {
            "wave": wave.name,
            "seed": seed,
            "n": len(drawn),
            "frame": len(frame),
            "coders": names,
            "codebook_version": version,
            "measured": _measure(coded),
        }
        rows = [(answer, coder, 0) for answer, coder in kept.items()] + [(a, c, last) for a, c in divided]
        bridges.record_draw(connection, number, memo, rows)
        found = _status(connection, coded, number)
    if any(name not in study.settings.coders for name in names):
        study.write_settings(lambda text: with_coders(text, names))
    assert found is not None  # noqa: S101  (it was drawn just now)
    return found


def bridge_status(study: "Study", question: QuestionSettings, wave: WaveRecord) -> BridgeStatus | None:
    """Return how far the bridge sample of a wave is; None when there is none."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        if bridges.last_draw(connection, number, wave.id) is None:
            return None
    coded = coded_wave(study, question, wave)
    with study.database.read() as connection:
        return _status(connection, coded, number)


def bridged_wave(study: "Study", coded: CodedWave) -> BridgedWave | None:
    """Return a wave with its bridge sample; None when none was drawn.

    Raises CoderError while it is not finished, and when the wave was coded or labelled on since the draw:
    then what the others were measured with is no longer what the drawn answers were.
    """
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, coded.question)
        draw = bridges.last_draw(connection, number, coded.wave.id)
        if draw is None:
            return None
        answers = bridges.drawn_answers(connection, draw)
        trouble = _trouble(coded, draw, answers, events.coders(connection))
    if trouble is not None:
        raise CoderError(trouble)
    row = {answer: i for i, answer in enumerate(coded.frame["answer_id"].tolist())}
    role = np.full(len(coded.frame), PREDICTED, dtype=np.int8)
    truth = np.full(coded.values.shape, np.nan)
    made = [a.coding for a in answers if a.coding is not None]
    places = [row[coding["answer_id"]] for coding in made]
    role[places] = AUDITED
    truth[places] = indicators(
        coded.codebook,
        Meanings(coded.versions),
        [coding["status"] for coding in made],
        [coding["labels"].split() for coding in made],
        [coding["codebook_version"] for coding in made],
        knows=[coding["knows"] for coding in made],
    )
    offers = Offers(coded.versions)
    return BridgedWave(
        _record(draw, answers),
        role,
        as_meant_then(coded),
        truth,
        (coded.frame["origin"] == "automatic").to_numpy(dtype=bool),
        frozenset(offers.of(coding["codebook_version"], coding["knows"] or "") for coding in made),
    )


def as_meant_then(coded: CodedWave) -> npt.NDArray[np.float64]:
    """Return (n, k) what the wave was measured with, each label as it was meant in its own codebook version.

    `CodedWave.values` has NaN where a label was redefined after the coding; here the label is what it was
    called, whatever it meant: what the wave showed then.
    """
    frame = coded.frame
    people = (frame["origin"] != "automatic").to_numpy(dtype=bool)
    return indicators(
        coded.codebook,
        Meanings([_only_reworded(version) for version in coded.versions]),
        frame["status"].tolist(),
        frame["given"].tolist(),
        [None if version != version else int(version) for version in frame["version"]],
        knows=frame["knows"].where(people, None),
        unlearnt=None if coded.run is None else (~people, without_example(coded.run)),
    )


def _only_reworded(version: CodebookVersion) -> CodebookVersion:
    return replace(version, reworded=frozenset(version.codebook.ids))


def _frame(coded: CodedWave) -> dict[int, int]:
    """Return what can be drawn: answers that something was decided of, each with its text's fingerprint."""
    rows = coded.frame[measured(coded)]
    return dict(zip(rows["answer_id"].tolist(), rows["fingerprint"].tolist(), strict=True))


def _lowest(answers: list[int], n: int, seed: list[int]) -> list[int]:
    """Return the n answers (ascending numbers) to which the seed gives the lowest random numbers."""
    lots = np.random.default_rng(seed).random(answers[-1] + 1)[answers]
    return sorted(np.array(answers)[np.argsort(lots, kind="stable")[:n]].tolist())


def _measure(coded: CodedWave) -> str:
    """Return a hash of what was decided of every answer, and of its text."""
    rows = coded.frame[measured(coded)]
    names = ("answer_id", "fingerprint", "status", "given", "origin", "version", "knows")
    columns = [rows[name].tolist() for name in names]
    digest = hashlib.sha256()
    for answer, text, *said, version, knows in sorted(zip(*columns, strict=True), key=lambda row: row[0]):
        row = (answer, text, *said, int(version), knows if isinstance(knows, str) else "")
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _refuse_begun(
    connection: Connection, divided: Sequence[tuple[int, int]], names: Mapping[int, str]
) -> None:
    for coder, name in names.items():
        begun = drafts.drafts(connection, coder, [answer for answer, by in divided if by == coder])
        if begun:
            raise CoderError(
                ngettext(
                    "{coder} has chosen labels for {n} of these answers without saving them; save or clear "
                    "them first, or name another coder.",
                    "{coder} has chosen labels for {n} of these answers without saving them; save or clear "
                    "them first, or name another coder.",
                    len(begun),
                ).format(coder=name, n=len(begun))
            )


def _status(connection: Connection, coded: CodedWave, number: int) -> BridgeStatus | None:
    draw = bridges.last_draw(connection, number, coded.wave.id)
    if draw is None:
        return None
    answers = bridges.drawn_answers(connection, draw)
    names = events.coders(connection)
    asked = Counter(names[a.coder_id] for a in answers)
    done = Counter(names[a.coder_id] for a in answers if a.done)
    return BridgeStatus(
        coded.question.name,
        coded.wave.name,
        _record(draw, answers),
        {name: (asked[name], done[name]) for name in sorted(asked)},
        _trouble(coded, draw, answers, names),
    )


def _record(draw: Draw, answers: Sequence[DrawnAnswer]) -> AuditRecord:
    return AuditRecord(
        drawn=draw.at,
        seed=draw.memo["seed"],
        frame=draw.memo["frame"],
        size=len(answers),
        decided=sum(a.done for a in answers),
        certain=0,
        outside=0,
        codebook_version=draw.memo["codebook_version"],
    )


def _trouble(
    coded: CodedWave, draw: Draw, answers: Sequence[DrawnAnswer], names: Mapping[int, str]
) -> str | None:
    """Return what keeps a bridge sample from being used, and what to do; None: nothing."""
    if draw.memo["measured"] != _measure(coded):
        return _(
            "Wave {wave} was coded or labelled on after its bridge sample was drawn: draw it again with "
            "'coder audit bridge --wave {wave}'; what was coded again keeps counting."
        ).format(wave=coded.wave.name)
    left = Counter(names[a.coder_id] for a in answers if not a.done)
    if not left:
        return None
    n = left.total()
    return ngettext(
        "Bridge sample of wave {wave}: {n} answer is still to be coded again ({coders}).",
        "Bridge sample of wave {wave}: {n} answers are still to be coded again ({coders}).",
        n,
    ).format(
        wave=coded.wave.name, n=n, coders=", ".join(f"{name} {count}" for name, count in sorted(left.items()))
    )
