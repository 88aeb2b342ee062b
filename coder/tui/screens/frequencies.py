"""Frequencies: bars with intervals for every label, groups and waves side by side, and their base."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from coder.messages import _
from coder.reports.notes import base_note, frequency_notes, provisional_note
from coder.reports.order import shown_groups
from coder.reports.side_by_side import SideBySide, side_by_side
from coder.reports.tables import FrequencyTable
from coder.store.waves import WaveRecord
from coder.study.coded_waves import CodedWave, coded_wave
from coder.study.folder import Study
from coder.study.frequencies import frequency_tables
from coder.study.settings import QuestionSettings
from coder.tui.dialogs import Choose
from coder.tui.keyline import Keys
from coder.tui.screen import StudyScreen
from coder.tui.widgets.share_bars import ShareBars

_ALL = "\nall"
_NONE = "\nnone"


class FrequenciesScreen(StudyScreen):
    """How often each label is given, as `coder frequencies` says it."""

    NAME = "frequencies"
    CSS_PATH = "frequencies.tcss"
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]]] = [  # type: ignore[misc]  # so annotated by Textual
        (0, "-short"),
        (36, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "group", show=False),
        Binding("w", "wave", show=False),
        Binding("p", "population", show=False),
        Binding("q", "question", show=False),
        Binding("n", "notes", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._by: str | None = None
        self._all_waves = False
        self._population: str | None = None
        self._tables: list[FrequencyTable] = []
        self._coded: dict[str, CodedWave] = {}

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
        keys = [("g", _("by group")), ("w", _("waves")), ("p", _("population")), ("n", _("notes"))]
        if self.is_mounted and self.query_one(ShareBars).hidden:
            keys.insert(0, ("←→", _("more columns")))
        return [*keys, ("q", _("question")), ("↑↓", _("scroll"))]

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
        self._coded = {}
        if self.coder_app.places():
            self._compute()
        else:
            self._say(_("There are no answers yet: read in a survey file with 'coder import'."))

    def _compute(self) -> None:
        study, question = self.coder_app.study, self.coder_app.question
        waves, by, coded = self._waves(), self._by, self._coded
        if not self._tables:
            self._say(_("Computing…"))
        self.in_background(lambda: _read(study, question, waves, by, coded), self._have)

    def _waves(self) -> list[WaveRecord]:
        study, question = self.coder_app.study, self.coder_app.question
        if not self._all_waves:
            return [self.coder_app.wave]
        with study.database.read() as connection:
            return [w for w in study.waves(connection) if question.name in w.layout["answers"]]

    def _have(self, found: tuple[list[FrequencyTable], dict[str, CodedWave]]) -> None:
        self._tables, self._coded = found
        self._draw()

    # showing

    def _populations(self) -> list[str | None]:
        return list(dict.fromkeys(table.population for table in self._tables))

    def _shown(self) -> list[FrequencyTable]:
        known = self._populations()
        if self._population not in known:
            self._population = known[0] if known else None
        return [
            table for table in self._tables if table.population == self._population and shown_groups(table)
        ]

    def _draw(self) -> None:
        tables = self._shown()
        data = side_by_side(tables)
        bars = self.query_one(ShareBars)
        if not any(column.n for column in data.columns):
            bars.show(SideBySide((), (), 0.0))
            self._say(_("There are no coded answers yet."))
            return
        bars.show(data)
        self.query_one("#question", Static).update(Text(tables[0].text or tables[0].question))
        self.query_one("#about", Static).update(self._heading(tables))
        self.query_one("#base", Static).update(Text("\n".join(_bases(tables))))
        self.query_one("#notes", Static).update(Text("\n".join(_notes(tables))))
        bars.focus()
        self.show_keys()

    def _say(self, line: str) -> None:
        for part in ("question", "base", "notes"):
            self.query_one(f"#{part}", Static).update(Text())
        self.query_one("#about", Static).update(Text(line))

    def _heading(self, tables: Sequence[FrequencyTable]) -> Text:
        parts = [", ".join(dict.fromkeys(table.wave for table in tables)), self._population or ""]
        by = next((table.by for table in tables if table.by is not None), None)
        if by is not None:
            parts.append(_("by {group}").format(group=by))
        heading = Text(" · ".join(part for part in parts if part))
        provisional = list(dict.fromkeys(table.wave for table in tables if table.provisional))
        if provisional:
            heading.append(" · ")
            heading.append(_("PROVISIONAL"), style="bold reverse")
            if len(provisional) < len({table.wave for table in tables}):
                heading.append(f" {', '.join(provisional)}")
        return heading

    @on(ShareBars.Paged)
    def refit(self) -> None:
        """Name the keys for more columns only when there are more."""
        self.show_keys()

    # choosing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without answers there is nothing to choose."""
        if action in ("group", "wave", "population", "question", "notes"):
            return bool(self._tables)
        return super().check_action(action, parameters)

    def action_group(self) -> None:
        """Choose a background variable to compare by."""
        names = _variables(self._waves())
        if not names:
            self.coder_app.say(
                _("Wave {wave} has no background variables; see 'coder import --group'.").format(
                    wave=self.coder_app.wave_name
                )
            )
            return

        def chosen(name: str | None) -> None:
            if name is not None:
                self._by = None if name == _NONE else name
                self._compute()

        choices = [(_NONE, _("no groups: everyone together")), *((name, name) for name in names)]
        self.app.push_screen(
            Choose(_("Compare by which variable?"), choices, chosen=self._by or _NONE), chosen
        )

    def action_wave(self) -> None:
        """Choose one wave, or all of them side by side."""
        question = self.coder_app.question.name
        names = [wave for asked, wave in self.coder_app.places() if asked == question]

        def chosen(name: str | None) -> None:
            if name is None:
                return
            self._all_waves = name == _ALL
            if name != _ALL:
                self.coder_app.change_place(question, name)
            self.on_screen_resume()

        choices = [(name, name) for name in names]
        if len(names) > 1:
            choices.append((_ALL, _("all waves side by side")))
        now = _ALL if self._all_waves else self.coder_app.wave_name
        self.app.push_screen(Choose(_("Which wave?"), choices, chosen=now), chosen)

    def action_population(self) -> None:
        """Choose the population; there is no total over several."""
        known = [name for name in self._populations() if name is not None]
        if len(known) < 2:
            self.coder_app.say(
                _("All respondents belong to one population; see 'coder import --population'."),
                _("One population"),
            )
            return

        def chosen(name: str | None) -> None:
            if name is not None:
                self._population = name
                self._draw()

        self.app.push_screen(
            Choose(
                _("Which population?"),
                [(name, name) for name in known],
                chosen=self._population,
                hint=_("There is no total over populations."),
            ),
            chosen,
        )

    def action_question(self) -> None:
        """Choose another question."""
        places = self.coder_app.places()

        def chosen(name: str | None) -> None:
            if name is not None:
                waves = [wave for asked, wave in places if asked == name]
                wave = self.coder_app.wave_name
                self.coder_app.change_place(name, wave if wave in waves else waves[0])
                self.on_screen_resume()

        names = list(dict.fromkeys(asked for asked, _wave in places))
        now = self.coder_app.question_name
        self.app.push_screen(Choose(_("Which question?"), [(n, n) for n in names], chosen=now), chosen)

    def action_notes(self) -> None:
        """Show everything a reader of these numbers should know."""
        self.coder_app.say("\n\n".join(_notes(self._shown())), _("Notes with these numbers"))


