"""Frequencies: bars with intervals for every label, groups and waves side by side, and their base."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from coder.errors import CoderError
from coder.messages import _
from coder.reports.numbers import count
from coder.reports.side_by_side import SideBySide
from coder.reports.words import base_word
from coder.store.waves import WaveRecord
from coder.study.bases import BASES, knows_who_was_asked
from coder.tui.dialogs import Choose
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys
from coder.tui.screens.frequencies_shown import TOTAL, Choice, Found, read_frequencies, variables
from coder.tui.screens.frequency_picture import DrawsPictures
from coder.tui.widgets.share_bars import ShareBars

_ALL = "\nall"
_NONE = "\nnone"
_ACTIONS = ("group", "base", "since", "wave", "correct", "population", "notes", "picture", "question")


class FrequenciesScreen(DrawsPictures):
    """How often each label is given, as `coder frequencies` says it."""

    NAME = "frequencies"
    CSS_PATH = "frequencies.tcss"
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [  # type: ignore[misc]  # so annotated by Textual
        (0, "-short"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "group", show=False),
        Binding("b", "base", show=False),
        Binding("v", "since", show=False),
        Binding("w", "wave", show=False),
        Binding("c", "correct", show=False),
        Binding("p", "population", show=False),
        Binding("n", "notes", show=False),
        Binding("s", "picture", show=False),
        Binding("q", "question", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._choice = Choice()
        self._population = ""
        self._found = Found(Choice())

    def body(self) -> ComposeResult:
        """Put the heading above the bars, and the notes below them where there is room."""
        with Vertical(id="head"):
            yield Static(id="question")
            yield Static(id="about")
            yield Static(id="base")
        yield ShareBars()
        yield Static(id="notes")

    def keys(self) -> Keys:
        """Return the keys for the line at the foot."""
        corrects = _("uncorrected") if self._corrects else _("correct")
        return [
            *([("←→", _("more columns"))] if self.is_mounted and self.query_one(ShareBars).hidden else []),
            ("g", _("by group")),
            ("b", _("base")),
            ("n", _("notes")),
            ("v", _("change since")),
            *([("c", corrects)] if self._found.automatic else []),
            ("w", _("waves")),
            ("p", _("population")),
            ("s", _("picture")),
            ("q", _("question")),
            ("↑↓", _("scroll")),
        ]

    def help(self) -> Sequence[HelpPart]:
        """Return all keys, and what the signs say."""
        return [
            (
                _("Keys"),
                [
                    ("g", _("compare the groups of a background variable, with tests between them")),
                    ("b", _("choose what the percentages are of: the base")),
                    ("v", _("the change since another wave")),
                    ("w", _("choose a wave, or all of them side by side")),
                    ("c", _("correct for the model's errors with the audit sample, or not")),
                    ("p", _("choose the population")),
                    ("n", _("everything a reader of these numbers should know")),
                    ("s", _("draw a picture for a report, in a file")),
                    ("q", _("choose the question")),
                    ("← →", _("more columns, where they do not fit beside one another")),
                    ("↑ ↓", _("scroll through the labels")),
                ],
            ),
            (
                _("Signs"),
                [
                    ("█ ▓ ░", _("up to the lower bound, up to the estimate, up to the upper bound")),
                    ("(A) A", _("the letter of a group; beside a share: of groups with a smaller one")),
                    ("*", _("the groups, or the waves, differ significantly on this label (p < 5%)")),
                    ("[12%]", _("the uncorrected percentage")),
                    ("!", _("a number to be careful with; the notes say why")),
                ],
            ),
        ]

    def about(self) -> str:
        """Say what the screen is for."""
        return _(
            "How many of the respondents mention each label, weighted, with 95% intervals. A bar is solid up "
            "to the lower bound (█), denser up to the estimate (▓) and light up to the upper bound (░). "
            "Provisional means that some answers are not coded by a person yet."
        )

    # reading

    def show(self) -> None:
        """Compute everything anew: codings may have come in."""
        self._found = replace(self._found, sources={})
        if self.coder_app.places():
            self._compute()
        else:
            self._say(_("There are no answers yet: read in a survey file with 'coder import'."))

    def _compute(self) -> None:
        study, question = self.coder_app.study, self.coder_app.question
        asked = self._asked()
        if self._choice.since not in {wave.name for wave in asked} - {self.coder_app.wave_name}:
            self._choice = replace(self._choice, since=None)
        choice, had = self._choice, self._found.sources
        since = next((wave for wave in asked if wave.name == choice.since), None)
        waves = asked if choice.all_waves else [self.coder_app.wave]
        if not self._found.populations:
            self._say(_("Computing…"))

        def read() -> Found | CoderError:
            # an error is handed over, not raised: that of work which newer work replaced must not be shown
            try:
                return read_frequencies(study, question, choice, waves, since, had)
            except CoderError as error:
                return error

        self.in_background(read, self._have)

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        self._compute()

    def _asked(self) -> list[WaveRecord]:
        """Return the waves that asked the question."""
        study, question = self.coder_app.study, self.coder_app.question
        with study.database.read() as connection:
            return [w for w in study.waves(connection) if question.name in w.layout["answers"]]

    def _have(self, found: Found | CoderError) -> None:
        if isinstance(found, Found):
            self._found = found
            self._draw()
        elif self._choice == Choice():
            self._say(str(found))
        else:
            # back to what was, or else to the plain table, when the dialog closes
            was = self._found.choice
            self._choice = was if was != self._choice else Choice()
            raise found

    # showing

    @property
    def _corrects(self) -> bool:
        """Whether anything that is shown is corrected."""
        changes = self._found.changes
        waves = [*self._found.tables, *(c.before for c in changes), *(c.after for c in changes)]
        return any(table.audit is not None for table in waves)

    @property
    def shown(self) -> Found:
        """What is shown: of one population."""
        known = self._found.populations
        if self._population not in known:
            self._population = known[0] if known else ""
        return self._found.of(self._population)

    def _draw(self) -> None:
        shown = self.shown
        data = shown.data
        bars = self.query_one(ShareBars)
        if not any(column.n for column in data.columns):
            bars.show(SideBySide((), (), 0.0))
            self._say(_("There are no coded answers yet."))
            return
        bars.show(data)
        self.query_one("#question", Static).update(Text(shown.text))
        self.query_one("#about", Static).update(shown.heading)
        self.query_one("#base", Static).update(Text("\n".join(shown.bases)))
        self.query_one("#notes", Static).update(Text("\n".join(shown.notes)))
        bars.focus()
        self.show_keys()

    def _say(self, line: str) -> None:
        for part in ("question", "base", "notes"):
            self.query_one(f"#{part}", Static).update(Text())
        self.query_one("#about", Static).update(Text(line))

    @on(ShareBars.Paged)
    def refit(self) -> None:
        """Name the keys for more columns only when there are more."""
        self.show_keys()

    # choosing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without answers there is nothing to choose."""
        if action in _ACTIONS:
            return bool(self._found.populations)
        return super().check_action(action, parameters)

    def _ask(
        self, title: str, choices: Sequence[tuple[str, str]], now: str, then: Callable[[str], None], **of: str
    ) -> None:
        def chosen(key: str | None) -> None:
            if key is not None:
                then(key)

        self.app.push_screen(Choose(title, choices, chosen=now, **of), chosen)

    def action_group(self) -> None:
        """Choose a background variable to compare by."""
        names = variables(self._asked() if self._choice.all_waves else [self.coder_app.wave])
        if not names:
            self.coder_app.say(
                _("Wave {wave} has no background variables; see 'coder import --group'.").format(
                    wave=self.coder_app.wave_name
                )
            )
            return

        def chosen(name: str) -> None:
            self._choose(replace(self._choice, by=None if name == _NONE else name, since=None))

        choices = [(_NONE, _("no groups: everyone together")), *((name, name) for name in names)]
        self._ask(_("Compare by which variable?"), choices, self._choice.by or _NONE, chosen)

    def action_base(self) -> None:
        """Choose what the percentages are of."""
        sources = self._found.sources.values()
        sizes = next((table.bases for table in self.shown.tables), {})
        choices = [
            (base, f"{base_word(base)}, N = {count(sizes[base])}" if base in sizes else base_word(base))
            for base in BASES
            if base != "asked" or all(knows_who_was_asked(source.coded) for source in sources)
        ]
        self._ask(
            _("Percentages of what?"),
            choices,
            self._choice.base,
            lambda base: self._choose(replace(self._choice, base=base)),
        )

    def action_since(self) -> None:
        """Choose the wave to show the change from."""
        now = self.coder_app.wave_name
        others = [wave.name for wave in self._asked() if wave.name != now]
        if not others:
            self.coder_app.say(_("No other wave asked this question."), _("One wave"))
            return

        def chosen(name: str) -> None:
            # change is shown of everyone
            since = None if name == _NONE else name
            self._choose(replace(self._choice, since=since, all_waves=False))

        choices = [(_NONE, _("no change: wave {wave} by itself").format(wave=now))]
        choices += [(name, f"{name} → {now}") for name in others]
        self._ask(_("The change since which wave?"), choices, self._choice.since or _NONE, chosen)

    def action_wave(self) -> None:
        """Choose one wave, or all of them side by side."""
        question = self.coder_app.question.name
        names = [wave for asked, wave in self.coder_app.places() if asked == question]

        def chosen(name: str) -> None:
            self._choice = replace(self._choice, all_waves=name == _ALL, since=None)
            if name != _ALL:
                self.coder_app.change_place(question, name)
            self.on_screen_resume()

        choices = [(name, name) for name in names]
        if len(names) > 1:
            choices.append((_ALL, _("all waves side by side")))
        now = _ALL if self._choice.all_waves else self.coder_app.wave_name or ""
        self._ask(_("Which wave?"), choices, now, chosen)

    def action_correct(self) -> None:
        """Correct for the model's errors, or take its labels as they are."""
        if not self._found.automatic:
            self.coder_app.say(_("The model coded none of these answers: there is nothing to correct."))
        elif not self._corrects and self._choice.corrected:
            self.coder_app.say("\n\n".join(reason for reason in self._found.why_not.values() if reason))
        else:
            self._choose(replace(self._choice, corrected=not self._choice.corrected))

    def action_population(self) -> None:
        """Choose the population; there is a total over several only when the study declares one."""
        known = self._found.populations
        if len(known) < 2:
            self.coder_app.say(
                _("All respondents belong to one population; see 'coder import --population'."),
                _("One population"),
            )
            return

        def chosen(name: str) -> None:
            self._population = name
            self._draw()

        choices = [(name, _("all populations together") if name == TOTAL else name) for name in known]
        hint = "" if TOTAL in known else _("There is no total over populations.")
        self._ask(_("Which population?"), choices, self._population, chosen, hint=hint)

    def action_question(self) -> None:
        """Choose another question."""
        places = self.coder_app.places()

        def chosen(name: str) -> None:
            waves = [wave for asked, wave in places if asked == name]
            wave = self.coder_app.wave_name
            self.coder_app.change_place(name, wave if wave in waves else waves[0])
            self.on_screen_resume()

        names = list(dict.fromkeys(asked for asked, _wave in places))
        now = self.coder_app.question_name or ""
        self._ask(_("Which question?"), [(n, n) for n in names], now, chosen)

    def action_notes(self) -> None:
        """Show everything a reader of these numbers should know."""
        self.coder_app.say("\n\n".join(self.shown.notes), _("Notes with these numbers"))

    def action_picture(self) -> None:
        """Draw what is shown: of each wave its groups, or everyone."""
        tables = {table.wave: table for table in self.shown.tables}
        if tables:
            self.ask_for_picture(list(tables.values()))
        else:
            self.coder_app.say(_("There is no picture of a change; choose one wave or all of them first."))
