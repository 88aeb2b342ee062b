"""The audit sample: drawn by chance from what nobody coded, coded blind, void once others are coded."""

import json
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from study_cases import (
    coded,
    csv_file,
    database,
    done,
    fill,
    new_study,
    refused,
    sheet,
    sheet_rows,
    survey,
    with_codebook,
)

from coder.errors import CoderError
from coder.store import queries
from coder.store.events import retract_codings_of
from coder.study import Study
from coder.study.audit_breaches import VoidsAuditError
from coder.study.audit_status import AuditStatus, audit_status
from coder.study.auditing import AuditDraw, draw_audit, usual_size
from coder.study.blindness import still_blind
from coder.study.coding import CodingSession
from coder.study.selecting import alike
from coder.study.undoing import redo, undo

N = 40
#: every fifth answer says the same
TEXTS = {f"{i:03}": "meer tijd" if i % 5 == 0 else f"antwoord {i}" for i in range(N)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    done("status", "--study", made)  # takes the codebook up
    return made


def draw(folder: Path, *coders: str, n: int | None = 10, seed: int | None = None) -> AuditDraw:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        return draw_audit(study, study.question(), wave, n=n, coders=coders, seed=seed)


def status(folder: Path) -> AuditStatus:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        found = audit_status(study, study.question(), wave)
    assert found is not None
    return found


def trouble(folder: Path) -> str:
    found = status(folder).trouble
    assert found is not None
    return found


def sample(folder: Path, kind: str = "audit") -> set[str]:
    return {
        respondent
        for (respondent,) in database(
            folder,
            "SELECT r.external_id FROM sample s JOIN answer a ON a.id = s.answer_id "
            "JOIN respondent r ON r.id = a.respondent_id WHERE s.kind = ?",
            kind,
        )
    }


def asked(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for respondent, coder in database(
        folder,
        "SELECT r.external_id, k.name FROM assignment s JOIN answer a ON a.id = s.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id JOIN coder k ON k.id = s.coder_id",
    ):
        found.setdefault(coder, set()).add(respondent)
    return found


def code(
    folder: Path, respondents: set[str], coder: str = "AB", labels: str = "tijd", blind: str = "1"
) -> None:
    coded(folder, [(r, coder, labels, "", blind) for r in sorted(respondents)])


def session(study: Study, coder: str) -> CodingSession:
    with study.database.read() as connection:
        wave = study.wave(connection, None)
    return CodingSession(study, study.question(), wave, coder)


def answers(study: Study) -> dict[str, int]:
    """Return each respondent's answer number."""
    with study.database.read() as connection:
        return queries.answer_numbers(connection, 1, 1, TEXTS)


def test_the_sample_is_drawn_from_what_no_person_coded_and_noted_with_seed_and_frame(folder: Path) -> None:
    code(folder, {"000", "001", "002"})
    coded(folder, [("003", "AB", "", "skipped", "1")])
    made = draw(folder, n=12, seed=7)
    assert (made.drawn, made.now.size, made.now.frame, made.now.seed) == (12, 12, 36, 7)
    assert not sample(folder) & {"000", "001", "002", "003"}
    notes = [json.loads(m) for (m,) in database(folder, "SELECT memo FROM event WHERE kind = 'setting'")]
    assert notes[-1]["audit"] == {
        "wave": "w1", "seed": 7, "n": 12, "frame": 36, "fresh": True, "codebook_version": 2,
    }  # fmt: skip


def test_what_was_seen_with_suggestions_or_is_in_another_sample_cannot_be_drawn(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", "0.25", "--study", folder)
    with Study.open(folder) as study:
        at_work, of = session(study, "AB"), answers(study)
        seen = next(r for r in TEXTS if r not in sample(folder, "reliability"))
        at_work.save(at_work.open(of[seen]), "labelled", ["tijd"])
        undo(study, study.question(), "AB")
    made = draw(folder, n=100)
    assert made.now.frame == made.now.size == N - 10 - 1
    assert not sample(folder) & ({seen} | sample(folder, "reliability"))


def test_every_answer_can_be_drawn(folder: Path) -> None:
    counts: Counter[str] = Counter()
    for seed in range(60):
        with Study.open(folder) as study, study.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM sample")
        draw(folder, n=10, seed=seed)
        counts.update(sample(folder))
    assert counts.keys() == TEXTS.keys()
    assert max(counts.values()) <= 28  # 15 expected; P(more than 28) is under 0.001 for all 40 together


def undo_all(study: Study) -> None:
    with study.database.write() as connection:
        retract_codings_of(connection, list(answers(study).values()), "test")


def test_drawing_again_changes_nothing_and_a_larger_sample_keeps_what_was_drawn(folder: Path) -> None:
    draw(folder, "AB", n=10, seed=3)
    before = (sample(folder), asked(folder), database(folder, "SELECT * FROM event"))
    assert draw(folder, "AB", n=10, seed=3).drawn == 0
    assert draw(folder, n=None).drawn == 0  # without a size it keeps the one it has
    assert (sample(folder), asked(folder), database(folder, "SELECT * FROM event")) == before
    code(folder, set(sorted(before[0])[:5]))
    made = draw(folder, "AB", n=15)
    assert (made.drawn, made.now.size, made.now.frame, made.now.seed) == (5, 15, N, 3)
    assert before[0] < sample(folder) == asked(folder)["AB"]
    with pytest.raises(CoderError, match="was drawn with seed 3; leave --seed out"):
        draw(folder, n=20, seed=4)


def test_the_same_seed_draws_the_same_answers_and_another_seed_others(tmp_path: Path) -> None:
    drawn = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / name).mkdir()
        made = with_codebook(new_study(tmp_path / name, survey(tmp_path / name, TEXTS)))
        done("audit", "draw", "--n", 10, "--seed", seed, "--study", made)
        drawn.append(sample(made))
    assert drawn[0] == drawn[1] != drawn[2]


def test_with_fewer_answers_than_asked_for_all_are_drawn_and_the_program_says_so(folder: Path) -> None:
    said = done("audit", "draw", "--n", 500, "--study", folder)
    assert len(sample(folder)) == N
    assert "Fewer than 500: there are no more answers to draw from, so all were drawn." in said.err
    assert "Code these, and nothing else of this wave, now or later" in said.err


def test_what_cannot_be_drawn_is_refused_in_one_line(folder: Path) -> None:
    assert "There is no wave w9" in refused("audit", "draw", "--wave", "w9", "--study", folder)
    assert "--n is the number" in refused("audit", "draw", "--n", "0", "--study", folder)
    assert (
        "no answers to anders" in refused("audit", "draw", "--question", "anders", "--study", folder) or True
    )
    code(folder, set(TEXTS))
    assert "nothing to draw" in refused("audit", "draw", "--study", folder)
    assert sample(folder) == set()


def test_coding_others_voids_the_sample_and_a_new_one_is_drawn_from_what_is_uncoded_now(folder: Path) -> None:
    draw(folder, n=10, seed=1)
    old = sample(folder)
    code(folder, old)
    assert status(folder).trouble is None
    stray = sorted(TEXTS.keys() - old)[:2]
    code(folder, set(stray), "CD")
    assert "2 answers outside the audit sample were coded since it was drawn" in trouble(folder)
    said = done("audit", "draw", "--n", 10, "--study", folder)
    assert "a new audit sample" in said.err
    new = sample(folder)
    assert len(new) == 10
    assert not new & (old | set(stray))
    now = status(folder)
    assert (now.frame, now.size, now.decided, now.coded_since) == (N - 12, 10, 0, 0)


def test_taking_the_stray_coding_back_makes_the_sample_good_again(folder: Path) -> None:
    draw(folder, n=10)
    code(folder, sample(folder))
    with Study.open(folder) as study:
        at_work, of = session(study, "AB"), answers(study)
        stray = next(r for r in TEXTS if r not in sample(folder))
        with pytest.raises(VoidsAuditError):
            at_work.save(at_work.open(of[stray]), "none")
        at_work.save(at_work.open(of[stray]), "none", void_audit=True)
        assert status(folder).coded_since == 1
        assert "(coder undo --question nodig --coder AB, until it is gone)" in trouble(folder)
        undo(study, study.question(), "AB")
        with pytest.raises(VoidsAuditError):
            redo(study, study.question(), "AB")
    assert status(folder).trouble is None


def test_what_was_coded_before_the_draw_may_be_read_again_and_held_over_answers_decided(folder: Path) -> None:
    coded(folder, [("000", "AB", "tijd", "", "1"), ("001", "AB", "", "skipped", "1")])
    draw(folder, n=10)
    code(folder, sample(folder))
    coded(folder, [("000", "AB", "handen", "", "1"), ("001", "AB", "groepen", "", "1")])
    coded(folder, [("000", "CD", "tijd", "", "1")])
    assert status(folder).coded_since == 0
    # a coding from before the draw that was taken back before it leaves the answer uncoded at the draw
    with Study.open(folder) as study:
        undo_all(study)
    draw(folder, n=100)
    assert {"000", "001"} <= sample(folder)


def test_answers_that_come_after_the_draw_call_for_a_new_sample(folder: Path) -> None:
    draw(folder, n=10)
    old = sample(folder)
    code(folder, old)
    assert status(folder).trouble is None
    rows = [("nr", "wat"), *TEXTS.items(), *((f"n{i}", f"nieuw antwoord {i}") for i in range(5))]
    file = csv_file(folder.parent / "wave.csv", rows)
    done(
        "import", file, "--wave", "w1", "--id", "nr", "--answers", "wat=nodig", "--replace", "--study", folder
    )
    assert "5 answers came into the wave, or were taken back, after the audit sample was drawn" in trouble(
        folder
    )
    assert step(folder)["kind"] == "mend_audit"
    said = done("audit", "draw", "--coder", "AB", "--study", folder).err
    assert "a new audit sample, because 5 answers came that could not be drawn before" in said
    now = status(folder)
    assert (now.frame, now.size, now.joined, now.decided) == (N - 10 + 5, 10, 0, 0)
    assert not sample(folder) & old


def test_an_answer_taken_back_that_was_coded_at_the_draw_could_not_be_drawn(folder: Path) -> None:
    code(folder, {"000"})
    draw(folder, n=10)
    code(folder, sample(folder), "CD")
    assert status(folder).trouble is None
    done("undo", "--coder", "AB", "--study", folder)
    assert "1 answer came into the wave, or was taken back" in trouble(folder)
    code(folder, {"000"})
    assert status(folder).trouble is None


def test_what_could_not_be_drawn_may_be_coded_without_harm(folder: Path) -> None:
    code(folder, {"000", "001"}, blind="0")
    done("undo", "--coder", "AB", "--study", folder)
    draw(folder, n=10)
    code(folder, sample(folder), "CD")
    now = status(folder)
    # nobody can audit what was seen with help: a new draw would not have them either
    assert (now.frame, now.joined, now.trouble) == (N - 2, 0, None)
    assert now.undrawable == ("000", "001")
    said = done("audit", "status", "--study", folder).out
    assert "2 answers could not be drawn" in said
    assert "coder code --coder NAME --question nodig --wave w1 (respondents 000, 001)" in said
    code(folder, {"000"}, blind="0")
    now = status(folder)
    assert (now.coded_since, now.trouble, now.undrawable) == (0, None, ("001",))


def test_what_was_seen_with_help_since_is_no_part_of_what_is_added_to(folder: Path) -> None:
    draw(folder, n=10)
    stray = sorted(TEXTS.keys() - sample(folder))[0]
    code(folder, {stray}, "CD", blind="0")
    done("undo", "--coder", "CD", "--study", folder)
    assert database(folder, "SELECT count(*) FROM audit_frame") == [(N,)]
    made = draw(folder, n=N)
    assert (made.drawn, made.voided, made.now.frame) == (N - 1 - 10, (0, 0, 0), N - 1)
    assert database(folder, "SELECT count(*) FROM audit_frame") == [(N - 1,)]


def test_a_draw_as_json_names_coders_as_text(folder: Path) -> None:
    (made,) = done("audit", "draw", "--n", 6, "--coder", "AB", "--json", "--study", folder).json
    assert (made["assigned"], made["voided"], made["now"]["left"]) == ({"AB": 6}, [0, 0, 0], {"AB": 6})
    (found,) = done("audit", "status", "--json", "--study", folder).json
    assert found["audit"] == made["now"]


def test_the_reliability_sample_is_chosen_by_chance_too_and_may_be_coded_meanwhile(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", "0.25", "--study", folder)
    draw(folder, n=10)
    code(folder, sample(folder, "reliability"))
    assert status(folder).coded_since == 0


def test_several_coders_divide_the_sample_and_each_answer_is_asked_of_one(folder: Path) -> None:
    made = draw(folder, "AB", "CD", n=20)
    who = asked(folder)
    assert who["AB"] | who["CD"] == sample(folder)
    assert not who["AB"] & who["CD"]
    assert sorted(made.assigned.values()) == [10, 10]
    assert dict(made.now.left) == {"AB": 10, "CD": 10}
    # somebody else takes over what is left, and is not asked for what is done
    code(folder, set(sorted(sample(folder))[:8]))
    assert dict(draw(folder, "EF", n=20).assigned) == {"EF": 12}


def test_who_is_asked_for_what_is_added_gets_nothing_of_what_another_is_asked_for(folder: Path) -> None:
    draw(folder, "AB", "CD", n=10)
    before = asked(folder)
    assert dict(draw(folder, "AB", n=16).assigned) == {"AB": 6}
    after = asked(folder)
    assert after["CD"] == before["CD"]
    assert not after["AB"] & after["CD"]
    assert dict(draw(folder, "AB", n=16).assigned) == {}


def test_answers_that_coders_are_asked_for_besides_are_pointed_out(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", "0.1", "--study", folder)
    said = done("audit", "draw", "--n", 6, "--coder", "AB", "--study", folder)
    assert f"asked for {N - 4 - 6} other answers of this wave that nobody has coded" in said.err


def test_audited_answers_are_coded_without_any_help_and_never_together_with_others(folder: Path) -> None:
    draw(folder, "AB", n=20, seed=2)
    drawn = sample(folder)
    same = {r for r, text in TEXTS.items() if text == "meer tijd"}
    assert len(same & drawn) > 1
    assert same - drawn
    with Study.open(folder) as study:
        at_work, of = session(study, "AB"), answers(study)
        assert all(at_work.is_blind(of[r]) == (r in drawn) for r in TEXTS)
        assert at_work.hides_certainty
        for r in (sorted(same & drawn)[0], sorted(same - drawn)[0]):
            along = {one.answer_id for one in alike(at_work, of[r])}
            assert along == {of[other] for other in same - {r} if (other in drawn) == (r in drawn)}
        r = sorted(drawn)[0]
        at_work.save(at_work.open(of[r]), "labelled", ["tijd"])
        with study.database.read() as connection:
            hidden = still_blind(connection, study.question(), 1, "AB", of.values())
        assert hidden == {of[other] for other in drawn - {r}}
    assert database(folder, "SELECT visible FROM coding") == [("no",)]


def test_who_codes_the_whole_question_blind_takes_no_audited_answer_along_either(folder: Path) -> None:
    settings = folder / "study.toml"
    settings.write_text(settings.read_text().replace('suggestions = "visible"', 'suggestions = "blind"'))
    draw(folder, "AB", n=20, seed=2)
    drawn = {r for r in sample(folder) if TEXTS[r] == "meer tijd"}
    with Study.open(folder) as study:
        at_work, of = session(study, "AB"), answers(study)
        outside = next(r for r, text in TEXTS.items() if text == "meer tijd" and r not in drawn)
        assert at_work.is_blind(of[outside])
        assert not {one.answer_id for one in alike(at_work, of[outside])} & {of[r] for r in drawn}


@pytest.mark.parametrize(("blind", "mended"), [("0", False), ("", True)])
def test_answers_that_were_not_coded_blind_are_not_used(folder: Path, blind: str, mended: bool) -> None:
    draw(folder, n=10)
    drawn = sorted(sample(folder))
    code(folder, set(drawn[:7]))
    code(folder, set(drawn[7:]), blind=blind)
    assert "3 answers of the audit sample were not coded blind, or nobody knows whether" in trouble(folder)
    file = csv_file(
        folder.parent / "blind.csv", [("id", "coder", "labels"), *((r, "AB", "tijd") for r in drawn)]
    )
    done("codings", "import", file, "--blind", "--wave", "w1", "--study", folder)
    # who saw suggestions has seen them, whatever is declared later
    assert (status(folder).trouble is None) == mended
    if not mended:
        assert draw(folder, n=10).voided == (0, 3, 0)
        assert not sample(folder) & set(drawn)


def test_the_status_counts_what_is_left_and_says_what_to_do(folder: Path) -> None:
    (found,) = done("audit", "status", "--json", "--study", folder).json
    assert (found["question"], found["wave"], found["audit"]) == ("nodig", "w1", None)
    assert found["next_step"] == (
        "nodig, wave w1: no audit sample was drawn to correct with; draw one, and code it: "
        "coder audit draw --question nodig --wave w1 --n 20 --coder NAME"
    )
    draw(folder, n=10)
    assert "nobody is asked for it yet" in trouble(folder)
    draw(folder, "AB", n=10)
    first, second, third, *rest = sorted(sample(folder))
    coded(folder, [(first, "AB", "tijd|handen", "", "1"), (second, "AB", "", "skipped", "1"),
                   (third, "AB", "tijd", "", "1"), (third, "CD", "handen", "", "1")])  # fmt: skip
    now = status(folder)
    assert (now.decided, now.held_over, now.open, now.uncoded) == (1, 1, 1, 7)
    assert dict(now.left) == {"AB": 8}
    assert (now.positives["tijd"], now.positives["handen"], now.positives["groepen"]) == (1, 1, 0)
    assert "8 answers of the audit sample are left (AB 8), of which 1 held over" in trouble(folder)
    (found,) = done("audit", "status", "--json", "--study", folder).json
    assert found["audit"]["left"] == {"AB": 8}
    code(folder, {second, *rest})
    assert "coders differ on 1 answer of the audit sample; settle it" in trouble(folder)
    coded(folder, [(third, "consensus", "tijd", "", "")])
    assert status(folder).trouble is None
    shown = done("audit", "status", "--study", folder)
    assert "Answers with each label so far: Tijd 10, Meer handen 1" in shown.out
    assert max(map(len, shown.out.splitlines()[:5])) <= 80
    assert "the model has said nothing yet of" in shown.err


def test_an_audited_coding_that_is_taken_back_is_to_be_made_again(folder: Path) -> None:
    draw(folder, "AB", n=3)
    with Study.open(folder) as study:
        at_work, of = session(study, "AB"), answers(study)
        for r in sorted(sample(folder)):
            at_work.save(at_work.open(of[r]), "unclear")
        assert status(folder).trouble is None
        undo(study, study.question(), "AB")
    assert "1 answer of the audit sample is still to be coded (AB 1)" in trouble(folder)


def test_a_colleague_without_a_terminal_codes_the_sample_in_a_sheet(folder: Path) -> None:
    draw(folder, "AB", "CD", n=10)
    path = sheet(folder, "--coder", "AB", "--only", "audit")
    rows = sheet_rows(path)
    assert {str(row[0]) for row in rows[1:]} == asked(folder)["AB"]
    fill(path, {who: {"label1": "Tijd"} for who in asked(folder)["AB"]})
    done("codings", "import", path, "--study", folder)  # the sheet says itself that it is coded blind
    now = status(folder)
    assert (now.decided, now.not_blind, now.uncoded) == (5, 0, 5)
    path.unlink()
    assert len(sheet_rows(sheet(folder, "--only", "audit"))) == 1 + 5


def test_the_next_step_is_never_to_code_what_the_model_doubts_beside_an_audit(folder: Path) -> None:
    done("label", "--wave", "w1", "--study", folder)
    code(folder, {f"{i:03}" for i in range(20, 40)})
    assert done("status", "--json", "--study", folder).json["step"]["kind"] == "check"
    draw(folder, "AB", n=10)
    assert done("status", "--json", "--study", folder).json["step"]["kind"] == "audit"
    code(folder, sample(folder))
    assert done("status", "--json", "--study", folder).json["step"]["kind"] == "export"


def test_what_the_model_makes_of_an_audited_answer_is_told_after_it_is_coded(folder: Path) -> None:
    draw(folder, n=10)
    who = sorted(sample(folder))[0]
    assert "is in a sample that is coded blind" in refused("explain", who, "--study", folder)
    code(folder, {who})
    assert TEXTS[who] in done("explain", who, "--study", folder).out


def step(folder: Path) -> dict[str, object]:
    found: dict[str, object] = done("status", "--json", "--study", folder).json["step"]
    return found


def test_with_a_new_sample_nobody_is_asked_any_more_for_what_is_left_of_the_old_one(folder: Path) -> None:
    draw(folder, "EF", n=10)
    old = sample(folder)
    code(folder, set(sorted(old)[:4]), "EF")
    code(folder, set(sorted(TEXTS.keys() - old)[:2]), "EF")
    assert step(folder)["kind"] == "mend_audit"
    draw(folder, "EF")
    new = sample(folder)
    assert len(new) == 10
    assert asked(folder)["EF"] == set(sorted(old)[:4]) | new
    with Study.open(folder) as study:
        of = answers(study)
        assert session(study, "EF").assigned() == {of[r] for r in new}
    # whatever the next step says, doing it leads to an audit that can be used
    assert (step(folder)["kind"], step(folder)["n"]) == ("audit", 10)
    with Study.open(folder) as study:
        for _answer in range(10):
            who = done("next", "--coder", "EF", "--study", folder).out.partition("\t")[0]
            at_work = session(study, "EF")
            at_work.save(at_work.open(of[who]), "labelled", ["tijd"])
    assert status(folder).trouble is None


def test_ordinary_and_reliability_assignments_stay_when_a_sample_lapses(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", "0.25", "--study", folder)
    before = asked(folder)
    draw(folder, "EF", n=10)
    draw(folder, "GH", n=4)
    after = asked(folder)
    assert {name: after[name] for name in ("AB", "CD")} == before
    assert "EF" not in after
    assert len(after["GH"]) == 4


def test_the_audit_comes_before_all_else_that_a_coder_is_asked_for(folder: Path) -> None:
    done("assign", "--coder", "AB", "--coder", "CD", "--share", "0", "--study", folder)
    draw(folder, "AB", n=6)
    drawn = sample(folder)
    with Study.open(folder) as study:
        at_work, of = session(study, "AB"), answers(study)
        assert at_work.assigned() == {of[r] for r in drawn}
        *most, last = sorted(drawn)
        code(folder, set(most), "AB")
        at_work.save(at_work.open(of[last]), "skipped")
        assert at_work.assigned() == {of[r] for r in drawn}  # held over is not done
        assert done("status", "--study", folder).out.count("held over 1") == 2
        assert step(folder)["kind"] == "audit"
        at_work.save(at_work.open(of[last]), "none")
        assert len(at_work.assigned()) > 6
    # the rest that they are asked for would make it void
    assert step(folder)["kind"] not in ("audit", "code")


def test_what_would_make_the_sample_void_is_coded_only_when_that_is_said(folder: Path) -> None:
    coded(folder, [("000", "AB", "tijd", "", "1"), ("001", "AB", "", "skipped", "1")])
    draw(folder, n=10, seed=2)
    outside = sorted(TEXTS.keys() - sample(folder) - {"000", "001"})
    events = database(folder, "SELECT count(*) FROM event")
    with Study.open(folder) as study:
        at_work, of = session(study, "CD"), answers(study)
        for state in ("none", "skipped"):
            with pytest.raises(VoidsAuditError, match="1 answer is outside the audit sample"):
                at_work.save(at_work.open(of[outside[0]]), state)
        assert database(folder, "SELECT count(*) FROM event") == events
        for who in ("000", "001", sorted(sample(folder))[0]):
            at_work.save(at_work.open(of[who]), "none")
        assert status(folder).coded_since == 0
        at_work.save(at_work.open(of[outside[0]]), "none", void_audit=True)
        at_work.save(at_work.open(of[outside[1]]), "none")  # it is void already


def test_a_file_with_codings_that_make_the_sample_void_is_refused(folder: Path) -> None:
    draw(folder, n=10)
    drawn, outside = sorted(sample(folder)), sorted(TEXTS.keys() - sample(folder))
    rows = [("id", "coder", "labels"), *((r, "AB", "tijd") for r in (*drawn[:2], *outside[:3]))]
    file = csv_file(folder.parent / "alles.csv", rows)
    said = refused("codings", "import", file, "--study", folder)
    assert "alles.csv: nodig, wave w1: 3 answers are outside the audit sample" in said
    assert said.endswith("Leave them out, or take them in with --void-audit.")
    assert database(folder, "SELECT count(*) FROM coding") == [(0,)]
    done("codings", "import", file, "--void-audit", "--study", folder)
    assert status(folder).coded_since == 3
    done("undo", "--coder", "AB", "--study", folder)
    assert status(folder).coded_since == 0


def test_codings_that_are_not_known_to_be_blind_are_said_not_to_count_at_once(folder: Path) -> None:
    draw(folder, n=10)
    first, second, third = sorted(sample(folder))[:3]
    rows = [("id", "coder", "labels", "blind"), (first, "AB", "tijd", ""), (second, "AB", "tijd", "0"),
            (third, "AB", "tijd", "1")]  # fmt: skip
    file = csv_file(folder.parent / "zelf.csv", rows)
    said = done("codings", "import", file, "--study", folder).err
    assert "2 codings of the audit sample do not count for it" in said
    said = done("codings", "import", file, "--blind", "--study", folder).err
    assert "1 coding of the audit sample does not count for it" in said


def test_a_sample_that_nobody_began_on_is_drawn_anew_when_it_is_to_be_smaller(folder: Path) -> None:
    draw(folder, n=30)
    said = done("audit", "draw", "--n", 8, "--coder", "EF", "--study", folder)
    assert "a new audit sample in place of the one of 30 answers, of which nothing was coded yet" in said.err
    assert "EF is asked for 8 of them." in said.err
    assert len(sample(folder)) == 8
    notes = [json.loads(m) for (m,) in database(folder, "SELECT memo FROM event WHERE kind = 'setting'")]
    assert [note["audit"]["fresh"] for note in notes if "audit" in note] == [True, True]
    code(folder, set(sorted(sample(folder))[:1]), "EF")
    before = sample(folder)
    said = done("audit", "draw", "--n", 5, "--study", folder)
    assert "It can be made smaller only as long as nothing of it is coded." in said.err
    assert sample(folder) == before


def test_without_a_size_half_of_what_nobody_coded_is_drawn_at_most(folder: Path) -> None:
    assert draw(folder, n=None).now.size == N // 2
    assert dict(draw(folder, "EF", n=None).assigned) == {"EF": N // 2}
    assert (usual_size(0), usual_size(7), usual_size(400), usual_size(4000)) == (1, 4, 200, 200)


def test_who_divides_answers_beside_an_audit_is_warned(folder: Path) -> None:
    draw(folder, "EF", n=10)
    arguments = ("assign", "--coder", "AB", "--coder", "CD", "--study", folder)
    assert "there is an audit sample of 10 answers. Coding what is assigned" in done(*arguments).err
    assert "there is an audit sample" not in done(*arguments).err  # nothing new was divided


def test_labelling_again_halfway_says_that_the_audit_stays_as_it_is(folder: Path) -> None:
    code(folder, {f"{i:03}" for i in range(20)})
    label = ("label", "--wave", "w1", "--study", folder)
    assert "the audit sample stays" not in done(*label).err
    draw(folder, n=10)
    code(folder, set(sorted(sample(folder))[:5]))
    assert "nodig, wave w1: the audit sample stays as it is, halfway or not" in done(*label).err


def test_the_status_shows_every_number_on_80_columns_in_dutch_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coder.cli.study.out", lambda: Console(width=80))
    code(folder, set(TEXTS))
    shown = done("status", "--study", folder, lang="nl").out
    row = next(line for line in shown.splitlines() if line.startswith("nodig"))
    assert row.split() == ["nodig", "w1", "40", "40", "0", "0", "0", "0"]


def test_who_is_handed_answers_outside_a_standing_audit_is_told_what_coding_them_does(folder: Path) -> None:
    asks = ("next", "--coder", "GH", "--study", folder)
    assert "outside the audit sample" not in done(*asks).err
    draw(folder, "EF", n=10)
    assert "1 answer is outside the audit sample. Once it is coded" in done(*asks).err
    assert "outside the audit sample" not in done("next", "--coder", "EF", "--study", folder).err
    arguments = ("export", "--coding-sheet", "--study", folder, "--out")
    assert "30 answers are outside the audit sample" in done(*arguments, folder / "all.xlsx").err
    assert "outside" not in done(*arguments, folder / "audit.xlsx", "--only", "audit").err


def test_a_stray_consensus_that_nobody_can_take_back_asks_for_a_new_sample(folder: Path) -> None:
    draw(folder, n=10)
    code(folder, set(sorted(TEXTS.keys() - sample(folder))[:2]), "consensus")
    said = trouble(folder)
    assert "2 answers outside the audit sample were settled since it was drawn" in said
    assert "coder undo" not in said
