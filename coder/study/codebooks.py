"""Codebooks of a study: their files, their recorded versions, and what a version makes unknown."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import (
    Change,
    Codebook,
    CodebookVersion,
    Meanings,
    compare_codebooks,
    dump_codebook,
    parse_codebook,
    read_codebook,
)
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.store import Connection, queries
from coder.store import codebooks as store_codebooks
from coder.store import events as store_events
from coder.study.codebook_files import file_hash, files_that_stay, put_back_half_done, write_safely
from coder.study.filled_in import apply_not_filled_in, logged_not_filled_in
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


class CodebookConflictError(CoderError):
    """A change of a codebook would orphan codings."""


def versions(connection: Connection, question_number: int) -> list[CodebookVersion]:
    """Return a question's codebook versions, oldest first."""
    merged: dict[int, list[tuple[str, str]]] = {}
    for edit in store_codebooks.codebook_events(connection, question_number):
        # taken back or not: who coded with that version knew the one label as both
        if edit.memo.get("edit") == "merge" and "version" in edit.memo:
            merged.setdefault(edit.memo["version"], []).append((edit.memo["from"], edit.memo["into"]))
    return [
        CodebookVersion(
            row["number"],
            _recorded(row["yaml"], row["number"]),
            row["at"],
            frozenset(json.loads(row["reworded"])),
            row["restores"],
            tuple(merged.get(row["number"], ())),
        )
        for row in queries.codebook_versions(connection, question_number)
    ]


@lru_cache(maxsize=512)
def _recorded(yaml: str, number: int) -> Codebook:
    return parse_codebook(yaml, _("version {number}").format(number=number))


def take_up_edits(study: "Study") -> list[str]:
    """Record what a person changed by hand in codebooks/ and study.toml; return a line for each change.

    Raises CodebookConflictError when an edit would orphan codings; then that edit is not recorded.
    """
    with study.database.read() as connection:
        answered = queries.questions(connection)
    lines = [
        _("study.toml lacks question {question}, which has answers; put [questions.{question}] back.").format(
            question=name
        )
        for name in answered
        if name not in study.settings.questions
    ]
    for question in study.settings.questions.values():
        path = study.folder / question.codebook
        put_back_half_done(study.database, path, question.name)
        if not path.is_file():
            raise CoderError(missing(question, path))
        with study.database.read() as connection:
            number = queries.questions(connection).get(question.name)
            if number is None:
                continue
            recorded = queries.codebook_versions(connection, number)
            logged = logged_not_filled_in(connection, number)
        if not recorded or recorded[-1]["sha256"] != file_hash(path):
            with study.database.write() as connection:
                lines += record_version(study, connection, question, number)
        if logged is not None and logged != question.not_filled_in:
            with study.database.write() as connection:
                lines += apply_not_filled_in(connection, question, number)
    return lines


def record_version(
    study: "Study", connection: Connection, question: QuestionSettings, number: int
) -> list[str]:
    """Record the codebook file as it is now as a version, when it differs; return lines for the person.

    Raises CodebookConflictError when that would orphan codings.
    """
    path = study.folder / question.codebook
    recorded = versions(connection, number)
    return add_version(connection, question, number, recorded, read_codebook(path), path)


def add_version(
    connection: Connection,
    question: QuestionSettings,
    number: int,
    recorded: Sequence[CodebookVersion],
    codebook: Codebook,
    path: Path,
) -> list[str]:
    """Do what `record_version` does, for a codebook that was read from its file or written to it."""
    changes: list[Change] = []
    if recorded:
        changes = compare_codebooks(recorded[-1].codebook, codebook)
        _refuse_orphans(path, changes, queries.label_counts(connection, number))
    if recorded and not changes:
        # only the lay-out of the file changed: remember the file, not a version
        store_codebooks.set_file_hash(connection, number, recorded[-1].number, file_hash(path))
        return []
    version = store_codebooks.add_version(
        connection, number, yaml=dump_codebook(codebook), sha256=file_hash(path)
    )
    if not recorded:
        return []
    lines = [
        _("{file} changed: recorded as version {number} ({changes}).").format(
            file=question.codebook, number=version, changes=summary(changes)
        )
    ]
    began = Meanings([*recorded, CodebookVersion(version, codebook)]).began
    redefined = [c.label for c in changes if c.kind == "redefined" and c.label and began[c.label] == version]
    if redefined:
        lines.append(unknown_by_definition(question, redefined))
    return lines


def missing(question: QuestionSettings, path: Path) -> str:
    """Return the line that says that a codebook's file is not there."""
    return _("{file}: the codebook of question {question} is not there; put it back.").format(
        file=path, question=question.name
    )


def unknown_by_definition(question: QuestionSettings, labels: Sequence[str]) -> str:
    """Return the line that says that labels were redefined, and what to do if they were only reworded."""
    return _(
        "Unknown in codings made before this version, because their definition changed: {labels}. "
        "If only the wording changed: 'coder codebook reworded {first} --question {question}'."
    ).format(labels=", ".join(labels), first=labels[0], question=question.name)


