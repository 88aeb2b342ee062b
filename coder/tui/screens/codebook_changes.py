"""What the codebook screen changes: every edit says beforehand what it touches, and can be taken back."""

from collections.abc import Callable

from textual.message import Message

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
from coder.study.codebook_history import PastEdit, edits, touched_by_undo
from coder.study.codebook_touches import Touches, touches
from coder.study.codebooks import declare_reworded
from coder.study.recoding import LIKELY, RANDOM, Recoding, queue_recoding
from coder.tui.dialogs import Ask, Choose, Confirm
from coder.tui.screens.codebook_dialogs import DefineDialog
from coder.tui.screens.codebook_shown import ShownCodebook
from coder.tui.screens.codebook_words import change_title, change_verb
from coder.tui.screens.label_search import LabelSearch

_TOP = "\ntop"


class ChangedCodebook(ShownCodebook):
    """The codebook with the keys that change its labels."""

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
        """Make an edit in the background: a merge rewrites every coding that carries the label."""
        assert self._look is not None  # noqa: S101  (it was shown)
        study, question, who = self.coder_app.study, self._look.question, self.coder_app.coder
        self._say(_("Changing the codebook…"))
        self.in_background(
            lambda: make_edit(study, question, edit, who),
            lambda made: self._made(made, touched),
            group="edit",
        )

    def _made(self, made: Edit, touched: Touches) -> None:
        self._undone.clear()
        self._changed(made, self._newest_words())
        if made.kind == "split" and touched.answers:
            self._say(
                ngettext(
                    "{n} answer is to be read again; retire {label} when that is done.",
                    "{n} answers are to be read again; retire {label} when that is done.",
                    touched.answers,
                ).format(n=touched.answers, label=made.name)
            )
        elif made.kind in {"add", "define", "merge", "revive"} and touched.unknown_in:
            exploring = self._look is not None and self._look.phase == "explore"
            if made.kind == "add" and exploring:
                self._say(self._newest_words() + " " + _("r queues what is to be read again for it."))
            else:
                self._offer_reading(made, touched.unknown_in)

    def on__failed(self, event: Message) -> None:
        """Take the line away that says that something is going on; the dialog says what is wrong."""
        self._say("")

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
            if name is not None and self._look is not None:
                # what it touches stands in the dialog already
                study, question, edit = self.coder_app.study, self._look.question, AddLabel(name)
                self.in_background(
                    lambda: touches(study, question, edit),
                    lambda touched: self._make(edit, touched),
                    group="touches",
                )

        hint = _("Enter: add · Esc: leave")
        if self._look is not None and (n := self._look.view.codings):
            hint = "\n".join(
                (
                    ngettext(
                        "Unknown in the {n} coding made so far, until it is read again.",
                        "Unknown in the {n} codings made so far, until they are read again.",
                        n,
                    ).format(n=n),
                    hint,
                )
            )
        self.app.push_screen(Ask(_("Name of the new label"), hint=hint), typed)

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
            if sure:
                self._flip(newest.event, taken_back)

        def taken_back(undone: Edit) -> None:
            self._undone.append(undone.event)
            self._changed(undone, _("Taken back: {what}. Ctrl+Y does it again.").format(what=newest.text))

        who = " · ".join(part for part in (newest.by, newest.when) if part)
        touched = touched_by_undo(self.coder_app.study, self._look.question, newest)
        lines = f"{newest.text}\n{who}\n\n{touched}"
        self.app.push_screen(Confirm(_("Take back this change?"), lines, _("take back")), answered)

    def action_redo(self) -> None:
        """Do again what was taken back on this screen."""
        if self._look is None:
            return
        if not self._undone:
            self._say(_("There is nothing to do again."))
            return

        def again(edit: Edit) -> None:
            self._undone.pop()
            self._changed(edit, self._newest_words())

        self._flip(self._undone[-1], again)

    def _flip(self, event: int, then: Callable[[Edit], None]) -> None:
        """Take an edit back, or make it again, in the background."""
        assert self._look is not None  # noqa: S101  (it was shown)
        study, question = self.coder_app.study, self._look.question
        self._say(_("Changing the codebook…"))
        self.in_background(lambda: undo_edit(study, question, event), then, group="edit")

    # reading again

    def _offer_reading(self, edit: Edit, unknown_in: int) -> None:
        """Offer what can be done about codings that do not know a label."""
        choices = [
            ("queue", _("queue the likeliest answers, to be read again")),
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
            "The {likely} texts that the model finds most likely to carry it are queued, and {random} "
            "answers at random from the rest."
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
