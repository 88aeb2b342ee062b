"""Differences between groups of respondents: tests that know clusters, weights and several labels a person.

For one label and groups g = 1 … G with shares p_g, weights W_g and n respondents in all, let π_g = W_g / ΣW
and p = Σ π_g p_g. Pearson's X² of the weighted table is, scaled to n, `n Σ π_g (p_g - p)² / (p (1 - p))`.
Its law in a complex sample is that of Σ δ_i χ²_1, where the δ_i are the eigenvalues of Δ = A V: V the
design-based covariance of the p_g, A the inverse, on contrasts between groups, of the covariance that simple
random samples of the groups would give. Rao and Scott's second-order correction, with an F reference:

    F = X² / Σδ,  df1 = (Σδ)² / Σδ²,  df2 = df1 · df

with df the clusters that hold members of the base minus the strata that do: for one label those of the group
that has fewest. Over several labels X² is the labels' sum, and V the covariance of all shares of all groups
and labels together, which allows for one respondent giving several labels and for the clusters. Sources: Rao
and Scott (1984), Annals of Statistics 12, 46-60; Thomas and Rao (1987), Journal of the American Statistical
Association 82, 630-636; for several labels, Thomas and Decady (2004), International Journal of Testing 4,
43-59; Bilder and Loughin (2004), Biometrics 60, 241-248.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coder.statistics.design import FloatArray, IntArray, SampleDesign
from coder.statistics.linearised import (
    FEWEST_DF,
    FEWEST_EXPECTED,
    ROUNDING,
    GroupEstimates,
    Linearised,
    bounds_of,
    difference_of,
    held_by_any,
    holm,
    joint_covariance,
)
from coder.statistics.proportions import base_rows, checked_values, checked_weights, proportion_of
from coder.statistics.records import GroupComparison, GroupTest, LeftOut, PairDifference

FEWEST_CLUSTERS = 10
"""Clusters that hold members of a group that is tested."""
NOT_TESTED = GroupTest(None, None, None, None, None)


def compare_groups(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
    overall_columns: Sequence[int] | None = None,
    level: float = 0.05,
    guarded: bool = True,
) -> GroupComparison:
    """Test whether groups differ: label by label, over all labels together, and in pairs.

    The module's docstring has the formulas. A label's own test is R's `survey::svychisq(statistic = "F")` of
    label by group: simple random samples have variances p_g (1 - p_g) / (n π_g). In a group where nobody or
    everybody mentions the label it is p (1 - p) / (n π_g), and the design effect, which such a group does not
    show, is the other groups' mean, weighted by π_g.

    That test rejects too often where a group tells little of its own variance: in simulations in 7-14 % of
    samples, instead of 5 %, with few effective mentions to be expected in a group, or few clusters in it. So
    a label's test and pairs leave out groups (`left_out`) where p, or 1 - p, times Kish's effective n is
    below 15, and those in fewer than ten clusters or with fewer than five degrees of freedom; and df is that
    of the group with fewest, in place of svychisq's, of all groups together. It then rejected in 4-7 %.

    The test over several labels is rs2 of R's `MRCV::MI.test` with the design's covariance: Σδ from the
    labels' own tests, Σδ² with p (1 - p) / (n π_g) throughout. Without weights and clusters
    `F df1 n / (n - 1)` and df1 are that statistic and its df. It leaves out groups in too few clusters (with
    five or six in each of four groups it rejected in 9 %), but none for what is to be expected: with rare
    labels in small groups it is conservative, and in simulations with labels of 1 to 20 % rejected in 1-5 %.

    A label's base is the domain's respondents in a group, with a weight other than 0, for whom it is known.
    Groups without any of these do not count. A label has no test (a record of None) where it has fewer than
    two groups that are not left out, nobody or everybody mentions it, no group differs within itself, all
    clusters are alike or in the sample, or df is below five. In the test over all labels a label enters that
    has two groups in enough clusters and is none of this, whatever is to be expected in them. Its df counts
    clusters with members of any label's base. A record of None: no label enters; None: there is none to test.

    Pairs within a label whose test is significant after Holm's adjustment over the labels: `differences`,
    adjusted by Holm's method within the label. For few groups: it holds (G k)² numbers.

    Args:
        values: (n, k); 1 mentioned, 0 not, NaN unknown.
        groups: (n,) numbers from 0 to G - 1; -1: in none of the groups.
        domain, weights, clusters, strata, population_clusters: as in `proportions`.
        overall_columns: the labels that enter the test over all labels, without nets of others; None: all.
        level: of significance.
        guarded: False: leave no group out, and use svychisq's df.

    Raises:
        ValueError: as `proportions` does; or groups or overall_columns do not fit.
    """
    y = checked_values(values)
    w = checked_weights(weights, len(y))
    group = np.asarray(groups)
    if group.shape != (len(y),) or group.dtype.kind not in "iu" or group.min(initial=0) < -1:
        raise ValueError(f"groups: expected {len(y)} whole numbers from -1 on, got shape {group.shape}")
    design = SampleDesign.of(w, clusters, strata, population_clusters)
    rows = base_rows(domain, w)
    members = [rows[group[rows] == number] for number in range(int(group.max(initial=-1)) + 1)]
    estimates = [GroupEstimates.of_shares(y[of], w[of], design.cluster[of]) for of in members]

    def bounds(number: int, label: int) -> FloatArray:
        of = members[number]
        own: FloatArray = bounds_of([proportion_of(y[of, label], design.domain(of))])[0]
        return own

    columns = range(y.shape[1]) if overall_columns is None else overall_columns
    return _comparison(
        design, estimates, bounds, y.shape[1], columns, level, own_spread=True, guarded=guarded
    )


def compare_linearised(
    groups: Sequence[Linearised],
    *,
    overall_columns: Sequence[int] | None = None,
    level: float = 0.05,
    guarded: bool = True,
) -> GroupComparison:
    """Test whether groups differ, from any estimates of shares on one design: corrected ones, for example.

    As `compare_groups`, which says what is undefined, with p (1 - p) / (n π_g) as the variance of simple
    random samples throughout: a corrected share may be estimated at 0 and still vary. Its design effects
    then include the error of the correction, and what is to be expected in a group counts the answers that
    people decided. This is the test of Brown and Forsythe (1974, Technometrics 16,
    129-132) with the covariance of the design.

    Args:
        groups: estimates of k labels in each group, on designs of the same sample.
        overall_columns, level, guarded: as in `compare_groups`.

    Raises:
        ValueError: the estimates are not of as many labels, or the designs not of as many clusters; or
            overall_columns do not fit.
    """
    if len({group.totals.shape for group in groups}) > 1:
        raise ValueError("groups: expected estimates of the same labels on one design")
    labels = len(groups[0].estimates) if groups else 0
    estimates = [GroupEstimates.of_linearised(group) for group in groups]
    if not groups:
        return GroupComparison((), None, (), (), ())
    columns = range(labels) if overall_columns is None else overall_columns

    def bounds(number: int, label: int) -> FloatArray:
        of_group = groups[number].bounds
        own: FloatArray = np.full(2, np.nan) if of_group is None else of_group[label]
        return own

    return _comparison(
        groups[0].design, estimates, bounds, labels, columns, level, own_spread=False, guarded=guarded
    )


@dataclass(frozen=True, slots=True)
class _LabelTable:
    """One label in the groups that hold members of its base.

    Attributes:
        cells: (m,) where the groups' shares stand in the flattened (G, k) estimates.
        chi2: Pearson's X².
        total, squares: Σδ and Σδ² of the label by itself.
        spread: (m,) variance of the share in a simple random sample, without differences between groups.
    """

    cells: IntArray
    chi2: float
    total: float
    squares: float
    spread: FloatArray


def _comparison(
    design: SampleDesign,
    groups: Sequence[GroupEstimates],
    bounds: Callable[[int, int], FloatArray],
    labels: int,
    columns: Sequence[int],
    level: float,
    *,
    own_spread: bool,
    guarded: bool,
) -> GroupComparison:
    """Test all labels, then all together, then pairs within what is significant."""
    if not all(0 <= column < labels for column in columns):
        raise ValueError(f"overall_columns: expected numbers below {labels}")
    if not groups or not labels:
        nothing = ((),) * labels
        return GroupComparison((NOT_TESTED,) * labels, None, nothing, nothing, nothing)
    covariance = joint_covariance(design, groups)
    held = held_by_any(design, groups)
    df_whole = design.degrees_of_freedom(held)
    df_each = np.stack([group.degrees_of_freedom(design) for group in groups])
    clusters = np.stack([group.held.sum(axis=0) for group in groups])
    thin = guarded & ((clusters < FEWEST_CLUSTERS) | (df_each < FEWEST_DF))
    members = [_members(groups, label) for label in range(labels)]
    whole = [
        _label_table(label, groups, of_label[~thin[of_label, label]], covariance, own_spread)
        for label, of_label in enumerate(members)
    ]
    left_out = [
        _left_out(groups, label, of_label, thin[:, label]) if guarded else ()
        for label, of_label in enumerate(members)
    ]
    compared = [
        np.setdiff1d(of_label, [one.group for one in out])
        for of_label, out in zip(members, left_out, strict=True)
    ]
    tests = []
    for label, among in enumerate(compared):
        table, df = whole[label], int(df_whole[label])
        if left_out[label]:
            table = _label_table(label, groups, among, covariance, own_spread)
        if guarded:
            df = int(df_each[among, label].min(initial=df))
        tests.append(_test_of(table, df))
    p = holm(np.array([np.nan if test.p is None else test.p for test in tests]))
    together = list(columns)
    overall = None
    if together:
        entering = [
            table
            for column in together
            if (table := whole[column]) and _test_of(table, int(df_whole[column])).p is not None
        ]
        held_together = np.atleast_2d(held[:, together].any(axis=1)).T
        overall = _test_together(entering, covariance, int(design.degrees_of_freedom(held_together)[0]))
    pairs = _pairs(
        groups,
        bounds,
        covariance,
        df_each,
        [among if p[label] < level else among[:0] for label, among in enumerate(compared)],
        guarded,
    )
    return GroupComparison(
        tuple(
            test if test.p is None else replace(test, p_adjusted=adjusted)
            for test, adjusted in zip(tests, p.tolist(), strict=True)
        ),
        overall,
        tuple(pairs),
        tuple(_smaller(of_label, len(groups), level) for of_label in pairs),
        tuple(left_out),
    )


def _members(groups: Sequence[GroupEstimates], label: int) -> IntArray:
    """Return the groups that hold members of the label's base."""
    return np.flatnonzero([group.n[label] > 0 and not np.isnan(group.estimates[label]) for group in groups])


