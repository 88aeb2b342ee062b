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
from coder.reports.accountability import answers_paragraph, question_paragraphs
from coder.reports.agreement_paragraph import agreement_paragraph, model_agreement
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
        "2017 · leraar: of 48 respondents 46 were asked this question; 40 filled in an answer (87%), 6 left",
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
        sample_question(),
        frequencies=(corrected_table(), corrected_table("functie", ("a", "b"))),
        parts=tuple(replace(part, corrected=True) for part in sample_question().parts),
    )
    said = " ".join(question_paragraphs(question, [sample_run()]))
    assert said.count("Audit sample of the whole wave: 150 answers coded blind by a person of 150") == 1
    assert "where fewer than 20 answers of the audit sample have the label" in said
    assert "In simulations (see the methodology) 95% intervals" in said
    assert "predicted without that answer or another with the same text (out of sample)" in said
    assert "had not learnt" not in said
    assert "2017 · leraren: N = 504. Coded by people: 240, of which 150 in the audit sample" in said
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
        paragraph for paragraph in said if paragraph.startswith("People against the model, 2017: 300 answers")
    )
    assert "alpha with MASI distance is 0.80 (0.76–0.84); 81% of the sets are identical." in model


def test_nobody_is_said_to_be_asked_where_the_file_does_not_say_so() -> None:
    said = answers_paragraph(sample_question().parts)
    assert "2018 · leraar: 20 of 24 respondents filled in an answer (83%); the others left it empty" in said
    assert "the file does not say who was." in said
    assert "72" not in said


def test_what_is_corrected_is_said_of_each_wave_and_what_is_not_too() -> None:
    first, second = sample_question().parts
    question = replace(sample_question(), parts=(first, replace(second, corrected=True)))
    said = " ".join(question_paragraphs(question))
    assert "Corrected for the model's errors are the percentages of 2018 (4 answers by the model)." in said
    assert "Not corrected are those of 2017 (8 answers by the model): they are provisional" in said
    assert "How far coders agree on 2018, of which the percentages are corrected" in said
    both = replace(question, agreement=(replace(agreement_table(), waves=("2017", "2018")),))
    assert "How far coders agree on 2018" not in " ".join(question_paragraphs(both))


def test_agreement_names_its_wave_and_whether_its_answers_were_drawn_at_random() -> None:
    said = agreement_paragraph(agreement_table())
    assert "Agreement on 300 answers of 2017 coded by AB, CD" in said
    assert "All of these answers were drawn at random." in said
    some = replace(agreement_table(), at_random=120)
    assert "120 of these answers were drawn at random." in agreement_paragraph(some)
    unknown = replace(agreement_table(), at_random=0)
    assert "Whether these answers were drawn at random is not known." in agreement_paragraph(unknown)


def test_a_model_is_no_coder_that_codes_blind() -> None:
    said = model_agreement(replace(agreement_table(), comparison="model"))
    assert "people coded them blind" in said
    assert "blind, independent codings" not in said
