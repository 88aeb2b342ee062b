"""Consensus while the codebook changes: made with the version in view, and no label lost on the way."""

from pathlib import Path

import pytest
from study_cases import database, two_coders

from coder.codebook.edits import MergeLabels, RetireLabel
from coder.study import Study
from coder.study.codebook_edits import add_label, make_edit
from coder.study.settling import differences
from coder.study.undoing import undo
from coder.tui.consensus_desk import ConsensusDesk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return two_coders(tmp_path)


def desk(study: Study) -> ConsensusDesk:
    """Return AB before the first answer: AB says Tijd, CD says Tijd and Meer handen."""
    asked = study.question()
    found = [one.answer_id for one in differences(study, asked)]
    return ConsensusDesk(study, asked, "AB", found, found, found[0], hide_names=False)


def consensus(folder: Path) -> list[tuple[str, str, int]]:
    query = (
        "SELECT status, labels, codebook_version FROM coding WHERE origin = 'adjudicated' ORDER BY answer_id"
    )
    return database(folder, query)


def test_a_consensus_knows_the_labels_that_were_in_view_and_no_later_ones(folder: Path) -> None:
    with Study.open(folder) as study:
        at = desk(study)
        before = at.version
        made = add_label(study, study.question(), "Geld", "CD")
        at.take(0)
        assert made.version is not None
        assert made.version > before
        assert consensus(folder) == [("labelled", "tijd", before)]
        # what is opened next shows the newest, and is settled with it
        at.enter()
        assert at.codebook.find("Geld") is not None
        at.take(0)
        assert [version for *_said, version in consensus(folder)] == [before, made.version]


def test_a_label_that_went_while_it_was_in_view_is_refused_and_the_codebook_taken_up(folder: Path) -> None:
    with Study.open(folder) as study:
        at = desk(study)
        make_edit(study, study.question(), RetireLabel("groepen"), "CD")
        at.toggle("groepen")
        at.enter()
        assert consensus(folder) == []
        assert at.refused
        assert at.message.startswith(
            "The codebook changed meanwhile: Kleinere groepen can no longer be given"
        )
        assert "groepen" not in {label.id for label in at.codebook.active}
        at.take(1)
        assert [labels for _status, labels, _version in consensus(folder)] == ["tijd handen"]


def test_a_side_whose_label_was_merged_away_meanwhile_is_looked_at_again(folder: Path) -> None:
    with Study.open(folder) as study:
        at = desk(study)
        make_edit(study, study.question(), MergeLabels("handen", "groepen"), "CD")
        at.take(1)
        assert consensus(folder) == []
        assert at.refused
        assert at.here.says[1].labels == ("tijd", "groepen")
        at.take(1)
        assert [labels for _status, labels, _version in consensus(folder)] == ["tijd groepen"]


def test_a_side_is_taken_over_with_its_labels_that_are_out_of_use(folder: Path) -> None:
    with Study.open(folder) as study:
        make_edit(study, study.question(), RetireLabel("handen"), "CD")
        at = desk(study)
        at.take(1)
        assert [labels for _status, labels, _version in consensus(folder)] == ["tijd handen"]


def test_a_memo_with_a_consensus_does_not_make_it_know_more(folder: Path) -> None:
    with Study.open(folder) as study:
        at = desk(study)
        at.take(1)
        before = consensus(folder)
        add_label(study, study.question(), "Geld", "CD")
        at.go_to(at.here.answer_id)
        at.write_memo("zo zei CD het")
        assert at.here.settled is not None
        assert at.here.settled.memo == "AB: zo zei CD het"
        assert consensus(folder) == before
        at.undo()
        assert at.here.settled.memo == "AB"
        assert consensus(folder) == before
        at.redo()
        assert at.here.settled.memo == "AB: zo zei CD het"


def test_a_memo_with_a_consensus_that_was_taken_back_meanwhile_is_refused(folder: Path) -> None:
    with Study.open(folder) as study:
        at = desk(study)
        at.take(1)
        assert undo(study, study.question(), "AB")
        at.write_memo("te laat")
        assert at.refused
        assert at.here.settled is None
        assert consensus(folder) == []
