"""What is said of frequencies that were corrected for the model's errors, and of the sample behind them."""

from collections.abc import Callable, Iterable

from coder.messages import _, ngettext
from coder.reports.numbers import count
from coder.reports.order import label_order, title
from coder.reports.tables import AuditRecord, FrequencyRow, FrequencyTable
from coder.statistics.records import Correction, Proportion, widened
from coder.statistics.two_phase import FEWEST_POSITIVES


def audit_note(audit: AuditRecord) -> str:
    """Say how the audit sample of a wave was drawn, how much of it is coded, and by whom."""
    parts = [
        _(
            "Audit sample of the whole wave: {decided} answers coded blind by a person of {size} drawn at "
            "random on {date} from the {frame} that no person had coded (seed {seed}, codebook version "
            "{version})."
        ).format(
            decided=count(audit.decided),
            size=count(audit.size),
            date=audit.drawn[:10],
            frame=count(audit.frame),
            seed=audit.seed,
            version=audit.codebook_version,
        )
    ]
    if audit.coders:
        coders = _("Coded by {coders}.").format(coders=", ".join(audit.coders))
        parts.append(f"{coders} {_double(audit)}")
    if audit.certain:
        parts.append(
            ngettext(
                "{n} answer that a person coded for another reason counts as it is.",
                "{n} answers that people coded for other reasons count as they are.",
                audit.certain,
            ).format(n=count(audit.certain))
        )
    if audit.outside:
        parts.append(
            ngettext(
                "{n} answer could not be drawn, because somebody saw it with help in view or it is in "
                "another sample: it is in no base until a person codes it.",
                "{n} answers could not be drawn, because somebody saw them with help in view or they are in "
                "another sample: they are in no base until a person codes them.",
                audit.outside,
            ).format(n=count(audit.outside))
        )
    return " ".join(parts)


def _double(audit: AuditRecord) -> str:
    if not audit.double:
        return _("Each answer by one coder: how far coders agree on it is not known.")
    return ngettext(
        "{n} of these answers by two coders or more.",
        "{n} of these answers by two coders or more.",
        audit.double,
    ).format(n=count(audit.double))


def hand_coded_note(table: FrequencyTable, group: str | None = None) -> str:
    """Say how many answers of a corrected table, or of one group, people coded, and how many in the audit."""
    parts = [one for one in table.hand_coded if group in (None, one.group)]
    if not parts:
        return ""
    if len(parts) == 1:
        return _("Coded by people: {n}, of which {audited} in the audit sample.").format(
            n=count(parts[0].by_people), audited=count(parts[0].audited)
        )
    return _("Coded by people: {groups}.").format(
        groups=", ".join(
            _("{group} {n} ({audited} in the audit sample)").format(
                group=one.group, n=count(one.by_people), audited=count(one.audited)
            )
            for one in parts
        )
    )


def correction_notes(table: FrequencyTable, group: str | None = None) -> list[str]:
    """Say what was corrected, how, and what the uncorrected percentage beside it is worth.

    With a group only its own labels are named.
    """
    if table.audit is None:
        return []
    notes = [
        _("Percentages corrected for the model's errors (prediction-powered, two phases)."),
        audit_note(table.audit),
        naive_note(),
        _("Errors of the human coders lie outside the intervals."),
    ]
    if untuned := _titles(table, group, lambda _share, how: how.rare and how.lam == 1):
        notes.append(
            _(
                "Not tuned (λ = 1), because fewer than {n} answers of the audit sample have the label, or do "
                "not have it: {labels}."
            ).format(n=FEWEST_POSITIVES, labels=", ".join(untuned))
        )
    if without := _titles(
        table, group, lambda _share, how: how.rare and how.lam == 0 and how.naive is not None
    ):
        notes.append(
            _(
                "Without the model (λ = 0), because it gives the label more than twice as often as the audit "
                "sample does (or leaves out more than twice as often what most answers have), or says the "
                "same of every answer: {labels}."
            ).format(labels=", ".join(without))
        )
    if wider := _titles(table, group, lambda share, how: how.lam > 0 and widened(share, how)):
        notes.append(
            _("Margin wider than the answers coded by people would give without the model: {labels}.").format(
                labels=", ".join(wider)
            )
        )
    if nets := _narrow_nets(table, group):
        notes.append(
            _(
                "The model helped some labels more than others (λ), so that an interval can be narrower than "
                "that of a label under it: {labels}."
            ).format(labels=", ".join(nets))
        )
    return notes


def naive_note() -> str:
    """Warn of the percentage that the model's labels give when they are taken as they are."""
    return _(
        "Uncorrected: codings by people and labels of the model together, taken as they are. How far off "
        "that is, only an audit sample tells. {simulations} Report the corrected ones."
    ).format(simulations=simulations())


def simulations() -> str:
    """Say what percentages that are not corrected for a model's errors are worth."""
    return _(
        "In simulations (see the methodology) 95% intervals around such percentages held the truth in 3 to "
        "52 of 100 cases, depending on the model."
    )


def model_errors_note(table: FrequencyTable) -> str:
    """Warn of the model's labels in a table that is not corrected; empty without any."""
    if table.audit is not None or not table.counts.get("automatic"):
        return ""
    if table.unused_audit is not None:
        return unused_audit_note(table.unused_audit)
    return _(
        "The model's errors are not in the intervals. {simulations} With an audit sample coder "
        "frequencies --corrected corrects them: coder audit status says whether there is one, coder audit "
        "draw draws one."
    ).format(simulations=simulations())


def unused_audit_note(reason: str) -> str:
    """Say why an audit sample did not correct for the model's errors, and what percentages are then worth."""
    return _(
        "The model's errors are not in the intervals. {simulations} The audit sample could not correct them: "
        "{reason}"
    ).format(simulations=simulations(), reason=reason if reason.endswith(".") else f"{reason}.")


def _titles(
    table: FrequencyTable, group: str | None, which: Callable[[Proportion, Correction], bool]
) -> list[str]:
    """Name the labels of which this holds, with their group where it does not hold in every group."""
    rows = _corrected_rows(table, group)
    return _names(
        table, rows, [row for row in rows if row.correction and which(row.proportion, row.correction)]
    )


def _narrow_nets(table: FrequencyTable, group: str | None) -> list[str]:
    """Name the labels with a narrower interval than one under them that has another λ."""
    rows = _corrected_rows(table, group)
    cells = {(row.label, row.group): row for row in rows}
    found = []
    for row in rows:
        above = cells.get((row.parent, row.group)) if row.parent else None
        if above is None or above in found or row.correction is None or above.correction is None:
            continue
        if row.correction.lam != above.correction.lam and _width(above.proportion) < _width(row.proportion):
            found.append(above)
    return _names(table, rows, found)


def _corrected_rows(table: FrequencyTable, group: str | None) -> list[FrequencyRow]:
    return [row for row in table.rows if row.correction is not None and group in (None, row.group)]


def _width(share: Proportion) -> float:
    return float("nan") if share.low is None or share.high is None else share.high - share.low


def _names(table: FrequencyTable, rows: Iterable[FrequencyRow], chosen: list[FrequencyRow]) -> list[str]:
    names = []
    everywhere = {row.label for row in rows} - {row.label for row in rows if row not in chosen}
    for label in label_order(table):
        if label.label in everywhere:
            names.append(title(label))
        else:
            names += [
                f"{title(row)} ({row.group or _('everyone')})" for row in chosen if row.label == label.label
            ]
    return names
