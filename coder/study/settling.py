"""Consensus: the answers on which coders differ, and what is decided of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, CodebookVersion
from coder.errors import CoderError
from coder.messages import _
from coder.store import CONSENSUS, Connection, actions, answer_lists, drafts, events, queries
from coder.store import disagreements as store_disagreements
from coder.store.drafts import Draft
from coder.store.events import STATUSES, NewCoding
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.assigning import coder_named
from coder.study.blindness import still_blind
from coder.study.open_answers import StaleAnswerError
from coder.study.recoding import to_read_again
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True, slots=True)
class Says:
    """What one coder says of an answer.

    Attributes:
        labels: label ids in order of mention.
        visible: whether suggestions or other coders' work were in view: "yes", "no", "unknown".
    """

    coder: str
    status: str
    labels: tuple[str, ...]
    memo: str | None
    visible: str

    @property
    def decision(self) -> tuple[str, frozenset[str]]:
        """What coders must agree on: order of mention plays no part."""
        return self.status, frozenset(self.labels)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An answer on which coders differ.

    Attributes:
        says: what each coder says, by name; who held it over is left out.
        settled: the consensus coding that is there; None when nobody has settled it.
        again: whether it is to be settled anew, since a label came later.
    """

    answer_id: int
    wave: str
    respondent: str
    text: str
    says: tuple[Says, ...]
    settled: Says | None = None
    again: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it waits for a consensus coding."""
        return self.settled is None or self.again

    @property
    def agreed(self) -> tuple[str, ...]:
        """The labels that every coder gives, in the first one's order of mention."""
        first, *others = (said.labels for said in self.says)
        return tuple(label for label in first if all(label in other for other in others))

    @property
    def disputed(self) -> frozenset[str]:
        """The labels that some of the coders give and others do not."""
        sets = [frozenset(said.labels) for said in self.says]
        return frozenset().union(*sets).difference(frozenset.intersection(*sets))

    @property
    def subjects(self) -> frozenset[str]:
        """What coders differ about: labels, and the states without one."""
        statuses = {said.status for said in self.says}
        states = {"none", "unclear"} & statuses if len(statuses) > 1 else set()
        return self.disputed | states


class Differences(list[Disagreement]):
    """Answers on which coders differ.

    Attributes:
        hidden: how many more there are that the person who asks is still to code blind.
    """

    hidden: int = 0


def differences(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord | None = None,
    *,
    for_coder: str | None = None,
) -> Differences:
    """Return the answers on which coders differ, in file order, of one wave or of all: settled or not.

    Those that were settled before a label came for which they were queued (see `coder.study.recoding`) are
    among them, also when the coders agree: the consensus is to be made anew.

    Args:
        for_coder: who is to see them; what this person is still to code blind (see `still_blind`) is only
            counted. None leaves nothing out.
    """
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        coders = {name: n for n, name in events.coders(connection).items()}
        again = set(to_read_again(connection, number, coders[CONSENSUS])) if CONSENSUS in coders else set()
        found = Differences()
        for w in study.waves(connection) if wave is None else [wave]:
            there = set(answer_lists.answer_ids(connection, number, w.id))
            differing = set(store_disagreements.differing(connection, number, w.id))
            made = _disagreements(connection, w.name, sorted(differing | (again & there)), again)
            found += [one for one in made if one.again or len({said.decision for said in one.says}) > 1]
        if for_coder is None:
            return found
        listed = [one.answer_id for one in found]
        blind = still_blind(connection, question, number, for_coder, listed)
        visible = Differences(one for one in found if one.answer_id not in blind)
        visible.hidden = len(blind)
        return visible


def disagreements(
    study: "Study",
    question: QuestionSettings,
    wave: WaveRecord | None = None,
    *,
    for_coder: str | None = None,
) -> Differences:
    """Return what waits for a consensus coding: the `differences` that nobody has settled, or not since."""
    found = differences(study, question, wave, for_coder=for_coder)
    waiting = Differences(one for one in found if one.is_open)
    waiting.hidden = found.hidden
    return waiting


