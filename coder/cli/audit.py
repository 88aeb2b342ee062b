"""coder audit plan, draw, status: the random sample that corrects what the model counts."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.bridge import bridge, bridge_line
from coder.cli.console import (
    JsonOption,
    QuestionOption,
    SeedOption,
    StudyOption,
    WaveOption,
    note,
    notes,
    out,
    print_json,
    progress_bar,
)
from coder.cli.translated import Command, Group
from coder.errors import CoderError
from coder.messages import _

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.store.waves import WaveRecord
    from coder.study import QuestionSettings, Study
    from coder.study.audit_status import AuditStatus
    from coder.study.bridging import BridgeStatus

app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)


@app.command("plan", cls=Command, help=_("How many answers to audit and to code twice, for what precision."))
def plan(
    question: QuestionOption = None,
    wave: WaveOption = None,
    margin: Annotated[
        float, typer.Option("--margin", help=_("Half the width of a percentage's 95% interval, 0-1."))
    ] = 0.03,
    alpha_margin: Annotated[
        float, typer.Option("--alpha-margin", help=_("Half the width of alpha's 95% interval."))
    ] = 0.1,
    prevalence: Annotated[
        float | None,
        typer.Option(
            "--prevalence", help=_("Share of a label to presume where there are no data."), show_default=False
        ),
    ] = None,
    alpha: Annotated[
        float | None,
        typer.Option("--alpha", help=_("Alpha to presume where there are no data."), show_default=False),
    ] = None,
    answers: Annotated[
        int | None,
        typer.Option(
            "--answers", min=1, help=_("Without a study: answers that nobody will code."), show_default=False
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
    seed: SeedOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what an audit and double coding of what size bring, label by label."""
    from coder.cli.app import is_in_study
    from coder.cli.audit_tables import show_plan
    from coder.study import Study
    from coder.study.audit_planning import Wanted, plan_coding, plan_from_file, plan_presumed

    if cluster is not None and file is None:
        raise CoderError(_("--cluster goes with --file."))
    wanted = Wanted(margin, alpha_margin, prevalence, alpha)
    alone = prevalence is not None and study is None and not is_in_study(Path.cwd())
    if file is not None:
        from coder.study.codings_alone import read_codings_alone

        codings = read_codings_alone(file, question=question, wave=wave, cluster=cluster)
        notes(codings.notes)
        plans = [plan_from_file(codings, wanted, seed=seed or 0)]
    elif answers is not None or alone:
        plans = [plan_presumed(wanted, uncoded=answers or 0)]
    else:
        with Study.open(study or Path.cwd()) as opened, progress_bar() as progress:
            notes(opened.notices)
            plans = [
                plan_coding(opened, q, record, wanted, seed=seed, progress=progress)
                for q, record in _asked(opened, question, wave)
            ]
    if as_json:
        print_json([asdict(one) for one in plans])
        return
    for one in plans:
        show_plan(one)


@app.command("draw", cls=Command, help=_("Draw the audit sample at random, and ask coders for it."))
def draw(
    coder: Annotated[
        list[str],
        typer.Option(
            "--coder",
            help=_("Who codes it; several divide it. Once for each coder."),
            default_factory=list,
            show_default=False,
        ),
    ],
    n: Annotated[
        int | None,
        typer.Option(
            "--n",
            help=_(
                "Answers in the sample, in all (default: as many as it has; of a new one 200, but half of "
                "what nobody coded at most)."
            ),
            show_default=False,
        ),
    ] = None,
    question: QuestionOption = None,
    wave: WaveOption = None,
    seed: SeedOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw the audit sample of one wave, or add to it; chance alone chooses the answers."""
    from coder.cli.audit_tables import show_draw
    from coder.study import Study
    from coder.study.auditing import draw_audit

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        asked = _asked(opened, question, record.name)
        made = [draw_audit(opened, q, record, n=n, coders=coder, seed=seed) for q, _wave in asked]
        books = [opened.codebook(q) for q, _wave in asked]
    if as_json:
        print_json([asdict(one) for one in made])
        return
    for one, codebook in zip(made, books, strict=True):
        show_draw(one, codebook)


@app.command("status", cls=Command, help=_("How far the audit is, and what to do next."))
def status(
    question: QuestionOption = None,
    wave: WaveOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show for each question and wave how far its audit is."""
    from coder.cli.audit_tables import show_status
    from coder.study import Study, coded_wave
    from coder.study.audit_status import audit_status
    from coder.study.bridging import bridge_status
    from coder.study.corrections import audited_wave

    found: list[tuple[str, str, AuditStatus | None, BridgeStatus | None, str]] = []
    books: dict[str, Codebook] = {}
    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        for q, record in _asked(opened, question, wave):
            now = audit_status(opened, q, record)
            step = now.trouble if now is not None else None
            if step is None:
                try:
                    audited_wave(opened, coded_wave(opened, q, record))
                    step = _(
                        "{question}, wave {wave}: ready; corrected percentages: coder frequencies "
                        "--question {question} --wave {wave} --corrected"
                    ).format(question=q.name, wave=record.name)
                except CoderError as reason:
                    step = str(reason)
            found.append((q.name, record.name, now, bridge_status(opened, q, record), step))
            books[q.name] = opened.codebook(q)
    if as_json:
        print_json(
            [
                {
                    "question": q,
                    "wave": w,
                    "audit": None if now is None else asdict(now),
                    "bridge": None if bridged is None else asdict(bridged),
                    "next_step": step,
                }
                for q, w, now, bridged, step in found
            ]
        )
        return
    for q_name, _w, now, bridged, step in found:
        if now is not None:
            show_status(now, books[q_name])
        note(step)
        if bridged is not None:
            out().print(bridge_line(bridged), soft_wrap=True)


app.command(
    "bridge", cls=Command, help=_("Draw answers of an earlier wave, to be coded again and compared.")
)(bridge)


def _asked(
    opened: "Study", question: str | None, wave: str | None
) -> "list[tuple[QuestionSettings, WaveRecord]]":
    """Return the questions and waves that are meant. Raises CoderError when there are none."""
    with opened.database.read() as connection:
        waves = opened.waves_named(connection, wave)
    found = [
        (q, w)
        for q in opened.questions_with_answers(question)
        for w in waves
        if q.name in w.layout["answers"]
    ]
    if not found:
        raise CoderError(
            _("Wave {wave} has no answers to {question}; it has: {known}.").format(
                wave=", ".join(w.name for w in waves),
                question=question or "-",
                known=", ".join(sorted({q for w in waves for q in w.layout["answers"]})),
            )
        )
    return found
