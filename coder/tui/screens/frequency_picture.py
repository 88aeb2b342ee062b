"""Pictures of frequency tables for a report: in a file of one's choice, or in a browser as a download."""

import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from coder.codebook import make_id
from coder.errors import CoderError
from coder.messages import _
from coder.reports.tables import FrequencyTable
from coder.reports.words import base_word
from coder.tui.dialogs import Ask, Confirm
from coder.tui.screen import StudyScreen

_DRAWING = "drawing"


class DrawsPictures(StudyScreen):
    """A screen that can draw its frequency tables."""

    def ask_for_picture(self, tables: Sequence[FrequencyTable]) -> None:
        """Ask for the name of the file, and draw; of several tables each in a file that says which wave."""
        study = self.coder_app.study.folder
        name = Path(f"{picture_name(tables)}.png")

        def typed(text: str | None) -> None:
            if text is None:
                return
            path = study / Path(text).expanduser()
            self._ask_to_replace(tables, path if path.suffix else path.with_suffix(".png"))

        if self.app.is_web:
            self._draw_pictures(tables, name)
            return
        hint = _("Seen from the study's folder; .png, .svg or .pdf · Enter: draw · Esc: leave")
        self.app.push_screen(Ask(_("Which file?"), value=str("exports" / name), hint=hint), typed)

    def _ask_to_replace(self, tables: Sequence[FrequencyTable], path: Path) -> None:
        there = [file for file in _files(tables, path) if file.exists()]

        def answered(yes: bool | None) -> None:
            if yes:
                self._draw_pictures(tables, path)

        if not there:
            self._draw_pictures(tables, path)
            return
        self.app.push_screen(
            Confirm(
                _("Replace this file?"),
                "\n".join(
                    _("{file} exists. What is in it now will be gone.").format(file=file) for file in there
                ),
                _("replace it"),
            ),
            answered,
        )

    def _draw_pictures(self, tables: Sequence[FrequencyTable], path: Path) -> None:
        web = self.app.is_web

        def draw() -> list[tuple[Path, bytes]] | CoderError:
            from coder.writers.picture import draw_frequencies

            drawn = []
            try:
                with tempfile.TemporaryDirectory(prefix="coder-") as folder:
                    for table, file in zip(tables, _files(tables, path), strict=True):
                        made = Path(folder) / file.name if web else file
                        draw_frequencies(table, made)
                        drawn.append((file, made.read_bytes() if web else b""))
            except CoderError as error:
                # handed over, not raised: what is on the screen is as it was
                return error
            return drawn

        self.notify(_("Drawing…"))
        self.in_background(draw, self._drawn, group=_DRAWING)

    def _drawn(self, files: list[tuple[Path, bytes]] | CoderError) -> None:
        if isinstance(files, CoderError):
            raise files
        said = []
        for file, content in files:
            if self.app.is_web:
                self.app.deliver_binary(BytesIO(content), save_filename=file.name)
                said.append(_("Sent to your browser as a download: {file}").format(file=file.name))
            else:
                said.append(_("Wrote {file}.").format(file=file))
        self.coder_app.say("\n".join(said), _("Picture"))


def picture_name(tables: Sequence[FrequencyTable]) -> str:
    """Return a name for the picture that says what is in it, without a suffix."""
    table = tables[0]
    parts = [
        _("frequencies"),
        table.question,
        table.wave if len(tables) == 1 else None,
        _("all populations together") if table.population_total else table.population,
        table.by,
        base_word(table.base) if table.base != "filled_in" else None,
        _("corrected") if any(one.audit is not None for one in tables) else None,
    ]
    return "-".join(make_id(part, ()) for part in parts if part)


def _files(tables: Sequence[FrequencyTable], path: Path) -> list[Path]:
    if len(tables) == 1:
        return [path]
    names: list[str] = []
    for table in tables:
        names.append(make_id(table.wave, names))
    return [path.with_stem(f"{path.stem}-{name}") for name in names]
