"""A survey file into the study: added, recognised, replaced; joined, asked, filled in or not."""

import json
from pathlib import Path
from typing import Any

import pytest
from study_cases import (
    ANSWERS,
    coded,
    csv_file,
    database,
    done,
    new_study,
    refused,
    run,
    state,
    survey,
    with_codebook,
    workbook,
)

from coder.corpus import Layout
from coder.study import (
    Study,
    agreement_tables,
    coded_wave,
    create_study,
    export_codings,
    frequency_tables,
    import_wave,
    study_status,
)

IMPORT = ("--wave", "w1", "--id", "nr", "--answers", "wat=nodig")


def statuses(study: Path, wave: str = "w1", question: str = "nodig") -> dict[str, str]:
    with Study.open(study) as opened, opened.database.read() as connection:
        found = coded_wave(opened, opened.question(question), opened.wave(connection, wave))
    return dict(zip(found.frame["external_id"], found.frame["status"], strict=True))


def labels(study: Path, coder: str = "AB") -> dict[str, str]:
    """Return one coder's current codings that an export would hold."""
    rows = database(
        study,
        "SELECT r.external_id, c.labels FROM coding c JOIN coder k ON k.id = c.coder_id "
        "JOIN answer a ON a.id = c.answer_id JOIN respondent r ON r.id = a.respondent_id "
        "WHERE k.name = ? AND NOT r.withdrawn",
        coder,
    )
    return dict(rows)


def log(study: Path) -> list[tuple[Any, ...]]:
    return database(study, "SELECT kind, memo FROM event ORDER BY id")


def three_coded(tmp_path: Path) -> Path:
    study = with_codebook(new_study(tmp_path))
    return coded(study, [("01", "AB", "tijd", "", ""), ("02", "AB", "tijd|handen", "", ""),
                         ("03", "AB", "groepen", "", "")])  # fmt: skip


