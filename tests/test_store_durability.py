"""kill -9 at any moment loses nothing that was acknowledged, and leaves nothing half done.

A child process works on a study and says what it has finished; the parent kills it at a moment that the
seed chooses, opens the study and compares.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from store_cases import assert_derived_equals_log, log, plain, rows, small_database

import coder
from coder.corpus import Layout
from coder.store import Database, events, waves
from coder.study import Study, create_study, import_codings, import_wave

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(Path(coder.__file__).parents[1]), str(Path(__file__).parent)]),
}
RESPONDENTS = 6_000
LAYOUT = Layout(id="nr", answers={"verbetering": ("antwoord",)}, weight="gewicht", cluster="school")


@contextmanager
def child(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Start a child process; at the end it is gone, whatever happened."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        try:
            yield process
        finally:
            process.kill()


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill the child and return what it had still said."""
    os.kill(process.pid, signal.SIGKILL)
    assert process.stdout is not None
    said = process.stdout.read().splitlines(keepends=True)
    assert process.wait() in {-signal.SIGKILL, 0}
    return [line.strip() for line in said if line.endswith("\n")]


def listen(process: subprocess.Popen[str], lines: int) -> list[str]:
    """Return the child's next lines."""
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(lines)]
    assert all(said), "the child stopped by itself"
    return said


