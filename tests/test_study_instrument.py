"""How much of a change is the instrument's: the same codebook and model, or a bridge sample that tells."""

from pathlib import Path

import pytest
from change_cases import audited, bridge, change, code_all, label, labelled, many, of, redefined, study_of
from study_cases import CODEBOOK, coded, done

from coder.study import Study
from coder.study.bridging import bridge_status, draw_bridge


def test_nothing_of_the_instrument_changed(tmp_path: Path) -> None:
    table = change(study_of(tmp_path, many({"tijd": 4}), many({"tijd": 4})))
    assert table.separable
    assert (table.bridge, table.unused) == (None, None)
    assert of(table, "tijd").instrument is None


def test_a_label_that_was_redefined_has_no_change_and_the_table_says_they_cannot_be_told_apart(
    tmp_path: Path,
) -> None:
    study = redefined(tmp_path, many({"tijd": 20, "groepen": 20}), many({"tijd": 10, "groepen": 30}))
    table = change(study)
    assert not table.separable
    found = of(table, "tijd")
    assert (found.before.estimate, found.change.estimate) == (None, None)
    assert of(table, "groepen").change.estimate == pytest.approx(0.25)


def test_a_bridge_sample_tells_a_change_of_the_codebook_from_a_real_one(tmp_path: Path) -> None:
    # 60 % said "tijd" in its old meaning, half of them about lessons; nothing changed in what people said
    first = many({"tijd": 120, "groepen": 80})
    second = many({"tijd": 60, "groepen": 140})
    study = redefined(tmp_path, first, second)
    new_meaning = {str(r[0]): "tijd" if i < 60 else "groepen" for i, r in enumerate(first)}
    bridge(study, new_meaning, n=120)
    table = change(study)
    assert table.separable
    assert table.bridge is not None
    assert (table.bridge.size, table.bridge.frame, table.bridge.decided) == (120, 200, 120)
    found = of(table, "tijd")
    assert found.before.estimate == pytest.approx(0.6), "what the wave showed, it showed"
    assert found.change.estimate == pytest.approx(-0.3)
    assert found.instrument is not None
    assert found.real is not None
    assert found.by_people is not None
    assert found.by_model is None
    assert found.instrument.estimate == pytest.approx(-0.3, abs=0.06)
    assert found.instrument.low < -0.3 < found.instrument.high  # type: ignore[operator]
    assert found.real.low < 0 < found.real.high  # type: ignore[operator]
    total = found.instrument.estimate + found.real.estimate  # type: ignore[operator]
    assert total == pytest.approx(found.change.estimate)
    assert found.by_people.estimate == pytest.approx(found.instrument.estimate)
    assert found.instrument.p_adjusted is not None
    assert found.real.p_adjusted == pytest.approx(min(1.0, 2 * found.real.p))  # type: ignore[operator]


def test_a_bridge_sample_in_which_everything_stayed_the_same_leaves_room_for_two_more(tmp_path: Path) -> None:
    first = many({"tijd": 20, "groepen": 20})
    study = redefined(tmp_path, first, many({"tijd": 20, "groepen": 20}))
    bridge(study, {str(r[0]): str(r[1]).split()[0] for r in first}, n=20)
    found = of(change(study), "tijd").instrument
    assert found is not None
    assert (found.estimate, found.se) == (0.0, pytest.approx((2 * 0.5) ** 0.5 / 20))


def test_when_all_was_coded_again_the_bridge_is_no_estimate(tmp_path: Path) -> None:
    first = many({"tijd": 20, "groepen": 20})
    study = redefined(tmp_path, first, many({"tijd": 10, "groepen": 30}))
    again = {str(r[0]): "tijd" if i < 8 else "groepen" for i, r in enumerate(first)}
    bridge(study, again, n=40)
    found = of(change(study), "tijd")
    assert found.instrument is not None
    assert found.instrument.estimate == pytest.approx(8 / 40 - 20 / 40)
    assert found.real is not None
    assert found.real.estimate == pytest.approx(10 / 40 - 8 / 40)


def test_a_bridge_sample_that_is_not_finished_is_not_used_and_the_table_says_why(tmp_path: Path) -> None:
    study = redefined(tmp_path, many({"tijd": 9}), many({"tijd": 9}))
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w1")
        draw_bridge(opened, opened.question(), wave, ["CD"], n=5)
        status = bridge_status(opened, opened.question(), wave)
    table = change(study)
    assert not table.separable
    assert table.bridge is None
    assert status is not None
    assert table.unused == status.trouble
    assert "5 answers are still to be coded again (CD 5)" in str(table.unused)


def test_a_label_that_is_new_has_a_real_change_by_the_bridge_sample_alone(tmp_path: Path) -> None:
    first, second = many({"tijd": 20, "groepen": 20}), many({"tijd": 20, "rust": 20})
    study = study_of(tmp_path, first, second, code=False)
    code_all(study, "w1", first)
    added = CODEBOOK + "  - {id: rust, name: Rust, number: 4, definition: Rust in de tent.}\n"
    (study / "codebooks" / "nodig.yaml").write_text(added, encoding="utf-8")
    code_all(study, "w2", second)
    bridge(study, {str(r[0]): "rust" if i % 2 else "tijd" for i, r in enumerate(first)}, n=40)
    found = of(change(study), "rust")
    assert found.before.estimate is None
    assert found.change.estimate is None
    assert found.instrument is not None
    assert found.instrument.estimate is None
    assert found.real is not None
    assert found.real.estimate == pytest.approx(0.5 - 0.5)


