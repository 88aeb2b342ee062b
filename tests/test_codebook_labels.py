"""Labels, their ids, and the structure every codebook must have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.codebook import Codebook, CodebookError, Label, is_id, make_id, validate


def codebook(*labels: Label) -> Codebook:
    return Codebook("Wat hielp?", labels)


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Meer handen in de klas", "meer_handen_in_de_klas"),
        ("Weet niet / geen mening", "weet_niet_geen_mening"),
        ("Coördinatie & één team", "coordinatie_een_team"),
        ("Ib'er en collega’s", "iber_en_collegas"),
        ("  1e keus!", "1e_keus"),
        ("Smørrebrød", "smorrebrod"),
        ("???", "label"),
        ("", "label"),
    ],
)
def test_an_id_is_made_from_the_name(name: str, id: str) -> None:
    assert make_id(name, ()) == id


def test_a_made_id_gets_a_number_when_it_is_taken() -> None:
    assert make_id("Tijd", ["tijd"]) == "tijd_2"
    assert make_id("Tijd", ["tijd", "tijd_2"]) == "tijd_3"
    long = make_id("a" * 60, ())
    assert make_id("a" * 60, [long]) == "a" * 38 + "_2"


@given(st.text(), st.sets(st.sampled_from(["label", "a", "b", "label_2"])))
def test_a_made_id_is_always_valid_and_free(name: str, taken: set[str]) -> None:
    made = make_id(name, taken)
    assert is_id(made)
    assert made not in taken
    assert len(made) <= 40


def test_a_new_codebook_starts_with_the_residual_labels() -> None:
    new = Codebook.new("Wat hielp?")
    assert [(label.name, label.residual, label.exclusive) for label in new.labels] == [
        ("Overig", True, False),
        ("Weet niet / geen mening", True, True),
        ("Geen / niets", True, True),
    ]
    validate(new)


def test_a_label_is_found_by_id_and_else_by_name_in_any_case() -> None:
    book = codebook(Label("tijd", "Tijd en ruimte"), Label("rust", "Rust"))
    assert book.find("tijd") is book.labels[0]
    assert book.find(" tijd EN ruimte ") is book.labels[0]
    assert book.find("geld") is None
    assert book.label("rust").name == "Rust"
    with pytest.raises(KeyError):
        book.label("geld")


def test_a_name_finds_the_label_in_use_before_the_retired_one() -> None:
    book = codebook(Label("oud", "Tijd", retired=True), Label("nieuw", "Tijd"))
    assert book.find("tijd") is book.labels[1]
    assert book.active == (book.labels[1],)
    assert book.ids == ("oud", "nieuw")


def test_what_stands_under_a_net_label_is_found_at_any_depth() -> None:
    book = codebook(
        Label("net", "Samenwerking"),
        Label("kijken", "Kijken", parent="net"),
        Label("video", "Video", parent="kijken"),
        Label("tijd", "Tijd"),
    )
    assert [label.id for label in book.children("net")] == ["kijken"]
    assert [label.id for label in book.descendants("net")] == ["kijken", "video"]
    assert book.descendants("tijd") == ()


def test_a_new_label_goes_before_the_residual_labels_with_a_free_number() -> None:
    book = Codebook.new("Wat hielp?")
    first = book.draft("Meer rust")
    assert first == Label("meer_rust", "Meer rust", 1)
    book = book.with_label(first)
    book = book.with_label(book.draft("Meer rust"))
    assert book.ids == ("meer_rust", "meer_rust_2", "overig", "weet_niet", "geen")
    assert [label.number for label in book.labels] == [1, 2, 98, 99, 97]
    validate(book)


def test_the_number_of_a_new_label_skips_those_of_residual_labels() -> None:
    book = Codebook.new("Wat hielp?").with_label(Label("a", "A", 96))
    assert book.draft("B").number == 100


def test_a_changed_label_keeps_its_place() -> None:
    book = codebook(Label("a", "A"), Label("b", "B")).with_label(Label("a", "Anders"))
    assert [label.name for label in book.labels] == ["Anders", "B"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            [Label("Meer rust", "Meer rust")],
            'label 1: "Meer rust" cannot be an id: use small letters, digits and _, such as meer_rust.',
        ),
        (
            [Label("a", "A"), Label("b", "B"), Label("a", "C")],
            "label 3: the id a is already used at label 1; give one of the two another id, such as c.",
        ),
        ([Label("a", " ")], "label 1: label a has no name: give it one."),
        (
            [Label("a", "A", 0)],
            'label 1: "0" cannot be a number: write a whole number of 1 or more, or leave it out.',
        ),
        (
            [Label("tijd", "Tijd"), Label("b", "B", parent="tijdd")],
            'label 2: label b has a parent "tijdd" that is not there; did you mean tijd?',
        ),
        (
            [Label("a", "A", parent="zzz")],
            'label 1: label a has a parent "zzz" that is not there; write the id of another label.',
        ),
        (
            [Label("a", "A", parent="a")],
            "label 1: label a is its own parent (a → a); take away one of these parents.",
        ),
        (
            [Label("x", "X", parent="a"), Label("a", "A", parent="b"), Label("b", "B", parent="a")],
            "label 2: label a is its own parent (a → b → a); take away one of these parents.",
        ),
    ],
)
def test_a_codebook_that_cannot_be_used_is_refused_in_one_line(labels: list[Label], message: str) -> None:
    with pytest.raises(CodebookError) as caught:
        validate(codebook(*labels))
    assert str(caught.value) == message
