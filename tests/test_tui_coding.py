"""Coding on screen: what each key does, and that nothing is lost by it."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from study_cases import ANSWERS, coded, database, done, labels, new_study, survey, with_codebook
from textual.screen import ModalScreen
from tui_cases import Screens, choose, model_says, on_screens, press, settled, suggestions, text_of, typed

from coder.study import Study, create_study
from coder.study.codebook_edits import add_label, undo_edit
from coder.study.codebook_proposals import proposals
from coder.study.selecting import alike
from coder.study.suggestions import Explanation, Failed
from coder.tui.screens.coding import CodingScreen

LABELS = ("tijd", "handen", "groepen", "overig", "weet_niet")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return with_codebook(new_study(tmp_path))


def coding(study: Path, respondent: str, coder: str = "AB") -> tuple[Any, ...] | None:
    """Return status, labels, origin, visible and memo of a coder's current coding."""
    rows = database(
        study,
        "SELECT c.status, c.labels, c.origin, c.visible, c.memo FROM coding c "
        "JOIN answer a ON a.id = c.answer_id JOIN respondent r ON r.id = a.respondent_id "
        "JOIN coder k ON k.id = c.coder_id WHERE r.external_id = ? AND k.name = ?",
        respondent,
        coder,
    )
    return rows[0] if rows else None


def drafts(study: Path) -> dict[str, str]:
    return dict(
        database(
            study,
            "SELECT r.external_id, d.labels FROM draft d JOIN answer a ON a.id = d.answer_id "
            "JOIN respondent r ON r.id = a.respondent_id",
        )
    )


def here(pilot: Screens) -> str:
    """Return the respondent whose answer lies open."""
    screen = pilot.app.screen
    assert isinstance(screen, CodingScreen)
    assert screen.desk is not None
    return "" if screen.desk.shown is None else screen.desk.shown.answer.respondent


def words(pilot: Screens) -> str:
    """Return the text of the answer in view, without its lines."""
    return " ".join(text_of(pilot, "#text").replace("█", " ").split())


