"""What was done to a codebook, as people read it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coder.messages import _, ngettext
from coder.store import codebooks as store_codebooks
from coder.store import label_use
from coder.study import codebooks
from coder.study.codebook_edits import EDITS
from coder.study.codebook_touches import carrying
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class PastEdit:
    """An edit of a codebook that was made.

    Attributes:
        event: its number: what `undo_edit` takes.
        at: when (UTC, ISO 8601); by: who, None when that is not known.
        kind: see `coder.codebook.edits`; also "reworded".
        label: id of the label it is about; version: the codebook version it made, or is about.
        in_force: whether it was not taken back; newest: whether it is what undo takes back next.
        text: what was done, in one line.
    """

    event: int
    at: str
    by: str | None
    kind: str
    label: str
    version: int | None
    in_force: bool
    newest: bool
    text: str

    @property
    def when(self) -> str:
        """When it was made, on the reader's own clock, to the minute."""
        return dt.datetime.fromisoformat(self.at).astimezone().strftime("%Y-%m-%d %H:%M")


def edits(study: "Study", question: QuestionSettings) -> list[PastEdit]:
    """Return the edits made on screen or by command, newest first; hand edits are versions only."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        log = store_codebooks.codebook_events(connection, number)
    made = [edit for edit in log if edit.memo.get("edit") in EDITS]
    newest = max((edit.chain[-1] for edit in made if edit.in_force), default=None)
    return [
        PastEdit(
            edit.id,
            edit.at,
            edit.by,
            edit.memo["edit"],
            edit.memo.get("label") or edit.memo.get("from", ""),
            edit.memo.get("version"),
            edit.in_force,
            edit.chain[-1] == newest,
            what_was_done(edit.memo),
        )
        for edit in reversed(made)
    ]


def touched_by_undo(study: "Study", question: QuestionSettings, edit: PastEdit) -> str:
    """Say how many codings it touches when an edit is taken back."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        label = codebooks.versions(connection, number)[-1].codebook.find(edit.label)
        name = edit.label if label is None else label.name
        if edit.kind == "merge":
            n = label_use.moved_by_merge(connection, number, edit.label, edit.event)
            return ngettext("{n} coding gets {label} back.", "{n} codings get {label} back.", n).format(
                n=n, label=name
            )
        n = carrying(connection, number, [edit.label])
    if not n:
        return _("No coding carries {label}.").format(label=name)
    return ngettext("{n} coding carries {label}.", "{n} codings carry {label}.", n).format(n=n, label=name)


def what_was_done(memo: Mapping[str, Any]) -> str:
    """Return in one line what an edit was, from what the log says of it."""
    name = memo.get("name") or memo.get("label") or memo.get("from", "")
    to = memo.get("to")
    kind = memo["edit"]
    if kind == "rename":
        return _("{label} is now called {name}").format(label=name, name=to)
    if kind == "number":
        return _("{label} has number {number}").format(label=name, number=to)
    if kind == "move":
        if to is None:
            return _("{label} stands under no other label").format(label=name)
        return _("{label} stands under {parent}").format(label=name, parent=to)
    if kind == "merge":
        return _("{label} merged into {into}").format(label=name, into=memo.get("into_name") or memo["into"])
    if kind == "split":
        return _("{label} split: {labels}").format(label=name, labels=", ".join(memo["into_names"]))
    words = {
        "add": _("{label} added"),
        "define": _("{label} described otherwise"),
        "retire": _("{label} retired"),
        "revive": _("{label} taken back into use"),
        "reorder": _("{label} put in another place"),
        "reworded": _("{label} declared reworded only"),
    }
    if kind == "define" and memo.get("redefined"):
        return _("{label} redefined").format(label=name)
    return words[kind].format(label=name)
