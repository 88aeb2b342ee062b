"""What is said of the tests between the groups of a frequency table."""

from coder.messages import _
from coder.reports.numbers import p_equals, p_value, statistic
from coder.reports.order import label_order, shown_groups, title
from coder.reports.tables import FrequencyTable
from coder.statistics.groups import FEWEST_CLUSTERS
from coder.statistics.linearised import FEWEST_DF, FEWEST_EXPECTED
from coder.statistics.records import GroupTest


def group_test_notes(table: FrequencyTable) -> list[str]:
    """Say what letters and p are, what the overall test gave, and which labels were not tested and why."""
    if not table.tests:
        if table.groups == (table.population,):
            return [
                _("{by} makes the populations: each has a table of its own.").format(by=table.by),
            ]
        if len(shown_groups(table)) < 2:
            return [_("There is one group: nothing to compare.")]
        return [_("Differences between groups were not tested.")]
    tested = [one for one in table.tests if one.test.p is not None]
    if not tested and not any(one.left_out for one in table.tests):
        return [
            _(
                "Differences between groups were not tested: there are fewer than 5 degrees of freedom "
                "(clusters, or respondents where there are none, minus strata)."
            )
        ]
    notes = [overall_note(table.overall)]
    if tested:
        notes.append(
            _(
                "p: difference between the groups on that label, design-based (Rao-Scott, second order) and "
                "adjusted by Holm over the {n} labels tested. A letter stands beside a share that is "
                "significantly larger than that of the group with this letter (p < 5%, t tests, Holm within "
                "the label)."
            ).format(n=len(tested))
            + " "
            + _("States without a label are not tested (–).")
        )
        if table.provisional:
            notes.append(provisional_tests())
    return [*notes, *_left_out_notes(table)]


def provisional_tests() -> str:
    """Warn of tests on codings that can still change."""
    return _(
        "Careful with p: the codings are provisional, and with every one that changes what is significant "
        "can change; errors of the model and answers not yet decided are not in it."
    )


def _left_out_notes(table: FrequencyTable) -> list[str]:
    """Say which labels and groups were not compared, and why."""
    names = {row.label: title(row) for row in label_order(table)}
    letters = [table.group_letters.get(group, group) for group in table.groups]
    few_clusters: set[int] = set()
    few_expected, without_reason = [], []
    for one in table.tests:
        name = names.get(one.label, one.label)
        few_clusters |= {out.group for out in one.left_out if out.why == "few_clusters"}
        few = [letters[out.group] for out in one.left_out if out.why == "few_expected"]
        if one.test.p is None and not one.left_out:
            without_reason.append(name)
        elif few:
            few_expected.append(name if one.test.p is None else f"{name} ({' '.join(few)})")
    notes = []
    if few_expected:
        notes.append(
            _(
                "Not tested (or not for the groups named), because fewer than {fewest} respondents with the "
                "label, or without it, are to be expected there (effective number): {labels}."
            ).format(fewest=FEWEST_EXPECTED, labels=", ".join(few_expected))
        )
    if few_clusters:
        notes.append(
            _(
                "Groups not compared, because they lie in too few clusters (fewer than {fewest}, or fewer "
                "than {more} more than strata): {groups}."
            ).format(
                fewest=FEWEST_CLUSTERS,
                more=FEWEST_DF,
                groups=" ".join(letters[group] for group in sorted(few_clusters)),
            )
        )
    if without_reason:
        notes.append(
            _(
                "Not tested, because everyone or nobody mentions it or there are fewer than 5 degrees of "
                "freedom: {labels}."
            ).format(labels=", ".join(without_reason))
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
