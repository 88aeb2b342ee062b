"""Automatic labels: for what no person has coded, queued where in doubt, never in the way of a person."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from study_cases import CODEBOOK, coded, csv_file, database, done, new_study, survey, with_codebook

from coder.messages import set_language
from coder.study import LabelResult, Study, coded_wave, label_wave, train

TIME = """\
meer tijd om voor te bereiden
tijd, tijd en nog eens tijd
gewoon meer uren naast de lessen
er is te weinig voorbereidingstijd
een middag per week vrij roosteren
tijd
minder vergaderen, dan houd je tijd over
uren om samen lessen te maken
voldoende tijd in het takenplaatje
rustig de tijd krijgen om te leren
extra uren voor de starters
tijd om na te denken""".splitlines()
HANDS = """\
een extra paar handen in de les
meer handen!
onderwijsassistent erbij
een tweede volwassene in het lokaal
handen, handen, handen
een assistent die groepjes begeleidt
ouders of stagiairs als extra handen
meer mensen in de groep
een collega erbij in de drukke uren van de dag
ondersteuning door een assistent
vaste hulp in de bovenbouw
meer handen""".splitlines()
GROUPS = """\
kleinere groepen
minder leerlingen per klas
klassen van hooguit twintig
groepen kleiner maken
met dertig kinderen gaat het niet
niet meer dan 22 in een groep
kleinere klassen en klaar
groepsgrootte omlaag
splitsen van de grote klas
de klas is nu te vol
minder kinderen tegelijk
kleine groepen""".splitlines()
BOTH = [("tijd en extra handen", "tijd|handen"), ("kleinere groepen en meer tijd", "groepen|tijd")]
KNOWN = [
    *((t, "tijd") for t in TIME),
    *((t, "handen") for t in HANDS),
    *((t, "groepen") for t in GROUPS),
    *BOTH,
]
TODO = """\
meer tijd graag
wat extra handen
kleinere klassen
tijd voor overleg
assistenten
minder leerlingen
een rustige gang en goede koffie
TIJD!!
tijd
kleinere groepen, en tijd""".splitlines()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of two waves: the first coded blind by AB, the second not."""
    set_language("en")
    folder = tmp_path_factory.mktemp("label")
    first = survey(folder, {f"a{i:02}": text for i, (text, _labels) in enumerate(KNOWN)})
    study = with_codebook(new_study(folder, first))
    second = csv_file(
        folder / "tweede.csv",
        [("nr", "wat"), *((f"b{i:02}", text) for i, text in enumerate(TODO)), ("b98", "nvt"), ("b99", "")],
    )
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    rows = [(f"a{i:02}", "AB", labels, "", "1") for i, (_text, labels) in enumerate(KNOWN)]
    coded(study, rows, wave="w1")
    label(study)  # the sentence vectors are in the study now
    return study


@pytest.fixture
def study(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "kopie"))


def label(study: Path, wave: str = "w2", **options: Any) -> LabelResult:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        return label_wave(opened, opened.question(), record, **options)


def statuses(study: Path, wave: str = "w2") -> dict[str, tuple[str, str | None]]:
    """Return for each respondent the status and where it comes from."""
    with Study.open(study) as opened, opened.database.read() as connection:
        frame = coded_wave(opened, opened.question(), opened.wave(connection, wave)).frame
    return {r["external_id"]: (r["status"], r["origin"]) for r in frame.to_dict("records")}


def suggested(study: Path) -> dict[str, tuple[int, bytes, str, int]]:
    rows = database(study, "SELECT r.external_id, s.run_id, s.probabilities, s.labels, s.queued FROM "
                           "suggestion s JOIN answer a ON a.id = s.answer_id JOIN respondent r "
                           "ON r.id = a.respondent_id ORDER BY r.id")  # fmt: skip
    return {who: (run, proba, labels, queued) for who, run, proba, labels, queued in rows}