def test_the_same_model_for_very_different_parts_of_two_waves_is_not_the_same_instrument(
    tmp_path: Path,
) -> None:
    study, _first = labelled(tmp_path)
    assert not change(study).separable, "half of the earlier wave was coded by people, nothing of the later"


def test_waves_that_one_model_labelled_for_as_large_a_part_are_comparable_until_one_is_labelled_anew(
    tmp_path: Path,
) -> None:
    study, first = labelled(tmp_path)
    second = many({"tijd": 30, "groepen": 10})
    code_all(study, "w2", [r for i, r in enumerate(second) if i % 2])
    label(study, "w1")
    label(study, "w2")
    assert change(study).separable
    coded(study, [(first[0][0], "AB", "groepen", "", "ja")], wave="w1")
    label(study, "w2")
    assert not change(study).separable, "the later wave's model learnt from one answer more"


def test_a_bridge_sample_coded_by_people_is_not_set_beside_automatic_labels(tmp_path: Path) -> None:
    study, first = labelled(tmp_path)
    bridge(study, {str(r[0]): str(r[1]).split()[0] for r in first}, n=10)
    table = change(study)
    assert not table.separable
    assert "add --corrected" in str(table.unused)


def test_the_models_share_in_a_change_is_told_apart_from_the_peoples(tmp_path: Path) -> None:
    study, first = labelled(tmp_path)
    second = many({"tijd": 30, "groepen": 10})
    code_all(study, "w2", second)
    bridge(study, {str(r[0]): "groepen" for r in first}, n=40)
    found = of(change(study), "tijd")
    assert found.by_people is not None
    assert found.by_model is not None
    assert found.instrument is not None
    parts = [found.by_people.estimate, found.by_model.estimate]
    assert sum(parts) == pytest.approx(found.instrument.estimate)  # type: ignore[arg-type]
    assert parts[0] == pytest.approx(-0.25)
    assert found.real is not None
    assert found.real.estimate == pytest.approx(0.75)


def test_a_corrected_wave_is_compared_with_one_that_people_coded(tmp_path: Path) -> None:
    first, second = many({"tijd": 20, "groepen": 20}), many({"tijd": 30, "groepen": 10})
    study = study_of(tmp_path, first, second, code=False)
    code_all(study, "w1", first)
    label(study, "w2")
    assert not change(study).separable, "people in the one wave, the model in the other"
    audited(study, second, wrong=5)
    table = change(study, corrected=True)
    assert table.separable, "the model's errors are out of the numbers"
    assert table.before.audit is None
    assert table.after.audit is not None
    found = of(table, "handen")
    assert found.before.estimate == 0
    assert found.after.estimate == pytest.approx(5 / 20)
    assert found.change.estimate == pytest.approx(5 / 20)
    assert found.change.se == pytest.approx(found.after.se, rel=0.35)


def test_a_bridge_sample_is_set_beside_a_corrected_wave(tmp_path: Path) -> None:
    first, second = many({"tijd": 20, "groepen": 20}), many({"tijd": 30, "groepen": 10})
    study = study_of(tmp_path, first, second, code=False)
    code_all(study, "w1", first)
    label(study, "w2")
    audited(study, second, wrong=5)
    bridge(study, dict.fromkeys((str(r[0]) for r in first), "handen"), n=40)
    assert "add --corrected" in str(change(study).unused)
    table = change(study, corrected=True)
    assert table.bridge is not None
    found = of(table, "handen")
    assert found.instrument is not None
    assert found.real is not None
    assert (found.instrument.estimate, found.real.estimate) == (1.0, pytest.approx(5 / 20 - 1))


def test_the_command_draws_a_bridge_sample_and_the_status_tells_how_far_it_is(tmp_path: Path) -> None:
    study = redefined(tmp_path, many({"tijd": 9}), many({"tijd": 9}))
    arguments = ("audit", "bridge", "--wave", "w1", "--coder", "CD", "--n", 4, "--study", study)
    said = done(*arguments)
    assert "nodig, wave w1: bridge sample of 4 answers, drawn from 9 with seed 0" in " ".join(
        said.out.split()
    )
    assert "coder code --wave w1" in said.err
    drawn = done(*arguments, "--json").json
    assert (drawn["sample"]["size"], drawn["sample"]["decided"], drawn["coders"]) == (4, 0, {"CD": [4, 0]})
    status = {one["wave"]: one["bridge"] for one in done("audit", "status", "--json", "--study", study).json}
    assert status["w2"] is None
    assert status["w1"]["trouble"].endswith("4 answers are still to be coded again (CD 4).")
    assert "CD 0 of 4" in done("audit", "status", "--study", study).out
    table = done("frequencies", "--compare", "w1", "--wave", "w2", "--json", "--study", study).json[0]
    assert (table["separable"], table["bridge"]) == (False, None)
    assert table["unused"] == status["w1"]["trouble"]
