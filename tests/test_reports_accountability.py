"""The sheet Verantwoording in words: every number comes from the records."""

from dataclasses import replace

from test_reports_sample import agreement_table, sample_question, sample_run, sample_set

from coder.reports import accountability, coded_counts, is_provisional
from coder.reports.accountability import agreement_paragraph, question_paragraphs


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
    assert "Given too rarely for a verdict (fewer than 10 codings): Schoolvisie." in text
    assert "Schoolvisie 0.85" not in text
    assert "resampling clusters (seed 0)" in text


def test_a_question_that_nobody_coded_twice_says_so() -> None:
    text = " ".join(question_paragraphs(replace(sample_question(), agreement=())))
    assert "Agreement between coders was not measured" in text


def test_the_whole_ends_with_what_holds_for_all_questions() -> None:
    paragraphs = accountability([sample_question()], {}, program_version="0.1.0")
    assert any("Nonresponse" in paragraph for paragraph in paragraphs)
    assert paragraphs[-1].endswith("version 0.1.0.")
    headings = [paragraph for paragraph in paragraphs if not paragraph.endswith(".")]
    assert headings == ["v12 · Wat heeft bijgedragen aan de verbetering?", "For all questions"]
