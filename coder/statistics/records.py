"""What the statistics return: frozen records, rendered elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its uncertainty; what is undefined is None.

    Attributes:
        estimate: the value itself.
        se: its standard error.
        low, high: bounds of the 95 % interval.
    """

    estimate: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """How far coders agree on one label.

    Attributes:
        n: units with at least two codings in which the label is known.
        coders: coders with at least one such unit.
        positives: codings among these in which the label is given.
        prevalence: positives as a share of the codings.
        positive_agreement: of two coders of whom one gives the label, how often the other does too.
        percent_agreement, cohen_kappa, krippendorff_alpha: coefficients; Cohen's kappa is empty unless
            there are exactly two coders.
        undefined_replicates: share of bootstrap replicates in which alpha was undefined.
    """

    n: int
    coders: int
    positives: int
    prevalence: float | None
    positive_agreement: float | None
    percent_agreement: Estimate
    cohen_kappa: Estimate
    krippendorff_alpha: Estimate
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


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which certainty on a label's decisions may be accepted without a person.

    Attributes:
        certainty: the lowest certainty accepted; None when no threshold qualifies.
        n: decisions in the sample at or above it (when none qualifies, at or above the one that came closest
            of those tried).
        errors: wrong ones among them.
        upper: upper Clopper-Pearson bound on their error.
    """

    certainty: float | None
    n: int
    errors: int
    upper: float | None