def _left_out(
    groups: Sequence[GroupEstimates], label: int, members: IntArray, thin: NDArray[np.bool_]
) -> tuple[LeftOut, ...]:
    """Return which of the groups with members tell too little of the label, and why."""
    share = np.array([groups[g].estimates[label] for g in members])
    weight = np.array([groups[g].weight[label] for g in members])
    pooled = float(weight @ share / weight.sum()) if len(members) else 0.0
    found = []
    for g in members.tolist():
        if min(pooled, 1 - pooled) * groups[g].size[label] < FEWEST_EXPECTED:
            found.append(LeftOut(g, "few_expected"))
        elif thin[g]:
            found.append(LeftOut(g, "few_clusters"))
    return tuple(found)


def _label_table(
    label: int, groups: Sequence[GroupEstimates], held: IntArray, covariance: FloatArray, own_spread: bool
) -> _LabelTable | None:
    """Pearson's X² and the eigenvalues' sums for one label in some groups; None where it cannot be tested."""
    if len(held) < 2:
        return None
    share = np.array([groups[g].estimates[label] for g in held])
    weight = np.array([groups[g].weight[label] for g in held])
    part, n_all = weight / weight.sum(), int(sum(groups[g].n[label] for g in held))
    pooled = float(part @ share)
    if not 0 < pooled < 1 or set(share.tolist()) in ({0.0}, {1.0}):
        return None
    spread = pooled * (1 - pooled) / (n_all * part)
    constant = ((share == 0) | (share == 1)) & own_spread
    if constant.all():
        return None
    # on the scale of log odds: there the variance of a simple random sample is 1 / (n π_g p_g (1 - p_g))
    slope = np.where(own_spread & ~constant, share * (1 - share), pooled * (1 - pooled))
    v = covariance[held, label][:, held, label] / np.outer(slope, slope)
    e = 1 / (n_all * part * slope)
    deff = float(np.average((np.diag(v) / e)[~constant], weights=part[~constant]))
    v[constant], v[:, constant] = 0.0, 0.0
    v[constant, constant] = deff * e[constant]
    av = _on_contrasts(e) @ v
    total, squares = float(np.trace(av)), float(np.sum(av * av.T))
    chi2 = float(n_all * (part @ (share - pooled) ** 2) / (pooled * (1 - pooled)))
    cells = held * covariance.shape[1] + label
    return _LabelTable(cells, chi2, total, squares, spread)


