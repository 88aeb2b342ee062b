"""What leaves the study: the coded set, as a workbook or CSV."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from coder.codebook import CodebookVersion, compare_codebooks
from coder.errors import CoderError
from coder.messages import _
from coder.progress import Progress, silent
from coder.reports.accountability import ModelRun, accountability
from coder.reports.coded_set import Cell, CodedPart, CodedQuestion, CodedSet
from coder.reports.tables import AgreementTable, FrequencyTable
from coder.store import CONSENSUS, marks, queries
from coder.store import waves as store_waves
from coder.store.runs import RunRecord
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.agreement import agreement_tables
from coder.study.bases import knows_who_was_asked
from coder.study.coded_waves import CodedWave, coded_wave
from coder.study.corrections import usable_audit
from coder.study.frequencies import frequency_tables
from coder.study.phases import phases_begun
from coder.study.settings import QuestionSettings
from coder.version import __version__

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class ExportResult:
    """What was written, and what the format could not hold (a line each)."""

    path: Path
    respondents: int
    waves: tuple[str, ...]
    questions: tuple[str, ...]
    losses: tuple[str, ...]


def export(
    study: "Study",
    path: Path,
    *,
    wave: str | None = None,
    by: Sequence[str] = (),
    answers: bool = True,
    progress: Progress = silent,
) -> ExportResult:
    """Write the coded set of one wave, or of all, to .xlsx or .csv.

    `by` adds frequency tables by these background variables. Raises CoderError for another suffix, or
    when there is nothing to write.
    """
    from coder.writers import write_csv, write_workbook

    writers = {".xlsx": write_workbook, ".csv": write_csv}
    writer = writers.get(study.outside(path).suffix.casefold())
    if writer is None:
        raise CoderError(
            _("{file}: exports end in {suffixes}; choose one of these.").format(
                file=path.name, suffixes=", ".join(writers)
            )
        )
    coded = coded_set(study, wave=wave, by=by, progress=progress)
    progress(_("Writing {file}").format(file=path.name), 0, 0)
    losses = writer(coded, path, answers=answers)
    return ExportResult(
        path, len(coded.rows), coded.waves, tuple(q.name for q in coded.questions), tuple(losses)
    )


def coded_set(
    study: "Study", *, wave: str | None = None, by: Sequence[str] = (), progress: Progress = silent
) -> CodedSet:
    """Gather everything an export holds: original rows, codings, tables, and how they came about."""
    with study.database.read() as connection:
        waves = study.waves_named(connection, wave)
        known = queries.questions(connection)
    questions = [q for q in study.settings.questions.values() if q.name in known]
    if not questions:
        raise CoderError(_("The study has no question with answers yet; there is nothing to export."))
    parts: list[CodedQuestion] = []
    runs: dict[str, list[ModelRun]] = {}
    provenance = _provenance(study, waves)
    for done, question in enumerate(questions):
        progress(_("Computing"), done, len(questions))
        coded = [coded_wave(study, question, w) for w in waves if question.name in w.layout["answers"]]
        if not coded:
            continue
        frequencies = _frequencies(study, coded, by)
        agreement = _agreement(study, question, [c.wave for c in coded], progress)
        parts.append(_question(study, question, waves, coded, frequencies, agreement))
        runs[question.name] = [_run(c.wave, c.run) for c in coded if c.run is not None]
        provenance += _question_provenance(question, coded)
    if not parts:
        raise CoderError(_("These waves have no question of the study; there is nothing to export."))
    columns, rows, ids = _rows(study, waves)
    return CodedSet(
        study=study.settings.name,
        created=dt.datetime.now().replace(microsecond=0),
        program_version=__version__,
        waves=tuple(w.name for w in waves),
        columns=columns,
        rows=rows,
        ids=ids,
        questions=tuple(parts),
        provenance=tuple(provenance),
        accountability=accountability(parts, runs, program_version=__version__),
    )


def _frequencies(study: "Study", coded: Sequence[CodedWave], by: Sequence[str]) -> list[FrequencyTable]:
    """Return the tables of each wave, corrected where it has an audit sample that can be used."""
    tables = []
    for c in coded:
        audit, unused = usable_audit(study, c)
        for group in (None, *by):
            tables += [
                replace(table, unused_audit=unused) for table in frequency_tables(c, by=group, audit=audit)
            ]
    return tables


def _agreement(
    study: "Study", question: QuestionSettings, waves: Sequence[WaveRecord], progress: Progress
) -> list[AgreementTable]:
    """Return the agreement of coders, of pairs by whole sets, with the consensus and with the model."""
    tables = agreement_tables(study, question, waves, pairs="sets", versions=True, progress=progress)
    tables += agreement_tables(study, question, waves, against="consensus", progress=progress)
    for wave in waves:
        # without a run that says something of what people coded there is nothing to compare with
        with suppress(CoderError):
            tables += agreement_tables(study, question, [wave], against="model", progress=progress)
    return tables


def _question(
    study: "Study",
    question: QuestionSettings,
    waves: Sequence[WaveRecord],
    coded: Sequence[CodedWave],
    frequencies: Sequence[FrequencyTable],
    agreement: Sequence[AgreementTable],
) -> CodedQuestion:
    newest = coded[0].versions[-1]
    active = tuple(label.id for label in newest.codebook.active)
    by_wave = {c.wave.id: c for c in coded}
    answers: list[str | None] = []
    status: list[str] = []
    origin: list[str | None] = []
    certainty: list[float | None] = []
    queued: list[bool] = []
    labels: list[tuple[str, ...]] = []
    values = []
    coders: dict[str, int] = {}
    answer_columns: dict[str, None] = {}
    quotes: set[int] = set()
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        quoted = marks.marked(connection, "quote", number)
        phases = tuple(dict.fromkeys(one.phase for one in phases_begun(connection, number)))
        for wave in waves:
            c = by_wave.get(wave.id)
            if c is None:
                n = len(store_waves.active_respondents(connection, wave.id))
                answers += [None] * n
                status += ["not_asked"] * n
                origin += [None] * n
                certainty += [None] * n
                queued += [False] * n
                labels += [()] * n
                values.append(np.full((n, len(active)), np.nan))
                continue
            frame = c.frame
            quotes |= {len(answers) + int(place) for place in np.flatnonzero(frame["answer_id"].isin(quoted))}
            answers += frame["text"].tolist()
            status += frame["status"].tolist()
            origin += frame["origin"].where(frame["origin"].notna(), None).tolist()
            certainty += [None if np.isnan(v) else float(v) for v in frame["certainty"].astype(float)]
            queued += frame["queued"].tolist()
            labels += frame["given"].tolist()
            values.append(c.values)
            answer_columns |= dict.fromkeys(wave.layout["answers"][question.name])
            made = queries.codings(connection, number, [wave.id])
            made = made[made["answer_id"].isin(frame.loc[frame["filled_in"].astype(bool), "answer_id"])]
            decided = made.loc[(made["status"] != "skipped") & (made["coder"] != CONSENSUS), "coder"]
            for name, n in decided.value_counts(sort=False).items():
                coders[str(name)] = coders.get(str(name), 0) + int(n)
    return CodedQuestion(
        name=question.name,
        short=question.short,
        text=newest.codebook.question,
        codebook=newest.codebook,
        version=newest.number,
        history=_history(coded[0].versions),
        answers=answers,
        status=status,
        origin=origin,
        certainty=certainty,
        queued=queued,
        labels=labels,
        labels_in_order=active,
        values=np.concatenate(values),
        coders=coders,
        frequencies=tuple(frequencies),
        agreement=tuple(agreement),
        answer_columns=tuple(answer_columns),
        quotes=frozenset(quotes),
        phases=phases,
        parts=tuple(part for c in coded for part in _parts(c, frequencies)),
    )


def _parts(coded: CodedWave, tables: Sequence[FrequencyTable]) -> list[CodedPart]:
    """Count the answers of a wave, a record for each of its populations."""
    corrected = any(table.audit is not None for table in tables if table.wave == coded.wave.name)
    names = coded.frame["population"]
    if names.notna().any():
        names = names.fillna(_("population not stated"))
    parts = []
    for name, of in coded.frame.groupby(names.fillna(""), sort=True):
        asked = int((of["asked"] == True).sum()) if knows_who_was_asked(coded) else None  # noqa: E712
        filled, automatic = int(of["filled_in"].sum()), int((of["origin"] == "automatic").sum())
        parts.append(
            CodedPart(coded.wave.name, str(name) or None, len(of), asked, filled, automatic, corrected)
        )
    return parts


def _history(recorded: Sequence[CodebookVersion]) -> tuple[str, ...]:
    lines = []
    for before, version in zip([None, *recorded], recorded, strict=False):
        changes = [] if before is None else compare_codebooks(before.codebook, version.codebook)
        what = codebooks.summary(changes) if before is not None else _("first version")
        lines.append(
            _("version {number} ({date}): {changes}").format(
                number=version.number, date=version.at[:10], changes=what
            )
        )
    return tuple(reversed(lines))


def _rows(
    study: "Study", waves: Sequence[WaveRecord]
) -> tuple[tuple[str, ...], list[tuple[Cell, ...]], list[str]]:
    """Return the original columns of all waves side by side, each wave's cells under its own names."""
    names: dict[tuple[str, int], int] = {}
    for wave in waves:
        for key in _keys(wave):
            names.setdefault(key, len(names))
    several = len(waves) > 1
    rows: list[tuple[Cell, ...]] = []
    ids: list[str] = []
    with study.database.read() as connection:
        for wave in waves:
            places = [names[key] for key in _keys(wave)]
            straight = not several and places == list(range(len(names)))
            for identifier, cells in store_waves.originals(connection, wave.id):
                ids.append(identifier)
                if straight:
                    rows.append(cells)
                    continue
                row: list[Cell] = [None] * len(names)
                for place, cell in zip(places, cells, strict=True):
                    row[place] = cell
                rows.append((wave.name, *row) if several else tuple(row))
    columns = tuple(name for name, _nth in names)
    return ((_wave_column(columns), *columns) if several else columns), rows, ids


