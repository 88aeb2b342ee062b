"""Overview: how far the work is, what is best done now, and going there."""

from pathlib import Path
from typing import Any

import pytest
from study_cases import CODEBOOK, coded, done, new_study, survey, two_coders, with_codebook
from tui_cases import Screens, app_on, choose, on_screens, press, settled, text_of

from coder.study import Study, create_study
from coder.tui.app import CoderApp
from coder.tui.screens.coding import CodingScreen

TEXTS = {f"{i:03}": f"antwoord {i}" for i in range(20)}


def app_of(pilot: Screens) -> CoderApp:
    assert isinstance(pilot.app, CoderApp)
    return pilot.app


@pytest.fixture
def divided(tmp_path: Path) -> Path:
    """A study of two waves; the first is divided over AB and CD, who each coded some of it."""
    study = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    second = survey(tmp_path, {"x": "tijd", "y": "rust"}, name="tweede.csv")
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    done("assign", "--coder", "AB", "--coder", "CD", "--share", 0.5, "--seed", 1, "--wave", "w1",
         "--study", study)  # fmt: skip
    return study


def test_every_wave_shows_who_coded_how_much(divided: Path) -> None:
    coded(divided, [(r, "CD", "tijd", "", "ja") for r in list(TEXTS)[:4]], wave="w1")

    async def test(pilot: Screens) -> None:
        text = text_of(pilot, "#cards")
        assert "nodig" in text
        assert "▶ coding the answers" in text
        assert "w1  20 filled in" in text
        assert "w2  2 filled in" in text
        lines = {line.split()[0]: line for line in text.replace("▌", " ").splitlines() if "assigned" in line}
        assert "0 of 15 assigned" in lines["AB"]
        assert "█" not in lines["AB"]
        assert "█" in lines["CD"]
        assert "not yet seen 16" in text

    on_screens(divided, test, start="overview")


def test_the_next_step_is_the_coders_own_and_n_goes_there(divided: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "Code the 15 answers of nodig (w1) that are assigned to you" in text_of(pilot, "#step")
        await press(pilot, "n")
        screen = pilot.app.screen
        assert isinstance(screen, CodingScreen)
        assert screen.at_desk.selection.kind == "assigned"
        assert len(screen.at_desk.answers) == 15

    on_screens(divided, test, start="overview", wave="w2")


def test_somebody_without_assignments_is_not_sent_to_those_of_others(divided: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "assigned to you" not in text_of(pilot, "#step")

    on_screens(divided, test, start="overview", coder="EF")


def test_arrows_choose_what_all_screens_are_about_and_enter_codes_it(divided: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "down")
        assert app_of(pilot).wave_name == "w2"
        lines = text_of(pilot, "#cards").splitlines()
        assert [line for line in lines if line.strip().startswith("▌") and "w2" in line]
        await press(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, CodingScreen)
        assert screen.at_desk.session.wave.name == "w2"

    on_screens(divided, test, start="overview", wave="w1")


def test_open_answers_come_first_and_lead_to_agreement(tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "≠ open 2" in text_of(pilot, "#cards")
        assert "Settle 2 answers of nodig (w1)" in text_of(pilot, "#step")
        await press(pilot, "n")
        assert pilot.app.screen.query_one("#labels")

    on_screens(two_coders(tmp_path), test, start="overview")


def test_agreement_so_far_is_worked_out_beside(tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        (line,) = [line for line in text_of(pilot, "#cards").splitlines() if "w1" in line]
        assert "α 0." in line

    on_screens(two_coders(tmp_path), test, start="overview")


def test_a_phase_is_begun_from_the_list_and_shows_at_once(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))

    async def test(pilot: Screens) -> None:
        await press(pilot, "p")
        await choose(pilot, "pilot")
        await settled(pilot)
        assert "▶ pilot coding" in text_of(pilot, "#cards")

    on_screens(study, test, start="overview")
    assert "▶   pilot coding" in done("phase", "--study", study).out


def test_what_others_code_meanwhile_shows_by_itself(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))

    async def test(pilot: Screens) -> None:
        assert "CD" not in text_of(pilot, "#cards")
        coded(study, [("01", "CD", "tijd", "", "ja")])
        app_of(pilot).get_screen("overview")._look_around()  # type: ignore[attr-defined]
        await settled(pilot)
        assert "CD" in text_of(pilot, "#cards")

    on_screens(study, test, start="overview")


def test_what_is_to_be_read_again_leads_to_that_list(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    coded(study, [("01", "AB", "tijd", "", "ja"), ("02", "AB", "tijd", "", "ja")])
    later = "  - {id: rust, name: Rust, number: 4, definition: Rust.}\n  - {id: overig"
    with_codebook(study, CODEBOOK.replace("  - {id: overig", later))
    done("recode", "rust", "--n", 0, "--random", 1, "--study", study)

    async def test(pilot: Screens) -> None:
        assert "to read again 1" in text_of(pilot, "#cards")
        await press(pilot, "n")
        screen = pilot.app.screen
        assert isinstance(screen, CodingScreen)
        assert screen.at_desk.selection.kind == "read_again"

    on_screens(study, test, start="overview")


def test_an_empty_study_says_how_to_begin(tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "There are no answers yet." in text_of(pilot)
        assert "coder import" in text_of(pilot, "#step")
        await press(pilot, "n")
        assert "coder import FILE" in text_of(pilot)

    on_screens(create_study(tmp_path / "leeg"), test, start="overview")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_how_it_looks(divided: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    rows = [(r, c, "tijd" if i % 3 else "handen", "", "ja") for c in ("AB", "CD")
            for i, r in enumerate(list(TEXTS)[:12]) if c == "AB" or i != 3]  # fmt: skip
    coded(divided, rows, wave="w1")
    with Study.open(divided) as opened:
        app = app_on(opened, start="overview", wave="w1")
        assert snap_compare(app, terminal_size=size, run_before=settled)