def test_numbers_and_enter_code_an_answer_and_go_to_the_next(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert here(pilot) == "01"
        await press(pilot, "1", "enter")
        assert coding(study, "01") == ("labelled", "tijd", "manual", "yes", None)
        assert here(pilot) == "02"
        await press(pilot, "2", "1", "enter")
        assert coding(study, "02") == ("labelled", "handen tijd", "manual", "yes", None)
        assert "2 of 6 coded by AB" in text_of(pilot)

    on_screens(study, test)


def test_every_toggle_is_on_the_disk_before_enter_and_counts_only_after_it(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "1", "2")
        assert drafts(study) == {"01": "tijd handen"}
        assert coding(study, "01") is None
        await press(pilot, "1")
        assert drafts(study) == {"01": "handen"}
        await press(pilot, "enter")
        assert drafts(study) == {}
        assert labels(study) == {"01": "handen"}

    on_screens(study, test)


def test_what_was_chosen_and_not_saved_lies_there_again_the_next_day(study: Path) -> None:
    async def first(pilot: Screens) -> None:
        await press(pilot, "1", "enter", "3")

    async def second(pilot: Screens) -> None:
        assert here(pilot) == "02"
        assert "Changed and not yet counted" in " ".join(text_of(pilot, "#state").split())
        await press(pilot, "enter")
        assert coding(study, "02") == ("labelled", "groepen", "manual", "yes", None)

    on_screens(study, first)
    on_screens(study, second)


def test_enter_on_nothing_is_refused_and_says_what_is_for_that(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "enter")
        assert here(pilot) == "01"
        assert "off topic is 0" in text_of(pilot)
        assert coding(study, "01") is None

    on_screens(study, test)


def test_nought_o_and_s_decide_without_a_label(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "0", "o", "s")
        assert [coding(study, r) for r in ("01", "02", "03")] == [
            ("none", "", "manual", "yes", None),
            ("unclear", "", "manual", "yes", None),
            ("skipped", "", "manual", "yes", None),
        ]
        assert here(pilot) == "06"

    on_screens(study, test)


def test_a_digit_that_could_go_on_waits_for_the_next_or_for_enter(study: Path) -> None:
    book = "question: q\nlabels:\n" + "".join(
        f"  - {{id: l{n}, name: Label {n}, number: {n}}}\n" for n in (1, 2, 21, 22, 9)
    )
    with_codebook(study, book)

    async def test(pilot: Screens) -> None:
        await press(pilot, "9")  # can only be one label
        assert drafts(study) == {"01": "l9"}
        await press(pilot, "2")
        assert drafts(study) == {"01": "l9"}
        assert "or Enter for Label 2" in text_of(pilot)
        await press(pilot, "enter")
        assert drafts(study) == {"01": "l9 l2"}
        await press(pilot, "2", "1")
        assert drafts(study) == {"01": "l9 l2 l21"}
        await press(pilot, "2", "0")  # nought decides nothing while a digit is pending
        assert "No label has number 20" in text_of(pilot)
        assert coding(study, "01") is None
        await press(pilot, "2", "escape", "enter")
        assert coding(study, "01") == ("labelled", "l9 l2 l21", "manual", "yes", None)

    on_screens(study, test)


def test_an_exclusive_label_takes_the_place_of_the_others(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "1", "2", "9", "9")
        assert drafts(study) == {"01": "weet_niet"}
        await press(pilot, "3")
        assert drafts(study) == {"01": "groepen"}

    on_screens(study, test)


def test_enter_alone_takes_over_what_the_model_suggests(study: Path) -> None:
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.8, "handen": 0.7}}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, said)
        # the answer that lay open when the model came has bars, and nothing chosen that nobody looked at
        assert "90%" in text_of(pilot, "LabelPanel")
        await press(pilot, "enter")
        assert coding(study, "01") is None
        await press(pilot, "p", "enter")
        assert coding(study, "01") == ("labelled", "tijd", "confirmed", "yes", None)
        assert "Suggested by the model" in text_of(pilot)
        await press(pilot, "enter")
        assert coding(study, "02") == ("labelled", "tijd handen", "confirmed", "yes", None)

    on_screens(study, test)


def test_a_changed_suggestion_is_the_coders_own_and_p_brings_it_back(study: Path) -> None:
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.8, "handen": 0.7}}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, said)
        await press(pilot, "right", "1")
        assert drafts(study) == {"02": "handen"}
        await press(pilot, "p")
        assert drafts(study) == {}
        await press(pilot, "3", "enter")
        assert coding(study, "02") == ("labelled", "tijd handen groepen", "manual", "yes", None)

    on_screens(study, test)


def test_new_suggestions_do_not_change_what_lies_open(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await model_says(pilot, suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.9}}, labels=LABELS))
        await press(pilot, "right")
        before = text_of(pilot, "#centre"), text_of(pilot, "LabelPanel")
        await model_says(
            pilot, suggestions(study, {"01": {"tijd": 0.2}, "02": {"handen": 0.8}}, labels=LABELS)
        )
        assert (text_of(pilot, "#centre"), text_of(pilot, "LabelPanel")) == before
        await press(pilot, "left", "right")
        assert "80%" in text_of(pilot, "LabelPanel")

    on_screens(study, test)


def test_blind_coding_shows_nothing_of_the_model_and_is_recorded_as_blind(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(
        settings.read_text().replace('suggestions = "visible"', 'suggestions = "visible"\nblind = ["ab"]')
    )
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.9}}, labels=LABELS)

    async def blind(pilot: Screens) -> None:
        await model_says(pilot, said)
        await press(pilot, "right")
        assert "%" not in text_of(pilot)
        assert "Without suggestions" in text_of(pilot)
        await press(pilot, "p", "enter")
        assert coding(study, "02") is None
        await press(pilot, "1", "enter")
        assert coding(study, "02") == ("labelled", "tijd", "manual", "no", None)

    async def seeing(pilot: Screens) -> None:
        await model_says(pilot, said)
        await press(pilot, "right")
        assert "90%" in text_of(pilot)

    on_screens(study, blind)
    on_screens(study, seeing, coder="CD")


