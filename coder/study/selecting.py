"""Which answers a coder sees in the list, and in which order."""

import hashlib
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.store import answer_lists, marks, runs
from coder.text import normalise

if TYPE_CHECKING:
    from coder.study.coding import CodingSession

SELECTIONS = (
    "all", "unseen", "assigned", "queued", "skipped", "flagged", "quoted", "read_again", "drafted", "memo",
    "label", "group", "text",
)  # fmt: skip
_COMPARED_AT_ONCE = 4_000

ORDERS = ("file", "random", "informative", "certainty")


@dataclass(frozen=True, slots=True)
class Selection:
    """What the list holds: everything, what is unseen, what bears a label …

    Attributes:
        kind: one of SELECTIONS.
        value: the label's id, the text, or the value of the background variable `name`.
    """

    kind: str = "all"
    value: str = ""
    name: str = ""


def select_answers(session: "CodingSession", selection: Selection) -> list[int]:
    """Return the answers that a selection holds, in the order of the file.

    With "assigned", what is assigned to this coder; everything when nothing is.
    """
    wanted = _holds(session, selection)
    return session.ids if wanted is None else [answer for answer in session.ids if answer in wanted]


def is_left(session: "CodingSession", selection: Selection, answer: int) -> bool:
    """Whether an answer of the list is still to be done: what Enter goes to next."""
    match selection.kind:
        case "skipped":
            return session.status.get(answer) == "skipped"
        case "read_again":
            return answer in session.to_read_again()
        case "flagged" | "quoted" | "label" | "memo":
            return True
        case _:
            return answer not in session.status


def _holds(session: "CodingSession", selection: Selection) -> set[int] | None:
    number, wave = session.number, session.wave.id
    with session.study.database.read() as connection:
        match selection.kind:
            case "all":
                return None
            case "unseen":
                return set(session.ids) - session.status.keys()
            case "assigned":
                return session.assigned() or None
            case "queued":
                run = runs.latest_run(connection, number, wave)
                queued = set(runs.queue(connection, run.id)) if run is not None else set()
                return queued - answer_lists.seen_by_anyone(connection, number, wave)
            case "skipped":
                return {answer for answer, status in session.status.items() if status == "skipped"}
            case "flagged":
                return marks.marked(connection, "flag", number, session.coder_number)
            case "quoted":
                return marks.marked(connection, "quote", number, session.coder_number)
            case "read_again":
                return session.to_read_again()
            case "drafted":
                return set(session.drafted)
            case "memo":
                return answer_lists.with_memo(connection, number, wave, session.coder_number)
            case "label":
                return {answer for answer, labels in session.labels.items() if selection.value in labels}
            case "group":
                return answer_lists.with_group_value(
                    connection, number, wave, selection.name, selection.value
                )
            case "text":
                wanted = normalise(selection.value)
                return {a for a, text in session.normalised().items() if wanted in text}
    raise ValueError(f"{selection.kind!r} is not one of {SELECTIONS}")


def arrange(
    answers: Sequence[int],
    order: str,
    *,
    seed: str = "",
    taught: Iterable[int] = (),
    certainty: Callable[[int], float | None] = lambda answer: None,
    done: Mapping[int, object] | None = None,
    by_others: Collection[int] = (),
) -> list[int]:
    """Return answers in the order that the coder picked.

    Args:
        order: "file", "random" (the same each time, by `seed`), "informative" (as `taught`, what teaches the
            model most first; then the rest in the order of the file) or "certainty" (the most doubtful first,
            those without a certainty last).
        done: answers that are coded; with "informative" they come first, so that what is left lies below.
        by_others: answers of a sample that others coded already, of which the model has nothing to learn:
            these lie at random places among those that teach, by `seed`, so that the sample does not stand
            together at the end.
    """
    match order:
        case "file":
            return list(answers)
        case "random":
            return sorted(answers, key=lambda answer: hashlib.blake2b(f"{seed}/{answer}".encode()).digest())
        case "informative":
            coded = done or {}
            there = set(answers)
            first = [answer for answer in answers if answer in coded]
            teaching = [answer for answer in taught if answer in there and answer not in coded]
            taught_here = set(teaching)
            others = [a for a in answers if a in by_others and a not in coded and a not in taught_here]
            mixed = _mixed(teaching, others, seed)
            placed = {*first, *mixed}
            return [*first, *mixed, *(answer for answer in answers if answer not in placed)]
        case "certainty":
            known = {answer: certainty(answer) for answer in answers}
            return sorted(answers, key=lambda answer: 2.0 if (c := known[answer]) is None else c)
    raise ValueError(f"{order!r} is not one of {ORDERS}")


def _mixed(answers: Sequence[int], others: Sequence[int], seed: str) -> list[int]:
    """Return the answers in their order, with the others at random places among them."""
    chance = random.Random(f"{seed}/mixed")  # noqa: S311  (an order, not a secret)
    from_others = [False] * len(answers) + [True] * len(others)
    chance.shuffle(from_others)
    one, two = iter(answers), iter(others)
    return [next(two if other else one) for other in from_others]


@dataclass(frozen=True, slots=True)
class Alike:
    """An answer that says the same as another, or nearly; likeness from 0 to 100."""

    answer_id: int
    text: str
    likeness: float


def alike(session: "CodingSession", answer_id: int, *, least: float = 85.0, most: int = 200) -> list[Alike]:
    """Return the answers in the wave that are identical or nearly so, the most alike first.

    Identical after normalising (case, punctuation, white space); nearly when the same words in any order are
    at least `least` percent alike (rapidfuzz, token_sort_ratio). The answer itself is left out, and so are
    blind answers where it is not blind, and the other way round: a coding counts as blind or not as a whole.
    So are answers that are coded again for a bridge sample, or in the audit sample, where it is not, and the
    other way round: chance alone chose these.
    """
    from rapidfuzz import fuzz, process

    texts = session.normalised()
    own = texts[answer_id]
    with session.study.database.read() as connection:
        audit = answer_lists.in_samples(connection, session.number, session.wave.id, ("audit",))

    def kind(answer: int) -> tuple[bool, bool, bool]:
        return session.is_blind(answer), session.is_coded_again(answer), answer in audit

    others = {a: text for a, text in texts.items() if a != answer_id and kind(a) == kind(answer_id)}
    found = []
    names = list(others)
    # in parts: rapidfuzz lets no other thread go on while it compares
    for start in range(0, len(names), _COMPARED_AT_ONCE):
        part = {name: others[name] for name in names[start : start + _COMPARED_AT_ONCE]}
        found += process.extract(own, part, scorer=fuzz.token_sort_ratio, score_cutoff=least, limit=most)
    # who writes the same goes before who writes the same words in another order
    ranked = sorted(found, key=lambda hit: (hit[0] != own, -hit[1], hit[2]))[:most]
    with session.study.database.read() as connection:
        written = answer_lists.texts(connection, [answer for _text, _score, answer in ranked])
    return [Alike(answer, written[answer], float(score)) for _text, score, answer in ranked]
