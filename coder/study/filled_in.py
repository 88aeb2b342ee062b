"""Which answers count as filled in: a person's decision a question, logged and reversible."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coder.messages import ngettext
from coder.store import Connection, events, queries
from coder.store import waves as store_waves
from coder.study.settings import QuestionSettings, with_question
from coder.text import is_filled_in

if TYPE_CHECKING:
    from coder.study.folder import Study


def decide_not_filled_in(study: "Study", decided: Mapping[str, Sequence[str]]) -> list[str]:
    """Take over in study.toml and in every wave what a person decided; return a line for each change."""
    lines: list[str] = []
    for name, entries in decided.items():
        question = study.settings.questions[name]
        if tuple(entries) == question.not_filled_in:
            continue
        changed = replace(question, not_filled_in=tuple(entries))
        study.write_settings(lambda text, changed=changed: with_question(text, changed))  # type: ignore[misc]
        with study.database.write() as connection:
            number = queries.questions(connection)[name]
            lines += apply_not_filled_in(connection, changed, number)
    return lines


def apply_not_filled_in(connection: Connection, question: QuestionSettings, number: int) -> list[str]:
    """Work out anew which answers to a question count as filled in, in every wave; logged.

    Answers that a person coded keep their coding in the log, whatever the list says.
    """
    frame = queries.answers(connection, number, [w.id for w in store_waves.waves(connection)])
    rows: list[dict[str, Any]] = []
    for answer, text, was in zip(frame["answer_id"], frame["text"], frame["filled_in"], strict=True):
        filled = is_filled_in(text, question.not_filled_in)
        if filled != bool(was):
            rows.append({"answer_id": int(answer), "text": text, "filled_in": filled})
    store_waves.set_answers(connection, rows)
    log_not_filled_in(connection, number, question.not_filled_in)
    if not rows:
        return []
    n = len(rows)
    return [
        ngettext(
            "{question}: {n} answer changed between filled in and not filled in.",
            "{question}: {n} answers changed between filled in and not filled in.",
            n,
        ).format(question=question.name, n=n)
    ]


def log_not_filled_in(connection: Connection, number: int, entries: Sequence[str]) -> None:
    """Write to the log what counts as not filled in, when it differs from what the log says."""
    if logged_not_filled_in(connection, number) != tuple(entries):
        memo = json.dumps({"not_filled_in": list(entries)}, ensure_ascii=False)
        events.record_note(connection, "setting", number, memo=memo)


def logged_not_filled_in(connection: Connection, number: int) -> tuple[str, ...] | None:
    """Return the list that the answers were last judged by; None when there is none yet."""
    # a setting of a question may also be its phase, or who codes what
    logged = [
        entry["not_filled_in"]
        for entry in queries.history(connection, number, "setting")
        if "not_filled_in" in entry
    ]
    return tuple(logged[-1]) if logged else None
