"""coder codebook add, merge, undo, accept …: what a screen can do, a command can do."""

import io
import sys
from pathlib import Path

import pytest
from study_cases import coded, database, done, labels, new_study, refused, run, state, statuses, with_codebook

from coder.study import Study
from coder.study.codebook_edits import undo_edit
from coder.study.codebook_proposals import accept_proposal, decline_proposal, proposals, propose_label


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    return coded(
        made,
        [("01", "AB", "tijd", "", ""), ("02", "AB", "tijd|handen", "", ""), ("02", "CD", "handen", "", "")],
    )


def names(study: Path) -> list[str]:
    with Study.open(study) as opened:
        return [label.name for label in opened.codebook(opened.question()).active]


def test_a_codebook_grows_by_commands(study: Path) -> None:
    said = done("codebook", "add", "Rust", "--definition", "Stilte.", "--under", "tijd", "--study", study)
    assert said.out == ""
    assert said.err.splitlines()[0] == "Unknown in 3 codings made so far, until they are read again: Rust."
    assert said.err.splitlines()[-1] == "Added rust, number 4."
    done("codebook", "rename", "rust", "Rust in de klas", "--study", study)
    done("codebook", "define", "rust", "--definition", "Geen lawaai.", "--keyword", "stil", "--study", study)
    done("codebook", "number", "rust", 12, "--study", study)
    done("codebook", "move", "rust", "--top", "--study", study)
    done("codebook", "move", "rust", "--up", "--study", study)
    with Study.open(study) as opened:
        book = opened.codebook(opened.question())
    label = book.label("rust")
    assert (label.name, label.number, label.parent) == ("Rust in de klas", 12, None)
    assert (label.definition, label.keywords) == ("Geen lawaai.", ("stil",))
    assert book.ids.index("rust") == book.ids.index("groepen") - 1
    assert "Say where rust goes" in refused("codebook", "move", "rust", "--study", study)


def test_codings_that_would_be_touched_ask_for_a_yes(study: Path) -> None:
    before = state(study)
    for command in (["merge", "handen", "tijd"], ["retire", "tijd"], ["split", "tijd", "Lestijd"]):
        said = refused("codebook", *command, "--study", study)
        assert "2 codings carry" in said
        assert "say --yes to go on" in said
    assert state(study) == before
    said = done("codebook", "merge", "handen", "tijd", "--yes", "--study", study)
    assert said.err.splitlines() == [
        "2 codings carry Meer handen (AB 1, CD 1).",
        "They will carry Tijd instead.",
        "Recorded as version 3 of codebooks/nodig.yaml.",
    ]
    assert labels(study, "CD")["02"] == "tijd"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "agreed"), [("y\n", True), ("ja\n", True), ("\n", False), ("n\n", False)])
