"""Differences between groups: what is tested, and which letters stand in the columns."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from test_study_bases import NETS, RECORD, wave

from coder.reports.as_json import frequencies_json
from coder.reports.notes import frequency_notes
from coder.reports.tables import FrequencyRow, FrequencyTable
from coder.statistics import AUDITED, CERTAIN, PREDICTED, compare_groups
from coder.study import frequency_tables
from coder.study.coded_waves import CodedWave
from coder.study.corrections import AuditedWave
from coder.study.group_tests import MOST_GROUPS, column_letter

#: of eighty: 72, 16 and 20 mention time; of the others some mention hands, some groups, some have no label
MENTIONED = {
    "bo": (["tijd"] * 18 + ["handen", "none"]) * 4,
    "so": (["tijd"] * 4 + ["handen"] * 8 + ["groepen"] * 7 + ["none"]) * 4,
    "vo": (["tijd"] * 5 + ["handen"] * 7 + ["groepen"] * 6 + ["unclear"] * 2) * 4,
}


def of_sectors(folder: Path, mentioned: dict[str, list[str]] = MENTIONED, codebook: str = NETS) -> CodedWave:
    sectors = [sector for sector, answers in mentioned.items() for _answer in answers]
    answers = [answer for given in mentioned.values() for answer in given]
    return wave(folder, answers, codebook=codebook, columns={"sector": sectors})


def row(table: FrequencyTable, label: str, group: str) -> FrequencyRow:
    (found,) = [r for r in table.rows if (r.label, r.group) == (label, group)]
    return found


def test_a_letter_names_the_groups_whose_share_is_smaller(tmp_path: Path) -> None:
    (table,) = frequency_tables(of_sectors(tmp_path), by="sector")
    assert table.group_letters == {"bo": "A", "so": "B", "vo": "C"}
    assert {group: row(table, "tijd", group).letters for group in table.groups} == {
        "bo": "B C",
        "so": "",
        "vo": "",
    }
    assert {group: row(table, "handen", group).letters for group in table.groups} == {
        "bo": "",
        "so": "A",
        "vo": "A",
    }
    (time,) = [test for test in table.tests if test.label == "tijd"]
    assert [(pair.first, pair.second) for pair in time.pairs] == [(0, 1), (0, 2), (1, 2)]


def test_a_table_says_which_labels_and_groups_were_not_compared(tmp_path: Path) -> None:
    mentioned = MENTIONED | {"po": ["tijd"] * 12 + ["handen"] * 12}
    (table,) = frequency_tables(of_sectors(tmp_path, mentioned), by="sector")
    left_out = {test.label: [(out.group, out.why) for out in test.left_out] for test in table.tests}
    assert left_out["tijd"] == [(1, "few_expected")]
    assert left_out["groepen"] == [(1, "few_expected")]
    assert row(table, "tijd", "po").proportion.estimate == 0.5
    assert row(table, "tijd", "bo").letters == "C D"
    said = " ".join(frequency_notes(table))
    assert "fewer than 15 respondents with the label, or without it, are to be expected there" in said
    assert "Tijd (B)" in said
    assert "too few clusters" not in said
    (time,) = [test for test in frequencies_json(table)["tests"] if test["label"] == "tijd"]
    assert time["left_out"] == [{"group": "po", "why": "few_expected"}]


def test_states_are_not_tested_and_nets_stay_out_of_the_overall_test(tmp_path: Path) -> None:
    coded = of_sectors(tmp_path)
    (table,) = frequency_tables(coded, by="sector")
    ids = [label.id for label in coded.codebook.active]
    assert [test.label for test in table.tests] == ids
    groups = np.repeat([0, 1, 2], 80)
    bare = compare_groups(
        coded.values[:, [ids.index("handen"), ids.index("groepen"), ids.index("tijd")]], groups
    )
    every = compare_groups(coded.values, groups)
    assert table.overall == bare.overall
    assert table.overall != every.overall
    assert [test.test for test in table.tests] == list(every.tests)


def test_who_is_in_no_group_or_outside_the_base_takes_no_part(tmp_path: Path) -> None:
    (tmp_path / "met").mkdir()
    (tmp_path / "zonder").mkdir()
    extra = of_sectors(tmp_path / "met", MENTIONED | {"": ["tijd"] * 3})
    bare = of_sectors(tmp_path / "zonder")
    (more,), (fewer,) = (frequency_tables(coded, by="sector") for coded in (extra, bare))
    assert more.counts["no_group"] == 3
    assert [test.test.chi2 for test in more.tests] == pytest.approx([test.test.chi2 for test in fewer.tests])
    (table,) = frequency_tables(bare, by="sector", base="substantive")
    ids = [r.label for r in table.rows if r.group == "bo"]
    assert [test.label for test in table.tests] == ids


@pytest.mark.parametrize("why", ["mentions", "one group", "too many groups", "few clusters"])
def test_what_cannot_be_tested_has_no_letters(tmp_path: Path, why: str) -> None:
    mentioned: dict[str, list[str]] = MENTIONED
    if why == "one group":
        mentioned = {"bo": ["tijd", "handen"] * 10}
    if why == "too many groups":
        mentioned = {f"s{i:02d}": ["tijd", "handen"] for i in range(MOST_GROUPS + 1)}
    if why == "few clusters":
        mentioned = {"bo": ["tijd"] * 2, "vo": ["handen"] * 2}
    (table,) = frequency_tables(
        of_sectors(tmp_path, mentioned), by="sector", base="mentions" if why == "mentions" else "filled_in"
    )
    assert {r.letters for r in table.rows} == {""}
    assert all(test.test.p is None for test in table.tests)
    assert table.overall is None or table.overall.p is None


def audited(coded: CodedWave, *, wrong_every: int | None = None) -> AuditedWave:
    """Two of every three answers are the model's, half of them audited; it errs on `tijd` that often."""
    n = len(coded.frame)
    role = np.array([(CERTAIN, AUDITED, PREDICTED)[i % 3] for i in range(n)], dtype=np.int8)
    predicted = coded.values.copy()
    if wrong_every is not None:
        time = coded.codebook.ids.index("tijd")
        predicted[::wrong_every, time] = 1 - predicted[::wrong_every, time]
    return AuditedWave(RECORD, role, predicted)


