"""Consensus: which answers wait for it, what settles them, and how it is taken back."""

from pathlib import Path

import pytest
from study_cases import (
    coded,
    database,
    done,
    labels,
    new_study,
    refused,
    statuses,
    two_coders,
    with_codebook,
)

from coder.errors import CoderError
from coder.store.drafts import Draft
from coder.study import Study
from coder.study.coding import CodingSession
from coder.study.settling import (
    differences,
    disagreements,
    is_settled_last,
    keep_draft,
    kept_draft,
    settle,
)
from coder.study.undoing import redo, undo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return two_coders(tmp_path)


def definitive(folder: Path, respondent: str) -> tuple[str, str, str]:
    (row,) = database(
        folder,
        "SELECT f.status, f.labels, f.origin FROM final f JOIN answer a ON a.id = f.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id WHERE r.external_id = ?",
        respondent,
    )
    return row


def test_the_answers_on_which_coders_differ_are_listed_with_what_each_says(folder: Path) -> None:
    with Study.open(folder) as study:
        first, second = disagreements(study, study.question())
    assert (first.respondent, first.text) == ("01", "meer tijd om lessen voor te bereiden")
    # who held it over has not decided
    assert [(s.coder, s.status, s.labels) for s in first.says] == [
        ("AB", "labelled", ("tijd",)),
        ("CD", "labelled", ("tijd", "handen")),
    ]
    assert first.says[0].memo == "voorbereiding"
    assert first.disputed == {"handen"}
    assert [(s.coder, s.status, s.visible) for s in second.says] == [
        ("AB", "labelled", "no"),
        ("CD", "unclear", "yes"),
    ]


def test_another_order_of_mention_is_no_disagreement(folder: Path) -> None:
    rows = done("settle", "--json", "--study", folder).json
    assert [row["respondent"] for row in rows] == ["01", "03"]


def test_settling_writes_a_consensus_coding_that_says_who_settled(folder: Path) -> None:
    said = done(
        "settle", "01", "--labels", "tijd", "--memo", "geen extra handen", "--by", "EF", "--study", folder
    )
    assert said.err == "Settled 01: Tijd. 1 answer is still open.\n"
    assert definitive(folder, "01") == ("labelled", "tijd", "consensus")
    query = "SELECT origin, visible, memo FROM coding WHERE origin = 'adjudicated'"
    assert database(folder, query) == [("adjudicated", "yes", "EF: geen extra handen")]


@pytest.mark.parametrize(
    ("options", "outcome"),
    [
        (("--as", "cd"), ("unclear", "", "consensus")),
        (("--as", "AB"), ("labelled", "groepen", "consensus")),
        (("--status", "none"), ("none", "", "consensus")),
        (("--labels", "Kleinere groepen|Tijd"), ("labelled", "groepen tijd", "consensus")),
    ],
)
def test_one_side_or_a_third_decision_settles(
    folder: Path, options: tuple[str, str], outcome: tuple[str, str, str]
) -> None:
    done("settle", "03", *options, "--by", "AB", "--study", folder)
    assert definitive(folder, "03") == outcome


def test_undo_reopens_what_was_settled_and_redo_settles_it_again(folder: Path) -> None:
    with Study.open(folder) as study:
        question = study.question()
        open_before = disagreements(study, question)
        settle(study, question, open_before[0].answer_id, "labelled", ["handen"], by="AB")
        assert len(disagreements(study, question)) == 1
        assert undo(study, question, "AB")
        assert disagreements(study, question) == open_before
        assert definitive(folder, "01") == ("open", "", "open")
        assert redo(study, question, "AB")
        assert definitive(folder, "01") == ("labelled", "handen", "consensus")


def test_what_was_settled_stays_among_the_differences(folder: Path) -> None:
    done("settle", "01", "--as", "AB", "--by", "EF", "--study", folder)
    with Study.open(folder) as study:
        first, second = differences(study, study.question())
        assert (first.respondent, first.is_open, second.is_open) == ("01", False, True)
        assert first.settled is not None
        assert first.settled.labels == ("tijd",)
        assert first.agreed == ("tijd",)


def test_a_choice_that_is_not_settled_yet_is_kept_and_counts_nowhere(folder: Path) -> None:
    with Study.open(folder) as study:
        question = study.question()
        answer = disagreements(study, question)[0].answer_id
        keep_draft(study, question, answer, Draft(("groepen",), "of niet?"), by="AB")
    with Study.open(folder) as study:
        assert kept_draft(study, answer) == Draft(("groepen",), "of niet?")
        assert definitive(folder, "01") == ("open", "", "open")
        settle(study, question, answer, "labelled", ["groepen"], by="AB")
        assert kept_draft(study, answer) is None
        # one step back what was being chosen is there again, one more and it never was
        assert undo(study, question, "AB")
        assert kept_draft(study, answer) == Draft(("groepen",), "of niet?")
        assert undo(study, question, "AB")
        assert kept_draft(study, answer) is None
        # what comes next is the import of AB's own codings: no single key takes that back
        with pytest.raises(CoderError, match="an import of 4 codings; take it back at the command line"):
            undo(study, question, "AB")


def test_undo_of_consensus_is_told_apart_from_undo_of_coding(folder: Path) -> None:
    with Study.open(folder) as study:
        question = study.question()
        assert not is_settled_last(study, question, "AB")
        settle(study, question, disagreements(study, question)[0].answer_id, "none", by="AB")
        assert is_settled_last(study, question, "AB")
        assert not is_settled_last(study, question, "CD")


