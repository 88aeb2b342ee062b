"""Sentence vectors of a study's texts, each encoded once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.progress import Progress, silent
from coder.store import vectors as store_vectors

if TYPE_CHECKING:
    from coder.study.folder import Study

_CHUNK = 2_000


def encode(study: "Study", texts: Sequence[str], progress: Progress = silent) -> npt.NDArray[np.float32]:
    """Return sentence vectors (n, d) in the order of the texts; new ones are kept in the study."""
    pipeline = study.pipeline
    hashes = [store_vectors.text_hash(text) for text in texts]
    by_hash = dict(zip(hashes, texts, strict=True))
    with study.database.read() as connection:
        found = store_vectors.cached_vectors(connection, pipeline.key, list(by_hash))
    missing = [h for h in by_hash if h not in found]
    # in parts, so that what was encoded before an interruption is not encoded again
    for start in range(0, len(missing), _CHUNK):
        part = missing[start : start + _CHUNK]
        new = pipeline.vectors([by_hash[h] for h in part])
        with study.database.write() as connection:
            store_vectors.keep_vectors(connection, pipeline.key, part, new)
        found.update(zip(part, new, strict=True))
        progress("", start + len(part), len(missing))
    if not hashes:
        return pipeline.vectors([])
    return np.stack([found[h] for h in hashes])
