"""The list of answers: any number of them, of which only the lines in view are ever drawn."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from coder.tui.safe_text import safe

_AHEAD = 40


class AnswerList(ScrollView, can_focus=False):
    """One line an answer: signs of its state, its first words, how certain the model is.

    Parameters:
        read: answers to their texts; asked for the lines in view only.
        signs: an answer to the signs of its state, always of the same width.
        certainty: an answer to what stands at the end of its line.
    """

    COMPONENT_CLASSES = {"answer-list--here"}  # noqa: RUF012  (as Textual has it)
    DEFAULT_CSS = """
    AnswerList { background: $background; scrollbar-size-vertical: 1; }
    AnswerList > .answer-list--here { background: $boost; text-style: bold; }
    """

    class Picked(Message):
        """The person clicked on an answer."""

        def __init__(self, answer_id: int) -> None:
            super().__init__()
            self.answer_id = answer_id

    def __init__(
        self,
        read: Callable[[Iterable[int]], Mapping[int, str]],
        signs: Callable[[int], str],
        certainty: Callable[[int], str],
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._read, self._signs, self._certainty = read, signs, certainty
        self._answers: Sequence[int] = ()
        self._line: dict[int, int] = {}
        self._words: dict[int, str] = {}
        self.here: int | None = None
        self._plain = self._marked = Style()

    @property
    def answers(self) -> Sequence[int]:
        """The answers, as they stand below one another."""
        return self._answers

    def set_answers(self, answers: Sequence[int]) -> None:
        """Show these answers in this order."""
        self._answers = answers
        self._line = {answer: line for line, answer in enumerate(answers)}
        self._words = {}
        self.virtual_size = Size(self.scrollable_content_region.width, len(answers))
        self.refresh()

    def go_to(self, answer: int | None) -> None:
        """Make an answer the one the coder looks at; the list moves only when it was out of view."""
        before, self.here = self.here, answer
        for changed in (before, answer):
            self.redraw(changed)
        line = None if answer is None else self._line.get(answer)
        if line is not None:
            self.scroll_to_region(Region(0, line, 1, 1), animate=False, force=True, immediate=True)

    def redraw(self, answer: int | None) -> None:
        """Draw one answer's line anew."""
        line = None if answer is None else self._line.get(answer)
        if line is not None:
            self.refresh(Region(0, line - self.scroll_offset.y, self.size.width, 1))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines in view; their styles are worked out once for all of them."""
        self._plain = self.rich_style
        self._marked = self.get_component_rich_style("answer-list--here")
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.scrollable_content_region.width
        line = y + self.scroll_offset.y
        if line >= len(self._answers):
            return Strip.blank(width, self._plain)
        answer = self._answers[line]
        if answer not in self._words:
            self._read_around(line)
        here = answer == self.here
        style = self._marked if here else self._plain
        muted = style + Style(dim=True) if not here else style
        signs, certainty = self._signs(answer), self._certainty(answer)
        room = max(0, width - len(signs) - len(certainty) - 3)
        words = self._words.get(answer, "")
        text = words if len(words) <= room else words[: max(0, room - 1)] + "…"
        pointer = "▌" if here else " "
        return Strip(
            [
                Segment(pointer + signs + " ", style),
                Segment(text, style),
                Segment(" " * (room - len(text) + 1), style),
                Segment(certainty, muted),
            ]
        ).adjust_cell_length(width, style)

    def on_click(self, event: events.Click) -> None:
        """Go to the answer that is clicked on."""
        line = event.y + self.scroll_offset.y
        if line < len(self._answers):
            self.post_message(self.Picked(self._answers[line]))

    def on_resize(self) -> None:
        """Keep the line of the coder in view."""
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._answers))
        if self.here is not None:
            self.go_to(self.here)

    def _read_around(self, line: int) -> None:
        wanted = self._answers[max(0, line - _AHEAD) : line + _AHEAD]
        missing = [answer for answer in wanted if answer not in self._words]
        found = self._read(missing)
        for answer in missing:
            self._words[answer] = safe(" ".join(found.get(answer, "").split())[:200])
