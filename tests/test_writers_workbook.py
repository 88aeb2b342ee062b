"""The workbook for a colleague who never saw the program, read back with another library."""

import datetime as dt
import os
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from test_reports_sample import (
    COLUMNS,
    agreement_table,
    change_table,
    compared_table,
    corrected_table,
    frequency_table,
    sample_question,
    sample_set,
)

import coder.writers.data_sheet as data_sheet
from coder.errors import CoderError
from coder.reports import AgreementTable, ChangeTable, CodedSet, FrequencyTable
from coder.writers import CannotWriteError, TooLargeError, write_workbook

ANSWER = COLUMNS.index("v12_open")


def written(tmp_path: Path, coded: CodedSet, **options: bool) -> tuple[Any, list[str]]:
    path = tmp_path / "out.xlsx"
    lines = write_workbook(coded, path, **options)
    return openpyxl.load_workbook(path), lines


def with_answers(coded: CodedSet, texts: dict[int, object], column: int = ANSWER) -> CodedSet:
    rows = [list(row) for row in coded.rows]
    for place, text in texts.items():
        rows[place][column] = text  # type: ignore[call-overload]
    return replace(coded, rows=[tuple(row) for row in rows])


def column(sheet: Any, name: str) -> list[object]:
    header = [cell.value for cell in sheet[1]]
    return [row[header.index(name)] for row in sheet.iter_rows(min_row=2, values_only=True)]


def words(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.values for cell in row if cell is not None)


def test_the_sheets_stand_in_the_order_of_the_design(tmp_path: Path) -> None:
    book, lines = written(tmp_path, sample_set())
    assert book.sheetnames == [
        "Reading guide",
        "Data",
        "Frequencies",
        "Intercoder reliability",
        "Other",
        "Codebook",
        "Accountability",
    ]
    assert lines == []


def test_original_columns_come_back_unchanged_in_value_and_type(tmp_path: Path) -> None:
    coded = sample_set()
    book, _lines = written(tmp_path, coded)
    sheet = book["Data"]
    assert [cell.value for cell in sheet[1]][: len(COLUMNS)] == list(COLUMNS)
    for original, row in zip(coded.rows, sheet.iter_rows(min_row=2, values_only=True), strict=True):
        assert row[: len(COLUMNS)] == original
        assert isinstance(row[1], str)
        assert isinstance(row[6], bool)
        assert isinstance(row[5], dt.datetime)


def test_one_zero_and_empty_are_exactly_the_values_of_the_question(tmp_path: Path) -> None:
    coded = sample_set()
    question = coded.questions[0]
    sheet = written(tmp_path, coded)[0]["Data"]
    for place, number in enumerate(("01", "02", "03", "04", "05", "98", "99")):
        expected = [None if np.isnan(value) else int(value) for value in question.values[:, place]]
        assert column(sheet, f"v12_{number}") == expected
    status = column(sheet, "v12_status")
    for state in ("open", "held over", "not yet seen", "not filled in", "not asked"):
        row = status.index(state)
        assert column(sheet, "v12_01")[row] is None
    assert column(sheet, "v12_01")[status.index("off topic")] == 0
    assert column(sheet, "v12_05")[0] is None


def test_words_say_where_a_coding_comes_from_and_queued_ones_are_marked(tmp_path: Path) -> None:
    coded = sample_set()
    sheet = written(tmp_path, coded)[0]["Data"]
    origins = column(sheet, "v12_herkomst")
    queued = [place for place, waiting in enumerate(coded.questions[0].queued) if waiting]
    assert queued
    assert {origins[place] for place in queued} == {"automatic (check)"}
    assert {"consensus", "unanimous", "one coder", "open", "automatic", None} <= set(origins)
    assert column(sheet, "v12_labels")[1] == "Teamconsultatie; Lesobservaties"
    assert column(sheet, "v12_zekerheid")[11] == 0.87


