"""What the statistics return: frozen records, rendered elsewhere."""

from dataclasses import dataclass

FEW_CLUSTERS, MANY_CLUSTERS = 10, 60
EQUAL_ENOUGH = 0.75


@dataclass(frozen=True, slots=True)
class Interval:
    """A standard error with the 95 % interval that follows from it."""

    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its uncertainty; what is undefined is None.

    Attributes:
        estimate: the value itself.
        se: its standard error, by resampling.
        low, high: bounds of the 95 % interval.
        analytic: the same by a formula, where there is one; a second opinion beside the resampled interval.
    """

    estimate: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    analytic: Interval | None = None


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How far coders agree on one label.

    Attributes:
        n: units with at least two codings in which the label is known.
        coders: coders with at least one such unit.
        positives: codings among these in which the label is given.
        positive_clusters: clusters (units where there are none) with such a coding of a unit coded twice.
        prevalence: positives as a share of the codings.
        positive_agreement: of two coders of whom one gives the label, how often the other does too.
        percent_agreement, cohen_kappa, fleiss_kappa, krippendorff_alpha, gwet_ac1, pabak: coefficients;
            Cohen's kappa is empty unless there are exactly two coders.
        undefined_replicates: share of bootstrap replicates in which alpha was undefined.
    """

    n: int
    coders: int
    positives: int
    positive_clusters: int
    prevalence: float | None
    positive_agreement: float | None
    percent_agreement: Estimate
    cohen_kappa: Estimate
    fleiss_kappa: Estimate
    krippendorff_alpha: Estimate
    gwet_ac1: Estimate
    pabak: Estimate
    undefined_replicates: float = 0.0


@dataclass(frozen=True, slots=True)
class NominalAgreement:
    """How far coders agree on which of several categories an answer belongs to.

    Attributes:
        n: units with at least two codings.
        coders: coders with at least one such unit.
        categories: categories there are to choose from, on which AC1 and Brennan and Prediger's coefficient
            depend.
        percent_agreement, cohen_kappa, fleiss_kappa, krippendorff_alpha, gwet_ac1, brennan_prediger:
            coefficients; Cohen's kappa is empty unless there are exactly two coders.
        undefined_replicates: share of bootstrap replicates in which alpha was undefined.
    """

    n: int
    coders: int
    categories: int
    percent_agreement: Estimate
    cohen_kappa: Estimate
    fleiss_kappa: Estimate
    krippendorff_alpha: Estimate
    gwet_ac1: Estimate
    brennan_prediger: Estimate
    undefined_replicates: float = 0.0


@dataclass(frozen=True, slots=True)
class SetAgreement:
    """How far coders agree on whole label sets: alpha with MASI and with Jaccard distance."""

    n: int
    identical: Estimate
    alpha_masi: Estimate
    alpha_jaccard: Estimate


