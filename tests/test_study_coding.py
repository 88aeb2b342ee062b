"""A coder at work while the study changes under their hands: what is saved is what they saw."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from study_cases import ANSWERS, coded, database, done, labels, new_study, survey, with_codebook
from tui_cases import suggestions

from coder.errors import CoderError
from coder.study import Study
from coder.study.codebook_edits import add_label, undo_edit
from coder.study.coding import CodingSession
from coder.study.open_answers import StaleAnswerError
from coder.study.selecting import alike, arrange
from coder.study.undoing import record_edit, redo, undo
from coder.tui.desk import Desk
from coder.tui.suggesting import Suggesting

LABELS = ("tijd", "handen", "groepen", "overig", "weet_niet")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_codebook(new_study(tmp_path, survey(tmp_path, {**ANSWERS, "09": "Kleinere groepen!"})))


@pytest.fixture
def study(folder: Path) -> Iterator[Study]:
    with Study.open(folder) as opened:
        yield opened


def session(study: Study, coder: str = "AB") -> CodingSession:
    with study.database.read() as connection:
        wave = study.wave(connection, "w1")
    return CodingSession(study, study.question("nodig"), wave, coder)


def desk(study: Study, coder: str = "AB", said: Any = None) -> Desk:
    suggesting = Suggesting(None, lambda: None, lambda answer, carried: None)
    made = Desk(session(study, coder), suggesting)
    if said is not None:
        suggesting.hear(said)
        made.go_to(made.here)
    return made


def answer(study: Study, respondent: str) -> int:
    query = "SELECT a.id FROM answer a JOIN respondent r ON r.id = a.respondent_id WHERE r.external_id = ?"
    return int(database(study.folder, query, respondent)[0][0])


def visible(study: Study, respondent: str) -> str:
    return str(
        database(study.folder, "SELECT visible FROM coding WHERE answer_id = ?", answer(study, respondent))[
            0
        ][0]
    )


def replaced(folder: Path, tmp_path: Path, **changes: str | None) -> None:
    texts = {**ANSWERS, "09": "Kleinere groepen!", **{k.removeprefix("r"): v for k, v in changes.items()}}
    file = survey(tmp_path, {k: v for k, v in texts.items() if v != "gone"}, name="nieuw.csv")
    done(
        "import", file, "--wave", "w1", "--id", "nr", "--answers", "wat=nodig", "--replace", "--study", folder
    )


def test_a_coding_counts_as_blind_only_when_nothing_was_in_view(study: Study) -> None:
    said = suggestions(study.folder, {"01": {"tijd": 0.9}}, labels=LABELS)
    at = desk(study, said=said)
    assert at.shown is not None
    assert at.shown.chosen == ("tijd",)
    # while the suggestion lies on the screen, the answer is drawn for a sample that is coded blind
    done("assign", "--coder", "AB", "--coder", "CD", "--share", 1, "--seed", 1, "--study", study.folder)
    at.look_around()
    at.enter()
    assert visible(study, "01") == "yes"
    at.digit("3")
    at.enter()
    assert visible(study, "02") == "no"


def test_pilot_coding_is_blind(study: Study) -> None:
    done("phase", "nodig", "pilot", "--study", study.folder)
    at = desk(study, said=suggestions(study.folder, {"01": {"tijd": 0.9}}, labels=LABELS))
    assert at.shown is not None
    assert at.shown.chosen == ()
    assert at.shown.probabilities == {}
    at.digit("1")
    at.enter()
    assert visible(study, "01") == "no"


def test_nothing_is_said_of_a_text_that_changed_while_it_lay_open(study: Study, tmp_path: Path) -> None:
    at = desk(study)
    at.step(2)
    at.digit("3")
    replaced(study.folder, tmp_path, r03="meer geld")
    with pytest.raises(StaleAnswerError, match="another one now"):
        at.enter()
    assert labels(study.folder) == {}
    assert at.shown is not None
    assert (at.shown.answer.text, at.shown.chosen) == ("meer geld", ())


def test_redo_and_undo_know_nothing_of_what_was_said_of_an_earlier_text(study: Study, tmp_path: Path) -> None:
    at = desk(study)
    at.step(2)
    at.digit("3")
    at.enter()
    at.undo()
    replaced(study.folder, tmp_path, r03="meer geld")
    at.redo()
    assert at.message == "Nothing to do again."
    assert labels(study.folder) == {}
    assert database(study.folder, "SELECT count(*) FROM draft") == [(0,)]


def test_the_list_follows_a_file_that_is_imported_anew(study: Study, tmp_path: Path) -> None:
    at = desk(study)
    at.step(2)
    replaced(study.folder, tmp_path, r03="gone", r10="meer rust")
    assert at.look_around()
    texts = at.session.texts(at.answers)
    assert "kleinere groepen" not in texts.values()
    assert "meer rust" in texts.values()
    assert at.here in at.answers


def test_a_label_that_was_merged_meanwhile_cannot_be_given(study: Study) -> None:
    at = desk(study)
    at.digit("3")
    done("codebook", "merge", "groepen", "handen", "--yes", "--study", study.folder)
    with pytest.raises(StaleAnswerError, match="groepen"):
        at.enter()
    assert at.shown is not None
    assert at.shown.chosen == ("handen",)  # what was chosen follows the merge, as codings do
    at.enter()
    assert labels(study.folder) == {"01": "handen"}


def test_a_label_that_is_gone_is_never_brought_back_by_redo(study: Study) -> None:
    other = desk(study, "CD")
    edit = add_label(study, study.question("nodig"), "Geld", "CD")
    at = desk(study)
    at.toggle("geld")
    at.enter()
    at.undo()
    at.undo()
    undo_edit(study, study.question("nodig"), edit.event)
    redo(study, study.question("nodig"), "AB")
    with pytest.raises(CoderError, match="geld: no longer"):
        redo(study, study.question("nodig"), "AB")
    assert labels(study.folder) == {}
    other.look_around()
    at.look_around()
    at.reopen()
    assert at.shown is not None
    assert at.shown.chosen == ()


def test_undo_of_a_label_waits_while_its_codebook_is_away(study: Study) -> None:
    question = study.question("nodig")
    edit = add_label(study, question, "Geld", "AB")
    session(study)
    record_edit(study, question, "AB", edit.event)
    file = study.folder / question.codebook
    text = file.read_bytes()
    file.unlink()
    with pytest.raises(CoderError):
        undo(study, question, "AB")
    file.write_bytes(text)
    assert undo(study, question, "AB") is not None
    assert "Geld" not in file.read_text()


def test_a_memo_changes_nothing_else_and_follows_merges_that_are_undone(study: Study) -> None:
    at = desk(study)
    at.digit("3")
    at.enter()
    done("codebook", "merge", "groepen", "handen", "--yes", "--study", study.folder)
    at.look_around()
    at.step(-1)
    assert at.shown is not None
    at.session.write_memo(at.shown.answer, "twijfel", at.shown.chosen)
    assert labels(study.folder) == {"01": "handen"}
    done("codebook", "undo", "--study", study.folder)
    assert labels(study.folder) == {"01": "groepen"}
    assert database(study.folder, "SELECT memo FROM coding") == [("twijfel",)]
    undo(study, study.question("nodig"), "AB")
    assert database(study.folder, "SELECT labels, memo FROM coding") == [("groepen", None)]


def test_a_memo_is_not_reading_again(study: Study) -> None:
    coded(study.folder, [("03", "AB", "groepen", "", "")])
    done("codebook", "split", "groepen", "Klein", "Kleiner", "--yes", "--study", study.folder)
    at = session(study)
    assert at.to_read_again() == {answer(study, "03")}
    opened = at.open(answer(study, "03"))
    at.write_memo(opened, "nog eens kijken", opened.labels)
    assert at.to_read_again() == {answer(study, "03")}


def test_memos_stay_with_their_answers_when_these_are_coded_together(study: Study) -> None:
    at = session(study)
    one, other = answer(study, "03"), answer(study, "09")
    at.write_memo(at.open(other), "let op", ())
    at.save(at.open(one), "labelled", ["groepen"], others=alike(at, one))
    rows = database(study.folder, "SELECT answer_id, labels, origin, memo FROM coding ORDER BY answer_id")
    assert rows == [(one, "groepen", "manual", None), (other, "groepen", "duplicate", "let op")]


def test_only_the_identical_text_is_a_duplicate(study: Study, tmp_path: Path) -> None:
    replaced(study.folder, tmp_path, r10="groepen kleinere", r09="Kleinere  groepen")
    at = session(study)
    at.save(at.open(answer(study, "03")), "labelled", ["groepen"], others=alike(at, answer(study, "03")))
    origins = dict(database(study.folder, "SELECT answer_id, origin FROM coding"))
    assert origins == {
        answer(study, "03"): "manual",
        answer(study, "09"): "duplicate",
        answer(study, "10"): "manual",
    }


def test_answers_coded_together_are_all_blind_or_none(study: Study) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", 0.5, "--seed", 3, "--study", study.folder)
    at = session(study)
    one, other = answer(study, "03"), answer(study, "09")
    if at.is_blind(one) == at.is_blind(other):
        database_change(study, "DELETE FROM sample WHERE answer_id = ?", one)
        database_change(study, "INSERT OR IGNORE INTO sample VALUES (?, 'reliability', '2026')", other)
        at = session(study)
    assert at.is_blind(one) != at.is_blind(other)
    assert alike(at, one) == []


def database_change(study: Study, statement: str, value: int) -> None:
    with study.database.write() as connection:
        connection.exec_driver_sql(statement, (value,))


def test_what_several_code_lies_scattered_among_what_teaches_most() -> None:
    answers, sample = list(range(200)), set(range(0, 200, 10))
    taught = [a for a in answers if a not in sample]
    order = arrange(answers, "informative", seed="s", taught=taught, by_others=sample)
    assert sorted(order) == answers
    assert [a for a in order if a not in sample] == taught
    places = [place for place, a in enumerate(order) if a in sample]
    assert max(places) - min(places) > 100
    assert min(places) < 60
    assert order == arrange(answers, "informative", seed="s", taught=taught, by_others=sample)


def test_a_list_of_a_label_that_is_gone_becomes_the_list_of_all(study: Study) -> None:
    from coder.study.selecting import Selection

    question = study.question("nodig")
    edit = add_label(study, question, "Geld", "AB")
    at = desk(study)
    at.select(Selection("label", "geld"))
    undo_edit(study, question, edit.event)
    at.look_around()
    assert at.selection == Selection()
    assert len(at.answers) == 7


def test_undo_says_what_and_of_whom(study: Study) -> None:
    at = desk(study)
    at.digit("1")
    at.enter()
    at.undo()
    assert at.message == "Taken back: coding of 01"


def test_the_log_holds_no_text_of_an_answer(study: Study) -> None:
    at = desk(study)
    at.digit("1")
    at.enter()
    logged = json.dumps(
        database(study.folder, "SELECT * FROM event") + database(study.folder, "SELECT * FROM action")
    )
    # "nvt" is what the settings count as not filled in
    assert [text for text in ANSWERS.values() if text and text != "nvt" and text in logged] == []
