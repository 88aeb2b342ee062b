"""Which codings know a label, and what changed between two versions of a codebook."""

from collections.abc import Callable, Set
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.codebook import Change, Codebook, CodebookVersion, Label, Meanings, compare_codebooks

A = Label(
    "a", "Rust", 1, "Minder druk op de leraar.", ("minder taken",), ("tijd: zie B",), ("rust",), ("rust",)
)
B = Label("b", "Tijd", 2, "Uren.")


def versions(*books: tuple[Label, ...]) -> list[tuple[int, Codebook]]:
    return [(number, Codebook("Wat?", labels)) for number, labels in enumerate(books, start=1)]


def known_since(
    history: list[tuple[int, Codebook]], reworded: Set[tuple[int, str]] = frozenset()
) -> dict[str, int]:
    """Return the first version whose codings know each label, of a history in which nothing was undone.

    There all later versions know it too.
    """
    declared = {n: frozenset(label for m, label in reworded if m == n) for n, _book in history}
    meanings = Meanings([CodebookVersion(n, book, reworded=declared[n]) for n, book in history])
    since = {}
    for label in history[-1][1].ids if history else ():
        since[label] = min(meanings.known_at(label))
        assert meanings.known_at(label) == {n for n, _book in history if n >= since[label]}
    return since


def changed(**fields: object) -> Label:
    return replace(A, **fields)  # type: ignore[arg-type]


def test_an_added_label_is_unknown_in_the_codings_before_it() -> None:
    assert known_since(versions((A,), (A,), (A, B), (A, B))) == {"a": 1, "b": 3}


def test_a_redefined_label_is_unknown_in_the_codings_before_it() -> None:
    for other in (
        changed(definition="Minder druk op de leerling."),
        changed(definition=""),
        changed(include=("minder taken", "minder vergaderen")),
        changed(include=()),
        changed(exclude=()),
        changed(include=A.exclude, exclude=A.include),
    ):
        assert known_since(versions((A, B), (A, B), (other, B))) == {"a": 3, "b": 1}
        assert known_since(versions((A, B), (other, B), (other, B))) == {"a": 2, "b": 1}


def test_going_back_to_an_old_definition_does_not_make_the_codings_between_known() -> None:
    other = changed(definition="Minder druk op de leerling.")
    assert known_since(versions((A,), (other,), (A,))) == {"a": 3}


UNHARMFUL = [
    changed(name="Rust en regelmaat"),
    changed(number=7),
    changed(examples=()),
    changed(keywords=("kalmte",)),
    changed(parent="b"),
    changed(retired=True),
    changed(residual=True, exclusive=True),
    changed(definition="  minder DRUK,\nop de leraar"),
    changed(include=("Minder taken!", "-")),
    changed(exclude=("Tijd; zie b.",)),
]


@pytest.mark.parametrize("other", UNHARMFUL)
def test_names_numbers_examples_order_and_punctuation_make_nothing_unknown(other: Label) -> None:
    assert known_since(versions((A, B), (B, other))) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("groep 1, 2", "groep 12"),
        ("groep 1 2", "groep 12"),
        ("1,5 uur", "15 uur"),
        ("< 20 leerlingen", "> 20 leerlingen"),
        ("20% meer", "20 meer"),
    ],
)
def test_signs_that_carry_meaning_are_not_punctuation(before: str, after: str) -> None:
    assert known_since(versions((changed(definition=before),), (changed(definition=after),))) == {"a": 2}


def test_the_order_of_inclusions_carries_no_meaning() -> None:
    one, two = changed(include=("x y", "z")), changed(include=("z", "x y"))
    assert known_since(versions((one,), (two,))) == {"a": 1}
    assert [change.kind for change in compare_codebooks(*(b for _, b in versions((one,), (two,))))] == [
        "reworded"
    ]


def test_a_first_definition_leaves_the_label_known() -> None:
    bare = changed(definition=" ", include=(), exclude=())
    assert known_since(versions((bare,), (A,))) == {"a": 1}
    assert known_since(versions((bare,), (A,), (changed(definition="Iets anders."),))) == {"a": 3}
    half = changed(definition="")
    assert known_since(versions((half,), (A,))) == {"a": 2}


