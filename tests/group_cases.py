"""A survey of schools to compare groups in, and what a comparison comes down to."""

from typing import Any

import numpy as np

from coder.statistics import GroupComparison, GroupTest


def survey(
    seed: int = 4, n: int = 600, groups: int = 4, labels: int = 5, schools: int = 50
) -> dict[str, Any]:
    """Labels that go together within persons and schools; groups within and over schools; weights, strata."""
    generator = np.random.default_rng(seed)
    school = generator.integers(0, schools, n)
    tendency = generator.normal(0, 0.7, (schools, labels))[school] + generator.normal(0, 0.6, (n, 1))
    chance = 1 / (1 + np.exp(1.2 - tendency))
    return {
        "values": (generator.random((n, labels)) < chance).astype(float),
        "groups": np.where(generator.random(n) < 0.6, school % groups, generator.integers(0, groups, n)),
        "weights": generator.uniform(0.5, 2, n),
        "clusters": school,
        "strata": school % 3,
    }


def outcome(test: GroupTest | None) -> list[float]:
    """What a test decides on; not X², which is scaled to n."""
    assert test is not None
    assert test.statistic is not None
    assert test.df1 is not None
    assert test.df2 is not None
    assert test.p is not None
    return [test.statistic, test.df1, test.df2, test.p]


def outcomes(compared: GroupComparison) -> list[float]:
    tests = [outcome(test) for test in (*compared.tests, compared.overall) if test and test.p is not None]
    return [number for test in tests for number in test]
