"""The desk of a coder: the list, the answer that lies open, and what each decision does. No widgets.

The coding screen maps keys to these methods and draws what they leave behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain

from coder.codebook import Codebook
from coder.codebook.choosing import DigitKeys, toggle
from coder.messages import _, ngettext
from coder.study.audit_breaches import VoidsAuditError
from coder.study.coding import CodingSession
from coder.study.open_answers import StaleAnswerError
from coder.study.selecting import Alike, Selection, arrange, is_left, select_answers
from coder.study.undoing import Undone, redo, undo
from coder.tui.number_keys import NumberKeys
from coder.tui.onscreen import OnScreen, Unsaved
from coder.tui.suggesting import Suggesting


class Desk(NumberKeys):
    """One coder's work on one question and wave, as it lies on the screen.

    Attributes:
        answers: the list, as it stands; it changes only when the coder asks for another list or order.
        shown: the answer that lies open, None when there is none.
        message: what to tell the coder, "" for nothing; refused: whether the last key was no use.
        unsaved: what would make an audit sample void and waits for the coder to say yes; None: nothing.
        changed: answers whose line in the list looks different since `drawn` was called.
        relisted: whether the list itself is another one since then.
        counts: label to how often the coder gave it in this wave.
    """

    def __init__(self, session: CodingSession, suggesting: Suggesting, *, order: str = "file") -> None:
        self.session, self.suggesting, self.order = session, suggesting, order
        self.selection = Selection("assigned") if session.assigned() else Selection()
        self.answers: Sequence[int] = ()
        self.shown: OnScreen | None = None
        self.message = ""
        self.refused = False
        self.unsaved: Unsaved | None = None
        self.changed: set[int] = set()
        self.relisted = False
        self._line: dict[int, int] = {}
        self.take_up_codebook()
        suggesting.begin(session)
        self.fill_list()
        place = session.place()
        begun = place in session.drafted and place in self._line
        self.go_to(place if begun else self.left_after(place) or self._first_held_over())

    def drawn(self) -> None:
        """Say that everything is on the screen now."""
        self.changed, self.relisted = set(), False

    def tell(self, message: str, *, refused: bool = False) -> None:
        """Tell the coder something."""
        self.message, self.refused = message, refused

    # the list

    def take_up_codebook(self) -> None:
        """See the newest version of the codebook."""
        self.session.take_up_codebook()
        self.digits = DigitKeys(self.session.codebook)
        if self.selection.kind == "label" and self.selection.value not in self.session.codebook.ids:
            self.selection = Selection()  # it was the list of a label that is gone
            self.fill_list()
        self.counts = self.session.label_counts()

    def fill_list(self) -> None:
        """Make the list anew, by what it should hold and in which order."""
        session, order = self.session, self.order
        if order == "certainty" and session.hides_certainty:
            order = "random"  # the place of an answer would tell what may not be seen
        self.answers = arrange(
            select_answers(session, self.selection),
            order,
            seed=f"{session.study.settings.seed}/{session.question.name}/{session.coder}",
            taught=self.suggesting.order,
            certainty=self.suggesting.certainty,
            done=session.status,
            by_others=session.sampled_and_coded_by_others() if order == "informative" else (),
        )
        self._line = {answer: line for line, answer in enumerate(self.answers)}
        self.relisted = True

    def select(self, selection: Selection) -> None:
        """Show other answers; the open one stays open when it is among them."""
        self.selection = selection
        self.fill_list()
        if self.shown is None or self.shown.answer.answer_id not in self._line:
            first = self.answers[0] if self.answers else None
            self.go_to(self.left_after(None) or first)

    def choose_order(self, order: str) -> bool:
        """Put the list in another order and go to what comes first; False when it may not be."""
        if order == "certainty" and self.session.hides_certainty:
            self.tell(_("Part of these answers is coded blind: their certainty is not shown, nor used."))
            return False
        self.order = order
        self.fill_list()
        self.go_to(self.left_after(None))
        return True

    def done(self) -> int:
        """Count the answers of the list that the coder has decided on."""
        status = self.session.status
        return sum(status[answer] != "skipped" for answer in self._line.keys() & status.keys())

    def certainty(self, answer: int) -> float | None:
        """Return how certain the model is of an answer; None where it may not be shown, or is unknown."""
        if answer in self.session.status or self.session.hides_certainty:
            return None
        return self.suggesting.certainty(answer)

    @property
    def here(self) -> int | None:
        """The answer that lies open."""
        return None if self.shown is None else self.shown.answer.answer_id

    def upcoming(self, n: int = 200) -> list[int]:
        """Return the answers that the coder will see next: the model says something of these first."""
        line = self._line.get(self.here or 0, 0)
        return list(self.answers[line : line + n])

    def left_after(self, answer: int | None) -> int | None:
        """Return the first answer after this one that is still to be done, round the end of the list."""
        line = None if answer is None else self._line.get(answer)
        start = 0 if line is None else line + 1
        to_read = self.session.to_read_again() if self.selection.kind == "read_again" else None
        for place in chain(range(start, len(self.answers)), range(start)):
            there: int = self.answers[place]
            left = there in to_read if to_read is not None else is_left(self.session, self.selection, there)
            if left and there != answer:
                return there
        return None

    def _first_held_over(self) -> int | None:
        """Return the first answer of what is assigned that is held over: nothing else of it is left."""
        held_over = (a for a in self.answers if self.session.status.get(a) == "skipped")
        return next(held_over, None) if self.selection.kind == "assigned" else None

    def step(self, by: int) -> None:
        """Go to another answer of the list, done or not."""
        if self.answers:
            line = self._line.get(self.here or 0)
            self.go_to(self.answers[0 if line is None else max(0, min(len(self.answers) - 1, line + by))])

    def go_to(self, answer: int | None) -> None:
        """Open an answer; what the model says of it stays as it is now until it is left."""
        self.digits.clear()
        self.tell("")
        self.changed |= {there for there in (self.here, answer) if there is not None}
        if answer is None:
            self.shown = None
            return
        opened = self.session.open(answer)
        suggested, probabilities = (
            ((), {}) if opened.blind else self.suggesting.of(answer, self.session.codebook)
        )
        if not self.suggesting.preselects:
            suggested = ()
        self.shown = OnScreen(
            opened,
            opened.chosen(suggested),
            suggested,
            probabilities,
            self._line.get(answer, 0) + 1,
            len(self.answers),
        )

    def ask_why(self) -> None:
        """Ask which words of the open answer carried its labels."""
        if self.shown is not None and not self.shown.answer.blind and not self.shown.carried:
            self.suggesting.explain(self.shown.answer.answer_id)

    def reopen(self, message: str = "") -> None:
        """Read the open answer again after something about it changed; suggestions stay."""
        if self.shown is not None:
            opened = self.session.open(self.shown.answer.answer_id)
            self.shown = replace(self.shown, answer=opened, chosen=opened.chosen(self.shown.suggested))
            self.changed.add(opened.answer_id)
        self.tell(message)

    def advance(self) -> None:
        """Go to the next answer that is still to be done."""
        here = self.here
        if self.order == "informative" and self.suggesting.reordered():
            self.fill_list()
        self.go_to(self.left_after(here))

    # choosing labels

    @property
    def book(self) -> Codebook:
        """The codebook as the coder sees it."""
        return self.session.codebook

    def digit(self, digit: str) -> str | None:
        """Take a digit of a code number, while an answer lies open."""
        return None if self.shown is None else super().digit(digit)

    def forget_digits(self) -> None:
        """Forget the digits that are pending."""
        self.digits.clear()
        self.tell("")

    def toggle(self, label: str) -> None:
        """Choose a label, or take it away."""
        if self.shown is None:
            return
        self.digits.clear()
        answer = self.shown.answer
        self.session.choose(
            answer.answer_id, toggle(self.session.codebook, self.shown.chosen, label), answer.memo
        )
        self.reopen()

    def take_suggestion(self) -> None:
        """Choose what the model suggests now, in place of what is chosen."""
        if self.shown is None or self.shown.answer.blind:
            return
        self.digits.clear()
        answer = self.shown.answer
        suggested, probabilities = self.suggesting.of(answer.answer_id, self.session.codebook)
        if answer.status is None and answer.memo is None and self.suggesting.preselects:
            self.session.choose(answer.answer_id, None)
        else:
            self.session.choose(answer.answer_id, suggested, answer.memo)
        self.shown = replace(self.shown, suggested=suggested, probabilities=probabilities)
        self.reopen()

    def clear(self) -> None:
        """Take all labels away."""
        if self.shown is not None and self.shown.chosen:
            self.digits.clear()
            self.session.choose(self.shown.answer.answer_id, (), self.shown.answer.memo)
            self.reopen()

    # deciding

    def enter(self) -> str | None:
        """Save what is chosen and go on; pending digits are taken first: then return their label."""
        if self.shown is None:
            return None
        if self.digits.pending:
            return self.take_pending()
        shown, answer = self.shown, self.shown.answer
        if answer.status not in (None, "skipped") and answer.draft is None and not answer.unknown:
            self.advance()
        elif shown.chosen:
            self.save("labelled", shown.chosen)
        elif answer.status in ("none", "unclear") and answer.draft is None:
            self.save(answer.status)
        else:
            self.tell(
                _("Choose a label first. An answer that is off topic is 0, one that nobody can tell is o."),
                refused=True,
            )
        return None

    def decide(self, status: str) -> None:
        """Decide without a label, and go on: off topic, uncodable, or held over."""
        if self.shown is not None:
            self.save(status)

    def save(
        self,
        status: str,
        labels: Sequence[str] = (),
        others: Sequence[Alike] = (),
        *,
        void_audit: bool = False,
    ) -> None:
        """Code the open answer, and others like it together with it, and go on.

        What would make an audit sample void is left in `unsaved`, unless `void_audit` says to do it.

        Raises StaleAnswerError, and shows things as they are now, when they are not what the coder saw.
        """
        shown = self.shown
        if shown is None:
            return
        answers = [shown.answer.answer_id, *(other.answer_id for other in others)]
        before = [self.session.labels.get(answer, ()) for answer in answers]
        try:
            self.session.save(
                shown.answer,
                status,
                labels,
                suggested=shown.suggested or None,
                others=others,
                void_audit=void_audit,
            )
        except VoidsAuditError as error:
            self.unsaved = Unsaved(str(error), status, tuple(labels), tuple(others))
            return
        except StaleAnswerError:
            self.look_around()
            self.take_up_codebook()
            self.reopen()
            raise
        for had in before:
            self._count(had, -1)
            self._count(labels, 1)
        self.changed |= set(answers)
        if self.suggesting.coded(len(answers)):
            self.suggesting.train(self.upcoming())
        self.advance()
        if others:
            n = len(answers)
            told = ngettext("{n} answer coded; u takes it back.", "{n} answers coded; u takes them back.", n)
            self.tell(told.format(n=n))

    def _count(self, labels: Sequence[str], by: int) -> None:
        for label in labels:
            self.counts[label] = self.counts.get(label, 0) + by

    # undo

    def undo(self) -> None:
        """Take back the last key that changed something."""
        session = self.session
        self._after(undo(session.study, session.question, session.coder), again=False)

    def redo(self) -> None:
        """Do again what was taken back."""
        session = self.session
        self._after(redo(session.study, session.question, session.coder), again=True)

    def _after(self, done: Undone | None, *, again: bool) -> None:
        self.digits.clear()
        if done is None:
            self.tell(_("Nothing to do again.") if again else _("Nothing to take back."), refused=True)
            return
        self.session.refresh()
        self.session.reread(set(done.answers).intersection(self.session.ids))
        self.take_up_codebook()
        self.changed |= set(done.answers)
        text = _("Done again: {what}") if again else _("Taken back: {what}")
        if done.answer_id in self._line:
            self.go_to(done.answer_id)
        else:
            self.reopen()  # a change of the codebook, or an answer outside this list
            if done.answer_id is not None:
                text += " · " + _("not in this list")
        self.tell(text.format(what=done.what))

    # what happens meanwhile

    def look_around(self) -> bool:
        """Take up what other terminals and the command line changed; return whether anything did.

        The open answer and the list stay where they are.
        """
        before, answers = self.session.version, self.session.ids
        touched = self.session.refresh()
        if touched is None:
            return False
        self.take_up_codebook()
        self.changed |= touched
        if self.session.ids is not answers:
            self.fill_list()
            if self.here not in self._line:
                self.go_to(self.left_after(None))
                self.tell(_("The survey file was imported anew."))
                return True
        if self.session.version != before or self.here in touched:
            self.reopen(self.message)
        return True

    def hear_model(self) -> None:
        """Take up new suggestions; the open answer keeps what it was opened with, or gets its first bars."""
        shown = self.shown
        if shown is None or shown.answer.blind or shown.probabilities:
            return
        suggested, probabilities = self.suggesting.of(shown.answer.answer_id, self.session.codebook)
        if not probabilities:
            return
        self.shown = replace(shown, probabilities=probabilities)
        if suggested and not shown.chosen:
            # shown, not chosen: Enter pressed at this very moment must not take what nobody has seen
            self.tell(_("p: take over what the model suggests"))
        self.ask_why()

    def hear_explanation(self, answer: int, carried: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
        """Take up which words carried the labels; return whether it is about the open answer."""
        if self.shown is None or self.shown.answer.answer_id != answer:
            return False
        self.shown = replace(self.shown, carried=carried)
        return True
