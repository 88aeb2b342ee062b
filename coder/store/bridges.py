"""Bridge samples: answers of an earlier wave that are coded again, blind, for a comparison with a later one.

A coding that is made again is another measurement than the wave's own. It is an event like any other, of
origin "bridge", and nothing is derived from it: neither what a coder says of the wave nor the definitive
coding changes. There are a few hundred at most, which are read from the log.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from coder.store.definitive import BRIDGE
from coder.store.derived import batches, codings_in_force, effective_merges, follow
from coder.store.events import record_note
from coder.store.queries import YES
from coder.store.schema import answer, bridge, event


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw of a bridge sample: number of its event, when it was made, and what was noted of it."""

    id: int
    at: str
    memo: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DrawnAnswer:
    """An answer in a bridge sample.

    Attributes:
        coder_id: who codes it again.
        after: codings made again up to this event do not count.
        coding: the coding that counts, as a row of `event` with the labels it has after merges; None when
            there is none yet.
    """

    answer_id: int
    coder_id: int
    after: int
    coding: Mapping[str, Any] | None

    @property
    def done(self) -> bool:
        """Whether it has been coded again; held over is not."""
        return self.coding is not None and self.coding["status"] != "skipped"


def record_draw(
    connection: Connection, question: int, memo: Mapping[str, Any], answers: Iterable[tuple[int, int, int]]
) -> int:
    """Record a draw: (answer, coder, event after which codings count). Return the number of its event."""
    draw = record_note(connection, "setting", question, memo=json.dumps({"bridge": dict(memo)}))
    for part in batches(answers):
        connection.execute(
            insert(bridge),
            [{"draw": draw, "answer_id": a, "coder_id": c, "after": after} for a, c, after in part],
        )
    return draw


def last_draw(connection: Connection, question: int, wave: int) -> Draw | None:
    """Return the draw that holds for a wave: the last one; None when there is none."""
    # from the few settings of the question to their few answers, not from all answers of the wave
    drawn = (
        select(bridge.c.answer_id)
        .join(answer, answer.c.id == bridge.c.answer_id)
        .where(bridge.c.draw == event.c.id, answer.c.wave_id == wave)
    )
    found = connection.execute(
        select(event.c.id, event.c.at, event.c.memo)
        .where(event.c.question_id == question, event.c.answer_id.is_(None), event.c.kind == "setting")
        .where(drawn.exists())
        .order_by(event.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else Draw(found.id, found.at, json.loads(found.memo)["bridge"])


def drawn_answers(connection: Connection, draw: Draw) -> list[DrawnAnswer]:
    """Return the answers of a draw that are still there and filled in, with what was made of them again."""
    rows = connection.execute(
        select(bridge)
        .join(answer, answer.c.id == bridge.c.answer_id)
        .where(bridge.c.draw == draw.id, answer.c.filled_in == YES)
        .order_by(bridge.c.answer_id)
    ).all()
    made = codings_again(connection, [r.answer_id for r in rows])
    found = []
    for r in rows:
        coding = made.get((r.answer_id, r.coder_id))
        counts = coding is not None and coding["id"] > r.after
        found.append(DrawnAnswer(r.answer_id, r.coder_id, r.after, coding if counts else None))
    return found


def codings_again(connection: Connection, answers: Iterable[int]) -> dict[tuple[int, int], Mapping[str, Any]]:
    """Return what coders said when they coded these answers again: (answer, coder) to the last in force."""
    found: dict[tuple[int, int], Mapping[str, Any]] = {}
    merges: dict[int, list[tuple[int, str, str]]] = {}
    for part in batches(answers):
        for r in codings_in_force(connection, part):
            if r.origin == BRIDGE:
                if r.question_id not in merges:
                    merges[r.question_id] = effective_merges(connection, r.question_id)
                found[r.answer_id, r.coder_id] = follow(r, merges[r.question_id])
    return found


def coding_again(
    connection: Connection, answer_number: int, coder: int, after: int
) -> Mapping[str, Any] | None:
    """Return what this coder said of an answer that was coded again after this event; None when nothing."""
    found = codings_again(connection, [answer_number]).get((answer_number, coder))
    return None if found is None or found["id"] <= after else found


def asked_again(connection: Connection, question: int, wave: int, coder: int) -> list[DrawnAnswer]:
    """Return the answers of a wave that a coder codes again now, done or not.

    It is empty when the coder is done with all of them: from then on the wave's own codings are in view.
    """
    draw = last_draw(connection, question, wave)
    mine = [] if draw is None else [a for a in drawn_answers(connection, draw) if a.coder_id == coder]
    return [] if all(a.done for a in mine) else mine


def waves_with_bridges(connection: Connection, question: int) -> list[int]:
    """Return the waves of which a bridge sample was drawn for a question."""
    query = (
        select(answer.c.wave_id)
        .join(bridge, bridge.c.answer_id == answer.c.id)
        .join(event, event.c.id == bridge.c.draw)
        .where(event.c.question_id == question, event.c.answer_id.is_(None), event.c.kind == "setting")
        .distinct()
        .order_by(answer.c.wave_id)
    )
    return list(connection.scalars(query))