def test_what_a_person_declares_a_rewording_leaves_the_label_known() -> None:
    other = changed(definition="Wat de leraar rust geeft.")
    books = versions((A,), (other,), (other,))
    assert known_since(books, {(2, "a")}) == {"a": 1}
    assert known_since(books, {(3, "a"), (2, "b")}) == {"a": 2}


def test_a_declared_rewording_does_not_make_a_new_label_known() -> None:
    assert known_since(versions((A,), (A, B)), {(2, "b")}) == {"a": 1, "b": 2}


def test_a_label_that_was_away_counts_from_its_return() -> None:
    gone = changed(retired=True)
    assert known_since(versions((A,), (gone,), (A,))) == {"a": 3}
    assert known_since(versions((gone,), (gone,), (A,), (A,))) == {"a": 3}
    assert known_since(versions((A, B), (B,), (A, B))) == {"a": 3, "b": 1}
    assert known_since(versions((A, B), (B,))) == {"b": 1}


def test_versions_must_ascend() -> None:
    book = Codebook("Wat?", (A,))
    assert known_since([]) == {}
    assert known_since([(4, book), (9, book)]) == {"a": 4}
    with pytest.raises(ValueError, match="ascend"):
        known_since([(2, book), (2, book)])


LABELS = st.builds(
    Label,
    id=st.sampled_from(["a", "b", "c"]),
    name=st.sampled_from(["X", "Y"]),
    definition=st.sampled_from(["", "een", "Een!", "twee"]),
    include=st.sampled_from([(), ("x",), ("x", "y")]),
    retired=st.booleans(),
)
BOOKS = st.lists(LABELS, max_size=3, unique_by=lambda label: label.id).map(
    lambda own: Codebook("Wat?", tuple(own))
)
HISTORIES = st.lists(BOOKS, min_size=1, max_size=6).map(lambda books: list(enumerate(books, start=1)))


@given(HISTORIES)
def test_every_label_of_the_newest_version_is_known_from_a_version_that_had_it(
    history: list[tuple[int, Codebook]],
) -> None:
    since = known_since(history)
    books = dict(history)
    assert set(since) == set(history[-1][1].ids)
    for id, number in since.items():
        for later in range(number, len(history) + 1):
            assert id in books[later].ids


@given(HISTORIES)
def test_an_unchanged_version_makes_nothing_unknown(history: list[tuple[int, Codebook]]) -> None:
    number, newest = history[-1]
    assert known_since([*history, (number + 1, newest)]) == known_since(history)


@given(HISTORIES, BOOKS)
def test_a_new_version_only_ever_makes_labels_newer(
    history: list[tuple[int, Codebook]], book: Codebook
) -> None:
    number = len(history) + 1
    before = known_since(history)
    after = known_since([*history, (number, book)])
    assert all(after[id] in (before.get(id, number), number) for id in after)


@given(BOOKS, BOOKS)
def test_what_makes_a_label_unknown_is_named_as_a_change(old: Codebook, new: Codebook) -> None:
    since = known_since([(1, old), (2, new)])
    anew = {
        change.label
        for change in compare_codebooks(old, new)
        if change.kind in ("added", "redefined", "revived")
    }
    assert {id for id, number in since.items() if number == 2} == anew


@given(BOOKS, BOOKS)
def test_two_codebooks_have_no_changes_only_when_they_are_equal(old: Codebook, new: Codebook) -> None:
    assert (compare_codebooks(old, new) == []) == (old == new)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda: changed(name="Kalmte"), Change("renamed", "a", "Rust", "Kalmte")),
        (lambda: changed(number=None), Change("renumbered", "a", "1", "")),
        (
            lambda: changed(definition="Druk."),
            Change(
                "redefined",
                "a",
                "Minder druk op de leraar.\n+ minder taken\n− tijd: zie B",
                "Druk.\n+ minder taken\n− tijd: zie B",
            ),
        ),
        (lambda: changed(examples=("rust", "stil")), Change("examples", "a", "rust", "rust\nstil")),
        (lambda: changed(keywords=()), Change("keywords", "a", "rust", "")),
        (lambda: changed(parent="b"), Change("moved", "a", "", "b")),
        (lambda: changed(retired=True), Change("retired", "a", "", "x")),
        (lambda: changed(residual=True), Change("residual", "a", "", "x")),
        (lambda: changed(exclusive=True), Change("exclusive", "a", "", "x")),
    ],
)
def test_every_change_of_a_label_is_named(change: Callable[[], Label], expected: Change) -> None:
    old, new = Codebook("Wat?", (A, B)), Codebook("Wat?", (change(), B))
    assert compare_codebooks(old, new) == [expected]


