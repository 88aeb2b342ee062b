"""What a person must not lose or get wrong by accident."""

from pathlib import Path

import numpy as np
import pytest
from study_cases import (
    CODEBOOK,
    coded,
    csv_file,
    current,
    database,
    done,
    new_study,
    refused,
    run,
    state,
    table,
    with_codebook,
)

from coder.codebook import CodebookVersion, Meanings, parse_codebook
from coder.study.indicators import indicators

NETS = """\
question: Wat?
labels:
  - {id: samen, name: Samen, number: 1}
  - {id: overleg, name: Overleg, number: 2, parent: samen}
  - {id: kijken, name: Kijken, number: 3, parent: samen}
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    done("status", "--study", made)
    return made


def net(before: str, now: str, labels: list[list[str]]) -> list[float]:
    """Return the net that codings made with the version before count in, as the codebook is now."""
    versions = [CodebookVersion(n, parse_codebook(text, "test")) for n, text in enumerate((before, now), 1)]
    statuses = ["labelled" if given else "none" for given in labels]
    values = indicators(versions[-1].codebook, Meanings(versions), statuses, labels, [1] * len(labels))
    return list(values[:, 0])


def test_a_net_is_unknown_where_one_of_its_labels_is() -> None:
    # counting those who mention the known part, and nobody else, would put the net at 100 %
    without = "\n".join(line for line in NETS.splitlines() if "kijken" not in line)
    assert np.isnan(net(without, NETS, [["overleg"], []])).all()


def test_a_retired_label_still_counts_in_its_net() -> None:
    retired = NETS.replace("number: 3, parent: samen", "number: 3, parent: samen, retired: true")
    assert net(NETS, retired, [["kijken"], ["overleg"], []]) == [1, 1, 0]


def test_a_wide_file_says_nothing_of_a_label_without_a_column(study: Path) -> None:
    file = csv_file(study.parent / "c.csv", [("id", "tijd"), ("01", 1), ("02", 0)])
    said = done("codings", "import", file, "--coder", "AB", "--study", study).err
    assert "Meer handen" in said
    path = study.parent / "uit.xlsx"
    done("export", "--out", path, "--study", study)
    rows = {str(r["nr"]): r for r in table(path, "Data")}
    assert [rows[who]["nodig_01"] for who in ("01", "02")] == [1, 0]
    assert [rows[who]["nodig_02"] for who in ("01", "02")] == [None, None]
    travelling = study.parent / "ab.csv"
    done("codings", "export", "--coder", "AB", "--out", travelling, "--study", study)
    assert "unchanged 2" in done("codings", "import", travelling, "--study", study).err


def test_one_person_is_one_coder_however_the_name_is_written(study: Path) -> None:
    coded(study, [("01", "AB", "tijd", "", "ja")])
    coded(study, [("02", "ab ", "tijd", "", "ja")])
    assert {row[1] for row in current(study)} == {"AB"}


def test_one_file_may_bring_new_labels_for_several_waves(study: Path, tmp_path: Path) -> None:
    second = csv_file(tmp_path / "w2.csv", [("nr", "wat"), ("01", "stilte")])
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    rows = [("id", "wave", "labels"), ("01", "w1", "Rust"), ("01", "w2", "Stilte")]
    file = csv_file(tmp_path / "c.csv", rows)
    done("codings", "import", file, "--coder", "AB", "--add-labels", "--study", study)
    assert {row[3] for row in current(study)} == {"rust", "stilte"}
    # both in one version: of neither coding the other's label is unknown
    assert len(database(study, "SELECT DISTINCT codebook_version FROM coding")) == 1


def test_an_interrupted_import_leaves_the_codebook_as_it_was(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(study)

    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coder.store.events.record_codings", interrupt)
    file = csv_file(study.parent / "c.csv", [("id", "labels"), ("01", "Rust")])
    said = run("codings", "import", file, "--coder", "AB", "--add-labels", "--study", study)
    assert said.status == 130
    assert state(study) == before


@pytest.mark.parametrize(
    "command",
    [
        ("export", "--out", "corpora/meting.xlsx"),
        ("export", "--coding-sheet", "--out", "corpora/blad.xlsx"),
        ("codings", "export", "--coder", "AB", "--out", "corpora/ab.csv"),
        ("codebook", "export", "--out", "codebooks/ander.yaml"),
    ],
)
def test_nothing_is_exported_over_what_was_received(study: Path, command: tuple[str, ...]) -> None:
    coded(study, [("01", "AB", "tijd", "", "ja")])
    before = state(study)
    *words, place = command
    assert "is not for exports" in refused(*words, study / place, "--study", study)
    assert state(study) == before


def test_a_coding_sheet_is_never_written_over_another(study: Path) -> None:
    path = study.parent / "blad.xlsx"
    done("export", "--coding-sheet", "--out", path, "--study", study)
    before = path.read_bytes()
    assert "may hold somebody's work" in refused("export", "--coding-sheet", "--out", path, "--study", study)
    assert path.read_bytes() == before


def test_no_guarantee_on_a_sample_whose_difficult_answers_are_open(study: Path) -> None:
    file = csv_file(
        study.parent / "c.csv",
        [("id", "coder", "labels"), ("01", "AB", "tijd"), ("01", "CD", "handen"), ("02", "AB", "tijd")],
    )
    done("codings", "import", file, "--random-sample", "--blind", "--study", study)
    said = refused("label", "--wave", "w1", "--max-error", 0.1, "--study", study)
    assert "1 answer of nodig that was drawn at random is open or held over" in said


def test_a_new_codebook_asks_the_question_as_the_file_words_it(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "m.csv", [("nr", "Wat is er nodig?", "v2"), ("1", "tijd", "rust")])
    study = new_study(tmp_path, csv_file(tmp_path / "a.csv", [("nr", "wat"), ("1", "x y")]))
    done("import", file, "--wave", "w2", "--id", "nr", "--answers", "Wat is er nodig?=wens",
         "--answers", "v2=tweede", "--study", study)  # fmt: skip
    assert "question: Wat is er nodig?" in (study / "codebooks" / "wens.yaml").read_text(encoding="utf-8")
    assert "question: tweede" in (study / "codebooks" / "tweede.yaml").read_text(encoding="utf-8")


def test_a_wave_without_the_question_is_said_to_have_none(study: Path, tmp_path: Path) -> None:
    second = csv_file(tmp_path / "w2.csv", [("nr", "wat"), ("01", "stilte")])
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=anders", "--study", study)
    said = refused("frequencies", "--wave", "w2", "--question", "nodig", "--study", study)
    assert "Wave w2 has no answers to nodig; it has: anders" in said


def test_respondents_without_a_stratum_form_one_together(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [("nr", "wat", "school", "laag")]
    rows += [(f"{n:03}", "tijd" if n % 3 else "rust", f"s{n // 4}", "a" if n < 40 else "") for n in range(80)]
    made = new_study(tmp_path, csv_file(tmp_path / "k.csv", [("nr", "wat"), ("1", "een antwoord")]))
    with_codebook(made, CODEBOOK)
    done("import", csv_file(tmp_path / "m.csv", rows), "--wave", "w2", "--id", "nr", "--answers", "wat=nodig",
         "--cluster", "school", "--stratum", "laag", "--study", made)  # fmt: skip
    coded(made, [(f"{n:03}", "AB", "tijd" if n % 3 else "", "", "") for n in range(80)], wave="w2")
    (found,) = done("frequencies", "--wave", "w2", "--json", "--study", made).json
    tijd = next(row for row in found["labels"] if row["label"] == "tijd")
    # 20 schools in two strata
    assert tijd["df"] == 18
