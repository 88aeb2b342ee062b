"""From codings to numbers: 1 mentioned, 0 not mentioned, NaN unknown, never a false zero."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from coder.codebook import Codebook

#: statuses that say something about every label; "unlabelled" is the model's: no label above its threshold
DECIDED = frozenset({"labelled", "none", "unclear", "unlabelled"})


def indicators(
    codebook: Codebook,
    since: Mapping[str, int],
    statuses: Sequence[str | None],
    labels: Sequence[Sequence[str]],
    versions: Sequence[int | None],
    *,
    knows: Sequence[str] = (),
    unlearnt: tuple[npt.NDArray[np.bool_], Collection[str]] | None = None,
    nets: bool = True,
) -> npt.NDArray[np.float64]:
    """Return what codings say of every active label.

    Args:
        since: label id to the codebook version from which codings know it.
        statuses: (n,) statuses; any that is not among DECIDED is missing.
        labels: (n,) label ids each coding gives; versions: (n,) codebook version each was made with.
        knows: (n,) label ids, joined by a space, that a coding knows though they came after its version.
        unlearnt: (n,) rows that the model labelled, and label ids of which it had no example: unknown there.
        nets: whether a parent counts as mentioned when any of its children is (a net count); without,
            only when it was given itself.

    Returns (n, k), k = active labels in the codebook's order: 1.0, 0.0, or NaN where the answer is not
    coded or the label was unknown at the coding's codebook version.
    """
    # retired labels count in the nets above them, and are left out at the end
    every = [label.id for label in codebook.labels]
    column = {label: j for j, label in enumerate(every)}
    first = np.array([since.get(label, 1) for label in every], dtype=float)
    made = np.array([0 if v is None else v for v in versions], dtype=float)
    decided = np.array([s in DECIDED for s in statuses], dtype=bool)
    values = np.zeros((len(statuses), len(every)))
    for i, given in enumerate(labels):
        if decided[i]:
            for label in given:
                if label in column:
                    values[i, column[label]] = 1.0
    unknown = made[:, None] < first[None, :]
    for i, ids in enumerate(knows):
        for label in ids.split():
            if label in column:
                unknown[i, column[label]] = False
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


def _net(parts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return NaN where any part is unknown, else 1 where any is 1, else 0.

    A mention of one part would settle the net; but a base of those alone, without the ones of whom the other
    part is unknown, would put every net at 100 %.
    """
    return np.where(np.isnan(parts).any(axis=1), np.nan, (parts == 1.0).any(axis=1).astype(float))
