"""Tables on the terminal and as JSON: what a reader must be able to see, whatever the console."""

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType
from test_reports_sample import agreement_table, frequency_table, proportion

from coder.messages import set_language
from coder.reports import (
    FrequencyRow,
    FrequencyTable,
    agreement_json,
    bar_chart,
    frequencies_json,
    frequency_notes,
    in_order,
    render_agreement,
    render_frequencies,
    verdict,
)
from coder.reports.numbers import coefficient, count, decimal, margin, percent, percent_interval
from coder.reports.signs import bar, writable
from coder.statistics.records import Estimate


def shown(renderable: RenderableType, width: int = 80, encoding: str = "utf-8", **console: object) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    Console(file=file, width=width, **console).print(renderable)  # type: ignore[arg-type]
    file.flush()
    return raw.getvalue().decode(encoding)


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(start))


def test_numbers_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (decimal(0.714), count(1080), coefficient(0.71, 0.6, 0.82)) == (
        "0.71",
        "1,080",
        "0.71 (0.60–0.82)",
    )
    set_language("nl")
    assert (decimal(0.714), count(1080), coefficient(0.71, 0.6, 0.82)) == (
        "0,71",
        "1.080",
        "0,71 (0,60–0,82)",
    )
    set_language("en")


def test_what_is_undefined_is_a_dash_and_what_only_rounding_makes_zero_is_not_zero() -> None:
    assert (percent(None), percent(float("nan")), decimal(None)) == ("–", "–", "–")
    assert (percent(0.0), percent(0.004), percent(0.005001), percent(1.0)) == ("0%", "<1%", "1%", "100%")
    assert decimal(-0.001) == "0.00"
    assert (percent_interval(None, 0.4), margin(0.3, None)) == ("", "")


def test_rows_stand_by_size_with_children_under_their_net_and_states_last() -> None:
    names = [row.label for row in in_order(frequency_table().rows)]
    assert names == [
        "nascholing",
        "samen",
        "team",
        "kijken",
        "visie",
        "overig",
        "weet_niet",
        "none",
        "unclear",
    ]


def test_no_row_is_lost_when_parents_go_round_in_a_circle_or_are_missing() -> None:
    def row(label: str, parent: str | None) -> FrequencyRow:
        return FrequencyRow(label, label, "label", parent, None, proportion(0.1, 10, 1))

    rows = [row("a", "b"), row("b", "a"), row("c", "gone"), row("d", "d")]
    assert {row.label for row in in_order(rows)} == {"a", "b", "c", "d"}


def test_a_frequency_table_shows_share_interval_and_unweighted_n() -> None:
    text = shown(render_frequencies(frequency_table()))
    assert line_of(text, "Nascholing").split() == ["Nascholing", "65%", "61–69%", "4", "330", "504"]
    assert line_of(text, "Teamconsultatie").startswith("  Teamconsultatie")
    assert "Base: filled in, N = 504 (unweighted)." in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_provisional_table_says_so_with_numbers() -> None:
    text = " ".join(shown(render_frequencies(frequency_table())).split())
    assert "PROVISIONAL" in text
    assert "not yet seen 4; held over 2; open 10; coded by the model 208 (40% of what was filled in)" in text
    assert "waiting for a person 21" in text
    definitive = replace(frequency_table(), provisional=False)
    assert "rovisional" not in shown(render_frequencies(definitive)).replace("PROVISIONAL", "rovisional")


def test_a_label_that_older_codings_do_not_know_names_its_own_base() -> None:
    assert any("Schoolvisie (N = 464)" in note for note in frequency_notes(frequency_table()))


def test_small_bases_and_one_or_two_mentioners_are_warned_of() -> None:
    table = frequency_table(by="functie", groups=("leraar", "schoolleider"), n=18)
    notes = " ".join(frequency_notes(table))
    assert "fewer than 10 respondents in the base: leraar, schoolleider" in notes
    assert "1 or 2 respondents" in notes
    assert "Weet niet / geen mening (leraar)" in notes


def test_groups_have_a_column_each_with_their_base() -> None:
    text = shown(render_frequencies(frequency_table(by="functie", groups=("leraar", "schoolleider"))))
    lines = text.splitlines()
    header = next(place for place, line in enumerate(lines) if "leraar" in line and "schoolleider" in line)
    assert "N = 252" in lines[header + 1]
    assert "N = 168" in lines[header + 1]
    assert line_of(text, "Nascholing").split() == ["Nascholing", "65%", "±6", "65%", "±7"]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_groups_that_do_not_fit_go_below_one_another(width: int) -> None:
    groups = tuple(f"schoolgrootte {n}" for n in range(1, 9))
    text = shown(render_frequencies(frequency_table(by="grootte", groups=groups)), width)
    assert all(group in text for group in groups)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp850", "utf-8"])
