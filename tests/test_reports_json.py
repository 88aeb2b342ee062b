"""The JSON of the number commands: proportions 0-1, null for what is undefined."""

import json
from dataclasses import replace

from test_reports_sample import agreement_table, compared_table, corrected_table, frequency_table, proportion

from coder.reports import FrequencyTable, agreement_json, frequencies_json


def test_json_has_proportions_and_null_for_what_is_undefined() -> None:
    made = json.loads(json.dumps(frequencies_json(frequency_table()), allow_nan=False))
    first = next(row for row in made["labels"] if row["label"] == "nascholing")
    assert first["estimate"] == 0.652
    assert {"group", "n", "se", "low", "high", "df", "count"} <= first.keys()
    assert (made["base"], made["tests"]) == ("filled_in", [])

    agreement = json.loads(json.dumps(agreement_json(agreement_table()), allow_nan=False))
    assert agreement["labels"][4]["krippendorff_alpha"] == {
        "estimate": None,
        "se": None,
        "low": None,
        "high": None,
        "analytic": None,
    }
    alpha = agreement["labels"][0]["krippendorff_alpha"]
    assert alpha["analytic"].keys() == {"se", "low", "high"}
    assert (agreement["comparison"], agreement["made_at"]) == ("coders", [])
    assert agreement["sets"]["alpha_masi"]["estimate"] == 0.8


def test_json_turns_nan_into_null() -> None:
    table = frequency_table()
    rows = tuple(replace(row, proportion=proportion(float("nan"), 5, 0)) for row in table.rows)
    made: FrequencyTable = replace(table, rows=rows)
    assert frequencies_json(made)["labels"][0]["estimate"] is None


def test_the_json_of_a_compared_table_names_the_groups_of_its_pairs() -> None:
    made = json.loads(json.dumps(frequencies_json(compared_table()), allow_nan=False))
    assert made["group_letters"] == {"leraar": "A", "schoolleider": "B"}
    assert made["overall"]["p"] == 0.043
    test = made["tests"][0]
    assert (test["label"], test["p_adjusted"]) == ("nascholing", 0.0008)
    assert (test["pairs"][0]["first"], test["pairs"][0]["second"]) == ("leraar", "schoolleider")
    assert made["tests"][-1]["p"] is None
    cell = next(row for row in made["labels"] if row["letters"])
    assert (cell["label"], cell["group"], cell["letters"]) == ("nascholing", "leraar", ["B"])


def test_the_json_of_a_corrected_table_has_the_correction_and_its_sample() -> None:
    made = json.loads(json.dumps(frequencies_json(corrected_table()), allow_nan=False))
    assert made["audit"]["decided"] == 150
    assert made["labels"][0]["correction"]["lam"] == 0.62
    assert made["labels"][0]["correction"]["audit_only"]["analytic"] is None
    assert frequencies_json(frequency_table())["audit"] is None
