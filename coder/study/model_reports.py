"""What there is to know about a model: calibration, growth, and what it doubts."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import stats

from coder.messages import _
from coder.model import LabelModel, expected_errors, review_queue
from coder.model.quality import measure_quality
from coder.progress import Progress, silent
from coder.store import runs
from coder.study.suggestions import (
    Growth,
    GrowthPoint,
    LabelReport,
    ModelReport,
    QueuedAnswer,
    ReliabilityBin,
    Working,
)
from coder.study.training import Trained
from coder.text import normalise

if TYPE_CHECKING:
    from coder.study.folder import Study

MORE = 50
"""Further answers whose worth is estimated."""

_SMALLEST = 25
_JUDGED_ON = 1_000
_BINS = 10
_QUEUE = 200
_DOUBTFUL = 3
_LEAST_DOUBT = 0.1

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Predicted:
    """What the model says of the answers that no person coded: ids (m,), texts, probabilities (m, k)."""

    ids: npt.NDArray[np.int64]
    texts: list[str]
    proba: npt.NDArray[np.floating]


@dataclass(frozen=True)
class Progression:
    """What the codings alone say of a model: its calibration and how it grew."""

    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float | None
    growth: Growth


def progression(trained: Trained, *, progress: Progress = silent) -> Progression:
    """Return calibration and growth of a fitted model."""
    bins, error, _each = calibration(trained)
    steps = growth(trained)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return Progression(bins, error, end.value)
        progress(step.what, step.done, step.total)


def what_more_brings(grown: Growth) -> str:
    """Return in words what further answers would add to micro-F1."""
    from coder.reports.numbers import decimal

    if grown.gain is None or grown.low is None or grown.high is None:
        return _(
            "What another {n} coded answers would bring cannot be told: there is no clear growth yet."
        ).format(n=grown.more)
    return _("Another {n} coded answers would bring some {gain} micro-F1 (between {low} and {high}).").format(
        n=grown.more, gain=decimal(grown.gain, 3), low=decimal(grown.low, 3), high=decimal(grown.high, 3)
    )


def model_report(study: "Study", trained: Trained, predicted: Predicted) -> Iterator[Working | ModelReport]:
    """Yield the report without growth, then how far that is, and last the report with it."""
    quality = trained.model.quality_
    bins, error, by_label = calibration(trained)
    given = trained.model.preselect(predicted.proba)
    doubt = np.where(given, 1 - predicted.proba, predicted.proba)
    to_be_expected = doubt.sum(axis=0)
    with study.database.read() as connection:
        queued = sum(
            int(row["queued"] or 0)
            for row in runs.suggestion_counts(connection)
            if row["question_id"] == trained.run.question_id
        )
    report = ModelReport(
        trained.question.name,
        trained.run.codebook_version,
        trained.pipeline,
        {label.id: label.name for label in trained.codebook.labels},
        quality.answers,
        quality.texts if quality.answers else 0,
        len(predicted.ids),
        _number(quality.micro_f1),
        _number(quality.macro_f1),
        tuple(
            LabelReport(
                label.label,
                label.answers,
                label.positives,
                _number(label.precision),
                _number(label.recall),
                _number(label.f1),
                label.threshold,
                by_label[j],
                float(to_be_expected[j]),
            )
            for j, label in enumerate(quality.labels)
        ),
        bins,
        error,
        None,
        _queue(trained, predicted, given, doubt),
        queued,
    )
    yield report
    yield replace(report, growth=(yield from growth(trained)))


def calibration(
    trained: Trained,
) -> tuple[tuple[ReliabilityBin, ...], float | None, tuple[float | None, ...]]:
    """Return ten bins of out-of-sample probability, the calibration error, and that of each label.

    Identical answers count once, as they were left out together. The calibration error is the mean distance
    between the mean probability of a bin and the share that has the label, weighted by the decisions in it
    (Naeini, Cooper and Hauskrecht 2015); of a label over its own bins. Slope and offset of the probabilities
    are chosen on these same predictions, two numbers a label; what that flatters is small.
    """
    proba = trained.model.out_of_sample_
    known = ~np.isnan(trained.values)
    row = _distinct(trained)
    weights = known / np.bincount(row)[row][:, None] if len(row) else np.zeros(proba.shape)
    place = np.clip((proba * _BINS).astype(int), 0, _BINS - 1)
    truth = np.nan_to_num(trained.values)
    n, p, true = (np.zeros((_BINS, proba.shape[1])) for _part in range(3))
    columns = np.broadcast_to(np.arange(proba.shape[1]), place.shape)
    for total, part in ((n, weights), (p, weights * proba), (true, weights * truth)):
        np.add.at(total, (place, columns), part)
    bins = tuple(
        ReliabilityBin(
            b / _BINS,
            (b + 1) / _BINS,
            float(n[b].sum()),
            _share(p[b].sum(), n[b].sum()),
            _share(true[b].sum(), n[b].sum()),
        )
        for b in range(_BINS)
    )
    whole = _share(np.abs(p.sum(axis=1) - true.sum(axis=1)).sum(), n.sum())
    each = tuple(_share(np.abs(p[:, j] - true[:, j]).sum(), n[:, j].sum()) for j in range(n.shape[1]))
    return bins, whole, each


def growth(trained: Trained, *, seed: int = 0) -> Generator[Working, None, Growth]:
    """Yield how far it is; return how the quality grew with the number of coded answers.

    At 25, 50, 100, 200 … answers up to three quarters of what is coded: random draws by distinct text, a
    model learnt from each (codebook included), judged on texts that were not drawn (a thousand at most). The
    last point is the model itself, out of sample.
    """
    texts = trained.frame["text"].tolist()
    known = ~np.isnan(trained.values)
    Y = np.nan_to_num(trained.values).astype(np.int8)
    row = _distinct(trained)
    sizes: list[int] = []
    while (size := _SMALLEST * 2 ** len(sizes)) <= 0.75 * len(texts):
        sizes.append(size)
    draws = [(size, draw) for size in sizes for draw in range(_repeats(size))]
    scores: dict[int, list[tuple[float, float]]] = {}
    for number, (size, draw) in enumerate(draws):
        yield Working(_("Learning from fewer answers"), number, len(draws))
        rng = np.random.default_rng([seed, size, draw])
        turn = rng.permutation(int(row.max()) + 1)[row]
        drawn = np.argsort(turn, kind="stable")
        last = turn[drawn[size - 1]]
        learn = np.flatnonzero(turn <= last)
        judge = np.flatnonzero((turn > last) & (turn <= last + _JUDGED_ON))
        model = LabelModel(
            pipeline=trained.model.pipeline, seed=trained.model.seed, encode=trained.model.encode
        )
        model.fit(
            [texts[i] for i in learn],
            Y[learn],
            trained.model.labels_,
            known=known[learn],
            codebook=trained.codebook,
        )
        proba = model.predict_proba([texts[i] for i in judge])
        _same, judged = np.unique(row[judge], return_inverse=True)
        quality = measure_quality(
            model.labels_, Y[judge], known[judge], proba, model.decide(proba), model.thresholds_, judged
        )
        if not np.isnan(quality.micro_f1):
            scores.setdefault(size, []).append((quality.micro_f1, quality.macro_f1))
    whole = trained.model.quality_
    if texts and not np.isnan(whole.micro_f1):
        scores.setdefault(len(texts), []).append((whole.micro_f1, whole.macro_f1))
    points = tuple(
        GrowthPoint(size, len(found), *(float(mean) for mean in np.nanmean(found, axis=0)))
        for size, found in scores.items()
    )
    singles = [(size, micro) for size, found in scores.items() for micro, _macro in found]
    return Growth(points, MORE, *gain(singles, len(texts)))


def gain(
    scores: list[tuple[int, float]], n: int, more: int = MORE
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Return what `more` answers beyond n would add to F1, with a 95 % interval; None when it cannot be told.

    By least squares through F1 = a - b / sqrt(size), a power law as learning curves follow (Figueroa and
    others 2012) with its power fixed: a handful of points does not bear a third number. It cannot be told
    from fewer than three sizes, nor when the interval of b reaches zero. The draws overlap, so that the
    interval is somewhat too narrow.
    """
    sizes = np.array([size for size, _f1 in scores], dtype=float)
    if len(np.unique(sizes)) < 3:
        return None, None, None
    found = stats.linregress(-1 / np.sqrt(sizes), [f1 for _size, f1 in scores])
    step = 1 / np.sqrt(n) - 1 / np.sqrt(n + more)
    margin = float(stats.t.ppf(0.975, len(scores) - 2)) * float(found.stderr)
    low, high = float(found.slope) - margin, float(found.slope) + margin
    if not low > 0:
        return None, None, None
    return float(found.slope * step), float(low * step), float(high * step)


