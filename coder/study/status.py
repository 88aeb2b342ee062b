"""Where a study stands: counts a question and wave, and what to do next."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.messages import _, ngettext
from coder.store import CONSENSUS, Connection, assignments, audits, bridges, events, queries, runs
from coder.study.phases import phase_of
from coder.study.recoding import unread_counts

if TYPE_CHECKING:
    from coder.study.audit_status import AuditStatus
    from coder.study.folder import Study


@dataclass(frozen=True, slots=True)
class CoderStatus:
    """How far one coder is with a question in one wave.

    Attributes:
        coded: decided codings; held_over: answers held over.
        assigned: answers this coder is asked for; assigned_done: of these, coded.
        to_read_again: coded answers that are to be read again for a label.
    """

    coder: str
    coded: int = 0
    held_over: int = 0
    assigned: int = 0
    assigned_done: int = 0
    to_read_again: int = 0

    @property
    def left(self) -> int:
        """Answers that this coder is asked for and has not coded."""
        return self.assigned - self.assigned_done


@dataclass(frozen=True)
class QuestionStatus:
    """One question in one wave.

    Attributes:
        final: definitive codings by origin: consensus, unanimous, single, open, skipped.
        coders: decided codings a coder; automatic: answers with automatic labels; queued: of these, to
            be looked at by a person.
        phase: of the question, see `coder.study.phases`.
        progress: how far each coder is who coded here or is asked to.
        to_settle: answers to be settled anew, having been settled before a label came.
        audit: how far the audit sample is, which is void once others of the wave are coded; None: none drawn.
        bridge: coder to the answers that this coder is still to code again for the bridge sample of the
            wave; None: none drawn. bridge_size: answers in it.
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
    phase: str = "code"
    progress: tuple[CoderStatus, ...] = ()
    to_settle: int = 0
    audit: "AuditStatus | None" = None
    bridge: dict[str, int] | None = None
    bridge_size: int = 0

    @property
    def audit_stands(self) -> bool:
        """Whether there is an audit sample that coding other answers would make void."""
        return self.audit is not None and not self.audit.coded_since

    @property
    def seen(self) -> int:
        """Answers with any human coding."""
        return sum(self.final.values())

    @property
    def left(self) -> int:
        """Answers without any coding or automatic label."""
        return max(0, self.filled_in - self.seen - self.automatic)


ENOUGH = 50
"""Coded answers of a question before it is worth while to let the model label the rest."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is best done now.

    Attributes:
        kind: "import", "settle", "read_again", "audit" (what a coder is asked for of an audit sample),
            "ask_audit" (nobody is asked for it), "mend_audit" (it cannot be used as it is), "bridge" (what a
            coder codes again), "code" (what a coder is asked for), "begin" (too few answers of the question
            are coded to go on with it), "label" (let the model label the rest), "check" (what the model
            doubts), "export".
        coder: whose work it is; n: answers that it is about. None and 0 where nobody or nothing is meant.
    """

    kind: str
    question: str | None = None
    wave: str | None = None
    coder: str | None = None
    n: int = 0


@dataclass(frozen=True)
class StudyStatus:
    """Where the study stands, and one suggested next step: as a command, and taken apart."""

    name: str
    questions: tuple[QuestionStatus, ...]
    next_step: str
    step: NextStep


def study_status(study: "Study") -> StudyStatus:
    """Count everything, by indexed queries only: fast on a million answers."""
    with study.database.read() as connection:
        names = {number: name for name, number in queries.questions(connection).items()}
        waves = {w.id: w.name for w in study.waves(connection)}
        finals: dict[tuple[int, int], dict[str, int]] = {}
        for row in queries.final_counts(connection):
            part = finals.setdefault((row["question_id"], row["wave_id"]), {})
            part[row["origin"]] = part.get(row["origin"], 0) + row["n"]
        progress, to_settle = _progress(connection, names)
        suggested = {(r["question_id"], r["wave_id"]): r for r in runs.suggestion_counts(connection)}
        phases = {number: phase_of(connection, number) for number in names}
        audited = _audits(study, connection, names)
        bridged = _bridges(connection, names)
        found = []
        for row in queries.answer_counts(connection):
            key = (row["question_id"], row["wave_id"])
            automatic = suggested.get(key, {"n": 0, "queued": 0})
            mine = progress.get(key, ())
            found.append(
                QuestionStatus(
                    names[key[0]],
                    waves[key[1]],
                    row["answers"],
                    row["not_asked"],
                    row["filled_in"],
                    finals.get(key, {}),
                    {one.coder: one.coded for one in mine if one.coded},
                    automatic["n"],
                    automatic["queued"],
                    phases[key[0]],
                    mine,
                    to_settle.get(key, 0),
                    audited.get(key),
                    *bridged.get(key, (None, 0)),
                )
            )
    step = next_step(found)
    return StudyStatus(study.settings.name, tuple(found), as_command(step), step)


