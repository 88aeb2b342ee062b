"""A codebook that grows while people code: what was coded before stays unknown until it is read again."""

from pathlib import Path

import openpyxl
import pytest
from study_cases import CODEBOOK, coded, database, done, new_study, refused, table, with_codebook

LATER = "  - {id: rust, name: Rust, number: 4, definition: Stilte of orde in de klas.}\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    done("status", "--study", made)  # takes the codebook up, as version 2
    return made


def grown(study: Path) -> Path:
    """Add a label to the codebook, as a person does by hand."""
    return with_codebook(study, CODEBOOK.replace("  - {id: overig", LATER + "  - {id: overig"))


def sheet(study: Path, *options: object) -> Path:
    path = study.parent / "blad.xlsx"
    path.unlink(missing_ok=True)
    done("export", "--coding-sheet", "--out", path, "--coder", "AB", *options, "--study", study)
    return path


def fill(path: Path, labels: dict[str, str]) -> Path:
    """Choose a first label for these respondents."""
    book = openpyxl.load_workbook(path)
    for row in book.worksheets[0].iter_rows(min_row=2):
        if row[0].value in labels:
            row[2].value, row[3].value = None, labels[str(row[0].value)]
    book.save(path)
    return path


def rust(study: Path) -> dict[str, object]:
    """Return the cells of the label that came later, by respondent."""
    path = study.parent / "uit.xlsx"
    done("export", "--out", path, "--study", study)
    return {str(row["nr"]): row["nodig_04"] for row in table(path, "Data")}


def test_a_sheet_counts_as_coded_with_the_codebook_it_was_made_with(study: Path) -> None:
    filled = fill(sheet(study), {"01": "Tijd"})
    grown(study)
    done("codings", "import", filled, "--study", study)
    assert database(study, "SELECT codebook_version FROM coding") == [(2,)]
    assert rust(study)["01"] is None


def test_a_coding_that_stays_the_same_knows_a_later_label_only_when_it_was_read_again(study: Path) -> None:
    coded(study, [("01", "AB", "tijd", "", "ja"), ("06", "AB", "", "", "ja")])
    grown(study)
    filled = sheet(study)
    assert "unchanged 2" in done("codings", "import", filled, "--study", study).err
    assert (rust(study)["01"], rust(study)["06"]) == (None, None)
    fill(filled, {"06": "Rust"})
    done("codings", "import", filled, "--read-again", "--study", study)
    assert (rust(study)["01"], rust(study)["06"]) == (0, 1)
    assert "unchanged 2" in done("codings", "import", filled, "--read-again", "--study", study).err


def test_a_label_is_known_by_the_name_it_had(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("name: Tijd", "name: Tijd en ruimte"))
    coded(study, [("01", "AB", "Tijd", "", "ja")])
    assert database(study, "SELECT labels FROM coding") == [("tijd",)]


def test_who_imports_a_sheet_can_declare_that_it_was_coded_blind(study: Path) -> None:
    filled = fill(sheet(study), {"01": "Tijd"})
    done("codings", "import", filled, "--blind", "--study", study)
    assert database(study, "SELECT visible FROM coding") == [("no",)]


def test_what_a_row_says_of_blindness_goes_before_the_declaration(study: Path) -> None:
    file = study.parent / "codings.csv"
    file.write_text("id,coder,labels,blind\n01,AB,tijd,nee\n02,AB,tijd,\n", encoding="utf-8")
    done("codings", "import", file, "--blind", "--study", study)
    assert database(study, "SELECT visible FROM coding ORDER BY answer_id") == [("yes",), ("no",)]


def test_an_earlier_codebook_can_be_taken_to_another_computer(study: Path, tmp_path: Path) -> None:
    coded(study, [("01", "AB", "tijd", "", "ja")])
    grown(study)
    done("status", "--study", study)
    (tmp_path / "elders").mkdir()
    other = new_study(tmp_path / "elders")
    with_codebook(other, (study / "codebooks" / "nodig.yaml").read_text(encoding="utf-8"))
    done("status", "--study", other)
    codings = tmp_path / "ab.csv"
    done("codings", "export", "--coder", "AB", "--out", codings, "--study", study)
    said = refused("codings", "import", codings, "--study", other)
    assert "version 2 of the other study's codebook" in said
    assert "codebook export --version 2" in said
    first, now = tmp_path / "eerste.yaml", tmp_path / "nu.yaml"
    done("codebook", "export", "--version", 2, "--out", first, "--study", study)
    done("codebook", "export", "--out", now, "--study", study)
    done("codebook", "import", first, "--study", other)
    done("codebook", "import", now, "--study", other)
    done("codings", "import", codings, "--study", other)
    assert rust(other)["01"] is None
    assert "has no codebook version 9" in refused(
        "codebook", "export", "--version", 9, "--out", first, "--study", study
    )


