"""coder agreement."""

from collections.abc import Sequence
from enum import StrEnum
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
from coder.cli.pictures import PictureOption, draw
from coder.errors import CoderError
from coder.messages import _

if TYPE_CHECKING:
    from rich.table import Table

    from coder.progress import Progress
    from coder.reports import AgreementTable
    from coder.study.compared_codings import Pairs


class Against(StrEnum):
    """What coders are compared with instead of each other."""

    consensus = "consensus"
    model = "model"


def agreement(
    question: QuestionOption = None,
    wave: WaveOption = None,
    pairs: Annotated[bool, typer.Option("--pairs", help=_("Also a table for every two coders."))] = False,
    versions: Annotated[
        bool, typer.Option("--versions", help=_("Also a table for each codebook version."))
    ] = False,
    against: Annotated[
        Against | None,
        typer.Option(
            "--against",
            help=_("Compare with the consensus, or what people decided with the model."),
            show_default=False,
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help=_("A file of codings, without a study."), show_default=False),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="COLUMN", help=_("Column of the file with clusters."), show_default=False
        ),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help=_("Sheet of the workbook."), show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help=_("Encoding of a text file."), show_default=False)
    ] = None,
    picture: PictureOption = None,
    seed: SeedOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the coders' agreement a label, and on whole label sets; every two coders in a line each."""
    from coder.reports import agreement_json, render_agreement

    if against is not None and (pairs or versions):
        raise CoderError(_("--pairs and --versions compare coders with each other; leave out --against."))
    # on screen every two coders have a line in any case
    two_by_two: Pairs = pairs or (not as_json and against is None and "sets")
    with progress_bar() as progress:
        if file is None:
            if cluster or sheet or encoding:
                raise CoderError(_("--cluster, --sheet and --encoding go with --file."))
            tables = _of_study(study, question, wave, seed, two_by_two, versions, against, picture, progress)
        else:
            if study is not None or versions or against is Against.model:
                raise CoderError(
                    _("A file by itself has no study, versions or model: leave out {options}.").format(
                        options="--study, --versions, --against model"
                    )
                )
            from coder.study.codings_alone import read_codings_alone

            read = read_codings_alone(
                file, question=question, wave=wave, cluster=cluster, sheet=sheet, encoding=encoding
            )
            notes(read.notes)
            tables = read.agreement_tables(
                pairs=two_by_two,
                against=None if against is None else "consensus",
                seed=seed or 0,
                progress=progress,
            )
    if picture is not None:
        _draw([table for table in tables if pairs or table.comparison != "pair"], picture)
    if as_json:
        print_json([agreement_json(table) for table in tables])
        return
    if not tables:
        note(
            _(
                "No answer has two codings of one kind (blind, assisted, or unknown): "
                "there is no agreement to compute."
            )
        )
    for table in tables:
        if pairs or table.comparison != "pair":
            out().print(render_agreement(table))
    if (of_two := [table for table in tables if table.comparison == "pair"]) and not pairs:
        out().print(_lines(of_two))


def _of_study(
    folder: Path | None,
    question: str | None,
    wave: str | None,
    seed: int | None,
    pairs: "Pairs",
    versions: bool,
    against: Against | None,
    picture: Path | None,
    progress: "Progress",
) -> "list[AgreementTable]":
    from coder.study import Study, agreement_tables

    with Study.open(folder or Path.cwd()) as opened:
        notes(opened.notices)
        if picture is not None:
            opened.outside(picture)
        with opened.database.read() as connection:
            waves = opened.waves_named(connection, wave)
        return [
            table
            for q in opened.questions_with_answers(question)
            for table in agreement_tables(
                opened,
                q,
                [w for w in waves if q.name in w.layout["answers"]],
                seed=seed,
                pairs=pairs,
                versions=versions,
                against=None if against is None else against.value,
                progress=progress,
            )
        ]


def _draw(tables: "Sequence[AgreementTable]", path: Path) -> None:
    from coder.writers.picture import draw_agreement

    draw(
        tables,
        path,
        draw_agreement,
        lambda table: (
            table.question,
            table.wave,
            table.selection,
            f"v{table.codebook_version}" if table.comparison == "version" else None,
            "-".join(table.coders) if table.comparison != "coders" else None,
        ),
    )


def _lines(tables: "Sequence[AgreementTable]") -> "Table":
    """Return a line for every two coders: how far they agree on whole label sets."""
    from coder.reports.numbers import coefficient, count, percent
    from coder.reports.words import selection_word

    made = new_table(_("Every two coders, on whole label sets"))
    made.add_column(_("coders"))
    for heading in ("n", _("identical"), _("alpha (MASI)")):
        made.add_column(heading, justify="right")
    # of one kind of codings the headline says which
    several = len({table.selection for table in tables}) > 1
    if several:
        made.add_column(_("codings"))
    for table in tables:
        if (sets := table.sets) is not None:
            alpha = sets.alpha_masi
            made.add_row(
                " – ".join(table.coders),
                count(sets.n),
                percent(sets.identical.estimate),
                coefficient(alpha.estimate, alpha.low, alpha.high),
                *([selection_word(table.selection)] if several else []),
            )
    return made
