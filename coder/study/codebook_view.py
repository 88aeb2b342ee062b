"""A codebook as its keeper looks at it: the labels in their tree, how often each is given, and where."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.codebook import Codebook, Label, Meanings
from coder.store import answer_lists, label_use
from coder.study import codebooks
from coder.study.blindness import codes_blind, still_again
from coder.study.codebook_files import file_hash
from coder.study.codebook_writing import codebook_path
from coder.study.coding import BLIND_SAMPLES
from coder.study.settings import QuestionSettings
from coder.text import normalise

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True, slots=True)
class LabelUse:
    """How often a label is given.

    Attributes:
        codings: current codings that carry it; coders: the same for each coder.
        unknown: current codings that do not know it as it is now.
    """

    codings: int
    coders: Mapping[str, int]
    unknown: int


@dataclass(frozen=True, slots=True)
class CodebookView:
    """A codebook with its use.

    Attributes:
        version: the newest version. tree: every label with how many are above it; retired ones last.
        uses: label to its use. codings: current codings of the question, without what is held over.
        state: as `codebook_state` gives it.
    """

    codebook: Codebook
    version: int
    tree: tuple[tuple[Label, int], ...]
    uses: Mapping[str, LabelUse]
    codings: int
    state: tuple[int, str]


@dataclass(frozen=True, slots=True)
class CarriedBy:
    """A text that carries a label, and how many answers say it."""

    text: str
    answers: int


def codebook_view(study: "Study", question: QuestionSettings) -> CodebookView:
    """Return a codebook as its file says, with how often each label is given."""
    state = codebook_state(study, question)
    codebook = study.codebook(question)
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        kinds = label_use.coding_kinds(connection, number)
    meanings = Meanings(recorded)
    carried: dict[str, Counter[str]] = {label: Counter() for label in codebook.ids}
    unknown: Counter[str] = Counter()
    for kind in kinds:
        for label in kind.labels:
            carried.setdefault(label, Counter())[kind.coder] += kind.n
        for label in meanings.began:
            if not meanings.knows(label, kind.codebook_version, kind.knows):
                unknown[label] += kind.n
    uses = {
        label: LabelUse(by.total(), dict(by.most_common()), unknown[label]) for label, by in carried.items()
    }
    return CodebookView(
        codebook,
        recorded[-1].number,
        tuple(in_tree(codebook)),
        uses,
        sum(kind.n for kind in kinds),
        state,
    )


def codebook_state(study: "Study", question: QuestionSettings) -> tuple[int, str]:
    """Return what changes whenever the codebook's file or anything in the log does."""
    path = codebook_path(study, question)
    with study.database.read() as connection:
        return answer_lists.last_event(connection), file_hash(path)


def in_tree(codebook: Codebook) -> Iterator[tuple[Label, int]]:
    """Yield every label with its depth, each under its parent; those that are retired at the end."""
    shown = {label.id for label in codebook.active}

    def under(parent: str | None, depth: int) -> Iterator[tuple[Label, int]]:
        for label in codebook.active:
            above = label.parent if label.parent in shown else None
            if above == parent:
                yield label, depth
                yield from under(label.id, depth + 1)

    yield from under(None, 0)
    yield from ((label, 0) for label in codebook.labels if label.retired)


def carrying_texts(
    study: "Study", question: QuestionSettings, label: str, coder: str, n: int = 40
) -> list[CarriedBy]:
    """Return texts of answers that carry a label, the most frequent first, at most n.

    Who codes blind sees no other coder's work here either: of the whole question, or of the answers in a
    sample that is coded blind. Nor does who codes answers again for a bridge sample see what they carried.
    """
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        blind = codes_blind(connection, question, number, coder)
        answers = label_use.carried_by(connection, number, label, BLIND_SAMPLES)
        again = still_again(connection, number, coder)
        seen = [
            answer
            for answer, by, sampled in answers
            if answer not in again and (by == coder or not (blind or sampled))
        ]
        texts = answer_lists.texts(connection, dict.fromkeys(seen))
    counts: dict[str, Counter[str]] = {}
    for text in texts.values():
        if text:
            counts.setdefault(normalise(text), Counter())[" ".join(text.split())] += 1
    # identical answers are one, as most of them write it
    found = [CarriedBy(by.most_common(1)[0][0], by.total()) for by in counts.values()]
    return sorted(found, key=lambda one: -one.answers)[:n]