def in_sample(study: Path, *respondents: str) -> None:
    with closing(sqlite3.connect(study / "study.db")) as connection:
        connection.executemany(
            "INSERT INTO sample SELECT a.id, 'reliability', '2026' FROM answer a "
            "JOIN respondent r ON r.id = a.respondent_id WHERE r.external_id = ?",
            [(r,) for r in respondents],
        )
        connection.commit()


def test_answers_of_the_reliability_sample_are_blind_and_look_like_all_others_in_the_list(
    study: Path,
) -> None:
    in_sample(study, "02", "06")
    said = suggestions(study, {r: {"tijd": 0.9} for r in ("01", "02", "03", "06")}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, said)
        await press(pilot, "right", "left")
        assert "90%" in text_of(pilot, "LabelPanel")
        assert "%" not in text_of(pilot, "AnswerList")
        await press(pilot, "enter")
        assert coding(study, "01") == ("labelled", "tijd", "confirmed", "yes", None)
        assert "%" not in text_of(pilot, "LabelPanel")
        await press(pilot, "1", "enter")
        assert coding(study, "02") == ("labelled", "tijd", "manual", "no", None)
        await press(pilot, "r")
        await choose(pilot, "certainty")
        assert "certainty is not shown" in text_of(pilot)

    on_screens(study, test)


def test_undo_goes_back_key_by_key_also_after_a_restart_and_redo_goes_on_again(study: Path) -> None:
    async def code(pilot: Screens) -> None:
        await press(pilot, "1", "2", "enter", "0", "f")

    async def back(pilot: Screens) -> None:
        await press(pilot, "u")  # the flag
        await press(pilot, "ctrl+z")
        assert (here(pilot), coding(study, "02")) == ("02", None)
        await press(pilot, "u")
        assert (here(pilot), coding(study, "01"), drafts(study)) == ("01", None, {"01": "tijd handen"})
        await press(pilot, "u", "u")
        assert drafts(study) == {}
        await press(pilot, "u")
        assert "Nothing to take back" in text_of(pilot)
        await press(pilot, *["ctrl+y"] * 6)
        assert "Nothing to do again" in text_of(pilot)
        assert labels(study) == {"01": "tijd handen", "02": ""}
        assert drafts(study) == {}

    on_screens(study, code)
    on_screens(study, back)


def test_a_memo_goes_with_the_coding(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "m")
        await typed(pilot, "twijfel")
        assert "Memo: twijfel" in text_of(pilot)
        await press(pilot, "1", "enter")
        assert coding(study, "01") == ("labelled", "tijd", "manual", "yes", "twijfel")
        await press(pilot, "left", "m")
        await press(pilot, *["backspace"] * 7)
        await typed(pilot, "zeker")
        assert coding(study, "01") == ("labelled", "tijd", "manual", "yes", "zeker")
        await press(pilot, "u")
        assert coding(study, "01") == ("labelled", "tijd", "manual", "yes", "twijfel")

    on_screens(study, test)


def test_flags_and_quotes_are_kept_and_can_be_listed(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "f", "right", "c")
        assert database(study, "SELECT kind FROM mark ORDER BY kind") == [("flag",), ("quote",)]
        await press(pilot, "t")
        await choose(pilot, "flagged")
        assert "flagged" in text_of(pilot, "#list-heading")
        assert here(pilot) == "01"

    on_screens(study, test)


