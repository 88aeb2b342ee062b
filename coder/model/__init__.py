"""Suggestions: from coded answers to a calibrated probability for every label on every other answer.

`LabelModel` is the model; `ModelQuality` says how good it was on texts it had not seen; `review_queue`,
`expected_errors` and `certainty` say which of its decisions a person should look at, and `teaching_order`
which answers teach it most.
"""

from coder.model.choosing import sketch, teaching_order
from coder.model.explaining import Contribution
from coder.model.label_model import LabelModel
from coder.model.quality import LabelQuality, ModelQuality
from coder.model.queue import certainty, expected_errors, review_queue

__all__ = [
    "Contribution",
    "LabelModel",
    "LabelQuality",
    "ModelQuality",
    "certainty",
    "expected_errors",
    "review_queue",
    "sketch",
    "teaching_order",
]