@dataclass(frozen=True, slots=True)
class Proportion:
    """A weighted proportion in a domain, with its design-based interval.

    Attributes:
        n: respondents in the base (unweighted).
        count: respondents among them who mention the label (unweighted).
        clusters: clusters that hold members of the base.
        estimate, se, low, high: the proportion (0-1), its linearised standard error, its 95 % interval.
        df: degrees of freedom of the interval: clusters with members of the base minus strata.
        deff: design effect, the variance relative to simple random sampling of as many respondents.
        kish_n: Kish's effective size of the base, which allows for unequal weights only.
        effective_clusters: `(Σ M)² / Σ M²` over the clusters' weighted sizes M in the base: as many clusters
            of one size would tell as much. Never more than `clusters`.
        lone_strata: strata in the base of which one cluster was sampled: its deviation is taken from the
            mean over all strata.
    """

    n: int
    count: int
    clusters: int
    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    df: int | None
    deff: float | None
    kish_n: float | None = None
    effective_clusters: float | None = None
    lone_strata: int = 0

    @property
    def narrow(self) -> bool:
        """Whether clusters are so few or so unequal that 95 % intervals hold the truth less than 93 %.

        Fewer than ten degrees of freedom or effective clusters; or fewer than 60 effective clusters that are
        less than .75 of all clusters. In simulations (8 to 200 clusters, log-normal sizes, shares of
        5 to 50 %, intraclass correlation .05 to .15) intervals outside these limits covered 92-96 %, inside
        them down to 70 %. The variance of so few large clusters is itself uncertain, and estimated too low.
        """
        if self.df is None or self.df < 1 or self.effective_clusters is None:
            return False
        unequal = min(MANY_CLUSTERS, EQUAL_ENOUGH * self.clusters)
        return self.df < FEW_CLUSTERS or self.effective_clusters < max(FEW_CLUSTERS, unequal)


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference between two estimates (after minus before, first minus second), with its t test.

    Attributes:
        estimate, se, low, high: the difference, its standard error, its 95 % interval: not symmetric, since
            shares end at 0 and 1.
        df: degrees of freedom; p: of the t test, two-sided; None below five degrees of freedom.
        p_adjusted: p by Holm's method over the differences tested together.
    """

    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    df: int | None
    p: float | None
    p_adjusted: float | None = None


@dataclass(frozen=True, slots=True)
class GroupTest:
    """A test of no difference between groups; None throughout where it cannot be done.

    Attributes:
        chi2: Pearson's X² of the weighted table (over all labels: their sum), before correction.
        statistic: F, after the second-order correction; df1, df2: its degrees of freedom.
        p: probability of a larger F without any difference.
        p_adjusted: p by Holm's method over the labels of the table.
    """

    chi2: float | None
    statistic: float | None
    df1: float | None
    df2: float | None
    p: float | None
    p_adjusted: float | None = None


@dataclass(frozen=True, slots=True)
class PairDifference:
    """The difference between two groups (numbers from 0 on) on one label: first minus second."""

    first: int
    second: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A group that a label's test and pairs leave out.

    Attributes:
        group: its number, from 0 on.
        why: "few_expected" (too few respondents with the label, or without it, are to be expected in it) or
            "few_clusters".
    """

    group: int
    why: str


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Tests between groups of one table.

    Attributes:
        tests: one a label, Holm over the labels; overall: one over all labels together.
        pairs: for each label the differences between groups, tested (and Holm-adjusted within the label)
            only where the label's own adjusted test is significant; else an empty tuple.
        smaller: for each label and group, the numbers of the groups whose share is significantly smaller:
            what SPSS writes as letters under the larger share.
        left_out: for each label the groups with members that were not compared on it, and why; with fewer
            than two others the label has no test.
    """

    tests: tuple[GroupTest, ...]
    overall: GroupTest | None
    pairs: tuple[tuple[PairDifference, ...], ...]
    smaller: tuple[tuple[tuple[int, ...], ...], ...]
    left_out: tuple[tuple[LeftOut, ...], ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """How one label's frequency was corrected for the model's errors.

    Attributes:
        naive: the share if every automatic label were right.
        lam: how much the model's labels count: tuned, or 1 where the label is rare; 0 where the model says
            nothing of it, or is sure to do more harm than good.
        audited: answers of the base in the audit sample; positives: of these, with the label by a person.
        audit_only: the interval that the audited and otherwise hand-coded answers give without the model.
        sensitivity, specificity: of the model, on the audit sample.
        rogan_gladen: the share that follows from these two alone; a diagnostic, not an estimate to publish.
        rare: the audit holds fewer than 20 answers with the label, or without it (effective numbers): λ is
            not tuned.
    """

    naive: float | None
    lam: float
    audited: int
    positives: int
    audit_only: Estimate
    sensitivity: float | None
    specificity: float | None
    rogan_gladen: float | None
    rare: bool = False


@dataclass(frozen=True, slots=True)
class CorrectedProportion:
    """A frequency corrected for the model's errors.

    In `proportion`, n counts all answers of the base and count those that a person gave the label.
    """

    proportion: Proportion
    correction: Correction

    @property
    def widened(self) -> bool:
        """Whether the interval is wider than the audit gives without the model."""
        return widened(self.proportion, self.correction)


def widened(proportion: Proportion, correction: Correction) -> bool:
    """Whether a corrected interval is wider than the audit gives without the model; False where none is."""
    mine, alone = proportion, correction.audit_only
    if mine.low is None or mine.high is None or alone.low is None or alone.high is None:
        return False
    return mine.high - mine.low > alone.high - alone.low + 1e-12


@dataclass(frozen=True, slots=True)
class PredictionError:
    """How far off a model's predictions of a label are, on answers that people coded.

    Attributes:
        n: these answers; positives: how many have the label.
        share: of these answers, weighted, that have it.
        variance: error variance of truth less `lam` times the prediction, unequal weights allowed for.
    """

    n: int
    positives: int
    share: float | None
    variance: float | None
    lam: float


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """How large an audit must be for one label's corrected share.

    Attributes:
        needed: answers to audit for the wanted precision; None where coding everything would not reach it.
        audited: answers audited so far.
        half_width: expected half-width of the 95 % interval with these, None without any; half_width_more:
            with another 100; half_width_all: if a person coded everything.
        rare: of those needed (or, where nothing suffices, of those so far) fewer than 20 are expected to have
            the label, or to lack it: the interval will be wider than expected here.
    """

    needed: int | None
    audited: int
    half_width: float | None
    half_width_more: float | None
    half_width_all: float
    rare: bool


@dataclass(frozen=True, slots=True)
class DoubleCodingPlan:
    """How many answers to code twice for one label's alpha.

    Attributes:
        needed: answers coded by two or more coders for the wanted precision; None where it cannot be told.
        coded: answers coded so, so far.
        half_width: expected half-width of the 95 % interval of alpha with these; half_width_more: with
            another 100.
        rare: even with another 100 fewer than ten codings with the label are to be expected: no verdict on
            it, and no trust in these half-widths.
    """

    needed: int | None
    coded: int
    half_width: float | None
    half_width_more: float | None
    rare: bool


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which certainty on a label's decisions may be accepted without a person.

    Attributes:
        certainty: the lowest certainty accepted; None when no threshold qualifies.
        n: decisions in the sample at or above it (when none qualifies, at or above the strictest one that
            could be tested; all decisions where none could).
        errors: wrong ones among them.
        upper: upper bound on their error; None where no threshold could be tested.
        reason: why none qualifies: "decisions" (too few in the sample), "clusters" (too few), or "error" (it
            is, or may be, above the one asked for). None: one does.
    """

    certainty: float | None
    n: int
    errors: int
    upper: float | None
    reason: str | None = None