def test_identical_answers_are_coded_together_after_showing_which(tmp_path: Path) -> None:
    answers = {**ANSWERS, "09": "Kleinere groepen!", "10": "groepen, kleinere", "11": "kleinere groepjes"}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, answers)))

    async def test(pilot: Screens) -> None:
        await press(pilot, "right", "right", "3", "g")
        assert isinstance(pilot.app.screen, ModalScreen)
        shown = text_of(pilot)
        assert "Kleinere groepen!" in shown
        assert "kleinere groepjes" in shown
        await press(pilot, "enter")
        made = {r: coding(study, r) for r in ("03", "09", "10", "11")}
        assert made["03"] == ("labelled", "groepen", "manual", "yes", None)
        assert made["09"] == ("labelled", "groepen", "duplicate", "yes", None)
        assert made["11"] is None
        await press(pilot, "u")
        assert coding(study, "09") is None
        assert drafts(study) == {"03": "groepen"}

    on_screens(study, test)


def test_search_finds_a_label_by_a_part_of_its_name(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "slash")
        await typed(pilot, "hand")
        assert drafts(study) == {"01": "handen"}

    on_screens(study, test)


def test_a_list_by_label_and_by_text(study: Path) -> None:
    coded(study, [("01", "AB", "tijd", "", ""), ("02", "AB", "tijd|handen", "", "")])

    async def test(pilot: Screens) -> None:
        await press(pilot, "ctrl+f")
        await typed(pilot, "HANDEN")
        assert "0 of 1" not in text_of(pilot, "#list-heading")
        assert "1 of 2 coded" in text_of(pilot, "#list-heading")
        await press(pilot, "t")
        await choose(pilot, "label")
        await typed(pilot, "tijd")
        assert "with Tijd" in text_of(pilot, "#list-heading")
        assert "2 of 2 coded" in text_of(pilot, "#list-heading")

    on_screens(study, test)


def test_a_new_label_is_made_on_the_spot_while_exploring_and_undone_with_u(tmp_path: Path) -> None:
    study = new_study(tmp_path)

    async def test(pilot: Screens) -> None:
        first = here(pilot)  # at random: who explores does not read in the order of the file
        await press(pilot, "n")
        await typed(pilot, "Meer tijd")
        assert drafts(study) == {first: "meer_tijd"}
        assert "Meer tijd" in (study / "codebooks" / "nodig.yaml").read_text()
        await press(pilot, "enter", "u", "u", "u")
        assert "Meer tijd" not in (study / "codebooks" / "nodig.yaml").read_text()
        await press(pilot, "ctrl+y", "ctrl+y", "ctrl+y")
        assert labels(study) == {first: "meer_tijd"}

    on_screens(study, test)


def test_after_exploring_n_proposes_a_label_and_changes_nothing(study: Path) -> None:
    before = (study / "codebooks" / "nodig.yaml").read_text()

    async def test(pilot: Screens) -> None:
        await press(pilot, "n")
        await typed(pilot, "Rust")
        assert "Proposed to the codebook keeper: Rust" in text_of(pilot)
        assert (study / "codebooks" / "nodig.yaml").read_text() == before

    on_screens(study, test)


def test_f2_renames_the_label_under_the_cursor(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "f2", *["backspace"] * 4)
        await typed(pilot, "Uren")
        assert "Uren" in text_of(pilot, "LabelPanel")
        assert "Uren" in (study / "codebooks" / "nodig.yaml").read_text()

    on_screens(study, test)


