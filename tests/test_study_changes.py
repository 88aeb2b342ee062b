"""Change between two waves: what they share is one, and what is the instrument's is told apart."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from study_cases import CODEBOOK, coded, csv_file, done, with_codebook

from coder.errors import CoderError
from coder.reports.tables import ChangeRow, ChangeTable
from coder.study import Study, create_study, label_wave
from coder.study.bridging import bridge_status, draw_bridge
from coder.study.changes import change_tables
from coder.study.coding import CodingSession

HEADER = ("nr", "wat", "school", "regio", "panel", "groep", "gewicht")
Row = tuple[object, ...]


def row(
    nr: object, label: str, school: str = "", regio: str = "", panel: str = "", groep: str = "", w: str = "1"
) -> Row:
    """A respondent; the answer's first word is the label that it is given."""
    return (nr, f"{label} {nr}", school, regio, panel, groep, w)


def study_of(
    folder: Path, first: Sequence[Row], second: Sequence[Row], *options: str, code: bool = True
) -> Path:
    """Return a study of two waves in which AB coded every answer by its first word."""
    study = with_codebook(create_study(folder / "onderzoek"))
    for wave, rows in (("w1", first), ("w2", second)):
        file = csv_file(folder / f"{wave}.csv", [HEADER, *rows])
        done("import", file, "--wave", wave, "--id", "nr", "--answers", "wat=nodig", "--weight", "gewicht",
             *options, "--study", study)  # fmt: skip
        if code:
            code_all(study, wave, rows)
    return study


def code_all(study: Path, wave: str, rows: Sequence[Row]) -> None:
    said = [(r[0], str(r[1]).split()[0]) for r in rows]
    coded(
        study,
        [
            (nr, "AB", "" if word == "none" else word, "none" if word == "none" else "", "ja")
            for nr, word in said
        ],
        wave=wave,
    )


def changes(study: Path, **options: Any) -> list[ChangeTable]:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            before, after = opened.wave(connection, "w1"), opened.wave(connection, "w2")
        return change_tables(opened, opened.question(), before, after, **options)


def change(study: Path, **options: Any) -> ChangeTable:
    (table,) = changes(study, **options)
    return table


def of(table: ChangeTable, label: str) -> ChangeRow:
    return next(one for one in table.rows if one.label == label)


def many(labels: Mapping[str, int], **same: Any) -> list[Row]:
    """Return as many respondents with each label as are asked for."""
    names = [label for label, n in labels.items() for _ in range(n)]
    return [row(f"{i:03}", label, **same) for i, label in enumerate(names)]


def test_two_samples_without_anything_in_common_are_compared_as_such(tmp_path: Path) -> None:
    study = study_of(tmp_path, many({"tijd": 20, "groepen": 20}), many({"tijd": 30, "groepen": 10}))
    table = change(study)
    found = of(table, "tijd")
    assert (found.before.estimate, found.after.estimate) == (0.5, 0.75)
    assert found.change.estimate == pytest.approx(0.25)
    # Welch, with n - 1: each wave is a stratum of its own
    assert found.change.se == pytest.approx((0.25 / 39 + 0.1875 / 39) ** 0.5)
    assert found.change.df == 78
    assert (table.paired, table.shared_clusters) == (None, 0)
    assert [one.label for one in table.rows] == [
        "tijd", "handen", "groepen", "overig", "weet_niet", "none", "unclear"
    ]  # fmt: skip


def test_respondents_are_paired_by_a_declared_panel_id_only(tmp_path: Path) -> None:
    labels = [("tijd", "tijd")] * 12 + [("groepen", "tijd")] * 6 + [("groepen", "groepen")] * 6
    first = [row(i, a, panel=f"p{i}") for i, (a, _b) in enumerate(labels)]
    second = [row(i, b, panel=f"p{i}") for i, (_a, b) in enumerate(labels)]
    (tmp_path / "met").mkdir()
    paired = change(study_of(tmp_path / "met", first, second, "--panel-id", "panel"))
    differences = np.array([1.0 if a != b else 0.0 for a, b in labels])
    found = of(paired, "tijd").change
    assert found.estimate == pytest.approx(differences.mean())
    assert found.se == pytest.approx(differences.std(ddof=1) / len(labels) ** 0.5), "the paired t test"
    assert (found.df, paired.paired) == (23, 24)
    apart = change(study_of(tmp_path, first, second))
    assert apart.paired is None
    assert of(apart, "tijd").change.se == pytest.approx((0.25 / 23 + 0.75 * 0.25 / 23) ** 0.5), (
        "the same numbers of respondents are no reason to pair them"
    )


