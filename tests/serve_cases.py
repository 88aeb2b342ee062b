"""What the tests of the web server share: a small application, a running server, a browser's manners."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from coder.serve.server import Server

APPLICATION = """
import os, sys
from io import BytesIO
from textual.app import App
from textual.widgets import Label

class Small(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def compose(self):
        yield Label("Een klein programma")

    def on_key(self, event):
        self.query_one(Label).update("toets " + (event.character if event.is_printable else event.key) + " ")
        if event.key == "d":
            self.deliver_binary(BytesIO(b"x" * 200_000), save_filename="onderwijs, 2026 é.xlsx")
        elif event.key == "l":
            self.open_url("https://example.org/elders")
        elif event.key == "x":
            raise RuntimeError("dit ging mis")

    def on_app_focus(self):
        self.title = "focus"

if len(sys.argv) > 1 and sys.argv[1] == "refuse":
    print("De studie is er niet.", file=sys.stderr)
    sys.exit(1)
if len(sys.argv) > 1 and sys.argv[1] == "deaf":
    import signal, time
    os.write(1, b"__GANGLION__\\n")
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(os.getpid(), file=open(sys.argv[2], "w"))
    while True:
        time.sleep(1)
if len(sys.argv) > 2:
    print(os.getpid(), file=open(sys.argv[2], "w"))
Small().run()
"""


def small_application(folder: Path, *arguments: str) -> list[str]:
    """Write a small Textual program and return the command that starts it."""
    path = folder / "small.py"
    path.write_text(APPLICATION, encoding="utf-8")
    return [sys.executable, str(path), *arguments]


@asynccontextmanager
async def running(command: list[str]) -> AsyncIterator[Server]:
    """Run a server on a free port in this event loop."""
    server = Server(command, title="Proefstudie")
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(server.run(stop, ready.set))
    try:
        await asyncio.wait_for(ready.wait(), 5)
        yield server
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


@dataclass
class Browser:
    """A client that holds the cookie, and sends what a page of the server would send."""

    session: aiohttp.ClientSession
    server: Server

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.access.port}"

    async def get(self, path: str, **headers: str) -> tuple[int, str, Any]:
        async with self.session.get(
            self.origin + path,
            headers={k.replace("_", "-"): v for k, v in headers.items()},
            allow_redirects=False,
        ) as answer:
            return answer.status, await answer.text(errors="replace"), answer.headers

    async def socket(self, **headers: str) -> aiohttp.ClientWebSocketResponse:
        given = {"Origin": self.origin} | headers
        return await self.session.ws_connect(self.origin + "/ws?width=60&height=10", headers=given)


@asynccontextmanager
async def browser(server: Server, *, token: bool = True) -> AsyncIterator[Browser]:
    """A browser that has been to the printed address, or (without token) has not."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        if token:
            async with session.get(server.address) as answer:
                assert answer.status == 200
        yield Browser(session, server)


async def shown(socket: aiohttp.ClientWebSocketResponse, text: str) -> bytes:
    """Read what the terminal is sent until a text stands in it."""
    seen = b""
    async with asyncio.timeout(8):
        async for message in socket:
            if message.type == aiohttp.WSMsgType.BINARY:
                seen += message.data
                if text.encode() in seen:
                    return seen
    raise AssertionError(f"{text!r} was not shown: {seen!r}")


async def told(socket: aiohttp.ClientWebSocketResponse, kind: str) -> Any:
    """Read until the page's script is told something of a kind."""
    async with asyncio.timeout(8):
        async for message in socket:
            if message.type == aiohttp.WSMsgType.TEXT and message.json()[0] == kind:
                return message.json()[1]
    raise AssertionError(f"{kind!r} was not told")
