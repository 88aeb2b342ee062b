"""How long a coder waits for a key: from the key press to the last byte of the finished paint.

    python benchmarks/keys.py [--answers 10000 100000] [--keys 200] [--without-model]

The program runs in a terminal of its own (a pty, 160 x 45), on a study of that many answers, 300 of them
coded, while the model trains in the background. Each key is pressed when the terminal has been quiet for a
while, and its time ends with the last byte before the terminal is silent again for 30 ms. Beside it, as the
peer, the same is done with a bare Textual DataTable of as many rows in which the cursor moves.
"""

import argparse
import fcntl
import os
import pty
import random
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from coder.codebook import Codebook, dump_codebook
from coder.corpus import Layout
from coder.store import events
from coder.store.events import NewCoding
from coder.study import Study, create_study, import_wave
from coder.study.codebooks import question_number, take_up_edits

SEED = 20180601
ROWS, COLUMNS = 45, 160
QUIET = 0.25
"""Seconds without a byte before a key is pressed: by then the words of an answer are marked too."""
FINISHED = 0.03
"""Seconds without a byte after which a paint is finished; a later one is the model's, not the key's."""
LABELS = [
    ("nascholing", "scholing cursus studiedag training"),
    ("team", "overleg team collega's samen"),
    ("lesbezoek", "lesbezoek kijken klas ander"),
    ("tijd", "tijd rust ruimte uren"),
    ("materiaal", "methode materiaal computer boeken"),
    ("klassen", "kleinere klassen groepen minder"),
    ("handen", "handen assistent extra hulp"),
    ("visie", "visie directie beleid aandacht"),
]
FILLING = "en ook vooral meer dat we elkaar weer beter leren veel met het in de van minder geen"

PEER = """
import sys
from textual.app import App
from textual.widgets import DataTable
class Peer(App):
    def compose(self):
        yield DataTable(cursor_type="row")
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("nr", "antwoord")
        table.add_rows((n, f"antwoord nummer {n}") for n in range(int(sys.argv[1])))
Peer().run()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--answers", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--without-model", action="store_true")
    given = parser.parse_args()
    print(f"key press to finished paint in ms, {COLUMNS} x {ROWS}, {given.keys} keys each")
    print(f"{'':34}{'median':>8}{'95 %':>8}{'most':>8}   start to first answer")
    for n in given.answers:
        with tempfile.TemporaryDirectory(prefix="coder-keys-") as folder:
            study = build(Path(folder) / "study", n)
            model = ["--without-model"] if given.without_model else []
            command = [sys.executable, "-m", "coder", "code", "--coder", "AB", *model]
            report(f"coder, {n:,} answers", command, study, rb"Respondent", coding_keys(given.keys))
        report(
            f"DataTable, {n:,} rows",
            [sys.executable, "-c", PEER, str(n)],
            Path.cwd(),
            rb"antwoord",
            ["\x1b[B"] * given.keys,
        )


def build(folder: Path, n: int) -> Path:
    """Make a study of n answers, 300 of them coded by AB."""
    chance = random.Random(SEED)
    create_study(folder)
    file = folder.parent / "answers.csv"
    texts, truth = [], []
    for _ in range(n):
        given = chance.sample(LABELS, chance.choice([1, 1, 2, 3]))
        words = [chance.choice(speech.split()) for _label, speech in given]
        words += chance.choices(FILLING.split(), k=chance.randint(1, 8))
        chance.shuffle(words)
        texts.append(" ".join(words))
        truth.append(tuple(label for label, _speech in given))
    lines = ["nr;groep;wat", *(f"{i};{i % 7};{text}" for i, text in enumerate(texts, 1))]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Study(folder) as study:
        import_wave(study, file, "2026", Layout(id="nr", answers={"nodig": ("wat",)}, groups=("groep",)))
        book = Codebook.new("Wat heeft geholpen?")
        for label, _speech in LABELS:
            book = book.with_label(book.draft(label))
        (folder / study.question("nodig").codebook).write_text(dump_codebook(book), encoding="utf-8")
        take_up_edits(study)
        with study.database.write() as connection:
            number = question_number(study, connection, study.question("nodig"))
            ids = list(range(1, 301))
            coder = events.coder_id(connection, "AB")
            events.record_codings(
                connection,
                number,
                [NewCoding(i, coder, "labelled", truth[i - 1], "manual", "yes", 2) for i in ids],
            )
    return folder


def coding_keys(n: int) -> list[str]:
    """Return what a coder types: labels by number, Enter, now and then undo, a step back, a list by text."""
    chance = random.Random(SEED)
    keys: list[str] = []
    while len(keys) < n:
        keys += [chance.choice("12345678") for _ in range(chance.choice([1, 1, 2]))]
        keys.append(chance.choice(["\r", "\r", "\r", "\r", "0", "u", "\x1b[D", "\x1b[C", "\x1b[B", "p"]))
    return keys[:n]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._pid, self._end = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", CODER_LANG="en")
            os.execvp(command[0], command)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def press(self, key: str) -> None:
        os.write(self._end, key.encode())

    def until(self, wanted: bytes, seconds: float = 60) -> bool:
        """Read until something is on the screen."""
        seen, end = b"", time.perf_counter() + seconds
        while time.perf_counter() < end:
            if select.select([self._end], [], [], 0.05)[0]:
                seen += os.read(self._end, 1 << 16)
                if re.search(wanted, seen):
                    return True
        return False

    def quiet(self, seconds: float, most: float = 5.0) -> float | None:
        """Read until nothing has been written for a while; return when the last byte came."""
        last, end = None, time.perf_counter() + most
        while time.perf_counter() < end and select.select([self._end], [], [], seconds)[0]:
            if not os.read(self._end, 1 << 16):
                break
            last = time.perf_counter()
        return last

    def first_paint(self, gap: float, most: float = 5.0) -> float | None:
        """Wait for the first byte, then read until none comes for a while; return when the last one came."""
        if not select.select([self._end], [], [], most)[0]:
            return None
        return self.quiet(gap, most)

    def close(self) -> None:
        os.kill(self._pid, signal.SIGTERM)
        os.close(self._end)
        os.waitpid(self._pid, 0)


def report(name: str, command: Sequence[str], folder: Path, first: bytes, keys: Sequence[str]) -> None:
    started = time.perf_counter()
    terminal = Terminal(command, folder)
    try:
        assert terminal.until(first), f"{name}: nothing came on the screen"
        start = time.perf_counter() - started
        terminal.quiet(0.3, 2.0)
        times = []
        for key in keys:
            terminal.quiet(QUIET)
            pressed = time.perf_counter()
            terminal.press(key)
            last = terminal.first_paint(FINISHED)
            if last is not None:
                times.append(1000 * (last - pressed))
    finally:
        terminal.close()
    many = statistics.quantiles(times, n=20)
    print(
        f"{name:34}{statistics.median(times):8.1f}{many[-1]:8.1f}{max(times):8.1f}   {start:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
