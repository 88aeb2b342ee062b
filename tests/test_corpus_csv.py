"""Text files as Excel, LimeSurvey and Qualtrics really write them."""

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coder.corpus import SurveyFile, SurveyFileError, read_survey

HYPOTHESIS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
DUTCH_LETTERS = "abcdeijnst ÀÉÈËÏÖÜéèëïöüçáàâêîôûñ;,\t\"'\n\r"
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
CP1252_TEXT = st.text(st.characters(codec="cp1252"), max_size=30)


def read(folder: Path, data: bytes, encoding: str | None = None) -> SurveyFile:
    path = folder / "meting.csv"
    path.write_bytes(data)
    return read_survey(path, encoding=encoding)


def written(rows: list[list[str]], separator: str = ";", quoting: int = csv.QUOTE_MINIMAL) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()


def as_cells(rows: list[list[str]]) -> list[tuple[str | None, ...]]:
    return [tuple(cell or None for cell in row) for row in rows]


@HYPOTHESIS
@given(
    answers=st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=6),
    separator=st.sampled_from([";", ",", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_text_comes_back_to_the_letter(
    tmp_path: Path, answers: list[tuple[str, str]], separator: str, encoding: str, quoting: int
) -> None:
    rows = [[f"r{i}", *texts] for i, texts in enumerate(answers)]
    text = written([["id", "wat helpt, en waarom; precies?", "tip"], *rows], separator, quoting)
    data = (
        codecs.BOM_UTF16_BE + text.encode("utf-16-be")
        if encoding == "utf-16-be-bom"
        else text.encode(encoding)
    )
    assert read(tmp_path, data).rows == as_cells(rows)


@HYPOTHESIS
@given(answers=st.lists(CP1252_TEXT, min_size=1, max_size=6))
def test_windows_text_comes_back_to_the_letter_when_it_is_named(tmp_path: Path, answers: list[str]) -> None:
    rows = [[f"r{i}", text] for i, text in enumerate(answers)]
    file = read(tmp_path, written([["id", "antwoord"], *rows]).encode("cp1252"), encoding="windows-1252")
    assert file.rows == as_cells(rows)
    assert file.encoding == "cp1252"


@HYPOTHESIS
@given(answers=st.lists(st.text(DUTCH_LETTERS, max_size=30), min_size=1, max_size=6))
def test_windows_text_is_recognised(tmp_path: Path, answers: list[str]) -> None:
    rows = [["r", "één collega €"], *[[f"r{i}", text] for i, text in enumerate(answers)]]
    file = read(tmp_path, written([["id", "antwoord"], *rows]).encode("cp1252"))
    assert file.encoding == "cp1252"
    assert file.rows == as_cells(rows)


def test_a_cell_with_na_is_text_and_an_empty_one_is_not(tmp_path: Path) -> None:
    file = read(tmp_path, b'id;a;b;c;d\n007;NA;;"";" "\n')
    assert file.rows == [("007", "NA", None, None, " ")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("id;antwoord\n1;tijd, rust, ruimte\n2;a,b\n", ["id", "antwoord"]),
        ('"id","wat; en waarom?"\n"1","a; b"\n', ["id", "wat; en waarom?"]),
        (
            "id;Wat helpt, en waarom, volgens u?\n1;tijd\n2;rust, en stilte\n",
            ["id", "Wat helpt, en waarom, volgens u?"],
        ),
        ("id\tantwoord\n1\ttijd; rust, ruimte\n", ["id", "antwoord"]),
        ('id;"Wat\nhelpt?"\n1;"a\nb;c"\n', ["id", "Wat\nhelpt?"]),
        ("id;gewicht;antwoord\n1;1,25;tijd, geld\n2;0,75;a, b\n", ["id", "gewicht", "antwoord"]),
        ("sep=,\r\nid,a;b\r\n1,2\r\n", ["id", "a;b"]),
        ("sep=|\nid|antwoord\n1|tijd\n", ["id", "antwoord"]),
        ("antwoord\ntijd\n", ["antwoord"]),
    ],
)
def test_the_separator_is_found_in_the_header(tmp_path: Path, text: str, names: list[str]) -> None:
    assert [column.name for column in read(tmp_path, text.encode()).columns] == names


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    file = read(tmp_path, b'sep=;\n\nid;antwoord\n1;"a\nb\nc"\n\n;\n2;d\n')
    assert list(file.row_numbers) == [3, 6]


def test_a_short_row_is_filled_up_with_empty_cells(tmp_path: Path) -> None:
    assert read(tmp_path, b"id;a;b\n1\n2;x\n").rows == [("1", None, None), ("2", "x", None)]


def test_separators_at_the_end_of_a_row_are_no_columns(tmp_path: Path) -> None:
    file = read(tmp_path, b"id;a;;\n1;x;;;;\n")
    assert [column.name for column in file.columns] == ["id", "a"]
    assert file.rows == [("1", "x")]


def test_an_answer_may_be_longer_than_the_csv_module_likes(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    assert read(tmp_path, b"id;a\n1;" + b"x" * 300_000).rows == [("1", "x" * 300_000)]
    assert csv.field_size_limit() == limit


def test_a_control_character_stays_where_it_is(tmp_path: Path) -> None:
    assert read(tmp_path, b"id;a\n1;x\0y\x07\n").rows == [("1", "x\0y\x07")]


def test_the_extra_header_rows_of_qualtrics_are_no_respondents(tmp_path: Path) -> None:
    rows = [
        ["ResponseId", "Q1"],
        ["Response ID", "Wat helpt,\nvolgens u?"],
        ['{"ImportId":"_recordId"}', '{"ImportId":"QID1_TEXT"}'],
        ["R_1", "rust"],
    ]
    file = read(tmp_path, written(rows, ",").encode("utf-8-sig"))
    assert [(c.name, c.label) for c in file.columns] == [
        ("ResponseId", "Response ID"),
        ("Q1", "Wat helpt,\nvolgens u?"),
    ]
    assert file.rows == [("R_1", "rust")]
    assert list(file.row_numbers) == [4]


@pytest.mark.parametrize(
    ("data", "encoding", "says"),
    [
        (b"id;a\n1;caf\xe9\n", "utf-8", "line 2, byte 11: this character is not utf-8"),
        (b"id;a\n1;x\n2;\x81\n", None, "line 3, byte 12: this character is neither UTF-8 nor Windows text"),
        (
            "id;a\n1;één tweeën\n2;".encode() + b"\xe9\n",
            None,
            "line 3, byte 24: this character is not UTF-8, while",
        ),
        (codecs.BOM_UTF16_LE + "id;a\n1;é".encode("utf-16-le") + b"x", None, "line 2, byte 19"),
        (b"\xef\xbb\xbfid;a\n1;x\n", "cp1252", "says that it is utf-8, not cp1252"),
        (b"id;a\n1;x\n", "klingon", "There is no encoding klingon"),
        (b"id;a\n1;x\n", "hex", "There is no encoding hex"),
        ("id;a\n1;x\n".encode("utf-16-le"), None, "try --encoding utf-16-le"),
        (("id;é\n" + "1;x\n" * 60).encode("utf-16-le"), None, "try --encoding utf-16-le"),
    ],
)
def test_a_wrong_encoding_is_one_clear_line(
    tmp_path: Path, data: bytes, encoding: str | None, says: str
) -> None:
    with pytest.raises(SurveyFileError) as raised:
        read(tmp_path, data, encoding)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("\ufeffid;a\n1;één".encode("utf-8"), "UTF8"),
        ("id;a\n1;één".encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_LE + "id;a\n1;één".encode("utf-16-le"), "utf-16"),
        ("id;a\n1;één".encode("mac-roman"), "mac-roman"),
    ],
)
def test_an_encoding_that_a_person_names_is_taken(tmp_path: Path, data: bytes, encoding: str) -> None:
    file = read(tmp_path, data, encoding)
    assert file.columns[0].name == "id"
    assert file.rows == [("1", "één")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            b"id;a\n1;x\n2;x;y;z\n",
            "row 3: there are 4 cells where the header has 2 (the first too many is “y”)",
        ),
        (b'id;a\n1;x\n2;"open\n3;x\n', "row 3: a quotation mark is not closed"),
        (b'id;a\n1;"ja" zei hij\n2;x\n', "row 2: a quotation mark is not closed, or stands within"),
    ],
)
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(SurveyFileError) as raised:
        read(tmp_path, data)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)
