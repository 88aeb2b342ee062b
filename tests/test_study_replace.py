"""A wave imported again from a changed file: what differs, and what becomes of codings."""

from pathlib import Path
from typing import Any

from study_cases import (
    ANSWERS,
    IMPORT,
    coded,
    csv_file,
    database,
    done,
    labels,
    new_study,
    refused,
    state,
    statuses,
    survey,
    three_coded,
    with_codebook,
)

from coder.study import (
    Study,
    agreement_tables,
    coded_wave,
    create_study,
    export_codings,
    frequency_tables,
    study_status,
)


def log(study: Path) -> list[tuple[Any, ...]]:
    return database(study, "SELECT kind, memo FROM event ORDER BY id")


def test_a_changed_file_says_what_differs_and_asks_for_replace(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    changed = {**ANSWERS, "02": "alleen tijd", "09": "een nieuwe methode"}
    del changed["03"]
    before = state(study)
    line = refused("import", survey(tmp_path, changed), *IMPORT, "--study", study)
    for fragment in (
        "meting.csv differs from wave w1",
        "1 respondent new",
        "1 respondent gone",
        "1 answer changed",
        "2 codings concerned",
        "respondent 02, question nodig",
        "--replace",
    ):
        assert fragment in line
    assert state(study) == before


def test_empty_answers_that_stay_empty_are_no_change(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    line = refused(
        "import", survey(tmp_path, {**ANSWERS, "08": "handen"}), *IMPORT, "--study", study
    )  # fmt: skip
    assert "1 answer changed" in line
    assert "coding" not in line.partition("Use --replace")[0]


def test_a_file_read_differently_is_a_changed_file(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    line = refused("import", file, *IMPORT, "--group", "wat", "--study", study)
    assert "columns read differently: groups" in line
    done("import", file, *IMPORT, "--group", "wat", "--replace", "--study", study)


def test_replacing_keeps_codings_of_unchanged_answers_and_takes_back_the_others(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    events = log(study)
    changed = survey(tmp_path, {**ANSWERS, "02": "alleen tijd"})
    said = done("import", changed, *IMPORT, "--replace", "--study", study)
    assert "codings of unchanged answers are kept" in said.err
    assert labels(study) == {"01": "tijd", "03": "groepen"}
    assert statuses(study)["02"] == "unseen"
    # nothing is overwritten: the log holds the coding and that it was taken back
    assert log(study)[: len(events)] == events
    assert ("retract", "answer changed in the file") in log(study)[len(events) :]


def test_respondents_that_are_gone_stand_outside_every_table(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    coded(study, [("01", "CD", "tijd", "", ""), ("02", "CD", "tijd", "", "")])
    fewer = {who: text for who, text in ANSWERS.items() if who != "02"}
    done("import", survey(tmp_path, fewer), *IMPORT, "--replace", "--study", study)
    assert "02" not in statuses(study)
    with Study.open(study) as opened, opened.database.read() as connection:
        wave = opened.wave(connection, "w1")
        question = opened.question()
        (frequencies,) = frequency_tables(coded_wave(opened, question, wave))
        (agreement,) = agreement_tables(opened, question, [wave], replicates=10)
        (status,) = study_status(opened).questions
        export_codings(opened, tmp_path / "ab.csv", "AB")
    assert frequencies.counts["filled_in"] == 5
    assert agreement.answers == 1
    assert (status.answers, status.filled_in) == (7, 5)
    written = (tmp_path / "ab.csv").read_text().splitlines()[1:]
    assert [line.partition(",")[0] for line in written] == ["01", "03"]
    said = done("export", "--out", tmp_path / "uit.csv", "--study", study)
    assert "7 respondents" in said.err


def test_who_comes_back_in_a_later_file_has_their_codings_again(tmp_path: Path) -> None:
    """A file cut short by accident, imported with --replace and then mended, costs nobody's work."""
    study = three_coded(tmp_path)
    cut_short = dict(list(ANSWERS.items())[:1])
    done("import", survey(tmp_path, cut_short), *IMPORT, "--replace", "--study", study)
    assert labels(study) == {"01": "tijd"}
    done("import", survey(tmp_path), *IMPORT, "--replace", "--study", study)
    assert labels(study) == {"01": "tijd", "02": "tijd handen", "03": "groepen"}
    assert statuses(study)["02"] == "labelled"


def test_who_comes_back_with_another_answer_is_unseen(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    done("import", survey(tmp_path, {"01": ANSWERS["01"]}), *IMPORT, "--replace", "--study", study)
    done("import", survey(tmp_path, {**ANSWERS, "02": "iets anders"}), *IMPORT, "--replace",
         "--study", study)  # fmt: skip
    assert labels(study) == {"01": "tijd", "03": "groepen"}
    assert statuses(study)["02"] == "unseen"


def test_the_order_of_respondents_follows_the_newest_file(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    turned = dict(reversed(ANSWERS.items()))
    done("import", survey(tmp_path, turned), *IMPORT, "--replace", "--study", study)
    assert list(statuses(study)) == list(turned)
    assert len(labels(study)) == 3


def test_automatic_labels_of_a_changed_answer_are_gone(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    done("label", "--wave", "w1", "--study", study)
    assert statuses(study)["08"] in {"labelled", "unlabelled"}
    done("import", survey(tmp_path, {**ANSWERS, "08": "een heel ander verhaal"}), *IMPORT, "--replace",
         "--study", study)  # fmt: skip
    assert statuses(study)["08"] == "unseen"
    assert statuses(study)["06"] in {"labelled", "unlabelled"}


def test_a_replacement_may_not_forget_a_question(tmp_path: Path) -> None:
    rows = [("nr", "wat", "wie"), ("01", "tijd", "de directie"), ("02", "rust", "wijzelf")]
    file = csv_file(tmp_path / "twee.csv", rows)
    study = create_study(tmp_path / "onderzoek")
    done("import", file, *IMPORT, "--answers", "wie=doet", "--study", study)
    before = state(study)
    line = refused("import", file, *IMPORT, "--replace", "--study", study)
    assert "doet" in line
    assert "--answers" in line
    assert state(study) == before


def test_a_question_can_be_added_to_a_wave(tmp_path: Path) -> None:
    rows = [("nr", "wat", "wie"), ("01", "tijd", "de directie"), ("02", "rust", "wijzelf")]
    file = csv_file(tmp_path / "twee.csv", rows)
    study = with_codebook(new_study(tmp_path, file))
    coded(study, [("01", "AB", "tijd", "", "")])
    done("import", file, *IMPORT, "--answers", "wie=doet", "--replace", "--study", study)
    assert labels(study) == {"01": "tijd"}
    assert statuses(study, question="doet") == {"01": "unseen", "02": "unseen"}
