"""Edits of a codebook: what they touch, what becomes of the codings, and how they are taken back."""

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from study_cases import CODEBOOK, coded, database, labels, new_study, state, with_codebook

from coder.codebook import Codebook, Meanings
from coder.codebook.edits import (
    AddLabel,
    CodebookEdit,
    DefineLabel,
    MergeLabels,
    MoveLabel,
    NumberLabel,
    RenameLabel,
    ReorderLabel,
    RetireLabel,
    ReviveLabel,
    SplitLabel,
)
from coder.errors import CoderError
from coder.study import Study, codebook_edits, codebooks
from coder.study.codebook_edits import Edit, add_label, make_edit, rename_label, undo_edit
from coder.study.codebook_history import edits
from coder.study.codebook_touches import touches


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    return coded(
        made,
        [
            ("01", "AB", "tijd", "", ""),
            ("02", "AB", "tijd|handen", "", ""),
            ("02", "CD", "handen", "", ""),
            ("03", "AB", "groepen", "", ""),
            ("06", "AB", "", "", ""),
        ],
    )


@pytest.fixture
def study(folder: Path) -> Any:
    with Study.open(folder) as opened:
        yield opened


def book(study: Study) -> Codebook:
    return study.codebook(study.question())


def make(study: Study, edit: CodebookEdit) -> Edit:
    return make_edit(study, study.question(), edit, "AB")


def undo(study: Study, event: int | None = None) -> Edit:
    return undo_edit(study, study.question(), event)


def known(study: Study) -> dict[str, set[int]]:
    """Return which of the versions that codings were made with know each label."""
    with study.database.read() as connection:
        recorded = codebooks.versions(connection, 1)
    meanings = Meanings(recorded)
    made_with = {v for (v,) in database(study.folder, "SELECT DISTINCT codebook_version FROM coding")}
    return {label: set(meanings.known_at(label)) & made_with for label in recorded[-1].codebook.ids}


