"""What a person can mend becomes a dialog, wherever on a screen it happens; the screen goes on as it was."""

from functools import partial
from typing import Any

from textual._callback import invoke
from textual.message import Message
from textual.message_pump import MessagePump
from textual.types import CallbackType

from coder.errors import CoderError


class Guarded(MessagePump):
    """Mix-in for the application, screens and widgets: shows a `CoderError` in place of ending with it."""

    async def _dispatch_message(self, message: Message) -> None:
        # the one place through which every event and message goes: Textual ends the application with what
        # a handler raises (read in textual 8.2.8, which is pinned)
        try:
            await super()._dispatch_message(message)
        except CoderError as error:
            self._show_error(error)

    def call_next(self, callback: CallbackType, *args: Any, **kwargs: Any) -> None:
        """Do what Textual does, guarded: what is done with a dialog's answer comes this way."""

        async def guarded() -> None:
            try:
                await invoke(partial(callback, *args, **kwargs))
            except CoderError as error:
                self._show_error(error)

        super().call_next(guarded)

    def _show_error(self, error: CoderError) -> None:
        from coder.tui.dialogs import Notice

        self.app.push_screen(Notice(str(error)))
