"""When two answers are the same text, and when an answer says anything at all."""

import hashlib
import re
import unicodedata
from collections.abc import Collection

_APART = re.compile(r"[^\w]+", re.UNICODE)


def normalise(text: str) -> str:
    """Return the text folded to what makes two answers identical.

    Case, accents' composition, punctuation and white space do not count: "Tijd!", " tijd" and "TIJD"
    are one text. An answer of nothing but signs becomes the empty string.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _APART.sub(" ", folded).replace("_", " ").strip()


def fingerprint(text: str) -> int:
    """Return a signed 64-bit number that is the same for identical answers (see `normalise`)."""
    digest = hashlib.blake2b(normalise(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def is_filled_in(text: str | None, not_filled_in: Collection[str] = ()) -> bool:
    """Say whether an answer counts as filled in.

    It does when it has a letter or a digit and its whole text is not in `not_filled_in`, a list that a
    person decides on for each question; case and punctuation around and in it do not count ("N.v.t." is
    "nvt"). Text is taken as it is: "NA" that a person typed is an answer unless the list says otherwise.
    """
    if text is None or not any(c.isalnum() for c in text):
        return False
    bare = normalise(text).replace(" ", "")
    return bare not in {normalise(entry).replace(" ", "") for entry in not_filled_in}
