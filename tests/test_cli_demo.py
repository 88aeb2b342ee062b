"""The main job end to end on the sample study, and the program as it is installed."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from study_cases import done, refused

from coder.study.sample import new_demo_folder
from coder.version import __version__

SHEETS = [
    "Reading guide",
    "Data",
    "Frequencies",
    "Intercoder reliability",
    "Other",
    "Codebook",
    "Accountability",
]


def test_the_demo_does_the_main_job_and_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    out = done("demo").out
    study = tmp_path / "exports" / "demo"
    assert re.findall(r"^(\d)\. ", out, re.MULTILINE) == list("1234567")
    for fragment in ("644 respondents", "AB 330", "alpha", "micro-F1", "labelled", "█", "coder status"):
        assert fragment in out
    with closing(openpyxl.load_workbook(study / "exports" / "coded.xlsx")) as book:
        assert book.sheetnames == SHEETS
        assert book["Data"].max_row > 900
        assert book["Frequencies"]._charts
    # what it says to type next works, and nothing of the first demo is touched by a second
    said = done("frequencies", "--question", "randvoorwaarden", "--by", "sector", "--json", "--study", study)
    assert {table["wave"] for table in said.json} == {"2017", "2018"}
    assert "2018" in done("status", "--study", study).out
    assert new_demo_folder(Path("exports")) == Path("exports/demo-2")
    assert "not empty" in refused("demo", study)


def program(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "CODER_LANG": "en"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        check=False,
    )


def test_the_program_starts_from_a_shell_and_ends_with_its_status(tmp_path: Path) -> None:
    said = program("-m", "coder", "--version", folder=tmp_path)
    assert (said.returncode, said.stdout) == (0, f"coder {__version__}\n")
    said = program("-m", "coder", "status", folder=tmp_path)
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert program("-m", "coder", "onbekend", folder=tmp_path).returncode == 2


def test_help_loads_nothing_heavy_and_names_every_command(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom coder.cli import main\ntry:\n    main(['--help'])\nfinally:\n"
        "    print('HEAVY', sorted({'pandas', 'numpy', 'sklearn', 'spacy', 'sqlalchemy'} & set(sys.modules)))"
    )
    said = program("-c", code, folder=tmp_path)
    assert said.returncode == 0
    assert "HEAVY []" in said.stdout
    for command in ("demo", "new", "import", "codings", "codebook", "next", "train", "label", "agreement",
                    "frequencies", "export", "status", "backup"):  # fmt: skip
        assert f"\n  {command} " in said.stdout
