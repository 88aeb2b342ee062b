"""What the tests of the screens share: the application on a study, driven by keys, and what it shows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
from study_cases import database
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import OptionList

from coder.study import Study
from coder.study.suggestions import Suggestions
from coder.tui import CoderApp

Screens = Pilot[None]


def app_on(study: Study, **options: Any) -> CoderApp:
    """Return the application, as AB at the coding screen unless said otherwise, without a model process."""
    return CoderApp(study, **{"coder": "AB", "start": "coding", **options})


async def settled(pilot: Screens) -> None:
    """Wait until everything that was asked for is on the screen."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@asynccontextmanager
async def screens(
    folder: Path, *, size: tuple[int, int] = (100, 30), **options: Any
) -> AsyncIterator[Screens]:
    """Run the application on a study folder."""
    with Study.open(folder) as study:
        async with app_on(study, **options).run_test(size=size) as pilot:
            await settled(pilot)
            yield pilot


def on_screens(folder: Path, test: Callable[[Screens], Awaitable[None]], **options: Any) -> None:
    """Run a test on the application."""

    async def run() -> None:
        async with screens(folder, **options) as pilot:
            await test(pilot)

    asyncio.run(run())


async def press(pilot: Screens, *keys: str) -> None:
    """Press keys one after the other, each drawn before the next."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await settled(pilot)


async def typed(pilot: Screens, text: str) -> None:
    """Type a text, then Enter."""
    await press(pilot, *("space" if c == " " else c for c in text), "enter")


async def choose(pilot: Screens, key: str) -> None:
    """Choose an entry of the list in a dialog, by its id."""
    listed = pilot.app.screen.query_one(OptionList)
    entry = listed.get_option_index(key)
    while listed.highlighted != entry:
        await pilot.press("down")
    await press(pilot, "enter")


def text_of(pilot: Screens, selector: str = "") -> str:
    """Return what the top screen, or a part of it, shows as plain text, line below line."""
    screen = pilot.app.screen
    lines = [strip.text.rstrip() for strip in screen._compositor.render_strips()]
    if not selector:
        return "\n".join(lines)
    region = screen.query_one(selector, Widget).region
    shown = (line.ljust(region.right) for line in lines[region.y : region.bottom])
    return "\n".join(line[region.x : region.right].rstrip() for line in shown)


def suggestions(
    study: Path,
    probabilities: Mapping[str, Mapping[str, float]],
    *,
    labels: Sequence[str],
    question: str = "nodig",
) -> Suggestions:
    """Return what the model process would say: respondent to label to probability; given from 0.5 on."""
    ids = dict(
        database(
            study,
            "SELECT r.external_id, a.id FROM answer a JOIN respondent r ON r.id = a.respondent_id "
            "JOIN question q ON q.id = a.question_id WHERE q.name = ?",
            question,
        )
    )
    rows = sorted((ids[who], [of.get(label, 0.01) for label in labels]) for who, of in probabilities.items())
    p = np.array([row for _id, row in rows], dtype=np.float32).reshape(len(rows), len(labels))
    given = p >= 0.5
    return Suggestions(
        question=question,
        codebook_version=1,
        trained_on=100,
        labels=tuple(labels),
        thresholds=np.full(len(labels), 0.5),
        answer_ids=np.array([i for i, _row in rows], dtype=np.int64),
        probabilities=p,
        given=given,
        certainty=np.where(given, p, 1 - p).min(axis=1).astype(np.float32),
        order=np.array([i for i, _row in reversed(rows)], dtype=np.int64),
        complete=True,
    )


async def model_says(pilot: Screens, reply: Any) -> None:
    """Let the application hear what the model process would say."""
    app = pilot.app
    assert isinstance(app, CoderApp)
    app._hear_model(reply)
    await settled(pilot)
