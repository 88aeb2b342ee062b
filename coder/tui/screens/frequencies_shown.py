"""What the screen Frequencies shows: the tables of a choice, and what is said above and below them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.text import Text

from coder.errors import CoderError
from coder.messages import _
from coder.reports.change_notes import change_heading, change_notes
from coder.reports.correction_notes import naive_note
from coder.reports.notes import base_note, frequency_notes, provisional_note
from coder.reports.order import shown_groups
from coder.reports.side_by_side import SideBySide, changes_side_by_side, side_by_side
from coder.reports.tables import ChangeTable, FrequencyTable
from coder.reports.words import base_word
from coder.store.waves import WaveRecord
from coder.study.coded_waves import CodedWave, coded_wave
from coder.study.corrections import AuditedWave, audited_wave
from coder.study.folder import Study
from coder.study.frequencies import check_correctable, frequency_tables
from coder.study.instrument import automatic_share
from coder.study.settings import QuestionSettings

TOTAL = "\ntotal"
"""The choice of all populations together."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person wants to see.

    Attributes:
        by: a background variable to compare by; base: what the percentages are of.
        corrected: whether to correct for the model's errors where that can be done.
        all_waves: whether waves stand side by side, instead of the one at hand.
        since: the wave from which on change is shown, instead.
    """

    by: str | None = None
    base: str = "filled_in"
    corrected: bool = True
    all_waves: bool = False
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A coded wave with what it is corrected with, or else why it cannot be; neither if it need not be."""

    coded: CodedWave
    audit: AuditedWave | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to show.

    Attributes:
        tables: each wave's, of everyone, and of the groups where the wave has them; or else
        changes: one a population.
        why_not: wave to why its percentages are not corrected, empty when they were not to be.
        sources: wave to what its tables are made from.
    """

    choice: Choice
    tables: tuple[FrequencyTable, ...] = ()
    changes: tuple[ChangeTable, ...] = ()
    why_not: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def populations(self) -> list[str]:
        """The populations with tables of their own, "" where there are none, `TOTAL` for all together."""
        return list(dict.fromkeys(_population(table) for table in self._any))

    def of(self, population: str) -> "Found":
        """Return what there is of one population."""
        return Found(
            self.choice,
            tuple(t for t in self.tables if _population(t) == population and shown_groups(t)),
            tuple(t for t in self.changes if _population(t.after) == population),
            self.why_not,
            self.sources,
        )

    @property
    def _any(self) -> Iterable[FrequencyTable]:
        return self.tables or [change.after for change in self.changes]

    @property
    def automatic(self) -> bool:
        """Whether the model coded any of it, so that there is something to correct."""
        return any(automatic_share(source.coded) > 0 for source in self.sources.values())

    # what is said of it

    @property
    def text(self) -> str:
        """The question as it was asked."""
        return next((table.text or table.question for table in self._any), "")

    @property
    def data(self) -> SideBySide:
        """The numbers."""
        return changes_side_by_side(self.changes[0]) if self.changes else side_by_side(self.tables)

    @property
    def heading(self) -> Text:
        """The line under the question, on which what is provisional stands out."""
        if self.changes:
            heading = Text(change_heading(self.changes[0]))
        else:
            heading = Text(" · ".join(part for part in self._parts() if part))
        heading.highlight_words([_("PROVISIONAL"), _("NOT SEPARABLE")], style="bold reverse")
        return heading

    def _parts(self) -> list[str]:
        tables = self.tables
        by = next((table.by for table in tables if table.by is not None), None)
        population = _population(tables[0]) if tables else ""
        base = {"filled_in": "", "mentions": _("shares of mentions")}
        return [
            ", ".join(dict.fromkeys(table.wave for table in tables)),
            _("all populations together") if population == TOTAL else population,
            _("by {group}").format(group=by) if by is not None else "",
            base.get(self.choice.base, _("base: {base}").format(base=base_word(self.choice.base))),
            self._which(_("corrected for the model's errors"), [t.wave for t in tables if t.audit]),
            self._which(_("PROVISIONAL"), [t.wave for t in tables if t.provisional]),
        ]

    def _which(self, text: str, waves: Iterable[str]) -> str:
        """Return the text if it is true of any wave, with the waves if not of all."""
        true = list(dict.fromkeys(waves))
        everywhere = len(true) == len({table.wave for table in self.tables})
        return "" if not true else text if everywhere else f"{text} {', '.join(true)}"

    @property
    def bases(self) -> list[str]:
        """What the columns stand on; of several waves the numbers stand above their columns."""
        if self.changes:
            # what can be told apart, and the base
            return change_notes(self.changes[0])[:2]
        wholes = [table for table in self.tables if table.by is None]
        if len(wholes) == 1:
            return [line for line in (base_note(wholes[0]), provisional_note(wholes[0])) if line]
        return [
            f"{table.wave}: {line}"
            for table in wholes
            if (line := provisional_note(table) or base_note(table))
        ]

    @property
    def notes(self) -> list[str]:
        """Everything a reader of these numbers should know."""
        if self.changes:
            notes = change_notes(self.changes[0])
            return [notes[0], *self._uncorrected(), *notes[1:]]
        return [*self._uncorrected(), *_footnotes(self.tables)]

    def _uncorrected(self) -> list[str]:
        """Say that the model's labels are taken as they are, and why they have to be."""
        if not self.why_not:
            return []
        reasons = [
            _("Not corrected: {reason}").format(reason=reason) for reason in self.why_not.values() if reason
        ]
        some = "" if len(self.why_not) == len(self.sources) or self.changes else ", ".join(self.why_not)
        return [*reasons, f"{some}: {naive_note()}" if some else naive_note()]


