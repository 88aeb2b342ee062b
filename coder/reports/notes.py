"""The footnotes of a table: its base, how its percentages were made, and what to be careful with."""

from coder.messages import _, ngettext
from coder.reports.numbers import count, decimal, percent
from coder.reports.order import base_n, label_order, shown_groups
from coder.reports.tables import AgreementTable, FrequencyRow, FrequencyTable
from coder.reports.verdict import FEWEST_POSITIVES, RELIABLE, TENTATIVE
from coder.reports.words import base_word, selection_word, status_word

SMALLEST_BASE = 10
FEWEST_MENTIONERS = 3
FEWEST_CLUSTERS = 3
FEWEST_DF = 10


def where(table: FrequencyTable) -> str:
    """Name the wave and the population of a table."""
    return " · ".join(part for part in (table.wave, table.population) if part)


def base_note(table: FrequencyTable, group: str | None = None) -> str:
    """Name the base with its unweighted number, and what it is a part of."""
    groups = shown_groups(table)
    if group is None and None not in groups and groups:
        note = _("Base: {base}; N of each group, unweighted.").format(base=base_word(table.base))
    else:
        note = _("Base: {base}, N = {n} (unweighted).").format(
            base=base_word(table.base), n=count(base_n(table, group))
        )
    known = [
        f"{base_word(name)} {count(table.counts[name])}"
        for name in ("asked", "filled_in")
        if name in table.counts
    ]
    if known:
        note += " " + _("Of all respondents: {counts}.").format(counts=", ".join(known))
    return note


def provisional_note(table: FrequencyTable) -> str:
    """Say why a table is provisional, with numbers; empty for a definitive one."""
    if not table.provisional:
        return ""
    counts = table.counts
    parts = [
        f"{status_word(state)} {count(counts[state])}"
        for state in ("unseen", "skipped", "open")
        if counts.get(state)
    ]
    automatic, queued = counts.get("automatic", 0), counts.get("queued", 0)
    if automatic:
        of = counts.get("filled_in") or base_n(table, None)
        parts.append(
            _("coded by the model {n} ({share} of what was filled in)").format(
                n=count(automatic), share=percent(automatic / of if of else None)
            )
        )
    if queued:
        parts.append(_("waiting for a person {n}").format(n=count(queued)))
    if not parts:
        return _("Provisional.")
    return _("Provisional: {reasons}.").format(reasons="; ".join(parts))


def method_note(table: FrequencyTable) -> str:
    """Say how the percentages and their intervals were made."""
    if table.weighted and table.clustered:
        note = _("Weighted percentages with 95% intervals that take the clusters into account.")
    elif table.weighted:
        note = _("Weighted percentages with 95% intervals.")
    elif table.clustered:
        note = _("Unweighted percentages with 95% intervals that take the clusters into account.")
    else:
        note = _("Unweighted percentages with 95% intervals.")
    note += " " + _("n: respondents who mention it, unweighted. Nonresponse lies outside the intervals.")
    if table.by is not None:
        note += " " + _("Differences between groups were not tested.")
    return note


def mentions_note(table: FrequencyTable) -> str:
    """Say that an answer can have several labels, and what a net is when there is one."""
    note = ngettext(
        "An answer can have several labels ({n} mention in all): percentages do not add up to 100.",
        "An answer can have several labels ({n} mentions in all): percentages do not add up to 100.",
        table.mentions,
    ).format(n=count(table.mentions))
    if any(row.kind == "parent" for row in table.rows):
        note += " " + _("A label with labels under it counts whoever mentions at least one of them.")
    return note