def _read(
    study: Study,
    question: QuestionSettings,
    waves: Sequence[WaveRecord],
    by: str | None,
    had: dict[str, CodedWave],
) -> tuple[list[FrequencyTable], dict[str, CodedWave]]:
    """Return each wave's tables: of everyone, and of the groups where the wave has them."""
    coded = {wave.name: had.get(wave.name) or coded_wave(study, question, wave) for wave in waves}
    tables: list[FrequencyTable] = []
    for wave in coded.values():
        tables += frequency_tables(wave)
        if by is not None and by in wave.wave.layout.get("groups", []):
            tables += frequency_tables(wave, by=by)
    return tables, coded


def _bases(tables: Sequence[FrequencyTable]) -> list[str]:
    """Say what the columns stand on; of several waves the numbers stand above their columns."""
    wholes = [table for table in tables if table.by is None]
    if len(wholes) == 1:
        return [line for line in (base_note(wholes[0]), provisional_note(wholes[0])) if line]
    return [
        f"{table.wave}: {line}" for table in wholes if (line := provisional_note(table) or base_note(table))
    ]


def _notes(tables: Sequence[FrequencyTable]) -> list[str]:
    """Return the footnotes of all tables, each once; those of one wave among several say which."""
    said: dict[str, list[str]] = {}
    for table in tables:
        notes = frequency_notes(table)
        if table.by is not None:
            # the base of the groups stands above their columns
            notes = [note for note in notes if note != base_note(table)]
        for note in notes:
            waves = said.setdefault(note, [])
            if table.wave not in waves:
                waves.append(table.wave)
    everywhere = len({table.wave for table in tables})
    return [
        note if len(waves) == everywhere else f"{', '.join(waves)}: {note}"
        for note, waves in said.items()
        # the same note of the groups says more
        if not any(other != note and other.startswith(note) for other in said)
    ]


def _variables(waves: Sequence[WaveRecord]) -> list[str]:
    """Return the background variables of these waves; one that makes the populations divides nothing more."""
    return list(
        dict.fromkeys(
            name for w in waves for name in w.layout.get("groups", []) if name != w.layout.get("population")
        )
    )