def _test_together(tables: Sequence[_LabelTable], covariance: FloatArray, df: int) -> GroupTest:
    """Test several labels at once, by the sum of their X²; one label by itself."""
    if not tables:
        return NOT_TESTED
    chi2, total = sum(table.chi2 for table in tables), sum(table.total for table in tables)
    if len(tables) == 1:
        return _test_of(tables[0], df)
    cells = np.concatenate([table.cells for table in tables])
    size = covariance.shape[0] * covariance.shape[1]
    v = covariance.reshape(size, size)[np.ix_(cells, cells)]
    av, start = np.empty_like(v), 0
    for table in tables:
        end = start + len(table.cells)
        av[start:end] = _on_contrasts(table.spread) @ v[start:end]
        start = end
    return _test(chi2, total, float(np.sum(av * av.T)), df)


def _on_contrasts(spread: FloatArray) -> FloatArray:
    """Inverse of the diagonal covariance `spread` on the contrasts between groups, in their space."""
    inverse = 1 / spread
    matrix: FloatArray = np.diag(inverse) - np.outer(inverse, inverse) / inverse.sum()
    return matrix


def _test_of(table: _LabelTable | None, df: int) -> GroupTest:
    """Test one label; a record of None where there is no table."""
    return NOT_TESTED if table is None else _test(table.chi2, table.total, table.squares, df)


