"""The statistics straight on a file of codings: what a study would say of them too."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from study_cases import coded, csv_file, done, new_study, refused, survey, with_codebook, workbook

from coder.errors import CoderError
from coder.study.codings_alone import CodingsAlone, read_codings_alone

HEADER = ("id", "coder", "labels", "status", "blind")
ROWS = [
    ("1", "AB", "Tijd", "", "1"),
    ("1", "CD", "Tijd", "", "1"),
    ("2", "AB", "Tijd|Meer handen", "", "1"),
    ("2", "CD", "Meer handen", "", "1"),
    ("3", "AB", "", "", "1"),
    ("3", "CD", "", "none", "1"),
    ("4", "AB", "Meer handen", "", "1"),
    ("4", "CD", "", "unclear", "1"),
    ("5", "AB", "Tijd", "", "1"),
    ("6", "AB", "", "skipped", "1"),
]


def file(folder: Path, rows: Sequence[Sequence[object]] = ROWS, header: Sequence[str] = HEADER) -> Path:
    return csv_file(folder / "codings.csv", [header, *rows])


def read(
    folder: Path, rows: Sequence[Sequence[object]] = ROWS, header: Sequence[str] = HEADER, **columns: Any
) -> CodingsAlone:
    return read_codings_alone(file(folder, rows, header), **columns)


def agreement(path: Path, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done("agreement", "--file", path, "--json", *options).json
    return found


def of(table: dict[str, Any], label: str) -> dict[str, Any]:
    (row,) = [row for row in table["labels"] if row["label"] == label]
    return dict(row)


def test_agreement_needs_no_study(tmp_path: Path) -> None:
    (table,) = agreement(file(tmp_path))
    assert (table["question"], table["wave"]) == ("codings", "codings.csv")
    assert (table["coders"], table["answers"], table["selection"]) == (["AB", "CD"], 4, "blind")
    assert [row["label"] for row in table["labels"]] == ["meer_handen", "tijd", "none", "unclear"]
    # AB says 1 1 0 0, CD 1 0 0 0
    assert of(table, "tijd")["cohen_kappa"]["estimate"] == pytest.approx(0.5)
    assert table["sets"]["identical"]["estimate"] == 0.5
    # one of nine codings of these and other answers
    assert table["held_over"] == pytest.approx(0.1)


def test_a_file_says_what_the_study_says_of_the_same_codings(tmp_path: Path) -> None:
    texts = {"1": "tijd", "2": "tijd", "3": "tijd", "4": "handen", "5": "rust"}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, texts)))
    done("status", "--study", study)
    at = "2026-03-01T09:00:00+00:00"
    rows = [
        ("1", "AB", "tijd", "1", "manual", at), ("2", "AB", "tijd", "1", "duplicate", at),
        ("3", "AB", "tijd", "1", "duplicate", at), ("2", "CD", "tijd", "1", "manual", at),
        ("3", "CD", "tijd", "1", "duplicate", at), ("4", "AB", "handen", "1", "manual", at),
        ("4", "CD", "tijd|handen", "1", "manual", at), ("5", "AB", "groepen", "1", "manual", at),
        ("5", "CD", "", "1", "manual", at),
    ]  # fmt: skip
    header = "id,coder,labels,blind,origin,at"
    coded(study, rows, header)
    (of_study,) = done("agreement", "--json", "--study", study).json
    (alone,) = agreement(csv_file(tmp_path / "los.csv", [header.split(","), *rows]))
    # the three identical answers that were coded at once count once
    assert alone["answers"] == of_study["answers"] == 3
    for name in ("identical", "alpha_masi", "alpha_jaccard"):
        for number in ("estimate", "se", "low", "high"):
            there = of_study["sets"][name][number]
            assert alone["sets"][name][number] == pytest.approx(there, abs=1e-6)
    names = ("n", "positives", "percent_agreement", "krippendorff_alpha", "gwet_ac1")
    for label in ("tijd", "handen", "groepen", "none", "unclear"):
        assert [of(alone, label)[name] for name in names] == [of(of_study, label)[name] for name in names]


def test_without_a_word_about_blindness_the_table_says_that_it_is_unknown(tmp_path: Path) -> None:
    path = file(tmp_path, [row[:4] for row in ROWS], HEADER[:4])
    assert [table["selection"] for table in agreement(path)] == ["unknown"]
    out = " ".join(done("agreement", "--file", path).out.split())
    assert "it is not known whether they were blind" in out
    assert "Codebook version" not in out


def test_the_definitive_coding_follows_the_rule(tmp_path: Path) -> None:
    rows = [*ROWS, ("2", "Consensuscodering", "Tijd|Meer handen", "", "")]
    coded = read(tmp_path, rows).coded_wave()
    found = dict(
        zip(
            coded.frame["external_id"],
            zip(coded.frame["status"], coded.frame["origin"], strict=True),
            strict=True,
        )
    )
    assert found == {
        "1": ("labelled", "unanimous"),
        "2": ("labelled", "consensus"),
        "3": ("none", "unanimous"),
        "4": ("open", "open"),
        "5": ("labelled", "single"),
        "6": ("skipped", None),
    }
    assert coded.values[:3].tolist() == [[0, 1], [1, 1], [0, 0]]
    # what is open or held over is no zero
    assert coded.values[[3, 5]].tolist() != coded.values[[3, 5]].tolist()


def test_coders_are_compared_with_a_consensus_in_the_file(tmp_path: Path) -> None:
    path = file(
        tmp_path, [*ROWS, ("2", "consensus", "Tijd|Meer handen", "", ""), ("1", "consensus", "tijd", "", "1")]
    )
    ab, cd = agreement(path, "--against", "consensus")
    assert (ab["coders"], ab["answers"], ab["informed"]) == (["AB", "consensus"], 2, True)
    assert of(ab, "tijd")["percent_agreement"]["estimate"] == 1
    assert of(cd, "tijd")["percent_agreement"]["estimate"] == 0.5
    blind = file(tmp_path, [*ROWS, ("2", "consensus", "Tijd", "", "1")])
    assert {table["informed"] for table in agreement(blind, "--against", "consensus")} == {False}


def test_a_respondent_without_a_mark_is_not_yet_seen(tmp_path: Path) -> None:
    header = ("id", "coder", "label1", "label2")
    rows = [("1", "AB", "Tijd", "Meer handen"), ("2", "AB", "", ""), ("3", "AB", "Tijd", "")]
    found = read(tmp_path, rows, header).coded_wave()
    assert found.frame["status"].tolist() == ["labelled", "unseen", "labelled"]


def test_columns_of_marks_are_labels_but_not_those_that_hold_the_design(tmp_path: Path) -> None:
    header = ("id", "coder", "Tijd", "Overig", "weight", "vrouw")
    rows = [("1", "AB", 1, 0, 1, 1), ("2", "AB", 0, 1, 1, 0)]
    made = read(tmp_path, rows, header, groups=["vrouw"])
    assert [label.id for label in made.version.codebook.labels] == ["tijd", "overig"]
    assert [label.residual for label in made.version.codebook.labels] == [False, True]
    assert made.coded_wave().frame["groups"].tolist() == ['{"vrouw": "1"}', '{"vrouw": "0"}']


def test_one_label_written_in_two_ways_is_one(tmp_path: Path) -> None:
    rows = [
        ("1", "AB", "Tijd", "", ""),
        ("1", "CD", "tijd", "", ""),
        ("2", "AB", "Weet niet / geen mening", "", ""),
        ("2", "CD", "weet_niet", "", ""),
    ]
    made = read(tmp_path, rows)
    assert [label.id for label in made.version.codebook.labels] == ["tijd", "weet_niet"]
    assert made.agreement_tables(replicates=10)[0].sets.identical.estimate == 1  # type: ignore[union-attr]


def test_one_person_is_one_coder_however_the_name_is_written(tmp_path: Path) -> None:
    rows = [
        ("1", "AB", "Tijd", "", ""),
        ("1", "CD", "Tijd", "", ""),
        ("2", "ab ", "Tijd", "", ""),
        ("2", "cd", "Tijd", "", ""),
    ]
    assert read(tmp_path, rows).agreement_tables(replicates=10)[0].coders == ("AB", "CD")


DESIGN = (*HEADER, "weight", "cluster", "stratum", "population")


def test_columns_called_weight_and_cluster_are_taken_and_named(tmp_path: Path) -> None:
    rows = [
        ("1", "AB", "Tijd", "", "", "1,5", "s1", "noord", "leraar"),
        ("1", "CD", "Tijd", "", "", "", "s1", "noord", "leraar"),
        ("2", "AB", "", "", "", "0,5", "s2", "zuid", "leider"),
    ]
    made = read(tmp_path, rows, DESIGN)
    frame = made.coded_wave().frame
    assert frame["weight"].tolist() == [1.5, 0.5]
    assert frame[["cluster", "stratum", "population"]].values.tolist() == [
        ["s1", "noord", "leraar"],
        ["s2", "zuid", "leider"],
    ]
    assert made.agreement_tables(replicates=10)[0].clustered
    assert (
        "taken for what they are called: weight, cluster"
        in done("agreement", "--file", file(tmp_path, rows, DESIGN)).err
    )


def test_another_column_can_be_named_for_the_clusters(tmp_path: Path) -> None:
    rows = [(*row, "school") for row in ROWS]
    path = file(tmp_path, rows, (*HEADER, "Brin"))
    (table,) = agreement(path, "--cluster", "Brin")
    assert table["clustered"] is True
    assert "there is no column “Brim”: did you mean “Brin”?" in refused(
        "agreement", "--file", path, "--cluster", "Brim"
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [("1", "AB", "Tijd", "", "", "2"), ("1", "CD", "Tijd", "", "", "3")],
            "row 3, column weight: 3 contradicts 2 in row 2, of the same respondent 1",
        ),
        ([("1", "AB", "Tijd", "", "", "veel")], "row 2, column “weight”: the weight “veel” is not a number"),
        (
            [("1", "AB", "Tijd", "", "", "2"), ("2", "AB", "Tijd", "", "", "")],
            "row 3, column “weight”: there is no weight",
        ),
        (
            [("1", "AB", "Tijd", "", "", "2"), ("1", "ab", "", "", "", "2")],
            "rows 2 and 3 both hold a coding of respondent 1 by AB",
        ),
        (
            [("1", "AB", "Tijd", "", "", "2"), ("2", "", "Tijd", "", "", "2")],
            "row 3: nobody is named as coder",
        ),
        ([("", "AB", "Tijd", "", "", "2")], "row 2: column id is empty"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(
    tmp_path: Path, rows: Sequence[Sequence[str]], said: str
) -> None:
    path = file(tmp_path, rows, (*HEADER, "weight"))
    assert said in refused("agreement", "--file", path)


def test_of_several_questions_in_a_file_one_must_be_named(tmp_path: Path) -> None:
    rows = [("1", who, "Tijd", "", "1", question) for who in ("AB", "CD") for question in ("v12", "v13")]
    path = file(tmp_path, rows, (*HEADER, "vraag"))
    assert "there are several: v12, v13; say which with --question" in refused("agreement", "--file", path)
    (table,) = agreement(path, "--question", "v13")
    assert (table["question"], table["answers"]) == ("v13", 1)
    assert "there is no v14" in refused("agreement", "--file", path, "--question", "v14")
    assert "leave --wave out" in refused("agreement", "--file", path, "--question", "v12", "--wave", "w1")


def test_codings_that_an_export_wrote_come_with_a_word_about_their_versions(tmp_path: Path) -> None:
    rows = [("1", "AB", "tijd", "", "1", "1:aa"), ("1", "CD", "tijd", "", "1", "2:bb")]
    said = done("agreement", "--file", file(tmp_path, rows, (*HEADER, "codebook")))
    assert "codings of 2 codebook versions" in said.err


def test_excel_and_cp1252_are_read_too(tmp_path: Path) -> None:
    rows = [(who, coder, "Coördinatie", "", "1") for who in ("1", "2") for coder in ("AB", "CD")]
    old = csv_file(tmp_path / "oud.csv", [HEADER, *rows], encoding="cp1252")
    book = workbook(tmp_path / "blad.xlsx", [HEADER, *rows])
    for path, options in ((old, ("--encoding", "cp1252")), (old, ()), (book, ("--sheet", "Blad1"))):
        (table,) = agreement(path, *options)
        assert table["labels"][0]["name"] == "Coördinatie"


def test_a_file_stands_by_itself(tmp_path: Path) -> None:
    path = file(tmp_path)
    for options in (("--versions",), ("--against", "model"), ("--study", str(tmp_path))):
        assert "A file by itself has no study" in refused("agreement", "--file", path, *options)
    assert "go with --file" in refused("agreement", "--cluster", "Brin")


def test_a_file_without_codings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match="there are no codings in it"):
        read(tmp_path, [("1", "hallo")], ("id", "tekst"))
