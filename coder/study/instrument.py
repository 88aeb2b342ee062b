"""Whether two waves were measured with the same instrument: what coders could choose, and which model."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coder.codebook import CodebookVersion, Meanings
from coder.store.runs import RunRecord
from coder.study.coded_waves import CodedWave
from coder.study.indicators import DECIDED

ALIKE = 0.10
"""The shares of automatic answers of two waves that the same model labelled may differ by this much."""


class Offers:
    """What coders could choose among in each version of a codebook, seen from the newest one."""

    def __init__(self, versions: Sequence[CodebookVersion]) -> None:
        self._meanings = Meanings(versions)
        self._newest = versions[-1].codebook
        self._then = {v.number: {label.id for label in v.codebook.active} for v in versions}

    def of(self, version: int, knows: str = "") -> frozenset[str]:
        """Return what a coding had to choose from: labels as they are now, and those retired since.

        Two codings with the same offer were made with the same instrument. `knows` are the labels that the
        coder knew though they came after that version (ids, joined by a space).
        """
        known = {i.id for i in self._newest.active if self._meanings.knows(i.id, version, knows.split())}
        # of a version before the first that was recorded nothing is known
        then = self._then.get(version, set())
        return frozenset(known | {i.id for i in self._newest.labels if i.retired and i.id in then})


def same_instrument(before: CodedWave, after: CodedWave, *, corrected: bool = False) -> bool:
    """Whether nothing changed between two waves in how answers became labels.

    People chose from the same labels with the same meanings, throughout both waves. And where a model
    labelled answers, it was the same model in both (which had learnt from the same codings with the same
    codebook, pipeline, seed and program), for about as large a part of the answers (see `ALIKE`). In
    `corrected` waves the model's errors are out of the numbers, and only what people chose from counts.
    """
    if len(people_offers(before) | people_offers(after)) > 1:
        return False
    if corrected:
        return True
    shares = [automatic_share(wave) for wave in (before, after)]
    if not any(shares):
        return True
    return all(shares) and abs(shares[0] - shares[1]) <= ALIKE and _same_model(before.run, after.run)


def measured(coded: CodedWave) -> npt.NDArray[np.bool_]:
    """Return (n,) which answers are filled in and something was decided of, by a person or by the model."""
    decided = coded.frame["status"].isin(list(DECIDED)) & coded.frame["filled_in"].astype(bool)
    return decided.to_numpy(dtype=bool)


def automatic_share(coded: CodedWave) -> float:
    """Return the share of the answers decided that the model decided; 0 when none are decided."""
    automatic = (coded.frame["origin"] == "automatic").to_numpy()[measured(coded)]
    return float(automatic.mean()) if len(automatic) else 0.0


def people_offers(coded: CodedWave) -> frozenset[frozenset[str]]:
    """Return what people had to choose from in the codings of a wave: one offer, or more when it changed."""
    offers = Offers(coded.versions)
    rows = coded.frame[measured(coded) & (coded.frame["origin"] != "automatic").to_numpy()]
    kinds = {
        (int(version), knows if isinstance(knows, str) else "")
        for version, knows in zip(rows["version"], rows["knows"], strict=True)
    }
    return frozenset(offers.of(version, knows) for version, knows in kinds)


def _same_model(first: RunRecord | None, second: RunRecord | None) -> bool:
    if first is None or second is None:
        return False
    # runs of before this was recorded tell nothing of what they learnt
    if "taught" not in first.settings or "taught" not in second.settings:
        return False

    def model(run: RunRecord) -> tuple[object, ...]:
        return run.program_version, run.pipeline, run.seed, run.codebook_version, run.settings["taught"]

    return model(first) == model(second)
