"""Tables as pictures for a report."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_reports_sample import agreement_table, compared_table, corrected_table, frequency_table

import coder.writers.picture_file as picture_file
from coder.errors import CoderError
from coder.writers import CannotWriteError
from coder.writers.layout import BAR_GROUPS
from coder.writers.picture import draw_agreement, draw_frequencies


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters as letters, so that a test can read them."""
    monkeypatch.setitem(picture_file._STYLE, "svg.fonttype", "none")


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_same_table_gives_the_same_file(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        draw_frequencies(compared_table(), tmp_path / f"{name}{suffix}")
        draw_agreement(agreement_table(), tmp_path / f"{name}-agreement{suffix}")
    for what in ("", "-agreement"):
        one, two = (tmp_path / f"{name}{what}{suffix}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
        assert len(one.read_bytes()) > 5000
    assert b"2026" not in (tmp_path / f"one{suffix}").read_bytes()[:2000]


@pytest.mark.usefixtures("letters")
def test_a_picture_says_its_base_and_that_it_is_provisional(tmp_path: Path) -> None:
    draw_frequencies(frequency_table(), tmp_path / "out.svg")
    text = (tmp_path / "out.svg").read_text(encoding="utf-8")
    for said in (
        "Wat heeft bijgedragen aan de verbetering?",
        "2017 · leraren · PROVISIONAL",
        "Base: filled in, N = 504 (unweighted).",
        "Nascholing",
        ">65%<",
        "&lt;1%!",
        "Nonresponse lies outside the intervals.",
        "A percentage says who mentions it spontaneously.",
    ):
        assert said in text


@pytest.mark.usefixtures("letters")
def test_groups_have_a_colour_a_letter_and_a_base_each(tmp_path: Path) -> None:
    draw_frequencies(compared_table(), tmp_path / "out.svg")
    text = (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert "leraar (A), N = 252" in text
    assert "65% B" in text
    assert all(colour.lower() in text for colour in BAR_GROUPS[:2])
    assert "Test over all labels together (Rao-Scott)" in text


@pytest.mark.usefixtures("letters")
def test_a_corrected_picture_says_by_what(tmp_path: Path) -> None:
    draw_frequencies(corrected_table(), tmp_path / "out.svg")
    text = (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert "corrected for the model's errors" in text
    assert "Audit sample of the whole wave: 150 answers" in text
    assert "PROVISIONAL" not in text


@pytest.mark.usefixtures("letters")
def test_agreement_has_no_point_where_there_is_no_verdict(tmp_path: Path) -> None:
    draw_agreement(agreement_table(), tmp_path / "out.svg")
    text = (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert ">0.90 good<" in text
    assert ">too few<" in text
    assert "0.85" not in text
    assert ">0.667<" in text


@pytest.mark.usefixtures("letters")
def test_signs_of_other_people_are_drawn_and_not_obeyed(tmp_path: Path) -> None:
    table = replace(frequency_table(), text="Kost $5 en $x^2$? \x1b[31m <b>&amp; \U0001f389")
    draw_frequencies(table, tmp_path / "out.svg")
    text = (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert "Kost $5 en $x^2$?" in text
    assert "&lt;b&gt;&amp;amp;" in text
    assert "\x1b" not in text


def test_more_groups_than_colours_tell_apart_are_refused(tmp_path: Path) -> None:
    groups = tuple(f"groep {n}" for n in range(7))
    with pytest.raises(CoderError, match="7 groups of grootte are more than a picture can tell apart"):
        draw_frequencies(frequency_table("grootte", groups), tmp_path / "out.svg")
    with pytest.raises(CoderError, match="there is nothing to draw"):
        draw_frequencies(replace(frequency_table(), rows=()), tmp_path / "out.svg")
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_or_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match=r"pictures end in \.svg, \.png, \.pdf"):
        draw_frequencies(frequency_table(), tmp_path / "out.jpg")
    with pytest.raises(CannotWriteError, match="there is no folder"):
        draw_agreement(agreement_table(), tmp_path / "none" / "out.svg")


def test_nothing_of_it_is_loaded_until_a_picture_is_made() -> None:
    code = "import sys, coder.cli, coder.writers.picture; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
