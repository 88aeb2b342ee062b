"""The phases of the work, and the curve that says whether new labels still turn up."""

from pathlib import Path

from study_cases import CODEBOOK, coded, database, done, new_study, refused, survey, with_codebook

from coder.study import Study
from coder.study.phases import done_phases, phase, saturation, set_phase

TEXTS = {f"{i:03}": f"antwoord {i}" for i in range(60)}


def now(folder: Path) -> str:
    with Study.open(folder) as study:
        return phase(study, study.question())


def test_a_codebook_of_residual_labels_is_being_explored_and_another_is_for_coding(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    assert now(study) == "explore"
    with_codebook(study)
    assert now(study) == "code"


def test_the_phase_is_the_one_begun_last_whatever_the_codebook_says(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    done("phase", "nodig", "explore", "--study", study)
    assert now(study) == "explore"
    done("phase", "pilot", "--coder", "AB", "--study", study)  # the only question need not be named
    assert now(study) == "pilot"
    with Study.open(study) as opened:
        begun = done_phases(opened, opened.question())
    assert [(one.phase, one.version, one.by) for one in begun] == [("explore", 2, None), ("pilot", 2, "AB")]


def test_fixing_locks_the_newest_codebook_version_and_again_a_newer_one(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    done("phase", "nodig", "fix", "--study", study)
    assert "in that phase already" in done("phase", "nodig", "fix", "--study", study).err
    with_codebook(study, CODEBOOK.replace("name: Tijd", "name: Meer tijd"))
    done("phase", "nodig", "fix", "--study", study)
    with Study.open(study) as opened:
        assert [one.version for one in done_phases(opened, opened.question())] == [2, 3]


def test_beginning_the_present_phase_again_writes_nothing(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    with Study.open(study) as opened:
        assert set_phase(opened, opened.question(), "pilot")
        events = database(study, "SELECT count(*) FROM event")
        assert not set_phase(opened, opened.question(), "pilot")
        assert database(study, "SELECT count(*) FROM event") == events


def test_a_codebook_without_labels_cannot_be_fixed(tmp_path: Path) -> None:
    assert "nothing to fix" in refused("phase", "nodig", "fix", "--study", new_study(tmp_path))


def test_an_unknown_phase_is_refused_with_those_there_are(tmp_path: Path) -> None:
    line = refused("phase", "nodig", "klaar", "--study", new_study(tmp_path))
    assert line == "There is no phase klaar; choose from: explore, pilot, fix, code, automatic."


def test_the_phase_leaves_what_counts_as_filled_in_alone(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    done("phase", "nodig", "pilot", "--study", study)
    settings = study / "study.toml"
    settings.write_text(settings.read_text().replace('["nvt", "n.v.t.", "x"]', '["nvt", "geen idee"]'))
    assert "1 answer changed" in done("status", "--study", study).err
    assert done("status", "--study", study).err.count("changed") == 0
    assert now(study) == "pilot"


def saturated(tmp_path: Path) -> Path:
    """A study in which AB coded 60 answers: Tijd from the first on, Meer handen at 30, groups at 55."""
    study = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    rows = []
    for i, respondent in enumerate(TEXTS):
        labels = "tijd|handen" if i == 30 else "groepen" if i == 55 else "tijd" if i % 2 == 0 else "overig"
        rows.append((respondent, "AB", labels, f"2026-01-01T10:{i:02}:00"))
    return coded(study, rows, header="id,coder,labels,at")


def test_the_curve_counts_labels_at_their_first_use_in_every_25_answers(tmp_path: Path) -> None:
    with Study.open(saturated(tmp_path)) as study:
        found = saturation(study, study.question())
        assert (found.new, found.answers, found.labels) == ((1, 1, 1), 60, 3)
        assert saturation(study, study.question(), step=10).new == (1, 0, 0, 1, 0, 1)


def test_a_second_coder_moves_no_answer_along_the_curve(tmp_path: Path) -> None:
    folder = saturated(tmp_path)
    rows = [(r, "CD", "tijd", f"2026-01-02T10:{i:02}:00") for i, r in enumerate(list(TEXTS)[:40])]
    coded(folder, rows, header="id,coder,labels,at")
    with Study.open(folder) as study:
        assert saturation(study, study.question()).new == (1, 1, 1)


def test_the_order_is_that_of_coding_not_that_of_the_log(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    rows = [
        (r, "AB", "handen" if i == 0 else "tijd", f"2026-01-01T10:{59 - i:02}:00")
        for i, r in enumerate(TEXTS)
    ]
    coded(study, rows, header="id,coder,labels,at")
    with Study.open(study) as opened:
        # the first row of the file was coded last
        assert saturation(opened, opened.question()).new == (1, 0, 1)


def test_the_command_shows_the_phases_and_the_curve(tmp_path: Path) -> None:
    folder = saturated(tmp_path)
    done("phase", "nodig", "pilot", "--study", folder)
    said = done("phase", "--study", folder)
    (pilot,) = [line for line in said.out.splitlines() if "pilot coding" in line]
    assert pilot.startswith("▶")
    assert "New labels in every 25 answers: 1  1  1" in said.out
    assert "███" in said.out
    assert "3 labels used in 60 answers." in said.out
    (found,) = done("phase", "--json", "--study", folder).json
    assert (found["phase"], found["saturation"]["new"]) == ("pilot", [1, 1, 1])


def test_before_anything_is_coded_the_curve_says_so(tmp_path: Path) -> None:
    assert "nothing coded yet" in done("phase", "--study", new_study(tmp_path)).out
