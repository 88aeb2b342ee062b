"""Agreement between coders in a paragraph for a report."""

from coder.messages import _, ngettext
from coder.reports.agreement_notes import answers_note, random_note, waves_of
from coder.reports.numbers import coefficient, count, percent
from coder.reports.order import title
from coder.reports.tables import AgreementTable
from coder.reports.verdict import LIMITS, verdict
from coder.reports.words import selection_word, too_few_words, verdict_word


def agreement_paragraph(table: AgreementTable) -> str:
    """Report Krippendorff's alpha with its interval for every label that has enough positives."""
    parts = [_opening(table)]
    judged = [
        f"{title(row)} {coefficient(alpha.estimate, alpha.low, alpha.high, LIMITS)} {verdict_word(outcome)}"
        for row in table.rows
        for alpha, outcome in [(row.agreement.krippendorff_alpha, verdict(row.agreement))]
        if outcome not in ("too_few", "undefined")
    ]
    if judged:
        parts.append(
            _(
                "Krippendorff's alpha with its 95% interval, judged on the lower bound by his own limits "
                "of .667 and .80: {labels}."
            ).format(labels="; ".join(judged))
        )
    rare = [title(row) for row in table.rows if verdict(row.agreement) == "too_few"]
    if rare:
        parts.append(
            _("Given too rarely for a verdict ({too_few}): {labels}.").format(
                too_few=too_few_words(), labels=", ".join(rare)
            )
        )
    parts += _whole_sets(table)
    resampled = _("clusters") if table.clustered else _("respondents")
    parts.append(
        _(
            "The intervals come from resampling {units} (seed {seed}); {share} of the codings were held over."
        ).format(units=resampled, seed=table.seed, share=percent(table.held_over))
    )
    return " ".join(parts)


def model_agreement(table: AgreementTable) -> str:
    """Report how far the model agrees with people, over whole label sets."""
    parts = [_("People against the model, {waves}:").format(waves=waves_of(table)), answers_note(table)]
    parts += _whole_sets(table)
    return " ".join(parts)


def _whole_sets(table: AgreementTable) -> list[str]:
    if table.sets is None or table.sets.alpha_masi.estimate is None:
        return []
    masi = table.sets.alpha_masi
    return [
        _(
            "Over whole label sets alpha with MASI distance is {alpha}; {share} of the sets are identical."
        ).format(
            alpha=coefficient(masi.estimate, masi.low, masi.high),
            share=percent(table.sets.identical.estimate),
        )
    ]


def _opening(table: AgreementTable) -> str:
    made_at = table.made_at if len(table.made_at) > 1 else ()
    if waves := waves_of(table):
        opening = ngettext(
            "Agreement on {n} answer of {waves} coded by {coders} ({selection}), codebook version {version}.",
            "Agreement on {n} answers of {waves} coded by {coders} ({selection}), codebook version "
            "{version}.",
            table.answers,
        )
    else:
        opening = ngettext(
            "Agreement on {n} answer coded by {coders} ({selection}), codebook version {version}.",
            "Agreement on {n} answers coded by {coders} ({selection}), codebook version {version}.",
            table.answers,
        )
    opening = opening.format(
        n=count(table.answers),
        waves=waves,
        coders=", ".join(table.coders),
        selection=selection_word(table.selection),
        version=", ".join(str(version) for version in made_at or (table.codebook_version,)),
    )
    return f"{opening} {random_note(table)}"
