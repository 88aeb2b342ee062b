"""The footnotes of a frequency table: its base, how its percentages were made, what to be careful with."""

from coder.messages import _, ngettext
from coder.reports.correction_notes import correction_notes, hand_coded_note, model_errors_note
from coder.reports.group_tests import group_test_notes
from coder.reports.numbers import count, decimal, percent
from coder.reports.order import base_n, label_order, shown_groups, title
from coder.reports.tables import FEWEST_AUDITED, Disclosure, FrequencyRow, FrequencyTable
from coder.reports.words import base_word, status_word

CAUTION = "!"
"""The sign beside a number that a footnote says to be careful with."""


def where(table: FrequencyTable) -> str:
    """Name the wave and the population of a table."""
    population = _("all populations together") if table.population_total else table.population
    return " · ".join(part for part in (table.wave, population) if part)


def base_note(table: FrequencyTable, group: str | None = None) -> str:
    """Name the base with its unweighted number, and the other bases that are known."""
    groups = shown_groups(table)
    if group is None and None not in groups and groups:
        note = _("Base: {base}; N of each group, unweighted.").format(base=base_word(table.base))
    else:
        note = _("Base: {base}, N = {n} (unweighted).").format(
            base=base_word(table.base), n=count(base_n(table, group))
        )
    parts = [note, hand_coded_note(table, group)]
    if group is None:
        parts.append(undecided_note(table))
    sizes = table.bases or table.counts
    known = {name: sizes[name] for name in ("asked", "filled_in", "substantive") if name in sizes}
    if known and group is None:
        counts = ", ".join(f"{base_word(name)} {count(n)}" for name, n in known.items())
        parts.append(_("Of all respondents: {counts}.").format(counts=counts))
    if table.base == "asked":
        parts.append(_("Who left the answer empty counts as not mentioning anything."))
    return " ".join(part for part in parts if part)


def undecided_note(table: FrequencyTable) -> str:
    """Say how many answers fall out of the base because nothing is decided of them; empty without any."""
    found = {state: table.counts.get(state, 0) for state in ("unseen", "skipped", "open")}
    n = sum(found.values())
    if not n:
        return ""
    note = ngettext(
        "That is without {n} answer of which nothing is decided yet.",
        "That is without {n} answers of which nothing is decided yet.",
        n,
    ).format(n=count(n))
    if found["open"] or found["skipped"]:
        note += " " + _(
            "Open and held-over answers are seldom the easy ones: the others are no sample of all."
        )
    return note


def provisional_note(table: FrequencyTable, group: str | None = None) -> str:
    """Say why a table is provisional, with numbers (of all groups); empty for a definitive one."""
    if not table.provisional:
        return ""
    counts = table.counts
    parts = [
        f"{status_word(state)} {count(counts[state])}"
        for state in ("unseen", "skipped", "open")
        if counts.get(state)
    ]
    automatic, queued = counts.get("automatic", 0), counts.get("queued", 0)
    if automatic and table.audit is None:
        of = counts.get("filled_in") or base_n(table, None)
        parts.append(
            _("coded by the model {n} ({share} of what was filled in)").format(
                n=count(automatic), share=percent(automatic / of if of else None)
            )
        )
        if queued:
            parts.append(_("waiting for a person {n}").format(n=count(queued)))
    if table.audit is not None and table.audit.outside:
        parts.append(_("outside the audit sample {n}").format(n=count(table.audit.outside)))
    if not parts:
        return _("Provisional.")
    text = (
        _("Provisional: {reasons}.") if group is None else _("Provisional (all groups together): {reasons}.")
    )
    return text.format(reasons="; ".join(parts))


def method_note(table: FrequencyTable, group: str | None = None) -> str:
    """Say how the percentages and their intervals were made, and what lies outside these."""
    clusters = _clusters(table, group) if table.clustered else ""
    if table.weighted and clusters:
        note = _("Weighted percentages with 95% intervals that take the clusters into account ({clusters}).")
    elif table.weighted:
        note = _("Weighted percentages with 95% intervals.")
    elif clusters:
        note = _(
            "Unweighted percentages with 95% intervals that take the clusters into account ({clusters})."
        )
    else:
        note = _("Unweighted percentages with 95% intervals.")
    parts = [note.format(clusters=clusters), _("Nonresponse lies outside the intervals.")]
    if (n := table.population_clusters) is not None:
        if table.clustered:
            text = _(
                "Finite population correction: the clusters are a sample of {n}; that respondents are a "
                "sample within their clusters is not corrected for."
            )
        else:
            text = _("Finite population correction: the respondents are a sample of {n}.")
        parts.append(text.format(n=count(n)))
    return " ".join(parts)