def _test(chi2: float, total: float, squares: float, df: int) -> GroupTest:
    """Correct X² to the second order and refer it to F."""
    from scipy.special import fdtrc

    if df < FEWEST_DF or squares <= ROUNDING**2:
        return NOT_TESTED
    df1 = total**2 / squares
    statistic = chi2 / total
    return GroupTest(chi2, statistic, df1, df1 * df, float(fdtrc(df1, df1 * df, statistic)))


def _pairs(
    groups: Sequence[GroupEstimates],
    bounds: Callable[[int, int], FloatArray],
    covariance: FloatArray,
    df: IntArray,
    among: Sequence[IntArray],
    guarded: bool,
) -> list[tuple[PairDifference, ...]]:
    """Differences between any two of the groups named for each label, Holm within the label.

    Args:
        bounds: of a group and a label, the group's own interval (2,).
        df: (G, k) of each group by itself.
        guarded: whether two groups of which too few with or without the label are to be expected, at their
            own pooled share, are left untested.
    """
    found: list[list[PairDifference]] = [[] for _ in among]
    for label, compared in enumerate(among):
        own = {g: bounds(g, label) for g in compared.tolist()}
        for first, second in combinations(own, 2):
            both = covariance[[first, second], label][:, [first, second], label]
            tested = difference_of(
                np.array([groups[g].estimates[label] for g in (first, second)]),
                np.stack([own[first], own[second]]),
                np.diagonal(both),
                float(both[0, 0] + both[1, 1] - 2 * both[0, 1]),
                int(min(df[first, label], df[second, label])),
                np.array([groups[g].size[label] for g in (first, second)]) if guarded else None,
            )
            found[label].append(PairDifference(first, second, tested))
    return [_adjusted(pairs) for pairs in found]


def _adjusted(pairs: Sequence[PairDifference]) -> tuple[PairDifference, ...]:
    """The pairs of one label with Holm's adjusted p."""
    p = holm(np.array([np.nan if pair.difference.p is None else pair.difference.p for pair in pairs]))
    return tuple(
        pair
        if pair.difference.p is None
        else replace(pair, difference=replace(pair.difference, p_adjusted=adjusted))
        for pair, adjusted in zip(pairs, p.tolist(), strict=True)
    )


def _smaller(pairs: Sequence[PairDifference], groups: int, level: float) -> tuple[tuple[int, ...], ...]:
    """For each group the groups whose share is significantly smaller."""
    below: list[list[int]] = [[] for _ in range(groups)]
    for pair in pairs:
        p, difference = pair.difference.p_adjusted, pair.difference.estimate
        if p is not None and p < level and difference is not None:
            larger, smaller = (pair.first, pair.second) if difference > 0 else (pair.second, pair.first)
            below[larger].append(smaller)
    return tuple(tuple(sorted(numbers)) for numbers in below)
