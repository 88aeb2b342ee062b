"""What can be wrong with a file of codings, looked at before anything of it is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.messages import _, ngettext
from coder.store import CONSENSUS, Connection, events, queries
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.coding_files import CodingFile, CodingFileError, FileCoding
from coder.study.settings import QuestionSettings
from coder.study.sharing import NO_VERSION, version_hash

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class PreparedCodings:
    """The codings of a file for one question and wave, found right.

    Attributes:
        codings: (row, coder, label ids, codebook version; None when the row names none).
        columns: ids of the labels that have a column in a wide file.
        answers: respondent id to answer number; added: names of the labels that the file adds.
    """

    question: QuestionSettings
    wave: WaveRecord
    codings: list[tuple[FileCoding, str, tuple[str, ...], int | None]]
    columns: tuple[str, ...]
    answers: dict[str, int]
    added: tuple[str, ...]


def by_question_and_wave(
    study: "Study", connection: Connection, file: CodingFile, question: str | None, wave: str | None
) -> list[tuple[QuestionSettings, WaveRecord, list[FileCoding]]]:
    """Divide a file's codings over questions and waves; a row of another one than asked for is an error."""
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


def _finder(codebook: Codebook, former: Mapping[str, str]) -> Callable[[str], str | None]:
    """Return what finds a label by its id, its name, or a name it had before."""

    def find(name: str) -> str | None:
        found = codebook.find(name)
        return former.get(name.strip().casefold()) if found is None else found.id

    return find


def codebooks_with_new_labels(
    study: "Study",
    connection: Connection,
    path: Path,
    groups: Sequence[tuple[QuestionSettings, WaveRecord, list[FileCoding]]],
    add_labels: bool,
) -> dict[str, tuple[Codebook, tuple[str, ...]]]:
    """Return each question's codebook with the labels that the file adds, and their names, unwritten."""
    planned: dict[str, tuple[Codebook, tuple[str, ...]]] = {}
    for question in {q.name: q for q, _w, _rows in groups}.values():
        codebook = study.codebook(question)
        number = codebooks.question_number(study, connection, question)
        find = _finder(codebook, codebooks.former_names(codebooks.versions(connection, number)))
        names = [name for q, _w, rows in groups if q == question for row in rows for name in row.labels]
        unknown = [name for name in dict.fromkeys(names) if find(name) is None]
        if unknown and not add_labels:
            raise CodingFileError(
                ngettext(
                    "{file}: {n} label is not in {codebook}: {labels}; mend the file, or add it with "
                    "--add-labels.",
                    "{file}: {n} labels are not in {codebook}: {labels}; mend the file, or add them with "
                    "--add-labels.",
                    len(unknown),
                ).format(
                    file=path.name, n=len(unknown), codebook=question.codebook, labels=", ".join(unknown)
                )
            )
        if unknown:
            codebook = codebooks.with_new_labels(codebook, unknown)
        planned[question.name] = (codebook, tuple(unknown))
    return planned


def prepare(
    connection: Connection,
    study: "Study",
    file: CodingFile,
    question: QuestionSettings,
    wave: WaveRecord,
    rows: Sequence[FileCoding],
    coder: str | None,
    planned: tuple[Codebook, tuple[str, ...]],
) -> PreparedCodings:
    """Check everything that can be wrong before anything is written."""
    codebook, added = planned
    number = codebooks.question_number(study, connection, question)
    answers = queries.answer_numbers(connection, number, wave.id, [row.id for row in rows])
    recorded = codebooks.versions(connection, number)
    by_hash = {version_hash(v.codebook): v.number for v in recorded}
    known = _finder(codebook, codebooks.former_names(recorded))
    # one person is one coder, however the name is written
    spelt = {name.casefold(): name for name in events.coders(connection).values()}
    seen: dict[tuple[str, str], int] = {}
    checked = []
    for row in rows:
        who = row.coder or coder
        if who is None:
            raise CodingFileError(
                _("{file}, row {row}: nobody is named as coder; say --coder NAME.").format(
                    file=file.path.name, row=row.row
                )
            )
        who = spelt.setdefault(who.strip().casefold(), who.strip())
        who = CONSENSUS if who.casefold() == CONSENSUS else who
        if row.id not in answers:
            raise CodingFileError(
                _("{file}, row {row}, column id: there is no respondent {id} in wave {wave}.").format(
                    file=file.path.name, row=row.row, id=row.id, wave=wave.name
                )
            )
        if (row.id, who) in seen:
            raise CodingFileError(
                _(
                    "{file}: rows {first} and {row} both hold a coding of respondent {id} by {coder}; "
                    "keep one."
                ).format(file=file.path.name, first=seen[row.id, who], row=row.row, id=row.id, coder=who)
            )
        seen[row.id, who] = row.row
        ids = tuple(dict.fromkeys(id for name in row.labels if (id := known(name)) is not None))
        _check_exclusive(file.path, row, codebook, ids)
        version = None
        if row.codebook == NO_VERSION:
            version = 0
        elif row.codebook is not None:
            theirs, _sign, name_of_version = row.codebook.partition(":")
            if name_of_version not in by_hash:
                raise CodingFileError(
                    _(
                        "{file}, row {row}: it was coded with version {number} of the other study's "
                        "codebook, which this study does not have: there "
                        "'coder codebook export --version {number}', here 'coder codebook import', "
                        "then import the current codebook again."
                    ).format(file=file.path.name, row=row.row, number=theirs)
                )
            version = by_hash[name_of_version]
        checked.append((row, who, ids, version))
    columns = tuple(id for name in file.columns if (id := known(name)) is not None)
    return PreparedCodings(question, wave, checked, columns, answers, added)


def _check_exclusive(path: Path, row: FileCoding, codebook: Codebook, ids: Sequence[str]) -> None:
    alone = [i for i in ids if codebook.label(i).exclusive]
    if alone and len(ids) > 1:
        raise CodingFileError(
            _("{file}, row {row}: label {label} cannot be combined with others.").format(
                file=path.name, row=row.row, label=codebook.label(alone[0]).name
            )
        )
