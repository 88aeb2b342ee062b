"""Coding on screen beside an audit sample: it comes first, and nobody makes it void without saying so."""

from pathlib import Path

import pytest
from study_cases import coded, database, done, labels, new_study, survey, with_codebook
from textual.screen import ModalScreen
from tui_cases import Screens, choose, on_screens, press, text_of

from coder.tui.screens.coding import CodingScreen

TEXTS = {f"{i:02}": "meer tijd" if i % 3 == 0 else f"antwoord {i}" for i in range(20)}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study of which half is in an audit sample that AB is asked for."""
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    done("audit", "draw", "--coder", "AB", "--study", made)
    return made


def sample(study: Path) -> list[str]:
    return [who for (who,) in database(
        study,
        "SELECT r.external_id FROM sample s JOIN answer a ON a.id = s.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id ORDER BY r.row",
    )]  # fmt: skip


def here(pilot: Screens) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, CodingScreen)
    assert screen.desk is not None
    return "" if screen.desk.shown is None else screen.desk.shown.answer.respondent


def flat(pilot: Screens) -> str:
    return " ".join(text_of(pilot).replace("│", " ").split())


def asks(pilot: Screens) -> bool:
    return isinstance(pilot.app.screen, ModalScreen) and "makes the audit sample void" in text_of(pilot)


def test_the_list_holds_the_audit_alone_and_opens_within_it(study: Path) -> None:
    drawn = sample(study)
    outside = next(who for who in TEXTS if who not in drawn)

    async def undo_outside(pilot: Screens) -> None:
        await press(pilot, "t")
        await choose(pilot, "all")
        await press(pilot, "home", *["right"] * list(TEXTS).index(outside), "1", "enter")
        assert asks(pilot)
        await press(pilot, "j")
        assert labels(study) == {outside: "tijd"}
        await press(pilot, "t")
        await choose(pilot, "assigned")
        at = here(pilot)
        await press(pilot, "u")
        assert f"Taken back: coding of {outside} · not in this list" in flat(pilot)
        assert here(pilot) == at  # and the list is the same

    async def begin(pilot: Screens) -> None:
        assert here(pilot) == drawn[0]
        assert f"Respondent {drawn[0]} · 1 of 10" in text_of(pilot)

    on_screens(study, begin)
    on_screens(study, undo_outside)
    assert labels(study) == {}
    on_screens(study, begin)  # what was begun outside the list is not what it opens with


@pytest.mark.parametrize("keys", [("1", "enter"), ("0",), ("o",), ("s",)])
def test_an_answer_outside_is_coded_only_after_yes(study: Path, keys: tuple[str, ...]) -> None:
    outside = next(who for who in TEXTS if who not in sample(study))

    async def test(pilot: Screens) -> None:
        await press(pilot, *keys)
        assert asks(pilot)
        assert "1 answer is outside the audit sample" in flat(pilot)
        assert "y: code it all the same · Enter or Esc: no" in flat(pilot)
        # the coding rhythm, twice Enter, makes nothing void
        for no in ("escape", "enter"):
            await press(pilot, no)
            assert here(pilot) == outside
            assert labels(study, "CD") == {}
            await press(pilot, *(keys[-1:]))
            assert asks(pilot)
        await press(pilot, "y")
        assert list(labels(study, "CD")) == [outside]
        await press(pilot, "0")  # it is void now: nothing is asked any more
        assert not isinstance(pilot.app.screen, ModalScreen)
        assert len(labels(study, "CD")) == 2

    # CD is asked for nothing: all answers lie in the list
    first = list(TEXTS).index(outside)

    async def go(pilot: Screens) -> None:
        await press(pilot, "home", *["right"] * first)
        await test(pilot)

    on_screens(study, go, coder="CD")


def test_answers_that_are_coded_together_are_asked_about_together(study: Path) -> None:
    drawn = sample(study)
    same = [who for who, text in TEXTS.items() if text == "meer tijd" and who not in drawn]
    assert len(same) > 1

    async def test(pilot: Screens) -> None:
        await press(pilot, "home", *["right"] * list(TEXTS).index(same[0]), "1", "g", "enter")
        assert f"{len(same)} answers are outside the audit sample" in flat(pilot)
        assert labels(study, "CD") == {}
        await press(pilot, "y")
        assert f"{len(same)} answers coded; u takes them back." in flat(pilot)

    on_screens(study, test, coder="CD")
    assert sorted(labels(study, "CD")) == same


def test_what_is_held_over_is_offered_when_nothing_else_of_the_audit_is_left(study: Path) -> None:
    *most, last = sample(study)
    coded(study, [*((who, "AB", "tijd", "", "1") for who in most), (last, "AB", "", "skipped", "1")])

    async def test(pilot: Screens) -> None:
        assert here(pilot) == last

    on_screens(study, test)


def test_the_overview_leads_to_the_audit(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "Code the 10 answers of the audit sample of nodig (w1)" in text_of(pilot)
        await press(pilot, "n")
        assert here(pilot) == sample(study)[0]

    on_screens(study, test, start="overview")
