"""Why the model says what it says of one answer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from coder.messages import _
from coder.progress import Progress, silent
from coder.store import assignments, queries
from coder.study import codebooks
from coder.study.coding import BLIND_SAMPLES
from coder.study.encoding import VectorsAtHand
from coder.study.folder import StudyError
from coder.study.settings import QuestionSettings
from coder.study.training import fit, read_codings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True, slots=True)
class CarryingWord:
    """A word that carried a label: where it stands, and what the probability would lose without it."""

    start: int
    end: int
    text: str
    contribution: float


@dataclass(frozen=True, slots=True)
class ExplainedLabel:
    """A label that the model gives to the answer, with the words that carried it, the strongest first."""

    label: str
    name: str
    probability: float
    words: tuple[CarryingWord, ...]


@dataclass(frozen=True, slots=True)
class ExplainedAnswer:
    """One answer, and what the model makes of it.

    Attributes:
        labels: those the model would preselect or give, the most probable first.
        trained_on: coded answers the model learnt from.
        coded: whether this answer is one of them: its own coding then speaks in the probabilities.
    """

    question: str
    wave: str
    respondent: str
    text: str
    labels: tuple[ExplainedLabel, ...]
    trained_on: int
    coded: bool


def explain_answer(
    study: "Study",
    question: QuestionSettings,
    respondent: str,
    wave: str | None = None,
    *,
    progress: Progress = silent,
) -> ExplainedAnswer:
    """Fit the model on what is coded and say why it gives an answer its labels; nothing is recorded.

    Raises StudyError when the respondent has no filled-in answer there, or when it is in a sample that is
    coded blind and nobody has decided on it.
    """
    with study.database.read() as connection:
        record = study.wave(connection, wave)
        number = codebooks.question_number(study, connection, question)
        found = queries.answer_numbers(connection, number, record.id, [respondent])
    taught = read_codings(study, question)
    rows = taught.answers[taught.answers["answer_id"] == found.get(respondent, -1)]
    if rows.empty or not bool(rows["filled_in"].iloc[0]):
        raise StudyError(
            _("Respondent {respondent} has no filled-in answer to {question} in wave {wave}.").format(
                respondent=respondent, question=question.name, wave=record.name
            )
        )
    coded = bool((taught.frame["answer_id"] == found[respondent]).any())
    with study.database.read() as connection:
        blind = bool(assignments.sampled(connection, [found[respondent]], BLIND_SAMPLES))
    if blind and not coded:
        raise StudyError(
            _(
                "The answer of respondent {respondent} is in a sample that is coded blind: what the model "
                "makes of it is for after that."
            ).format(respondent=respondent)
        )
    text = str(rows["text"].iloc[0])
    vectors = VectorsAtHand(study)
    if study.pipeline.encoder:
        for done, total in vectors.prepare(taught.texts):
            progress(_("Computing sentence vectors"), done, total)
    progress(_("Training"), 0, 0)
    model = fit(study, taught, encode=vectors if study.pipeline.encoder else None).model
    proba = model.predict_proba([text])
    columns = np.flatnonzero(model.preselect(proba)[0] | (model.decide(proba)[0] == 1))
    columns = columns[np.argsort(-proba[0, columns], kind="stable")]
    words = model.explain([text], [model.labels_[j] for j in columns])[0]
    return ExplainedAnswer(
        question.name,
        record.name,
        respondent,
        text,
        tuple(
            ExplainedLabel(
                model.labels_[j],
                taught.codebook.label(model.labels_[j]).name,
                float(proba[0, j]),
                tuple(
                    CarryingWord(w.start, w.end, text[w.start : w.end], w.value)
                    for w in words[model.labels_[j]]
                ),
            )
            for j in columns
        ),
        len(taught.frame),
        coded,
    )
