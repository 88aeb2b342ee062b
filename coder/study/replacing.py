"""A wave imported again from a changed file: what differs, and what that does to codings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coder.corpus import Layout, Respondent
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.store import Connection, actions, events, queries
from coder.store import waves as store_waves
from coder.store.waves import AnswerChange, RespondentRow, WaveRecord


class WaveChangedError(CoderError):
    """The file differs from what was imported under this wave's name."""


@dataclass(frozen=True)
class Difference:
    """How a file differs from the wave it replaces.

    Attributes:
        added, vanished: ids of respondents; changed: answers of those who stay.
        coded: answers of these that people coded.
    """

    added: tuple[str, ...]
    vanished: tuple[str, ...]
    changed: tuple[AnswerChange, ...]
    coded: int


def refuse_dropped_questions(path: Path, known: WaveRecord, layout: Layout) -> None:
    """Refuse a layout that leaves out a question of the wave: its codings would silently leave all tables.

    Raises WaveChangedError.
    """
    dropped = [name for name in known.layout["answers"] if name not in layout.answers]
    if dropped:
        raise WaveChangedError(
            _(
                "{file}: wave {wave} also holds the answers to {questions}; name their columns too with "
                "--answers, or choose another --wave."
            ).format(file=path.name, wave=known.name, questions=", ".join(dropped))
        )


def difference(
    connection: Connection, known: WaveRecord, layout: Layout, respondents: Sequence[Respondent]
) -> Difference:
    """Compare a file with the wave as it was imported."""
    stored = _stored(connection, known, layout)
    was_there = set(store_waves.active_respondents(connection, known.id))
    now_there = {r.id for r in respondents}
    vanished = was_there - now_there
    changed = _changed(stored, respondents)
    concerned = {c.answer_id for c in changed}
    coded = sum(
        coded and (answer in concerned or who in vanished)
        for (who, _question), (answer, _text, coded) in stored.items()
    )
    return Difference(tuple(sorted(now_there - was_there)), tuple(sorted(vanished)), tuple(changed), coded)


def replace_wave(
    connection: Connection,
    known: WaveRecord,
    layout: Layout,
    respondents: Sequence[Respondent],
    rows: Sequence[RespondentRow],
    filled_in: Callable[[str, str | None], bool],
) -> None:
    """Write what the file says over what the wave said.

    Codings of changed answers are taken back, in the log. Respondents that are gone leave every table but
    keep their codings, so that the next file may bring them back: truncated files get imported too.
    """
    numbers = store_waves.respondent_numbers(connection, known.id)
    now_there = {r.id for r in rows}
    gone = [number for who, number in numbers.items() if who not in now_there]
    there = [r for r in rows if r.id in numbers]
    store_waves.update_respondents(connection, numbers, there)
    # only now, so that the answers of those who come back are compared too
    changed = _changed(_stored(connection, known, layout), respondents)
    concerned = [c.answer_id for c in changed]
    events.retract_codings_of(connection, concerned, memo="answer changed in the file")
    actions.forget_about(connection, concerned)
    store_waves.withdraw(connection, gone)
    questions = list(layout.answers)
    new = [r for r in rows if r.id not in numbers]
    store_waves.add_respondents(connection, known.id, questions, new, filled_in)
    store_waves.write_answers(connection, known.id, questions, numbers, there, filled_in)


_Stored = Mapping[tuple[str, str], tuple[int, str | None, bool]]


def _stored(connection: Connection, known: WaveRecord, layout: Layout) -> _Stored:
    """Return the answers of the wave: (respondent, question) to (answer, text, whether coded)."""
    numbers = queries.questions(connection)
    return {
        (r["external_id"], name): (r["answer_id"], r["text"], r["status"] is not None)
        for name in layout.answers
        if name in numbers
        for r in queries.answers(connection, numbers[name], [known.id]).to_dict("records")
    }


def _changed(stored: _Stored, respondents: Sequence[Respondent]) -> list[AnswerChange]:
    return [
        AnswerChange(respondent.id, question, old[0], old[1], text)
        for respondent in respondents
        for question, text in respondent.answers.items()
        if (old := stored.get((respondent.id, question))) is not None and old[1] != text
    ]


def explain(path: Path, known: WaveRecord, described: Mapping[str, Any], found: Difference) -> str:
    """Say in one line how a file differs from its wave, and what to do about it."""
    parts = _parts(found)
    if not parts:
        changed = sorted(key for key in described if described[key] != known.layout.get(key))
        parts = [
            _("columns read differently: {settings}").format(settings=", ".join(changed))
            if changed
            else _("other columns, weights or background variables")
        ]
    where = ""
    if found.changed:
        first = found.changed[0]
        where = " " + _("First change: respondent {id}, question {question}.").format(
            id=first.respondent, question=first.question
        )
    return (
        _("{file} differs from wave {wave}, imported from {old} on {date}: {parts}.").format(
            file=path.name,
            wave=known.name,
            old=known.file,
            date=known.imported_at[:10],
            parts="; ".join(parts),
        )
        + where
        + " "
        + _("Use --replace to take the new file (codings of unchanged answers are kept), or another --wave.")
    )


def replaced_line(found: Difference) -> str:
    """Say what a replacement did."""
    parts = _parts(found) or [_("no answer changed")]
    return _("Replaced: {parts}; codings of unchanged answers are kept.").format(parts="; ".join(parts))


def _parts(found: Difference) -> list[str]:
    parts = []
    if n := len(found.added):
        parts.append(ngettext("{n} respondent new", "{n} respondents new", n).format(n=n))
    if n := len(found.vanished):
        parts.append(ngettext("{n} respondent gone", "{n} respondents gone", n).format(n=n))
    if n := len(found.changed):
        parts.append(ngettext("{n} answer changed", "{n} answers changed", n).format(n=n))
    if n := found.coded:
        parts.append(ngettext("{n} coding concerned", "{n} codings concerned", n).format(n=n))
    return parts
