"""How many answers to audit and to code twice: from data where there are any, else from presumptions."""

import math
from pathlib import Path

import pytest
from study_cases import coded, csv_file, done, new_study, refused, survey, with_codebook

WHAT = ["lezen", "taal", "rekenen", "gym", "muziek", "techniek", "toetsen", "overleg"]
TIMES = [f"meer tijd voor {what}" for what in WHAT]
HANDS = [f"een assistent bij {what}" for what in WHAT]
TEXTS = {f"{i:03}": text for i, text in enumerate([*TIMES, *HANDS] * 6)}
TRUTH = {who: "tijd" if "tijd" in text else "handen" for who, text in TEXTS.items()}
Z = 1.959963984540054


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    coded(made, [(who, "AB", TRUTH[who], "", "1") for who in list(TEXTS)[:40]])
    return made


def test_presumptions_alone_need_no_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = ("--prevalence", 0.1, "--alpha", 0.7, "--margin", 0.02, "--answers", 5000, "--json")
    (plan,) = done("audit", "plan", *given).json
    (row,) = plan["labels"]
    # without a model the audit is a plain random sample of n answers: h = z √(p (1 - p) / n)
    n = row["audit"]["needed"]
    assert Z * math.sqrt(0.09 / n) == pytest.approx(0.02, abs=1e-4)
    assert plan["needed"] == n
    # the variance of alpha, Donner and Eliasziw 1992
    spread = 0.3 * (0.3 * (1 - 1.4) + 0.7 * 1.3 / (2 * 0.1 * 0.9))
    assert row["double"]["needed"] == math.ceil(spread * (Z / 0.1) ** 2)
    (row,) = done("audit", "plan", "--prevalence", 0.1, "--json").json[0]["labels"]
    assert (row["audit"], row["double"]) == (None, None)
    assert "presume an alpha to plan double coding" in done("audit", "plan", "--prevalence", 0.1).err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--margin", 0), "A margin is half the width"),
        (("--alpha-margin", 2), "A margin is half the width"),
        (("--prevalence", 1), "--prevalence is the share"),
        (("--prevalence", 0.1, "--alpha", 1.2), "--alpha is the alpha"),
        (("--answers", 10), "say what to presume"),
    ],
)
def test_what_cannot_be_wanted_or_presumed_is_refused(
    study: Path, options: tuple[object, ...], said: str
) -> None:
    assert said in refused("audit", "plan", *options, "--study", study)


def test_before_labelling_the_plan_goes_without_the_model(study: Path) -> None:
    (plan,) = done("audit", "plan", "--margin", 0.12, "--json", "--study", study).json
    assert (plan["uncoded"], plan["certain"], plan["audited"], plan["errors_from"]) == (56, 40, 0, [])
    rows = {row["label"]: row for row in plan["labels"]}
    share = sum(label == "tijd" for label in list(TRUTH.values())[:40]) / 40
    assert rows["tijd"]["share"] == pytest.approx(share)
    assert rows["tijd"]["error"] is None
    assert rows["tijd"]["audit"]["half_width"] is None
    assert plan["needed"] == max(row["audit"]["needed"] for row in plan["labels"])


def test_a_model_that_is_seldom_wrong_saves_most_of_the_audit(study: Path) -> None:
    (without,) = done("audit", "plan", "--margin", 0.12, "--json", "--study", study).json
    done("label", "--wave", "w1", "--study", study)
    (plan,) = done("audit", "plan", "--margin", 0.12, "--json", "--study", study).json
    assert (plan["errors_from"], plan["only_audited"]) == (["w1"], False)
    rows = {row["label"]: row for row in plan["labels"]}
    assert rows["tijd"]["error"]["n"] == 40
    before = {row["label"]: row["audit"]["needed"] for row in without["labels"]}
    assert rows["tijd"]["audit"]["needed"] < before["tijd"]
    text = " ".join(done("audit", "plan", "--margin", 0.12, "--study", study).out.split())
    assert "measured on what people coded in w1" in text
    assert "56 answers to draw from, 40 coded by people for other reasons" in text


