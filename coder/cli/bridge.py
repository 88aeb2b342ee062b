"""coder audit bridge: answers of an earlier wave to be coded again, for a comparison with a later one."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    SeedOption,
    StudyOption,
    note,
    notes,
    out,
    print_json,
)
from coder.messages import _, ngettext

if TYPE_CHECKING:
    from coder.study.bridging import BridgeStatus


def bridge(
    wave: Annotated[str, typer.Option("--wave", help=_("The earlier wave."))],
    coder: Annotated[
        list[str],
        typer.Option("--coder", help=_("Who codes the answers again, each answer by one; once for each.")),
    ],
    n: Annotated[int, typer.Option("--n", help=_("How many answers are coded again."))] = 150,
    seed: SeedOption = None,
    question: QuestionOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a bridge sample: answers of an earlier wave, coded again blind with the codebook of today."""
    from coder.study import Study
    from coder.study.bridging import draw_bridge

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        drawn = draw_bridge(opened, opened.question(question), record, coder, n=n, seed=seed)
    if as_json:
        print_json(asdict(drawn))
        return
    out().print(bridge_line(drawn), soft_wrap=True)
    note(
        _(
            "They code on screen (coder code --wave {wave}) or in a sheet (coder export --coding-sheet "
            "--only bridge --wave {wave} --coder NAME); what was coded before is out of sight and stays."
        ).format(wave=drawn.wave)
    )


def bridge_line(status: "BridgeStatus") -> str:
    """Return one line on how far a bridge sample is."""
    sample = status.sample
    line = ngettext(
        "{question}, wave {wave}: bridge sample of {n} answer, drawn from {frame} with seed {seed}; coded "
        "again: {coders}.",
        "{question}, wave {wave}: bridge sample of {n} answers, drawn from {frame} with seed {seed}; coded "
        "again: {coders}.",
        sample.size,
    ).format(
        question=status.question,
        wave=status.wave,
        n=sample.size,
        frame=sample.frame,
        seed=sample.seed,
        coders=", ".join(
            _("{coder} {done} of {asked}").format(coder=name, done=done, asked=asked)
            for name, (asked, done) in status.coders.items()
        ),
    )
    return line if status.trouble is None or sample.decided < sample.size else f"{line} {status.trouble}"
