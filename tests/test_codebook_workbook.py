"""Codebooks in Excel: ours come back unchanged, and those that people make are understood."""

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coder.codebook import Codebook, CodebookError, Label, read_codebook, write_codebook
from coder.codebook.sheet import parse_workbook
from coder.codebook.workbook import dump_workbook
from coder.messages import set_language

# white space around texts is folded in Excel, and \r and ↵ are line breaks
TEXTS = (
    st.one_of(
        st.sampled_from(["no", "1", "=1+1", "http://a.nl", "😀", "a;b", "a\nb", "_x0041_", "x", "1-2", "@a"]),
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="↵\ufffe\uffff"), max_size=30
        ),
    )
    .map(str.strip)
    .filter(bool)
)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    labels = [
        Label(
            f"label_{nth}",
            draw(TEXTS),
            draw(st.none() | st.integers(1, 999_999_999)),
            draw(st.just("") | TEXTS),
            *(draw(LISTS) for _ in range(4)),
            f"label_{nth - 1}" if nth and draw(st.booleans()) else None,
            *(draw(st.booleans()) for _ in range(3)),
        )
        for nth in range(draw(st.integers(0, 3)))
    ]
    return Codebook(draw(st.just("") | TEXTS), tuple(labels))


@settings(max_examples=40, deadline=None)
@given(codebooks(), st.sampled_from(["nl", "en"]))
@example(Codebook("Wat?", (Label("a", "A", keywords=("een; twee",), examples=("a\nb", "c")),)), "nl")
def test_every_codebook_comes_back_from_excel_in_either_language(book: Codebook, language: str) -> None:
    set_language(language)
    content = dump_workbook(book)
    set_language("en")
    assert parse_workbook(content, "b.xlsx") == book


