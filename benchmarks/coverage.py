"""Do 95 % intervals hold the truth 95 % of the time? Simulated, where the truth is known.

    python benchmarks/coverage.py [--quick] [--processes 2]

Every line is one way of working in one kind of survey, drawn anew a thousand times or more: clusters
(schools) with an intraclass correlation, weights that matter (those with a low one mention things more
often) and weights that do not, rare labels, coders who disagree, models that err. Coverage is the share of
intervals that hold the true value; it is known up to about 1.2 percentage points (3 with --quick).
Marked: ok; conservative above 97 %; below under 93 %; not valid what the documentation warns
against, to show why; no verdict where the program gives none on a coefficient for this reason; seldom
tested where it makes the test in under half of the samples.
Seeded, so that a run can be repeated. Tables go to stdout, progress to stderr.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from simulated import (
    MODELS,
    NO_VERDICT,
    Missed,
    Outcome,
    Shape,
    Simple,
    agreement,
    corrected,
    corrected_differences,
    corrected_simple,
    frequencies,
    missed_in_one_group,
    sets_agreement,
)
from simulated_groups import changes, group_differences, group_tests
from threadpoolctl import threadpool_limits

SEED = 2026
NOT_VALID, SELDOM = "not valid", "seldom tested"
UNJUDGED = ("no interval", SELDOM)


class Line(NamedTuple):
    """What became of one method in one setting."""

    method: str
    coverage: float
    width: float
    mark: str


class Setting(NamedTuple):
    """What is drawn again and again."""

    section: str
    name: str
    draw: Callable[[np.random.Generator], Iterable[Outcome]]
    rounds: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of the rounds")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="only sections whose name begins so")
    given = parser.parse_args()
    chosen = [setting for setting in settings() if setting.section.lower().startswith(given.only.lower())]
    start, section, totals = time.perf_counter(), "", dict[str, list[Line]]()
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        runs = pool.map(partial(simulate, quick=given.quick), chosen)
        for number, (setting, lines) in enumerate(zip(chosen, runs, strict=True), start=1):
            if setting.section != section:
                section = setting.section
                print(f"\n## {section}\n\n| setting | method | coverage % | width | mark |")
                print("|---|---|---:|---:|---|")
            for line in lines:
                coverage, width = f"{line.coverage:.1f}", f"{line.width:.3f}"
                if line.method.startswith("test"):
                    width = "-"
                if np.isnan(line.coverage):
                    coverage = width = "-"
                print(f"| {setting.name} | {line.method} | {coverage} | {width} | {line.mark} |", flush=True)
            totals.setdefault(section, []).extend(lines)
            print(
                f"\r{number} of {len(chosen)}, {time.perf_counter() - start:.0f} s", end="", file=sys.stderr
            )
    print(file=sys.stderr)
    summarise(totals)


def summarise(totals: dict[str, list[Line]]) -> None:
    """Print one line a section and method: how often it is ok, and its lowest coverage."""
    print("\n## In all\n\n| section | method | settings | ok | conservative | below | lowest |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for section, lines in totals.items():
        for method in dict.fromkeys(line.method for line in lines):
            of_method = [line for line in lines if line.method == method]
            marks = [line.mark.split(",")[0] for line in of_method]
            counts = [str(marks.count(mark)) for mark in ("ok", "conservative", "below")]
            if {NOT_VALID, "no verdict"} & set(marks):
                counts = ["-"] * 3
            judged = [line.coverage for line in of_method if line.mark.split(",")[0] not in UNJUDGED]
            lowest = min(judged, default=np.nan)
            print(f"| {section} | {method} | {len(marks)} | {' | '.join(counts)} | {lowest:.1f} |")


def simulate(setting: Setting, *, quick: bool) -> list[Line]:
    """Draw a setting many times; for each method its coverage, mean width and mark."""
    generator = np.random.default_rng([SEED, *setting.section.encode(), *setting.name.encode()])
    found: dict[str, list[Outcome]] = {}
    with threadpool_limits(1):
        for _ in range(setting.rounds // 5 if quick else setting.rounds):
            for outcome in setting.draw(generator):
                found.setdefault(outcome.method, []).append(outcome)
    return [line_of(method, outcomes) for method, outcomes in found.items()]


def line_of(method: str, outcomes: list[Outcome]) -> Line:
    """Coverage among the intervals there are."""
    bounds = [(o.truth, o.low, o.high) for o in outcomes if o.low is not None and o.high is not None]
    if not bounds:
        return Line(method, float("nan"), float("nan"), "no interval")
    truth, low, high = np.array(bounds).T
    coverage = 100 * float(np.mean((low <= truth) & (truth <= high)))
    mark = "below" if coverage < 93 else "ok" if coverage <= 97 else "conservative"
    if not outcomes[0].valid:
        mark = "no verdict" if method.endswith(NO_VERDICT) else NOT_VALID
    missing = 100 * (1 - len(bounds) / len(outcomes))
    if method.startswith("test") and missing > 50 and outcomes[0].valid:
        mark = SELDOM
    return Line(
        method,
        coverage,
        float(np.mean(high - low)),
        mark + (f", none in {missing:.0f} %" if missing >= 0.5 else ""),
    )


PLAIN = Shape("300 respondents, no schools, no weights", 0, 300, weighted=False)
FEW = Shape("300 respondents, 12 schools, weights", 12, 300)
SOME = Shape("600 respondents, 30 schools, weights", 30, 600)
TWENTY = Shape("500 respondents, 20 schools, weights", 20, 500)
FORTY = Shape("1,000 respondents, 40 schools, weights", 40, 1000)
MANY = Shape("800 respondents, 100 schools, weights", 100, 800)
WEIGHTED = Shape("300 respondents, no schools, weights", 0, 300)
STRATA = Shape("600 respondents, 60 schools in 4 strata, weights", 60, 600, strata=4)
LARGE = tuple(
    Shape(f"{n:,} respondents, {schools} schools, correlation {icc}", schools, n, icc, weighted=False)
    for schools, n, icc in (
        (12, 1200, 0.1),
        (12, 2400, 0.001),
        (12, 2400, 0.1),
        (20, 10_000, 0.1),
        (30, 3000, 0.02),
        (30, 3000, 0.15),
        (100, 10_000, 0.1),
    )
)
UNEQUAL_SCHOOLS = tuple(
    Shape(f"{n:,} respondents, {schools} schools, log size ± {sd}", schools, n, 0.1, False, unequal=sd)
    for schools, n, sd in (
        (12, 900, 0.4),
        (12, 900, 0.7),
        (20, 900, 0.6),
        (30, 1500, 0.7),
        (30, 1500, 1.0),
        (100, 3000, 1.0),
        (100, 3000, 1.5),
    )
)
WAVES = (
    Shape("2,000 answers, no schools, no weights", 0, 2000, weighted=False),
    Shape("900 answers, 12 schools, weights", 12, 900),
    Shape("1,500 answers, 100 schools, weights", 100, 1500),
)
UNEQUAL = (
    Shape("2,000 answers, 12 schools of very unequal size, weights", 12, 2000, correlation=0.1, unequal=1.5),
    Shape("2,000 answers, 12 schools of unequal size, weights", 12, 2000, correlation=0.1, unequal=1.0),
    Shape("2,000 answers, 30 schools of unequal size, weights", 30, 2000, correlation=0.1, unequal=1.0),
)
FEW_ERRORS = (
    Simple(5_000, 200, 0.2, 0.97, 0.002),
    Simple(20_000, 200, 0.2, 0.97, 0.002),
    Simple(100_000, 200, 0.2, 0.97, 0.002),
    Simple(100_000, 100, 0.3, 0.98, 0.002),
    Simple(100_000, 300, 0.1, 0.97, 0.001),
    Simple(100_000, 100, 0.3, 0.92, 0.0),
    Simple(100_000, 200, 0.3, 0.9, 0.0),
    Simple(100_000, 200, 0.3, 0.82, 0.0),
    Simple(100_000, 200, 0.2, 0.99, 0.02),
    Simple(100_000, 100, 0.15, 0.85, 0.0),
)
WEAK_MODELS = (
    Simple(5_000, 100, 0.01, 0.3, 0.1),
    Simple(5_000, 100, 0.02, 0.3, 0.1),
    Simple(5_000, 100, 0.05, 0.3, 0.1),
    Simple(5_000, 100, 0.02, 0.8, 0.03),
    Simple(5_000, 100, 0.1, 0.5, 0.15),
    Simple(5_000, 100, 0.02, 0.0, 0.0),
)
HEAVY_WEIGHTS = tuple(
    Simple(2_000, audit, share, 0.97, 0.03, spread)
    for audit, share, spread in ((60, 0.45, 0.8), (100, 0.25, 0.8), (200, 0.2, 1.2), (200, 0.36, 1.2))
)
MISSED = (
    Missed(3_000, 100, 0.03, (0.9, 0.3), 0.003),
    Missed(3_000, 200, 0.03, (0.9, 0.3), 0.003),
    Missed(3_000, 200, 0.05, (0.9, 0.3), 0.003, 0.9),
    Missed(3_000, 300, 0.05, (0.9, 0.4), 0.002),
    Missed(20_000, 200, 0.15, (0.99, 0.85), 0.0),
    Missed(20_000, 400, 0.15, (0.99, 0.9), 0.0),
    Missed(20_000, 400, 0.15, (0.8, 0.8), 0.03),
)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)


def settings() -> Iterator[Setting]:
    """Everything that is simulated, section by section."""
    for shape, share in product((PLAIN, WEIGHTED, FEW, SOME, MANY, STRATA), SHARES):
        draw = partial(frequencies, shape=shape, share=share)
        yield Setting("Frequencies", f"{shape.name}; label {share:.0%}", draw, 4000)

    for shape, share in product(LARGE, (0.005, 0.01, 0.02, 0.05)):
        draw = partial(frequencies, shape=shape, share=share)
        yield Setting("Rare labels in large schools", f"{shape.name}; label {share:.1%}", draw, 2000)
    for shape, share in product(UNEQUAL_SCHOOLS, (0.05, 0.2, 0.4)):
        draw = partial(frequencies, shape=shape, share=share)
        yield Setting("Schools of unequal size", f"{shape.name}; label {share:.0%}", draw, 2000)

    pairs = ((0.02, 0.02), (0.02, 0.06), (0.1, 0.1), (0.1, 0.25), (0.35, 0.35), (0.3, 0.5))
    for shape, by_school, shares in product((PLAIN, FEW, SOME, MANY), (True, False), pairs):
        if shape.schools or not by_school:
            groups = (
                "groups of schools"
                if by_school
                else "groups within schools"
                if shape.schools
                else "two groups"
            )
            name = f"{shape.name}, {groups}; label {shares[0]:.0%} and {shares[1]:.0%}"
            draw = partial(group_differences, shape=shape, shares=shares, by_school=by_school)
            yield Setting("Differences between groups", name, draw, 1500)

    for shape, by_school, groups, share in product(
        (PLAIN, FEW, TWENTY, SOME, FORTY, MANY), (True, False), (2, 4), (0.02, 0.05, 0.1, 0.35)
    ):
        if shape.schools or not by_school:
            how = "of schools" if by_school else "within schools" if shape.schools else "of respondents"
            name = f"{shape.name}, {groups} groups {how}; label {share:.0%}"
            draw = partial(group_tests, shape=shape, share=share, groups=groups, by_school=by_school)
            yield Setting("Tests between groups", name, draw, 1500)

    for shape, panel, shares in product((PLAIN, FEW, SOME, MANY), (True, False), pairs):
        who = "the same people" if panel else "other people" + (", the same schools" if shape.schools else "")
        name = f"{shape.name}, {who} a wave; label {shares[0]:.0%} and {shares[1]:.0%}"
        if shape.schools or panel:
            draw = partial(changes, shape=shape, shares=shares, panel=panel)
            yield Setting("Changes between waves", name, draw, 3000)

    for schools, (coders, answers), share in product((0, 30), ((2, 200), (2, 400), (4, 200)), SHARES[1:]):
        name = f"{coders} coders, {answers} answers, {schools or 'no'} schools; label {share:.0%}"
        draw = partial(agreement, schools=schools, coders=coders, answers=answers, share=share)
        yield Setting("Agreement on a label", name, draw, 1000)
    for schools, answers in product((0, 30), (100, 300)):
        name = f"2 coders, {answers} answers, {schools or 'no'} schools; 3 labels"
        draw = partial(sets_agreement, schools=schools, answers=answers)
        yield Setting("Agreement on sets", name, draw, 1000)

    audits = ((100, 0), (300, 0), (200, 300))
    for shape, model, share, (audit, certain) in product(WAVES, MODELS, SHARES, audits):
        name = f"{shape.name}, {audit} audited"
        name += f", {certain} coded for other reasons" if certain else ""
        name += f"; {model} model; label {share:.0%}"
        draw = partial(corrected, shape=shape, model=model, share=share, audit=audit, certain=certain)
        yield Setting("Corrected frequencies", name, draw, 1500)
    for shape, model, share in product(UNEQUAL, ("good", "uneven"), (0.05, 0.2)):
        name = f"{shape.name}, 200 audited; {model} model; label {share:.0%}"
        draw = partial(corrected, shape=shape, model=model, share=share, audit=200, certain=0)
        yield Setting("Corrected frequencies, schools of unequal size", name, draw, 1500)
    for section, waves in (
        ("Corrected frequencies, few errors", FEW_ERRORS),
        ("Corrected frequencies, weak models", WEAK_MODELS),
        ("Corrected frequencies, unequal weights", HEAVY_WEIGHTS),
    ):
        for wave in waves:
            yield Setting(section, wave.name, partial(corrected_simple, wave=wave), 1500)
    for shape, shares in product(WAVES, ((0.03, 0.03), (0.1, 0.1), (0.2, 0.35))):
        name = f"{shape.name}, 300 audited; label {shares[0]:.0%} and {shares[1]:.0%}"
        draw = partial(corrected_differences, shape=shape, shares=shares)
        yield Setting("Differences of corrected frequencies", name, draw, 1500)
    for missed in MISSED:
        draw = partial(missed_in_one_group, wave=missed)
        yield Setting("Differences of corrected frequencies, missed in one group", missed.name, draw, 1500)


if __name__ == "__main__":
    main()
