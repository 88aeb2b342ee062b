"""coder train, label, explain."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    SeedOption,
    StudyOption,
    WaveOption,
    new_table,
    note,
    notes,
    out,
    print_json,
    progress_bar,
)
from coder.errors import CoderError
from coder.messages import _, ngettext

if TYPE_CHECKING:
    from coder.study import LabelResult, Trained
    from coder.study.explaining import ExplainedAnswer
    from coder.study.model_reports import Progression
    from coder.study.suggestions import Growth


def train(
    question: QuestionOption = None,
    growth: Annotated[
        bool,
        typer.Option(
            "--growth", help=_("Also how the quality grew, what more answers would bring, and calibration.")
        ),
    ] = False,
    seed: SeedOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the model on all human codings and report its out-of-sample quality a label."""
    from coder.study import Study
    from coder.study import train as fit
    from coder.study.model_reports import Progression, progression

    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        questions = opened.questions_with_answers(question)
        trained = [fit(opened, q, seed=seed, progress=progress) for q in questions]
        grown: list[Progression | None] = [
            progression(one, progress=progress) if growth and one.run.trained_on else None for one in trained
        ]
    if as_json:
        print_json(
            [
                {"question": t.question.name, "trained_on": t.run.trained_on, **t.run.quality}
                | (asdict(g) if g else {})
                for t, g in zip(trained, grown, strict=True)
            ]
        )
        return
    for one, more in zip(trained, grown, strict=True):
        show_quality(one)
        if more is not None:
            show_calibration(more)
            show_growth(more.growth)


def show_quality(trained: "Trained") -> None:
    """Print the model's out-of-sample quality a label, the frequent labels first."""
    from coder.reports.numbers import decimal

    n = trained.run.trained_on
    note(
        _("{question}: pipeline {pipeline}").format(question=trained.question.name, pipeline=trained.pipeline)
    )
    if not n:
        note(
            _("{question}: nobody has coded yet; the model knows the codebook's words only.").format(
                question=trained.question.name
            )
        )
        return
    quality = trained.model.quality_
    table = new_table(
        ngettext(
            "{question}: model learnt from {n} coded answer (out of sample)",
            "{question}: model learnt from {n} coded answers (out of sample)",
            n,
        ).format(question=trained.question.name, n=n)
    )
    table.add_column(_("label"))
    for name in (_("positives"), _("precision"), _("recall"), "F1"):
        table.add_column(name, justify="right")
    for label in sorted(quality.labels, key=lambda part: -part.positives):
        table.add_row(
            trained.codebook.label(label.label).name,
            str(label.positives),
            decimal(label.precision),
            decimal(label.recall),
            decimal(label.f1),
        )
    out().print(table)
    out().print(_("Identical answers count once in precision, recall and F1."))
    out().print(
        _("micro-F1 {micro}, macro-F1 {macro}").format(
            micro=decimal(quality.micro_f1), macro=decimal(quality.macro_f1)
        )
    )


def show_calibration(found: "Progression") -> None:
    """Print what the model's probabilities were worth, out of sample."""
    from coder.reports.numbers import decimal, percent

    table = new_table(_("Calibration: label decisions out of sample, by probability"))
    for name in (_("probability"), _("decisions"), _("mean probability"), _("share that has the label")):
        table.add_column(name, justify="right")
    for part in found.reliability:
        table.add_row(
            f"{percent(part.low)} – {percent(part.high)}",
            str(round(part.n)),
            percent(part.mean),
            percent(part.true),
        )
    out().print(table)
    out().print(_("Expected calibration error {error}.").format(error=decimal(found.calibration_error, 3)))


def show_growth(grown: "Growth") -> None:
    """Print how the quality grew with the number of coded answers, and what more of them would bring."""
    from coder.reports.numbers import decimal
    from coder.study.model_reports import what_more_brings

    table = new_table(_("Growth: quality after learning from so many answers, on the others"))
    for name in (_("coded answers"), _("draws"), "micro-F1", "macro-F1"):
        table.add_column(name, justify="right")
    for point in grown.points:
        table.add_row(str(point.n), str(point.repeats), decimal(point.micro_f1), decimal(point.macro_f1))
    out().print(table)
    out().print(what_more_brings(grown))


