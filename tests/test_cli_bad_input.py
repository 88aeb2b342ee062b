"""What a person can get wrong: one line that names file, row and column, and nothing half imported."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from study_cases import csv_file, database, new_study, refused, run, state, survey, workbook

from coder.study import create_study

GOOD: list[tuple[object, ...]] = [("nr", "wat", "weging", "gesteld"), ("1", "tijd", "1,5", "ja")]


def rows(*more: Sequence[object]) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return csv_file(folder / "meting.csv", [*GOOD, *more])

    return make


def encrypted(folder: Path) -> Path:
    plain = workbook(folder / "open.xlsx", GOOD)
    path = folder / "meting.xlsx"
    with plain.open("rb") as source, path.open("wb") as target:
        OOXMLFile(source).encrypt("geheim", target)
    return path


def truncated(folder: Path) -> Path:
    path = workbook(folder / "meting.xlsx", GOOD)
    path.write_bytes(path.read_bytes()[:-900])
    return path


def damaged(folder: Path) -> Path:
    whole = workbook(folder / "heel.xlsx", GOOD)
    path = folder / "meting.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name)[:40] if "sheet1" in name else source.read(name))
    return path


def with_bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def half_utf8(folder: Path) -> Path:
    return with_bytes("meting.csv", "nr;wat\n1;één café, reünie\n".encode() + b"2;caf\xe9\n")(folder)


def empty_sheet(folder: Path) -> Path:
    openpyxl.Workbook().save(folder / "meting.xlsx")
    return folder / "meting.xlsx"


BAD: dict[str, tuple[Callable[[Path], Path], Sequence[str], Sequence[str]]] = {
    "duplicate id": (rows(("2", "a", "1", "1"), ("1", "b", "1", "1")), (), ("row 4", "“nr”", "row 2")),
    "missing id": (rows(("", "a", "1", "1")), (), ("row 3", "“nr”", "fill it in")),
    "missing weight": (rows(("2", "a", "", "1")), ("--weight", "weging"), ("row 3", "“weging”")),
    "weight without a number": (
        rows(("2", "a", "veel", "1")),
        ("--weight", "weging"),
        ("row 3", "“weging”", "“veel”", "not a number"),
    ),
    "negative weight": (rows(("2", "a", "-1", "1")), ("--weight", "weging"), ("row 3", "“weging”", "“-1”")),
    "unknown id column": (rows(), ("--id", "nummer"), ("“nummer”", "“wat”")),
    "unknown answer column": (rows(), ("--answers", "watt=ook"), ("“watt”", "did you mean “wat”")),
    "unknown weight column": (rows(), ("--weight", "gewicht"), ("“gewicht”", "“weging”")),
    "unknown cluster column": (rows(), ("--cluster", "school"), ("“school”",)),
    "unknown group column": (rows(), ("--group", "sector"), ("“sector”",)),
    "unknown asked column": (rows(), ("--asked", "wie=nodig"), ("“wie”",)),
    "asked says neither yes nor no": (
        rows(("2", "a", "1", "misschien")),
        ("--asked", "gesteld=nodig"),
        ("row 3", "“gesteld”", "“misschien”", "write 1 or 0"),
    ),
    "asked of another question": (rows(), ("--asked", "gesteld=iets"), ("iets",)),
    "column named twice": (
        lambda folder: csv_file(folder / "meting.csv", [("nr", "wat", "wat"), ("1", "a", "b")]),
        (),
        ("2 columns are called “wat”",),
    ),
    "too many cells": (rows(("2", "a", "1", "1", "en nog wat")), (), ("row 3", "en nog wat")),
    "open quotation mark": (
        with_bytes("meting.csv", b'nr;wat\n1;a\n2;"tijd\n3;b\n'),
        (),
        ("row", "quotation mark"),
    ),
    "sheet that is not there": (
        lambda folder: workbook(folder / "meting.xlsx", GOOD),
        ("--sheet", "Data"),
        ("“Data”", "“Blad1”"),
    ),
    "sheet of a text file": (rows(), ("--sheet", "Data"), ("leave --sheet out",)),
    "empty file": (with_bytes("meting.csv", b""), (), ("is empty",)),
    "empty workbook": (empty_sheet, (), ("is empty",)),
    "header only": (with_bytes("meting.csv", b"nr;wat\n"), (), ("no respondents",)),
    "encrypted workbook": (encrypted, (), ("protected with a password", "remove the password")),
    "truncated workbook": (truncated, (), ("damaged or incomplete",)),
    "damaged workbook": (damaged, (), ("damaged or incomplete",)),
    "text called a workbook": (with_bytes("meting.xlsx", b"nr;wat\n1;a\n"), (), ("not a workbook",)),
    "workbook called text": (
        lambda folder: workbook(folder / "x.xlsx", GOOD).rename(folder / "meting.csv"),
        (),
        ("suffix that goes with it",),
    ),
    "wrong encoding": (
        with_bytes("meting.csv", "nr;wat\n1;één café\n".encode("cp1252")),
        ("--encoding", "utf-8"),
        ("utf-8",),
    ),
    "unknown encoding": (rows(), ("--encoding", "windows-dutch"), ("windows-dutch", "cp1252")),
    "two encodings in one file": (half_utf8, (), ("line 3", "not UTF-8")),
    "damaged SPSS file": (with_bytes("meting.sav", b"$FL2@(#) SPSS DATA FILE" + b"\0" * 30), (), ()),
    "file of another kind": (with_bytes("meting.docx", b"PK\x03\x04"), (), ("give an .xlsx",)),
    "file that is not there": (lambda folder: folder / "meting.csv", (), ("There is no file",)),
    "folder": (
        lambda folder: (folder / "meting.csv").mkdir() or folder / "meting.csv",  # type: ignore[func-returns-value]
        (),
        ("is a folder",),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_one_line_and_nothing_is_imported(tmp_path: Path, case: str) -> None:
    make, options, fragments = BAD[case]
    study = create_study(tmp_path / "onderzoek")
    path = make(tmp_path)
    before = state(study)
    line = refused(
        *("import", path, "--wave", "w1", "--id", "nr", "--answers", "wat=nodig", *options, "--study", study)
    )
    assert path.stem in line or case in {"unknown encoding", "asked of another question"}
    for fragment in fragments:
        assert fragment in line
    assert state(study) == before


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        (("--answers", "wat=Wat Nodig"), "lower-case"),
        (("--answers", "wat"), "COLUMN=QUESTION"),
        (("--answers", "wat=nodig", "--answers", "nr=nodig"), "A+B=QUESTION"),
        (("--answers", "wat=nodig", "--not-filled-in", "iets=nvt"), "iets"),
        (("--answers", "wat=nodig", "--wave", "  "), "--wave 2017"),
    ],
)
def test_names_that_cannot_be_are_refused(tmp_path: Path, options: Sequence[str], fragment: str) -> None:
    study = create_study(tmp_path / "onderzoek")
    file = survey(tmp_path)
    before = state(study)
    assert fragment in refused("import", file, "--wave", "w1", "--id", "nr", *options, "--study", study)
    assert state(study) == before


def test_a_broken_codebook_that_waits_for_its_question_stops_the_import(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    (study / "codebooks" / "nodig.yaml").write_text("labels: [{id: tijd", encoding="utf-8")
    before = state(study)
    line = refused(
        *("import", survey(tmp_path), "--wave", "w1", "--id", "nr", "--answers", "wat=nodig"),
        *("--study", study),
    )
    assert "nodig.yaml" in line
    assert state(study) == before


def test_a_broken_codebook_of_a_question_in_the_settings_stops_the_import(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    (study / "codebooks" / "nodig.yaml").write_text("labels: [{id: tijd", encoding="utf-8")
    settings = study / "study.toml"
    settings.write_text(settings.read_text() + '\n[questions.nodig]\nshort = "v1"\n')
    before = state(study)
    assert "nodig.yaml" in refused(
        *("import", survey(tmp_path), "--wave", "w1", "--id", "nr", "--answers", "wat=nodig"),
        *("--study", study),
    )
    assert state(study) == before


def test_when_the_settings_cannot_be_written_nothing_is_left_of_an_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = create_study(tmp_path / "onderzoek")
    before = state(study)

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device", "study.toml")

    monkeypatch.setattr("coder.study.folder.Study.write_settings", full)
    line = refused(
        *("import", survey(tmp_path), "--wave", "w1", "--id", "nr", "--answers", "wat=nodig"),
        *("--study", study),
    )
    assert line == "study.toml: the system refused: No space left on device."
    assert state(study) == before


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [
        (("frequencies", "--question", "anders"), "this study has: nodig"),
        (("frequencies", "--wave", "w9"), "this study has: w1"),
        (("frequencies", "--by", "sector"), "no background variable sector"),
        (("frequencies", "--by", "sector", "--chart"), "leave one of them out"),
        (("agreement", "--question", "anders"), "this study has: nodig"),
        (("label", "--wave", "w9"), "this study has: w1"),
        (("label", "--wave", "w1", "--review", "veel"), "--review veel"),
        (("label", "--wave", "w1", "--review", "nan"), "--review nan"),
        (("label", "--wave", "w1", "--review", "inf"), "--review inf"),
        (("label", "--wave", "w1", "--review", "2.5"), "--review 2.5"),
        (("label", "--wave", "w1", "--max-error", "5"), "between 0 and 1"),
        (("label", "--wave", "w1", "--max-error", "nan"), "between 0 and 1"),
        (("export", "--out", "uit.docx"), ".xlsx, .csv"),
        (("export", "--out", "weg/uit.xlsx"), "uit.xlsx"),
        (("export", "--out", "uit.xlsx", "--coder", "AB"), "--coding-sheet"),
        (("export", "--out", "uit.csv", "--coding-sheet"), ".xlsx"),
        (("codings", "export", "--coder", "AB", "--out", "uit.csv"), "AB has no codings"),
        (("codings", "export", "--coder", "AB", "--out", "uit.xlsx"), "end its name in .csv"),
        (("codebook", "import", "weg.yaml"), "weg.yaml"),
        (("codebook", "export", "--out", "boek.txt"), "boek.txt"),
        (("codebook", "reworded", "tijd"), "tijd"),
        (("next", "--coder", "consensus"), "consensus"),
        (("backup", "study.toml"), "study.toml exists"),
    ],
)
def test_a_mistake_in_a_command_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: Sequence[str], fragment: str
) -> None:
    study = new_study(tmp_path)
    before = state(study)
    monkeypatch.chdir(study)
    assert fragment in refused(*arguments)
    assert state(study) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("bestaat-niet",),
        ("import",),
        ("import", "meting.csv", "--wave", "w1", "--id", "nr"),
        ("label",),
        ("label", "--wave", "w1", "--max-error", "veel"),
        ("frequencies", "--onbekend"),
        ("train", "--seed", "-1"),
        ("status", "--lang"),
        ("status", "--lang", "de"),
    ],
)
def test_wrong_usage_ends_with_status_2(tmp_path: Path, arguments: Sequence[str]) -> None:
    said = run(*arguments, lang=None if "--lang" in arguments else "en")
    assert said.status == 2
    assert "Traceback" not in said.err
    assert said.err


def test_outside_a_study_a_command_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "not in a study" in refused("status")


def test_a_study_is_found_upwards_but_never_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = new_study(tmp_path)
    (tmp_path / "los").mkdir()
    monkeypatch.chdir(study / "exports")
    assert run("status").status == 0
    monkeypatch.chdir(study)
    assert "not in a study" in refused("status", "--study", "../los")
    assert "There is no folder" in refused("status", "--study", "tikfout")


def test_a_new_study_never_takes_a_folder_in_use(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    assert "not empty" in refused("new", study)
    assert "exists" in refused("new", study / "study.toml")


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("name = nee", "line 1"),
        ('language = "de"', "choose from nl, en"),
        ("seed = -1", "seed"),
        ('name = "x"\nquestions = 3', "questions"),
        ('[questions.nodig]\nnot_filled_in = "nvt"', "not_filled_in"),
        ('[questions.nodig]\nsuggestions = "soms"', "visible or blind"),
        ("[questions.Nodig]", "lower-case"),
        ("[coders.AB]\nname = 3", "name"),
        ('[questions.nodig]\ncodebook = "codebooks/weg.yaml"', "put it back"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, text: str, fragment: str) -> None:
    study = create_study(tmp_path / "onderzoek")
    (study / "study.toml").write_text(text, encoding="utf-8")
    assert fragment in refused("status", "--study", study)


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    (study / "study.db").write_bytes(b"dit is geen database, maar wel lang genoeg om er een te lijken" * 20)
    assert "study.db" in refused("status", "--study", study)
    (study / "study.db").unlink()
    assert "there is no database" in refused("status", "--study", study)


def test_an_interruption_is_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = create_study(tmp_path / "onderzoek")
    before = state(study)

    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("coder.study.importing.record_version", interrupt)
    said = run(
        *("import", survey(tmp_path), "--wave", "w1", "--id", "nr", "--answers", "wat=nodig"),
        *("--study", study),
    )
    assert said.status == 130
    assert said.err == "Stopped; nothing half done was kept.\n"
    assert state(study) == before


def test_a_wave_that_somebody_else_writes_to_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    study = create_study(tmp_path / "onderzoek")
    monkeypatch.setattr("coder.store.database.LOCK_SECONDS", 0.1)
    other = sqlite3.connect(study / "study.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    line = refused(
        *("import", survey(tmp_path), "--wave", "w1", "--id", "nr", "--answers", "wat=nodig"),
        *("--study", study),
    )
    other.close()
    assert "in use by another program" in line
    assert database(study, "SELECT count(*) FROM wave") == [(0,)]
