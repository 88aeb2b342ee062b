"""Rows become respondents, all or none."""

from pathlib import Path

import pytest

from coder.corpus import (
    Column,
    ColumnError,
    Layout,
    Respondent,
    RowError,
    SurveyFile,
    read_respondents,
    read_survey,
)
from coder.corpus.cells import as_number
from coder.errors import CoderError


def survey(text: str) -> SurveyFile:
    names, *rows = [tuple(cell or None for cell in line.split(";")) for line in text.split("\n")]
    columns = tuple(Column(name or "") for name in names)
    return SurveyFile(Path("m.csv"), "", None, "utf-8", columns, list(rows), range(2, 2 + len(rows)))


def people(text: str, **columns: object) -> list[Respondent]:
    answers = columns.pop("answers", {"v": ("antwoord",)})
    return read_respondents(survey(text), Layout("id", answers, **columns))  # type: ignore[arg-type]


def refusal(text: str, kind: type[CoderError], **columns: object) -> str:
    with pytest.raises(kind) as raised:
        people(text, **columns)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_respondent_has_what_the_layout_points_at() -> None:
    (one,) = people(
        "id;school;laag;groep;pid;w;functie;antwoord\n007; S1 ;po;leraren;p9;1,25;leraar; meer tijd ",
        weight="w", cluster="school", stratum="laag", population="groep", panel_id="pid", groups=("functie",),
    )  # fmt: skip
    assert one == Respondent(
        row=2, id="007", weight=1.25, cluster="S1", stratum="po", population="leraren", panel_id="p9",
        groups={"functie": "leraar"}, answers={"v": " meer tijd "}, asked={"v": None},
        original=("007", " S1 ", "po", "leraren", "p9", "1,25", "leraar", " meer tijd "),
    )  # fmt: skip


def test_empty_cells_stay_empty_and_weights_are_one_without_a_column() -> None:
    (one,) = people("id;school;functie;antwoord\na;;;", cluster="school", groups=("functie",))
    assert (one.weight, one.cluster, one.stratum, one.panel_id) == (1.0, None, None, None)
    assert one.groups == {"functie": ""}
    assert one.answers == {"v": None}


def test_na_typed_by_a_person_is_an_answer() -> None:
    assert [p.answers["v"] for p in people("id;antwoord\n1;NA\n2;")] == ["NA", None]


def test_an_unknown_column_lists_the_columns_and_the_likeliest() -> None:
    line = refusal("id;Gewicht;antwoord\n1;1;a", ColumnError, weight="gewigt")
    assert line == (
        "m.csv: there is no column “gewigt”: did you mean “Gewicht”? "
        "The columns are: “id”, “Gewicht”, “antwoord”."
    )
    assert "there is no column “zzz”; the columns are" in refusal(
        "id;antwoord\n1;a", ColumnError, cluster="zzz"
    )


def test_columns_that_are_no_names_are_shown_on_one_line() -> None:
    file = SurveyFile(
        Path("m.csv"), "", None, None, (Column("Wat\nhelpt " + "u " * 60), Column("b")), [("1", "2")], [2]
    )
    with pytest.raises(ColumnError) as raised:
        read_respondents(file, Layout("id", {}))
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 150


def test_white_space_around_a_column_name_does_not_count() -> None:
    assert people("id ;  mijn   antwoord\n1;tijd", answers={"v": ("mijn antwoord",)})[0].answers == {
        "v": "tijd"
    }


@pytest.mark.parametrize("empty", ["", "  "])
def test_a_missing_id_names_row_and_column(empty: str) -> None:
    line = refusal(f"id;antwoord\n1;a\n{empty};b", RowError)
    assert line == "m.csv, row 3, column “id”: there is no respondent id: fill it in."


def test_a_duplicate_id_names_both_rows() -> None:
    line = refusal("id;antwoord\n1;a\n2;b\n 1 ;c", RowError)
    assert "m.csv, row 4, column “id”: id “1” is that of row 2 too" in line


def test_ids_that_differ_in_zeros_only_are_two_respondents() -> None:
    assert [p.id for p in people("id;antwoord\n07;a\n7;b")] == ["07", "7"]


