"""Agreement of real coders: Dutch news sentences, up to eight coders, many codings missing.

    python benchmarks/coders.py FOLDER [--seed 0] [--replicates 1000]

FOLDER holds `coded_units.csv` (a sentence with a topic a row, a column a coder: N topic absent, L or R
present with that direction, NA not coded) and `gold_325.csv` (100 sentences with five coders, who each name
one topic with a direction, or none). Prints Krippendorff's alpha per topic with 95 % intervals from
resampling articles, and beside it Gwet's AC1 and the linearised interval; for the 100 sentences also
agreement on whole label sets. The study that the sentences come from reports alphas of .56 to .78 per topic.
"""

import argparse
import csv
from pathlib import Path
from time import perf_counter

import numpy as np

from coder.statistics import label_agreement, nominal_agreement, set_agreement
from coder.statistics.records import Estimate, Interval

PUBLISHED = (0.56, 0.78)
BEFORE_CODERS = "agreement"  # the columns after this one are coders
NO_TOPIC = "Ander/Geen"
CHOICES = {"NA": -1, "N": 0, "L": 1, "R": 2}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--replicates", type=int, default=1000)
    given = parser.parse_args()
    started = perf_counter()
    print(f"seed {given.seed}, {given.replicates} replicates")
    topics(given.folder / "coded_units.csv", seed=given.seed, replicates=given.replicates)
    whole_sets(given.folder / "gold_325.csv", seed=given.seed, replicates=given.replicates)
    print(f"{perf_counter() - started:.1f} s")


def topics(path: Path, *, seed: int, replicates: int) -> None:
    """Print agreement per topic: is it there, and in which direction."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    coders = names[names.index(BEFORE_CODERS) + 1 :]
    print("\ntopic: present or not; sentences with two codings or more, articles are clusters")
    print(f"{'':12} {'units':>6} {'articles':>8} {'coders':>6} {'present':>7}  {'alpha [95 %]':18}", end="")
    print(f" {'linearised':14} {'AC1 [95 %]':18} {'agreed':>6}  alpha of N/L/R")
    low, high = PUBLISHED
    for topic in sorted({row["topic"] for row in rows}):
        own = [row for row in rows if row["topic"] == topic]
        articles = np.array([row["unit_id"].split("-")[0] for row in own])
        chosen = np.array([[CHOICES[row[coder]] for coder in coders] for row in own])
        present = np.where(chosen < 0, np.nan, chosen > 0)
        found = label_agreement(present, clusters=articles, replicates=replicates, seed=seed)
        three = nominal_agreement(chosen, categories=3, clusters=articles, replicates=replicates, seed=seed)
        alpha = found.krippendorff_alpha
        assert alpha.estimate is not None
        held = len(np.unique(articles[(chosen >= 0).sum(axis=1) >= 2]))
        print(
            f"{topic:12} {found.n:6} {held:8} {found.coders:6} {found.prevalence:7.0%}"
            f"  {shown(alpha)} {bounds(alpha.analytic):14} {shown(found.gwet_ac1)}"
            f" {found.percent_agreement.estimate:6.2f}  {shown(three.krippendorff_alpha)}"
            f"{'' if low <= alpha.estimate <= high else '  outside the published range'}"
        )
    print(f"published: alpha {low:.2f} to {high:.2f} per topic")


def whole_sets(path: Path, *, seed: int, replicates: int) -> None:
    """Print agreement of five coders on all topics together."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["unit_id"]]
    coders = [name for name in rows[0] if f"{name}_t" in rows[0]]
    given = [[row[coder] for coder in coders] for row in rows]
    kinds = sorted({coding for unit in given for coding in unit})
    named = [[coding.split("/")[0] if coding != NO_TOPIC else "" for coding in unit] for unit in given]
    labels = sorted({topic for unit in named for topic in unit} - {""})
    sets = np.array([[[topic == label for label in labels] for topic in unit] for unit in named], dtype=float)
    articles = [row["unit_id"].split("-")[0] for row in rows]

    print(f"\n{len(rows)} sentences, {len(coders)} coders, {len(labels)} topics")
    whole = set_agreement(sets, clusters=articles, replicates=replicates, seed=seed)
    print(f"label sets: identical {shown(whole.identical)}  alpha MASI {shown(whole.alpha_masi)}", end="")
    print(f"  alpha Jaccard {shown(whole.alpha_jaccard)}")
    both = [[kinds.index(coding) for coding in unit] for unit in given]
    one = [[["", *labels].index(topic) for topic in unit] for unit in named]
    for name, codings in (("topic", one), ("topic and direction", both)):
        found = nominal_agreement(codings, clusters=articles, replicates=replicates, seed=seed)
        print(f"{name}: {found.categories} categories, {found.n} sentences, {found.coders} coders")
        for coefficient in (
            "percent_agreement",
            "krippendorff_alpha",
            "fleiss_kappa",
            "gwet_ac1",
            "brennan_prediger",
        ):
            value: Estimate = getattr(found, coefficient)
            print(f"  {coefficient:20} {shown(value)}  linearised {bounds(value.analytic)}")
    print("per topic: positives, alpha, AC1")
    for number, label in enumerate(labels):
        own = label_agreement(sets[:, :, number], clusters=articles, replicates=replicates, seed=seed)
        few = "  fewer than 10 positives" if own.positives < 10 else ""
        print(f"  {label:28} {own.positives:4} {shown(own.krippendorff_alpha)} {shown(own.gwet_ac1)}{few}")


def shown(estimate: Estimate) -> str:
    """The estimate with its resampled interval."""
    if estimate.estimate is None:
        return f"{'undefined':18}"
    return f"{estimate.estimate:5.2f} {bounds(Interval(estimate.se, estimate.low, estimate.high)):12}"


def bounds(interval: Interval | None) -> str:
    """Both bounds in brackets, where there are."""
    if interval is None or interval.low is None:
        return ""
    return f"[{interval.low:.2f}, {interval.high:.2f}]"


if __name__ == "__main__":
    main()
