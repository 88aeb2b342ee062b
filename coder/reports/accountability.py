"""The paragraphs of the sheet Verantwoording: how the figures came about, every number from a record.

In Dutch and in English, whatever the language of the screens: reports are written in both. A paragraph that
does not end in a full stop is a heading: a language, a question, or a part that concerns them all.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coder.messages import LANGUAGES, _, in_language, ngettext
from coder.reports.agreement_paragraph import agreement_paragraph, model_agreement
from coder.reports.coded_counts import ANSWER_STATUSES, CodedCounts, coded_counts
from coder.reports.coded_set import CodedPart, CodedQuestion
from coder.reports.frequency_paragraphs import frequency_paragraphs
from coder.reports.numbers import count, percent
from coder.reports.words import origin_word, phase_word, status_word

_LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


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
    """Return the paragraphs for these questions, in Dutch and then in English.

    `runs` holds the model's runs by question name.
    """
    paragraphs: list[str] = []
    for language in LANGUAGES:
        with in_language(language):
            paragraphs.append(_LANGUAGE_NAMES[language])
            for question in questions:
                paragraphs += question_paragraphs(question, runs.get(question.name, ()))
            paragraphs.append(_("For all questions"))
            paragraphs.append(general_paragraph())
            paragraphs.append(
                _("The figures were made with the program coder, version {version}.").format(
                    version=program_version
                )
            )
    return tuple(paragraphs)


def question_paragraphs(question: CodedQuestion, runs: Sequence[ModelRun] = ()) -> list[str]:
    """Return the paragraphs of one question, headed by its variable prefix and text."""
    counts = coded_counts(question)
    paragraphs = [
        f"{question.short} · {question.text.rstrip('.')}",
        *([answers_paragraph(question.parts)] if question.parts else []),
        coding_paragraph(question, counts),
        # pairs of coders and the consensus stand on the sheet of agreement
        *(
            agreement_paragraph(table)
            for table in question.agreement
            if table.comparison in ("coders", "version")
        ),
        *(model_agreement(table) for table in question.agreement if table.comparison == "model"),
    ]
    if not any(table.comparison == "coders" for table in question.agreement):
        paragraphs.append(
            _("Agreement between coders was not measured: no answers were coded by two coders or more.")
        )
    if unmeasured := _without_agreement(question):
        paragraphs.append(
            _(
                "How far coders agree on {waves}, of which the percentages are corrected with codings by "
                "people, was not measured."
            ).format(waves=", ".join(unmeasured))
        )
    if counts.automatic:
        paragraphs.append(model_paragraph(question.parts, counts, runs))
    return paragraphs + frequency_paragraphs(question.frequencies)


def _without_agreement(question: CodedQuestion) -> list[str]:
    """Return the waves that are corrected but of which no answers were coded by two coders."""
    measured = {wave for table in question.agreement if table.comparison == "coders" for wave in table.waves}
    corrected = dict.fromkeys(part.wave for part in question.parts if part.corrected)
    return [wave for wave in corrected if wave not in measured]


def answers_paragraph(parts: Sequence[CodedPart]) -> str:
    """Say for each wave and population how many respondents there are, were asked, and answered."""
    return " ".join(_answers(part) for part in parts)


def _answers(part: CodedPart) -> str:
    if part.asked is None:
        text = _(
            "{where}: {filled_in} of {rows} respondents filled in an answer ({share}); the others left it "
            "empty, wrote nothing that counts as an answer, or were not asked: the file does not say who was."
        )
    elif part.asked == part.respondents:
        text = _(
            "{where}: all {rows} respondents were asked this question; {filled_in} filled in an answer "
            "({share}), {blank} left it empty or wrote nothing that counts as an answer."
        )
    else:
        text = _(
            "{where}: of {rows} respondents {asked} were asked this question; {filled_in} filled in an "
            "answer ({share}), {blank} left it empty or wrote nothing that counts as an answer."
        )
    asked = part.respondents if part.asked is None else part.asked
    return text.format(
        where=part.where,
        rows=count(part.respondents),
        asked=count(asked),
        filled_in=count(part.filled_in),
        share=percent(part.filled_in / asked if asked else None),
        blank=count(asked - part.filled_in),
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
    if question.phases:
        phases = ", ".join(phase_word(phase) for phase in question.phases)
        parts.append(_("Phases of the work: {phases}.").format(phases=phases))
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


def model_paragraph(parts_of: Sequence[CodedPart], counts: CodedCounts, runs: Sequence[ModelRun]) -> str:
    """Say which share the model coded, how, and in which waves its errors are corrected."""
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
    if corrected := _automatic(parts_of, corrected=True):
        parts.append(
            _("Corrected for the model's errors are the percentages of {waves}.").format(waves=corrected)
        )
    if uncorrected := _automatic(parts_of, corrected=False):
        parts.append(
            _(
                "Not corrected are those of {waves}: they are provisional, and the model's errors are not in "
                "the intervals."
            ).format(waves=uncorrected)
        )
    return " ".join(parts)


def _automatic(parts: Sequence[CodedPart], *, corrected: bool) -> str:
    """Name the waves with automatic labels that are corrected, or are not, with their numbers."""
    found: dict[str, int] = {}
    for part in parts:
        if part.automatic and part.corrected is corrected:
            found[part.wave] = found.get(part.wave, 0) + part.automatic
    return ", ".join(
        ngettext("{wave} ({n} answer by the model)", "{wave} ({n} answers by the model)", n).format(
            wave=wave, n=count(n)
        )
        for wave, n in found.items()
    )


def general_paragraph() -> str:
    """Say what holds for every percentage."""
    return _(
        "A percentage says which share mentions something spontaneously, not which share agrees with it. "
        "An answer can have several labels, so percentages do not add up to 100. A label with labels under "
        "it counts whoever mentions at least one of them. Nonresponse and the coders' own errors lie "
        "outside every interval."
    )
