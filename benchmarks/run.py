"""make bench: everything that is measured, in one run, each beside a peer.

    python benchmarks/run.py [--data FOLDER] [--scale]

Quality and speed of the model on restaurants_nl (where it is there) and on the sample study, import and
export of 100,000 answers, agreement and weighted frequencies of large surveys, keys per answer in a simulated
coding, the wait for a key on screen, and with --scale a study of 1,000,000 answers and 3,000,000 events
(minutes).
"""

import argparse
import subprocess
import sys
from pathlib import Path

import files
import large_surveys
import quality
from sample import sample_answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", help="folder with restaurants_nl (default: CODER_DATA)")
    parser.add_argument("--scale", action="store_true", help="also the study of a million answers")
    given = parser.parse_args()
    print(f"{quality.machine()}; one BLAS thread")
    restaurants = quality.load_restaurants(given.data)
    if restaurants:
        quality.compare("restaurants_nl", *restaurants)
    else:
        print("restaurants_nl is not there: say where with --data or CODER_DATA")
    for question in ("verbetering", "randvoorwaarden"):
        quality.compare(f"sample study: {question}", *sample_answers(question))
    files.run(100_000)
    large_surveys.run()
    if restaurants:
        keystrokes = [str(Path(__file__).with_name("keystrokes.py"))]
        keystrokes += ["--data", given.data] if given.data else []
        subprocess.run([sys.executable, *keystrokes], check=True)
    if sys.platform != "win32":
        subprocess.run([sys.executable, str(Path(__file__).with_name("keys.py"))], check=True)
    if given.scale:
        subprocess.run([sys.executable, str(Path(__file__).with_name("scale.py"))], check=True)


if __name__ == "__main__":
    main()
