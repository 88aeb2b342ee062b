"""Who may come in: this computer's browsers that hold the token, and pages that this server made.

Other programs on this computer, and other pages in the same browser, reach a port of 127.0.0.1 as easily as
the coder does. Three questions are asked of every request, the page, the web socket, the files and the
downloads alike:

- Host: is it this address? A page elsewhere can let its own name point at 127.0.0.1 (DNS rebinding).
- Origin: is the page that asks one of ours? Cookies go to every port of a host, so that a page of another
  program on this computer would bring ours along.
- Token: does the browser hold it? It comes in with the printed address and stays as a cookie.
"""

import secrets
from html import escape

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from coder.messages import _

HTTP_PORT = 80
_PARAMETER = "token"


class Access:
    """The door of one server: its token, its cookie and the names it goes by.

    Parameters
    ----------
    port
        The port the server listens on.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.token = secrets.token_urlsafe(32)
        # browsers keep cookies by host, whatever the port: two servers must not take one another's
        self.cookie = f"coder_{port}"
        names = ("127.0.0.1", "localhost")
        self.hosts = {f"{name}:{port}" for name in names} | (set(names) if port == HTTP_PORT else set())

    @property
    def address(self) -> str:
        """The address to open, token included."""
        return f"http://127.0.0.1:{self.port}/?{_PARAMETER}={self.token}"

    def refusal(self, request: web.Request) -> str | None:
        """Say why a request may not come in; None when it may."""
        if request.headers.get("Host", "").lower() not in self.hosts:
            return _("This server answers only at 127.0.0.1 and localhost.")
        origin = request.headers.get("Origin")
        asks_socket = request.headers.get("Upgrade", "").lower() == "websocket"
        if (origin is not None or asks_socket) and origin != f"http://{request.headers['Host']}":
            return _("This server does not answer to other pages.")
        if not self._is_token(request.cookies.get(self.cookie)) and not self._brings_token(request):
            return _(
                "Open the whole address that 'coder serve' printed, with the part after the question mark."
            )
        return None

    def _is_token(self, given: str | None) -> bool:
        # bytes that are no UTF-8 come as lone surrogates; only written out as such are they comparable
        return given is not None and secrets.compare_digest(
            given.encode("utf-8", "surrogatepass"), self.token.encode()
        )

    def _brings_token(self, request: web.Request) -> bool:
        return (
            request.method == "GET" and request.path == "/" and self._is_token(request.query.get(_PARAMETER))
        )

    @property
    def middleware(self) -> Middleware:
        """The guard to hang before every route."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            refusal = self.refusal(request)
            if refusal is not None:
                return web.Response(status=403, text=refusal)
            if self._brings_token(request):
                return self._welcome(request)
            return await handler(request)

        return guard

    def _welcome(self, request: web.Request) -> web.Response:
        """Turn the token of the address into a cookie, and the address into one without it."""
        response: web.Response
        if request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
            response = web.Response(status=303, headers={"Location": "/"})
        else:
            # come from a link on another page (mail in the browser): a strict cookie does not go along
            # with a redirect there, it does with a step that this page takes itself
            title = escape(_("One moment…"))
            page = f'<!DOCTYPE html><meta http-equiv="refresh" content="0;url=/"><title>{title}</title>'
            response = web.Response(text=page, content_type="text/html")
        response.set_cookie(self.cookie, self.token, path="/", httponly=True, samesite="Strict")
        return response

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Say to the browser what this server's answers may do: nothing outside this server."""
        host = request.headers.get("Host", "").lower()
        socket = f" ws://{host}" if host in self.hosts else ""
        response.headers.update(
            {
                "Content-Security-Policy": "; ".join(
                    (
                        "default-src 'none'",
                        "script-src 'self'",
                        # xterm.js places its rows and colours with style elements of its own
                        "style-src 'self' 'unsafe-inline'",
                        "img-src 'self' data:",
                        "font-src 'self'",
                        f"connect-src 'self'{socket}",
                        "base-uri 'none'",
                        "form-action 'none'",
                        "frame-ancestors 'none'",
                    )
                ),
                "Referrer-Policy": "no-referrer",
                "X-Frame-Options": "DENY",
                "X-Content-Type-Options": "nosniff",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Cache-Control": "no-store",
                "Server": "coder",
            }
        )
