"""Features of short texts: words, characters and the sentence vector, as blocks of one kernel.

The kernel of two texts is the sum over blocks of the inner product of unit vectors:

    k(a, b) = 0.5 words + characters + sentence + 0.5

Words are TF-IDF of one and two words, characters TF-IDF of 2 to 5 characters inside words (which carries
Dutch inflection and compounds), the sentence vector is centred on the mean of the training texts. The last
constant takes the place of an intercept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

Encode = Callable[[Sequence[str]], npt.NDArray[np.floating]]
Floats = npt.NDArray[np.float32]

_WORDS = 0.5
_LEMMAS = 0.5
_CONSTANT = 0.5


@dataclass(frozen=True, slots=True)
class Features:
    """Features of n texts.

    Attributes:
        counts: sparse (n, f), the TF-IDF blocks side by side, each row scaled by the block's weight.
        vectors: dense (n, d), centred and of unit length; zero rows for texts without a vector.
    """

    counts: sparse.csr_matrix
    vectors: Floats

    def __len__(self) -> int:
        return int(self.counts.shape[0])

    def __getitem__(self, rows: npt.NDArray[np.intp]) -> "Features":
        return Features(self.counts[rows], self.vectors[rows])

    def kernel(self, other: "Features") -> Floats:
        """Return the kernel (n, m) between these texts and others."""
        shared = (self.counts @ other.counts.T).toarray()
        return np.asarray(shared + self.vectors @ other.vectors.T + _CONSTANT, dtype=np.float32)

    def direction(self, coefficients: npt.NDArray[np.floating]) -> "Direction":
        """Return the linear function that `coefficients` (n, k) on these texts stand for."""
        chosen = coefficients.astype(np.float32)
        return Direction(
            np.asarray(self.counts.T @ chosen), self.vectors.T @ chosen, _CONSTANT * chosen.sum(axis=0)
        )


@dataclass(frozen=True, slots=True)
class Direction:
    """A linear function of features, for each of k labels: (f, k), (d, k) and (k,)."""

    counts: Floats
    vectors: Floats
    constant: Floats

    def scores(self, features: Features) -> npt.NDArray[np.float64]:
        """Return the value (n, k) for each text."""
        return np.asarray(
            features.counts @ self.counts + features.vectors @ self.vectors + self.constant, dtype=np.float64
        )


class _Block:
    """TF-IDF of words or of characters, unit rows times the square root of the block's weight.

    Texts are normalised already: what is between spaces is a word, one letter or digit included.
    """

    def __init__(self, weight: float, analyzer: str, ngrams: tuple[int, int]) -> None:
        word = r"\S+" if analyzer == "word" else None
        self._scale = np.float32(np.sqrt(weight))
        self._tfidf = TfidfVectorizer(
            analyzer=analyzer,
            ngram_range=ngrams,
            token_pattern=word,
            lowercase=False,
            sublinear_tf=True,
            dtype=np.float32,
        )
        self._empty = False

    def fit(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Learn the vocabulary; return the block (n, f). Without a word in any text it has no columns."""
        self._empty = not any(text.split() for text in texts)
        return self.transform(texts) if self._empty else self._tfidf.fit_transform(texts) * self._scale

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return the block (n, f) of other texts."""
        if self._empty:
            return sparse.csr_matrix((len(texts), 0), dtype=np.float32)
        return self._tfidf.transform(texts) * self._scale


class TextFeatures:
    """Learns the vocabulary, the document frequencies and the mean vector of texts; then gives features.

    Parameters:
        encode: texts to vectors (n, d); d may be 0.
        lemmas: texts to lemmas and entities as one string, for pipelines that know them.
    """

    def __init__(self, encode: Encode, lemmas: Callable[[Sequence[str]], list[str]] | None = None) -> None:
        self._encode = encode
        self._lemmas = lemmas
        self._blocks: list[_Block] = []
        self._mean: Floats = np.zeros(0, dtype=np.float32)

    @property
    def reads_writing(self) -> bool:
        """Whether features depend on how a text was written, and not only on what is left of it."""
        return self._lemmas is not None

    def fit(self, texts: Sequence[str], written: Sequence[str]) -> Features:
        """Learn from normalised texts, and from how they were written; return their features."""
        vectors = self._vectors(texts)
        with_vector = vectors.any(axis=1)
        self._mean = vectors[with_vector].mean(axis=0) if with_vector.any() else vectors.sum(axis=0)
        self._blocks = [_Block(_WORDS, "word", (1, 2)), _Block(1.0, "char_wb", (2, 5))]
        if self._lemmas:
            self._blocks.append(_Block(_LEMMAS, "word", (1, 1)))
        sources = self._sources(texts, written)
        counts = [block.fit(source) for block, source in zip(self._blocks, sources, strict=True)]
        return Features(sparse.hstack(counts, format="csr"), self._centred(vectors))

    def transform(
        self, texts: Sequence[str], written: Sequence[str], *, read: Sequence[str] | None = None
    ) -> Features:
        """Return the features of other texts; `read` are the texts that the encoder reads instead."""
        sources = self._sources(texts, written)
        counts = [block.transform(source) for block, source in zip(self._blocks, sources, strict=True)]
        vectors = self._centred(self._vectors(texts if read is None else read))
        return Features(sparse.hstack(counts, format="csr"), vectors)

    def _sources(self, texts: Sequence[str], written: Sequence[str]) -> list[Sequence[str]]:
        """Return what each block reads."""
        return [texts, texts, self._lemmas(written)] if self._lemmas else [texts, texts]

    def _vectors(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of the texts; an empty text has the zero vector, whatever the encoder says."""
        with_content = [i for i, text in enumerate(texts) if text]
        found = np.asarray(self._encode([texts[i] for i in with_content]), dtype=np.float32)
        if found.ndim != 2 or len(found) != len(with_content):
            raise ValueError(f"encode gave an array of shape {found.shape} for {len(with_content)} texts")
        vectors = np.zeros((len(texts), found.shape[1]), dtype=np.float32)
        vectors[with_content] = found
        return vectors

    def _centred(self, vectors: Floats) -> Floats:
        centred = np.where(vectors.any(axis=1, keepdims=True), vectors - self._mean, np.float32(0))
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.where(lengths > 1e-6, lengths, np.inf), dtype=np.float32)
