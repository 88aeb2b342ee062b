"""A group of identical answers coded at once counts once in agreement, whichever of them a coder opened."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from study_cases import coded, done, new_study, survey, with_codebook

from coder.study import Study
from coder.study.coded_at_once import count_once
from coder.study.coding import CodingSession
from coder.study.selecting import alike

#: four answers say one thing, two another, one stands by itself
TEXTS = {"1": "tijd", "2": "Tijd!", "3": "tijd", "4": "handen", "5": "handen", "6": "rust", "7": "tijd"}
HEADER = "id,coder,labels,blind,origin,at"
MORNING, NOON, EVENING = (f"2026-03-01T{hour}:00:00+00:00" for hour in ("09", "12", "20"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    done("status", "--study", made)
    return made


def group(coder: str, opened: str, *others: str, label: str = "tijd", at: str = MORNING) -> list[Any]:
    """Return what a coder gave one answer, and identical ones with it."""
    return [(opened, coder, label, "ja", "manual", at)] + [
        (one, coder, label, "ja", "duplicate", at) for one in others
    ]


def counted(folder: Path, *rows: Sequence[Any]) -> int:
    """Return on how many answers agreement stands."""
    coded(folder, [row for some in rows for row in some], HEADER)
    found = done("agreement", "--json", "--study", folder).json
    return int(found[0]["answers"]) if found else 0


def test_groups_meet_when_each_coder_opened_another_answer(folder: Path) -> None:
    assert counted(folder, group("AB", "1", "2", "3"), group("CD", "3", "1", "2")) == 1


def test_coding_at_once_on_screen_counts_once(folder: Path) -> None:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        asked = study.question()
        for coder, opened in (("AB", 0), ("CD", 1)):
            session = CodingSession(study, asked, wave, coder)
            answer = session.ids[opened]
            same = [other for other in alike(session, answer) if other.likeness == 100]
            assert len(same) == 3
            session.save(session.open(answer), "labelled", ["tijd"], others=same)
    (table,) = done("agreement", "--json", "--study", folder).json
    assert table["answers"] == 1
    (row,) = [row for row in table["labels"] if row["label"] == "tijd"]
    assert (row["n"], row["positives"]) == (1, 2)


def test_every_group_counts_once(folder: Path) -> None:
    both = [group(c, *ids, label=label) for c, *ids, label in (
        ("AB", "1", "2", "3", "tijd"), ("CD", "2", "3", "1", "tijd"),
        ("AB", "4", "5", "handen"), ("CD", "5", "4", "groepen"),
    )]  # fmt: skip
    assert counted(folder, *both, group("AB", "6"), group("CD", "6")) == 3


def test_one_coder_s_groups_alone_are_no_agreement(folder: Path) -> None:
    assert counted(folder, group("AB", "1", "2", "3"), group("CD", "6")) == 0


def test_a_group_meets_what_another_coder_coded_one_by_one_once(folder: Path) -> None:
    one_by_one = [group("CD", one, at=at) for one, at in (("2", MORNING), ("3", NOON))]
    assert counted(folder, group("AB", "1", "2", "3"), *one_by_one) == 1


def test_identical_answers_coded_apart_all_count(folder: Path) -> None:
    apart = [group(c, one, at=at) for c in ("AB", "CD") for one, at in (("1", MORNING), ("2", NOON))]
    assert counted(folder, *apart) == 2


def test_two_groups_of_one_text_made_at_two_moments_count_twice(folder: Path) -> None:
    rows = [
        group(c, *ids, at=at)
        for c in ("AB", "CD")
        for ids, at in ((("1", "2"), MORNING), (("7", "3"), EVENING))
    ]
    assert counted(folder, *rows) == 2


def test_a_coding_made_anew_leaves_its_group_and_the_group_goes_on(folder: Path) -> None:
    assert counted(folder, group("AB", "1", "2", "3"), group("CD", "2", "1", "3")) == 1
    assert counted(folder, group("AB", "1", label="overig", at=EVENING)) == 1
    apart = [group("CD", "1", label="overig", at=EVENING)]
    assert counted(folder, *apart) == 2


def frame(rows: Sequence[tuple[int, str, str, str]]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["answer_id", "coder", "at", "origin"])
    return found.assign(fingerprint=1, status="labelled", labels="tijd")


def left(rows: Sequence[tuple[int, str, str, str]]) -> Mapping[str, list[int]]:
    kept = count_once(frame(rows))
    return {str(coder): of["answer_id"].tolist() for coder, of in kept.groupby("coder")}


def test_a_group_counts_where_most_coders_meet() -> None:
    rows = [
        (1, "AB", "m", "manual"), (2, "AB", "m", "duplicate"), (3, "AB", "m", "duplicate"),
        (2, "CD", "n", "manual"), (3, "CD", "n", "duplicate"),
        (3, "EF", "o", "manual"), (1, "EF", "p", "manual"),
    ]  # fmt: skip
    assert left(rows) == {"AB": [3], "CD": [3], "EF": [3, 1]}


def test_which_answer_a_group_counts_on_does_not_depend_on_labels_or_order() -> None:
    rows = [
        (answer, coder, coder, "duplicate" if answer > 1 else "manual")
        for coder in ("AB", "CD")
        for answer in (1, 2)
    ]
    assert left(rows) == left(rows[::-1]) == {"AB": [1], "CD": [1]}


def test_groups_that_share_no_answer_keep_one_coding_each() -> None:
    rows = [
        (1, "AB", "m", "manual"), (2, "AB", "m", "duplicate"),
        (3, "CD", "n", "manual"), (4, "CD", "n", "duplicate"),
    ]  # fmt: skip
    assert left(rows) == {"AB": [1], "CD": [3]}
