"""The footnotes of a table of agreement, and the line that says who is compared with whom."""

from coder.messages import _, ngettext
from coder.reports.numbers import count, decimal, percent
from coder.reports.order import title
from coder.reports.tables import AgreementTable
from coder.reports.verdict import RELIABLE, TENTATIVE
from coder.reports.words import comparison_word, people_word, selection_word, too_few_words

MOST_UNDEFINED = 0.05
"""Share of resamples in which alpha may be undefined without a word about it."""


def subject(table: AgreementTable) -> str:
    """Name the wave, who is compared with whom, and the codebook versions if it is about one of several."""
    parts = [waves_of(table), comparison_word(table.comparison), ", ".join(table.coders)]
    if table.comparison == "version" or table.made_at not in {(), (table.codebook_version,)}:
        versions = ", ".join(str(version) for version in table.made_at)
        parts.append(
            ngettext(
                "codings of codebook version {versions}",
                "codings of codebook versions {versions}",
                len(table.made_at),
            ).format(versions=versions)
        )
    return " · ".join(part for part in parts if part)


def waves_of(table: AgreementTable) -> str:
    """Name the waves that the answers are of; empty for a file that does not say."""
    return table.wave or ", ".join(table.waves)


def answers_note(table: AgreementTable) -> str:
    """Say how many answers the table stands on, drawn how, and which codings of them."""
    return f"{_codings(table)} {random_note(table)}"


def random_note(table: AgreementTable) -> str:
    """Say whether the answers of the table are known to be drawn at random."""
    if not table.at_random:
        return _("Whether these answers were drawn at random is not known.")
    if table.at_random == table.answers:
        return _("All of these answers were drawn at random.")
    return ngettext(
        "{n} of these answers was drawn at random.",
        "{n} of these answers were drawn at random.",
        table.at_random,
    ).format(n=count(table.at_random))


def _codings(table: AgreementTable) -> str:
    n, coders = count(table.answers), ", ".join(table.coders)
    selection = selection_word(table.selection)
    if table.comparison == "model":
        selection = people_word(table.selection)
        text = ngettext(
            "{answers} answer coded by people, against what the model says without having learnt from it: "
            "{selection}.",
            "{answers} answers coded by people, against what the model says without having learnt from them: "
            "{selection}.",
            table.answers,
        )
    elif table.comparison == "consensus":
        text = ngettext(
            "{answers} answer coded by {coders} and settled by consensus: {selection}.",
            "{answers} answers coded by {coders} and settled by consensus: {selection}.",
            table.answers,
        )
    else:
        text = ngettext(
            "{answers} answer with two or more codings by {coders}: {selection}.",
            "{answers} answers with two or more codings by {coders}: {selection}.",
            table.answers,
        )
    return text.format(answers=n, coders=coders, selection=selection)


def agreement_notes(table: AgreementTable) -> list[str]:
    """Return the footnotes of a table of agreement: what is said of it, and how to read any such table."""
    return [*own_notes(table), *reading_notes(table)]


def reading_notes(table: AgreementTable) -> list[str]:
    """Say where the intervals come from, what the columns are, and how verdicts are reached."""
    notes = []
    if table.clustered:
        notes.append(_("95% intervals by resampling clusters, seed {seed}.").format(seed=table.seed))
    else:
        notes.append(_("95% intervals by resampling respondents, seed {seed}.").format(seed=table.seed))
    if any(row.agreement.percent_agreement.estimate == 1 for row in table.rows):
        notes.append(
            _(
                "Where coders never differ there is nothing to resample: the bounds follow from the exact "
                "interval of percent agreement."
            )
        )
    notes.append(
        _(
            "n: answers; given: codings with the label. Verdict on the lower bound of alpha: good from "
            "{reliable}, tentative from {tentative}; none with {too_few}: coefficients in brackets."
        ).format(
            reliable=decimal(RELIABLE),
            tentative=decimal(TENTATIVE, 3),
            too_few=too_few_words(),
        )
    )
    return notes


def own_notes(table: AgreementTable) -> list[str]:
    """Say which answers and codings a table stands on, and what to be careful with in it."""
    notes = [
        answers_note(table),
        _("Held over: {share} of the codings.").format(share=percent(table.held_over)),
    ]
    if table.comparison == "consensus":
        notes.append(
            _("Only answers with a consensus coding count: most often those on which coders differed.")
        )
    if table.informed:
        notes.append(
            _("The consensus was made with the codings in view, so that agreement with it is flattering.")
        )
    shaky = [title(row) for row in table.rows if row.agreement.undefined_replicates > MOST_UNDEFINED]
    if shaky:
        notes.append(
            _("Alpha was undefined in more than 5% of the resamples: {labels}.").format(
                labels=", ".join(shaky)
            )
        )
    if table.codebook_version:  # a file by itself has no codebook
        notes.append(_("Codebook version {version}.").format(version=table.codebook_version))
    return notes
