"""Translation of what users read: English message ids, Dutch by default.

Wrap a message in `_` where it is shown, never at import time: the language is known only when a
command or a screen starts.

    raise CoderError(_("{file}: there is no sheet {sheet}.").format(file=path, sheet=sheet))
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("nl", "en")
LOCALE = Path(__file__).parent / "locale"
_chosen: str | None = None
# of this thread only: the screens go on in their own language while another thread writes in two
_for_now: ContextVar[str | None] = ContextVar("language", default=None)


def set_language(code: str | None) -> None:
    """Choose the language of messages: "nl", "en", or None for the environment and else Dutch.

    Raises ValueError for a language there is no catalogue for.
    """
    global _chosen
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"no catalogue for language {code!r}: choose from {', '.join(LANGUAGES)}")
    _chosen = code


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Give messages in this language, "nl" or "en", within the block; whatever was chosen holds after it."""
    before = _for_now.set(code)
    try:
        yield
    finally:
        _for_now.reset(before)


def current_language() -> str:
    """Return the language in force: that of the block, else the one chosen, else CODER_LANG, else Dutch."""
    inside = _for_now.get()
    if inside is not None:
        return inside
    if _chosen is not None:
        return _chosen
    wanted = os.environ.get("CODER_LANG", "")[:2].lower()
    return wanted if wanted in LANGUAGES else "nl"


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    return gettext.translation("coder", LOCALE, languages=[code])


def _(message: str) -> str:
    """Translate a message."""
    return _catalogue(current_language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a message that depends on a number."""
    return _catalogue(current_language()).ngettext(one, many, n)
