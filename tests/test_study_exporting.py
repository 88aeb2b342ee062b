"""What leaves a study: a workbook that opens, with what is corrected and what is not."""

import openpyxl
import pytest
from change_cases import audited, labelled, many

from coder.study import Study, export


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
