"""Who may come in at `coder serve`: the page, the web socket, the files and the downloads alike."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from serve_cases import Browser, browser, running, shown, small_application, told

PATHS = ["/", "/ws", "/static/coder/page.js", "/static/textual/js/textual.js", "/download/abc", "/elders"]


def visit(
    folder: Path,
    proves: Callable[[Browser], Awaitable[None]],
    *,
    token: bool = True,
    arguments: tuple[str, ...] = (),
) -> None:
    async def run() -> None:
        async with (
            running(small_application(folder, *arguments)) as server,
            browser(server, token=token) as visitor,
        ):
            await proves(visitor)

    asyncio.run(run())


def test_without_the_token_nothing_is_given(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        for path in PATHS:
            status, text, _ = await visitor.get(path)
            assert (status, "coder serve" in text) == (403, True), path
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await visitor.socket()

    visit(tmp_path, proves, token=False)


def test_a_wrong_token_is_no_token(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        token = visitor.server.access.token
        for wrong in ("", "x", token[:-1], token + "x", "é", token.swapcase()):
            status, _, headers = await visitor.get(f"/?token={wrong}")
            assert status == 403, wrong
            assert "Set-Cookie" not in headers
            cookie = {"Cookie": f"{visitor.server.access.cookie}={wrong}"}
            status, _, _ = await visitor.get("/", **cookie)
            assert status == 403, wrong
        # the token opens the page, and only there
        status, _, _ = await visitor.get(f"/static/coder/page.js?token={token}")
        assert status == 403

    visit(tmp_path, proves, token=False)


@pytest.mark.parametrize("wrong", [b"\xff\xfe", b"\xed\xa0\x80", b'"\\377"', b"%ff", b"\xc3\xa9"])
def test_bytes_that_are_no_text_are_no_token(tmp_path: Path, wrong: bytes) -> None:
    async def proves(visitor: Browser) -> None:
        access = visitor.server.access
        reader, writer = await asyncio.open_connection("127.0.0.1", access.port)
        head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{access.port}\r\nConnection: close\r\n".encode()
        writer.write(head + f"Cookie: {access.cookie}=".encode() + wrong + b"\r\n\r\n")
        async with asyncio.timeout(8):
            answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 403 ")
        status, _, _ = await visitor.get("/?token=" + quote(wrong))
        assert status == 403

    visit(tmp_path, proves, token=False)


def test_the_token_becomes_a_cookie_and_leaves_the_address(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        access = visitor.server.access
        assert visitor.server.address == f"http://127.0.0.1:{access.port}/?token={access.token}"
        status, text, headers = await visitor.get(f"/?token={access.token}")
        assert (status, headers["Location"], text) == (303, "/", "")
        cookie = headers["Set-Cookie"]
        assert cookie.startswith(f"coder_{access.port}={access.token};")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        status, text, _ = await visitor.get("/")
        assert status == 200
        assert access.token not in text
        for path in PATHS[2:4]:
            assert (await visitor.get(path))[0] == 200
        assert (await visitor.get("/download/abc"))[0] == 404

    visit(tmp_path, proves, token=False)


def test_a_link_on_another_page_works_too(tmp_path: Path) -> None:
    # a strict cookie does not go along with a redirect that another site began
    async def proves(visitor: Browser) -> None:
        status, text, headers = await visitor.get(
            f"/?token={visitor.server.access.token}", Sec_Fetch_Site="cross-site"
        )
        assert (status, "Location" in headers) == (200, False)
        assert 'content="0;url=/"' in text
        assert "SameSite=Strict" in headers["Set-Cookie"]

    visit(tmp_path, proves, token=False)


def test_other_hosts_and_other_pages_are_refused(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        port = visitor.server.access.port
        for host in (
            "example.org",
            f"example.org:{port}",
            "127.0.0.1",
            f"127.0.0.1:{port + 1}",
            f"0.0.0.0:{port}",
        ):
            assert (await visitor.get("/", Host=host))[0] == 403, host
        cookie = f"{visitor.server.access.cookie}={visitor.server.access.token}"
        assert (await visitor.get("/", Host=f"localhost:{port}", Cookie=cookie))[0] == 200
        for origin in (
            "http://example.org",
            "null",
            f"http://127.0.0.1:{port + 1}",
            f"https://127.0.0.1:{port}",
        ):
            for path in PATHS:
                assert (await visitor.get(path, Origin=origin))[0] == 403, (origin, path)
            async with visitor.session.post(visitor.origin + "/", headers={"Origin": origin}) as answer:
                assert answer.status == 403
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await visitor.socket(Origin=origin)
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await visitor.session.ws_connect(visitor.origin + "/ws")  # no page at all

    visit(tmp_path, proves)


def test_every_answer_keeps_the_browser_inside(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        for path in (
            "/",
            "/static/coder/page.css",
            "/static/textual/js/textual.js",
            "/download/abc",
            "/elders",
        ):
            _, _, headers = await visitor.get(path)
            policy = dict(
                part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
            )
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == "'self'"
            assert policy["connect-src"] == f"'self' ws://127.0.0.1:{visitor.server.access.port}"
            assert policy["frame-ancestors"] == "'none'"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Cache-Control"] == "no-store"

    visit(tmp_path, proves)


class Addresses(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "iframe"
        names = ("src", "href", "data-session-websocket-url", "action", "data")
        self.found += [value for name, value in attrs if name in names and value]


def test_the_page_asks_nothing_of_anybody_else(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        status, text, _ = await visitor.get("/")
        assert status == 200
        page = Addresses()
        page.feed(text)
        socket = f"ws://127.0.0.1:{visitor.server.access.port}/ws"
        assert socket in page.found
        local = [address for address in page.found if address not in (socket, "data:,")]
        assert len(local) == 4
        assert all(address.startswith("/static/") for address in local)
        for address in local:
            status, text, _ = await visitor.get(address)
            assert status == 200, address
            without_comments = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
            assert not re.findall(r"(?:https?|wss?):?//[\w.]+", without_comments), address
            for named in re.findall(r"url\(\"?([^)\"]+)", without_comments):
                assert named.startswith(("/static/", "data:")), named
                assert (await visitor.get(named))[0] == 200, named

    visit(tmp_path, proves)


def test_orders_in_the_address_are_dropped(tmp_path: Path) -> None:
    # textual-serve's script would fetch whatever "ping" names
    assert '.get("ping")' in (files("textual_serve") / "static/js/textual.js").read_text(encoding="utf-8")

    async def proves(visitor: Browser) -> None:
        status, _, headers = await visitor.get("/?ping=http://example.org/&delay=1")
        assert (status, headers["Location"]) == (303, "/")

    visit(tmp_path, proves)


def test_a_download_needs_the_cookie_and_comes_whole(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        socket = await visitor.socket()
        await shown(socket, "Een klein programma")
        await socket.send_json(["stdin", "d"])
        key = await told(socket, "deliver_file_start")
        async with browser(visitor.server, token=False) as stranger:
            assert (await stranger.get(f"/download/{key}"))[0] == 403
        status, text, headers = await visitor.get(f"/download/{key}")
        assert (status, text) == (200, "x" * 200_000)
        name = "onderwijs%2C%202026%20%C3%A9.xlsx"
        assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert (await visitor.get(f"/download/{key}"))[0] == 404  # once only
        await socket.close()

    visit(tmp_path, proves)
