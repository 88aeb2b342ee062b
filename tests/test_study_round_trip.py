"""What came in goes out again: original columns unchanged in value and type, respondents in their order."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from study_cases import csv_file, done, sheet_rows, table, workbook

from coder.corpus import Layout, read_survey
from coder.messages import set_language
from coder.study import Study, create_study, export, import_wave

NASTY = [
    '=HYPERLINK("http://voorbeeld.nl")',
    "=1+1",
    "+31 6 12345678",
    "@naam",
    "- meer tijd",
    "http://voorbeeld.nl/pad?x=1&y=2",
    "mailto:iemand@voorbeeld.nl",
    "007",
    "1e5",
    "1.0",
    "3-4-2021",
    "WAAR",
    "NA",
    "#N/A",
    "#REF!",
    "😀 fijn",
    "a\u0301 en á",
    "regel een\nregel twee",
    "tab\there",
    '"tussen aanhalingstekens"',
    "'apostrof vooraf",
    "_x0041_ letterlijk",
    "{=formule}",
    " spatie rondom ",
    "een;twee,drie|vier",
    "‘krul’ — streepje",
    "\u00a0",
    "ﬁn",
    "Ω",
    "x" * 2000,
]
TEXTS = st.sampled_from(NASTY) | st.text(
    st.characters(
        codec="utf-8",
        # what Excel cannot hold is reported, not kept: control characters, lone surrogates, non-characters
        exclude_categories=["Cs", "Cc", "Cn"],
        include_characters="\n\t",
    ),
    min_size=1,
    max_size=30,
)
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(
    allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12
).map(lambda x: float(f"{x:.10g}"))
DATES = st.datetimes(dt.datetime(1905, 1, 1), dt.datetime(2200, 1, 1)).map(lambda t: t.replace(microsecond=0))
CELLS = st.none() | TEXTS | NUMBERS | st.booleans() | DATES
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS, st.none() | TEXTS), min_size=1, max_size=6)
HEADER = ("nr", "vrij", "getal", "datum", "wat")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def exported(folder: Path, file: Path, suffix: str) -> Path:
    """Import a file into a new study and export it again."""
    with tempfile.TemporaryDirectory(dir=folder) as name, Study.open(create_study(Path(name) / "s")) as study:
        import_wave(study, file, "w", Layout(id="nr", answers={"nodig": ("wat",)}))
        export(study, folder / f"uit{suffix}")
    return folder / f"uit{suffix}"


def write_workbook(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """Write cells as what they are: texts as texts, whatever they look like."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(i, j, cell)
            elif isinstance(cell, dt.datetime):
                sheet.write_datetime(i, j, cell, moment)
            elif cell is not None:
                sheet.write(i, j, cell)
    book.close()
    return path


def cells(path: Path, sheet: str | None = None) -> list[tuple[Any, ...]]:
    """Read the original columns as the program itself reads a survey."""
    file = read_survey(path, sheet=sheet)
    places = [i for i, c in enumerate(file.columns) if c.name in HEADER]
    assert [file.columns[i].name for i in places] == list(HEADER)
    return [tuple(row[i] for i in places) for row in file.rows]


def typed(rows: Sequence[Sequence[Any]]) -> list[list[tuple[type, Any]]]:
    return [[(type(cell), cell) for cell in row] for row in rows]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
@example(rows=[(None, None, "een tekst\nonder een datum", None)])
def test_the_columns_of_a_workbook_come_back_with_their_values_and_types(
    folder: Path, rows: list[tuple[Any, ...]]
) -> None:
    numbered = [(f"{i:03}", *row) for i, row in enumerate(rows, 1)]
    # a column without a single value is no column
    numbered.insert(0, ("000", "tekst", 1, dt.datetime(2017, 5, 1, 12, 30), "iets"))
    file = write_workbook(folder / "in.xlsx", [HEADER, *numbered])
    received = cells(file)
    assert typed(cells(exported(folder, file, ".xlsx"), "Data")) == typed(received)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_the_columns_of_a_text_file_come_back_to_the_letter(
    folder: Path, rows: list[tuple[Any, ...]]
) -> None:
    texts = [("t0", "tekst", "1", "1-5-2017", "iets")] + [
        (f"t{i}", *("" if cell is None else str(cell) for cell in row)) for i, row in enumerate(rows, 1)
    ]
    file = csv_file(folder / "in.csv", [HEADER, *texts])
    received = cells(file)
    assert received == [tuple(cell or None for cell in row) for row in texts]
    for language in ("nl", "en"):
        set_language(language)
        assert cells(exported(folder, file, ".csv")) == received


