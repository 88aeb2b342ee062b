"""Frequencies as a command: computed by hand here, with their base, never added up wrongly."""

from pathlib import Path
from typing import Any

import pytest
from study_cases import CODEBOOK, coded, csv_file, done, refused, with_codebook

from coder.study import create_study

ROWS = [
    ("nr", "wat", "gewicht", "school", "functie", "sector", "gesteld"),
    ("1", "tijd", "2", "A", "leraar", "po", "ja"),
    ("2", "tijd en handen", "1", "A", "leraar", "po", "ja"),
    ("3", "iets heel anders", "1", "B", "leraar", "vo", "ja"),
    ("4", "handen", "4", "C", "leraar", "vo", "ja"),
    ("5", "groepen", "1", "D", "leider", "po", "ja"),
    ("6", "nvt", "1", "D", "leider", "po", "ja"),
    ("7", "", "9", "D", "leider", "vo", "nee"),
]
CODED = [
    ("1", "AB", "tijd", "", "1"),
    ("2", "AB", "tijd|handen", "", "1"),
    ("3", "AB", "", "none", "1"),
    ("4", "AB", "handen", "", "1"),
    ("5", "AB", "groepen", "", "1"),
]


def study_with(folder: Path, *options: str) -> Path:
    study = create_study(folder / "onderzoek")
    with_codebook(study)
    file = csv_file(folder / "meting.csv", ROWS)
    done("import", file, "--wave", "w1", "--id", "nr", "--answers", "wat=nodig", "--asked", "gesteld=nodig",
         "--group", "sector", *options, "--study", study)  # fmt: skip
    return study


WEIGHTED = ("--weight", "gewicht", "--population", "functie", "--cluster", "school")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return coded(study_with(tmp_path, *WEIGHTED), CODED)