def test_header_is_frozen_filtered_and_explains_itself(tmp_path: Path) -> None:
    sheet = written(tmp_path, sample_set())[0]["Data"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref.startswith("A1:")
    header = {cell.value: cell for cell in sheet[1]}
    assert header["v12_01"].comment.text.startswith("Nascholing\nScholing, cursus")
    assert "v12_06" not in header
    assert all(8 <= dimension.width <= 61 for dimension in sheet.column_dimensions.values())


def test_a_header_as_long_as_a_question_wraps_instead_of_widening_its_column(tmp_path: Path) -> None:
    coded = sample_set()
    coded = replace(coded, columns=("Welke meting? " * 9, *coded.columns[1:]))
    sheet = written(tmp_path, coded)[0]["Data"]
    assert sheet.column_dimensions["A"].width < 26
    assert sheet.row_dimensions[1].height > 60


def test_answers_are_data_and_never_formulas_or_links(tmp_path: Path) -> None:
    nasty = {
        0: '=HYPERLINK("http://x.example";"klik")',
        1: "+31 6 12345678",
        2: "@naam",
        3: "https://example.org",
        4: "🎉",
        5: "007",
        6: "<r>hoi</r>",
        7: "{=SUM(A1:A9)}",
    }
    sheet = written(tmp_path, with_answers(sample_set(), nasty))[0]["Data"]
    for place, text in nasty.items():
        cell = sheet.cell(place + 2, ANSWER + 1)
        assert cell.value == text
        assert cell.data_type != "f"
        assert cell.hyperlink is None
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in archive.read(name) or b"<hyperlink" in archive.read(name) for name in sheets)


def test_what_excel_cannot_hold_is_reported_in_the_guide_and_kept_in_full(tmp_path: Path) -> None:
    long = "ä" * 40_000
    coded = with_answers(sample_set(), {8: long})
    coded = with_answers(coded, {3: dt.date(1850, 1, 1)}, COLUMNS.index("datum"))
    book, lines = written(tmp_path, coded)
    assert len(lines) == 2
    assert "0004, column datum" in lines[0]
    assert "0009, column v12_open: a text of 40000 characters" in lines[1]
    for line in lines:
        assert line in words(book["Reading guide"])
    assert "".join(column(book["Long texts"], "text")) == long  # type: ignore[arg-type]
    assert column(book["Data"], "datum")[3] == "1850-01-01"


def test_without_answers_nothing_that_respondents_wrote_is_in_the_file(tmp_path: Path) -> None:
    coded = sample_set()
    book, _lines = written(tmp_path, coded, answers=False)
    assert "v12_open" not in [cell.value for cell in book["Data"][1]]
    assert "toelichting" in [cell.value for cell in book["Data"][1]]
    assert "Other" not in book.sheetnames
    everything = "\n".join(words(sheet) for sheet in book)
    assert not any(text in everything for text in coded.questions[0].answers if text and len(text) > 12)
    assert "left out" in words(book["Reading guide"])


def test_the_guide_says_provisional_or_definitive(tmp_path: Path) -> None:
    coded = sample_set()
    assert "PROVISIONAL" in words(written(tmp_path, coded)[0]["Reading guide"])
    question = replace(sample_question(), status=["labelled"] * 72, origin=["single"] * 72)
    text = words(written(tmp_path, replace(coded, questions=(question,)))[0]["Reading guide"])
    assert "DEFINITIVE" in text
    assert "2017 · leraar: respondents 48, asked 46, filled in 40 (unweighted)" in text
    assert "AB (40), CD (31)" in text
    assert "version 3" in text
    assert "coder 0.1.0" in text


def test_frequencies_are_real_numbers_shown_as_whole_percentages(tmp_path: Path) -> None:
    sheet = written(tmp_path, sample_set())[0]["Frequencies"]
    rows = [row for row in sheet.iter_rows() if row[0].value == "Nascholing"]
    share = rows[0][1]
    assert (share.value, share.number_format) == (0.652, '[=0]0%;[<0.005]"<1%";0%')
    assert [cell.value for cell in rows[0][5:9]] == [330, 504, pytest.approx(453.6), 1.3]
    assert rows[0][2].value == pytest.approx((rows[0][4].value - rows[0][3].value) / 2)
    names = [row[0].value for row in sheet.iter_rows(min_row=6, max_row=14)]
    assert names[0] == "Nascholing"
    assert names[-4:] == ["Overig", "Weet niet / geen mening", "Off topic", "Cannot be coded"]
    text = words(sheet)
    assert "Base: filled in, N = 504 (unweighted)" in text
    assert "functie: schoolleider" in text
    assert not sheet.merged_cells.ranges
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)


def test_every_block_has_a_chart_that_does_not_cover_its_table_or_another_chart(tmp_path: Path) -> None:
    written(tmp_path, sample_set())
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Frequencies"]
    charts = sheet._charts
    assert [len(chart.ser) for chart in charts] == [1, 2, 1, 1]
    spans = []
    for chart in charts:
        spans.append((chart.anchor._from.row, chart.anchor.to.row))
        assert all(series.errBars.plus.numRef.f.startswith("Frequencies!") for series in chart.ser)
        if len(chart.ser) == 1:
            assert chart.anchor._from.col > 10
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def with_tables(*tables: FrequencyTable, changes: tuple[ChangeTable, ...] = ()) -> CodedSet:
    coded = sample_set()
    return replace(coded, questions=(replace(coded.questions[0], frequencies=tables, changes=changes),))


