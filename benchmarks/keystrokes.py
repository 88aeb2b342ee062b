"""Keys per answer in a simulated coding of restaurants_nl, with suggestions and without.

    python benchmarks/keystrokes.py [--data FOLDER] [--csv answers.csv]

A coder who knows the right labels codes every answer with the fewest keys: Enter when what stands chosen is
right, otherwise the digits of each label that is wrong or missing (or Backspace and all labels anew), then
Enter; `0` when no label applies. Digits are pressed on the keys of the coding screen
(`coder.codebook.choosing.DigitKeys`): a number that could be the beginning of a longer one waits for the next
digit, or takes an Enter of its own. Labels are numbered in the order in which the
coder first meets them, as a codebook that grows while coding does. The model knows what was coded so far and
nothing else (no codebook texts), learns every 20 answers, and preselects as `LabelModel.preselect` does;
the first 20 answers have no suggestions.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import quality

if TYPE_CHECKING:
    from coder.codebook import Codebook

EVERY = 20
Bools = npt.NDArray[np.bool_]


class Simulated(NamedTuple):
    """One way through all answers: the order (n,) they came in, and what stood chosen on each (n, k)."""

    order: npt.NDArray[np.intp]
    chosen: Bools


def numbered(labels: list[str], Y: npt.NDArray[np.int_]) -> "Codebook":
    """Return a codebook whose labels have numbers in the order of the first answer that has them."""
    from coder.codebook import Codebook, Label

    first = np.where(Y.any(axis=0), Y.argmax(axis=0), len(Y))
    numbers = {int(j): place + 1 for place, j in enumerate(np.argsort(first, kind="stable"))}
    own = (Label(id=f"label_{j}", name=name, number=numbers[j]) for j, name in enumerate(labels))
    return Codebook(question="", labels=tuple(own))


class Typing:
    """The fewest keys that toggle a set of labels, as the coding screen takes them."""

    def __init__(self, codebook: "Codebook") -> None:
        self._codebook = codebook
        self._known: dict[frozenset[int], int] = {frozenset(): 0}

    def keys(self, labels: frozenset[int]) -> int:
        if labels not in self._known:
            orders = permutations(labels) if len(labels) <= MOST else [sorted(labels)]
            self._known[labels] = min(map(self._typed, orders))
        return self._known[labels]

    def _typed(self, labels: Sequence[int]) -> int:
        from coder.codebook.choosing import DigitKeys

        typing, taken, n = DigitKeys(self._codebook), [], 0
        for j in labels:
            for digit in str(self._codebook.labels[j].number):
                try:
                    taken += typing.press(digit)
                except KeyError:
                    return NEVER
                n += 1
            if typing.pending and j == labels[-1]:
                taken.append(typing.enter())
                n += 1
        return n if taken == [f"label_{j}" for j in labels] else NEVER


NEVER = 1_000


def keys_per_answer(Y: npt.NDArray[np.int_], chosen: Bools, typing: Typing) -> npt.NDArray[np.int_]:
    """Return the fewest keys (n,) that make what stands chosen right and save it.

    What is wrong is toggled; or Backspace takes everything away, and all labels are typed.
    """
    keys = np.ones(len(Y), dtype=int)
    for i, (right, stands) in enumerate(zip(Y == 1, chosen, strict=True)):
        if right.any():
            wrong = frozenset(np.flatnonzero(right != stands).tolist())
            whole = frozenset(np.flatnonzero(right).tolist())
            keys[i] += min(typing.keys(wrong), 1 + typing.keys(whole) if stands.any() else NEVER)
    return keys


MOST = 6
"""Labels of which all orders are tried; nobody corrects more on one answer."""


def simulate(answers: quality.AnswerSet, *, teaching: bool, seed: int = 0) -> Simulated:
    """Code all answers, in the order of the file or in the one that teaches most."""
    from coder.model import expected_errors, sketch, teaching_order
    from coder.text import fingerprint, normalise

    classifier = quality.WithLabelModel(answers.labels)
    classifier.warm(answers.texts)
    n, k = answers.Y.shape
    same = np.array([fingerprint(text) for text in answers.texts])
    vectors = sketch(classifier.encode([normalise(text) for text in answers.texts]))
    coded, chosen = np.zeros(n, dtype=bool), np.zeros((n, k), dtype=bool)
    order: list[int] = []
    while len(order) < n:
        rest = np.flatnonzero(~coded)
        model = None
        if order:
            classifier.fit([answers.texts[i] for i in order], answers.Y[order])
            model = classifier.model
        if teaching:
            proba = np.full((n, k), 0.5)
            if model is not None:
                proba[rest] = model.predict_proba([answers.texts[i] for i in rest])
            given = proba >= 0.5 if model is None else model.preselect(proba)
            served = teaching_order(expected_errors(proba, given), same, vectors, coded, seed=seed)
            # what says the same as something coded comes last, as in the coding screen
            coming = np.concatenate([served, np.setdiff1d(rest, served)])[:EVERY]
        else:
            coming = rest[:EVERY]
        if model is not None:
            chosen[coming] = model.preselect(model.predict_proba([answers.texts[i] for i in coming]))
        coded[coming] = True
        order += coming.tolist()
    return Simulated(np.array(order), chosen)


def run(name: str, answers: quality.AnswerSet) -> None:
    """Simulate, and print keys per answer by hundreds of answers."""
    start = time.perf_counter()
    n = len(answers.texts)
    typing = Typing(numbered(answers.labels, answers.Y))
    file, taught = simulate(answers, teaching=False), simulate(answers, teaching=True)
    nothing = Simulated(file.order, np.zeros_like(file.chosen))
    columns = {"without": nothing, "file order": file, "teaching order": taught}

    def row(title: str, value: Callable[[Simulated], float]) -> None:
        print(f"{title:44}" + "".join(f"{value(way):>16.2f}" for way in columns.values()))

    keys = {id(way): keys_per_answer(answers.Y, way.chosen, typing) for way in columns.values()}

    def mean(way: Simulated, start: int = 0, stop: int = n) -> float:
        return float(keys[id(way)][way.order[start:stop]].mean())

    print(f"\n{name}: keys per answer, {n} answers, {len(answers.labels)} labels, learning every {EVERY}\n")
    print(f"{'':44}" + "".join(f"{title:>16}" for title in columns))
    row("all answers", mean)
    for begin in range(0, n, 100):
        stop = min(begin + 100, n)
        row(f"  {begin + 1} to {stop}", lambda way, a=begin, b=stop: mean(way, a, b))
    row("share of answers that took one key", lambda way: float((keys[id(way)] == 1).mean()))
    print(f"Simulated in {time.perf_counter() - start:.0f} s.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="the XML file of restaurants_nl, or the folder of data sets")
    parser.add_argument("--csv", action="append", default=[], help="a set of your own, instead")
    given = parser.parse_args()
    print(f"{quality.machine()}; one BLAS thread")
    for path in given.csv:
        run(Path(path).stem, quality.read_csv(path))
    restaurants = None if given.csv else quality.load_restaurants(given.data)
    if restaurants:
        run("restaurants_nl", restaurants)
    elif not given.csv:
        print("restaurants_nl is not there: say where with --data or CODER_DATA")


if __name__ == "__main__":
    main()
