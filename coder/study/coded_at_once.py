"""Groups of identical answers that a coder coded at once: one decision, which counts once."""

from collections import Counter, defaultdict

import pandas as pd

_AT_ONCE = ["coder", "fingerprint", "at", "status", "labels"]


def count_once(codings: pd.DataFrame) -> pd.DataFrame:
    """Return codings (see `coder.store.queries.codings`) with one of every group that was coded at once.

    A group is what one coder gave identical texts in one go: the codings of origin "duplicate" and the one
    they were given with, which are of the same moment. Of a group one coding is left, whichever answers of
    it the coder opened or took along; what a coder decided of identical texts apart, at another moment, are
    decisions of their own and all stay. A coding that is made anew leaves its group, and the group goes on
    without it.

    The coding that is left lies on the answer where most coders can be compared: two coders who coded the
    same text as a group meet on one answer, also when each opened another one, and so does a group with one
    of the codings that somebody else made one by one. Which one it is never depends on the labels.
    """
    group = codings.groupby(_AT_ONCE, sort=False, dropna=False).ngroup()
    duplicate = (codings["origin"] == "duplicate").groupby(group).transform("any")
    size = group.groupby(group).transform("size")
    several = duplicate & (size > 1)
    if not several.any():
        return codings
    kept = ~several
    concerned = codings["fingerprint"].isin(codings.loc[several, "fingerprint"])
    for _text, of_text in codings[concerned].groupby("fingerprint", sort=False):
        apart = ~several[of_text.index]
        alone = Counter(of_text.loc[apart, "answer_id"].tolist())
        members: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for row, answer, number in zip(
            of_text.index[~apart],
            of_text.loc[~apart, "answer_id"].tolist(),
            group[of_text.index[~apart]].tolist(),
            strict=True,
        ):
            members[number][answer] = row
        for number, answer in _places(members, alone).items():
            kept[members[number][answer]] = True
    return codings[kept]


def _places(groups: dict[int, dict[int, int]], alone: Counter[int]) -> dict[int, int]:
    """Return the answer on which each group counts: the one that most coders meet on, then the next.

    Args:
        groups: group to its answers; alone: answer to how many coders coded it apart.
    """
    grouped = Counter(answer for answers in groups.values() for answer in answers)
    waiting = {number: set(answers) for number, answers in groups.items()}
    places: dict[int, int] = {}
    while waiting:
        free = set().union(*waiting.values())
        # where it is the same, groups meet groups
        best = min(free, key=lambda a: (-grouped[a] - alone[a], -grouped[a], a))
        for number in [number for number, answers in waiting.items() if best in answers]:
            grouped.subtract(waiting.pop(number) - {best})
            places[number] = best
    return places
