"""Coding sheets: answers to code in Excel, for a colleague without a terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _
from coder.reports.words import status_word
from coder.store import Connection, assignments, audits, bridges, events, queries, runs
from coder.study import codebooks
from coder.study.audit_breaches import voiding

if TYPE_CHECKING:
    from coder.study.folder import Study

#: samples for which a sheet is made that is coded blind
PURPOSES = ("audit", "bridge")


def export_coding_sheet(
    study: "Study",
    path: Path,
    *,
    question: str | None = None,
    wave: str | None = None,
    coder: str | None = None,
    only: str | None = None,
) -> tuple[int, list[str]]:
    """Write a coding sheet with the filled-in answers of a wave for a colleague without a terminal.

    With `coder`, that coder's codings so far stand in it. `only` chooses the answers that nobody has coded
    ("unseen"), that the model is least sure of ("queued", most doubtful first), on which coders differ
    ("open"; coded again as coder `consensus`, that settles them), that the coder codes again for a bridge
    sample ("bridge"; what the wave was coded as does not stand in it), or that are left of the audit sample
    ("audit"; with `coder`, those that this coder is asked for). The sheet of a sample shows no suggestions
    and nobody's earlier codings, and says what it is for: its codings come back as blind, and a bridge
    sample's as such.

    Returns the number of answers, and what Excel could not hold and whether coding the sheet would make an
    audit sample void, a line each. Raises CoderError when there are none.
    """
    from coder.writers import SheetCoding, write_coding_sheet

    if study.outside(path).suffix.casefold() != ".xlsx":
        raise CoderError(
            _("{file}: a coding sheet is an Excel file; end its name in .xlsx.").format(file=path.name)
        )
    q = study.question(question)
    with study.database.read() as connection:
        w = study.wave(connection, wave)
        number = codebooks.question_number(study, connection, q)
        version = codebooks.versions(connection, number)[-1]
        frame = queries.answers(connection, number, [w.id])
        made = queries.codings(connection, number, [w.id])
        run = runs.latest_run(connection, number, w.id)
        queue = runs.queue(connection, run.id) if run is not None else []
        who = next((n for n, name in events.coders(connection).items() if name == coder), 0)
        again = bridges.asked_again(connection, number, w.id, who) if only == "bridge" else []
        audit = _audit(connection, number, w.id, who if coder else None) if only == "audit" else set()
    frame = frame[frame["filled_in"].astype(bool)]
    if only == "unseen":
        frame = frame[frame["status"].isna()]
    elif only == "open":
        frame = frame[frame["status"] == "open"]
    elif only == "queued":
        frame = frame[frame["status"].isna()].set_index("answer_id")
        frame = frame.loc[[answer for answer in queue if answer in frame.index]].reset_index()
    elif only == "bridge":
        frame = frame[frame["answer_id"].isin([a.answer_id for a in again if not a.done])]
        made = made[:0]
    elif only == "audit":
        frame = frame[frame["answer_id"].isin(audit)]
    elif only is not None:
        raise CoderError(
            _("--only takes one of: {choices}.").format(
                choices=", ".join(("unseen", "queued", "open", "bridge", "audit"))
            )
        )
    if frame.empty:
        raise CoderError(_("There are no answers for the coding sheet of wave {wave}.").format(wave=w.name))
    if path.exists():
        raise CoderError(
            _("{file} exists and may hold somebody's work; choose another name, or remove it first.").format(
                file=path
            )
        )
    mine = made[made["coder"] == coder]
    there = {
        r["external_id"]: SheetCoding(r["status"], tuple(r["labels"].split()), r["memo"] or "")
        for r in mine.to_dict("records")
    }
    rows = list(zip(frame["external_id"].tolist(), frame["text"].tolist(), strict=True))
    beside = _chosen(made, frame, version.codebook) if only == "open" else {}
    losses = write_coding_sheet(
        path,
        rows=rows,
        codebook=version.codebook,
        question=q.name,
        wave=w.name,
        version=version.number,
        coder=coder or "",
        codings=there,
        purpose=only if only in PURPOSES else "",
        beside=beside,
    )
    with study.database.read() as connection:
        warning = voiding(connection, q, number, w, frame["answer_id"].tolist())
    return len(rows), losses if warning is None else [*losses, warning]


def _audit(connection: Connection, number: int, wave: int, coder: int | None) -> set[int]:
    """Return what is left of a wave's audit sample, of all coders or of what one of them is asked for."""
    left = {
        r["answer_id"] for r in audits.standing(connection, number, wave) if r["status"] in (None, "skipped")
    }
    return left if coder is None else left & assignments.assigned(connection, number, wave, coder)


def _chosen(made: pd.DataFrame, frame: pd.DataFrame, codebook: Codebook) -> dict[str, list[str]]:
    """Return what each coder chose for these answers, to settle them by: coder to one text an answer."""
    chosen: dict[tuple[str, int], str] = {}
    for r in made.to_dict("records"):
        names = "; ".join(codebook.label(label).name for label in r["labels"].split())
        chosen[r["coder"], r["answer_id"]] = names or status_word(r["status"])
    coders = sorted({coder for coder, _answer in chosen})
    answers = frame["answer_id"].tolist()
    return {
        _("chosen by {coder}").format(coder=coder): [chosen.get((coder, a), "") for a in answers]
        for coder in coders
    }
