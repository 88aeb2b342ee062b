"""How the coding screen looks: narrow and wide, light, and without colour."""

from pathlib import Path
from typing import Any

import pytest
from study_cases import ANSWERS, csv_file, with_codebook
from tui_cases import Screens, app_on, model_says, press, suggestions, text_of

from coder.corpus import Layout
from coder.study import Study, create_study, import_wave
from coder.study.suggestions import Explanation

LABELS = ("tijd", "handen", "groepen", "overig", "weet_niet")
SAID = {
    "01": {"tijd": 0.93, "handen": 0.12, "overig": 0.06},
    "02": {"tijd": 0.88, "handen": 0.71},
    "03": {"groepen": 0.97},
    "06": {"overig": 0.44, "tijd": 0.2},
    "08": {"handen": 0.9},
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    rows = [
        ("nr", "wat", "waarom", "functie"),
        *((r, t or "", "omdat het helpt", "leraar") for r, t in ANSWERS.items()),
    ]
    made = create_study(tmp_path / "onderzoek")
    with Study.open(made) as study:
        layout = Layout(id="nr", answers={"nodig": ("wat",), "reden": ("waarom",)}, groups=("functie",))
        import_wave(study, csv_file(tmp_path / "meting.csv", rows), "w1", layout)
    # opened once, so that the codebook's change is news no more
    Study.open(with_codebook(made)).close()
    return made


async def working(pilot: Screens) -> None:
    """Code one answer, flag another, and look at the second with what the model says of it."""
    app = pilot.app
    folder = app.study.folder  # type: ignore[attr-defined]
    await press(pilot, "1", "enter")
    await model_says(pilot, suggestions(folder, SAID, labels=LABELS))
    await press(pilot, "right", "f", "left")
    second = app.screen.desk.here  # type: ignore[attr-defined]
    await model_says(
        pilot, Explanation("nodig", second, {"tijd": ((0, 4, 0.6),), "handen": ((24, 30, 0.5),)})
    )


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 45)], ids=["80x24", "100x30", "160x45"])
def test_how_coding_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    with Study.open(study) as opened:
        app = app_on(opened, question="nodig", wave="w1")
        assert snap_compare(app, terminal_size=size, run_before=working)


def test_how_coding_looks_in_the_light(study: Path, snap_compare: Any) -> None:
    async def light(pilot: Screens) -> None:
        pilot.app.change_theme("coder-light")  # type: ignore[attr-defined]
        await working(pilot)

    with Study.open(study) as opened:
        app = app_on(opened, question="nodig", wave="w1")
        assert snap_compare(app, terminal_size=(100, 30), run_before=light)


def test_state_is_told_without_colour(
    study: Path, monkeypatch: pytest.MonkeyPatch, snap_compare: Any
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def look(pilot: Screens) -> None:
        await working(pilot)
        listed = text_of(pilot, "AnswerList").splitlines()
        assert listed[0].startswith(" ✓")
        assert listed[1].startswith("▌·")
        assert listed[2].startswith(" ·!")
        assert "[•] Tijd" in text_of(pilot, "LabelPanel")

    with Study.open(study) as opened:
        app = app_on(opened, question="nodig", wave="w1")
        assert snap_compare(app, terminal_size=(100, 30), run_before=look)


def test_how_help_looks(study: Path, snap_compare: Any) -> None:
    async def ask(pilot: Screens) -> None:
        await press(pilot, "f1")

    with Study.open(study) as opened:
        app = app_on(opened, question="nodig", wave="w1")
        assert snap_compare(app, terminal_size=(100, 30), run_before=ask)


def test_how_a_choice_of_answers_looks(study: Path, snap_compare: Any) -> None:
    async def ask(pilot: Screens) -> None:
        await press(pilot, "t")

    with Study.open(study) as opened:
        app = app_on(opened, question="nodig", wave="w1")
        assert snap_compare(app, terminal_size=(80, 24), run_before=ask)
