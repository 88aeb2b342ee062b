"""coder frequencies."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    StudyOption,
    WaveOption,
    note,
    notes,
    out,
    print_json,
    progress_bar,
)
from coder.errors import CoderError
from coder.messages import _


def frequencies(
    question: QuestionOption = None,
    wave: WaveOption = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="GROUP",
            help=_("A column for each value of this background variable."),
            show_default=False,
        ),
    ] = None,
    chart: Annotated[bool, typer.Option("--chart", help=_("Bars instead of a table."))] = False,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show weighted label frequencies with their base, a table for each wave and population."""
    from coder.reports import bar_chart, frequencies_json, render_frequencies
    from coder.study import Study, coded_wave, frequency_tables

    if chart and by:
        raise CoderError(_("--chart shows one bar per label; leave out --by."))
    with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
        notes(opened.notices)
        with opened.database.read() as connection:
            waves = opened.waves_named(connection, wave)
        if by is not None and wave is None:
            without = [w.name for w in waves if by not in w.layout.get("groups", [])]
            if 0 < len(without) < len(waves):
                note(
                    _("Left out, because they have no background variable {name}: {waves}.").format(
                        name=by, waves=", ".join(without)
                    )
                )
                waves = [w for w in waves if w.name not in without]
        tables = []
        for q in opened.questions(question):
            for record in waves:
                if q.name in record.layout["answers"]:
                    progress(_("Computing frequencies"), 0, 0)
                    tables += frequency_tables(coded_wave(opened, q, record), by=by)
    if not tables:
        raise CoderError(
            _("Wave {wave} has no answers to {question}; it has: {known}.").format(
                wave=", ".join(w.name for w in waves),
                question=question or "-",
                known=", ".join(sorted({q for w in waves for q in w.layout["answers"]})),
            )
        )
    if as_json:
        print_json([frequencies_json(table) for table in tables])
        return
    for table in tables:
        console = out()
        console.print(bar_chart(table, width=console.width) if chart else render_frequencies(table))
