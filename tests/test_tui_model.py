"""The screen Model: what the model process reports, shown without waiting for it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from study_cases import database, three_coded
from tui_cases import Screens, app_on, model_says, on_screens, press, settled, text_of

from coder.study import Study
from coder.study.suggestions import (
    Failed,
    Growth,
    GrowthPoint,
    LabelReport,
    ModelReport,
    QueuedAnswer,
    ReliabilityBin,
    Suggestions,
    Working,
)


class Process:
    """What the screen knows of the model process: it is asked, and tests answer."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.alive = True
        self.on_reply = None

    def report(self, question: str) -> None:
        self.asked.append(("report", question))

    def restart(self) -> None:
        self.asked.append(("restart", ""))
        self.alive = True

    def train(self, question: str, first: object = ()) -> None:
        self.asked.append(("train", question))

    def explain(self, question: str, answer_id: int) -> None:
        self.asked.append(("explain", question))


GROWTH = Growth(
    (GrowthPoint(25, 5, 0.52, 0.31), GrowthPoint(50, 5, 0.58, 0.36), GrowthPoint(100, 5, 0.63, 0.42),
     GrowthPoint(200, 3, 0.66, 0.45), GrowthPoint(330, 1, 0.68, 0.48)), 50, 0.006, 0.004, 0.009,
)  # fmt: skip
TRUE = (0.02, 0.16, 0.25, 0.52, 0.5, 0.56, 0.71, 0.8, 0.84, 0.78)
MEAN = (0.02, 0.14, 0.24, 0.35, 0.44, 0.55, 0.65, 0.75, 0.85, 0.95)
DECISIONS = (3972, 257, 121, 87, 58, 71, 59, 4, 89, 143)


def report(ids: dict[str, int] | None = None) -> ModelReport:
    """Return a report such as the process makes; the queue holds what 06 and 08 answered."""
    own = ids or {}
    return ModelReport(
        "nodig", 2, "default 1", {"tijd": "Tijd", "handen": "Meer handen", "overig": "Overig"}, 330, 308, 304,
        0.68, 0.48,
        (LabelReport("handen", 330, 21, 0.6, 0.5, 0.55, 0.31, 0.02, 7.4),
         LabelReport("tijd", 330, 204, 0.79, 0.93, 0.85, 0.4, 0.08, 55.2),
         LabelReport("overig", 330, 0, None, None, None, 1.0, 0.001, 0.3)),
        tuple(ReliabilityBin(b / 10, (b + 1) / 10, n, p if n != 4 else None, t if n != 4 else None)
              for b, (n, p, t) in enumerate(zip(DECISIONS, MEAN, TRUE, strict=True))),
        0.011, GROWTH,
        (QueuedAnswer(own.get("06", 1), "vooral rust in de tent", 1.25,
                      (("tijd", 0.52), ("overig", 0.31)), 3),
         QueuedAnswer(own.get("08", 2), "handen!!", 0.6, (("handen", 0.45),), 1),
         QueuedAnswer(999_999, "uit een andere meting", 0.5, (), 1)), 31,
    )  # fmt: skip


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return three_coded(tmp_path)


def answers(study: Path) -> dict[str, int]:
    return dict(
        database(
            study, "SELECT r.external_id, a.id FROM answer a JOIN respondent r ON r.id = a.respondent_id"
        )
    )


async def reported(pilot: Screens) -> None:
    """Let the process answer."""
    folder = pilot.app.study.folder  # type: ignore[attr-defined]
    await model_says(pilot, report(answers(folder)))


def test_it_asks_for_a_report_once_and_shows_how_far_that_is(study: Path) -> None:
    process = Process()

    async def test(pilot: Screens) -> None:
        assert process.asked == [("report", "nodig")]
        assert "Training" in text_of(pilot, "#state")
        await model_says(pilot, Working("Learning from fewer answers", 9, 18))
        assert "Learning from fewer answers  ██████████░░░░░░░░░░ 9/18" in text_of(pilot, "#state")
        await model_says(pilot, replace(report(), growth=None))
        assert "micro-F1 0.68 · macro-F1 0.48 · learnt from 330 coded answers" in text_of(pilot, "#learnt")
        assert "Computing…" in text_of(pilot, "#growth")
        await reported(pilot)
        assert "Computing" not in text_of(pilot)
        # away and back again: what is known is not worked out anew
        await press(pilot, "f4", "f8")
        assert process.asked.count(("report", "nodig")) == 1
        assert "Another 50 coded answers would bring some 0.006 micro-F1" in text_of(pilot, "#growth")

    on_screens(study, test, start="model", model=process, question="nodig")


