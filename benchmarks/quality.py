"""LabelModel beside spaCy's textcat_multilabel and TF-IDF with logistic regression, on the same answers.

    python benchmarks/quality.py                         restaurants_nl, where CODER_DATA or --data says
    python benchmarks/quality.py --csv answers.csv       a set of your own: columns text, labels (a;b), group

For each classifier, in a process of its own with one BLAS thread: micro- and macro-F1 in GroupKFold(5)
(over answers with and without labels), seconds to fit all answers, answers labelled a second, and peak
memory. Sentence vectors are made beforehand; "cold" labels with making them, "cached" without.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int_]

RESTAURANTS = "restaurants_nl/restaurants_dutch_training.xml"
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDS = 5
SAMPLE_FOR_SPEED = 2_000
ROOT = Path(__file__).resolve().parents[1]


class AnswerSet(NamedTuple):
    """Coded answers: n texts, Y (n, k) of 0 and 1, k labels, and n groups that are not split over folds."""

    texts: list[str]
    Y: IntArray
    labels: list[str]
    groups: list[str]


def load_restaurants(data: str | os.PathLike[str] | None = None) -> AnswerSet | None:
    """Read the sentences of restaurants_nl, without the 11 marked OutOfScope; None when they are not there.

    `data` is the XML file or the folder of data sets; by default CODER_DATA says, else ../shared/data.
    """
    place = Path(data or os.environ.get("CODER_DATA") or SHARED_DATA)
    file = place if place.is_file() else place / RESTAURANTS
    if not file.is_file():
        return None
    texts, groups, sets = [], [], []
    for review in ET.parse(file).getroot().iter("Review"):
        for sentence in review.iter("sentence"):
            if not sentence.get("OutOfScope"):
                texts.append(sentence.findtext("text") or "")
                groups.append(review.get("rid") or "")
                sets.append({opinion.get("category") or "" for opinion in sentence.iter("Opinion")})
    return _answer_set(texts, sets, groups)


def read_csv(path: str | os.PathLike[str]) -> AnswerSet:
    """Read a CSV file (UTF-8) with the columns text, labels (separated by semicolons) and group."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sets = [{label.strip() for label in row["labels"].split(";") if label.strip()} for row in rows]
    groups = [row.get("group") or str(i) for i, row in enumerate(rows)]
    return _answer_set([row["text"] for row in rows], sets, groups)


def _answer_set(texts: list[str], sets: Sequence[set[str]], groups: list[str]) -> AnswerSet:
    labels = sorted(set().union(*sets))
    return AnswerSet(
        texts, np.array([[label in own for label in labels] for own in sets], int), labels, groups
    )


class Classifier(Protocol):
    """What is compared: learns from coded answers, then gives labels (m, k) of 0 and 1."""

    def fit(self, texts: list[str], Y: IntArray) -> "Classifier": ...

    def predict(self, texts: list[str]) -> IntArray: ...


class WithLabelModel:
    """LabelModel with sentence vectors from a cache, as in a study; `warm` fills it."""

    def __init__(self, labels: list[str]) -> None:
        from coder import LabelModel
        from coder.language import load_pipeline

        self.new_model = LabelModel
        self.labels = labels
        self.pipeline = load_pipeline()
        self.cache: dict[str, npt.NDArray[np.float32]] = {}

    def warm(self, texts: Sequence[str]) -> None:
        from coder.text import normalise

        self.encode([normalise(text) for text in texts])

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        missing = [text for text in dict.fromkeys(texts) if text not in self.cache]
        self.cache.update(zip(missing, self.pipeline.vectors(missing), strict=True))
        return np.array([self.cache[text] for text in texts]).reshape(len(texts), self.pipeline.dimension)

    def fit(self, texts: list[str], Y: IntArray) -> "WithLabelModel":
        self.model = self.new_model(seed=0, encode=self.encode).fit(texts, Y, self.labels)
        return self

    def predict(self, texts: list[str]) -> IntArray:
        return np.asarray(self.model.predict(texts))


