"""Codings set beside each other: from who said what of which answer to a table of agreement."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import CodebookVersion, Meanings
from coder.messages import _
from coder.progress import Progress, silent
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.words import origin_word, status_word
from coder.statistics import label_agreement, set_agreement
from coder.store import CONSENSUS
from coder.study.coded_at_once import count_once
from coder.study.coded_waves import described
from coder.study.indicators import DECIDED, indicators

#: which codings a table stands on, with what the log says of them; the first is the headline
SELECTIONS = {"blind": "no", "assisted": "yes", "unknown": "unknown"}

Pairs = bool | Literal["sets"]
"""Whether every two coders are compared too; "sets": on whole label sets only, which is quick."""


@dataclass(frozen=True)
class Comparison:
    """Codings to be set beside each other.

    Attributes:
        recorded: versions of the codebook; the newest says which labels there are and what they mean.
        codings: as `coder.store.queries.codings` gives them: answer_id, cluster, coder, status, labels,
            codebook_version, knows.
        selection, kind: as in `AgreementTable` (kind: its comparison).
        reference: the name among the coders that the other one is compared with (consensus, model): what it
            held over and its codebook versions are not those of the coders.
        informed: whether the reference was made knowing what it is compared with.
        by_label: whether the table has rows, or is about whole label sets only.
        waves: names of the waves by their numbers, where the codings say of which they are.
        at_random: answers that are known to be drawn at random.
        unlearnt: labels of which the model had no example, when the reference is one: unknown in what it
            says. A model does not know the states without a label either: they are left out.
    """

    question: str
    wave: str | None
    recorded: Sequence[CodebookVersion]
    codings: pd.DataFrame
    selection: str
    kind: str = "coders"
    reference: str | None = None
    informed: bool = False
    by_label: bool = True
    unlearnt: Collection[str] = ()
    waves: Mapping[int, str] = field(default_factory=dict)
    at_random: Collection[int] = ()

    @property
    def own(self) -> pd.DataFrame:
        """The codings that are not the reference's."""
        return self.codings if self.reference is None else self.codings[~self._is_reference]

    @property
    def _is_reference(self) -> "pd.Series[bool]":
        return self.codings["coder"] == self.reference


def among_coders(
    question: str,
    wave: str | None,
    recorded: Sequence[CodebookVersion],
    codings: pd.DataFrame,
    *,
    pairs: Pairs = False,
    versions: bool = False,
) -> list[Comparison]:
    """Return how coders are compared with each other, before consensus: all together first.

    With `versions` then by the codebook version that codings were made with, where there are several; with
    `pairs` then two by two, where there are more than two coders.
    """
    found: list[Comparison] = []
    more: list[Comparison] = []
    for selection, visible in SELECTIONS.items():
        chosen = codings[(codings["visible"] == visible) & (codings["coder"] != CONSENSUS)]
        whole = Comparison(question, wave, recorded, count_once(chosen), selection)
        found.append(whole)
        made_at = sorted({int(number) for number in _comparable(chosen)["codebook_version"] if number})
        if versions and len(made_at) > 1:
            more += [
                replace(
                    whole,
                    recorded=_as_of(recorded, number),
                    codings=count_once(chosen[chosen["codebook_version"] == number]),
                    kind="version",
                )
                for number in made_at
            ]
        coders = sorted(_comparable(chosen)["coder"].unique())
        if pairs and len(coders) > 2:
            more += [
                replace(
                    whole,
                    codings=count_once(chosen[chosen["coder"].isin(two)]),
                    kind="pair",
                    by_label=pairs != "sets",
                )
                for two in combinations(coders, 2)
            ]
    return [*found, *more]


def with_consensus(
    question: str, wave: str | None, recorded: Sequence[CodebookVersion], codings: pd.DataFrame
) -> list[Comparison]:
    """Return how each coder's own codings are compared with the consensus, where there is one."""
    settled = codings[(codings["coder"] == CONSENSUS) & (codings["status"] != "skipped")]
    informed = bool((settled["visible"] != "no").any())
    own = codings[(codings["coder"] != CONSENSUS) & codings["answer_id"].isin(settled["answer_id"])]
    # the name of the consensus is free: no person can have it
    said = settled.assign(coder=origin_word("consensus"))
    found = []
    for selection, visible in SELECTIONS.items():
        chosen = own[own["visible"] == visible]
        for coder in sorted(chosen["coder"].unique()):
            both = pd.concat([chosen[chosen["coder"] == coder], said], ignore_index=True)
            found.append(
                Comparison(
                    question,
                    wave,
                    recorded,
                    count_once(both),
                    selection,
                    "consensus",
                    origin_word("consensus"),
                    informed,
                )
            )
    return found


def compared(
    comparisons: Sequence[Comparison], *, seed: int, replicates: int = 1000, progress: Progress = silent
) -> list[AgreementTable]:
    """Work out tables of agreement; comparisons without an answer that two say something of have none."""
    tables = []
    for done, comparison in enumerate(comparisons):

        def step(part: float, done: int = done) -> None:
            progress(_("Computing agreement"), round(100 * (done + part)), 100 * len(comparisons))

        table = _table(comparison, seed, replicates, step)
        if table is not None:
            tables.append(table)
    return tables


