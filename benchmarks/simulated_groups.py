"""Groups and waves drawn at random whose differences are known, with the intervals and tests of each."""

from collections.abc import Iterator

import numpy as np
from simulated import Array, Outcome, Sample, Shape, Z, accepted, sample

from coder.statistics import compare_groups, differences, linearised_proportions


def group_differences(
    generator: np.random.Generator, shape: Shape, shares: tuple[float, float], by_school: bool
) -> Iterator[Outcome]:
    drawn = sample(generator, shape, shares[0])
    group = _groups(generator, drawn, 2, by_school=by_school)
    chance = np.where(group == 1, np.minimum(1, drawn.chance * shares[1] / shares[0]), drawn.chance)
    given = (generator.random(len(chance)) < chance).astype(float)[:, None]
    one, two = (linearised_proportions(given, domain=group == g, **drawn.design) for g in (1, 0))
    (difference,) = differences(one, two)
    truth = shares[1] - shares[0]
    yield Outcome("difference (MOVER)", True, truth, difference.low, difference.high)
    low, high = t_interval(difference.estimate, difference.se, 1.96)
    yield Outcome("d ± 1.96 se, design-based", False, truth, low, high)
    means = [given[group == g].mean() for g in (1, 0)]
    pooled = given.mean() * (1 - given.mean()) * sum(1 / (group == g).sum() for g in (1, 0))
    low, high = t_interval(means[0] - means[1], pooled**0.5, Z)
    yield Outcome("weights and schools forgotten, pooled z", False, truth, low, high)


def group_tests(
    generator: np.random.Generator, shape: Shape, share: float, groups: int, by_school: bool
) -> Iterator[Outcome]:
    """Groups that do not differ."""
    drawn = sample(generator, shape, share)
    group = _groups(generator, drawn, groups, by_school=by_school)
    given = (generator.random(len(group)) < drawn.chance).astype(float)[:, None]
    (test,) = compare_groups(given, group, **drawn.design).tests
    if test.p is None:
        yield Outcome("test at .05: 100 less false alarms", True, 0.0, None, None)
    else:
        yield accepted("test at .05: 100 less false alarms", True, test.p)
    (test,) = compare_groups(given, group, **drawn.design, guarded=False).tests
    if test.p is not None:
        yield accepted("test at .05, no group left out", False, test.p)


def changes(
    generator: np.random.Generator, shape: Shape, shares: tuple[float, float], panel: bool
) -> Iterator[Outcome]:
    """Two waves in the same schools, of other people or the same: three in five of these do not change."""
    first = sample(generator, shape, shares[0])
    n = len(first.chance)
    order = np.arange(n) if panel else generator.permutation(n)
    second = Sample(first.chance[order], first.school[order], first.weight[order], first.stratum[order])
    place = generator.random(n)
    later = np.where(panel & (generator.random(n) < 0.6), place, generator.random(n))
    given = np.concatenate(
        [place < first.chance, later < np.minimum(1, second.chance * shares[1] / shares[0])]
    ).astype(float)[:, None]
    design = {name: np.concatenate([first.design[name], second.design[name]]) for name in first.design}
    wave = np.repeat([0, 1], n)
    one, two = (linearised_proportions(given, domain=wave == number, **design) for number in (1, 0))
    (change,) = differences(one, two)
    truth = shares[1] - shares[0]
    yield Outcome("change (MOVER)", True, truth, change.low, change.high)
    apart = design | {"clusters": design["clusters"] + wave * (n + 1)}
    one, two = (linearised_proportions(given, domain=wave == number, **apart) for number in (1, 0))
    (change,) = differences(one, two)
    yield Outcome("waves taken for other schools and people", False, truth, change.low, change.high)


def _groups(generator: np.random.Generator, drawn: Sample, groups: int, *, by_school: bool) -> Array:
    if by_school:
        return drawn.school % groups
    return generator.integers(0, groups, len(drawn.school))


def t_interval(
    estimate: float | None, se: float | None, quantile: float
) -> tuple[float | None, float | None]:
    if estimate is None or se is None:
        return None, None
    return estimate - quantile * se, estimate + quantile * se
