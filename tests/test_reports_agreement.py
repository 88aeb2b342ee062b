"""Agreement on the terminal: as much as fits, and no verdict where there can be none."""

from dataclasses import replace

import pytest
from test_reports_sample import agreement_table, line_of, shown

from coder.reports import agreement_notes, render_agreement, verdict
from coder.statistics.records import Estimate


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


@pytest.mark.parametrize("width", [80, 100, 130, 200])
def test_agreement_shows_as_many_coefficients_as_fit(width: int) -> None:
    text = shown(render_agreement(agreement_table()), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    heading = line_of(text, "Label")
    shown_names = [name for name in ("α", " κ", "Fleiss", "AC1", "PABAK") if name in heading]
    assert len(shown_names) == {80: 1, 100: 1, 130: 2, 200: 5}[width]


def test_a_coefficient_on_too_few_positives_does_not_look_like_a_verdict() -> None:
    text = shown(render_agreement(agreement_table()), 200)
    assert "(0.85)" in line_of(text, "Schoolvisie")
    assert "0.71" not in line_of(text, "Schoolvisie")
    assert "too few" in line_of(text, "Schoolvisie")


def test_a_table_of_agreement_says_who_is_compared_with_whom() -> None:
    against = replace(agreement_table(), comparison="consensus", coders=("AB",), informed=True, made_at=(2,))
    text = " ".join(shown(render_agreement(against), 100).split())
    assert "2017 · coder against consensus · AB · codings of codebook version 2" in text
    assert "made with the codings in view" in text
    model = replace(agreement_table(), comparison="model")
    assert "without having learnt from them" in " ".join(shown(render_agreement(model)).split())


def test_positives_in_one_or_two_clusters_give_no_verdict() -> None:
    first = agreement_table().rows[0].agreement
    assert verdict(first) == "reliable"
    assert verdict(replace(first, positive_clusters=2)) == "too_few"


def test_ten_codings_by_many_coders_are_few_answers() -> None:
    first = agreement_table().rows[0].agreement
    assert verdict(replace(first, positives=40, n=200, coders=4, prevalence=40 / 800)) == "reliable"
    assert verdict(replace(first, positives=36, n=200, coders=4, prevalence=36 / 800)) == "too_few"


def test_a_rounded_bound_does_not_contradict_its_verdict() -> None:
    table = agreement_table()
    row = table.rows[0]
    alpha = replace(row.agreement.krippendorff_alpha, low=0.7988)
    close = replace(row, agreement=replace(row.agreement, krippendorff_alpha=alpha))
    text = shown(render_agreement(replace(table, rows=(close,))), 100)
    assert "0.90 (0.799–0.95)" in text
    assert "tentative" in text
    assert "0.90 (0.85–0.95)" in shown(render_agreement(table), 100)


def test_tables_of_one_console_have_the_same_coefficients() -> None:
    short = replace(agreement_table(), rows=agreement_table().rows[:1])
    for width in (100, 110, 120, 140, 180):
        headings = [
            next(line for line in shown(render_agreement(table), width).splitlines() if "verdict" in line)
            for table in (agreement_table(), short)
        ]
        assert headings[0].split() == headings[1].split()


def test_how_bounds_came_about_where_coders_never_differ_is_said() -> None:
    table = agreement_table()
    row = table.rows[0]
    never = replace(row.agreement, percent_agreement=replace(row.agreement.percent_agreement, estimate=1.0))
    said = " ".join(agreement_notes(replace(table, rows=(replace(row, agreement=never),))))
    assert "the exact interval of percent agreement" in said
    assert "exact interval" not in " ".join(agreement_notes(table))
