"""How many answers to audit, and how many to code twice, for a wanted precision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.errors import CoderError
from coder.messages import _
from coder.progress import Progress, silent
from coder.reports.tables import AgreementTable
from coder.statistics import (
    AuditPlan,
    DoubleCodingPlan,
    Estimate,
    LabelAgreement,
    PredictionError,
    Proportion,
    audit_plan,
    double_coding_plan,
    prediction_errors,
    presumed_double_coding_plan,
    proportions,
)
from coder.store import audits, runs
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.agreement import agreement_tables
from coder.study.bases import decided
from coder.study.coded_waves import CodedWave, coded_wave, described
from coder.study.corrections import decisions, labels_said
from coder.study.design import wave_design
from coder.study.indicators import DECIDED
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.codings_alone import CodingsAlone
    from coder.study.folder import Study

#: half-widths of the 95 % intervals of a percentage and of alpha, unless told otherwise
MARGIN, ALPHA_MARGIN = 0.03, 0.1
#: audited answers from which on these alone tell how far off the model is
ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted, and what is presumed where there are no data.

    Attributes:
        margin, alpha_margin: half-widths of the 95 % intervals of a share and of alpha.
        prevalence, alpha: presumed share of a label, and presumed alpha; None: nothing is.
    """

    margin: float = MARGIN
    alpha_margin: float = ALPHA_MARGIN
    prevalence: float | None = None
    alpha: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no half-width, share or alpha."""
        if not (0 < self.margin < 1 and 0 < self.alpha_margin < 1):
            raise CoderError(_("A margin is half the width of an interval, between 0 and 1, such as 0.03."))
        if self.prevalence is not None and not 0 < self.prevalence < 1:
            raise CoderError(_("--prevalence is the share of a label, between 0 and 1, such as 0.1."))
        if self.alpha is not None and not 0 <= self.alpha <= 1:
            raise CoderError(_("--alpha is the alpha to be expected, from 0 to 1, such as 0.7."))


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """What one label asks.

    Attributes:
        label, name, kind: of the label ("label", "parent", "residual"); "" where only presumptions count.
        share: the expected share; design_effect: of clusters and weights on it.
        error: of the model's predictions; None where nothing tells, and the plan goes without the model.
        audit: None where there is no share to go by, or nothing to draw from.
        alpha: so far; double: None where there is neither an alpha nor a presumption to go by.
    """

    label: str
    name: str
    kind: str
    share: float | None
    design_effect: float | None
    error: PredictionError | None
    audit: AuditPlan | None
    alpha: Estimate
    double: DoubleCodingPlan | None


@dataclass(frozen=True, slots=True)
class CodingPlan:
    """How much to code for a wanted precision, of one question in one wave.

    Attributes:
        question, wave: None without data; wave: name of the file, of a file of codings.
        uncoded: answers that an audit says something of: nobody coded them, or they are in it.
        certain: answers that people coded for other reasons; audited: coded in the audit.
        errors_from: waves whose hand-coded answers tell how far off the model is; none: nothing does.
        only_audited: whether these are audited answers alone, which chance chose.
        needed: answers to audit so that every label has the wanted precision; None where some cannot.
    """

    question: str | None
    wave: str | None
    wanted: Wanted
    uncoded: int
    certain: int
    audited: int
    errors_from: tuple[str, ...]
    only_audited: bool
    needed: int | None
    labels: tuple[LabelPlan, ...]


def plan_coding(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord,
    wanted: Wanted,
    *,
    seed: int | None = None,
    progress: Progress = silent,
) -> CodingPlan:
    """Return how much of a wave to audit and to code twice, label by label.

    The expected share is what the wave shows now, people's and automatic labels together. How far off the
    model is, is measured on answers that people coded, by what it says of them without having learnt from
    them: those of the audit where there are enough, else all of the wave, else those of the other waves of
    the question. What the data do not tell is presumed as `wanted` says; where nothing is known of the model
    the plan goes without it.
    """
    coded = coded_wave(study, question, wave)
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        sample = {row["answer_id"] for row in audits.standing(connection, number, wave.id)}
        others = [
            w for w in study.waves(connection) if question.name in w.layout["answers"] and w.id != wave.id
        ]
    by_hand = _by_hand(coded)
    in_audit = coded.frame["answer_id"].isin(sample).to_numpy(dtype=bool)
    unsettled = coded.frame["status"].isin(["open", "skipped"]).to_numpy(dtype=bool)
    filled = coded.frame["filled_in"].to_numpy(dtype=bool)
    audited = by_hand & in_audit
    waves: tuple[str, ...] = (wave.name,)
    errors = _errors(study, [(coded, audited)])
    only_audited = errors is not None and int(audited.sum()) >= ENOUGH
    if not only_audited:
        errors = _errors(study, [(coded, by_hand)])
    if errors is None:
        rest = [coded_wave(study, question, w) for w in others]
        errors = _errors(study, [(c, _by_hand(c)) for c in rest])
        waves = tuple(c.wave.name for c in rest)
    progress(_("Computing agreement"), 0, 0)
    tables = agreement_tables(study, question, [wave], seed=seed)
    counts = _Counts(
        int((filled & ~unsettled & (~by_hand | in_audit)).sum()),
        int((by_hand & ~in_audit).sum()),
        int(audited.sum()),
    )
    rows = _rows(coded, errors, _blind(tables), counts, wanted)
    return _plan(question.name, wave.name, wanted, counts, waves if errors else (), only_audited, rows)


def plan_from_file(codings: "CodingsAlone", wanted: Wanted, *, seed: int = 0) -> CodingPlan:
    """Return how many answers to code twice, by the codings in a file; there is no audit to plan."""
    rows = _rows(
        codings.coded_wave(), None, _blind(codings.agreement_tables(seed=seed)), _Counts(0, 0, 0), wanted
    )
    return _plan(codings.question, codings.file.path.name, wanted, _Counts(0, 0, 0), (), False, rows)


def plan_presumed(wanted: Wanted, *, uncoded: int = 0) -> CodingPlan:
    """Return how much to code of a label of which only presumptions are known, of `uncoded` answers."""
    if wanted.prevalence is None:
        raise CoderError(_("Without data, say what to presume: --prevalence 0.1, and --alpha 0.7."))
    counts = _Counts(uncoded, 0, 0)
    row = _label_plan(("", "", ""), None, None, None, counts, wanted)
    return _plan(None, None, wanted, counts, (), False, [row])


@dataclass(frozen=True, slots=True)
class _Counts:
    """Answers, as in `CodingPlan`."""

    uncoded: int
    certain: int
    audited: int


def _plan(
    question: str | None,
    wave: str | None,
    wanted: Wanted,
    counts: _Counts,
    errors_from: tuple[str, ...],
    only_audited: bool,
    rows: Sequence[LabelPlan],
) -> CodingPlan:
    needed = [row.audit.needed for row in rows if row.audit is not None]
    return CodingPlan(
        question,
        wave,
        wanted,
        counts.uncoded,
        counts.certain,
        counts.audited,
        errors_from,
        only_audited,
        max((n for n in needed if n is not None), default=None) if None not in needed else None,
        tuple(rows),
    )


def _by_hand(coded: CodedWave) -> npt.NDArray[np.bool_]:
    """Return which answers (n,) people decided."""
    frame = coded.frame
    decided = frame["status"].isin(list(DECIDED)) & (frame["origin"] != "automatic")
    return np.asarray(decided & frame["filled_in"].astype(bool))


def _errors(
    study: "Study", parts: Sequence[tuple[CodedWave, npt.NDArray[np.bool_]]]
) -> list[PredictionError] | None:
    """Return how far off the model is on these rows of these waves; None when it says nothing of them."""
    truth, predicted, weights = [], [], []
    for coded, rows in parts:
        if coded.run is None:
            continue
        with study.database.read() as connection:
            labels = labels_said(coded, runs.suggestions(connection, coded.run))
        told = rows & labels.notna().to_numpy()
        truth.append(coded.values[told])
        predicted.append(decisions(coded, labels)[told])
        weights.append(coded.frame.loc[told, "weight"].to_numpy(dtype=float))
    if not sum(len(part) for part in truth):
        return None
    return prediction_errors(np.vstack(truth), np.vstack(predicted), weights=np.concatenate(weights))


def _blind(tables: Sequence[AgreementTable]) -> dict[str, LabelAgreement]:
    """Return each label's agreement between all coders, coded blind."""
    for table in tables:
        if table.selection == "blind" and table.comparison == "coders":
            return {row.label: row.agreement for row in table.rows}
    return {}


