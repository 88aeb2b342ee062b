"""Where output goes: data and tables to stdout, messages and progress to stderr."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from coder.messages import _
from coder.progress import Progress

StudyOption = Annotated[
    Path | None,
    typer.Option("--study", help=_("The study's folder (default: the one you are in)."), show_default=False),
]
QuestionOption = Annotated[
    str | None, typer.Option("--question", help=_("The open question."), show_default=False)
]
WaveOption = Annotated[str | None, typer.Option("--wave", help=_("The wave."), show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help=_("Print JSON only."))]
SeedOption = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, help=_("Seed of all randomness (default: the study's)."), show_default=False
    ),
]


def out() -> Console:
    """Return the console for data: width as the terminal's, or 100 where there is none."""
    # what stands between brackets or colons in a label or an answer is text, not a style or a picture
    width = None if sys.stdout.isatty() else 100
    return Console(width=width, highlight=False, markup=False, emoji=False)


def new_table(title: str, *, lines: bool = False) -> Table:
    """Return an empty table that looks like the ones of `coder.reports`."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        show_lines=lines,
    )


def note(line: str) -> None:
    """Say something to the person: on stderr, so that stdout carries data only."""
    print(line, file=sys.stderr)


def notes(lines: Sequence[str]) -> None:
    """Say several lines to the person."""
    for line in lines:
        note(line)


def print_json(data: Any) -> None:
    """Print a record as JSON, readable and with its characters as they are."""
    print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show progress on stderr once something takes longer than a second; silent outside a terminal."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    bar = ProgressBar(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("", total=None)
    start = time.monotonic()
    shown = False

    def report(what: str, done: int, total: int) -> None:
        nonlocal shown
        if not shown and time.monotonic() - start > 1:
            bar.start()
            shown = True
        bar.update(task, description=what, completed=done, total=total or None)

    try:
        yield report
    finally:
        if shown:
            bar.stop()