_Key = tuple[int, int]
"""A question and a wave, by number."""


def _progress(
    connection: Connection, questions: Iterable[int]
) -> tuple[dict[_Key, tuple[CoderStatus, ...]], dict[_Key, int]]:
    """Return how far each coder is, a question and wave, and how many answers are to be settled anew."""
    names = events.coders(connection)
    counts: dict[_Key, dict[int, Counter[str]]] = {}

    def of(question: int, wave: int, coder: int) -> Counter[str]:
        return counts.setdefault((question, wave), {}).setdefault(coder, Counter())

    for row in queries.coding_counts(connection):
        kind = "held_over" if row["status"] == "skipped" else "coded"
        of(row["question_id"], row["wave_id"], row["coder_id"])[kind] += row["n"]
    for row in assignments.assignment_counts(connection):
        mine = of(row["question_id"], row["wave_id"], row["coder_id"])
        mine.update(assigned=row["n"], assigned_done=row["done"])
    for question in questions:
        for (wave, coder), n in unread_counts(connection, question).items():
            of(question, wave, coder)["to_read_again"] = n
    progress = {
        key: tuple(
            CoderStatus(names[coder], **mine)
            for coder, mine in sorted(by_coder.items(), key=lambda item: names[item[0]])
            if names[coder] != CONSENSUS
        )
        for key, by_coder in counts.items()
    }
    to_settle = {
        key: sum(mine["to_read_again"] for coder, mine in by_coder.items() if names[coder] == CONSENSUS)
        for key, by_coder in counts.items()
    }
    return progress, to_settle


def _audits(study: "Study", connection: Connection, names: Mapping[int, str]) -> "dict[_Key, AuditStatus]":
    """Return how far the audits are."""
    found: dict[_Key, AuditStatus] = {}
    keys = audits.audited_waves(connection)
    if not keys:
        return found
    from coder.study.audit_status import status_in  # loads numpy

    waves = {wave.id: wave for wave in study.waves(connection)}
    for question, wave in sorted(keys):
        settings = study.settings.questions.get(names[question])
        if settings is not None:
            status = status_in(connection, settings, question, waves[wave])
            if status is not None:
                found[question, wave] = status
    return found


def _bridges(connection: Connection, questions: Iterable[int]) -> dict[_Key, tuple[dict[str, int], int]]:
    """Return what coders are still to code again for bridge samples, and how large these are."""
    names = events.coders(connection)
    found: dict[_Key, tuple[dict[str, int], int]] = {}
    for question in questions:
        for wave in bridges.waves_with_bridges(connection, question):
            draw = bridges.last_draw(connection, question, wave)
            drawn = [] if draw is None else bridges.drawn_answers(connection, draw)
            left = Counter(names[one.coder_id] for one in drawn if not one.done)
            found[question, wave] = (dict(sorted(left.items())), len(drawn))
    return found


def next_step(found: Sequence[QuestionStatus], coder: str | None = None) -> NextStep:
    """Return what is best done now: what somebody waits for first, what can wait last.

    With a coder, of the coders' own work only what is that coder's.
    """
    if not found:
        return NextStep("import")
    for part in found:
        if n := part.final.get("open", 0) + part.to_settle:
            return NextStep("settle", part.question, part.wave, n=n)
    own = [(part, one) for part in found for one in part.progress if coder in (None, one.coder)]
    for part, one in own:
        if n := one.to_read_again:
            return NextStep("read_again", part.question, part.wave, one.coder, n)
    for part in found:
        step = _audit_step(part, coder)
        if step is not None:
            return step
    for part in found:
        for name, n in (part.bridge or {}).items():
            if coder in (None, name):
                return NextStep("bridge", part.question, part.wave, name, n)
    for part, one in own:
        if one.left > 0 and not part.audit_stands:
            return NextStep("code", part.question, part.wave, one.coder, one.left)
    for question in dict.fromkeys(p.question for p in found):
        of = [p for p in found if p.question == question and not p.audit_stands]
        if not of:
            continue
        enough = min(ENOUGH, sum(p.filled_in for p in of) / 2)
        exploring = any(p.phase in ("explore", "pilot") for p in of)
        if sum(p.seen for p in of) < enough or (exploring and any(p.filled_in > p.seen for p in of)):
            return NextStep("begin", question, of[0].wave)
    for part in found:
        if part.left:
            return NextStep("label", part.question, part.wave, n=part.left)
    for part in found:
        if part.queued and part.audit is None:
            return NextStep("check", part.question, part.wave, n=part.queued)
    return NextStep("export")