def derived(study: Study) -> list[list[tuple[Any, ...]]]:
    return [database(study.folder, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("coding", "final")]


def everything(study: Study) -> tuple[Any, ...]:
    return (
        book(study),
        known(study),
        derived(study),
        database(study.folder, "SELECT answer_id, label FROM recode"),
    )


EDITS: dict[str, CodebookEdit] = {
    "add": AddLabel("Rust", parent="tijd", definition="Stilte."),
    "rename": RenameLabel("tijd", "Tijd en ruimte"),
    "define": DefineLabel("tijd", "Uren in het rooster.", include=["uren"], keywords=["uur"]),
    "number": NumberLabel("tijd", 7),
    "merge": MergeLabels("handen", "tijd"),
    "split": SplitLabel("tijd", ["Voorbereiding", "Lestijd"]),
    "move": MoveLabel("groepen", "handen"),
    "retire": RetireLabel("handen"),
    "reorder": ReorderLabel("handen", up=True),
}


@pytest.mark.parametrize("kind", EDITS)
def test_every_edit_is_a_version_and_undoing_it_brings_everything_back(study: Study, kind: str) -> None:
    before = everything(study)
    edit = make(study, EDITS[kind])
    assert edit.kind == kind
    assert everything(study) != before
    assert book(study) != before[0]
    taken_back = undo(study, edit.event)
    assert everything(study) == before
    done_again = undo(study, taken_back.event)
    assert book(study) == EDITS[kind].applied(before[0])
    undo(study, done_again.event)
    assert everything(study) == before


@pytest.mark.parametrize("kind", EDITS)
def test_an_edit_that_fails_half_way_leaves_file_and_database_as_they_were(
    study: Study, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(study.folder)

    def broken(*_args: object, **_named: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(codebook_edits.events, "record_note", broken)
    monkeypatch.setattr(codebook_edits.events, "merge_label", broken)
    with pytest.raises(KeyboardInterrupt):
        make(study, EDITS[kind])
    assert state(study.folder) == before


def test_a_label_on_the_spot_gets_an_id_and_the_next_number(study: Study) -> None:
    edit = add_label(study, study.question(), "  Rust in de  klas ", "AB")
    assert (edit.id, edit.name, edit.number) == ("rust_in_de_klas", "Rust in de klas", 4)
    ids = book(study).ids
    assert ids.index("rust_in_de_klas") == ids.index("overig") - 1
    (memo,) = [
        json.loads(m) for (m,) in database(study.folder, "SELECT memo FROM event WHERE id = ?", edit.event)
    ]
    assert memo["edit"] == "add"
    assert (memo["label"], memo["version"], memo["by"]) == ("rust_in_de_klas", edit.version, "AB")


def test_a_new_name_leaves_id_and_codings(study: Study) -> None:
    edit = rename_label(study, study.question(), "Tijd", "Tijd en ruimte", "AB")
    assert (edit.id, edit.name) == ("tijd", "Tijd en ruimte")
    assert labels(study.folder)["01"] == "tijd"
    assert all(versions for versions in known(study).values())


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (AddLabel("tijd"), "already a label tijd"),
        (AddLabel("  "), "must have a name"),
        (AddLabel("Rust", number=2), "Number 2 is that of Meer handen"),
        (AddLabel("Rust", number=0), "cannot be a number"),
        (AddLabel("Rust", parent="weg"), "no label weg; there are: tijd"),
        (RenameLabel("handen", "TIJD"), "already a label TIJD"),
        (RenameLabel("weg", "Weg"), "no label weg"),
        (RenameLabel("tijd", "Tijd"), "changes nothing"),
        (NumberLabel("tijd", 3), "Number 3 is that of Kleinere groepen"),
        (MergeLabels("tijd", "Tijd"), "cannot be merged into itself"),
        (MergeLabels("tijd", "weet_niet"), "given alone, but 1 coding carries Tijd with another"),
        (MoveLabel("tijd", "tijd"), "cannot come under Tijd"),
        (SplitLabel("tijd", []), "Name the labels"),
        (SplitLabel("tijd", ["Meer handen"]), "already a label Meer handen"),
        (ReviveLabel("tijd"), "in use already"),
        (ReorderLabel("tijd", up=True), "the first one already"),
        (ReorderLabel("weet_niet", up=False), "the last one already"),
    ],
)
def test_an_edit_that_cannot_be_is_one_line_and_changes_nothing(
    study: Study, edit: CodebookEdit, says: str
) -> None:
    before = state(study.folder)
    with pytest.raises(CoderError, match=says):
        make(study, edit)
    assert state(study.folder) == before


def test_what_is_retired_cannot_take_labels_in(study: Study) -> None:
    make(study, RetireLabel("handen"))
    for edit in (MergeLabels("tijd", "handen"), MoveLabel("tijd", "handen"), SplitLabel("handen", ["X"])):
        with pytest.raises(CoderError, match="Meer handen is retired; take it back into use first"):
            make(study, edit)
    with pytest.raises(CoderError, match="A retired label is called Meer handen"):
        make(study, AddLabel("Meer handen"))
    make(study, MoveLabel("groepen", "tijd"))
    with pytest.raises(CoderError, match=r"has labels under it \(Kleinere groepen\)"):
        make(study, RetireLabel("tijd"))


def test_codings_follow_a_merge_and_come_back_with_its_undo(study: Study) -> None:
    make(study, MergeLabels("handen", "tijd"))
    assert labels(study.folder)["02"] == "tijd"
    assert labels(study.folder, "CD")["02"] == "tijd"
    merged = book(study)
    assert merged.label("handen").retired
    assert merged.label("tijd").keywords == ("tijd", "uren", "handen")
    coded_now = [("08", "AB", "tijd", "", "")]
    coded(study.folder, coded_now)
    undo(study)
    assert labels(study.folder) == {
        "01": "tijd",
        "02": "tijd handen",
        "03": "groepen",
        "06": "",
        "08": "tijd",
    }
    # who gave Tijd while it meant both, said neither the one nor the other
    with study.database.read() as connection:
        recorded = codebooks.versions(connection, 1)
        assert not Meanings(recorded).knows("handen", recorded[-2].number)


def test_a_merge_done_again_takes_along_what_was_coded_meanwhile(study: Study) -> None:
    merge = make(study, MergeLabels("handen", "tijd"))
    back = undo(study, merge.event)
    coded(study.folder, [("08", "AB", "handen", "", "")])
    again = undo(study, back.event)
    assert labels(study.folder)["08"] == "tijd"
    undo(study, again.event)
    assert labels(study.folder)["08"] == "handen"


def test_children_of_a_merged_label_stand_under_the_other(study: Study) -> None:
    make(study, MoveLabel("groepen", "handen"))
    make(study, MergeLabels("handen", "tijd"))
    assert book(study).label("groepen").parent == "tijd"
    undo(study)
    make(study, MergeLabels("handen", "groepen"))
    assert book(study).label("groepen").parent is None


def test_a_split_queues_what_carries_the_label(study: Study) -> None:
    edit = make(study, SplitLabel("tijd", ["Voorbereiding", "Lestijd"]))
    assert edit.added == ("voorbereiding", "lestijd")
    ids = book(study).ids
    assert ids[:3] == ("tijd", "voorbereiding", "lestijd")
    rows = database(study.folder, "SELECT label, reason, count(*) FROM recode GROUP BY 1, 2")
    assert rows == [("tijd", "carries", 2)]
    assert known(study)["voorbereiding"] == set()


def test_labels_split_off_a_residual_one_come_before_it(study: Study) -> None:
    make(study, SplitLabel("overig", ["Rust", "Geld"]))
    ids = book(study).ids
    assert (ids.index("rust"), ids.index("geld")) == (ids.index("overig") - 2, ids.index("overig") - 1)


def test_what_an_edit_touches_is_told_beforehand(study: Study) -> None:
    before = state(study.folder)
    question = study.question()
    found = touches(study, question, MergeLabels("handen", "tijd"))
    assert (found.codings, found.answers, found.coders) == (2, 1, {"AB": 1, "CD": 1})
    assert found.lines() == [
        "2 codings carry Meer handen (AB 1, CD 1).",
        "They will carry Tijd instead.",
    ]
    found = touches(study, question, DefineLabel("tijd", "Uren in het rooster."))
    assert (found.codings, found.unknown, found.unknown_in) == (2, ("Tijd",), 5)
    assert found.lines()[1] == "Unknown in 5 codings made so far, until they are read again: Tijd."
    found = touches(study, question, DefineLabel("tijd", "tijd OM iets te doen"))
    assert found.unknown_in == 0
    found = touches(study, question, AddLabel("Rust"))
    assert found.lines() == ["Unknown in 5 codings made so far, until they are read again: Rust."]
    assert (found.unknown, found.unknown_in) == (("Rust",), 5)
    found = touches(study, question, SplitLabel("tijd", ["Lestijd"]))
    assert found.lines()[-1] == "2 answers will be queued to be read again."
    assert touches(study, question, RetireLabel("tijd")).unknown == ()
    assert touches(study, question, RetireLabel("overig")).lines() == ["No coding carries Overig."]
    assert state(study.folder) == before


def test_a_later_label_merged_into_an_older_one_makes_older_codings_unknown(study: Study) -> None:
    add_label(study, study.question(), "Rust", "AB")
    coded(study.folder, [("08", "AB", "rust", "", "")])
    edit = MergeLabels("rust", "tijd")
    found = touches(study, study.question(), edit)
    # what the five earlier codings would have said of Rust is not known
    assert (found.codings, found.unknown, found.unknown_in) == (1, ("Tijd",), 5)
    version = make(study, edit).version
    assert known(study)["tijd"] == {version - 1}


def test_only_the_newest_edit_is_taken_back(study: Study) -> None:
    first = make(study, EDITS["rename"])
    second = make(study, EDITS["number"])
    with pytest.raises(CoderError, match=f"take back change {second.event} first"):
        undo(study, first.event)
    undo(study, second.event)
    with pytest.raises(CoderError, match="was taken back already"):
        undo(study, second.event)
    undo(study, first.event)
    with pytest.raises(CoderError, match="no change of this codebook to take back"):
        undo(study)
    with pytest.raises(CoderError, match="no change 999"):
        undo(study, 999)


def test_an_edit_is_not_taken_back_over_a_hand_edit(study: Study) -> None:
    make(study, EDITS["rename"])
    path = study.folder / "codebooks" / "nodig.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("number: 3", "number: 5"), encoding="utf-8")
    before = state(study.folder)
    with pytest.raises(CoderError, match="was changed after that"):
        undo(study)
    assert state(study.folder) == before
    # the next edit builds on what the person did by hand
    make(study, EDITS["define"])
    assert book(study).label("groepen").number == 5
    undo(study)
    assert book(study).label("groepen").number == 5


def test_a_label_that_codings_carry_is_not_taken_away(study: Study) -> None:
    edit = add_label(study, study.question(), "Rust", "AB")
    coded(study.folder, [("08", "AB", "rust", "", "")])
    before = state(study.folder)
    with pytest.raises(CoderError, match="Rust would be gone, but 1 coding carries it; retire it instead"):
        undo(study, edit.event)
    assert state(study.folder) == before


def test_edits_are_listed_newest_first_and_undone_ones_are_marked(study: Study) -> None:
    for kind in ("add", "rename", "define", "number", "split", "move", "merge", "reorder", "retire"):
        make(study, EDITS[kind] if kind != "retire" else RetireLabel("groepen"))
    undo(study)
    listed = edits(study, study.question())
    assert [edit.text for edit in listed] == [
        "Kleinere groepen retired",
        "Meer handen put in another place",
        "Meer handen merged into Tijd en ruimte",
        "Kleinere groepen stands under Meer handen",
        "Tijd en ruimte split: Voorbereiding, Lestijd",
        "Tijd en ruimte has number 7",
        "Tijd en ruimte redefined",
        "Tijd is now called Tijd en ruimte",
        "Rust added",
    ]
    assert [edit.in_force for edit in listed] == [False] + [True] * 8
    assert [edit.newest for edit in listed] == [False, True] + [False] * 7
    assert {edit.by for edit in listed} == {"AB"}


def test_a_declared_rewording_is_taken_back_too(study: Study) -> None:
    make(study, DefineLabel("tijd", "Uren in het rooster."))
    assert known(study)["tijd"] == set()
    codebooks.declare_reworded(study, study.question(), "tijd")
    assert known(study)["tijd"] == {2}
    back = undo(study)
    assert (back.kind, known(study)["tijd"]) == ("reworded", set())
    undo(study, back.event)
    assert known(study)["tijd"] == {2}
    undo(study)
    undo(study)
    assert known(study)["tijd"] == {2}


def test_an_edit_of_a_codebook_that_is_gone_says_so(tmp_path: Path) -> None:
    made = new_study(tmp_path)
    with Study.open(made) as opened:
        question = opened.question()
        path = opened.folder / question.codebook
        path.unlink()
        with pytest.raises(CoderError, match="put it back"):
            add_label(opened, question, "Rust", "AB")


KILLED = """
import os, signal, sys
from pathlib import Path
from coder.codebook.edits import MergeLabels
from coder.study import Study, codebook_edits

def killed(*_args, **_named):
    os.kill(os.getpid(), signal.SIGKILL)

codebook_edits.events.merge_label = killed
with Study.open(Path(sys.argv[1])) as study:
    codebook_edits.make_edit(study, study.question(), MergeLabels("handen", "tijd"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_an_edit_whose_process_is_killed_is_put_back_when_the_study_is_next_opened(folder: Path) -> None:
    path = folder / "codebooks" / "nodig.yaml"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert path.read_text(encoding="utf-8") != CODEBOOK
    with Study.open(folder) as opened:
        assert opened.notices == []
        assert not book(opened).label("handen").retired
        assert edits(opened, opened.question()) == []
    assert path.read_text(encoding="utf-8") == CODEBOOK
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_an_edit_that_was_recorded_before_the_kill_stays(folder: Path) -> None:
    path = folder / "codebooks" / "nodig.yaml"
    before = path.read_text(encoding="utf-8")
    with Study.open(folder) as opened:
        make(opened, EDITS["rename"])
    copy = path.with_name(f".nodig.yaml.before-4711-{_hash(path.read_text(encoding='utf-8'))}")
    copy.write_text(before, encoding="utf-8")
    by_hand = path.with_name(f".nodig.yaml.before-4712-{_hash('niets')}")
    by_hand.write_text(before, encoding="utf-8")
    with Study.open(folder) as opened:
        assert book(opened).label("tijd").name == "Tijd en ruimte"
    assert not copy.exists()
    assert not by_hand.exists()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
