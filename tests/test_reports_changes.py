"""Change between waves on the terminal and as JSON."""

import json

import pytest
from test_reports_sample import change_table, line_of, shown

from coder.reports import changes_json, render_changes


@pytest.mark.parametrize("width", [70, 80, 100])
def test_a_change_shows_both_waves_the_difference_and_its_p(width: int) -> None:
    text = shown(render_changes(change_table()), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    said = " ".join(text.split())
    assert "2017 → 2018 · leraren · PROVISIONAL: 2017 · NOT SEPARABLE" in said
    assert "without a bridge sample a real change cannot be told from one of the codebook" in said
    assert "+4 [−2; +10]" in text
    assert "0.610" in text
    assert "61 clusters are in both waves" in said


def test_a_bridge_sample_tells_real_change_from_the_instruments() -> None:
    wide = shown(render_changes(change_table(bridged=True)), 100)
    assert line_of(wide, "Schoolvisie").split()[3:] == [
        "+4", "[−2;", "+10]", "+2", "[0;", "+4]", "−10", "[−16;", "−4]", "<0.001",
    ]  # fmt: skip
    assert "SEPARABLE" not in wide
    narrow = shown(render_changes(change_table(bridged=True)))
    assert max(len(line) for line in narrow.splitlines()) <= 80
    assert "[−16; −4]" in narrow
    assert narrow.count("<0.001") == 9


def test_the_json_of_a_change_holds_both_waves_and_every_difference() -> None:
    made = json.loads(json.dumps(changes_json(change_table(bridged=True)), allow_nan=False))
    assert (made["before"]["wave"], made["after"]["wave"], made["separable"]) == ("2017", "2018", True)
    row = made["labels"][0]
    assert {"before", "after", "change", "instrument", "by_people", "by_model", "real"} <= row.keys()
    assert row["real"]["p_adjusted"] == 0.0007
    assert made["bridge"]["size"] == 120
    assert changes_json(change_table())["labels"][0]["instrument"] is None
