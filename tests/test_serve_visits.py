"""What a visitor of `coder serve` gets: a process of their own, that ends with the visit."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from serve_cases import Browser, browser, running, shown, small_application, told
from study_cases import new_study, refused

from coder.serve import visit as visits
from coder.serve.server import PortTakenError, Server


def visit(folder: Path, proves: Callable[[Browser], Awaitable[None]], *arguments: str) -> None:
    async def run() -> None:
        async with running(small_application(folder, *arguments)) as server, browser(server) as visitor:
            await proves(visitor)

    asyncio.run(run())


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def ends(process: int, seconds: float = 5) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and is_running(process):
        time.sleep(0.05)
    return not is_running(process)


async def number_in(path: Path) -> int:
    async with asyncio.timeout(8):
        while not (path.exists() and path.read_text().strip()):
            await asyncio.sleep(0.02)
    return int(path.read_text())


def test_a_visit_shows_the_program_and_passes_keys_on(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        await shown(page, "Een klein programma")
        for typed, key in (("7", "7"), ("\x1bOP", "f1"), ("\x10", "ctrl+p"), ("\x1b[B", "down"), ("é", "é")):
            await page.send_json(["stdin", typed])
            await shown(page, f"toets {key} ")
        await page.send_json(["ping", "12"])
        assert await told(page, "pong") == "12"

    visit(tmp_path, proves)


def test_what_no_page_of_ours_sends_does_no_harm(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        await shown(page, "Een klein programma")
        for message in (
            "geen json",
            "[]",
            "{}",
            "3",
            "[" * 100_000,
            '["resize"]',
            '["resize", {"width": "a", "height": 1}]',
            '["resize", {"width": Infinity, "height": 1}]',
            '["resize", {"width": 1, "height": NaN}]',
            '["resize", {"width": 1e999, "height": -1e999}]',
            '["stdin", "\\ud800"]',
            '["ping"]',
        ):
            await page.send_str(message)
        assert await told(page, "pong") is None  # of the last: all were read, and the visit goes on
        await page.send_json(["resize", {"width": 10**9, "height": -3}])
        await page.send_json(["resize", {"width": 70, "height": 12}])
        await page.send_json(["stdin", "q"])
        assert b"toets q" in await shown(page, "toets q")
        assert not page.closed

    visit(tmp_path, proves)
    assert [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


def test_addresses_elsewhere_are_not_opened(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        await shown(page, "Een klein programma")
        await page.send_json(["stdin", "l"])
        await page.send_json(["ping", "1"])
        seen = []
        async with asyncio.timeout(8):
            async for message in page:
                seen.append(message.data)
                if isinstance(message.data, bytes) and b"toets l" in message.data:
                    break
        assert not any("example.org" in data for data in seen if isinstance(data, str))

    visit(tmp_path, proves)


def test_visitors_have_processes_of_their_own_that_end_with_them(tmp_path: Path) -> None:
    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        await shown(page, "Een klein programma")
        first = await number_in(tmp_path / "pid")
        (tmp_path / "pid").unlink()
        other = await visitor.socket()
        await shown(other, "Een klein programma")
        second = await number_in(tmp_path / "pid")
        assert first != second
        await page.close()
        assert await asyncio.to_thread(ends, first)
        assert is_running(second)
        await other.send_json(["stdin", "w"])
        await shown(other, "toets w")

    visit(tmp_path, proves, "run", str(tmp_path / "pid"))


def test_a_program_that_refuses_says_why_on_the_page(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        assert await told(page, "ended") == "De studie is er niet."

    visit(tmp_path, proves, "refuse")
    out, err = capfd.readouterr()
    assert (out, err) == ("", "De studie is er niet.\n")


def test_a_program_that_breaks_closes_the_page(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        await shown(page, "Een klein programma")
        await page.send_json(["stdin", "x"])
        assert await told(page, "ended")

    visit(tmp_path, proves)
    out, err = capfd.readouterr()
    assert out == ""
    assert "dit ging mis" in err


def test_a_program_that_does_not_listen_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "_QUIT_SECONDS", 0.2)
    monkeypatch.setattr(visits, "_TERMINATE_SECONDS", 0.2)

    async def proves(visitor: Browser) -> None:
        page = await visitor.socket()
        process = await number_in(tmp_path / "pid")
        await page.close()
        assert await asyncio.to_thread(ends, process)

    visit(tmp_path, proves, "deaf", str(tmp_path / "pid"))


def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused("serve", "--study", study, "--port", port, "--no-open")
        assert said == f"Port {port} is taken by another program; choose another with --port."
        with pytest.raises(PortTakenError):
            Server(["x"], title="x", port=port)


def test_outside_a_study_nothing_is_served(tmp_path: Path) -> None:
    assert "is not in a study" in refused("serve", "--study", tmp_path, "--no-open")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_the_command_ends_with_all_it_started(tmp_path: Path, how: signal.Signals) -> None:
    # the command itself, in a process of its own; the screens are replaced by the small application
    command = small_application(tmp_path, "run", str(tmp_path / "pid"))
    program = (
        "from coder.serve.server import Server, serve\n"
        f"server = Server({command!r}, title='x')\n"
        "serve(server, ready=lambda: print(server.address, flush=True), browser=False)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        address = served.stdout.readline().strip()

        async def come() -> int:
            import aiohttp

            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
                await session.get(address)
                origin = address.partition("/?")[0]
                page = await session.ws_connect(origin + "/ws", headers={"Origin": origin})
                await shown(page, "Een klein programma")
                process = await number_in(tmp_path / "pid")
                served.send_signal(how)
                assert await asyncio.to_thread(ends, process)
                return process

        process = asyncio.run(come())
        assert served.wait(10) == (-how if how == signal.SIGKILL else 0)
        assert not is_running(process)
