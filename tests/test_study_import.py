"""A survey file into the study: added, recognised, replaced; joined, asked, filled in or not."""

from pathlib import Path
from typing import Any

import pytest
from study_cases import (
    ANSWERS,
    IMPORT,
    coded,
    csv_file,
    database,
    done,
    labels,
    new_study,
    run,
    state,
    statuses,
    survey,
    three_coded,
    with_codebook,
    workbook,
)

from coder.corpus import Layout
from coder.study import (
    Study,
    create_study,
    import_wave,
)


def test_an_imported_file_lies_in_the_study_as_received(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    assert (study / "corpora" / "meting.csv").read_bytes() == file.read_bytes()
    assert (study / "codebooks" / "nodig.yaml").is_file()
    assert statuses(study) == {
        **dict.fromkeys(ANSWERS, "unseen"),
        "04": "not_filled_in",
        "05": "not_filled_in",
    }


def test_another_file_of_the_same_name_gets_a_place_of_its_own(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    done("import", survey(tmp_path, {"01": "iets anders"}), "--wave", "w2", "--id", "nr",
         "--answers", "wat=nodig", "--study", study)  # fmt: skip
    kept = sorted(path.name for path in (study / "corpora").iterdir())
    assert len(kept) == 2
    assert kept[1] == "meting.csv"
    assert kept[0].startswith("meting-")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    before = state(study)
    said = done("import", file, *IMPORT, "--study", study)
    assert "meting.csv is wave w1 already; nothing changed." in said.err
    assert state(study) == before


def test_the_file_under_another_name_is_the_same_file(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    before = state(study)
    done("import", survey(tmp_path, name="nog-eens.csv"), *IMPORT, "--study", study)
    assert state(study) == before


def test_the_same_file_as_another_wave_is_remarked_on(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    said = done("import", file, *IMPORT, "--wave", "w2", "--study", study)
    assert "imported before, as wave w1" in said.err


def test_a_question_taken_out_of_the_settings_comes_back_with_its_file(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = three_coded(tmp_path)
    (study / "study.toml").write_text('name = "x"\nlanguage = "en"\n')
    done("import", file, *IMPORT, "--study", study)
    assert "[questions.nodig]" in (study / "study.toml").read_text()
    assert labels(study) == {"01": "tijd", "02": "tijd handen", "03": "groepen"}


def test_only_who_is_said_not_to_be_asked_is_not_asked(tmp_path: Path) -> None:
    rows = [
        ("nr", "wat", "gesteld"),
        ("01", "tijd", "ja"),
        ("02", "", "ja"),
        ("03", "", "nee"),
        ("04", "rust", "nee"),
        ("05", "", ""),
    ]
    study = create_study(tmp_path / "onderzoek")
    file = csv_file(tmp_path / "meting.csv", rows)
    said = done("import", file, *IMPORT, "--asked", "gesteld=nodig", "--study", study)
    # who answered was asked, whatever the file says; an empty cell of a routing column is a no
    assert statuses(study) == {
        "01": "unseen",
        "02": "not_filled_in",
        "03": "not_asked",
        "04": "unseen",
        "05": "not_asked",
    }
    assert [word for word in said.out.split() if word.isdigit()][-3:] == ["3", "2", "1"]


def test_without_a_column_that_says_so_nobody_is_not_asked(tmp_path: Path) -> None:
    assert "not_asked" not in statuses(new_study(tmp_path)).values()


def test_joined_columns_are_one_answer(tmp_path: Path) -> None:
    rows = [
        ("nr", "leraar", "leider"),
        ("01", "tijd", ""),
        ("02", "", "geld"),
        ("03", "rust", "ruimte"),
        ("04", "", ""),
    ]
    study = create_study(tmp_path / "onderzoek")
    file = csv_file(tmp_path / "meting.csv", rows)
    done("import", file, "--wave", "w1", "--id", "nr", "--answers", "leraar+leider=nodig", "--study", study)
    texts = dict(database(study, "SELECT r.external_id, a.text FROM answer a JOIN respondent r "
                                 "ON r.id = a.respondent_id"))  # fmt: skip
    assert texts == {"01": "tijd", "02": "geld", "03": "rust\nruimte", "04": None}


def test_an_existing_codebook_is_taken_for_a_new_question(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    with_codebook(study)
    done("import", survey(tmp_path), *IMPORT, "--study", study)
    with Study.open(study) as opened:
        assert opened.codebook(opened.question()).find("handen") is not None


def test_answers_are_text_to_the_letter(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [
        ("nr", "wat"),
        ("001", "NA"),
        ("002", 3),
        ("003", "0612"),
        ("004", " ruimte \n en tijd "),
        ("005", None),
    ]
    study = new_study(tmp_path, workbook(tmp_path / "meting.xlsx", rows))
    texts = [text for (text,) in database(study, "SELECT text FROM answer ORDER BY id")]
    assert texts == ["NA", "3", "0612", " ruimte \n en tijd ", None]
    assert list(statuses(study)) == ["001", "002", "003", "004", "005"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_files_are_read_in_the_encodings_they_come_in(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path / "m.csv", [("nr", "wat"), ("1", "één pabo’er")], encoding=encoding)
    assert database(new_study(tmp_path, path), "SELECT text FROM answer") == [("één pabo’er",)]


def test_weights_clusters_strata_and_groups_come_along(tmp_path: Path) -> None:
    rows = [
        ("nr", "wat", "g", "school", "laag", "wie", "sector"),
        ("1", "tijd", "1,25", "007", "a", "l", "po"),
    ]
    study = create_study(tmp_path / "onderzoek")
    done("import", csv_file(tmp_path / "m.csv", rows), *IMPORT, "--weight", "g", "--cluster", "school",
         "--stratum", "laag", "--population", "wie", "--group", "sector", "--study", study)  # fmt: skip
    columns = 'weight, cluster, stratum, population, "groups"'
    (row,) = database(study, f"SELECT {columns} FROM respondent")
    assert row == (1.25, "007", "a", "l", '{"sector": "po"}')


def test_the_service_returns_what_it_found(tmp_path: Path) -> None:
    with Study.open(create_study(tmp_path / "onderzoek")) as study:
        layout = Layout(id="nr", answers={"nodig": ("wat",)})
        result = import_wave(study, survey(tmp_path), "w1", layout)
        assert (result.outcome, result.respondents) == ("added", 8)
        (question,) = result.questions
        assert (question.answers, question.filled_in, question.not_asked, question.new) == (8, 6, 0, True)
        assert import_wave(study, survey(tmp_path), "w1", layout).outcome == "same"


def test_a_study_says_where_it_stands(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    assert "coder import" in done("status", "--study", study).err
    done("import", survey(tmp_path), *IMPORT, "--study", study)
    said = done("status", "--study", study)
    assert "coder code --coder" in said.err
    assert "nodig" in said.out
    found = run("status", "--json", "--study", study).json
    assert found["questions"][0]["filled_in"] == 6
    assert found["next_step"]


def test_the_next_answer_is_the_first_that_a_coder_has_not_seen(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    assert done("next", "--coder", "AB", "--json", "--study", study).json == {
        "id": "06",
        "answer": ANSWERS["06"],
    }
    assert done("next", "--coder", "Nieuw", "--study", study).out == f"01\t{ANSWERS['01']}\n"
    rows = [(who, "Klaar", "overig", "", "") for who, text in ANSWERS.items() if text]
    coded(study, rows)
    said = done("next", "--coder", "Klaar", "--study", study)
    assert (said.out, said.err) == ("", "Klaar has seen every answer.\n")
