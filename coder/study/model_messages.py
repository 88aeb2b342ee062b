"""How the model process and its parent talk: a line of JSON, then the bytes of the arrays it names."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from coder.study.suggestions import (
    Explanation,
    Failed,
    Growth,
    GrowthPoint,
    LabelReport,
    ModelReport,
    QueuedAnswer,
    ReliabilityBin,
    Reply,
    Suggestions,
    Working,
)

_LONGEST_LINE = 1 << 26
_ARRAYS = {
    "thresholds": "<f8",
    "answer_ids": "<i8",
    "probabilities": "<f4",
    "given": "|b1",
    "certainty": "<f4",
    "order": "<i8",
}


class WireError(Exception):
    """What came through the pipe is not a message."""


def write_request(pipe: IO[bytes], request: Mapping[str, Any]) -> None:
    """Write one request: a line of JSON."""
    _write_all(pipe, json.dumps(request).encode("ascii") + b"\n")


def write_reply(pipe: IO[bytes], reply: Reply) -> None:
    """Write one reply: a line of JSON with the kind, and the arrays after it."""
    own = {part.name: getattr(reply, part.name) for part in fields(reply)}
    arrays: list[tuple[str, npt.NDArray[np.generic]]] = []
    if isinstance(reply, Suggestions):
        arrays = [(name, np.ascontiguousarray(own.pop(name), dtype=kind)) for name, kind in _ARRAYS.items()]
    shapes = {name: array.shape for name, array in arrays}
    line = {"kind": type(reply).__name__, "arrays": shapes, **own}
    _write_all(pipe, json.dumps(line, default=_plain).encode("ascii") + b"\n")
    for _name, array in arrays:
        _write_all(pipe, memoryview(array.tobytes()))


def read_reply(pipe: IO[bytes]) -> Reply | None:
    """Return the next reply; None at the end. Raises WireError for anything that is not one.

    Arrays are taken over as they lie in the pipe's bytes, without a loop over answers.
    """
    line = pipe.readline(_LONGEST_LINE)
    if not line:
        return None
    try:
        message = json.loads(line)
        kind, shapes = message.pop("kind"), message.pop("arrays")
        for name, shape in shapes.items():
            message[name] = _read_array(pipe, np.dtype(_ARRAYS[name]), tuple(shape))
        return _BUILD[kind](message)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireError(type(error).__name__) from error


def _read_array(pipe: IO[bytes], kind: np.dtype[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    wanted = int(np.prod(shape)) * kind.itemsize
    content = pipe.read(wanted)
    if len(content) != wanted:
        raise WireError("the pipe ended in the middle of an array")
    return np.frombuffer(content, dtype=kind).reshape(shape)


def _suggestions(message: dict[str, Any]) -> Suggestions:
    return Suggestions(**{**message, "labels": tuple(message["labels"])})


def _explanation(message: dict[str, Any]) -> Explanation:
    spans = {
        label: tuple((int(a), int(b), float(c)) for a, b, c in found)
        for label, found in message["labels"].items()
    }
    return Explanation(message["question"], message["answer_id"], spans)


def _report(message: dict[str, Any]) -> ModelReport:
    growth = message["growth"]
    if growth is not None:
        points = tuple(GrowthPoint(**point) for point in growth["points"])
        growth = Growth(**{**growth, "points": points})
    queue = tuple(
        QueuedAnswer(**{**queued, "doubtful": tuple((label, p) for label, p in queued["doubtful"])})
        for queued in message["queue"]
    )
    parts = {
        "labels": tuple(LabelReport(**label) for label in message["labels"]),
        "reliability": tuple(ReliabilityBin(**part) for part in message["reliability"]),
        "growth": growth,
        "queue": queue,
    }
    return ModelReport(**{**message, **parts})


_BUILD: Mapping[str, Callable[[dict[str, Any]], Reply]] = {
    "Suggestions": _suggestions,
    "Explanation": _explanation,
    "ModelReport": _report,
    "Working": lambda message: Working(**message),
    "Failed": lambda message: Failed(**message),
}


def _plain(value: Any) -> Any:
    """Return a record's parts for JSON."""
    return {part.name: getattr(value, part.name) for part in fields(value)}


def _write_all(pipe: IO[bytes], content: bytes | memoryview) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[pipe.write(rest) :]
