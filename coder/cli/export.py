"""coder export: the coded workbook, CSV, or a coding sheet."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import QuestionOption, StudyOption, WaveOption, note, notes, progress_bar
from coder.errors import CoderError
from coder.messages import _, ngettext


def export(
    out_file: Annotated[Path, typer.Option("--out", help=_("The file to write: .xlsx or .csv."))],
    by: Annotated[
        list[str],
        typer.Option(
            "--by",
            metavar="GROUP",
            help=_("Add frequency tables by this background variable."),
            default_factory=list,
            show_default=False,
        ),
    ],
    wave: WaveOption = None,
    question: QuestionOption = None,
    without_answers: Annotated[
        bool, typer.Option("--without-answers", help=_("Leave the texts of the answers out."))
    ] = False,
    coding_sheet: Annotated[
        bool,
        typer.Option(
            "--coding-sheet", help=_("A sheet to code in with Excel; read back with 'coder codings import'.")
        ),
    ] = False,
    coder: Annotated[
        str | None,
        typer.Option("--coder", help=_("Whose codings stand in the coding sheet."), show_default=False),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="unseen|queued|open|bridge|audit",
            help=_(
                "Coding sheet: only what nobody coded, what the model doubts, where coders differ, what the "
                "coder codes again for a bridge sample, or what is left of the audit sample."
            ),
            show_default=False,
        ),
    ] = None,
    study: StudyOption = None,
) -> None:
    """Write the coded set, or a coding sheet for a colleague without a terminal."""
    from coder.study import Study, export_coding_sheet
    from coder.study import export as write

    if not coding_sheet and (coder or only or question):
        raise CoderError(
            _("--coder, --question and --only belong to --coding-sheet: add it, or leave them out.")
        )
    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        if coding_sheet:
            n, losses = export_coding_sheet(
                opened, out_file, question=question, wave=wave, coder=coder, only=only
            )
            note(
                ngettext(
                    "Coding sheet with {n} answer: {file}", "Coding sheet with {n} answers: {file}", n
                ).format(n=n, file=out_file)
            )
            notes(losses)
            return
        result = write(opened, out_file, wave=wave, by=by, answers=not without_answers, progress=progress)
    note(
        ngettext(
            "Wrote {file}: {n} respondent, waves {waves}, questions {questions}.",
            "Wrote {file}: {n} respondents, waves {waves}, questions {questions}.",
            result.respondents,
        ).format(
            file=result.path,
            n=result.respondents,
            waves=", ".join(result.waves),
            questions=", ".join(result.questions),
        )
    )
    notes(result.losses)
