"""The answer before the coder, large and quiet, and what is chosen for it."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from coder.codebook import Codebook
from coder.messages import _
from coder.reports.words import status_word
from coder.study.open_answers import OpenAnswer
from coder.tui.onscreen import OnScreen
from coder.tui.safe_text import safe


class AnswerView(VerticalScroll, can_focus=False):
    """The centre of the coding screen."""

    DEFAULT_CSS = """
    AnswerView { padding: 0 2; }
    AnswerView #where { color: $text-muted; height: 1; }
    AnswerView #text { padding: 1 2; margin: 1 0; background: $surface; border-left: thick $primary; }
    AnswerView #chosen { margin-bottom: 1; }
    AnswerView #state { color: $text-muted; margin-bottom: 1; }
    AnswerView #about { color: $text-muted; border-top: solid $panel; }
    .-narrow AnswerView { padding: 0 1; }
    .-narrow AnswerView #text { padding: 1; margin: 0 0 1 0; border-left: none; }
    .-wide AnswerView { padding: 1 4; }
    .-wide AnswerView #text { padding: 2 4; margin: 1 0 2 0; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._shown: dict[str, Text] = {}

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        for part in ("where", "text", "chosen", "state", "about"):
            yield Static(id=part)

    def show(self, shown: OnScreen, codebook: Codebook, under: str | None, unfolded: bool) -> None:
        """Show an answer; the words that carried the label `under` the cursor stand out most."""
        where = _("Respondent {id} · {place} of {of}").format(
            id=shown.answer.respondent, place=shown.place, of=shown.of
        )
        signs = [_("! flag")] if shown.answer.flag else []
        signs += [_("” quote")] if shown.answer.quote else []
        self._put("where", Text(" · ".join([where, *signs])))
        self._put("text", marked_text(shown, under))
        self._put("chosen", chosen_line(shown.chosen, codebook))
        self._put("state", Text("\n".join(state_lines(shown, codebook))))
        self._put("about", about(shown.answer, unfolded))

    def nothing(self, why: str) -> None:
        """Say why there is no answer to show."""
        for part in ("where", "chosen", "state", "about"):
            self._put(part, Text())
        self._put("text", Text(why))

    def _put(self, part: str, text: Text) -> None:
        if self._shown.get(part) == text:
            return
        before, self._shown[part] = self._shown.get(part), text
        place = self.query_one(f"#{part}", Static)
        width = place.content_size.width
        # the screen is laid out anew only where something needs more or fewer lines than before
        fits = before is not None and width > 0 and self._lines(before, width) == self._lines(text, width)
        place.update(text, layout=not fits)

    def _lines(self, text: Text, width: int) -> int:
        return len(text.wrap(self.app.console, width))


def marked_text(shown: OnScreen, under: str | None) -> Text:
    """Return the answer with the words that carried its labels underlined."""
    text = Text(safe(shown.answer.text))
    for label, spans in shown.carried.items():
        if label in shown.chosen or label == under:
            for start, end in spans:
                text.stylize("bold underline" if label == under else "underline", start, end)
    return text


def chosen_line(chosen: Sequence[str], codebook: Codebook) -> Text:
    """Return the chosen labels in order of mention, with their code numbers."""
    if not chosen:
        return Text(_("No label chosen"), style="dim")
    line = Text()
    for place, id in enumerate(chosen):
        label = codebook.label(id)
        line.append(" + " if place else "")
        line.append(f"{label.number} " if label.number is not None else "", style="dim")
        line.append(label.name, style="bold")
    return line


def state_lines(shown: OnScreen, codebook: Codebook) -> list[str]:
    """Say what the choice is worth so far: a suggestion, a draft, a coding, and what else to know."""
    answer = shown.answer
    lines = []
    if answer.draft is not None:
        lines.append(_("+ Changed and not yet counted: Enter saves"))
    elif shown.is_suggested:
        lines.append(_("Suggested by the model: Enter accepts"))
    if answer.status is not None:
        lines.append(
            _("✓ Coded: {status}").format(
                status=", ".join(codebook.label(i).name for i in answer.labels if i in codebook.ids)
                or status_word(answer.status)
            )
        )
    if answer.unknown and answer.status not in (None, "skipped"):
        names = ", ".join(codebook.label(i).name for i in answer.unknown)
        lines.append(
            _("[?] Later than this coding: {labels}; Enter says that you read it again").format(labels=names)
        )
    if answer.blind:
        lines.append(_("Without suggestions"))
    if answer.memo:
        lines.append(_("Memo: {memo}").format(memo=answer.memo))
    return lines


def about(answer: OpenAnswer, unfolded: bool) -> Text:
    """Return the respondent's background variables and, folded or not, their other answers."""
    text = Text(" · ".join(f"{name} {value}" for name, value in answer.groups.items() if value))
    for question, other in answer.others:
        text.append("\n" if text else "")
        if unfolded:
            text.append(f"▾ {question}: ", style="bold")
            text.append(safe(other))
        else:
            text.append(_("▸ {question} (v: show)").format(question=question))
    return text
