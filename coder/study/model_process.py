"""The model beside a screen: a process of its own, so that a key press never waits for it."""

import io
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from coder.messages import _, current_language
from coder.study.model_messages import WireError, read_reply, write_request
from coder.study.suggestions import Failed, Reply

COMMAND = (sys.executable, "-P", "-m", "coder.study.model_worker")

_PATIENCE = 2.0


class ModelProcess:
    """The parent's side of `coder.study.model_worker`: asks, and hands over what comes back.

    Nothing here waits: requests are queued, and `on_reply` is called on a thread of its own with each
    `Reply`. When the process dies there is one `Failed`, `alive` becomes False, and all requests after that
    do nothing until `restart`.

    Parameters:
        folder: the study's folder.
        on_reply: called for every reply; may be set later.
    """

    def __init__(self, folder: Path, on_reply: Callable[[Reply], None] | None = None) -> None:
        self.folder = folder
        self.on_reply = on_reply
        self._closing = False
        self._start()

    @property
    def alive(self) -> bool:
        """Whether there is a process to ask."""
        return not self._closing and self._process.poll() is None

    def train(self, question: str, first: Sequence[int] = ()) -> None:
        """Ask to learn from all codings of a question and to suggest; the answers `first` come first.

        Only the newest request for a question is done.
        """
        self._ask({"do": "train", "question": question, "first": [int(a) for a in first]})

    def explain(self, question: str, answer_id: int) -> None:
        """Ask which words of an answer carry its labels; goes before all other work."""
        self._ask({"do": "explain", "question": question, "answer": int(answer_id)})

    def report(self, question: str) -> None:
        """Ask for the model's report: calibration and growth take some seconds."""
        self._ask({"do": "report", "question": question})

    def restart(self) -> None:
        """Start the process again after it died; it knows nothing of what was asked before."""
        if not self.alive and not self._closing:
            self._start()

    def close(self) -> None:
        """End the process; no reply comes after this."""
        self._closing = True
        self.on_reply = None
        # the child ends at once when its input does, whatever it is doing
        self._requests.put(None)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(  # noqa: S603  (this very program)
            [*COMMAND, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **one_thread, "CODER_LANG": current_language()},
            # Ctrl+C in the terminal is for the screen
            start_new_session=True,
        )
        self._stdin = cast(IO[bytes], self._process.stdin)
        self._stdout = io.BufferedReader(cast(io.FileIO, self._process.stdout), 1 << 20)
        self._requests: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        for work, name in ((self._send, "model requests"), (self._receive, "model replies")):
            threading.Thread(target=work, name=name, daemon=True).start()

    def _ask(self, request: dict[str, Any]) -> None:
        if self.alive:
            self._requests.put(request)

    def _send(self) -> None:
        """Write the requests: on a thread, since a pipe can be full."""
        stdin, requests = self._stdin, self._requests
        with suppress(OSError, ValueError):  # the process is gone: `_receive` says so
            while (request := requests.get()) is not None:
                write_request(stdin, request)
        with suppress(OSError):
            stdin.close()

    def _receive(self) -> None:
        process, stdout, requests = self._process, self._stdout, self._requests
        said_why = False
        try:
            while (reply := read_reply(stdout)) is not None:
                said_why = isinstance(reply, Failed) and not reply.question
                self._hand_over(reply)
        except (WireError, OSError, ValueError):
            process.kill()
        finally:
            requests.put(None)
            process.wait()
        if not self._closing and not said_why:
            self._hand_over(Failed("", _("The model stopped; coding goes on without suggestions.")))

    def _hand_over(self, reply: Reply) -> None:
        if (on_reply := self.on_reply) is not None:
            on_reply(reply)
