"""Codings straight from a file, without a study: the statistics for whoever has codings already."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from coder.codebook import Codebook, CodebookVersion, Label, Meanings, make_id
from coder.corpus import Cell, Layout, Respondent, SurveyFile, read_respondents, read_survey
from coder.corpus.cells import as_text
from coder.corpus.columns import find_column, stripped
from coder.messages import _
from coder.progress import Progress, silent
from coder.reports.tables import AgreementTable
from coder.store import CONSENSUS, CoderSays, Definitive, definitive
from coder.store.waves import WaveRecord
from coder.study.coded_waves import CodedWave
from coder.study.coding_files import (
    CodingFile,
    CodingFileError,
    FileCoding,
    about_sheet,
    codings_in,
    id_column,
)
from coder.study.compared_codings import Pairs, among_coders, compared, with_consensus
from coder.study.indicators import indicators
from coder.study.settings import QuestionSettings, Settings

#: columns that are taken for what they are called, unless another one is named
DESIGN = ("weight", "cluster", "stratum", "population")
#: number of a codebook that is only the labels that occur
_NO_CODEBOOK = 0
_CONSENSUS = {CONSENSUS, "consensuscodering"}
_VISIBLE = {True: "no", False: "yes", None: "unknown"}


@dataclass(frozen=True)
class CodingsAlone:
    """The codings of a file: every respondent in it, and what coders say of their answers.

    Attributes:
        version: a codebook of the labels that occur, with number 0.
        respondents: in the order of the file; whoever has no coding is not yet seen.
        codings: as `coder.store.queries.codings` gives them; answer_id counts the respondents from 0.
        groups: columns with background variables.
        notes: what was taken for granted, for people to read.
    """

    question: str
    file: SurveyFile
    version: CodebookVersion
    respondents: Sequence[Respondent]
    codings: pd.DataFrame
    groups: tuple[str, ...]
    notes: tuple[str, ...]

    def agreement_tables(
        self,
        *,
        pairs: Pairs = False,
        against: Literal["consensus"] | None = None,
        seed: int = 0,
        replicates: int = 1000,
        progress: Progress = silent,
    ) -> list[AgreementTable]:
        """Return the agreement, as `coder.study.agreement_tables` does for a study."""
        what = (self.question, self.file.path.name, [self.version], self.codings)
        sides = with_consensus(*what) if against == "consensus" else among_coders(*what, pairs=pairs)
        return compared(sides, seed=seed, replicates=replicates, progress=progress)

    def coded_wave(self) -> CodedWave:
        """Return every respondent with the definitive coding of the answer, for frequencies."""
        final = self._definitive()
        everyone = self.respondents
        frame = pd.DataFrame(
            {
                "answer_id": range(len(everyone)),
                "wave_id": 0,
                "row": [r.row for r in everyone],
                "external_id": [r.id for r in everyone],
                "text": None,
                "asked": True,
                "filled_in": True,
                "fingerprint": range(len(everyone)),
                "weight": [r.weight for r in everyone],
                "cluster": pd.Series([r.cluster for r in everyone], dtype=object),
                "stratum": pd.Series([r.stratum for r in everyone], dtype=object),
                "population": pd.Series([r.population for r in everyone], dtype=object),
                "groups": [json.dumps(r.groups, ensure_ascii=False) for r in everyone],
                "status": [said.status if said else "unseen" for said in final],
                "labels": [" ".join(said.labels) if said else "" for said in final],
                "origin": pd.Series(
                    [said.origin if said and said.origin != "skipped" else None for said in final],
                    dtype=object,
                ),
                "codebook_version": [float(self.version.number) if said else np.nan for said in final],
                "knows": None,
                "given": pd.Series([said.labels if said else () for said in final], dtype=object),
                "version": [float(self.version.number) if said else np.nan for said in final],
                "queued": False,
                "certainty": np.nan,
            }
        )
        values = indicators(
            self.version.codebook,
            Meanings([self.version]),
            frame["status"].tolist(),
            frame["given"].tolist(),
            [self.version.number] * len(frame),
        )
        file = self.file
        wave = WaveRecord(
            0,
            file.path.name,
            str(file.path),
            file.sha256,
            "",
            (),
            {"answers": {self.question: []}, "groups": list(self.groups)},
        )
        question = QuestionSettings(self.question, "", self.question)
        settings = Settings(self.question, "nl", "default", 0, {self.question: question}, {})
        return CodedWave(
            question, wave, self.version.codebook, (self.version,), frame, values, None, settings
        )

    def _definitive(self) -> list[Definitive | None]:
        says: list[list[CoderSays]] = [[] for _respondent in self.respondents]
        columns = (self.codings[name] for name in ("answer_id", "coder", "status", "labels", "at"))
        for answer, coder, status, labels, at in zip(*columns, strict=True):
            said = CoderSays(coder, status, tuple(labels.split()), self.version.number, at)
            says[answer].append(said)
        return [definitive(some) if some else None for some in says]


def read_codings_alone(
    path: Path,
    *,
    question: str | None = None,
    wave: str | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    stratum: str | None = None,
    population: str | None = None,
    groups: Sequence[str] = (),
    sheet: str | None = None,
    encoding: str | None = None,
) -> CodingsAlone:
    """Read a file of codings in any form that `coder.study.coding_files` knows, by itself.

    The labels are those that occur. Every respondent in the file counts: a row without a mark is an answer
    that its coder has not seen. A coder called consensus or consensuscodering is the consensus.

    Args:
        question, wave: which one, of a file with a column that names several.
        weight, cluster, stratum, population, groups: columns; without, a column that is called exactly so
            (weight, cluster, stratum, population) is taken, and a note says so.

    Raises CodingFileError, ColumnError, RowError or SurveyFileError: the file is not one of codings, a
    respondent has two codings by one coder, or rows that contradict each other, or a weight is no number.
    """
    about = about_sheet(path)
    file = read_survey(path, sheet=sheet or (about.sheet if about else None), encoding=encoding)
    file, question = _of_one(file, ("question", "vraag"), question, "--question")
    file, wave = _of_one(file, ("wave", "meting"), wave, "--wave")
    design, notes = _design(file, dict(zip(DESIGN, (weight, cluster, stratum, population), strict=True)))
    used = [find_column(file, name) for name in [*design.values(), *groups]]
    read = codings_in(file, about=about, apart=used)
    at = id_column(file)
    ids = stripped(file, at)
    layout = Layout(
        file.columns[at].name,
        {},
        weight=design.get("weight"),
        cluster=design.get("cluster"),
        stratum=design.get("stratum"),
        population=design.get("population"),
        groups=tuple(groups),
    )
    respondents = read_respondents(_a_row_each(file, ids, used), layout)
    number = {one.id: i for i, one in enumerate(respondents)}
    answers = {row: number[id] for row, id in zip(file.row_numbers, ids, strict=True) if id is not None}
    codebook, labels = _labels(read)
    return CodingsAlone(
        question or (about.question if about and about.question else path.stem),
        file,
        CodebookVersion(_NO_CODEBOOK, codebook),
        respondents,
        _codings(read, answers, respondents, labels, about.coder if about else None),
        tuple(groups),
        (*notes, *_versions_note(read)),
    )


def _of_one(
    file: SurveyFile, headings: Sequence[str], asked: str | None, option: str
) -> tuple[SurveyFile, str | None]:
    """Return the rows of one question, or of one wave, and which one it is, when the file tells."""
    at = next((i for i, c in enumerate(file.columns) if c.name.strip().casefold() in headings), None)
    if at is None:
        if asked is not None:
            raise CodingFileError(
                _("{file} has no column {column}: leave {option} out.").format(
                    file=file.path.name, column=headings[0], option=option
                )
            )
        return file, None
    of = stripped(file, at)
    known = list(dict.fromkeys(value for value in of if value is not None))
    if asked is None and len(known) > 1:
        raise CodingFileError(
            _("{file}, column {column}: there are several: {known}; say which with {option}.").format(
                file=file.path.name, column=file.columns[at].name, known=", ".join(known), option=option
            )
        )
    wanted = asked if asked is not None else known[0] if known else None
    if asked is not None and asked not in known:
        raise CodingFileError(
            _("{file}, column {column}: there is no {value}; there are: {known}.").format(
                file=file.path.name, column=file.columns[at].name, value=asked, known=", ".join(known)
            )
        )
    kept = [i for i, value in enumerate(of) if value is None or value == wanted]
    return _rows(file, kept), wanted


def _rows(file: SurveyFile, kept: Sequence[int]) -> SurveyFile:
    return replace(file, rows=[file.rows[i] for i in kept], row_numbers=[file.row_numbers[i] for i in kept])


def _design(file: SurveyFile, named: Mapping[str, str | None]) -> tuple[dict[str, str], list[str]]:
    """Return which columns hold weight, cluster, stratum and population, and what is to be said of them."""
    called = {column.name.strip().casefold(): column.name for column in file.columns}
    found = {what: name or called.get(what) for what, name in named.items()}
    taken = [name for what, name in found.items() if name is not None and named[what] is None]
    notes = []
    if taken:
        notes.append(
            _("{file}: taken for what they are called: {columns}.").format(
                file=file.path.name, columns=", ".join(taken)
            )
        )
    return {what: name for what, name in found.items() if name is not None}, notes


def _a_row_each(file: SurveyFile, ids: Sequence[str | None], columns: Sequence[int]) -> SurveyFile:
    """Return the file with one row a respondent, which says what any of its rows says in these columns."""
    first: dict[str, int] = {}
    rows: dict[str, list[Cell]] = {}
    said: dict[tuple[str, int], int] = {}
    for i, id in enumerate(ids):
        if id is None:
            continue
        first.setdefault(id, i)
        row = rows.setdefault(id, list(file.rows[i]))
        for column in columns:
            own = (as_text(file.rows[i][column]) or "").strip()
            if not own:
                continue
            before = said.setdefault((id, column), i)
            row[column] = file.rows[before][column]
            other = (as_text(file.rows[before][column]) or "").strip()
            if own != other:
                raise CodingFileError(
                    _(
                        "{file}, row {row}, column {column}: {value} contradicts {other} in row {first}, "
                        "of the same respondent {id}; make them the same."
                    ).format(
                        file=file.path.name,
                        row=file.row_numbers[i],
                        column=file.columns[column].name,
                        value=own,
                        other=other,
                        first=file.row_numbers[before],
                        id=id,
                    )
                )
    one_each = _rows(file, list(first.values()))
    return replace(one_each, rows=[tuple(rows[id]) for id in first])


def _labels(read: CodingFile) -> tuple[Codebook, Mapping[str, str]]:
    """Return the labels that occur, residual ones last, and the id of each as the file writes it, folded.

    Those that have a column stand in its order, others by name. A residual label that every codebook starts
    with is recognised by its id and by its name.
    """
    start = Codebook.new("")
    labels: dict[str, Label] = {}
    ids: dict[str, str] = {}
    for name in read.columns or sorted({name for row in read.codings for name in row.labels}):
        if name.casefold() not in ids:
            residual = start.find(name)
            label = Label(make_id(name, {*labels, *start.ids}), name) if residual is None else residual
            labels.setdefault(label.id, replace(label, number=None))
            ids[name.casefold()] = label.id
    return Codebook("", tuple(sorted(labels.values(), key=lambda label: label.residual))), ids


def _codings(
    read: CodingFile,
    answers: Mapping[int, int],
    respondents: Sequence[Respondent],
    labels: Mapping[str, str],
    coder: str | None,
) -> pd.DataFrame:
    """Return codings as the database would, of coders whose names are spelt as they first are."""
    spelt: dict[str, str] = {}
    nobody = not any(row.coder for row in read.codings) and coder is None
    seen: dict[tuple[int, str], FileCoding] = {}
    for row in read.codings:
        who = row.coder or coder or (_("one coder") if nobody else None)
        if who is None:
            raise CodingFileError(
                _("{file}, row {row}: nobody is named as coder; fill in the column coder.").format(
                    file=read.path.name, row=row.row
                )
            )
        folded = who.strip().casefold()
        who = CONSENSUS if folded in _CONSENSUS else spelt.setdefault(folded, who.strip())
        before = seen.setdefault((answers[row.row], who), row)
        if before is not row:
            raise CodingFileError(
                _(
                    "{file}: rows {first} and {row} both hold a coding of respondent {id} by {coder}; "
                    "keep one."
                ).format(file=read.path.name, first=before.row, row=row.row, id=row.id, coder=who)
            )
    frame = pd.DataFrame(
        {
            "answer_id": [answer for answer, _coder in seen],
            "external_id": [respondents[answer].id for answer, _coder in seen],
            "wave_id": 0,
            "cluster": pd.Series([respondents[answer].cluster for answer, _coder in seen], dtype=object),
            "coder": [who for _answer, who in seen],
            "status": [row.status for row in seen.values()],
            "labels": [" ".join(labels[name.casefold()] for name in row.labels) for row in seen.values()],
            "origin": [row.origin or "imported" for row in seen.values()],
            "visible": [_VISIBLE[row.blind] for row in seen.values()],
            "codebook_version": _NO_CODEBOOK,
            "knows": None,
            "at": [row.at or "" for row in seen.values()],
            "memo": [row.memo for row in seen.values()],
        }
    )
    return frame.assign(fingerprint=_alike(frame))


def _alike(codings: pd.DataFrame) -> "npt.NDArray[np.int64]":
    """Number the texts, which the file need not hold: of what somebody coded at once they are the same."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    group = codings.groupby(["coder", "at", "status", "labels"], sort=False).ngroup()
    at_once = (codings["origin"] == "duplicate").groupby(group).transform("any") & (codings["at"] != "")
    answers = int(codings["answer_id"].max()) + 1 if len(codings) else 0
    ends = codings.loc[at_once, "answer_id"].to_numpy(), answers + group[at_once].to_numpy()
    size = answers + len(codings)
    links = coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
    numbers: npt.NDArray[np.int64] = np.asarray(connected_components(links, directed=False)[1], np.int64)
    texts: npt.NDArray[np.int64] = numbers[codings["answer_id"].to_numpy(dtype=np.int64)]
    return texts


def _versions_note(read: CodingFile) -> list[str]:
    """Say that codings of several codebook versions cannot be told apart here."""
    n = len({row.codebook for row in read.codings})
    if n < 2:
        return []
    return [
        _(
            "{file}: codings of {n} codebook versions; what labels meant in each is not known here, so "
            "that a label that was not there yet counts as not given."
        ).format(file=read.path.name, n=n)
    ]