def disagreement(study: "Study", question: QuestionSettings, answer_id: int) -> Disagreement:
    """Return what coders say of one answer, settled or not. Raises CoderError when nobody coded it."""
    with study.database.read() as connection:
        waves = {w.id: w.name for w in study.waves(connection)}
        codings = queries.current_codings(connection, [answer_id])
        if not any(name != CONSENSUS for _answer, name in codings):
            raise CoderError(_("Nobody has coded this answer: there is nothing to settle."))
        wave = waves[next(iter(codings.values()))["wave_id"]]
        number = codebooks.question_number(study, connection, question)
        coders = {name: n for n, name in events.coders(connection).items()}
        again = to_read_again(connection, number, coders[CONSENSUS]) if CONSENSUS in coders else ()
        return _disagreements(connection, wave, [answer_id], again)[0]


def _disagreements(
    connection: Connection, wave: str, answers: Sequence[int], again: Collection[int]
) -> list[Disagreement]:
    says: dict[int, dict[str, Says]] = {}
    for (answer, coder), coding in sorted(queries.current_codings(connection, answers).items()):
        if coding["status"] != "skipped":
            says.setdefault(answer, {})[coder] = _says(coder, coding)
    found = []
    for answer in answers:
        row = answer_lists.answer_row(connection, answer)
        if row is not None:
            by_coder = says.get(answer, {})
            settled = by_coder.pop(CONSENSUS, None)
            found.append(
                Disagreement(
                    answer,
                    wave,
                    row.respondent,
                    row.text,
                    tuple(by_coder.values()),
                    settled,
                    answer in again,
                )
            )
    return found


def _says(coder: str, coding: Mapping[str, Any]) -> Says:
    return Says(coder, coding["status"], tuple(coding["labels"].split()), coding["memo"], coding["visible"])


def settle(
    study: "Study",
    question: QuestionSettings,
    answer_id: int,
    status: str,
    labels: Sequence[str] = (),
    *,
    by: str,
    memo: str | None = None,
    version: int | None = None,
) -> None:
    """Write the consensus coding of an answer; an action of who settled, which undo takes back.

    A label that is out of use can be settled on when what a coder, or the consensus so far, now says of the
    answer carries it: settled as that coder has it, it is what that coder said.

    Args:
        status: "labelled" with labels in order of mention, "none" or "unclear".
        by: who settled; the memo of the coding begins with this name.
        version: the version of the codebook that was in view; None for the newest.

    Raises CoderError when nobody coded the answer, and for labels that cannot be given together;
    StaleAnswerError when a label that was in view can no longer be given.
    """
    by = coder_named(study, by)
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        newest = recorded[-1]
        says = queries.current_codings(connection, [answer_id])
        if not any(name != CONSENSUS for _answer, name in says):
            raise CoderError(_("Nobody has coded this answer: there is nothing to settle."))
        carried = {label for coding in says.values() for label in coding["labels"].split()}
        seen = newest if version is None else next(one for one in recorded if one.number == version)
        _refuse_gone(seen, newest, labels, carried)
        _check(newest.codebook, question, status, labels, carried)
        who = events.coder_id(connection, by)
        consensus = events.coder_id(connection, CONSENSUS)
        made = events.record_codings(
            connection,
            number,
            [
                NewCoding(
                    answer_id,
                    consensus,
                    status,
                    tuple(labels),
                    "adjudicated",
                    "yes",
                    seen.number,
                    f"{by}: {memo}" if memo else by,
                )
            ],
        )
        before = drafts.drafts(connection, consensus, [answer_id]).get(answer_id)
        drafts.put_draft(connection, consensus, number, answer_id, None)
        actions.record_action(
            connection,
            who,
            number,
            "settling",
            answer_id=answer_id,
            events=made,
            before={answer_id: before},
        )


