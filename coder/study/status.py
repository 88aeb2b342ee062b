"""Where a study stands: counts a question and wave, and what to do next."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.store import CONSENSUS, events, queries, runs
from coder.store.queries import NextAnswer
from coder.study import codebooks
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class QuestionStatus:
    """One question in one wave.

    Attributes:
        final: definitive codings by origin: consensus, unanimous, single, open, skipped.
        coders: decided codings a coder; automatic: answers with automatic labels; queued: of these, to
            be looked at by a person.
    """

    question: str
    wave: str
    answers: int
    not_asked: int
    filled_in: int
    final: dict[str, int]
    coders: dict[str, int]
    automatic: int
    queued: int

    @property
    def seen(self) -> int:
        """Answers with any human coding."""
        return sum(self.final.values())


@dataclass(frozen=True)
class StudyStatus:
    """Where the study stands, and one suggested next step."""

    name: str
    questions: tuple[QuestionStatus, ...]
    next_step: str


def study_status(study: "Study") -> StudyStatus:
    """Count everything, by indexed queries only: fast on a million answers."""
    with study.database.read() as connection:
        names = {number: name for name, number in queries.questions(connection).items()}
        waves = {w.id: w.name for w in study.waves(connection)}
        coders = events.coders(connection)
        finals: dict[tuple[int, int], dict[str, int]] = {}
        for row in queries.final_counts(connection):
            part = finals.setdefault((row["question_id"], row["wave_id"]), {})
            part[row["origin"]] = part.get(row["origin"], 0) + row["n"]
        by_coder: dict[tuple[int, int], dict[str, int]] = {}
        for row in queries.coding_counts(connection):
            if row["status"] != "skipped" and coders[row["coder_id"]] != CONSENSUS:
                counts = by_coder.setdefault((row["question_id"], row["wave_id"]), {})
                name = coders[row["coder_id"]]
                counts[name] = counts.get(name, 0) + row["n"]
        suggested = {(r["question_id"], r["wave_id"]): r for r in runs.suggestion_counts(connection)}
        found = []
        for row in queries.answer_counts(connection):
            key = (row["question_id"], row["wave_id"])
            automatic = suggested.get(key, {"n": 0, "queued": 0})
            found.append(
                QuestionStatus(
                    names[key[0]],
                    waves[key[1]],
                    row["answers"],
                    row["not_asked"],
                    row["filled_in"],
                    finals.get(key, {}),
                    by_coder.get(key, {}),
                    automatic["n"],
                    automatic["queued"],
                )
            )
    return StudyStatus(study.settings.name, tuple(found), _next_step(found))


def next_answer(
    study: "Study", question: QuestionSettings, coder: str, wave: str | None = None
) -> NextAnswer | None:
    """Return the next answer, in file order, that the coder has not seen; None when all are seen."""
    if coder.casefold() == CONSENSUS:
        raise CoderError(_("{name} is not a coder; use your own name.").format(name=coder))
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        who = next((n for n, name in events.coders(connection).items() if name == coder), 0)
        return queries.next_unseen(connection, number, study.wave(connection, wave).id, who)


def _next_step(found: list[QuestionStatus]) -> str:
    if not found:
        return _("Import a survey file: coder import FILE --wave NAME --id COLUMN --answers COLUMN=QUESTION")
    for part in found:
        if open_answers := part.final.get("open", 0):
            return ngettext(
                "Settle {n} answer on which coders differ: coder export --coding-sheet --only open "
                "--question {question} --wave {wave} --out open.xlsx, and import it with --coder consensus",
                "Settle {n} answers on which coders differ: coder export --coding-sheet --only open "
                "--question {question} --wave {wave} --out open.xlsx, and import it with --coder consensus",
                open_answers,
            ).format(n=open_answers, question=part.question, wave=part.wave)
    for question in dict.fromkeys(p.question for p in found):
        if not any(p.seen for p in found if p.question == question):
            wave = next(p.wave for p in found if p.question == question)
            return _(
                "Code some answers of {question}: coder export --coding-sheet --question {question} "
                "--wave {wave} --out coding-sheet.xlsx"
            ).format(question=question, wave=wave)
    for part in found:
        if part.filled_in - part.seen - part.automatic > 0:
            return _(
                "Let the model label what nobody has coded: coder label --question {question} --wave {wave}"
            ).format(question=part.question, wave=part.wave)
    for part in found:
        if part.queued:
            return ngettext(
                "Code the {n} answer that the model doubts: coder export --coding-sheet --only queued "
                "--question {question} --wave {wave} --out check.xlsx",
                "Code the {n} answers that the model doubts: coder export --coding-sheet --only queued "
                "--question {question} --wave {wave} --out check.xlsx",
                part.queued,
            ).format(n=part.queued, question=part.question, wave=part.wave)
    return _("Everything has labels: coder export --out exports/coded.xlsx")
