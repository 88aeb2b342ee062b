"""Codebooks of a study: edited by hand or taken over from a file, recorded, never orphaning a coding."""

import json
from pathlib import Path
from typing import Any

import pytest
from study_cases import (
    CODEBOOK,
    coded,
    csv_file,
    database,
    done,
    new_study,
    refused,
    run,
    sheet_rows,
    state,
    with_codebook,
)

from coder.codebook import Meanings
from coder.study import Study
from coder.study import codebooks as study_codebooks

WITHOUT_HANDS = "".join(line for line in CODEBOOK.splitlines(keepends=True) if "id: handen" not in line)
TWICE = CODEBOOK.replace("id: groepen", "id: handen")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    coded(made, [("02", "AB", "tijd|handen", "", ""), ("08", "AB", "handen", "", "")])
    return made


def versions(study: Path) -> list[int]:
    return [number for (number,) in database(study, "SELECT number FROM codebook_version ORDER BY number")]


def since(study: Path) -> dict[str, int]:
    with Study.open(study) as opened, opened.database.read() as connection:
        number = study_codebooks.question_number(opened, connection, opened.question())
        return dict(Meanings(study_codebooks.versions(connection, number)).began)


def test_a_hand_edit_becomes_a_version_that_says_what_changed(study: Path) -> None:
    assert versions(study) == [1, 2]
    with_codebook(study, CODEBOOK.replace("name: Tijd", "name: Tijd en ruimte"))
    said = done("status", "--study", study)
    assert "codebooks/nodig.yaml changed: recorded as version 3 (renamed: tijd)." in said.err
    assert "changed" not in done("status", "--study", study).err
    # a new name is the same label: older codings know it
    assert since(study)["tijd"] == 2
    assert coded(study, [("01", "AB", "Tijd en ruimte", "", "")])


def test_another_lay_out_of_the_file_is_no_version(study: Path) -> None:
    with_codebook(study, "# eigen aantekening\n" + CODEBOOK.replace(", number", ",   number"))
    assert done("status", "--study", study).err.count("changed") == 0
    assert versions(study) == [1, 2]


def test_an_edit_that_would_orphan_codings_is_refused_with_the_way_to_do_it(study: Path) -> None:
    with_codebook(study, WITHOUT_HANDS)
    before = state(study)
    for command in ("status", "frequencies", "train"):
        line = refused(command, "--study", study)
        assert "label handen is gone, but 2 codings carry it" in line
        assert "'retired: true'" in line
    assert state(study) == before
    with_codebook(study, CODEBOOK.replace("{id: handen,", "{id: handen, retired: true,"))
    assert "retired: handen" in done("status", "--study", study).err
    assert database(study, "SELECT labels FROM coding ORDER BY answer_id") == [("tijd handen",), ("handen",)]


def test_a_label_nobody_used_may_go(study: Path) -> None:
    with_codebook(study, "".join(k for k in CODEBOOK.splitlines(keepends=True) if "id: groepen" not in k))
    assert "removed: groepen" in done("status", "--study", study).err


@pytest.mark.parametrize(
    ("text", "fragment"),
    [(TWICE, "handen"), ("labels: [{id: tijd", "line"), ("labels: 3", "labels"), ("", "nodig.yaml")],
)
def test_a_codebook_that_cannot_be_is_one_line(study: Path, text: str, fragment: str) -> None:
    with_codebook(study, text)
    before = state(study)
    line = refused("frequencies", "--study", study)
    assert "nodig.yaml" in line
    assert fragment in line
    assert state(study) == before


def test_a_redefined_label_is_unknown_and_the_program_says_which(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("Tijd om iets te doen.", "Uren in het rooster."))
    said = done("status", "--study", study)
    assert "Unknown in codings made before this version" in said.err
    assert since(study)["tijd"] == 3
    done("codebook", "reworded", "Tijd", "--study", study)
    assert since(study)["tijd"] == 2
    edits = [json.loads(m) for (m,) in database(study, "SELECT memo FROM event WHERE kind = 'codebook'")]
    assert edits == [{"edit": "reworded", "label": "tijd", "version": 3}]


def test_only_a_redefinition_can_be_declared_a_rewording(study: Path) -> None:
    assert "older codings cannot know it" in refused("codebook", "reworded", "tijd", "--study", study)
    assert "there is no label weg" in refused("codebook", "reworded", "weg", "--study", study)