def _comparable(codings: pd.DataFrame) -> pd.DataFrame:
    """Return the codings that decide something of an answer of which another coder does too."""
    decided = codings[codings["status"].isin(list(DECIDED))]
    return decided[decided.groupby("answer_id")["coder"].transform("nunique") >= 2]


def _as_of(recorded: Sequence[CodebookVersion], number: int) -> list[CodebookVersion]:
    """Return the versions up to this one: what its coders had before them.

    Labels that were merged into others since are left out: codings follow a merge.
    """
    *before, last = [version for version in recorded if version.number <= number]
    in_use = {label.id for label in recorded[-1].codebook.active}
    gone = {
        label for version in recorded if version.number > number for label, _into in version.merged
    } - in_use
    left = tuple(label for label in last.codebook.labels if label.id not in gone)
    return [*before, replace(last, codebook=replace(last.codebook, labels=left))]


def _table(
    comparison: Comparison, seed: int, replicates: int, step: Callable[[float], None]
) -> AgreementTable | None:
    frame = _comparable(comparison.codings)
    if frame.empty:
        return None
    newest = comparison.recorded[-1]
    coders = sorted(frame["coder"].unique(), key=lambda name: (name == comparison.reference, name))
    units, first = np.unique(frame["answer_id"].to_numpy(), return_index=True)
    row = np.searchsorted(units, frame["answer_id"].to_numpy())
    column = frame["coder"].map({name: i for i, name in enumerate(coders)}).to_numpy()
    clusters = _numbers(frame["cluster"].iloc[first])
    clustered = not frame["cluster"].isna().all()

    def placed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        table = np.full((len(units), len(coders), *values.shape[1:]), np.nan)
        table[row, column] = values
        return table

    rows = []
    columns = list(_columns(comparison, frame)) if comparison.by_label else []
    for done, ((label, name, kind), values) in enumerate(columns):
        agreed = label_agreement(placed(values), clusters=clusters, seed=seed, replicates=replicates)
        rows.append(AgreementRow(label, name, kind, agreed))
        step((done + 1) / (len(columns) + 1))
    own = _values(comparison, frame, nets=False)
    if comparison.kind != "model":
        own = np.column_stack([own, _in_state(frame, "unclear")])
    held = comparison.own["status"] == "skipped"
    made_at = frame.loc[frame["coder"] != comparison.reference, "codebook_version"]
    return AgreementTable(
        question=comparison.question,
        text=newest.codebook.question,
        wave=comparison.wave,
        coders=tuple(coders),
        selection=comparison.selection,
        answers=len(units),
        held_over=float(held.mean()),
        clustered=clustered,
        seed=seed,
        codebook_version=newest.number,
        rows=tuple(rows),
        sets=set_agreement(placed(own), clusters=clusters, seed=seed, replicates=replicates),
        comparison=comparison.kind,
        made_at=tuple(sorted({int(number) for number in made_at if number})),
        informed=comparison.informed,
        waves=_waves(comparison, frame),
        at_random=len(set(units.tolist()) & set(comparison.at_random)),
    )


def _waves(comparison: Comparison, frame: pd.DataFrame) -> tuple[str, ...]:
    if comparison.wave is not None or not comparison.waves:
        return () if comparison.wave is None else (comparison.wave,)
    present = set(frame["wave_id"])
    return tuple(name for number, name in comparison.waves.items() if number in present)


def _numbers(clusters: "pd.Series[str]") -> npt.NDArray[np.int64]:
    """Number the clusters, a respondent without one apart: numbers are compared quicker than names."""
    codes = pd.factorize(clusters)[0].astype(np.int64)
    return np.where(codes < 0, len(codes) + np.arange(len(codes)), codes)


def _columns(
    comparison: Comparison, frame: pd.DataFrame
) -> Iterator[tuple[tuple[str, str, str], npt.NDArray[np.float64]]]:
    """Give each row of the table: label, name and kind, with what every coding says of it."""
    codebook = comparison.recorded[-1].codebook
    net = _values(comparison, frame, nets=True)
    for j, label in enumerate(codebook.active):
        yield described(codebook, label.id), net[:, j]
    if comparison.kind != "model":
        for state in ("none", "unclear"):
            yield (state, status_word(state), "state"), _in_state(frame, state)


def _in_state(frame: pd.DataFrame, state: str) -> npt.NDArray[np.float64]:
    return np.asarray(frame["status"] == state, dtype=np.float64)


def _values(comparison: Comparison, frame: pd.DataFrame, *, nets: bool) -> npt.NDArray[np.float64]:
    return indicators(
        comparison.recorded[-1].codebook,
        Meanings(comparison.recorded),
        frame["status"].tolist(),
        [labels.split() for labels in frame["labels"]],
        frame["codebook_version"].tolist(),
        knows=frame["knows"].tolist(),
        unlearnt=((frame["coder"] == comparison.reference).to_numpy(dtype=bool), comparison.unlearnt),
        nets=nets,
    )
