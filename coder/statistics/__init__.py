"""The numbers: agreement between coders, weighted frequencies, and thresholds for doing without a person.

Pure functions on arrays that return frozen records. Nothing here knows of studies, labels' names or screens;
what is undefined is None, and the docstrings say when. Randomness takes a seed.
"""

from coder.statistics.acceptance import accept, decisions_needed
from coder.statistics.agreement import label_agreement, nominal_agreement
from coder.statistics.corrected import (
    corrected_proportions,
    correction_part,
    linearised_correction,
    rogan_gladen,
)
from coder.statistics.design import kish_effective_size
from coder.statistics.groups import compare_groups, compare_linearised
from coder.statistics.linearised import Linearised, differences, holm
from coder.statistics.mentions import mention_shares
from coder.statistics.planning import (
    audit_plan,
    double_coding_plan,
    prediction_errors,
    presumed_double_coding_plan,
)
from coder.statistics.proportions import linearised_proportions, proportions
from coder.statistics.records import (
    AuditPlan,
    CorrectedProportion,
    Correction,
    Difference,
    DoubleCodingPlan,
    Estimate,
    GroupComparison,
    GroupTest,
    Interval,
    LabelAgreement,
    LeftOut,
    NominalAgreement,
    PairDifference,
    PredictionError,
    Proportion,
    SetAgreement,
    Threshold,
)
from coder.statistics.sets import set_agreement
from coder.statistics.two_phase import AUDITED, CERTAIN, PREDICTED

__all__ = [
    "AUDITED",
    "CERTAIN",
    "PREDICTED",
    "AuditPlan",
    "CorrectedProportion",
    "Correction",
    "Difference",
    "DoubleCodingPlan",
    "Estimate",
    "GroupComparison",
    "GroupTest",
    "Interval",
    "LabelAgreement",
    "LeftOut",
    "Linearised",
    "NominalAgreement",
    "PairDifference",
    "PredictionError",
    "Proportion",
    "SetAgreement",
    "Threshold",
    "accept",
    "audit_plan",
    "compare_groups",
    "compare_linearised",
    "corrected_proportions",
    "correction_part",
    "decisions_needed",
    "differences",
    "double_coding_plan",
    "holm",
    "kish_effective_size",
    "label_agreement",
    "linearised_correction",
    "linearised_proportions",
    "mention_shares",
    "nominal_agreement",
    "prediction_errors",
    "presumed_double_coding_plan",
    "proportions",
    "rogan_gladen",
    "set_agreement",
]