def test_groups_stand_beside_one_another_with_letters_and_p(tmp_path: Path) -> None:
    sheet = written(tmp_path, with_tables(compared_table()))[0]["Frequencies"]
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[4][:9]] == [
        None, "leraar (A)", None, None, None, "schoolleider (B)", None, None, None,
    ]  # fmt: skip
    first = next(row for row in rows if row[0].value == "Nascholing")
    assert [cell.value for cell in first[3:5]] == ["B", 165]
    assert first[7].value is None
    assert (first[9].value, first[9].number_format) == (0.0008, '[<0.001]"<0.001";0.000')
    untested = next(row for row in rows if row[0].value == "Weet niet / geen mening")
    assert untested[9].value is None
    assert untested[1].number_format.endswith('0%"!"')
    assert next(row for row in rows if row[0].value == "N (unweighted)")[4].value == 252
    assert "Test over all labels together (Rao-Scott)" in words(sheet)


def test_no_more_groups_stand_beside_one_another_than_fit(tmp_path: Path) -> None:
    groups = tuple(f"grootte {n}" for n in range(1, 9))
    tests = compared_table().tests
    table = replace(frequency_table("grootte", groups), tests=tests)
    sheet = written(tmp_path, with_tables(table))[0]["Frequencies"]
    assert words(sheet).count("grootte 5\n") == 1
    assert [cell for row in sheet.values for cell in row].count("p") == 1
    assert not any(len(chart.ser) > 1 for chart in sheet._charts)


def test_a_corrected_table_has_the_uncorrected_share_and_how_it_was_corrected(tmp_path: Path) -> None:
    sheet = written(tmp_path, with_tables(corrected_table()))[0]["Frequencies"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "Nascholing"]
    assert rows[0][1] == 0.652
    assert rows[0][9] == pytest.approx(0.712)
    assert rows[1][2:6] == (pytest.approx(0.712), 0.62, 150, 80)
    assert rows[1][9:12] == (0.91, 0.95, pytest.approx(0.642))
    text = words(sheet)
    assert "The 0/1 columns of the sheet Data do not add up to this table." in text
    assert "do not add up to this table" not in words(written(tmp_path, sample_set())[0]["Frequencies"])


def test_changes_are_written_when_there_are_any(tmp_path: Path) -> None:
    coded = with_tables(frequency_table(), changes=(change_table(), change_table(bridged=True)))
    sheet = written(tmp_path, coded)[0]["Frequencies"]
    rows = [row for row in sheet.iter_rows() if row[0].value == "Nascholing"][1:]
    plain, bridged = ([cell.value for cell in row] for row in rows)
    assert plain[3:7] == [pytest.approx(4.3), pytest.approx(-1.6), pytest.approx(10.2), 0.61]
    assert bridged[13:17] == [pytest.approx(-10.3), pytest.approx(-16.2), pytest.approx(-4.4), 0.0007]
    assert "NOT SEPARABLE" in words(sheet)


def test_agreement_has_each_coefficient_with_its_interval(tmp_path: Path) -> None:
    sheet = written(tmp_path, sample_set())[0]["Intercoder reliability"]
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Nascholing")
    assert row[1:3] == (300, 380)
    assert row[6:10] == (0.9, pytest.approx(0.85), pytest.approx(0.95), "good")
    undefined = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "Overig")
    assert undefined[6:9] == (None, None, None)
    tables = [row for row in sheet.iter_rows(values_only=True) if row[0] == "Nascholing"]
    assert tables[1][1:4] == (0.96, pytest.approx(0.94), pytest.approx(0.98))
    assert tables[1][16:19] == (0.9, pytest.approx(0.85), pytest.approx(0.95))
    assert tables[2][16:19] == (0.9, pytest.approx(0.8525), pytest.approx(0.9475))


def test_a_coefficient_on_too_few_positives_is_grey_and_in_no_chart(tmp_path: Path) -> None:
    sheet = written(tmp_path, sample_set())[0]["Intercoder reliability"]
    rare = next(row for row in sheet.iter_rows() if row[0].value == "Schoolvisie")
    assert rare[6].number_format.startswith("(0.00)")
    assert rare[9].value == "too few"
    chart = sheet._charts[0]
    assert len(sheet._charts) == 1
    assert chart.ser[0].errBars is not None
    behind = [row[12] for row in sheet.iter_rows(min_row=6, max_row=10, values_only=True)]
    assert behind == ["Nascholing", "Collegiale consultatie en teamwerk", "Teamconsultatie", None, None]