def schools(labels: Sequence[str], **same: Any) -> list[Row]:
    """Return a school of three respondents for each text, which says who of them says "tijd"."""
    return [
        row(f"{school}{i}", "tijd" if said == "t" else "groepen", school=f"s{school}", **same)
        for school, text in enumerate(labels)
        for i, said in enumerate(text)
    ]


BEFORE = ["ttt", "ttg", "tgg", "ggg", "ttg", "tgg", "ggg", "ttt"]
AFTER = ["ttt", "ttt", "ttg", "tgg", "ttt", "ttg", "ggg", "ttt"]


def test_a_school_in_both_waves_is_one_cluster(tmp_path: Path) -> None:
    study = study_of(tmp_path, schools(BEFORE), schools(AFTER), "--cluster", "school")
    table = change(study)
    means = [np.array([text.count("t") / 3 for text in wave]) for wave in (BEFORE, AFTER)]
    differences = means[1] - means[0]
    found = of(table, "tijd").change
    assert found.estimate == pytest.approx(differences.mean())
    assert found.se == pytest.approx(differences.std(ddof=1) / len(differences) ** 0.5)
    assert (found.df, table.shared_clusters) == (7, 8)


@pytest.mark.parametrize("later", ["noord", "elders", ""])
def test_strata_of_the_later_wave_never_split_a_school(tmp_path: Path, later: str) -> None:
    study = study_of(
        tmp_path, schools(BEFORE, regio="noord"), schools(AFTER, regio=later),
        "--cluster", "school", "--stratum", "regio",
    )  # fmt: skip
    table = change(study)
    assert (of(table, "tijd").change.df, table.shared_clusters) == (7, 8)


def test_schools_that_came_in_later_are_a_stratum_of_their_own(tmp_path: Path) -> None:
    study = study_of(tmp_path, schools(BEFORE), schools(["ggg"] * 8 + AFTER), "--cluster", "school")
    table = change(study)
    assert table.shared_clusters == 8
    assert of(table, "tijd").change.df == 16 - 2


def test_one_number_in_two_strata_names_two_schools(tmp_path: Path) -> None:
    both = schools(BEFORE[:4], regio="noord") + [
        ("z" + str(r[0]), *r[1:3], "zuid", *r[4:]) for r in schools(BEFORE[4:], regio="zuid")
    ]
    table = change(study_of(tmp_path, both, both, "--cluster", "school", "--stratum", "regio"))
    assert table.shared_clusters == 8
    assert of(table, "tijd").change.df == 8 - 2


def test_clusters_cover_panel_ids(tmp_path: Path) -> None:
    first = [row(i, "tijd", school=f"a{i // 3}", panel=f"p{i}") for i in range(12)]
    second = [row(i, "groepen", school=f"b{i // 3}", panel=f"p{i}") for i in range(12)]
    table = change(study_of(tmp_path, first, second, "--cluster", "school", "--panel-id", "panel"))
    assert (table.paired, table.shared_clusters) == (12, 0)
    assert of(table, "tijd").change.df == 8 - 2


def test_weights_need_not_be_on_the_same_scale(tmp_path: Path) -> None:
    first, second = many({"tijd": 10, "groepen": 20}), many({"tijd": 20, "groepen": 10})
    (tmp_path / "zwaar").mkdir()
    heavy = study_of(tmp_path / "zwaar", first, [(*r[:-1], "50") for r in second])
    assert of(change(heavy), "tijd").change == of(change(study_of(tmp_path, first, second)), "tijd").change


def test_labels_are_one_family_and_states_are_not_tested_in_it(tmp_path: Path) -> None:
    first, second = many({"tijd": 20, "groepen": 20}), many({"tijd": 26, "groepen": 8, "none": 6})
    table = change(study_of(tmp_path, first, second))
    tested = [one.change for one in table.rows if one.label in ("tijd", "groepen")]
    (least, p), (most, larger) = sorted((one.p, one.p_adjusted) for one in tested)
    assert (p, larger) == (pytest.approx(2 * least), pytest.approx(max(2 * least, most)))
    none = of(table, "none").change
    assert none.p is not None
    assert none.p_adjusted is None


