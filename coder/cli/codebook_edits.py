"""coder codebook add, rename, define, number, merge, split, move, retire, revive."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import QuestionOption, StudyOption, note, notes
from coder.cli.translated import Command, Group
from coder.errors import CoderError
from coder.messages import _, ngettext

if TYPE_CHECKING:
    from coder.codebook.edits import CodebookEdit
    from coder.study.codebook_edits import Edit

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
Label = Annotated[str, typer.Argument(help=_("The label's id or name."), show_default=False)]
By = Annotated[
    str | None, typer.Option("--coder", help=_("Who decides it, for the record."), show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", help=_("Do not ask, also when codings are touched."))]
Items = list[str] | None


@app.command("add", cls=Command, help=_("Add a label."))
def add(
    name: Annotated[str, typer.Argument(help=_("The new label's name."), show_default=False)],
    under: Annotated[
        str | None, typer.Option("--under", help=_("The label that it comes under."), show_default=False)
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--number", help=_("Its code number (default: the next one)."), show_default=False),
    ] = None,
    definition: Annotated[
        str, typer.Option("--definition", help=_("Which answers get it."), show_default=False)
    ] = "",
    question: QuestionOption = None,
    coder: By = None,
    study: StudyOption = None,
) -> None:
    """Add a label to a codebook."""
    from coder.codebook.edits import AddLabel

    edit = _make(AddLabel(name, under, number, definition), study, question, coder, yes=True)
    note(_("Added {label}, number {number}.").format(label=edit.id, number=edit.number))


@app.command("rename", cls=Command, help=_("Give a label another name; its codings stay."))
def rename(
    label: Label,
    name: Annotated[str, typer.Argument(help=_("The new name."), show_default=False)],
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Rename a label."""
    from coder.codebook.edits import RenameLabel

    _make(RenameLabel(label, name), study, question, coder, yes=yes)


@app.command("define", cls=Command, help=_("Say what a label stands for; what is not named stays."))
def define(
    label: Label,
    definition: Annotated[
        str | None, typer.Option("--definition", help=_("Which answers get it."), show_default=False)
    ] = None,
    include: Annotated[
        Items, typer.Option("--include", help=_("What belongs to it; may be repeated."), show_default=False)
    ] = None,
    exclude: Annotated[
        Items, typer.Option("--exclude", help=_("What does not; may be repeated."), show_default=False)
    ] = None,
    example: Annotated[
        Items, typer.Option("--example", help=_("An example; may be repeated."), show_default=False)
    ] = None,
    keyword: Annotated[
        Items,
        typer.Option("--keyword", help=_("A word that suggests it; may be repeated."), show_default=False),
    ] = None,
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Describe a label; another meaning makes it unknown in older codings."""
    from coder.codebook.edits import DefineLabel

    edit = DefineLabel(label, definition, include or None, exclude or None, example or None, keyword or None)
    _make(edit, study, question, coder, yes=yes)


@app.command("number", cls=Command, help=_("Give a label another code number."))
def number(
    label: Label,
    code: Annotated[int, typer.Argument(help=_("The new number."), show_default=False)],
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Give a label another code number."""
    from coder.codebook.edits import NumberLabel

    _make(NumberLabel(label, code), study, question, coder, yes=yes)


@app.command("merge", cls=Command, help=_("Let a label go into another; its codings follow."))
def merge(
    label: Annotated[str, typer.Argument(help=_("The label that goes."), show_default=False)],
    into: Annotated[str, typer.Argument(help=_("The label that it goes into."), show_default=False)],
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Merge a label into another."""
    from coder.codebook.edits import MergeLabels

    _make(MergeLabels(label, into), study, question, coder, yes=yes)


@app.command("split", cls=Command, help=_("Add labels for parts of one, and queue what carries it."))
def split(
    label: Label,
    names: Annotated[list[str], typer.Argument(help=_("The new labels' names."), show_default=False)],
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Split a label; it stays until what carries it was read again and it is retired."""
    from coder.codebook.edits import SplitLabel

    edit = _make(SplitLabel(label, names), study, question, coder, yes=yes)
    note(
        _("Added: {labels}. When all was read again: 'coder codebook retire {label}'.").format(
            labels=", ".join(edit.added), label=edit.id
        )
    )


@app.command("move", cls=Command, help=_("Put a label under another one, or in another place."))
def move(
    label: Label,
    under: Annotated[
        str | None, typer.Option("--under", help=_("The label that it comes under."), show_default=False)
    ] = None,
    top: Annotated[bool, typer.Option("--top", help=_("Under no label."))] = False,
    up: Annotated[bool, typer.Option("--up", help=_("One place up."))] = False,
    down: Annotated[bool, typer.Option("--down", help=_("One place down."))] = False,
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Move a label in the tree."""
    from coder.codebook.edits import MoveLabel, ReorderLabel

    if [under is not None, top, up, down].count(True) != 1:
        raise CoderError(
            _("Say where {label} goes: --under LABEL, --top, --up or --down.").format(label=label)
        )
    edit: CodebookEdit = ReorderLabel(label, up) if up or down else MoveLabel(label, under)
    _make(edit, study, question, coder, yes=yes)


@app.command("retire", cls=Command, help=_("Let a label be given no more; codings keep it."))
def retire(
    label: Label,
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Retire a label."""
    from coder.codebook.edits import RetireLabel

    _make(RetireLabel(label), study, question, coder, yes=yes)


@app.command("revive", cls=Command, help=_("Take a retired label back into use."))
def revive(
    label: Label,
    question: QuestionOption = None,
    coder: By = None,
    yes: Yes = False,
    study: StudyOption = None,
) -> None:
    """Take a retired label back into use."""
    from coder.codebook.edits import ReviveLabel

    _make(ReviveLabel(label), study, question, coder, yes=yes)


def _make(
    edit: "CodebookEdit", study: Path | None, question: str | None, coder: str | None, *, yes: bool
) -> "Edit":
    """Make an edit, once the person knows how many codings it touches."""
    from coder.study import Study
    from coder.study.codebook_edits import make_edit
    from coder.study.codebook_touches import touches

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        q = opened.question(question)
        touched = touches(opened, q, edit)
        if touched.codings and not yes and not sys.stdin.isatty():
            raise CoderError(
                ngettext(
                    "{n} coding carries {label}: say --yes to go on.",
                    "{n} codings carry {label}: say --yes to go on.",
                    touched.codings,
                ).format(n=touched.codings, label=touched.name)
            )
        notes(touched.lines())
        if touched.codings and not yes and not _agreed():
            raise typer.Abort
        made = make_edit(opened, q, edit, coder)
    notes(made.lines)
    note(_("Recorded as version {version} of {file}.").format(version=made.version, file=q.codebook))
    return made


def _agreed() -> bool:
    print(_("Go on? [y/N]"), end=" ", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip().casefold()
    return answer in {"y", "yes", "j", "ja"}
