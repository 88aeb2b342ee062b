"""The command palette, in the reader's language."""

from rich.text import Text
from textual.command import CommandList, CommandPalette
from textual.widgets.option_list import Option

from coder.messages import _


class Palette(CommandPalette):
    """Textual's palette; what it says when nothing is found is ours (read in textual 8.2.8, pinned)."""

    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()

        def tell() -> None:
            if search_value:
                found = self.query_one(CommandList)
                found.add_option(Option(Text(_("Nothing found")), disabled=True, id=self._NO_MATCHES))
            self._list_visible = bool(search_value)

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, tell)