def explain(
    respondent: Annotated[str, typer.Argument(help=_("The respondent whose answer it is."))],
    question: QuestionOption = None,
    wave: WaveOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which words of an answer carried the labels that the model suggests."""
    from coder.study import Study
    from coder.study.explaining import explain_answer

    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        found = explain_answer(opened, opened.question(question), respondent, wave, progress=progress)
    if as_json:
        print_json(asdict(found))
        return
    show_explained(found)


def show_explained(found: "ExplainedAnswer") -> None:
    """Print an answer, its labels, and the words that carried each."""
    from coder.reports.numbers import percent

    console = out()
    console.print(found.text)
    if not found.labels:
        console.print(_("The model suggests no label."))
    else:
        table = new_table("")
        table.add_column(_("label"))
        table.add_column(_("probability"), justify="right")
        table.add_column(_("carried by (what it loses without)"))
        for one in found.labels:
            words: dict[str, str] = {}
            for word in one.words:
                words.setdefault(word.text.casefold(), f"{word.text} (−{percent(word.contribution)})")
            table.add_row(
                one.name, percent(one.probability), ", ".join(words.values()) or _("no single word")
            )
        console.print(table)
    note(
        ngettext(
            "The model learnt from {n} coded answer.",
            "The model learnt from {n} coded answers.",
            found.trained_on,
        ).format(n=found.trained_on)
    )
    if found.coded:
        note(_("This answer is one of them: its own coding speaks in these probabilities."))


def label(
    wave: Annotated[str, typer.Option("--wave", help=_("The wave to label."))],
    question: QuestionOption = None,
    review: Annotated[
        str,
        typer.Option(
            "--review",
            metavar="N",
            help=_("Answers a person should look at: a number, or a share such as 0.1."),
        ),
    ] = "0.1",
    max_error: Annotated[
        float | None,
        typer.Option(
            "--max-error",
            metavar="E",
            help=_("Accept label decisions at this error at most, such as 0.05."),
            show_default=False,
        ),
    ] = None,
    seed: SeedOption = None,
    study: StudyOption = None,
) -> None:
    """Label what no person has coded; human codings are never touched."""
    from coder.study import Study, label_wave
    from coder.study.audit_status import audit_status

    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        questions = [q for q in opened.questions(question) if q.name in record.layout["answers"]]
        if not questions:
            raise CoderError(
                _("Wave {wave} has no answers to {question}; it has: {known}.").format(
                    wave=wave, question=question or "-", known=", ".join(record.layout["answers"])
                )
            )
        for q in questions:
            show_labelled(
                label_wave(
                    opened,
                    q,
                    record,
                    review=parse_review(review),
                    max_error=max_error,
                    seed=seed,
                    progress=progress,
                )
            )
            if audit_status(opened, q, record) is not None:
                note(
                    _(
                        "{question}, wave {wave}: the audit sample stays as it is, halfway or not; what the "
                        "model says of an answer never comes from having learnt it."
                    ).format(question=q.name, wave=record.name)
                )


def parse_review(text: str) -> float | int:
    """Read --review: a whole number of answers, or a share below 1. Raises CoderError."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf or (value >= 1 and not value.is_integer()):
        raise CoderError(
            _("--review {value}: give a whole number of answers, or a share such as 0.1.").format(value=text)
        )
    return value if value < 1 else int(value)


def show_labelled(result: "LabelResult") -> None:
    """Print what labelling a wave did."""
    from coder.reports.numbers import percent
    from coder.statistics import decisions_needed

    console = out()
    console.print(
        _(
            "{question}, wave {wave}: {labelled} answers labelled automatically (run {run}, learnt from {n} "
            "coded answers), {queued} of them queued for a person; {by_hand} coded by people left alone; "
            "{blank} not filled in."
        ).format(
            question=result.question.name,
            wave=result.wave,
            labelled=result.labelled,
            run=result.run,
            n=result.trained.run.trained_on,
            queued=result.queued,
            by_hand=result.by_hand,
            blank=result.not_filled_in,
        )
    )
    if result.without_label:
        n = result.without_label
        console.print(
            ngettext(
                "{n} answer got no label: none is above its threshold.",
                "{n} answers got no label: none is above its threshold.",
                n,
            ).format(n=n)
        )
    found = result.acceptance
    if found is None:
        return
    console.print(
        _(
            "At most {error} error: {accepted} of {decisions} label decisions accepted ({share}), "
            "{whole} of {answers} answers as a whole; the rest is queued."
        ).format(
            error=percent(found.error),
            accepted=found.accepted,
            decisions=found.decisions,
            share=percent(found.accepted / found.decisions if found.decisions else None),
            whole=found.whole,
            answers=found.answers,
        )
    )
    if found.sample and found.sample_waves:
        console.print(
            _("This stands on answers of wave {waves}: that it holds for {wave} is an assumption.").format(
                waves=", ".join(found.sample_waves), wave=result.wave
            )
        )
    if not found.sample:
        console.print(
            _(
                "No threshold can be judged: that takes answers drawn at random and coded blind "
                "('coder codings import --random-sample --blind')."
            )
        )
        return
    why = {
        "error": _(
            "No threshold qualifies for: {labels}. Of their surest decisions more than {error} is wrong, or "
            "may be, on {n} answers drawn at random and coded blind."
        ),
        "decisions": _(
            "No threshold can be judged for: {labels}. Too few answers were drawn at random and coded blind: "
            "{n}; at most {error} error takes at least {needed}, without a mistake."
        ),
        "clusters": _(
            "No threshold can be judged for: {labels}. The {n} answers drawn at random and coded blind are "
            "of too few clusters; at most {error} error takes more than {needed}, of about one size."
        ),
    }
    for reason, text in why.items():
        none = [label for label, t in found.thresholds.items() if t.reason == reason]
        if none:
            console.print(
                text.format(
                    labels=", ".join(result.trained.codebook.label(i).name for i in none),
                    error=percent(found.error),
                    n=found.sample,
                    needed=decisions_needed(found.error),
                )
            )
