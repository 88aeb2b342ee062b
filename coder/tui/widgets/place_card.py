"""The cards of the overview: a question with its phases, and each of its waves with who coded what."""

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import Static

from coder.messages import _
from coder.reports.numbers import count
from coder.statistics.records import SetAgreement
from coder.study.status import QuestionStatus
from coder.tui.progress_lines import agreement_words, coder_line, phase_strip, state_line

_SHORTEST, _LONGEST = 12, 40


class QuestionCard(Static):
    """The name of a question, what was asked, and the phase that the work on it is in."""

    DEFAULT_CSS = """
    QuestionCard { height: 2; padding: 0 1; margin-top: 1; }
    """

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question
        self._asked, self._phase, self._begun = "", "code", frozenset[str]()

    def put(self, asked: str, phase: str, begun: frozenset[str]) -> None:
        """Show this text and phase."""
        self._asked, self._phase, self._begun = asked, phase, begun
        self.refresh(layout=True)

    def render(self) -> Text:
        """Return the two lines."""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(self.question, style="bold underline")
        if self._asked:
            line.append(f"  {self._asked}", style="dim")
        line.truncate(self.content_size.width or 200, overflow="ellipsis")
        return Text("\n").join([line, phase_strip(self._phase, self._begun, self.content_size.width)])


class PlaceCard(Static):
    """A question in one wave."""

    COMPONENT_CLASSES = {"place-card--bar"}  # noqa: RUF012  (as Textual has it)
    DEFAULT_CSS = """
    PlaceCard { padding: 0 1; }
    PlaceCard.-here { background: $boost; }
    PlaceCard > .place-card--bar { color: $primary; }
    """

    class Picked(Message):
        """The person clicked on a card; `again` when it was there already."""

        def __init__(self, place: tuple[str, str], again: bool) -> None:
            super().__init__()
            self.place, self.again = place, again

    def __init__(self, part: QuestionStatus) -> None:
        super().__init__()
        self.place = (part.question, part.wave)
        self._part, self._me = part, ""
        self._agreement: tuple[SetAgreement | None, bool] = (None, True)
        self.styles.height = 2 + len(part.progress)

    def put(self, part: QuestionStatus, me: str) -> None:
        """Show these counts; `me` is the coder whose line stands out."""
        self._part, self._me = part, me
        self.styles.height = 2 + len(part.progress)
        self.refresh(layout=True)

    def put_agreement(self, sets: SetAgreement | None, *, blind: bool) -> None:
        """Show the agreement so far."""
        self._agreement = (sets, blind)
        self.refresh()

    def put_cursor(self, here: bool) -> None:
        """Show whether the cursor is here."""
        self.set_class(here, "-here")
        self.refresh()

    def render(self) -> Text:
        """Return the lines."""
        part, width = self._part, self.content_size.width
        pointer = "▌" if self.has_class("-here") else " "
        heading = Text(no_wrap=True, overflow="ellipsis")
        heading.append(part.wave, style="bold")
        heading.append("  " + _("{n} filled in").format(n=count(part.filled_in)))
        words = agreement_words(self._agreement[0], blind=self._agreement[1], width=width)
        heading.append(" " * max(2, width - 4 - heading.cell_len - len(words)) + words)
        names = max((len(one.coder) for one in part.progress), default=0)
        name_width = min(max(names, 2), 14)
        bar_width = max(_SHORTEST, min(_LONGEST, width - name_width - 46))
        style = Style(color=self.get_component_rich_style("place-card--bar").color)
        lines = [heading]
        lines += [
            coder_line(one, part.filled_in, name_width, bar_width, me=one.coder == self._me, bar_style=style)
            for one in part.progress
        ]
        lines.append(state_line(part))
        text = Text(no_wrap=True, overflow="ellipsis")
        for place, line in enumerate(lines):
            text.append("\n" if place else "")
            text.append(f"{pointer} " + ("  " if place else ""))
            line.truncate(max(10, width - (4 if place else 2)), overflow="ellipsis")
            text.append_text(line)
        return text

    def on_click(self, event: events.Click) -> None:
        """Go to this card; a double click opens it."""
        self.post_message(self.Picked(self.place, event.chain == 2))