def test_labels_stand_in_order_of_how_often_they_were_given(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await reported(pilot)
        lines = [line for line in text_of(pilot, "#labels").splitlines() if line.strip()]
        assert lines[1].split() == ["▌", "Tijd", "204", "0.79", "0.93", "0.85", "████████░░", "0.080", "55"]
        assert lines[2].split()[:4] == ["Meer", "handen", "21", "0.60"]
        # what cannot be said is a dash
        assert lines[3].split()[:5] == ["Overig", "0", "–", "–", "–"]

    on_screens(study, test, start="model", model=Process(), question="nodig")


def test_tab_goes_from_growth_to_calibration_to_what_is_in_doubt(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await reported(pilot)
        assert "330" in text_of(pilot, "#growth")
        await press(pilot, "tab")
        shown = text_of(pilot, "#calibration")
        lines = {line.split()[0]: line for line in shown.splitlines() if line.strip()}
        assert "0.011 off on average" in shown
        # by more than chance, said in a word and a sign
        assert "▲ too timid" in lines["30–40%"]
        assert "▼ too sure" in lines["90–100%"]
        assert "▲" not in lines["10–20%"]
        assert "%" not in lines["70–80%"].removeprefix("    70–80%")
        await press(pilot, "tab")
        shown = text_of(pilot, "#doubt")
        assert "304 answers without a coding, some 63 wrong decisions to be expected" in shown
        assert "Most in doubt: Tijd (55), Meer handen (7)" in shown
        assert "31 answers wait for a person" in shown
        assert "vooral rust in de tent" in shown
        assert "Tijd 52%" in shown
        # of another wave: not to be opened from here
        assert "andere meting" not in shown
        await press(pilot, "tab")
        assert text_of(pilot, "#growth").strip().startswith("Growth")

    on_screens(study, test, start="model", model=Process(), question="nodig")


def test_enter_on_an_answer_in_doubt_opens_it_for_coding(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await reported(pilot)
        await press(pilot, "shift+tab", "down", "enter")
        assert pilot.app.screen.desk.here == answers(study)["08"]  # type: ignore[attr-defined]
        await press(pilot, "2", "enter", "f8")
        # coded meanwhile: not in doubt any more
        assert "handen!!" not in text_of(pilot, "#doubt")

    on_screens(study, test, start="model", model=Process(), question="nodig")


def test_what_was_coded_since_the_report_is_counted_and_r_renews_it(study: Path) -> None:
    process = Process()

    async def test(pilot: Screens) -> None:
        await reported(pilot)
        from tui_cases import suggestions

        said = suggestions(study, {"06": {"tijd": 0.5}}, labels=["tijd"])
        assert isinstance(said, Suggestions)
        await model_says(pilot, replace(said, trained_on=342))
        assert "12 answers were coded since this report; r renews it." in text_of(pilot, "#state")
        await press(pilot, "r")
        assert process.asked.count(("report", "nodig")) == 2
        # what there was stays in view until there is something newer
        assert "Tijd" in text_of(pilot, "#labels")
        await reported(pilot)
        assert "coded since" not in text_of(pilot)

    on_screens(study, test, start="model", model=process, question="nodig")


def test_while_answers_are_coded_blind_it_does_not_tell_which_are_in_doubt(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(settings.read_text().replace('suggestions = "visible"', 'suggestions = "blind"'))

    async def test(pilot: Screens) -> None:
        await reported(pilot)
        await press(pilot, "shift+tab")
        shown = text_of(pilot, "#doubt")
        assert "coded blind" in shown
        assert "vooral rust" not in shown
        assert "52%" not in shown

    on_screens(study, test, start="model", model=Process(), question="nodig")


def test_what_goes_wrong_is_one_line_and_r_starts_a_dead_process_again(study: Path) -> None:
    process = Process()

    async def test(pilot: Screens) -> None:
        process.alive = False
        await model_says(pilot, Failed("", "The model stopped; coding goes on without suggestions."))
        assert "! The model stopped" in text_of(pilot, "#state")
        await press(pilot, "r")
        assert process.asked[-2:] == [("restart", ""), ("report", "nodig")]
        assert "stopped" not in text_of(pilot, "#state")
        await reported(pilot)
        await model_says(pilot, Failed("another", "no"))
        assert "no" not in text_of(pilot, "#state").split()

    on_screens(study, test, start="model", model=process, question="nodig")


def test_without_a_model_process_it_says_so(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "--without-model" in text_of(pilot, "#state")
        await press(pilot, "r", "tab", "tab", "enter")
        assert "--without-model" in text_of(pilot, "#state")

    on_screens(study, test, start="model", question="nodig")


def test_before_the_first_coding_it_says_what_it_stands_on(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        empty = Growth((), 50, None, None, None)
        await model_says(
            pilot, replace(report(), trained_on=0, texts=0, micro_f1=None, growth=empty, queue=(), queued=0)
        )
        assert "Nobody has coded yet" in text_of(pilot, "#learnt")
        assert "There is nothing to learn from yet." in text_of(pilot, "#growth")

    on_screens(study, test, start="model", model=Process(), question="nodig")


def test_the_real_process_reports_on_the_screen(study: Path) -> None:
    """From key to report, through both processes."""
    import asyncio
    import time

    from coder.study.model_process import ModelProcess

    process = ModelProcess(study)

    async def test(pilot: Screens) -> None:
        deadline = time.monotonic() + 60
        while "learnt from 3 coded answers" not in text_of(pilot, "#learnt"):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
            await settled(pilot)

    try:
        on_screens(study, test, start="model", model=process, question="nodig")
    finally:
        process.close()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 45)], ids=["80x24", "100x30", "160x45"])
def test_how_it_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    async def look(pilot: Screens) -> None:
        await settled(pilot)
        await reported(pilot)
        await press(pilot, "tab")

    with Study.open(study) as opened:
        app = app_on(opened, start="model", model=Process(), question="nodig")
        assert snap_compare(app, terminal_size=size, run_before=look)


def test_how_it_looks_without_colour(study: Path, snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def look(pilot: Screens) -> None:
        await settled(pilot)
        await reported(pilot)
        await press(pilot, "shift+tab")

    with Study.open(study) as opened:
        app = app_on(opened, start="model", model=Process(), question="nodig")
        assert snap_compare(app, terminal_size=(100, 30), run_before=look)
