"""The sample study as a set of coded answers, for measuring (never for tuning)."""

import csv
from pathlib import Path

import quality

CORPORA = Path(__file__).resolve().parents[1] / "corpora"


def sample_answers(question: str) -> quality.AnswerSet:
    """Return the answers both coders coded, with the definitive labels; groups are schools."""
    from coder.codebook import read_codebook
    from coder.corpus import read_survey

    file = read_survey(CORPORA / "meting-2017.xlsx")
    column = {c.name: i for i, c in enumerate(file.columns)}
    short = {"verbetering": "v12_verbetering", "randvoorwaarden": "v13_randvoorwaarden"}[question]
    answers = {row[column["respondent"]]: row for row in file.rows}
    said: dict[str, dict[str, set[str]]] = {}
    with (CORPORA / f"codings-{question}.csv").open(encoding="utf-8", newline="") as codings:
        for row in csv.DictReader(codings):
            said.setdefault(row["id"], {})[row["coder"]] = set(row["labels"].split("|")) - {""}
    labels = [label.id for label in read_codebook(CORPORA.parent / "codebooks" / f"{question}.yaml").active]
    texts, sets, groups = [], [], []
    for identifier, by_coder in sorted(said.items()):
        texts.append(str(answers[identifier][column[short]]))
        sets.append(by_coder.get("consensus", by_coder["AB"]))
        groups.append(str(answers[identifier][column["school"]]))
    return quality.AnswerSet(
        texts, quality.np.array([[label in own for label in labels] for own in sets], int), labels, groups
    )
