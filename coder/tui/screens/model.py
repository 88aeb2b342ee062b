"""Model: how good the suggestions are, what they are worth, how they grew, and what is in doubt."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from coder.messages import _, ngettext
from coder.reports.numbers import count, decimal
from coder.study.suggestions import Failed, ModelReport, Suggestions, Working
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.model_lines import (
    calibration_lines,
    doubt_lines,
    growth_lines,
    heading,
    score_bar,
    why_queued,
)
from coder.tui.progress_lines import share_bar
from coder.tui.screen import StudyScreen
from coder.tui.widgets.answer_list import AnswerList
from coder.tui.widgets.row_list import Column, Row, RowList

if TYPE_CHECKING:
    from coder.study.suggestions import LabelReport, Reply

_PARTS = ("growth", "calibration", "doubt")
_BAR = 10


class ModelScreen(StudyScreen):
    """The model's report on the question at hand; made by the model process, never waited for."""

    NAME = "model"
    CSS_PATH = "model.tcss"
    COMPONENT_CLASSES = {"model--bar"}  # noqa: RUF012  (as Textual has it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "renew", show=False),
        Binding("tab", "part(1)", show=False, priority=True),
        Binding("shift+tab", "part(-1)", show=False, priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._reports: dict[str, ModelReport] = {}
        self._asked = ""
        self._working: Working | None = None
        self._trouble = ""
        self._newer = 0
        self._part = "growth"

    def body(self) -> ComposeResult:
        """Lay out the labels, and the three parts beside or below them."""
        with Vertical(id="head"):
            yield Static(id="learnt")
            yield Static(id="state")
        with Container(id="lists"):
            yield RowList(id="labels")
            with Vertical(id="parts"):
                yield VerticalScroll(Static(id="growth-text"), id="growth", can_focus=False)
                yield VerticalScroll(Static(id="calibration-text"), id="calibration", can_focus=False)
                with Vertical(id="doubt"):
                    yield Static(id="doubt-text")
                    yield RowList(id="queue")

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        keys = [("Tab", _("growth, calibration, doubt")), ("r", _("learn again")), ("↑↓", _("choose"))]
        if self._part == "doubt" and self.is_mounted and self.query_one("#queue", RowList).keys:
            keys.insert(0, ("Enter", _("code this answer")))
        return keys

    def help(self) -> Sequence[HelpPart]:
        """Return all keys, and what the numbers are."""
        return [
            (
                _("Keys"),
                [
                    ("Tab", _("on to growth, calibration, and what a person should look at")),
                    ("↑ ↓", _("through the labels; in the last part, through the answers")),
                    ("Enter", _("code the answer under the cursor")),
                    ("r", _("learn again from all codings there are now")),
                ],
            ),
            (
                _("Columns"),
                [
                    (_("given"), _("coded answers with the label")),
                    (
                        _("right"),
                        _("of the answers that get the label from the model, the share that has it"),
                    ),
                    (_("found"), _("of the answers that have the label, the share that gets it")),
                    ("F1", _("the two in one number, from 0 to 1")),
                    (_("off"), _("how far its probabilities are off, on average")),
                    (_("doubt"), _("wrong decisions to be expected among what nobody coded")),
                ],
            ),
        ]

    def about(self) -> str:
        """Say what the screen is for."""
        return _(
            "How good the model's suggestions are, measured on coded answers that it did not learn from; "
            "whether its probabilities mean what they say; how it grew with the number of coded answers; and "
            "on which answers it doubts most, so that coding them pays."
        )

    # the model process

    def on_mount(self) -> None:
        """Hear what the model process says."""
        self.coder_app.listen_to_model(self._hear)
        self.query_one("#labels", RowList).focus()
        self._choose_part("growth")

    @property
    def _question(self) -> str:
        return self.coder_app.question_name or ""

    @property
    def report(self) -> ModelReport | None:
        """The report on the question at hand, if there is one."""
        return self._reports.get(self._question)

    def show(self) -> None:
        """Ask for a report where there is none yet."""
        if not self.coder_app.places():
            self._trouble = _("There are no answers yet: read in a survey file with 'coder import'.")
        elif self.report is None and self._asked != self._question:
            self._ask()
        self._draw()

    def _ask(self) -> None:
        model = self.coder_app.model
        self._trouble, self._working = "", None
        if model is None:
            self._trouble = _("There is no model: these screens were opened with --without-model.")
            return
        if not model.alive:
            model.restart()
        self._asked, self._newer = self._question, 0
        model.report(self._question)
        self._working = Working(_("Training"), 0, 0)

    def _hear(self, reply: "Reply") -> None:
        if isinstance(reply, ModelReport):
            self._reports[reply.question] = reply
            if reply.question == self._asked and reply.growth is not None:
                self._asked, self._working = "", None
            if reply.question == self._question:
                self._newer = 0
        elif isinstance(reply, Working):
            self._working = reply if reply.what and self._asked else None
        elif isinstance(reply, Suggestions):
            if reply.question == self._question and self.report is not None:
                self._newer = reply.trained_on - self.report.trained_on
        elif isinstance(reply, Failed) and reply.question in ("", self._question):
            self._trouble, self._working, self._asked = reply.message, None, ""
        else:
            return
        if self.is_current:
            if isinstance(reply, Working | Failed):
                self._draw_state()
            else:
                self._draw()

    # drawing

    def _draw(self) -> None:
        report = self.report
        self._draw_state()
        self.query_one("#learnt", Static).update(heading(report) if report is not None else Text(""))
        self._draw_labels(report)
        if report is not None:
            width = max(30, self.query_one("#parts").size.width - 4)
            bars = Style(color=self.get_component_rich_style("model--bar").color)
            self.query_one("#growth-text", Static).update(growth_lines(report.growth, width, bars))
            self.query_one("#calibration-text", Static).update(calibration_lines(report, width, bars))
            self.query_one("#doubt-text", Static).update(self._doubt(report))
        else:
            for part in _PARTS:
                self.query_one(f"#{part}-text", Static).update("")
        self._draw_queue(report)
        self.show_keys()

    def _draw_state(self) -> None:
        line = Text(no_wrap=True, overflow="ellipsis")
        if self._trouble:
            line.append(f"! {self._trouble}", style="bold")
        elif (work := self._working) is not None:
            line.append(f"… {work.what}")
            if work.total:
                line.append(f"  {share_bar(work.done, work.total, 20)} {work.done}/{work.total}")
        elif self._newer > 0:
            line.append(
                ngettext(
                    "{n} answer was coded since this report; r renews it.",
                    "{n} answers were coded since this report; r renews it.",
                    self._newer,
                ).format(n=count(self._newer)),
                style="bold",
            )
        elif self.report is not None:
            line.append(_("Out of sample: identical answers are left out together, and count once."))
        self.query_one("#state", Static).update(line)

    def _draw_labels(self, report: ModelReport | None) -> None:
        labels = [] if report is None else sorted(report.labels, key=lambda one: -one.positives)
        columns = [
            Column(_("label")),
            Column(_("given"), 7, right=True),
            Column(_("right"), 5, right=True),
            Column(_("found"), 8, right=True),
            Column("F1", 4, right=True),
            Column("", _BAR, from_width=70),
            Column(_("off"), 5, right=True, from_width=84),
            Column(_("doubt"), 7, right=True),
        ]
        rows = [
            Row(one.label, self._cells(one, report.names.get(one.label, one.label)))
            for one in labels
            if report is not None
        ]
        nothing = _("Computing…") if self._working is not None else ""
        self.query_one("#labels", RowList).show(columns, rows, nothing)

    def _cells(self, one: "LabelReport", name: str) -> tuple[str, ...]:
        return (
            name,
            count(one.positives),
            decimal(one.precision),
            decimal(one.recall),
            decimal(one.f1),
            score_bar(one.f1, _BAR),
            decimal(one.calibration_error, 3),
            count(round(one.expected_errors)),
        )

    def _doubt(self, report: ModelReport) -> Text:
        text = doubt_lines(report)
        if self._hides_doubt():
            text.append(
                "\n" + _("Part of these answers is coded blind: on which ones the model doubts is not shown.")
            )
        return text

    def _draw_queue(self, report: ModelReport | None) -> None:
        queue = self.query_one("#queue", RowList)
        shown = () if report is None or self._hides_doubt() else report.queue
        # an answer of another wave cannot be opened from here, and one coded meanwhile is settled
        session = None if not shown else self.coder_app.session
        here = set() if session is None else set(session.ids) - session.status.keys()
        names = {} if report is None else report.names
        queue.show(
            [
                Column(_("errors"), 7, right=True),
                Column(_("answer")),
                Column(_("in doubt")),
                Column("×", 4, right=True, from_width=60),
            ],
            [
                Row(
                    str(one.answer_id),
                    (
                        decimal(one.expected_errors, 1),
                        one.text,
                        why_queued(one, names),
                        str(one.same) if one.same > 1 else "",
                    ),
                )
                for one in shown
                if one.answer_id in here
            ],
        )

    def _hides_doubt(self) -> bool:
        return bool(self.coder_app.places()) and self.coder_app.session.hides_certainty

    # keys

    def action_renew(self) -> None:
        """Learn again, and report."""
        if self.coder_app.places():
            self._ask()
            self._draw()

    def action_part(self, by: int) -> None:
        """Go on to the next part."""
        self._choose_part(_PARTS[(_PARTS.index(self._part) + by) % len(_PARTS)])

    def _choose_part(self, part: str) -> None:
        self._part = part
        for name in _PARTS:
            self.query_one(f"#{name}").set_class(name == part, "-shown")
        self.query_one("#queue" if part == "doubt" else "#labels", RowList).focus()
        self.show_keys()

    def on_resize(self) -> None:
        """Draw the bars for the new width."""
        self.call_after_refresh(self._draw)

    @on(RowList.Chosen, "#queue")
    def code_queued(self, event: RowList.Chosen) -> None:
        """Go and code the answer under the cursor."""
        self.coder_app.go("coding")
        coding = self.app.get_screen("coding")
        coding.call_after_refresh(coding.post_message, AnswerList.Picked(int(event.key)))
