"""Coding: an answer, its labels, and one key for each decision."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from coder.errors import CoderError
from coder.messages import _
from coder.study.phases import phase
from coder.study.selecting import Alike, Selection, alike
from coder.study.undoing import record_edit
from coder.tui.desk import Desk
from coder.tui.dialogs import Ask, Choose
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.screens.audit_question import ask_to_void
from coder.tui.screens.coding_keys import BINDINGS, about, all_keys, first_keys
from coder.tui.screens.group import GroupDialog
from coder.tui.screens.label_search import LabelSearch
from coder.tui.screens.selection import ask_selection, ask_text, order_names
from coder.tui.suggesting import Suggesting
from coder.tui.widgets.answer_list import AnswerList
from coder.tui.widgets.coding_panes import CodingPanes
from coder.tui.widgets.label_panel import LabelPanel

_LOOK_AROUND = 2.0
"""Seconds between looks at what others changed."""

_REST = 0.15
"""Seconds on an answer after which the words that carried its labels are asked for."""


class CodingScreen(StudyScreen):
    """The heart of the program: list of answers, the answer, the labels."""

    NAME = "coding"
    CSS_PATH = "coding.tcss"
    BINDINGS: ClassVar[list[BindingType]] = BINDINGS

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk | None = None

    def body(self) -> ComposeResult:
        """Lay out list, answer and labels."""
        yield CodingPanes()

    def on_mount(self) -> None:
        """Look now and then at what others changed, and hear what the model says."""
        self._suggesting = Suggesting(self.coder_app.model, self._heard, self._explained, self._failed)
        self.coder_app.listen_to_model(self._suggesting.hear)
        self.set_interval(_LOOK_AROUND, self._look_around)
        self._rest = self.set_interval(_REST, self._rested, pause=True)

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        shown = None if self.desk is None else self.desk.shown
        exploring = self.desk is not None and self.desk.session.exploring
        return first_keys(blind=shown is not None and shown.answer.blind, exploring=exploring)

    def help(self) -> Sequence[HelpPart]:
        """Return all keys."""
        return all_keys()

    def about(self) -> str:
        """Say what the screen is for."""
        return about()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let no key act while there is nothing to code."""
        return self.desk is not None or action == "help"

    # drawing

    def show(self) -> None:
        """Show where the coder was: at the first time, or after another question was chosen."""
        try:
            session = self.coder_app.session
        except CoderError as error:
            # a question without answers: nothing of another question stays in view, and no key acts on it
            self.desk = None
            self.panes.nothing(str(error))
            return
        if self.desk is not None and self.desk.session is session:
            self.desk.look_around()
            self.desk.reopen(self.desk.message)
        else:
            # who explores reads at random: the first answers of a file are like one another
            usual = "random" if session.exploring else "file"
            order = self.coder_app.preferences().get(f"order:{session.question.name}", usual)
            self.desk = Desk(session, self._suggesting, order=order)
            self._suggesting.train(self.desk.upcoming())
        self._draw()

    @property
    def at_desk(self) -> Desk:
        """The desk, once the screen has come up."""
        assert self.desk is not None  # noqa: S101  (set in `show`)
        return self.desk

    @property
    def panes(self) -> CodingPanes:
        """List, answer and labels."""
        return self.query_one(CodingPanes)

    def _draw(self) -> None:
        """Draw what the last key changed."""
        if self.panes.draw(self.at_desk):
            self.show_keys()
            # who leafs through answers does not want to know why of each
            self._rest.reset()
            self._rest.resume()
        if self.at_desk.unsaved is not None:
            ask_to_void(self.coder_app, self.at_desk, self._draw)

    # keys: choosing and deciding

    def action_digit(self, digit: str) -> None:
        """Take a digit of a code number; nought with nothing pending is "off topic"."""
        self._toggled(self.at_desk.digit(digit))

    def action_save(self) -> None:
        """Save what is chosen and go on; pending digits are taken first."""
        self._toggled(self.at_desk.enter())

    def _toggled(self, label: str | None) -> None:
        self._draw()
        if label is not None:
            self.panes.put_on(label)

    def action_toggle_here(self) -> None:
        """Toggle the label under the cursor."""
        under = self.panes.label
        if under is not None:
            self.at_desk.toggle(under)
            self._draw()

    def action_label(self, by: int) -> None:
        """Move the cursor over the labels."""
        self.panes.move(by)

    def action_search_label(self) -> None:
        """Choose a label by part of its name."""

        def chosen(label: str | None) -> None:
            if label is not None:
                self.at_desk.toggle(label)
                self._toggled(label)

        if self.at_desk.shown is not None:
            self.app.push_screen(LabelSearch(self.at_desk.session.codebook, _("Which label?")), chosen)

    def action_suggested(self) -> None:
        """Choose what the model suggests, in place of what is chosen."""
        self.at_desk.take_suggestion()
        self._draw()

    def action_clear(self) -> None:
        """Take all labels away."""
        self.at_desk.clear()
        self._draw()

    def action_decide(self, status: str) -> None:
        """Decide without a label, and go on: uncodable, or held over."""
        self.at_desk.decide(status)
        self._draw()

    def action_forget(self) -> None:
        """Forget the digits that are pending."""
        self.at_desk.forget_digits()
        self.panes.draw_message()

    def action_undo(self) -> None:
        """Take back the last key that changed something."""
        self.at_desk.undo()
        self._draw()

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self.at_desk.redo()
        self._draw()

    # keys: going about

    def action_step(self, by: int) -> None:
        """Go to another answer of the list, done or not."""
        self.at_desk.step(by)
        self._draw()

    @on(AnswerList.Picked)
    def answer_picked(self, event: AnswerList.Picked) -> None:
        """Go to the answer that is clicked on."""
        self.at_desk.go_to(event.answer_id)
        self._draw()

    @on(LabelPanel.Picked)
    def label_picked(self, event: LabelPanel.Picked) -> None:
        """Toggle the label that is clicked on."""
        self.at_desk.toggle(event.label)
        self._draw()

    def action_select(self) -> None:
        """Choose what the list holds."""
        desk = self.at_desk
        ask_selection(self.coder_app, desk.selection, desk.session.codebook, self._select)

    def action_find(self) -> None:
        """Search a text in the answers."""
        ask_text(self.coder_app, self._select)

    def show_answers(self, selection: Selection) -> None:
        """Show these answers in the list, as another screen asks for them."""
        if self.desk is None or self.desk.session is not self.coder_app.session:
            self.show()
        self._select(selection)

    def _select(self, selection: Selection) -> None:
        self.at_desk.select(selection)
        self._draw()

    def action_order(self) -> None:
        """Choose the order of the list, and so what comes next."""
        desk = self.at_desk

        def chosen(order: str | None) -> None:
            if order is not None:
                if desk.choose_order(order):
                    self.coder_app.prefer(f"order:{desk.session.question.name}", order)
                self._draw()

        self.app.push_screen(
            Choose(_("In which order?"), list(order_names().items()), chosen=desk.order), chosen
        )

    def action_unfold(self) -> None:
        """Show or fold the respondent's other answers."""
        self.panes.unfold()

    def action_list(self) -> None:
        """Show or hide the list; on a narrow terminal it is hidden until it is asked for."""
        self.toggle_class("other-list")

    # keys: besides

    def action_mark(self, kind: str) -> None:
        """Flag the answer, or mark it as a quote for the report; again takes it off."""
        desk = self.at_desk
        if desk.here is not None:
            on = desk.session.mark(desk.here, kind)
            words = {
                ("flag", True): _("Flagged."),
                ("flag", False): _("Flag taken off."),
                ("quote", True): _("Marked as a quote."),
                ("quote", False): _("No quote any more."),
            }
            desk.reopen(words[kind, on])
            self._draw()

    def action_memo(self) -> None:
        """Write a memo with the answer."""
        desk, shown = self.at_desk, self.at_desk.shown
        if shown is None:
            return

        def typed(memo: str | None) -> None:
            if memo is not None and memo != (shown.answer.memo or ""):
                desk.session.write_memo(shown.answer, memo, shown.chosen)
                desk.reopen(_("Memo kept."))
                self._draw()

        self.app.push_screen(
            Ask(_("Memo with this answer"), value=shown.answer.memo or "", empty=True), typed
        )

    def action_group(self) -> None:
        """Show identical and near-identical answers, and code them together."""
        desk, shown = self.at_desk, self.at_desk.shown
        if shown is None:
            return
        if not shown.chosen:
            desk.tell(_("Choose the labels first, then g."), refused=True)
            self.panes.draw_message()
            return
        names = ", ".join(desk.session.codebook.label(label).name for label in shown.chosen)

        def found(others: Sequence[Alike]) -> None:
            if desk.shown is None or (desk.here, desk.shown.chosen) != (shown.answer.answer_id, shown.chosen):
                return  # the coder went on meanwhile
            if not others:
                desk.tell(_("No other answer is like this one."))
                self.panes.draw_message()
                return
            coded = {other.answer_id for other in others if other.answer_id in desk.session.status}

            def take(picked: tuple[str, ...] | None) -> None:
                if picked is None:
                    return
                together = [other for other in others if str(other.answer_id) in picked]
                desk.save("labelled", shown.chosen, together)
                self._draw()

            self.app.push_screen(GroupDialog(shown.answer.text, names, others, coded), take)

        self.in_background(lambda: alike(desk.session, shown.answer.answer_id), found, group="alike")

    def action_new_label(self) -> None:
        """Make a label on the spot while exploring; later, propose one to the codebook keeper."""
        from coder.study.codebook_edits import add_label
        from coder.study.codebook_proposals import propose_label

        desk, session = self.at_desk, self.at_desk.session
        exploring = phase(session.study, session.question) == "explore"

        def typed(name: str | None) -> None:
            if name is None:
                return
            if exploring:
                edit = add_label(session.study, session.question, name, session.coder)
                record_edit(session.study, session.question, session.coder, edit.event)
                desk.take_up_codebook()
                desk.toggle(edit.id)
                self._toggled(edit.id)
            else:
                made = propose_label(session.study, session.question, name, session.coder, desk.here)
                record_edit(
                    session.study, session.question, session.coder, made, kind="proposal", answer=desk.here
                )
                desk.tell(_("Proposed to the codebook keeper: {name}").format(name=name))
                self.panes.draw_message()

        title = _("Name of the new label") if exploring else _("Propose which label?")
        hint = "" if exploring else _("the codebook is fixed: the codebook keeper decides")
        self.app.push_screen(Ask(title, hint=hint), typed)

    def action_rename(self) -> None:
        """Give the label under the cursor another name."""
        from coder.study.codebook_edits import rename_label

        under, session = self.panes.label, self.at_desk.session
        if under is None:
            return
        label = session.codebook.label(under)

        def typed(name: str | None) -> None:
            if name is not None and name != label.name:
                edit = rename_label(session.study, session.question, under, name, session.coder)
                record_edit(session.study, session.question, session.coder, edit.event)
                self.at_desk.take_up_codebook()
                self.at_desk.reopen(_("Renamed: {before} → {after}").format(before=label.name, after=name))
                self._draw()

        self.app.push_screen(Ask(_("New name of {label}").format(label=label.name), value=label.name), typed)

    # what happens meanwhile

    def _look_around(self) -> None:
        if self.desk is not None and self.is_current and self.desk.look_around():
            self._draw()

    def _failed(self, line: str) -> None:
        if self.desk is not None:
            self.desk.tell(line)
            self.panes.draw_message()

    def _rested(self) -> None:
        self._rest.pause()
        if self.desk is not None:
            self.desk.ask_why()

    def _heard(self) -> None:
        if self.desk is not None:
            self.desk.hear_model()
            self.panes.draw_certainties()
            self._draw()

    def _explained(self, answer: int, carried: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        if self.desk is not None and self.desk.hear_explanation(answer, carried):
            self.panes.draw_answer()
