"""The tables that the program shows, as records: computed once, rendered to terminal, workbook and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coder.statistics.records import (
    Correction,
    Difference,
    GroupTest,
    LabelAgreement,
    LeftOut,
    PairDifference,
    Proportion,
    SetAgreement,
)

FEWEST_AUDITED = 10
"""Audited answers of a base, below which a corrected share is marked `few_audited`."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """From what numbers on a cell is published without a warning; a study may choose its own.

    Attributes:
        smallest_base: respondents in the cell's base (unweighted).
        fewest_mentioners: respondents who mention the label, when anybody does.
        fewest_clusters: clusters that hold respondents of the base, in a sample of clusters.
    """

    smallest_base: int = 10
    fewest_mentioners: int = 3
    fewest_clusters: int = 3


@dataclass(frozen=True, slots=True)
class FrequencyRow:
    """One label (or one of the states without a label) in one group.

    Attributes:
        label: the label's id, or "none", "unclear".
        name: what people read.
        kind: "label", "parent" (a net), "own" (of mentions: a parent's own, without those of the labels under
            it), "residual" or "state".
        parent: id of the label's parent, if any.
        group: value of the grouping variable; None for the whole table.
        proportion: the weighted share, its interval and its base; of a corrected table, corrected.
        correction: how it was corrected for the model's errors; None in a table that is not corrected.
        letters: letters of the groups whose share is significantly smaller, as "A C"; empty: none, or not
            tested.
        cautions: what to be careful with before publishing: "small_base", "few_mentioners", "few_clusters",
            "few_audited".
    """

    label: str
    name: str
    kind: str
    parent: str | None
    group: str | None
    proportion: Proportion
    correction: Correction | None = None
    letters: str = ""
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelTest:
    """The test of one label between the groups of a table.

    Attributes:
        pairs: count groups from 0 in their order.
        left_out: likewise, the groups that were not compared on this label, and why.
    """

    label: str
    test: GroupTest
    pairs: tuple[PairDifference, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """The random sample that stands behind a correction, or behind a comparison (a bridge sample).

    Attributes:
        drawn: date and time of the draw (UTC, ISO 8601); seed: of the draw.
        frame: answers it was drawn from; size: answers drawn; decided: of these, coded blind.
        certain: answers that people coded for other reasons, which count as they are.
        outside: answers that could not be drawn and nobody coded: in no base. Those of a table's own
            respondents, where the record stands with a table.
        codebook_version: at the draw.
        coders: who coded it, where that is known; double: answers of it that two or more of them coded.
    """

    drawn: str
    seed: int
    frame: int
    size: int
    decided: int
    certain: int
    outside: int
    codebook_version: int
    coders: tuple[str, ...] = ()
    double: int = 0


@dataclass(frozen=True, slots=True)
class HandCoded:
    """What a corrected table, or one group of it (None: all of it), owes to people.

    Attributes:
        by_people: answers of the base that people decided, the audit sample included; audited: those in it.
    """

    group: str | None
    by_people: int
    audited: int


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """Frequencies of the labels of one question in one wave.

    Attributes:
        base: "filled_in" (ingevuld), "asked" (gevraagd), "substantive" (inhoudelijk), or "mentions"
            (vermeldingen: shares of the labels given, not of respondents).
        bases: unweighted n of each of these bases, of those that are known.
        counts: how many answers are asked, filled_in, labelled, none, unclear, skipped, open, unseen,
            automatic, queued (unweighted); with `by` also no_group: of the base, in none of the groups.
        groups: values of the grouping variable `by`, in order; empty without one.
        mentions: labels given, counted over the answers of the base.
        weighted: whether weights other than 1 entered; clustered: whether clusters did; stratified: whether
            strata did.
        rows: sorted by size, children under their parent, residual labels and states last.
        provisional: whether any answer of the base is unseen, held over, open, or coded by the model without
            a correction for its errors.
        group_letters: group to its letter, in the order of the columns; tests, overall: between the groups.
        audit: the sample that the correction stands on; None in a table that is not corrected.
        unused_audit: why an audit sample that was drawn did not correct the table, and what to do.
        hand_coded: of a corrected table, what people coded of it and of each group.
        population_clusters: clusters (respondents, where there are none) in the population, all strata
            together, that the finite population correction allows for; None without that correction.
        population_total: whether this is a total over populations whose weights the study calls comparable.
        disclosure: from what numbers on cells carry no warning.
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
    bases: Mapping[str, int] = field(default_factory=dict)
    group_letters: Mapping[str, str] = field(default_factory=dict)
    tests: tuple[LabelTest, ...] = ()
    overall: GroupTest | None = None
    audit: AuditRecord | None = None
    population_total: bool = False
    stratified: bool = False
    disclosure: Disclosure = Disclosure()
    hand_coded: tuple[HandCoded, ...] = ()
    population_clusters: int | None = None
    unused_audit: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One label's change between two waves.

    Attributes:
        before, after: its share in either wave, as either was measured.
        change: after minus before, as measured.
        instrument: how much of it the bridge sample ascribes to the codebook, the coders and the model:
            what the earlier wave would have shown if it had been coded as the later one is, minus what it
            showed. None without a bridge sample.
        by_people, by_model: the parts of `instrument` from answers that people, or the model, had coded.
        real: the change that is left: after, minus the earlier wave as the bridge sample corrects it.
    """

    label: str
    name: str
    kind: str
    parent: str | None
    before: Proportion
    after: Proportion
    change: Difference
    instrument: Difference | None = None
    by_people: Difference | None = None
    by_model: Difference | None = None
    real: Difference | None = None


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """Change between two waves on one question, in one population.

    Attributes:
        before, after: the frequency tables of either wave, which hold bases, counts and what is provisional.
        rows: in the order of the codebook.
        paired: respondents with a panel id in both waves, in one cluster; None when no panel id is declared.
        shared_clusters: clusters that are in both waves.
        separable: whether the codebook's and the model's share in the change is known: nothing of the
            instrument changed, or there is a bridge sample that tells.
        bridge: that sample; None when there is none, or none that can be used.
        bridged: answers of it that are about the base of this table.
        unused: why a bridge sample that there is was not used, and what to do, in one line.
        left_out: populations that only one of the waves has.
    """

    question: str
    text: str
    population: str | None
    before: FrequencyTable
    after: FrequencyTable
    rows: tuple[ChangeRow, ...]
    paired: int | None
    shared_clusters: int
    separable: bool
    bridge: AuditRecord | None = None
    bridged: int = 0
    unused: str | None = None
    left_out: tuple[str, ...] = ()


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
        wave: None where several were looked at; waves: those that its answers are of.
        selection: which codings it stands on: "blind", "assisted" or "unknown" (of unknown blindness).
        comparison: "coders" (all together), "version" (likewise, of one version of the codebook, with its
            labels as they were), "pair" (two of several), "consensus" (a coder against the consensus) or
            "model" (the definitive codings by people against the model, out of sample).
        codebook_version: the newest, or the one that the table is about; 0 without a codebook.
        made_at: codebook versions that the codings were made with; of one version only that one.
        informed: of a comparison with the consensus, whether any of it was made with coders' work in view.
        answers: answers with at least two such codings (groups of identical answers coded at once once).
        at_random: of these, the answers that are known to be drawn at random.
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
    comparison: str = "coders"
    made_at: tuple[int, ...] = ()
    informed: bool = False
    waves: tuple[str, ...] = ()
    at_random: int = 0
