"""A pipeline: what it is called, and what it says of texts."""

from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from coder.errors import CoderError
from coder.language.encoder import DIMENSION, clean, encoder_version
from coder.language.sources import DEFAULT, Source, find_source
from coder.messages import _
from coder.progress import Progress, silent

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_BATCH = 256
_ENCODER = "sentence_encoder"
_SENTENCE_BOUNDARIES = ("sentencizer", "senter", "parser")


def load_pipeline(name: str = DEFAULT) -> "Pipeline":
    """Return the pipeline of that name: "default", an installed spaCy package, or a folder.

    Nothing heavy happens here: spaCy and the encoder are loaded at the first text, once in a process.
    Raises PipelineNotFoundError, with how to get it, when there is no such pipeline.
    """
    return _pipeline(find_source(name), encoder_version())


@cache
def _pipeline(source: Source, encoder: str) -> "Pipeline":
    return Pipeline(source, encoder)


class Pipeline:
    """Dutch text into vectors, lemmas and entities.

    Attributes:
        name: "default", a package name or a folder.
        version: of the package, or of what lies in the folder.
        encoder: name and version of the sentence encoder; "" when it is not installed: the model then works
            on words and characters alone, and needs about twice as many coded answers.
        key: changes when the same text could get other vectors; for caches.
    """

    def __init__(self, source: Source, encoder: str) -> None:
        self._source = source
        self.name = source.name
        self.version = source.version
        self.encoder = encoder
        self.key = f"{source.path.name if source.path else source.name}@{source.version}+{encoder or 'none'}"

    def __repr__(self) -> str:
        return f"Pipeline({self.key!r})"

    @property
    def description(self) -> str:
        """What screens and exports say about the pipeline, in the reader's language."""
        if self.encoder:
            return _("{name} {version} with {encoder}").format(
                name=self.name, version=self.version, encoder=self.encoder
            )
        return _("{name} {version} without sentence encoder (suggestions are less good)").format(
            name=self.name, version=self.version
        )

    @cached_property
    def nlp(self) -> "Language":
        """The spaCy pipeline with sentence boundaries and, last, the encoder; CoderError when broken."""
        import spacy

        import coder.language.component  # noqa: F401  registers the factory

        if self.name == DEFAULT:
            nlp = spacy.blank("nl")
        else:
            try:
                nlp = spacy.load(self._source.path or self.name, exclude=[] if self.encoder else [_ENCODER])
            except (OSError, ValueError, ImportError) as error:
                reason = " ".join(str(error).split())
                message = _("The pipeline {name} cannot be loaded: {reason}")
                raise CoderError(message.format(name=self.name, reason=reason)) from error
        if not any(kind in nlp.pipe_names for kind in _SENTENCE_BOUNDARIES):
            nlp.add_pipe("sentencizer", first=True)
        if self.encoder and _ENCODER not in nlp.pipe_names:
            nlp.add_pipe(_ENCODER, last=True)
        return nlp

    @property
    def annotates(self) -> bool:
        """Whether the pipeline knows lemmas or named entities (the default one does not)."""
        return self.name != DEFAULT and bool(self._assigned & {"token.lemma", "doc.ents"})

    @property
    def dimension(self) -> int:
        """The length d of the vectors; 0 when there is neither an encoder nor a table of word vectors."""
        return (DIMENSION if self.encoder else 0) + self._word_dimension

    def docs(self, texts: Sequence[str], *, n_process: int = 1) -> Iterator["Doc"]:
        """Yield a spaCy document a text; with an encoder, `doc.vector` and `span.vector` are its vectors."""
        from coder.language.component import attach_vectors

        for doc in self.nlp.pipe(map(clean, texts), batch_size=_BATCH, n_process=n_process):
            yield attach_vectors(doc) if self.encoder else doc

    def vectors(self, texts: Sequence[str], progress: Progress = silent) -> npt.NDArray[np.float32]:
        """Return the vectors (n, d) of the texts.

        Each is the sentence vector (d = 512, unit length, zero for an empty text), followed by the mean word
        vector (unit length) when the pipeline has a table of word vectors; d = 0 when it has neither. All
        values are rounded to float16, so that cached and fresh vectors are the same numbers. Identical texts
        are encoded once.
        """
        distinct = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        found = np.zeros((len(distinct), self.dimension), dtype=np.float32)
        if not self.dimension:
            return np.zeros((len(texts), 0), dtype=np.float32)
        start = DIMENSION if self.encoder else 0
        others = [name for name in self.nlp.pipe_names if name != _ENCODER]
        docs = self.nlp.pipe(map(clean, distinct), batch_size=_BATCH, disable=others)
        for i, doc in enumerate(docs):
            if self.encoder:
                found[i, :start] = doc.tensor[0]
            if self._word_dimension:
                found[i, start:] = _mean_word_vector(doc)
            if (i + 1) % _BATCH == 0 or i + 1 == len(distinct):
                progress(_("Reading answers"), i + 1, len(distinct))
        return found[[distinct[text] for text in texts]]

    def lemmas(self, texts: Sequence[str]) -> list[str]:
        """Return the lemmas of each text with the kinds of its named entities, as one string.

        "Mevrouw Jansen hielp" becomes "mevrouw jansen helpen entity_PER". Empty strings when the pipeline
        knows neither lemmas nor entities.
        """
        if not self.annotates:
            return [""] * len(texts)
        not_needed = [_ENCODER] if self.encoder else []
        docs = self.nlp.pipe(map(clean, texts), batch_size=_BATCH, disable=not_needed)
        return [" ".join([*_lemmas(doc), *(f"entity_{e.label_}" for e in doc.ents)]) for doc in docs]

    @cached_property
    def _assigned(self) -> set[str]:
        return {what for name in self.nlp.pipe_names for what in self.nlp.get_pipe_meta(name).assigns}

    @cached_property
    def _word_dimension(self) -> int:
        if self.name == DEFAULT:
            return 0
        table = self.nlp.vocab.vectors
        return int(table.shape[1]) if table.shape[0] else 0


def _lemmas(doc: "Doc") -> Iterator[str]:
    return (token.lemma_.casefold() for token in doc if token.lemma_ and not token.is_space)


def _mean_word_vector(doc: "Doc") -> npt.NDArray[np.float32]:
    total = np.zeros(doc.vocab.vectors_length, dtype=np.float32)
    for token in doc:
        total += np.asarray(token.vector)
    unit = total / max(float(np.linalg.norm(total)), float(np.finfo(np.float32).tiny))
    return unit.astype(np.float16).astype(np.float32)