def test_other_lists_the_texts_with_a_residual_label_that_combines(tmp_path: Path) -> None:
    sheet = written(tmp_path, sample_set())[0]["Other"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 8
    assert rows[0][:3] == ("2017", "0005", "v12")
    assert {row[3] for row in rows} == {"Overig"}
    assert rows[1][5] == "Nascholing"


def test_the_codebook_is_a_dictionary_with_its_history(tmp_path: Path) -> None:
    sheet = written(tmp_path, sample_set())[0]["Codebook"]
    variables = {row[0]: row[2] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert variables["v12_03"] == "Teamconsultatie"
    text = words(sheet)
    assert "Methode (vervallen)" in text
    assert "2 (2018-05-02): definition of Nascholing" in text


def test_original_columns_named_like_ours_are_kept_and_ours_move(tmp_path: Path) -> None:
    coded = sample_set()
    coded = replace(coded, columns=(*coded.columns[:7], "V12_Status", coded.columns[8]))
    header = [cell.value for cell in written(tmp_path, coded)[0]["Data"][1]]
    assert "V12_Status" in header
    assert "v12_2_status" in header
    assert len({str(name).casefold() for name in header}) == len(header)


def test_an_empty_set_can_be_written(tmp_path: Path) -> None:
    coded = sample_set()
    bare = replace(coded, questions=(), rows=[], ids=[], accountability=())
    book, lines = written(tmp_path, bare)
    assert lines == []
    assert book["Data"].max_row == 1


def test_more_rows_or_columns_than_excel_has_is_said_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_sheet, "MOST_ROWS", 72)
    with pytest.raises(TooLargeError, match="72 respondents are more than a sheet can hold"):
        write_workbook(sample_set(), tmp_path / "out.xlsx")
    monkeypatch.setattr(data_sheet, "MOST_ROWS", 73)
    monkeypatch.setattr(data_sheet, "MOST_COLUMNS", 19)
    with pytest.raises(TooLargeError, match="20 columns"):
        write_workbook(sample_set(), tmp_path / "out.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_one_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError, match="there is no folder"):
        write_workbook(sample_set(), tmp_path / "none" / "out.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(CoderError, match=r"folder\.xlsx cannot be written") as caught:
        write_workbook(sample_set(), tmp_path / "folder.xlsx")
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.xlsx"]


def test_a_failed_export_leaves_the_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.xlsx"
    write_workbook(sample_set(), path)
    before = path.read_bytes()

    def full(*_paths: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CannotWriteError, match="No space left on device"):
        write_workbook(sample_set(copies=1), path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["out.xlsx"]


def test_only_agreement_of_all_coders_has_a_chart_and_every_interval(tmp_path: Path) -> None:
    alone = with_agreement(agreement_table())
    model = replace(agreement_table(), comparison="model", coders=("people", "model"))
    both = with_agreement(agreement_table(), model)
    first = written(tmp_path, alone)[0]["Intercoder reliability"]
    second = written(tmp_path, both)[0]["Intercoder reliability"]
    assert len(second._charts) == len(first._charts) == 1
    assert words(second).count("All coefficients") == words(first).count("All coefficients")
    added = second.max_row - first.max_row
    assert added < 2 * len(model.rows) + 8
    row = next(
        row for row in second.iter_rows(min_row=first.max_row + 1, values_only=True) if row[0] == "Nascholing"
    )
    assert row[6:14] == (0.9, 0.85, pytest.approx(0.95), "good", 0.9, 0.9, 0.9, 0.9)


def test_a_lower_bound_just_below_a_limit_is_not_rounded_to_it(tmp_path: Path) -> None:
    table = agreement_table()
    row = table.rows[0]
    alpha = replace(row.agreement.krippendorff_alpha, low=0.7988)
    close = replace(row, agreement=replace(row.agreement, krippendorff_alpha=alpha))
    sheet = written(tmp_path, with_agreement(replace(table, rows=(close,))))[0]["Intercoder reliability"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == 0.7988)
    assert cell.number_format == "0.0000"


def with_agreement(*tables: AgreementTable) -> CodedSet:
    return replace(sample_set(), questions=(replace(sample_question(), agreement=tables),))


def test_a_group_has_an_interval_where_half_its_width_is_no_margin(tmp_path: Path) -> None:
    table = frequency_table(by="functie", groups=("leraar", "schoolleider"))
    rows = [
        replace(row, proportion=replace(row.proportion, estimate=0.0, low=0.0, high=0.064))
        if row.label == "weet_niet"
        else row
        for row in table.rows
    ]
    sheet = written(tmp_path, with_tables(replace(table, rows=tuple(rows))))[0]["Frequencies"]
    found = [row for row in sheet.iter_rows(values_only=True) if row[0] == "Weet niet / geen mening"]
    assert found[0][:3] == ("Weet niet / geen mening", 0, "0–6%")