def test_who_codes_is_asked_when_nobody_says(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "Who codes?" in text_of(pilot)
        await typed(pilot, "GH")
        await press(pilot, "1", "enter")
        assert coding(study, "01", "GH") == ("labelled", "tijd", "manual", "yes", None)

    on_screens(study, test, coder=None)


def test_consensus_is_nobodys_name(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await typed(pilot, "Consensus")
        assert "is not a coder" in text_of(pilot)

    on_screens(study, test, coder=None)


def test_two_who_code_at_once_see_each_others_progress(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        coded(study, [("02", "AB", "handen", "", "")])
        screen = pilot.app.screen
        assert isinstance(screen, CodingScreen)
        screen._look_around()
        await press(pilot)
        assert "1 of 6 coded" in text_of(pilot, "#list-heading")
        await press(pilot, "1", "enter")
        assert here(pilot) == "03"

    on_screens(study, test)


def test_a_locked_database_says_so_and_nothing_is_lost(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coder.store.database.LOCK_SECONDS", 0.1)

    async def test(pilot: Screens) -> None:
        await press(pilot, "1")
        with closing(sqlite3.connect(study / "study.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            await press(pilot, "2")
            assert "in use by another program" in text_of(pilot)
        await press(pilot, "escape")
        assert drafts(study) == {"01": "tijd"}
        await press(pilot, "2", "enter")
        assert labels(study) == {"01": "tijd handen"}

    on_screens(study, test)


def test_a_question_that_nobody_answered_says_so_and_no_key_does_anything(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path, survey(tmp_path, {"01": "nvt", "02": None})))

    async def test(pilot: Screens) -> None:
        assert "has no filled-in answers" in words(pilot)
        await press(pilot, "1", "enter", "0", "u", "t", "g", "n", "m", "right")
        assert database(study, "SELECT count(*) FROM action") == [(0,)]
        await press(pilot, "f1")
        assert "Choosing labels" in text_of(pilot)

    on_screens(study, test)


def test_a_study_without_waves_opens_at_the_overview(tmp_path: Path) -> None:
    study = create_study(tmp_path / "leeg")

    async def test(pilot: Screens) -> None:
        assert "There are no answers yet" in text_of(pilot)
        await press(pilot, "f4", "1", "enter")
        await press(pilot, "escape", "f5", "escape", "f6", "escape", "f7", "escape", "f9", "escape", "f3")
        assert "There are no answers yet" in text_of(pilot)

    on_screens(study, test)


def test_text_of_answers_is_shown_to_the_letter(tmp_path: Path) -> None:
    odd = {
        "01": "[red]tijd[/red] en [bold",
        "02": "\x1b[31mrood \u202emoot",
        "03": "👩‍🏫 tijd\n\nregel twee\ttab",
    }
    study = with_codebook(new_study(tmp_path, survey(tmp_path, {**odd, "04": "tijd " * 2000})))

    async def test(pilot: Screens) -> None:
        assert "[red]tijd[/red] en [bold" in words(pilot)
        for _ in range(4):
            await press(pilot, "1", "enter")
        assert database(study, "SELECT count(*) FROM coding") == [(4,)]

    on_screens(study, test)


def test_two_numbers_that_make_no_third_are_two_labels(study: Path) -> None:
    book = "question: q\nlabels:\n" + "".join(
        f"  - {{id: l{n}, name: Label {n}, number: {n}}}\n" for n in (1, 3, 10)
    )
    with_codebook(study, book)

    async def test(pilot: Screens) -> None:
        await press(pilot, "1", "3")
        assert drafts(study) == {"01": "l1 l3"}
        await press(pilot, "1", "0")
        assert drafts(study) == {"01": "l1 l3 l10"}

    on_screens(study, test)


def test_backspace_takes_all_labels_away(study: Path) -> None:
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.9, "handen": 0.8}}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, said)
        await press(pilot, "right", "backspace", "3", "enter")
        assert coding(study, "02") == ("labelled", "groepen", "manual", "yes", None)

    on_screens(study, test)


def test_what_the_model_chose_looks_different_until_a_key_makes_it_the_coders(study: Path) -> None:
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.9, "handen": 0.8}}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, said)
        await press(pilot, "right")
        assert "1 [•] Tijd" in text_of(pilot, "LabelPanel")
        await press(pilot, "3")
        assert "1 [x] Tijd" in text_of(pilot, "LabelPanel")
        assert "3 [x] Kleinere groepen" in text_of(pilot, "LabelPanel")

    on_screens(study, test)


def test_before_25_coded_answers_suggestions_are_shown_and_not_chosen(study: Path) -> None:
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.9}}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, replace(said, trained_on=24))
        await press(pilot, "right")
        assert "90%" in text_of(pilot, "LabelPanel")
        assert "[•]" not in text_of(pilot, "LabelPanel")
        await press(pilot, "enter")
        assert coding(study, "02") is None
        await press(pilot, "p", "enter")
        assert coding(study, "02") == ("labelled", "tijd", "confirmed", "yes", None)

    on_screens(study, test)


