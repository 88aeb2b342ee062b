"""Label ids: made once from the name, then never changed."""

import re
import unicodedata
from collections.abc import Collection

LONGEST_ID = 40

_VALID = re.compile(r"[a-z0-9_]+")
_APART = re.compile(r"[^a-z0-9]+")
# letters that Unicode does not decompose into a base letter and an accent
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th"})
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´"))


def is_id(text: str) -> bool:
    """Say whether a text can be a label's id: small letters, digits and underscores only."""
    return _VALID.fullmatch(text) is not None


def make_id(name: str, taken: Collection[str]) -> str:
    """Return an id for a new label: "Meer handen in de klas" becomes "meer_handen_in_de_klas".

    At most 40 characters; a number is put behind an id that is in `taken`. A name without a letter or
    digit that ASCII knows becomes "label".
    """
    bare = name.casefold().translate(_APOSTROPHES).translate(_PLAIN)
    folded = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode("ascii").lower()
    stem = _APART.sub("_", folded).strip("_")[:LONGEST_ID].rstrip("_") or "label"
    made = stem
    nth = 1
    while made in taken:
        nth += 1
        suffix = f"_{nth}"
        made = stem[: LONGEST_ID - len(suffix)].rstrip("_") + suffix
    return made