def declare_reworded(study: "Study", question: QuestionSettings, label: str) -> str:
    """Record that the last redefinition of a label changed its wording only; return its id."""
    with study.database.write() as connection:
        number = queries.questions(connection).get(question.name)
        recorded = versions(connection, number) if number is not None else []
        if number is None or not recorded:
            raise CoderError(
                _("Question {question} has no recorded codebook yet.").format(question=question.name)
            )
        found = recorded[-1].codebook.find(label)
        if found is None:
            raise CoderError(_unknown_label(question, recorded[-1].codebook, label))
        first = Meanings(recorded).began[found.id]
        version = next(v for v in recorded if v.number == first)
        earlier = [v for v in recorded if v.number < first]
        if not earlier:
            raise CoderError(
                _("{label} was never redefined: there is nothing to declare.").format(label=found.id)
            )
        if found.id not in earlier[-1].codebook.ids:
            raise CoderError(
                _("{label} was added in version {number}: older codings cannot know it.").format(
                    label=found.id, number=first
                )
            )
        store_codebooks.set_reworded(connection, number, first, version.reworded | {found.id})
        memo = json.dumps({"edit": "reworded", "label": found.id, "version": first})
        store_events.record_note(connection, "codebook", number, memo=memo)
    return found.id


def write_codebook_file(study: "Study", question: QuestionSettings, codebook: Codebook) -> list[str]:
    """Replace a question's codebook file and record the version; refused when it would orphan codings.

    A codebook that does not say its question (Excel need not) keeps the question that the study has.
    """
    with files_that_stay(study), study.database.write() as connection:
        return replace_codebook(study, connection, question, codebook)


def replace_codebook(
    study: "Study", connection: Connection, question: QuestionSettings, codebook: Codebook
) -> list[str]:
    """Do what `write_codebook_file` does, in the caller's transaction and within `files_that_stay`."""
    path = study.folder / question.codebook
    if not codebook.question:
        codebook = replace(codebook, question=study.codebook(question).question)
    number = queries.questions(connection).get(question.name)
    write_safely(codebook, path)
    return [] if number is None else record_version(study, connection, question, number)


def former_names(recorded: Sequence[CodebookVersion]) -> Mapping[str, str]:
    """Return the names that labels had before, folded, with the id of the label; the latest use counts."""
    now = set(recorded[-1].codebook.ids)
    return {
        label.name.strip().casefold(): label.id
        for version in recorded
        for label in version.codebook.labels
        if label.id in now
    }


def recorded_version(study: "Study", question: QuestionSettings, number: int) -> Codebook:
    """Return a question's codebook as it was in a version. Raises CoderError when there is none."""
    with study.database.read() as connection:
        recorded = versions(connection, question_number(study, connection, question))
    for version in recorded:
        if version.number == number:
            return version.codebook
    raise CoderError(
        _("Question {question} has no codebook version {number}; it has 1 to {newest}.").format(
            question=question.name, number=number, newest=recorded[-1].number
        )
    )


def with_new_labels(codebook: Codebook, names: Sequence[str]) -> Codebook:
    """Return the codebook with a label for every name, before the residual labels, numbered on."""
    for name in names:
        codebook = codebook.with_label(codebook.draft(name))
    return codebook


def question_number(study: "Study", connection: Connection, question: QuestionSettings) -> int:
    """Return a question's number. Raises CoderError while no wave has been imported with it."""
    number = queries.questions(connection).get(question.name)
    if number is None:
        raise CoderError(
            _("Question {question} has no answers yet; import a wave with it first.").format(
                question=question.name
            )
        )
    return number


def _unknown_label(question: QuestionSettings, codebook: Codebook, label: str) -> str:
    return _("{file}: there is no label {label}; there are: {known}.").format(
        file=question.codebook, label=label, known=", ".join(codebook.ids)
    )


def _refuse_orphans(path: Path, changes: Sequence[Change], counts: Mapping[str, int]) -> None:
    for change in changes:
        label = change.label
        if change.kind == "removed" and label is not None and (n := counts.get(label, 0)):
            raise CodebookConflictError(
                ngettext(
                    "{file}: label {label} is gone, but {n} coding carries it; put it back and set "
                    "'retired: true' instead.",
                    "{file}: label {label} is gone, but {n} codings carry it; put it back and set "
                    "'retired: true' instead.",
                    n,
                ).format(file=path, label=label, n=n)
            )


def summary(changes: Sequence[Change]) -> str:
    """Return what changed between two versions, in one line."""
    names = {
        "added": _("added"),
        "removed": _("removed"),
        "renamed": _("renamed"),
        "redefined": _("redefined"),
        "reworded": _("reworded"),
        "renumbered": _("renumbered"),
        "moved": _("moved"),
        "retired": _("retired"),
        "revived": _("revived"),
        "examples": _("other examples"),
        "keywords": _("other keywords"),
        "residual": _("residual or not"),
        "exclusive": _("exclusive or not"),
        "reordered": _("other order"),
        "question": _("question text"),
    }
    parts = [names[c.kind] if c.label is None else f"{names[c.kind]}: {c.label}" for c in changes]
    return "; ".join(parts) or _("nothing")