def cautions(table: FrequencyTable, group: str | None = None) -> list[str]:
    """Say what a reader should be careful with: small bases, few mentions, few clusters, younger labels.

    With a group only what concerns that group, else everything.
    """
    rows = [row for row in table.rows if group is None or row.group == group]
    notes = []
    small = sorted({row.group or _("everyone") for row in rows if base_n(table, row.group) < SMALLEST_BASE})
    if small:
        notes.append(
            _("Careful, fewer than {n} respondents in the base: {groups}.").format(
                n=SMALLEST_BASE, groups=", ".join(small)
            )
        )
    rare = [row for row in rows if row.kind != "state" and 0 < row.proportion.count < FEWEST_MENTIONERS]
    if rare:
        notes.append(
            _("Careful, 1 or 2 respondents, who might be recognised: {labels}.").format(labels=_names(rare))
        )
    if table.clustered and any(0 < row.proportion.clusters < FEWEST_CLUSTERS for row in rows):
        notes.append(_("Careful, fewer than {n} clusters.").format(n=FEWEST_CLUSTERS))
    elif any(row.proportion.df is not None and row.proportion.df < FEWEST_DF for row in rows):
        notes.append(
            _("Careful, fewer than {n} degrees of freedom: the intervals are rough.").format(n=FEWEST_DF)
        )
    younger = [row for row in rows if row.proportion.n < base_n(table, row.group)]
    if younger:
        notes.append(
            _("On fewer answers, because older codings do not know these labels: {labels}.").format(
                labels=", ".join(f"{name} (N = {count(n)})" for name, n in _smaller_bases(younger))
            )
        )
    return notes


def _smaller_bases(rows: list[FrequencyRow]) -> list[tuple[str, int]]:
    return list(dict.fromkeys((_with_group(row), row.proportion.n) for row in rows))


def _names(rows: list[FrequencyRow]) -> str:
    return ", ".join(dict.fromkeys(_with_group(row) for row in rows))


def _with_group(row: FrequencyRow) -> str:
    return row.name if row.group is None else f"{row.name} ({row.group})"


def frequency_notes(table: FrequencyTable, group: str | None = None) -> list[str]:
    """Return the footnotes of a frequency table, or of one group's part of it, most needed first."""
    notes = [base_note(table, group), provisional_note(table), method_note(table)]
    if label_order(table):
        notes.append(mentions_note(table))
    if no_group := table.counts.get("no_group"):
        notes.append(
            ngettext(
                "{n} respondent has no value of {by} and is in no group.",
                "{n} respondents have no value of {by} and are in no group.",
                no_group,
            ).format(n=count(no_group), by=table.by)
        )
    notes += cautions(table, group)
    notes.append(_("Codebook version {version}.").format(version=table.codebook_version))
    return [note for note in notes if note]


def agreement_notes(table: AgreementTable) -> list[str]:
    """Return the footnotes of a table of agreement."""
    notes = [
        ngettext(
            "{answers} answer with two or more codings by {coders}: {selection}.",
            "{answers} answers with two or more codings by {coders}: {selection}.",
            table.answers,
        ).format(
            answers=count(table.answers),
            coders=", ".join(table.coders),
            selection=selection_word(table.selection),
        ),
        _("Held over: {share} of the codings.").format(share=percent(table.held_over)),
    ]
    if table.clustered:
        notes.append(_("95% intervals by resampling clusters, seed {seed}.").format(seed=table.seed))
    else:
        notes.append(_("95% intervals by resampling respondents, seed {seed}.").format(seed=table.seed))
    notes.append(
        _(
            "n: answers; given: codings with the label. Verdict on the lower bound of alpha: good from "
            "{reliable}, tentative from {tentative}; none below {n} codings with the label."
        ).format(reliable=decimal(RELIABLE), tentative=decimal(TENTATIVE, 3), n=FEWEST_POSITIVES)
    )
    shaky = [row.name for row in table.rows if row.agreement.undefined_replicates > 0.05]
    if shaky:
        notes.append(
            _("Alpha was undefined in more than 5% of the resamples: {labels}.").format(
                labels=", ".join(shaky)
            )
        )
    notes.append(_("Codebook version {version}.").format(version=table.codebook_version))
    return notes
