"""coder codebook undo, history, proposals, accept, decline."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.codebook_edits import By
from coder.cli.console import JsonOption, QuestionOption, StudyOption, new_table, note, notes, out, print_json
from coder.cli.translated import Command, Group
from coder.messages import _

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)


@app.command("undo", cls=Command, help=_("Take back the newest change of a codebook."))
def undo(question: QuestionOption = None, study: StudyOption = None) -> None:
    """Take back the newest change that was made on screen or by command."""
    from coder.study import Study
    from coder.study.codebook_edits import undo_edit
    from coder.study.codebook_history import edits, touched_by_undo

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        q = opened.question(question)
        newest = next((edit for edit in edits(opened, q) if edit.newest), None)
        if newest is not None:
            touched = touched_by_undo(opened, q, newest)
        done = undo_edit(opened, q)
    assert newest is not None  # noqa: S101  (undo_edit raises when there is none)
    note(touched)
    note(
        _("Taken back: {what} (version {version} of the codebook).").format(
            what=newest.text, version=done.version
        )
    )


@app.command("history", cls=Command, help=_("What was changed in a codebook, newest first."))
def history(question: QuestionOption = None, json_: JsonOption = False, study: StudyOption = None) -> None:
    """List the changes made on screen or by command."""
    from dataclasses import asdict

    from coder.study import Study
    from coder.study.codebook_history import edits

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        made = {q.name: edits(opened, q) for q in opened.questions_with_answers(question)}
    if json_:
        print_json([{"question": name, **asdict(edit)} for name, listed in made.items() for edit in listed])
        return
    for name, listed in made.items():
        table = new_table(name)
        table.add_column(_("change"), justify="right")
        table.add_column(_("when"))
        table.add_column(_("who"))
        table.add_column(_("what"))
        table.add_column(_("version"), justify="right")
        for edit in listed:
            what = edit.text if edit.in_force else _("{what} (taken back)").format(what=edit.text)
            version = "" if edit.version is None else str(edit.version)
            table.add_row(str(edit.event), edit.when, edit.by or "", what, version)
        out().print(table)


@app.command("proposals", cls=Command, help=_("Labels that coders propose."))
def proposals(question: QuestionOption = None, json_: JsonOption = False, study: StudyOption = None) -> None:
    """List the proposals that nobody has decided on."""
    from dataclasses import asdict

    from coder.study import Study
    from coder.study.codebook_proposals import proposals

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        found = {q.name: proposals(opened, q) for q in opened.questions_with_answers(question)}
    if json_:
        print_json([{"question": name, **asdict(one)} for name, listed in found.items() for one in listed])
        return
    for name, listed in found.items():
        if not listed:
            note(_("{question}: no open proposals.").format(question=name))
            continue
        table = new_table(name, lines=True)
        table.add_column(_("label"))
        table.add_column(_("times"), justify="right")
        table.add_column(_("who"))
        table.add_column(_("answers"))
        for one in listed:
            table.add_row(one.name, str(one.count), ", ".join(one.by), "\n".join(one.examples))
        out().print(table)


@app.command("accept", cls=Command, help=_("Add a proposed label."))
def accept(
    name: Annotated[str, typer.Argument(help=_("The proposed label's name."), show_default=False)],
    as_: Annotated[
        str | None, typer.Option("--as", help=_("Another name for it."), show_default=False)
    ] = None,
    question: QuestionOption = None,
    coder: By = None,
    study: StudyOption = None,
) -> None:
    """Add a proposed label to the codebook; the answers where it was proposed are queued."""
    from coder.study import Study
    from coder.study.codebook_proposals import accept_proposal

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        edit = accept_proposal(opened, opened.question(question), name, coder, name=as_)
    notes(edit.lines)
    note(_("Added {label}, number {number}.").format(label=edit.id, number=edit.number))


@app.command("decline", cls=Command, help=_("Decline a proposed label."))
def decline(
    name: Annotated[str, typer.Argument(help=_("The proposed label's name."), show_default=False)],
    reason: Annotated[
        str, typer.Option("--reason", help=_("Why, for who proposed it."), show_default=False)
    ] = "",
    question: QuestionOption = None,
    coder: By = None,
    study: StudyOption = None,
) -> None:
    """Decline a proposed label."""
    from coder.study import Study
    from coder.study.codebook_proposals import decline_proposal

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        decline_proposal(opened, opened.question(question), name, reason, coder)
    note(_("Declined: {label}.").format(label=name))
