"""All commands, in the order of the work."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coder.cli import (
    agreement,
    audit,
    codebook,
    coding,
    codings,
    export,
    frequencies,
    model,
    serve,
    settling,
    study,
    survey,
)
from coder.cli import code as coding_screens
from coder.cli.translated import Command, Group
from coder.messages import _
from coder.version import __version__

app = typer.Typer(
    cls=Group,
    help=_("Label open survey answers, with a model that proposes and numbers that hold."),
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def is_in_study(folder: Path) -> bool:
    """Whether a folder lies in a study."""
    return any((parent / "study.toml").is_file() for parent in (folder.resolve(), *folder.resolve().parents))


def _show_version(value: bool) -> None:
    if value:
        print(f"coder {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help=_("Show the version."))
    ] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", help=_("Language: nl or en."), show_default=False)
    ] = None,
) -> None:
    """Take the options that go before the command; --lang is read before anything else is (see main).

    Without a command the coding screens open, inside a study and on a terminal; elsewhere this is wrong usage
    and shows the help.
    """
    if context.invoked_subcommand is None:
        if not (sys.stdout.isatty() and is_in_study(Path.cwd())):
            print(context.get_help(), file=sys.stderr)
            raise typer.Exit(2)
        coding_screens.start_screens(Path.cwd(), start="overview")


app.command("demo", cls=Command, help=_("The main job end to end on the sample study."))(study.demo)
app.command("new", cls=Command, help=_("Make a new study."))(study.new)
app.command("import", cls=Command, help=_("Read a survey file into the study as a wave."))(survey.import_file)
app.command("status", cls=Command, help=_("Where the study stands."))(study.status)
app.add_typer(codebook.app, name="codebook", help=_("The codebook: show, change, in and out."))
app.add_typer(codings.app, name="codings", help=_("Human codings in and out."))
app.command("code", cls=Command, help=_("The coding screens."))(coding_screens.code)
app.command("serve", cls=Command, help=_("The coding screens in a web browser on this computer."))(
    serve.serve
)
app.command("phase", cls=Command, help=_("The phase of the work, and whether new labels still turn up."))(
    coding.phase
)
app.command("assign", cls=Command, help=_("Divide answers over coders; draw the reliability sample."))(
    coding.assign
)
app.command("recode", cls=Command, help=_("Queue coded answers to be read again for a label."))(coding.recode)
app.command("settle", cls=Command, help=_("Settle answers on which coders differ."))(settling.settle)
app.command("undo", cls=Command, help=_("Take back what a coder did last."))(settling.undo)
app.command("redo", cls=Command, help=_("Do again what undo took back."))(settling.redo)
app.command("next", cls=Command, help=_("The next answer that a coder has not seen."))(study.next_to_code)
app.command("train", cls=Command, help=_("Fit the model and report its quality per label."))(model.train)
app.command(
    "label", cls=Command, help=_("Label what no person has coded, and queue what a person should look at.")
)(model.label)
app.command("explain", cls=Command, help=_("Which words of an answer carried the suggested labels."))(
    model.explain
)
app.add_typer(audit.app, name="audit", help=_("The audit sample that corrects the model's percentages."))
app.command("agreement", cls=Command, help=_("Agreement between coders."))(agreement.agreement)
app.command("frequencies", cls=Command, help=_("Label frequencies with their base."))(frequencies.frequencies)
app.command("export", cls=Command, help=_("Write the coded workbook, CSV, or a coding sheet."))(export.export)
app.command("backup", cls=Command, help=_("Copy the study's database safely."))(study.backup)
