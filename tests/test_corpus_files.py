"""Files that cannot be read, each with one clear line."""

import io
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from coder.corpus import Layout, SurveyFileError, read_respondents, read_survey


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
    book.close()
    return stream.getvalue()


ROWS: list[list[object]] = [["id", "antwoord"], ["a1", "meer tijd"], ["a2", "rust in de klas"]]


def refusal(path: Path, **options: str) -> str:
    with pytest.raises(SurveyFileError) as raised:
        read_survey(path, **options)
    line = str(raised.value)
    assert "\n" not in line
    assert path.name in line
    return line


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "weg.csv").startswith("There is no file")


def test_a_folder_is_no_survey(tmp_path: Path) -> None:
    folder = tmp_path / "map.csv"
    folder.mkdir()
    assert "is a folder" in refusal(folder)


def test_a_file_of_another_kind_is_refused_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "antwoorden.docx"
    path.write_bytes(b"PK\x03\x04")
    assert "give an .xlsx, .ods, .csv or .sav file" in refusal(path)


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".csv", ".txt", ".tsv", ".sav"])
@pytest.mark.parametrize("data", [b"", b"\0" * 600])
def test_a_file_without_bytes_is_empty(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"leeg{suffix}"
    path.write_bytes(data)
    assert "is empty" in refusal(path)


@pytest.mark.parametrize("data", [b"\n\n\r\n", b"\xef\xbb\xbf", b";;;\n;;;\n"])
def test_a_text_file_without_a_header_is_empty(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "leeg.csv"
    path.write_bytes(data)
    assert "it has no header" in refusal(path)


def test_an_encrypted_workbook_is_called_protected(tmp_path: Path) -> None:
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook({"Data": ROWS}))).encrypt("geheim", encrypted)
    path = tmp_path / "dicht.xlsx"
    path.write_bytes(encrypted.getvalue())
    assert "protected with a password" in refusal(path)


def test_an_encrypted_ods_is_called_protected(tmp_path: Path) -> None:
    path = tmp_path / "dicht.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data manifest:checksum='x'/>")
        archive.writestr("content.xml", b"\x8f\x03\xd9")
    assert "protected with a password" in refusal(path)


def test_an_encrypted_spss_file_is_called_protected(tmp_path: Path) -> None:
    path = tmp_path / "dicht.sav"
    path.write_bytes(b"\x1c\0\0\0\0\0\0\0ENCRYPTEDSAV\x15" + b"\x91" * 500)
    assert "protected with a password" in refusal(path)


def test_an_old_workbook_is_called_old(tmp_path: Path) -> None:
    path = tmp_path / "oud.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    assert "save it as .xlsx" in refusal(path)


def test_text_called_xlsx_is_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "tekst.xlsx"
    path.write_bytes(b"id;antwoord\n1;tijd\n")
    assert "is not a workbook: if it is text" in refusal(path)


def test_another_kind_of_archive_is_not_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "foto.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("foto.jpg", b"\xff\xd8")
    assert "is not a workbook" in refusal(path)


def test_a_workbook_called_csv_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "werkmap.csv"
    path.write_bytes(workbook({"Data": ROWS}))
    assert "is not text but a workbook" in refusal(path)


def test_text_called_sav_is_no_spss_file(tmp_path: Path) -> None:
    path = tmp_path / "tekst.sav"
    path.write_bytes(b"id;antwoord\n")
    assert "is not an SPSS file" in refusal(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.01, 0.99), suffix=st.sampled_from([".xlsx", ".ods", ".sav"]))
def test_a_file_cut_off_anywhere_is_one_clear_line(tmp_path: Path, share: float, suffix: str) -> None:
    whole = tmp_path / f"heel{suffix}"
    if not whole.exists():
        frame = pd.DataFrame(ROWS[1:], columns=["id", "antwoord"])
        if suffix == ".sav":
            pyreadstat.write_sav(frame, whole)
        else:
            frame.to_excel(whole, index=False)
    data = whole.read_bytes()
    path = tmp_path / f"half{suffix}"
    path.write_bytes(data[: int(len(data) * share)])
    what = "SPSS file" if suffix == ".sav" else "workbook"
    assert f"damaged or incomplete {what}" in refusal(path)


def test_bytes_changed_within_a_workbook_make_it_damaged(tmp_path: Path) -> None:
    path = tmp_path / "kapot.xlsx"
    data = bytearray(workbook({"Data": ROWS}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    data[start : start + 20] = b"\xff" * 20
    path.write_bytes(data)
    assert "damaged or incomplete workbook" in refusal(path)


def test_a_sheet_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "meting.xlsx"
    path.write_bytes(workbook({"Toelichting": [], "Data": ROWS}))
    assert "there is no sheet “Antwoorden”; the sheets are: “Toelichting”, “Data”" in refusal(
        path, sheet="Antwoorden"
    )
    assert "sheet “Toelichting” is empty" in refusal(path, sheet="Toelichting")


def test_a_workbook_of_empty_sheets_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "leeg.xlsx"
    path.write_bytes(workbook({"Een": [], "Twee": []}))
    assert "none of its sheets holds anything" in refusal(path)


def test_the_first_visible_sheet_that_holds_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "meting.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Leeg").activate()
    lists = book.add_worksheet("Lijsten")
    lists.write(0, 0, "keuze")
    lists.hide()
    book.add_worksheet("Data").write_row(0, 0, ["id", "antwoord"])
    book.close()
    assert read_survey(path).sheet == "Data"
    assert read_survey(path, sheet="lijsten").columns[0].name == "keuze"


def test_an_option_that_a_file_has_no_use_for_is_refused(tmp_path: Path) -> None:
    text, book = tmp_path / "meting.csv", tmp_path / "meting.xlsx"
    text.write_bytes(b"id;antwoord\n1;tijd\n")
    book.write_bytes(workbook({"Data": ROWS}))
    assert "leave --sheet out" in refusal(text, sheet="Data")
    assert "leave --encoding out" in refusal(book, encoding="cp1252")


def test_a_header_alone_has_no_respondents(tmp_path: Path) -> None:
    path = tmp_path / "kop.csv"
    path.write_bytes(b"id;antwoord\n;\n")
    file = read_survey(path)
    assert file.rows == []
    with pytest.raises(SurveyFileError, match="a header but no respondents"):
        read_respondents(file, Layout("id", {"v": ("antwoord",)}))


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "meting.csv"
    path.write_bytes(b"abc")
    assert read_survey(path).sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
