"""What percentages stand on: who is in the base, what is known of them, and which rows the table has.

Four bases (`BASES`): who filled something in; who was asked, filled in or not; who filled in something of
substance; and the mentions, which are not respondents but labels given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook
from coder.errors import CoderError
from coder.messages import _
from coder.reports.words import status_word
from coder.study.coded_waves import CodedWave, described
from coder.study.indicators import DECIDED

BASES = ("filled_in", "asked", "substantive", "mentions")
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a table is about: a label, or a state without one (see `FrequencyRow`)."""

    label: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Based:
    """A coded wave seen from one base.

    Attributes:
        rows: of the table, labels first.
        values: (n, k) a column a row; 1, 0, or NaN where it is not known.
        domain: (n,) who is in the base.
    """

    rows: tuple[Row, ...]
    values: FloatArray
    domain: BoolArray


def knows_who_was_asked(coded: CodedWave) -> bool:
    """Whether the wave's file says who got the question (`coder import --asked`)."""
    return coded.question.name in coded.wave.layout.get("asked", {})


def dont_know(codebook: Codebook) -> list[str]:
    """Return the labels that say that the respondent does not know or has no opinion.

    A codebook has no mark for them: they are the exclusive residual labels whose id begins with
    "weet_niet", as the one of every new codebook does. "Geen / niets" is an answer with content.
    """
    return [
        label.id
        for label in codebook.active
        if label.residual and label.exclusive and label.id.startswith("weet_niet")
    ]


def based(coded: CodedWave, base: str, *, corrected: bool = False) -> Based:
    """Return a coded wave's rows, values and members of a base.

    `filled_in`: everybody who filled something in. `asked`: everybody known to be asked; who filled in
    nothing mentions nothing. `substantive`: who filled something in, without those who do not know (see
    `dont_know`), are off topic or cannot be coded; their rows vanish. `mentions`: who filled something in,
    with labels only, a parent standing for its own mentions rather than for a net (kind "own"): together all
    mentions.
    When the shares are to be corrected for the model's errors, what the model found no label for has no row.

    Raises CoderError when it is not known who was asked; ValueError when there is no such base.
    """
    if base not in BASES:
        raise ValueError(f"base: expected one of {', '.join(BASES)}, got {base}")
    filled = coded.frame["filled_in"].to_numpy(dtype=bool)
    if base == "mentions":
        return _mentions(coded, filled)
    if base == "substantive":
        return _substantive(coded, filled)
    states = ("none", "unclear") if corrected else ("none", "unclear", "unlabelled")
    rows, values = _labels_and_states(coded, states)
    if base == "filled_in":
        return Based(rows, values, filled)
    if not knows_who_was_asked(coded):
        raise CoderError(
            _(
                "Wave {wave} does not say who was asked {question}: import it again with "
                "--asked COLUMN={question}, or choose another base."
            ).format(wave=coded.wave.name, question=coded.question.name)
        )
    asked = _asked(coded)
    values[asked & ~filled] = 0.0
    return Based(rows, values, asked)


def base_sizes(
    coded: CodedWave, of: BoolArray, weights: FloatArray, *, corrected: bool = False
) -> dict[str, int]:
    """Return the unweighted size of each base that is known, over the respondents `of`; weight 0 is in none.

    Answers that nothing was decided of are filled in, but not known to have substance. When the shares are
    corrected for the model's errors, what has substance and what is mentioned is not known of each answer.
    """
    counted = of & (weights > 0)
    filled = coded.frame["filled_in"].to_numpy(dtype=bool) & counted
    sizes = {}
    if knows_who_was_asked(coded):
        sizes["asked"] = int((counted & _asked(coded)).sum())
    sizes["filled_in"] = int(filled.sum())
    if not corrected:
        sizes["substantive"] = int((_has_substance(coded, filled) & decided(coded)).sum())
        sizes["mentions"] = mentions_by(coded, filled)
    return sizes


def mentions_by(coded: CodedWave, member: BoolArray) -> int:
    """Count the mentions by these respondents of labels that the codebook still has."""
    kept = {label.id for label in coded.codebook.active}
    return sum(label in kept for given in coded.frame["given"].to_numpy()[member] for label in given)


def _asked(coded: CodedWave) -> BoolArray:
    return (coded.frame["asked"] == True).to_numpy(dtype=bool)  # noqa: E712  (None: not known)


def _has_substance(coded: CodedWave, filled: BoolArray) -> BoolArray:
    """Return who filled in something of substance, as far as is known; what is not decided yet may be."""
    status = coded.frame["status"].to_numpy(dtype=object)
    member: BoolArray = filled & ~np.isin(status, ["none", "unclear"])
    ids = [label.id for label in coded.codebook.active]
    for label in dont_know(coded.codebook):
        member &= coded.values[:, ids.index(label)] != 1.0
    return member


def decided(coded: CodedWave) -> BoolArray:
    """Return which answers something was decided of, by a person or by the model."""
    return np.isin(coded.frame["status"].to_numpy(dtype=object), list(DECIDED))


def by_people(coded: CodedWave) -> BoolArray:
    """Return which answers a person said something of, holding over included."""
    frame = coded.frame
    return np.asarray(~frame["status"].isin(["unseen", "unlabelled"]) & (frame["origin"] != "automatic"))


def _substantive(coded: CodedWave, filled: BoolArray) -> Based:
    gone = dont_know(coded.codebook)
    rows, values = _labels_and_states(coded, ("unlabelled",))
    kept = [j for j, row in enumerate(rows) if row.label not in gone]
    return Based(tuple(rows[j] for j in kept), values[:, kept], _has_substance(coded, filled))


def _mentions(coded: CodedWave, filled: BoolArray) -> Based:
    values = coded.values.copy()
    rows = []
    for j, label in enumerate(coded.codebook.active):
        id, name, kind = described(coded.codebook, label.id)
        if kind == "parent":
            own = np.array([id in given for given in coded.frame["given"]], dtype=float)
            values[:, j] = np.where(np.isnan(values[:, j]), np.nan, own)
            kind = "own"
        rows.append(Row(id, name, kind, label.parent))
    kept = [
        j
        for j, label in enumerate(coded.codebook.active)
        if not coded.codebook.children(label.id) or (values[:, j] == 1.0).any()
    ]
    return Based(tuple(rows[j] for j in kept), values[:, kept], filled)


def _labels_and_states(coded: CodedWave, states: Sequence[str]) -> tuple[tuple[Row, ...], FloatArray]:
    """Return the labels, nets included, and a row of its own for each state without one."""
    status = coded.frame["status"].to_numpy(dtype=object)
    unknown = ~decided(coded)
    rows = [Row(*described(coded.codebook, label.id), label.parent) for label in coded.codebook.active]
    columns = [coded.values]
    for state in states:
        # what the model found no label for is no "off topic": only a person can say that
        having = status == state
        if state == "unlabelled" and not having.any():
            continue
        values = having.astype(float)
        values[unknown] = np.nan
        columns.append(values[:, None])
        rows.append(Row(state, status_word(state), "state", None))
    return tuple(rows), np.hstack(columns)
