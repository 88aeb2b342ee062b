"""Which signs a console can show: what it cannot is written in plain ASCII, never crashed on."""

_PLAIN = {
    "–": "-",
    "—": "-",
    "±": "+/-",
    "−": "-",
    "·": "-",
    "…": "...",
    "→": "->",
    "κ": "kappa",
    "α": "alpha",
    "λ": "lambda",
    "≥": ">=",
    "≤": "<=",
    "█": "#",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
}


def writable(text: str, encoding: str) -> str:
    """Return the text in signs that `encoding` has, on one line and without control characters.

    Names and answers are other people's text: an escape sequence in one must not reach the terminal.
    """
    clean = "".join(" " if ord(sign) < 32 or 127 <= ord(sign) < 160 else sign for sign in text)
    try:
        clean.encode(encoding)
    except UnicodeEncodeError:
        return "".join(_one(sign, encoding) for sign in clean)
    except LookupError:
        return clean.encode("ascii", "replace").decode("ascii")
    return clean


def _one(sign: str, encoding: str) -> str:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return _PLAIN.get(sign, "?")
    return sign


def bar(share: float, width: int, encoding: str) -> str:
    """Draw a proportion (0-1) as a bar of at most `width` signs, to an eighth of a sign where possible."""
    eighths = round(8 * width * min(max(share, 0.0), 1.0))
    drawn = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
    if share > 0 and not drawn:
        drawn = "▏"
    try:
        drawn.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return "#" * max(round(eighths / 8), 1 if share > 0 else 0)
    return drawn
