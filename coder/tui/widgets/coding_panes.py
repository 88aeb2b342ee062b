"""The three panes of the coding screen, drawn from what lies on the coder's desk."""

from collections.abc import Iterable, Mapping

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from coder.messages import _
from coder.tui.desk import Desk
from coder.tui.screens.selection import described, order_names
from coder.tui.widgets.answer_list import AnswerList
from coder.tui.widgets.answer_view import AnswerView
from coder.tui.widgets.label_panel import LabelPanel, label_lines

_SIGNS = {"labelled": "✓", "none": "0", "unclear": "?", "skipped": "~"}


class CodingPanes(Vertical):
    """Left the list, in the centre the answer, right the labels; below them what to tell the coder."""

    DEFAULT_CSS = "CodingPanes { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._desk: Desk | None = None
        self._unfolded = False

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield Static(id="list-heading")
                yield AnswerList(self._texts, self._signs, self._certainty)
            yield AnswerView(id="centre")
            with Vertical(id="right"):
                yield LabelPanel()
                yield Static(id="definition")
        yield Static(id="message")

    @property
    def label(self) -> str | None:
        """The label under the cursor."""
        return self.query_one(LabelPanel).label

    def put_on(self, label: str) -> None:
        """Put the cursor on a label."""
        self.query_one(LabelPanel).put_on(label)
        self._draw_definition()

    def move(self, by: int) -> None:
        """Move the cursor over the labels."""
        self.query_one(LabelPanel).move(by)
        self._draw_definition()
        self.draw_answer()

    def unfold(self) -> None:
        """Show or fold the respondent's other answers."""
        self._unfolded = not self._unfolded
        self.draw_answer()

    def draw(self, desk: Desk) -> bool:
        """Draw what the last key changed; return whether another answer lies open than before."""
        self._desk = desk
        listed = self.query_one(AnswerList)
        moved = desk.here != listed.here or desk.relisted
        if desk.relisted:
            listed.set_answers(desk.answers)
        if moved:
            listed.go_to(desk.here)
        for answer in desk.changed:
            listed.redraw(answer)
        if desk.changed or desk.relisted:
            self._draw_heading(desk)
        desk.drawn()
        self.query_one(LabelPanel).show(label_lines(desk.session.codebook, desk.shown, desk.counts))
        self._draw_definition()
        self.draw_answer()
        self.draw_message()
        return moved

    def nothing(self, why: str) -> None:
        """Say why there is nothing to code here."""
        self._desk = None
        self.query_one(AnswerList).set_answers(())
        self.query_one(AnswerList).go_to(None)
        self.query_one(LabelPanel).show(())
        self.query_one("#list-heading", Static).update("", layout=False)
        self.query_one(AnswerView).nothing(why)
        self._draw_definition()

    def draw_certainties(self) -> None:
        """Draw the list anew: what the model says of its answers has changed."""
        self.query_one(AnswerList).refresh()

    def draw_answer(self) -> None:
        """Draw the open answer."""
        desk, view = self._desk, self.query_one(AnswerView)
        if desk is None:
            return
        if desk.shown is not None:
            view.show(desk.shown, desk.session.codebook, self.label, self._unfolded)
        elif desk.answers:
            view.nothing(_("Everything in this list is done. t: choose another list, F3: overview."))
        else:
            view.nothing(_("There is no answer in this list. t: choose another."))

    def draw_message(self) -> None:
        """Draw what to tell the coder; a key that was no use rings the bell."""
        desk = self._desk
        if desk is not None:
            text = Text(desk.message, no_wrap=True, overflow="ellipsis")
            self.query_one("#message", Static).update(text, layout=False)
            if desk.refused:
                desk.refused = False
                self.app.bell()

    def _draw_heading(self, desk: Desk) -> None:
        heading = Text(no_wrap=True, overflow="ellipsis")
        heading.append(
            _("{done} of {n} coded by {coder}").format(
                done=desk.done(), n=len(desk.answers), coder=desk.session.coder
            )
        )
        what = described(desk.selection, desk.session.codebook)
        heading.append(f"\n{what} · {order_names()[desk.order]}")
        self.query_one("#list-heading", Static).update(heading, layout=False)

    def _draw_definition(self) -> None:
        under = self.label
        parts: list[str] = []
        if self._desk is not None and under is not None:
            label = self._desk.session.codebook.label(under)
            parts = [label.name, label.definition, *(f"+ {item}" for item in label.include)]
            parts += [f"− {item}" for item in label.exclude]
        text = Text("\n".join(part for part in parts if part))
        self.query_one("#definition", Static).update(text, layout=False)

    def _texts(self, answers: Iterable[int]) -> Mapping[int, str]:
        return {} if self._desk is None else self._desk.session.texts(answers)

    def _signs(self, answer: int) -> str:
        if self._desk is None:
            return "  "
        session = self._desk.session
        status = session.status.get(answer)
        state = "+" if answer in session.drafted else "·" if status is None else _SIGNS[status]
        return state + ("!" if answer in session.flagged else "”" if answer in session.quoted else " ")

    def _certainty(self, answer: int) -> str:
        known = None if self._desk is None else self._desk.certainty(answer)
        return "    " if known is None else f"{min(99, int(100 * known)):>3}%"
