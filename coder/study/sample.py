"""The sample study: where its files are, and how they are made into a study."""

import shutil
from pathlib import Path

import coder
from coder.corpus import Layout
from coder.errors import CoderError
from coder.messages import _
from coder.study.folder import StudyError, create_study

NAME = "Differentiatie in de les (voorbeeld, verzonnen respondenten)"
QUESTIONS = {"verbetering": "v12", "randvoorwaarden": "v13"}
GROUPS = ("functie", "sector", "schoolgrootte")
#: how each wave is read
WAVES: dict[str, tuple[str, Layout]] = {
    "2017": (
        "meting-2017.xlsx",
        Layout(
            id="respondent",
            answers={"verbetering": ("v12_verbetering",), "randvoorwaarden": ("v13_randvoorwaarden",)},
            asked={"verbetering": "verbetering_gemeld"},
            weight="gewicht",
            cluster="school",
            population="functie",
            groups=GROUPS,
        ),
    ),
    "2018": (
        "meting-2018.csv",
        Layout(
            id="id",
            answers={"verbetering": ("v12",), "randvoorwaarden": ("v13",)},
            asked={"verbetering": "verbetering"},
            weight="gewicht",
            cluster="school",
            population="functie",
            groups=GROUPS,
        ),
    ),
}


def sample_files() -> Path:
    """Return the folder that holds codebooks/ and corpora/ of the sample study.

    In an installed package they lie inside it; in a checkout, at the top level of the repository. Raises
    StudyError when neither is there.
    """
    package = Path(coder.__file__).parent
    for folder in (package / "sample", package.parent):
        if (folder / "codebooks" / "verbetering.yaml").is_file() and (folder / "corpora").is_dir():
            return folder
    raise StudyError(_("The files of the sample study are not there; install coder again."))


def new_demo_folder(base: Path) -> Path:
    """Return a folder under `base` that does not exist yet: demo, demo-2, demo-3 …"""
    number = 1
    while (folder := base / ("demo" if number == 1 else f"demo-{number}")).exists():
        number += 1
    return folder


def copy_sample(folder: Path) -> Path:
    """Make a study of the sample's files in a new folder and return it; nothing is imported yet."""
    source = sample_files()
    made = create_study(folder, name=NAME)
    try:
        for part in ("codebooks", "corpora"):
            for file in sorted((source / part).iterdir()):
                if file.is_file():
                    shutil.copyfile(file, made / part / file.name)
        settings = made / "study.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text + _question_tables(), encoding="utf-8")
    except OSError as error:
        raise CoderError(
            _("{folder} cannot be written: {reason}.").format(folder=made, reason=error.strerror)
        ) from error
    return made


def _question_tables() -> str:
    parts = []
    for name, short in QUESTIONS.items():
        parts.append(
            f'\n[questions.{name}]\ncodebook = "codebooks/{name}.yaml"\nshort = "{short}"\n'
            'not_filled_in = ["nvt", "n.v.t.", "x"]\nsuggestions = "visible"\n'
        )
    return "".join(parts)
