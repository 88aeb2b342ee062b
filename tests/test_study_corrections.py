"""What corrected frequencies stand on: an audit by chance, blind, and predictions that never learnt of it."""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from study_cases import CODEBOOK, coded, csv_file, database, done, new_study, refused, survey, with_codebook

from coder.errors import CoderError
from coder.messages import set_language
from coder.reports.notes import frequency_notes
from coder.reports.tables import HandCoded
from coder.statistics import AUDITED, CERTAIN, PREDICTED, corrected_proportions
from coder.study import LabelResult, Study, coded_wave, frequency_tables, label_wave, study_status
from coder.study.auditing import draw_audit
from coder.study.coded_waves import CodedWave
from coder.study.corrections import AuditedWave, audited_wave, usable_audit
from coder.study.training import fit, read_codings

WHAT = [
    "rekenen",
    "taal",
    "lezen",
    "schrijven",
    "starters",
    "zij-instromers",
    "overleg",
    "toetsen",
    "gym",
    "muziek",
    "bovenbouw",
    "kleuters",
    "rapport",
    "projecten",
    "techniek",
    "biologie",
    "aardrijkskunde",
    "Engels",
    "Frans",
    "natuurkunde",
    "mentoren",
    "plusgroep",
    "instructie",
    "weektaak",
    "observeren",
    "schoolreis",
    "nakijken",
    "groepsplannen",
    "leesonderwijs",
    "spelling",
]
#: what nothing else tells the label of: a model knows it only when it has learnt that very answer
ODD = ["rododendron", "fagot", "xylofoon", "kwijlebabbel", "jojo", "zwamvlok", "pyjama", "okapi"]
#: text and what is true of it; of "zonder hulp" the model is taught the opposite
SAYS = [
    *((f"meer tijd voor {what}", "tijd") for what in WHAT),
    *((f"kleinere groepen bij {what}", "groepen") for what in WHAT),
    *((f"een assistent bij {what}", "handen") for what in WHAT[:15]),
    *((f"zonder hulp geen tijd voor {what}", "handen") for what in WHAT),
    *[("kapstok", "handen")] * 12,
    *((word, "groepen") for word in ODD),
]
TRUTH = {f"b{i:03}": (text, labels) for i, (text, labels) in enumerate(SAYS)}
TAUGHT = [
    *((f"tijd om {what} voor te bereiden", "tijd") for what in WHAT[:10]),
    *((f"geen tijd, {what}", "tijd") for what in WHAT[10:16]),
    *((f"kleinere groepen en klassen, {what}", "groepen") for what in WHAT[:10]),
    *((f"een assistent erbij, {what}", "handen") for what in WHAT[10:20]),
    ("geen idee", "weet_niet"), ("weet niet", "weet_niet"), ("koffie", "overig"),
    ("rust in de tent", "overig"),
]  # fmt: skip
SIZE = 60


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first wave coded, the second labelled by what the model learnt there, an audit drawn and coded."""
    set_language("en")
    folder = tmp_path_factory.mktemp("correct")
    first = survey(folder, {f"a{i:02}": text for i, (text, _labels) in enumerate(TAUGHT)})
    study = with_codebook(new_study(folder, first))
    second = csv_file(
        folder / "tweede.csv",
        [
            ("nr", "wat"),
            *((who, text) for who, (text, _labels) in TRUTH.items()),
            ("b998", "nvt"),
            ("b999", ""),
        ],
    )
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    coded(study, [(f"a{i:02}", "AB", labels, "", "1") for i, (_text, labels) in enumerate(TAUGHT)], wave="w1")
    # chosen by a person, before the audit: these count as they are
    coded(study, [(who, "AB", TRUTH[who][1], "", "0") for who in ("b000", "b030", "b031")], wave="w2")
    label(study)
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w2")
        draw_audit(opened, opened.question(), wave, n=SIZE, seed=5)
    return study


@pytest.fixture
def drawn(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "kopie"))


@pytest.fixture
def study(drawn: Path) -> Path:
    code(drawn, sample(drawn))
    return drawn


def label(study: Path, wave: str = "w2", **options: Any) -> LabelResult:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        return label_wave(opened, opened.question(), record, **options)


def sample(study: Path) -> list[str]:
    query = (
        "SELECT r.external_id FROM sample s JOIN answer a ON a.id = s.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id WHERE s.kind = 'audit' ORDER BY r.id"
    )
    return [who for (who,) in database(study, query)]


def code(study: Path, respondents: list[str], coder: str = "CD", blind: str = "1") -> None:
    coded(study, [(who, coder, TRUTH[who][1], "", blind) for who in respondents], wave="w2")


def both(study: Path, wave: str = "w2") -> tuple[CodedWave, AuditedWave]:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        found = coded_wave(opened, opened.question(), record)
        return found, audited_wave(opened, found)


def why_not(study: Path, wave: str = "w2") -> str:
    with pytest.raises(CoderError) as refusal:
        both(study, wave)
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            record = opened.wave(connection, wave)
        audit, unused = usable_audit(opened, coded_wave(opened, opened.question(), record))
    assert audit is None
    assert unused in (None, str(refusal.value))
    return str(refusal.value)


def column(found: CodedWave, label: str) -> int:
    return [one.id for one in found.codebook.active].index(label)


def respondents(found: CodedWave, rows: Any) -> set[str]:
    return set(found.frame.loc[rows, "external_id"])


@pytest.mark.parametrize("again", [False, True])
def test_the_correction_finds_the_truth_where_the_model_is_wrong_in_a_known_way(
    study: Path, again: bool
) -> None:
    if again:
        label(study)  # by a model that has learnt the audit too
    found, audit = both(study)
    filled = found.frame["filled_in"].to_numpy(dtype=bool)
    said = corrected_proportions(found.values, audit.predicted, audit.role, domain=filled)
    for name in ("tijd", "handen", "groepen"):
        truth = np.mean([name in labels.split("|") for _text, labels in TRUTH.values()])
        one = said[column(found, name)]
        assert one.correction.naive is not None
        assert one.proportion.low is not None
        assert one.proportion.high is not None
        assert one.proportion.low < truth < one.proportion.high
        if name == "tijd" and not again:
            assert not one.proportion.low < one.correction.naive < one.proportion.high


def test_every_answer_has_its_role(study: Path) -> None:
    coded(study, [("b998", "CD", "tijd", "", "1")], wave="w2")  # not filled in: outside everything
    found, audit = both(study)
    assert respondents(found, audit.role == AUDITED) == set(sample(study))
    assert respondents(found, audit.role == CERTAIN) == {"b000", "b030", "b031", "b998", "b999"}
    assert respondents(found, audit.role == PREDICTED) == TRUTH.keys() - set(sample(study)) - {
        "b000", "b030", "b031",
    }  # fmt: skip
    record = audit.record
    assert (record.frame, record.size, record.decided) == (len(TRUTH) - 3, SIZE, SIZE)
    assert (record.certain, record.outside, record.seed) == (3, 0, 5)
    assert not np.isnan(audit.predicted[audit.role != CERTAIN][:, column(found, "tijd")]).any()


def test_nothing_is_corrected_with_an_audit_that_could_not_draw_what_came_later(study: Path) -> None:
    rows = [
        ("nr", "wat"),
        *((who, text) for who, (text, _labels) in TRUTH.items()),
        ("c1", "meer tijd graag"),
    ]
    again = csv_file(study.parent / "tweede.csv", rows)
    done(
        "import", again, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--replace", "--study", study
    )
    assert "1 answer came into the wave, or was taken back, after the audit sample was drawn" in why_not(
        study
    )
    label(study)
    assert "1 answer came into the wave" in why_not(study)


def test_nothing_is_corrected_when_more_counts_as_filled_in_than_at_the_draw(study: Path) -> None:
    settings = study / "study.toml"
    settings.write_text(re.sub(r"not_filled_in = \[.*?\]", "not_filled_in = []", settings.read_text()))
    label(study)
    assert "1 answer came into the wave" in why_not(study)


def test_what_could_not_be_drawn_is_in_no_base_until_it_is_coded(drawn: Path) -> None:
    # seen with help before a new draw: the audit can tell nothing of it, and another draw would not have it
    seen = [who for who in TRUTH if who not in sample(drawn)][5:8]
    code(drawn, seen, "AB", blind="0")
    done("undo", "--coder", "AB", "--study", drawn)
    done("audit", "draw", "--n", SIZE + 1, "--wave", "w2", "--study", drawn)
    code(drawn, sample(drawn))
    label(drawn)
    found, audit = both(drawn)
    rows = found.frame["external_id"].isin(seen).to_numpy()
    assert (audit.role[rows] == CERTAIN).all()
    assert audit.record.outside == 3
    (table,) = frequency_tables(found, audit=audit)
    assert table.provisional
    assert {row.proportion.n for row in table.rows} == {len(TRUTH) - 3}
    # nor do they count as coded by people
    assert table.hand_coded == (HandCoded(None, SIZE + 1 + 3, SIZE + 1),)
    of_two = found.frame.assign(population=np.where(found.frame["external_id"] < seen[0], "a", "b"))
    tables = frequency_tables(replace(found, frame=of_two), audit=audit)
    assert [(one.population, one.provisional) for one in tables] == [("a", False), ("b", True)]
    said = " ".join(frequency_notes(table))
    assert "Provisional: outside the audit sample 3." in said
    assert "3 answers could not be drawn" in said
    code(drawn, seen, "AB", blind="0")
    found, audit = both(drawn)
    assert (audit.record.outside, audit.record.certain) == (0, 6)
    (table,) = frequency_tables(found, audit=audit)
    assert {row.proportion.n for row in table.rows} == {len(TRUTH)}
    assert not table.provisional


def model_without(study: Path, text: str | None = None) -> Any:
    """Return a model that learns from everything coded but for answers of this text."""
    with Study.open(study) as opened:
        taught = read_codings(opened, opened.question())
        rows = (taught.frame["text"] != text).to_numpy()
        frame = taught.frame[rows].reset_index(drop=True)
        rest = replace(taught, frame=frame, values=taught.values[rows])
        return fit(opened, rest, encode=opened.encode).model


def test_audited_answers_are_predicted_as_by_a_model_that_did_not_learn_them(study: Path) -> None:
    label(study)  # by a model that has learnt the audit
    found, audit = both(study)
    j = column(found, "groepen")
    of = dict(zip(found.frame["external_id"], audit.predicted[:, j], strict=True))
    odd = [who for who in sample(study) if TRUTH[who][0] in ODD]
    assert len(odd) > 1
    # who has learnt the answer knows it: an audit of such predictions would find no error
    learnt = model_without(study)
    assert [learnt.predict([TRUTH[who][0]])[0][j] for who in odd] == [1] * len(odd)
    assert 0 in {of[who] for who in odd}
    for who in [*odd, *sample(study)[::10]]:
        text, _labels = TRUTH[who]
        assert of[who] == model_without(study, text).predict([text])[0][j], text


def test_identical_answers_are_predicted_alike_whether_audited_or_not(study: Path) -> None:
    # a model that has learnt "kapstok" from the audit knows all of them, and has no error in the rest to show
    same = {who for who, (text, _labels) in TRUTH.items() if text == "kapstok"}
    assert same & set(sample(study))
    assert same - set(sample(study))
    for again in (False, True):
        if again:
            label(study)
        found, audit = both(study)
        rows = found.frame["external_id"].isin(same).to_numpy()
        assert len(np.unique(audit.predicted[rows], axis=0)) == 1


def test_a_text_that_the_model_learnt_from_another_answer_is_predicted_without_it(tmp_path: Path) -> None:
    texts = [*["rododendron"] * 4, *(f"meer tijd voor {what}" for what in WHAT), "kleinere groepen graag"]
    who = [f"d{i:02}" for i in range(len(texts))]
    study = with_codebook(new_study(tmp_path, survey(tmp_path, dict(zip(who, texts, strict=True)))))
    taught = [(one, "AB", "tijd", "", "1") for one in who[4:14]]
    coded(study, [("d00", "AB", "groepen", "", "1"), (who[-1], "AB", "groepen", "", "1"), *taught], wave="w1")
    label(study, "w1")
    done("audit", "draw", "--n", 12, "--study", study)
    coded(study, [(one, "AB", "tijd", "", "1") for one in sample(study)], wave="w1")
    for again in (False, True):
        if again:
            label(study, "w1")
        found, audit = both(study, "w1")
        j = column(found, "groepen")
        twins = found.frame["external_id"].isin(["d01", "d02", "d03"]).to_numpy()
        published = found.values[twins & (audit.role == PREDICTED), j]
        assert len(published)
        # it knows the word, as whoever reads the labels may expect; its errors are those of not knowing it
        assert (published == 1).all()
        assert (audit.predicted[twins, j] == 0).all()


def test_a_run_of_before_texts_were_left_out_corrects_nothing(study: Path) -> None:
    with closing(sqlite3.connect(study / "study.db")) as connection:
        connection.execute("UPDATE run SET settings = json_remove(settings, '$.taught')")
        connection.commit()
    assert f"the model has said nothing yet of {len(TRUTH) - 3} answers; let it: coder label" in why_not(
        study
    )


def test_what_the_model_says_follows_merges_of_labels(study: Path) -> None:
    before, _audit = both(study)
    j, of = column(before, "handen"), (column(before, "groepen"), column(before, "handen"))
    both_labels = (before.values[:, of] == 1).any(axis=1)
    assert (both_labels & (before.values[:, j] == 0) & (before.frame["origin"] == "automatic")).any()
    done("codebook", "merge", "groepen", "handen", "--question", "nodig", "--yes", "--study", study)
    found, audit = both(study)
    filled = found.frame["filled_in"].to_numpy(dtype=bool)
    j = column(found, "handen")
    assert (found.values[filled, j] == both_labels[filled]).all()
    said = {text for given in found.frame["given"] for text in given}
    assert "groepen" not in said
    predicted = audit.predicted[audit.role == PREDICTED, j]
    assert (predicted == both_labels[audit.role == PREDICTED]).all()
    done("codebook", "undo", "--question", "nodig", "--study", study)
    again, _audit = both(study)
    assert np.array_equal(again.values, before.values, equal_nan=True)


def test_a_label_takes_over_that_the_model_had_no_example_of_what_went_into_it(study: Path) -> None:
    with_codebook(study, CODEBOOK + "  - {id: hulp, name: Hulp, number: 4, definition: Hulp van buiten.}\n")
    label(study)
    done("codebook", "merge", "hulp", "handen", "--question", "nodig", "--yes", "--study", study)
    with Study.open(study) as opened, opened.database.read() as connection:
        found = coded_wave(opened, opened.question(), opened.wave(connection, "w2"))
    automatic = (found.frame["origin"] == "automatic").to_numpy()
    assert np.isnan(found.values[automatic, column(found, "handen")]).all()
    assert not np.isnan(found.values[automatic, column(found, "tijd")]).any()


def test_an_answer_audited_after_the_run_keeps_what_was_said_of_it_while_uncoded(drawn: Path) -> None:
    query = (
        "SELECT r.external_id, s.labels FROM suggestion s JOIN answer a ON a.id = s.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id"
    )
    before = dict(database(drawn, query))
    code(drawn, sample(drawn))
    found, audit = both(drawn)
    j = column(found, "tijd")
    of = dict(zip(found.frame["external_id"], audit.predicted[:, j], strict=True))
    assert {who: of[who] == 1 for who in sample(drawn)} == {
        who: "tijd" in before[who].split() for who in sample(drawn)
    }


def test_without_an_audit_labels_or_predictions_nothing_is_corrected(study: Path, tmp_path: Path) -> None:
    assert "people coded every answer" in why_not(study, "w1")
    fresh = with_codebook(new_study(tmp_path, survey(tmp_path, {f"d{i}": f"tijd {i}" for i in range(9)})))
    assert "no audit sample was drawn to correct with; draw one" in why_not(fresh, "w1")
    done("audit", "draw", "--n", 2, "--study", fresh)
    assert "2 answers of the audit sample are still to be coded" in why_not(fresh, "w1")
    coded(fresh, [(who, "AB", "tijd", "", "1") for who in sample(fresh)])
    assert "the model has said nothing yet of 9 answers; let it: coder label" in why_not(fresh, "w1")
    label(fresh, "w1")
    found, audit = both(fresh, "w1")
    assert (audit.role == PREDICTED).sum() == 7
    # of what nobody gave the model an example of, it says nothing
    assert np.isnan(audit.predicted[:, column(found, "handen")]).all()


def test_an_unfinished_audit_corrects_nothing(drawn: Path) -> None:
    first, second, third, *rest = sample(drawn)
    code(drawn, rest)
    assert "3 answers of the audit sample are still to be coded" in why_not(drawn)
    coded(drawn, [(first, "CD", "", "none", "1"), (second, "CD", "", "unclear", "1"),
                  (third, "CD", "", "skipped", "1")], wave="w2")  # fmt: skip
    assert "1 answer of the audit sample is left" in why_not(drawn)
    code(drawn, [third])
    code(drawn, [rest[0]], "AB")
    coded(drawn, [(rest[1], "AB", "overig", "", "1")], wave="w2")
    assert "coders differ on 1 answer of the audit sample" in why_not(drawn)
    coded(drawn, [(rest[1], "consensus", TRUTH[rest[1]][1], "", "")], wave="w2")
    found, audit = both(drawn)
    # off topic and uncodable are decided: the label is not there
    rows = found.frame["external_id"].isin([first, second]).to_numpy()
    assert (audit.role[rows] == AUDITED).all()
    assert (found.values[rows] == 0).all()


def test_an_audit_drawn_before_the_actively_chosen_codings_corrects_nothing(study: Path) -> None:
    chosen = [who for who in TRUTH if who not in sample(study)][3:8]
    code(study, chosen, "AB", blind="0")
    assert "5 answers outside the audit sample were coded since it was drawn" in why_not(study)
    old = sample(study)
    done("audit", "draw", "--n", 20, "--wave", "w2", "--study", study)
    assert not set(sample(study)) & set(old)
    code(study, sample(study))
    _found, audit = both(study)
    assert (audit.record.size, audit.record.certain) == (20, 3 + SIZE + 5)


def test_an_audit_coded_with_suggestions_in_view_corrects_nothing(drawn: Path) -> None:
    first, *rest = sample(drawn)
    code(drawn, rest)
    code(drawn, [first], blind="0")
    assert "1 answer of the audit sample was not coded blind" in why_not(drawn)


def test_a_label_that_came_later_is_read_first_by_people_and_then_by_the_model(study: Path) -> None:
    with_codebook(study, CODEBOOK + "  - {id: hulp, name: Hulp, number: 4, definition: Hulp van buiten.}\n")
    reason = why_not(study)
    assert f"label hulp came, or changed, after {SIZE} audited answers were coded" in reason
    done(*reason.split("coder ")[1].split(), "--study", study)  # the way out that it names
    queued = {answer for (answer,) in database(study, "SELECT answer_id FROM recode")}
    assert {a for (a,) in database(study, "SELECT answer_id FROM sample WHERE kind = 'audit'")} <= queued
    again = csv_file(study.parent / "opnieuw.csv", [("id", "coder", "labels", "blind"),
                     *((who, "CD", TRUTH[who][1], "1") for who in sample(study))])  # fmt: skip
    done("codings", "import", again, "--read-again", "--wave", "w2", "--study", study)
    assert "hulp came, or changed, after the model labelled the wave" in why_not(study)
    label(study)
    both(study)


def test_what_is_said_of_hand_coded_answers_changes_no_queue_count_or_table(study: Path) -> None:
    result = label(study, review=20)
    run = result.run
    everything = {a for (a,) in database(study, "SELECT answer_id FROM suggestion WHERE run_id = ?", run)}
    decided = {a for (a,) in database(study, "SELECT answer_id FROM final")}
    by_hand = everything & decided
    assert len(by_hand) == result.by_hand == SIZE + 3
    assert result.labelled == len(everything - decided) == len(TRUTH) - SIZE - 3
    flags = database(study, "SELECT answer_id, queued, accepted FROM suggestion WHERE run_id = ?", run)
    assert {(queued, accepted) for a, queued, accepted in flags if a in by_hand} == {(0, 0)}
    assert sum(queued for _a, queued, _accepted in flags) == result.queued == 20
    with Study.open(study) as opened:
        (part,) = [q for q in study_status(opened).questions if q.wave == "w2"]
        with opened.database.read() as connection:
            frame = coded_wave(opened, opened.question(), opened.wave(connection, "w2")).frame
    assert (part.automatic, part.queued) == (result.labelled, 20)
    people = frame["answer_id"].isin(by_hand)
    assert frame.loc[people, "certainty"].isna().all()
    assert set(frame.loc[people, "origin"]) == {"single"}
    assert (frame["origin"] == "automatic").sum() == result.labelled


def test_the_guarantee_does_not_touch_what_people_coded(study: Path) -> None:
    result = label(study, max_error=0.3)
    assert result.acceptance is not None
    assert result.acceptance.answers == result.labelled
    assert result.queued == result.labelled - result.acceptance.whole


def test_corrected_percentages_are_refused_with_the_reason(drawn: Path) -> None:
    said = refused("frequencies", "--wave", "w2", "--corrected", "--study", drawn)
    assert f"{SIZE} answers of the audit sample are still to be coded" in said
    code(drawn, sample(drawn))
    said = done("audit", "status", "--wave", "w2", "--study", drawn).err
    assert "ready; corrected percentages: coder frequencies --question nodig --wave w2 --corrected" in said
    done("frequencies", "--wave", "w2", "--corrected", "--study", drawn)
