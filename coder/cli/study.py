"""coder new, demo, status, next, backup."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    StudyOption,
    WaveOption,
    new_table,
    note,
    notes,
    out,
    print_json,
    progress_bar,
)
from coder.messages import _

if TYPE_CHECKING:
    from coder.study.status import CoderStatus, QuestionStatus


def new(
    folder: Annotated[Path, typer.Argument(help=_("The new study's folder."))],
    name: Annotated[
        str | None, typer.Option("--name", help=_("Name of the study."), show_default=False)
    ] = None,
) -> None:
    """Make a new study."""
    from coder.study import create_study

    made = create_study(folder, name=name)
    note(_("Made {folder}. Next: go there and import a survey file:").format(folder=made))
    note("  " + _("coder import FILE --wave 2026 --id COLUMN --answers COLUMN=QUESTION"))


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help=_("Where the sample study goes (default: a new folder in exports/)."), show_default=False
        ),
    ] = None,
) -> None:
    """Run the main job end to end on the sample study."""
    from coder.cli.demonstration import run_demo

    run_demo(folder)


def status(study: StudyOption = None, as_json: JsonOption = False) -> None:
    """Show where the study stands."""
    from coder.reports.words import phase_word
    from coder.study import Study, study_status

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        found = study_status(opened)
    if as_json:
        print_json(asdict(found))
        return
    table = new_table(found.name)
    table.add_column(_("question"), no_wrap=True)
    table.add_column(_("wave"), no_wrap=True)
    for name in (_("filled in"), _("coded"), _("undecided"), _("automatic"), _("to check"), _("left")):
        # a heading breaks between words, never inside one
        table.add_column(name, justify="right", min_width=max(map(len, name.split())))
    for part in found.questions:
        undecided = part.final.get("open", 0) + part.final.get("skipped", 0)
        numbers = (
            part.filled_in,
            part.seen - undecided,
            undecided,
            part.automatic,
            part.queued,
            part.left,
        )
        table.add_row(part.question, part.wave, *(str(n) for n in numbers))
    console = out()
    if console.width < 100:
        # every number is in view, also on a narrow terminal
        table.padding = 0
        table.columns[0].no_wrap, table.columns[0].overflow = False, "fold"
    console.print(table)
    for part in found.questions:
        if part.progress:
            console.print(
                _("Coded for {question} ({wave}): {coders}").format(
                    question=part.question, wave=part.wave, coders=", ".join(map(_so_far, part.progress))
                )
            )
    for part in found.questions:
        for line in _samples(part):
            console.print(line, soft_wrap=True)
    for question, phase in {part.question: part.phase for part in found.questions}.items():
        console.print(_("Phase of {question}: {phase}").format(question=question, phase=phase_word(phase)))
    note(_("Next: {step}").format(step=found.next_step))


def _samples(part: "QuestionStatus") -> list[str]:
    """Say how far the audit sample and the bridge sample of a question and wave are."""
    lines = []
    audit = part.audit
    of = {"question": part.question, "wave": part.wave}
    if audit is not None and (audit.coded_since or audit.not_blind or audit.joined):
        lines.append(audit.trouble or "")
    elif audit is not None:
        more = [f"{name} {n}" for name, n in audit.left.items()]
        more += [_("held over {n}").format(n=audit.held_over)] if audit.held_over else []
        more += [_("open {n}").format(n=audit.open)] if audit.open else []
        line = _("Audit sample of {question} ({wave}): {done} of {size} coded").format(
            done=audit.decided, size=audit.size, **of
        )
        lines.append(line + (f" ({'; '.join(more)})" if more else ""))
    if part.bridge is not None:
        more = [f"{name} {n}" for name, n in part.bridge.items()]
        line = _("Bridge sample of {question} ({wave}): {done} of {size} coded again").format(
            done=part.bridge_size - sum(part.bridge.values()), size=part.bridge_size, **of
        )
        lines.append(line + (f" ({'; '.join(more)})" if more else ""))
    return lines


def _so_far(coder: "CoderStatus") -> str:
    """Return a coder's name with what is coded, and what is not yet of what was asked."""
    more = []
    if coder.assigned:
        asked = _("asked {n}, of which done {done}").format(n=coder.assigned, done=coder.assigned_done)
        more.append(asked)
    if coder.held_over:
        more.append(_("held over {n}").format(n=coder.held_over))
    if coder.to_read_again:
        more.append(_("to read again {n}").format(n=coder.to_read_again))
    return f"{coder.coder} {coder.coded}" + (f" ({'; '.join(more)})" if more else "")


def next_to_code(
    coder: Annotated[str, typer.Option("--coder", help=_("Who codes."))],
    question: QuestionOption = None,
    wave: WaveOption = None,
    order: Annotated[
        str,
        typer.Option(
            "--order", help=_("In which order: file, random, or informative (teaches the model most).")
        ),
    ] = "file",
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the next answer that a coder has not seen, their own assigned ones first."""
    from coder.study import Study, next_answer
    from coder.study.next_answers import is_asked, voids_audit

    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        q = opened.question(question)
        found = next_answer(opened, q, coder, wave, order=order, progress=progress)
        asked = found is None and is_asked(opened, q, coder, wave)
        if found is not None and (warning := voids_audit(opened, q, found, wave)):
            note(warning)
    if as_json:
        print_json(None if found is None else {"id": found.respondent, "answer": found.text})
    elif found is None:
        done = (
            _("{coder} has seen every answer that was asked; the rest is for others.")
            if asked
            else _("{coder} has seen every answer.")
        )
        note(done.format(coder=coder))
    else:
        print(f"{found.respondent}\t{found.text}")


def backup(
    target: Annotated[
        Path | None, typer.Argument(help=_("The copy (default: beside the database)."), show_default=False)
    ] = None,
    study: StudyOption = None,
) -> None:
    """Copy the study's database, its last events included."""
    from coder.errors import CoderError
    from coder.store import now
    from coder.study import Study

    with Study.open(study or Path.cwd()) as opened, progress_bar():
        to = target or opened.folder / f"study-{now()[:19].replace(':', '')}.db"
        if to.exists():
            raise CoderError(_("{file} exists; choose another name for the copy.").format(file=to))
        opened.database.backup(to)
    note(_("Copied the database to {file}.").format(file=to))
