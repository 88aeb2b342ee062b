"""Names of exported variables: the same in every format, and never twice."""

import re

from hypothesis import given
from hypothesis import strategies as st

from coder.codebook import Codebook, Label
from coder.writers import variable_names


def book(*numbers: int | None) -> Codebook:
    return Codebook("?", tuple(Label(f"l{i}", f"Label {i}", n) for i, n in enumerate(numbers)))


def test_code_numbers_are_padded_to_the_widest() -> None:
    names = variable_names(book(1, 12, 98), "v12")
    assert list(names.by_label.values()) == ["v12_01", "v12_12", "v12_98"]
    assert list(variable_names(book(1, 100), "v12").by_label.values()) == ["v12_001", "v12_100"]
    assert list(variable_names(book(3), "v12").by_label.values()) == ["v12_03"]
    assert names.all[:4] == ("v12_status", "v12_herkomst", "v12_zekerheid", "v12_labels")


def test_without_usable_code_numbers_labels_are_numbered_by_place() -> None:
    for numbers in ((1, None, 3), (4, 4, 5)):
        assert list(variable_names(book(*numbers), "v12").by_label.values()) == ["v12_01", "v12_02", "v12_03"]


def test_a_retired_label_has_no_variable_and_does_not_shift_the_others() -> None:
    labels = (Label("a", "A"), Label("b", "B", retired=True), Label("c", "C"))
    names = variable_names(Codebook("?", labels), "v1")
    assert dict(names.by_label) == {"a": "v1_01", "c": "v1_03"}


def test_a_name_that_is_taken_gives_the_question_another_prefix() -> None:
    names = variable_names(book(1), "v12", taken=["V12_STATUS", "respondent"])
    assert names.all == (
        "v12_2_status",
        "v12_2_herkomst",
        "v12_2_zekerheid",
        "v12_2_labels",
        "v12_2_01",
    )


@given(
    st.text(max_size=60),
    st.lists(st.none() | st.integers(-3, 1200), max_size=12),
    st.sets(st.sampled_from(["v12_01", "v12_labels", "V_status", "v_2_status"])),
)
def test_names_are_valid_in_spss_and_unique(short: str, numbers: list[int | None], taken: set[str]) -> None:
    names = variable_names(book(*numbers), short, taken)
    folded = [name.casefold() for name in (*names.all, *taken)]
    assert len(set(folded)) == len(folded)
    assert all(re.fullmatch(r"[A-Za-z][\w.@#$]{0,63}", name, re.ASCII) for name in names.all)
