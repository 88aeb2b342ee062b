"""Dutch text: a spaCy pipeline with a sentence encoder in it.

`load_pipeline` gives the default pipeline (Dutch tokens, sentence boundaries, sentence vectors), an
installed spaCy package such as nl_core_news_lg, or a folder that spaCy saved. It costs nothing until the
first text: what is heavy is loaded then, once.
"""

from coder.language.pipeline import Pipeline, load_pipeline
from coder.language.sources import PipelineNotFoundError

__all__ = ["Pipeline", "PipelineNotFoundError", "load_pipeline"]
