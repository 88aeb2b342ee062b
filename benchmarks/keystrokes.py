"""Keys per answer in a simulated coding of restaurants_nl, with suggestions and without.

    python benchmarks/keystrokes.py [--data FOLDER] [--csv answers.csv]

A coder who knows the right labels codes every answer with the fewest keys: Enter when what stands chosen is
right, otherwise the digits of each label that is wrong or missing, then Enter; `0` when no label applies.
Digits are pressed on the keys of the coding screen (`coder.codebook.choosing.DigitKeys`): a number that could
be the beginning of a longer one takes an Enter of its own. Labels are numbered in the order in which the
coder first meets them, as a codebook that grows while coding does. The model knows what was coded so far and
nothing else (no codebook texts), learns every 20 answers, and preselects as `LabelModel.preselect` does;
the first 20 answers have no suggestions.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import quality

EVERY = 20
Bools = npt.NDArray[np.bool_]


class Simulated(NamedTuple):
    """One way through all answers: the order (n,) they came in, and what stood chosen on each (n, k)."""

    order: npt.NDArray[np.intp]
    chosen: Bools


def digit_keys(labels: list[str], Y: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    """Return how many keys each label (k,) takes, numbered in the order of the first answer that has it."""
    from coder.codebook import Codebook, Label
    from coder.codebook.choosing import DigitKeys

    first = np.where(Y.any(axis=0), Y.argmax(axis=0), len(Y))
    numbers = {int(j): place + 1 for place, j in enumerate(np.argsort(first, kind="stable"))}
    own = [Label(id=f"label_{j}", name=name, number=numbers[j]) for j, name in enumerate(labels)]
    codebook = Codebook(question="", labels=tuple(own))
    keys = np.zeros(len(labels), dtype=int)
    for j in range(len(labels)):
        typing = DigitKeys(codebook)
        taken = None
        for digit in str(numbers[j]):
            taken = typing.press(digit)
            keys[j] += 1
        if taken is None:
            taken = typing.enter()
            keys[j] += 1
        assert taken == f"label_{j}"
    return keys


def keys_per_answer(
    Y: npt.NDArray[np.int_], chosen: Bools, digits: npt.NDArray[np.int_]
) -> npt.NDArray[np.int_]:
    """Return the fewest keys (n,) that make what stands chosen right."""
    return np.where(Y.any(axis=1), 1 + ((Y == 1) != chosen) @ digits, 1)


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
    digits = digit_keys(answers.labels, answers.Y)
    file, taught = simulate(answers, teaching=False), simulate(answers, teaching=True)
    nothing = Simulated(file.order, np.zeros_like(file.chosen))
    columns = {"without": nothing, "file order": file, "teaching order": taught}

    def row(title: str, value: Callable[[Simulated], float]) -> None:
        print(f"{title:44}" + "".join(f"{value(way):>16.2f}" for way in columns.values()))

    def mean(way: Simulated, keys: npt.NDArray[np.int_], start: int = 0, stop: int = n) -> float:
        return float(keys_per_answer(answers.Y, way.chosen, keys)[way.order[start:stop]].mean())

    print(f"\n{name}: keys per answer, {n} answers, {len(answers.labels)} labels, learning every {EVERY}\n")
    print(f"{'':44}" + "".join(f"{title:>16}" for title in columns))
    row("all answers", lambda way: mean(way, digits))
    for begin in range(0, n, 100):
        stop = min(begin + 100, n)
        row(f"  {begin + 1} to {stop}", lambda way, a=begin, b=stop: mean(way, digits, a, b))
    row("share of answers that took one key", lambda way: _one_key(answers, way, digits))
    short = np.minimum(digits, [len(str(i + 1)) for i in np.argsort(np.argsort(_met(answers.Y)))])
    row("all answers, if Enter also saved", lambda way: mean(way, short))
    print(f"\nKeys of the labels: {dict(zip(answers.labels, digits.tolist(), strict=True))}")
    print(f"Simulated in {time.perf_counter() - start:.0f} s.")


def _met(Y: npt.NDArray[np.int_]) -> npt.NDArray[np.intp]:
    return np.where(Y.any(axis=0), Y.argmax(axis=0), len(Y))


def _one_key(answers: quality.AnswerSet, way: Simulated, digits: npt.NDArray[np.int_]) -> float:
    return float((keys_per_answer(answers.Y, way.chosen, digits) == 1).mean())


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
