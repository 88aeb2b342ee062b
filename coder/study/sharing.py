"""One coder's codings for another computer's study, so that two people can code at two computers."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from coder.codebook import Codebook, dump_codebook
from coder.errors import CoderError
from coder.messages import _, current_language
from coder.store import CONSENSUS, events, queries
from coder.store import waves as store_waves
from coder.study import codebooks
from coder.study.coding_files import LONG_COLUMNS

if TYPE_CHECKING:
    from coder.study.folder import Study

#: what stands for the version of a coding that rests on no version: it knows what it names, and nothing else
NO_VERSION = "0:"
_BLIND = {"no": "1", "yes": "0", "unknown": ""}


def export_codings(
    study: "Study",
    path: Path,
    coder: str,
    *,
    question: str | None = None,
    wave: str | None = None,
) -> int:
    """Write one coder's current codings to a file that another computer's study takes in without loss.

    Returns the number of codings. Raises CoderError when the coder has none.
    """
    from coder.writers import write_codings

    if study.outside(path).suffix.casefold() != ".csv":
        raise CoderError(_("{file}: codings are written as .csv; end its name in .csv.").format(file=path))
    coder = CONSENSUS if coder.strip().casefold() == CONSENSUS else coder.strip()
    rows: list[tuple[str, ...]] = []
    with study.database.read() as connection:
        for q in study.questions(question):
            number = queries.questions(connection).get(q.name)
            if number is None:
                continue
            recorded = codebooks.versions(connection, number)
            versions = {0: NO_VERSION}
            versions |= {v.number: f"{v.number}:{version_hash(v.codebook)}" for v in recorded}
            for w in study.waves_named(connection, wave):
                frame = queries.codings(connection, number, [w.id])
                # who is no longer in the file cannot be found by another study either
                there = frame["external_id"].isin(store_waves.active_respondents(connection, w.id))
                rows += [
                    (
                        r["external_id"],
                        w.name,
                        q.name,
                        r["coder"],
                        r["labels"].replace(" ", "|"),
                        r["status"],
                        _BLIND[r["visible"]],
                        r["origin"],
                        r["at"],
                        r["memo"] or "",
                        versions[r["codebook_version"]],
                        r["knows"].replace(" ", "|"),
                    )
                    for r in frame[there & (frame["coder"] == coder)].to_dict("records")
                ]
    if not rows:
        raise CoderError(
            _("{coder} has no codings here; the study knows: {known}.").format(
                coder=coder, known=", ".join(_known_coders(study)) or "-"
            )
        )
    # as the Excel of the reader's language opens a .csv; reading finds out by itself
    write_codings(path, LONG_COLUMNS, rows, delimiter=";" if current_language() == "nl" else ",")
    return len(rows)


def _known_coders(study: "Study") -> list[str]:
    with study.database.read() as connection:
        return list(events.coders(connection).values())


def version_hash(codebook: Codebook) -> str:
    """Return the name under which another study recognises the same version of a codebook."""
    return hashlib.sha256(dump_codebook(codebook).encode("utf-8")).hexdigest()[:12]
