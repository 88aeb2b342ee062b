"""Human codings in and out: in every form, without loss, and nothing twice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from study_cases import (
    CODEBOOK,
    coded,
    csv_file,
    current,
    database,
    done,
    new_study,
    refused,
    state,
    survey,
    taken_in,
    with_codebook,
    workbook,
)

from coder.study import Study


def said_of(study: Path) -> list[tuple[Any, ...]]:
    """Return respondent, coder, status and labels of every current coding."""
    return [row[:4] for row in current(study)]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    done("status", "--study", made)
    return made


SAME = [
    ("01", "AB", "labelled", "tijd"),
    ("02", "AB", "labelled", "handen tijd"),
    ("03", "AB", "none", ""),
]


@pytest.mark.parametrize(
    "rows",
    [
        [("id", "labels"), ("01", "tijd"), ("02", "handen|tijd"), ("03", "")],
        [("id", "labels"), ("01", "Tijd"), ("02", " meer HANDEN | Tijd |"), ("03", "")],
        [("respondent", "labels", "status"), ("01", "tijd", "coded"), ("02", "handen|tijd", "gecodeerd"),
         ("03", "", "none")],
        [("id", "label1", "label2", "status"), ("01", "tijd", "", ""), ("02", "handen", "Tijd", ""),
         ("03", "", "", "off topic")],
        [("id", "Label 1", "Label_2", "status"), ("01", "", "tijd", ""), ("02", "handen", "Tijd", ""),
         ("03", "", "", "none"), ("06", "", "", "")],
    ],
)  # fmt: skip
def test_long_and_label_columns_say_the_same(study: Path, rows: Sequence[Sequence[str]]) -> None:
    taken_in(study, csv_file(study.parent / "c.csv", rows), "--coder", "AB")
    assert said_of(study) == SAME


@pytest.mark.parametrize(
    "rows",
    [
        [("id", "tijd", "handen", "groepen"), ("01", 1, 0, 0), ("02", 1, 1, 0), ("03", 0, 0, 0),
         ("06", "", "", "")],
        [("id", "Tijd", "Meer handen", "Kleinere groepen"), ("01", "ja", "nee", "nee"),
         ("02", "x", "x", ""), ("03", "nee", "nee", "nee")],
    ],
)  # fmt: skip
def test_a_column_a_label_knows_no_order_of_mention(study: Path, rows: Sequence[Sequence[Any]]) -> None:
    taken_in(study, csv_file(study.parent / "c.csv", rows), "--coder", "AB")
    assert said_of(study) == [SAME[0], ("02", "AB", "labelled", "tijd handen"), SAME[2]]


def test_numbers_and_booleans_of_a_workbook_are_marks(study: Path) -> None:
    rows = [("id", "Tijd", "Meer handen"), ("01", 1.0, False), ("02", True, 1), ("03", 0, 0)]
    taken_in(study, workbook(study.parent / "c.xlsx", rows), "--coder", "AB")
    assert [row[3] for row in said_of(study)] == ["tijd", "tijd handen", ""]


def test_a_label_is_known_by_its_id_before_its_name(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("name: Kleinere groepen", "name: handen"))
    taken_in(study, csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "handen")]), "--coder", "AB")
    assert said_of(study) == [("01", "AB", "labelled", "handen")]


def test_unknown_labels_are_all_listed_in_one_line(study: Path) -> None:
    rows = [("id", "labels"), ("01", "rust|tijd"), ("02", "geld"), ("03", "rust")]
    before = state(study)
    line = refused("codings", "import", csv_file(study.parent / "c.csv", rows), "--coder", "AB",
                   "--study", study)  # fmt: skip
    assert "2 labels are not in codebooks/nodig.yaml: rust, geld" in line
    assert state(study) == before


def test_a_column_of_marks_that_no_label_knows_is_not_left_out_in_silence(study: Path) -> None:
    rows = [("id", "tijd", "rust"), ("01", 1, 0), ("02", 0, 1)]
    path = csv_file(study.parent / "c.csv", rows)
    assert "rust" in refused("codings", "import", path, "--coder", "AB", "--study", study)


@pytest.mark.parametrize(
    ("rows", "fragments"),
    [
        ([("id", "labels"), ("99", "tijd")], ("row 2", "column id", "no respondent 99", "wave w1")),
        ([("id", "labels"), ("01", "tijd"), ("", "handen")], ("row 3", "column id is empty")),
        ([("id", "labels"), ("01", "tijd"), ("01", "handen")], ("rows 2 and 3", "01", "keep one")),
        ([("id", "labels", "status"), ("01", "tijd", "none")], ("row 2", "there are labels")),
        ([("id", "labels", "status"), ("01", "", "labelled")], ("row 2", "there is no label")),
        ([("id", "labels", "status"), ("01", "", "klaar")], ("row 2", "column status", "klaar")),
        ([("id", "labels", "at"), ("01", "tijd", "gisteren")], ("row 2", "column at", "gisteren")),
        ([("id", "labels", "blind"), ("01", "tijd", "half")], ("row 2", "column blind", "half")),
        ([("id", "labels"), ("01", "tijd|weet_niet")], ("row 2", "cannot be combined")),
        ([("id", "tijd"), ("01", "1"), ("02", "soms")], ("row 3", "column tijd", "soms")),
        ([("nr", "labels"), ("01", "tijd")], ("no column id", "nr, labels")),
        ([("id", "antwoord"), ("01", "tijd om")], ("no codings in it",)),
        ([("id", "labels", "wave"), ("01", "tijd", "w9")], ("w9", "w1")),
        ([("id", "labels", "question"), ("01", "tijd", "anders")], ("anders", "nodig")),
        ([("id", "labels", "codebook"), ("01", "tijd", "abc")], ("row 2", "abc", "codebook import")),
    ],
)
def test_a_bad_codings_file_is_one_line_and_nothing_is_taken_in(
    study: Path, rows: Sequence[Sequence[str]], fragments: Sequence[str]
) -> None:
    done("status", "--study", study)
    path = csv_file(study.parent / "codes.csv", [*rows])
    before = state(study)
    line = refused("codings", "import", path, "--coder", "AB", "--study", study)
    for fragment in ("codes.csv",) if "w9" not in line and "anders" not in line else fragments:
        assert fragment in line
    for fragment in fragments:
        assert fragment in line
    assert state(study) == before


def test_with_new_labels_too_an_error_further_on_leaves_everything_as_it_was(study: Path) -> None:
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "rust"), ("99", "tijd")])
    done("status", "--study", study)
    before = state(study)
    refused("codings", "import", path, "--coder", "AB", "--add-labels", "--study", study)
    assert state(study) == before


def test_codings_before_any_answers_are_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "c.csv", [("id", "labels"), ("01", "tijd")])
    done("new", tmp_path / "leeg")
    assert "import a wave first" in refused("codings", "import", path, "--coder", "AB",
                                            "--study", tmp_path / "leeg")  # fmt: skip


def test_importing_twice_changes_nothing(study: Path) -> None:
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "tijd"), ("02", "handen|tijd")])
    taken_in(study, path, "--coder", "AB")
    before = state(study)
    assert "new codings 0; unchanged 2" in taken_in(study, path, "--coder", "AB")
    assert state(study) == before


def test_a_changed_coding_is_a_new_event_and_the_old_one_stays_in_the_log(study: Path) -> None:
    coded(study, [("01", "AB", "tijd", "", "")])
    coded(study, [("01", "AB", "handen", "", "")])
    assert said_of(study) == [("01", "AB", "labelled", "handen")]
    assert database(study, "SELECT labels FROM event WHERE kind = 'coding'") == [("tijd",), ("handen",)]


def test_an_older_coding_does_not_overwrite_a_newer_one(study: Path) -> None:
    header = "id,coder,labels,at"
    coded(study, [("01", "AB", "tijd", "2026-03-01 10:00")], header)
    path = csv_file(study.parent / "oud.csv", [header.split(","), ("01", "AB", "handen", "2026-02-01 10:00"),
                                               ("02", "AB", "handen", "2026-02-01 10:00")])  # fmt: skip
    err = taken_in(study, path)
    assert "1 coding is older than the one here" in err
    assert said_of(study) == [("01", "AB", "labelled", "tijd"), ("02", "AB", "labelled", "handen")]
    coded(study, [("01", "AB", "groepen", "2026-04-01 10:00")], header)
    assert said_of(study)[0] == ("01", "AB", "labelled", "groepen")


def test_the_consensus_is_no_person_and_settles_a_difference(study: Path) -> None:
    coded(study, [("02", "AB", "tijd", "", "1"), ("02", "CD", "handen", "", "1"),
                  ("02", " Consensus ", "handen|tijd", "", "")])  # fmt: skip
    (row,) = [row for row in current(study) if row[1] == "consensus"]
    assert row[2:6] == ("labelled", "handen tijd", "yes", "adjudicated")
    assert database(study, "SELECT status, labels, origin FROM final") == [
        ("labelled", "handen tijd", "consensus")
    ]
    with Study.open(study) as opened:
        assert list(opened.settings.coders) == ["AB", "CD"]


def test_blind_is_yes_no_or_unknown(study: Path) -> None:
    rows = [("01", "AB", "tijd", "", "1"), ("02", "AB", "tijd", "", "nee"), ("03", "AB", "tijd", "", ""),
            ("06", "AB", "tijd", "", "unknown")]  # fmt: skip
    coded(study, rows)
    assert [row[4] for row in current(study)] == ["no", "yes", "unknown", "unknown"]


def test_every_status_has_its_word_in_both_languages(study: Path) -> None:
    from coder.messages import set_language
    from coder.reports.words import status_word

    for language in ("nl", "en"):
        set_language(language)
        word = status_word("skipped")
        set_language("en")
        coded(study, [("01", "AB", "", "none", ""), ("02", "AB", "", word, "")])
        assert said_of(study)[1] == ("02", "AB", "skipped", "")


def test_a_coding_of_an_answer_not_filled_in_is_kept_and_said_to_be(study: Path) -> None:
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("04", "tijd"), ("01", "tijd")])
    err = taken_in(study, path, "--coder", "AB")
    assert "1 coding is of an answer that is not filled in" in err
    assert len(said_of(study)) == 2


def test_rows_may_name_their_own_wave_and_question(study: Path) -> None:
    done("import", survey(study.parent, {"a": "rust", "b": "tijd"}, "tweede.csv"), "--wave", "w2",
         "--id", "nr", "--answers", "wat=nodig", "--answers", "nr=wie", "--study", study)  # fmt: skip
    rows = [
        ("id", "coder", "wave", "question", "labels"),
        ("01", "AB", "w1", "nodig", "tijd"),
        ("a", "AB", "w2", "nodig", "overig"),
        ("b", "AB", "w2", "wie", "overig"),
    ]
    path = csv_file(study.parent / "c.csv", rows)
    taken_in(study, path)
    assert [row[0] for row in said_of(study)] == ["01", "a", "b"]
    # an option that contradicts the file would put codings with the wrong answers
    for option, value in (("--wave", "w1"), ("--question", "wie")):
        line = refused("codings", "import", path, option, value, "--study", study)
        assert "leave" in line
        assert option in line


def test_coders_are_written_to_the_settings_once(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(settings.read_text() + '\n[coders.AB]\nname = "Anna B."  # de eerste\n')
    coded(study, [("01", "AB", "tijd", "", ""), ("01", "C.D", "tijd", "", "")])
    with Study.open(study) as opened:
        assert opened.settings.coders == {"AB": "Anna B.", "C.D": "C.D"}
    assert "# de eerste" in settings.read_text()
    # taken out by hand, they come back with their codings, even when these are there already
    settings.write_text(settings.read_text().partition("[coders")[0])
    coded(study, [("01", "AB", "tijd", "", "")])
    with Study.open(study) as opened:
        assert opened.settings.coders == {"AB": "AB"}


def test_declaring_a_random_sample_is_remembered_for_these_answers(study: Path) -> None:
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "tijd"), ("03", "")])
    taken_in(study, path, "--coder", "AB", "--random-sample")
    rows = database(study, "SELECT r.external_id, s.kind FROM sample s JOIN answer a ON a.id = s.answer_id "
                           "JOIN respondent r ON r.id = a.respondent_id ORDER BY 1")  # fmt: skip
    assert rows == [("01", "random"), ("03", "random")]


def test_what_a_file_does_not_say_can_be_declared_blind(study: Path) -> None:
    rows = [("id", "labels", "blind"), ("01", "tijd", ""), ("02", "handen|tijd", "0")]
    path = csv_file(study.parent / "c.csv", rows)
    taken_in(study, path, "--coder", "AB")
    assert [row[4] for row in current(study)] == ["unknown", "yes"]
    taken_in(study, path, "--coder", "AB", "--blind")
    assert [row[4] for row in current(study)] == ["no", "yes"]
    # the same file once more, without the declaration, takes nothing back
    assert "new codings 0; unchanged 2" in taken_in(study, path, "--coder", "AB")
    assert [row[4] for row in current(study)] == ["no", "yes"]


REDEFINED = CODEBOOK.replace("Iemand erbij in de les.", "Een tweede leraar.")


def test_reading_every_answer_again_makes_newer_labels_known(study: Path) -> None:
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "tijd")])
    taken_in(study, path, "--coder", "AB")
    with_codebook(study, REDEFINED)
    assert "unchanged 1" in taken_in(study, path, "--coder", "AB")
    versions = "SELECT codebook_version FROM coding"
    assert database(study, versions) == [(2,)]
    assert "new codings AB 1" in taken_in(study, path, "--coder", "AB", "--read-again")
    assert database(study, versions) == [(3,)]
    assert "unchanged 1" in taken_in(study, path, "--coder", "AB", "--read-again")


def test_a_coding_sheet_knows_the_labels_of_the_codebook_it_was_made_with(study: Path) -> None:
    path = study.parent / "blad.xlsx"
    done("export", "--coding-sheet", "--out", path, "--study", study)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D2"] = "Tijd"
    book.save(path)
    with_codebook(study, REDEFINED)
    taken_in(study, path, "--coder", "AB")
    # whoever filled it in had the older definition before them
    assert database(study, "SELECT codebook_version FROM coding") == [(2,)]


def test_a_name_that_a_label_had_before_still_finds_it(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("name: Tijd", "name: Tijd en ruimte"))
    path = csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "Tijd")])
    taken_in(study, path, "--coder", "AB")
    assert said_of(study) == [SAME[0]]
