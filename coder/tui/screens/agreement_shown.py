"""What the screen Agreement shows: tables of a comparison, their columns, and all there is of one label."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coder.messages import _
from coder.reports.agreement import coefficient_cell, coefficients
from coder.reports.agreement_notes import subject
from coder.reports.numbers import coefficient, count, percent
from coder.reports.order import title
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import verdict
from coder.reports.words import selection_word, verdict_word
from coder.statistics.records import Estimate, SetAgreement
from coder.store.waves import WaveRecord
from coder.study.agreed import Agreed, agreed
from coder.study.agreement import agreement_tables
from coder.study.folder import Study
from coder.study.settings import QuestionSettings
from coder.study.settling import Disagreement
from coder.tui.widgets.row_list import Column, Row

ALL = ""
"""The row of whole label sets, and the differences on any label."""

SIGNS = {"reliable": "✓", "tentative": "~", "insufficient": "✗", "too_few": "…", "undefined": " "}

_NARROWEST_LABEL = 20
_BETWEEN = 2
_POINTER = 2


@dataclass(frozen=True)
class Compared:
    """What there is to show of a comparison: its tables, beside the answers on which coders differ."""

    comparison: str
    tables: Sequence[AgreementTable]
    agreed: Agreed


def read_agreement(
    study: Study, question: QuestionSettings, wave: WaveRecord, coder: str, comparison: str
) -> Compared:
    """Return the tables of a comparison ("coders", "pair", "version", "consensus" or "model").

    Raises CoderError when the model has said nothing yet of what people coded.
    """
    found = agreed(study, question, wave, coder)
    if comparison == "coders":
        return Compared(comparison, found.tables, found)
    tables = agreement_tables(
        study,
        question,
        [wave],
        pairs=comparison == "pair",
        versions=comparison == "version",
        against="consensus" if comparison == "consensus" else "model" if comparison == "model" else None,
    )
    return Compared(comparison, [t for t in tables if t.comparison == comparison], found)


def comparisons(tables: Sequence[AgreementTable]) -> list[str]:
    """Return what can be compared, given the tables of all coders together."""
    several = any(len(table.coders) > 2 for table in tables)
    versions = any(len(table.made_at) > 1 for table in tables)
    return [
        "coders",
        *(["pair"] if several else []),
        *(["version"] if versions else []),
        "consensus",
        "model",
    ]


def named(table: AgreementTable) -> str:
    """Name a table among those of one comparison: its coders and versions, and how they coded."""
    whose = subject(replace(table, wave=None, waves=())).partition(" · ")[2]
    return f"{whose} · {selection_word(table.selection)}"


def subjects(one: Disagreement, table: AgreementTable | None) -> frozenset[str]:
    """Return what those whom a table compares differ about on an answer: labels, and states without one.

    Of a table that compares all coders, or people with the model: what coders differ about.
    """
    if table is None or table.comparison not in ("pair", "consensus"):
        return one.subjects
    says = [said for said in one.says if said.coder in table.coders]
    if table.comparison == "consensus" and one.settled is not None:
        says.append(one.settled)
    return replace(one, says=tuple(says)).subjects if len(says) == 2 else frozenset()


def is_about(one: Disagreement, table: AgreementTable | None, label: str = ALL) -> bool:
    """Say whether an answer is among those on which coders differ, about a label or about anything."""
    of = subjects(one, table)
    if label != ALL:
        return label in of
    # one that was settled before a label came may have no other subject
    return bool(of) or table is None or table.comparison not in ("pair", "consensus")


# the list of labels


@dataclass(frozen=True)
class _Part:
    """A column with its cells: of whole label sets, then of each label."""

    heading: str
    cells: list[str]
    right: bool = True

    @property
    def width(self) -> int:
        return max(1, len(self.heading), *(len(cell) for cell in self.cells))


def label_list(
    table: AgreementTable | None, found: Sequence[Disagreement], width: int
) -> tuple[list[Column], list[Row]]:
    """Return the columns that fit a width, and a row for whole label sets and for each label.

    Labels that nobody gave say nothing, and come last.
    """
    given = sorted(table.rows, key=lambda row: not row.agreement.positives) if table else []
    names = [(ALL, _("Whole label sets")), *((row.label, title(row)) for row in given)]
    waiting = [one for one in found if one.is_open]
    n_open = Counter(label for one in waiting for label in subjects(one, table))
    n_open[ALL] = sum(is_about(one, table) for one in waiting)
    needed, more = _parts(given, table.sets if table else None, n_open)
    room = width - _POINTER - _NARROWEST_LABEL - _BETWEEN
    chosen = [part for _place, part in needed]
    places = [place for place, _part in needed]
    room -= sum(part.width + _BETWEEN for part in chosen)
    for place, part in more:
        if part.width + _BETWEEN > room:
            break
        room -= part.width + _BETWEEN
        chosen.append(part)
        places.append(place)
    ordered = [part for _place, part in sorted(zip(places, chosen, strict=True), key=lambda both: both[0])]
    columns = [Column(_("label")), *(Column(part.heading, part.width, part.right) for part in ordered)]
    rows = [
        Row(label, (name, *(part.cells[at] for part in ordered)), strong=label == ALL)
        for at, (label, name) in enumerate(names)
    ]
    return columns, rows


def _parts(
    rows: Sequence[AgreementRow], sets: SetAgreement | None, n_open: Mapping[str, int]
) -> tuple[list[tuple[int, _Part]], list[tuple[int, _Part]]]:
    """Return the columns that are always shown and those there may be room for, with their places."""
    all_of = [row.agreement for row in rows]
    judged = [verdict(one) for one in all_of]
    alpha = [coefficient_cell(one, one.krippendorff_alpha).partition(" ") for one in all_of]
    masi = sets.alpha_masi if sets else Estimate(None)
    whole = coefficient(masi.estimate, masi.low, masi.high) if sets else ""
    alpha.insert(0, whole.partition(" "))
    needed = [
        (0, _Part("", ["", *(SIGNS[one] for one in judged)])),
        (1, _Part("n", [count(sets.n) if sets else "", *(count(one.n) for one in all_of)])),
        (2, _Part(_("given"), ["", *(count(one.positives) for one in all_of)])),
        (
            4,
            _Part(
                _("agree"),
                [
                    percent(sets.identical.estimate) if sets else "",
                    *(percent(one.percent_agreement.estimate) for one in all_of),
                ],
            ),
        ),
        (6, _Part("α", [number for number, _space, _between in alpha])),
        (7, _Part("95%", [between.strip("()") for _number, _space, between in alpha])),
        (99, _Part(_("open"), [str(n_open[ALL]), *(str(n_open[row.label] or "") for row in rows)])),
    ]
    more = [
        (3, _Part("%", ["", *(percent(one.prevalence) for one in all_of)])),
        (5, _Part(_("positive"), ["", *(percent(one.positive_agreement) for one in all_of)])),
        *((8 + at, part) for at, part in enumerate(_other_coefficients(rows))),
        (98, _Part(_("verdict"), ["", *(verdict_word(one) for one in judged)], right=False)),
    ]
    return needed, more


def _other_coefficients(rows: Sequence[AgreementRow]) -> list[_Part]:
    """Return the coefficients beside alpha that are defined for any label, without their intervals."""
    parts = []
    for place in range(1, len(coefficients(rows[0].agreement)) if rows else 0):
        found = [(row.agreement, coefficients(row.agreement)[place]) for row in rows]
        if any(estimate.estimate is not None for _of, (_name, estimate) in found):
            cells = [coefficient_cell(of, estimate).partition(" ")[0] for of, (_name, estimate) in found]
            parts.append(_Part(found[0][1][0], ["", *cells]))
    # AC1 before Fleiss' kappa, which is close to alpha
    return sorted(parts, key=lambda part: part.heading == _("Fleiss' κ"))
