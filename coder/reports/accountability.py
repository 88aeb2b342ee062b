"""The paragraphs of the sheet Verantwoording: how the figures came about, every number from a record.

A paragraph that does not end in a full stop is a heading: a question, or a part that concerns them all.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.messages import _, ngettext
from coder.reports.coded_counts import ANSWER_STATUSES, CodedCounts, coded_counts
from coder.reports.coded_set import CodedQuestion
from coder.reports.numbers import coefficient, count, percent
from coder.reports.tables import AgreementTable, FrequencyTable
from coder.reports.verdict import FEWEST_POSITIVES, verdict
from coder.reports.words import base_word, origin_word, selection_word, status_word, verdict_word


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One run of the model over a wave.

    Attributes:
        number: of the run; wave: what it labelled; created: when.
        pipeline, encoder: what turned text into numbers (`encoder` empty when there was none).
        seed: of all randomness; codebook_version: of the labels; trained_on: codings it learned from.
    """

    number: int
    wave: str
    created: dt.datetime
    pipeline: str
    encoder: str
    seed: int
    codebook_version: int
    trained_on: int


def accountability(
    questions: Sequence[CodedQuestion],
    runs: Mapping[str, Sequence[ModelRun]],
    *,
    program_version: str,
) -> tuple[str, ...]:
    """Return the paragraphs for these questions; `runs` holds the model's runs by question name."""
    paragraphs: list[str] = []
    for question in questions:
        paragraphs += question_paragraphs(question, runs.get(question.name, ()))
    paragraphs.append(_("For all questions"))
    paragraphs.append(general_paragraph())
    paragraphs.append(
        _("The figures were made with the program coder, version {version}.").format(version=program_version)
    )
    return tuple(paragraphs)


def question_paragraphs(question: CodedQuestion, runs: Sequence[ModelRun] = ()) -> list[str]:
    """Return the paragraphs of one question, headed by its variable prefix and text."""
    counts = coded_counts(question)
    paragraphs = [
        f"{question.short} · {question.text.rstrip('.')}",
        answers_paragraph(counts),
        coding_paragraph(question, counts),
        *(agreement_paragraph(table) for table in question.agreement),
    ]
    if not question.agreement:
        paragraphs.append(
            _("Agreement between coders was not measured: no answers were coded by two coders or more.")
        )
    if counts.automatic:
        paragraphs.append(model_paragraph(counts, runs))
    paragraphs += dict.fromkeys(frequency_paragraph(table) for table in question.frequencies)
    return paragraphs


def answers_paragraph(counts: CodedCounts) -> str:
    """Say how many respondents there are, how many were asked, and how many answered."""
    if counts.asked == counts.rows:
        text = _("All {rows} respondents were asked this question.")
    else:
        text = _("Of {rows} respondents {asked} were asked this question.")
    text += " " + _(
        "{filled_in} filled in an answer ({share}); {blank} left it empty or wrote nothing that counts as "
        "an answer."
    )
    return text.format(
        rows=count(counts.rows),
        asked=count(counts.asked),
        filled_in=count(counts.filled_in),
        share=percent(counts.filled_in / counts.asked if counts.asked else None),
        blank=count(counts.blank),
    )


def coding_paragraph(question: CodedQuestion, counts: CodedCounts) -> str:
    """Say who coded how many answers, with which codebook, and how the final codings came about."""
    parts = [
        _(
            "The codebook is at version {version} ({labels}); what came after a coding is unknown in it."
        ).format(
            version=question.version,
            labels=ngettext("{n} label", "{n} labels", len(question.codebook.active)).format(
                n=len(question.codebook.active)
            ),
        )
    ]
    if question.coders:
        parts.append(
            _("Coders: {coders}.").format(
                coders=", ".join(
                    ngettext("{name} ({n} answer)", "{name} ({n} answers)", n).format(name=name, n=count(n))
                    for name, n in question.coders.items()
                )
            )
        )
    origins = [
        f"{origin_word(origin)} {count(counts.origin[origin])}"
        for origin in ("consensus", "unanimous", "single", "automatic")
        if counts.origin.get(origin)
    ]
    if origins:
        parts.append(_("Final codings by origin: {origins}.").format(origins=", ".join(origins)))
    states = [
        f"{status_word(state)} {count(counts.status[state])}"
        for state in ANSWER_STATUSES
        if counts.status.get(state)
    ]
    if states:
        parts.append(_("Answers by status: {states}.").format(states=", ".join(states)))
    if counts.undecided:
        parts.append(
            ngettext(
                "{n} answer has no final coding yet and is missing from the percentages.",
                "{n} answers have no final coding yet and are missing from the percentages.",
                counts.undecided,
            ).format(n=count(counts.undecided))
        )
    return " ".join(parts)


