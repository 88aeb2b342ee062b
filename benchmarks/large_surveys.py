"""The statistics at the size of a national survey, beside what is commonly used for the same numbers.

    python benchmarks/large_surveys.py

Agreement on 30 labels by 5 coders over 10,000 answers, with 1,000 resamples of 500 clusters, beside Fleiss'
kappa of statsmodels, which takes the answers that all coders coded and has no interval; and shares of 30
labels in 5 groups of 1,000,000 respondents with weights, with and without 20,000 clusters, with intervals,
tests between groups and over all labels, beside a weighted mean by group in pandas, which has neither. Each
in a process of its own with one BLAS thread; peak memory includes the data. Seeded.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from quality import machine, peak_memory

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ANSWERS, CODERS, LABELS, REPLICATES = 10_000, 5, 30, 1_000
RESPONDENTS, GROUPS, CLUSTERS = 1_000_000, 5, 20_000
SHARES = np.linspace(0.01, 0.3, LABELS)
ROOT = Path(__file__).resolve().parents[1]


def codings() -> tuple[list[FloatArray], IntArray]:
    """Codings (answers, coders) of each label, one in twelve missing, and the clusters of the answers."""
    rng = np.random.default_rng(1)
    labels = []
    for share in SHARES:
        truth = rng.random((ANSWERS, 1)) < share
        given = np.where(rng.random((ANSWERS, CODERS)) < 0.03, ~truth, truth).astype(np.float64)
        given[rng.random((ANSWERS, CODERS)) < 1 / 12] = np.nan
        labels.append(given)
    return labels, rng.integers(0, 500, ANSWERS)


def respondents() -> tuple[FloatArray, IntArray, FloatArray, IntArray]:
    """Values (respondents, labels), groups, weights and clusters."""
    rng = np.random.default_rng(2)
    values = np.empty((RESPONDENTS, LABELS))
    cluster = rng.integers(0, CLUSTERS, RESPONDENTS)
    for label, share in enumerate(SHARES):
        values[:, label] = rng.random(RESPONDENTS) < rng.beta(20 * share, 20 * (1 - share), CLUSTERS)[cluster]
    return values, rng.integers(0, GROUPS, RESPONDENTS), rng.uniform(0.5, 2, RESPONDENTS), cluster


def agreement() -> Callable[[], object]:
    from coder.statistics import label_agreement

    labels, cluster = codings()

    def work() -> None:
        for number, given in enumerate(labels, 1):
            label_agreement(given, clusters=cluster, replicates=REPLICATES)
            progress(f"label {number} of {LABELS}")

    return work


def fleiss_kappa() -> Callable[[], object]:
    from statsmodels.stats.inter_rater import fleiss_kappa as kappa

    labels, _ = codings()

    def work() -> None:
        for given in labels:
            complete = given[~np.isnan(given).any(axis=1)].sum(axis=1)
            kappa(np.column_stack([CODERS - complete, complete]))

    return work


def shares(clustered: bool) -> Callable[[], object]:
    from coder.statistics import compare_groups, proportions

    values, group, weights, cluster = respondents()
    clusters = cluster if clustered else None

    def work() -> None:
        for number in range(GROUPS):
            proportions(values, domain=group == number, weights=weights, clusters=clusters)
            progress(f"group {number + 1} of {GROUPS}")
        progress("tests")
        compare_groups(values, group, weights=weights, clusters=clusters)

    return work


def groupby() -> Callable[[], object]:
    import pandas as pd

    values, group, weights, _ = respondents()
    frame = pd.DataFrame(values)

    def work() -> object:
        total = pd.Series(weights).groupby(group).sum()
        return frame.mul(weights, axis=0).groupby(group).sum().div(total, axis=0)

    return work


MEASURED: dict[str, Callable[[], Callable[[], object]]] = {
    "agreement, 7 coefficients with intervals": agreement,
    "  statsmodels fleiss_kappa, no interval": fleiss_kappa,
    "shares by group, tests; no clusters": lambda: shares(False),
    "shares by group, tests; 20,000 clusters": lambda: shares(True),
    "  pandas groupby, weighted mean only": groupby,
}


def progress(text: str) -> None:
    print(f"\r  {text:30}", end="", file=sys.stderr, flush=True)


def measure(name: str) -> None:
    """Make the data, time the work, and print both numbers as JSON."""
    work = MEASURED[name]()
    start = time.perf_counter()
    work()
    print(json.dumps({"seconds": time.perf_counter() - start, "MB": peak_memory()}))


def run() -> None:
    """Measure everything and print the table."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    print(
        f"\n{LABELS} labels: {CODERS} coders over {ANSWERS:,} answers; {RESPONDENTS:,} respondents\n\n"
        f"{'':44}{'seconds':>10}{'peak MB':>10}"
    )
    for name in MEASURED:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        done = subprocess.run(
            [sys.executable, __file__, "--measure", name],
            env={**os.environ, **one_thread, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        progress("")
        print("\r", end="", file=sys.stderr, flush=True)
        found = json.loads(done.stdout)
        print(f"{name:44}{found['seconds']:>10.2f}{found['MB']:>10,.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure)
    else:
        print(f"{machine()}; one BLAS thread")
        run()


if __name__ == "__main__":
    main()
