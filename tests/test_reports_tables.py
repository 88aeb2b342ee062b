"""Frequency tables on the terminal: what a reader must be able to see, whatever the console."""

from collections import Counter
from dataclasses import replace

import pytest
from test_reports_sample import (
    agreement_table,
    audit_record,
    compared_table,
    corrected_table,
    frequency_table,
    line_of,
    proportion,
    shown,
)

from coder.messages import set_language
from coder.reports import (
    FrequencyRow,
    bar_chart,
    frequency_notes,
    in_order,
    render_agreement,
    render_frequencies,
)
from coder.reports.correction_notes import correction_notes
from coder.reports.notes import base_note
from coder.reports.numbers import (
    coefficient,
    count,
    decimal,
    margin,
    p_equals,
    p_value,
    percent,
    percent_interval,
    points,
    points_interval,
)
from coder.reports.signs import bar, writable
from coder.reports.tables import Disclosure
from coder.statistics import LeftOut


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
    assert (p_value(0.0002), p_value(0.0432), p_value(None)) == ("<0.001", "0.043", "–")
    assert (p_equals(0.0), p_equals(0.5)) == ("p < 0.001", "p = 0.500")
    assert (points(0.043), points(-0.103), points(-0.001), points(None)) == ("+4", "−10", "0", "–")
    assert points_interval(-0.016, 0.102) == "[−2; +10]"
    assert (percent_interval(None, 0.4), margin(0.35, 0.3, None)) == ("", "")


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
    lines = shown(render_frequencies(table)).splitlines()
    assert all("!" in line for line in lines if line.startswith(("Nascholing", "Overig", "Off topic")))
    notes = " ".join(frequency_notes(table))
    assert "! Fewer than 10 respondents in the base: leraar, schoolleider." in notes
    assert "! Fewer than 3 respondents mention it" in notes
    assert "Weet niet / geen mening (leraar)" in notes


def test_few_or_unequal_clusters_and_strata_of_one_cluster_are_warned_of() -> None:
    table = replace(frequency_table(by="functie", groups=("leraar", "schoolleider")), stratified=True)
    assert "Careful" not in " ".join(frequency_notes(table))
    rows = [
        replace(row, proportion=replace(row.proportion, effective_clusters=20.0, lone_strata=2))
        if row.group == "leraar"
        else row
        for row in table.rows
    ]
    table = replace(table, rows=tuple(rows))
    notes = " ".join(frequency_notes(table))
    assert "Careful, few or very unequal clusters (leraar): intervals can be too narrow" in notes
    assert "In 2 strata one unit (cluster or respondent) was sampled" in notes
    assert "very unequal clusters (leraar)" in " ".join(shown(render_frequencies(table)).split())
    weighted = " ".join(frequency_notes(replace(table, clustered=False)))
    assert "Careful, few respondents or very unequal weights (leraar)" in weighted


def test_thresholds_of_disclosure_are_those_of_the_study() -> None:
    table = replace(frequency_table(), disclosure=Disclosure(fewest_mentioners=20))
    rows = [replace(row, cautions=("few_mentioners",)) for row in table.rows if row.label == "none"]
    rows += [row for row in table.rows if row.label != "none"]
    notes = " ".join(frequency_notes(replace(table, rows=tuple(rows))))
    assert "! Fewer than 20 respondents mention it, who might be recognised: " in notes
    assert "Off topic" in notes
    text = shown(render_frequencies(replace(table, rows=tuple(rows))))
    assert line_of(text, "Off topic").split()[2] == "3%!"
    assert line_of(text, "Nascholing").split()[1] == "65%"


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
        assert "kappa" in shown(render_agreement(agreement_table()), 140, encoding=encoding)


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


def test_a_chart_has_the_signs_of_caution_and_the_footnotes_of_the_table() -> None:
    table = corrected_table()
    text = shown(bar_chart(table))
    assert line_of(text, "Weet niet").endswith("!")
    assert not line_of(text, "Nascholing").endswith("!")
    said = " ".join(text.split())
    for note in frequency_notes(table):
        assert " ".join(note.split()) in said


