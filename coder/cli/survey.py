"""coder import: a survey file becomes a wave."""

from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import StudyOption, new_table, note, notes, out, progress_bar
from coder.errors import CoderError
from coder.messages import _, ngettext


def import_file(
    file: Annotated[Path, typer.Argument(help=_("The survey file: .xlsx, .ods, .csv or .sav."))],
    wave: Annotated[str, typer.Option("--wave", help=_("Name of the wave, such as 2017."))],
    id_column: Annotated[str, typer.Option("--id", metavar="COL", help=_("Column with the respondent ids."))],
    answers: Annotated[
        list[str],
        typer.Option(
            "--answers",
            metavar="COL=QUESTION",
            help=_("Column with answers to a question; A+B=QUESTION joins routed columns. Repeatable."),
        ),
    ],
    asked: Annotated[
        list[str],
        typer.Option(
            "--asked",
            metavar="COL=QUESTION",
            help=_("Column that says who got the question."),
            default_factory=list,
            show_default=False,
        ),
    ],
    group: Annotated[
        list[str],
        typer.Option(
            "--group",
            metavar="COL",
            help=_("Background variable. Repeatable."),
            default_factory=list,
            show_default=False,
        ),
    ],
    not_filled_in: Annotated[
        list[str],
        typer.Option(
            "--not-filled-in",
            metavar="LIST",
            help=_(
                'Whole answers that count as not filled in: "nvt,-", or "QUESTION=nvt,-" for one question.'
            ),
            default_factory=list,
            show_default=False,
        ),
    ],
    weight: Annotated[str | None, typer.Option("--weight", metavar="COL", help=_("Weights."))] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="COL", help=_("Clusters, such as schools."))
    ] = None,
    stratum: Annotated[str | None, typer.Option("--stratum", metavar="COL", help=_("Strata."))] = None,
    population: Annotated[
        str | None,
        typer.Option("--population", metavar="COL", help=_("Populations that are never added up.")),
    ] = None,
    panel_id: Annotated[
        str | None,
        typer.Option("--panel-id", metavar="COL", help=_("Ids that are the same person in another wave.")),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help=_("Sheet of the workbook (default: the first)."))
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help=_("Encoding of a text file, when the guess is wrong."))
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=_("Replace the wave by this changed file."))
    ] = False,
    study: StudyOption = None,
) -> None:
    """Read a survey file into the study as a wave."""
    from coder.corpus import Layout
    from coder.study import Study
    from coder.study.importing import import_wave

    layout = Layout(
        id=id_column,
        answers={
            q: tuple(c.strip() for c in columns.split("+")) for columns, q in _pairs("--answers", answers)
        },
        asked={q: column for column, q in _pairs("--asked", asked)},
        weight=weight,
        cluster=cluster,
        stratum=stratum,
        population=population,
        panel_id=panel_id,
        groups=tuple(group),
    )
    decided = _not_filled_in(not_filled_in, list(layout.answers))
    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        with progress_bar() as progress:
            result = import_wave(
                opened,
                file,
                wave,
                layout,
                sheet=sheet,
                encoding=encoding,
                not_filled_in=decided,
                replace=replace,
                progress=progress,
            )
    notes(result.lines)
    if result.outcome == "same":
        note(_("{file} is wave {wave} already; nothing changed.").format(file=result.file, wave=wave))
    n = result.respondents
    table = new_table(
        ngettext(
            "Wave {wave}: {n} respondent from {file}", "Wave {wave}: {n} respondents from {file}", n
        ).format(wave=wave, n=n, file=result.file)
    )
    table.add_column(_("question"))
    for name in (_("asked"), _("filled in"), _("not filled in")):
        table.add_column(name, justify="right")
    for part in result.questions:
        got = part.answers - part.not_asked
        table.add_row(part.question.name, str(got), str(part.filled_in), str(got - part.filled_in))
    out().print(table)
    for part in result.questions:
        if part.contentless:
            _show_contentless(part.question.name, part.contentless, part.not_filled_in)


def _show_contentless(question: str, found: tuple[tuple[str, int], ...], decided: tuple[str, ...]) -> None:
    """List the frequent contentless answers: which of them count as not filled in is for a person to say."""
    from coder.text import is_filled_in

    listed = [
        f"{text!r} {n}{'' if is_filled_in(text, decided) else ' *'}" for text, n in found[:12]
    ]  # fmt: skip
    note(
        _("{question}: answers that may say nothing (* counts as not filled in): {listed}").format(
            question=question, listed=", ".join(listed)
        )
    )
    note(_('  Decide yourself with --not-filled-in "nvt,x,…", or in study.toml at any time.'))


def _pairs(option: str, values: list[str]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for value in values:
        column, separator, question = value.rpartition("=")
        if not separator or not column or not question:
            raise CoderError(_("{option} {value}: write COLUMN=QUESTION.").format(option=option, value=value))
        if any(q == question.strip() for _c, q in pairs):
            raise CoderError(
                _("{option}: question {question} is named twice; join columns with A+B=QUESTION.").format(
                    option=option, question=question
                )
            )
        pairs.append((column.strip(), question.strip()))
    return pairs


def _not_filled_in(values: list[str], questions: list[str]) -> dict[str, list[str]]:
    decided: dict[str, list[str]] = {}
    for value in values:
        name, separator, rest = value.partition("=")
        chosen = [name.strip()] if separator else questions
        entries = [part.strip() for part in (rest if separator else value).split(",") if part.strip()]
        for question in chosen:
            decided[question] = list(dict.fromkeys([*decided.get(question, []), *entries]))
    return decided
