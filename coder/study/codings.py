"""Human codings into and out of the study, without loss and without doing anything twice."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.progress import Progress, silent
from coder.store import CONSENSUS, Connection, events, queries
from coder.store import codebooks as store_codebooks
from coder.store import waves as store_waves
from coder.store.events import NewCoding
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.coding_files import LONG_COLUMNS, CodingFile, CodingFileError, FileCoding, read_codings
from coder.study.settings import QuestionSettings, with_coders

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class CodingsImport:
    """What an import of codings did.

    Attributes:
        written: codings new to the study, a coder; unchanged: codings that were there already; older:
            codings left out because the study has a newer one by the same coder.
        untouched: rows of the file without any mark: nobody coded them.
        added_labels: labels that --add-labels added.
        not_filled_in: codings of answers that count as not filled in (kept, but outside every table).
    """

    question: str
    wave: str
    form: str
    written: Mapping[str, int]
    unchanged: int
    older: int
    untouched: int
    added_labels: tuple[str, ...]
    not_filled_in: int
    lines: tuple[str, ...]


def import_codings(
    study: "Study",
    path: Path,
    *,
    wave: str | None = None,
    question: str | None = None,
    coder: str | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    add_labels: bool = False,
    random_sample: bool = False,
    progress: Progress = silent,
) -> list[CodingsImport]:
    """Take a file of codings into the study; importing it again changes nothing.

    `wave`, `question` and `coder` hold for rows that do not name their own; a row or a coding sheet of
    another wave or question is an error. `random_sample` declares that the answers in the file were drawn
    at random: what rests on chance (the guarantee of --max-error) stands on these. All or nothing: with any
    error, raised as one CoderError, no coding is taken in.
    """
    file = read_codings(path, sheet=sheet, encoding=encoding, labels=_label_names(study, question))
    coder = _whose(file, coder)
    if not file.codings:
        raise CodingFileError(_("{file}: no row has a coding; nothing was imported.").format(file=path.name))
    progress(_("Importing codings"), 0, len(file.codings))
    with study.database.write() as connection:
        parts = [
            _prepare(study, connection, path, q, w, rows, coder, add_labels)
            for q, w, rows in _by_question_and_wave(study, connection, file, question, wave)
        ]
        results = [_write(study, connection, part, file, random_sample) for part in parts]
    coders = sorted({name for result in results for name in result.written if name != CONSENSUS})
    if any(name not in study.settings.coders for name in coders):
        study.write_settings(lambda text: with_coders(text, coders))
    return results


def _whose(file: CodingFile, coder: str | None) -> str | None:
    """Return who coded the rows that do not say; a coding sheet may say it for all of them."""
    sheet_of = file.about.coder if file.about else None
    if coder is not None and sheet_of is not None and coder.strip() != sheet_of:
        raise CodingFileError(
            _("{file} is the coding sheet of {sheet_of}, not of {coder}; leave --coder out.").format(
                file=file.path.name, sheet_of=sheet_of, coder=coder
            )
        )
    return coder or sheet_of


def _by_question_and_wave(
    study: "Study", connection: Connection, file: CodingFile, question: str | None, wave: str | None
) -> list[tuple[QuestionSettings, WaveRecord, list[FileCoding]]]:
    about = file.about
    groups: dict[tuple[str | None, str | None], list[FileCoding]] = {}
    for row in file.codings:
        its_question = row.question or (about.question if about else None)
        its_wave = row.wave or (about.wave if about else None)
        for option, asked, own in (("--question", question, its_question), ("--wave", wave, its_wave)):
            if asked is not None and own is not None and asked != own:
                raise CodingFileError(
                    _("{file}, row {row}: it is of {own}, not of {asked}; leave {option} out.").format(
                        file=file.path.name, row=row.row, own=own, asked=asked, option=option
                    )
                )
        groups.setdefault((its_question or question, its_wave or wave), []).append(row)
    return [(study.question(q), study.wave(connection, w), rows) for (q, w), rows in groups.items()]


@dataclass(frozen=True)
class _Prepared:
    question: QuestionSettings
    wave: WaveRecord
    codings: list[tuple[FileCoding, str, tuple[str, ...], int]]
    new_codebook: Codebook | None
    added: tuple[str, ...]


def _prepare(
    study: "Study",
    connection: Connection,
    path: Path,
    question: QuestionSettings,
    wave: WaveRecord,
    rows: Sequence[FileCoding],
    coder: str | None,
    add_labels: bool,
) -> _Prepared:
    """Check everything that can be wrong before anything is written."""
    codebook = study.codebook(question)
    number = codebooks.question_number(study, connection, question)
    answers = queries.answer_numbers(connection, number, wave.id)
    by_hash = {_version_hash(v["yaml"]): v["number"] for v in queries.codebook_versions(connection, number)}
    unknown = list(dict.fromkeys(name for row in rows for name in row.labels if codebook.find(name) is None))
    new_codebook = None
    if unknown and not add_labels:
        raise CodingFileError(
            ngettext(
                "{file}: {n} label is not in {codebook}: {labels}; mend the file, or add it with "
                "--add-labels.",
                "{file}: {n} labels are not in {codebook}: {labels}; mend the file, or add them with "
                "--add-labels.",
                len(unknown),
            ).format(file=path.name, n=len(unknown), codebook=question.codebook, labels=", ".join(unknown))
        )
    if unknown:
        codebook = new_codebook = codebooks.with_new_labels(codebook, unknown)
    seen: dict[tuple[str, str], int] = {}
    checked = []
    for row in rows:
        who = row.coder or coder
        if who is None:
            raise CodingFileError(
                _("{file}, row {row}: nobody is named as coder; say --coder NAME.").format(
                    file=path.name, row=row.row
                )
            )
        who = CONSENSUS if who.strip().casefold() == CONSENSUS else who.strip()
        if row.id not in answers:
            raise CodingFileError(
                _("{file}, row {row}, column id: there is no respondent {id} in wave {wave}.").format(
                    file=path.name, row=row.row, id=row.id, wave=wave.name
                )
            )
        if (row.id, who) in seen:
            raise CodingFileError(
                _(
                    "{file}: rows {first} and {row} both hold a coding of respondent {id} by {coder}; "
                    "keep one."
                ).format(file=path.name, first=seen[row.id, who], row=row.row, id=row.id, coder=who)
            )
        seen[row.id, who] = row.row
        ids = tuple(dict.fromkeys(found.id for name in row.labels if (found := codebook.find(name))))
        _check_exclusive(path, row, codebook, ids)
        version = 0
        if row.codebook is not None:
            if row.codebook not in by_hash:
                raise CodingFileError(
                    _(
                        "{file}, row {row}: it was coded with a codebook that this study does not have "
                        "({hash}); import that codebook first with 'coder codebook import'."
                    ).format(file=path.name, row=row.row, hash=row.codebook)
                )
            version = by_hash[row.codebook]
        checked.append((row, who, ids, version))
    return _Prepared(question, wave, checked, new_codebook, tuple(unknown))


def _check_exclusive(path: Path, row: FileCoding, codebook: Codebook, ids: Sequence[str]) -> None:
    alone = [i for i in ids if codebook.label(i).exclusive]
    if alone and len(ids) > 1:
        raise CodingFileError(
            _("{file}, row {row}: label {label} cannot be combined with others.").format(
                file=path.name, row=row.row, label=codebook.label(alone[0]).name
            )
        )


def _write(
    study: "Study", connection: Connection, part: _Prepared, file: CodingFile, random_sample: bool
) -> CodingsImport:
    lines: list[str] = []
    if part.new_codebook is not None:
        lines = codebooks.replace_codebook(study, connection, part.question, part.new_codebook)
    if file.memo_only:
        lines.append(
            _("{file}, row {row}: a memo without a label or a status was not taken over.").format(
                file=file.path.name, row=", ".join(str(row) for row in file.memo_only)
            )
        )
    written: Counter[str] = Counter()
    unchanged = older = 0
    number = codebooks.question_number(study, connection, part.question)
    newest = codebooks.versions(connection, number)[-1].number
    answers = queries.answer_numbers(connection, number, part.wave.id)
    frame = queries.answers(connection, number, [part.wave.id])
    blank = set(frame.loc[~frame["filled_in"].astype(bool), "answer_id"])
    current = _current(connection, number, part.wave.id)
    coders = {who: events.coder_id(connection, who) for _row, who, _ids, _v in part.codings}
    new: list[NewCoding] = []
    for row, who, ids, version in part.codings:
        answer = answers[row.id]
        coding = NewCoding(
            answer_id=answer,
            coder_id=coders[who],
            status=row.status,
            labels=ids,
            origin=_origin(row, who),
            visible="yes" if who == CONSENSUS else _VISIBLE[row.blind],
            codebook_version=version or newest,
            memo=row.memo,
            at=row.at,
        )
        there = current.get((answer, who))
        if there is not None and _same(there, coding):
            unchanged += 1
        elif there is not None and coding.at is not None and str(there["at"]) > coding.at:
            older += 1
        else:
            new.append(coding)
            written[who] += 1
    events.record_codings(connection, number, new)
    if random_sample:
        drawn = sorted({answers[row.id] for row, _who, _ids, _v in part.codings})
        store_codebooks.add_to_sample(connection, drawn, "random")
    return CodingsImport(
        part.question.name,
        part.wave.name,
        file.form,
        dict(written),
        unchanged,
        older,
        file.untouched,
        part.added,
        sum(c.answer_id in blank for c in new),
        tuple(lines),
    )


_VISIBLE = {True: "no", False: "yes", None: "unknown"}
_BLIND = {"no": "1", "yes": "0", "unknown": ""}


def _origin(row: FileCoding, who: str) -> str:
    if row.origin in events.ORIGINS:
        return str(row.origin)
    return "adjudicated" if who == CONSENSUS else "imported"


def _current(connection: Connection, number: int, wave: int) -> dict[tuple[int, str], Mapping[str, object]]:
    frame = queries.codings(connection, number, [wave])
    records: list[dict[str, object]] = [
        dict(zip(frame.columns, row, strict=True)) for row in frame.to_numpy()
    ]
    return {(int(str(r["answer_id"])), str(r["coder"])): r for r in records}


def _same(there: Mapping[str, object], coding: NewCoding) -> bool:
    return (
        there["status"] == coding.status
        and there["labels"] == " ".join(coding.labels)
        and (there["memo"] or None) == coding.memo
        and there["visible"] == coding.visible
        and (coding.at is None or there["at"] == coding.at)
    )


def export_codings(
    study: "Study",
    path: Path,
    coder: str,
    *,
    question: str | None = None,
    wave: str | None = None,
) -> int:
    """Write one coder's current codings to a file that another computer's study takes in without loss.

    Returns the number of codings. Raises CoderError when the coder has none.
    """
    from coder.writers import write_codings

    if path.suffix.casefold() != ".csv":
        raise CoderError(_("{file}: codings are written as .csv; end its name in .csv.").format(file=path))
    coder = CONSENSUS if coder.strip().casefold() == CONSENSUS else coder.strip()
    rows: list[tuple[str, ...]] = []
    with study.database.read() as connection:
        for q in study.questions(question):
            number = queries.questions(connection).get(q.name)
            if number is None:
                continue
            recorded = queries.codebook_versions(connection, number)
            hashes = {v["number"]: _version_hash(v["yaml"]) for v in recorded}
            for w in study.waves_named(connection, wave):
                frame = queries.codings(connection, number, [w.id])
                # who is no longer in the file cannot be found by another study either
                there = frame["external_id"].isin(store_waves.active_respondents(connection, w.id))
                rows += [
                    (
                        r["external_id"],
                        w.name,
                        q.name,
                        r["coder"],
                        r["labels"].replace(" ", "|"),
                        r["status"],
                        _BLIND[r["visible"]],
                        r["origin"],
                        r["at"],
                        r["memo"] or "",
                        hashes[r["codebook_version"]],
                    )
                    for r in frame[there & (frame["coder"] == coder)].to_dict("records")
                ]
    if not rows:
        raise CoderError(
            _("{coder} has no codings here; the study knows: {known}.").format(
                coder=coder, known=", ".join(_known_coders(study)) or "-"
            )
        )
    write_codings(path, LONG_COLUMNS, rows)
    return len(rows)


def _known_coders(study: "Study") -> list[str]:
    with study.database.read() as connection:
        return list(events.coders(connection).values())


def _version_hash(yaml: str) -> str:
    """Return the name under which another study recognises the same version of a codebook."""
    return hashlib.sha256(yaml.encode("utf-8")).hexdigest()[:12]


def _label_names(study: "Study", question: str | None) -> list[str]:
    questions = study.questions(question) if question is not None else study.settings.questions.values()
    names = []
    for q in questions:
        for label in study.codebook(q).labels:
            names += [label.id, label.name]
    return names