def test_declaring_a_label_reworded_that_never_changed_is_refused(study: Path) -> None:
    assert "was never redefined" in refused("codebook", "reworded", "overig", "--study", study)


def both_type_new_labels(study: Path) -> None:
    """Two coders type labels of their own into sheets made with the same codebook."""
    done("export", "--coding-sheet", "--out", study.parent / "ab.xlsx", "--coder", "AB", "--study", study)
    done("export", "--coding-sheet", "--out", study.parent / "cd.xlsx", "--coder", "CD", "--study", study)
    fill(study.parent / "ab.xlsx", {"01": "Voorbereiding", "03": "Kleinere groepen", "06": "Rust"})
    fill(study.parent / "cd.xlsx", {"01": "Voorbereiding", "03": "Kleinere groepen", "06": "Sfeer"})
    done("codings", "import", study.parent / "ab.xlsx", "--add-labels", "--blind", "--study", study)


def test_labels_that_two_coders_typed_are_known_to_both(study: Path) -> None:
    both_type_new_labels(study)
    said = done(
        "codings", "import", study.parent / "cd.xlsx", "--add-labels", "--blind", "--study", study
    ).err
    assert "Unknown in these codings, not absent, because they came later or have no column: Rust" in said
    path = study.parent / "uit.xlsx"
    done("export", "--out", path, "--study", study)
    row = {str(r["nr"]): r for r in table(path, "Data")}
    assert (row["01"]["nodig_04"], row["03"]["nodig_04"]) == (1, 0)
    # only one of the two ever used these: of the other it is not known
    assert (row["03"]["nodig_05"], row["03"]["nodig_06"]) == (None, None)
    (found,) = done("agreement", "--json", "--study", study).json
    by_name = {label["label"]: label for label in found["labels"]}
    assert by_name["voorbereiding"]["n"] == 3
    assert by_name["rust"]["n"] == 0


def test_reading_again_takes_a_sheet_made_with_the_codebook_of_now(study: Path) -> None:
    both_type_new_labels(study)
    said = refused("codings", "import", study.parent / "ab.xlsx", "--read-again", "--study", study)
    assert "was made with codebook version 2, now it is 3" in said
    fresh = sheet(study)
    done("codings", "import", fresh, "--read-again", "--study", study)
    # who read again what was coded blind did not see more by it
    assert database(study, "SELECT DISTINCT visible, codebook_version FROM coding") == [("no", 3)]


def test_what_a_coding_knows_travels_with_it(study: Path, tmp_path: Path) -> None:
    both_type_new_labels(study)
    codings = tmp_path / "ab.csv"
    done("codings", "export", "--coder", "AB", "--out", codings, "--study", study)
    before = database(study, "SELECT codebook_version, knows FROM coding ORDER BY answer_id")
    assert [version for version, _knows in before] == [2, 2, 2]
    assert {frozenset(knows.split()) for _version, knows in before} == {
        frozenset({"groepen", "rust", "voorbereiding"})
    }
    again = done("codings", "import", codings, "--study", study).err
    assert "unchanged 3" in again
    assert database(study, "SELECT codebook_version, knows FROM coding ORDER BY answer_id") == before


def test_a_label_redefined_since_is_unknown_though_it_was_used(study: Path) -> None:
    both_type_new_labels(study)
    file = study / "codebooks" / "nodig.yaml"
    text = file.read_text(encoding="utf-8")
    first = text.replace(
        "name: Voorbereiding\n", "name: Voorbereiding\n    definition: Lessen voorbereiden.\n"
    )
    assert first != text
    file.write_text(first, encoding="utf-8")
    done("status", "--study", study)
    file.write_text(first.replace("Lessen voorbereiden.", "Alles vooraf, ook toetsen."), encoding="utf-8")
    path = study.parent / "uit.xlsx"
    done("export", "--out", path, "--study", study)
    assert {str(r["nr"]): r["nodig_04"] for r in table(path, "Data")}["01"] is None
