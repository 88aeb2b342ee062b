"""The codebook: its labels in their tree, what each stands for and who carries it, and all that changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from coder.codebook import Label
from coder.codebook.edits import (
    AddLabel,
    CodebookEdit,
    DefineLabel,
    MergeLabels,
    MoveLabel,
    NumberLabel,
    RenameLabel,
    ReorderLabel,
    RetireLabel,
    ReviveLabel,
    SplitLabel,
)
from coder.codebook.structure import number_fault
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.study.codebook_edits import Edit, make_edit, undo_edit
from coder.study.codebook_history import PastEdit, edits
from coder.study.codebook_proposals import Proposal, accept_proposal, decline_proposal, proposals
from coder.study.codebook_touches import Touches, touches
from coder.study.codebook_view import CarriedBy, CodebookView, carrying_texts, codebook_state, codebook_view
from coder.study.codebooks import declare_reworded
from coder.study.folder import Study
from coder.study.phases import PHASES, Saturation, done_phases, phase, saturation, set_phase
from coder.study.recoding import LIKELY, RANDOM, Recoding, queue_recoding
from coder.study.settings import QuestionSettings
from coder.tui.dialogs import Ask, Choose, Confirm
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.progress_lines import phase_strip, saturation_words
from coder.tui.screen import StudyScreen, TitleLine
from coder.tui.screens.codebook_dialogs import Decision, DefineDialog, ProposalsDialog
from coder.tui.screens.codebook_keys import about, all_keys, first_keys
from coder.tui.screens.codebook_words import change_title, change_verb, new_labels_line
from coder.tui.screens.label_details import label_details
from coder.tui.screens.label_search import LabelSearch
from coder.tui.screens.overview import described_phase
from coder.tui.widgets.codebook_tree import CodebookTree, TreeLine

_LOOK_AROUND = 3.0
"""Seconds between looks at what others changed."""

_TOP = "\ntop"


@dataclass(frozen=True)
class Look:
    """A codebook and the work on it, as it was at one look."""

    question: QuestionSettings
    view: CodebookView
    proposals: Sequence[Proposal]
    phase: str
    begun: frozenset[str]
    curve: Saturation


def look(study: Study, question: QuestionSettings) -> Look:
    """Read a codebook and the work on it."""
    return Look(
        question,
        codebook_view(study, question),
        proposals(study, question),
        phase(study, question),
        frozenset(one.phase for one in done_phases(study, question)),
        saturation(study, question),
    )


class CodebookScreen(StudyScreen):
    """The codebook of the question at hand."""

    NAME = "codebook"
    CSS_PATH = "codebook.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", show=False),
        Binding("enter", "define", show=False),
        Binding("f2", "rename", show=False),
        Binding("number_sign", "number", show=False),
        Binding("m", "merge", show=False),
        Binding("s", "split", show=False),
        Binding("o", "put_under", show=False),
        Binding("shift+up", "reorder(True)", show=False),
        Binding("shift+down", "reorder(False)", show=False),
        Binding("x", "retire", show=False),
        Binding("u,ctrl+z", "undo", show=False),
        Binding("ctrl+y", "redo", show=False),
        Binding("r", "read_again", show=False),
        Binding("v", "proposals", show=False),
        Binding("p", "phase", show=False),
        Binding("h", "history", show=False),
        Binding("slash", "find", show=False),
        Binding("space", "scroll_details", show=False),
        Binding("q", "question", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self._carried: dict[str, Sequence[CarriedBy]] = {}
        self._undone: list[int] = []
        self._put_on: str | None = None
        self._message = ""

    def body(self) -> ComposeResult:
        """Put the phase above the tree and what is to know of one label."""
        with Vertical(id="head"):
            yield Static(id="asked")
            yield Static(id="phases")
            yield Static(id="curve")
        with Horizontal(id="columns"):
            yield CodebookTree()
            with VerticalScroll(id="beside", can_focus=False):
                yield Static(id="details")
        yield Static(id="message")

    def on_mount(self) -> None:
        """Look now and then at what others changed."""
        self.set_interval(_LOOK_AROUND, self._look_around)
        self.query_one(CodebookTree).focus()

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        waiting = 0 if self._look is None else len(self._look.proposals)
        label = self._label()
        return first_keys(retired=label is not None and label.retired, proposals=waiting)

    def help(self) -> Sequence[HelpPart]:
        """Return all keys."""
        return all_keys()

    def about(self) -> str:
        """Say what the screen is for."""
        return about()

    # reading

    def show(self) -> None:
        """Read the codebook anew."""
        study, question = self.coder_app.study, self.coder_app.question
        self.in_background(lambda: look(study, question), self._taken)

    def _look_around(self) -> None:
        if self._look is None or not self.is_current:
            return
        study = self.coder_app.study
        if codebook_state(study, self._look.question) != self._look.view.state:
            self.show()

    def _taken(self, found: Look) -> None:
        other = self._look is None or self._look.question != found.question
        if other:
            self._undone, self._message = [], ""
        self._look, self._carried = found, {}
        view = found.view
        tree = self.query_one(CodebookTree)
        lines = [
            TreeLine(
                label.id,
                "" if label.number is None else str(label.number),
                label.name,
                depth,
                view.uses[label.id].codings,
                view.uses[label.id].codings / view.codings if view.codings else 0.0,
                label.retired,
            )
            for label, depth in view.tree
        ]
        tree.show(lines, self._put_on)
        self._put_on = None
        self._draw_head()
        self._draw_details()
        self._draw_message()

    # drawing

    def on_resize(self) -> None:
        """Fit the phases to the width."""
        self._draw_head()

    def _draw_head(self) -> None:
        found = self._look
        if found is None:
            return
        self.query_one("#asked", Static).update(
            Text(found.view.codebook.question or found.question.name, no_wrap=True, overflow="ellipsis")
        )
        room = max(20, self.size.width - 2)
        self.query_one("#phases", Static).update(phase_strip(found.phase, found.begun, room))
        curve = Text(no_wrap=True, overflow="ellipsis")
        curve.append(new_labels_line(found.curve, room))
        if room > 110:
            curve.append("  " + saturation_words(found.curve))
        self.query_one("#curve", Static).update(curve)

    def _draw_details(self) -> None:
        label, details = self._label(), self.query_one("#details", Static)
        if label is None or self._look is None:
            details.update("")
            return
        carried = self._carried.get(label.id)
        if carried is None and not self._look.view.uses[label.id].codings:
            carried = ()
        details.update(label_details(self._look.view, label, carried))
        self.show_keys()
        if carried is None:
            self._read_carried(label.id)

    def _read_carried(self, label: str) -> None:
        assert self._look is not None  # noqa: S101  (a label is shown)
        study, question, who = self.coder_app.study, self._look.question, self.coder_app.coder or ""

        def have(found: Sequence[CarriedBy]) -> None:
            self._carried[label] = found
            if self.query_one(CodebookTree).label == label:
                self._draw_details()

        self.in_background(lambda: carrying_texts(study, question, label, who), have, group="carried")

    def _say(self, text: str) -> None:
        self._message = text
        self._draw_message()

    def _draw_message(self) -> None:
        self.query_one("#message", Static).update(Text(self._message, no_wrap=True, overflow="ellipsis"))

    @on(CodebookTree.Moved)
    def moved(self) -> None:
        """Show the label under the cursor."""
        self.query_one("#beside", VerticalScroll).scroll_home(animate=False)
        self._draw_details()

    def _label(self) -> Label | None:
        under = self.query_one(CodebookTree).label if self.is_mounted else None
        return None if under is None or self._look is None else self._look.view.codebook.find(under)

    # changing

    def _change(self, edit: CodebookEdit) -> None:
        """Say what an edit touches, and make it when the person agrees."""
        if self._look is None:
            return
        study, question = self.coder_app.study, self._look.question

        def told(touched: Touches) -> None:
            if not (touched.codings or touched.unknown_in):
                self._make(edit, touched)
                return

            def answered(sure: bool | None) -> None:
                if sure:
                    self._make(edit, touched)

            lines = "\n".join(touched.lines())
            self.app.push_screen(Confirm(change_title(edit, touched), lines, change_verb(edit)), answered)

        self.in_background(lambda: touches(study, question, edit), told, group="touches")

    def _make(self, edit: CodebookEdit, touched: Touches) -> None:
        assert self._look is not None  # noqa: S101  (it was shown)
        question = self._look.question
        made = make_edit(self.coder_app.study, question, edit, self.coder_app.coder)
        self._undone.clear()
        self._changed(made, self._newest_words())
        if made.kind == "split":
            self._say(
                ngettext(
                    "{n} answer is to be read again; retire {label} when that is done.",
                    "{n} answers are to be read again; retire {label} when that is done.",
                    touched.answers,
                ).format(n=touched.answers, label=made.name)
            )
        elif made.kind in {"add", "define", "merge", "revive"} and touched.unknown_in:
            self._offer_reading(made, touched.unknown_in)

    def _changed(self, edit: Edit, words: str) -> None:
        self._put_on = edit.id
        self._say(words)
        self.show()

    def _newest_words(self) -> str:
        newest = self._newest()
        return "" if newest is None else _("{what}. u takes it back.").format(what=newest.text)

    def _newest(self) -> PastEdit | None:
        assert self._look is not None  # noqa: S101  (it was shown)
        made = edits(self.coder_app.study, self._look.question)
        return next((edit for edit in made if edit.newest), None)

    def action_new(self) -> None:
        """Add a label."""

        def typed(name: str | None) -> None:
            if name is not None:
                self._change(AddLabel(name))

        self.app.push_screen(Ask(_("Name of the new label")), typed)

    def action_define(self) -> None:
        """Say what the label stands for."""
        label = self._label()
        if label is None:
            return

        def typed(edit: DefineLabel | None) -> None:
            if edit is not None:
                self._change(edit)

        self.app.push_screen(DefineDialog(label), typed)

    def action_rename(self) -> None:
        """Give the label another name."""
        label = self._label()
        if label is None:
            return

        def typed(name: str | None) -> None:
            if name is not None and name != label.name:
                self._change(RenameLabel(label.id, name))

        self.app.push_screen(Ask(_("New name of {label}").format(label=label.name), value=label.name), typed)

    def action_number(self) -> None:
        """Give the label another code number."""
        label = self._label()
        if label is None:
            return

        def typed(number: str | None) -> None:
            if number is None or number == str(label.number):
                return
            if not (number.isascii() and number.isdigit()):
                raise CoderError(number_fault(_("the code number"), number))
            self._change(NumberLabel(label.id, int(number)))

        title = _("Code number of {label}").format(label=label.name)
        self.app.push_screen(Ask(title, value=str(label.number or "")), typed)

    def action_merge(self) -> None:
        """Merge the label into another."""
        label = self._label()
        if label is None or self._look is None:
            return

        def chosen(into: str | None) -> None:
            if into is not None:
                self._change(MergeLabels(label.id, into))

        others = self._look.view.codebook
        others = others.with_labels(other for other in others.labels if other.id != label.id)
        self.app.push_screen(
            LabelSearch(others, _("Into which label does {label} go?").format(label=label.name)), chosen
        )

    def action_split(self) -> None:
        """Split the label into new ones."""
        label = self._label()
        if label is None:
            return

        def typed(names: str | None) -> None:
            if names is not None:
                self._change(SplitLabel(label.id, [n.strip() for n in names.split(";") if n.strip()]))

        self.app.push_screen(
            Ask(
                _("Into which new labels is {label} split?").format(label=label.name),
                hint=_("names with ; between them · Enter: go on · Esc: leave"),
            ),
            typed,
        )

    def action_put_under(self) -> None:
        """Move the label under another one, or under none."""
        label = self._label()
        if label is None or self._look is None:
            return
        own = {label.id, *(other.id for other in self._look.view.codebook.descendants(label.id))}
        choices = [(_TOP, _("under no label"))]
        choices += [
            (other.id, "  " * depth + other.name)
            for other, depth in self._look.view.tree
            if other.id not in own and not other.retired and not other.residual
        ]

        def chosen(parent: str | None) -> None:
            to = None if parent == _TOP else parent
            if parent is not None and to != label.parent:
                self._change(MoveLabel(label.id, to))

        self.app.push_screen(
            Choose(
                _("Under which label does {label} come?").format(label=label.name),
                choices,
                chosen=label.parent or _TOP,
            ),
            chosen,
        )

    def action_reorder(self, up: bool) -> None:
        """Move the label one place; that touches no coding, so nothing is asked."""
        label = self._label()
        if label is not None and self._look is not None:
            edit = ReorderLabel(label.id, up)
            made = make_edit(self.coder_app.study, self._look.question, edit, self.coder_app.coder)
            self._undone.clear()
            self._changed(made, self._newest_words())

    def action_retire(self) -> None:
        """Retire the label, or take it back into use."""
        label = self._label()
        if label is not None:
            self._change(ReviveLabel(label.id) if label.retired else RetireLabel(label.id))

    def action_undo(self) -> None:
        """Take back the newest change, after saying which."""
        if self._look is None:
            return
        newest = self._newest()
        if newest is None:
            self._say(_("There is no change of this codebook to take back."))
            return

        def answered(sure: bool | None) -> None:
            if sure and self._look is not None:
                undone = undo_edit(self.coder_app.study, self._look.question, newest.event)
                self._undone.append(undone.event)
                self._changed(undone, _("Taken back: {what}. Ctrl+Y does it again.").format(what=newest.text))

        who = " · ".join(part for part in (newest.by, newest.at[:16].replace("T", " ")) if part)
        self.app.push_screen(
            Confirm(_("Take back this change?"), f"{newest.text}\n{who}", _("take back")), answered
        )

    def action_redo(self) -> None:
        """Do again what was taken back on this screen."""
        if self._look is None:
            return
        if not self._undone:
            self._say(_("There is nothing to do again."))
            return
        again = undo_edit(self.coder_app.study, self._look.question, self._undone[-1])
        self._undone.pop()
        self._changed(again, self._newest_words())

    # reading again

    def _offer_reading(self, edit: Edit, unknown_in: int) -> None:
        """Offer what can be done about codings that do not know a label."""
        choices = [
            ("queue", _("queue the answers most likely to carry it, to be read again")),
            ("later", _("not now (r does it)")),
        ]
        if edit.kind == "define":
            choices.insert(1, ("reworded", _("the meaning is the same, only the words changed")))

        def chosen(what: str | None) -> None:
            if what == "queue":
                self._queue(edit.id)
            elif what == "reworded" and self._look is not None:
                declare_reworded(self.coder_app.study, self._look.question, edit.id)
                self._changed(edit, _("Older codings know {label} as before.").format(label=edit.name))

        title = ngettext(
            "{n} coding does not know {label} yet", "{n} codings do not know {label} yet", unknown_in
        ).format(n=unknown_in, label=edit.name)
        self.app.push_screen(Choose(title, choices), chosen)

    def action_read_again(self) -> None:
        """Queue answers to be read again for the label."""
        label = self._label()
        if label is None or self._look is None:
            return
        unknown = self._look.view.uses[label.id].unknown
        if not unknown or label.retired:
            self._say(_("All codings know {label}; there is nothing to read again.").format(label=label.name))
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self._queue(label.id)

        text = ngettext(
            "{n} coding does not know {label} yet.", "{n} codings do not know {label} yet.", unknown
        ).format(n=unknown, label=label.name)
        text += " " + _(
            "The {likely} texts that the model finds most likely to carry it are queued, and {random} answers "
            "at random from the rest."
        ).format(likely=LIKELY, random=RANDOM)
        self.app.push_screen(
            Confirm(_("Read again for {label}?").format(label=label.name), text, _("queue")), answered
        )

    def _queue(self, label: str) -> None:
        assert self._look is not None  # noqa: S101  (it was shown)
        study, question = self.coder_app.study, self._look.question
        self._say(_("Looking for the answers most likely to carry it…"))

        def done(found: Recoding) -> None:
            n = found.likely + found.random
            said = ngettext(
                "{n} answer queued to be read again for {label}.",
                "{n} answers queued to be read again for {label}.",
                n,
            ).format(n=n, label=found.name)
            self._say(said + " " + _("Coding (F4), t: to be read again."))

        self.in_background(lambda: queue_recoding(study, question, label), done, group="queue")

    # the work on it

    def action_proposals(self) -> None:
        """Show what coders propose."""
        if self._look is None:
            return
        if not self._look.proposals:
            self._say(_("There are no open proposals."))
            return
        self.app.push_screen(ProposalsDialog(self._look.proposals), self._decided)

    def _decided(self, decision: Decision | None) -> None:
        if decision is None:
            return
        proposal = decision.proposal
        if decision.do == "accept":
            self._accept(proposal, proposal.name)
        elif decision.do == "rename":
            self.app.push_screen(
                Ask(_("Name of the new label"), value=proposal.name),
                lambda name: self._accept(proposal, name),
            )
        else:
            self.app.push_screen(
                Ask(_("Why not {label}?").format(label=proposal.name), empty=True),
                lambda reason: self._decline(proposal, reason),
            )

    def _accept(self, proposal: Proposal, name: str | None) -> None:
        if name is None or self._look is None:
            return
        study, question, who = self.coder_app.study, self._look.question, self.coder_app.coder
        edit = accept_proposal(study, question, proposal.event, who, name=name)
        self._undone.clear()
        self._changed(edit, self._newest_words())
        if unknown := self._look.view.codings:
            self._offer_reading(edit, unknown)

    def _decline(self, proposal: Proposal, reason: str | None) -> None:
        if reason is None or self._look is None:
            return
        decline_proposal(
            self.coder_app.study, self._look.question, proposal.event, reason, self.coder_app.coder
        )
        self._say(_("Declined: {label}.").format(label=proposal.name))
        self.show()

    def action_phase(self) -> None:
        """Begin another phase; the next one is marked."""
        found = self._look
        if found is None:
            return
        after = PHASES[min(PHASES.index(found.phase) + 1, len(PHASES) - 1)]

        def chosen(name: str | None) -> None:
            if name is not None and name != found.phase:
                set_phase(self.coder_app.study, found.question, name, self.coder_app.coder)
                self._say(described_phase(name))
                self.show()

        self.app.push_screen(
            Choose(
                _("Which phase is {question} in?").format(question=found.question.name),
                [(name, described_phase(name)) for name in PHASES],
                chosen=found.phase,
                at=after,
            ),
            chosen,
        )

    def action_history(self) -> None:
        """Show what was changed, newest first."""
        if self._look is None:
            return
        lines = []
        for edit in edits(self.coder_app.study, self._look.question):
            what = edit.text if edit.in_force else _("{what} (taken back)").format(what=edit.text)
            when = edit.at[:16].replace("T", " ")
            lines.append(f"{when}  {edit.by or '':<6} {what}")
        nothing = _("Nothing was changed on screen or by command yet.")
        self.coder_app.say("\n".join(lines) or nothing, _("What was changed, newest first"))

    # going about

    def action_find(self) -> None:
        """Find a label by part of its name."""

        def chosen(label: str | None) -> None:
            if label is not None:
                self.query_one(CodebookTree).put_on(label)

        if self._look is not None:
            self.app.push_screen(LabelSearch(self._look.view.codebook, _("Which label?")), chosen)

    def action_scroll_details(self) -> None:
        """Scroll what stands beside the tree; at its end, back to the beginning."""
        beside = self.query_one("#beside", VerticalScroll)
        if beside.scroll_offset.y >= beside.max_scroll_y:
            beside.scroll_home(animate=False)
        else:
            beside.scroll_page_down(animate=False)

    def action_question(self) -> None:
        """Choose another question."""
        places = self.coder_app.places()

        def chosen(name: str | None) -> None:
            if name is not None:
                waves = [wave for asked, wave in places if asked == name]
                wave = self.coder_app.wave_name
                self.coder_app.change_place(name, wave if wave in waves else waves[0])
                self.query_one(TitleLine).refresh()
                self.show()

        names = list(dict.fromkeys(asked for asked, _wave in places))
        now = self.coder_app.question_name
        self.app.push_screen(Choose(_("Which question?"), [(n, n) for n in names], chosen=now), chosen)
