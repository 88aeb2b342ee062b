"""coder frequencies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    StudyOption,
    WaveOption,
    notes,
    out,
    print_json,
    progress_bar,
)
from coder.cli.pictures import PictureOption, draw
from coder.errors import CoderError
from coder.messages import _

if TYPE_CHECKING:
    from coder.reports import ChangeTable, FrequencyTable
    from coder.store.waves import WaveRecord
    from coder.study import QuestionSettings, Study

BASES = {
    "filled_in": "filled_in",
    "ingevuld": "filled_in",
    "asked": "asked",
    "gevraagd": "asked",
    "substantive": "substantive",
    "inhoudelijk": "substantive",
    "mentions": "mentions",
    "vermeldingen": "mentions",
}
"""What a person may call a base, in English and in Dutch."""

APART = {
    "--by": ("--chart", "--compare"),
    "--compare": ("--chart", "--picture", "--population-clusters", "--file"),
    "--file": ("--study", "--corrected"),
}
"""Options that have no meaning together."""


@dataclass(frozen=True)
class _Wanted:
    """What a person asked of the tables."""

    question: str | None
    wave: str | None
    by: str | None
    base: str
    corrected: bool
    population_clusters: int | Mapping[str, int] | None
    picture: Path | None


def _of_file_option(name: str, help: str) -> Any:
    return typer.Option(name, metavar="COLUMN", help=help, show_default=False)


def frequencies(
    question: QuestionOption = None,
    wave: WaveOption = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="GROUP",
            help=_("A column for each value of this background variable, and tests between them."),
            show_default=False,
        ),
    ] = None,
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="BASE",
            help=_("What the percentages are of: filled_in, asked, substantive or mentions."),
        ),
    ] = "filled_in",
    corrected: Annotated[
        bool, typer.Option("--corrected", help=_("Correct for the model's errors, with the audit sample."))
    ] = False,
    compare: Annotated[
        str | None,
        typer.Option("--compare", metavar="WAVE", help=_("Change since this wave."), show_default=False),
    ] = None,
    population_clusters: Annotated[
        list[str] | None,
        typer.Option(
            "--population-clusters",
            metavar="N",
            help=_(
                "Clusters (without clusters: respondents) in the whole population, for the finite population "
                "correction; STRATUM=N for each stratum."
            ),
            show_default=False,
        ),
    ] = None,
    chart: Annotated[bool, typer.Option("--chart", help=_("Bars instead of a table."))] = False,
    picture: PictureOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help=_("A file of codings, without a study."), show_default=False),
    ] = None,
    weight: Annotated[str | None, _of_file_option("--weight", _("Column of the file with weights."))] = None,
    cluster: Annotated[
        str | None, _of_file_option("--cluster", _("Column of the file with clusters."))
    ] = None,
    stratum: Annotated[str | None, _of_file_option("--stratum", _("Column of the file with strata."))] = None,
    population: Annotated[
        str | None, _of_file_option("--population", _("Column of the file with populations."))
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help=_("Sheet of the workbook."), show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help=_("Encoding of a text file."), show_default=False)
    ] = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show weighted label frequencies with their base, a table for each wave and population."""
    wanted = _Wanted(
        question, wave, by, _base(base), corrected, _population_clusters(population_clusters), picture
    )
    columns = {
        "weight": weight,
        "cluster": cluster,
        "stratum": stratum,
        "population": population,
        "sheet": sheet,
        "encoding": encoding,
    }
    given = {
        "--by": by,
        "--chart": chart,
        "--compare": compare,
        "--corrected": corrected,
        "--file": file,
        "--picture": picture,
        "--population-clusters": population_clusters,
        "--study": study,
    }
    for one, others in APART.items():
        for other in others:
            if given[one] and given[other]:
                raise CoderError(
                    _("{one} does not go with {other}; leave one of them out.").format(one=other, other=one)
                )
    if file is None and (named := [name for name, value in columns.items() if value]):
        raise CoderError(
            _("--{option} is about a file of codings: name one with --file, or leave it out.").format(
                option=named[0]
            )
        )
    if compare is not None:
        _show_changes(_changes(study, wanted, compare), as_json)
    else:
        tables = _of_study(study, wanted) if file is None else _of_file(file, wanted, columns)
        if picture is not None:
            _draw(tables, picture)
        _show(tables, chart=chart, as_json=as_json)


def _base(name: str) -> str:
    wanted = "_".join(name.casefold().replace("-", " ").split())
    if wanted not in BASES:
        raise CoderError(
            _("There is no base {base}; choose from filled_in, asked, substantive and mentions.").format(
                base=name
            )
        )
    return BASES[wanted]


def _population_clusters(given: Sequence[str] | None) -> int | Mapping[str, int] | None:
    if not given:
        return None
    sizes: dict[str, int] = {}
    for text in given:
        stratum, _equals, number = text.rpartition("=")
        if not number.strip().isdecimal() or int(number) < 1:
            raise CoderError(
                _(
                    "--population-clusters {given}: give a whole number from 1 on, as 120 or STRATUM=120."
                ).format(given=text)
            )
        if stratum.strip() in sizes:
            raise CoderError(
                _("--population-clusters {given}: this number was given already; give it once.").format(
                    given=text
                )
            )
        sizes[stratum.strip()] = int(number)
    if "" not in sizes:
        return sizes
    if len(sizes) > 1:
        raise CoderError(
            _("--population-clusters: give one number, or STRATUM=N for each stratum; not both.")
        )
    return sizes[""]