def _queue(
    trained: Trained, predicted: Predicted, given: npt.NDArray[np.bool_], doubt: npt.NDArray[np.floating]
) -> tuple[QueuedAnswer, ...]:
    """Return the most doubtful answers, one of each text."""
    if not len(predicted.ids):
        return ()
    own = [normalise(text) for text in predicted.texts]
    times: dict[str, int] = {}
    for text in own:
        times[text] = times.get(text, 0) + 1
    errors = expected_errors(predicted.proba, given)
    found = []
    for i in review_queue(predicted.texts, predicted.proba, given, _QUEUE).tolist():
        worst = np.argsort(-doubt[i], kind="stable")[:_DOUBTFUL].tolist()
        found.append(
            QueuedAnswer(
                int(predicted.ids[i]),
                predicted.texts[i],
                float(errors[i]),
                tuple(
                    (trained.run.labels[j], float(predicted.proba[i, j]))
                    for j in worst
                    if doubt[i, j] >= _LEAST_DOUBT
                ),
                times[own[i]],
            )
        )
    return tuple(found)


def _distinct(trained: Trained) -> npt.NDArray[np.intp]:
    """Return for each coded answer the number of its text."""
    own = [normalise(text) for text in trained.frame["text"]]
    place = {text: i for i, text in enumerate(dict.fromkeys(own))}
    return np.array([place[text] for text in own], dtype=np.intp)


def _repeats(size: int) -> int:
    return 5 if size <= 100 else 3 if size <= 400 else 2


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
