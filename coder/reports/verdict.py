"""When agreement is good enough: Krippendorff's rule, on the lower bound, and only with enough positives."""

from coder.statistics.records import LabelAgreement

RELIABLE = 0.80
TENTATIVE = 0.667
LIMITS = (RELIABLE, TENTATIVE)
FEWEST_POSITIVES = 10
FEWEST_CLUSTERS = 3


def verdict(agreement: LabelAgreement) -> str:
    """Judge one label's agreement.

    Krippendorff (Content Analysis, 2004, p. 241): rely on alpha of .80 and more, draw tentative
    conclusions from .667 on. Here both are asked of the lower bound of the 95 % interval.

    Returns "reliable", "tentative", "insufficient", "too_few" (no verdict: coders give the label
    to fewer than ten answers on average, where intervals of alpha covered only 88-92 % in simulations, or
    all in one or two clusters, which no resample can tell apart from agreement everywhere) or
    "undefined" (no alpha, or no interval to apply the rule to).
    """
    carrying = agreement.n * (agreement.prevalence or 0.0)
    if carrying < FEWEST_POSITIVES or agreement.positive_clusters < FEWEST_CLUSTERS:
        return "too_few"
    low = agreement.krippendorff_alpha.low
    if low is None or low != low:
        return "undefined"
    if low >= RELIABLE:
        return "reliable"
    return "tentative" if low >= TENTATIVE else "insufficient"