class WithTextcat:
    """spaCy's textcat_multilabel: its ensemble of a bag of words and a small network, from nothing.

    Tried on restaurants_nl: the bag of words alone, 10 and 20 epochs, dropout 0.2 and 0.4, batches of 16
    and 32, thresholds from 0.2 to 0.5; this is the best of them.
    """

    EPOCHS, DROPOUT, BATCH, THRESHOLD = 20, 0.4, 32, 0.3

    def __init__(self, labels: list[str]) -> None:
        self.labels = labels

    def fit(self, texts: list[str], Y: IntArray) -> "WithTextcat":
        import random

        import spacy
        from spacy.training import Example
        from thinc.api import fix_random_seed

        fix_random_seed(0)
        self.nlp = spacy.blank("nl")
        textcat: Any = self.nlp.add_pipe("textcat_multilabel")
        for label in self.labels:
            textcat.add_label(label)
        examples = [
            Example.from_dict(
                self.nlp.make_doc(text), {"cats": dict(zip(self.labels, map(float, row), strict=True))}
            )
            for text, row in zip(texts, Y, strict=True)
        ]
        optimizer = self.nlp.initialize(lambda: examples)
        shuffle = random.Random(0).shuffle
        for _ in range(self.EPOCHS):
            shuffle(examples)
            for start in range(0, len(examples), self.BATCH):
                batch = examples[start : start + self.BATCH]
                self.nlp.update(batch, sgd=optimizer, drop=self.DROPOUT)
        return self

    def predict(self, texts: list[str]) -> IntArray:
        found = [[doc.cats[label] >= self.THRESHOLD for label in self.labels] for doc in self.nlp.pipe(texts)]
        return np.array(found, dtype=int)


class WithLogisticRegression:
    """TF-IDF of words, and a logistic regression (liblinear, balanced classes) for each label.

    Tried on restaurants_nl: one word or one and two, C from 1 to 30, classes balanced or not, thresholds
    from 0.2 to 0.6; this is the best on both F1 together.
    """

    def __init__(self, labels: list[str]) -> None:
        self.labels = labels

    def fit(self, texts: list[str], Y: IntArray) -> "WithLogisticRegression":
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
        from sklearn.pipeline import make_pipeline

        self.model = make_pipeline(
            TfidfVectorizer(sublinear_tf=True),
            OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear", class_weight="balanced")),
        )
        self.model.fit(texts, Y)
        return self

    def predict(self, texts: list[str]) -> IntArray:
        return np.asarray(self.model.predict(texts))


CLASSIFIERS: dict[str, Callable[[list[str]], Classifier]] = {
    "LabelModel": WithLabelModel,
    "textcat_multilabel": WithTextcat,
    "TF-IDF + logistic": WithLogisticRegression,
}


def measure(name: str, answers: AnswerSet) -> dict[str, float]:
    """Return what one classifier does on the answers. To be run in a process of its own."""
    import warnings

    from sklearn.metrics import f1_score
    from sklearn.model_selection import GroupKFold

    warnings.filterwarnings("ignore", message="Label .* is present in all training examples")
    warnings.filterwarnings("ignore", message="Label not .* is present in all training examples")
    classifier = CLASSIFIERS[name](answers.labels)
    texts = np.array(answers.texts, dtype=object)
    if isinstance(classifier, WithLabelModel):
        classifier.warm(answers.texts)

    start = time.perf_counter()
    classifier.fit(answers.texts, answers.Y)
    fit = time.perf_counter() - start
    # other texts than were learnt from, each of them new: what a next wave looks like
    new = [f"{text} {i}" for i, text in enumerate(answers.texts)][:SAMPLE_FOR_SPEED]
    cold = len(new) / _seconds(lambda: classifier.predict(new))
    cached = len(new) / _seconds(lambda: classifier.predict(new))

    decided = np.zeros_like(answers.Y)
    for train, test in GroupKFold(min(FOLDS, len(set(answers.groups)))).split(texts, groups=answers.groups):
        decided[test] = classifier.fit(list(texts[train]), answers.Y[train]).predict(list(texts[test]))
    labelled = answers.Y.any(axis=1)
    return {
        "micro-F1": f1_score(answers.Y, decided, average="micro", zero_division=0),
        "macro-F1": f1_score(answers.Y, decided, average="macro", zero_division=0),
        "micro-F1 (labelled only)": f1_score(
            answers.Y[labelled], decided[labelled], average="micro", zero_division=0
        ),
        "fit (s)": fit,
        "answers/s cold": cold,
        "answers/s cached": cached,
        "peak memory (MB)": peak_memory(),
    }