def frequencies(study: Path, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done("frequencies", "--json", *options, "--study", study).json
    return found


def shares(table: dict[str, Any], group: str | None = None) -> dict[str, float | None]:
    return {row["label"]: row["estimate"] for row in table["labels"] if row["group"] == group}


def test_percentages_are_weighted(study: Path) -> None:
    _leaders, teachers = frequencies(study)
    # weights 2, 1, 1 and 4: 8 in all
    assert shares(teachers) == pytest.approx(
        {
            "tijd": 3 / 8,
            "handen": 5 / 8,
            "groepen": 0,
            "overig": 0,
            "weet_niet": 0,
            "none": 1 / 8,
            "unclear": 0,
        }
    )


def test_without_weights_everybody_counts_as_one(tmp_path: Path) -> None:
    (table,) = frequencies(coded(study_with(tmp_path), CODED))
    assert shares(table)["tijd"] == pytest.approx(2 / 5)
    assert table["weighted"] is False


def test_groups_are_columns_with_a_base_each(study: Path) -> None:
    _leaders, teachers = frequencies(study, "--by", "sector")
    assert teachers["groups"] == ["po", "vo"]
    assert shares(teachers, "po")["handen"] == pytest.approx(1 / 3)
    assert shares(teachers, "vo")["handen"] == pytest.approx(4 / 5)
    assert {row["n"] for row in teachers["labels"]} == {2}


def test_a_wave_without_the_background_variable_is_left_out_and_named(study: Path) -> None:
    file = csv_file(study.parent / "later.csv", [("nr", "wat"), ("9", "tijd")])
    done("import", file, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    said = done("frequencies", "--by", "sector", "--json", "--study", study)
    assert {table["wave"] for table in said.json} == {"w1"}
    assert "w2" in said.err
    assert "no background variable sector" in refused(
        "frequencies", "--by", "sector", "--wave", "w2", "--study", study
    )


def test_populations_are_never_added_up(study: Path) -> None:
    tables = frequencies(study)
    assert [table["population"] for table in tables] == ["leider", "leraar"]
    assert [row["n"] for table in tables for row in table["labels"] if row["label"] == "tijd"] == [1, 4]
    out = done("frequencies", "--study", study).out
    assert "leraar" in out
    assert "leider" in out
    assert out.count("Base: filled in") == 2


def test_who_has_no_population_is_in_a_table_all_the_same(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    rows = [("nr", "wat", "functie"), ("1", "tijd", "leraar"), ("2", "handen", ""), ("3", "tijd", "")]
    done("import", csv_file(tmp_path / "m.csv", rows), "--wave", "w1", "--id", "nr", "--answers", "wat=nodig",
         "--population", "functie", "--study", study)  # fmt: skip
    tables = frequencies(study)
    assert {table["population"]: table["counts"]["filled_in"] for table in tables} == {
        "leraar": 1,
        "population not stated": 2,
    }


def test_the_base_is_always_there_unweighted(study: Path) -> None:
    for options, base in (((), "N = 4 (unweighted)"), (("--chart",), "N = 4 (unweighted)"),
                          (("--by", "sector"), "N of each group, unweighted")):  # fmt: skip
        text = " ".join(done("frequencies", *options, "--study", study).out.split())
        assert base in text
        assert "asked 4, filled in 4, substantive 3" in text
        assert "asked 2, filled in 1, substantive 1" in text
    leaders, teachers = frequencies(study)
    assert leaders["base"] == teachers["base"] == "filled_in"
    assert (leaders["counts"]["asked"], leaders["counts"]["not_asked"]) == (2, 1)
    assert leaders["counts"]["not_filled_in"] == 1


def test_mentions_are_counted_apart(study: Path) -> None:
    assert [table["mentions"] for table in frequencies(study)] == [1, 4]


def test_a_table_is_provisional_until_every_answer_is_decided(study: Path) -> None:
    assert [table["provisional"] for table in frequencies(study)] == [False, False]
    assert "Provisional" not in done("frequencies", "--study", study).out
    coded(study, [("5", "AB", "", "skipped", "1"), ("4", "CD", "tijd", "", "1")])
    leaders, teachers = frequencies(study)
    assert (leaders["provisional"], leaders["counts"]["skipped"]) == (True, 1)
    assert (teachers["provisional"], teachers["counts"]["open"]) == (True, 1)
    assert done("frequencies", "--study", study).out.count("Provisional") == 2


def test_frequencies_as_json_have_the_promised_fields(study: Path) -> None:
    leaders, teachers = frequencies(study)
    assert {"question", "wave", "base", "labels", "tests", "population", "counts"} <= teachers.keys()
    assert (teachers["question"], teachers["wave"], teachers["tests"]) == ("nodig", "w1", [])
    for row in teachers["labels"]:
        assert {"label", "group", "n", "estimate", "se", "low", "high", "df"} <= row.keys()
        assert 0 <= row["estimate"] <= 1
    # one cluster: no interval, so null and not NaN
    (only,) = [row for row in leaders["labels"] if row["label"] == "groepen"]
    assert (only["estimate"], only["se"]) == (1.0, None)


def test_json_is_all_there_is_on_stdout(study: Path) -> None:
    for command in ("frequencies", "agreement", "status", "train"):
        with_codebook(study, CODEBOOK.replace("Minder leerlingen", f"Minder kinderen ({command})"))
        said = done(command, "--json", "--study", study)
        assert said.json is not None
        assert "changed: recorded as version" in said.err


def test_a_question_without_answers_is_in_nobody_s_way(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(settings.read_text() + '\n[questions.later]\ncodebook = "codebooks/nodig.yaml"\n')
    assert done("agreement", "--json", "--study", study).json == []
    assert len(frequencies(study)) == 2
    assert [part["question"] for part in done("train", "--json", "--study", study).json] == ["nodig"]


def test_brackets_and_colons_in_a_name_are_text(study: Path) -> None:
    name = "ICT [tools] :smile: [/b]"
    with_codebook(study, CODEBOOK.replace("name: Tijd", f'name: "{name}"'))
    assert name in done("codebook", "show", "--study", study).out
    assert name in done("train", "--study", study).out
    for options in ((), ("--chart",)):
        assert name in done("frequencies", *options, "--study", study).out


def test_a_base_goes_by_its_english_or_its_dutch_name(study: Path) -> None:
    for names in (("asked", "gevraagd"), ("substantive", "Inhoudelijk"), ("mentions", "vermeldingen"),
                  ("filled_in", "ingevuld", "filled-in")):  # fmt: skip
        tables = [frequencies(study, "--base", name) for name in names]
        assert all(table == tables[0] for table in tables)
        assert {table["base"] for table in tables[0]} == {names[0]}
    assert "There is no base respondenten" in refused(
        "frequencies", "--base", "respondenten", "--study", study
    )


def test_a_wave_that_the_numbers_do_not_fit_is_left_out_and_named(study: Path) -> None:
    file = csv_file(study.parent / "later.csv", [("nr", "wat"), ("9", "tijd")])
    done("import", file, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    said = done("frequencies", "--base", "asked", "--json", "--study", study)
    assert {table["wave"] for table in said.json} == {"w1"}
    assert "Left out: Wave w2 does not say who was asked nodig" in said.err
    assert "--asked COLUMN=nodig" in refused(
        "frequencies", "--base", "asked", "--wave", "w2", "--study", study
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--chart", "--by", "sector"), "--chart does not go with --by"),
        (("--compare", "w1", "--by", "sector"), "--compare does not go with --by"),
        (("--compare", "w1", "--picture", "a.svg"), "--picture does not go with --compare"),
        (("--file", "codings.csv"), "--study does not go with --file"),
        (("--weight", "gewicht"), "--weight is about a file of codings"),
        (("--compare", "w1", "--wave", "w1"), "--compare and --wave both name w1"),
        (("--corrected", "--base", "mentions"), "the base mentions cannot be corrected"),
        (("--population-clusters", "0"), "--population-clusters 0: give a whole number from 1 on"),
        (("--population-clusters", "po=veel"), "--population-clusters po=veel: give a whole number"),
        (("--population-clusters", "9", "--population-clusters", "8"), "8: this number was given already"),
        (("--population-clusters", "9", "--population-clusters", "po=8"), "one number, or STRATUM=N"),
        (("--population-clusters", "3"), "3 is fewer than the 4 clusters of the wave"),
        (("--population-clusters", "po=9"), "The sample has no strata"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(study: Path, options: tuple[str, ...], says: str) -> None:
    assert says in refused("frequencies", *options, "--study", study)


def test_a_file_of_codings_gives_the_table_that_a_study_of_them_gives(study: Path) -> None:
    rows = [("id", "coder", "labels", "status", "gewicht", "school", "functie", "sector")]
    who = {row[0]: row for row in ROWS}
    rows += [(id, "AB", labels, status, *who[id][2:6]) for id, _ab, labels, status, _blind in CODED]
    file = csv_file(study.parent / "codings.csv", rows)
    options = ("--by", "sector")
    alone = done("frequencies", "--file", file, "--weight", "gewicht", "--cluster", "school",
                 "--population", "functie", *options, "--json").json  # fmt: skip
    for by_file, by_study in zip(alone, frequencies(study, *options), strict=True):
        numbers = {(row["label"], row["group"]): row for row in by_study["labels"]}
        mentioned = [row for row in by_file["labels"] if row["label"] in {"tijd", "handen", "groepen"}]
        assert len(mentioned) == 3 * len(by_file["groups"])
        for row in mentioned:
            same = numbers[row["label"], row["group"]]
            assert [row[key] for key in ("n", "count", "estimate")] == [
                same[key] for key in ("n", "count", "estimate")
            ]
    assert "does not say who was asked" in refused("frequencies", "--file", file, "--base", "asked")


def test_change_is_shown_since_the_wave_that_is_named(study: Path) -> None:
    later = [*ROWS[:1], *(row for row in ROWS if row[4] == "leraar")]
    done("import", csv_file(study.parent / "later.csv", later), "--wave", "w2", "--id", "nr", "--answers",
         "wat=nodig", "--population", "functie", "--study", study)  # fmt: skip
    coded(study, [(id, "AB", "tijd", "", "1") for id in ("1", "2", "3", "4")], wave="w2")
    tables = done("frequencies", "--compare", "w1", "--json", "--study", study).json
    (table,) = [table for table in tables if table["population"] == "leraar"]
    assert (table["before"]["wave"], table["after"]["wave"]) == ("w1", "w2")
    (time,) = [row for row in table["labels"] if row["label"] == "tijd"]
    assert time["change"]["estimate"] == pytest.approx(1 - 3 / 8)
    assert "w1 → w2" in done("frequencies", "--compare", "w1", "--wave", "w2", "--study", study).out


def test_each_table_is_drawn_in_a_file_that_says_which(study: Path) -> None:
    said = done("frequencies", "--picture", study / "exports" / "beeld.svg", "--study", study)
    names = ["beeld-nodig-w1-leider.svg", "beeld-nodig-w1-leraar.svg"]
    assert sorted(path.name for path in (study / "exports").iterdir()) == names
    assert all(name in said.err for name in names)
    assert "is not for exports" in refused(
        "frequencies", "--picture", study / "corpora" / "beeld.svg", "--study", study
    )
    assert ".svg, .png, .pdf" in refused(
        "frequencies", "--picture", study.parent / "beeld.gif", "--study", study
    )


def test_the_population_that_clusters_were_drawn_from_is_named(study: Path) -> None:
    tables = frequencies(study, "--population-clusters", "40")
    assert [table["population_clusters"] for table in tables] == [40, 40]
    assert "Finite population correction: the clusters are a sample of 40" in " ".join(
        done("frequencies", "--population-clusters", "40", "--study", study).out.split()
    )
    assert frequencies(study)[0]["population_clusters"] is None


def test_groups_that_are_the_populations_are_not_compared(tmp_path: Path) -> None:
    study = coded(study_with(tmp_path, *WEIGHTED, "--group", "functie"), CODED)
    said = " ".join(done("frequencies", "--by", "functie", "--study", study).out.split())
    assert "functie makes the populations: each has a table of its own." in said
