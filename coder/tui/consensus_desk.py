"""Consensus at the desk: the answer on which coders differ, and what each key decides. No widgets.

The consensus screen maps keys to these methods and draws what they leave behind.
"""

import hashlib
from collections.abc import Collection, Sequence

from coder.codebook import Codebook
from coder.codebook.choosing import DigitKeys, still_there, toggle
from coder.messages import _
from coder.reports.words import status_word
from coder.store.drafts import Draft
from coder.study.folder import Study
from coder.study.open_answers import StaleAnswerError
from coder.study.settings import QuestionSettings
from coder.study.settling import (
    Disagreement,
    Says,
    disagreement,
    is_settled_last,
    keep_draft,
    kept_draft,
    newest_codebook,
    note_why,
    settle,
)
from coder.study.undoing import redo, undo
from coder.tui.number_keys import NumberKeys

SIDES = "abcdefg"
"""The keys that take over what a coder says; more coders than keys have no key of their own."""


class ConsensusDesk(NumberKeys):
    """One person settling the answers of a list.

    Attributes:
        answers: the list; open: those of it that wait for a decision, as far as is known.
        here: the answer that lies before the person, with what coders say.
        chosen: a set of labels that nobody gave, as it is being chosen; None when it was not begun.
        memo: what was noted and not settled yet.
        hide_names: whether coders go by letter until it is decided.
        codebook, version: as the person sees them; a consensus is made with these, and every answer that is
            opened brings the newest.
        message: what to tell the person; refused: whether the last key was no use.
    """

    def __init__(
        self,
        study: Study,
        question: QuestionSettings,
        coder: str,
        answers: Sequence[int],
        open_answers: Collection[int],
        start: int,
        *,
        hide_names: bool,
    ) -> None:
        self.study, self.question, self.coder = study, question, coder
        self.answers, self.open = list(answers), set(open_answers)
        self.hide_names = hide_names
        self.message = ""
        self.refused = False
        self._take_up_codebook()
        self.go_to(start)

    def tell(self, message: str, *, refused: bool = False) -> None:
        """Tell the person something."""
        self.message, self.refused = message, refused

    # what lies open

    def go_to(self, answer: int) -> None:
        """Open an answer."""
        self.tell("")
        self._take_up_codebook()
        self._open(answer)

    def _take_up_codebook(self) -> None:
        newest = newest_codebook(self.study, self.question)
        self.codebook: Codebook = newest.codebook
        self.version = newest.number
        self.digits = DigitKeys(self.codebook)

    def _open(self, answer: int) -> None:
        self.here: Disagreement = disagreement(self.study, self.question, answer)
        (self.open.add if self.here.is_open else self.open.discard)(answer)
        draft = kept_draft(self.study, answer)
        labels = () if draft is None else still_there(self.codebook, draft.labels)
        # a memo can stand in a draft by itself, before anything was chosen
        memo_only = draft is None or (not draft.labels and draft.memo is not None)
        self.chosen: tuple[str, ...] | None = None if memo_only else labels
        self.memo: str | None = None if draft is None else draft.memo

    @property
    def sides(self) -> list[Says]:
        """What the coders say, in the order of their keys.

        While names are hidden that order differs from answer to answer, or a letter would be a name.
        """
        if not self.hide_names:
            return list(self.here.says)
        seed = f"{self.study.settings.seed}/{self.here.answer_id}/"
        return sorted(self.here.says, key=lambda said: hashlib.blake2b((seed + said.coder).encode()).digest())

    def name(self, side: int) -> str:
        """Return what a coder is called on the screen."""
        said = self.sides[side]
        return (
            said.coder
            if not self.hide_names or not self.here.is_open
            else _("coder {letter}").format(
                letter=SIDES[side].upper() if side < len(SIDES) else str(side + 1)
            )
        )

    def place(self) -> int:
        """Return which one of the list lies open, from 0."""
        return self.answers.index(self.here.answer_id) if self.here.answer_id in self.answers else 0

    def says(self, status: str, labels: Sequence[str]) -> str:
        """Return a decision in words."""
        names = [self.codebook.label(label).name for label in labels if label in self.codebook.ids]
        return " + ".join(names) or status_word(status)

    # deciding

    def take(self, side: int) -> None:
        """Take over what one of the coders says."""
        if side >= len(self.here.says):
            return
        said = self.sides[side]
        self._settle(said.status, said.labels, self.name(side))

    def decide(self, status: str) -> None:
        """Decide without a label."""
        self._settle(status, (), "")

    def enter(self) -> None:
        """Settle on the set that was chosen; go on when there is nothing to settle."""
        if self.digits.pending:
            self.take_pending()
        elif self.chosen:
            self._settle("labelled", self.chosen, "")
        elif self.chosen is not None:
            self.tell(
                _("Choose a label first. An answer that is off topic is 0, one that nobody can tell is o."),
                refused=True,
            )
        else:
            self.advance()

    def _settle(self, status: str, labels: Sequence[str], as_coder: str) -> None:
        try:
            settle(
                self.study,
                self.question,
                self.here.answer_id,
                status,
                labels,
                by=self.coder,
                memo=self.memo or None,
                version=self.version,
            )
        except StaleAnswerError as changed:
            self._take_up_codebook()
            self._open(self.here.answer_id)
            self.tell(str(changed), refused=True)
            return
        self.digits.clear()
        self._open(self.here.answer_id)
        text = (
            _("✓ Settled as {coder} has it").format(coder=as_coder)
            if as_coder
            else _("✓ Settled: {what}").format(what=self.says(status, labels))
        )
        self.tell(text + " · " + _("Enter: next, u: undo"))

    def advance(self) -> None:
        """Go to the next answer that is open."""
        at = self.place()
        for answer in (*self.answers[at + 1 :], *self.answers[:at]):
            if answer in self.open:
                self.go_to(answer)
                if self.here.is_open:  # else somebody else settled it meanwhile
                    return
        self.tell(_("No other answer of this list is open. Esc: back."), refused=self.here.is_open)

    def step(self, by: int) -> None:
        """Go to another answer of the list, open or not."""
        self.go_to(self.answers[max(0, min(len(self.answers) - 1, self.place() + by))])

    # a set that nobody gave

    @property
    def book(self) -> Codebook:
        """The codebook as the person sees it."""
        return self.codebook

    def toggle(self, label: str) -> None:
        """Choose a label, or take it away; begins with what was settled, else with what all coders give."""
        self.digits.clear()
        begin = self.here.agreed if self.here.settled is None else self.here.settled.labels
        now = still_there(self.codebook, begin) if self.chosen is None else self.chosen
        self._choose(toggle(self.codebook, now, label))
        self.tell(_("Enter settles on this set") if self.chosen else "")

    def _choose(self, chosen: tuple[str, ...] | None) -> None:
        self.chosen = chosen
        draft = None if chosen is None and not self.memo else Draft(chosen or (), self.memo)
        keep_draft(self.study, self.question, self.here.answer_id, draft, by=self.coder)

    def write_memo(self, memo: str) -> None:
        """Note why: kept until it is settled, or with the consensus that is there."""
        if self.here.settled is None or self.here.again or self.chosen is not None:
            self.memo = memo or None
            self._choose(self.chosen)
        else:
            try:
                note_why(self.study, self.question, self.here.answer_id, memo, by=self.coder)
            except StaleAnswerError as changed:
                self._open(self.here.answer_id)
                self.tell(str(changed), refused=True)
                return
            self._open(self.here.answer_id)
        self.tell(_("Memo kept."))

    # undo

    def undo(self) -> None:
        """Take back the last key that changed something here, also after a restart."""
        self.digits.clear()
        if not is_settled_last(self.study, self.question, self.coder):
            self.tell(_("You settled nothing that is still to be taken back."), refused=True)
        elif done := undo(self.study, self.question, self.coder):
            self._show_again(done.answer_id, _("Taken back: {what}").format(what=done.what))

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not is_settled_last(self.study, self.question, self.coder, undone=True):
            self.tell(_("Nothing to do again."), refused=True)
        elif done := redo(self.study, self.question, self.coder):
            self._show_again(done.answer_id, _("Done again: {what}").format(what=done.what))

    def _show_again(self, answer: int | None, message: str) -> None:
        if answer is not None:
            if answer not in self.answers:
                self.answers.append(answer)
            self._open(answer)
        self.tell(message)