def test_a_table_for_each_population_that_both_waves_have(tmp_path: Path) -> None:
    first = [*many({"tijd": 6}, groep="leraar"), row("x", "tijd", groep="leider")]
    second = [*many({"tijd": 6}, groep="leraar"), row("y", "tijd", groep="ouder")]
    tables = changes(study_of(tmp_path, first, second, "--population", "groep"))
    assert [table.population for table in tables] == ["leraar"]
    assert tables[0].left_out == ("leider", "ouder")


def test_waves_without_a_population_in_common_are_refused(tmp_path: Path) -> None:
    first, second = many({"tijd": 6}, groep="leraar"), many({"tijd": 6}, groep="ouder")
    with pytest.raises(CoderError, match=r"no population in common \(leraar, ouder\)"):
        changes(study_of(tmp_path, first, second, "--population", "groep"))


def test_change_is_not_computed_for_mentions(tmp_path: Path) -> None:
    with pytest.raises(CoderError, match="not for mentions"):
        changes(study_of(tmp_path, many({"tijd": 4}), many({"tijd": 4})), base="mentions")


def test_nothing_of_the_instrument_changed(tmp_path: Path) -> None:
    table = change(study_of(tmp_path, many({"tijd": 4}), many({"tijd": 4})))
    assert table.separable
    assert (table.bridge, table.unused) == (None, None)
    assert of(table, "tijd").instrument is None


NARROWER = CODEBOOK.replace("Tijd om iets te doen.", "Alleen tijd om lessen voor te bereiden.")


def redefined(folder: Path, first: Sequence[Row], second: Sequence[Row], *options: str) -> Path:
    """Return a study in which a label was redefined after the earlier wave was coded."""
    study = study_of(folder, first, second, *options, code=False)
    code_all(study, "w1", first)
    (study / "codebooks" / "nodig.yaml").write_text(NARROWER, encoding="utf-8")
    code_all(study, "w2", second)
    return study


def test_a_label_that_was_redefined_has_no_change_and_the_table_says_they_cannot_be_told_apart(
    tmp_path: Path,
) -> None:
    study = redefined(tmp_path, many({"tijd": 20, "groepen": 20}), many({"tijd": 10, "groepen": 30}))
    table = change(study)
    assert not table.separable
    found = of(table, "tijd")
    assert (found.before.estimate, found.change.estimate) == (None, None)
    assert of(table, "groepen").change.estimate == pytest.approx(0.25)


def code_again(study: Path, coder: str, labels: Mapping[str, str]) -> None:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w1")
        session = CodingSession(opened, opened.question(), wave, coder)
        for answer in sorted(session.assigned()):
            shown = session.open(answer)
            session.save(shown, "labelled", [labels[shown.respondent]])


def bridge(study: Path, labels: Mapping[str, str], n: int = 40) -> None:
    """Draw a bridge sample of the earlier wave, and let CD code it with these labels."""
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w1")
        draw_bridge(opened, opened.question(), wave, ["CD"], n=n)
    code_again(study, "CD", labels)


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
    assert found.real.p_adjusted == 1.0


def test_a_bridge_sample_in_which_everything_stayed_the_same_leaves_room_for_one_more(tmp_path: Path) -> None:
    first = many({"tijd": 20, "groepen": 20})
    study = redefined(tmp_path, first, many({"tijd": 20, "groepen": 20}))
    bridge(study, {str(r[0]): str(r[1]).split()[0] for r in first}, n=20)
    found = of(change(study), "tijd").instrument
    assert found is not None
    assert (found.estimate, found.se) == (0.0, pytest.approx(0.5**0.5 / 20))


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


def labelled(folder: Path) -> tuple[Path, list[Row]]:
    """Return a study in which half of the earlier wave was coded, and the rest of both waves labelled."""
    first = many({"tijd": 20, "groepen": 20})
    study = study_of(folder, first, many({"tijd": 30, "groepen": 10}), code=False)
    code_all(study, "w1", [r for i, r in enumerate(first) if i % 2])
    label(study, "w1")
    label(study, "w2")
    return study, first


def label(study: Path, name: str) -> None:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, name)
        label_wave(opened, opened.question(), wave)


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
