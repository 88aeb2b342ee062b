"""Import and export of 100,000 answers, timed, with the peak memory of a process that does nothing else.

    python benchmarks/files.py [--answers 100000]

Each step runs in a process of its own; a plain pandas read and write of the same data stands beside it,
to tell what the machine can do.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPORA = HERE.parent / "corpora"


def sample_texts() -> list[str]:
    """Return the answers of the sample study's second wave."""
    with (CORPORA / "meting-2018.csv").open(encoding="cp1252", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return [row[column] for row in rows for column in ("v12", "v13") if row[column]]


def make_survey(path: Path, answers: int, seed: int = 0) -> None:
    """Write a survey file of this many respondents: pairs of the sample's answers, so most are different."""
    rng = random.Random(seed)
    texts = sample_texts()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["id", "school", "functie", "gewicht", "sector", "leeftijd", "datum", "v1"])
        for i in range(answers):
            text = rng.choice(texts) if rng.random() < 0.3 else f"{rng.choice(texts)} {rng.choice(texts)}"
            writer.writerow(
                [
                    f"{i:07d}",
                    f"s{rng.randrange(answers // 20):05d}",
                    rng.choice(["leraar", "schoolleider"]),
                    f"{rng.uniform(0.5, 2):.3f}".replace(".", ","),
                    rng.choice(["po", "vo"]),
                    rng.randrange(21, 67),
                    "2018-10-01 12:00:00",
                    text,
                ]
            )


def step_import(folder: Path) -> None:
    """Import the survey into a new study."""
    from coder.corpus import Layout
    from coder.study import Study, create_study, import_wave

    create_study(folder / "study")
    layout = Layout(
        id="id",
        answers={"v1": ("v1",)},
        weight="gewicht",
        cluster="school",
        population="functie",
        groups=("sector", "leeftijd"),
    )
    with Study.open(folder / "study") as study:
        import_wave(study, folder / "survey.csv", "2018", layout)


def step_export(folder: Path) -> None:
    """Export the coded set to Excel."""
    from coder.study import Study, export

    with Study.open(folder / "study") as study:
        export(study, folder / "coded.xlsx")


def step_pandas(folder: Path) -> None:
    """Read the same file and write it to Excel with pandas alone."""
    import pandas as pd

    frame = pd.read_csv(folder / "survey.csv", sep=";", dtype=str)
    frame.to_excel(folder / "plain.xlsx", engine="xlsxwriter", index=False)


STEPS = {"import": step_import, "export": step_export, "pandas": step_pandas}
NAMES = {
    "import": "coder import (csv)",
    "export": "coder export (xlsx)",
    "pandas": "pandas read_csv + to_excel, for comparison",
}


def run(answers: int) -> None:
    """Print seconds and peak memory of every step."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_survey(folder / "survey.csv", answers)
        print(f"\n{answers:,} answers\n{'step':<45}{'seconds':>9}{'peak MB':>9}")
        for step in STEPS:
            environment = {**os.environ, "OMP_NUM_THREADS": "1"}
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, __file__, "--step", step, "--folder", name],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            )
            seconds = time.perf_counter() - start
            print(f"{NAMES[step]:<45}{seconds:>9.1f}{float(done.stdout.split()[-1]):>9.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--step", choices=list(STEPS))
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.step is None:
        run(given.answers)
        return
    STEPS[given.step](given.folder)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
