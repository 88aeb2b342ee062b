"""Agreement: how well coders agree on each label, and the answers on which they do not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.reports.agreement import set_lines
from coder.reports.agreement_notes import agreement_notes, subject
from coder.reports.numbers import count
from coder.reports.order import title
from coder.reports.tables import AgreementTable
from coder.reports.words import comparison_word, selection_word, status_word, too_few_words
from coder.study.settling import Disagreement
from coder.tui.dialogs import Choose
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.screens.agreement_details import Details, label_details
from coder.tui.screens.agreement_shown import (
    ALL,
    Compared,
    comparisons,
    is_about,
    label_list,
    named,
    read_agreement,
)
from coder.tui.widgets.row_list import Column, Row, RowList


class AgreementScreen(StudyScreen):
    """The agreement table a label, with the disagreements on the label under the cursor below it."""

    NAME = "agreement"
    CSS_PATH = "agreement.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "other_list", show=False, priority=True),
        Binding("v", "compare", show=False),
        Binding("b", "selection", show=False),
        Binding("d", "details", show=False),
        Binding("t", "notes", show=False),
        Binding("h", "names", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._compared: Compared | None = None
        self._comparison = "coders"
        self._table = 0
        self._place: tuple[str | None, str | None] = (None, None)

    def body(self) -> ComposeResult:
        """Lay out the table and the disagreements."""
        yield Static(id="head")
        with Container(id="lists"):
            yield RowList(id="labels")
            with Vertical(id="below"):
                yield Static(id="details")
                yield Static(id="under")
                yield RowList(id="answers")
                yield Static(id="says")

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        return [
            ("Enter", _("settle")),
            ("↑↓", _("choose")),
            ("Tab", _("labels, answers")),
            ("v", _("compare")),
            *([("b", _("other table"))] if self._several else []),
            ("d", _("details")),
            ("t", _("notes")),
            ("h", _("show names") if self._hides_names else _("hide names")),
        ]

    def help(self) -> Sequence[HelpPart]:
        """Return all keys."""
        return [
            (
                _("Keys"),
                [
                    ("↑ ↓", _("choose a label, or an answer")),
                    ("Tab", _("from the labels to the answers and back")),
                    ("Enter", _("settle: on a label its first open answer, on an answer that one")),
                    (
                        "v",
                        _("all coders together, two by two, per codebook version, with consensus or model"),
                    ),
                    ("b", _("another table: other coders or versions, or codings that were not blind")),
                    ("d", _("all coefficients of the label, with both intervals")),
                    ("t", _("what the numbers stand on")),
                    ("h", _("hide or show names of coders until an answer is settled")),
                ],
            ),
            (
                _("Signs"),
                [
                    (
                        "✓ ~ ✗",
                        _("good (α .80 or more), tentative (.667 or more), too low: by the lower bound"),
                    ),
                    ("…", _("no verdict: {too_few}").format(too_few=too_few_words())),
                    ("(0.62)", _("a coefficient that says nothing yet, for the same reason")),
                    ("%", _("share of the codings with the label")),
                    ("≠ ✓", _("open, settled")),
                ],
            ),
        ]

    def about(self) -> str:
        """Say what the screen is for."""
        return _(
            "How well coders agree on each label, before consensus, and below it the answers on which they "
            "differ about the label under the cursor. Enter settles them one after the other. What you still "
            "have to code blind yourself is left out until you did."
        )

    # reading and drawing

    def show(self) -> None:
        """Work everything out anew."""
        app = self.coder_app
        if (app.question_name, app.wave_name) != self._place:
            self._place, self._compared = (app.question_name, app.wave_name), None
            self._comparison, self._table = "coders", 0
        if self._compared is None or self._compared.comparison != self._comparison:
            self.query_one("#head", Static).update(_("Working out the agreement…"))
        study, question, wave, coder = app.study, app.question, app.wave, app.coder or ""
        comparison = self._comparison

        def read() -> Compared | CoderError:
            # an error is handed over, not raised: that of work which newer work replaced must not be shown
            try:
                return read_agreement(study, question, wave, coder, comparison)
            except CoderError as error:
                return error

        self.in_background(read, self._taken)

    def _taken(self, found: Compared | CoderError) -> None:
        if isinstance(found, CoderError) or not (found.tables or found.comparison == "coders"):
            # back to what was, or to all coders together, when the dialog closes
            was = self._compared.comparison if self._compared else "coders"
            failed, self._comparison = self._comparison, was if was != self._comparison else "coders"
            if failed != "coders":
                raise (
                    found
                    if isinstance(found, CoderError)
                    else CoderError(
                        _("No answer has two codings to compare in this way: {comparison}.").format(
                            comparison=comparison_word(failed)
                        )
                    )
                )
            self.query_one("#head", Static).update(Text(str(found)))
            return
        self._compared = found
        self._table = min(self._table, max(0, len(found.tables) - 1))
        labels = self.query_one("#labels", RowList)
        if not labels.has_focus and not self.query_one("#answers", RowList).has_focus:
            labels.focus()
        self._draw()
        self.show_keys()

    @property
    def table(self) -> AgreementTable | None:
        """The agreement that is shown."""
        return self._compared.tables[self._table] if self._compared and self._compared.tables else None

    @property
    def _several(self) -> bool:
        return self._compared is not None and len(self._compared.tables) > 1

    def on_resize(self) -> None:
        """Show the columns that fit."""
        self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._compared is None:
            return
        self._draw_head()
        labels = self.query_one("#labels", RowList)
        # the scroll bar takes a cell
        labels.show(*label_list(self.table, self._compared.agreed.found, labels.size.width - 1))
        self._draw_answers()

    def _draw_head(self) -> None:
        text = Text()
        table = self.table
        if table is None:
            text.append(_("No two coders have coded the same answers yet."), style="bold")
            text.append(
                "\n"
                + _(
                    "'coder assign --coder AB --coder CD' draws a sample that both code, blind; agreement is "
                    "worked out from there."
                )
            )
        else:
            # the wave stands in the title line
            text.append(subject(replace(table, wave=None, waves=())), style="bold")
            text.append(
                " · "
                + ngettext("{n} answer", "{n} answers", table.answers).format(n=count(table.answers))
                + " · "
                + selection_word(table.selection)
                + (" · b" if self._several else "")
            )
            if table.sets is not None and self.has_class("-wide"):
                # the first row says the same where there is no room
                text.append("\n" + " ".join(set_lines(table.sets)))
        self.query_one("#head", Static).update(text)

    def differing(self) -> list[Disagreement]:
        """Return the answers on which those compared differ about the label under the cursor."""
        found = self._compared.agreed.found if self._compared else ()
        return [one for one in found if is_about(one, self.table, self._label)]

    @property
    def _label(self) -> str:
        return self.query_one("#labels", RowList).key or ALL

    def _draw_answers(self) -> None:
        if self._compared is None:
            return
        self.query_one("#details", Static).update(
            label_details(self.table, self._label) if self.table else ""
        )
        found = self.differing()
        n_open = sum(one.is_open for one in found)
        label = self._label
        under = Text(no_wrap=True, overflow="ellipsis", style="bold")
        under.append(
            ngettext("{n} answer with a difference", "{n} answers with a difference", len(found)).format(
                n=count(len(found))
            )
        )
        if label != ALL and self.table is not None:
            name = next((title(row) for row in self.table.rows if row.label == label), label)
            under.append(" · " + name)
        under.append(" · " + _("{n} open").format(n=count(n_open)))
        if n := self._compared.agreed.hidden:
            under.append(
                " · "
                + ngettext("{n} hidden: code it first", "{n} hidden: code them first", n).format(n=count(n)),
                style="not bold",
            )
        self.query_one("#under", Static).update(under)
        width = max((len(one.respondent) for one in found), default=4)
        self.query_one("#answers", RowList).show(
            [
                Column("", 1),
                Column("id", max(min(width, 12), 2), from_width=40),
                Column(_("answer")),
            ],
            [
                Row(str(one.answer_id), ("≠" if one.is_open else "✓", one.respondent, one.text))
                for one in found
            ],
            nothing=_("Coders agree everywhere."),
        )
        self._draw_says()

    def _draw_says(self) -> None:
        key = self.query_one("#answers", RowList).key
        one = next((d for d in self.differing() if str(d.answer_id) == key), None)
        text = Text()
        if one is not None and self._compared is not None:
            hidden = self._hides_names and one.is_open
            for place, said in enumerate(one.says):
                text.append("\n" if place else "")
                text.append(f"{'·' if hidden else said.coder}  ", style="bold")
                text.append(in_words(said.status, said.labels, self._compared.agreed.codebook))
                if said.memo:
                    text.append(f"  ({said.memo})", style="dim")
            if one.settled is not None:
                text.append("\n" + _("settled") + "  ", style="bold")
                text.append(in_words(one.settled.status, one.settled.labels, self._compared.agreed.codebook))
                if one.again:
                    text.append(" · " + _("before a label came: settle it anew"))
        self.query_one("#says", Static).update(text)

    @property
    def _hides_names(self) -> bool:
        return self.coder_app.preferences().get("hide_names") == "yes"

    # keys

    @on(RowList.Moved, "#labels")
    def label_moved(self) -> None:
        """Show the disagreements on the label under the cursor."""
        self._draw_answers()

    @on(RowList.Moved, "#answers")
    def answer_moved(self) -> None:
        """Show what coders say of the answer under the cursor."""
        self._draw_says()

    @on(RowList.Chosen, "#labels")
    def label_chosen(self) -> None:
        """Settle the first open answer under the label."""
        found = self.differing()
        first = next((one for one in found if one.is_open), found[0] if found else None)
        if first is not None:
            self._settle(found, first.answer_id)

    @on(RowList.Chosen, "#answers")
    def answer_chosen(self, event: RowList.Chosen) -> None:
        """Settle this answer."""
        self._settle(self.differing(), int(event.key))

    def _settle(self, found: Sequence[Disagreement], start: int) -> None:
        from coder.tui.screens.consensus import ConsensusScreen

        still_open = {one.answer_id for one in found if one.is_open}
        self.app.push_screen(ConsensusScreen([one.answer_id for one in found], still_open, start))

    def action_other_list(self) -> None:
        """Go from the labels to the answers, or back."""
        labels, answers = self.query_one("#labels", RowList), self.query_one("#answers", RowList)
        (answers if labels.has_focus else labels).focus()

    def action_compare(self) -> None:
        """Choose who are compared."""
        if self._compared is None:
            return

        def chosen(comparison: str | None) -> None:
            if comparison is not None and comparison != self._comparison:
                self._comparison, self._table = comparison, 0
                self.show()

        choices = [(one, comparison_word(one)) for one in comparisons(self._compared.agreed.tables)]
        self.app.push_screen(Choose(_("Who are compared?"), choices, chosen=self._comparison), chosen)

    def action_selection(self) -> None:
        """Choose another table: of other coders or versions, or of other codings."""
        if self._compared is None or not self._several:
            return

        def chosen(place: str | None) -> None:
            if place is not None:
                self._table = int(place)
                self._draw()

        choices = [(str(place), named(table)) for place, table in enumerate(self._compared.tables)]
        self.app.push_screen(Choose(_("Which table?"), choices, chosen=str(self._table)), chosen)

    def action_details(self) -> None:
        """Show all coefficients of the label under the cursor."""
        if self.table is not None:
            self.app.push_screen(Details(label_details(self.table, self._label)))

    def action_notes(self) -> None:
        """Say what the numbers stand on."""
        if self.table is not None:
            self.coder_app.say("\n\n".join(agreement_notes(self.table)), _("What the numbers stand on"))

    def action_names(self) -> None:
        """Hide the names of coders until an answer is settled, or show them."""
        hide = not self._hides_names
        self.coder_app.prefer("hide_names", "yes" if hide else "no")
        self.notify(
            _("Names of coders are hidden until an answer is settled.")
            if hide
            else _("Names of coders are shown.")
        )
        self.show_keys()
        self._draw_says()


def in_words(status: str, labels: Sequence[str], codebook: Codebook) -> str:
    """Return what a coder decided."""
    names = [codebook.label(label).name for label in labels if label in codebook.ids]
    return " + ".join(names) or status_word(status)