@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_a_codebook_goes_out_and_comes_back_unchanged(study: Path, suffix: str) -> None:
    path = study.parent / f"boek{suffix}"
    done("codebook", "export", "--out", path, "--study", study)
    before = state(study)
    said = done("codebook", "import", path, "--study", study)
    assert "5 labels taken over" in said.err
    assert state(study)["rows"] == before["rows"]
    with Study.open(study) as opened:
        assert opened.codebook(opened.question()).label("tijd").keywords == ("tijd", "uren")
        assert opened.codebook(opened.question()).question == "Wat is er nodig?"


def test_in_excel_a_row_is_a_label(study: Path) -> None:
    path = study.parent / "boek.xlsx"
    done("codebook", "export", "--out", path, "--study", study)
    rows = sheet_rows(path)
    assert [row[0] for row in rows][-5:] == ["tijd", "handen", "groepen", "overig", "weet_niet"]


def test_a_codebook_taken_over_is_a_version_and_refused_where_it_orphans(study: Path) -> None:
    path = study.parent / "boek.yaml"
    path.write_text(WITHOUT_HANDS)
    before = state(study)
    assert "2 codings carry it" in refused("codebook", "import", path, "--study", study)
    assert state(study) == before
    path.write_text(CODEBOOK.replace("number: 3", "number: 4"))
    said = done("codebook", "import", path, "--study", study)
    assert "recorded as version 3 (renumbered: groepen)" in said.err


def test_check_finds_what_would_trouble_coders(study: Path) -> None:
    assert done("codebook", "check", "--study", study).out == "codebooks/nodig.yaml: nothing to remark.\n"
    with_codebook(study, CODEBOOK.replace("definition: Tijd om iets te doen., ", ""))
    said = done("codebook", "check", "--study", study)
    assert "codebooks/nodig.yaml: warning: " in said.out
    assert "Tijd has no definition" in said.out


def test_check_ends_with_status_1_when_there_is_an_error(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("number: 2", "number: 1"))
    said = run("codebook", "check", "--study", study)
    assert said.status == 1
    assert "error" in said.out
    assert said.err.strip().splitlines()[-1] in {"1 error to mend.", "2 errors to mend."}


def test_show_lists_the_labels_in_use(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("{id: groepen,", "{id: groepen, retired: true,"))
    out = done("codebook", "show", "--study", study).out
    assert "Iemand erbij in de les." in out
    assert "Kleinere groepen" not in out


def test_the_version_a_coding_was_made_with_is_recorded(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("name: Tijd", "name: Tijd en ruimte"))
    coded(study, [("01", "AB", "tijd", "", "")])
    rows = database(study, "SELECT codebook_version FROM coding ORDER BY answer_id")
    assert rows == [(3,), (2,), (2,)]


def test_a_backup_is_a_whole_copy(study: Path) -> None:
    target = study.parent / "kopie.db"
    done("backup", target, "--study", study)
    assert target.stat().st_size > 0
    import sqlite3

    with sqlite3.connect(target) as connection:
        assert connection.execute("SELECT count(*) FROM coding").fetchone() == (2,)
    assert "exists" in refused("backup", target, "--study", study)
    said = done("backup", "--study", study)
    assert "Copied the database" in said.err


def test_a_codebook_file_that_was_lost_must_be_put_back(study: Path) -> None:
    (study / "codebooks" / "nodig.yaml").unlink()
    assert "put it back" in refused("status", "--study", study)


def test_labels_are_added_for_the_question_they_are_coded_for(study: Path) -> None:
    rows: list[tuple[Any, ...]] = [("nr", "wat", "wie"), ("x", "tijd", "de baas")]
    done("import", csv_file(study.parent / "m.csv", rows), "--wave", "w2", "--id", "nr", "--answers",
         "wat=nodig", "--answers", "wie=doet", "--study", study)  # fmt: skip
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("x", "Leiding")])
    done("codings", "import", path, "--wave", "w2", "--question", "doet", "--coder", "AB", "--add-labels",
         "--study", study)  # fmt: skip
    assert "Leiding" in (study / "codebooks" / "doet.yaml").read_text()
    assert "Leiding" not in (study / "codebooks" / "nodig.yaml").read_text()
