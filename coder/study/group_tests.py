"""Tests between the groups of a table, and the letters that stand for their outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase

import numpy as np
import numpy.typing as npt

from coder.reports.tables import LabelTest
from coder.statistics import GroupComparison, GroupTest, Linearised, compare_groups, compare_linearised
from coder.study.bases import Based
from coder.study.design import WaveDesign

MOST_GROUPS = 52
"""More groups than this are not tested: nobody reads such letters, and all pairs would take much memory."""


@dataclass(frozen=True, slots=True)
class GroupTests:
    """The outcome of testing differences between the groups of one table.

    Attributes:
        letters: group to its letter.
        tests: one for each label; overall: over all labels together.
        smaller: label and group to the letters of the groups whose share is significantly smaller, as "A C".
    """

    letters: Mapping[str, str] = field(default_factory=dict)
    tests: tuple[LabelTest, ...] = ()
    overall: GroupTest | None = None
    smaller: Mapping[tuple[str, str | None], str] = field(default_factory=dict)


def tests_between(
    seen: Based, levels: Sequence[str], groups: npt.NDArray[np.int64], design: WaveDesign
) -> GroupTests:
    """Test the differences between groups of respondents on every label.

    Nets are tested as labels are, and belong to the family over which Holm's method corrects; the overall
    test leaves them out, since they say again what their labels say. States without a label (off topic,
    cannot be coded) are not tested. Groups in which too few with the label, or without it, are to be
    expected, or that lie in too few clusters, are left out of the test of that label (see `compare_groups`).

    Args:
        seen: the wave from its base.
        levels: names of the groups, in the order of their columns.
        groups: (n,) which of them a respondent of the base is in; -1: none.
    """
    labels = _tested(seen)
    compared = compare_groups(
        seen.values[:, labels],
        groups,
        domain=seen.domain,
        overall_columns=_bare(seen, labels),
        **design.keywords,
    )
    return _named(seen, labels, levels, compared)


def tests_between_corrected(
    seen: Based, levels: Sequence[str], estimates: Sequence[Linearised]
) -> GroupTests:
    """Test the differences between groups of which the shares were corrected, an estimate a group.

    What is tested is as in `tests_between`.
    """
    labels = _tested(seen)
    compared = compare_linearised(
        [some_columns(estimate, labels) for estimate in estimates], overall_columns=_bare(seen, labels)
    )
    return _named(seen, labels, levels, compared)


def column_letter(number: int) -> str:
    """Return the letter of a column, counted from 0: A to Z, then AA, AB and so on."""
    letters = ""
    number += 1
    while number:
        number, last = divmod(number - 1, len(ascii_uppercase))
        letters = ascii_uppercase[last] + letters
    return letters


def _tested(seen: Based) -> list[int]:
    return [j for j, row in enumerate(seen.rows) if row.kind != "state"]


def _bare(seen: Based, labels: Sequence[int]) -> list[int]:
    """Return which of these labels, counted from 0, are no nets."""
    return [at for at, j in enumerate(labels) if seen.rows[j].kind != "parent"]


def _named(seen: Based, labels: Sequence[int], levels: Sequence[str], found: GroupComparison) -> GroupTests:
    ids = [seen.rows[j].label for j in labels]
    return GroupTests(
        letters={level: column_letter(g) for g, level in enumerate(levels)},
        tests=tuple(
            LabelTest(label, test, pairs, left_out)
            for label, test, pairs, left_out in zip(
                ids, found.tests, found.pairs, found.left_out, strict=True
            )
        ),
        overall=found.overall,
        smaller={
            (label, levels[g]): " ".join(column_letter(other) for other in others)
            for label, of_label in zip(ids, found.smaller, strict=True)
            for g, others in enumerate(of_label)
        },
    )


def some_columns(estimate: Linearised, columns: Sequence[int]) -> Linearised:
    """Return some of the estimates, by number."""
    chosen = list(columns)
    return replace(
        estimate,
        estimates=estimate.estimates[chosen],
        totals=estimate.totals[:, chosen],
        held=estimate.held[:, chosen],
        n=estimate.n[chosen],
        weight=estimate.weight[chosen],
        size=estimate.size[chosen],
        bounds=None if estimate.bounds is None else estimate.bounds[chosen],
        unseen=None if estimate.unseen is None else estimate.unseen[chosen],
        df=None if estimate.df is None else estimate.df[chosen],
    )
