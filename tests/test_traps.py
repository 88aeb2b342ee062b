"""The three things that make people drop such a tool after a day.

A 0 that means "not coded"; a codebook one must write before having read an answer; no way back from Excel
for a colleague without a terminal.
"""

from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from study_cases import (
    ANSWERS,
    CODEBOOK,
    choices,
    coded,
    csv_file,
    database,
    done,
    fill,
    new_study,
    refused,
    run,
    sheet,
    table,
    with_codebook,
)

from coder.reports.words import status_word
from coder.study import Study, create_study

COLUMNS = {"tijd": "nodig_01", "handen": "nodig_02", "groepen": "nodig_03", "overig": "nodig_98"}
REDEFINED = CODEBOOK.replace("Iemand erbij in de les.", "Een onderwijsassistent of een tweede leraar.")


def data(study: Path) -> dict[str, dict[str, Any]]:
    """Export the workbook and return its sheet Data: a record a respondent."""
    path = study / "exports" / "uit.xlsx"
    done("export", "--out", path, "--study", study)
    return {row["nr"]: row for row in table(path, "Data")}


def ones_and_zeros(study: Path, who: str) -> dict[str, Any]:
    row = data(study)[who]
    return {label: row[column] for label, column in COLUMNS.items()}


def frequencies(study: Path) -> dict[str, Any]:
    (found,) = done("frequencies", "--json", "--study", study).json
    return found


def percentages(study: Path) -> dict[str, tuple[float | None, int]]:
    """Return for each label its share and on how many answers it stands."""
    return {row["label"]: (row["estimate"], row["n"]) for row in frequencies(study)["labels"]}


NOTHING = dict.fromkeys(COLUMNS)


