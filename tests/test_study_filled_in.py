"""Which answers count as filled in: listed at import, decided by a person, reversible."""

import json
from pathlib import Path

from study_cases import IMPORT, csv_file, database, done, new_study, statuses, survey, three_coded

from coder.study import create_study


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