@settings(max_examples=6, deadline=None, derandomize=True)
@given(ids=st.lists(st.text("0123456789abc", min_size=1, max_size=4), unique=True, min_size=1, max_size=12))
def test_respondents_keep_their_order_and_their_leading_zeros(folder: Path, ids: list[str]) -> None:
    file = csv_file(folder / "in.csv", [("nr", "wat"), *((who, "tijd") for who in ids)])
    rows = sheet_rows(exported(folder, file, ".xlsx"), "Data")
    assert [row[0] for row in rows[1:]] == ids


def test_a_number_of_a_workbook_stays_a_number_and_a_code_a_text(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [
        ("nr", "gewicht", "brin", "datum", "wat"),
        (1, 1.25, "01AB", dt.datetime(2017, 5, 1), "tijd"),
        (2, 3, "0007", None, None),
    ]
    path = exported(tmp_path, workbook(tmp_path / "in.xlsx", rows), ".xlsx")
    assert [row[:5] for row in sheet_rows(path, "Data")[1:]] == rows[1:]


def test_two_columns_of_one_name_both_come_back(tmp_path: Path) -> None:
    rows = [("nr", "opm", "opm", "wat"), ("1", "links", "rechts", "tijd"), ("2", "", "alleen rechts", "rust")]
    path = exported(tmp_path, csv_file(tmp_path / "in.csv", rows), ".xlsx")
    assert [row[:4] for row in sheet_rows(path, "Data")] == [
        tuple(cell or None for cell in row) for row in rows
    ]


def test_waves_with_other_columns_stand_side_by_side_each_under_its_own_names(tmp_path: Path) -> None:
    study = create_study(tmp_path / "s")
    first = csv_file(tmp_path / "a.csv", [("nr", "sector", "wat"), ("1", "po", "tijd"), ("2", "vo", "rust")])
    second = csv_file(tmp_path / "b.csv", [("nr", "wat", "functie"), ("1", "geld", "leraar")])
    for file, wave in ((first, "2017"), (second, "2018")):
        done("import", file, "--wave", wave, "--id", "nr", "--answers", "wat=nodig", "--study", study)
    done("export", "--out", tmp_path / "uit.xlsx", "--study", study)
    rows = table(tmp_path / "uit.xlsx", "Data")
    assert [[row[c] for c in ("wave", "nr", "sector", "wat", "functie")] for row in rows] == [
        ["2017", "1", "po", "tijd", None],
        ["2017", "2", "vo", "rust", None],
        ["2018", "1", None, "geld", "leraar"],
    ]
    done("export", "--wave", "2018", "--out", tmp_path / "uit.xlsx", "--study", study)
    (row,) = table(tmp_path / "uit.xlsx", "Data")
    assert list(row)[:3] == ["nr", "wat", "functie"]


def test_without_answers_no_answer_leaves_the_study(tmp_path: Path) -> None:
    study = create_study(tmp_path / "s")
    secret = "alleen voor ogen van het bureau"
    file = csv_file(tmp_path / "a.csv", [("nr", "sector", "wat"), ("1", "po", secret)])
    done("import", file, "--wave", "w", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    for suffix in (".xlsx", ".csv"):
        path = tmp_path / f"uit{suffix}"
        done("export", "--without-answers", "--out", path, "--study", study)
        if suffix == ".csv":
            assert secret not in path.read_text(encoding="utf-8-sig")
            continue
        import zipfile

        with zipfile.ZipFile(path) as parts:
            assert all(secret not in parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_what_excel_cannot_hold_is_reported(tmp_path: Path) -> None:
    study = create_study(tmp_path / "s")
    file = csv_file(tmp_path / "a.csv", [("nr", "wat"), ("7", "z" * 40_000), ("8", "bel\x07letje")])
    done("import", file, "--wave", "w", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    said = done("export", "--out", tmp_path / "uit.xlsx", "--study", study)
    assert "7" in said.err
    assert len(said.err.strip().splitlines()) >= 2
    done("export", "--out", tmp_path / "uit.csv", "--study", study)
    assert "z" * 40_000 in (tmp_path / "uit.csv").read_text(encoding="utf-8-sig")


def test_an_export_over_another_leaves_the_old_one_whole_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from study_cases import new_study, refused

    study = new_study(tmp_path)
    path = tmp_path / "uit.csv"
    done("export", "--out", path, "--study", study)
    before = path.read_bytes()

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coder.writers.csv_files.data_rows", full)
    refused("export", "--out", path, "--study", study)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if "uit" in p.name] == ["uit.csv"]
