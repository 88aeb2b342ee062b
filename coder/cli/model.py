"""coder train, label."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    SeedOption,
    StudyOption,
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


def train(
    question: QuestionOption = None,
    seed: SeedOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit the model on all human codings and report its out-of-sample quality a label."""
    from coder.study import Study
    from coder.study import train as fit

    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        questions = opened.questions_with_answers(question)
        trained = [fit(opened, q, seed=seed, progress=progress) for q in questions]
    if as_json:
        print_json(
            [{"question": t.question.name, "trained_on": t.run.trained_on, **t.run.quality} for t in trained]
        )
        return
    for one in trained:
        show_quality(one)


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
    none = [label for label, t in found.thresholds.items() if t.certainty is None]
    if not found.sample:
        console.print(
            _(
                "No threshold can be judged: that takes answers drawn at random and coded blind "
                "('coder codings import --random-sample --blind')."
            )
        )
    elif none:
        console.print(
            _(
                "No threshold qualifies for: {labels} (on {n} answers drawn at random and coded blind)."
            ).format(labels=", ".join(result.trained.codebook.label(i).name for i in none), n=found.sample)
        )