def test_every_answer_that_nobody_coded_gets_automatic_labels(study: Path) -> None:
    result = label(study)
    assert result.labelled == len(TODO)
    assert (result.by_hand, result.not_filled_in, result.not_asked) == (0, 2, 0)
    assert result.trained.run.trained_on == len(KNOWN)
    found = statuses(study)
    assert found["b98"] == found["b99"] == ("not_filled_in", None)
    assert {origin for status, origin in found.values() if status != "not_filled_in"} == {"automatic"}
    assert "b98" not in suggested(study)
    given = {who: labels for who, (_run, _proba, labels, _queued) in suggested(study).items()}
    assert given["b00"] == "tijd"
    assert given["b02"] == "groepen"
    assert "tijd" in given["b09"].split()


def test_what_a_person_decided_is_never_touched(study: Path) -> None:
    rows = [
        ("b00", "AB", "handen", "", ""),
        ("b01", "AB", "", "skipped", ""),
        ("b02", "AB", "", "unclear", ""),
        ("b03", "AB", "", "none", ""),
        ("b04", "AB", "tijd", "", ""),
        ("b04", "CD", "handen", "", ""),
    ]
    coded(study, rows, wave="w2")
    before = database(study, "SELECT * FROM coding"), database(study, "SELECT * FROM event")
    result = label(study)
    assert (database(study, "SELECT * FROM coding"), database(study, "SELECT * FROM event")) == before
    assert (result.by_hand, result.labelled) == (5, len(TODO) - 5)
    found = statuses(study)
    assert found["b00"] == ("labelled", "single")
    assert found["b01"] == ("skipped", None)
    assert found["b02"] == ("unclear", "single")
    assert found["b04"] == ("open", "open")


def test_a_coding_made_after_labelling_takes_the_place_of_the_automatic_labels(study: Path) -> None:
    assert statuses(study)["b00"] == ("labelled", "automatic")
    coded(study, [("b00", "AB", "handen", "", "")], wave="w2")
    assert statuses(study)["b00"] == ("labelled", "single")


def test_what_has_no_label_above_its_threshold_is_not_called_off_topic(study: Path) -> None:
    result = label(study)
    found = [status for status, _origin in statuses(study).values()]
    assert found.count("unlabelled") == result.without_label
    assert "none" not in found


def test_automatic_labels_do_not_teach(study: Path) -> None:
    with Study.open(study) as opened:
        assert train(opened, opened.question()).run.trained_on == len(KNOWN)


def test_labelling_again_after_more_coding_replaces_the_automatic_labels(study: Path) -> None:
    first = label(study)
    coded(study, [("b00", "AB", "tijd", "", "1"), ("b06", "AB", "overig", "", "1")], wave="w2")
    second = label(study)
    assert second.run > first.run
    assert second.trained.run.trained_on == len(KNOWN) + 2
    assert {run for run, *_rest in suggested(study).values()} == {second.run}
    rows = database(
        study, "SELECT seed, pipeline, codebook_version, wave_id FROM run WHERE id = ?", second.run
    )
    ((seed, pipeline, version, wave),) = rows
    assert (seed, version, wave) == (0, 2, 2)
    assert pipeline


