"""Human codings into and out of the study, without loss and without doing anything twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Meanings
from coder.messages import _
from coder.progress import Progress, silent
from coder.store import CONSENSUS, Connection, actions, events, queries
from coder.store import codebooks as store_codebooks
from coder.store.events import NewCoding
from coder.study import codebooks
from coder.study.audit_breaches import VoidsAuditError, refuse_voiding
from coder.study.checking import PreparedCodings, by_question_and_wave, codebooks_with_new_labels, prepare
from coder.study.codebook_files import files_that_stay
from coder.study.coding_files import CodingFile, CodingFileError, FileCoding, read_codings
from coder.study.sample_files import codings_asked_again, samples_left_out
from coder.study.settings import with_coders

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
    bridge: bool = False,
    void_audit: bool = False,
    progress: Progress = silent,
) -> list[CodingsImport]:
    """Take a file of codings into the study; importing it again changes nothing.

    `wave`, `question` and `coder` hold for rows that do not name their own; a row or a coding sheet of
    another wave or question is an error. Codings count as made with the codebook version that their row
    names, else with the one their coding sheet was made with, else with the newest.

    The person declares what a file cannot show: `blind`, that rows that do not say were coded without
    seeing suggestions or other coders' work; `random_sample`, that the answers were drawn at random (what
    rests on chance, the guarantee of --max-error, stands on these); `read_again`, that every coding in the
    file was read again, so that one which stays the same knows the labels that came since; `bridge`, that
    these are answers of an earlier wave coded again, blind, by who was asked to (see `coder.study.bridging`);
    `void_audit`, that codings outside an audit sample may make that void. The coding sheet of an audit or a
    bridge sample says by itself that it was coded blind, and for which of these.

    All that a file brings in of one coder is one action, which undo takes back.

    All or nothing: with any error, raised as one CoderError, no coding is taken in.
    """
    file = read_codings(path, sheet=sheet, encoding=encoding, labels=_label_names(study, question))
    coder = _whose(file, coder)
    if not file.codings:
        raise CodingFileError(_("{file}: no row has a coding; nothing was imported.").format(file=path.name))
    progress(_("Importing codings"), 0, len(file.codings))
    with files_that_stay(study), study.database.write() as connection:
        groups = by_question_and_wave(study, connection, file, question, wave)
        planned = codebooks_with_new_labels(study, connection, path, groups, add_labels)
        parts = [
            prepare(connection, study, file, q, w, rows, coder, planned[q.name]) for q, w, rows in groups
        ]
        # one change of a codebook, however many waves the file holds
        lines = {
            name: codebooks.replace_codebook(study, connection, study.question(name), codebook)
            for name, (codebook, added) in planned.items()
            if added
        }
        purpose = file.about.purpose if file.about else None
        declared = _Declared(
            random_sample,
            blind or purpose is not None,
            read_again,
            bridge or purpose == "bridge",
            void_audit,
        )
        results = [
            _write(study, connection, part, file, declared, lines.pop(part.question.name, []))
            for part in parts
        ]
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


@dataclass(frozen=True)
class _Declared:
    """What the person declares of a file (see `import_codings`)."""

    random_sample: bool
    blind: bool
    read_again: bool
    bridge: bool
    void_audit: bool


def _write(
    study: "Study",
    connection: Connection,
    part: PreparedCodings,
    file: CodingFile,
    declared: _Declared,
    lines: list[str],
) -> CodingsImport:
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
    if file.columns:
        made_with = 0  # of a label without a column a wide file says nothing
    if declared.read_again and file.about and made_with < newest:
        raise CodingFileError(
            _(
                "{file} was made with codebook version {old}, now it is {new}: make a new coding sheet, and "
                "read the answers again in that."
            ).format(file=file.path.name, old=made_with, new=newest)
        )
    # a label that a coder used anywhere in a sheet was known to that coder, though it came after the sheet
    used: dict[str, dict[str, None]] = {}
    for _row, who, ids, _version in part.codings:
        used.setdefault(who, dict.fromkeys(part.columns)).update(dict.fromkeys(ids))
    knew = {who: tuple(ids) if file.about or file.columns else () for who, ids in used.items()}
    answers = part.answers
    concerned = [answers[row.id] for row, _who, _ids, _v in part.codings]
    blank = queries.not_filled_in(connection, concerned)
    if declared.bridge:
        current = codings_asked_again(connection, number, part, file.path.name, blind=declared.blind)
    else:
        current = queries.current_codings(connection, concerned)
    coders = {who: events.coder_id(connection, who) for _row, who, _ids, _v in part.codings}
    new: list[NewCoding] = []
    for row, who, ids, version in part.codings:
        answer = answers[row.id]
        seen_blind = True if declared.blind and row.blind is None else row.blind
        coding = NewCoding(
            answer_id=answer,
            coder_id=coders[who],
            status=row.status,
            labels=ids,
            origin=events.BRIDGE if declared.bridge else _origin(row, who),
            visible="yes" if who == CONSENSUS else _VISIBLE[seen_blind],
            codebook_version=made_with if version is None else version,
            memo=row.memo,
            at=row.at,
            knows=row.knows if version is not None else knew[who],
        )
        there = current.get((answer, who))
        if there is not None and _same(there, coding) and not (declared.read_again and _older(there, coding)):
            unchanged += 1
        elif there is not None and coding.at is not None and str(there["at"]) > coding.at:
            older += 1
        else:
            if there is not None and coding.visible == "unknown" and _same(there, coding):
                coding = replace(coding, visible=str(there["visible"]))
            new.append(coding)
            written[who] += 1
    if not declared.void_audit:
        _refuse_voiding(connection, number, part, new, file.path.name)
    made = events.record_codings(connection, number, new)
    _record_actions(connection, number, new, made)
    lines += _unknown_to(connection, number, new)
    lines += samples_left_out(connection, number, part, bridge=declared.bridge)
    if declared.random_sample:
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


def _refuse_voiding(
    connection: Connection, number: int, part: PreparedCodings, new: Sequence[NewCoding], file: str
) -> None:
    own = [coding.answer_id for coding in new if coding.origin != events.BRIDGE]
    try:
        refuse_voiding(connection, part.question, number, part.wave, own)
    except VoidsAuditError as error:
        raise CodingFileError(
            _("{file}: {reason} Leave them out, or take them in with --void-audit.").format(
                file=file, reason=error
            )
        ) from error


def _record_actions(
    connection: Connection, number: int, new: Sequence[NewCoding], made: Sequence[int]
) -> None:
    """Make what came in of each coder a thing that this coder's undo takes back."""
    of: dict[int, list[int]] = {}
    for coding, event in zip(new, made, strict=True):
        of.setdefault(coding.coder_id, []).append(event)
    names = events.coders(connection)
    for coder, its in of.items():
        if names[coder] != CONSENSUS:
            actions.record_action(connection, coder, number, "import", events=its)


def _unknown_to(connection: Connection, number: int, new: Sequence[NewCoding]) -> list[str]:
    """Say which labels some of the new codings do not know, because they came after these were made."""
    recorded = codebooks.versions(connection, number)
    meanings = Meanings(recorded)
    kinds = {(coding.codebook_version, coding.knows) for coding in new}
    labels = {
        label.name: None
        for label in recorded[-1].codebook.active
        for version, besides in kinds
        if not meanings.knows(label.id, version, besides)
    }
    if not labels:
        return []
    return [
        _(
            "Unknown in these codings, not absent, because they came later or have no column: {labels}. To "
            "make them known: a new coding sheet, read again, and --read-again at its import."
        ).format(labels=", ".join(labels))
    ]


_VISIBLE = {True: "no", False: "yes", None: "unknown"}


def _origin(row: FileCoding, who: str) -> str:
    if row.origin in events.ORIGINS:
        return str(row.origin)
    return "adjudicated" if who == CONSENSUS else "imported"


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