def test_a_table_without_a_single_coding_can_be_shown() -> None:
    rows = tuple(replace(row, proportion=proportion(None, 0, 0)) for row in frequency_table().rows)
    empty = replace(frequency_table(), rows=rows, mentions=0)
    assert "–" in shown(render_frequencies(empty))
    assert "Nascholing" in shown(bar_chart(empty))
    shown(render_frequencies(replace(empty, rows=())))
    shown(bar_chart(replace(empty, rows=())))


def test_control_characters_of_other_people_do_not_reach_the_terminal() -> None:
    assert writable("a\x1b]0;x\x07b\nc", "utf-8") == "a ]0;x b c"
    assert writable("één – ✓", "ascii") == "??n - ?"
    assert writable("naïef", "no-such-encoding") == "na?ef"


def test_groups_have_letters_a_p_and_a_test_over_all_labels() -> None:
    text = shown(render_frequencies(compared_table()), 100)
    assert "leraar (A)" in text
    assert line_of(text, "Nascholing").split() == ["Nascholing", "65%", "±6", "B", "65%", "±7", "<0.001"]
    assert line_of(text, "Schoolvisie").split()[-1] == "1.000"
    said = " ".join(text.split())
    assert "Test over all labels together (Rao-Scott): F(2.9; 81) = 2.88, p = 0.043." in said
    assert "fewer than 5 degrees of freedom: Weet niet / geen mening." in said


def test_what_was_not_tested_is_said_and_not_shown_as_no_difference() -> None:
    table = compared_table()
    none = table.tests[-1].test
    untested = replace(
        table, tests=tuple(replace(one, test=none, pairs=()) for one in table.tests), overall=none
    )
    text = " ".join(shown(render_frequencies(untested), 100).split())
    assert "not tested: there are fewer than 5 degrees of freedom" in text
    assert "Rao-Scott" not in text


def test_groups_in_too_few_clusters_are_named_by_their_letters() -> None:
    table = compared_table()
    out = (LeftOut(1, "few_clusters"),)
    few = replace(table, tests=tuple(replace(one, left_out=out) for one in table.tests))
    text = " ".join(shown(render_frequencies(few), 100).split())
    assert "Groups not compared, because they lie in too few clusters" in text
    assert "more than strata): B." in text


@pytest.mark.parametrize("width", [60, 80])
def test_the_last_part_of_a_table_in_parts_has_the_tests(width: int) -> None:
    groups = tuple(f"schoolgrootte {n}" for n in range(1, 6))
    table = replace(compared_table(), by="grootte", groups=groups, rows=frequency_table("x", groups).rows)
    text = shown(render_frequencies(table), width)
    assert text.count("<0.001") == 1
    assert max(len(line) for line in text.splitlines()) <= width


def test_every_base_is_named_for_what_it_is() -> None:
    asked = " ".join(frequency_notes(replace(frequency_table(), base="asked")))
    assert "Base: asked, N = 504 (unweighted)" in asked
    assert "Who left the answer empty counts as not mentioning anything." in asked
    mentions = replace(frequency_table(), base="mentions")
    assert "shares of mentions" in shown(render_frequencies(mentions))
    said = " ".join(frequency_notes(mentions))
    assert "Percentages are shares of all mentions, not of respondents" in said
    assert "n: mentions of the label" in said
    assert "mentions it spontaneously" not in said
    known = max(row.proportion.n for row in mentions.rows)
    assert "Left out" not in " ".join(frequency_notes(replace(mentions, mentions=known)))
    left_out = " ".join(frequency_notes(replace(mentions, mentions=known + 2)))
    assert "Left out 2 mentions by respondents whose older codings do not know every label." in left_out
    assert "mentions it spontaneously" in asked


def test_a_total_over_populations_says_what_it_is() -> None:
    text = " ".join(shown(render_frequencies(replace(frequency_table(), population_total=True))).split())
    assert "2017 · all populations together" in text
    assert "the study declares that their weights are comparable" in text


