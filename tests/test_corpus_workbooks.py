"""Workbooks and SPSS files: cells come back with their value and type."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import LineBreak, P, S, Tab

from coder.corpus import ColumnError, Layout, SurveyFileError, read_respondents, read_survey

HYPOTHESIS = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=30)
TEXTS = [
    "007", " ervoor en erna ", "regel een\nregel twee", "NA", "#N/A", "+31 6", "@naam", "http://x.nl",
    "a   b", "🙂 é", "<b>&amp;</b>", "1.234,5", "WAAR", "_x000D_",
]  # fmt: skip


@HYPOTHESIS
@given(answers=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=8))
def test_text_in_xlsx_comes_back_to_the_letter(tmp_path: Path, answers: list[tuple[str, str]]) -> None:
    path = tmp_path / "meting.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for i, row in enumerate([("id", "a", "b"), *[(f"r{i}", *texts) for i, texts in enumerate(answers)]]):
        for j, text in enumerate(row):
            sheet.write_string(i, j, text)
    book.close()
    assert [row[1:] for row in read_survey(path).rows] == [(a or None, b or None) for a, b in answers]


def test_text_in_ods_comes_back_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "meting.ods"
    pd.DataFrame({"id": range(len(TEXTS)), "a": TEXTS}).to_excel(path, index=False)
    assert [row[1] for row in read_survey(path).rows] == TEXTS


def test_tabs_and_line_breaks_in_ods_keep_words_apart(tmp_path: Path) -> None:
    path = tmp_path / "meting.ods"
    document, table = OpenDocumentSpreadsheet(), Table(name="Blad1")
    document.spreadsheet.addElement(table)
    paragraph = P(text="tijd")
    for element, word in [(Tab(), "rust"), (LineBreak(), "ruimte"), (S(c=2), "ruim")]:
        paragraph.addElement(element)
        paragraph.addText(word)
    for paragraphs in ([P(text="antwoord")], [paragraph, P(text="einde")]):
        row, cell = TableRow(), TableCell(valuetype="string")
        for p in paragraphs:
            cell.addElement(p)
        row.addElement(cell)
        table.addElement(row)
    document.save(path)
    assert read_survey(path).rows == [("tijd\trust\nruimte  ruim\neinde",)]


@HYPOTHESIS
@given(
    answers=st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
        min_size=1,
        max_size=8,
    )
)
def test_text_in_sav_comes_back_to_the_letter(tmp_path: Path, answers: list[str]) -> None:
    path = tmp_path / "meting.sav"
    pyreadstat.write_sav(pd.DataFrame({"id": [f"r{i}" for i in range(len(answers))], "a": answers}), path)
    # SPSS fills texts up with spaces to the width of their column
    assert [row[1] for row in read_survey(path).rows] == [text.rstrip(" ") or None for text in answers]


def test_numbers_dates_and_truth_values_keep_value_and_type(tmp_path: Path) -> None:
    path = tmp_path / "meting.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    day, moment = (
        book.add_format({"num_format": "d-m-yyyy"}),
        book.add_format({"num_format": "d-m-yyyy h:mm"}),
    )
    clock, hours = book.add_format({"num_format": "h:mm"}), book.add_format({"num_format": "[h]:mm"})
    sheet.write_row(0, 0, ["id", "a", "b", "c", "d", "e", "f", "g"])
    sheet.write_row(1, 0, [12.0, 2.5, True, "2"])
    sheet.write_datetime(1, 4, dt.datetime(2021, 4, 3), day)
    sheet.write_datetime(1, 5, dt.datetime(2021, 4, 3, 14, 5), moment)
    sheet.write_datetime(1, 6, dt.time(9, 30), clock)
    sheet.write_datetime(1, 7, dt.timedelta(hours=30), hours)
    book.close()
    file = read_survey(path)
    expected = (
        12, 2.5, True, "2", dt.date(2021, 4, 3), dt.datetime(2021, 4, 3, 14, 5), dt.time(9, 30),
        dt.timedelta(hours=30),
    )  # fmt: skip
    assert file.rows == [expected]
    assert [type(cell) for cell in file.rows[0]] == [type(cell) for cell in expected]
    (one,) = read_respondents(file, Layout("id", {name: (name,) for name in "abcdefg"}))
    assert one.id == "12"
    assert one.answers == {
        "a": "2,5", "b": "WAAR", "c": "2", "d": "3-4-2021", "e": "3-4-2021 14:05", "f": "9:30", "g": "30:00",
    }  # fmt: skip
    assert one.original == expected


def test_a_whole_number_typed_as_an_answer_reads_as_a_person_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "meting.ods"
    pd.DataFrame({"id": [1.0, 2.0], "a": [2.0, 1e16]}).to_excel(path, index=False)
    people = read_respondents(read_survey(path), Layout("id", {"a": ("a",)}))
    assert [(p.id, p.answers["a"]) for p in people] == [("1", "2"), ("2", "1e+16")]


def test_columns_keep_their_place_when_a_sheet_does_not_begin_at_a1(tmp_path: Path) -> None:
    path = tmp_path / "meting.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(2, 1, ["id", "", "antwoord"])
    sheet.write_row(4, 1, ["a", "zonder naam", "tijd", "ook zonder"])
    book.close()
    file = read_survey(path)
    assert [column.name for column in file.columns] == ["id", "C", "antwoord", "E"]
    assert file.rows == [("a", "zonder naam", "tijd", "ook zonder")]
    assert list(file.row_numbers) == [5]


def test_a_name_that_two_columns_have_is_an_error_only_for_who_asks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "meting.csv"
    path.write_bytes(b"id;antwoord;opm;antwoord\n1;a;b;c\n")
    file = read_survey(path)
    assert [column.name for column in file.columns] == ["id", "antwoord", "opm", "antwoord"]
    assert read_respondents(file, Layout("id", {"v": ("opm",)}))[0].original == ("1", "a", "b", "c")
    with pytest.raises(ColumnError, match=r"2 columns are called “antwoord” \(columns B, D\)"):
        read_respondents(file, Layout("id", {"v": ("antwoord",)}))


@pytest.fixture
def spss(tmp_path: Path) -> Path:
    path = tmp_path / "meting.sav"
    frame = pd.DataFrame(
        {
            "nr": [1.0, 2.0, 3.0],
            "functie": [1.0, 2.0, 99.0],
            "school": [7.0, 7.0, 8.0],
            "gevraagd": [1.0, 2.0, 2.0],
            "gekozen": [1.0, 0.0, 0.0],
            "antwoord": ["tijd", "", "-99"],
            "datum": [dt.date(2021, 4, 3)] * 3,
            "gewicht": [1.5, 0.25, 2.0],
        }
    )
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"antwoord": "Wat heeft u nodig?"},
        variable_value_labels={
            "functie": {1: "leraar", 2: "schoolleider", 99: "geen opgave"},
            "gevraagd": {1: "Ja", 2: "Nee"},
            "gekozen": {0: "Niet getoond", 1: "Getoond"},
            "school": {7: "De Linde", 8: "De Wilg"},
        },
        missing_ranges={"functie": [{"lo": 90, "hi": 99}], "antwoord": ["-99"]},
    )
    return path


def test_spss_labels_are_read_with_their_values(spss: Path) -> None:
    file = read_survey(spss)
    functie, antwoord = file.columns[1], file.columns[5]
    assert functie.value_labels == {1: "leraar", 2: "schoolleider", 99: "geen opgave"}
    assert functie.is_missing(99)
    assert not functie.is_missing(2)
    assert not functie.is_missing(None)
    assert antwoord.label == "Wat heeft u nodig?"
    assert antwoord.is_missing("-99")
    assert file.encoding == "UTF-8"
    assert list(file.row_numbers) == [1, 2, 3]


def test_spss_groups_show_labels_and_the_original_keeps_values(spss: Path) -> None:
    layout = Layout(
        "nr", {"v": ("antwoord",)}, {"v": "gevraagd"}, "gewicht", cluster="school", stratum="school",
        groups=("functie",),
    )  # fmt: skip
    people = read_respondents(read_survey(spss), layout)
    assert [p.groups["functie"] for p in people] == ["leraar", "schoolleider", ""]
    assert [p.cluster for p in people] == ["7", "7", "8"]
    assert [p.stratum for p in people] == ["De Linde", "De Linde", "De Wilg"]
    assert [p.answers["v"] for p in people] == ["tijd", None, None]
    assert [p.asked["v"] for p in people] == [True, False, False]
    assert [p.weight for p in people] == [1.5, 0.25, 2.0]
    assert people[2].original == (3, 99, 8, 2, 0, "-99", dt.date(2021, 4, 3), 2)


def test_zero_and_one_say_whether_a_question_was_asked_whatever_their_labels(spss: Path) -> None:
    people = read_respondents(read_survey(spss), Layout("nr", {"v": ("antwoord",)}, {"v": "gekozen"}))
    assert [p.asked["v"] for p in people] == [True, False, False]


def test_an_spss_file_in_another_encoding_than_named_is_one_clear_line(spss: Path) -> None:
    with pytest.raises(SurveyFileError, match="name the right one with --encoding"):
        read_survey(spss, encoding="klingon")