def assert_sound(connection: sqlite3.Connection) -> None:
    assert rows(connection, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert rows(connection, "PRAGMA foreign_key_check") == []
    assert_derived_equals_log(connection)


CODE = """
import random, sys
from pathlib import Path
from store_cases import ANSWERS, LABELS
from coder.store import Database, events
from coder.store.events import NewCoding
database = Database(Path(sys.argv[1]))
chance = random.Random(int(sys.argv[2]))
made = []
while True:
    question = chance.choice([1, 2])
    with database.write() as connection:
        match chance.randrange(8):
            case 0 if made:
                made.append(events.retract(connection, chance.choice(made)))
            case 1:
                made.append(events.merge_label(connection, question, *chance.sample(LABELS, 2)))
            case _:
                codings = [
                    NewCoding(a, chance.randint(1, 4), "labelled", ("tijd", "team"), "manual", "no", 1)
                    for a in chance.sample(ANSWERS[question], chance.randint(1, 3))
                ]
                events.record_codings(connection, question, codings)
                made.append(connection.exec_driver_sql("SELECT max(id) FROM event").scalar())
    print(made[-1], flush=True)
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_coding_that_was_acknowledged_survives_kill_9(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "study.db"
    small_database(path).close()
    chance = random.Random(seed)
    acknowledged = 0
    for round_ in range(2):
        with child(CODE, path, 10 * seed + round_) as process:
            said = listen(process, chance.randint(1, 60))
            time.sleep(chance.uniform(0, 0.01))
            said += kill(process)
        assert int(said[-1]) > acknowledged
        acknowledged = int(said[-1])
        database = Database(path)
        with database.read() as connection:
            found = [e["id"] for e in log(plain(connection))]
            assert found == list(range(1, len(found) + 1))
            # one more may have become durable before the child could say so
            assert acknowledged <= len(found) <= acknowledged + 3
            assert_sound(plain(connection))
        database.close()


IMPORT = """
import sys
from pathlib import Path
from test_store_durability import LAYOUT
from coder.store import waves
from coder.study import Study, import_wave
waves._BATCH = 1_000
study = Study(Path(sys.argv[1]))
print("open", flush=True)
import_wave(
    study, Path(sys.argv[2]), "2018", LAYOUT, progress=lambda *how_far: print("progress", flush=True)
)
print("acknowledged", flush=True)
study.close()
"""


def survey_file(path: Path, respondents: int) -> Path:
    lines = (f"r{n};s{n % 40};{n % 3 + 1};tijd voor overleg {n % 97}" for n in range(respondents))
    path.write_text("nr;school;gewicht;antwoord\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "study.db")) as connection:
        assert_sound(connection)
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("wave", "respondent", "original", "answer", "codebook_version", "event")
        }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_wave_is_wholly_there_or_not_at_all_when_its_import_is_killed(tmp_path: Path, seed: int) -> None:
    file = survey_file(tmp_path / "meting.csv", RESPONDENTS)
    folder = create_study(tmp_path / "study")
    chance = random.Random(seed)
    with child(IMPORT, folder, file) as process:
        # opening, reading and each thousand respondents is a line
        said = listen(process, [2, 3, 8][seed - 1])
        time.sleep(chance.uniform(0, 0.1))
        said += kill(process)
    there = contents(folder)
    assert there["wave"] in {0, 1}
    if "acknowledged" in said:
        assert there["wave"] == 1
    whole = there["wave"] * RESPONDENTS
    assert (there["respondent"], there["original"], there["answer"]) == (whole, whole, whole)
    with Study(folder) as study:
        import_wave(study, file, "2018", LAYOUT)
    assert contents(folder) == {
        "wave": 1,
        "respondent": RESPONDENTS,
        "original": RESPONDENTS,
        "answer": RESPONDENTS,
        "codebook_version": 1,
        "event": 1,
    }


KILLED_BEFORE_THE_COMMIT = """
import os, signal, sys
from pathlib import Path
from test_store_durability import LAYOUT
from coder.study import Study, import_wave
class Doomed(Study):
    def write_settings(self, change):
        super().write_settings(change)
        os.kill(os.getpid(), signal.SIGKILL)
import_wave(Doomed(Path(sys.argv[1])), Path(sys.argv[2]), "2018", LAYOUT)
"""


def test_files_of_an_import_that_was_killed_before_its_commit_are_not_in_the_way(tmp_path: Path) -> None:
    file = survey_file(tmp_path / "meting.csv", 100)
    folder = create_study(tmp_path / "study")
    with child(KILLED_BEFORE_THE_COMMIT, folder, file) as process:
        assert process.wait() == -signal.SIGKILL
    assert (folder / "codebooks" / "verbetering.yaml").exists()
    assert set(contents(folder).values()) == {0}
    with Study(folder) as study:
        assert study.notices == []
        assert import_wave(study, file, "2018", LAYOUT).outcome == "added"
    assert contents(folder)["answer"] == 100


IMPORT_CODINGS = """
import sys
from pathlib import Path
from coder.study import Study, import_codings
study = Study(Path(sys.argv[1]))
print("open", flush=True)
import_codings(study, Path(sys.argv[2]), wave="2018", question="verbetering", coder="AB", add_labels=True)
print("acknowledged", flush=True)
study.close()
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_codings_are_all_there_or_none_when_their_import_is_killed(tmp_path: Path, seed: int) -> None:
    folder = create_study(tmp_path / "study")
    codings = tmp_path / "codings.csv"
    lines = (f"r{n};{'Tijd|Team' if n % 2 else ''}" for n in range(500))
    codings.write_text("id;labels\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with Study(folder) as study:
        import_wave(study, survey_file(tmp_path / "meting.csv", 500), "2018", LAYOUT)
    with child(IMPORT_CODINGS, folder, codings) as process:
        said = listen(process, 1)
        time.sleep(random.Random(seed).uniform(0, 0.4))
        said += kill(process)
    done = contents(folder)["event"] - 1
    assert done in {0, 500}
    if "acknowledged" in said:
        assert done == 500
    with Study(folder) as study:
        (again,) = import_codings(
            study, codings, wave="2018", question="verbetering", coder="AB", add_labels=True
        )
        assert again.unchanged == done
    assert contents(folder)["event"] == 1 + 500


def test_a_store_killed_within_a_transaction_opens_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    database = small_database(path)
    database.close()
    script = """
import os, signal, sys
from pathlib import Path
from coder.store import Database, events, waves
from coder.store.events import NewCoding
database = Database(Path(sys.argv[1]))
with database.write() as connection:
    connection.exec_driver_sql("PRAGMA cache_size = 1")  # what is not committed spills into the journal
    many = [NewCoding(1, 1, "labelled", ("tijd",), "manual", "no", 1)] * 5000
    events.record_codings(connection, 1, many)
    waves.withdraw(connection, [1, 2])
    os.kill(os.getpid(), signal.SIGKILL)
"""
    with child(script, path) as process:
        assert process.wait() == -signal.SIGKILL
    assert path.with_name("study.db-wal").stat().st_size > 100_000
    database = Database(path)
    with database.read() as connection:
        assert events.coders(connection)
        assert log(plain(connection)) == []
        assert len(waves.active_respondents(connection, 1)) == 6
        assert_sound(plain(connection))
    database.close()
