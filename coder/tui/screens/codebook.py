"""The codebook: its labels, what each stands for and who carries it, what changes it, and the phase."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from coder.messages import _
from coder.study.codebook_history import edits
from coder.study.codebook_proposals import Proposal, accept_proposal, decline_proposal
from coder.study.phases import PHASES, set_phase
from coder.tui.dialogs import Ask, Choose
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screen import TitleLine
from coder.tui.screens.codebook_changes import ChangedCodebook
from coder.tui.screens.codebook_dialogs import Decision, ProposalsDialog
from coder.tui.screens.codebook_keys import about, all_keys, first_keys
from coder.tui.screens.label_search import LabelSearch
from coder.tui.screens.overview import described_phase
from coder.tui.widgets.codebook_tree import CodebookTree


class CodebookScreen(ChangedCodebook):
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
            lines.append(f"{edit.when}  {edit.by or '':<6} {what}")
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
