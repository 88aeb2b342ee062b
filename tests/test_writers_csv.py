"""CSV: the sheet Data for other programs, and codings for another study."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reports_sample import COLUMNS, sample_set

from coder.messages import set_language
from coder.writers import CannotWriteError, csv_files, write_codings, write_csv


def read(path: Path, delimiter: str) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_the_columns_are_those_of_the_sheet_data(tmp_path: Path) -> None:
    coded = sample_set()
    write_csv(coded, tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv", ",")
    assert rows[0][: len(COLUMNS)] == list(COLUMNS)
    assert rows[0][len(COLUMNS) :][:5] == [
        "v12_status",
        "v12_herkomst",
        "v12_zekerheid",
        "v12_labels",
        "v12_01",
    ]
    assert len(rows) == 73
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["respondent"] == "0001"
    assert first["gewicht"] == "0.5"
    assert first["datum"] == "2017-03-01 00:00:00"
    assert first["bestuur"] == "TRUE"
    assert (first["v12_01"], first["v12_02"], first["v12_05"]) == ("1", "0", "")


def test_in_dutch_it_opens_in_dutch_excel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "current_language", lambda: "nl")
    write_csv(sample_set(), tmp_path / "out.csv")
    rows = read(tmp_path / "out.csv", ";")
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["gewicht"] == "0,5"
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_texts_are_to_the_letter_and_what_excel_would_run_is_said(tmp_path: Path) -> None:
    coded = sample_set()
    texts = ['=HYPERLINK("http://x.example")', "regel 1\r\nregel 2", 'zegt "ja"; nee, toch', "- meer tijd"]
    rows = [(*row[:-1], text) for row, text in zip(coded.rows, texts * 18, strict=True)]
    lines = write_csv(replace(coded, rows=rows), tmp_path / "out.csv")
    read_back = read(tmp_path / "out.csv", ",")
    place = read_back[0].index("v12_open")
    assert [row[place] for row in read_back[1:]] == texts * 18
    assert lines == [
        "36 texts start with = + - or @ (the first: respondent 0001, column v12_open): Excel would take them "
        "for formulas, so open the .xlsx there."
    ]


def test_without_answers_their_column_is_not_there(tmp_path: Path) -> None:
    write_csv(sample_set(), tmp_path / "out.csv", answers=False)
    assert "v12_open" not in read(tmp_path / "out.csv", ",")[0]


def test_a_csv_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="there is no folder"):
        write_csv(sample_set(), tmp_path / "none" / "out.csv")
    set_language("en")


fields = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(fields, fields, fields), max_size=10), st.sampled_from(",;"))
def test_codings_come_back_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    path = tmp_path_factory.mktemp("codings") / "codings.csv"
    write_codings(path, ["id", "labels", "memo"], rows, delimiter=delimiter)
    assert read(path, delimiter) == [["id", "labels", "memo"], *(list(row) for row in rows)]


def test_a_row_of_another_length_than_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a row of 1 fields"):
        write_codings(tmp_path / "codings.csv", ["id", "labels"], [["1"]])
    assert list(tmp_path.iterdir()) == []
