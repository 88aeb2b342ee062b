"""The bridge sample: answers of an earlier wave coded again, blind, while the wave stays what it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event
from store_cases import assert_derived_equals_log
from study_cases import (
    CODEBOOK,
    coded,
    csv_file,
    current,
    database,
    done,
    fill,
    new_study,
    refused,
    sheet,
    sheet_rows,
    statuses,
    survey,
    taken_in,
    with_codebook,
)

from coder.errors import CoderError
from coder.store import bridges
from coder.store.waves import WaveRecord
from coder.study import QuestionSettings, Study, coded_wave, next_answer
from coder.study.blindness import still_blind
from coder.study.bridging import BridgedWave, BridgeStatus, bridge_status, bridged_wave, draw_bridge
from coder.study.coding import CodingSession
from coder.study.selecting import alike
from coder.study.undoing import undo

N = 12
HANDEN = 1  # the column of the label that answers are given when they are coded again
CODED = {
    f"{i:02}": ("tijd", "tijd te kort") if i % 2 else ("groepen", f"kleine groepen {i}") for i in range(N)
}


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study of one wave of twelve answers, all coded by AB; six of them are identical."""
    made = with_codebook(
        new_study(tmp_path, survey(tmp_path, {who: text for who, (_l, text) in CODED.items()}))
    )
    return coded(made, [(who, "AB", label, "", "ja") for who, (label, _text) in CODED.items()])


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Study, QuestionSettings, WaveRecord]]:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, "w1")
        yield study, study.question(), wave


def draw(folder: Path, *coders: str, n: int = 4, seed: int | None = None) -> BridgeStatus:
    with opened(folder) as (study, question, wave):
        return draw_bridge(study, question, wave, coders or ("AB",), n=n, seed=seed)


def drawn(folder: Path) -> list[str]:
    """Return the respondents whose answers are in the draw that holds."""
    return [who for (who,) in database(
        folder,
        "SELECT r.external_id FROM bridge b JOIN answer a ON a.id = b.answer_id JOIN respondent r ON "
        "r.id = a.respondent_id WHERE b.draw = (SELECT max(draw) FROM bridge) ORDER BY r.row",
    )]  # fmt: skip


def code_again(folder: Path, coder: str, labels: dict[str, str]) -> None:
    """Code answers on the coding screen's session, by respondent."""
    with opened(folder) as (study, question, wave):
        session = CodingSession(study, question, wave, coder)
        for answer in session.ids:
            shown = session.open(answer)
            if shown.respondent in labels:
                label = labels[shown.respondent]
                session.save(shown, "labelled" if label else "none", [label] if label else [])


def bridged(folder: Path) -> BridgedWave:
    with opened(folder) as (study, question, wave):
        found = bridged_wave(study, coded_wave(study, question, wave))
    assert found is not None
    return found


def derived(folder: Path) -> None:
    with Study.open(folder) as study, study.database.read() as connection:
        assert_derived_equals_log(connection.connection.driver_connection)


def test_without_a_draw_there_is_no_bridge(study: Path) -> None:
    with opened(study) as (opened_study, question, wave):
        assert bridge_status(opened_study, question, wave) is None
        assert bridged_wave(opened_study, coded_wave(opened_study, question, wave)) is None


def test_a_draw_is_found_without_walking_past_the_answers_of_the_wave(study: Path) -> None:
    draw(study, "AB")
    asked: list[tuple[str, Any]] = []
    with opened(study) as (folder, _question, wave), folder.database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        found = bridges.last_draw(connection, 1, wave.id)
        waves = bridges.waves_with_bridges(connection, 1)
        plans = [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given)]
            for query, given in [one for one in asked if "FROM" in one[0]]
        ]
    assert found is not None
    assert waves == [wave.id]
    assert len(plans) == 2
    for plan in plans:
        assert plan[0] == "SEARCH event USING INDEX event_of_question (question_id=? AND kind=?)", plan
        assert not [step for step in plan if "answer_by" in step], plan


def test_what_is_drawn_is_offered_again_to_who_coded_it_without_the_earlier_coding(study: Path) -> None:
    status = draw(study)
    assert (status.sample.frame, status.sample.size, status.sample.decided) == (N, 4, 0)
    assert status.coders == {"AB": (4, 0)}
    with opened(study) as (opened_study, question, wave):
        session = CodingSession(opened_study, question, wave, "AB")
        again = set(session.ids) - session.status.keys()
        assert {session.open(answer).respondent for answer in again} == set(drawn(study))
        for answer in again:
            shown = session.open(answer)
            assert (shown.status, shown.labels, shown.blind) == (None, (), True)
        assert session.assigned() == again
        assert session.hides_certainty
        first = next_answer(opened_study, question, "AB")
        assert first is not None
        assert first.answer_id in again
        with opened_study.database.read() as connection:
            assert still_blind(connection, question, session.number, "AB", session.ids) == again
            assert not still_blind(connection, question, session.number, "CD", session.ids)


