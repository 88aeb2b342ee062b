"""What people decided beside what the model says of it without having learnt from it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from coder.codebook import CodebookVersion
from coder.errors import CoderError
from coder.messages import _
from coder.store import CONSENSUS, Connection, queries, runs
from coder.store.waves import WaveRecord
from coder.study.coded_at_once import count_once
from coder.study.coded_waves import without_example
from coder.study.compared_codings import SELECTIONS, Comparison
from coder.study.indicators import DECIDED


def with_model(
    connection: Connection,
    question: str,
    number: int,
    wave: WaveRecord,
    recorded: Sequence[CodebookVersion],
) -> list[Comparison]:
    """Return how the definitive codings of a wave are compared with the newest run of the model.

    Of every text that the model learnt, the run holds what it says without any answer of that text. Codings
    count by how the coders made them, before any consensus.

    Raises CoderError when people coded answers of the wave and no run says anything of them.
    """
    answers = queries.answers(connection, number, [wave.id])
    decided = answers[answers["status"].isin([*DECIDED, "skipped"]) & answers["filled_in"].astype(bool)]
    if decided.empty:
        return []
    codings = queries.codings(connection, number, [wave.id])
    decided = decided[decided["answer_id"].isin(count_once(codings)["answer_id"])]
    run = runs.latest_run(connection, number, wave.id)
    said = runs.suggestions(connection, run)
    said = said[said["answer_id"].isin(decided["answer_id"])]
    # runs of before the program kept what the model says of coded answers say "taught" nowhere
    if run is None or "taught" not in run.settings or said.empty:
        raise CoderError(
            _(
                "{question}, wave {wave}: the model has said nothing yet of what people coded; run "
                "'coder label --wave {wave}' first."
            ).format(question=question, wave=wave.name)
        )
    people = decided.assign(coder=_("people"))
    said = said[["answer_id", "unlearnt"]].rename(columns={"unlearnt": "labels"})
    model = decided[["answer_id", "cluster"]].merge(said, on="answer_id")
    model = model.assign(
        coder=_("model"),
        status=np.where(model["labels"] == "", "unlabelled", "labelled"),
        codebook_version=run.codebook_version,
        knows=None,
    )
    columns = ["answer_id", "cluster", "coder", "status", "labels", "codebook_version", "knows"]
    both = pd.concat([people[columns], model[columns]], ignore_index=True)
    made = both["answer_id"].map(_visible(codings))
    return [
        Comparison(
            question,
            wave.name,
            recorded,
            both[made == visible],
            selection,
            "model",
            reference=_("model"),
            unlearnt=without_example(run),
        )
        for selection, visible in SELECTIONS.items()
    ]


def _visible(codings: pd.DataFrame) -> "pd.Series[str]":
    """Return for each answer whether its coders had suggestions or others' work in view."""
    own = codings[codings["status"].isin(list(DECIDED)) & (codings["coder"] != CONSENSUS)]
    without = codings[~codings["answer_id"].isin(own["answer_id"])]
    most = pd.CategoricalDtype(["no", "unknown", "yes"], ordered=True)
    seen = pd.concat([own, without])
    return seen.assign(visible=seen["visible"].astype(most)).groupby("answer_id")["visible"].max().astype(str)
