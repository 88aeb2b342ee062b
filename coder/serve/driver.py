"""What a visitor's process draws on: Textual's driver for browsers, with three things mended.

Chosen with the environment variable TEXTUAL_DRIVER by the server that starts the process.
"""

import os
from threading import Lock
from typing import Any

from textual import events, messages
from textual.app import App
from textual.drivers.web_driver import WebDriver


class BrowserDriver(WebDriver):
    """A driver that writes whole packets, ends with its server, and knows that the page has the keyboard."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._writing = Lock()
        self._write = self._write_whole  # type: ignore[assignment]  # a partial in the base class

    def _write_whole(self, packet: bytes) -> int:
        # downloads are written by the input thread, frames by the application: packets larger than a pipe
        # would get mixed
        rest = memoryview(packet)
        with self._writing:
            try:
                while rest:
                    rest = rest[os.write(self.fileno, rest) :]
            except BrokenPipeError:
                return 0  # the server is gone; the end of the input says so too
        return len(packet)

    def start_application_mode(self) -> None:
        """Start, as the base class does, but with the keyboard in the application."""
        super().start_application_mode()
        # the base class ends its start by telling the application that it lost the focus; the page takes the
        # focus by itself, and its message may come before that one
        self._app.call_later(self._app.call_later, self._app.post_message, events.AppFocus())

    def run_input_thread(self) -> None:
        """Relay input until it ends; when that is because the server is gone, end the application too."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(messages.ExitApp())
