"""The web server of `coder serve`: one page, its files, its web socket and its downloads."""

import asyncio
import contextlib
import errno
import mimetypes
import os
import signal
import socket
import webbrowser
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import quote

from aiohttp import WSCloseCode, WSMsgType, hdrs, web
from textual_serve.download_manager import DownloadManager

from coder.desktop import has_desktop
from coder.errors import CoderError
from coder.messages import _, current_language
from coder.serve.access import Access
from coder.serve.visit import Visit

HOST = "127.0.0.1"
_PING_SECONDS = 15.0
_GOODBYE_SECONDS = 2.0
_SHUTDOWN_SECONDS = 10.0
_OURS = files("coder.serve")
_LIBRARY = files("textual_serve") / "static"


class PortTakenError(CoderError):
    """Another program listens on the port that was asked for."""


class Server:
    """Serves one command to any number of visitors, a process each.

    Parameters
    ----------
    command
        The program that shows the screens, and its arguments.
    title
        What the browser's tab says.
    port
        The port to listen on; 0 takes a free one.
    """

    def __init__(self, command: Sequence[str], *, title: str, port: int = 0) -> None:
        self._command = tuple(command)
        self._title = title
        self._socket = _listen(port)
        self.access = Access(self._socket.getsockname()[1])
        self._downloads = DownloadManager()
        self._open: set[web.WebSocketResponse] = set()

    @property
    def address(self) -> str:
        """The address to open, token included."""
        return self.access.address

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` is set, then end every visit; `ready` is called once visitors may come."""
        application = web.Application(middlewares=[self.access.middleware])
        application.on_response_prepare.append(self.access.add_headers)
        application.on_shutdown.append(self._close_all)
        application.add_routes(
            [
                web.get("/", self._page),
                web.get("/ws", self._visit),
                web.get("/download/{key}", self._download),
                web.static("/static/coder", Path(str(_OURS / "static"))),
                web.static("/static/textual", Path(str(_LIBRARY))),
            ]
        )
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            ready()
            await stop.wait()
        finally:
            await runner.cleanup()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        if request.query_string:
            # textual-serve's script takes orders from the address: a pause, a request to elsewhere
            return web.Response(status=303, headers={"Location": "/"})
        template = Template((_OURS / "static" / "page.html").read_text(encoding="utf-8"))
        text = template.substitute(
            language=current_language(),
            title=escape(self._title),
            socket=escape(f"ws://{request.headers['Host']}/ws"),
            starting=escape(_("The screens are starting…")),
            ended=escape(_("The connection with coder was lost.")),
            kept=escape(_("Everything you coded has been saved.")),
            again=escape(_("Open again")),
            script=escape(_("This page needs JavaScript.")),
        )
        return web.Response(text=text, content_type="text/html")

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        page = web.WebSocketResponse(heartbeat=_PING_SECONDS, timeout=_GOODBYE_SECONDS)
        await page.prepare(request)
        visit = Visit(self._command, page, page.close, self._downloads)
        self._open.add(page)
        try:
            await visit.start(_number(request, "width", 80), _number(request, "height", 24))
            async for message in page:
                if message.type == WSMsgType.TEXT:
                    reply = await visit.receive(message.data)
                    if reply is not None:
                        await page.send_str(reply)
        except ConnectionError:
            pass  # the page is gone
        finally:
            self._open.discard(page)
            await visit.stop()
        return page

    async def _download(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        try:
            download = await self._downloads.get_download_metadata(key)
        except KeyError:
            raise web.HTTPNotFound(text=_("This download is over; export once more.")) from None
        kind = download.mime_type or mimetypes.guess_type(download.file_name)[0] or "application/octet-stream"
        response = web.StreamResponse()
        response.headers[hdrs.CONTENT_TYPE] = kind
        name = quote(download.file_name, safe="")
        response.headers[hdrs.CONTENT_DISPOSITION] = f"attachment; filename*=UTF-8''{name}"
        await response.prepare(request)
        async for chunk in self._downloads.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response

    async def _close_all(self, application: web.Application) -> None:
        closing = [page.close(code=WSCloseCode.GOING_AWAY) for page in self._open]
        await asyncio.gather(*closing, return_exceptions=True)


def serve(server: Server, *, ready: Callable[[], None], browser: bool) -> None:
    """Serve until Ctrl+C or the end of the terminal; open a browser first when asked to."""

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            # on Windows there are no such handlers: Ctrl+C comes as KeyboardInterrupt
            with contextlib.suppress(NotImplementedError, AttributeError):
                loop.add_signal_handler(getattr(signal, name), stop.set)

        def begin() -> None:
            ready()
            if browser and has_desktop():
                # elsewhere a text browser might come up in the very terminal that shows the address
                loop.run_in_executor(None, webbrowser.open, server.address)

        await server.run(stop, begin)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # on Windows this would let two programs share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                _("Port {port} is taken by another program; choose another with --port.").format(port=port)
            ) from error
        if error.errno == errno.EACCES:
            raise PortTakenError(
                _("Port {port} is not for ordinary programs; choose one from 1024 with --port.").format(
                    port=port
                )
            ) from error
        raise
    return listener


def _number(request: web.Request, name: str, default: int) -> int:
    try:
        return int(request.query.get(name, default))
    except ValueError:
        return default