def test_an_imported_file_lies_in_the_study_as_received(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    assert (study / "corpora" / "meting.csv").read_bytes() == file.read_bytes()
    assert (study / "codebooks" / "nodig.yaml").is_file()
    assert statuses(study) == {
        **dict.fromkeys(ANSWERS, "unseen"),
        "04": "not_filled_in",
        "05": "not_filled_in",
    }


def test_another_file_of_the_same_name_gets_a_place_of_its_own(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    done("import", survey(tmp_path, {"01": "iets anders"}), "--wave", "w2", "--id", "nr",
         "--answers", "wat=nodig", "--study", study)  # fmt: skip
    kept = sorted(path.name for path in (study / "corpora").iterdir())
    assert len(kept) == 2
    assert kept[1] == "meting.csv"
    assert kept[0].startswith("meting-")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    before = state(study)
    said = done("import", file, *IMPORT, "--study", study)
    assert "meting.csv is wave w1 already; nothing changed." in said.err
    assert state(study) == before


def test_the_file_under_another_name_is_the_same_file(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    before = state(study)
    done("import", survey(tmp_path, name="nog-eens.csv"), *IMPORT, "--study", study)
    assert state(study) == before


def test_the_same_file_as_another_wave_is_remarked_on(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    said = done("import", file, *IMPORT, "--wave", "w2", "--study", study)
    assert "imported before, as wave w1" in said.err


def test_a_question_taken_out_of_the_settings_comes_back_with_its_file(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = three_coded(tmp_path)
    (study / "study.toml").write_text('name = "x"\nlanguage = "en"\n')
    done("import", file, *IMPORT, "--study", study)
    assert "[questions.nodig]" in (study / "study.toml").read_text()
    assert labels(study) == {"01": "tijd", "02": "tijd handen", "03": "groepen"}


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


def test_only_who_is_said_not_to_be_asked_is_not_asked(tmp_path: Path) -> None:
    rows = [
        ("nr", "wat", "gesteld"),
        ("01", "tijd", "ja"),
        ("02", "", "ja"),
        ("03", "", "nee"),
        ("04", "rust", "nee"),
        ("05", "", ""),
    ]
    study = create_study(tmp_path / "onderzoek")
    file = csv_file(tmp_path / "meting.csv", rows)
    said = done("import", file, *IMPORT, "--asked", "gesteld=nodig", "--study", study)
    # who answered was asked, whatever the file says; an empty cell of a routing column is a no
    assert statuses(study) == {
        "01": "unseen",
        "02": "not_filled_in",
        "03": "not_asked",
        "04": "unseen",
        "05": "not_asked",
    }
    assert [word for word in said.out.split() if word.isdigit()][-3:] == ["3", "2", "1"]


def test_without_a_column_that_says_so_nobody_is_not_asked(tmp_path: Path) -> None:
    assert "not_asked" not in statuses(new_study(tmp_path)).values()


def test_joined_columns_are_one_answer(tmp_path: Path) -> None:
    rows = [
        ("nr", "leraar", "leider"),
        ("01", "tijd", ""),
        ("02", "", "geld"),
        ("03", "rust", "ruimte"),
        ("04", "", ""),
    ]
    study = create_study(tmp_path / "onderzoek")
    file = csv_file(tmp_path / "meting.csv", rows)
    done("import", file, "--wave", "w1", "--id", "nr", "--answers", "leraar+leider=nodig", "--study", study)
    texts = dict(database(study, "SELECT r.external_id, a.text FROM answer a JOIN respondent r "
                                 "ON r.id = a.respondent_id"))  # fmt: skip
    assert texts == {"01": "tijd", "02": "geld", "03": "rust\nruimte", "04": None}


def test_import_lists_the_contentless_answers_with_their_counts(tmp_path: Path) -> None:
    answers = {"1": "nvt", "2": "Nvt", "3": "geen idee", "4": "tijd", "5": "niets", "6": "-"}
    study = create_study(tmp_path / "onderzoek")
    said = done("import", survey(tmp_path, answers), *IMPORT, "--study", study)
    (line,) = [line for line in said.err.splitlines() if "may say nothing" in line]
    assert "2 *" in line  # nvt: counts as not filled in by default
    assert "'geen idee' 1" in line
    assert "'geen idee' 1 *" not in line
    assert "'niets' 1" in line
    assert "tijd" not in line
    # only a person decides that they are no answers
    assert statuses(study)["3"] == "unseen"
    assert statuses(study)["5"] == "unseen"


def test_what_counts_as_not_filled_in_is_decided_at_import(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    done("import", survey(tmp_path), *IMPORT, "--not-filled-in", "geen idee,-", "--study", study)
    assert statuses(study)["07"] == "not_filled_in"
    assert statuses(study)["04"] == "unseen"  # nvt is not in this list
    assert 'not_filled_in = ["geen idee", "-"]' in (study / "study.toml").read_text()


def test_the_decision_can_name_one_question(tmp_path: Path) -> None:
    rows = [("nr", "wat", "wie"), ("01", "weet ik niet", "weet ik niet"), ("02", "?", "nvt")]
    study = create_study(tmp_path / "onderzoek")
    done("import", csv_file(tmp_path / "m.csv", rows), *IMPORT, "--answers", "wie=doet",
         "--not-filled-in", "doet=weet ik niet", "--not-filled-in", "doet=nvt", "--study", study)  # fmt: skip
    assert statuses(study) == {"01": "unseen", "02": "not_filled_in"}
    assert statuses(study, question="doet") == {"01": "not_filled_in", "02": "not_filled_in"}


def decisions(study: Path) -> list[list[str]]:
    rows = database(study, "SELECT memo FROM event WHERE kind = 'setting' ORDER BY id")
    return [json.loads(memo)["not_filled_in"] for (memo,) in rows]


def test_the_decision_can_be_changed_by_the_command_and_back(tmp_path: Path) -> None:
    file = survey(tmp_path)
    study = new_study(tmp_path, file)
    before = statuses(study)
    said = done("import", file, *IMPORT, "--not-filled-in", "geen idee", "--study", study)
    assert "nodig: 2 answers changed between filled in and not filled in." in said.err
    assert statuses(study)["07"] == "not_filled_in"
    assert statuses(study)["04"] == "unseen"
    done("import", file, *IMPORT, "--not-filled-in", "nvt,n.v.t.,x", "--study", study)
    assert statuses(study) == before
    assert decisions(study) == [["nvt", "n.v.t.", "x"], ["geen idee"], ["nvt", "n.v.t.", "x"]]


def test_the_decision_can_be_changed_by_hand(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    settings = study / "study.toml"
    text = settings.read_text()
    settings.write_text(text.replace('["nvt", "n.v.t.", "x"]', '["nvt", "kleinere groepen"]  # besproken'))
    said = done("status", "--study", study)
    assert "nodig: 1 answer changed between filled in and not filled in." in said.err
    assert statuses(study)["03"] == "not_filled_in"
    assert decisions(study)[-1] == ["nvt", "kleinere groepen"]
    assert "besproken" in settings.read_text()
    settings.write_text(text)
    done("status", "--study", study)
    # the coding was kept in the log all the while
    assert statuses(study)["03"] == "labelled"
    assert done("status", "--study", study).err.count("changed") == 0


def test_a_decision_and_its_reversal_leave_who_was_asked_as_it_was(tmp_path: Path) -> None:
    rows = [("nr", "wat", "gesteld"), ("01", "nvt", "nee"), ("02", "tijd", "ja")]
    file = csv_file(tmp_path / "m.csv", rows)
    study = create_study(tmp_path / "onderzoek")
    import_it = ("import", file, *IMPORT, "--asked", "gesteld=nodig", "--study", study)
    done(*import_it)
    assert statuses(study)["01"] == "not_asked"
    done(*import_it, "--not-filled-in", "x")
    assert statuses(study)["01"] == "unseen"
    done(*import_it, "--not-filled-in", "nvt")
    assert statuses(study)["01"] == "not_asked"


def test_a_decision_holds_for_every_wave_of_the_question(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    second = survey(tmp_path, {"a": "geen idee", "b": "rust"}, name="tweede.csv")
    done("import", second, *IMPORT, "--wave", "w2", "--not-filled-in", "geen idee", "--study", study)
    assert statuses(study, "w2") == {"a": "not_filled_in", "b": "unseen"}
    assert statuses(study, "w1")["07"] == "not_filled_in"


def test_an_existing_codebook_is_taken_for_a_new_question(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    with_codebook(study)
    done("import", survey(tmp_path), *IMPORT, "--study", study)
    with Study.open(study) as opened:
        assert opened.codebook(opened.question()).find("handen") is not None


def test_answers_are_text_to_the_letter(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [
        ("nr", "wat"),
        ("001", "NA"),
        ("002", 3),
        ("003", "0612"),
        ("004", " ruimte \n en tijd "),
        ("005", None),
    ]
    study = new_study(tmp_path, workbook(tmp_path / "meting.xlsx", rows))
    texts = [text for (text,) in database(study, "SELECT text FROM answer ORDER BY id")]
    assert texts == ["NA", "3", "0612", " ruimte \n en tijd ", None]
    assert list(statuses(study)) == ["001", "002", "003", "004", "005"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_files_are_read_in_the_encodings_they_come_in(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path / "m.csv", [("nr", "wat"), ("1", "één pabo’er")], encoding=encoding)
    assert database(new_study(tmp_path, path), "SELECT text FROM answer") == [("één pabo’er",)]


def test_weights_clusters_strata_and_groups_come_along(tmp_path: Path) -> None:
    rows = [
        ("nr", "wat", "g", "school", "laag", "wie", "sector"),
        ("1", "tijd", "1,25", "007", "a", "l", "po"),
    ]
    study = create_study(tmp_path / "onderzoek")
    done("import", csv_file(tmp_path / "m.csv", rows), *IMPORT, "--weight", "g", "--cluster", "school",
         "--stratum", "laag", "--population", "wie", "--group", "sector", "--study", study)  # fmt: skip
    columns = 'weight, cluster, stratum, population, "groups"'
    (row,) = database(study, f"SELECT {columns} FROM respondent")
    assert row == (1.25, "007", "a", "l", '{"sector": "po"}')


def test_the_service_returns_what_it_found(tmp_path: Path) -> None:
    with Study.open(create_study(tmp_path / "onderzoek")) as study:
        layout = Layout(id="nr", answers={"nodig": ("wat",)})
        result = import_wave(study, survey(tmp_path), "w1", layout)
        assert (result.outcome, result.respondents) == ("added", 8)
        (question,) = result.questions
        assert (question.answers, question.filled_in, question.not_asked, question.new) == (8, 6, 0, True)
        assert import_wave(study, survey(tmp_path), "w1", layout).outcome == "same"


def test_a_study_says_where_it_stands(tmp_path: Path) -> None:
    study = create_study(tmp_path / "onderzoek")
    assert "coder import" in done("status", "--study", study).err
    done("import", survey(tmp_path), *IMPORT, "--study", study)
    said = done("status", "--study", study)
    assert "--coding-sheet" in said.err
    assert "nodig" in said.out
    found = run("status", "--json", "--study", study).json
    assert found["questions"][0]["filled_in"] == 6
    assert found["next_step"]


def test_the_next_answer_is_the_first_that_a_coder_has_not_seen(tmp_path: Path) -> None:
    study = three_coded(tmp_path)
    assert done("next", "--coder", "AB", "--json", "--study", study).json == {
        "id": "06",
        "answer": ANSWERS["06"],
    }
    assert done("next", "--coder", "Nieuw", "--study", study).out == f"01\t{ANSWERS['01']}\n"
    rows = [(who, "Klaar", "overig", "", "") for who, text in ANSWERS.items() if text]
    coded(study, rows)
    said = done("next", "--coder", "Klaar", "--study", study)
    assert (said.out, said.err) == ("", "Klaar has seen every answer.\n")
