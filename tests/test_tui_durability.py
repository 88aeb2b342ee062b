"""kill -9 while somebody codes, and two who code at once: nothing that was on the screen as saved is lost."""

import json
import random
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from store_cases import assert_derived_equals_log
from study_cases import database, new_study, survey, with_codebook
from test_store_durability import child, kill, listen

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

CODE = """
import asyncio, json, random, sys
from pathlib import Path
from tui_cases import press, screens
from coder.messages import set_language
folder, coder, seed, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
set_language("en")
chance = random.Random(seed)
KEYS = ["1", "2", "3", "enter", "enter", "0", "o", "s", "f", "u", "right"]
async def main():
    async with screens(folder, coder=coder) as pilot:
        for n in range(most):
            await press(pilot, chance.choice(KEYS))
            desk = pilot.app.screen.desk
            session = desk.session
            answers = sorted(session.drafted)
            there = {a: session.open(a).draft for a in answers}
            # the same coder may have saved it in the other terminal
            drafts = {str(a): list(draft.labels) for a, draft in there.items() if draft}
            said = {
                "status": {str(a): s for a, s in session.status.items()},
                "labels": {str(a): list(l) for a, l in session.labels.items()},
                "drafts": drafts,
            }
            print(json.dumps(said), flush=True)
asyncio.run(main())
print("done", flush=True)
"""

ANSWERS = {f"{n:02d}": f"antwoord nummer {n}" for n in range(1, 61)}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return with_codebook(new_study(tmp_path, survey(tmp_path, ANSWERS)))


def on_disk(study: Path, coder: str) -> dict[str, dict[str, object]]:
    of = "JOIN coder k ON k.id = t.coder_id WHERE k.name = ?"
    codings = database(study, f"SELECT t.answer_id, t.status, t.labels FROM coding t {of}", coder)
    drafts = database(study, f"SELECT t.answer_id, t.labels FROM draft t {of}", coder)
    return {
        "status": {str(a): status for a, status, _labels in codings},
        "labels": {str(a): labels.split() for a, _status, labels in codings if labels},
        "drafts": {str(a): labels.split() for a, labels in drafts},
    }


def actions(study: Path) -> int:
    return int(database(study, "SELECT count(*) FROM action")[0][0])


@pytest.mark.parametrize("seed", [1, 2])
def test_what_was_on_the_screen_is_there_after_kill_9(study: Path, seed: int) -> None:
    chance = random.Random(seed)
    with child(CODE, study, "AB", seed, 200) as process:
        said = listen(process, chance.randint(5, 25))
        time.sleep(chance.uniform(0, 0.05))
        said += kill(process)
    seen = json.loads(said[-1])
    there = on_disk(study, "AB")
    # one more key may have become durable before it could be drawn; it concerns one answer at the most
    different = {
        answer
        for part in seen
        for answer in {*seen[part], *there[part]}
        if seen[part].get(answer) != there[part].get(answer)
    }
    assert len(different) <= 1
    with closing(sqlite3.connect(study / "study.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert_derived_equals_log(connection)
    with child(CODE, study, "AB", seed, 1) as process:
        assert process.communicate(timeout=60)[0].splitlines()[-1] == "done"


@pytest.mark.parametrize("coders", [("AB", "CD"), ("AB", "AB")], ids=["two coders", "one coder twice"])
def test_two_terminals_on_one_study_lose_nothing(study: Path, coders: tuple[str, str]) -> None:
    with child(CODE, study, coders[0], 1, 25) as one, child(CODE, study, coders[1], 2, 25) as other:
        ends = [process.communicate(timeout=120)[0].splitlines() for process in (one, other)]
    assert [lines[-1] for lines in ends] == ["done", "done"]
    with closing(sqlite3.connect(study / "study.db")) as connection:
        assert_derived_equals_log(connection)
    if coders[0] != coders[1]:
        for coder, lines in zip(coders, ends, strict=True):
            assert on_disk(study, coder) == json.loads(lines[-2])
