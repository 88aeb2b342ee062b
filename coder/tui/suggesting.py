"""What the model suggests while somebody codes: asked for in the background, never waited for."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.codebook.choosing import still_there

if TYPE_CHECKING:
    from coder.study.coding import CodingSession
    from coder.study.model_process import ModelProcess
    from coder.study.suggestions import Reply, Suggestions

EVERY = 10
"""Codings after which the model learns again."""

PRESELECTED_FROM = 25
"""Coded answers from which on suggestions are chosen beforehand; until then p takes what is shown."""

Spans = Mapping[str, Sequence[tuple[int, int]]]


class Suggesting:
    """The newest suggestions for one question.

    Parameters:
        model: the process to ask; None suggests nothing.
        heard: called when there are new suggestions.
        explained: called with an answer and the words that carried its labels.
        failed: called with a line that says why nothing is suggested.
    """

    def __init__(
        self,
        model: "ModelProcess | None",
        heard: Callable[[], None],
        explained: Callable[[int, Spans], None],
        failed: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._model, self._heard, self._explained, self._failed = model, heard, explained, failed
        self._question = ""
        self._newest: Suggestions | None = None
        self._since = 0
        self._new_order = False

    def begin(self, session: "CodingSession") -> None:
        """Be about this session's question from here on."""
        self._question, self._newest, self._since = session.question.name, None, 0

    def train(self, first: Sequence[int]) -> None:
        """Ask to learn from what is coded, and to suggest for these answers first."""
        self._since = 0
        if self._model is not None:
            self._model.train(self._question, first)

    def coded(self, n: int) -> bool:
        """Count codings; say whether it is time to learn again."""
        self._since += n
        return self._since >= EVERY

    def explain(self, answer: int) -> None:
        """Ask which words carried the labels of an answer."""
        if self._model is not None and self._newest is not None:
            self._model.explain(self._question, answer)

    def hear(self, reply: "Reply") -> None:
        """Take what the model process says."""
        from coder.study.suggestions import Explanation, Failed, Suggestions

        if isinstance(reply, Suggestions) and reply.question == self._question:
            self._newest = reply
            self._new_order = self._new_order or bool(len(reply.order))
            self._heard()
        elif isinstance(reply, Explanation) and reply.question == self._question:
            spans = {
                label: [(start, end) for start, end, _p in found] for label, found in reply.labels.items()
            }
            self._explained(reply.answer_id, spans)
        elif isinstance(reply, Failed) and reply.question in ("", self._question):
            self._failed(reply.message)

    def of(self, answer: int, codebook: Codebook) -> tuple[tuple[str, ...], dict[str, float]]:
        """Return what to preselect for an answer, and each label's probability; nothing while unknown."""
        newest = self._newest
        row = None if newest is None else newest.row(answer)
        if newest is None or row is None or not newest.trained_on:
            return (), {}
        probabilities = dict(zip(newest.labels, newest.probabilities[row].tolist(), strict=True))
        return still_there(codebook, newest.preselected(answer)), probabilities

    @property
    def preselects(self) -> bool:
        """Whether the model has learnt from enough answers to choose labels beforehand."""
        return self._newest is not None and self._newest.trained_on >= PRESELECTED_FROM

    def certainty(self, answer: int) -> float | None:
        """Return how certain the model is of its most doubtful decision on an answer."""
        row = None if self._newest is None else self._newest.row(answer)
        if self._newest is None or row is None or not self._newest.trained_on:
            return None
        return float(self._newest.certainty[row])

    @property
    def order(self) -> Sequence[int]:
        """The answers in the order that teaches most; empty while unknown."""
        return () if self._newest is None else self._newest.order.tolist()

    def reordered(self) -> bool:
        """Whether there is a new order since this was asked last."""
        new, self._new_order = self._new_order, False
        return new