def _keys(wave: WaveRecord) -> list[tuple[str, int]]:
    """Return a wave's columns as (name, how many with that name before it): two may share a name."""
    seen: Counter[str] = Counter()
    keys = []
    for column in wave.columns:
        name = column["name"]
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys


def _wave_column(columns: Sequence[str]) -> str:
    name = _("wave")
    while name in columns:
        name += "_"
    return name


def _run(wave: WaveRecord, run: RunRecord) -> ModelRun:
    pipeline, _sep, encoder = run.pipeline.partition("+")
    return ModelRun(
        number=run.id,
        wave=wave.name,
        created=dt.datetime.fromisoformat(run.at),
        pipeline=pipeline,
        encoder="" if encoder == "none" else encoder,
        seed=run.seed,
        codebook_version=run.codebook_version,
        trained_on=run.trained_on,
    )


def _provenance(study: "Study", waves: Sequence[WaveRecord]) -> list[tuple[str, str]]:
    lines = [
        (_("Language pipeline"), study.settings.pipeline),
        (_("Seed"), str(study.settings.seed)),
    ]
    for wave in waves:
        lines.append(
            (
                _("Wave {wave}").format(wave=wave.name),
                _("{file}, imported on {date}, SHA-256 {hash}").format(
                    file=wave.file, date=wave.imported_at[:10], hash=wave.sha256
                ),
            )
        )
    return lines


def _question_provenance(question: QuestionSettings, coded: Sequence[CodedWave]) -> list[tuple[str, str]]:
    newest = coded[0].versions[-1]
    lines = [
        (
            _("Codebook {question}").format(question=question.name),
            _("version {number} of {date}").format(number=newest.number, date=newest.at[:10]),
        )
    ]
    for c in coded:
        if c.run is not None:
            lines.append(
                (
                    _("Automatic labels {question}, wave {wave}").format(
                        question=question.name, wave=c.wave.name
                    ),
                    _(
                        "run {run} of {date}: {pipeline}, seed {seed}, codebook version {version}, "
                        "learnt from {n} coded answers"
                    ).format(
                        run=c.run.id,
                        date=c.run.at[:10],
                        pipeline=c.run.pipeline,
                        seed=c.run.seed,
                        version=c.run.codebook_version,
                        n=c.run.trained_on,
                    ),
                )
            )
    return lines
