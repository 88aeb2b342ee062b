"""What leaves a study: a workbook that opens, with what is corrected and what is not."""

from pathlib import Path

import openpyxl
import pytest
from change_cases import audited, labelled, many

from coder.study import Study, export
from coder.study.auditing import draw_audit


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    """The sheets of a study with a finished audit of its later wave, by their names."""
    folder = tmp_path_factory.mktemp("export")
    study, _first = labelled(folder)
    audited(study, many({"tijd": 30, "groepen": 10}), wrong=3)
    with Study.open(study) as opened:
        export(opened, folder / "out.xlsx")
    book = openpyxl.load_workbook(folder / "out.xlsx")
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def texts(rows: list[tuple[object, ...]]) -> str:
    return " ".join(str(cell) for row in rows for cell in row if cell is not None)


def test_a_corrected_set_opens_with_every_number_a_number(
    sheets: dict[str, list[tuple[object, ...]]],
) -> None:
    rows = sheets["Frequencies"]
    header = next(place for place, row in enumerate(rows) if "uncorr." in row and "deff" in row)
    numbers = [cell for cell in rows[header + 1][1:9] if cell is not None]
    assert numbers
    assert all(isinstance(cell, int | float) for cell in numbers)
    assert "np." not in texts(rows)


def test_accountability_tells_the_corrected_wave_from_the_other(
    sheets: dict[str, list[tuple[object, ...]]],
) -> None:
    said = texts(sheets["Accountability"])
    assert "Corrected for the model's errors are the percentages of w2 (20 answers by the model)." in said
    assert "Not corrected are those of w1 (20 answers by the model)" in said
    assert "The percentages of w2 were corrected for the model's errors" in said
    assert "w2: 40 of 40 respondents filled in an answer (100%); the others left it empty" in said
    assert "w2: N = 40. Coded by people: 20, of which 20 in the audit sample." in said
    assert "Coded by CD. Each answer by one coder" in said
    assert "80 respondents" not in said


def test_the_guide_gives_bases_by_wave_and_only_those_that_are_known(
    sheets: dict[str, list[tuple[object, ...]]],
) -> None:
    said = texts(sheets["Reading guide"])
    assert "w1: respondents 40, filled in 40 (unweighted)." in said
    assert "asked 80" not in said
    assert "percentages of w2; not those of w1 (20 answers by the model)." in said


def test_why_an_audit_sample_could_not_be_used_stands_under_the_table_and_in_the_accountability(
    tmp_path: Path,
) -> None:
    study, _first = labelled(tmp_path)
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w2")
        draw_audit(opened, opened.question(), wave, n=20, coders=["CD"])
        export(opened, tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    for sheet in ("Frequencies", "Accountability"):
        said = texts(list(book[sheet].iter_rows(values_only=True)))
        assert "The audit sample could not correct them: " in said
    assert "no percentages; not those of w1" in texts(list(book["Reading guide"].iter_rows(values_only=True)))
