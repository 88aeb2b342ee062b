"""Edits of a codebook on screen or by command: file, version, event and codings in one, and back again.

An edit is made in one transaction together with the codebook's file. Undoing it writes the codebook of
before as a version that restores that one, so that what codings knew is exactly what they knew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, CodebookError, CodebookVersion, Label, is_redefined
from coder.codebook.edits import AddLabel, CodebookEdit, MergeLabels, RenameLabel, SplitLabel, found
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.store import Connection, events, label_use
from coder.store import codebooks as store_codebooks
from coder.store.codebooks import CodebookEvent
from coder.study import codebooks
from coder.study.codebook_files import files_that_stay
from coder.study.codebook_touches import carrying, check_together
from coder.study.codebook_writing import queue, unqueue, up_to_date, write_version
from coder.study.phases import keep_exploring, phase_of
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


class EditStaysError(CoderError):
    """A change of the codebook cannot be taken back, or made again, as things are now."""


@dataclass(frozen=True)
class Edit:
    """An edit of a codebook that was made, taken back or done again.

    Attributes:
        event: number of the event that records it: what `undo_edit` takes.
        kind: "add", "rename" and so on; see `coder.codebook.edits`.
        id, name, number: of the label that it is about, as it is now; the number may be None, and the name
            is the last one when the label is gone.
        version: the codebook version that it made.
        added: ids of the labels that it added.
        lines: what the person should know.
    """

    event: int
    kind: str
    id: str
    name: str
    number: int | None
    version: int
    added: tuple[str, ...]
    lines: tuple[str, ...]


def add_label(study: "Study", question: QuestionSettings, name: str, by: str | None = None) -> Edit:
    """Add a label to a codebook. Raises CoderError when the name is taken."""
    return make_edit(study, question, AddLabel(name), by)


def rename_label(
    study: "Study", question: QuestionSettings, label: str, name: str, by: str | None = None
) -> Edit:
    """Give a label another name. Raises CoderError when the name is taken."""
    return make_edit(study, question, RenameLabel(label, name), by)


def make_edit(
    study: "Study",
    question: QuestionSettings,
    edit: CodebookEdit,
    by: str | None = None,
    *,
    proposals: Sequence[int] = (),
    read_again: Sequence[int] = (),
) -> Edit:
    """Make an edit of a codebook; all of it or, with any error, nothing.

    What was edited by hand in the file meanwhile is a version of its own before it.

    Args:
        by: name of the coder who makes it.
        proposals: events of the proposals that it accepts; read_again: answers to read again for the label
            that it adds.

    Raises CoderError when the edit cannot be made.
    """
    with files_that_stay(study), study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded, lines = up_to_date(study, connection, question, number)
        old = recorded[-1].codebook
        new = edit.applied(old)
        merging = isinstance(edit, MergeLabels)
        if new == old and not merging:
            raise CodebookError(_("That changes nothing in the codebook."))
        check_together(old, edit, label_use.coding_kinds(connection, number) if merging else ())
        added = tuple(label.id for label in new.labels if label.id not in old.ids)
        if added and phase_of(connection, number) == "explore":
            keep_exploring(connection, number, recorded[-1].number, by)
        version = write_version(study, connection, question, number, new)
        subject = (
            new.label(added[0]) if isinstance(edit, AddLabel) else new.label(found(old, edit.subject).id)
        )
        memo: dict[str, Any] = {
            "label": subject.id,
            "version": version,
            "before": recorded[-1].number,
            "by": by,
            **_details(old, subject, edit, new),
        }
        if added:
            memo["added"] = list(added)
        if proposals:
            memo["proposals"] = list(proposals)
        if read_again:
            memo["read_again"] = list(read_again)
        if isinstance(edit, SplitLabel) or read_again:
            memo["queued"] = _read_again(connection, number, edit.kind, memo)
        who = None if by is None else events.coder_id(connection, by)
        if merging:
            into = memo.pop("into")
            event = events.merge_label(connection, number, subject.id, into, by=who, details=memo)
        else:
            note = json.dumps({"edit": edit.kind, **memo}, ensure_ascii=False)
            event = events.record_note(connection, "codebook", number, memo=note, by=who)
        if memo.get("redefined"):
            lines.append(codebooks.unknown_by_definition(question, [subject.id]))
    return Edit(event, edit.kind, subject.id, subject.name, subject.number, version, added, tuple(lines))


def _details(old: Codebook, now: Label, edit: CodebookEdit, new: Codebook) -> Mapping[str, Any]:
    """Return what the log says of an edit, besides its kind and label."""
    if isinstance(edit, AddLabel):
        return {"name": now.name}
    was = old.label(now.id)
    details: dict[str, Any] = {"name": was.name}
    if isinstance(edit, MergeLabels):
        into = found(old, edit.into)
        details |= {"into": into.id, "into_name": into.name}
    elif isinstance(edit, SplitLabel):
        details["into_names"] = [label.name for label in new.labels if label.id not in old.ids]
    elif was.name != now.name:
        details["to"] = now.name
    elif was.number != now.number:
        details["to"] = now.number
    elif was.parent != now.parent:
        details["to"] = None if now.parent is None else new.label(now.parent).name
    elif is_redefined(was, now):
        details["redefined"] = True
    return details


def _read_again(connection: Connection, number: int, kind: str, memo: Mapping[str, Any]) -> Mapping[str, Any]:
    """Queue the answers that an edit has read again; return what taking that back needs."""
    label = memo["label"]
    if kind == "split":
        answers = [(a, "carries") for a in label_use.answers_carrying(connection, number, [label])]
    else:
        answers = [(a, "likely") for a in memo["read_again"]]
    return queue(connection, number, label, answers)


def undo_edit(study: "Study", question: QuestionSettings, event: int | None = None) -> Edit:
    """Take back the newest edit of a codebook; or do again what was taken back last.

    Args:
        event: number of an edit that is in force, to take it back; or of what took it back, to do it again.
            None is the newest edit in force. Of a proposal, or of its refusal, any can be taken back.

    Returns the edit; its event is what this recorded, which undoes it in turn. Raises CoderError when
    something in the codebook changed since, or codings carry a label that would be gone.
    """
    with files_that_stay(study), study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded, _lines = up_to_date(study, connection, question, number)
        log = store_codebooks.codebook_events(connection, number)
        edit = _wanted(log, event)
        again = not edit.in_force
        kind, label = edit.memo["edit"], edit.memo.get("label") or ""
        version = recorded[-1].number
        note: dict[str, Any] = {}
        if kind == "reworded":
            _refuse_older(log, edit)
            _declare(connection, number, recorded, edit, holds=again)
        elif "version" in edit.memo:
            if not again:
                _refuse_older(log, edit)
            codebook, restores = _other_side(recorded, edit, again=again)
            _refuse_loss(connection, number, recorded[-1].codebook, codebook)
            version = write_version(study, connection, question, number, codebook, restores)
            if again and "queued" in edit.memo:
                note = {"queued": _read_again(connection, number, kind, edit.memo)}
            elif queued := edit.noted.get("queued") or edit.memo.get("queued"):
                unqueue(connection, number, label, queued)
        if kind == "merge" and again:
            done = _merge_again(connection, number, recorded[-1], edit, version)
        else:
            memo = json.dumps(note) if note else None
            done = events.retract(connection, edit.chain[-1], memo=memo)
        there = codebooks.versions(connection, number)[-1].codebook.find(label)
    name = there.name if there else edit.memo.get("name", label)
    added = tuple(edit.memo.get("added", ())) if again else ()
    return Edit(done, kind, label, name, there.number if there else None, version, added, ())


EDITS = frozenset(
    {"add", "rename", "define", "number", "merge", "split", "move", "retire", "revive", "reorder", "reworded"}
)
"""The kinds of events that are edits of a codebook; the others are about proposals."""


def _wanted(log: Sequence[CodebookEvent], event: int | None) -> CodebookEvent:
    if event is None:
        in_force = [edit for edit in log if edit.in_force and edit.memo.get("edit") in EDITS]
        if not in_force:
            raise EditStaysError(_("There is no change of this codebook to take back."))
        return max(in_force, key=lambda edit: edit.chain[-1])
    for edit in log:
        if event == edit.chain[-1] or (event == edit.id and edit.in_force):
            return edit
        if event in edit.chain:
            raise EditStaysError(
                _("Change {event} of the codebook was taken back already.").format(event=event)
            )
    raise EditStaysError(_("There is no change {event} of this codebook.").format(event=event))


def _refuse_older(log: Sequence[CodebookEvent], edit: CodebookEvent) -> None:
    later = [
        other
        for other in log
        if other.in_force and other.memo.get("edit") in EDITS and other.chain[-1] > edit.chain[-1]
    ]
    if later:
        raise EditStaysError(
            _("The codebook was changed after that; take back change {newest} first.").format(
                newest=max(later, key=lambda other: other.chain[-1]).id
            )
        )


def _other_side(
    recorded: Sequence[CodebookVersion], edit: CodebookEvent, *, again: bool
) -> tuple[Codebook, int]:
    """Return the codebook before the edit, or after it when it is done again, with the version's number."""
    by_number = {version.number: version for version in recorded}

    def root(number: int) -> int:
        restored = by_number[number].restores
        return number if restored is None else root(restored)

    from_, to = edit.memo["version"], edit.memo["before"]
    if again:
        from_, to = to, from_
    if root(recorded[-1].number) != root(from_):
        raise EditStaysError(
            _("The codebook was changed after that (version {version}); change it by hand instead.").format(
                version=recorded[-1].number
            )
        )
    return by_number[root(to)].codebook, root(to)