def test_a_corrected_table_says_where_the_model_was_left_out_and_where_it_only_widens() -> None:
    table = corrected_table()
    rows = []
    for row in table.rows:
        assert row.correction is not None
        low, high = (0.0, 1.0) if row.label == "weet_niet" else (row.proportion.low, row.proportion.high)
        lam = 0.0 if row.label == "nascholing" else row.correction.lam
        how = replace(row.correction, lam=lam, rare=lam in (0.0, 1.0))
        rows.append(replace(row, correction=how, proportion=replace(row.proportion, low=low, high=high)))
    said = " ".join(correction_notes(replace(table, rows=tuple(rows))))
    assert "or says the same of every answer: Nascholing." in said
    assert "would give without the model: Weet niet / geen mening." in said


def test_a_footnote_on_lambda_names_the_group_that_it_holds_for() -> None:
    table = corrected_table("functie", ("leraar", "schoolleider"))
    rows = []
    for row in table.rows:
        assert row.correction is not None
        how = row.correction
        if (row.label, row.group) == ("weet_niet", "leraar"):
            how = replace(how, lam=0.0)
        rows.append(replace(row, correction=how))
    table = replace(table, rows=tuple(rows))
    untuned, without = "Not tuned (λ = 1)", "Without the model (λ = 0)"
    both = {note[: len(untuned)]: note for note in correction_notes(table)}
    assert both[untuned].endswith("do not have it: Weet niet / geen mening (schoolleider).")
    (zero,) = (note for note in correction_notes(table) if note.startswith(without))
    assert zero.endswith("of every answer: Weet niet / geen mening (leraar).")
    own = " ".join(correction_notes(table, "schoolleider"))
    assert untuned in own
    assert without not in own
    assert "Weet niet / geen mening." in own


def test_the_notes_of_one_group_give_no_numbers_of_all_groups_as_its_own() -> None:
    table = replace(frequency_table("functie", ("leraar", "schoolleider")), mentions=306)
    said = " ".join(frequency_notes(table, "leraar"))
    assert "306" not in said
    assert "Of all respondents" not in said
    assert "Provisional (all groups together): " in said


def test_a_net_with_a_narrower_interval_than_a_label_under_it_is_explained() -> None:
    table = corrected_table()
    child = next(row for row in table.rows if row.parent is not None)
    assert child.correction is not None
    wide = replace(
        child,
        proportion=replace(child.proportion, low=0.0, high=1.0),
        correction=replace(child.correction, lam=0.1),
    )
    rows = [wide if row is child else row for row in table.rows]
    note = "The model helped some labels more than others"
    assert note in " ".join(correction_notes(replace(table, rows=tuple(rows))))
    alike = [replace(row, correction=wide.correction) for row in rows]
    assert note not in " ".join(correction_notes(replace(table, rows=tuple(alike))))


def test_a_corrected_table_shows_the_uncorrected_percentage_and_what_it_is_worth() -> None:
    text = shown(render_frequencies(corrected_table()))
    assert line_of(text, "Nascholing").split() == [
        "Nascholing", "65%", "61–69%", "4", "71%", "330", "504",
    ]  # fmt: skip
    said = " ".join(text.split())
    assert "corrected for the model's errors" in said
    assert "150 answers coded blind by a person of 150 drawn at random on 2018-06-02 from the 420" in said
    assert "In simulations (see the methodology) 95% intervals" in said
    assert "Errors of the human coders lie outside the intervals." in said
    assert "Not tuned (λ = 1), because fewer than 20 answers" in said
    assert "or do not have it: Weet niet / geen mening." in said
    grouped = shown(render_frequencies(corrected_table("functie", ("leraar", "schoolleider"))))
    assert "65% ±6 [71%]" in grouped
    assert "In square brackets: uncorrected." in grouped


def test_the_reasons_of_a_corrected_table_to_be_provisional_are_not_the_model() -> None:
    text = " ".join(frequency_notes(replace(corrected_table(), provisional=True)))
    assert "Provisional: not yet seen 4; held over 2; open 10; outside the audit sample 10." in text


