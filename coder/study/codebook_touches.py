"""What an edit of the codebook touches: shown before it is made."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.codebook import Codebook, CodebookError, CodebookVersion, Meanings
from coder.codebook.edits import AddLabel, CodebookEdit, MergeLabels, SplitLabel, found
from coder.messages import _, ngettext
from coder.store import Connection, label_use
from coder.store.label_use import CodingKind
from coder.study import codebooks
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class Touches:
    """What an edit touches.

    Attributes:
        new: whether it adds the label that it is about; name: of that label.
        codings: current codings that carry it, of all coders; coders: the same for each coder; answers: how
            many answers these are about.
        follow: the label that these codings get instead, when it is merged.
        unknown: labels that codings made so far will not know, as they mean something new; unknown_in: how
            many codings that is.
        read_again: whether the answers are queued to be read again.
    """

    new: bool
    name: str
    codings: int
    coders: Mapping[str, int]
    answers: int
    follow: str | None
    unknown: tuple[str, ...]
    unknown_in: int
    read_again: bool

    def lines(self) -> list[str]:
        """Return what a person should know before making the edit."""
        lines = []
        if self.codings:
            lines.append(
                ngettext(
                    "{n} coding carries {label} ({coders}).",
                    "{n} codings carry {label} ({coders}).",
                    self.codings,
                ).format(
                    n=self.codings,
                    label=self.name,
                    coders=", ".join(f"{coder} {n}" for coder, n in self.coders.items()),
                )
            )
        elif not self.new:
            lines.append(_("No coding carries {label}.").format(label=self.name))
        if self.follow is not None and self.codings:
            lines.append(_("They will carry {label} instead.").format(label=self.follow))
        if self.unknown_in:
            lines.append(
                ngettext(
                    "Unknown in {n} coding made so far, until it is read again: {labels}.",
                    "Unknown in {n} codings made so far, until they are read again: {labels}.",
                    self.unknown_in,
                ).format(n=self.unknown_in, labels=", ".join(self.unknown))
            )
        if self.read_again and self.answers:
            lines.append(
                ngettext(
                    "{n} answer will be queued to be read again.",
                    "{n} answers will be queued to be read again.",
                    self.answers,
                ).format(n=self.answers)
            )
        return lines


def touches(study: "Study", question: QuestionSettings, edit: CodebookEdit) -> Touches:
    """Return what an edit would touch, without making it. Raises CoderError when it cannot be made."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        codebook = study.codebook(question)
        kinds = label_use.coding_kinds(connection, number)
        changed = edit.applied(codebook)
        check_together(codebook, edit, kinds)
        subject = None if isinstance(edit, AddLabel) else found(codebook, edit.subject)
        carrying = [kind for kind in kinds if subject is not None and subject.id in kind.labels]
        answers = label_use.answers_carrying(connection, number, [subject.id]) if subject else []
    coders: Counter[str] = Counter()
    for kind in carrying:
        coders[kind.coder] += kind.n
    into = found(codebook, edit.into) if isinstance(edit, MergeLabels) else None
    merged = ((subject.id, into.id),) if subject and into else ()
    unknown, unknown_in = _made_unknown(recorded, codebook, changed, merged, kinds)
    return Touches(
        new=subject is None,
        name=subject.name if subject else edit.subject,
        codings=coders.total(),
        coders=dict(coders),
        answers=len(answers),
        follow=into.name if into else None,
        unknown=unknown,
        unknown_in=unknown_in,
        read_again=isinstance(edit, SplitLabel),
    )


def check_together(codebook: Codebook, edit: CodebookEdit, kinds: Sequence[CodingKind]) -> None:
    """Refuse to merge a label into one that stands alone while codings give it together with others."""
    if not isinstance(edit, MergeLabels):
        return
    label, into = found(codebook, edit.label), found(codebook, edit.into)
    n = sum(kind.n for kind in kinds if label.id in kind.labels and set(kind.labels) - {label.id, into.id})
    if into.exclusive and n:
        raise CodebookError(
            ngettext(
                "{into} is given alone, but {n} coding carries {label} with another; change that first.",
                "{into} is given alone, but {n} codings carry {label} with another; change those first.",
                n,
            ).format(into=into.name, label=label.name, n=n)
        )


def carrying(connection: Connection, question: int, labels: Sequence[str]) -> int:
    """Return how many current codings carry any of these labels."""
    wanted = set(labels)
    return sum(kind.n for kind in label_use.coding_kinds(connection, question) if wanted & set(kind.labels))


def _made_unknown(
    recorded: Sequence[CodebookVersion],
    codebook: Codebook,
    changed: Codebook,
    merged: tuple[tuple[str, str], ...],
    kinds: Sequence[CodingKind],
) -> tuple[tuple[str, ...], int]:
    """Return the labels that codings no longer know, and in how many codings that is."""
    newest = recorded[-1].number
    if codebook != recorded[-1].codebook:  # edited by hand, and not taken up yet
        newest += 1
        recorded = [*recorded, CodebookVersion(newest, codebook)]
    before = Meanings(recorded)
    after = Meanings([*recorded, CodebookVersion(newest + 1, changed, merged=merged)])
    names: dict[str, None] = {}
    codings = 0
    for kind in kinds:
        lost = [
            label.name
            for label in changed.active
            if not after.knows(label.id, kind.codebook_version, kind.knows)
            and not (label.id in codebook.ids and not _knew(before, label.id, kind))
        ]
        names |= dict.fromkeys(lost)
        codings += kind.n if lost else 0
    return tuple(names), codings


def _knew(meanings: Meanings, label: str, kind: CodingKind) -> bool:
    return meanings.knows(label, kind.codebook_version, kind.knows)
