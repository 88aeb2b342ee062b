"""The numbers: agreement between coders, weighted frequencies, and thresholds for doing without a person.

Pure functions on arrays that return frozen records. Nothing here knows of studies, labels' names or screens;
what is undefined is None, and the docstrings say when. Randomness takes a seed.
"""

from coder.statistics.acceptance import accept
from coder.statistics.agreement import label_agreement, nominal_agreement
from coder.statistics.corrected import (
    corrected_proportions,
    correction_part,
    linearised_correction,
    rogan_gladen,
)
from coder.statistics.design import kish_effective_size
from coder.statistics.linearised import Linearised, differences, holm
from coder.statistics.proportions import linearised_proportions, proportions
from coder.statistics.records import (
    CorrectedProportion,
    Correction,
    Estimate,
    Interval,
    LabelAgreement,
    NominalAgreement,
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
    "CorrectedProportion",
    "Correction",
    "Estimate",
    "Interval",
    "LabelAgreement",
    "Linearised",
    "NominalAgreement",
    "Proportion",
    "SetAgreement",
    "Threshold",
    "accept",
    "corrected_proportions",
    "correction_part",
    "differences",
    "holm",
    "kish_effective_size",
    "label_agreement",
    "linearised_correction",
    "linearised_proportions",
    "nominal_agreement",
    "proportions",
    "rogan_gladen",
    "set_agreement",
]
