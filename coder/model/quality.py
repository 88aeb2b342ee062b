"""How good a model was on texts it had not seen."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class LabelQuality:
    """One label, out of sample. Identical texts were left out together and count as one.

    Attributes:
        label: id or name, as it was given to `fit`.
        answers: coded answers that know the label; positives: those that have it.
        precision: share of the texts given the label that have it; nan when it was given to none.
        recall: share of the texts that have the label that were given it; nan when none has it.
        f1: their harmonic mean, 2TP / (2TP + FP + FN); nan when there is nothing to find and nothing found.
        brier: mean squared difference between probability and truth; nan without answers.
        threshold: the probability from which the label is given.
    """

    label: str
    answers: int
    positives: int
    precision: float
    recall: float
    f1: float
    brier: float
    threshold: float


@dataclass(frozen=True, slots=True)
class ModelQuality:
    """All labels, out of sample.

    Attributes:
        labels: one record a label, in the order of the model's labels.
        answers: number of coded answers; texts: number of distinct texts among them.
        micro_f1: F1 over all (text, label) pairs; nan when there is nothing to find and nothing found.
        macro_f1: mean F1 over the labels that some answer has; nan when there are none.
    """

    labels: tuple[LabelQuality, ...]
    answers: int
    texts: int
    micro_f1: float
    macro_f1: float


def measure_quality(
    labels: list[str],
    Y: npt.NDArray[np.int8],
    known: npt.NDArray[np.bool_],
    proba: npt.NDArray[np.float64],
    decided: npt.NDArray[np.int8],
    thresholds: npt.NDArray[np.float64],
    row: npt.NDArray[np.intp],
) -> ModelQuality:
    """Compare out-of-sample probabilities and decisions (n, k) with codings Y (n, k) where they are known.

    Parameters:
        row: (n,) the number of the distinct text of each answer.
    """
    times = np.bincount(row, minlength=1) if row.size else np.ones(1)
    weights = known / times[row][:, None] if row.size else known.astype(float)
    found = (weights * Y * decided).sum(axis=0)
    given = (weights * decided).sum(axis=0)
    present = (weights * Y).sum(axis=0)
    total = weights.sum(axis=0)
    error = (weights * np.square(proba - Y)).sum(axis=0)
    records = tuple(
        LabelQuality(
            label=label,
            answers=int(known[:, j].sum()),
            positives=int((known[:, j] & (Y[:, j] == 1)).sum()),
            precision=_ratio(found[j], given[j]),
            recall=_ratio(found[j], present[j]),
            f1=_ratio(2 * found[j], given[j] + present[j]),
            brier=_ratio(error[j], total[j]),
            threshold=float(thresholds[j]),
        )
        for j, label in enumerate(labels)
    )
    with_positives = [record.f1 for record in records if record.positives]
    return ModelQuality(
        labels=records,
        answers=len(Y),
        texts=int(np.unique(row).size),
        micro_f1=_ratio(2 * found.sum(), given.sum() + present.sum()),
        macro_f1=float(np.mean(with_positives)) if with_positives else float("nan"),
    )


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")