def test_any_console_can_show_every_table(encoding: str) -> None:
    odd = replace(frequency_table(), text="Wat hielp? 🎉 \x1b[31m")
    for made in (render_frequencies(odd), bar_chart(odd), render_agreement(agreement_table())):
        text = shown(made, encoding=encoding)
        assert "\x1b" not in text
        assert "Nascholing" in text
    if encoding == "ascii":
        assert "####" in shown(bar_chart(odd), encoding=encoding)
        assert "kappa" in shown(render_agreement(agreement_table()), encoding=encoding)


def test_colour_carries_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shown(bar_chart(frequency_table()), force_terminal=True)
    assert "\x1b[36m" not in plain
    assert "PROVISIONAL" in plain
    assert "Off topic" in plain


def test_bars_are_as_long_as_their_shares() -> None:
    text = shown(bar_chart(frequency_table(), width=70))
    lengths = {
        name: line_of(text, name).count("█")
        for name in ("Nascholing", "Collegiale", "Schoolvisie", "Weet niet")
    }
    assert lengths["Nascholing"] > lengths["Collegiale"] > lengths["Schoolvisie"] >= lengths["Weet niet"]
    assert max(len(line.rstrip()) for line in text.splitlines() if "%" in line and "█" in line) <= 70
    assert "33% (29–38%)" in line_of(text, "Collegiale")
    assert bar(0.001, 10, "utf-8") == "▏"
    assert bar(0.0, 10, "utf-8") == ""
    assert bar(0.5, 10, "ascii") == "#####"


def test_a_table_without_a_single_coding_can_be_shown() -> None:
    rows = tuple(replace(row, proportion=proportion(None, 0, 0)) for row in frequency_table().rows)
    empty = replace(frequency_table(), rows=rows, mentions=0)
    assert "–" in shown(render_frequencies(empty))
    assert "Nascholing" in shown(bar_chart(empty))
    shown(render_frequencies(replace(empty, rows=())))
    shown(bar_chart(replace(empty, rows=())))


def test_agreement_shows_the_interval_on_a_line_of_its_own_where_it_does_not_fit() -> None:
    narrow = shown(render_agreement(agreement_table()))
    assert max(len(line) for line in narrow.splitlines()) <= 80
    assert "0.85–0.95" in narrow
    assert "0.90 (0.85–0.95)" in shown(render_agreement(agreement_table()), 120)


def test_kappa_is_left_out_where_there_are_not_two_coders() -> None:
    table = agreement_table()
    rows = tuple(
        replace(row, agreement=replace(row.agreement, cohen_kappa=Estimate(None), coders=3))
        for row in table.rows
    )
    assert "κ" not in shown(render_agreement(replace(table, coders=("AB", "CD", "EF"), rows=rows)))


def test_a_verdict_needs_ten_positives_and_judges_the_lower_bound() -> None:
    outcomes = {row.label: verdict(row.agreement) for row in agreement_table().rows}
    assert outcomes == {
        "nascholing": "reliable",
        "samen": "tentative",
        "team": "insufficient",
        "visie": "too_few",
        "overig": "undefined",
    }


def test_json_has_proportions_and_null_for_what_is_undefined() -> None:
    made = json.loads(json.dumps(frequencies_json(frequency_table()), allow_nan=False))
    first = next(row for row in made["labels"] if row["label"] == "nascholing")
    assert first["estimate"] == 0.652
    assert {"group", "n", "se", "low", "high", "df", "count"} <= first.keys()
    assert (made["base"], made["tests"]) == ("filled_in", [])

    agreement = json.loads(json.dumps(agreement_json(agreement_table()), allow_nan=False))
    assert agreement["labels"][4]["krippendorff_alpha"] == {
        "estimate": None,
        "se": None,
        "low": None,
        "high": None,
    }
    assert agreement["sets"]["alpha_masi"]["estimate"] == 0.8


def test_json_turns_nan_into_null() -> None:
    table = frequency_table()
    rows = tuple(replace(row, proportion=proportion(float("nan"), 5, 0)) for row in table.rows)
    made: FrequencyTable = replace(table, rows=rows)
    assert frequencies_json(made)["labels"][0]["estimate"] is None


def test_control_characters_of_other_people_do_not_reach_the_terminal() -> None:
    assert writable("a\x1b]0;x\x07b\nc", "utf-8") == "a ]0;x b c"
    assert writable("één – ✓", "ascii") == "??n - ?"
    assert writable("naïef", "no-such-encoding") == "na?ef"