def _clusters(table: FrequencyTable, group: str | None) -> str:
    """Write how many clusters hold respondents of the base, for each group where there are several."""
    found: dict[str | None, int] = {}
    for row in _rows(table, group):
        found[row.group] = max(found.get(row.group, 0), row.proportion.clusters)
    if len(found) > 1 or (group is None and found and None not in found):
        return ", ".join(f"{name or _('everyone')} {count(n)}" for name, n in found.items())
    return "".join(count(n) for n in found.values())


def margin_note() -> str:
    """Say what ± is."""
    return _(
        "±: half the width of the 95% interval, in percentage points, where that reaches as far down as up; "
        "else only the interval itself is given."
    )


def counted_note(table: FrequencyTable) -> str:
    """Say what the column n counts."""
    if table.base == "mentions":
        return _("n: mentions of the label, unweighted.")
    if table.audit is not None:
        return _(
            "n: respondents to whom a person gave the label, in the audit sample or otherwise, unweighted; "
            "it is not what the percentage is computed from."
        )
    return _("n: respondents who mention it, unweighted.")


def precision_note(table: FrequencyTable, group: str | None = None) -> str:
    """Give Kish's effective n where weights enter, and the range of the design effects; else empty."""
    rows = _rows(table, group)
    parts = []
    if table.weighted and table.base != "mentions":  # Kish's n is of respondents
        sizes: dict[str | None, float] = {}
        for row in rows:
            if row.proportion.kish_n is not None:
                sizes[row.group] = max(sizes.get(row.group, 0.0), row.proportion.kish_n)
        named = [
            count(round(n)) if name is None or group is not None else f"{name} {count(round(n))}"
            for name, n in sizes.items()
        ]
        if named:
            parts.append(_("Effective n by the weights (Kish): {sizes}.").format(sizes=", ".join(named)))
    effects = [row.proportion.deff for row in rows if row.proportion.deff is not None]
    if effects and (table.weighted or table.clustered):
        low, high = decimal(min(effects), 1), decimal(max(effects), 1)
        if table.audit is not None:
            text = _(
                "Design effect {range} (variance relative to simple random sampling of as many answers, all "
                "coded by people: so it includes what correcting costs)."
            )
        else:
            text = _("Design effect {range} (variance relative to simple random sampling).")
        parts.append(text.format(range=low if low == high else f"{low}–{high}"))
    return " ".join(parts)


def mentions_note(table: FrequencyTable, group: str | None = None) -> str:
    """Say what a percentage means when an answer can have several labels, and what a net is."""
    if table.base == "mentions":
        note = _(
            "Percentages are shares of all mentions, not of respondents: who mentions three things counts "
            "three times."
        )
        if any(row.kind == "own" for row in table.rows):
            note += " " + _(
                "Own mentions: of that label itself, without those of the labels under it. It is no net, and "
                "can be smaller than they are."
            )
    elif group is not None:  # how many mentions there are is known of all groups together
        note = _(
            "A percentage says who mentions it spontaneously. An answer can have several labels: percentages "
            "do not add up to 100."
        )
    else:
        note = ngettext(
            "A percentage says who mentions it spontaneously. An answer can have several labels ({n} mention "
            "in all): percentages do not add up to 100.",
            "A percentage says who mentions it spontaneously. An answer can have several labels ({n} "
            "mentions in all): percentages do not add up to 100.",
            table.mentions,
        ).format(n=count(table.mentions))
    if any(row.kind == "parent" for row in table.rows):
        note += " " + _("A label with labels under it counts whoever mentions at least one of them.")
    return note


