"""Coding: an answer, its labels, and one key for each decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from coder.codebook.choosing import DigitKeys, toggle
from coder.messages import _, ngettext
from coder.study.coding import CodingSession
from coder.study.phases import phase
from coder.study.selecting import Selection, alike, arrange, is_left, select_answers
from coder.study.undoing import Undone, record_edit, redo, undo
from coder.tui.dialogs import Ask, Choose
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.screens.coding_keys import about, all_keys, first_keys
from coder.tui.screens.group import GroupDialog
from coder.tui.screens.label_search import LabelSearch
from coder.tui.screens.selection import ask_selection, ask_text, described, order_names
from coder.tui.suggesting import Suggesting
from coder.tui.widgets.answer_list import AnswerList
from coder.tui.widgets.answer_view import AnswerView, OnScreen
from coder.tui.widgets.label_panel import LabelLine, LabelPanel

_LOOK_AROUND = 2.0
"""Seconds between looks at what others changed."""

_SIGNS = {"labelled": "✓", "none": "0", "unclear": "?", "skipped": "~"}


class CodingScreen(StudyScreen):
    """The heart of the program: list of answers, the answer, the labels."""

    NAME = "coding"
    CSS_PATH = "coding.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(digit), f"digit('{digit}')", show=False) for digit in range(10)),
        Binding("enter", "save", show=False),
        Binding("slash", "search_label", show=False),
        Binding("space", "toggle_here", show=False),
        Binding("p", "suggested", show=False),
        Binding("o", "decide('unclear')", show=False),
        Binding("s", "decide('skipped')", show=False),
        Binding("f", "mark('flag')", show=False),
        Binding("c", "mark('quote')", show=False),
        Binding("m", "memo", show=False),
        Binding("u,ctrl+z", "undo", show=False),
        Binding("ctrl+y", "redo", show=False),
        Binding("right,j", "step(1)", show=False),
        Binding("left,k", "step(-1)", show=False),
        Binding("pagedown", "step(10)", show=False),
        Binding("pageup", "step(-10)", show=False),
        Binding("home", "ends(0)", show=False),
        Binding("end", "ends(-1)", show=False),
        Binding("down", "label(1)", show=False),
        Binding("up", "label(-1)", show=False),
        Binding("g", "group", show=False),
        Binding("n", "new_label", show=False),
        Binding("f2", "rename", show=False),
        Binding("t", "select", show=False),
        Binding("ctrl+f", "find", show=False),
        Binding("r", "order", show=False),
        Binding("v", "unfold", show=False),
        Binding("escape", "clear", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.session: CodingSession | None = None
        self.shown: OnScreen | None = None
        self.selection = Selection()
        self.order = "file"
        self._digits: DigitKeys | None = None
        self._unfolded = False
        self._counts: dict[str, int] = {}
        self.suggesting: Suggesting | None = None

    def body(self) -> ComposeResult:
        """Lay out list, answer and labels."""
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield Static(id="list-heading")
                yield AnswerList(self._texts, self._signs, self._certainty)
            yield AnswerView(id="centre")
            with Vertical(id="right"):
                yield LabelPanel()
                yield Static(id="definition")
        yield Static(id="message")

    def on_mount(self) -> None:
        """Look now and then at what others changed, and hear what the model says."""
        self.suggesting = Suggesting(self.coder_app.model, self._heard, self._explained)
        self.coder_app.listen_to_model(self.suggesting.hear)
        self.set_interval(_LOOK_AROUND, self._look_around)

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        return first_keys(blind=self.shown is not None and self.shown.answer.blind)

    def help(self) -> Sequence[HelpPart]:
        """Return all keys."""
        return all_keys()

    def about(self) -> str:
        """Say what the screen is for."""
        return about()

    # showing

    def show(self) -> None:
        """Show where the coder was: at the first time, or after another question was chosen."""
        session = self.coder_app.session
        if session is self.session:
            self._look_around(codebook=True)
            return
        self.session = session
        self.suggesting_now.begin(session)
        chosen = self.coder_app.preferences()
        self.order = chosen.get(f"order:{session.question.name}", "file")
        self.selection = Selection("assigned") if session.assigned() else Selection()
        self._take_up_codebook()
        self._fill_list()
        self._go_to(
            session.place() if session.place() in session.drafted else self._left_after(session.place())
        )
        self.suggesting_now.train(self._upcoming())

    @property
    def suggesting_now(self) -> Suggesting:
        """What the model says, once the screen is there."""
        assert self.suggesting is not None  # noqa: S101  (made on mount)
        return self.suggesting

    @property
    def at_work(self) -> CodingSession:
        """The session, once the screen has come up."""
        assert self.session is not None  # noqa: S101  (set in `show`)
        return self.session

    def _take_up_codebook(self) -> None:
        self.at_work.take_up_codebook()
        self._digits = DigitKeys(self.at_work.codebook)
        self._counts = self.at_work.label_counts()

    def _fill_list(self) -> None:
        session = self.at_work
        order = self.order
        if order == "certainty" and session.hides_certainty:
            order = "random"  # the place of an answer would tell what may not be seen
        answers = arrange(
            select_answers(session, self.selection),
            order,
            seed=f"{session.study.settings.seed}/{session.question.name}/{session.coder}",
            taught=self.suggesting_now.order,
            certainty=self.suggesting_now.certainty,
            done=session.status,
        )
        self.query_one(AnswerList).set_answers(answers)
        self._write_heading()

    def _write_heading(self) -> None:
        session, listed = self.at_work, self.query_one(AnswerList)
        done = sum(answer in session.status for answer in listed.answers)
        what = described(self.selection, session.codebook)
        heading = _("{what} · {order}\n{done} of {n} coded by {coder}").format(
            what=what, order=order_names()[self.order], done=done, n=len(listed.answers), coder=session.coder
        )
        self.query_one("#list-heading", Static).update(heading)

    def _texts(self, answers: Iterable[int]) -> Mapping[int, str]:
        return {} if self.session is None else self.session.texts(answers)

    def _signs(self, answer: int) -> str:
        session = self.at_work
        status = session.status.get(answer)
        state = "+" if answer in session.drafted else "·" if status is None else _SIGNS[status]
        mark = "!" if answer in session.flagged else "”" if answer in session.quoted else " "
        return state + mark

    def _certainty(self, answer: int) -> str:
        session = self.at_work
        if answer in session.status or session.hides_certainty:
            return "    "
        certainty = self.suggesting_now.certainty(answer)
        return "    " if certainty is None else f"{min(99, int(100 * certainty)):>3}%"

    def _go_to(self, answer: int | None) -> None:
        """Open an answer; what the model says of it stands as it is now until it is left."""
        session, listed = self.at_work, self.query_one(AnswerList)
        if answer is None:
            listed.go_to(None)
            self.shown = None
            self.query_one(AnswerView).nothing(self._why_empty())
            self._show_labels()
            return
        opened = session.open(answer)
        suggested, probabilities = (
            ((), {}) if opened.blind else self.suggesting_now.of(answer, session.codebook)
        )
        place = (listed.line_of(answer) or 0) + 1
        self.shown = OnScreen(
            opened, opened.chosen(suggested), suggested, probabilities, place, len(listed.answers)
        )
        listed.go_to(answer)
        if not opened.blind:
            self.suggesting_now.explain(answer)
        self._clear_digits()
        self._draw()

    def _why_empty(self) -> str:
        if not self.query_one(AnswerList).answers:
            return _("There is no answer in this list. t: choose another.")
        return _("Everything in this list is done. t: choose another list, F3: overview.")

    def _reopen(self, message: str = "") -> None:
        """Show the open answer again after something about it changed, with the same suggestions."""
        if self.shown is not None:
            opened = self.at_work.open(self.shown.answer.answer_id)
            self.shown = replace(self.shown, answer=opened, chosen=opened.chosen(self.shown.suggested))
            self.query_one(AnswerList).redraw(opened.answer_id)
            self._draw()
        self._say(message)

    def _draw(self) -> None:
        if self.shown is not None:
            panel = self.query_one(LabelPanel)
            self._show_labels()
            self.query_one(AnswerView).show(self.shown, self.at_work.codebook, panel.label, self._unfolded)

    def _show_labels(self) -> None:
        codebook, shown = self.at_work.codebook, self.shown
        lines = []
        for label in codebook.active:
            depth, above = 0, label.parent
            while above is not None and depth < 5:
                depth, above = depth + 1, codebook.label(above).parent
            lines.append(
                LabelLine(
                    label.id,
                    "" if label.number is None else str(label.number),
                    label.name,
                    depth,
                    self._counts.get(label.id, 0),
                    shown.chosen.index(label.id) + 1 if shown and label.id in shown.chosen else None,
                    shown.probabilities.get(label.id) if shown else None,
                    bool(shown and shown.answer.status and label.id in shown.answer.unknown),
                )
            )
        self.query_one(LabelPanel).show(lines)
        self._define()

    def _define(self) -> None:
        under = self.query_one(LabelPanel).label
        text = ""
        if under is not None:
            label = self.at_work.codebook.label(under)
            parts = [label.name, label.definition, *(f"+ {item}" for item in label.include)]
            parts += [f"− {item}" for item in label.exclude]
            text = "\n".join(part for part in parts if part)
        self.query_one("#definition", Static).update(text, layout=False)

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(text, layout=False)

    # choosing labels

    def action_digit(self, digit: str) -> None:
        """Take a digit of a code number; nought with nothing pending is "off topic"."""
        if self.shown is None or self._digits is None:
            return
        if digit == "0" and not self._digits.pending:
            self.action_decide("none")
            return
        typed = self._digits.pending + digit
        try:
            label = self._digits.press(digit)
        except KeyError:
            self.app.bell()
            self._say(_("No label has number {number}.").format(number=typed))
            return
        if label is not None:
            self._toggle(label)
            return
        meant = self._digits.meant()
        if meant is None:
            self._say(_("{typed}… · a digit more").format(typed=typed))
        else:
            self._say(
                _("{typed}… · a digit more, or Enter for {label}").format(
                    typed=typed, label=self.at_work.codebook.label(meant).name
                )
            )

    def action_clear(self) -> None:
        """Forget the digits that are pending."""
        self._clear_digits()

    def _clear_digits(self) -> None:
        if self._digits is not None:
            self._digits.clear()
        self._say("")

    def _toggle(self, label: str) -> None:
        if self.shown is None:
            return
        self._clear_digits()
        answer = self.shown.answer
        chosen = toggle(self.at_work.codebook, self.shown.chosen, label)
        self.at_work.choose(answer.answer_id, chosen, answer.memo)
        self.query_one(LabelPanel).put_on(label)
        self._reopen()

    def action_toggle_here(self) -> None:
        """Toggle the label under the cursor."""
        under = self.query_one(LabelPanel).label
        if under is not None:
            self._toggle(under)

    def action_label(self, by: int) -> None:
        """Move the cursor over the labels."""
        self.query_one(LabelPanel).move(by)
        self._define()
        if self.shown is not None:
            panel = self.query_one(LabelPanel)
            self.query_one(AnswerView).show(self.shown, self.at_work.codebook, panel.label, self._unfolded)

    def action_search_label(self) -> None:
        """Choose a label by part of its name."""

        def chosen(label: str | None) -> None:
            if label is not None:
                self._toggle(label)

        if self.shown is not None:
            self.app.push_screen(LabelSearch(self.at_work.codebook, _("Which label?")), chosen)

    def action_suggested(self) -> None:
        """Choose what the model suggests, in place of what is chosen."""
        if self.shown is None or self.shown.answer.blind:
            return
        answer = self.shown.answer
        suggested, probabilities = self.suggesting_now.of(answer.answer_id, self.at_work.codebook)
        self.shown = replace(self.shown, suggested=suggested, probabilities=probabilities)
        if answer.status is None and answer.memo is None:
            self.at_work.choose(answer.answer_id, None)
        else:
            self.at_work.choose(answer.answer_id, suggested, answer.memo)
        self._reopen()

    # deciding

    def action_save(self) -> None:
        """Save what is chosen and go on; pending digits are taken first."""
        if self.shown is None or self._digits is None:
            return
        typed = self._digits.pending
        if typed:
            try:
                label = self._digits.enter()
            except KeyError:
                label = None
            if label is None:
                self.app.bell()
                self._say(_("No label has number {number}.").format(number=typed))
            else:
                self._toggle(label)
            return
        shown, answer = self.shown, self.shown.answer
        settled = answer.status not in (None, "skipped") and answer.draft is None and not answer.unknown
        if settled:
            self._advance()
        elif shown.chosen:
            self._save([answer.answer_id], "labelled", shown.chosen)
        elif answer.status in ("none", "unclear") and answer.draft is None:
            self._save([answer.answer_id], answer.status)
        else:
            self.app.bell()
            self._say(
                _("Choose a label first. An answer that is off topic is 0, one that nobody can tell is o.")
            )

    def action_decide(self, status: str) -> None:
        """Decide without a label, and go on: off topic, uncodable, or held over."""
        if self.shown is not None:
            self._save([self.shown.answer.answer_id], status)

    def _save(self, answers: Sequence[int], status: str, labels: Sequence[str] = ()) -> None:
        assert self.shown is not None  # noqa: S101  (there is an open answer to save)
        session = self.at_work
        for answer in answers:
            self._count(session.labels.get(answer, ()), -1)
        session.save(answers, status, labels, suggested=self.shown.suggested or None)
        for answer in answers:
            self._count(labels, 1)
            self.query_one(AnswerList).redraw(answer)
        if self.suggesting_now.coded(len(answers)):
            self.suggesting_now.train(self._upcoming())
        self._advance()
        self._write_heading()

    def _count(self, labels: Sequence[str], by: int) -> None:
        for label in labels:
            self._counts[label] = self._counts.get(label, 0) + by

    def _advance(self) -> None:
        """Go to the next answer that is still to be done."""
        here = None if self.shown is None else self.shown.answer.answer_id
        if self.order == "informative" and self.suggesting_now.reordered():
            self._fill_list()
        self._go_to(self._left_after(here))

    def _left_after(self, answer: int | None) -> int | None:
        """Return the first answer after this one that is left, round the end of the list."""
        answers = self.query_one(AnswerList).answers
        line = None if answer is None else self.query_one(AnswerList).line_of(answer)
        start = 0 if line is None else line + 1
        read_again = self.at_work.to_read_again() if self.selection.kind == "read_again" else None
        for place in (*range(start, len(answers)), *range(start)):
            there = answers[place]
            left = (
                there in read_again
                if read_again is not None
                else is_left(self.at_work, self.selection, there)
            )
            if left and there != answer:
                return there
        return None

    def _upcoming(self) -> list[int]:
        """Return the answers that the coder will see next: the model says something of these first."""
        answers = self.query_one(AnswerList).answers
        here = None if self.shown is None else self.query_one(AnswerList).line_of(self.shown.answer.answer_id)
        return list(answers[here or 0 : (here or 0) + 200])

    # going about

    def action_step(self, by: int) -> None:
        """Go to another answer of the list, done or not."""
        answers = self.query_one(AnswerList).answers
        if answers:
            here = (
                None
                if self.shown is None
                else self.query_one(AnswerList).line_of(self.shown.answer.answer_id)
            )
            line = 0 if here is None else max(0, min(len(answers) - 1, here + by))
            self._go_to(answers[line])

    def action_ends(self, place: int) -> None:
        """Go to the first or the last answer of the list."""
        answers = self.query_one(AnswerList).answers
        if answers:
            self._go_to(answers[place])

    @on(AnswerList.Picked)
    def answer_picked(self, event: AnswerList.Picked) -> None:
        """Go to the answer that is clicked on."""
        self._go_to(event.answer_id)

    @on(LabelPanel.Picked)
    def label_picked(self, event: LabelPanel.Picked) -> None:
        """Toggle the label that is clicked on."""
        self._toggle(event.label)

    def action_select(self) -> None:
        """Choose what the list holds."""
        ask_selection(self.coder_app, self.selection, self.at_work.codebook, self._select)

    def action_find(self) -> None:
        """Search a text in the answers."""
        ask_text(self.coder_app, self._select)

    def _select(self, selection: Selection) -> None:
        here = None if self.shown is None else self.shown.answer.answer_id
        self.selection = selection
        self._fill_list()
        stays = here is not None and self.query_one(AnswerList).line_of(here) is not None
        self._go_to(
            here if stays else self._left_after(None) or next(iter(self.query_one(AnswerList).answers), None)
        )

    def action_order(self) -> None:
        """Choose the order of the list, and so what comes next."""

        def chosen(order: str | None) -> None:
            if order is None:
                return
            if order == "certainty" and self.at_work.hides_certainty:
                self._say(_("Part of these answers is coded blind: their certainty is not shown, nor used."))
                return
            self.order = order
            self.coder_app.prefer(f"order:{self.at_work.question.name}", order)
            self._fill_list()
            self._go_to(self._left_after(None))

        self.app.push_screen(
            Choose(_("In which order?"), list(order_names().items()), chosen=self.order), chosen
        )

    def action_unfold(self) -> None:
        """Show or fold the respondent's other answers."""
        self._unfolded = not self._unfolded
        self._draw()

    # marks, memo, groups

    def action_mark(self, kind: str) -> None:
        """Flag the answer, or mark it as a quote for the report; again takes it off."""
        if self.shown is not None:
            on = self.at_work.mark(self.shown.answer.answer_id, kind)
            words = {
                ("flag", True): _("Flagged."),
                ("flag", False): _("Flag taken off."),
                ("quote", True): _("Marked as a quote."),
                ("quote", False): _("No quote any more."),
            }
            self._reopen(words[kind, on])

    def action_memo(self) -> None:
        """Write a memo with the answer."""
        shown = self.shown
        if shown is None:
            return

        def typed(memo: str | None) -> None:
            if memo is not None and memo != (shown.answer.memo or ""):
                self.at_work.write_memo(shown.answer, memo, shown.chosen)
                self._reopen(_("Memo kept."))

        self.app.push_screen(
            Ask(_("Memo with this answer"), value=shown.answer.memo or "", empty=True), typed
        )

    def action_group(self) -> None:
        """Show identical and near-identical answers, and code them together."""
        shown = self.shown
        if shown is None:
            return
        if not shown.chosen:
            self._say(_("Choose the labels first, then g."))
            return
        session = self.at_work
        names = ", ".join(session.codebook.label(label).name for label in shown.chosen)

        def take(others: list[int] | None) -> None:
            if others is not None:
                self._save([shown.answer.answer_id, *others], "labelled", shown.chosen)
                n = len(others) + 1
                self._say(
                    ngettext(
                        "{n} answer coded; u takes it back.", "{n} answers coded; u takes them all back.", n
                    ).format(n=n)
                )

        found = alike(session, shown.answer.answer_id)
        if not found:
            self._say(_("No other answer is like this one."))
            return
        coded = {other.answer_id for other in found if other.answer_id in session.status}
        self.app.push_screen(GroupDialog(shown.answer.text, names, found, coded), take)

    # undo

    def action_undo(self) -> None:
        """Take back the last key press that changed something."""
        self._after(undo(self.at_work.study, self.at_work.question, self.at_work.coder), again=False)

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._after(redo(self.at_work.study, self.at_work.question, self.at_work.coder), again=True)

    def _after(self, done: Undone | None, *, again: bool) -> None:
        self._clear_digits()
        if done is None:
            self._say(_("Nothing to do again.") if again else _("Nothing to take back."))
            return
        session, listed = self.at_work, self.query_one(AnswerList)
        session.reread(done.answers)
        if done.kind == "codebook":
            self._take_up_codebook()
        self._counts = session.label_counts()
        for answer in done.answers:
            listed.redraw(answer)
        if done.answer_id is not None:
            if listed.line_of(done.answer_id) is None:
                self.selection = Selection()
                self._fill_list()
            self._go_to(done.answer_id)
        else:
            self._reopen()
        self._write_heading()
        text = _("Done again: {what}") if again else _("Taken back: {what}")
        self._say(text.format(what=done.what))

    # labels made on the spot

    def action_new_label(self) -> None:
        """Make a label on the spot while exploring; later, propose one to the codebook keeper."""
        from coder.study import codebook_edits

        session = self.at_work
        exploring = phase(session.study, session.question) == "explore"

        def typed(name: str | None) -> None:
            if name is None:
                return
            if not exploring:
                where = None if self.shown is None else self.shown.answer.answer_id
                codebook_edits.propose_label(session.study, session.question, name, session.coder, where)
                self._say(_("Proposed to the codebook keeper: {name}").format(name=name))
                return
            edit = codebook_edits.add_label(session.study, session.question, name, session.coder)
            record_edit(session.study, session.question, session.coder, edit.event)
            self._take_up_codebook()
            if self.shown is not None:
                self._toggle(edit.id)

        title = _("Name of the new label") if exploring else _("Propose which label?")
        hint = "" if exploring else _("the codebook is fixed: the codebook keeper decides")
        self.app.push_screen(Ask(title, hint=hint), typed)

    def action_rename(self) -> None:
        """Give the label under the cursor another name."""
        from coder.study import codebook_edits

        under = self.query_one(LabelPanel).label
        if under is None:
            return
        session, label = self.at_work, self.at_work.codebook.label(under)

        def typed(name: str | None) -> None:
            if name is not None and name != label.name:
                edit = codebook_edits.rename_label(
                    session.study, session.question, under, name, session.coder
                )
                record_edit(session.study, session.question, session.coder, edit.event)
                self._take_up_codebook()
                self._reopen(_("Renamed: {before} → {after}").format(before=label.name, after=name))

        self.app.push_screen(Ask(_("New name of {label}").format(label=label.name), value=label.name), typed)

    # what others do meanwhile

    def _look_around(self, codebook: bool = False) -> None:
        """Take up what other terminals and the command line changed, without moving anything."""
        if self.session is None or not self.is_attached:
            return
        touched = self.session.refresh()
        if codebook or touched:
            before = self.session.version
            self._take_up_codebook()
            self.query_one(AnswerList).refresh()
            self._write_heading()
            if codebook or self.session.version != before:
                self._reopen()

    def _heard(self) -> None:
        """Show new certainties; the open answer keeps what it was opened with, or gets its first bars."""
        self.query_one(AnswerList).refresh()
        shown = self.shown
        if shown is None or shown.answer.blind or shown.probabilities:
            return
        suggested, probabilities = self.suggesting_now.of(shown.answer.answer_id, self.at_work.codebook)
        untouched = shown.answer.draft is None and shown.answer.status is None and not shown.chosen
        self.shown = replace(shown, probabilities=probabilities, suggested=suggested if untouched else ())
        if untouched and suggested:
            # shown, not chosen: Enter pressed at this very moment must not take what nobody has seen
            self._say(_("p: take over what the model suggests"))
        self.suggesting_now.explain(shown.answer.answer_id)
        self._draw()

    def _explained(self, answer: int, carried: Mapping[str, Sequence[tuple[int, int]]]) -> None:
        """Underline the words that carried the suggestions of the open answer."""
        if self.shown is not None and self.shown.answer.answer_id == answer:
            self.shown = replace(self.shown, carried=carried)
            self._draw()
