"""Human codings into and out of the study, without loss and without doing anything twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.messages import _, ngettext
from coder.progress import Progress, silent
from coder.store import CONSENSUS, Connection, events, queries
from coder.store import codebooks as store_codebooks
from coder.store.events import NewCoding
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.coding_files import CodingFile, CodingFileError, FileCoding, read_codings
from coder.study.settings import QuestionSettings, with_coders
from coder.study.sharing import version_hash

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
    blind: bool = False,
    read_again: bool = False,
    progress: Progress = silent,
) -> list[CodingsImport]:
    """Take a file of codings into the study; importing it again changes nothing.

    `wave`, `question` and `coder` hold for rows that do not name their own; a row or a coding sheet of
    another wave or question is an error. Codings count as made with the codebook version that their row
    names, else with the one their coding sheet was made with, else with the newest.

    The person declares what a file cannot show: `blind`, that rows that do not say were coded without
    seeing suggestions or other coders' work; `random_sample`, that the answers were drawn at random (what
    rests on chance, the guarantee of --max-error, stands on these); `read_again`, that every coding in the
    file was read again, so that one which stays the same knows the labels that came since.

    All or nothing: with any error, raised as one CoderError, no coding is taken in.
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
        results = [_write(study, connection, part, file, random_sample, blind, read_again) for part in parts]
    coders = sorted({who for part in parts for _row, who, _ids, _v in part.codings} - {CONSENSUS})
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
    recorded = codebooks.versions(connection, number)
    by_hash = {version_hash(v.codebook): v.number for v in recorded}
    former = codebooks.former_names(recorded)

    def known(name: str) -> str | None:
        found = codebook.find(name)
        return former.get(name.strip().casefold()) if found is None else found.id

    unknown = list(dict.fromkeys(name for row in rows for name in row.labels if known(name) is None))
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
        ids = tuple(dict.fromkeys(id for name in row.labels if (id := known(name)) is not None))
        _check_exclusive(path, row, codebook, ids)
        version = 0
        if row.codebook is not None:
            theirs, _sign, name_of_version = row.codebook.partition(":")
            if name_of_version not in by_hash:
                raise CodingFileError(
                    _(
                        "{file}, row {row}: it was coded with version {number} of the other study's "
                        "codebook, which this study does not have: there "
                        "'coder codebook export --version {number}', here 'coder codebook import', "
                        "then import the current codebook again."
                    ).format(file=path.name, row=row.row, number=theirs)
                )
            version = by_hash[name_of_version]
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
    study: "Study",
    connection: Connection,
    part: _Prepared,
    file: CodingFile,
    random_sample: bool,
    blind: bool,
    read_again: bool,
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
    made_with = min(newest, file.about.version or newest) if file.about else newest
    if read_again and made_with < newest:
        raise CodingFileError(
            _(
                "{file} was made with codebook version {old}, now it is {new}: make a new coding sheet, and "
                "read the answers again in that."
            ).format(file=file.path.name, old=made_with, new=newest)
        )
    # a label that a coder used anywhere in a sheet was known to that coder, though it came after the sheet
    used: dict[str, dict[str, None]] = {}
    for _row, who, ids, _version in part.codings:
        used.setdefault(who, {}).update(dict.fromkeys(ids))
    answers = queries.answer_numbers(connection, number, part.wave.id)
    frame = queries.answers(connection, number, [part.wave.id])
    blank = set(frame.loc[~frame["filled_in"].astype(bool), "answer_id"])
    current = _current(connection, number, part.wave.id)
    coders = {who: events.coder_id(connection, who) for _row, who, _ids, _v in part.codings}
    new: list[NewCoding] = []
    for row, who, ids, version in part.codings:
        answer = answers[row.id]
        seen_blind = True if blind and row.blind is None else row.blind
        coding = NewCoding(
            answer_id=answer,
            coder_id=coders[who],
            status=row.status,
            labels=ids,
            origin=_origin(row, who),
            visible="yes" if who == CONSENSUS else _VISIBLE[seen_blind],
            codebook_version=version or made_with,
            memo=row.memo,
            at=row.at,
            knows=row.knows if version else tuple(used[who]) if file.about else (),
        )
        there = current.get((answer, who))
        if there is not None and _same(there, coding) and not (read_again and _older(there, coding)):
            unchanged += 1
        elif there is not None and coding.at is not None and str(there["at"]) > coding.at:
            older += 1
        else:
            if there is not None and coding.visible == "unknown" and _same(there, coding):
                coding = replace(coding, visible=str(there["visible"]))
            new.append(coding)
            written[who] += 1
    events.record_codings(connection, number, new)
    lines += _unknown_to(connection, number, new)
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


def _unknown_to(connection: Connection, number: int, new: Sequence[NewCoding]) -> list[str]:
    """Say which labels some of the new codings do not know, because they came after these were made."""
    recorded = codebooks.versions(connection, number)
    since = codebooks.since(recorded)
    labels = {
        label.name: None
        for label in recorded[-1].codebook.active
        for coding in new
        if coding.codebook_version < since[label.id] and label.id not in coding.knows
    }
    if not labels:
        return []
    return [
        _(
            "Labels that came later are unknown in these codings, not absent: {labels}. To make them known: "
            "a new coding sheet, read again, and --read-again at its import."
        ).format(labels=", ".join(labels))
    ]


_VISIBLE = {True: "no", False: "yes", None: "unknown"}


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


def _older(there: Mapping[str, object], coding: NewCoding) -> bool:
    return int(str(there["codebook_version"])) < coding.codebook_version


def _same(there: Mapping[str, object], coding: NewCoding) -> bool:
    return (
        there["status"] == coding.status
        and there["labels"] == " ".join(coding.labels)
        and (there["memo"] or None) == coding.memo
        # what a file does not say takes nothing back
        and coding.visible in {"unknown", there["visible"]}
        and (coding.at is None or there["at"] == coding.at)
    )


def _label_names(study: "Study", question: str | None) -> list[str]:
    questions = study.questions(question) if question is not None else study.settings.questions.values()
    names = []
    for q in questions:
        for label in study.codebook(q).labels:
            names += [label.id, label.name]
    return names