def test_labelling_one_wave_leaves_the_automatic_labels_of_another(study: Path) -> None:
    third = survey(study.parent, {"c1": "meer tijd", "c2": "handen"}, "derde.csv")
    done("import", third, "--wave", "w3", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    before = suggested(study)
    label(study, "w3")
    after = suggested(study)
    assert {who: after[who] for who in before} == before
    assert {"c1", "c2"} <= after.keys()


def test_the_same_seed_and_data_give_the_same_probabilities(study: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(study, tmp_path / "tweede"))
    label(study, seed=5)
    label(other, seed=5)
    mine, theirs = suggested(study), suggested(other)
    assert {who: row[1:] for who, row in mine.items()} == {who: row[1:] for who, row in theirs.items()}


@pytest.mark.parametrize(("review", "queued"), [(3, 3), (0, 0), (0.0, 0), (0.25, 3), (0.1, 1), (99, 9)])
def test_the_queue_is_as_long_as_asked_and_holds_each_text_once(
    study: Path, review: float, queued: int
) -> None:
    # "TIJD!!" and "tijd" are one text: nobody should read it twice
    result = label(study, review=review)
    assert result.queued == queued
    assert sum(row[3] for row in suggested(study).values()) == queued


def test_the_most_doubtful_answers_are_queued(study: Path) -> None:
    label(study, review=2)
    rows = database(study, "SELECT s.expected_errors, s.queued FROM suggestion s "
                           "ORDER BY s.expected_errors DESC")  # fmt: skip
    assert [queued for _errors, queued in rows][:2] == [1, 1]


def test_without_a_random_blind_sample_nothing_can_be_accepted(study: Path) -> None:
    result = label(study, max_error=0.2)
    assert result.acceptance is not None
    assert (result.acceptance.sample, result.acceptance.accepted, result.acceptance.whole) == (0, 0, 0)
    assert result.queued == result.labelled
    said = done("label", "--wave", "w2", "--max-error", "0.2", "--study", study)
    assert "No threshold can be judged" in said.out
    assert "0 of 50 label decisions accepted (0%)" in " ".join(said.out.split())


def change(study: Path, statement: str) -> None:
    with closing(sqlite3.connect(study / "study.db")) as connection, connection:
        connection.execute(statement)


def declared_random(study: Path, rows: list[tuple[str, str, str, str]]) -> None:
    path = csv_file(study.parent / "aselect.csv", [("id", "coder", "labels", "blind"), *rows])
    done("codings", "import", path, "--wave", "w1", "--random-sample", "--study", study)


def test_decisions_that_meet_the_guarantee_are_accepted_and_the_rest_is_queued(study: Path) -> None:
    declared_random(study, [(f"a{i:02}", "AB", labels, "1") for i, (_text, labels) in enumerate(KNOWN)])
    result = label(study, max_error=0.2)
    found = result.acceptance
    assert found is not None
    assert found.sample == len(KNOWN)
    assert found.decisions == 5 * len(TODO)
    assert 0 < found.accepted <= found.decisions
    assert result.queued == result.labelled - found.whole
    rows = database(study, "SELECT accepted, queued FROM suggestion s JOIN run r ON r.id = s.run_id")
    assert sum(accepted for accepted, _queued in rows) == found.accepted
    assert all(queued == (accepted < 5) for accepted, queued in rows)
    sure = [t.certainty for t in found.thresholds.values() if t.certainty is not None]
    assert sure
    assert all(0 <= t <= 1 for t in sure)


def test_when_no_threshold_qualifies_the_program_says_so(study: Path) -> None:
    declared_random(study, [(f"a{i:02}", "AB", labels, "1") for i, (_text, labels) in enumerate(KNOWN)])
    said = done("label", "--wave", "w2", "--max-error", "0.01", "--study", study)
    text = " ".join(said.out.split())
    assert "0 of 50 label decisions accepted (0%), 0 of 10 answers as a whole" in text
    assert "No threshold can be judged for: Tijd, Meer handen" in text
    assert "coded blind: 38; at most 1% error takes at least 299, without a mistake." in text


def test_respondents_of_too_few_schools_are_no_ground_for_a_guarantee(study: Path) -> None:
    declared_random(study, [(f"a{i:02}", "AB", labels, "1") for i, (_text, labels) in enumerate(KNOWN)])
    change(study, "UPDATE respondent SET cluster = 'school ' || (id % 4)")
    said = " ".join(done("label", "--wave", "w2", "--max-error", "0.2", "--study", study).out.split())
    assert "are of too few clusters; at most 20% error takes more than 14, of about one size." in said
    assert "0 of 50 label decisions accepted (0%)" in said


def test_a_school_and_a_respondent_of_the_same_name_are_not_one_cluster(study: Path) -> None:
    """One respondent has a school, which is named as one of the respondents that have none."""
    declared_random(study, [(f"a{i:02}", "AB", labels, "1") for i, (_text, labels) in enumerate(KNOWN)])
    before = label(study, max_error=0.2).acceptance
    change(study, "UPDATE respondent SET cluster = 'a37' WHERE external_id = 'a00'")
    after = label(study, max_error=0.2).acceptance
    assert before is not None
    assert after is not None
    assert after.thresholds == before.thresholds


def test_codings_that_were_not_blind_are_no_ground_for_a_guarantee(study: Path) -> None:
    declared_random(study, [(f"a{i:02}", "CD", labels, "0") for i, (_text, labels) in enumerate(KNOWN)])
    result = label(study, max_error=0.2)
    assert result.acceptance is not None
    assert result.acceptance.sample == 0


def test_before_anybody_coded_the_codebook_itself_teaches(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    said = done("label", "--wave", "w1", "--study", study)
    assert "learnt from 0 coded answers" in " ".join(said.out.split())
    found = {who: labels for who, (_run, _proba, labels, _queued) in suggested(study).items()}
    assert len(found) == 6
    assert "handen" in found["08"].split()
    said = done("train", "--study", study)
    assert "nobody has coded yet" in said.err
    assert done("train", "--json", "--study", study).json[0]["trained_on"] == 0


def test_a_wave_that_is_coded_whole_has_nothing_to_label(study: Path) -> None:
    result = label(study, "w1", review=5)
    assert (result.labelled, result.by_hand, result.queued) == (0, len(KNOWN), 0)
    result = label(study, "w1", max_error=0.1)
    assert result.acceptance is not None
    assert result.acceptance.decisions == 0


def test_train_reports_the_quality_of_each_label(study: Path) -> None:
    said = done("train", "--study", study)
    assert f"learnt from {len(KNOWN)} coded answers (out of sample)" in " ".join(said.out.split())
    assert "Meer handen" in said.out
    assert "micro-F1" in said.out
    (found,) = done("train", "--json", "--seed", "3", "--study", study).json
    assert found["question"] == "nodig"
    assert found["trained_on"] == len(KNOWN)
    positives = {row["label"]: row["positives"] for row in found["labels"]}
    assert positives["tijd"] == len(TIME) + 2
    assert 0 <= found["micro_f1"] <= 1


def test_a_label_unknown_to_older_codings_does_not_teach_that_it_is_absent(study: Path) -> None:
    with_codebook(study, CODEBOOK.replace("Iemand erbij in de les.", "Een tweede leraar of assistent."))
    with Study.open(study) as opened:
        trained = train(opened, opened.question())
    column = list(trained.run.labels).index("handen")
    import numpy as np

    assert np.isnan(trained.values[:, column]).all()
    assert not np.isnan(np.delete(trained.values, column, axis=1)).any()


def test_a_labelled_wave_is_reported_over_all_its_answers_and_marked_provisional(study: Path) -> None:
    label(study, review=4)
    coded(study, [("b00", "AB", "tijd", "", "")], wave="w2")
    (found,) = done("frequencies", "--wave", "w2", "--json", "--study", study).json
    assert found["provisional"] is True
    counts = found["counts"]
    assert (counts["filled_in"], counts["automatic"]) == (len(TODO), len(TODO) - 1)
    assert counts["queued"] in {3, 4}
    taught = {label for _text, labels in KNOWN for label in labels.split("|")}
    for row in found["labels"]:
        # of what nobody gave the model an example of, its silence is no zero
        learnt = row["label"] in taught or row["label"] in {"none", "unclear", "unlabelled"}
        assert row["n"] == (len(TODO) if learnt else 1), row
    text = " ".join(done("frequencies", "--wave", "w2", "--study", study).out.split())
    assert "Provisional: coded by the model 9 (90% of what was filled in)" in text


def test_the_settings_of_the_model_are_the_study_s(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(settings.read_text().replace("seed = 0", "seed = 7"))
    assert label(study).trained.run.seed == 7
    assert label(study, seed=2).trained.run.seed == 2
