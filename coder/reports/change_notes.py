"""The footnotes of a table of change between two waves."""

from coder.messages import _, ngettext
from coder.reports.correction_notes import audit_note, hand_coded_note, model_errors_note
from coder.reports.group_tests import provisional_tests
from coder.reports.notes import cautions, provisional_note, where
from coder.reports.numbers import count
from coder.reports.order import base_n
from coder.reports.tables import ChangeTable, FrequencyTable
from coder.reports.words import base_word
from coder.statistics.linearised import FEWEST_EXPECTED


def separable_note(table: ChangeTable) -> str:
    """Say whether real change can be told from a change of the codebook, the coders and the model."""
    if not table.separable:
        if table.unused:
            note = _(
                "Not separable: the answers of the two waves were not coded in the same way, and the bridge "
                "sample was not used."
            )
            return f"{note} {table.unused}"
        note = _(
            "Not separable: the answers of the two waves were not coded in the same way, and without a "
            "bridge sample a real change cannot be told from one of the codebook, the coders or the model."
        )
        remedy = _(
            "What tells: answers of {before} coded again, blind (coder audit bridge --wave {before} --coder "
            "NAME); where the model is all that differs, the same model for both (coder label) will do."
        ).format(before=table.before.wave)
        return f"{note} {remedy}"
    if table.bridge is None:
        return _("Both waves were coded in the same way: same codebook, no model that changed.")
    return _(
        "Instrument: what {before} would have shown if it had been coded as {after} was, minus what it "
        "showed; real: the change that is left."
    ).format(before=table.before.wave, after=table.after.wave)


def shared_note(table: ChangeTable) -> str:
    """Say whether respondents are paired, and how many clusters the waves share."""
    if table.paired is None:
        note = _(
            "No panel id is declared, so respondents are not paired: the waves count as different people."
        )
    else:
        note = ngettext(
            "{n} respondent of both waves is paired by panel id.",
            "{n} respondents of both waves are paired by panel id.",
            table.paired,
        ).format(n=count(table.paired))
    if table.before.clustered or table.after.clustered:
        note += " " + ngettext(
            "{n} cluster is in both waves and counts as one.",
            "{n} clusters are in both waves and count as one each.",
            table.shared_clusters,
        ).format(n=count(table.shared_clusters))
    return note


def bridge_note(table: ChangeTable) -> str:
    """Say how the bridge sample was drawn; empty without one."""
    bridge = table.bridge
    if bridge is None:
        return ""
    note = _(
        "Bridge sample: {decided} answers of {wave} coded again, blind, of {size} drawn at random on {date} "
        "from {frame} (seed {seed}, codebook version {version})."
    )
    own = ngettext(
        "{n} of them is in the base of this table.",
        "{n} of them are in the base of this table.",
        table.bridged,
    )
    return f"{note} {own}".format(
        n=count(table.bridged),
        decided=count(bridge.decided),
        wave=table.before.wave,
        size=count(bridge.size),
        date=bridge.drawn[:10],
        frame=count(bridge.frame),
        seed=bridge.seed,
        version=bridge.codebook_version,
    )


def tested_note(table: ChangeTable) -> str:
    """Say what is subtracted from what, what the intervals are of, and what p belongs to."""
    note = _(
        "Change: {after} minus {before}, in percentage points. The 95% intervals are design-based, each for "
        "its label alone."
    ).format(before=table.before.wave, after=table.after.wave)
    if table.bridge is None:
        note += " " + _("p (Holm): t test of the change, adjusted for testing all labels.")
    else:
        note += " " + _("p (Holm): t test of the real change, adjusted for testing all labels.")
    note += " " + _(
        "So an interval can leave out 0 where p is above 0.05: then rely on p. Not tested (–): states "
        "without a label, and labels that fewer than {fewest} respondents (effective number) with or without "
        "are to be expected of in one of the waves. Nonresponse and the coders' own errors lie outside the "
        "intervals."
    ).format(fewest=FEWEST_EXPECTED)
    return note


def left_out_note(table: ChangeTable) -> str:
    """Name the populations that only one of the waves has; empty without any."""
    if not table.left_out:
        return ""
    return _("Left out, because only one of the waves has them: {populations}.").format(
        populations=", ".join(table.left_out)
    )


def change_notes(table: ChangeTable) -> list[str]:
    """Return the footnotes of a table of change, most needed first."""
    before, after = table.before, table.after
    # of the earlier wave a bridge sample allows for the model's errors
    uncorrected = (before, after) if table.bridge is None else (after,)
    notes = [
        separable_note(table),
        _("Base: {base}, N = {first} in {before}, N = {second} in {after} (unweighted).").format(
            base=base_word(before.base),
            first=count(base_n(before, None)),
            before=before.wave,
            second=count(base_n(after, None)),
            after=after.wave,
        ),
        *(_of(wave, provisional_note(wave)) for wave in (before, after)),
        *(_of(wave, model_errors_note(wave)) for wave in uncorrected),
        *(_of(wave, hand_coded_note(wave)) for wave in (before, after)),
        *(_of(wave, audit_note(wave.audit) if wave.audit else "") for wave in (before, after)),
        tested_note(table),
        provisional_tests() if any(wave.provisional for wave in uncorrected) else "",
        shared_note(table),
        bridge_note(table),
        left_out_note(table),
        *(_of(wave, line) for wave in (before, after) for line in cautions(wave)),
        _("Codebook version {first} in {before}, {second} in {after}.").format(
            first=before.codebook_version,
            before=before.wave,
            second=after.codebook_version,
            after=after.wave,
        ),
    ]
    return [note for note in notes if note]


def change_heading(table: ChangeTable) -> str:
    """Return the line under the question: the waves, the population, and what is provisional."""
    parts = [f"{table.before.wave} → {table.after.wave}", where(table.after).partition(" · ")[2]]
    corrected = [wave.wave for wave in (table.before, table.after) if wave.audit is not None]
    if corrected:
        parts.append(_("corrected for the model's errors: {waves}").format(waves=", ".join(corrected)))
    provisional = [wave.wave for wave in (table.before, table.after) if wave.provisional]
    if provisional:
        parts.append(_("PROVISIONAL: {waves}").format(waves=", ".join(provisional)))
    if not table.separable:
        parts.append(_("NOT SEPARABLE"))
    return " · ".join(part for part in parts if part)


def _of(wave: FrequencyTable, note: str) -> str:
    return f"{wave.wave}: {note}" if note else ""
