"""What is said of the tests between the groups of a frequency table."""

from coder.messages import _
from coder.reports.numbers import p_equals, p_value, statistic
from coder.reports.order import label_order, shown_groups, title
from coder.reports.tables import FrequencyTable
from coder.statistics.records import GroupTest


def group_test_notes(table: FrequencyTable) -> list[str]:
    """Say what letters and p are, what the overall test gave, and which labels were not tested and why."""
    if not table.tests:
        if len(shown_groups(table)) < 2:
            return [_("There is one group: nothing to compare.")]
        return [_("Differences between groups were not tested.")]
    tested = [one for one in table.tests if one.test.p is not None]
    if not tested:
        return [
            _(
                "Differences between groups were not tested: there are fewer than 5 degrees of freedom "
                "(clusters, or respondents where there are none, minus strata)."
            )
        ]
    notes = [
        overall_note(table.overall),
        _(
            "p: difference between the groups on that label, design-based (Rao-Scott, second order) and "
            "adjusted by Holm over the {n} labels tested. A letter stands beside a share that is "
            "significantly larger than that of the group with this letter (p < 5%, t tests, Holm within "
            "the label)."
        ).format(n=len(tested)),
    ]
    names = {row.label: title(row) for row in label_order(table)}
    untested = [names.get(one.label, one.label) for one in table.tests if one.test.p is None]
    if untested:
        notes.append(
            _(
                "Not tested, because everyone or nobody mentions it or there are fewer than 5 degrees of "
                "freedom: {labels}."
            ).format(labels=", ".join(untested))
        )
    return notes


def overall_note(overall: GroupTest | None) -> str:
    """Report the test over all labels together, which allows for several labels an answer."""
    if overall is None or overall.p is None:
        return _("A test over all labels together could not be done.")
    return _("Test over all labels together (Rao-Scott): {statistic}, {p}.").format(
        statistic=statistic("F", overall.statistic, overall.df1, overall.df2), p=p_equals(overall.p)
    )


def label_p(table: FrequencyTable) -> dict[str, str]:
    """Return the adjusted p of each label as it is written, a dash for what was not tested."""
    return {one.label: p_value(one.test.p_adjusted) for one in table.tests}
