"""The model of one question, kept up to date while people code.

All work is a generator that stops every few tenths of a second, so that whoever runs it can turn to something
more urgent, or drop it for a newer request. What it yields is a reply, or None when there is nothing to say.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.messages import _
from coder.model import certainty, expected_errors, sketch, teaching_order
from coder.study.encoding import VectorsAtHand
from coder.study.suggestions import Explanation, Failed, Reply, Suggestions, Working
from coder.study.training import Taught, Trained, fit, read_codings, unique_texts
from coder.text import normalise

if TYPE_CHECKING:
    from coder.study.folder import Study
    from coder.study.model_reports import Predicted

_CHUNK = 2_000
_SECONDS_BETWEEN = 1.0
"""Between two partial replies: a screen has no use for more."""


@dataclass(frozen=True, eq=False)
class _Answers:
    """The filled-in answers of the question, ascending by number.

    Attributes:
        ids: (m,); fingerprints: (m,), the same for answers that say the same; coded: (m,) whether a person
            decided on them.
        which: (m,) for each answer its text in `texts`, the d different ones; normalised: (d,).
    """

    ids: npt.NDArray[np.int64]
    fingerprints: npt.NDArray[np.int64]
    coded: npt.NDArray[np.bool_]
    which: npt.NDArray[np.int64]
    texts: list[str]
    normalised: list[str]

    def rows(self, ids: Sequence[int]) -> npt.NDArray[np.intp]:
        """Return the rows of these answers; those that are not (or no longer) there have none."""
        if not len(self.ids):
            return np.zeros(0, dtype=np.intp)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return at[self.ids[at] == np.asarray(ids)] if len(ids) else np.zeros(0, dtype=np.intp)


class QuestionModel:
    """Learns from the codings of a question, suggests, and explains what it suggested.

    Parameters:
        study: read, but for the cache of vectors; its settings must be the newest.
        vectors: shared by the questions of a study.
    """

    def __init__(self, study: "Study", name: str, vectors: VectorsAtHand) -> None:
        self._study, self.name, self._vectors = study, name, vectors
        self._trained: Trained | None = None
        self._answers: _Answers | None = None
        self._proba = np.zeros((0, 0), dtype=np.float32)
        self._done = np.zeros(0, dtype=bool)
        self._sketches: npt.NDArray[np.float32] | None = None
        self._from = 0

    def suggest(self, first: Sequence[int] = ()) -> Iterator[Reply | None]:
        """Learn from all codings there are; yield suggestions for `first`, then for more and more answers.

        The last reply is complete. A codebook without labels has no suggestions, but does have an order.
        """
        yield Working(_("Training"), 0, 0)
        taught = read_codings(self._study, self._study.question(self.name))
        answers = self._read(taught)
        yield None
        if not taught.codebook.active:
            yield from self._prepare(answers.normalised)
            self._begin(None, answers)
            yield self._without_labels(taught, answers)
            return
        wanted = answers.which[answers.rows(first)]
        soon = [answers.normalised[i] for i in dict.fromkeys(wanted.tolist())]
        yield from self._prepare([*taught.texts, *soon])
        encode = self._vectors if self._study.pipeline.encoder else None
        self._begin(fit(self._study, taught, encode=encode), answers)
        if len(wanted):
            self._predict(np.unique(wanted))
            yield self._suggestions(self._done[answers.which], complete=False)
        yield from self._rest(answers)
        yield self._suggestions(np.ones(len(answers.ids), dtype=bool), complete=True)

    def explain(self, answer_id: int) -> Explanation:
        """Return the words that carried the labels suggested for an answer; none while there is no model."""
        answers, trained = self._answers, self._trained
        rows = np.zeros(0, dtype=np.intp) if answers is None else answers.rows([answer_id])
        if trained is None or answers is None or not len(rows):
            return Explanation(self.name, answer_id, {})
        shown = self._shown(rows, self._at(rows))
        labels = [trained.model.labels_[j] for j in np.flatnonzero(trained.model.preselect(shown)[0])]
        found = trained.model.explain([answers.texts[answers.which[rows[0]]]], labels)[0]
        spans = {
            label: tuple((word.start, word.end, word.value) for word in words)
            for label, words in found.items()
        }
        return Explanation(self.name, answer_id, spans)

    def report(self) -> Iterator[Reply | None]:
        """Yield the model's report, made anew from what is coded now."""
        from coder.study.model_reports import model_report

        yield from (reply for reply in self.suggest() if not isinstance(reply, Suggestions))
        if self._trained is None or self._answers is None:
            yield Failed(self.name, _("There are no labels to learn: the codebook is empty."))
            return
        yield from model_report(self._study, self._trained, self._predicted(self._answers))

    def _predicted(self, answers: _Answers) -> "Predicted":
        from coder.study.model_reports import Predicted

        every = np.arange(len(answers.ids))
        open_rows = np.flatnonzero(~answers.coded)
        return Predicted(
            answers.ids[open_rows],
            [answers.texts[i] for i in answers.which[open_rows].tolist()],
            self._shown(every, self._proba[answers.which])[open_rows],
        )

    def _begin(self, trained: Trained | None, answers: _Answers) -> None:
        """Put a new model in the place of the one before, all at once: an explanation may come in between."""
        if self._answers is None or self._answers.texts != answers.texts:
            self._sketches, self._from = None, 0
        labels = 0 if trained is None else len(trained.run.labels)
        self._trained, self._answers = trained, answers
        self._proba = np.zeros((len(answers.texts), labels), dtype=np.float32)
        self._done = np.zeros(len(answers.texts), dtype=bool)

    def _read(self, taught: Taught) -> _Answers:
        frame = taught.answers
        frame = frame[frame["filled_in"].astype(bool)].sort_values("answer_id")
        texts, which = unique_texts(frame["text"].tolist())
        coded = frame["answer_id"].isin(taught.frame["answer_id"]).to_numpy(dtype=bool)
        before = self._answers
        same = before is not None and before.texts == texts
        normalised = before.normalised if before is not None and same else [normalise(t) for t in texts]
        return _Answers(
            frame["answer_id"].to_numpy(dtype=np.int64),
            frame["fingerprint"].to_numpy(dtype=np.int64),
            coded,
            which,
            texts,
            normalised,
        )

    def _prepare(self, texts: Sequence[str]) -> Iterator[Working]:
        if self._study.pipeline.encoder:
            for done, total in self._vectors.prepare([text for text in texts if text]):
                yield Working(_("Reading answers"), done, total)

    def _rest(self, answers: _Answers) -> Iterator[Reply | None]:
        """Predict what is left, going on where the last time left off, so that each text has its turn."""
        order = np.roll(np.arange(len(answers.texts)), -self._from)
        left = order[~self._done[order]]
        total, said, new = len(answers.texts), time.monotonic(), np.zeros(len(answers.texts), dtype=bool)
        for start in range(0, len(left), _CHUNK):
            part = left[start : start + _CHUNK]
            yield from self._prepare([answers.normalised[i] for i in part])
            self._predict(part)
            self._from, new[part] = int(part[-1] + 1) % total, True
            if time.monotonic() - said > _SECONDS_BETWEEN and start + _CHUNK < len(left):
                yield self._suggestions(new[answers.which], complete=False)
                said, new = time.monotonic(), np.zeros(len(answers.texts), dtype=bool)
            else:
                yield None

    def _predict(self, distinct: npt.NDArray[np.intp]) -> None:
        assert self._trained is not None  # noqa: S101  (fitted before)
        assert self._answers is not None  # noqa: S101
        texts = [self._answers.texts[i] for i in distinct]
        self._proba[distinct] = self._trained.model.predict_proba(texts)
        self._done[distinct] = True

    def _at(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """Return the probabilities of these answers, which may not have had their turn yet."""
        assert self._answers is not None  # noqa: S101  (read before)
        distinct = self._answers.which[rows]
        self._predict(distinct[~self._done[distinct]])
        return self._proba[distinct]

    def _shown(self, rows: npt.NDArray[np.intp], proba: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the probabilities with, for answers that a person coded, those out of sample."""
        assert self._trained is not None  # noqa: S101  (fitted before)
        assert self._answers is not None  # noqa: S101
        ids = self._trained.frame["answer_id"].to_numpy(dtype=np.int64)
        found = proba.copy()
        if len(ids):
            ascending = np.argsort(ids)
            at = np.minimum(np.searchsorted(ids, self._answers.ids[rows], sorter=ascending), len(ids) - 1)
            learnt = ids[ascending[at]] == self._answers.ids[rows]
            found[learnt] = self._trained.model.out_of_sample_[ascending[at[learnt]]]
        return found

    def _suggestions(self, wanted: npt.NDArray[np.bool_], *, complete: bool) -> Suggestions:
        trained, answers = self._trained, self._answers
        assert trained is not None  # noqa: S101  (fitted before)
        assert answers is not None  # noqa: S101
        rows = np.flatnonzero(wanted)
        proba = self._shown(rows, self._proba[answers.which[rows]])
        given = trained.model.preselect(proba)
        order = np.zeros(0, dtype=np.int64)
        if complete:
            order = self._order(answers, expected_errors(proba, given))
        return Suggestions(
            self.name,
            trained.run.codebook_version,
            trained.run.trained_on,
            trained.run.labels,
            trained.model.preselection_,
            answers.ids[rows],
            proba,
            given,
            certainty(proba, given).astype(np.float32),
            order,
            complete,
        )

    def _without_labels(self, taught: Taught, answers: _Answers) -> Suggestions:
        m = len(answers.ids)
        return Suggestions(
            self.name,
            taught.version,
            len(taught.frame),
            (),
            np.zeros(0),
            answers.ids,
            np.zeros((m, 0), dtype=np.float32),
            np.zeros((m, 0), dtype=bool),
            np.zeros(m, dtype=np.float32),
            self._order(answers, np.ones(m)),
            True,
        )

    def _order(self, answers: _Answers, errors: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        if self._sketches is None:
            encoder = bool(self._study.pipeline.encoder)
            vectors = self._vectors(answers.normalised) if encoder else np.zeros((len(answers.texts), 0))
            self._sketches = sketch(vectors) if vectors.shape[1] else vectors.astype(np.float32)
        order = teaching_order(
            errors,
            answers.fingerprints,
            self._sketches[answers.which],
            answers.coded,
            seed=self._study.settings.seed,
        )
        return answers.ids[order]
