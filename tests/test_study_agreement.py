"""Agreement as a command: between coders, two by two, per codebook version, with consensus and model."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from study_cases import CODEBOOK, coded, database, done, new_study, refused, survey, with_codebook

TEXTS = {
    "1": "tijd",
    "2": "tijd en handen",
    "3": "iets heel anders",
    "4": "handen",
    "5": "groepen",
    "6": "nvt",
    "7": "",
}
AB = [
    ("1", "AB", "tijd", "", "1"),
    ("2", "AB", "tijd|handen", "", "1"),
    ("3", "AB", "", "none", "1"),
    ("4", "AB", "handen", "", "1"),
    ("5", "AB", "groepen", "", "1"),
]
#: on "tijd" AB says 1 1 0 0, and CD 1 0 0 0
CD = [
    ("1", "CD", "tijd", "", "1"),
    ("2", "CD", "handen", "", "1"),
    ("3", "CD", "", "none", "1"),
    ("4", "CD", "handen", "", "1"),
]
EF = [(who, "EF", labels, status, blind) for who, _cd, labels, status, blind in CD]
REDEFINED = CODEBOOK.replace("Iemand erbij in de les.", "Een assistent of ouder.")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    done("status", "--study", made)  # takes the codebook up
    return coded(made, AB)


def agreement(study: Path, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done("agreement", "--json", *options, "--study", study).json
    return found


def of(table: dict[str, Any], label: str) -> dict[str, Any]:
    (row,) = [row for row in table["labels"] if row["label"] == label]
    return dict(row)


def test_agreement_is_what_one_computes_by_hand(study: Path) -> None:
    (table,) = agreement(coded(study, CD))
    row = of(table, "tijd")
    assert (row["n"], row["positives"]) == (4, 3)
    assert row["prevalence"] == pytest.approx(3 / 8)
    assert row["percent_agreement"]["estimate"] == pytest.approx(3 / 4)
    assert row["positive_agreement"] == pytest.approx(2 / 3)
    # expected by chance .5 * .25 + .5 * .75 = .5
    assert row["cohen_kappa"]["estimate"] == pytest.approx(0.5)
    # observed 1/4, expected 2 * 3 * 5 / (8 * 7)
    assert row["krippendorff_alpha"]["estimate"] == pytest.approx(1 - (1 / 4) / (30 / 56))
    assert of(table, "handen")["percent_agreement"]["estimate"] == 1
    assert of(table, "none")["positives"] == 2
    # identical sets on three of four answers
    assert table["sets"]["identical"]["estimate"] == pytest.approx(3 / 4)


def test_agreement_as_json_has_the_promised_fields(study: Path) -> None:
    (table,) = agreement(coded(study, CD))
    assert {"question", "wave", "coders", "labels", "sets", "selection", "seed"} <= table.keys()
    assert (table["wave"], table["coders"], table["answers"]) == ("w1", ["AB", "CD"], 4)
    for row in table["labels"]:
        assert {"label", "n", "positives", "prevalence", "positive_agreement"} <= row.keys()
        for name in ("percent_agreement", "cohen_kappa", "krippendorff_alpha"):
            assert {"estimate", "se", "low", "high"} <= row[name].keys()
    for name in ("alpha_masi", "alpha_jaccard"):
        assert {"estimate", "se", "low", "high"} <= table["sets"][name].keys()
    # nobody gave it: agreement on it is undefined, not 1 and not NaN
    assert of(table, "groepen")["krippendorff_alpha"]["estimate"] is None


def test_with_three_coders_there_is_no_cohen_s_kappa(study: Path) -> None:
    coded(study, [*CD, *((who, "EF", labels, status, blind) for who, _cd, labels, status, blind in CD)])
    (table,) = agreement(study)
    row = of(table, "tijd")
    assert row["cohen_kappa"]["estimate"] is None
    assert row["krippendorff_alpha"]["estimate"] is not None


def test_codings_that_were_not_blind_stand_apart(study: Path) -> None:
    not_blind = [(who, name, labels, status, "0") for who, _cd, labels, status, _blind in CD
                 for name in ("EF", "GH")]  # fmt: skip
    unknown = [("5", name, "groepen", "", "") for name in ("IJ", "KL")]
    coded(study, [*CD, *not_blind, *unknown])
    tables = {table["selection"]: table for table in agreement(study)}
    assert {name: table["coders"] for name, table in tables.items()} == {
        "blind": ["AB", "CD"],
        "assisted": ["EF", "GH"],
        "unknown": ["IJ", "KL"],
    }
    assert of(tables["blind"], "tijd")["percent_agreement"]["estimate"] == pytest.approx(3 / 4)
    out = " ".join(done("agreement", "--study", study).out.split())
    assert "blind, independent codings" in out
    assert "not known whether they were blind" in out


def test_a_blind_and_an_unknown_coding_are_not_compared(study: Path) -> None:
    coded(study, [("1", "CD", "tijd", "", "")])
    said = done("agreement", "--study", study)
    assert said.out == ""
    assert "no agreement to compute" in said.err
    assert done("agreement", "--json", "--study", study).json == []


def test_the_consensus_takes_no_part_in_agreement(study: Path) -> None:
    (before,) = agreement(coded(study, CD))
    (after,) = agreement(coded(study, [("2", "consensus", "tijd", "", "")]))
    assert after == before


def test_what_is_held_over_is_missing_and_its_share_is_shown(study: Path) -> None:
    coded(study, [*CD, ("5", "CD", "", "skipped", "1")])
    (table,) = agreement(study)
    assert table["answers"] == 4
    assert table["held_over"] == pytest.approx(1 / 10)
    assert "Held over: 10% of the codings." in " ".join(done("agreement", "--study", study).out.split())


def test_what_counts_as_not_filled_in_takes_no_part_in_agreement(study: Path) -> None:
    (before,) = agreement(coded(study, CD))
    both = [("6", name, "", "none", "1") for name in ("AB", "CD")]
    (after,) = agreement(coded(study, both))
    assert after["labels"] == before["labels"]
    assert after["answers"] == 4


def test_the_order_of_mention_plays_no_part(study: Path) -> None:
    coded(study, [("2", "CD", "handen|tijd", "", "1"), ("1", "CD", "tijd", "", "1")])
    (table,) = agreement(study)
    assert table["sets"]["identical"]["estimate"] == 1


def test_the_same_seed_gives_the_same_intervals(study: Path, tmp_path: Path) -> None:
    coded(study, CD)
    assert agreement(study, "--seed", "4") == agreement(study, "--seed", "4")
    other = shutil.copytree(study, tmp_path / "kopie")
    assert agreement(study) == agreement(other)


def by_comparison(tables: Sequence[dict[str, Any]], comparison: str) -> list[dict[str, Any]]:
    return [table for table in tables if table["comparison"] == comparison]


def test_every_two_coders_have_a_table_beside_all_together(study: Path) -> None:
    tables = agreement(coded(study, [*CD, *EF]), "--pairs")
    assert [table["coders"] for table in tables] == [
        ["AB", "CD", "EF"],
        ["AB", "CD"],
        ["AB", "EF"],
        ["CD", "EF"],
    ]
    assert [table["comparison"] for table in tables] == ["coders", "pair", "pair", "pair"]
    assert of(tables[1], "tijd")["cohen_kappa"]["estimate"] == pytest.approx(0.5)
    assert of(tables[3], "tijd")["percent_agreement"]["estimate"] == 1


def test_two_coders_are_one_pair_and_need_no_second_table(study: Path) -> None:
    assert len(agreement(coded(study, CD), "--pairs")) == 1


def test_on_screen_every_two_coders_have_a_line_under_the_headline(study: Path) -> None:
    out = done("agreement", "--study", coded(study, [*CD, *EF])).out
    assert out.count("Identical label sets:") == 1
    lines = out[out.index("Every two coders") :].splitlines()
    assert [line.split()[:5] for line in lines if " – " in line] == [
        ["AB", "–", "CD", "4", "75%"],
        ["AB", "–", "EF", "4", "75%"],
        ["CD", "–", "EF", "4", "100%"],
    ]
    assert done("agreement", "--pairs", "--study", study).out.count("Identical label sets:") == 4


def test_what_cannot_be_coded_is_no_label_and_a_set_of_its_own(study: Path) -> None:
    coded(study, [("5", "CD", "", "unclear", "1")])
    (table,) = agreement(study)
    assert of(table, "tijd")["percent_agreement"]["estimate"] == 1
    assert of(table, "groepen")["percent_agreement"]["estimate"] == 0
    assert (of(table, "unclear")["n"], of(table, "unclear")["positives"]) == (1, 1)
    coded(study, [("3", "CD", "", "unclear", "1")])
    (table,) = agreement(study)
    # off topic and cannot be coded: no label in either, and yet not the same
    assert of(table, "none")["percent_agreement"]["estimate"] == 0.5
    assert table["sets"]["identical"]["estimate"] == 0


def test_each_codebook_version_has_a_table_with_its_labels_as_they_were(study: Path) -> None:
    coded(study, CD[:2])
    with_codebook(study, REDEFINED)
    coded(study, [("4", name, "tijd|handen", "", "1") for name in ("AB", "CD")])
    (whole, first, second) = agreement(study, "--versions")
    assert (whole["comparison"], whole["made_at"]) == ("coders", [2, 3])
    # what the old codings call handen is another label now
    assert (of(whole, "handen")["n"], of(whole, "tijd")["n"]) == (1, 3)
    assert (first["comparison"], first["made_at"], first["answers"]) == ("version", [2], 2)
    assert (of(first, "handen")["n"], of(first, "handen")["positives"]) == (2, 2)
    assert (second["made_at"], second["answers"], of(second, "handen")["n"]) == ([3], 1, 1)
    out = " ".join(done("agreement", "--versions", "--study", study).out.split())
    assert "codings of one codebook version · AB, CD · codings of codebook version 2" in out


def test_codings_of_two_versions_are_compared_in_no_version_s_table(study: Path) -> None:
    with_codebook(study, REDEFINED)
    coded(study, CD)
    (whole,) = agreement(study, "--versions")
    assert (whole["answers"], whole["made_at"]) == (4, [2, 3])


def test_a_label_that_went_up_in_another_is_left_out_of_the_older_version(study: Path) -> None:
    coded(study, CD)
    done("codebook", "merge", "groepen", "overig", "--question", "nodig", "--yes", "--study", study)
    coded(study, [("5", name, "overig", "", "1") for name in ("AB", "CD")])
    first = next(table for table in agreement(study, "--versions") if table["made_at"] == [2])
    labels = {row["label"] for row in first["labels"]}
    assert "groepen" not in labels
    assert {"tijd", "handen", "overig"} <= labels


def test_every_coder_is_compared_with_the_consensus_where_there_is_one(study: Path) -> None:
    coded(study, CD)
    coded(study, [("1", "consensus", "tijd", "", ""), ("2", "consensus", "tijd|handen", "", "")])
    ab, cd = agreement(study, "--against", "consensus")
    assert (ab["comparison"], ab["coders"], ab["answers"]) == ("consensus", ["AB", "consensus"], 2)
    assert (cd["coders"], cd["selection"]) == (["CD", "consensus"], "blind")
    assert of(ab, "tijd")["percent_agreement"]["estimate"] == 1
    assert of(cd, "tijd")["percent_agreement"]["estimate"] == 0.5
    assert ab["informed"] is True
    out = " ".join(done("agreement", "--against", "consensus", "--study", study).out.split())
    assert "Only answers with a consensus coding count" in out


def test_pairs_and_versions_are_of_coders_among_themselves(study: Path) -> None:
    for option in ("--pairs", "--versions"):
        said = refused("agreement", option, "--against", "model", "--study", study)
        assert "leave out --against" in said


# --- against the model

WORDS = {"tijd": "meer tijd en uren", "handen": "extra handen erbij", "groepen": "kleinere groepen"}


def taught(folder: Path) -> Path:
    """Return a study in which AB coded thirty answers blind, and no two have the same text."""
    texts = {f"{label}{i}": f"{text} {'abcdefghij'[i]}" for label, text in WORDS.items() for i in range(10)}
    made = with_codebook(
        new_study(folder, survey(folder, {**texts, "later": "meer tijd en uren a", "nieuw": "rust"}))
    )
    done("status", "--study", made)
    return coded(made, [(who, "AB", who[:-1], "", "1") for who in texts])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = taught(tmp_path_factory.mktemp("model"))
    done("label", "--wave", "w1", "--study", folder)
    return folder


@pytest.fixture
def labelled(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "kopie"))


def test_what_people_decided_is_compared_with_what_the_model_says_without_it(labelled: Path) -> None:
    (table,) = agreement(labelled, "--against", "model")
    assert (table["comparison"], table["coders"], table["selection"]) == (
        "model",
        ["people", "model"],
        "blind",
    )
    assert table["answers"] == 30
    assert of(table, "tijd")["n"] == 30
    # a model does not know these
    assert {"none", "unclear"}.isdisjoint(row["label"] for row in table["labels"])
    # and of a label without an example it says nothing
    assert of(table, "overig")["n"] == 0


def test_the_model_never_learnt_the_answer_that_it_is_compared_on(labelled: Path) -> None:
    coded(labelled, [("nieuw", "AB", "overig", "", "1")])
    done("label", "--wave", "w1", "--study", labelled)
    (table,) = agreement(labelled, "--against", "model")
    # the only example there is of the label: who had learnt it would know it
    assert (of(table, "overig")["n"], of(table, "overig")["positives"]) == (31, 1)


def test_an_answer_whose_text_the_model_learnt_from_another_one_is_compared_without_that_text(
    labelled: Path,
) -> None:
    of_text = database(
        labelled,
        "SELECT r.external_id, s.labels, s.unlearnt FROM suggestion s JOIN answer a ON a.id = s.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id WHERE r.external_id IN ('later', 'nieuw')",
    )
    said = {who: (labels, unlearnt) for who, labels, unlearnt in of_text}
    assert said["nieuw"][1] is None
    assert said["later"][1] is not None
    coded(labelled, [("later", "AB", said["later"][1].replace(" ", "|"), "", "1")])
    assert agreement(labelled, "--against", "model")[0]["answers"] == 31


def test_codings_made_with_suggestions_in_view_are_compared_apart(labelled: Path) -> None:
    coded(labelled, [("nieuw", "AB", "overig", "", "0"), ("nieuw", "CD", "overig", "", "1")])
    blind, assisted = agreement(labelled, "--against", "model")
    assert (blind["selection"], blind["answers"]) == ("blind", 30)
    assert (assisted["selection"], assisted["answers"]) == ("assisted", 1)


def test_without_a_run_of_the_model_there_is_nothing_to_compare_with(study: Path) -> None:
    assert "run 'coder label --wave w1' first" in refused("agreement", "--against", "model", "--study", study)


def test_a_table_names_the_waves_of_its_answers_and_those_that_were_drawn_at_random(study: Path) -> None:
    first = coded(study, CD)
    survey(first.parent, TEXTS, name="later.csv")
    done("import", first.parent / "later.csv", "--wave", "w2", "--id", "nr", "--answers", "wat=nodig",
         "--study", first)  # fmt: skip
    (table,) = agreement(first)
    assert (table["wave"], table["waves"], table["at_random"]) == (None, ["w1"], 0)
    file = first.parent / "codings.csv"
    done("codings", "import", file, "--wave", "w1", "--random-sample", "--study", first)
    (table,) = agreement(first, "--wave", "w1")
    assert (table["wave"], table["waves"], table["at_random"]) == ("w1", ["w1"], 4)
