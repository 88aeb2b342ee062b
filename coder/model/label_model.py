"""The model: coded answers in, a calibrated probability for every label on any other answer out."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import linalg
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from threadpoolctl import ThreadpoolController

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.language import load_pipeline
from coder.messages import _
from coder.model.answers import TrainingTexts, codebook_texts, gather
from coder.model.calibration import platt, probabilities, thresholds
from coder.model.explaining import Contribution, explain
from coder.model.features import Encode, Features, TextFeatures
from coder.model.preselection import FROM, one_side, preselected
from coder.model.quality import measure_quality
from coder.model.ridge import fit_ridge
from coder.text import normalise

_EXACT_UP_TO = 3_000
_LANDMARKS = 2_500
_BATCH = 10_000
_BASELINE = -0.4
"""The score of a label before anything is known of it, on the scale from -1 (not given) to 1 (given)."""


class LabelModel(BaseEstimator):  # type: ignore[misc]  # scikit-learn publishes no types
    """Suggests labels for short answers, several a text, learnt from answers that people coded.

    Ridge regression on words, characters and sentence vectors, with leave-one-out predictions in closed
    form; these are calibrated to probabilities and set the threshold of each label. See docs/model.md.

    Parameters:
        pipeline: "default", an installed spaCy package or a folder (see `coder.language.load_pipeline`).
        seed: decides which texts stand for all when there are more than 3,000 different ones; below that
            nothing is random.
        encode: texts to vectors (n, d), instead of the pipeline's own encoder, for instance from a cache.
            It is called with normalised texts (`coder.text.normalise`).

    Attributes:
        labels_: the k labels, in the order of all columns.
        thresholds_: (k,) the probability from which each label is given; 1 for a label that was never seen,
            0 for one that every answer has.
        out_of_sample_: (n, k) for each coded answer the probabilities from all answers with another text.
        quality_: `ModelQuality`, measured on them.

    Examples:
        >>> from coder import LabelModel
        >>> texts = ["meer tijd", "tijd en rust", "een cursus", "cursus rekenen gevolgd"]
        >>> Y = [[1, 0], [1, 0], [0, 1], [0, 1]]
        >>> model = LabelModel(seed=0).fit(texts, Y, ["Tijd", "Scholing"])
        >>> model.predict(["gewoon meer tijd", "de cursus hielp"]).tolist()
        [[1, 0], [0, 1]]
    """

    def __init__(self, *, pipeline: str = "default", seed: int = 0, encode: Encode | None = None) -> None:
        self.pipeline = pipeline
        self.seed = seed
        self.encode = encode

    def fit(
        self,
        texts: Sequence[str],
        Y: npt.ArrayLike,
        labels: Sequence[str],
        *,
        known: npt.ArrayLike | None = None,
        codebook: Codebook | None = None,
    ) -> Self:
        """Learn from coded answers.

        Parameters:
            texts: n answers; n may be 0 when there is a codebook.
            Y: (n, k) of 0 and 1. labels: k ids or names.
            known: (n, k) of True and False; a pair that is not known (the label came after the coding) is
                left out for that label, and its value in Y is not looked at.
            codebook: its names, definitions, inclusions, examples and keywords are training texts too, and
                its exclusive labels are never predicted beside another.

        Raises ValueError when shapes, values or labels are not right, CoderError when there is nothing to
        learn from.
        """
        texts, labels = _strings("texts", texts), _strings("labels", labels)
        coded, judged = _checked(texts, Y, labels, known)
        prior = codebook_texts(codebook, labels) if codebook else []
        rows = gather(texts, coded, judged, prior)
        if not rows.texts:
            raise CoderError(_("There are no coded answers to learn from, and no codebook: code some first."))

        self.labels_ = labels
        found = [codebook.find(label) if codebook else None for label in labels]
        self._exclusive = np.array([label is not None and label.exclusive for label in found], dtype=bool)
        with _one_thread():
            left_out = self._fit_scores(rows)
            self._calibrate(rows, left_out)
        self.out_of_sample_ = probabilities(left_out, self._slopes, self._offsets)[rows.row]
        self.quality_ = measure_quality(
            self.labels_,
            coded,
            judged,
            self.out_of_sample_,
            self.decide(self.out_of_sample_),
            self.thresholds_,
            rows.row,
        )
        return self

    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """Return the probability (m, k) of each label on each text. Identical texts get identical rows."""
        self._check_fitted()
        texts = _strings("texts", texts)
        own = [normalise(text) for text in texts]
        # lemmas and entities are of the text as it was written
        keys = texts if self._features.reads_writing else own
        first: dict[str, int] = {}
        for i, key in enumerate(keys):
            first.setdefault(key, i)
        distinct = list(first.values())
        proba = np.empty((len(distinct), len(self.labels_)))
        with _one_thread():
            for start in range(0, len(distinct), _BATCH):
                part = distinct[start : start + _BATCH]
                features = self._features.transform([own[i] for i in part], [texts[i] for i in part])
                proba[start : start + len(part)] = self._proba(features)
        place = {key: i for i, key in enumerate(first)}
        return proba[[place[key] for key in keys]]

    def predict(self, texts: Sequence[str]) -> npt.NDArray[np.int8]:
        """Return 1 for the labels (m, k) that each text is given, else 0."""
        return self.decide(self.predict_proba(texts))

    def decide(self, proba: npt.NDArray[np.floating]) -> npt.NDArray[np.int8]:
        """Return the decisions (m, k) that go with probabilities (m, k).

        A label is given from its threshold on. Where an exclusive label meets others, the more probable side
        stays.
        """
        self._check_fitted()
        return one_side(proba, proba >= self.thresholds_, self._exclusive).astype(np.int8)

    def preselect(self, proba: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Return the labels (m, k) to choose beforehand for a person; see `coder.model.preselection`."""
        self._check_fitted()
        return preselected(proba, self.thresholds_ < 1, self._exclusive)

    @property
    def preselection_(self) -> npt.NDArray[np.float64]:
        """The probability (k,) from which each label is preselected; 1 for a label that was never seen."""
        self._check_fitted()
        return np.where(self.thresholds_ < 1, FROM, 1.0)

    def explain(
        self, texts: Sequence[str], labels: Sequence[str] | None = None
    ) -> list[dict[str, tuple[Contribution, ...]]]:
        """Return for each text the words that carried its labels, the strongest first.

        Parameters:
            texts: m texts as they were written.
            labels: which labels to explain; by default those that each text is given.

        A label that no single word carries has no words. See `coder.model.explaining`.
        """
        self._check_fitted()
        texts = _strings("texts", texts)
        wanted = None if labels is None else [self.labels_.index(label) for label in labels]
        found = []
        for text in texts:
            columns = wanted
            if columns is None:
                columns = np.flatnonzero(self.predict([text])[0]).tolist()
            words = explain(text, columns, self.predict_proba, self._predict_by_words)
            found.append({self.labels_[j]: own for j, own in zip(columns, words, strict=True)})
        return found

    def _predict_by_words(self, read: str, texts: list[str]) -> npt.NDArray[np.float64]:
        """Return probabilities (m, k) of the texts with the sentence vector of another one."""
        own = [normalise(text) for text in texts]
        with _one_thread():
            return self._proba(self._features.transform(own, texts, read=[normalise(read)] * len(texts)))

    def _proba(self, features: Features) -> npt.NDArray[np.float64]:
        return probabilities(self._direction.scores(features) + _BASELINE, self._slopes, self._offsets)

    def _fit_scores(self, rows: TrainingTexts) -> npt.NDArray[np.float64]:
        """Fit features and ridge; return the leave-one-out scores (m, k)."""
        self._features = TextFeatures(*self._language())
        features = self._features.fit(rows.texts, rows.written)
        targets = rows.targets - _BASELINE
        if len(features) <= _EXACT_UP_TO:
            fit = fit_ridge(features.kernel(features), targets, rows.weights, is_kernel=True)
            self._direction = features.direction(fit.coefficients)
        else:
            landmarks = self._landmarks(features)
            back = _square_root_inverse(landmarks.kernel(landmarks))
            mapped = features.kernel(landmarks) @ back
            fit = fit_ridge(mapped, targets, rows.weights, is_kernel=False)
            self._direction = landmarks.direction(back @ fit.coefficients)
        return fit.left_out + _BASELINE

    def _landmarks(self, features: Features) -> Features:
        """Return a random part of the texts: the kernel with these stands for the kernel with all.

        Williams and Seeger 2001, Using the Nyström method to speed up kernel machines.
        """
        chosen = np.random.default_rng(self.seed).choice(len(features), _LANDMARKS, replace=False)
        return features[np.sort(chosen)]

    def _calibrate(self, rows: TrainingTexts, left_out: npt.NDArray[np.float64]) -> None:
        coded = rows.coded
        known = (rows.weights[coded] > 0).astype(float)
        targets = np.where(known > 0, (rows.targets[coded] + 1) / 2, 0.0)
        self._slopes, self._offsets = platt(left_out[coded], targets, known)
        proba = probabilities(left_out[coded], self._slopes, self._offsets)
        chosen = thresholds(proba, known)
        present = np.where(rows.weights > 0, rows.targets, np.nan)
        never = ~(present > -1).any(axis=0)
        always = (known.sum(axis=0) > 0) & ~(present < 1).any(axis=0)
        self.thresholds_ = np.where(never, 1.0, np.where(always, 0.0, chosen))

    def _language(self) -> tuple[Encode, Callable[[Sequence[str]], list[str]] | None]:
        """Return what turns texts into vectors, and into lemmas where the pipeline knows them."""
        if self.encode is not None and self.pipeline == "default":
            return self.encode, None
        pipeline = load_pipeline(self.pipeline)
        return self.encode or pipeline.vectors, pipeline.lemmas if pipeline.annotates else None

    def _check_fitted(self) -> None:
        if not hasattr(self, "thresholds_"):
            raise NotFittedError("this LabelModel has not learnt anything yet: call fit first")