def test_settling_again_and_undoing_gives_back_the_first_consensus(folder: Path) -> None:
    done("settle", "01", "--as", "AB", "--by", "AB", "--study", folder)
    done("settle", "01", "--as", "CD", "--by", "CD", "--study", folder)
    said = done("undo", "--coder", "CD", "--study", folder)
    assert said.err == "Taken back: consensus coding of 01 (now: Tijd; Meer handen; consensus: Tijd).\n"
    assert definitive(folder, "01") == ("labelled", "tijd", "consensus")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("01", "--labels", "ruis"), "there is no label ruis in use"),
        (("01", "--labels", "weet_niet|tijd"), "Weet niet / geen mening is exclusive"),
        (("01", "--labels", ""), "off topic or cannot be coded: say which"),
        (("01", "--status", "skipped"), "held over settles nothing"),
        (("01", "--as", "EF"), "EF has not decided on this answer; these have: AB, CD"),
        (("01",), "one of --labels, --status and --as"),
        (("01", "--as", "AB", "--status", "none"), "one of --labels, --status and --as"),
        (("99", "--as", "AB"), "Wave w1 has no respondent 99"),
        (("07", "--status", "none"), "Nobody has coded this answer"),
    ],
)
def test_what_cannot_be_settled_is_refused_and_changes_nothing(
    folder: Path, options: tuple[str, ...], line: str
) -> None:
    before = database(folder, "SELECT count(*) FROM event")
    assert line in refused("settle", *options, "--by", "AB", "--study", folder)
    assert database(folder, "SELECT count(*) FROM event") == before


def test_who_settles_must_be_said_and_is_not_consensus(folder: Path) -> None:
    assert "--by NAME" in refused("settle", "01", "--as", "AB", "--study", folder)
    assert "use your own name" in refused(
        "settle", "01", "--as", "AB", "--by", "consensus", "--study", folder
    )


def test_the_list_shows_names_of_labels_and_says_how_to_settle(folder: Path) -> None:
    said = done("settle", "--study", folder)
    assert "nodig: 2 answers to settle" in said.out
    assert "CD: Tijd; Meer handen" in said.out
    assert "CD: cannot be coded" in said.out
    assert "coder settle RESPONDENT" in said.err


def test_a_study_without_disagreements_has_nothing_to_settle(tmp_path: Path) -> None:
    made = with_codebook(new_study(tmp_path))
    assert "no answer is open" in done("settle", "--study", made).err


def test_status_sends_to_what_is_open(folder: Path) -> None:
    found = done("status", "--json", "--study", folder).json
    assert (found["step"]["kind"], found["step"]["n"]) == ("settle", 2)
    assert found["next_step"].endswith("coder settle --question nodig --wave w1")


def test_undo_on_the_command_line_takes_back_what_was_coded_on_screen(folder: Path) -> None:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        session = CodingSession(study, study.question(), wave, "GH")
        for answer in session.ids[:3]:
            session.save(session.open(answer), "labelled", ["tijd"])
    said = done("undo", "--coder", "gh", "--n", 2, "--study", folder)
    assert said.err.splitlines() == [
        "Taken back: coding of 03 (now: not yet seen).",
        "Taken back: coding of 02 (now: not yet seen).",
    ]
    assert done("redo", "--coder", "GH", "--study", folder).err == "Done again: coding of 02 (now: Tijd).\n"
    # more than there is takes back all there is
    assert len(done("undo", "--coder", "GH", "--n", 9, "--study", folder).err.splitlines()) == 2
    assert "nothing to take back" in refused("undo", "--coder", "GH", "--study", folder)
    assert statuses(folder)["02"] == "labelled"  # what AB and CD said is untouched


def test_an_import_is_taken_back_as_a_whole_and_done_again(folder: Path) -> None:
    before = (labels(folder), labels(folder, "CD"))
    coded(folder, [("01", "AB", "groepen", "", ""), ("07", "AB", "weet_niet", "", "")])
    after = labels(folder)
    assert "Taken back: an import of 2 codings." in done("undo", "--coder", "AB", "--study", folder).err
    assert (labels(folder), labels(folder, "CD")) == before
    assert "Done again: an import of 2 codings." in done("redo", "--coder", "AB", "--study", folder).err
    assert labels(folder) == after
    done("undo", "--coder", "AB", "--n", 9, "--study", folder)
    assert (labels(folder), labels(folder, "CD")) == ({}, before[1])
    assert "nothing to take back" in refused("undo", "--coder", "AB", "--study", folder)
    assert "Nobody called XY" in refused("undo", "--coder", "XY", "--study", folder)


def test_an_import_is_not_passed_over_for_what_was_coded_on_screen_before_it(folder: Path) -> None:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        session = CodingSession(study, study.question(), wave, "EF")
        session.save(session.open(session.ids[2]), "labelled", ["tijd"])
    coded(folder, [("08", "EF", "handen", "", "")])
    done("undo", "--coder", "EF", "--study", folder)
    assert labels(folder, "EF") == {"01": "", "03": "tijd"}


def test_a_label_out_of_use_is_settled_on_only_where_a_coder_gave_it(folder: Path) -> None:
    text = (folder / "codebooks" / "nodig.yaml").read_text(encoding="utf-8")
    with_codebook(folder, text.replace("Meer handen, number: 2,", "Meer handen, number: 2, retired: true,"))
    with Study.open(folder) as study:
        first, second = (one.answer_id for one in disagreements(study, study.question()))
        with pytest.raises(CoderError, match="no label handen in use"):
            settle(study, study.question(), second, "labelled", ["handen"], by="AB")
        settle(study, study.question(), first, "labelled", ["tijd", "handen"], by="AB")
    assert definitive(folder, "01") == ("labelled", "tijd handen", "consensus")