def test_changes_of_the_codebook_as_a_whole_are_named() -> None:
    old, new = Codebook("Wat?", (A, B)), Codebook("Wie?", (B, Label("c", "C"), A))
    assert compare_codebooks(old, new) == [
        Change("question", None, "Wat?", "Wie?"),
        Change("added", "c", "", "C"),
        Change("reordered", None, "a\nb", "b\na"),
    ]
    assert compare_codebooks(new, old)[1] == Change("removed", "c", "C", "")


def history(*books: tuple[Label, ...], **versions_of: dict[int, object]) -> Meanings:
    """Return what is known after these versions; `restores` and `merged` say of which version what."""
    restores, merged = versions_of.get("restores", {}), versions_of.get("merged", {})
    return Meanings(
        [
            CodebookVersion(n, book, restores=restores.get(n), merged=merged.get(n, ()))  # type: ignore[arg-type]
            for n, book in versions(*books)
        ]
    )


OTHER = changed(definition="Minder druk op de leerling.")


def test_undoing_a_redefinition_gives_back_what_older_codings_knew() -> None:
    undone = history((A,), (OTHER,), (A,), restores={3: 1})
    # who coded with the other definition in view said nothing about this one
    assert undone.known_at("a") == {1, 3}
    done_again = history((A,), (OTHER,), (A,), (OTHER,), restores={3: 1, 4: 2})
    assert done_again.known_at("a") == {2, 4}


def test_undoing_retirement_leaves_unknown_only_what_was_coded_meanwhile() -> None:
    gone = changed(retired=True)
    assert history((A,), (gone,), (A,), restores={3: 1}).known_at("a") == {1, 3}
    assert history((A,), (gone,)).known_at("a") == {1, 2}


def test_undoing_revival_gives_a_retired_label_its_codings_back() -> None:
    gone = changed(retired=True)
    assert history((A,), (gone,), (A,), (gone,), restores={4: 2}).known_at("a") == {1, 2, 4}


def test_a_merged_label_is_known_to_codings_that_knew_both() -> None:
    gone = replace(B, retired=True)
    # A was there first, B came in version 2 and went into A in version 3
    merged = history((A,), (A, B), (A, gone), merged={3: (("b", "a"),)})
    assert merged.known_at("a") == {2, 3}
    assert merged.knows("a", 1, {"b"})
    assert not merged.knows("a", 1, {"a"})
    undone = history((A,), (A, B), (A, gone), (A, B), merged={3: (("b", "a"),)}, restores={4: 2})
    # who coded while the merge was in force gave A for both: that tells neither from the other
    assert (undone.known_at("a"), undone.known_at("b")) == ({1, 2, 4}, {2, 4})


def test_a_label_merged_in_steps_means_all_that_went_into_it() -> None:
    c = Label("c", "Ruimte")
    b_gone, c_gone = replace(B, retired=True), replace(c, retired=True)
    meanings = history(
        (A,),
        (A, B),
        (A, B, c),
        (A, B, c_gone),
        (A, b_gone, c_gone),
        merged={4: (("c", "b"),), 5: (("b", "a"),)},
    )
    assert meanings.known_at("a") == {3, 4, 5}
    revived = history((A, B), (A, b_gone), (A, B), merged={2: (("b", "a"),)})
    assert (revived.known_at("a"), revived.known_at("b")) == ({1, 2, 3}, {3})


def test_only_a_version_that_was_there_can_be_restored() -> None:
    with pytest.raises(ValueError, match="restores 7"):
        history((A,), (A,), restores={2: 7})
