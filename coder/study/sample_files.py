"""Codings of an audit or a bridge sample that come in by a file: whose they are, and whether they count."""

from collections.abc import Mapping
from typing import Any

from coder.messages import _, ngettext
from coder.store import CONSENSUS, Connection, audits, bridges, events, queries
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


def samples_left_out(
    connection: Connection, number: int, part: PreparedCodings, *, bridge: bool
) -> list[str]:
    """Say which of the codings of a file, taken in just now, a sample of its wave makes no use of.

    Those of an audited answer that were not made blind, or nobody knows whether; and without `bridge`, those
    of what its coder is to code again for a bridge sample.
    """
    lines: list[str] = []
    if bridge:
        return lines
    made = {(part.answers[row.id], who) for row, who, _labels, _version in part.codings if who != CONSENSUS}
    audited = {row["answer_id"] for row in audits.standing(connection, number, part.wave.id)}
    now = queries.current_codings(connection, [answer for answer, _who in made if answer in audited])
    if n := len(made & {key for key, coding in now.items() if coding["visible"] != "no"}):
        lines.append(
            ngettext(
                "{n} coding of the audit sample does not count for it: it was not made blind, or the file "
                "does not say so. If it was, import the file again with --blind.",
                "{n} codings of the audit sample do not count for it: they were not made blind, or the file "
                "does not say so. If they were, import the file again with --blind.",
                n,
            ).format(n=n)
        )
    draw = bridges.last_draw(connection, number, part.wave.id)
    if draw is not None:
        names = events.coders(connection)
        asked = {
            (a.answer_id, names[a.coder_id]) for a in bridges.drawn_answers(connection, draw) if not a.done
        }
        if n := len(made & asked):
            lines.append(
                ngettext(
                    "{n} coding is of an answer to be coded again for the bridge sample; it was taken in as "
                    "a coding of the wave itself. If it was made again: coder undo, and import with "
                    "--bridge.",
                    "{n} codings are of answers to be coded again for the bridge sample; they were taken in "
                    "as codings of the wave itself. If they were made again: coder undo, and import with "
                    "--bridge.",
                    n,
                ).format(n=n)
            )
    return lines
