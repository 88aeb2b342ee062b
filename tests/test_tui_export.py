"""The screen Export: what it offers, what it writes, and that nothing is replaced unasked."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from study_cases import coded, csv_file, done, new_study, sheet_rows, table, three_coded, with_codebook
from textual.widgets import OptionList
from tui_cases import Screens, app_on, choose, on_screens, press, settled, text_of, typed

from coder.codebook import read_codebook
from coder.corpus import Layout
from coder.errors import CoderError
from coder.study import Study, import_wave
from coder.study.outputs import Output, file_name, free_path, write_output
from coder.tui import CoderApp
from coder.tui.screens import export as screen_module


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return three_coded(tmp_path)


@pytest.fixture(autouse=True)
def shown_folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    shown: list[Path] = []
    monkeypatch.setattr(screen_module, "show_folder", lambda folder: shown.append(folder) or True)
    return shown


def said(pilot: Screens) -> str:
    return " ".join(text_of(pilot, "#said").split())


async def kind(pilot: Screens, name: str) -> None:
    """Point at a kind of file."""
    kinds = pilot.app.screen.query_one("#kinds", OptionList)
    while kinds.highlighted != kinds.get_option_index(name):
        await press(pilot, "down")


def test_enter_writes_the_workbook_and_opens_its_folder(study: Path, shown_folders: list[Path]) -> None:
    async def test(pilot: Screens) -> None:
        assert "exports/coded.xlsx" in text_of(pilot, "#file")
        await press(pilot, "enter")
        assert said(pilot).startswith("✓ Wrote ")
        assert "8 respondents, waves w1, questions nodig." in said(pilot)
        assert said(pilot).endswith("The folder has been opened.")

    on_screens(study, test, start="export")
    data = table(study / "exports" / "coded.xlsx", "Data")
    assert {row["nr"]: row["nodig_01"] for row in data}["01"] == 1
    assert shown_folders == [study / "exports"]


def test_an_existing_file_is_replaced_only_after_asking(study: Path) -> None:
    path = study / "exports" / "coded.xlsx"
    path.write_bytes(b"iemands werk")

    async def test(pilot: Screens) -> None:
        await press(pilot, "enter")
        assert "Replace this file?" in text_of(pilot)
        await press(pilot, "escape")
        assert path.read_bytes() == b"iemands werk"
        assert said(pilot) == ""
        await press(pilot, "enter", "enter")
        assert said(pilot).startswith("✓ Wrote ")

    on_screens(study, test, start="export")
    assert table(path, "Data")


def test_a_coding_sheet_gets_a_name_of_its_own_and_holds_what_was_chosen(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await kind(pilot, "sheet")
        assert "exports/coding-sheet-nodig-w1.xlsx" in text_of(pilot, "#file")
        await press(pilot, "enter")
        assert "Coding sheet with 6 answers" in said(pilot)
        assert "exports/coding-sheet-nodig-w1-2.xlsx" in text_of(pilot, "#file")
        await press(pilot, "s")
        await choose(pilot, "unseen")
        await press(pilot, "c")
        await choose(pilot, "AB")
        await press(pilot, "enter")
        assert "Coding sheet with 3 answers" in said(pilot)
        await press(pilot, "s")
        await choose(pilot, "open")
        await press(pilot, "enter")
        assert "There are no answers for the coding sheet" in text_of(pilot)
        await press(pilot, "enter")
        assert said(pilot) == ""

    on_screens(study, test, start="export")
    made = sheet_rows(study / "exports" / "coding-sheet-nodig-w1-unseen-AB.xlsx")
    assert [row[0] for row in made[1:]] == ["06", "07", "08"]


def test_codings_and_codebook_are_those_of_the_commands(study: Path, tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        await kind(pilot, "codings")
        await press(pilot, "enter")
        assert "Wrote 3 codings" in said(pilot)
        await kind(pilot, "codebook")
        await press(pilot, "enter")
        assert "codebook-nodig.yaml" in said(pilot).replace(" ", "")
        await kind(pilot, "codebook_sheet")
        await press(pilot, "enter")
        assert "codebook-nodig.xlsx" in said(pilot).replace(" ", "")

    on_screens(study, test, start="export")
    done(
        "codings",
        "export",
        "--coder",
        "AB",
        "--question",
        "nodig",
        "--study",
        study,
        "--out",
        tmp_path / "AB.csv",
    )
    made = study / "exports"
    assert (made / "codings-AB-nodig.csv").read_bytes() == (tmp_path / "AB.csv").read_bytes()
    book = read_codebook(study / "codebooks" / "nodig.yaml")
    assert read_codebook(made / "codebook-nodig.yaml") == read_codebook(made / "codebook-nodig.xlsx") == book


def test_texts_stay_out_and_the_file_goes_where_it_is_told(study: Path, tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        await kind(pilot, "csv")
        await press(pilot, "a")
        assert "exports/coded-without-answers.csv" in text_of(pilot, "#file")
        await press(pilot, "f", "ctrl+u")
        await typed(pilot, "exports/naar buiten")
        assert "exports/naar buiten.csv" in text_of(pilot, "#file")
        await press(pilot, "enter")
        assert said(pilot).startswith("✓ Wrote ")
        await press(pilot, "f", "ctrl+u", "enter")
        assert "exports/coded-without-answers.csv" in text_of(pilot, "#file")
        await press(pilot, "f", "ctrl+u")
        await typed(pilot, "nergens/x.csv")
        await press(pilot, "enter")
        assert "there is no folder" in text_of(pilot)
        await press(pilot, "enter", "f", "ctrl+u")
        await typed(pilot, "corpora/x.csv")
        await press(pilot, "enter")
        assert "is not for exports" in text_of(pilot)

    on_screens(study, test, start="export")
    text = (study / "exports" / "naar buiten.csv").read_text(encoding="utf-8-sig")
    assert "kleinere groepen" not in text
    assert "nodig_01" in text


def test_tables_by_group_go_into_the_workbook(tmp_path: Path) -> None:
    file = csv_file(
        tmp_path / "groepen.csv",
        [("nr", "wat", "rol", "sector"), ("1", "tijd", "leraar", "po"), ("2", "rust", "leider", "vo")],
    )
    study = new_study(tmp_path, wave="zonder")
    with Study.open(study) as opened:
        import_wave(
            opened, file, "met", Layout(id="nr", answers={"nodig": ("wat",)}, groups=("rol", "sector"))
        )
    with_codebook(study)
    coded(study, [("1", "AB", "tijd", "", ""), ("2", "AB", "overig", "", "")], wave="met")

    async def test(pilot: Screens) -> None:
        await press(pilot, "g")
        assert "no background variable in common" in text_of(pilot)
        await press(pilot, "enter", "w")
        await choose(pilot, "met")
        await press(pilot, "g", "space", "down", "space", "enter")
        assert "rol, sector" in text_of(pilot, "#settings")
        await press(pilot, "g", "space", "escape")
        assert "rol, sector" in text_of(pilot, "#settings")
        await press(pilot, "g", "space", "enter", "enter")
        assert said(pilot).startswith("✓ Wrote ")

    on_screens(study, test, start="export", wave="met")
    cells = [
        str(cell) for row in sheet_rows(study / "exports" / "coded-met.xlsx", "Frequencies") for cell in row
    ]
    assert any("sector" in cell for cell in cells)
    assert not any("rol" in cell for cell in cells)


def test_in_a_browser_the_file_is_downloaded_and_not_kept(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, bytes]] = []

    def deliver(self: CoderApp, content: BytesIO, *, save_filename: str) -> None:
        sent.append((save_filename, content.read()))

    monkeypatch.setattr(CoderApp, "is_web", property(lambda self: True))
    monkeypatch.setattr(CoderApp, "deliver_binary", deliver)

    async def test(pilot: Screens) -> None:
        assert "download" in text_of(pilot, "KeyLine")
        await kind(pilot, "codings")
        await press(pilot, "enter")
        assert "Sent to your browser as a download: codings-AB-nodig.csv" in said(pilot)

    on_screens(study, test, start="export")
    ((name, content),) = sent
    assert name == "codings-AB-nodig.csv"
    assert content.decode("utf-8-sig").count("\n") == 4
    assert [path.name for path in (study / "exports").iterdir()] == []


def test_without_a_desktop_the_folder_is_named(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen_module, "show_folder", lambda folder: False)

    async def test(pilot: Screens) -> None:
        await press(pilot, "enter")
        assert "opened" not in said(pilot)
        await press(pilot, "m")
        assert "no desktop here" in " ".join(text_of(pilot).split())

    on_screens(study, test, start="export")


def test_what_goes_wrong_unexpectedly_does_not_block_the_next(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = screen_module.write_output

    def broken(*given: Any, **named: Any) -> None:
        raise ValueError("onverwacht")

    async def test(pilot: Screens) -> None:
        monkeypatch.setattr(screen_module, "write_output", broken)
        await press(pilot, "enter")
        assert "Something unexpected went wrong (ValueError)" in text_of(pilot)
        monkeypatch.setattr(screen_module, "write_output", real)
        await press(pilot, "enter", "enter")
        assert said(pilot).startswith("✓ Wrote ")

    on_screens(study, test, start="export")


def test_names_of_files_say_what_is_in_them() -> None:
    assert file_name(Output("workbook")) == "coded.xlsx"
    assert file_name(Output("csv", wave="2017/18", answers=False)) == "coded-2017-18-without-answers.csv"
    assert file_name(Output("sheet", question="q", wave="w", coder="A B:", only="open")) == (
        "coding-sheet-q-w-open-A-B.xlsx"
    )
    assert file_name(Output("codings", coder="../x")) == "codings-..-x.csv"


def test_a_free_name_is_found(tmp_path: Path) -> None:
    path = tmp_path / "blad.xlsx"
    assert free_path(path) == path
    path.touch()
    (tmp_path / "blad-2.xlsx").touch()
    assert free_path(path) == tmp_path / "blad-3.xlsx"


def test_what_the_system_refuses_is_one_line(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("coder.study.outputs.export", full)
    with Study.open(study) as opened, pytest.raises(CoderError, match="the system refused: No space left"):
        write_output(opened, Output("workbook"), study / "exports" / "x.xlsx")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_how_it_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Screens) -> None:
        await settled(pilot)
        await kind(pilot, "sheet")
        await settled(pilot)

    with Study.open(study) as opened:
        assert snap_compare(app_on(opened, start="export"), terminal_size=size, run_before=before)
