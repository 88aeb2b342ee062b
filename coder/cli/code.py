"""coder code: the coding screens."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import QuestionOption, StudyOption, WaveOption
from coder.errors import CoderError
from coder.messages import _


def code(
    coder: Annotated[
        str | None,
        typer.Option("--coder", help=_("Who codes (default: the screen asks)."), show_default=False),
    ] = None,
    question: QuestionOption = None,
    wave: WaveOption = None,
    without_model: Annotated[
        bool, typer.Option("--without-model", help=_("Code without suggestions of the model."))
    ] = False,
    study: StudyOption = None,
) -> None:
    """Open the coding screens."""
    start_screens(study or Path.cwd(), coder, question, wave, start="coding", with_model=not without_model)


def start_screens(
    folder: Path,
    coder: str | None = None,
    question: str | None = None,
    wave: str | None = None,
    *,
    start: str,
    with_model: bool = True,
) -> None:
    """Open a study and run the application on it until the person stops."""
    if not (sys.stdin.isatty() or "TEXTUAL_DRIVER" in os.environ):
        raise CoderError(_("The coding screens need a terminal; see 'coder serve' for a web browser."))
    from coder.tui.trouble import TroubleApp

    try:
        _run_screens(folder, coder, question, wave, start, with_model)
    except CoderError as error:
        # what keeps the screens from opening is said where the person looks: in a browser stderr is not seen
        TroubleApp(str(error)).run()
        raise


def _run_screens(
    folder: Path, coder: str | None, question: str | None, wave: str | None, start: str, with_model: bool
) -> None:
    from coder.study import Study
    from coder.study.coders import check_coder
    from coder.study.model_process import ModelProcess
    from coder.tui import CoderApp

    coder = None if coder is None else check_coder(coder)
    with Study.open(folder) as opened:
        if question is not None:
            opened.question(question)
        if wave is not None:
            with opened.database.read() as connection:
                opened.wave(connection, wave)
        # started before the application: a process cannot be spawned from inside it
        model = ModelProcess(opened.folder) if with_model else None
        try:
            CoderApp(opened, coder=coder, question=question, wave=wave, start=start, model=model).run()
        finally:
            if model is not None:
                model.close()