def test_a_duplicate_panel_id_names_both_rows_and_a_missing_one_is_no_one() -> None:
    assert "row 4, column “pid”" in refusal("id;pid;antwoord\n1;a;\n2;;\n3;a;", RowError, panel_id="pid")
    assert [p.panel_id for p in people("id;pid;antwoord\n1;;\n2;;", panel_id="pid")] == [None, None]


@pytest.mark.parametrize(
    ("weight", "says"),
    [
        ("", "there is no weight"),
        ("  ", "there is no weight"),
        ("NA", "the weight “NA” is not a number"),
        ("1.2.3", "the weight “1.2.3” is not a number"),
        ("1_0", "is not a number"),
        ("nan", "is not a number"),
        ("inf", "is not a number"),
        ("1e999", "is negative or infinite"),
        ("-0,5", "the weight “-0,5” is negative"),
    ],
)
def test_a_weight_that_is_none_names_row_and_column(weight: str, says: str) -> None:
    line = refusal(f"id;w;antwoord\n1;1;a\n2;{weight};b", RowError, weight="w")
    assert line.startswith("m.csv, row 3, column “w”: ")
    assert says in line


def test_a_weight_of_zero_stands_unless_all_are() -> None:
    assert [p.weight for p in people("id;w;antwoord\n1;0;a\n2;2;b", weight="w")] == [0.0, 2.0]
    assert "every weight is zero" in refusal("id;w;antwoord\n1;0;a", RowError, weight="w")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,25", 1.25), ("1.25", 1.25), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1.234", 1.234),
        ("1.234.567", 1234567.0), (",5", 0.5), ("+2", 2.0), ("-3", -3.0), ("1,2E-05", 1.2e-05), (" 7 ", 7.0),
    ],
)  # fmt: skip
def test_numbers_are_read_with_a_decimal_comma_or_point(text: str, number: float) -> None:
    assert as_number(text) == number


@pytest.mark.parametrize("text", ["1,23,4", "12.34,5", "1.2345,6", "1 2", "0x10", "١", "½", True])
def test_what_only_resembles_a_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        as_number(text)


def test_answers_in_several_columns_are_joined() -> None:
    text = "id;a;b;c\n1;;rust;\n2;tijd; ;ruimte\n3;;;"
    found = [p.answers["v"] for p in people(text, answers={"v": ("a", "b", "c")})]
    assert found == ["rust", "tijd\nruimte", None]


@pytest.mark.parametrize("yes", ["1", "ja", "Ja ", "yes", "TRUE", "x", "WAAR", "Y", "J"])
@pytest.mark.parametrize("no", ["0", "nee", "No", "false", "", "ONWAAR", "N"])
def test_a_cell_says_whether_the_question_was_asked(yes: str, no: str) -> None:
    found = people(f"id;g;antwoord\n1;{yes};\n2;{no};", asked={"v": "g"})
    assert [p.asked["v"] for p in found] == [True, False]


def test_a_cell_that_does_not_say_whether_the_question_was_asked_is_named() -> None:
    line = refusal("id;g;antwoord\n1;1;\n2;misschien;", RowError, asked={"v": "g"})
    assert line.startswith(
        "m.csv, row 3, column “g”: “misschien” does not say whether the question was asked"
    )


def test_an_answer_with_content_proves_that_the_question_was_asked() -> None:
    found = people("id;g;antwoord\n1;0;meer tijd\n2;0;n.v.t.\n3;0;-\n4;0;", asked={"v": "g"})
    assert [p.asked["v"] for p in found] == [True, False, False, False]
    assert found[0].answers == {"v": "meer tijd"}


def test_an_asked_column_without_answers_is_refused() -> None:
    assert "Question w has a column that says who was asked" in refusal(
        "id;antwoord\n1;a", ColumnError, asked={"w": "id"}
    )


def test_a_layout_reads_a_file_end_to_end(tmp_path: Path) -> None:
    path = tmp_path / "meting.csv"
    path.write_bytes('id;gewicht;antwoord\r\n01;0,8;"één ding:\r\ntijd"\r\n02;1,2;\r\n'.encode("cp1252"))
    found = read_respondents(read_survey(path), Layout("id", {"v": ("antwoord",)}, weight="gewicht"))
    assert [(p.row, p.id, p.weight, p.answers["v"]) for p in found] == [
        (2, "01", 0.8, "één ding:\r\ntijd"),
        (3, "02", 1.2, None),
    ]