def _audit_step(part: QuestionStatus, coder: str | None) -> NextStep | None:
    """Return what is to be done about the audit sample of a question and wave; None: nothing."""
    audit = part.audit
    if audit is None:
        return None
    if n := audit.coded_since or audit.not_blind or audit.joined:
        # when nothing is left to draw from, people decided all
        return NextStep("mend_audit", part.question, part.wave, n=n) if part.seen < part.filled_in else None
    for name, n in audit.left.items():
        if coder in (None, name):
            return NextStep("audit", part.question, part.wave, name, n)
    if audit.to_do and not audit.left:
        return NextStep("ask_audit", part.question, part.wave, n=audit.to_do)
    return None


def as_command(step: NextStep) -> str:
    """Return a next step as what to type for it."""
    n = step.n
    text = {
        "import": _(
            "Import a survey file: coder import FILE --wave NAME --id COLUMN --answers COLUMN=QUESTION"
        ),
        "settle": ngettext(
            "Settle {n} answer on which coders differ: coder settle --question {question} --wave {wave}",
            "Settle {n} answers on which coders differ: coder settle --question {question} --wave {wave}",
            n,
        ),
        "read_again": ngettext(
            "Read {n} answer again, for a label that came later: coder code --coder {coder} "
            "--question {question} --wave {wave}",
            "Read {n} answers again, for a label that came later: coder code --coder {coder} "
            "--question {question} --wave {wave}",
            n,
        ),
        "audit": ngettext(
            "Code the {n} answer of the audit sample that {coder} is asked for, before anything else of "
            "this wave: coder code --coder {coder} --question {question} --wave {wave}",
            "Code the {n} answers of the audit sample that {coder} is asked for, before anything else of "
            "this wave: coder code --coder {coder} --question {question} --wave {wave}",
            n,
        ),
        "ask_audit": ngettext(
            "Ask somebody for the {n} answer of the audit sample: coder audit draw --question {question} "
            "--wave {wave} --coder NAME",
            "Ask somebody for the {n} answers of the audit sample: coder audit draw --question {question} "
            "--wave {wave} --coder NAME",
            n,
        ),
        "mend_audit": _(
            "The audit sample cannot be used as it is; what to do: coder audit status --question {question} "
            "--wave {wave}"
        ),
        "bridge": ngettext(
            "Code {n} answer of {wave} again, for the bridge sample: coder code --coder {coder} "
            "--question {question} --wave {wave}",
            "Code {n} answers of {wave} again, for the bridge sample: coder code --coder {coder} "
            "--question {question} --wave {wave}",
            n,
        ),
        "code": ngettext(
            "Code the {n} answer that {coder} is asked for: coder code --coder {coder} "
            "--question {question} --wave {wave}",
            "Code the {n} answers that {coder} is asked for: coder code --coder {coder} "
            "--question {question} --wave {wave}",
            n,
        ),
        "begin": _(
            "Code some answers of {question}: coder code --coder NAME --question {question} --wave {wave}"
        ),
        "label": _(
            "Let the model label what nobody has coded: coder label --question {question} --wave {wave}"
        ),
        "check": ngettext(
            "Code the {n} answer that the model doubts: coder code --coder NAME --question {question} "
            "--wave {wave}",
            "Code the {n} answers that the model doubts: coder code --coder NAME --question {question} "
            "--wave {wave}",
            n,
        ),
        "export": _("Everything has labels: coder export --out exports/coded.xlsx"),
    }[step.kind]
    return text.format(n=n, question=step.question, wave=step.wave, coder=step.coder)
