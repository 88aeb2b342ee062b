"""The coded wave: every answer with what is decided of it, by people or by the model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook, CodebookVersion, Meanings
from coder.store import queries, runs
from coder.store.runs import RunRecord
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.indicators import indicators
from coder.study.settings import QuestionSettings, Settings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class CodedWave:
    """All answers of a wave to a question with what is decided of them, by people or by the model.

    Attributes:
        frame: as `coder.store.queries.answers` gives it, plus: status (never None; also "unlabelled"
            where the model found no label, "unseen", "not_filled_in", "not_asked"), origin (plus
            "automatic"), certainty, queued, given (label ids in order of mention).
        values: (n, k) nets included; NaN unknown.
        run: the run that gave the automatic labels, if any.
        settings: of the study.
    """

    question: QuestionSettings
    wave: WaveRecord
    codebook: Codebook
    versions: tuple[CodebookVersion, ...]
    frame: pd.DataFrame
    values: npt.NDArray[np.float64]
    run: RunRecord | None
    settings: Settings


def coded_wave(study: "Study", question: QuestionSettings, wave: WaveRecord) -> CodedWave:
    """Read a wave's answers with their definitive codings and, where nobody coded, automatic labels."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        frame = queries.answers(connection, number, [wave.id])
        run = runs.latest_run(connection, number, wave.id)
        suggested = runs.suggestions(connection, run)
    codebook = recorded[-1].codebook
    frame = frame.merge(
        suggested[["answer_id", "labels", "certainty", "queued"]].rename(columns={"labels": "suggested"}),
        on="answer_id",
        how="left",
    )
    filled = frame["filled_in"].astype(bool)
    by_hand = frame["status"].notna() & filled
    automatic = filled & ~by_hand & frame["suggested"].notna()
    status = frame["status"].astype(object).where(by_hand, None)
    status[filled & ~by_hand] = "unseen"
    status[automatic] = np.where(frame.loc[automatic, "suggested"] == "", "unlabelled", "labelled")
    status[~filled] = "not_filled_in"
    # who is not known to have been asked may have been: only a stated "no" is not asked
    status[~filled & (frame["asked"] == False)] = "not_asked"  # noqa: E712
    origin = frame["origin"].astype(object).where(by_hand & (frame["origin"] != "skipped"), None)
    origin[automatic] = "automatic"
    words = frame["labels"].where(by_hand, frame["suggested"]).fillna("")
    version = frame["codebook_version"].where(by_hand, run.codebook_version if run else np.nan)
    given = [tuple(text.split()) for text in words]
    frame = frame.assign(
        status=status,
        origin=origin,
        given=pd.Series(given, index=frame.index, dtype=object),
        version=version,
        queued=(frame["queued"].fillna(0).astype(bool) & automatic),
        certainty=frame["certainty"].where(automatic),
    )
    values = indicators(
        codebook,
        Meanings(recorded),
        frame["status"].tolist(),
        given,
        [None if pd.isna(v) else int(v) for v in frame["version"]],
        knows=frame["knows"].where(by_hand, None),
        unlearnt=None if run is None else (automatic.to_numpy(dtype=bool), without_example(run)),
    )
    return CodedWave(question, wave, codebook, tuple(recorded), frame, values, run, study.settings)


def without_example(run: RunRecord) -> list[str]:
    """Return the labels of which the model had no coded example: its "no" would be a false zero.

    A label that one of these was merged into since is one of them, as a net is of which it is a part.
    """
    return run.followed(part["label"] for part in run.quality.get("labels", []) if not part["positives"])


def described(codebook: Codebook, label: str) -> tuple[str, str, str]:
    """Return a label's id, name and kind ("label", "parent", "residual")."""
    found = codebook.label(label)
    kind = "residual" if found.residual else "parent" if codebook.children(label) else "label"
    return found.id, found.name, kind
