"""How percentages were computed, corrected and tested, in paragraphs for a report."""

from collections.abc import Sequence

from coder.messages import _
from coder.reports.correction_notes import audit_note, hand_coded_note, naive_note, unused_audit_note
from coder.reports.group_tests import overall_note
from coder.reports.notes import where
from coder.reports.numbers import count
from coder.reports.order import base_n
from coder.reports.tables import AuditRecord, FrequencyTable
from coder.reports.words import base_word
from coder.statistics.two_phase import FEWEST_ERRORS, FEWEST_POSITIVES


def frequency_paragraphs(tables: Sequence[FrequencyTable]) -> list[str]:
    """Return what is to be said of these tables: how they were computed, corrected, and tested."""
    paragraphs = list(dict.fromkeys(frequency_paragraph(table) for table in tables))
    paragraphs += correction_paragraphs(tables)
    unused = {
        table.wave: unused_audit_note(table.unused_audit)
        for table in tables
        if table.unused_audit is not None and table.counts.get("automatic")
    }
    paragraphs += [f"{wave}: {note}" for wave, note in unused.items()]
    tested = [table for table in tables if table.tests]
    if tested:
        paragraphs.append(tests_paragraph(tested))
    return paragraphs


def frequency_paragraph(table: FrequencyTable) -> str:
    """Say how the percentages of a table were computed."""
    base = {
        "filled_in": _("everyone whose answer is filled in"),
        "asked": _("everyone who was asked the question"),
        "substantive": _(
            "everyone whose answer has content: filled in, without don't know, off topic and uncodable"
        ),
        "mentions": _("all labels that were given (mentions), not of respondents"),
    }[table.base]
    parts = [
        _("Percentages are shares of {base} ({name}).").format(base=base, name=base_word(table.base)),
        _("They are weighted with the weights of the file.")
        if table.weighted
        else _("They are not weighted."),
        _("The 95% intervals are design-based and take clusters as sampling units.")
        if table.clustered
        else _("The 95% intervals are design-based and take respondents as sampling units."),
    ]
    if table.stratified:
        parts.append(_("Strata of the sample enter the intervals."))
    if table.population_total:
        parts.append(_("A total over populations: the study declares that their weights are comparable."))
    return " ".join(parts)


def correction_paragraphs(tables: Sequence[FrequencyTable]) -> list[str]:
    """Say how the model's errors were corrected, once for each audit sample."""
    audits: dict[tuple[str, AuditRecord], None] = {}
    for table in tables:
        if table.audit is not None:
            audits[table.wave, table.audit] = None
    if not audits:
        return []
    method = _(
        "The percentages of {waves} were corrected for the model's errors with the prediction-powered "
        "estimator for two-phase samples (weights, clusters and strata as above): the model's labels of all "
        "answers, plus what the audit sample shows them to be wrong. How much the model's labels count (λ) "
        "was tuned for each label, and set to 1, with an exact interval, where fewer than {n} answers of the "
        "audit sample have the label, or do not have it (to 0 where the model gives it more than "
        "twice as often as the sample does, or leaves out more than twice as often what most answers have, "
        "or says the same of every answer). Where fewer than {errors} audited answers were wrong, two more "
        "were allowed for. What the model says of an answer in the audit sample was predicted without that "
        "answer or another with the same text (out of sample), also where its last run has learnt from them."
    ).format(
        waves=", ".join(dict.fromkeys(wave for wave, _audit in audits)),
        n=FEWEST_POSITIVES,
        errors=FEWEST_ERRORS,
    )
    samples = [f"{wave}: {audit_note(audit)}" for wave, audit in audits]
    own = [_own_numbers(table) for table in tables if table.audit is not None and table.by is None]
    errors = _("Errors of the human coders lie outside the intervals.")
    return [" ".join([method, *samples, *own, naive_note(), errors])]


def _own_numbers(table: FrequencyTable) -> str:
    """Say on how many answers a corrected table stands, and how many of these people coded."""
    return f"{where(table)}: N = {count(base_n(table, None))}. {hand_coded_note(table)}"


def tests_paragraph(tables: Sequence[FrequencyTable]) -> str:
    """Say how differences between groups were tested, with the outcome over all labels of each table."""
    method = _(
        "Differences between groups were tested for each label with a design-based test (Rao-Scott, second "
        "order), adjusted by Holm over the labels of a table; pairs of groups only where the label differs. "
        "A test over all labels together allows for several labels in one answer."
    )
    outcomes = [f"{where(table)}, {table.by}: {overall_note(table.overall)}" for table in tables]
    return " ".join([method, *outcomes])
