"""From codings to numbers: 1 mentioned, 0 not mentioned, NaN unknown, never a false zero."""

from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook, Meanings

#: statuses that say something about every label; "unlabelled" is the model's: no label above its threshold
DECIDED = frozenset({"labelled", "none", "unclear", "unlabelled"})


def indicators(
    codebook: Codebook,
    meanings: Meanings,
    statuses: Sequence[str | None],
    labels: Sequence[Sequence[str]],
    versions: Sequence[int | None],
    *,
    knows: Iterable[object] = (),
    unlearnt: tuple[npt.NDArray[np.bool_], Collection[str]] | None = None,
    nets: bool = True,
) -> npt.NDArray[np.float64]:
    """Return what codings say of every active label.

    Args:
        meanings: of the labels, which tells what a coding of a version knows.
        statuses: (n,) statuses; any that is not among DECIDED is missing.
        labels: (n,) label ids each coding gives; versions: (n,) codebook version each was made with.
        knows: (n,) label ids, joined by a space, that a coding knows though they came after its version;
            anything but a text is nothing.
        unlearnt: (n,) rows that the model labelled, and label ids of which it had no example: unknown there.
        nets: whether a parent counts as mentioned when any of its children is (a net count); without,
            only when it was given itself.

    Returns (n, k), k = active labels in the codebook's order: 1.0, 0.0, or NaN where the answer is not
    coded or the label was unknown at the coding's codebook version.
    """
    # retired labels count in the nets above them, and are left out at the end
    every = [label.id for label in codebook.labels]
    column = {label: j for j, label in enumerate(every)}
    decided = np.array([s in DECIDED for s in statuses], dtype=bool)
    values = np.zeros((len(statuses), len(every)))
    for i, given in enumerate(labels):
        if decided[i]:
            for label in given:
                if label in column:
                    values[i, column[label]] = 1.0
    unknown = _unknown(every, meanings, versions, knows)
    if unlearnt is not None:
        rows, never_seen = unlearnt
        for label in never_seen:
            if label in column:
                unknown[rows, column[label]] = True
    values[unknown] = np.nan
    values[~decided] = np.nan
    if nets:
        own = values.copy()
        for parent in every:
            below = [column[d.id] for d in codebook.descendants(parent) if d.id in column]
            if below:
                own[:, column[parent]] = _net(values[:, [column[parent], *below]])
        values = own
    return values[:, [column[label.id] for label in codebook.active]]


def _unknown(
    labels: Sequence[str], meanings: Meanings, versions: Sequence[int | None], knows: Iterable[object]
) -> npt.NDArray[np.bool_]:
    """Return (n, k): which labels each coding does not know."""
    kinds: dict[tuple[int | None, object], int] = {}
    rows = [
        kinds.setdefault((version, besides if isinstance(besides, str) else ""), len(kinds))
        for version, besides in zip_longest(versions, knows)
    ]
    table = [
        [not meanings.knows(label, version or 0, str(besides).split()) for label in labels]
        for version, besides in kinds
    ]
    return np.array(table, dtype=bool).reshape(len(table), len(labels))[rows]


def _net(parts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return NaN where any part is unknown, else 1 where any is 1, else 0.

    A mention of one part would settle the net; but a base of those alone, without the ones of whom the other
    part is unknown, would put every net at 100 %.
    """
    return np.where(np.isnan(parts).any(axis=1), np.nan, (parts == 1.0).any(axis=1).astype(float))
