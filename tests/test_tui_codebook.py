"""The codebook on screen: what each key does, that it says beforehand what it touches, and takes it back."""

from pathlib import Path
from typing import Any

import pytest
from study_cases import coded, database, labels, new_study, state, with_codebook
from textual.screen import ModalScreen
from textual.widgets import Input, TextArea
from tui_cases import Screens, app_on, choose, on_screens, press, settled, text_of, typed

from coder.codebook import Codebook
from coder.codebook.edits import MoveLabel, RetireLabel
from coder.study import Study
from coder.study.codebook_edits import add_label, make_edit
from coder.study.codebook_history import edits
from coder.study.codebook_proposals import proposals, propose_label
from coder.study.phases import phase, set_phase
from coder.tui import CoderApp
from coder.tui.dialogs import Choose, Notice
from coder.tui.screens.codebook_dialogs import DefineDialog
from coder.tui.widgets.codebook_tree import CodebookTree


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    return coded(
        made,
        [
            ("01", "AB", "tijd", "", "nee"),
            ("02", "AB", "tijd|handen", "", "nee"),
            ("02", "CD", "handen", "", "nee"),
            ("03", "AB", "groepen", "", "nee"),
        ],
    )


def on_codebook(study: Path, test: object, **options: object) -> None:
    on_screens(study, test, **{"start": "codebook", **options})  # type: ignore[arg-type]


def opened(pilot: Screens) -> Study:
    assert isinstance(pilot.app, CoderApp)
    return pilot.app.study


def book(pilot: Screens) -> Codebook:
    study = opened(pilot)
    return study.codebook(study.question())


def at(pilot: Screens) -> str | None:
    return pilot.app.screen.query_one(CodebookTree).label


async def retyped(pilot: Screens, text: str) -> None:
    """Type something in place of what stands in a dialog."""
    pilot.app.screen.query_one(Input).value = ""
    await typed(pilot, text)


async def at_the_end(pilot: Screens) -> str:
    await press(pilot, "end")
    return text_of(pilot, "#details")


def test_labels_stand_in_their_tree_with_number_and_use(study: Path) -> None:
    with Study.open(study) as there:
        make_edit(there, there.question(), MoveLabel("groepen", "tijd"))
        make_edit(there, there.question(), RetireLabel("overig"))

    async def test(pilot: Screens) -> None:
        lines = text_of(pilot, "CodebookTree").splitlines()
        assert lines[0].split() == ["▌", "1", "Tijd", "2"]
        assert lines[1].startswith("   3     Kleinere groepen")
        assert lines[2].split() == ["2", "Meer", "handen", "2"]
        # what is retired stands last, with a sign and the word
        assert lines[4].split()[:3] == ["98", "×", "Overig"]
        assert "× retired" in await at_the_end(pilot)

    on_codebook(study, test)


