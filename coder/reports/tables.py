"""The tables that the program shows, as records: computed once, rendered to terminal, workbook and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from coder.statistics.records import LabelAgreement, Proportion, SetAgreement


@dataclass(frozen=True, slots=True)
class FrequencyRow:
    """One label (or one of the states without a label) in one group.

    Attributes:
        label: the label's id, or "none", "unclear".
        name: what people read.
        kind: "label", "parent" (a net), "residual" or "state".
        parent: id of the label's parent, if any.
        group: value of the grouping variable; None for the whole table.
        proportion: the weighted share, its interval and its base.
    """

    label: str
    name: str
    kind: str
    parent: str | None
    group: str | None
    proportion: Proportion


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """Frequencies of the labels of one question in one wave.

    Attributes:
        base: "filled_in" (ingevuld), "asked" (gevraagd) or "substantive" (inhoudelijk).
        counts: how many answers are asked, filled_in, labelled, none, unclear, skipped, open, unseen,
            automatic, queued (unweighted); with `by` also no_group: of the base, in none of the groups.
        groups: values of the grouping variable `by`, in order; empty without one.
        mentions: labels given, counted over the answers of the base.
        weighted: whether weights other than 1 entered; clustered: whether clusters did.
        rows: sorted by size, children under their parent, residual labels and states last.
        provisional: whether any answer of the base is unseen, held over, open or coded by the model.
    """

    question: str
    text: str
    wave: str
    population: str | None
    base: str
    by: str | None
    groups: tuple[str, ...]
    counts: Mapping[str, int]
    mentions: int
    weighted: bool
    clustered: bool
    codebook_version: int
    provisional: bool
    rows: tuple[FrequencyRow, ...]


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One label with the coders' agreement on it."""

    label: str
    name: str
    kind: str
    agreement: LabelAgreement


@dataclass(frozen=True, slots=True)
class AgreementTable:
    """Agreement between coders on one question.

    Attributes:
        selection: which codings it stands on: "blind", "assisted" or "unknown" (of unknown blindness).
        answers: answers with at least two such codings (groups of identical answers coded at once once).
        held_over: share of the codings that were held over.
        clustered: whether intervals resample clusters.
        seed: of the resampling.
    """

    question: str
    text: str
    wave: str | None
    coders: tuple[str, ...]
    selection: str
    answers: int
    held_over: float
    clustered: bool
    seed: int
    codebook_version: int
    rows: tuple[AgreementRow, ...]
    sets: SetAgreement | None
