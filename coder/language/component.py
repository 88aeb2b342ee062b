"""The spaCy component that gives documents and spans their sentence vector.

The vector lies in `doc.tensor`, shape (1, 512), which survives `nlp.pipe(n_process=2)`; hooks make
`doc.vector`, `doc.similarity` and `span.vector` use it, whatever word vectors the pipeline has. Hooks do
not survive the way back from another process: `attach_vectors` puts them on again.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing import parent_process

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc, Span

from coder.language.encoder import encode


class SentenceEncoder:
    """Puts the vector of the whole text into `doc.tensor`.

    It must come last: components before it may use `doc.tensor` for themselves.
    """

    def __call__(self, doc: Doc) -> Doc:
        """Return the document with its vector."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 256) -> Iterator[Doc]:
        """Yield the documents with their vectors, encoded in batches."""
        remaining = iter(stream)
        while docs := list(islice(remaining, batch_size)):
            for doc, vector in zip(docs, encode([doc.text for doc in docs]), strict=True):
                doc.tensor = vector[np.newaxis]
                # from a worker process they would not come back, and spaCy would warn for every answer
                if parent_process() is None:
                    attach_vectors(doc)
                yield doc


@Language.factory("sentence_encoder", assigns=["doc.tensor"])
def _create(nlp: Language, name: str) -> SentenceEncoder:
    return SentenceEncoder()


def attach_vectors(doc: Doc) -> Doc:
    """Make `doc.vector` and `span.vector` the sentence vectors; the document already has its tensor."""
    doc.user_hooks["vector"] = _doc_vector
    doc.user_hooks["has_vector"] = _has_vector
    doc.user_hooks["similarity"] = _similarity
    doc.user_span_hooks["vector"] = _span_vector
    doc.user_span_hooks["has_vector"] = _has_vector
    doc.user_span_hooks["similarity"] = _similarity
    return doc


def _doc_vector(doc: Doc) -> npt.NDArray[np.float32]:
    return np.asarray(doc.tensor[0], dtype=np.float32)


def _span_vector(span: Span) -> npt.NDArray[np.float32]:
    return encode([span.text]).reshape(-1)


def _has_vector(part: Doc | Span) -> bool:
    return bool(np.asarray(part.vector).any())


def _similarity(part: Doc | Span, other: Doc | Span) -> float:
    one, two = np.asarray(part.vector), np.asarray(other.vector)
    lengths = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / lengths if lengths else 0.0
