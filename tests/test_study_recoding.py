"""A label that came later: the coded answers to read again, why these, and when they are done."""

from collections import Counter
from pathlib import Path

import pytest
from study_cases import CODEBOOK, coded, database, done, new_study, refused, survey, with_codebook

from coder.study import Study
from coder.study.coding import CodingSession
from coder.study.recoding import queue_recoding, recode_counts, to_read_again
from coder.study.undoing import undo

#: thirty answers, of which six mention rest
TEXTS = {f"{i:03}": f"rust in de klas {i}" if i < 6 else f"meer tijd {i}" for i in range(30)}
LATER = "  - {id: rust, name: Rust, number: 4, definition: Rust in de klas., keywords: [rust]}\n"


def grown(study: Path) -> Path:
    """Add a label to the codebook, as a person does by hand."""
    return with_codebook(study, CODEBOOK.replace("  - {id: overig", LATER + "  - {id: overig"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study whose answers AB coded, the first three also CD, before the label came."""
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    rows = [(r, "AB", "overig" if text.startswith("rust") else "tijd", "", "ja") for r, text in TEXTS.items()]
    coded(made, [*rows, *((r, "CD", "overig", "", "ja") for r in list(TEXTS)[:3])])
    grown(made)
    done("status", "--study", made)
    return made


def again(study: Study, coder: str) -> list[str]:
    """Return whom a coder is to read again."""
    with study.database.read() as connection:
        names = dict(connection.exec_driver_sql("SELECT name, id FROM coder").all())
        ids = to_read_again(connection, 1, names[coder])
        return [respondents(connection)[i] for i in ids]


def respondents(connection: object) -> dict[int, str]:
    rows = connection.exec_driver_sql(  # type: ignore[attr-defined]
        "SELECT a.id, r.external_id FROM answer a JOIN respondent r ON r.id = a.respondent_id"
    )
    return dict(rows.all())


def reasons(folder: Path) -> dict[str, str]:
    return dict(
        database(
            folder,
            "SELECT r.external_id, q.reason FROM recode q JOIN answer a ON a.id = q.answer_id "
            "JOIN respondent r ON r.id = a.respondent_id",
        )
    )


def code(study: Study, coder: str, whom: list[str], status: str = "labelled") -> None:
    with study.database.read() as connection:
        wave = study.wave(connection, None)
        ids = {who: number for number, who in respondents(connection).items()}
    session = CodingSession(study, study.question(), wave, coder)
    for respondent in whom:
        session.save(session.open(ids[respondent]), status, ["rust"] if status == "labelled" else [])


def test_the_answers_most_likely_to_carry_a_new_label_are_queued_and_some_at_random(folder: Path) -> None:
    said = done("recode", "rust", "--n", 6, "--random", 4, "--seed", 3, "--study", folder)
    queued = reasons(folder)
    assert {r for r, why in queued.items() if why == "likely"} == set(list(TEXTS)[:6])
    assert Counter(queued.values()) == {"likely": 6, "random": 4}
    assert "30 coded answers do not know it" in said.err
    assert "6 that the model finds most likely" in said.err
    assert "4 at random from the rest (seed 3)" in said.err
    # nobody gave the label yet: what the model goes by is said
    assert "No coded answer has Rust yet: the model went by the words of the codebook." in said.err
    assert "AB 10, CD 3" in said.out
    assert database(folder, "SELECT count(*) FROM run") == [(0,)]


def test_each_coder_reads_again_what_that_coder_coded(folder: Path) -> None:
    done("recode", "rust", "--n", 6, "--random", 0, "--study", folder)
    with Study.open(folder) as study:
        assert again(study, "AB") == ["000", "001", "002", "003", "004", "005"]
        assert again(study, "CD") == ["000", "001", "002"]


def test_the_queue_empties_as_answers_are_coded_again_and_undo_fills_it(folder: Path) -> None:
    done("recode", "rust", "--n", 6, "--random", 0, "--study", folder)
    with Study.open(folder) as study:
        code(study, "AB", ["000", "003"])
        assert again(study, "AB") == ["001", "002", "004", "005"]
        assert again(study, "CD") == ["000", "001", "002"]
        # held over is not read
        code(study, "AB", ["004"], status="skipped")
        code(study, "AB", ["001", "002", "005"])
        assert again(study, "AB") == []
        assert undo(study, study.question(), "AB")
        assert again(study, "AB") == ["005"]
        (count,) = recode_counts(study, study.question())
        assert (count.label, count.coders, count.left) == ("rust", {"AB": 1, "CD": 3}, 4)


def test_a_memo_does_not_count_as_reading_again(folder: Path) -> None:
    done("recode", "rust", "--n", 1, "--random", 0, "--study", folder)
    with Study.open(folder) as study:
        (first,) = again(study, "AB")
        with study.database.read() as connection:
            wave = study.wave(connection, None)
            ids = {who: number for number, who in respondents(connection).items()}
        session = CodingSession(study, study.question(), wave, "AB")
        answer = session.open(ids[first])
        session.write_memo(answer, "wat is rust?", answer.labels)
        assert again(study, "AB") == [first]


def test_queueing_again_changes_nothing_until_answers_were_read(folder: Path) -> None:
    with Study.open(folder) as study:
        question = study.question()
        proba = dict.fromkeys(range(1, 31), 0.5)
        made = queue_recoding(study, question, "Rust", n=5, random=5, seed=1, proba=proba)
        assert (made.likely, made.random, made.unknown, made.waiting) == (5, 5, 30, 0)
        before = reasons(folder)
        made = queue_recoding(study, question, "rust", n=5, random=5, seed=1, proba=proba)
        assert (made.likely, made.random, made.waiting) == (0, 0, 10)
        assert reasons(folder) == before
        likely = [r for r, why in before.items() if why == "likely"]
        code(study, "AB", likely[:2])
        code(study, "CD", [r for r in likely[:2] if r in list(TEXTS)[:3]])
        made = queue_recoding(study, question, "rust", n=5, random=5, seed=1, proba=proba)
        assert (made.likely, made.random) == (2, 0)


def test_the_random_part_is_random_and_reproducible(folder: Path) -> None:
    drawn = []
    for seed in (1, 1, 2):
        with Study.open(folder) as study:
            with study.database.write() as connection:
                connection.exec_driver_sql("DELETE FROM recode")
            queue_recoding(study, study.question(), "rust", n=0, random=8, seed=seed)
        drawn.append(set(reasons(folder)))
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 8


def test_identical_answers_come_along_with_the_likely_one(tmp_path: Path) -> None:
    texts = {"a": "rust", "b": "Rust!", "c": "meer tijd", "d": "rust"}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, texts)))
    coded(study, [(r, "AB", "overig", "", "ja") for r in texts])
    grown(study)
    done("recode", "rust", "--n", 1, "--random", 0, "--study", study)
    assert reasons(study) == dict.fromkeys("abd", "likely")


def test_of_a_label_that_is_split_all_that_carries_it_is_queued(folder: Path) -> None:
    said = done("recode", "tijd", "--carrying", "--study", folder)
    assert reasons(folder) == {r: "carries" for r, text in TEXTS.items() if text.startswith("meer tijd")}
    assert "Tijd: 24 answers carry it; 24 queued now" in said.err
    with Study.open(folder) as study:
        assert len(again(study, "AB")) == 24
        code(study, "AB", ["010"])
        assert "010" not in again(study, "AB")


def test_a_label_that_every_coding_knows_queues_nothing(folder: Path) -> None:
    assert "every coding knows it" in done("recode", "tijd", "--study", folder).err
    assert "nothing to read again" in done("recode", "handen", "--carrying", "--study", folder).err
    assert reasons(folder) == {}


def test_who_used_the_label_already_need_not_read_again(folder: Path) -> None:
    with Study.open(folder) as study:
        code(study, "AB", ["000"])
        made = queue_recoding(study, study.question(), "rust", n=50, random=0, proba={})
        # CD's coding of it does not know the label
        assert made.unknown == 30
        assert "000" not in again(study, "AB")
        assert "000" in again(study, "CD")


def test_status_tells_what_is_to_be_read_again_and_by_whom(folder: Path) -> None:
    done("recode", "rust", "--n", 6, "--random", 0, "--study", folder)
    found = done("status", "--json", "--study", folder).json
    (part,) = found["questions"]
    assert {c["coder"]: c["to_read_again"] for c in part["progress"]} == {"AB": 6, "CD": 3}
    assert found["step"]["kind"] == "read_again"
    assert "coder code --coder AB" in found["next_step"]


def test_a_consensus_that_does_not_know_the_label_is_to_be_settled_anew(folder: Path) -> None:
    coded(folder, [("000", "consensus", "overig", "", "")])
    database_version = database(folder, "SELECT max(number) FROM codebook_version")[0][0]
    with_codebook(folder, CODEBOOK.replace("  - {id: overig", LATER.replace("rust", "stilte").replace(
        "Rust", "Stilte").replace("number: 4", "number: 5") + LATER + "  - {id: overig"))  # fmt: skip
    done("recode", "stilte", "--n", 50, "--random", 0, "--study", folder)
    assert database(folder, "SELECT max(number) FROM codebook_version")[0][0] == database_version + 1
    (row,) = done("settle", "--json", "--study", folder).json
    assert (row["respondent"], row["settled"]["labels"]) == ("000", ["overig"])
    done("settle", "000", "--labels", "stilte", "--by", "AB", "--study", folder)
    assert done("settle", "--json", "--study", folder).json == []


def test_an_unknown_label_is_refused_with_those_that_are_there(folder: Path) -> None:
    line = refused("recode", "ruis", "--study", folder)
    assert "there is no label ruis in use; there are: tijd, handen, groepen, rust, overig" in line


def test_json_holds_the_counts_and_nothing_else(folder: Path) -> None:
    said = done("recode", "rust", "--n", 2, "--random", 1, "--seed", 5, "--json", "--study", folder).json
    assert {k: said[k] for k in ("label", "unknown", "likely", "random", "seed", "cold")} == {
        "label": "rust", "unknown": 30, "likely": 2, "random": 1, "seed": 5, "cold": True,
    }  # fmt: skip
    assert said["queue"][0]["reasons"] == {"likely": 2, "random": 1}
