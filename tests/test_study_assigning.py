"""Who codes what: a reliability sample that is random, blind and reproducible, and the rest divided."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from study_cases import coded, database, done, new_study, refused, survey, with_codebook

from coder.study import Study
from coder.study.assigning import Assigned, assign, assignments
from coder.study.coding import CodingSession

N = 40
#: every fifth answer says the same
TEXTS = {f"{i:03}": "tijd" if i % 5 == 0 else f"antwoord {i}" for i in range(N)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    done("status", "--study", made)  # takes the codebook up
    return made


@pytest.fixture
def study(folder: Path) -> Iterator[Study]:
    with Study.open(folder) as opened:
        yield opened


def divide(study: Study, *coders: str, share: float = 0.2, seed: int = 1) -> Assigned:
    with study.database.read() as connection:
        wave = study.wave(connection, None)
    return assign(study, study.question(), wave, coders, share=share, seed=seed)


def sample(folder: Path) -> set[str]:
    return {
        respondent
        for (respondent,) in database(
            folder,
            "SELECT r.external_id FROM sample s JOIN answer a ON a.id = s.answer_id "
            "JOIN respondent r ON r.id = a.respondent_id WHERE s.kind = 'reliability'",
        )
    }


def asked(folder: Path) -> dict[str, set[str]]:
    """Return who is asked to code each answer."""
    found: dict[str, set[str]] = {}
    for respondent, coder in database(
        folder,
        "SELECT r.external_id, k.name FROM assignment s JOIN answer a ON a.id = s.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id JOIN coder k ON k.id = s.coder_id",
    ):
        found.setdefault(respondent, set()).add(coder)
    return found


def test_every_coder_is_asked_for_the_sample_and_one_of_them_for_each_other_answer(
    study: Study, folder: Path
) -> None:
    made = divide(study, "AB", "CD")
    drawn = sample(folder)
    assert (made.drawn, made.divided, len(drawn)) == (8, 32, 8)
    who = asked(folder)
    assert {r for r in TEXTS if who[r] == {"AB", "CD"}} == drawn
    rest = Counter(next(iter(who[r])) for r in TEXTS.keys() - drawn)
    assert rest == {"AB": 16, "CD": 16}


def test_identical_answers_outside_the_sample_stay_with_one_coder(study: Study, folder: Path) -> None:
    divide(study, "AB", "CD", "EF")
    who = asked(folder)
    same = [who[r] for r, text in TEXTS.items() if text == "tijd" and r not in sample(folder)]
    assert len(same) > 2
    assert all(coders == same[0] for coders in same)


def test_the_same_seed_draws_the_same_sample_and_another_seed_another(tmp_path: Path) -> None:
    drawn = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        made = with_codebook(new_study(tmp_path / name, survey(tmp_path / name, TEXTS)))
        done("assign", "--coder", "AB", "--coder", "CD", "--seed", seed, "--study", made)
        drawn.append((sample(made), asked(made)))
    assert drawn[0] == drawn[1]
    assert drawn[0][0] != drawn[2][0]


def test_every_answer_can_be_drawn(tmp_path: Path, study: Study, folder: Path) -> None:
    # over many seeds each of the 40 answers comes up, and none far more often than chance has it
    counts: Counter[str] = Counter()
    for seed in range(60):
        with study.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM sample")
        divide(study, "AB", share=0.25, seed=seed)
        counts.update(sample(folder))
    assert counts.keys() == TEXTS.keys()
    assert counts.total() == 60 * 10
    assert max(counts.values()) <= 28  # 15 expected; P(more than 28) is under 0.001 for all 40 together


def test_assigning_again_with_the_same_arguments_changes_nothing(study: Study, folder: Path) -> None:
    divide(study, "AB", "CD")
    before = (asked(folder), sample(folder), database(folder, "SELECT * FROM event"))
    again = divide(study, "AB", "CD")
    assert (again.drawn, again.divided) == (0, 0)
    assert (asked(folder), sample(folder), database(folder, "SELECT * FROM event")) == before


def test_a_larger_share_adds_to_the_sample_and_keeps_what_was_drawn(study: Study, folder: Path) -> None:
    divide(study, "AB", "CD", share=0.1)
    first = sample(folder)
    # all was divided, and an answer that becomes part of the sample is for both from then on
    divide(study, "AB", "CD", share=0.3)
    assert first < sample(folder)
    assert len(sample(folder)) == 12
    assert {r for r, coders in asked(folder).items() if coders == {"AB", "CD"}} == sample(folder)


def test_answers_coded_with_suggestions_in_view_are_never_drawn(folder: Path) -> None:
    seen = [f"{i:03}" for i in range(30)]
    coded(folder, [(r, "AB", "tijd", "", "nee") for r in seen])
    said = done("assign", "--coder", "AB", "--coder", "CD", "--share", 0.2, "--seed", 1, "--study", folder)
    assert sample(folder) <= TEXTS.keys() - set(seen)
    assert len(sample(folder)) == 8
    assert "30 answers could not be drawn" in said.err


def test_an_assisted_coding_that_was_taken_back_still_keeps_its_answer_out(
    study: Study, folder: Path
) -> None:
    from coder.study.undoing import undo

    with study.database.read() as connection:
        wave = study.wave(connection, None)
    session = CodingSession(study, study.question(), wave, "AB")
    for answer in session.ids[:30]:
        session.save(session.open(answer), "labelled", ["tijd"])
    for _answer in range(30):
        assert undo(study, study.question(), "AB")
    assert database(folder, "SELECT count(*) FROM coding") == [(0,)]
    made = divide(study, "AB", "CD", share=0.5)
    assert (made.left_out, made.drawn) == (30, 10)


def test_imports_of_unknown_blindness_keep_out_until_they_are_declared_blind(folder: Path) -> None:
    rows = [(r, "AB", "tijd", "") for r in TEXTS]
    coded(folder, rows, header="id,coder,labels,status")
    assert refused("assign", "--coder", "CD", "--share", 2, "--study", folder).startswith("--share")
    said = done("assign", "--coder", "CD", "--study", folder)
    assert "instead of 8" in said.err
    done("codings", "import", folder.parent / "codings.csv", "--blind", "--study", folder)
    done("assign", "--coder", "CD", "--study", folder)
    assert len(sample(folder)) == 8


def of(folder: Path, coder: str) -> set[str]:
    """Return the answers that a coder is asked for."""
    return {respondent for respondent, coders in asked(folder).items() if coder in coders}


def test_one_coder_alone_gets_the_sample_and_so_do_those_who_coded(folder: Path) -> None:
    coded(folder, [(f"{i:03}", "AB", "tijd", "", "ja") for i in range(20)])
    done("assign", "--coder", "CD", "--share", 0.2, "--seed", 3, "--study", folder)
    assert of(folder, "AB") & of(folder, "CD") == sample(folder)


def test_the_sample_cannot_be_told_from_what_one_coder_is_asked(folder: Path) -> None:
    mine = {f"{i:03}" for i in range(20)}
    coded(folder, [(r, "AB", "tijd", "", "ja") for r in sorted(mine)])
    said = done("assign", "--coder", "CD", "--share", 0.2, "--seed", 3, "--study", folder)
    for coder in ("AB", "CD"):
        assert len(of(folder, coder) & sample(folder)) == 8
        besides = of(folder, coder) - sample(folder)
        assert len(besides) == 8
        assert besides & mine == set()  # what nobody has coded comes first
        assert f"{coder} is asked for 8 other answers at random besides" in said.err
    logged = database(folder, "SELECT memo FROM event WHERE kind = 'setting' ORDER BY id DESC LIMIT 1")
    assert json.loads(logged[0][0])["assign"]["besides"] == {"AB": 8, "CD": 8}


def test_naming_one_coder_twice_changes_nothing_and_a_larger_sample_hides_among_more(folder: Path) -> None:
    arguments = ("assign", "--coder", "CD", "--seed", 3, "--study", folder)
    done(*arguments)
    before = (asked(folder), sample(folder), database(folder, "SELECT * FROM event"))
    assert "nothing new" in done(*arguments).err
    assert (asked(folder), sample(folder), database(folder, "SELECT * FROM event")) == before
    done(*arguments, "--share", 0.4)
    assert len(of(folder, "CD") - sample(folder)) >= len(sample(folder)) == 16


def test_answers_that_others_coded_hide_the_sample_where_there_are_no_more(folder: Path) -> None:
    coded(folder, [(r, "AB", "tijd", "", "nee") for r in list(TEXTS)[:36]])
    done("assign", "--coder", "CD", "--share", 0.1, "--study", folder)
    assert sample(folder) == set(list(TEXTS)[36:])
    assert len(of(folder, "CD")) == 8
    # AB has coded all the others
    assert of(folder, "AB") == sample(folder)


def test_answers_that_were_begun_with_suggestions_in_view_are_never_drawn(study: Study, folder: Path) -> None:
    with study.database.read() as connection:
        wave = study.wave(connection, None)
    session = CodingSession(study, study.question(), wave, "AB")
    for answer in session.ids[:30]:
        session.choose(answer, ["tijd"])
    made = divide(study, "AB", "CD", share=0.5)
    assert (made.left_out, made.drawn) == (30, 10)
    # who codes the question blind had nothing in view
    study.write_settings(
        lambda text: text.replace('suggestions = "visible"', 'suggestions = "visible"\nblind = ["ab"]')
    )
    made = divide(study, "AB", "CD", share=0.5)
    assert (made.left_out, made.drawn) == (0, 10)


def test_one_coder_in_a_study_without_others_is_told_that_agreement_takes_two(folder: Path) -> None:
    assert "agreement takes two coders" in done("assign", "--coder", "CD", "--study", folder).err


def test_answers_of_the_sample_are_coded_blind_and_others_are_not(study: Study, folder: Path) -> None:
    divide(study, "AB", "CD")
    with study.database.read() as connection:
        wave = study.wave(connection, None)
    session = CodingSession(study, study.question(), wave, "ab")
    assert session.coder == "AB"
    for answer in session.ids:
        session.save(session.open(answer), "labelled", ["tijd"])
    blind = database(
        folder,
        "SELECT r.external_id FROM coding c JOIN answer a ON a.id = c.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id WHERE c.visible = 'no'",
    )
    assert {r for (r,) in blind} == sample(folder)


def test_who_codes_what_is_logged_with_its_seed(study: Study, folder: Path) -> None:
    divide(study, "AB", "CD", seed=7)
    logged = database(folder, "SELECT memo FROM event WHERE kind = 'setting' ORDER BY id DESC LIMIT 1")
    assert json.loads(logged[0][0])["assign"] == {
        "wave": "w1", "seed": 7, "share": 0.2, "coders": ["AB", "CD"], "n": 8,
    }  # fmt: skip
    # what else stands in the log as a setting is not taken for a list of what is not filled in
    assert "not filled in" not in done("status", "--study", folder).err
    assert database(folder, "SELECT count(*) FROM event WHERE memo LIKE '%not_filled_in%'") == [(1,)]


def test_assignments_tell_how_far_each_coder_is(study: Study) -> None:
    divide(study, "AB", "CD")
    with study.database.read() as connection:
        wave = study.wave(connection, None)
    session = CodingSession(study, study.question(), wave, "AB")
    session.save(session.open(session.ids[0]), "skipped")
    for answer in session.ids[1:]:
        session.save(session.open(answer), "none")
    found = assignments(study, study.question(), wave)
    ab, cd = found.coders
    assert (found.answers, found.sample, found.unassigned) == (N, 8, 0)
    assert (ab.coder, ab.assigned) == ("AB", 24)
    assert ab.done in {23, 24}  # the one held over may be the other coder's
    assert (cd.done, cd.sample_done) == (0, 0)


def test_next_gives_a_coder_their_own_answers_first(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--seed", 1, "--study", folder)
    mine = [r for r, coders in sorted(asked(folder).items()) if "CD" in coders]
    assert done("next", "--coder", "CD", "--study", folder).out.split("\t")[0] == mine[0]
    coded(folder, [(r, "CD", "tijd", "", "ja") for r in mine])
    # what is left is AB's
    said = done("next", "--coder", "CD", "--study", folder)
    assert (said.out, said.err) == (
        "",
        "CD has seen every answer that was asked; the rest is for others.\n",
    )
    # who is asked for nothing may help
    assert done("next", "--coder", "EF", "--study", folder).out.startswith("000\t")


def test_next_can_be_random_and_is_then_the_same_each_time(folder: Path) -> None:
    firsts = [
        done("next", "--coder", c, "--order", "random", "--study", folder).out for c in ("AB", "AB", "CD")
    ]
    assert firsts[0] == firsts[1] != firsts[2]
    assert "--order takes one of" in refused("next", "--coder", "AB", "--order", "blind", "--study", folder)


def test_next_can_be_what_teaches_the_model_most(folder: Path) -> None:
    coded(folder, [(f"{i:03}", "AB", "tijd" if i % 5 == 0 else "overig", "", "ja") for i in range(12)])
    first = done("next", "--coder", "CD", "--order", "informative", "--json", "--study", folder).json
    # a text that somebody coded has nothing more to teach
    assert TEXTS[first["id"]] != "tijd"
    assert int(first["id"]) >= 12
    assert database(folder, "SELECT count(*) FROM run") == [(0,)]


def test_status_counts_what_was_asked_and_names_the_coding_screen(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", 0, "--study", folder)
    coded(folder, [(r, "AB", "tijd", "", "ja") for r, who in asked(folder).items() if "AB" in who])
    found = done("status", "--json", "--study", folder).json
    (part,) = found["questions"]
    assert [(c["coder"], c["assigned"], c["assigned_done"]) for c in part["progress"]] == [
        ("AB", 20, 20),
        ("CD", 20, 0),
    ]
    assert found["step"] == {"kind": "code", "question": "nodig", "wave": "w1", "coder": "CD", "n": 20}
    assert found["next_step"].endswith("coder code --coder CD --question nodig --wave w1")
    assert "CD 0 (asked 20, of which done 0)" in done("status", "--study", folder).out


def test_nobody_can_be_called_consensus(folder: Path) -> None:
    assert "use your own name" in refused("assign", "--coder", "Consensus", "--study", folder)
