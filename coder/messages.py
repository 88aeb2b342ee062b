"""Translation of what users read: English message ids, Dutch by default.

Wrap a message in `_` where it is shown, never at import time: the language is known only when a
command or a screen starts.

    raise CoderError(_("{file}: there is no sheet {sheet}.").format(file=path, sheet=sheet))
"""

import gettext
import os
from functools import cache
from pathlib import Path

LANGUAGES = ("nl", "en")
LOCALE = Path(__file__).parent / "locale"
_chosen: str | None = None


def set_language(code: str | None) -> None:
    """Choose the language of messages: "nl", "en", or None for the environment and else Dutch.

    Raises ValueError for a language there is no catalogue for.
    """
    global _chosen
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"no catalogue for language {code!r}: choose from {', '.join(LANGUAGES)}")
    _chosen = code


def current_language() -> str:
    """Return the language in force: the one chosen, else CODER_LANG, else Dutch."""
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
