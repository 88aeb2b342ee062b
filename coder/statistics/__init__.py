"""The numbers: agreement between coders, weighted frequencies, and thresholds for doing without a person.

Pure functions on arrays that return frozen records. Nothing here knows of studies, labels' names or screens;
what is undefined is None, and the docstrings say when. Randomness takes a seed.
"""

from coder.statistics.acceptance import accept
from coder.statistics.agreement import label_agreement
from coder.statistics.design import kish_effective_size
from coder.statistics.linearised import Linearised, differences, holm
from coder.statistics.proportions import linearised_proportions, proportions
from coder.statistics.records import Estimate, LabelAgreement, Proportion, SetAgreement, Threshold
from coder.statistics.sets import set_agreement

__all__ = [
    "Estimate",
    "LabelAgreement",
    "Linearised",
    "Proportion",
    "SetAgreement",
    "Threshold",
    "accept",
    "differences",
    "holm",
    "kish_effective_size",
    "label_agreement",
    "linearised_proportions",
    "proportions",
    "set_agreement",
]
