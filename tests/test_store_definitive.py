"""The definitive coding of an answer: the rule of the design, case by case and for any coders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coder.store import CONSENSUS, CoderSays, Definitive, definitive


def says(
    coder: str, *labels: str, status: str = "labelled", version: int = 1, at: str = "2018-01-01"
) -> CoderSays:
    return CoderSays(coder, status, labels, version, at)


def test_the_consensus_coding_goes_before_all_others() -> None:
    found = definitive(
        [says("anna", "tijd"), says("bram", "team"), says(CONSENSUS, "team", "tijd", version=3)]
    )
    assert found == Definitive("labelled", ("team", "tijd"), "consensus", 3)


def test_coders_with_the_identical_set_are_unanimous_whatever_the_order_of_mention() -> None:
    found = definitive([says("bram", "tijd", "team", at="2018-02-01"), says("anna", "team", "tijd")])
    assert found == Definitive("labelled", ("team", "tijd"), "unanimous", 1)


def test_the_order_kept_is_that_of_whoever_coded_first() -> None:
    codings = [says("anna", "tijd", "team", at="2018-02-01"), says("bram", "team", "tijd", at="2018-01-31")]
    assert definitive(codings).labels == ("team", "tijd")


def test_the_only_coder_decides() -> None:
    assert definitive([says("anna", "tijd")]) == Definitive("labelled", ("tijd",), "single", 1)
    assert definitive([says("anna", status="unclear")]) == Definitive("unclear", (), "single", 1)


def test_coders_who_differ_leave_the_answer_open() -> None:
    for other in (says("bram", "team"), says("bram", "tijd", "team"), says("bram", status="none")):
        assert definitive([says("anna", "tijd"), other]) == Definitive("open", (), "open", 1)


def test_not_to_the_point_and_not_codable_are_different_decisions() -> None:
    assert definitive([says("anna", status="none"), says("bram", status="unclear")]).origin == "open"


def test_two_of_three_is_not_agreement() -> None:
    assert definitive([says("anna", "tijd"), says("bram", "tijd"), says("cato", "team")]).origin == "open"


def test_held_over_counts_as_not_coded() -> None:
    held_over = says("bram", status="skipped", version=1)
    assert definitive([says("anna", "tijd", version=2), held_over]) == Definitive(
        "labelled", ("tijd",), "single", 2
    )
    assert definitive([held_over]) == Definitive("skipped", (), "skipped", 1)
    assert definitive([says(CONSENSUS, status="skipped"), says("anna", "tijd")]).origin == "single"


def test_it_stands_on_the_oldest_codebook_version_among_its_codings() -> None:
    found = definitive([says("anna", "tijd", version=4), says("bram", "tijd", version=2)])
    assert found.codebook_version == 2


def test_an_answer_nobody_coded_has_none() -> None:
    with pytest.raises(ValueError, match="without codings"):
        definitive([])


coders = st.builds(
    CoderSays,
    coder=st.sampled_from(["anna", "bram", "cato", CONSENSUS]),
    status=st.just("labelled"),
    labels=st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple),
    codebook_version=st.integers(1, 3),
    at=st.sampled_from(["2017", "2018"]),
) | st.builds(
    CoderSays,
    coder=st.sampled_from(["anna", "bram", "cato", CONSENSUS]),
    status=st.sampled_from(["none", "unclear", "skipped"]),
    labels=st.just(()),
    codebook_version=st.integers(1, 3),
    at=st.sampled_from(["2017", "2018"]),
)


@given(st.lists(coders, min_size=1, unique_by=lambda c: c.coder), st.randoms(use_true_random=False))
def test_it_does_not_depend_on_who_is_named_first(codings: list[CoderSays], random: object) -> None:
    found = definitive(codings)
    random.shuffle(codings)  # type: ignore[attr-defined]
    assert definitive(codings) == found


@given(st.lists(coders, min_size=1, unique_by=lambda c: c.coder))
def test_one_who_holds_over_changes_nothing_for_the_others(codings: list[CoderSays]) -> None:
    late = CoderSays("zoë", "skipped", (), 1, "2016")
    assert definitive([*codings, late]) == definitive(codings) or definitive(codings).origin == "skipped"