def agreement_paragraph(table: AgreementTable) -> str:
    """Report Krippendorff's alpha with its interval for every label that has enough positives."""
    parts = [
        ngettext(
            "Agreement on {n} answer coded by {coders} ({selection}), codebook version {version}.",
            "Agreement on {n} answers coded by {coders} ({selection}), codebook version {version}.",
            table.answers,
        ).format(
            n=count(table.answers),
            coders=", ".join(table.coders),
            selection=selection_word(table.selection),
            version=table.codebook_version,
        )
    ]
    judged = [
        f"{row.name} {coefficient(alpha.estimate, alpha.low, alpha.high)} {verdict_word(outcome)}"
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
    rare = [row.name for row in table.rows if verdict(row.agreement) == "too_few"]
    if rare:
        parts.append(
            _("Given too rarely for a verdict (fewer than {n} codings): {labels}.").format(
                n=FEWEST_POSITIVES, labels=", ".join(rare)
            )
        )
    if table.sets is not None and table.sets.alpha_masi.estimate is not None:
        masi = table.sets.alpha_masi
        parts.append(
            _(
                "Over whole label sets alpha with MASI distance is {alpha}; {share} of the sets are "
                "identical."
            ).format(
                alpha=coefficient(masi.estimate, masi.low, masi.high),
                share=percent(table.sets.identical.estimate),
            )
        )
    resampled = _("clusters") if table.clustered else _("respondents")
    parts.append(
        _(
            "The intervals come from resampling {units} (seed {seed}); {share} of the codings were held over."
        ).format(units=resampled, seed=table.seed, share=percent(table.held_over))
    )
    return " ".join(parts)


def model_paragraph(counts: CodedCounts, runs: Sequence[ModelRun]) -> str:
    """Say which share the model coded, how, and how much of that still waits for a person."""
    filled_in = counts.filled_in
    parts = [
        _(
            "No person coded {n} of the answers ({share} of what was filled in): their labels come from "
            "the model. Of these, {queued} ({queued_share}) wait for a person to look at them."
        ).format(
            n=count(counts.automatic),
            share=percent(counts.automatic / filled_in if filled_in else None),
            queued=count(counts.queued),
            queued_share=percent(counts.queued / counts.automatic if counts.automatic else None),
        )
    ]
    for run in runs:
        text = _(
            "Run {number} of {date} over {wave}: trained on {n} coded answers, codebook version {version}, "
            "pipeline {pipeline}, sentence vectors {encoder}, seed {seed}."
        )
        parts.append(
            text.format(
                number=run.number,
                date=run.created.date().isoformat(),
                wave=run.wave,
                n=count(run.trained_on),
                version=run.codebook_version,
                pipeline=run.pipeline,
                encoder=run.encoder or _("none"),
                seed=run.seed,
            )
        )
    parts.append(
        _(
            "Percentages that rest on automatic labels are provisional; the model's errors are not in "
            "the intervals."
        )
    )
    return " ".join(parts)


def frequency_paragraph(table: FrequencyTable) -> str:
    """Say how the percentages of a table were computed."""
    base = {
        "filled_in": _("everyone whose answer is filled in"),
        "asked": _("everyone who was asked the question"),
        "substantive": _(
            "everyone whose answer has content: filled in, without don't know, off topic and uncodable"
        ),
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
    return " ".join(parts)


def general_paragraph() -> str:
    """Say what holds for every percentage."""
    return _(
        "A percentage says which share mentions something spontaneously, not which share agrees with it. "
        "An answer can have several labels, so percentages do not add up to 100. A label with labels under "
        "it counts whoever mentions at least one of them. Nonresponse and the coders' own errors lie "
        "outside every interval."
    )
