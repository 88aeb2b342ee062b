"""The sheet Verantwoording in words: every number comes from the records."""

from dataclasses import replace
from threading import Thread

from test_reports_sample import (
    agreement_table,
    compared_table,
    corrected_table,
    sample_question,
    sample_run,
    sample_set,
)

from coder.messages import current_language, in_language, set_language
from coder.reports import accountability, coded_counts, is_provisional
from coder.reports.accountability import question_paragraphs
from coder.reports.agreement_paragraph import agreement_paragraph
from coder.reports.frequency_paragraphs import frequency_paragraphs


def test_counts_tell_asked_from_filled_in_and_automatic_from_queued() -> None:
    counts = coded_counts(sample_question())
    assert (counts.rows, counts.asked, counts.filled_in, counts.blank) == (72, 68, 60, 8)
    assert (counts.automatic, counts.queued, counts.undecided) == (12, 8, 12)
    assert counts.asked == counts.filled_in + counts.blank


def test_a_set_is_definitive_only_when_people_decided_everything() -> None:
    coded = sample_set()
    assert is_provisional(coded)
    question = sample_question()
    done = replace(question, status=["labelled"] * 72, origin=["single"] * 72)
    assert not is_provisional(replace(coded, questions=(done,)))
    assert is_provisional(replace(coded, questions=(replace(done, origin=["automatic"] * 72),)))


def test_the_paragraphs_name_who_coded_what_and_how() -> None:
    text = " ".join(question_paragraphs(sample_question(), [sample_run()]))
    for said in (
        "Of 72 respondents 68 were asked this question. 60 filled in an answer (88%); 8 left it empty",
        "The codebook is at version 3 (7 labels)",
        "AB (40 answers), CD (31 answers)",
        "consensus 4, unanimous 12, one coder 20, automatic 12",
        "No person coded 12 of the answers (20% of what was filled in)",
        "Of these, 8 (67%) wait for a person",
        "Run 2 of 2018-06-01 over 2018: trained on 64 coded answers, codebook version 3",
        "weighted with the weights of the file",
        "take clusters as sampling units",
    ):
        assert said in text


def test_agreement_is_reported_with_intervals_and_no_verdict_on_rare_labels() -> None:
    text = agreement_paragraph(agreement_table())
    assert "Nascholing 0.90 (0.85–0.95) good" in text
    assert "Given too rarely for a verdict (fewer than 10 answers with the label" in text
    assert "where there are none)): Schoolvisie." in text
    assert "Schoolvisie 0.85" not in text
    assert "resampling clusters (seed 0)" in text


def test_a_question_that_nobody_coded_twice_says_so() -> None:
    text = " ".join(question_paragraphs(replace(sample_question(), agreement=())))
    assert "Agreement between coders was not measured" in text


def test_the_whole_is_there_in_dutch_and_then_in_english_whatever_the_language() -> None:
    for language in ("en", "nl"):
        set_language(language)
        paragraphs = accountability([sample_question()], {}, program_version="0.1.0")
        headings = [paragraph for paragraph in paragraphs if not paragraph.endswith(".")]
        half = len(headings) // 2
        assert headings[half:] == [
            "English",
            "v12 · Wat heeft bijgedragen aan de verbetering?",
            "For all questions",
        ]
        assert headings[0] == "Nederlands"
        assert len(paragraphs[: len(paragraphs) // 2]) == len(paragraphs[len(paragraphs) // 2 :])
        assert paragraphs[len(paragraphs) // 2 - 1] != paragraphs[-1]
        assert all(
            paragraph.endswith("0.1.0.")
            for paragraph in (paragraphs[len(paragraphs) // 2 - 1], paragraphs[-1])
        )
    set_language("en")


def test_a_language_for_a_block_is_over_after_it_and_not_that_of_other_threads() -> None:
    seen: list[str] = []
    with in_language("nl"):
        assert current_language() == "nl"
        with in_language("en"):
            assert current_language() == "en"
        thread = Thread(target=lambda: seen.append(current_language()))
        thread.start()
        thread.join()
    assert seen == ["en"]
    assert current_language() == "en"


def test_phases_are_named_when_they_are_known() -> None:
    question = replace(sample_question(), phases=("explore", "pilot", "fix", "code"))
    said = " ".join(question_paragraphs(question))
    assert "Phases of the work: exploring, pilot coding, fixing the codebook, coding the answers." in said
    assert "Phases" not in " ".join(question_paragraphs(sample_question()))


def test_a_correction_is_accounted_for_with_its_sample_and_rules() -> None:
    question = replace(
        sample_question(), frequencies=(corrected_table(), corrected_table("functie", ("a", "b")))
    )
    said = " ".join(question_paragraphs(question, [sample_run()]))
    assert said.count("Audit sample: 150 answers coded blind by a person of 150") == 1
    assert "where fewer than 20 answers of the audit sample have the label" in said
    assert "miss the truth in a quarter of the cases" in said
    assert "the model's errors are not in the intervals" not in said


def test_tests_between_groups_are_accounted_for_with_their_outcome() -> None:
    said = " ".join(frequency_paragraphs([compared_table()]))
    assert "2017 · leraren, functie: Test over all labels together (Rao-Scott): F(2.9; 81) = 2.88" in said


def test_pairs_and_consensus_are_left_to_the_sheet_of_agreement() -> None:
    names = ("coders", "pair", "consensus", "model")
    tables = tuple(replace(agreement_table(), comparison=name) for name in names)
    said = question_paragraphs(replace(sample_question(), agreement=tables))
    assert sum("Krippendorff's alpha" in paragraph for paragraph in said) == 1
    model = next(
        paragraph for paragraph in said if paragraph.startswith("People against the model: 300 answers")
    )
    assert "alpha with MASI distance is 0.80 (0.76–0.84); 81% of the sets are identical." in model
