"""Answers marked as a quote reach the report: a sheet of their own in the workbook."""

from pathlib import Path

import openpyxl
from study_cases import coded, done, new_study, table, with_codebook
from tui_cases import Screens, on_screens, press


def quoted(tmp_path: Path) -> Path:
    study = with_codebook(new_study(tmp_path))

    async def test(pilot: Screens) -> None:
        await press(pilot, "c", "1", "enter", "2", "1", "enter", "c")

    on_screens(study, test)
    return study


def test_quotes_stand_in_the_workbook_under_each_label_they_mention(tmp_path: Path) -> None:
    study = quoted(tmp_path)
    coded(study, [("03", "AB", "tijd|groepen", "", "")])
    out = tmp_path / "uit.xlsx"
    done("export", "--out", out, "--study", study)
    rows = table(out, "Quotes")
    assert [(r["respondent"], r["label"], r["answer"]) for r in rows] == [
        ("03", "Kleinere groepen", "kleinere groepen"),
        ("01", "Tijd", "meer tijd om lessen voor te bereiden"),
        ("03", "Tijd", "kleinere groepen"),
    ]
    assert rows[0]["other labels"] == "Tijd"


def test_without_answers_no_quote_leaves_the_study(tmp_path: Path) -> None:
    out = tmp_path / "uit.xlsx"
    done("export", "--out", out, "--without-answers", "--study", quoted(tmp_path))
    assert "Quotes" not in openpyxl.load_workbook(out).sheetnames


def test_a_study_without_quotes_has_no_sheet_for_them(tmp_path: Path) -> None:
    study = coded(with_codebook(new_study(tmp_path)), [("01", "AB", "tijd", "", "")])
    out = tmp_path / "uit.xlsx"
    done("export", "--out", out, "--study", study)
    assert "Quotes" not in openpyxl.load_workbook(out).sheetnames
