"""Automatic labels for a wave, and the queue of what a person should look at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.progress import Progress, silent
from coder.statistics import Threshold, accept
from coder.store import Connection, assignments, queries, runs
from coder.store.runs import NewSuggestion
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.settings import QuestionSettings
from coder.study.training import Trained, train, unique_texts

if TYPE_CHECKING:
    import pandas as pd

    from coder.study.folder import Study

#: the share of the answers that a person is asked to look at, unless told otherwise
REVIEW = 0.10
_CHUNK = 20_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Acceptance:
    """What may be accepted without a person at a stated error.

    Attributes:
        error: the error asked for.
        thresholds: label id to its threshold, or to the reason why none qualifies.
        sample: answers of the random blind sample it stands on.
        decisions: label decisions in the wave; accepted: how many of them are accepted.
        answers: answers labelled; whole: how many have every decision accepted.
        sample_waves: other waves that the sample is of: that it holds for this one is then an assumption.
    """

    error: float
    thresholds: dict[str, Threshold]
    sample: int
    decisions: int
    accepted: int
    answers: int
    whole: int
    sample_waves: tuple[str, ...] = ()


@dataclass(frozen=True)
class LabelResult:
    """What labelling a wave did.

    Attributes:
        run: number of the run; trained_on: answers that people coded.
        labelled: answers given automatic labels (with or without a label above its threshold).
        without_label: of these, those without any label.
        by_hand: answers that a person coded, held over or called uncodable: left alone.
        not_filled_in: answers not filled in: counted, never labelled.
        queued: answers in the review queue.
        label_counts: label id to the number of answers it was given to.
    """

    question: QuestionSettings
    wave: str
    run: int
    trained: Trained
    labelled: int
    without_label: int
    by_hand: int
    not_filled_in: int
    not_asked: int
    queued: int
    label_counts: dict[str, int]
    acceptance: Acceptance | None


def label_wave(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord,
    *,
    review: float | int = REVIEW,
    max_error: float | None = None,
    seed: int | None = None,
    progress: Progress = silent,
) -> LabelResult:
    """Label every answer of a wave that no person has coded, held over or called uncodable.

    Of the others the run keeps what the model says without having learnt from them (see `_of_coded`); and,
    beside the automatic label of an answer of which it learnt the text from another one, what it says without
    that text. Corrected frequencies and agreement with the model stand on these: they are no automatic
    labels.

    `review` is how many answers a person should look at: a whole number, or a share below 1. With
    `max_error` the label decisions that meet the guarantee (see `coder.statistics.accept`) are accepted
    and every answer with another decision is queued. Human codings are never touched; earlier automatic
    labels of the wave are replaced.
    """
    from coder.model import review_queue

    if max_error is not None and not 0 < max_error < 1:
        raise CoderError(_("--max-error is a share between 0 and 1, such as 0.05."))
    if review < 0:
        raise CoderError(_("--review is a number of answers, or a share such as 0.1."))
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        frame = queries.answers(connection, number, [wave.id])
        sample_answers: set[int] = set()
        if max_error is not None:
            blind = _blind(connection, number, [w.id for w in study.waves(connection)])
            sample_answers = queries.random_sample(connection, number) & blind
            _refuse_unsettled(connection, question, sample_answers)
    trained = train(study, question, seed=seed, progress=progress)
    filled = frame["filled_in"].to_numpy(dtype=bool)
    untouched = np.asarray(frame["status"].isna(), dtype=bool)
    todo = frame[filled & untouched].reset_index(drop=True)
    texts = todo["text"].tolist()
    different, which = unique_texts(texts)
    proba = np.zeros((len(different), len(trained.run.labels)))
    for start in range(0, len(different), _CHUNK):
        part = different[start : start + _CHUNK]
        proba[start : start + _CHUNK] = trained.model.predict_proba(part)
        progress(_("Labelling"), min(start + _CHUNK, len(different)), len(different))
    proba = proba[which]
    given = trained.model.decide(proba).astype(bool)
    acceptance = None
    accepted = np.zeros(proba.shape, dtype=bool)
    if max_error is not None:
        thresholds, sample = _thresholds(trained, sample_answers, max_error)
        accepted = _accepted(proba, given, [thresholds[label] for label in trained.run.labels])
        acceptance = Acceptance(
            max_error,
            thresholds,
            sample,
            int(accepted.size),
            int(accepted.sum()),
            len(todo),
            int(accepted.all(axis=1).sum()),
            _other_waves(study, trained, sample_answers, wave),
        )
        queued = ~np.asarray(accepted.all(axis=1), dtype=bool)
    else:
        queued = np.zeros(len(todo), dtype=bool)
        queued[review_queue(texts, proba, given, review)] = True
    record = replace(
        trained.run,
        wave_id=wave.id,
        settings={
            "review": review,
            "max_error": max_error,
            "taught": trained.fingerprint,
            "thresholds": None
            if acceptance is None
            else {label: t.certainty for label, t in acceptance.thresholds.items()},
        },
    )

    coded = frame[filled & ~untouched].reset_index(drop=True)
    new = chain(
        _suggestions(trained, todo, proba, queued, accepted.sum(axis=1), _unlearnt(trained)),
        _suggestions(trained, coded, _of_coded(trained, coded)),
    )
    read = dict(zip(frame["answer_id"], frame["fingerprint"], strict=True))
    with study.database.write() as connection:
        progress(_("Writing"), 0, 0)
        # what another file changed meanwhile is not what the model read
        now = assignments.fingerprints(connection, number, wave.id)
        run = runs.add_run(connection, record)
        runs.add_suggestions(
            connection, run, (row for row in new if now.get(row.answer_id) == read[row.answer_id])
        )
    # None is "not known": only a stated no is not asked
    asked_no = ~filled & np.asarray(frame["asked"] == False, dtype=bool)  # noqa: E712
    return LabelResult(
        question,
        wave.name,
        run,
        trained,
        len(todo),
        int((~given.any(axis=1)).sum()),
        int((filled & ~untouched).sum()),
        int((~filled & ~asked_no).sum()),
        int(asked_no.sum()),
        int(queued.sum()),
        {label: int(n) for label, n in zip(trained.run.labels, given.sum(axis=0), strict=True)},
        acceptance,
    )


def _of_coded(trained: Trained, coded: "pd.DataFrame") -> Floats:
    """Return the probabilities (m, k) of answers that people coded, held over or disagree on.

    Those of a text that the model learnt from are of the model without any answer of that text, so that no
    prediction comes from a model that learnt the answer.
    """
    learnt = dict(zip(trained.frame["fingerprint"], trained.model.out_of_sample_, strict=True))
    proba = np.zeros((len(coded), len(trained.run.labels)))
    own = coded["fingerprint"].isin(learnt.keys()).to_numpy(dtype=bool)
    for row in np.flatnonzero(own):
        proba[row] = learnt[coded["fingerprint"].iloc[row]]
    if not own.all():
        proba[~own] = trained.model.predict_proba(coded.loc[~own, "text"].tolist())
    return proba


def _unlearnt(trained: Trained) -> dict[int, tuple[str, ...]]:
    """Return the labels that the model without any answer of a text gives it, by the text's fingerprint."""
    labels = np.array(trained.run.labels, dtype=object)
    given = trained.model.decide(trained.model.out_of_sample_).astype(bool)
    texts = trained.frame["fingerprint"].tolist()
    return {text: tuple(labels[row]) for text, row in zip(texts, given, strict=True)}


