"""The model process: `python -m coder.study.model_worker FOLDER`, started by `ModelProcess`.

It reads requests from its input and writes replies to its output; it ends when its input does, whatever it is
doing, so that nothing is left behind when a screen is killed. Explanations go before everything, then
training, then reports; of several requests to train on a question only the newest is done.
"""

import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from coder.errors import CoderError
from coder.messages import _
from coder.study.folder import Study
from coder.study.model_messages import write_reply
from coder.study.settings import SETTINGS_FILE, read_settings
from coder.study.suggestions import Failed, Reply, Working

_NICE = 5
Request = dict[str, Any]


class Inbox:
    """Requests as they come in, sorted by how urgent they are."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._explain: list[Request] = []
        self._train: dict[str, Request] = {}
        self._report: dict[str, Request] = {}

    def put(self, request: Request) -> None:
        """Take a request in; ValueError when it is not one."""
        kind, question = request.get("do"), request.get("question")
        if kind not in {"explain", "train", "report"} or not isinstance(question, str):
            raise ValueError("not a request")
        with self._changed:
            if kind == "explain":
                # what lies open now is what needs explaining
                self._explain = [request]
            else:
                (self._train if kind == "train" else self._report)[question] = request
            self._changed.notify()

    def take(self, *, wait: bool) -> Request | None:
        """Return the most urgent request; None when there is none and nobody waits."""
        with self._changed:
            while True:
                if self._explain:
                    return self._explain.pop(0)
                for waiting in (self._train, self._report):
                    if waiting:
                        return waiting.pop(next(iter(waiting)))
                if not wait:
                    return None
                self._changed.wait()


class Worker:
    """Does one piece of work at a time, and looks between two steps whether something came in."""

    def __init__(self, folder: Path, inbox: Inbox, replies: IO[bytes]) -> None:
        from coder.study.encoding import VectorsAtHand
        from coder.study.question_model import QuestionModel

        self._inbox, self._replies = inbox, replies
        self._study = Study(folder, take_up=False)
        self._vectors = VectorsAtHand(self._study)
        self._new_model = QuestionModel
        self._models: dict[str, QuestionModel] = {}
        self._work: dict[tuple[str, str], Iterator[Reply | None]] = {}
        self._encoder_is_warm = False

    def run(self) -> None:
        """Work for ever."""
        while True:
            if (request := self._inbox.take(wait=not self._work)) is not None:
                self._begin(request)
            elif self._work:
                # suggestions before reports
                key = min(self._work, key=lambda key: key[0] != "train")
                self._step(key)

    def _begin(self, request: Request) -> None:
        kind, question = request["do"], request["question"]
        try:
            model = self._model(question)
            if kind == "explain":
                self._say(model.explain(int(request["answer"])))
            elif kind == "train":
                # a report of what was coded before is of no use either
                self._work[kind, question] = model.suggest([int(a) for a in request.get("first", ())])
                if self._work.pop(("report", question), None) is not None:
                    self._work["report", question] = model.report()
            else:
                self._work[kind, question] = model.report()
        except CoderError as error:
            self._say(Failed(question, str(error)))

    def _step(self, key: tuple[str, str]) -> None:
        try:
            reply = next(self._work[key])
        except StopIteration:
            del self._work[key]
            self._rest()
        except CoderError as error:
            del self._work[key]
            self._say(Failed(key[1], str(error)))
            self._rest()
        else:
            if reply is not None:
                self._say(reply)

    def _rest(self) -> None:
        """Say that there is nothing left to do, and use the time to have the encoder ready."""
        if self._work:
            return
        self._say(Working("", 0, 0))
        if not self._encoder_is_warm and self._study.pipeline.encoder:
            self._study.pipeline.vectors(["-"])
            self._encoder_is_warm = True

    def _model(self, question: str) -> Any:
        # a question may have come with a wave that was imported meanwhile; a file that somebody is editing
        # right now says what it said before
        with suppress(OSError, CoderError):
            self._study.settings = read_settings(self._study.folder / SETTINGS_FILE)
        self._study.question(question)
        if question not in self._models:
            self._models[question] = self._new_model(self._study, question, self._vectors)
        return self._models[question]

    def _say(self, reply: Reply) -> None:
        write_reply(self._replies, reply)


def _read_requests(requests: IO[bytes], inbox: Inbox) -> None:
    """Take requests in until there are no more; then end the process at once."""
    for line in requests:
        # a line that is no request is nobody's wish
        with suppress(ValueError, AttributeError):
            inbox.put(json.loads(line))
    os._exit(0)


def main() -> None:
    """Serve one screen."""
    # whatever a library prints must not get between the replies
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with suppress(OSError, AttributeError):
        os.nice(_NICE)
    inbox = Inbox()
    threading.Thread(target=_read_requests, args=(sys.stdin.buffer, inbox), daemon=True).start()
    folder = Path(sys.argv[1])
    try:
        Worker(folder, inbox, replies).run()
    except BrokenPipeError:
        os._exit(0)
    except CoderError as error:
        write_reply(replies, Failed("", str(error)))
    except OSError as error:
        message = _("{file} cannot be read: {reason}.")
        write_reply(replies, Failed("", message.format(file=folder, reason=error.strerror)))
    except MemoryError:
        message = _("The model has not enough memory; coding goes on without suggestions.")
        write_reply(replies, Failed("", message))
    # at once: the thread still waits for requests
    os._exit(1)


if __name__ == "__main__":
    main()
