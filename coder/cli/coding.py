"""coder assign, recode, phase: who codes what, what is read again, and how far the work is."""

from collections.abc import Sequence
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
    from coder.study.assigning import Assigned
    from coder.study.phases import PhaseBegun, Saturation
    from coder.study.recoding import RecodeCount, Recoding


def assign(
    coder: Annotated[
        list[str],
        typer.Option(
            "--coder",
            help=_(
                "Who codes; once for each coder. One alone shares the sample with those who coded already; "
                "each then gets as many other answers besides, at random."
            ),
        ),
    ],
    share: Annotated[
        float,
        typer.Option(
            "--share",
            help=_("Share of the answers in the reliability sample, which all of them code, blind."),
        ),
    ] = 0.2,
    seed: SeedOption = None,
    question: QuestionOption = None,
    wave: WaveOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Divide the answers over coders and draw the reliability sample."""
    from coder.study import Study
    from coder.study.assigning import assign as divide

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        asked = [q for q in opened.questions_with_answers(question) if q.name in record.layout["answers"]]
        if not asked:
            raise CoderError(
                _("Wave {wave} has no answers to {question}; it has: {known}.").format(
                    wave=record.name, question=question or "-", known=", ".join(record.layout["answers"])
                )
            )
        made = [divide(opened, q, record, coder, share=share, seed=seed) for q in asked]
    if as_json:
        print_json([asdict(one) for one in made])
        return
    for one in made:
        show_assigned(one)


def show_assigned(made: "Assigned") -> None:
    """Print how the answers are divided, and say what changed."""
    now = made.now
    table = new_table(_("{question}, wave {wave}").format(question=now.question, wave=now.wave))
    table.add_column(_("coder"))
    for heading in (_("to code"), _("done"), _("in the sample"), _("of these done")):
        table.add_column(heading, justify="right")
    for coder in now.coders:
        numbers = (coder.assigned, coder.done, coder.sample, coder.sample_done)
        table.add_row(coder.coder, *(str(n) for n in numbers))
    out().print(table)
    if not made.drawn and not made.divided and not made.mixed:
        note(_("{question}: nothing new to draw or to divide.").format(question=now.question))
    else:
        note(
            _(
                "{question}: {drawn} answers drawn for the reliability sample, which now has {sample} "
                "(seed {seed}); {divided} others divided."
            ).format(
                question=now.question,
                drawn=made.drawn,
                sample=now.sample,
                seed=made.seed,
                divided=made.divided,
            )
        )
    for name, n in made.mixed.items():
        note(
            ngettext(
                "{coder} is asked for {n} other answer at random besides, so that the list does not tell "
                "which are in the sample.",
                "{coder} is asked for {n} other answers at random besides, so that the list does not tell "
                "which are in the sample.",
                n,
            ).format(coder=name, n=n)
        )
    if made.audited and (made.divided or made.mixed):
        n = made.audited
        note(
            ngettext(
                "{question}, wave {wave}: there is an audit sample of {n} answer. Coding what is assigned "
                "now makes it void: finish it, and make the corrected percentages, first.",
                "{question}, wave {wave}: there is an audit sample of {n} answers. Coding what is assigned "
                "now makes it void: finish it, and make the corrected percentages, first.",
                n,
            ).format(question=now.question, wave=now.wave, n=n)
        )
    if made.left_out:
        n = made.left_out
        note(
            ngettext(
                "{n} answer could not be drawn: it was coded, or begun, with suggestions or other coders' "
                "work in view, or nobody knows whether.",
                "{n} answers could not be drawn: they were coded, or begun, with suggestions or other "
                "coders' work in view, or nobody knows whether.",
                n,
            ).format(n=n)
        )
    if now.sample < made.wanted:
        note(
            _("The sample has {sample} answers instead of {wanted}: there are no more to draw from.").format(
                sample=now.sample, wanted=made.wanted
            )
        )
    if now.sample and len([coder for coder in now.coders if coder.sample]) < 2:
        note(
            _(
                "Only {coder} is asked for the sample so far: agreement takes two coders. Name the other one "
                "too, with the same command."
            ).format(coder=now.coders[0].coder)
        )
    if now.unassigned:
        n = now.unassigned
        note(
            ngettext(
                "{n} answer that nobody has coded is for whoever comes first.",
                "{n} answers that nobody has coded are for whoever comes first.",
                n,
            ).format(n=n)
        )


def recode(
    label: Annotated[str, typer.Argument(help=_("The label's id or name."))],
    question: QuestionOption = None,
    n: Annotated[
        int,
        typer.Option("--n", min=0, help=_("Different answers that the model finds most likely to carry it.")),
    ] = 50,
    random: Annotated[int, typer.Option("--random", min=0, help=_("Answers at random from the rest."))] = 20,
    carrying: Annotated[
        bool, typer.Option("--carrying", help=_("All answers that carry it instead: the label is split."))
    ] = False,
    seed: SeedOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Queue coded answers to be read again for a label that came later, was redefined or is split."""
    from coder.study import Study
    from coder.study.recoding import queue_recoding, recode_counts

    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        asked = opened.question(question)
        made = queue_recoding(
            opened,
            asked,
            label,
            n=n,
            random=random,
            carrying=carrying,
            seed=seed,
            progress=progress,
        )
        counts = recode_counts(opened, asked)
    if as_json:
        print_json({**asdict(made), "queue": [asdict(one) for one in counts]})
        return
    show_recoding(made, carrying)
    show_recode_counts(counts)


def show_recoding(made: "Recoding", carrying: bool) -> None:
    """Say how many answers were queued, and why these."""
    if not made.unknown:
        text = (
            _("{label}: no answer carries it; nothing to read again.")
            if carrying
            else _("{label}: every coding knows it; nothing to read again.")
        )
        note(text.format(label=made.name))
        return
    if carrying:
        note(
            ngettext(
                "{label}: {n} answer carries it; {queued} queued now, {waiting} waited already.",
                "{label}: {n} answers carry it; {queued} queued now, {waiting} waited already.",
                made.unknown,
            ).format(label=made.name, n=made.unknown, queued=made.carrying, waiting=made.waiting)
        )
        return
    note(
        ngettext(
            "{label}: {n} coded answer does not know it. Queued now: {likely} that the model finds "
            "most likely to carry it, identical ones included, and {random} at random from the rest (seed "
            "{seed}); {waiting} waited already.",
            "{label}: {n} coded answers do not know it. Queued now: {likely} that the model finds "
            "most likely to carry it, identical ones included, and {random} at random from the rest (seed "
            "{seed}); {waiting} waited already.",
            made.unknown,
        ).format(
            label=made.name,
            n=made.unknown,
            likely=made.likely,
            random=made.random,
            seed=made.seed,
            waiting=made.waiting,
        )
    )
    if made.cold and made.likely:
        note(
            _("No coded answer has {label} yet: the model went by the words of the codebook.").format(
                label=made.name
            )
        )


def show_recode_counts(counts: Sequence["RecodeCount"]) -> None:
    """Print what is queued to be read again, a label a row."""
    if not counts:
        return
    table = new_table(_("To be read again"))
    table.add_column(_("label"))
    for heading in (_("queued"), _("left")):
        table.add_column(heading, justify="right")
    table.add_column(_("by whom"))
    for count in counts:
        coders = ", ".join(f"{coder} {n}" for coder, n in sorted(count.coders.items()))
        table.add_row(count.label, str(count.queued), str(count.left), coders)
    out().print(table)


def phase(
    question: Annotated[str | None, typer.Argument(help=_("The open question."), show_default=False)] = None,
    new: Annotated[
        str | None,
        typer.Argument(
            help=_("The phase to begin: explore, pilot, fix, code or automatic."), show_default=False
        ),
    ] = None,
    coder: Annotated[
        str | None, typer.Option("--coder", help=_("Who begins it."), show_default=False)
    ] = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the phase of the work, or begin another one."""
    from coder.study import Study
    from coder.study.phases import PHASES, done_phases, saturation, set_phase
    from coder.study.phases import phase as present_phase

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        if new is None and question in PHASES and question not in opened.settings.questions:
            # of a study with one question it need not be named
            question, new = None, question
        asked = [opened.question(question)] if new is not None else opened.questions_with_answers(question)
        changed = new is not None and set_phase(opened, asked[0], new, coder)
        found = [(q, present_phase(opened, q), done_phases(opened, q), saturation(opened, q)) for q in asked]
    if as_json:
        print_json(
            [
                {
                    "question": q.name,
                    "phase": present,
                    "begun": [asdict(one) for one in begun],
                    "saturation": asdict(curve),
                }
                for q, present, begun, curve in found
            ]
        )
        return
    for q, present, begun, curve in found:
        show_phase(q.name, present, begun, curve)
    if new is not None and not changed:
        note(_("{question} is in that phase already.").format(question=asked[0].name))


def show_phase(question: str, present: str, begun: Sequence["PhaseBegun"], curve: "Saturation") -> None:
    """Print the phases of a question with the present one, and the curve of new labels."""
    from coder.reports.signs import writable
    from coder.reports.words import phase_word
    from coder.study.phases import PHASES

    console = out()
    table = new_table(question)
    for heading in ("", _("phase"), _("command"), _("since"), _("codebook version")):
        table.add_column(heading)
    last = {one.phase: one for one in begun}
    for name in PHASES:
        one = last.get(name)
        mark = "▶" if name == present else "✓" if one else ""
        since, version = ("", "") if one is None else (one.at[:10], str(one.version))
        table.add_row(writable(mark, console.encoding), phase_word(name), name, since, version)
    console.print(table)
    if not curve.new:
        console.print(_("New labels: nothing coded yet."))
        return
    numbers = "  ".join(str(n) for n in curve.new)
    console.print(_("New labels in every {step} answers: {numbers}").format(step=curve.step, numbers=numbers))
    console.print(writable(f"  {sparkline(curve.new)}", console.encoding))
    console.print(
        ngettext(
            "{labels} labels used in {n} answer.", "{labels} labels used in {n} answers.", curve.answers
        ).format(labels=curve.labels, n=curve.answers)
    )


def sparkline(numbers: Sequence[int]) -> str:
    """Draw numbers as a line of bars, one sign each; nought is a low line, never a gap."""
    highest = max(numbers, default=0)
    return "".join("▁▂▃▄▅▆▇█"[round(7 * n / highest) if highest else 0] for n in numbers)