def _suggestions(
    trained: Trained,
    answers: "pd.DataFrame",
    proba: Floats,
    queued: npt.NDArray[np.bool_] | None = None,
    accepted: npt.NDArray[np.int64] | None = None,
    unlearnt: Mapping[int, tuple[str, ...]] | None = None,
) -> Iterator[NewSuggestion]:
    """Yield what the model says of these answers, from its probabilities (m, k)."""
    from coder.model import certainty, expected_errors

    labels = np.array(trained.run.labels, dtype=object)
    given = trained.model.decide(proba).astype(bool)
    errors, sure = expected_errors(proba, given), certainty(proba, given)
    rows = zip(answers["answer_id"].tolist(), answers["fingerprint"].tolist(), strict=True)
    for i, (answer, text) in enumerate(rows):
        yield NewSuggestion(
            answer,
            proba[i].astype(np.float32),
            tuple(labels[given[i]]),
            float(sure[i]),
            float(errors[i]),
            queued is not None and bool(queued[i]),
            0 if accepted is None else int(accepted[i]),
            None if unlearnt is None else unlearnt.get(text),
        )


def _blind(connection: Connection, number: int, waves: list[int]) -> set[int]:
    """Return the answers that were coded blind, each time somebody coded them on their own."""
    frame = queries.codings(connection, number, waves)
    own = frame[frame["origin"] != "adjudicated"]
    return set(own.loc[own["visible"] == "no", "answer_id"]) - set(
        own.loc[own["visible"] != "no", "answer_id"]
    )


def _refuse_unsettled(connection: Connection, question: QuestionSettings, sample: set[int]) -> None:
    """Refuse a guarantee on a sample of which the difficult answers are not settled yet."""
    if n := queries.unsettled(connection, sorted(sample)):
        raise CoderError(
            ngettext(
                "--max-error: {n} answer of {question} that was drawn at random is open or held over; settle "
                "it first, or the sample holds the easy ones only.",
                "--max-error: {n} answers of {question} that were drawn at random are open or held over; "
                "settle them first, or the sample holds the easy ones only.",
                n,
            ).format(n=n, question=question.name)
        )


def _other_waves(study: "Study", trained: Trained, sample: set[int], wave: WaveRecord) -> tuple[str, ...]:
    """Return the other waves that the sample's answers are of."""
    rows = trained.frame["answer_id"].isin(sample)
    of = set(trained.frame.loc[rows, "wave_id"]) - {wave.id}
    with study.database.read() as connection:
        return tuple(w.name for w in study.waves(connection) if w.id in of)


def _thresholds(trained: Trained, sample: set[int], error: float) -> tuple[dict[str, Threshold], int]:
    """Find each label's threshold on out-of-sample predictions for the random blind sample."""
    rows = np.flatnonzero(trained.frame["answer_id"].isin(sample).to_numpy(dtype=bool))
    found: dict[str, Threshold] = {}
    if not len(rows):
        return {label: Threshold(None, 0, 0, None, "decisions") for label in trained.run.labels}, 0
    proba = trained.model.out_of_sample_[rows]
    given = trained.model.decide(proba).astype(bool)
    truth = trained.values[rows]
    clusters = trained.frame["cluster"].iloc[rows].to_numpy(dtype=object)
    for j, label in enumerate(trained.run.labels):
        known = ~np.isnan(truth[:, j])
        sure = np.where(given[:, j], proba[:, j], 1 - proba[:, j])
        right = given[:, j] == (truth[:, j] == 1)
        found[label] = accept(right[known], sure[known], error, clusters=clusters[known])
    return found, len(rows)


def _accepted(
    proba: npt.NDArray[np.float64], given: npt.NDArray[np.bool_], thresholds: list[Threshold]
) -> npt.NDArray[np.bool_]:
    """Say which label decisions (m, k) lie at or above their label's threshold."""
    sure = np.where(given, proba, 1 - proba)
    least = np.array([np.inf if t.certainty is None else t.certainty for t in thresholds])
    return sure >= least[None, :]