def test_with_an_audit_the_plan_says_what_it_gives_and_what_another_hundred_would(study: Path) -> None:
    done("label", "--wave", "w1", "--study", study)
    done("audit", "draw", "--n", 52, "--coder", "AB", "--study", study)
    drawn = done(
        "export", "--coding-sheet", "--only", "audit", "--out", study.parent / "s.xlsx", "--study", study
    )
    assert "52 answers" in drawn.err
    import openpyxl

    page = openpyxl.load_workbook(study.parent / "s.xlsx").worksheets[0]
    chosen = [str(row[0].value) for row in page.iter_rows(min_row=2)]
    coded(study, [(who, "AB", TRUTH[who], "", "1") for who in chosen])
    (plan,) = done("audit", "plan", "--json", "--study", study).json
    assert (plan["uncoded"], plan["certain"], plan["audited"], plan["only_audited"]) == (56, 40, 52, True)
    row = next(row for row in plan["labels"] if row["label"] == "tijd")
    assert row["audit"]["half_width"] >= row["audit"]["half_width_more"] >= row["audit"]["half_width_all"]
    assert row["error"]["n"] == 52


def test_another_wave_tells_how_far_off_the_model_is_where_nobody_coded_this_one(study: Path) -> None:
    file = csv_file(
        study.parent / "w2.csv", [("nr", "wat"), *((f"b{who}", text) for who, text in TEXTS.items())]
    )
    done("import", file, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)
    done("label", "--wave", "w1", "--study", study)
    done("label", "--wave", "w2", "--study", study)
    (plan,) = done("audit", "plan", "--wave", "w2", "--json", "--study", study).json
    assert (plan["uncoded"], plan["certain"], plan["errors_from"]) == (96, 0, ["w1"])
    assert next(row for row in plan["labels"] if row["label"] == "tijd")["error"]["n"] == 40


def test_double_coding_is_planned_from_the_agreement_there_is_in_a_study_or_a_file(study: Path) -> None:
    rows = [(who, "CD", TRUTH[who] if i % 8 else "overig", "", "1") for i, who in enumerate(list(TEXTS)[:40])]
    coded(study, rows)
    (plan,) = done("audit", "plan", "--json", "--study", study).json
    row = next(row for row in plan["labels"] if row["label"] == "tijd")
    agreed = done("agreement", "--json", "--study", study).json[0]["labels"]
    alpha = next(one for one in agreed if one["label"] == "tijd")["krippendorff_alpha"]
    assert row["alpha"]["estimate"] == alpha["estimate"] is not None
    assert row["double"]["coded"] == 40
    assert row["double"]["needed"] == math.ceil(40 * (Z * alpha["se"] / 0.1) ** 2)
    file = study.parent / "codings.csv"
    csv_file(file, [("id", "coder", "labels", "blind"), *((w, c, n, b) for w, c, n, _s, b in rows),
                    *((who, "AB", TRUTH[who], "1") for who in list(TEXTS)[:40])])  # fmt: skip
    (alone,) = done("audit", "plan", "--file", file, "--json").json
    same = next(row for row in alone["labels"] if row["label"] == "tijd")
    assert same["alpha"]["estimate"] == pytest.approx(alpha["estimate"])
    assert same["audit"] is None
    assert same["double"]["coded"] == 40
    assert "To code twice: codings, wave codings.csv" in done("audit", "plan", "--file", file).out


def test_clusters_in_a_file_count_in_the_plan(tmp_path: Path) -> None:
    rows = []
    for i in range(60):
        label = ("tijd", "geen")[i // 10 % 2]  # the same in a whole school
        rows += [(f"r{i}", "AB", label, f"school {i // 10}"), (f"r{i}", "CD", label, f"school {i // 10}")]
    file = csv_file(tmp_path / "codings.csv", [("id", "coder", "labels", "school"), *rows])
    (plain,) = done("audit", "plan", "--file", file, "--json").json
    (clustered,) = done("audit", "plan", "--file", file, "--cluster", "school", "--json").json
    effects = [[row["design_effect"] for row in plan["labels"]] for plan in (plain, clustered)]
    assert all(one < 1.5 for one in effects[0])
    assert all(one > 5 for one in effects[1])
    assert "--cluster goes with --file" in refused("audit", "plan", "--cluster", "school")
