"""Pictures of the screens for the guide: the program in tmux on the sample study, each pane as an SVG.

    python docs/captures.py [FOLDER]      (tmux must be there; FOLDER: a study that `coder demo` made)

Without FOLDER the sample study is made anew, in a temporary folder.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

SCREENS = Path(__file__).with_name("screens")
SIZES = ((80, 24), (100, 30), (160, 45))
#: what is pressed before each picture is taken, and what it is called
WALK = (
    ("coderen", ["Right"]),
    ("groep", ["C-f", "training", "Enter", *["Right"] * 5, "p", "g"]),
    ("hulp", ["Escape", "F1"]),
    ("overzicht", ["Escape", "F3"]),
    ("codeboek", ["F5"]),
    ("betrouwbaarheid", ["F6"]),
    ("consensus", ["Tab", "Enter"]),
    ("frequenties", ["Escape", "F7"]),
    ("model", ["F8"]),
    ("uitvoer", ["F9"]),
)
PATIENCE = {"coderen": 1.0, "betrouwbaarheid": 6.0, "model": 20.0, "frequenties": 4.0}
THEME = TerminalTheme((21, 25, 30), (217, 222, 227), [(0, 0, 0)] * 8, [(0, 0, 0)] * 8)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else Path(folder) / "demo"
        if not study.exists():
            coder("demo", study)
        SCREENS.mkdir(exist_ok=True)
        for width, height in SIZES:
            # a study of its own for each size: the walk codes
            walk(Path(shutil.copytree(study, Path(folder) / f"{width}x{height}")), width, height)


def coder(*arguments: object) -> None:
    subprocess.run(
        [sys.executable, "-m", "coder", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL
    )


def walk(study: Path, width: int, height: int) -> None:
    name = f"coder-{width}"
    program = (
        f"COLORTERM=truecolor {sys.executable} -m coder code --coder EF --question verbetering --wave 2017"
    )
    tmux(
        name, "new-session", "-d", "-s", name, "-x", str(width), "-y", str(height), "-c", str(study), program
    )
    try:
        tmux(name, "set", "-g", "status", "off")
        tmux(name, "resize-window", "-x", str(width), "-y", str(height))
        time.sleep(12)  # the model has learnt by then
        for picture, keys in WALK:
            for key in keys:
                tmux(name, "send-keys", key)
                time.sleep(0.7)
            time.sleep(PATIENCE.get(picture, 3.0))
            save(tmux(name, "capture-pane", "-p", "-e"), SCREENS / f"{picture}-{width}x{height}.svg", width)
    finally:
        tmux(name, "kill-server")


def tmux(server: str, *arguments: str) -> str:
    command = ["tmux", "-L", server, "-f", "/dev/null", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def save(pane: str, path: Path, width: int) -> None:
    with Path(os.devnull).open("w") as nowhere:
        console = Console(
            record=True, width=width, file=nowhere, force_terminal=True, color_system="truecolor"
        )
        text = Text.from_ansi(pane.rstrip("\n"))
        console.print(text, no_wrap=True, crop=True, overflow="crop")
    svg = console.export_svg(title="coder", theme=THEME, unique_id=path.stem)
    # no font from the web: a picture that asks elsewhere for something has no place here
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace(
        "font-family: Fira Code, monospace;", "font-family: ui-monospace, 'DejaVu Sans Mono', monospace;"
    )
    path.write_text(re.sub(r"<!-- Generated with Rich.*?-->\n?", "", svg), encoding="utf-8")


if __name__ == "__main__":
    main()