@cache
def _blas() -> ThreadpoolController:
    # looking which libraries are loaded takes milliseconds: once is enough, NumPy and SciPy being loaded
    return ThreadpoolController()


def _one_thread() -> AbstractContextManager[object]:
    limits: AbstractContextManager[object] = _blas().limit(limits=1, user_api="blas")
    return limits


def _square_root_inverse(kernel: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return M with M M' = kernel⁻¹, without the directions in which the kernel is as good as zero."""
    s, Q = linalg.eigh(kernel, driver="evd", check_finite=False)
    kept = s > s.max() * 1e-5
    return np.asarray(Q[:, kept] / np.sqrt(s[kept]), dtype=np.float32)


def _strings(what: str, values: Sequence[str]) -> list[str]:
    """Return the values as a list, or raise ValueError when they are not strings."""
    if isinstance(values, str):
        raise ValueError(f"{what} must be a sequence of strings, not one string")
    for i, value in enumerate(values):
        if not isinstance(value, str):
            raise ValueError(f"{what} must be strings, but number {i} is {value!r}")
    return list(values)


def _checked(
    texts: list[str], Y: npt.ArrayLike, labels: list[str], known: npt.ArrayLike | None
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.bool_]]:
    """Return Y and known as arrays (n, k), or raise with what is wrong about them."""
    if not labels:
        raise CoderError(_("There are no labels to learn: the codebook is empty."))
    if len(set(labels)) < len(labels):
        twice = next(label for i, label in enumerate(labels) if label in labels[:i])
        raise ValueError(f"label {twice!r} is there twice")
    shape = (len(texts), len(labels))
    try:
        values = np.asarray(Y)
    except ValueError as error:
        raise ValueError(f"Y must have a row of {shape[1]} values for each text") from error
    if values.shape != shape:
        raise ValueError(f"Y has shape {values.shape}, but there are {shape[0]} texts and {shape[1]} labels")
    judged = np.ones(shape, dtype=bool) if known is None else np.asarray(known, dtype=bool)
    if judged.shape != shape:
        raise ValueError(f"known has shape {judged.shape}, but Y has shape {shape}")
    wrong = np.argwhere(judged & ~np.isin(values, (0, 1)))
    if wrong.size:
        i, j = wrong[0]
        raise ValueError(f"Y must be 0 or 1 where it is known, not {values[i, j]} (text {i}, label {j})")
    return np.where(judged, values, 0).astype(np.int8), judged