def _rows(
    coded: CodedWave,
    errors: Sequence[PredictionError] | None,
    agreement: Mapping[str, LabelAgreement],
    counts: _Counts,
    wanted: Wanted,
) -> list[LabelPlan]:
    told = decided(coded)
    shares = proportions(coded.values, domain=told, **wave_design(coded.frame).keywords)
    return [
        _label_plan(
            described(coded.codebook, label.id),
            shares[j],
            errors[j] if errors else None,
            agreement.get(label.id),
            counts,
            wanted,
        )
        for j, label in enumerate(coded.codebook.active)
    ]


def _label_plan(
    label: tuple[str, str, str],
    now: Proportion | None,
    error: PredictionError | None,
    agreement: LabelAgreement | None,
    counts: _Counts,
    wanted: Wanted,
) -> LabelPlan:
    share = now.estimate if now is not None and now.estimate is not None else wanted.prevalence
    effect = now.deff if now is not None else None
    audit = None
    if share is not None and counts.uncoded:
        variance = error.variance if error is not None else None
        audit = audit_plan(
            share,
            share * (1 - share) if variance is None else variance,
            uncoded=counts.uncoded,
            half_width=wanted.margin,
            audited=counts.audited,
            certain=counts.certain,
            design_effect=effect or 1.0,
        )
    double = None
    if agreement is not None:
        double = double_coding_plan(agreement, half_width=wanted.alpha_margin)
    presumed = wanted.prevalence or share or 0.0
    if (double is None or double.needed is None) and wanted.alpha is not None and 0 < presumed < 1:
        double = presumed_double_coding_plan(
            presumed,
            wanted.alpha,
            half_width=wanted.alpha_margin,
            coded=agreement.n if agreement is not None else 0,
        )
    alpha = agreement.krippendorff_alpha if agreement is not None else Estimate(None)
    return LabelPlan(*label, share, effect, error, audit, alpha, double)