def test_on_a_terminal_the_person_is_asked(
    study: Path, typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    said = run("codebook", "merge", "handen", "tijd", "--study", study)
    assert "Go on? [y/N]" in said.err
    assert (said.status == 0) is agreed
    assert (labels(study, "CD")["02"] == "tijd") is agreed


def test_a_merge_is_listed_and_taken_back(study: Path) -> None:
    done("codebook", "merge", "handen", "tijd", "--yes", "--coder", "AB", "--study", study)
    said = done("codebook", "undo", "--study", study)
    assert said.err.splitlines() == [
        "2 codings get Meer handen back.",
        "Taken back: Meer handen merged into Tijd (version 4 of the codebook).",
    ]
    assert labels(study)["02"] == "tijd handen"
    (edit,) = done("codebook", "history", "--json", "--study", study).json
    assert (edit["kind"], edit["label"], edit["by"], edit["in_force"]) == ("merge", "handen", "AB", False)
    assert "Meer handen merged into Tijd (taken back)" in done("codebook", "history", "--study", study).out
    assert "no change of this codebook to take back" in refused("codebook", "undo", "--study", study)


def test_split_says_how_to_go_on(study: Path) -> None:
    said = done("codebook", "split", "tijd", "Lestijd", "Voorbereiding", "--yes", "--study", study)
    assert "2 answers will be queued to be read again." in said.err
    assert said.err.splitlines()[-1] == (
        "Added: lestijd, voorbereiding. When all was read again: 'coder codebook retire tijd'."
    )
    done("codebook", "retire", "tijd", "--yes", "--study", study)
    assert "Tijd" not in names(study)
    done("codebook", "revive", "tijd", "--yes", "--study", study)
    assert "Tijd" in names(study)


def proposed(study: Path) -> None:
    with Study.open(study) as opened:
        answers = [a for (a,) in database(study, "SELECT id FROM answer WHERE filled_in ORDER BY id LIMIT 3")]
        question = opened.question()
        propose_label(opened, question, "Rust", "AB", answers[0])
        propose_label(opened, question, "Geld", "CD", answers[1])
        propose_label(opened, question, " rust ", "CD", answers[2])


def test_proposals_of_one_name_are_one_the_most_frequent_first(study: Path) -> None:
    proposed(study)
    listed = done("codebook", "proposals", "--json", "--study", study).json
    assert [(one["name"], len(one["events"]), one["by"]) for one in listed] == [
        ("Rust", 2, ["AB", "CD"]),
        ("Geld", 1, ["CD"]),
    ]
    texts = [t for (t,) in database(study, "SELECT text FROM answer WHERE filled_in ORDER BY id LIMIT 3")]
    assert listed[0]["examples"] == [texts[0], texts[2]]
    assert "Rust" in done("codebook", "proposals", "--study", study).out


def test_an_accepted_proposal_is_a_label_and_its_answers_are_read_again(study: Path) -> None:
    proposed(study)
    said = done("codebook", "accept", "rust", "--as", "Rust in de klas", "--study", study)
    assert said.err.splitlines()[-1] == "Added rust_in_de_klas, number 4."
    assert [one["name"] for one in done("codebook", "proposals", "--json", "--study", study).json] == ["Geld"]
    queue = database(study, "SELECT label, reason, count(*) FROM recode GROUP BY 1, 2")
    assert queue == [("rust_in_de_klas", "likely", 2)]
    done("codebook", "undo", "--study", study)
    assert database(study, "SELECT * FROM recode") == []
    assert [one["name"] for one in done("codebook", "proposals", "--json", "--study", study).json] == [
        "Rust",
        "Geld",
    ]


def test_a_declined_proposal_is_closed_with_its_reason(study: Path) -> None:
    proposed(study)
    said = done("codebook", "decline", "geld", "--reason", "valt onder Tijd", "--study", study)
    assert said.err == "Declined: geld.\n"
    assert "no open proposal geld; there are: Rust" in refused("codebook", "accept", "geld", "--study", study)
    ((memo,),) = database(study, "SELECT memo FROM event WHERE memo LIKE '%decline%'")
    assert "valt onder Tijd" in memo
    # a decision is no edit: undo of the codebook leaves it
    assert "no change of this codebook" in refused("codebook", "undo", "--study", study)


def test_decisions_on_proposals_are_taken_back_by_their_number(study: Path) -> None:
    proposed(study)
    with Study.open(study) as opened:
        question = opened.question()
        declined = decline_proposal(opened, question, "Rust", "te vaag", "AB")
        assert [one.name for one in proposals(opened, question)] == ["Geld"]
        undo_edit(opened, question, declined)
        assert [one.name for one in proposals(opened, question)] == ["Rust", "Geld"]
        first = proposals(opened, question)[0]
        undo_edit(opened, question, first.events[1])
        assert [one.count for one in proposals(opened, question)] == [1, 1]
        accepted = accept_proposal(opened, question, first.event, "AB")
        assert accepted.name == "Rust"


def test_what_is_a_label_needs_no_decision(study: Path) -> None:
    proposed(study)
    done("codebook", "add", "Geld", "--study", study)
    assert [one["name"] for one in done("codebook", "proposals", "--json", "--study", study).json] == ["Rust"]
    with Study.open(study) as opened, pytest.raises(Exception, match="already a label Geld"):
        propose_label(opened, opened.question(), "geld", "AB")


def test_edits_leave_what_is_decided_as_it_was(study: Path) -> None:
    before = statuses(study)
    done("codebook", "rename", "tijd", "Tijd en ruimte", "--yes", "--study", study)
    assert statuses(study) == before
