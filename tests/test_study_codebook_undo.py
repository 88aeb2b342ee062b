"""Any edits of a codebook, taken back one by one, leave the study as it was."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_cases import coded, database, new_study, with_codebook

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
from coder.study import Study, codebooks
from coder.study.codebook_edits import add_label, make_edit, rename_label, undo_edit
from coder.study.undoing import record_edit, redo, undo

LABELS = st.sampled_from(["tijd", "handen", "groepen", "overig", "rust", "geld"])
NAMES = st.sampled_from(["Rust", "Geld", "Ruimte"])
TEXTS = st.sampled_from(["", "Stilte.", "stilte", "Iets anders."])
EDIT: st.SearchStrategy[CodebookEdit] = st.one_of(
    st.builds(AddLabel, NAMES, st.none() | LABELS),
    st.builds(RenameLabel, LABELS, NAMES),
    st.builds(DefineLabel, LABELS, TEXTS, st.none() | st.just(("x",))),
    st.builds(NumberLabel, LABELS, st.integers(1, 9)),
    st.builds(MergeLabels, LABELS, LABELS),
    st.builds(SplitLabel, LABELS, st.lists(NAMES, min_size=1, max_size=2)),
    st.builds(MoveLabel, LABELS, st.none() | LABELS),
    st.builds(RetireLabel, LABELS),
    st.builds(ReviveLabel, LABELS),
    st.builds(ReorderLabel, LABELS, st.booleans()),
)
SAID = st.lists(
    st.tuples(
        st.sampled_from(["01", "02", "03", "06", "08"]),
        st.sampled_from(["AB", "CD"]),
        st.sets(LABELS, max_size=3),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[:2],
)


def there(study: Study, edited: int) -> tuple[Any, ...]:
    """Return the codebook, its file, what codings say and are, and what those of the start know."""
    with study.database.read() as connection:
        recorded = codebooks.versions(connection, 1)
    meanings = Meanings(recorded)
    start = range(edited + 1)
    return (
        study.codebook(study.question()),
        (study.folder / "codebooks" / "nodig.yaml").read_text(encoding="utf-8"),
        database(study.folder, "SELECT * FROM coding ORDER BY 1, 2"),
        database(study.folder, "SELECT * FROM final ORDER BY 1"),
        database(study.folder, "SELECT answer_id, label, reason, after FROM recode ORDER BY 1, 2"),
        {label: meanings.known_at(label) & set(start) for label in recorded[-1].codebook.ids},
    )


def books(study: Study) -> Codebook:
    return study.codebook(study.question())


@given(said=SAID, edits=st.lists(EDIT, min_size=1, max_size=7), again=st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_edits_and_as_many_undos_give_back_codebook_codings_and_what_they_know(
    said: list[tuple[str, str, set[str]]], edits: list[CodebookEdit], again: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = with_codebook(new_study(Path(name)))
        rows = [(id, who, "|".join(sorted(given - {"rust", "geld"})), "", "") for id, who, given in said]
        coded(folder, rows)
        with Study.open(folder) as study:
            question = study.question()
            # a first edit, so that the file is as the program writes it
            make_edit(study, question, AddLabel("Begin"))
            start = len(database(folder, "SELECT 1 FROM codebook_version"))
            seen = [there(study, start)]
            for edit in edits:
                try:
                    make_edit(study, question, edit)
                except CoderError:
                    continue  # what cannot be done changes nothing
                seen.append(there(study, start))
            undone = []
            for before in reversed(seen[:-1]):
                undone.append(undo_edit(study, question).event)
                assert there(study, start) == before
            if again and undone:
                undo_edit(study, question, undone[-1])
                one = there(study, start)
                assert one[:4] == seen[1][:4]
                assert one[5] == seen[1][5]
                undo_edit(study, question)
                assert there(study, start) == seen[0]


def coder_at_work(folder: Path) -> Path:
    return coded(with_codebook(new_study(folder)), [("01", "AB", "tijd", "", "")])


def test_a_coder_undoes_a_change_of_the_codebook_that_was_taken_back_elsewhere(tmp_path: Path) -> None:
    with Study.open(coder_at_work(tmp_path)) as study:
        question = study.question()
        for name in ("Rust", "Geld"):
            record_edit(study, question, "AB", add_label(study, question, name, "AB").event)
        # on the codebook screen, or before the process was killed half-way
        undo_edit(study, question)
        for _ in range(2):
            undone = undo(study, question, "AB")
            assert undone is not None
            assert undone.kind == "codebook"
        assert not {"rust", "geld"} & set(books(study).ids)
        redo(study, question, "AB")
        redo(study, question, "AB")
        assert {"rust", "geld"} <= set(books(study).ids)


def test_a_change_that_cannot_be_taken_back_any_more_is_in_the_way_of_nothing(tmp_path: Path) -> None:
    with Study.open(coder_at_work(tmp_path)) as study:
        question = study.question()
        first = rename_label(study, question, "tijd", "Tijd en ruimte", "AB")
        record_edit(study, question, "AB", first.event)
        record_edit(study, question, "AB", add_label(study, question, "Rust", "AB").event)
        later = make_edit(study, question, NumberLabel("handen", 8), "CD")
        with pytest.raises(CoderError, match=r"changed after that.*It stays as it is"):
            undo(study, question, "AB")
        undo_edit(study, question, later.event)
        undo_edit(study, question)  # the keeper takes Rust away
        undone = undo(study, question, "AB")
        assert undone is not None
        assert books(study).label("tijd").name == "Tijd"
        with pytest.raises(CoderError, match="What comes next is an import"):
            undo(study, question, "AB")
