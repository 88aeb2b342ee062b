"""One visitor: a process of their own, and the traffic between it and their page."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from coder.messages import _, current_language

DRIVER = "coder.serve.driver:BrowserDriver"
LARGEST = 500
"""Columns and rows beyond which no window goes; a page may ask for any number."""
_GREETING = b"__GANGLION__\n"
_QUIT_SECONDS = 5.0
_TERMINATE_SECONDS = 2.0
_LINGER_SECONDS = 1.0
_COMPLAINT_BYTES = 8192


class Page(Protocol):
    """The side of the visitor's web socket that a visit writes to."""

    async def send_bytes(self, data: bytes) -> None:
        """Send what the terminal should show."""

    async def send_str(self, data: str) -> None:
        """Send a message to the page's script."""


class Visit(AppService):
    """A process that runs the coding screens for one page.

    Parameters
    ----------
    command
        The program and its arguments; no shell comes between.
    page
        The web socket.
    close
        Closes the page's web socket; called when the process has ended.
    downloads
        The server's downloads.
    """

    def __init__(
        self,
        command: Sequence[str],
        page: Page,
        close: Callable[[], Awaitable[Any]],
        downloads: DownloadManager,
    ) -> None:
        super().__init__(
            command[0],
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=close,
            download_manager=downloads,
        )
        self._arguments = tuple(command)

    async def receive(self, message: str) -> str | None:
        """Pass a message of the page on to the process; return what to answer the page, if anything."""
        try:
            kind, *rest = json.loads(message)
            data: Any = rest[0] if rest else None
            if kind == "stdin":
                await self.send_bytes(str(data).encode())
            elif kind == "resize":
                await self.set_terminal_size(_within(data["width"]), _within(data["height"]))
            elif kind == "ping":
                return json.dumps(["pong", data])
            elif kind == "blur":
                await self.blur()
            elif kind == "focus":
                await self.focus()
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            pass  # not from our page's script
        return None

    async def start(self, width: int, height: int) -> None:
        """Start the process, for a window of so many columns and rows."""
        await super().start(_within(width), _within(height))

    async def stop(self) -> None:
        """End the process: ask it, and when it does not listen, make it. Returns once it is gone."""
        task, process = self._task, self._process
        self._task = None
        if task is None or process is None:
            return
        await self._download_manager.cancel_app_downloads(self.app_service_id)
        try:
            async with asyncio.timeout(_QUIT_SECONDS):
                await self.send_meta({"type": "quit"})
                await asyncio.shield(task)
                await process.wait()
        except TimeoutError:
            await _make_end(process)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def run(self) -> None:
        """Relay what the process writes until it ends, then close the page with the reason."""
        process = self._process
        if process is None or process.stdout is None or process.stderr is None:
            return
        complaint = asyncio.create_task(_tail(process.stderr))
        started = False
        try:
            started = await _greets(process.stdout)
            while started:
                kind = await process.stdout.readexactly(1)
                payload = await process.stdout.readexactly(
                    int.from_bytes(await process.stdout.readexactly(4), "big")
                )
                if kind == b"D":
                    await self.on_data(payload)
                elif kind == b"M":
                    await self.on_meta(payload)
                elif kind == b"P":
                    await self.on_packed(payload)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the process, or the page, is gone
        said = await _finish(complaint, process)
        if said:
            print(said, file=sys.stderr, flush=True)
        if started and process.returncode in (0, None):
            reason = _("The screens were closed.")
        else:
            reason = said.splitlines()[-1] if said else _("The screens stopped unexpectedly.")
        with contextlib.suppress(ConnectionError):
            await self.remote_write_str(json.dumps(["ended", reason]))
        await self.remote_close()

    async def on_meta(self, data: bytes) -> None:
        """Act on a message of the process; addresses elsewhere are not opened."""
        if json.loads(data).get("type") not in ("open_url", "exit"):  # after "exit" comes the end itself
            await super().on_meta(data)

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return super()._build_environment(width, height) | {
            "TEXTUAL_DRIVER": DRIVER,
            "CODER_LANG": current_language(),
        }

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        # a session of its own: Ctrl+C in the server's terminal reaches the server alone, which ends its
        # visits in order; and a visit that does not listen is ended with whatever it started
        self._process = await asyncio.create_subprocess_exec(
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = self._process.stdin
        return self._process


def _within(size: Any) -> int:
    return max(1, min(LARGEST, int(size)))


async def _greets(stdout: asyncio.StreamReader) -> bool:
    """Read up to the line with which Textual's driver begins; False when it does not come."""
    while line := await stdout.readline():
        if line == _GREETING:
            return True
    return False


async def _tail(stderr: asyncio.StreamReader) -> str:
    """Read all that a process has to say and return the end of it."""
    kept = b""
    while data := await stderr.read(4096):
        kept = (kept + data)[-_COMPLAINT_BYTES:]
    return kept.decode("utf-8", "replace")


async def _finish(complaint: "asyncio.Task[str]", process: Process) -> str:
    """Wait for what a process has said and for its end; neither may take long."""
    try:
        async with asyncio.timeout(_LINGER_SECONDS):
            await process.wait()
            # whatever the process started may hold its stderr open
            return (await complaint).strip()
    except TimeoutError:
        return ""


async def _make_end(process: Process) -> None:
    """End a process and whatever it started."""
    if sys.platform == "win32":
        process.kill()
        await process.wait()
        return
    for number, seconds in ((signal.SIGTERM, _TERMINATE_SECONDS), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), seconds)
            return
