"""coder codebook show, check, import, export, reworded; its other commands are in modules of their own."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli import codebook_decisions, codebook_edits
from coder.cli.console import QuestionOption, StudyOption, new_table, note, notes, out
from coder.cli.translated import Command, Group
from coder.errors import CoderError
from coder.messages import _, ngettext

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)


@app.command("show", cls=Command, help=_("The labels with their definitions."))
def show(question: QuestionOption = None, study: StudyOption = None) -> None:
    """Show the labels of the codebooks."""
    from coder.study import Study

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        books = [(q, opened.codebook(q)) for q in opened.questions(question)]
    for q, book in books:
        table = new_table(f"{q.name}: {book.question}", lines=True)
        table.add_column(_("no."), justify="right")
        table.add_column(_("label"))
        table.add_column(_("definition"))
        for label in book.active:
            name = f"  {label.name}" if label.parent else label.name
            table.add_row("" if label.number is None else str(label.number), name, label.definition)
        out().print(table)


@app.command("check", cls=Command, help=_("What would trouble coders."))
def check(question: QuestionOption = None, study: StudyOption = None) -> None:
    """List what would trouble coders; exit status 1 when there is an error among it."""
    from coder.codebook import check_codebook
    from coder.study import Study

    errors = 0
    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        for q in opened.questions(question):
            findings = check_codebook(opened.codebook(q))
            for finding in findings:
                mark = _("error") if finding.kind == "error" else _("warning")
                print(f"{q.codebook}: {mark}: {finding.message}")
            if not findings:
                print(_("{file}: nothing to remark.").format(file=q.codebook))
            errors += sum(finding.kind == "error" for finding in findings)
    if errors:
        raise CoderError(ngettext("{n} error to mend.", "{n} errors to mend.", errors).format(n=errors))


@app.command("import", cls=Command, help=_("Take over a codebook from YAML or Excel."))
def import_codebook(
    file: Annotated[Path, typer.Argument(help=_("A .yaml or .xlsx file."))],
    question: QuestionOption = None,
    study: StudyOption = None,
) -> None:
    """Take over a codebook; refused when codings would lose their label."""
    from coder.codebook import read_codebook
    from coder.study import Study
    from coder.study.codebooks import write_codebook_file

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        q = opened.question(question)
        book = read_codebook(file)
        notes(write_codebook_file(opened, q, book))
    n = len(book.labels)
    note(
        ngettext("{file}: {n} label taken over.", "{file}: {n} labels taken over.", n).format(
            file=q.codebook, n=n
        )
    )


@app.command("export", cls=Command, help=_("Write a codebook as YAML or Excel."))
def export_codebook(
    out_file: Annotated[Path, typer.Option("--out", help=_("A .yaml or .xlsx file."))],
    question: QuestionOption = None,
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, help=_("An earlier version (default: now)."), show_default=False),
    ] = None,
    study: StudyOption = None,
) -> None:
    """Write a codebook to a file."""
    from coder.codebook import write_codebook
    from coder.study import Study
    from coder.study.codebooks import recorded_version

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        q = opened.question(question)
        book = opened.codebook(q) if version is None else recorded_version(opened, q, version)
        write_codebook(book, opened.outside(out_file))
    note(_("Wrote {file}.").format(file=out_file))


@app.command("reworded", cls=Command, help=_("Declare that a label's last change was of wording only."))
def reworded(
    label: Annotated[str, typer.Argument(help=_("The label's id or name."))],
    question: QuestionOption = None,
    study: StudyOption = None,
) -> None:
    """Declare that a definition changed in wording only: older codings know the label again."""
    from coder.study import Study
    from coder.study.codebooks import declare_reworded

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        found = declare_reworded(opened, opened.question(question), label)
    note(_("{label}: only the wording changed; older codings know it.").format(label=found))


app.add_typer(codebook_edits.app)
app.add_typer(codebook_decisions.app)