def note_why(study: "Study", question: QuestionSettings, answer_id: int, memo: str, *, by: str) -> None:
    """Write a memo with the consensus that is there; nothing else of it changes: a memo is not reading again.

    Raises StaleAnswerError when the consensus was taken back meanwhile.
    """
    by = coder_named(study, by)
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        who, consensus = events.coder_id(connection, by), events.coder_id(connection, CONSENSUS)
        if answer_lists.coding_of(connection, answer_id, consensus) is None:
            raise StaleAnswerError(_("This consensus was taken back meanwhile; look at it again."))
        why = f"{by}: {memo}" if memo else by
        made = events.record_memo(connection, number, answer_id, consensus, why)
        actions.record_action(connection, who, number, "settling", answer_id=answer_id, events=[made])


def is_settled_last(study: "Study", question: QuestionSettings, by: str, *, undone: bool = False) -> bool:
    """Whether what undo (or, of what was `undone`, redo) would take of this coder is about consensus."""
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        who = next((n for n, name in events.coders(connection).items() if name == by), 0)
        last = (actions.last_undone if undone else actions.last_done)(connection, who, number)
        return last is not None and last.kind == "settling"


def keep_draft(
    study: "Study", question: QuestionSettings, answer_id: int, draft: Draft | None, *, by: str
) -> None:
    """Keep what is being chosen and noted for a consensus: durable, never counted, undone like the rest.

    None forgets it.
    """
    with study.database.write() as connection:
        number = codebooks.question_number(study, connection, question)
        consensus = events.coder_id(connection, CONSENSUS)
        before = drafts.drafts(connection, consensus, [answer_id]).get(answer_id)
        if before != draft:
            drafts.put_draft(connection, consensus, number, answer_id, draft)
            who = events.coder_id(connection, by)
            actions.record_action(
                connection, who, number, "settling", answer_id=answer_id, before={answer_id: before}
            )


def kept_draft(study: "Study", answer_id: int) -> Draft | None:
    """Return what was being chosen and noted for a consensus; None when there is nothing."""
    with study.database.read() as connection:
        consensus = next((n for n, name in events.coders(connection).items() if name == CONSENSUS), 0)
        return drafts.drafts(connection, consensus, [answer_id]).get(answer_id)


def newest_codebook(study: "Study", question: QuestionSettings) -> CodebookVersion:
    """Return the newest version of a question's codebook: what who settles has in view from here on."""
    with study.database.read() as connection:
        return codebooks.versions(connection, codebooks.question_number(study, connection, question))[-1]


def _refuse_gone(
    seen: CodebookVersion, newest: CodebookVersion, labels: Sequence[str], carried: Collection[str]
) -> None:
    """Refuse what could be chosen in the version in view, and can no longer be."""
    now = {label.id for label in newest.codebook.active}
    gone = [label for label in labels if label not in now and label not in carried]
    if gone and seen.number != newest.number:
        names = [label.name for label in seen.codebook.labels if label.id in gone]
        raise StaleAnswerError(
            _("The codebook changed meanwhile: {labels} can no longer be given. Look at it again.").format(
                labels=", ".join(names or gone)
            )
        )


def _check(
    codebook: Codebook,
    question: QuestionSettings,
    status: str,
    labels: Sequence[str],
    carried: Collection[str],
) -> None:
    if status not in STATUSES or status == "skipped":
        raise CoderError(_("A consensus is labels, off topic or cannot be coded; held over settles nothing."))
    if status == "labelled" and not labels:
        raise CoderError(_("A consensus without labels is off topic or cannot be coded: say which."))
    if status != "labelled" and labels:
        raise CoderError(_("Labels do not go with a status that has none; give one of the two."))
    active = {label.id: label for label in codebook.active}
    there = {label.id: label for label in codebook.labels if label.id in active or label.id in carried}
    for label in labels:
        if label not in there:
            raise CoderError(
                _("{file}: there is no label {label} in use; there are: {known}.").format(
                    file=question.codebook, label=label, known=", ".join(active)
                )
            )
        if there[label].exclusive and len(labels) > 1:
            raise CoderError(
                _("{label} is exclusive: it never goes together with another label.").format(
                    label=there[label].name
                )
            )
