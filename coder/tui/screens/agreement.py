"""Agreement: how well coders agree on each label, and the answers on which they do not."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.widgets import Static

from coder.codebook import Codebook
from coder.messages import _, ngettext
from coder.reports.agreement import set_lines
from coder.reports.agreement_notes import agreement_notes
from coder.reports.numbers import count, decimal, percent
from coder.reports.order import title
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import verdict
from coder.reports.words import selection_word, status_word, verdict_word
from coder.study.agreed import Agreed, agreed
from coder.study.settling import Disagreement
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.widgets.row_list import Column, Row, RowList

ALL = ""
"""The row of whole label sets, and the differences on any label."""

_SIGNS = {"reliable": "✓", "tentative": "~", "insufficient": "✗", "too_few": "…", "undefined": " "}


class AgreementScreen(StudyScreen):
    """The agreement table a label, with the disagreements on the label under the cursor below it."""

    NAME = "agreement"
    CSS_PATH = "agreement.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,shift+tab", "other_list", show=False, priority=True),
        Binding("b", "selection", show=False),
        Binding("t", "notes", show=False),
        Binding("h", "names", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._agreed: Agreed | None = None
        self._table = 0
        self._place: tuple[str | None, str | None] = (None, None)

    def body(self) -> ComposeResult:
        """Lay out the table and the disagreements."""
        yield Static(id="head")
        with Container(id="lists"):
            yield RowList(id="labels")
            with Vertical(id="below"):
                yield Static(id="under")
                yield RowList(id="answers")
                yield Static(id="says")

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        several = self._agreed is not None and len(self._agreed.tables) > 1
        return [
            ("Enter", _("settle")),
            ("↑↓", _("choose")),
            ("Tab", _("labels, answers")),
            *([("b", _("other codings"))] if several else []),
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
                    ("b", _("agreement of blind codings, of assisted ones, of those of unknown blindness")),
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
                    ("…", _("fewer than ten codings with the label: no verdict")),
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
            self._place, self._table, self._agreed = (app.question_name, app.wave_name), 0, None
            self.query_one("#head", Static).update(_("Working out the agreement…"))
        study, question, wave, coder = app.study, app.question, app.wave, app.coder or ""
        self.in_background(lambda: agreed(study, question, wave, coder), self._taken)

    def _taken(self, found: Agreed) -> None:
        self._agreed = found
        self._table = min(self._table, max(0, len(found.tables) - 1))
        labels = self.query_one("#labels", RowList)
        if not labels.has_focus and not self.query_one("#answers", RowList).has_focus:
            labels.focus()
        self._draw()
        self.show_keys()

    @property
    def table(self) -> AgreementTable | None:
        """The agreement that is shown."""
        return self._agreed.tables[self._table] if self._agreed and self._agreed.tables else None

    def _draw(self) -> None:
        if self._agreed is None:
            return
        self._draw_head()
        two = self.table is not None and len(self.table.coders) == 2
        rows = [Row(ALL, self._whole_cells(two), strong=True)]
        # labels that nobody gave say nothing, and come last
        given = sorted(self.table.rows, key=lambda row: not row.agreement.positives) if self.table else []
        rows += [Row(row.label, self._cells(row, two)) for row in given]
        self.query_one("#labels", RowList).show(
            [
                Column(_("label")),
                Column("n", 5, right=True),
                Column(_("given"), 7, right=True),
                Column(_("agree"), 6, right=True),
                *([Column("κ", 5, right=True, from_width=88)] if two else []),
                Column("α", 5, right=True),
                Column("95%", 10, right=True, from_width=84),
                Column(_("verdict"), 12),
                Column(_("open"), 4, right=True),
            ],
            rows,
        )
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
            several = len(self._agreed.tables) > 1 if self._agreed else False
            text.append(", ".join(table.coders), style="bold")
            text.append(
                " · "
                + ngettext("{n} answer", "{n} answers", table.answers).format(n=count(table.answers))
                + " · "
                + selection_word(table.selection)
                + (" · b" if several else "")
            )
            if table.sets is not None and self.has_class("-wide"):
                # the first row says the same where there is no room
                text.append("\n" + " ".join(set_lines(table.sets)))
        self.query_one("#head", Static).update(text)

    def _whole_cells(self, two: bool) -> tuple[str, ...]:
        sets = self.table.sets if self.table else None
        n_open = str(sum(one.is_open for one in self._agreed.found)) if self._agreed else ""
        alpha = sets.alpha_masi if sets else None
        return (
            _("Whole label sets"),
            count(sets.n) if sets else "",
            "",
            percent(sets.identical.estimate) if sets else "",
            *([""] if two else []),
            decimal(alpha.estimate) if alpha else "",
            _interval(alpha.low, alpha.high) if alpha else "",
            "",
            n_open,
        )

    def _cells(self, row: AgreementRow, two: bool) -> tuple[str, ...]:
        measured = row.agreement
        alpha = measured.krippendorff_alpha
        judged = verdict(measured)
        n_open = self._open_by_label[row.label]
        return (
            title(row),
            count(measured.n),
            count(measured.positives),
            percent(measured.percent_agreement.estimate),
            *([decimal(measured.cohen_kappa.estimate)] if two else []),
            decimal(alpha.estimate),
            _interval(alpha.low, alpha.high),
            f"{_SIGNS[judged]} {verdict_word(judged)}",
            str(n_open) if n_open else "",
        )

    @property
    def _open_by_label(self) -> Counter[str]:
        found = self._agreed.found if self._agreed else ()
        return Counter(label for one in found if one.is_open for label in one.subjects)

    def differing(self) -> list[Disagreement]:
        """Return the answers on which coders differ about the label under the cursor."""
        label = self.query_one("#labels", RowList).key or ALL
        found = self._agreed.found if self._agreed else ()
        return [one for one in found if label == ALL or label in one.subjects]

    def _draw_answers(self) -> None:
        if self._agreed is None:
            return
        found = self.differing()
        n_open = sum(one.is_open for one in found)
        label = self.query_one("#labels", RowList).key or ALL
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
        if n := self._agreed.hidden:
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
        if one is not None and self._agreed is not None:
            hidden = self._hides_names and one.is_open
            for place, said in enumerate(one.says):
                text.append("\n" if place else "")
                text.append(f"{'·' if hidden else said.coder}  ", style="bold")
                text.append(in_words(said.status, said.labels, self._agreed.codebook))
                if said.memo:
                    text.append(f"  ({said.memo})", style="dim")
            if one.settled is not None:
                text.append("\n" + _("settled") + "  ", style="bold")
                text.append(in_words(one.settled.status, one.settled.labels, self._agreed.codebook))
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

    def action_selection(self) -> None:
        """Show the agreement of other codings."""
        if self._agreed is not None and self._agreed.tables:
            self._table = (self._table + 1) % len(self._agreed.tables)
            self._draw()

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


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{decimal(low)}–{decimal(high)}"