def _of_file(path: Path, wanted: _Wanted, columns: Mapping[str, str | None]) -> "list[FrequencyTable]":
    from coder.study import frequency_tables
    from coder.study.codings_alone import read_codings_alone

    if wanted.base == "asked":
        raise CoderError(_("A file of codings does not say who was asked; choose another base."))
    groups = () if wanted.by is None else (wanted.by,)
    read = read_codings_alone(path, question=wanted.question, wave=wanted.wave, groups=groups, **columns)
    notes(read.notes)
    return frequency_tables(
        read.coded_wave(), by=wanted.by, base=wanted.base, population_clusters=wanted.population_clusters
    )


def _of_study(folder: Path | None, wanted: _Wanted) -> "list[FrequencyTable]":
    from coder.study import Study
    from coder.study.frequencies import check_correctable

    if wanted.corrected:
        check_correctable(wanted.base)
    with Study.open(folder or Path.cwd()) as study, progress_bar() as progress:
        notes(study.notices)
        if wanted.picture is not None:
            study.outside(wanted.picture)
        with study.database.read() as connection:
            waves = study.waves_named(connection, wanted.wave)
        tables: list[FrequencyTable] = []
        refused: list[CoderError] = []
        for question in study.questions(wanted.question):
            for wave in waves:
                if question.name in wave.layout["answers"]:
                    progress(_("Computing frequencies"), 0, 0)
                    try:
                        tables += _of_wave(study, question, wave, wanted)
                    except CoderError as error:
                        refused.append(error)
    if not tables and refused:
        raise refused[0]
    notes([_("Left out: {reason}").format(reason=error) for error in refused])
    if not tables:
        raise CoderError(
            _("Wave {wave} has no answers to {question}; it has: {known}.").format(
                wave=", ".join(w.name for w in waves),
                question=wanted.question or "-",
                known=", ".join(sorted({q for w in waves for q in w.layout["answers"]})),
            )
        )
    return tables


def _of_wave(
    study: "Study", question: "QuestionSettings", wave: "WaveRecord", wanted: _Wanted
) -> "list[FrequencyTable]":
    from coder.study import coded_wave, frequency_tables
    from coder.study.corrections import audited_wave

    coded = coded_wave(study, question, wave)
    audit = audited_wave(study, coded) if wanted.corrected else None
    return frequency_tables(
        coded, by=wanted.by, base=wanted.base, audit=audit, population_clusters=wanted.population_clusters
    )


def _changes(folder: Path | None, wanted: _Wanted, earlier: str) -> "list[ChangeTable]":
    from coder.study import Study
    from coder.study.changes import change_tables

    with Study.open(folder or Path.cwd()) as study, progress_bar() as progress:
        notes(study.notices)
        before, after = _two_waves(study, earlier, wanted.wave)
        asked = before.layout["answers"].keys() & after.layout["answers"].keys()
        questions = [q for q in study.questions(wanted.question) if q.name in asked]
        if not questions:
            raise CoderError(
                _(
                    "Waves {before} and {after} have no answers to the same question; both have: {known}."
                ).format(before=before.name, after=after.name, known=", ".join(sorted(asked)) or "-")
            )
        tables: list[ChangeTable] = []
        for question in questions:
            progress(_("Computing frequencies"), 0, 0)
            tables += change_tables(
                study, question, before, after, base=wanted.base, corrected=wanted.corrected
            )
    return tables


def _two_waves(study: "Study", earlier: str, later: str | None) -> "tuple[WaveRecord, WaveRecord]":
    """Return the wave to compare with, and the wave itself: the one that is named, else the only other."""
    with study.database.read() as connection:
        before = study.wave(connection, earlier)
        others = [w for w in study.waves(connection) if w.name != before.name]
        after = others[0] if later is None and len(others) == 1 else study.wave(connection, later)
    if after.name == before.name:
        raise CoderError(
            _("--compare and --wave both name {wave}; compare it with another wave.").format(wave=before.name)
        )
    return before, after


def _show(tables: "Sequence[FrequencyTable]", *, chart: bool, as_json: bool) -> None:
    from coder.reports import bar_chart, frequencies_json, render_frequencies

    if as_json:
        print_json([frequencies_json(table) for table in tables])
        return
    console = out()
    for table in tables:
        console.print(bar_chart(table, width=console.width) if chart else render_frequencies(table))


def _show_changes(tables: "Sequence[ChangeTable]", as_json: bool) -> None:
    from coder.reports import changes_json, render_changes

    if as_json:
        print_json([changes_json(table) for table in tables])
        return
    console = out()
    for table in tables:
        console.print(render_changes(table))


def _draw(tables: "Sequence[FrequencyTable]", path: Path) -> None:
    from coder.writers.picture import draw_frequencies

    draw(tables, path, draw_frequencies, lambda table: (table.question, table.wave, table.population))
