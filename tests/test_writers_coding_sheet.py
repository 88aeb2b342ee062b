"""The coding sheet: nobody is locked out, and the way back is unambiguous."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_reports_sample import HELPED

from coder.codebook import Codebook, Label
from coder.writers import ABOUT_KEY, SheetCoding, choice, write_coding_sheet

ROWS = [("0001", "cursus gevolgd"), ("0002", "=1+1"), ("0003", "regel 1\nregel 2"), ("4", "mijn fiets")]


def sheet(tmp_path: Path, codebook: Codebook = HELPED, **options: Any) -> Any:
    path = tmp_path / "sheet.xlsx"
    assert (
        write_coding_sheet(
            path, rows=ROWS, codebook=codebook, question="verbetering", wave="2018", version=3, **options
        )
        == []
    )
    return openpyxl.load_workbook(path)


def test_ids_and_answers_are_text_and_locked_and_the_rest_is_open(tmp_path: Path) -> None:
    answers = sheet(tmp_path)["Coding"]
    header = [cell.value for cell in answers[1]]
    assert header == ["id", "answer", "status", "label1", "label2", "label3", "label4", "label5", "memo"]
    assert [(row[0].value, row[1].value) for row in answers.iter_rows(min_row=2)] == ROWS
    assert answers["B3"].data_type != "f"
    assert answers.protection.sheet
    assert answers.protection.password is None
    assert answers["A2"].protection.locked
    assert not answers.column_dimensions["C"].protection.locked
    assert answers.freeze_panes == "C2"


def test_labels_and_statuses_have_lists_and_new_labels_only_a_warning(tmp_path: Path) -> None:
    book = sheet(tmp_path)
    lists = {str(found.sqref): found for found in book["Coding"].data_validations.dataValidation}
    statuses, labels = lists["C2:C5"], lists["D2:H5"]
    assert statuses.formula1 == '"coded,off topic,cannot be coded,held over"'
    assert statuses.errorStyle in (None, "stop")
    assert labels.errorStyle == "warning"
    names = [book["Codebook"].cell(row, 1).value for row in range(2, 9)]
    assert labels.formula1 == "Codebook!$A$2:$A$8"
    assert names == [label.name for label in HELPED.active]
    assert book["Codebook"]["C2"].value == HELPED.label("nascholing").definition


def test_the_sheet_says_what_it_is_for_in_keys_that_do_not_depend_on_the_language(tmp_path: Path) -> None:
    about = sheet(tmp_path, coder="AB")["About this sheet"]
    assert about["A1"].value == ABOUT_KEY
    facts = {row[0]: row[1] for row in about.iter_rows(values_only=True) if row[0]}
    assert facts["question"] == "verbetering"
    assert facts["wave"] == "2018"
    assert facts["codebook_version"] == "3"
    assert facts["coder"] == "AB"
    assert facts["status:none"] == "off topic"


def test_codings_so_far_stand_in_it_and_widen_it_where_needed(tmp_path: Path) -> None:
    six = ("nascholing", "team", "kijken", "visie", "samen", "overig")
    codings = {
        "0001": SheetCoding("labelled", six, "twijfel"),
        "4": SheetCoding("none"),
        "9999": SheetCoding("unclear"),
    }
    answers = sheet(tmp_path, codings=codings)["Coding"]
    first = [cell.value for cell in answers[2]]
    assert first[2:] == [None, *(HELPED.label(id).name for id in six), "twijfel"]
    assert [cell.value for cell in answers[5]][2:4] == ["off topic", None]
    assert [cell.value for cell in answers[3]][2:] == [None] * 8


def test_it_works_with_a_codebook_that_has_only_residual_labels_or_none(tmp_path: Path) -> None:
    book = sheet(tmp_path, Codebook.new("Wat hielp?"))
    assert book["Codebook"]["A2"].value == "Overig"
    bare = sheet(tmp_path, Codebook("Wat hielp?", ()))
    assert [str(found.sqref) for found in bare["Coding"].data_validations.dataValidation] == ["C2:C5"]


def test_a_name_that_two_labels_share_gives_way_to_their_ids() -> None:
    labels = (Label("tijd", "Tijd"), Label("tijd_2", "tijd "), Label("rust", "tijd_2"), Label("geld", "Geld"))
    codebook = Codebook("?", labels)
    assert [choice(label, codebook) for label in labels] == ["tijd", "tijd_2", "rust", "Geld"]


def test_a_text_too_long_for_a_cell_is_reported(tmp_path: Path) -> None:
    lines = write_coding_sheet(
        tmp_path / "sheet.xlsx",
        rows=[("1", "x" * 40_000)],
        codebook=HELPED,
        question="verbetering",
        wave="2018",
        version=1,
    )
    assert lines == [
        "Respondent 1, column answer: a text of 40000 characters, of which a cell holds the first 32767."
    ]


@pytest.mark.parametrize("rows", [[], ROWS])
def test_it_can_be_written_with_and_without_answers(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    write_coding_sheet(tmp_path / "sheet.xlsx", rows=rows, codebook=HELPED, question="q", wave="w", version=1)
    found = openpyxl.load_workbook(tmp_path / "sheet.xlsx").worksheets[0]
    assert found.max_row == len(rows) + 1
