"""Fitting the model on what people coded."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook, Meanings
from coder.messages import _
from coder.progress import Progress, silent
from coder.store import queries, runs
from coder.study import codebooks
from coder.study.encoding import encode
from coder.study.indicators import DECIDED, indicators
from coder.study.settings import QuestionSettings
from coder.text import normalise
from coder.version import __version__

if TYPE_CHECKING:
    from coder.model import LabelModel, ModelQuality
    from coder.model.features import Encode
    from coder.study.folder import Study


@dataclass(frozen=True)
class Trained:
    """A fitted model with what it was fitted on.

    Attributes:
        frame: the coded answers it learnt from, one row each, in the order of `values`.
        values: (n, k) what people decided; NaN where a label was unknown to the coding.
        run: as it is recorded in the study.
        pipeline: what people read about the language pipeline.
    """

    question: QuestionSettings
    codebook: Codebook
    model: "LabelModel"
    frame: pd.DataFrame
    values: npt.NDArray[np.float64]
    run: runs.RunRecord
    pipeline: str

    @property
    def fingerprint(self) -> str:
        """A hash of all codings that the model learnt from: two with the same one learnt the same."""
        order = np.argsort(self.frame["answer_id"].to_numpy(), kind="stable")
        digest = hashlib.sha256(np.nan_to_num(self.values[order], nan=-1.0).astype(np.int8).tobytes())
        for column in ("answer_id", "fingerprint"):
            digest.update(self.frame[column].to_numpy(dtype=np.int64)[order].tobytes())
        return digest.hexdigest()


def train(
    study: "Study", question: QuestionSettings, *, seed: int | None = None, progress: Progress = silent
) -> Trained:
    """Fit the model of a question on all its definitive codings and record the run.

    With no codings yet it learns from the codebook's own words. Automatic labels never teach.
    """
    pipeline = study.pipeline

    def cached(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return encode(study, texts, _named(progress, _("Computing sentence vectors")))

    taught = read_codings(study, question)
    progress(_("Training"), 0, 0)
    trained = fit(study, taught, seed=seed, encode=cached if pipeline.encoder else None)
    with study.database.write() as connection:
        runs.add_run(connection, trained.run)
    return trained


@dataclass(frozen=True)
class Taught:
    """What people coded of a question: what there is to learn.

    Attributes:
        number, version: of the question, and of the codebook.
        answers: every answer of the question, in all waves (see `queries.answers`).
        frame: those that are coded; values: (n, k) as in `Trained`.
    """

    question: QuestionSettings
    number: int
    codebook: Codebook
    version: int
    answers: pd.DataFrame
    frame: pd.DataFrame
    values: npt.NDArray[np.float64]

    @property
    def texts(self) -> list[str]:
        """The normalised texts the model learns from: those of answers, and those of the codebook."""
        from coder.model.answers import codebook_texts

        own = [text for text in map(normalise, self.frame["text"]) if text]
        said = codebook_texts(self.codebook, [label.id for label in self.codebook.active])
        return [*own, *(text for text, _labels in said)]


def read_codings(study: "Study", question: QuestionSettings) -> Taught:
    """Read all definitive codings of a question. Raises CoderError while it has no answers."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        frame = queries.answers(connection, number, [w.id for w in study.waves(connection)])
    codebook = recorded[-1].codebook
    coded = frame[frame["status"].isin(list(DECIDED)) & frame["filled_in"].astype(bool)]
    coded = coded.reset_index(drop=True)
    values = indicators(
        codebook,
        Meanings(recorded),
        coded["status"].tolist(),
        [labels.split() for labels in coded["labels"]],
        coded["codebook_version"].tolist(),
        knows=coded["knows"],
        nets=False,
    )
    return Taught(question, number, codebook, recorded[-1].number, frame, coded, values)


def fit(
    study: "Study", taught: Taught, *, seed: int | None = None, encode: "Encode | None" = None
) -> Trained:
    """Fit the model on what people coded, recording nothing.

    `encode` turns normalised texts into vectors; without it, the pipeline does.
    """
    from coder.model import LabelModel

    seed = study.settings.seed if seed is None else seed
    ids = [label.id for label in taught.codebook.active]
    model = LabelModel(pipeline=study.settings.pipeline, seed=seed, encode=encode)
    model.fit(
        taught.frame["text"].tolist(),
        np.nan_to_num(taught.values).astype(int),
        ids,
        known=~np.isnan(taught.values),
        codebook=taught.codebook,
    )
    record = runs.RunRecord(
        question_id=taught.number,
        wave_id=None,
        program_version=__version__,
        pipeline=study.pipeline.key,
        seed=seed,
        codebook_version=taught.version,
        labels=tuple(ids),
        trained_on=len(taught.frame),
        settings={},
        quality=_as_json(model.quality_) if len(taught.frame) else {},
    )
    return Trained(
        taught.question,
        taught.codebook,
        model,
        taught.frame,
        taught.values,
        record,
        study.pipeline.description,
    )


def _as_json(quality: "ModelQuality") -> dict[str, Any]:
    """Return the quality as JSON can hold it: what is undefined is None."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(part) for part in value]
        return None if isinstance(value, float) and np.isnan(value) else value

    return {key: plain(part) for key, part in asdict(quality).items()}


def _named(progress: Progress, what: str) -> Progress:
    return lambda _what, done, total: progress(what, done, total)


def unique_texts(texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the different texts and, for each text, which of them it is."""
    codes, uniques = pd.factorize(np.asarray(texts, dtype=object))
    return list(uniques), codes
