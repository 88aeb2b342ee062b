"""What percentages stand on: the four bases, populations together, and samples of a finite population."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from study_cases import CODEBOOK, coded, csv_file, with_codebook

from coder.corpus import Layout
from coder.errors import CoderError
from coder.reports.notes import cautions
from coder.reports.order import title
from coder.reports.tables import AuditRecord, FrequencyTable
from coder.statistics import AUDITED, CERTAIN, PREDICTED
from coder.study import Study, coded_wave, create_study, frequency_tables, import_wave
from coder.study.coded_waves import CodedWave
from coder.study.corrections import AuditedWave

NETS = """\
question: Wat is er nodig?
labels:
  - {id: mensen, name: Mensen, number: 1}
  - {id: handen, name: Meer handen, number: 2, parent: mensen}
  - {id: groepen, name: Kleinere groepen, number: 3, parent: mensen}
  - {id: tijd, name: Tijd, number: 4}
  - {id: geen, name: Geen, number: 97, residual: true, exclusive: true}
  - {id: weet_niet_geen_mening, name: Weet niet, number: 99, residual: true, exclusive: true}
"""
HEADER = ("nr", "wat", "school", "regio", "functie", "sector", "gesteld")


def wave(
    folder: Path,
    answers: Sequence[str],
    *,
    codebook: str = CODEBOOK,
    asked: bool = True,
    settings: str = "",
    columns: Mapping[str, Sequence[str]] | None = None,
    **layout: str,
) -> CodedWave:
    """Code a wave of respondents 1, 2, … : each answer a label, several joined by |, a status, "" or "-".

    "" is an answer left empty, "-" one of somebody who was not asked. `columns` fills columns of the file,
    `layout` says which column is the cluster and so on.
    """
    study = with_codebook(create_study(folder / "onderzoek"), codebook)
    rows = []
    for i, answer in enumerate(answers):
        cells = {name: values[i] for name, values in (columns or {}).items()}
        filled = "" if answer in {"", "-"} else f"antwoord {i}"
        cells |= {"nr": str(i + 1), "wat": filled, "gesteld": "nee" if answer == "-" else "ja"}
        rows.append([cells.get(name, "") for name in HEADER])
    layout_of_file = Layout(
        id="nr",
        answers={"nodig": ("wat",)},
        asked={"nodig": "gesteld"} if asked else {},
        groups=("sector",),
        **layout,  # type: ignore[arg-type]
    )
    with Study.open(study) as opened:
        import_wave(opened, csv_file(folder / "meting.csv", [HEADER, *rows]), "w1", layout_of_file)
    (study / "study.toml").write_text(settings + (study / "study.toml").read_text())
    said = [(str(i + 1), answer) for i, answer in enumerate(answers) if answer not in {"", "-"}]
    statuses = {"none", "unclear", "skipped"}
    coded(study, [(id, "AB", "" if a in statuses else a, a if a in statuses else "", "1") for id, a in said])
    with Study.open(study) as opened, opened.database.read() as connection:
        return coded_wave(opened, opened.question(), opened.wave(connection, "w1"))


def shares(table: FrequencyTable) -> dict[str, float | None]:
    return {row.label: row.proportion.estimate for row in table.rows}


ANSWERS = ("handen", "groepen|handen", "tijd", "mensen", "geen", "weet_niet_geen_mening", "none", "unclear",
           "", "-")  # fmt: skip


@pytest.fixture
def of_ten(tmp_path: Path) -> CodedWave:
    return wave(tmp_path, ANSWERS, codebook=NETS)


def test_every_base_is_named_with_its_number_of_respondents(of_ten: CodedWave) -> None:
    for base in ("filled_in", "asked", "substantive", "mentions"):
        (table,) = frequency_tables(of_ten, base=base)
        # filled in: eight; one more was asked; three of the eight have no substance
        assert table.bases == {"asked": 9, "filled_in": 8, "substantive": 5, "mentions": 7}
        assert {row.proportion.n for row in table.rows} == {table.bases[base]}


def test_who_was_asked_and_filled_in_nothing_mentions_nothing(of_ten: CodedWave) -> None:
    (table,) = frequency_tables(of_ten, base="asked")
    assert shares(table)["handen"] == pytest.approx(2 / 9)
    assert shares(table)["mensen"] == pytest.approx(3 / 9)
    assert shares(table)["none"] == pytest.approx(1 / 9)


def test_without_knowing_who_was_asked_there_is_no_such_base(tmp_path: Path) -> None:
    unknown = wave(tmp_path, ANSWERS[:-1], codebook=NETS, asked=False)
    (table,) = frequency_tables(unknown)
    assert "asked" not in table.bases
    with pytest.raises(CoderError, match="--asked COLUMN=nodig"):
        frequency_tables(unknown, base="asked")


def test_substance_leaves_out_who_does_not_know_but_not_who_says_nothing_helped(of_ten: CodedWave) -> None:
    (table,) = frequency_tables(of_ten, base="substantive")
    assert shares(table) == pytest.approx(
        {"mensen": 3 / 5, "handen": 2 / 5, "groepen": 1 / 5, "tijd": 1 / 5, "geen": 1 / 5}
    )


def test_shares_of_mentions_add_up_to_one(of_ten: CodedWave) -> None:
    (table,) = frequency_tables(of_ten, base="mentions")
    # a parent stands for its own mentions: as a net, its labels would count twice
    assert shares(table) == pytest.approx(
        {"mensen": 1 / 7, "handen": 2 / 7, "groepen": 1 / 7, "tijd": 1 / 7, "geen": 1 / 7,
         "weet_niet_geen_mening": 1 / 7}
    )  # fmt: skip
    assert table.mentions == 7
    assert next(title(row) for row in table.rows if row.label == "mensen") == "Mensen (own mentions)"


def test_a_label_that_is_a_net_only_has_no_row_among_the_mentions(tmp_path: Path) -> None:
    (table,) = frequency_tables(wave(tmp_path, ("handen", "tijd"), codebook=NETS), base="mentions")
    assert "mensen" not in shares(table)


def test_held_over_answers_are_not_known_to_have_substance(tmp_path: Path) -> None:
    (table,) = frequency_tables(wave(tmp_path, ("handen", "skipped")), base="substantive")
    assert (table.bases["filled_in"], table.bases["substantive"]) == (2, 1)
    assert table.provisional


# --- populations together

FUNCTIONS = ("leraar",) * 6 + ("leider",) * 4
MENTIONED = ("tijd", "tijd", "handen", "handen", "handen", "handen", "tijd", "tijd", "tijd", "handen")
COMPARABLE = "weights_comparable = true\n"


def test_populations_are_added_up_only_when_the_study_says_their_weights_compare(tmp_path: Path) -> None:
    tables = {}
    for settings in ("", COMPARABLE):
        folder = tmp_path / f"met {len(settings)}"
        folder.mkdir()
        tables[settings] = frequency_tables(
            wave(folder, MENTIONED, settings=settings, columns={"functie": FUNCTIONS}, population="functie")
        )
    assert [t.population for t in tables[""]] == ["leider", "leraar"]
    *apart, total = tables[COMPARABLE]
    assert apart == tables[""]
    assert (total.population, total.population_total, total.counts["filled_in"]) == (None, True, 10)
    (time,) = [row.proportion for row in total.rows if row.label == "tijd"]
    assert (time.estimate, time.n, time.df) == (pytest.approx(0.5), 10, 8)
    # each population a stratum: var = sum of (n_h / n)² p_h (1 - p_h) / (n_h - 1)
    variance = (6 / 10) ** 2 * (1 / 3 * 2 / 3) / 5 + (4 / 10) ** 2 * (3 / 4 * 1 / 4) / 3
    assert time.se == pytest.approx(variance**0.5)


def test_populations_that_share_schools_are_no_strata(tmp_path: Path) -> None:
    schools = ("A", "A", "B", "B", "C", "C", "A", "B", "C", "D")
    columns = {"functie": FUNCTIONS, "school": schools}
    found = {}
    for name, layout in (("apart", {"population": "functie"}), ("samen", {})):
        (tmp_path / name).mkdir()
        found[name] = frequency_tables(
            wave(tmp_path / name, MENTIONED, settings=COMPARABLE, columns=columns, cluster="school", **layout)
        )[-1]
    assert found["apart"].population_total
    for row, same in zip(found["apart"].rows, found["samen"].rows, strict=True):
        assert row.proportion == same.proportion


# --- samples of a finite population


def test_a_sample_of_half_the_population_has_half_the_variance(tmp_path: Path) -> None:
    sample = wave(tmp_path, MENTIONED)
    for clusters in (None, 20):
        (table,) = frequency_tables(sample, population_clusters=clusters)
        (time,) = [row.proportion for row in table.rows if row.label == "tijd"]
        of_sample = 1.0 if clusters is None else 0.5
        assert time.se == pytest.approx((of_sample * 0.5 * 0.5 / 9) ** 0.5)


def test_each_stratum_has_its_own_population(tmp_path: Path) -> None:
    columns = {"regio": ("oost",) * 6 + ("west",) * 4}
    sample = wave(tmp_path, MENTIONED, columns=columns, stratum="regio")
    (table,) = frequency_tables(sample, population_clusters={"oost": 12, "west": 8})
    (time,) = [row.proportion for row in table.rows if row.label == "tijd"]
    variance = (6 / 10) ** 2 * (1 / 3 * 2 / 3) / 5 + (4 / 10) ** 2 * (3 / 4 * 1 / 4) / 3
    assert time.se == pytest.approx((variance / 2) ** 0.5)
    wrong: list[tuple[int | dict[str, int], str]] = [
        (20, "as --population-clusters STRATUM=N: oost, west"),
        ({"oost": 12}, "for every stratum; not given: west"),
        ({"oost": 12, "west": 8, "zuid": 9}, "no stratum zuid"),
        ({"oost": 12, "west": 3}, "west=3 is fewer than the 4 respondents"),
    ]
    for given, says in wrong:
        with pytest.raises(CoderError, match=says):
            frequency_tables(sample, population_clusters=given)


def test_a_respondent_without_a_stratum_has_no_known_population(tmp_path: Path) -> None:
    columns = {"regio": ("oost",) * 6 + ("",) * 4}
    sample = wave(tmp_path, MENTIONED, columns=columns, stratum="regio")
    with pytest.raises(CoderError, match="4 respondents have no stratum"):
        frequency_tables(sample, population_clusters={"oost": 12})


# --- thresholds of disclosure


def test_cells_that_might_give_somebody_away_are_marked_from_the_study_s_own_thresholds_on(
    tmp_path: Path,
) -> None:
    sample = wave(tmp_path, MENTIONED)
    marks = {}
    for name, chosen in (("usual", {}), ("own", {"smallest_base": 11, "fewest_mentioners": 6})):
        settings = replace(sample.settings, disclosure=chosen)
        (table,) = frequency_tables(replace(sample, settings=settings))
        marks[name] = {row.label: row.cautions for row in table.rows}
    assert marks["usual"]["tijd"] == ()
    assert marks["own"]["tijd"] == ("small_base", "few_mentioners")
    # nobody mentions it: nobody is given away by it
    assert marks["own"]["groepen"] == ("small_base",)


def test_a_label_of_which_nothing_is_known_gives_nobody_away(tmp_path: Path) -> None:
    sample = wave(tmp_path, MENTIONED)
    values = sample.values.copy()
    values[:, sample.codebook.ids.index("tijd")] = np.nan
    (table,) = frequency_tables(replace(sample, values=values))
    (time,) = [row for row in table.rows if row.label == "tijd"]
    assert (time.proportion.n, time.cautions) == (0, ())


# --- corrected for the model's errors

RECORD = AuditRecord("2026-11-25T12:00:00+00:00", 1, 8, 4, 4, 2, 0, 1)


def with_audit(folder: Path) -> tuple[CodedWave, AuditedWave]:
    """Two answers coded by hand, four audited, four by the model alone, and one left empty.

    The model says `tijd` of three of the audited answers, of which one has it not, and of one of the others.
    """
    people = ("tijd", "handen", "tijd", "tijd", "handen", "none")
    model = ("tijd", "handen", "handen", "handen")
    made = wave(folder, (*people, *model, ""), columns={"sector": ("po", "vo") * 5 + ("po",)})
    automatic = np.array([False] * 6 + [True] * 4 + [False])
    frame = made.frame.assign(origin=made.frame["origin"].mask(automatic, "automatic"))
    made = replace(made, frame=frame)
    time, hands = (made.codebook.ids.index(label) for label in ("tijd", "handen"))
    predicted = np.zeros_like(made.values)
    predicted[:, time] = [np.nan, np.nan, 1, 1, 1, 0, 1, 0, 0, 0, np.nan]
    predicted[:, hands] = 1 - predicted[:, time]
    role = np.array([CERTAIN] * 2 + [AUDITED] * 4 + [PREDICTED] * 4 + [CERTAIN], dtype=np.int8)
    return made, AuditedWave(RECORD, role, predicted)


def test_a_corrected_share_allows_for_the_errors_that_the_audit_shows(tmp_path: Path) -> None:
    made, audit = with_audit(tmp_path)
    found = {}
    for base in ("filled_in", "asked"):
        (table,) = frequency_tables(made, base=base, audit=audit)
        assert table.audit == RECORD
        assert not table.provisional
        assert set(table.bases) == {"asked", "filled_in"}
        found[base] = {row.label: row for row in table.rows}
    # 1 by hand; the model says 4 of 8, and errs by 1 of 4: 1 + 4 - 8 / 4 = 3, of ten and of eleven
    assert found["filled_in"]["tijd"].proportion.estimate == pytest.approx(3 / 10)
    assert found["asked"]["tijd"].proportion.estimate == pytest.approx(3 / 11)
    correction = found["filled_in"]["tijd"].correction
    assert correction is not None
    assert (correction.audited, correction.positives, correction.lam) == (4, 2, 1.0)
    # the model calls nothing off topic: the audit alone says how often it is, 8 / 4 of ten
    assert found["filled_in"]["none"].proportion.estimate == pytest.approx(2 / 10)
    assert "unlabelled" not in found["filled_in"]


def test_uncorrected_is_what_the_table_says_that_is_not_corrected(tmp_path: Path) -> None:
    made, audit = with_audit(tmp_path)
    (plain,), (corrected,) = frequency_tables(made), frequency_tables(made, audit=audit)
    uncorrected = shares(plain)
    for row in corrected.rows:
        assert row.correction is not None
        assert row.correction.naive == uncorrected[row.label]


def test_one_audited_answer_makes_no_corrected_share(tmp_path: Path) -> None:
    made, audit = with_audit(tmp_path)
    role = audit.role.copy()
    role[4] = CERTAIN  # leaves one audited answer in po, and two in vo
    (table,) = frequency_tables(made, by="sector", audit=replace(audit, role=role))
    for row in table.rows:
        assert row.correction is not None
        assert row.correction.audited == {"po": 1, "vo": 2}[row.group or ""]
        assert (row.proportion.estimate is None) == (row.group == "po")
        assert row.proportion.low is None or row.group == "vo"
        assert "few_audited" in row.cautions
    assert {test.test.p for test in table.tests} == {None}


def test_few_audited_answers_are_no_caution_where_nothing_is_predicted(tmp_path: Path) -> None:
    made, audit = with_audit(tmp_path)
    role = np.where(audit.role == PREDICTED, CERTAIN, audit.role)
    (table,) = frequency_tables(made, audit=replace(audit, role=role))
    assert not [row for row in table.rows if "few_audited" in row.cautions]
    (table,) = frequency_tables(made, audit=audit)
    assert all("few_audited" in row.cautions for row in table.rows)
    said = [note for note in cautions(table) if "audited" in note]
    assert said == ["! Corrected with fewer than 10 audited answers: everyone."]


def test_what_is_held_over_keeps_a_corrected_table_provisional(tmp_path: Path) -> None:
    made, audit = with_audit(tmp_path)
    status = made.frame["status"].copy()
    status.iloc[0] = "skipped"
    values = made.values.copy()
    values[0] = np.nan
    (table,) = frequency_tables(
        replace(made, frame=made.frame.assign(status=status), values=values), audit=audit
    )
    assert table.provisional
    assert {row.proportion.n for row in table.rows} == {9}


def test_the_bases_of_which_the_model_decides_who_is_in_them_are_not_corrected(tmp_path: Path) -> None:
    made, audit = with_audit(tmp_path)
    for base in ("substantive", "mentions"):
        with pytest.raises(CoderError, match="cannot be corrected"):
            frequency_tables(made, base=base, audit=audit)
