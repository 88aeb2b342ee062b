"""coder codings import, export."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import QuestionOption, StudyOption, WaveOption, note, notes, progress_bar
from coder.cli.translated import Command, Group
from coder.messages import _, ngettext

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)


@app.command("import", cls=Command, help=_("Human codings from a file: long, wide, or a coding sheet."))
def import_codings(
    file: Annotated[Path, typer.Argument(help=_("The file: .csv, .xlsx, .ods or .sav."))],
    wave: WaveOption = None,
    question: QuestionOption = None,
    coder: Annotated[
        str | None,
        typer.Option("--coder", help=_("Who coded, for rows that do not say."), show_default=False),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help=_("Sheet of the workbook."), show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help=_("Encoding of a text file."), show_default=False)
    ] = None,
    add_labels: Annotated[
        bool, typer.Option("--add-labels", help=_("Add labels that the codebook does not have."))
    ] = False,
    random_sample: Annotated[
        bool,
        typer.Option("--random-sample", help=_("Declare that these answers were drawn at random.")),
    ] = False,
    blind: Annotated[
        bool,
        typer.Option("--blind", help=_("Declare that they were made without suggestions or others' work.")),
    ] = False,
    read_again: Annotated[
        bool,
        typer.Option("--read-again", help=_("Declare that every answer was read again for newer labels.")),
    ] = False,
    bridge: Annotated[
        bool,
        typer.Option(
            "--bridge", help=_("Declare that these are answers coded again, blind, for the bridge sample.")
        ),
    ] = False,
    void_audit: Annotated[
        bool,
        typer.Option("--void-audit", help=_("Take them in also when that makes an audit sample void.")),
    ] = False,
    study: StudyOption = None,
) -> None:
    """Take human codings into the study; a second time changes nothing."""
    from coder.study import Study, import_codings

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        with progress_bar() as progress:
            results = import_codings(
                opened,
                file,
                wave=wave,
                question=question,
                coder=coder,
                sheet=sheet,
                encoding=encoding,
                add_labels=add_labels,
                random_sample=random_sample,
                blind=blind,
                read_again=read_again,
                bridge=bridge,
                void_audit=void_audit,
                progress=progress,
            )
    for result in results:
        notes(result.lines)
        if result.added_labels:
            note(_("Labels added: {labels}.").format(labels=", ".join(result.added_labels)))
        written = ", ".join(f"{name} {n}" for name, n in result.written.items()) or "0"
        note(
            _("{question}, wave {wave}: new codings {written}; unchanged {unchanged}.").format(
                question=result.question, wave=result.wave, written=written, unchanged=result.unchanged
            )
        )
        if n := result.untouched:
            note(
                ngettext(
                    "{n} row without any mark was left as not yet seen.",
                    "{n} rows without any mark were left as not yet seen.",
                    n,
                ).format(n=n)
            )
        if n := result.older:
            note(
                ngettext(
                    "{n} coding is older than the one here and was left out.",
                    "{n} codings are older than the ones here and were left out.",
                    n,
                ).format(n=n)
            )
        if n := result.not_filled_in:
            note(
                ngettext(
                    "{n} coding is of an answer that is not filled in; it is kept, outside every table.",
                    "{n} codings are of answers that are not filled in; they are kept, outside every table.",
                    n,
                ).format(n=n)
            )


@app.command("export", cls=Command, help=_("One coder's codings, lossless, for another computer's study."))
def export_codings(
    coder: Annotated[str, typer.Option("--coder", help=_("Whose codings."))],
    out_file: Annotated[Path, typer.Option("--out", help=_("The .csv file to write."))],
    question: QuestionOption = None,
    wave: WaveOption = None,
    study: StudyOption = None,
) -> None:
    """Write one coder's codings; importing the file elsewhere merges them."""
    from coder.study import Study, export_codings

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        n = export_codings(opened, out_file, coder, question=question, wave=wave)
    note(
        ngettext("Wrote {n} coding to {file}.", "Wrote {n} codings to {file}.", n).format(n=n, file=out_file)
    )
