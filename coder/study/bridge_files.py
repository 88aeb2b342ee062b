"""Codings of a bridge sample that come in by a file: who coded what again, and whether it was blind."""

from collections.abc import Mapping
from typing import Any

from coder.messages import _
from coder.store import Connection, bridges, events
from coder.study.checking import PreparedCodings
from coder.study.coding_files import CodingFileError


def codings_asked_again(
    connection: Connection, number: int, part: PreparedCodings, file: str, *, blind: bool
) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Return what coders said so far of the answers they code again: (answer, coder) to the coding.

    Args:
        number: of the question; part: the file's rows; blind: whether a person declared rows that do not say
            to be coded blind.

    Raises CodingFileError when a row is of an answer that its coder is not asked to code again, is not
    declared blind, or was made before the sample was drawn.
    """
    draw = bridges.last_draw(connection, number, part.wave.id)
    if draw is None:
        raise CodingFileError(
            _(
                "{file}: wave {wave} has no bridge sample; draw one with 'coder audit bridge --wave {wave}'."
            ).format(file=file, wave=part.wave.name)
        )
    names = events.coders(connection)
    asked = {(a.answer_id, names[a.coder_id]): a.coding for a in bridges.drawn_answers(connection, draw)}
    for row, who, _labels, _version in part.codings:
        what = {"file": file, "row": row.row, "coder": who}
        if (part.answers[row.id], who) not in asked:
            raise CodingFileError(
                _("{file}, row {row}: {coder} is not asked to code this answer again.").format(**what)
            )
        if not (row.blind or (blind and row.blind is None)):
            raise CodingFileError(
                _(
                    "{file}, row {row}: answers of a bridge sample are coded blind; declare it with --blind "
                    "if {coder} saw no suggestions and no earlier codings."
                ).format(**what)
            )
        if row.at is not None and row.at <= draw.at:
            raise CodingFileError(
                _("{file}, row {row}: this coding is older than the draw of the bridge sample.").format(
                    **what
                )
            )
    return {key: coding for key, coding in asked.items() if coding is not None}