def measure_fit(answers: AnswerSet, n: int = 2_000, k: int = 12) -> float:
    """Return the seconds LabelModel takes to fit n different answers with k labels, encoding apart.

    Beyond the answers that there are, the first half of one is put before the second half of another.
    """
    rng = np.random.default_rng(0)
    texts = {text: i for i, text in enumerate(answers.texts)}
    while len(texts) < n:
        one, other = rng.integers(len(answers.texts), size=2)
        first, second = answers.texts[one].split(), answers.texts[other].split()
        texts[" ".join(first[: (len(first) + 1) // 2] + second[len(second) // 2 :])] = one
    Y = answers.Y[list(texts.values())[:n]]
    while Y.shape[1] < k:
        Y = np.hstack([Y, Y[rng.permutation(n)]])
    classifier = WithLabelModel([f"label {j}" for j in range(k)])
    classifier.warm(list(texts)[:n])
    return _seconds(lambda: classifier.fit(list(texts)[:n], Y[:, :k]))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_memory() -> float:
    """Return the largest memory this process had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # getrusage would give the parent's, when that was larger
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024**2 if sys.platform == "darwin" else 1024
    )


def in_a_process(*arguments: str) -> Any:
    """Run this file with the arguments in a process of its own; return the JSON it prints."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        env={**os.environ, **one_thread, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def compare(
    name: str, texts: Sequence[str], Y: npt.ArrayLike, labels: Sequence[str], groups: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Measure all classifiers on the answers, print them side by side, and return the numbers."""
    answers = AnswerSet(list(texts), np.asarray(Y, dtype=int), list(labels), [str(group) for group in groups])
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.json"
        file.write_text(json.dumps(answers._replace(Y=answers.Y.tolist())), encoding="utf-8")
        for classifier in CLASSIFIERS:
            results[classifier] = in_a_process("--measure", classifier, str(file))
        fit = in_a_process("--measure-fit", str(file))
    print(f"\n{name}: {len(answers.texts)} answers, {len(answers.labels)} labels, GroupKFold({FOLDS})\n")
    print(f"{'':26}" + "".join(f"{classifier:>20}" for classifier in results))
    for row in results["LabelModel"]:
        print(f"{row:26}" + "".join(f"{_number(result[row]):>20}" for result in results.values()))
    print(f"\nLabelModel fits 2,000 different answers × 12 labels in {fit:.2f} s (encoding apart).")
    return results


def _handed_over(file: str) -> AnswerSet:
    texts, Y, labels, groups = json.loads(Path(file).read_text(encoding="utf-8"))
    return AnswerSet(texts, np.array(Y), labels, groups)


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def machine() -> str:
    """Describe the machine in one line."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")
    parts = (model or platform.processor(), f"{os.cpu_count()} cores", platform.system())
    return ", ".join((*parts, f"Python {platform.python_version()}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", help="the XML file of restaurants_nl, or the folder of data sets")
    parser.add_argument("--csv", action="append", default=[], help="a set of your own, instead")
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--measure-fit", metavar="FILE", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measure(chosen.measure[0], _handed_over(chosen.measure[1]))))
        return
    if chosen.measure_fit:
        print(json.dumps(measure_fit(_handed_over(chosen.measure_fit))))
        return
    print(f"{machine()}; one BLAS thread")
    for path in chosen.csv:
        compare(Path(path).stem, *read_csv(path))
    restaurants = None if chosen.csv else load_restaurants(chosen.data)
    if restaurants:
        compare("restaurants_nl", *restaurants)
    elif not chosen.csv:
        print(f"restaurants_nl is not there: say where with --data or CODER_DATA ({SHARED_DATA} has it not)")


if __name__ == "__main__":
    main()