def test_corrected_shares_are_tested_with_the_error_of_the_correction(tmp_path: Path) -> None:
    coded = of_sectors(tmp_path)
    automatic = audited(coded).role == PREDICTED
    coded = replace(
        coded, frame=coded.frame.assign(origin=coded.frame["origin"].mask(automatic, "automatic"))
    )
    chances = []
    for wrong_every in (None, 5):
        (table,) = frequency_tables(coded, by="sector", audit=audited(coded, wrong_every=wrong_every))
        assert row(table, "tijd", "bo").letters == "B C"
        chances += [test.test.p for test in table.tests if test.label == "tijd"]
    right, erring = chances
    assert right is not None
    assert erring is not None
    assert right < erring


def test_nets_stay_out_of_the_overall_test_of_corrected_shares_too(tmp_path: Path) -> None:
    (tmp_path / "met").mkdir()
    (tmp_path / "zonder").mkdir()
    flat = "\n".join(line for line in NETS.split("\n") if "id: mensen" not in line).replace(
        ", parent: mensen", ""
    )
    overall = []
    for folder, codebook in (("met", NETS), ("zonder", flat)):
        coded = of_sectors(tmp_path / folder, codebook=codebook)
        (table,) = frequency_tables(coded, by="sector", audit=audited(coded))
        overall.append(table.overall)
    assert overall[0] == overall[1]
    assert overall[0] is not None
    assert overall[0].p is not None


def test_groups_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    sizes = ["51-100", "100-200", "1000-1500", "meer dan 1500"]
    (table,) = frequency_tables(
        of_sectors(tmp_path, {size: ["tijd"] for size in reversed(sizes)}), by="sector"
    )
    assert list(table.groups) == sizes
    assert list(table.group_letters) == sizes


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    letters: Sequence[str] = [column_letter(n) for n in (0, 25, 26, 51, 52, 701, 702)]
    assert letters == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