class TestAZeroThatMeansNotCoded:
    def test_an_answer_that_nobody_coded_is_empty(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        assert all(ones_and_zeros(study, who) == NOTHING for who in ANSWERS)
        assert data(study)["01"]["nodig_status"] == status_word("unseen")
        assert percentages(study)["tijd"] == (None, 0)

    def test_a_coded_answer_has_a_zero_for_every_other_label(self, tmp_path: Path) -> None:
        study = coded(with_codebook(new_study(tmp_path)), [("01", "AB", "tijd", "", "")])
        assert ones_and_zeros(study, "01") == {"tijd": 1, "handen": 0, "groepen": 0, "overig": 0}
        assert percentages(study)["tijd"] == (1.0, 1)
        assert percentages(study)["handen"] == (0.0, 1)

    def test_none_and_cannot_be_coded_are_zeros_that_somebody_decided_on(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        coded(study, [("06", "AB", "", "none", ""), ("07", "AB", "", "unclear", "")])
        assert set(ones_and_zeros(study, "06").values()) == {0}
        assert set(ones_and_zeros(study, "07").values()) == {0}
        assert percentages(study)["none"] == (0.5, 2)
        assert percentages(study)["unclear"] == (0.5, 2)

    def test_who_was_not_asked_is_empty(self, tmp_path: Path) -> None:
        rows = [("nr", "wat", "gesteld"), ("01", "tijd", "ja"), ("02", "", "nee"), ("03", "", "ja")]
        study = create_study(tmp_path / "onderzoek")
        done("import", csv_file(tmp_path / "m.csv", rows), "--wave", "w1", "--id", "nr", "--answers",
             "wat=nodig", "--asked", "gesteld=nodig", "--study", study)  # fmt: skip
        coded(with_codebook(study), [("01", "AB", "tijd", "", "")])
        assert ones_and_zeros(study, "02") == NOTHING
        assert data(study)["02"]["nodig_status"] == status_word("not_asked")
        assert ones_and_zeros(study, "03") == NOTHING
        assert data(study)["03"]["nodig_status"] == status_word("not_filled_in")
        assert percentages(study)["tijd"] == (1.0, 1)
        assert frequencies(study)["counts"]["asked"] == 2

    def test_an_answer_not_filled_in_is_empty_even_when_somebody_coded_it(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        coded(study, [("01", "AB", "tijd", "", ""), ("04", "AB", "", "none", "")])
        assert ones_and_zeros(study, "04") == NOTHING
        assert ones_and_zeros(study, "05") == NOTHING
        assert percentages(study)["none"] == (0.0, 1)

    def test_an_answer_on_which_coders_differ_is_empty(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        rows = [("01", "AB", "tijd", "", ""), ("02", "AB", "tijd", "", ""), ("02", "CD", "handen", "", "")]
        coded(study, rows)
        assert ones_and_zeros(study, "02") == NOTHING
        assert data(study)["02"]["nodig_status"] == status_word("open")
        assert percentages(study)["tijd"] == (1.0, 1)
        coded(study, [("02", "consensus", "tijd|handen", "", "")])
        assert ones_and_zeros(study, "02") == {"tijd": 1, "handen": 1, "groepen": 0, "overig": 0}

    def test_an_answer_held_over_is_empty(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        coded(study, [("01", "AB", "tijd", "", ""), ("02", "AB", "", "skipped", "")])
        assert ones_and_zeros(study, "02") == NOTHING
        assert data(study)["02"]["nodig_status"] == status_word("skipped")
        assert percentages(study)["tijd"] == (1.0, 1)

    def test_a_label_added_later_is_empty_in_what_was_coded_before(self, tmp_path: Path) -> None:
        study = coded(with_codebook(new_study(tmp_path)), [("01", "AB", "tijd", "", "")])
        extra = "  - {id: rust, name: Rust, number: 4, definition: Minder onrust.}\n  - {id: overig,"
        with_codebook(study, CODEBOOK.replace("  - {id: overig,", extra))
        said = done("status", "--study", study)
        assert "recorded as version" in said.err
        coded(study, [("06", "AB", "rust", "", "")])
        rows = data(study)
        assert rows["01"]["nodig_04"] is None
        assert (rows["01"]["nodig_01"], rows["01"]["nodig_02"]) == (1, 0)
        assert (rows["06"]["nodig_04"], rows["06"]["nodig_01"]) == (1, 0)
        assert percentages(study)["rust"] == (1.0, 1)
        assert percentages(study)["tijd"] == (0.5, 2)

    def test_a_label_redefined_later_is_empty_until_somebody_says_only_the_words_changed(
        self, tmp_path: Path
    ) -> None:
        study = with_codebook(new_study(tmp_path))
        coded(study, [("01", "AB", "tijd", "", ""), ("08", "AB", "handen", "", "")])
        with_codebook(study, REDEFINED)
        said = done("status", "--study", study)
        assert "coder codebook reworded handen --question nodig" in said.err
        # neither a false 0 nor a 1 that the new definition may not bear out
        assert ones_and_zeros(study, "01") == {"tijd": 1, "handen": None, "groepen": 0, "overig": 0}
        assert ones_and_zeros(study, "08")["handen"] is None
        assert percentages(study)["handen"] == (None, 0)
        assert percentages(study)["tijd"] == (0.5, 2)
        done("codebook", "reworded", "handen", "--question", "nodig", "--study", study)
        assert ones_and_zeros(study, "01")["handen"] == 0
        assert ones_and_zeros(study, "08")["handen"] == 1
        assert percentages(study)["handen"] == (0.5, 2)

    def test_reading_the_answer_again_makes_a_redefined_label_known(self, tmp_path: Path) -> None:
        study = coded(with_codebook(new_study(tmp_path)), [("01", "AB", "tijd", "", "")])
        with_codebook(study, REDEFINED)
        coded(study, [("01", "AB", "tijd|handen", "", "")])
        assert ones_and_zeros(study, "01")["handen"] == 1

    def test_an_unknown_label_is_left_out_of_agreement(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        coded(study, [(who, name, "tijd", "", "1") for who in ("01", "02") for name in ("AB", "CD")])
        with_codebook(study, REDEFINED)
        coded(study, [("08", name, "handen", "", "1") for name in ("AB", "CD")])
        (found,) = done("agreement", "--json", "--study", study).json
        n = {row["label"]: row["n"] for row in found["labels"]}
        assert n["handen"] == 1
        assert n["tijd"] == 3

    def test_a_net_counts_who_mentions_any_of_its_labels_and_is_unknown_with_them(
        self, tmp_path: Path
    ) -> None:
        nets = CODEBOOK.replace("number: 2,", "number: 2, parent: mensen,").replace(
            "  - {id: tijd,", "  - {id: mensen, name: Mensen, number: 5}\n  - {id: tijd,"
        )
        study = with_codebook(new_study(tmp_path), nets)
        coded(study, [("01", "AB", "tijd", "", ""), ("08", "AB", "handen", "", "")])
        rows = data(study)
        assert (rows["01"]["nodig_05"], rows["08"]["nodig_05"], rows["06"]["nodig_05"]) == (0, 1, None)
        with_codebook(study, nets.replace("Iemand erbij in de les.", "Een tweede leraar."))
        assert data(study)["01"]["nodig_05"] is None


class TestACodebookBeforeReadingAnAnswer:
    def test_import_needs_no_codebook(self, tmp_path: Path) -> None:
        study = new_study(tmp_path)
        with Study.open(study) as opened:
            labels = opened.codebook(opened.question()).labels
        assert {label.id for label in labels} == {"overig", "weet_niet", "geen"}
        assert all(label.residual for label in labels)

    def test_codings_bring_their_own_labels_when_asked_to(self, tmp_path: Path) -> None:
        study = new_study(tmp_path)
        path = csv_file(tmp_path / "c.csv", [("id", "labels"), ("01", "Meer tijd"), ("02", "Meer tijd|Hulp")])
        line = refused("codings", "import", path, "--coder", "AB", "--study", study)
        assert "2 labels are not in codebooks/nodig.yaml: Meer tijd, Hulp" in line
        assert "--add-labels" in line
        said = done("codings", "import", path, "--coder", "AB", "--add-labels", "--study", study)
        assert "Labels added: Meer tijd, Hulp." in said.err
        with Study.open(study) as opened:
            codebook = opened.codebook(opened.question())
        assert codebook.ids == ("meer_tijd", "hulp", "overig", "weet_niet", "geen")
        assert [label.number for label in codebook.labels][:2] == [1, 2]
        assert database(study, "SELECT labels FROM coding ORDER BY answer_id") == [
            ("meer_tijd",),
            ("meer_tijd hulp",),
        ]

    def test_a_column_a_label_brings_labels_too(self, tmp_path: Path) -> None:
        study = new_study(tmp_path)
        rows = [
            ("id", "antwoord", "Meer tijd", "Hulp"),
            ("01", "…", 1, 0),
            ("03", "…", 0, 0),
            ("08", "…", 1, 1),
        ]
        path = csv_file(tmp_path / "c.csv", rows)
        assert "Meer tijd, Hulp" in refused("codings", "import", path, "--coder", "AB", "--study", study)
        done("codings", "import", path, "--coder", "AB", "--add-labels", "--study", study)
        assert database(study, "SELECT status, labels FROM coding ORDER BY answer_id") == [
            ("labelled", "meer_tijd"),
            ("none", ""),
            ("labelled", "meer_tijd hulp"),
        ]

    def test_a_coding_sheet_works_with_residual_labels_only_and_brings_new_ones(self, tmp_path: Path) -> None:
        study = new_study(tmp_path)
        sheet = tmp_path / "blad.xlsx"
        done("export", "--coding-sheet", "--out", sheet, "--study", study)
        fill(sheet, {"01": {"label1": "Meer tijd"}, "07": {"label1": "Weet niet / geen mening"}})
        assert "Meer tijd" in refused("codings", "import", sheet, "--coder", "AB", "--study", study)
        done("codings", "import", sheet, "--coder", "AB", "--add-labels", "--study", study)
        assert database(study, "SELECT labels FROM coding ORDER BY answer_id") == [
            ("meer_tijd",),
            ("weet_niet",),
        ]

    def test_the_first_definition_of_a_label_makes_nothing_unknown(self, tmp_path: Path) -> None:
        """Labels are made by name while reading and described afterwards."""
        study = new_study(tmp_path)
        path = csv_file(tmp_path / "c.csv", [("id", "labels"), ("01", "Meer tijd"), ("03", "Overig")])
        done("codings", "import", path, "--coder", "AB", "--add-labels", "--study", study)
        file = study / "codebooks" / "nodig.yaml"
        text = file.read_text()
        assert "name: Meer tijd" in text
        file.write_text(
            text.replace("name: Meer tijd", "name: Meer tijd\n    definition: Uren, ook buiten de les.")
        )
        said = done("frequencies", "--json", "--study", study)
        shares = {row["label"]: (row["estimate"], row["n"]) for row in said.json[0]["labels"]}
        assert shares["meer_tijd"] == (0.5, 2)

    def test_even_the_model_works_before_anybody_coded(self, tmp_path: Path) -> None:
        study = new_study(tmp_path)
        said = done("label", "--wave", "w1", "--study", study)
        assert "6 answers labelled automatically" in " ".join(said.out.split())


class TestTheWayBackFromExcel:
    def test_what_a_person_fills_in_comes_back(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        path = sheet(study)
        statuses, labels = choices(path).values()
        assert labels == ["Tijd", "Meer handen", "Kleinere groepen", "Overig", "Weet niet / geen mening"]
        assert statuses == [status_word(s) for s in ("labelled", "none", "unclear", "skipped")]
        fill(
            path,
            {
                "01": {"label1": labels[0]},
                "02": {"label1": labels[1], "label2": labels[0], "memo": "volgorde van het antwoord"},
                "03": {"status": statuses[0], "label1": labels[2]},
                "06": {"status": statuses[1]},
                "07": {"status": statuses[2]},
            },
        )
        said = done("codings", "import", path, "--coder", "Collega", "--study", study)
        assert "new codings Collega 5; unchanged 0" in said.err
        assert "1 row without any mark was left as not yet seen." in said.err
        rows = database(study, "SELECT r.external_id, c.status, c.labels, c.memo FROM coding c JOIN answer a "
                               "ON a.id = c.answer_id JOIN respondent r ON r.id = a.respondent_id "
                               "ORDER BY r.row")  # fmt: skip
        assert rows == [
            ("01", "labelled", "tijd", None),
            ("02", "labelled", "handen tijd", "volgorde van het antwoord"),
            ("03", "labelled", "groepen", None),
            ("06", "none", "", None),
            ("07", "unclear", "", None),
        ]

    def test_untouched_rows_are_unseen_and_not_none(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        path = sheet(study)
        fill(path, {"01": {"label1": "Tijd"}})
        done("codings", "import", path, "--coder", "Collega", "--study", study)
        assert ones_and_zeros(study, "02") == NOTHING
        assert percentages(study)["none"] == (0.0, 1)
        assert frequencies(study)["counts"]["unseen"] == 5

    def test_a_sheet_nobody_touched_imports_nothing(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        line = refused("codings", "import", sheet(study), "--coder", "Collega", "--study", study)
        assert "no row has a coding" in line

    def test_only_answers_that_are_filled_in_stand_in_the_sheet(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        path = sheet(study)
        with closing(openpyxl.load_workbook(path)) as book:
            ids = [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
        assert ids == ["01", "02", "03", "06", "07", "08"]

    def test_a_memo_without_a_label_is_reported_and_not_lost_in_silence(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        path = sheet(study)
        fill(path, {"01": {"label1": "Tijd"}, "03": {"memo": "hoort dit er wel bij?"}})
        said = done("codings", "import", path, "--coder", "AB", "--study", study)
        assert "row 4: a memo without a label or a status was not taken over" in said.err

    @pytest.mark.parametrize(
        ("filled", "fragments"),
        [
            ({"status": "misschien"}, ("row 2", "column status", "misschien")),
            ({"status": "STATUS:1", "label1": "Tijd"}, ("row 2", "there are labels")),
            ({"status": "STATUS:0"}, ("row 2", "there is no label")),
            ({"label1": "Tijd", "label2": "Weet niet / geen mening"}, ("row 2", "cannot be combined")),
            ({"label1": "Tyd"}, ("Tyd", "codebooks/nodig.yaml")),
        ],
    )
    def test_a_slip_in_the_sheet_is_one_line_with_its_row(
        self, tmp_path: Path, filled: dict[str, str], fragments: tuple[str, ...]
    ) -> None:
        study = with_codebook(new_study(tmp_path))
        path = sheet(study)
        words = {"STATUS:0": status_word("labelled"), "STATUS:1": status_word("none")}
        fill(path, {"01": {k: words.get(v, v) for k, v in filled.items()}, "02": {"label1": "Tijd"}})
        line = refused("codings", "import", path, "--coder", "AB", "--study", study)
        for fragment in ("blad.xlsx", *fragments):
            assert fragment in line
        assert database(study, "SELECT count(*) FROM event WHERE kind = 'coding'") == [(0,)]

    def test_who_coded_must_be_said_somewhere(self, tmp_path: Path) -> None:
        study = with_codebook(new_study(tmp_path))
        path = sheet(study)
        fill(path, {"01": {"label1": "Tijd"}})
        assert "--coder NAME" in refused("codings", "import", path, "--study", study)
        assert run("status", "--study", study).status == 0
