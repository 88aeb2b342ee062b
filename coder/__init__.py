"""Label open survey answers, with a model that proposes the labels and numbers that hold.

`LabelModel` can be used on its own, without a study:

    from coder import LabelModel
    model = LabelModel(seed=0).fit(texts, Y, labels)
"""

from typing import TYPE_CHECKING, Any

from coder.version import __version__

if TYPE_CHECKING:
    from coder.model import LabelModel as LabelModel

__all__ = ["LabelModel", "__version__"]


def __getattr__(name: str) -> Any:
    # scikit-learn takes a second to import: only who asks for the model waits for it
    if name == "LabelModel":
        from coder.model import LabelModel

        return LabelModel
    raise AttributeError(f"module 'coder' has no attribute {name!r}")
