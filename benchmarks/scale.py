"""A study of 1,000,000 answers and 3,000,000 events: is it still a pleasure to code in?

    python benchmarks/scale.py [FOLDER] [--answers 1000000]

Builds the study (seeded) through the store's own functions, in FOLDER or in a temporary one that is thrown
away, and measures what a coder waits for. A FOLDER that holds a study already is only measured.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from coder.codebook import Codebook, dump_codebook
from coder.store import events, queries, runs, waves
from coder.store.events import NewCoding
from coder.store.runs import NewSuggestion, RunRecord
from coder.store.waves import RespondentRow
from coder.study.codebooks import with_new_labels
from coder.study.folder import Study, create_study
from coder.study.next_answers import next_answer
from coder.study.settings import QuestionSettings, with_question
from coder.study.status import study_status

SEED = 20180601
QUESTION = QuestionSettings("verbetering", "codebooks/verbetering.yaml", "v12")
LABELS = [f"label_{n:02d}" for n in range(1, 13)]
SPEECH = """scholing studiedag cursus overleg team collega's lesbezoek tijd rust ruimte groepjes niveau
    instructie materiaal methode rekenen taal begeleiding coach ib'er directie aandacht visie ouders
    kleinere klassen meer handen computer toetsen plannen eigen initiatief en ook vooral minder geen"""
WORDS = SPEECH.split()
TARGET_NEXT, TARGET_STATUS = 0.050, 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="keep the study here")
    parser.add_argument("--answers", type=int, default=1_000_000)
    given = parser.parse_args()
    temporary = given.folder is None
    folder = Path(tempfile.mkdtemp(prefix="coder-scale-")) / "study" if temporary else given.folder.absolute()
    try:
        if not (folder / "study.toml").exists():
            # in a process of its own, so that its memory is not counted with the coder's
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
                other.submit(build, folder, given.answers).result()
        measure(folder)
    finally:
        if temporary:
            shutil.rmtree(folder.parent)


def build(folder: Path, n: int) -> None:
    """Make the study: n answers to one question, 3 n events by three coders, a run of the model over all."""
    started = time.perf_counter()
    create_study(folder, name="Schaal")
    with Study(folder) as study:
        (folder / QUESTION.codebook).write_text(dump_codebook(_codebook()), encoding="utf-8")
        study.write_settings(lambda text: with_question(text, QUESTION))
        with timed(f"wave of {n:,} respondents"), study.database.write() as connection:
            waves.add_wave(
                connection,
                "2018",
                file="schaal.csv",
                sha256="0",
                columns=[{"name": name, "label": None} for name in ("id", "school", "functie", "antwoord")],
                layout={"answers": {QUESTION.name: ["v12"]}, "groups": []},
                questions=[QUESTION.name],
                respondents=_respondents(n),
                filled_in=lambda question, text: bool(text),
            )
    with Study(folder) as study:  # opening it records the codebook
        with timed(f"{n:,} suggestions"), study.database.write() as connection:
            runs.add_suggestions(connection, runs.add_run(connection, _run()), _suggestions(n))
        coded = 0
        for coder, answers in _work(n).items():
            with timed(f"{len(answers):,} codings by {coder}"), study.database.write() as connection:
                who = events.coder_id(connection, coder)
                coded += len(events.record_codings(connection, 1, _codings(answers, who)))
        undone = 3 * n - coded
        with timed(f"{undone:,} times undo"), study.database.write() as connection:
            newest = connection.exec_driver_sql(
                "SELECT id FROM event WHERE kind = 'coding' ORDER BY id DESC LIMIT ?", (undone,)
            )
            for number in newest.scalars().all():
                events.retract(connection, number)
    say("built in all", time.perf_counter() - started, memory())


def _work(n: int) -> dict[str, np.ndarray[Any, Any]]:
    """Return who codes which answers, in which order: n - 50, n / 2 and all, the half of these twice."""
    everything = np.arange(1, n + 1)
    holes = np.linspace(n // 100, n - n // 100, 50).astype(int)
    again = everything[: n // 2 - n // 100]
    return {
        "nearly": np.setdiff1d(everything, holes),
        "halfway": everything[: n // 2],
        "finished": np.concatenate([everything, again]),
    }


def _codebook() -> Codebook:
    return with_new_labels(Codebook.new("Wat hielp?"), LABELS)


def _respondents(n: int) -> Iterator[RespondentRow]:
    chance = random.Random(SEED)
    for number in range(1, n + 1):
        text = " ".join(chance.choices(WORDS, k=chance.randint(1, 12)))
        school = str(chance.randint(1, n // 20 + 1))
        function = chance.choice(["leraar", "schoolleider"])
        yield RespondentRow(
            row=number + 1,
            id=f"r{number:07d}",
            weight=round(chance.uniform(0.5, 2.0), 3),
            cluster=school,
            stratum=None,
            population=None,
            panel_id=None,
            groups={"functie": function},
            answers={QUESTION.name: text},
            asked={QUESTION.name: None},
            original=(f"r{number:07d}", school, function, text),
        )


def _codings(answers: np.ndarray[Any, Any], coder: int) -> Iterator[NewCoding]:
    chance = random.Random(SEED + coder)
    for answer in answers.tolist():
        status = chance.choices(["labelled", "none", "unclear", "skipped"], [90, 5, 3, 2])[0]
        labels = tuple(chance.sample(LABELS, chance.choice([1, 1, 2, 3]))) if status == "labelled" else ()
        yield NewCoding(answer, coder, status, labels, "manual", "no", 1)


def _run() -> RunRecord:
    return RunRecord(1, 1, "0", "default", SEED, 1, tuple(LABELS), 1000, {}, {})


def _suggestions(n: int) -> Iterator[NewSuggestion]:
    chance = np.random.default_rng(SEED)
    for start in range(1, n + 1, 10_000):
        block = chance.random((min(10_000, n + 1 - start), len(LABELS)), dtype=np.float32)
        for number, probabilities in enumerate(block, start):
            labels = tuple(name for name, p in zip(LABELS, probabilities, strict=True) if p > 0.9)
            yield NewSuggestion(number, probabilities, labels, 0.9, float(number % 7), number % 10 == 0, 0)


def measure(folder: Path) -> None:
    size = sum(p.stat().st_size for p in folder.glob("study.db*")) / 2**20
    started = time.perf_counter()
    with Study(folder) as study:
        say("study opened", time.perf_counter() - started)
        with study.database.read() as connection:
            counts = queries.answer_counts(connection)
            log = connection.exec_driver_sql("SELECT count(*) FROM event").scalar()
        print(f"{counts[0]['answers']:,} answers, {log:,} events, study.db {size:,.0f} MB")
        positions = {
            "nothing coded yet": "beginner",
            "half coded": "halfway",
            "50 left, far apart": "nearly",
            "everything coded": "finished",
        }
        recorded: list[float] = []
        for position, coder in positions.items():
            times = _code_on(study, coder, recorded)
            verdict("next answer, " + position, times, TARGET_NEXT)
        verdict("a coding recorded, on disk", recorded, TARGET_NEXT)
        verdict("undo, on disk", _undo(study), TARGET_NEXT)
        after = [_time(lambda: next_answer(study, QUESTION, "halfway")) for _ in range(50)]
        verdict("next answer, after undo", after, TARGET_NEXT)
        verdict("study_status", [_time(lambda: study_status(study)) for _ in range(5)], TARGET_STATUS)
        command = [sys.executable, "-m", "coder", "status", "--study", str(folder)]
        shown = [_time(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(5)]
        verdict("coder status, start to finish", shown, TARGET_STATUS)
        with study.database.write() as connection:
            with timed("two labels merged"):
                merge = events.merge_label(connection, 1, LABELS[0], LABELS[1])
            with timed("the merge undone"):
                events.retract(connection, merge)
        with timed("backup"):
            study.database.backup(folder / "backup.db")
        (folder / "backup.db").unlink()
    say("measured", time.perf_counter() - started, memory())


def _code_on(study: Study, coder: str, recorded: list[float]) -> list[float]:
    """Ask for the next answer and code it, fifty times; return how long the asking took."""
    asked = []
    for _ in range(50):
        started = time.perf_counter()
        found = next_answer(study, QUESTION, coder)
        asked.append(time.perf_counter() - started)
        if found is None:
            continue
        started = time.perf_counter()
        with study.database.write() as connection:
            who = events.coder_id(connection, coder)
            coding = NewCoding(found.answer_id, who, "labelled", (LABELS[0],), "manual", "no", 1)
            events.record_codings(connection, 1, [coding])
        recorded.append(time.perf_counter() - started)
    return asked


def _undo(study: Study) -> list[float]:
    times = []
    for _ in range(50):
        started = time.perf_counter()
        with study.database.write() as connection:
            who = events.coder_id(connection, "halfway")
            last = connection.exec_driver_sql(
                "SELECT event_id FROM coding WHERE question_id = 1 AND wave_id = 1 AND coder_id = ?"
                " ORDER BY event_id DESC LIMIT 1",
                (who,),
            ).scalar_one()
            events.retract(connection, last)
        times.append(time.perf_counter() - started)
    return times


def _time(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class timed:  # noqa: N801  (reads as a statement)
    """Print how long the block took."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        say(self.what, time.perf_counter() - self.started)


def say(what: str, seconds: float, more: str = "") -> None:
    print(f"{what:<40}{seconds:>9.2f} s  {more}", flush=True)


def verdict(what: str, seconds: list[float], target: float) -> None:
    """Print median, 95th percentile and slowest, and whether the 95th percentile meets the target."""
    slow = statistics.quantiles(seconds, n=20, method="inclusive")[-1]
    met = "met" if slow < target else "MISSED"
    print(
        f"{what:<40}{1000 * statistics.median(seconds):>9.1f} ms median"
        f"{1000 * slow:>9.1f} ms 95th{1000 * max(seconds):>9.1f} ms slowest"
        f"   target {1000 * target:,.0f} ms: {met}",
        flush=True,
    )


def memory() -> str:
    """Return the peak memory of this process, where the system tells."""
    if sys.platform == "win32":
        return ""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"peak memory {peak / (2**20 if sys.platform == 'darwin' else 2**10):,.0f} MB"


if __name__ == "__main__":
    main()
