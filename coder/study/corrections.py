"""What corrected frequencies stand on: who decided each answer, and what the model said of it unlearnt."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Meanings
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.reports.tables import AuditRecord
from coder.statistics import AUDITED, CERTAIN, PREDICTED
from coder.store import CONSENSUS, audits, queries, runs
from coder.study import codebooks
from coder.study.audit_status import AuditStatus, audit_status
from coder.study.auditing import usual_size
from coder.study.bases import by_people
from coder.study.coded_waves import CodedWave, without_example
from coder.study.indicators import DECIDED, indicators

if TYPE_CHECKING:
    from coder.study.folder import Study

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AuditedWave:
    """A coded wave with its audit sample; rows as in the wave's frame, columns its active labels with nets.

    Attributes:
        record: how the sample was drawn and how far it reaches.
        role: (n,) AUDITED (in the sample, decided by a person, blind), PREDICTED (seen by no person and drawn
            from), or CERTAIN: what people decided for other reasons, and what has nothing to predict (not
            filled in; held over, open or not drawn from, which has no truth and stays outside).
        predicted: (n, k) 1.0 or 0.0, what the model decides of every filled-in answer without having learnt
            from it; NaN elsewhere, and for labels of which it had no example.
    """

    record: AuditRecord
    role: npt.NDArray[np.int8]
    predicted: Floats


def audited_wave(study: "Study", coded: CodedWave) -> AuditedWave:
    """Return what a wave's frequencies are corrected with.

    Predictions never come from a model that learnt the text of the answer: of every text that the last run
    learnt, what it says without any answer of that text counts. So identical answers are predicted alike,
    audited or not, before the model learnt the audit and after: else the errors found in the one would not be
    those of the other.

    Raises CoderError, with what to do, when there is no audit sample or it cannot be used (see
    `coder.study.auditing.AuditStatus`), when answers have no prediction, when the codebook has labels that
    came after the model's last run, or after an audited answer was coded.
    """
    status = _usable_status(study, coded)
    frame = coded.frame
    filled = frame["filled_in"].to_numpy(dtype=bool)
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, coded.question)
        sample = {row["answer_id"] for row in audits.standing(connection, number, coded.wave.id)}
        drawn_from = audits.kept_frame(connection, number, coded.wave.id)
        said = runs.suggestions(connection, coded.run)
        made = queries.codings(connection, number, [coded.wave.id])
        coded_ever = sum(r["n"] for r in queries.final_counts(connection) if r["question_id"] == number)
    touched = filled & by_people(coded)
    decided = touched & frame["status"].isin(list(DECIDED)).to_numpy(dtype=bool)
    audited = decided & frame["answer_id"].isin(sample).to_numpy(dtype=bool)
    uncoded = filled & ~touched
    inside = uncoded & frame["answer_id"].isin(drawn_from).to_numpy(dtype=bool)
    role = np.where(audited, AUDITED, np.where(inside, PREDICTED, CERTAIN)).astype(np.int8)
    _refuse_unknown(coded, audited, coded_ever)
    labels = labels_said(coded, said)
    _refuse_unsaid(coded, labels, role != CERTAIN)
    record = AuditRecord(
        status.drawn,
        status.seed,
        status.frame,
        status.size,
        int(audited.sum()),
        int((decided & ~audited).sum()),
        int((uncoded & ~inside).sum()),
        status.codebook_version,
        *_who(made, set(frame.loc[audited, "answer_id"])),
    )
    return AuditedWave(record, role, decisions(coded, labels))


def usable_audit(study: "Study", coded: CodedWave) -> tuple[AuditedWave | None, str | None]:
    """Return what a wave's frequencies are corrected with, or why its sample cannot be used.

    None, None when no sample was drawn.
    """
    if audit_status(study, coded.question, coded.wave) is None:
        return None, None
    try:
        return audited_wave(study, coded), None
    except CoderError as reason:
        return None, str(reason)


def _who(made: pd.DataFrame, answers: set[int]) -> tuple[tuple[str, ...], int]:
    """Return who coded these answers, and how many of them two coders or more did."""
    own = made[made["answer_id"].isin(answers) & (made["coder"] != CONSENSUS) & (made["status"] != "skipped")]
    several = own.groupby("answer_id")["coder"].nunique() > 1
    return tuple(sorted(own["coder"].unique())), int(several.sum())


def _usable_status(study: "Study", coded: CodedWave) -> AuditStatus:
    of = {"question": coded.question.name, "wave": coded.wave.name}
    status = audit_status(study, coded.question, coded.wave)
    if status is None:
        filled = coded.frame["filled_in"].to_numpy(dtype=bool)
        if (by_people(coded) | ~filled).all():
            raise CoderError(
                _("{question}, wave {wave}: people coded every answer, so that there is nothing to correct.")
                .format(**of)
            )  # fmt: skip
        with study.database.read() as connection:
            number = codebooks.question_number(study, connection, coded.question)
            n = usual_size(len(audits.frame(connection, number, coded.wave.id)))
        raise CoderError(
            _(
                "{question}, wave {wave}: no audit sample was drawn to correct with; draw one, and code it: "
                "coder audit draw --question {question} --wave {wave} --n {n} --coder NAME"
            ).format(n=n, **of)
        )
    if status.trouble is not None:
        raise CoderError(status.trouble)
    return status


def _refuse_unknown(coded: CodedWave, audited: npt.NDArray[np.bool_], coded_ever: int) -> None:
    """Refuse labels that came after audited answers were coded.

    Of `coded_ever` answers, in whatever wave, all are queued to be read again: that is sure to be enough.
    """
    unknown = dict(zip(coded.codebook.active, np.isnan(coded.values[audited]).sum(axis=0), strict=True))
    # a net is unknown by the labels under it
    label = max(unknown, key=lambda one: (unknown[one], not coded.codebook.children(one.id)), default=None)
    if label is None or not unknown[label]:
        return
    n = int(unknown[label])
    raise CoderError(
        ngettext(
            "{question}, wave {wave}: label {label} came, or changed, after {n} audited answer was coded; "
            "have it read again: coder recode {label} --question {question} --n {all}",
            "{question}, wave {wave}: label {label} came, or changed, after {n} audited answers were coded; "
            "have them read again: coder recode {label} --question {question} --n {all}",
            n,
        ).format(
            n=n,
            label=label.id,
            question=coded.question.name,
            wave=coded.wave.name,
            all=coded_ever,
        )
    )


def labels_said(coded: CodedWave, said: pd.DataFrame) -> "pd.Series[str]":
    """Return the labels that a run gives each answer of a wave without having learnt its text.

    Joined by a space; None where the run is mute.
    """
    return coded.frame["answer_id"].map(said.set_index("answer_id")["unlearnt"]).astype(object)


def decisions(coded: CodedWave, labels: "pd.Series[str]") -> Floats:
    """Return what the model decides of each answer (n, k), nets included: 1.0, 0.0, or NaN where it is mute.

    Args:
        labels: what the last run gives each answer of the frame, joined by a space; None where nothing.
    """
    there = labels.notna().to_numpy()
    return indicators(
        coded.codebook,
        Meanings(coded.versions),
        ["labelled" if known else None for known in there],
        [text.split() for text in labels.fillna("")],
        [None if coded.run is None else coded.run.codebook_version] * len(there),
        unlearnt=None if coded.run is None else (there, without_example(coded.run)),
    )


def _refuse_unsaid(coded: CodedWave, labels: "pd.Series[str]", needed: npt.NDArray[np.bool_]) -> None:
    """Refuse answers, and labels, of which the last run could say nothing."""
    of = {"question": coded.question.name, "wave": coded.wave.name}
    run, missing = coded.run, int((labels.isna().to_numpy() & needed).sum())
    if run is not None and "taught" not in run.settings:
        # of before the program kept what the model says without having learnt a text
        run, missing = None, int(needed.sum())
    if run is None or missing:
        raise CoderError(
            ngettext(
                "{question}, wave {wave}: the model has said nothing yet of {n} answer; let it: coder label "
                "--question {question} --wave {wave}",
                "{question}, wave {wave}: the model has said nothing yet of {n} answers; let it: coder label "
                "--question {question} --wave {wave}",
                missing,
            ).format(n=missing, **of)
        )
    meanings = Meanings(coded.versions)
    later = [one.id for one in coded.codebook.active if not meanings.knows(one.id, run.codebook_version)]
    if later:
        raise CoderError(
            _(
                "{question}, wave {wave}: {labels} came, or changed, after the model labelled the wave; let "
                "it label again: coder label --question {question} --wave {wave}"
            ).format(labels=", ".join(later), **of)
        )