def test_beside_the_tree_stands_what_a_label_means_and_who_carries_it(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        shown = text_of(pilot, "#details")
        assert "Tijd om iets te doen." in shown
        assert "2 codings: AB 2" in shown
        answer = database(study, "SELECT text FROM answer JOIN respondent r ON r.id = respondent_id "
                                 "WHERE r.external_id = '01'")[0][0]  # fmt: skip
        assert answer in " ".join(shown.split())
        await press(pilot, "down")
        assert "Iemand erbij in de les." in text_of(pilot, "#details")

    on_codebook(study, test)


def test_who_codes_blind_sees_no_answer_of_others(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('"visible"', '"blind"'), encoding="utf-8"
    )

    async def test(pilot: Screens) -> None:
        await press(pilot, "down")
        assert "Answers that carry it" not in text_of(pilot, "#details")

    on_codebook(study, test, coder="EF")


def test_a_new_label_says_what_does_not_know_it_and_u_takes_it_back(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        before = book(pilot)
        await press(pilot, "n")
        assert "Unknown in the 4 codings made so far" in text_of(pilot)
        await press(pilot, "R", "escape")
        assert book(pilot) == before
        await press(pilot, "n")
        await typed(pilot, "Rust")
        assert isinstance(pilot.app.screen, Choose)
        assert "4 codings do not know Rust yet" in text_of(pilot)
        await choose(pilot, "later")
        assert at(pilot) == "rust"
        assert "Rust added. u takes it back." in text_of(pilot, "#message")
        await press(pilot, "u")
        assert "Rust added" in text_of(pilot)
        await press(pilot, "enter")
        assert book(pilot) == before
        await press(pilot, "ctrl+y")
        assert book(pilot).find("Rust") is not None
        await press(pilot, "ctrl+z", "enter")
        assert book(pilot) == before

    on_codebook(study, test)


def test_while_exploring_a_new_label_asks_for_nothing_more(study: Path) -> None:
    with Study.open(study) as there:
        set_phase(there, there.question(), "explore")

    async def test(pilot: Screens) -> None:
        for name in ("Rust", "Geld"):
            await press(pilot, "n")
            await typed(pilot, name)
            assert not isinstance(pilot.app.screen, ModalScreen)
        assert "Geld added. u takes it back. r queues" in text_of(pilot, "#message")
        assert "unknown in 4 codings" in text_of(pilot, "#details")

    on_codebook(study, test)


def test_the_first_label_does_not_end_exploring(tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "▶ exploring" in text_of(pilot, "#phases")
        await press(pilot, "n")
        await typed(pilot, "Rust")
        assert "▶ exploring" in text_of(pilot, "#phases")

    on_codebook(new_study(tmp_path), test)


def test_while_nothing_is_coded_nothing_is_asked(tmp_path: Path) -> None:
    empty = with_codebook(new_study(tmp_path))

    async def test(pilot: Screens) -> None:
        await press(pilot, "n")
        await typed(pilot, "Rust")
        assert book(pilot).label("rust").number == 4
        assert at(pilot) == "rust"
        await press(pilot, "f2")
        await retyped(pilot, "Stilte")
        await press(pilot, "number_sign")
        await retyped(pilot, "12")
        label = book(pilot).label("rust")
        assert (label.name, label.number) == ("Stilte", 12)

    on_codebook(empty, test)


def test_a_merge_takes_the_codings_along_after_a_yes(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "down", "m")
        await typed(pilot, "tij")
        shown = text_of(pilot)
        assert "Merge Meer handen into Tijd?" in shown
        assert "2 codings carry Meer handen (AB 1, CD 1)." in shown
        await press(pilot, "n")
        assert labels(study)["02"] == "tijd handen"
        await press(pilot, "m")
        await typed(pilot, "tij")
        await press(pilot, "enter")
        assert labels(study)["02"] == "tijd"
        assert book(pilot).label("handen").retired
        await press(pilot, "u")
        assert "2 codings get Meer handen back." in text_of(pilot)
        await press(pilot, "enter")
        assert labels(study)["02"] == "tijd handen"
        assert not book(pilot).label("handen").retired

    on_codebook(study, test)


def test_a_split_queues_what_carries_the_label(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "s")
        await typed(pilot, "Lestijd; Voorbereiding")
        assert "2 answers will be queued to be read again." in text_of(pilot)
        await press(pilot, "enter")
        assert book(pilot).ids[:3] == ("tijd", "lestijd", "voorbereiding")
        assert "2 answers are to be read again; retire Tijd when that is done." in text_of(pilot, "#message")

    on_codebook(study, test)
    assert database(study, "SELECT label, reason FROM recode") == [("tijd", "carries")] * 2


def test_a_label_is_moved_in_the_tree(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "shift+down")
        assert book(pilot).ids[:2] == ("handen", "tijd")
        assert at(pilot) == "tijd"
        await press(pilot, "shift+up", "shift+up")
        assert "Tijd is the first one already." in text_of(pilot)
        await press(pilot, "enter", "o")
        await choose(pilot, "groepen")
        await press(pilot, "enter")
        assert book(pilot).label("tijd").parent == "groepen"

    on_codebook(study, test)


def test_a_retired_label_is_taken_back_into_use_with_the_same_key(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "x", "enter")
        assert book(pilot).label("tijd").retired
        assert at(pilot) == "tijd"
        assert "x take into use" in text_of(pilot).splitlines()[-1]
        await press(pilot, "x", "enter")
        assert not book(pilot).label("tijd").retired

    on_codebook(study, test)


def test_a_definition_is_written_in_its_own_dialog(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "enter")
        dialog = pilot.app.screen
        assert isinstance(dialog, DefineDialog)
        dialog.query_one("#label-definition", TextArea).text = "Uren in het rooster."
        dialog.query_one("#label-include", TextArea).text = "lestijd\n\n voorbereiding "
        await press(pilot, "escape")
        assert "What you typed here is not kept yet." in text_of(pilot)
        await press(pilot, "escape", "ctrl+s")
        assert "Unknown in 4 codings made so far" in text_of(pilot)
        await press(pilot, "enter")
        label = book(pilot).label("tijd")
        assert (label.definition, label.include) == ("Uren in het rooster.", ("lestijd", "voorbereiding"))
        await choose(pilot, "reworded")
        assert "unknown" not in text_of(pilot, "#details")
        await press(pilot, "enter", "escape")
        assert not isinstance(pilot.app.screen, DefineDialog)

    on_codebook(study, test)


def test_answers_are_queued_to_be_read_again(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "r")
        assert "All codings know Tijd" in text_of(pilot, "#message")
        await press(pilot, "n")
        await typed(pilot, "Rust")
        await choose(pilot, "queue")
        assert "3 answers queued to be read again for Rust." in text_of(pilot, "#message")

    on_codebook(study, test)
    assert {reason for (reason,) in database(study, "SELECT reason FROM recode")} == {"likely"}


def test_proposals_are_shown_with_their_answers_and_decided_on(study: Path) -> None:
    with Study.open(study) as there:
        answers = [a for (a,) in database(study, "SELECT id FROM answer WHERE filled_in ORDER BY id LIMIT 2")]
        propose_label(there, there.question(), "Rust", "CD", answers[0])
        propose_label(there, there.question(), "Geld", "CD", answers[1])

    async def test(pilot: Screens) -> None:
        assert text_of(pilot).splitlines()[-1].startswith(" v proposals (2)")
        await press(pilot, "v")
        text = database(study, "SELECT text FROM answer WHERE id = ?", answers[0])[0][0]
        assert f"• {text}" in text_of(pilot)
        await press(pilot, "down", "x")
        await typed(pilot, "te vaag")
        assert [one.name for one in proposals(opened(pilot), opened(pilot).question())] == ["Rust"]
        await press(pilot, "v", "f2")
        await retyped(pilot, "Rust in de klas")
        await choose(pilot, "later")
        assert book(pilot).label("rust_in_de_klas").number == 4
        await press(pilot, "v")
        assert "no open proposals" in text_of(pilot, "#message")

    on_codebook(study, test)


def test_the_phase_is_shown_and_the_next_one_begun(study: Path) -> None:
    with Study.open(study) as there:
        set_phase(there, there.question(), "explore")

    async def test(pilot: Screens) -> None:
        assert "▶ exploring" in text_of(pilot, "#phases")
        assert "New labels in every 25 answers: █  3" in text_of(pilot, "#curve")
        await press(pilot, "p", "enter")
        assert phase(opened(pilot), opened(pilot).question()) == "pilot"
        assert "▶ pilot coding" in text_of(pilot, "#phases")
        assert "✓ exploring" in text_of(pilot, "#phases")

    on_codebook(study, test)


def test_what_was_changed_is_listed(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "x", "enter", "u", "enter", "h")
        assert isinstance(pilot.app.screen, Notice)
        assert "AB     Tijd retired (taken back)" in text_of(pilot)

    on_codebook(study, test)


def test_an_edit_that_cannot_be_says_so_and_changes_nothing(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        before = state(study)
        await press(pilot, "n")
        await typed(pilot, "tijd")
        assert "There is already a label tijd" in text_of(pilot)
        await press(pilot, "enter", "number_sign")
        await retyped(pilot, "een")
        assert "cannot be a number" in text_of(pilot)
        await press(pilot, "enter", "u")
        assert "no change of this codebook" in text_of(pilot, "#message")
        assert state(study) == before

    on_codebook(study, test)


def test_what_another_terminal_changes_shows_by_itself(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        with Study.open(study) as other:
            add_label(other, other.question(), "Rust", "CD")
        screen = pilot.app.screen
        screen._look_around()  # type: ignore[attr-defined]  # what the clock does
        await settled(pilot)
        assert "Rust" in text_of(pilot, "CodebookTree")
        # and taking it back says whose it was
        await press(pilot, "u")
        assert "CD · " in text_of(pilot)
        await press(pilot, "enter")
        assert book(pilot).find("Rust") is None

    on_codebook(study, test)


def test_the_coding_screen_has_what_was_changed_here(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "f5", "n")
        await typed(pilot, "Rust")
        await choose(pilot, "later")
        await press(pilot, "f4")
        assert "Rust" in text_of(pilot, "LabelPanel")
        await press(pilot, "4", "enter")

    on_screens(study, test, coder="EF")
    assert labels(study, "EF") == {"01": "rust"}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_every_label_and_its_definition_are_seen_at_any_size(study: Path, size: tuple[int, int]) -> None:
    async def test(pilot: Screens) -> None:
        shown = text_of(pilot)
        for label in book(pilot).labels:
            assert label.name[:16] in shown
        assert "Tijd om iets te doen." in shown
        assert shown.splitlines()[-1].rstrip().endswith("F1 help")

    on_codebook(study, test, size=size)


def test_help_names_every_key(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        screen = pilot.app.screen
        bound = {
            key
            for binding in type(screen).BINDINGS
            for key in binding.key.split(",")  # type: ignore[union-attr]
        }
        named = " ".join(key for _heading, keys in screen.help() for key, _text in keys)  # type: ignore[attr-defined]
        words = {"enter": "Enter", "number_sign": "#", "shift+up": "Shift+↑", "shift+down": "↓", "slash": "/",
                 "space": "Space", "ctrl+z": "Ctrl+Z", "ctrl+y": "Ctrl+Y", "f2": "F2"}  # fmt: skip
        for key in bound:
            assert words.get(key, key) in named.split() or words.get(key, key) in named

    on_codebook(study, test)


def test_edits_are_listed_with_who_made_them(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "x", "enter")
        (edit,) = edits(opened(pilot), opened(pilot).question())
        assert (edit.kind, edit.by) == ("retire", "AB")

    on_codebook(study, test)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_how_it_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    with Study.open(study) as there:
        question = there.question()
        make_edit(there, question, MoveLabel("groepen", "tijd"))
        make_edit(there, question, RetireLabel("overig"))
        answers = [a for (a,) in database(study, "SELECT id FROM answer WHERE filled_in ORDER BY id LIMIT 1")]
        propose_label(there, question, "Rust", "CD", answers[0])

    with Study.open(study) as there:
        app = app_on(there, start="codebook")
        assert snap_compare(app, terminal_size=size, run_before=settled)
