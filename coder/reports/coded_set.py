"""A coded set: everything that goes into a workbook for a colleague who never saw the program."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook
from coder.reports.tables import AgreementTable, ChangeTable, FrequencyTable

Cell = str | float | int | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None


@dataclass(frozen=True, slots=True)
class CodedPart:
    """How many answers to a question one population of one wave holds: what is never added up.

    Attributes:
        population: None where there is one.
        asked: None where nobody knows who was.
        automatic: answers coded by the model; corrected: whether the percentages are, for its errors.
    """

    wave: str
    population: str | None
    respondents: int
    asked: int | None
    filled_in: int
    automatic: int
    corrected: bool

    @property
    def where(self) -> str:
        """The wave, and the population where there are several."""
        return self.wave if self.population is None else f"{self.wave} · {self.population}"


@dataclass(frozen=True)
class CodedQuestion:
    """One question's codings, aligned with the rows of the coded set.

    Attributes:
        name: the question's name in study.toml; short: prefix of its variables; text: as it was asked.
        codebook: the newest version; version: its number; history: a line a version, newest first.
        answers: each row's answer as joined text, None when not asked or empty.
        status: each row's status: "labelled", "none", "unclear", "unlabelled" (the model found no label),
            "skipped", "open", "unseen", "not_filled_in", "not_asked".
        origin: "consensus", "unanimous", "single", "open", "automatic", or None without any coding.
        certainty: of automatic codings, 0-1; None elsewhere.
        queued: whether a person should still look at the automatic coding.
        labels: label ids in order of mention.
        labels_in_order: ids of the columns of `values`: every label that is not retired, nets included.
        values: (rows, labels) 1.0 mentioned, 0.0 not mentioned, NaN unknown: an empty cell.
        coders: who coded: coder name to number of codings.
        answer_columns: names of the original columns that hold its answers: an export without answers
            leaves them out.
        changes: tables of change between waves, where asked for.
        parts: its answers for each wave and population.
        phases: names of the phases of the work that were begun, in order (see `coder.reports.words`).
        quotes: rows whose answer a coder marked as a quote for the report.
    """

    name: str
    short: str
    text: str
    codebook: Codebook
    version: int
    history: tuple[str, ...]
    answers: Sequence[str | None]
    status: Sequence[str]
    origin: Sequence[str | None]
    certainty: Sequence[float | None]
    queued: Sequence[bool]
    labels: Sequence[tuple[str, ...]]
    labels_in_order: tuple[str, ...]
    values: npt.NDArray[np.float64]
    coders: Mapping[str, int]
    frequencies: tuple[FrequencyTable, ...]
    agreement: tuple[AgreementTable, ...]
    answer_columns: tuple[str, ...]
    quotes: frozenset[int] = frozenset()
    changes: tuple[ChangeTable, ...] = ()
    phases: tuple[str, ...] = ()
    parts: tuple[CodedPart, ...] = ()


@dataclass(frozen=True)
class CodedSet:
    """A study's waves with their codings, ready to be written.

    Attributes:
        columns: names of the original columns (preceded by the wave's, when there are several waves).
        rows: the original cells, one tuple a respondent, as long as `columns`.
        ids: respondent ids, one a row.
        provenance: what an export must say of itself, as (what, value) in the reader's language:
            version, pipeline, encoder, seed, run, codebook versions, file hashes.
        accountability: paragraphs of the sheet Verantwoording, every number from a record (see
            `coder.reports.accountability`).
    """

    study: str
    created: dt.datetime
    program_version: str
    waves: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    ids: Sequence[str]
    questions: tuple[CodedQuestion, ...]
    provenance: tuple[tuple[str, str], ...]
    accountability: tuple[str, ...]