def read_frequencies(
    study: Study,
    question: QuestionSettings,
    choice: Choice,
    waves: Sequence[WaveRecord],
    since: WaveRecord | None,
    had: Mapping[str, Source],
) -> Found:
    """Return the tables of a choice; of the last of the waves the change since an earlier one.

    Raises CoderError when these waves have no such tables.
    """
    shown = [*waves] if since is None else [since, waves[-1]]
    sources = {wave.name: had.get(wave.name) or _source(study, question, wave) for wave in shown}
    if since is not None:
        changes, why_not = _changes(study, question, choice, (since, waves[-1]), sources)
        return Found(choice, (), changes, why_not, sources)
    tables: list[FrequencyTable] = []
    reasons: dict[str, str] = {}
    for name, source in sources.items():
        why = _why_not(source, choice)
        audit = source.audit if why is None else None
        if why is not None:
            reasons[name] = why
        tables += frequency_tables(source.coded, base=choice.base, audit=audit)
        if choice.by is not None and choice.by in source.coded.wave.layout.get("groups", []):
            tables += frequency_tables(source.coded, by=choice.by, base=choice.base, audit=audit)
    return Found(choice, tuple(tables), (), reasons, sources)


def variables(waves: Iterable[WaveRecord]) -> list[str]:
    """Return the background variables of these waves; one that makes the populations divides nothing more."""
    return list(
        dict.fromkeys(
            name for w in waves for name in w.layout.get("groups", []) if name != w.layout.get("population")
        )
    )


def _source(study: Study, question: QuestionSettings, wave: WaveRecord) -> Source:
    coded = coded_wave(study, question, wave)
    if not automatic_share(coded):
        return Source(coded)
    try:
        return Source(coded, audited_wave(study, coded))
    except CoderError as reason:
        return Source(coded, why_not=str(reason))


def _why_not(source: Source, choice: Choice) -> str | None:
    """Return why automatic labels count uncorrected, "" when they were not to be; None if they do not."""
    if not automatic_share(source.coded):
        return None
    if not choice.corrected or source.audit is None:
        return source.why_not
    try:
        check_correctable(choice.base)
    except CoderError as reason:
        return str(reason)
    return None


def _changes(
    study: Study,
    question: QuestionSettings,
    choice: Choice,
    waves: tuple[WaveRecord, WaveRecord],
    sources: Mapping[str, Source],
) -> tuple[tuple[ChangeTable, ...], dict[str, str]]:
    from coder.study.changes import change_tables

    before, after = waves
    automatic = any(automatic_share(source.coded) > 0 for source in sources.values())
    why_not = ""
    if automatic and choice.corrected:
        try:
            return tuple(change_tables(study, question, before, after, base=choice.base, corrected=True)), {}
        except CoderError as reason:
            why_not = str(reason)
    found = tuple(change_tables(study, question, before, after, base=choice.base))
    return found, {after.name: why_not} if automatic else {}


def _population(table: FrequencyTable) -> str:
    return TOTAL if table.population_total else table.population or ""


def _footnotes(tables: Sequence[FrequencyTable]) -> list[str]:
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
