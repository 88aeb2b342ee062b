"""Answers that say nothing are listed for a person to decide on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.corpus import contentless
from coder.corpus.contentless import is_contentless


def test_spellings_of_one_phrase_are_counted_together_under_the_most_frequent() -> None:
    texts = [
        "Nvt",
        "n.v.t.",
        "nvt",
        "Nvt",
        "NVT ",
        "geen idee",
        "Geen idee!",
        "geen idee",
        "meer tijd",
        None,
        "",
        "  ",
    ]
    assert contentless(texts) == [("Nvt", 5), ("geen idee", 3)]


def test_signs_are_kept_apart_and_equal_counts_are_in_order() -> None:
    assert contentless(["-", "?", "-", "...", "🙂"]) == [("-", 2), ("...", 1), ("?", 1), ("🙂", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "nvt", "N.V.T.", "niet van toepassing", "-", "geen idee", "Geen flauw idee!", "weet niet",
        "weet ik niet", "Ik zou het niet weten", "geen mening", "geen", "niets", "niks", "?", "x",
        "XXX", "zie boven", "zie hierboven", "Zie vorige vraag", "idem", "geen opmerkingen", "NA",
        "n/a", "99", "kan ik niet zeggen", "zelfde als hierboven", "niets toe te voegen",
    ],
)  # fmt: skip
def test_phrases_that_say_nothing_are_recognised(text: str) -> None:
    assert is_contentless(text)


@pytest.mark.parametrize(
    "text",
    [
        "tijd", "geen tijd", "niets doen helpt niet", "rt", "ib'er", "ict", "idee", "kleinere klassen",
        "geen idee, misschien meer tijd", "scholing heeft niets opgeleverd", "geen leiding",
        "weet niet meer dan de leerlingen", "niet zo veel toetsen", "10 leerlingen minder",
    ],
)  # fmt: skip
def test_answers_with_content_are_left_alone(text: str) -> None:
    assert not is_contentless(text)


@given(
    st.lists(
        st.one_of(st.none(), st.sampled_from(["nvt", "n.v.t", "-", "tijd"]), st.text(max_size=5)), max_size=30
    )
)
def test_every_contentless_answer_is_counted_once(texts: list[str | None]) -> None:
    found = contentless(texts)
    assert sum(count for _, count in found) == sum(
        1 for text in texts if text is not None and text.strip() and is_contentless(text.strip())
    )
    assert [count for _, count in found] == sorted((count for _, count in found), reverse=True)
