"""Change between two waves: what they share counts once, and weights, strata and populations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from change_cases import Row, change, changes, many, of, row, study_of

from coder.errors import CoderError


def test_two_samples_without_anything_in_common_are_compared_as_such(tmp_path: Path) -> None:
    study = study_of(tmp_path, many({"tijd": 20, "groepen": 20}), many({"tijd": 30, "groepen": 10}))
    table = change(study)
    found = of(table, "tijd")
    assert (found.before.estimate, found.after.estimate) == (0.5, 0.75)
    assert found.change.estimate == pytest.approx(0.25)
    # Welch's, with n - 1: each wave is a stratum of its own
    assert found.change.se == pytest.approx((0.25 / 39 + 0.1875 / 39) ** 0.5)
    assert found.change.df == 39
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


def test_who_is_in_another_cluster_than_before_is_not_paired(tmp_path: Path) -> None:
    first = [row(i, "tijd" if i % 2 else "groepen", school=f"s{i % 8}", panel=f"p{i}") for i in range(24)]
    second = [row(i, "tijd", school=f"s{(i + (i < 5)) % 8}", panel=f"p{i}") for i in range(24)]
    table = change(study_of(tmp_path, first, second, "--panel-id", "panel", "--cluster", "school"))
    assert (table.paired, table.shared_clusters) == (19, 8)


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
    assert of(table, "tijd").change.df == 8 - 1, "of the wave that has fewest"


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
    assert (table.paired, table.shared_clusters) == (0, 0)
    assert of(table, "tijd").change.df == 4 - 1


def test_weights_need_not_be_on_the_same_scale(tmp_path: Path) -> None:
    first, second = many({"tijd": 10, "groepen": 20}), many({"tijd": 20, "groepen": 10})
    (tmp_path / "zwaar").mkdir()
    heavy = study_of(tmp_path / "zwaar", first, [(*r[:-1], "50") for r in second])
    assert of(change(heavy), "tijd").change == of(change(study_of(tmp_path, first, second)), "tijd").change


def test_labels_are_one_family_and_states_are_not_tested_in_it(tmp_path: Path) -> None:
    first, second = many({"tijd": 40, "groepen": 40}), many({"tijd": 40, "groepen": 8, "none": 32})
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


def test_populations_whose_weights_are_comparable_are_compared_in_all_too(tmp_path: Path) -> None:
    first = [
        *many({"tijd": 10, "groepen": 10}, groep="leraar"),
        *(row(f"x{i}", "tijd", groep="leider") for i in range(10)),
    ]
    second = [
        *many({"tijd": 15, "groepen": 5}, groep="leraar"),
        *(row(f"x{i}", "groepen", groep="leider") for i in range(10)),
    ]
    study = study_of(tmp_path, first, second, "--population", "groep")
    settings = study / "study.toml"
    settings.write_text(
        "weights_comparable = true\n" + settings.read_text(encoding="utf-8"), encoding="utf-8"
    )
    tables = changes(study)
    assert [(table.population, table.before.population_total) for table in tables] == [
        ("leider", False), ("leraar", False), (None, True)
    ]  # fmt: skip
    total = of(tables[-1], "tijd")
    assert total.change.estimate == pytest.approx(15 / 30 - 20 / 30)
    assert total.change.df == 30 - 2, "a stratum for each population in each wave"
