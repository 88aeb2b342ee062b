"""Published values that the statistics must give, from the file that CODER_REFERENCE names."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

REFERENCE = Path(
    os.environ.get("CODER_REFERENCE")
    or Path(__file__).resolve().parents[2] / "shared" / "reference" / "cases.json"
)


def reference_cases() -> dict[str, Any]:
    if not REFERENCE.is_file():
        pytest.skip(f"other people's survey data: no reference cases at {REFERENCE} (CODER_REFERENCE)")
    loaded: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return loaded


def schools_one_by_one(case: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """The cluster sample one row a school: district, whether it met its target, and its type."""
    rows = []
    for district, *counts, _ in case["rows"]:
        for (met, kind), n in zip(((m, k) for m in (0, 1) for k in "EHM"), counts, strict=True):
            rows += [(district, met, kind)] * n
    district, met, kind = zip(*rows, strict=True)
    return {
        "district": np.array(district),
        "met": np.array(met, dtype=float)[:, None],
        "kind": np.array(kind),
        "weight": np.full(len(rows), case["weight_each"]),
    }