def test_a_model_that_learnt_nothing_says_nothing(study: Path) -> None:
    said = suggestions(study, {"01": {"tijd": 0.9}, "02": {"tijd": 0.9}}, labels=LABELS)

    async def test(pilot: Screens) -> None:
        await model_says(pilot, replace(said, trained_on=0))
        await press(pilot, "right")
        assert "%" not in text_of(pilot)

    on_screens(study, test)


def test_when_the_model_stops_coding_goes_on_and_says_so(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await model_says(pilot, Failed("", "The model stopped; coding goes on without suggestions."))
        assert "coding goes on without suggestions" in text_of(pilot)
        await press(pilot, "1", "enter")
        assert labels(study) == {"01": "tijd"}

    on_screens(study, test)


def test_a_proposal_is_taken_back_by_u_and_nothing_else_is(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "1", "enter", "n")
        await typed(pilot, "Rust")
        await press(pilot, "u")
        assert "proposal of a label of 02" in text_of(pilot)
        assert labels(study) == {"01": "tijd"}
        with Study.open(study) as opened:
            assert proposals(opened, opened.question("nodig")) == []
        await press(pilot, "u")
        assert labels(study) == {}

    on_screens(study, test)


def test_who_goes_on_before_the_alike_are_found_is_not_asked_about_an_earlier_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = with_codebook(new_study(tmp_path, survey(tmp_path, {**ANSWERS, "09": "Kleinere groepen!"})))
    found = threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        found.wait(5)
        return alike(*arguments, **options)

    monkeypatch.setattr("coder.tui.screens.coding.alike", slow)

    async def test(pilot: Screens) -> None:
        await press(pilot, "right", "right", "3")
        await pilot.press("g")
        await pilot.press("enter")
        await pilot.pause()
        found.set()
        await settled(pilot)
        assert isinstance(pilot.app.screen, CodingScreen)
        assert labels(study) == {"03": "groepen"}

    on_screens(study, test)


def test_a_label_that_another_took_away_never_ends_the_program(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        with Study.open(study) as other:
            edit = add_label(other, other.question("nodig"), "Geld", "CD")
            pilot.app.screen._look_around()  # type: ignore[attr-defined]
            await press(pilot, "4")
            assert drafts(study) == {"01": "geld"}
            undo_edit(other, other.question("nodig"), edit.event)
        await press(pilot, "enter")
        assert "can no longer be given" in " ".join(text_of(pilot).split())
        await press(pilot, "escape", "left", "1", "enter")
        assert labels(study) == {"01": "tijd"}

    on_screens(study, test)


def test_answers_give_no_orders_to_the_terminal(tmp_path: Path) -> None:
    orders = "\x1b[2J\x1b]0;gekaapt\x07tijd\r\nen handen"
    study = with_codebook(new_study(tmp_path, survey(tmp_path, {"01": orders, "02": "tijd"})))

    async def test(pilot: Screens) -> None:
        where = orders.index("handen")
        first = pilot.app.screen.desk.here  # type: ignore[attr-defined]
        await press(pilot, "1")
        await model_says(pilot, Explanation("nodig", first, {"tijd": ((where, where + 6, 0.5),)}))
        drawn = [s for strip in pilot.app.screen._compositor.render_strips() for s in strip]
        assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for s in drawn for c in s.text)
        # the words that carried a label are still the ones that are marked
        assert "handen" in {s.text for s in drawn if s.style is not None and s.style.underline}

    on_screens(study, test)


def test_it_opens_where_the_coder_was_also_in_another_wave(study: Path) -> None:
    second = survey(study.parent, {"x": "tijd", "y": "rust"}, name="tweede.csv")
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)

    async def first(pilot: Screens) -> None:
        await press(pilot, "1", "enter")

    async def again(pilot: Screens) -> None:
        assert here(pilot) == "y"

    on_screens(study, first, wave="w2")
    on_screens(study, again)