def _refuse_loss(connection: Connection, number: int, now: Codebook, then: Codebook) -> None:
    for label in now.labels:
        if label.id not in then.ids and (n := carrying(connection, number, [label.id])):
            raise EditStaysError(
                ngettext(
                    "{label} would be gone, but {n} coding carries it; retire it instead.",
                    "{label} would be gone, but {n} codings carry it; retire it instead.",
                    n,
                ).format(label=label.name, n=n)
            )


def _declare(
    connection: Connection,
    number: int,
    recorded: Sequence[CodebookVersion],
    edit: CodebookEvent,
    *,
    holds: bool,
) -> None:
    """Say, or no longer say, that a label was only reworded in the version that the edit is about."""
    version = next(v for v in recorded if v.number == edit.memo["version"])
    label = {edit.memo["label"]}
    reworded = version.reworded | label if holds else version.reworded - label
    store_codebooks.set_reworded(connection, number, version.number, reworded)


def _merge_again(
    connection: Connection, number: int, before: CodebookVersion, edit: CodebookEvent, version: int
) -> int:
    """Record a merge anew: what was coded since it was taken back follows too."""
    memo = edit.memo
    check_together(
        before.codebook, MergeLabels(memo["from"], memo["into"]), label_use.coding_kinds(connection, number)
    )
    details = {key: value for key, value in memo.items() if key not in {"edit", "from", "into"}}
    details |= {"version": version, "before": before.number}
    who = None if edit.by is None else events.coder_id(connection, edit.by)
    return events.merge_label(connection, number, memo["from"], memo["into"], by=who, details=details)