def test_coding_again_changes_nothing_of_the_wave(study: Path) -> None:
    before = current(study), statuses(study), database(study, "SELECT * FROM final")
    draw(study)
    code_again(study, "AB", dict.fromkeys(drawn(study), "handen"))
    assert (current(study), statuses(study), database(study, "SELECT * FROM final")) == before
    derived(study)
    found = bridged(study)
    assert (found.role == 1).sum() == 4
    assert (found.truth[found.role == 1, HANDEN] == 1).all()
    assert np.isnan(found.truth[found.role == 2]).all()
    assert (found.measured[:, HANDEN] == 0).all()
    assert found.sample.decided == 4


def test_when_all_is_coded_again_the_screen_shows_the_waves_own_codings(study: Path) -> None:
    draw(study)
    code_again(study, "AB", dict.fromkeys(drawn(study), "handen"))
    with opened(study) as (opened_study, question, wave):
        session = CodingSession(opened_study, question, wave, "AB")
        assert set(session.labels.values()) == {("tijd",), ("groepen",)}
        undone = undo(opened_study, question, "AB")
        assert undone is not None
        session.reread(undone.answers)
        left = set(session.ids) - session.status.keys()
        assert left == set(undone.answers), "the last coding is taken back: that answer is to be coded again"
        assert sorted(session.labels.values()).count(("handen",)) == 3
    derived(study)


def test_identical_answers_outside_the_sample_are_not_taken_along(study: Path) -> None:
    draw(study, n=6)
    with opened(study) as (opened_study, question, wave):
        session = CodingSession(opened_study, question, wave, "AB")
        again = set(session.ids) - session.status.keys()
        for answer in session.ids:
            like = {other.answer_id for other in alike(session, answer)}
            assert like <= again if answer in again else not like & again


def test_a_sample_that_is_not_finished_is_refused_with_who_is_to_code(study: Path) -> None:
    draw(study, "AB", "CD")
    with pytest.raises(CoderError, match=r"Bridge sample of wave w1: 4 answers .* \(AB 2, CD 2\)"):
        bridged(study)


def test_held_over_is_not_coded_again(study: Path) -> None:
    draw(study)
    with opened(study) as (opened_study, question, wave):
        session = CodingSession(opened_study, question, wave, "AB")
        for answer in set(session.ids) - session.status.keys():
            session.save(session.open(answer), "skipped")
    with pytest.raises(CoderError, match="4 answers are still to be coded again"):
        bridged(study)


def test_drawing_again_changes_nothing_and_more_is_added_to_what_was_drawn(study: Path) -> None:
    draw(study)
    first = drawn(study)
    draw(study)
    assert drawn(study) == first
    draw(study, n=7)
    assert set(first) < set(drawn(study))
    assert len(drawn(study)) == 7
    draw(study, seed=1)
    assert drawn(study) != first
    assert database(study, "SELECT count(DISTINCT draw) FROM bridge") == [(4,)], "earlier draws stay"


def test_a_wave_that_was_coded_on_is_drawn_again_and_what_was_coded_again_keeps_counting(study: Path) -> None:
    draw(study)
    code_again(study, "AB", dict.fromkeys(drawn(study), "handen"))
    other = next(who for who in CODED if who not in drawn(study))
    coded(study, [(other, "AB", "handen", "", "ja")])
    with pytest.raises(CoderError, match="draw it again"):
        bridged(study)
    assert draw(study, "CD").sample.decided == 4
    assert bridged(study).sample.decided == 4


def test_what_was_coded_again_before_a_label_changed_is_coded_once_more(study: Path) -> None:
    draw(study)
    code_again(study, "AB", dict.fromkeys(drawn(study), "handen"))
    text = CODEBOOK.replace("Iemand erbij in de les.", "Een assistent en geen ouders.")
    (study / "codebooks" / "nodig.yaml").write_text(text, encoding="utf-8")
    found = bridged(study)
    assert np.isnan(found.truth[:, HANDEN]).all(), "the label means something else than when they coded"
    assert (found.measured[:, HANDEN] == 0).all(), "what the wave showed, it showed"
    status = draw(study)
    assert status.coders == {"AB": (4, 0)}
    code_again(study, "AB", dict.fromkeys(drawn(study), "handen"))
    assert (bridged(study).truth[:, HANDEN] == 1).sum() == 4


