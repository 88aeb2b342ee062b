"""Pictures of tables: one file, or of several tables a file each that says which."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from coder.cli.console import note
from coder.messages import _

PictureOption = Annotated[
    Path | None,
    typer.Option(
        "--picture",
        metavar="FILE",
        help=_("Draw the table too, in a file that ends in .svg, .png or .pdf."),
        show_default=False,
    ),
]

Table = TypeVar("Table")


def draw(
    tables: Sequence[Table],
    path: Path,
    write: Callable[[Table, Path], None],
    parts: Callable[[Table], Sequence[str | None]],
) -> None:
    """Draw each table; of several, each in a file whose name says which: with the `parts` that it has."""
    from coder.codebook import make_id

    for table in tables:
        what = "-".join(make_id(part, ()) for part in parts(table) if part)
        one = path if len(tables) == 1 else path.with_stem(f"{path.stem}-{what}")
        write(table, one)
        note(_("{file}: the table as a picture.").format(file=one))