def test_effective_size_and_design_effect_are_in_the_footnotes() -> None:
    text = " ".join(frequency_notes(frequency_table()))
    assert "Effective n by the weights (Kish): 454. Design effect 1.3" in text
    bare = replace(frequency_table(), weighted=False, clustered=False)
    assert "Kish" not in " ".join(frequency_notes(bare))


def test_an_interval_that_reaches_further_on_one_side_has_no_margin() -> None:
    assert margin(0.5, 0.44, 0.56) == "±6"
    assert margin(0.0, 0.0, 0.064) == "0–6%"
    table = frequency_table()
    rows = [
        replace(row, proportion=replace(row.proportion, estimate=0.0, low=0.0, high=0.064))
        if row.label == "weet_niet"
        else row
        for row in table.rows
    ]
    text = shown(render_frequencies(replace(table, rows=tuple(rows))))
    assert line_of(text, "Weet niet").split()[-4:] == ["0%!", "0–6%", "2", "504"]
    assert "±: half the width of the 95% interval" in " ".join(text.split())


def test_a_corrected_table_says_how_much_of_it_people_coded() -> None:
    said = " ".join(frequency_notes(corrected_table()))
    assert "Coded by people: 240, of which 150 in the audit sample." in said
    groups = corrected_table("functie", ("leraar", "schoolleider"))
    assert "leraar 240 (150 in the audit sample), schoolleider 120 (150 in" in base_note(groups)
    assert "Coded by people: 120, of which 150 in" in base_note(groups, "schoolleider")
    assert "Coded by EF. Each answer by one coder: how far coders agree on it is not known." in said
    twice = replace(corrected_table(), audit=replace(audit_record(), coders=("EF", "GH"), double=40))
    assert "Coded by EF, GH. 40 of these answers by two coders or more." in " ".join(frequency_notes(twice))


def test_labels_of_a_model_are_warned_of_where_nothing_corrects_them() -> None:
    said = " ".join(frequency_notes(frequency_table()))
    assert "The model's errors are not in the intervals." in said
    assert "coder frequencies --corrected" in said
    by_people = replace(frequency_table(), counts=Counter(filled_in=520), provisional=False)
    assert "model" not in " ".join(frequency_notes(by_people))
    assert "The model's errors are not" not in " ".join(frequency_notes(corrected_table()))


def test_answers_that_are_not_decided_are_named_beside_the_base() -> None:
    assert "That is without 16 answers of which nothing is decided yet. Open and held-over" in base_note(
        frequency_table()
    )
    unseen = replace(frequency_table(), counts=Counter(filled_in=520, unseen=4))
    assert "seldom the easy ones" not in base_note(unseen)


def test_clusters_and_the_finite_population_correction_are_in_the_footnotes() -> None:
    said = " ".join(frequency_notes(replace(frequency_table(), population_clusters=757)))
    assert "take the clusters into account (84)" in said
    assert "the clusters are a sample of 757; that respondents are a sample within" in said
    assert "Finite population" not in " ".join(frequency_notes(frequency_table()))
    alone = replace(frequency_table(), clustered=False, population_clusters=5000)
    assert "the respondents are a sample of 5,000." in " ".join(frequency_notes(alone))


def test_of_mentions_a_label_with_labels_under_it_is_no_net() -> None:
    table = replace(frequency_table(), base="mentions")
    rows = [replace(row, kind="own") if row.kind == "parent" else row for row in table.rows]
    text = shown(render_frequencies(replace(table, rows=tuple(rows))), 100)
    assert "(own" in line_of(text, "Collegiale")
    assert "It is no net, and can be smaller" in " ".join(text.split())
    assert "Kish" not in text


def test_a_variable_that_makes_the_populations_is_no_group_to_compare() -> None:
    table = replace(frequency_table(by="functie", groups=("leraren",)), population="leraren")
    assert "functie makes the populations: each has a table of its own." in " ".join(frequency_notes(table))


def test_tests_on_provisional_codings_come_with_a_warning() -> None:
    said = " ".join(frequency_notes(compared_table()))
    assert "Careful with p: the codings are provisional" in said
    assert "States without a label are not tested (–)." in said
    done = " ".join(frequency_notes(replace(compared_table(), provisional=False)))
    assert "Careful with p" not in done
