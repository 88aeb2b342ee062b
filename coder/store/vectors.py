"""Sentence vectors kept in the study, so that no text is encoded twice with the same pipeline."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from coder.store.schema import vector

_BATCH = 20_000


def text_hash(text: str) -> int:
    """Return the 64-bit hash under which a text's vector is kept: of the text itself, to the letter."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def cached_vectors(
    connection: Connection, pipeline: str, hashes: Sequence[int]
) -> dict[int, npt.NDArray[np.float32]]:
    """Return the vectors that are there: text hash to (d,) float32."""
    found: dict[int, npt.NDArray[np.float32]] = {}
    for start in range(0, len(hashes), _BATCH):
        part = hashes[start : start + _BATCH]
        rows = connection.execute(
            select(vector.c.text_hash, vector.c.value).where(
                vector.c.pipeline == pipeline, vector.c.text_hash.in_(part)
            )
        )
        for r in rows:
            found[r.text_hash] = np.frombuffer(r.value, dtype="<f2").astype(np.float32)
    return found


def keep_vectors(
    connection: Connection, pipeline: str, hashes: Sequence[int], vectors: npt.NDArray[np.float32]
) -> None:
    """Keep vectors (n, d), rounded to float16 as the pipeline has rounded them already."""
    rows = [
        {"pipeline": pipeline, "text_hash": h, "value": v.astype("<f2").tobytes()}
        for h, v in zip(hashes, vectors, strict=True)
    ]
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(vector).on_conflict_do_nothing(), rows[start : start + _BATCH])
