"""Answers that say nothing, for a person to decide on."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from coder.text import normalise

# matched against the whole text without spaces and punctuation, so that "n.v.t." and "geenidee" fit too
_SAYS_NOTHING = re.compile(
    r"""
    nvt | niet(meer)?vantoepassing | na | nb | wn | niet(be|ge)kend | onbekend | nihil | niet | noppes
    | (ik)?(weet|wist)(ik|het|dat|zo|nog|ook|er|echt|even)*niet(s|meer|precies|zo|zeker|goed|hoor)*
    | (ik)?(zou|kan)(ik|het|dat|zo|er|u)*niet(s|echt|zo|goed)*(weten|zeggen|bedenken|beoordelen)
    | (ik)?(heb|heeft)?(ik)?(hier|daar)?(nog|echt|er|ook|verder)*geen
      (flauw|enkel|echt|duidelijk|verdere?|nadere)?
      (idee|mening|antwoord|reactie|commentaar|opmerking(en)?|toelichting|aanvulling(en)?|bijzonderheden
      |opgave|suggesties?|tips?)?(over|van|hierover)?
    | (verder|helemaal|eigenlijk|nog)*(niets|niks)
      (verder|specifieks|speciaals|bijzonders|tezeggen|toetevoegen)?
    | niemand | nergens | nee | neen | ja | none | nothing | noidea | idk | dk | yes | no
    | zie(de|het|mijn|vraag|hier)*(boven|bovenstaand|eerder|vorige?)(e|antwoord|vraag|en)*
    | (het)?zelfde(antwoord)?(als)?(hier)?(boven|vorige|eerder)?(vraag)? | al(eerder)?(gezegd|genoemd|vermeld)
    | id | idem(dito)? | dito | ditto | nietingevuld | leeg | test | asdf | (bla)+
    """,
    re.VERBOSE,
)


def _key(text: str) -> str:
    return normalise(text).replace(" ", "")


def is_contentless(text: str) -> bool:
    """Say whether an answer seems to say nothing.

    It does when it has no letter or digit, is one sign or one sign repeated ("x", "xxx", "99"), or is
    as a whole one of the phrases in which Dutch respondents say nothing. Case, spaces and punctuation do
    not count. It is a proposal: "niets" can be the finding.
    """
    key = _key(text)
    return (
        len(set(key)) <= 1
        or not any(sign.isalnum() for sign in key)
        or _SAYS_NOTHING.fullmatch(key) is not None
    )


def contentless(texts: Iterable[str | None]) -> list[tuple[str, int]]:
    """Return the contentless answers with how often each was given, the most frequent first.

    Spellings of one phrase ("Nvt", "n.v.t.", "NVT ") are counted together and shown in their most
    frequent spelling. Empty answers are left out.
    """
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, count in Counter(texts).items():
        if text is not None and (bare := text.strip()) and is_contentless(bare):
            # answers of signs only have no letters to be the same in: "-" and "?" are apart
            spellings[_key(bare) or bare][bare] += count
    found = [
        (min(variants, key=lambda spelling: (-variants[spelling], spelling)), variants.total())
        for variants in spellings.values()
    ]
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))
