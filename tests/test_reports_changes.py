"""Change between waves on the terminal and as JSON."""

import json
from dataclasses import replace

import pytest
from test_reports_sample import change_table, corrected_table, line_of, shown

from coder.reports import change_notes, changes_json, render_changes
from coder.reports.change_notes import change_heading


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


def test_a_change_says_what_is_subtracted_and_what_p_belongs_to() -> None:
    bridged = change_table(bridged=True)
    said = " ".join(change_notes(bridged))
    assert "Change: 2018 minus 2017, in percentage points." in said
    assert "p (Holm): t test of the real change" in said
    assert "90 of them are in the base of this table." in said
    assert "p (Holm): t test of the change" in " ".join(change_notes(change_table()))
    backwards = replace(bridged, before=bridged.after, after=bridged.before)
    assert "Change: 2017 minus 2018" in " ".join(change_notes(backwards))


def test_the_heading_of_a_change_names_which_wave_is_corrected() -> None:
    table = change_table()
    table = replace(table, after=replace(corrected_table(), wave="2018"))
    assert "corrected for the model's errors: 2018 · PROVISIONAL: 2017" in change_heading(table)


def test_a_bridge_sample_that_was_not_used_is_not_called_missing() -> None:
    said = " ".join(change_notes(replace(change_table(), unused="Add --corrected.")))
    assert "and the bridge sample was not used. Add --corrected." in said
    assert "without a bridge sample" not in said
    assert "coder audit status says whether there is one" in said
