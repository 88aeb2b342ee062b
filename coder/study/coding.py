"""Coding on screen: one coder at work on one question of one wave.

Everything that changes something is one transaction, and one action that undo takes back. What a coder has
chosen and not saved is a draft: durable at once, never counted.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, Meanings
from coder.codebook.choosing import still_there
from coder.errors import CoderError
from coder.messages import _
from coder.store import Connection, actions, answer_lists, assignments, audits, bridges, drafts, events, marks
from coder.store.drafts import Draft
from coder.store.events import NewCoding
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.audit_breaches import refuse_voiding
from coder.study.coders import check_coder, known_coders
from coder.study.open_answers import OpenAnswer, StaleAnswerError, refuse_stale
from coder.study.phases import phase_of
from coder.study.settings import QuestionSettings, with_coders
from coder.text import fingerprint, normalise

if TYPE_CHECKING:
    from coder.study.folder import Study
    from coder.study.selecting import Alike

#: answers of these samples are coded blind, whatever the settings say
BLIND_SAMPLES = ("reliability", "audit")

#: of more answers than this, all are read again rather than one by one
_FEW = 200


class CodingSession:
    """A coder at work: what lies open, and what each key does.

    Raises CoderError when the question has no answers in the wave, or nobody can have the coder's name.

    Attributes:
        ids: the filled-in answers of the wave, in the order of the file.
        status: answer to the status of this coder's coding; answers without one are left out.
        labels: answer to this coder's labels, in order of mention.
        codebook, version: as the coder sees them; a coding is made with these (see `take_up_codebook`).
    """

    def __init__(self, study: "Study", question: QuestionSettings, wave: WaveRecord, coder: str) -> None:
        self.study, self.question, self.wave = study, question, wave
        name = check_coder(coder)
        # one person is one coder, however the name is written
        self.coder = {known.casefold(): known for known in known_coders(study)}.get(name.casefold(), name)
        self._normalised: Mapping[int, str] | None = None
        self.version = 0
        with study.database.write() as connection:
            self.number = codebooks.question_number(study, connection, question)
            self.coder_number = events.coder_id(connection, self.coder)
        if self.coder not in study.settings.coders:
            # a study.toml that cannot be written loses nothing: the database knows the coder
            with suppress(OSError):
                study.write_settings(lambda text: with_coders(text, [self.coder]))
        with study.database.read() as connection:
            self.ids = answer_lists.answer_ids(connection, self.number, wave.id)
            if not self.ids:
                raise CoderError(
                    _("Wave {wave} has no filled-in answers to {question}.").format(
                        wave=wave.name, question=question.name
                    )
                )
            self._seen_event = answer_lists.last_event(connection)
            self._take_up(connection)  # and the statuses with it

    def _read_statuses(self, connection: Connection) -> None:
        rows = answer_lists.coder_statuses(connection, self.number, self.wave.id, self.coder_number)
        self.status = {answer: status for answer, status, _labels, _event in rows}
        self.labels = {answer: tuple(labels.split()) for answer, _status, labels, _event in rows if labels}
        self.drafted = drafts.drafted(connection, self.coder_number, self.number)
        self.flagged = marks.marked(connection, "flag", self.number, self.coder_number)
        self.quoted = marks.marked(connection, "quote", self.number, self.coder_number)
        self._sampled = answer_lists.in_samples(connection, self.number, self.wave.id, BLIND_SAMPLES)
        # what is coded again for a bridge sample is as good as unseen: the coding of then stays out of sight
        again = bridges.asked_again(connection, self.number, self.wave.id, self.coder_number)
        self._again = {a.answer_id: a.after for a in again}
        for a in again:
            self._show(a.answer_id, a.coding)

    def _take_up(self, connection: Connection) -> None:
        recorded = codebooks.versions(connection, self.number)
        if recorded[-1].number != self.version:
            self._read_statuses(connection)  # codings follow what labels were merged into
        self.codebook: Codebook = recorded[-1].codebook
        self.version = recorded[-1].number
        self._meanings = Meanings(recorded)
        self._merges = events.effective_merges(connection, self.number)
        self._phase = phase_of(connection, self.number)

    def take_up_codebook(self) -> None:
        """See the newest version of the codebook from here on."""
        with self.study.database.read() as connection:
            self._take_up(connection)

    @property
    def exploring(self) -> bool:
        """Whether the question is being explored: labels are made on the spot."""
        return self._phase == "explore"

    @property
    def blind_in_question(self) -> bool:
        """Whether all answers of the question are coded blind by this coder: always in pilot coding."""
        return self._phase == "pilot" or self.question.is_blind_for(self.coder)

    def is_blind(self, answer_id: int) -> bool:
        """Whether this coder codes this answer without suggestions or other coders' work in view."""
        return self.blind_in_question or answer_id in self._sampled or answer_id in self._again

    def is_coded_again(self, answer_id: int) -> bool:
        """Whether this coder codes this answer again for a bridge sample, apart from the wave's codings."""
        return answer_id in self._again

    @property
    def hides_certainty(self) -> bool:
        """Whether lists show no certainties of uncoded answers: blind ones would stand out by having none."""
        return self.blind_in_question or not self._sampled | self._again.keys() <= self.status.keys()

    def open(self, answer_id: int) -> OpenAnswer:
        """Return an answer as it is now. Raises CoderError when it is no longer there."""
        with self.study.database.read() as connection:
            row = answer_lists.answer_row(connection, answer_id)
            if row is None:
                raise CoderError(_("This answer is no longer in the study; open the screen again."))
            coding = self._said(connection, answer_id)
            draft = drafts.drafts(connection, self.coder_number, [answer_id]).get(answer_id)
            on = marks.marks_of(connection, [answer_id], self.coder_number).get(answer_id, set())
            others = answer_lists.other_answers(connection, row.respondent_id, self.number)
        if draft is not None:
            draft = Draft(still_there(self.codebook, self._merged(draft.labels)), draft.memo)
        labels = () if coding is None else tuple(coding["labels"].split())
        later = () if coding is None else self._unknown(coding["codebook_version"], coding["knows"] or "")
        return OpenAnswer(
            answer_id=row.answer_id,
            respondent=row.respondent,
            text=row.text,
            fingerprint=row.fingerprint,
            groups=json.loads(row.groups),
            others=tuple(others),
            status=None if coding is None else coding["status"],
            labels=tuple(label for label in labels if label in self.codebook.ids),
            memo=draft.memo if draft is not None else None if coding is None else coding["memo"],
            draft=draft,
            flag="flag" in on,
            quote="quote" in on,
            blind=self.is_blind(answer_id),
            unknown=later,
        )

    def _said(self, connection: Connection, answer_id: int) -> Mapping[str, Any] | None:
        """Return what this coder now says of an answer, of one that is coded again the new coding."""
        if answer_id in self._again:
            after = self._again[answer_id]
            return bridges.coding_again(connection, answer_id, self.coder_number, after)
        return answer_lists.coding_of(connection, answer_id, self.coder_number)

    def _merged(self, labels: Sequence[str]) -> tuple[str, ...]:
        """Return what is chosen with the labels that others were merged into since."""
        for _event, label, into in self._merges:
            labels = list(dict.fromkeys(into if part == label else part for part in labels))
        return tuple(labels)

    def _unknown(self, version: int, knows: str) -> tuple[str, ...]:
        besides = knows.split()
        return tuple(i.id for i in self.codebook.active if not self._meanings.knows(i.id, version, besides))

    def choose(self, answer_id: int, labels: Sequence[str] | None, memo: str | None = None) -> None:
        """Keep what is chosen as a draft; None takes the draft away."""
        self._write_draft(answer_id, None if labels is None else Draft(tuple(labels), memo))

    def _write_draft(self, answer_id: int, what: Draft | None) -> None:
        with self.study.database.write() as connection:
            before = drafts.drafts(connection, self.coder_number, [answer_id]).get(answer_id)
            if before == what:
                return
            drafts.put_draft(connection, self.coder_number, self.number, answer_id, what)
            self._record(connection, "draft", answer_id, [], {answer_id: before})
        self._drafted(answer_id, what is not None)

    def save(
        self,
        opened: OpenAnswer,
        status: str,
        labels: Sequence[str] = (),
        *,
        suggested: Collection[str] | None = None,
        others: Sequence["Alike"] = (),
        void_audit: bool = False,
    ) -> None:
        """Code the answer that lies open, and others like it together with it.

        Args:
            status: "labelled" with labels in order of mention, "none", "unclear" or "skipped".
            suggested: what was preselected when the answer opened; the coding is "confirmed" when the
                labels are these.
            others: answers that were shown and are given the same; of those with the identical text the
                coding is a "duplicate".
            void_audit: code it also when that makes the audit sample of the wave void.

        Whether it was made blind is what the coder had in view when the answer was opened. Memos stay with
        their answers; holding an answer over keeps its draft, since it is to be decided later.

        Raises StaleAnswerError when a text, or the codebook, is no longer what the coder saw, and
        VoidsAuditError when it makes an audit sample void.
        """
        if status == "labelled" and not labels:
            raise CoderError(_("No label is chosen: 0 is for an answer that is off topic."))
        confirmed = bool(labels) and suggested is not None and set(labels) == set(suggested)
        own = "confirmed" if confirmed else "manual"
        seen = {opened.answer_id: opened.fingerprint} | {o.answer_id: fingerprint(o.text) for o in others}
        with self.study.database.write() as connection:
            newest = codebooks.versions(connection, self.number)[-1].codebook
            refuse_stale(seen, answer_lists.fingerprints(connection, seen), labels, newest)
            if not void_audit:
                refuse_voiding(connection, self.question, self.number, self.wave, seen)
            before = drafts.drafts(connection, self.coder_number, seen)
            codings = [
                NewCoding(
                    answer,
                    self.coder_number,
                    status,
                    tuple(labels),
                    self._origin(opened, answer, text, own),
                    "no" if opened.blind else "yes",
                    self.version,
                    self._memo(connection, answer, before.get(answer)),
                )
                for answer, text in seen.items()
            ]
            made = events.record_codings(connection, self.number, codings)
            if status != "skipped":
                for answer in before:
                    drafts.put_draft(connection, self.coder_number, self.number, answer, None)
            self._record(connection, "coding", opened.answer_id, made, {a: before.get(a) for a in seen})
        for answer in seen:
            self._show(answer, {"status": status, "labels": " ".join(labels)})
            if status != "skipped":
                self._drafted(answer, False)
        if made[0] == self._seen_event + 1:
            self._seen_event = made[-1]  # nothing of others came in between

    def _origin(self, opened: OpenAnswer, answer: int, text: int, own: str) -> str:
        if opened.blind and answer in self._again:
            return events.BRIDGE
        return "duplicate" if answer != opened.answer_id and text == opened.fingerprint else own

    def _memo(self, connection: Connection, answer_id: int, draft: Draft | None) -> str | None:
        if draft is not None and draft.memo is not None:
            return draft.memo or None
        coding = self._said(connection, answer_id)
        return None if coding is None else coding["memo"]

    def write_memo(self, answer: OpenAnswer, memo: str, chosen: Sequence[str]) -> None:
        """Keep a memo: with the coding when there is one and nothing else was changed, else in the draft.

        A memo is not reading again. Of what is coded again for a bridge sample it goes with the next coding.
        """
        if answer.draft is not None or answer.status is None or answer.answer_id in self._again:
            self._write_draft(answer.answer_id, Draft(tuple(chosen), memo))
            return
        with self.study.database.write() as connection:
            if answer_lists.coding_of(connection, answer.answer_id, self.coder_number) is None:
                raise StaleAnswerError(_("This coding was taken back meanwhile; write the memo again."))
            made = events.record_memo(connection, self.number, answer.answer_id, self.coder_number, memo)
            self._record(connection, "memo", answer.answer_id, [made], {})

    def mark(self, answer_id: int, kind: str) -> bool:
        """Put a mark ("flag" or "quote") on an answer, or take it off; return whether it is on now."""
        there = self.flagged if kind == "flag" else self.quoted
        on = answer_id not in there
        with self.study.database.write() as connection:
            made = marks.record_mark(connection, kind, self.number, answer_id, self.coder_number, on=on)
            self._record(connection, "mark", answer_id, [made], {})
        (there.add if on else there.discard)(answer_id)
        return on

    def refresh(self) -> set[int] | None:
        """Read what changed since the last look, also by others.

        Returns the answers concerned, or None when nothing at all happened.
        """
        with self.study.database.read() as connection:
            newest = answer_lists.last_event(connection)
            drafted = drafts.drafted(connection, self.coder_number, self.number)
            elsewhere, self.drafted = self.drafted ^ drafted, drafted
            imported = self.study.wave(connection, self.wave.name)
            replaced = imported.imported_at != self.wave.imported_at
            if newest == self._seen_event and not replaced:
                return elsewhere or None
            touched = answer_lists.answers_touched_since(connection, self.number, self._seen_event)
            self._seen_event = newest
            if replaced:
                # another file: answers came, went, or say something else
                self.wave, self._normalised = imported, None
                before = set(self.ids)
                self.ids = answer_lists.answer_ids(connection, self.number, imported.id)
                touched |= before.symmetric_difference(self.ids)
            if replaced or len(touched) > _FEW:
                self._read_statuses(connection)
            self._sampled = answer_lists.in_samples(connection, self.number, self.wave.id, BLIND_SAMPLES)
        if not replaced and len(touched) <= _FEW:
            self.reread(touched.intersection(self.ids))
        return touched | elsewhere

    def reread(self, answers: Iterable[int]) -> None:
        """Read again what this coder says of these answers (after undo or redo)."""
        with self.study.database.read() as connection:
            found = bridges.asked_again(connection, self.number, self.wave.id, self.coder_number)
            if {again.answer_id: again.after for again in found} != self._again:
                self._read_statuses(connection)  # a bridge sample was drawn, or is done
            for answer in answers:
                self._show(answer, self._said(connection, answer))
                on = marks.marks_of(connection, [answer], self.coder_number).get(answer, set())
                for kind, there in (("flag", self.flagged), ("quote", self.quoted)):
                    (there.add if kind in on else there.discard)(answer)
                self._drafted(answer, answer in drafts.drafts(connection, self.coder_number, [answer]))

    def assigned(self) -> set[int]:
        """Return what this coder is asked to code in this wave: an audit sample alone until that is done."""
        with self.study.database.read() as connection:
            if first := audits.asked_first(connection, self.number, self.wave, self.coder_number):
                return first
            mine = assignments.assigned(connection, self.number, self.wave.id, self.coder_number)
        return mine | self._again.keys()

    def sampled_and_coded_by_others(self) -> set[int]:
        """Return the answers of a blind sample that somebody coded and this coder did not yet."""
        with self.study.database.read() as connection:
            coded = answer_lists.seen_by_anyone(connection, self.number, self.wave.id)
        return (coded & self._sampled) - self.status.keys()

    def to_read_again(self) -> set[int]:
        """Return the answers that this coder coded and is asked to read again."""
        from coder.study.recoding import to_read_again

        with self.study.database.read() as connection:
            again = set(to_read_again(connection, self.number, self.coder_number)).intersection(self.ids)
        return again - self._again.keys()

    def normalised(self) -> Mapping[int, str]:
        """Return all texts of the wave as they are compared (see `coder.text.normalise`), read once."""
        if self._normalised is None:
            with self.study.database.read() as connection:
                found = answer_lists.all_texts(connection, self.number, self.wave.id)
            self._normalised = {answer: normalise(text) for answer, text in found.items()}
        return self._normalised

    def texts(self, answers: Iterable[int]) -> dict[int, str]:
        """Return the texts of these answers."""
        with self.study.database.read() as connection:
            return answer_lists.texts(connection, answers)

    def place(self) -> int | None:
        """Return the answer to begin with: with a draft the one changed last, else the one coded last.

        None when this coder has changed nothing here yet.
        """
        with self.study.database.read() as connection:
            last = actions.last_done(connection, self.coder_number, self.number)
        there = None if last is None else last.answer_id
        return there if there in set(self.ids) else None

    def label_counts(self) -> dict[str, int]:
        """Count how often this coder gave each label in this wave."""
        return Counter(label for labels in self.labels.values() for label in labels)

    def _show(self, answer_id: int, coding: Mapping[str, Any] | None) -> None:
        self.status.pop(answer_id, None)
        self.labels.pop(answer_id, None)
        if coding is not None:
            self.status[answer_id] = coding["status"]
            if coding["labels"]:
                self.labels[answer_id] = tuple(coding["labels"].split())

    def _drafted(self, answer_id: int, there: bool) -> None:
        (self.drafted.add if there else self.drafted.discard)(answer_id)

    def _record(
        self,
        connection: Connection,
        kind: str,
        answer_id: int,
        made: Sequence[int],
        before: Mapping[int, Draft | None],
    ) -> None:
        actions.record_action(
            connection, self.coder_number, self.number, kind, answer_id=answer_id, events=made, before=before
        )