def test_a_merge_is_followed_by_what_was_coded_again(study: Path) -> None:
    draw(study)
    code_again(study, "AB", dict.fromkeys(drawn(study), "handen"))
    done("codebook", "merge", "handen", "groepen", "--yes", "--study", study)
    found = bridged(study)
    # the label that went has no column any more: in its place is the one it went into
    assert (found.truth[found.role == 1, HANDEN] == 1).all()


def test_answers_that_a_coder_has_begun_on_are_not_given_to_that_coder(study: Path) -> None:
    with opened(study) as (opened_study, question, wave):
        session = CodingSession(opened_study, question, wave, "CD")
        for answer in session.ids:
            session.choose(answer, ["tijd"])
    with pytest.raises(CoderError, match="CD has chosen labels for 4 of these answers"):
        draw(study, "CD")
    assert database(study, "SELECT count(*) FROM bridge") == [(0,)]
    draw(study, "EF")


def test_a_coding_sheet_of_the_sample_is_empty_and_comes_back_as_coded_again(study: Path) -> None:
    draw(study)
    path = sheet(study, "--only", "bridge", "--coder", "AB")
    rows = sheet_rows(path)
    assert [str(row[0]) for row in rows[1:]] == drawn(study)
    assert not any(value for row in rows[1:] for value in row[2:])
    fill(path, {who: {"label1": "Meer handen"} for who in drawn(study)})
    before = current(study)
    # the sheet says itself what it is for, and that it is coded blind
    assert "new codings AB 4" in taken_in(study, path)
    assert "unchanged 4" in taken_in(study, path)
    assert current(study) == before
    assert bridged(study).sample.decided == 4
    derived(study)


def test_a_file_brings_in_only_what_its_coder_is_asked_to_code_again(study: Path) -> None:
    path = csv_file(
        study.parent / "oud.csv", [("id", "coder", "labels", "blind"), ("01", "AB", "tijd", "ja")]
    )
    arguments = ("codings", "import", path, "--bridge", "--study", study)
    assert "has no bridge sample" in refused(*arguments)
    draw(study, "CD", n=N)
    assert "row 2: AB is not asked to code this answer again" in refused(*arguments)
    old = [("id", "coder", "labels", "blind", "at"), ("01", "CD", "tijd", "ja", "2017-05-01T10:00:00+00:00")]
    csv_file(path, old)
    assert "older than the draw" in refused(*arguments)
    csv_file(path, [("id", "coder", "labels"), ("01", "CD", "tijd")])
    assert "declare it with --blind" in refused(*arguments)
    assert database(study, "SELECT count(*) FROM event WHERE origin = 'bridge'") == [(0,)]


@pytest.mark.parametrize(("coders", "n", "said"), [((), 4, "Say who codes"), (("AB",), 0, "--n is")])
def test_a_draw_that_makes_no_sense_is_refused(
    study: Path, coders: tuple[str, ...], n: int, said: str
) -> None:
    with opened(study) as (opened_study, question, wave), pytest.raises(CoderError, match=said):
        draw_bridge(opened_study, question, wave, coders, n=n)


def test_nothing_can_be_drawn_from_a_wave_without_codings(tmp_path: Path) -> None:
    made = with_codebook(new_study(tmp_path))
    with pytest.raises(CoderError, match="nothing to code again"):
        draw(made)


def test_a_file_made_by_hand_without_bridge_is_said_to_count_as_the_waves_own(study: Path) -> None:
    draw(study, "CD", n=4)
    again, other = drawn(study)[0], next(who for who in CODED if who not in drawn(study))
    path = csv_file(
        study.parent / "zelf.csv",
        [("id", "coder", "labels"), (again, "CD", "handen"), (other, "CD", CODED[other][0])],
    )
    said = taken_in(study, path)
    assert "1 coding is of an answer to be coded again for the bridge sample" in said
    assert statuses(study)[again] == "open"
    done("undo", "--coder", "CD", "--study", study)
    assert statuses(study)[again] == "labelled"


def test_status_tells_how_far_the_bridge_is_and_makes_it_the_next_step(study: Path) -> None:
    draw(study, "AB", "CD")
    shown = done("status", "--study", study)
    assert "Bridge sample of nodig (w1): 0 of 4 coded again (AB 2; CD 2)" in shown.out
    assert "again, for the bridge sample: coder code --coder AB --question nodig --wave w1" in shown.err
    for coder in ("AB", "CD"):
        code_again(study, coder, dict.fromkeys(CODED, "handen"))
    shown = done("status", "--study", study)
    assert "Bridge sample of nodig (w1): 4 of 4 coded again\n" in shown.out
    assert "bridge" not in shown.err
