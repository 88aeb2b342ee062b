"""Everything that can be written for others, as one choice with one way to write it.

What `coder export`, `coder codings export` and `coder codebook export` do, for a screen that offers all of
them.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.progress import Progress, silent
from coder.study.coding_sheets import export_coding_sheet
from coder.study.exporting import export
from coder.study.sharing import export_codings

if TYPE_CHECKING:
    from coder.study.folder import Study

SUFFIXES = {
    "workbook": ".xlsx",
    "csv": ".csv",
    "sheet": ".xlsx",
    "codings": ".csv",
    "codebook": ".yaml",
    "codebook_sheet": ".xlsx",
}
"""What can be written, and the suffix of its file."""


@dataclass(frozen=True, slots=True)
class Output:
    """What to write.

    Attributes:
        kind: one of `SUFFIXES`.
        question: None for all (only "codings"); wave: None for all ("workbook", "csv", "codings").
        by: background variables to make frequency tables by ("workbook").
        answers: whether the texts of the answers go along ("workbook", "csv").
        coder: whose codings ("codings"), or whose stand in the sheet ("sheet"; None for nobody's).
        only: which answers stand in the sheet: "unseen", "queued", "open", or None for all.
    """

    kind: str
    question: str | None = None
    wave: str | None = None
    by: tuple[str, ...] = ()
    answers: bool = True
    coder: str | None = None
    only: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: what there is to say of it, and what its format could not hold."""

    path: Path
    line: str
    losses: tuple[str, ...] = ()


def file_name(output: Output) -> str:
    """Return a name for the file that says what is in it."""
    match output.kind:
        case "workbook" | "csv":
            parts = [_("coded"), output.wave, None if output.answers else _("without answers")]
        case "sheet":
            parts = [_("coding sheet"), output.question, output.wave, output.only, output.coder]
        case "codings":
            parts = [_("codings"), output.coder, output.question, output.wave]
        case _:
            parts = [_("codebook"), output.question]
    name = "-".join(part for part in parts if part)
    # names of waves and coders are free; those of files are not
    return re.sub(r'[\s<>:"/\\|?*\x00-\x1f]+', "-", name).strip("-.") + SUFFIXES[output.kind]


def free_path(path: Path) -> Path:
    """Return the path, or one with a number behind its name when there is a file already."""
    number = 2
    free = path
    while free.exists():
        free = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return free


def write_output(study: "Study", output: Output, path: Path, *, progress: Progress = silent) -> Written:
    """Write it. Raises CoderError when there is nothing to write, or the file cannot be written."""
    try:
        return _write(study, output, path, progress)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CoderError(
            _("{file}: the system refused: {reason}.").format(file=path, reason=reason)
        ) from error


def _write(study: "Study", output: Output, path: Path, progress: Progress) -> Written:
    match output.kind:
        case "workbook" | "csv":
            result = export(
                study, path, wave=output.wave, by=output.by, answers=output.answers, progress=progress
            )
            line = ngettext(
                "Wrote {file}: {n} respondent, waves {waves}, questions {questions}.",
                "Wrote {file}: {n} respondents, waves {waves}, questions {questions}.",
                result.respondents,
            ).format(
                file=path,
                n=result.respondents,
                waves=", ".join(result.waves),
                questions=", ".join(result.questions),
            )
            return Written(path, line, result.losses)
        case "sheet":
            n, losses = export_coding_sheet(
                study, path, question=output.question, wave=output.wave, coder=output.coder, only=output.only
            )
            line = ngettext(
                "Coding sheet with {n} answer: {file}", "Coding sheet with {n} answers: {file}", n
            )
            return Written(path, line.format(n=n, file=path), tuple(losses))
        case "codings":
            n = export_codings(study, path, output.coder or "", question=output.question, wave=output.wave)
            line = ngettext("Wrote {n} coding to {file}.", "Wrote {n} codings to {file}.", n)
            return Written(path, line.format(n=n, file=path))
        case _:
            from coder.codebook import write_codebook

            write_codebook(study.codebook(study.question(output.question)), study.outside(path))
            return Written(path, _("Wrote {file}.").format(file=path))
