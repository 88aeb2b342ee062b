"""What Excel can hold, and that every text arrives to the letter."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import python_calamine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coder.writers.cells import LONGEST_TEXT, Serial, split_text, to_excel
from coder.writers.safe_workbook import add_sheet, escape, new_workbook


def unescape(text: str) -> str:
    """Decode as Excel does (openpyxl leaves this to its users)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def write_texts(path: Path, texts: list[str]) -> None:
    with new_workbook(path, "test") as book:
        sheet = add_sheet(book, "Texts")
        for row, text in enumerate(texts):
            sheet.write_cells(row, [row, to_excel(text)[0]], [None, None])


any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=40)
awkward = st.sampled_from(
    [
        '=HYPERLINK("http://x.example";"klik")',
        "+31 6 12345678",
        "@naam",
        "-",
        "https://example.org/a?b=c&d=e",
        "🎉🧑‍🏫",
        "a\x0bb\x00c",
        "regel 1\r\nregel 2\n\n",
        "_x0041_",
        "_x0041_x0042_",
        "_x005F_x000D_",
        "<r>hoi</r>",
        "<r><t>x</t></r>",
        "  ervoor en erna  ",
        "\t",
        "007",
        "TRUE",
        "1e5",
        "{=1+1}",
        "]]>&amp;",
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(any_text.filter(bool), awkward), max_size=25))
@example(["_x0041_x0042_x0043_", "<r></r>", "\r", "_", "__x0041__"])
def test_every_text_comes_back_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("texts") / "texts.xlsx"
    write_texts(path, texts)
    book = python_calamine.load_workbook(str(path))
    read = [str(row[1]) for row in book.get_sheet_by_index(0).to_python()] if texts else []
    assert read == texts

    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = [sheet.cell(row, 2) for row in range(1, len(texts) + 1)]
    assert [unescape(str(cell.value or "")) for cell in cells] == texts
    assert all(cell.data_type in ("s", "inlineStr", "n") for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_code_points_that_xml_cannot_hold_are_escaped_as_excel_does() -> None:
    assert escape("\ufffe_\uffff") == "_xFFFE___xFFFF_"
    assert unescape(escape("\ufffe_\uffff")) == "\ufffe_\uffff"


@given(any_text)
def test_escaping_loses_nothing(text: str) -> None:
    assert (
        unescape(
            escape(text)
            .replace("&#13;", "\r")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&")
        )
        == text
    )


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53))
def test_numbers_keep_every_digit(value: float) -> None:
    cell, problem = to_excel(value)
    assert problem is None
    assert isinstance(cell, int | float)
    assert float(repr(cell)) == value


def test_numbers_are_written_with_every_digit(tmp_path: Path) -> None:
    values = [0.1 + 0.2, 1 / 3, 1e300, -5, 2**53, 0.0]
    with new_workbook(tmp_path / "n.xlsx", "test") as book:
        add_sheet(book, "Numbers").write_cells(0, [to_excel(value)[0] for value in values], [None] * 6)
    sheet = openpyxl.load_workbook(tmp_path / "n.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == values


@pytest.mark.parametrize(
    ("value", "cell", "problem"),
    [
        (None, None, None),
        ("", None, None),
        (True, True, None),
        (5.0, 5, None),
        (float("nan"), None, None),
        (float("inf"), "inf", "number"),
        (2**53 + 1, "9007199254740993", "number"),
        (dt.date(1900, 1, 1), Serial(1.0, "date"), None),
        (dt.date(1900, 2, 28), Serial(59.0, "date"), None),
        (dt.date(1900, 3, 1), Serial(61.0, "date"), None),
        (dt.datetime(2018, 6, 1, 12), Serial(43252.5, "datetime"), None),
        (dt.time(18), Serial(0.75, "time"), None),
        (dt.timedelta(hours=36), Serial(1.5, "duration"), None),
        (dt.date(1850, 1, 1), "1850-01-01", "moment"),
        (dt.datetime(2018, 1, 1, tzinfo=dt.UTC), "2018-01-01T00:00:00+00:00", "moment"),
        (dt.timedelta(days=-1), "-1 day, 0:00:00", "moment"),
        ("half \ud83d teken", "half \ufffd teken", "sign"),
        ("\ud83d\ude00", "😀", "sign"),
    ],
)
def test_what_a_cell_holds(value: object, cell: object, problem: str | None) -> None:
    assert to_excel(value) == (cell, problem)  # type: ignore[arg-type]


def test_a_text_of_40_000_characters_is_cut_and_said_to_be() -> None:
    cell, problem = to_excel("ä" * 40_000)
    assert isinstance(cell, str)
    assert (len(cell), problem) == (LONGEST_TEXT, "cut")
    assert to_excel("x" * LONGEST_TEXT) == ("x" * LONGEST_TEXT, None)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["a", "é", "😀", "\n"]), min_size=1, max_size=5), st.integers(0, 3))
def test_a_long_text_in_pieces_is_whole_and_cuts_no_sign(signs: list[str], offset: int) -> None:
    text = "b" * offset + "".join(signs) * 20_000
    pieces = split_text(text)
    assert "".join(pieces) == text
    assert all(len(piece.encode("utf-16-le")) <= 2 * LONGEST_TEXT for piece in pieces)


def test_rows_must_be_written_from_the_top_down(tmp_path: Path) -> None:
    with new_workbook(tmp_path / "order.xlsx", "test") as book:
        sheet = add_sheet(book, "Order")
        sheet.write_cells(3, ["x"], [None])
        with pytest.raises(ValueError, match="row 3 comes after row 3"):
            sheet.write_cells(3, ["y"], [None])


@pytest.mark.parametrize("number", [np.float64(0.5), np.int64(3), np.bool_(True)])
def test_numbers_that_are_not_pythons_own_do_not_damage_the_file(tmp_path: Path, number: Any) -> None:
    with (
        pytest.raises(TypeError, match="cannot hold"),
        new_workbook(tmp_path / "out.xlsx", "study") as book,
    ):
        add_sheet(book, "Data").write_cells(0, [number], [None])
