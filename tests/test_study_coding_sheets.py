"""Coding sheets: whose they are and for what, worked on in turns, and only what needs a person."""

from contextlib import closing
from pathlib import Path

import openpyxl
from study_cases import (
    choices,
    coded,
    database,
    done,
    fill,
    new_study,
    refused,
    sheet,
    statuses,
    survey,
    with_codebook,
)

from coder.reports.words import status_word


def test_the_sheet_knows_whose_it_is_and_for_what(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    done("import", survey(tmp_path, {"x": "rust"}), "--wave", "w2", "--id", "nr", "--answers", "wat=doet",
         "--study", study)  # fmt: skip
    path = sheet(study, "--question", "nodig", "--wave", "w1", "--coder", "AB")
    fill(path, {"01": {"label1": "Tijd"}})
    assert "not of w2" in refused("codings", "import", path, "--wave", "w2", "--study", study)
    assert "not of doet" in refused("codings", "import", path, "--question", "doet", "--study", study)
    assert "sheet of AB" in refused("codings", "import", path, "--coder", "CD", "--study", study)
    assert "AB 1" in done("codings", "import", path, "--study", study).err


def test_a_sheet_can_be_worked_on_in_turns(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    path = sheet(study)
    fill(path, {"01": {"label1": "Tijd"}, "06": {"status": status_word("skipped")}})
    done("codings", "import", path, "--coder", "AB", "--study", study)
    path = sheet(study, "--coder", "AB")
    with closing(openpyxl.load_workbook(path)) as book:
        cells = {row[0]: row for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)}
    assert cells["01"][3] == "Tijd"
    assert cells["06"][2] == status_word("skipped")
    fill(path, {"02": {"label1": "Meer handen"}})
    assert "AB 1; unchanged 2" in done("codings", "import", path, "--study", study).err


def test_only_unseen_leaves_out_what_somebody_coded(tmp_path: Path) -> None:
    study = coded(with_codebook(new_study(tmp_path)), [("01", "AB", "tijd", "", "")])
    said = done(
        "export", "--coding-sheet", "--only", "unseen", "--out", tmp_path / "b.xlsx", "--study", study
    )
    assert "5 answers" in said.err


def test_only_open_is_what_coders_differ_on_and_comes_back_as_their_consensus(tmp_path: Path) -> None:
    rows = [("01", "AB", "tijd", "", "1"), ("02", "AB", "tijd", "", "1"), ("02", "CD", "handen", "", "1")]
    study = coded(with_codebook(new_study(tmp_path)), rows)
    path = sheet(study, "--only", "open")
    fill(path, {"02": {"label1": "Tijd", "label2": "Meer handen"}})
    assert "consensus 1" in done(
        "codings", "import", path, "--coder", "consensus", "--study", study
    ).err  # fmt: skip
    assert statuses(study)["02"] == "labelled"
    assert "no answers for the coding sheet" in refused(
        "export", "--coding-sheet", "--only", "open", "--out", path, "--study", study
    )


def test_only_queued_is_what_the_model_doubts_most(tmp_path: Path) -> None:
    study = coded(with_codebook(new_study(tmp_path)), [("01", "AB", "tijd", "", "")])
    done("label", "--wave", "w1", "--review", "2", "--study", study)
    said = done(
        "export", "--coding-sheet", "--only", "queued", "--out", tmp_path / "b.xlsx", "--study", study
    )
    assert "2 answers" in said.err
    assert "unseen, queued, open" in refused(
        "export", "--coding-sheet", "--only", "alles", "--out", tmp_path / "b.xlsx", "--study", study
    )


def test_a_sheet_made_in_dutch_is_read_in_english(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    path = tmp_path / "blad.xlsx"
    done("export", "--coding-sheet", "--out", path, "--study", study, lang="nl")
    statuses = next(values for values in choices(path).values() if len(values) == 4)
    fill(path, {"01": {"label1": "Tijd"}, "06": {"status": statuses[1]}})
    done("codings", "import", path, "--coder", "AB", "--study", study, lang="en")
    assert database(study, "SELECT status FROM coding ORDER BY answer_id") == [("labelled",), ("none",)]
