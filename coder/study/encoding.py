"""Sentence vectors of a study's texts, each encoded once."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.errors import CoderError
from coder.progress import Progress, silent
from coder.store import vectors as store_vectors

if TYPE_CHECKING:
    from coder.study.folder import Study

_CHUNK = 2_000
_SMALL = 128
"""Texts that the model process encodes at once: a fifth of a second's work, and few enough rows in one
transaction that a key press never waits for it."""


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


class VectorsAtHand:
    """Sentence vectors in memory, for a model that learns again and again.

    `prepare` brings in texts, from the study's cache or from the encoder; calling it gives vectors. What was
    not prepared is encoded and forgotten, such as an answer with a word left out.
    """

    def __init__(self, study: "Study") -> None:
        self._study = study
        self._row: dict[str, int] = {}
        self._held = np.zeros((0, 0), dtype=np.float16)

    def __call__(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the vectors (n, d) of the texts."""
        rows = [self._row.get(text, -1) for text in texts]
        others = [text for text, row in zip(texts, rows, strict=True) if row < 0]
        if len(others) == len(texts):
            return self._study.pipeline.vectors(others)
        found = self._held[rows].astype(np.float32)
        if others:
            found[[i for i, row in enumerate(rows) if row < 0]] = self._study.pipeline.vectors(others)
        return found

    def prepare(self, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Hold the vectors of these texts; yield how many are encoded and how many there are to encode.

        A cache that cannot be written (a read-only disk, a full one) is done without.
        """
        by_hash = {store_vectors.text_hash(t): t for t in dict.fromkeys(texts) if t not in self._row}
        if not by_hash:
            return
        pipeline, database = self._study.pipeline, self._study.database
        with database.read() as connection:
            found = store_vectors.cached_vectors(connection, pipeline.key, list(by_hash))
        if found:
            self._hold([by_hash[h] for h in found], np.stack(list(found.values())))
        missing = [h for h in by_hash if h not in found]
        keeping = True
        for start in range(0, len(missing), _SMALL):
            part = missing[start : start + _SMALL]
            new = pipeline.vectors([by_hash[h] for h in part])
            self._hold([by_hash[h] for h in part], new)
            if keeping:
                try:
                    with database.write() as connection:
                        store_vectors.keep_vectors(connection, pipeline.key, part, new)
                except CoderError:
                    keeping = False
            yield start + len(part), len(missing)

    def _hold(self, texts: Sequence[str], vectors: npt.NDArray[np.floating]) -> None:
        used, wanted = len(self._row), len(self._row) + len(texts)
        if wanted > len(self._held) or self._held.shape[1] != vectors.shape[1]:
            larger = np.zeros((max(wanted, 2 * len(self._held)), vectors.shape[1]), dtype=np.float16)
            larger[:used] = self._held[:used].reshape(used, vectors.shape[1])
            self._held = larger
        self._held[used:wanted] = vectors
        self._row.update(zip(texts, range(used, wanted), strict=True))
