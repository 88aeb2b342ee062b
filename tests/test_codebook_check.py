"""What `coder codebook check` finds."""

from dataclasses import replace

import pytest

from coder.codebook import Codebook, Label, check_codebook

OTHER = Label("overig", "Overig", 98, residual=True)
NONE = Label("geen", "Geen / niets", 97, residual=True, exclusive=True)
TIME = Label("tijd", "Tijd", 1, "Uren om voor te bereiden.", examples=("meer tijd",), keywords=("tijd",))
TRAINING = Label("scholing", "Scholing", 2, "Leren van een ander.", keywords=("cursus", "op cursus"))


def findings(*labels: Label, question: str = "Wat hielp?") -> list[tuple[str, str | None, str]]:
    book = Codebook(question, (*labels, OTHER, NONE))
    return [(found.kind, found.label, found.message) for found in check_codebook(book)]


def test_a_good_codebook_has_no_findings() -> None:
    assert findings(TIME, TRAINING) == []
    assert check_codebook(Codebook.new("Wat hielp?")) == []


def test_a_label_without_definition_is_found_unless_it_is_residual() -> None:
    message = "Tijd has no definition; write which answers get it, and which just do not."
    assert findings(replace(TIME, definition=" ")) == [("warning", "tijd", message)]


def test_a_label_without_number_is_found() -> None:
    assert findings(replace(TIME, number=None)) == [("warning", "tijd", "Tijd has no number.")]


def test_two_labels_with_one_number_are_found_also_when_one_is_retired() -> None:
    message = "Tijd, Scholing have the same number 1; every label needs a number of its own."
    assert findings(TIME, replace(TRAINING, number=1, retired=True)) == [("error", "tijd", message)]


def test_two_labels_with_one_name_are_found_whatever_its_case() -> None:
    message = 'tijd, scholing have the same name "Tijd"; say in the name what tells them apart.'
    assert findings(TIME, replace(TRAINING, name=" TIJD")) == [("error", "tijd", message)]
    assert findings(TIME, replace(TRAINING, name="tijd", retired=True)) == []


def test_a_keyword_of_two_labels_is_found() -> None:
    message = 'The keyword "tijd" belongs to Tijd, Scholing; leave it with one of them.'
    twice = replace(TIME, keywords=("tijd", "Tijd!"), examples=())
    assert findings(twice, replace(TRAINING, keywords=("TIJD",))) == [("warning", "tijd", message)]
    assert findings(twice, replace(TRAINING, keywords=("TIJD",), retired=True)) == []


@pytest.mark.parametrize("example", ["Op cursus!", "een CURSUS, en rust", "cursus"])
def test_an_example_that_holds_a_keyword_of_another_label_is_found(example: str) -> None:
    keyword = "cursus"
    assert findings(replace(TIME, examples=(example,)), TRAINING) == [
        (
            "warning",
            "tijd",
            f'The example "{example}" of Tijd holds the keyword "{keyword}" of Scholing; '
            "choose a clearer example or a narrower keyword.",
        )
    ]


@pytest.mark.parametrize("example", ["cursusboek", "concursus", "excursusje"])
def test_part_of_a_word_is_not_a_keyword(example: str) -> None:
    assert findings(replace(TIME, examples=(example,)), TRAINING) == []


def test_a_keyword_without_letters_claims_nothing() -> None:
    assert (
        findings(replace(TIME, examples=("!", "- wat tijd")), replace(TRAINING, keywords=("-", "!!"))) == []
    )


def test_a_net_label_and_the_labels_under_it_may_hold_each_others_keywords() -> None:
    net = Label("net", "Samenwerking", 3, "Met collega's.", examples=("samen kijken",), keywords=("samen",))
    middle = Label("kijken", "Kijken", 31, "In de les.", keywords=("kijken",), parent="net")
    deep = Label("video", "Video", 32, "Op film.", examples=("samen een video",), parent="kijken")
    assert findings(net, middle, deep) == []
    beside = replace(deep, parent=None)
    assert [label for _kind, label, _message in findings(net, middle, beside)] == ["video"]


def test_a_retired_net_label_with_labels_in_use_is_found() -> None:
    net = replace(TRAINING, retired=True)
    message = "Tijd stands under Scholing, which is retired; give it another parent or none."
    assert findings(replace(TIME, parent="scholing"), net) == [("warning", "tijd", message)]
    assert findings(replace(TIME, parent="scholing", retired=True), net) == []


def test_a_cycle_of_parents_is_found_once() -> None:
    found = findings(replace(TIME, parent="scholing"), replace(TRAINING, parent="tijd"))
    message = (
        "label 1: label tijd is its own parent (tijd → scholing → tijd); take away one of these parents."
    )
    assert found == [("error", "tijd", message)]


def test_a_codebook_without_residual_or_exclusive_labels_is_found() -> None:
    messages = [found.message for found in check_codebook(Codebook(" ", (TIME,)))]
    assert messages == [
        'The text of the question is not there: write it after "question:".',
        "There is no residual label: add one, such as Overig, for answers that no other label fits.",
        "There is no exclusive label: add one, such as Weet niet / geen mening, "
        "for answers that say nothing else.",
    ]
