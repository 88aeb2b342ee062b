"""The one line at the foot of a screen that names its keys, the most important first."""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

Keys = Sequence[tuple[str, str]]
"""A key as it is written on the keyboard, and what it does."""


class KeyLine(Static):
    """Shows as many keys as fit, in order of importance; the last one, help, always."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $panel; color: $foreground; padding: 0 1; }
    """

    def __init__(self, keys: Keys, last: tuple[str, str]) -> None:
        super().__init__()
        self._keys, self._last = list(keys), last

    def show(self, keys: Keys) -> None:
        """Name other keys."""
        if self._keys != list(keys):
            self._keys = list(keys)
            self.refresh()

    def render(self) -> Text:
        """Return the line that fits the width."""
        room = self.size.width - _width(self._last)
        line = Text(no_wrap=True, overflow="ellipsis")
        for key in self._keys:
            if _width(key) > room:
                break
            room -= _width(key)
            _write(line, key)
        line.append(" " * max(0, self.content_size.width - line.cell_len - _width(self._last) + 2))
        _write(line, self._last)
        return line


def _width(key: tuple[str, str]) -> int:
    return len(key[0]) + len(key[1]) + 3


def _write(line: Text, key: tuple[str, str]) -> None:
    line.append(key[0], style="bold underline")
    line.append(f" {key[1]}  ")