def cautions(table: FrequencyTable, group: str | None = None) -> list[str]:
    """Say what a reader should be careful with: a line for each kind of caution that a cell carries.

    With a group only what concerns that group, else everything.
    """
    rows = _rows(table, group)
    notes = []
    for kind in ("small_base", "few_mentioners", "few_clusters", "few_audited"):
        marked = [row for row in rows if kind in row.cautions]
        if marked:
            notes.append(f"{CAUTION} {_caution(kind, table.disclosure, ', '.join(_cells(marked, rows)))}")
    notes += _narrow(table, rows)
    younger = [row for row in rows if row.proportion.n < base_n(table, row.group)]
    if younger and table.base != "mentions":
        bases = dict.fromkeys((_with_group(row), row.proportion.n) for row in younger)
        notes.append(
            _("On fewer answers, because older codings do not know these labels: {labels}.").format(
                labels=", ".join(f"{name} (N = {count(n)})" for name, n in bases)
            )
        )
    complete = base_n(table, None)
    if (
        table.base == "mentions"
        and group is None
        and None in shown_groups(table)
        and complete < table.mentions
    ):
        left_out = table.mentions - complete
        notes.append(
            ngettext(
                "Left out {n} mention by respondents whose older codings do not know every label.",
                "Left out {n} mentions by respondents whose older codings do not know every label.",
                left_out,
            ).format(n=count(left_out))
        )
    return notes


def _narrow(table: FrequencyTable, rows: list[FrequencyRow]) -> list[str]:
    """Warn of designs in which an interval can be too narrow, and say how strata of one unit count."""
    notes = []
    if marked := [row for row in rows if row.proportion.narrow]:
        text = (
            _(
                "Careful, few or very unequal clusters ({cells}): intervals can be too narrow, and tests can "
                "find differences too easily."
            )
            if table.clustered
            else _(
                "Careful, few respondents or very unequal weights ({cells}): intervals can be too narrow, "
                "and tests can find differences too easily."
            )
        )
        notes.append(text.format(cells=", ".join(_cells(marked, rows))))
    lone = max((row.proportion.lone_strata for row in rows), default=0)
    if lone and table.stratified:
        notes.append(
            ngettext(
                "In {n} stratum one unit (cluster or respondent) was sampled: its variance is taken from its "
                "distance to the mean over all strata.",
                "In {n} strata one unit (cluster or respondent) was sampled: its variance is taken from its "
                "distance to the mean over all strata.",
                lone,
            ).format(n=count(lone))
        )
    return notes


def _rows(table: FrequencyTable, group: str | None) -> list[FrequencyRow]:
    return [row for row in table.rows if group is None or row.group == group]


def _caution(kind: str, limits: Disclosure, cells: str) -> str:
    if kind == "small_base":
        text, n = _("Fewer than {n} respondents in the base: {cells}."), limits.smallest_base
    elif kind == "few_mentioners":
        text = _("Fewer than {n} respondents mention it, who might be recognised: {cells}.")
        n = limits.fewest_mentioners
    elif kind == "few_audited":
        text, n = _("Corrected with fewer than {n} audited answers: {cells}."), FEWEST_AUDITED
    else:
        text, n = _("Respondents from fewer than {n} clusters: {cells}."), limits.fewest_clusters
    return text.format(n=n, cells=cells)


def _cells(marked: list[FrequencyRow], rows: list[FrequencyRow]) -> list[str]:
    """Name the cells: a group whose every cell is marked by its own name, other cells by their labels."""
    partly = {row.group for row in rows if row not in marked}
    names = [_with_group(row) if row.group in partly else row.group or _("everyone") for row in marked]
    return list(dict.fromkeys(names))


def _with_group(row: FrequencyRow) -> str:
    return title(row) if row.group is None else f"{title(row)} ({row.group})"


def frequency_notes(table: FrequencyTable, group: str | None = None) -> list[str]:
    """Return the footnotes of a frequency table, or of one group's part of it, most needed first."""
    notes = [base_note(table, group), provisional_note(table, group), model_errors_note(table)]
    notes += correction_notes(table, group)
    notes.append(f"{method_note(table, group)} {margin_note()} {counted_note(table)}")
    if label_order(table):
        notes.append(mentions_note(table, group))
    if table.population_total:
        notes.append(_("A total over populations: the study declares that their weights are comparable."))
    if table.by is not None and group is None:
        notes += group_test_notes(table)
    if no_group := table.counts.get("no_group"):
        notes.append(
            ngettext(
                "{n} respondent has no value of {by} and is in no group.",
                "{n} respondents have no value of {by} and are in no group.",
                no_group,
            ).format(n=count(no_group), by=table.by)
        )
    notes += cautions(table, group)
    notes.append(precision_note(table, group))
    if table.codebook_version:  # a file by itself has no codebook
        notes.append(_("Codebook version {version}.").format(version=table.codebook_version))
    return [note for note in notes if note]