def test_the_sheet_is_one_row_a_label_under_a_frozen_heading(tmp_path: Path) -> None:
    book = Codebook(
        "Wat hielp?",
        (Label("scholing", "Scholing", 1, "Leren.", keywords=("cursus", "=1+1"), residual=True),),
    )
    write_codebook(book, tmp_path / "b.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert workbook.sheetnames == ["Codebook", "Question"]
    sheet = workbook["Codebook"]
    assert [cell.value for cell in sheet[1]] == [
        "id", "number", "name", "definition", "include", "exclude",
        "examples", "keywords", "parent", "residual", "exclusive", "retired",
    ]  # fmt: skip
    assert [cell.value for cell in sheet[2]] == [
        "scholing", 1, "Scholing", "Leren.", None, None, None, "cursus\n=1+1", None, "x", None, None,
    ]  # fmt: skip
    assert sheet["H2"].data_type == "s"
    assert sheet["H2"].alignment.wrap_text
    assert sheet.freeze_panes == "D2"
    assert sheet.column_dimensions["D"].width > 50
    assert workbook["Question"]["B1"].value == "Wat hielp?"


def test_a_dutch_researcher_gets_dutch_headings(tmp_path: Path) -> None:
    set_language("nl")
    write_codebook(Codebook.new("Wat?"), tmp_path / "b.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["Codeboek"]
    assert [cell.value for cell in sheet[1]] == [
        "id", "codenummer", "naam", "definitie", "wel", "niet",
        "voorbeelden", "trefwoorden", "ouder", "restlabel", "exclusief", "vervallen",
    ]  # fmt: skip


def sheet_file(folder: Path, *rows: list[Any], title: str = "Blad1") -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    path = folder / "b.xlsx"
    workbook.save(path)
    return path


def test_a_sheet_that_a_person_made_is_understood(tmp_path: Path) -> None:
    path = sheet_file(
        tmp_path,
        [],
        ["Naam", " TREFWOORDEN ", "Ouder", "Codenummer", None, "restlabel"],
        ["Samenwerking", "samen; team ;", None, 1, None, None],
        [],
        ["Kijken bij elkaar", "kijken\nlesbezoek; klassenbezoek", "samenwerking", "2", None, "nee"],
        ["Overig", 2017, None, 98, None, "Ja"],
    )
    assert read_codebook(path) == Codebook(
        "",
        (
            Label("samenwerking", "Samenwerking", 1, keywords=("samen", "team")),
            Label(
                "kijken_bij_elkaar",
                "Kijken bij elkaar",
                2,
                keywords=("kijken", "lesbezoek; klassenbezoek"),
                parent="samenwerking",
            ),
            Label("overig", "Overig", 98, keywords=("2017",), residual=True),
        ),
    )


def test_an_id_made_from_a_name_never_takes_one_that_stands_below(tmp_path: Path) -> None:
    path = sheet_file(tmp_path, ["id", "name"], [None, "Tijd"], ["tijd", "Uren"], [None, "Tijd"])
    assert read_codebook(path).ids == ("tijd_2", "tijd", "tijd_3")


NO_NAMES = (
    "no sheet has a column of names; the first row should have the headings id, number, name, definition, "
    "include, exclude, examples, keywords, parent, residual, exclusive, retired (only name is needed)."
)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], f"b.xlsx: {NO_NAMES}"),
        ([["nummer", "definitie"], [1, "a"]], f"b.xlsx: {NO_NAMES}"),
        (
            [["name", "opmerking"], ["A", "?"]],
            'b.xlsx, sheet Blad1, row 1: "opmerking" is not a column of a codebook; rename it or take it '
            "away (the columns are id, number, name, definition, include, exclude, examples, keywords, "
            "parent, residual, exclusive, retired).",
        ),
        (
            [["name", None], ["A", "los"]],
            "b.xlsx, sheet Blad1, row 1: column 2 has texts but no heading; "
            "write one or take the column away.",
        ),
        (
            [["name", "naam"], ["A", "B"]],
            'b.xlsx, sheet Blad1, row 1: the column "naam" stands here a second time.',
        ),
        (
            [["id", "name"], ["a", "A"], ["a", "B"]],
            "b.xlsx, sheet Blad1, row 3: the id a is already used at b.xlsx, sheet Blad1, row 2; "
            "give one of the two another id, such as b.",
        ),
        ([["id", "name"], ["a", None]], "b.xlsx, sheet Blad1, row 2: label a has no name: give it one."),
        (
            [["name", "number"], ["A", 1.5]],
            'b.xlsx, sheet Blad1, row 2: "1.5" cannot be a number: '
            "write a whole number of 1 or more, or leave it out.",
        ),
        (
            [["name", "residual"], ["A", "soms"]],
            'b.xlsx, sheet Blad1, row 2: residual is x or nothing, not "soms".',
        ),
        (
            [["name", "examples"], ["A", dt.date(2024, 2, 1)]],
            "b.xlsx, sheet Blad1, row 2: Excel made something else of the text under examples (2024-02-01); "
            "set the cell to Text and type it again.",
        ),
        (
            [["name", "parent"], ["A", "Beleid"]],
            'b.xlsx, sheet Blad1, row 2: label a has a parent "Beleid" that is not there; '
            "write the id of another label.",
        ),
    ],
)
def test_a_sheet_that_is_no_codebook_is_one_line_with_its_row(
    tmp_path: Path, rows: list[list[Any]], message: str
) -> None:
    content = sheet_file(tmp_path, *rows).read_bytes()
    with pytest.raises(CodebookError) as caught:
        parse_workbook(content, "b.xlsx")
    assert str(caught.value) == message


def test_a_broken_and_an_encrypted_workbook_are_told_apart() -> None:
    with pytest.raises(CodebookError, match=r"^b\.xlsx: this is not a workbook, or a broken one;"):
        parse_workbook(b"", "b.xlsx")
    with pytest.raises(CodebookError, match=r"^b\.xlsx: this is not a workbook, or a broken one;"):
        parse_workbook(dump_workbook(Codebook.new("Wat?"))[:500], "b.xlsx")
    with pytest.raises(CodebookError, match=r"^b\.xlsx: this workbook has a password or is an old \.xls;"):
        parse_workbook(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "b.xlsx")


def test_a_text_that_excel_cannot_hold_is_refused_and_not_cut(tmp_path: Path) -> None:
    book = Codebook("Wat?", (Label("a", "A", definition="x" * 32_768),))
    with pytest.raises(CodebookError) as caught:
        write_codebook(book, tmp_path / "b.xlsx")
    assert str(caught.value) == (
        "a: definition has 32768 characters and a cell of Excel holds 32767; write a .yaml file instead."
    )
    assert list(tmp_path.iterdir()) == []
