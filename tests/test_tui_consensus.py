"""Agreement and consensus coding on screen: one key settles, names can be hidden, undo reopens."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_cases import CODEBOOK, coded, database, done, new_study, survey, two_coders, with_codebook
from textual.widgets import OptionList
from tui_cases import Screens, app_on, choose, on_screens, press, settled, text_of, typed

from coder.errors import CoderError
from coder.study import Study
from coder.study.settling import differences
from coder.study.undoing import redo, undo
from coder.tui.app import CoderApp
from coder.tui.consensus_desk import ConsensusDesk
from coder.tui.screens.agreement import AgreementScreen
from coder.tui.screens.consensus import ConsensusScreen
from coder.tui.widgets.row_list import RowList


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return two_coders(tmp_path)


def definitive(study: Path) -> dict[str, tuple[str, str, str]]:
    rows = database(
        study,
        "SELECT r.external_id, f.status, f.labels, f.origin FROM final f JOIN answer a ON a.id = f.answer_id "
        "JOIN respondent r ON r.id = a.respondent_id",
    )
    return {respondent: (status, labels, origin) for respondent, status, labels, origin in rows}


def memos(study: Path) -> list[str]:
    return [memo for (memo,) in database(study, "SELECT memo FROM coding WHERE origin = 'adjudicated'")]


async def settle(pilot: Screens) -> None:
    """Go to consensus coding from the row of all labels: the first open answer lies open."""
    await press(pilot, "enter")
    assert isinstance(pilot.app.screen, ConsensusScreen)


def columns(pilot: Screens) -> list[str]:
    """Return the table of coders, a line a label."""
    return [" ".join(line.split()) for line in text_of(pilot, "#sides").splitlines()]


def test_agreement_shows_each_label_with_its_verdict_in_signs(tmp_path: Path) -> None:
    texts = {f"{i:03}": f"antwoord {i}" for i in range(60)}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, texts)))
    rows = [(r, c, "tijd" if i % 2 else "handen" if c == "AB" or i % 4 else "groepen", "", "ja")
            for c in ("AB", "CD") for i, r in enumerate(texts)]  # fmt: skip
    coded(study, rows)

    async def test(pilot: Screens) -> None:
        lines = {" ".join(line.split()).lstrip("▌│ ").split(" ")[0]: line for line in
                 text_of(pilot, "#labels").splitlines()}  # fmt: skip
        assert "✓" in lines["Tijd"]
        assert "1.00" in lines["Tijd"]
        assert "✗" in lines["Meer"]  # Meer handen
        assert "15" in lines["Meer"].split()[-1]
        assert "60" in lines["Whole"]

    on_screens(study, test, start="agreement")


def test_the_answers_below_are_those_about_the_label_under_the_cursor(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        answers = pilot.app.screen.query_one("#answers", RowList)
        assert len(answers.keys) == 2
        await press(pilot, "down")  # Tijd: nobody disputes it
        assert answers.keys == []
        assert "Coders agree everywhere" in text_of(pilot, "#answers")
        await press(pilot, "down")  # Meer handen
        assert len(answers.keys) == 1
        assert "meer tijd om lessen" in text_of(pilot, "#answers")
        assert "CD  Tijd + Meer handen" in text_of(pilot, "#says")
        assert "(voorbereiding)" in text_of(pilot, "#says")

    on_screens(study, test, start="agreement")


def test_assisted_and_blind_codings_are_reported_apart(tmp_path: Path) -> None:
    study = with_codebook(new_study(tmp_path))
    coded(study, [("01", c, "tijd", "", "ja") for c in ("AB", "CD")])
    coded(study, [(r, c, "tijd", "", "nee") for r in ("02", "03") for c in ("AB", "CD")])

    async def test(pilot: Screens) -> None:
        assert "1 answer · blind, independent codings" in text_of(pilot, "#head")
        await press(pilot, "b")
        await choose(pilot, "1")
        assert "2 answers · codings made with suggestions" in " ".join(text_of(pilot, "#head").split())

    on_screens(study, test, start="agreement")


def lines_of(pilot: Screens) -> dict[str, str]:
    """Return the lines of the list of labels, by their first word."""
    lines = [" ".join(line.split()).lstrip("▌│ ") for line in text_of(pilot, "#labels").splitlines()]
    return {line.split(" ")[0]: line for line in lines if line}


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return a study in which AB and CD always agree, and EF with neither on every fourth of 40 answers."""
    texts = {f"{i:03}": f"antwoord {i}" for i in range(40)}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, texts)))
    said = {c: [("tijd", "handen")[(i + (c == "EF" and not i % 4)) % 2] for i in range(40)]
            for c in ("AB", "CD", "EF")}  # fmt: skip
    return coded(study, [(r, c, said[c][i], "", "ja") for c in said for i, r in enumerate(texts)])


def test_two_coders_are_compared_with_the_answers_on_which_they_differ(three: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "all coders together · AB, CD, EF" in text_of(pilot, "#head")
        await press(pilot, "v")
        await choose(pilot, "pair")
        assert "two coders · AB, CD · 40 answers" in text_of(pilot, "#head")
        assert "1.00" in lines_of(pilot)["Tijd"]
        assert "0 answers with a difference" in text_of(pilot, "#under")
        await press(pilot, "b")
        assert "AB, EF · blind, independent codings" in text_of(pilot)
        await choose(pilot, "1")
        assert "two coders · AB, EF · 40 answers" in text_of(pilot, "#head")
        assert "75%" in lines_of(pilot)["Tijd"]
        assert "10 answers with a difference" in text_of(pilot, "#under")
        assert lines_of(pilot)["Whole"].split()[-1] == "10"

    on_screens(three, test, start="agreement", coder="AB")


def test_coders_are_compared_with_the_consensus(three: Path) -> None:
    for respondent, labels in (("000", "tijd"), ("004", "handen")):
        done("settle", respondent, "--labels", labels, "--by", "AB", "--study", three)

    async def test(pilot: Screens) -> None:
        await press(pilot, "v")
        await choose(pilot, "consensus")
        assert "coder against consensus · AB, consensus" in " ".join(text_of(pilot, "#head").split())
        assert "2 answers" in text_of(pilot, "#head")
        assert "50%" in lines_of(pilot)["Whole"]
        assert "1 answer with a difference" in text_of(pilot, "#under")
        assert "antwoord 4" in text_of(pilot, "#answers")
        await press(pilot, "t")
        assert "Only answers with a consensus coding count" in text_of(pilot)

    on_screens(three, test, start="agreement", coder="AB")


def test_what_cannot_be_compared_says_why_and_leaves_what_was(three: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "v")
        listed = [option.id for option in pilot.app.screen.query_one(OptionList).options]
        assert listed == ["coders", "pair", "consensus", "model"]  # one version of the codebook
        await choose(pilot, "model")
        await settled(pilot)
        assert "coder label" in text_of(pilot)
        await press(pilot, "enter", "v")
        await choose(pilot, "consensus")
        await settled(pilot)
        assert "No answer has two codings to compare in this way" in text_of(pilot)
        await press(pilot, "enter")
        assert "all coders together · AB, CD, EF" in text_of(pilot, "#head")

    on_screens(three, test, start="agreement", coder="AB")


def test_details_give_every_coefficient_with_both_intervals(three: Path) -> None:
    async def narrow(pilot: Screens) -> None:
        await press(pilot, "down", "d")
        text = text_of(pilot, "VerticalScroll")
        assert "95%, resampled" in text
        for name in ("α", "Fleiss' κ", "AC1", "PABAK"):
            line = next(line for line in text.splitlines() if line.strip().startswith(name))
            assert line.count("–") == 2, name
        # three coders have no Cohen's kappa
        assert not any(line.strip().startswith("κ") for line in text.splitlines())
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, AgreementScreen)

    async def wide(pilot: Screens) -> None:
        assert "alpha (Jaccard)" in text_of(pilot, "#details")
        await press(pilot, "down")
        assert "given in 50 codings (42%)" in text_of(pilot, "#details")

    on_screens(three, narrow, start="agreement", coder="AB")
    on_screens(three, wide, start="agreement", coder="AB", size=(160, 45))


def test_too_few_positives_have_no_verdict_and_their_coefficients_stand_in_brackets(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        line = lines_of(pilot)["Meer"]  # Meer handen
        assert line.split()[2] == "…"
        assert line.count("(0.") == 2
        assert "–" not in line
        await press(pilot, "down", "down")
        assert "too few: fewer than 10 answers" in " ".join(text_of(pilot, "#details").split())

    on_screens(study, test, start="agreement", size=(160, 45))


@pytest.mark.parametrize(("width", "there", "gone"), [
    (80, {"n", "given", "agree", "α", "95%", "open"}, {"AC1", "verdict"}),
    (110, {"%", "positive", "AC1"}, {"verdict"}),
    (135, {"AC1", "PABAK", "Fleiss'", "verdict"}, set()),
])  # fmt: skip
def test_columns_come_by_the_width(three: Path, width: int, there: set[str], gone: set[str]) -> None:
    async def test(pilot: Screens) -> None:
        heads = set(text_of(pilot, "#labels").splitlines()[0].split())
        assert there <= heads
        assert not gone & heads

    on_screens(three, test, start="agreement", coder="AB", size=(width, 30))


def test_consensus_shows_coders_side_by_side_and_marks_where_they_differ(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        assert columns(pilot) == ["a AB b CD", "= Tijd [x] [x]", "≠ Meer handen · [x]"]
        assert "AB: voorbereiding" in text_of(pilot, "#memos")
        await press(pilot, "right")
        assert columns(pilot) == ["a AB b CD", "≠ Kleinere groepen [x] ·", "≠ cannot be coded · [x]"]
        assert "CD coded it with suggestions" in text_of(pilot, "#memos")

    on_screens(study, test, start="agreement")


def test_one_key_takes_either_side_and_enter_goes_to_the_next(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "b")
        assert definitive(study)["01"] == ("labelled", "tijd handen", "consensus")
        assert "✓ Settled as CD has it" in text_of(pilot, "#message")
        await press(pilot, "enter", "a")
        assert definitive(study)["03"] == ("labelled", "groepen", "consensus")
        await press(pilot, "enter")
        assert "No other answer of this list is open" in text_of(pilot, "#message")
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, AgreementScreen)
        assert "0 open" in text_of(pilot, "#under")

    on_screens(study, test, start="agreement")
    assert memos(study) == ["AB", "AB"]


def test_what_somebody_else_settled_meanwhile_is_passed_over(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        done("settle", "03", "--as", "CD", "--by", "CD", "--study", study)
        await press(pilot, "a", "enter")
        assert "No other answer of this list is open" in text_of(pilot, "#message")

    on_screens(study, test, start="agreement")


def test_digits_make_a_set_that_nobody_gave_from_what_all_agree_on(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "3")
        assert columns(pilot)[0] == "a AB b CD decision"
        assert "≠ Kleinere groepen · · [x]" not in columns(pilot)  # coders agree that it is not there
        assert "= Kleinere groepen · · [x]" in columns(pilot)
        assert definitive(study)["01"][2] == "open"
        await press(pilot, "enter")
        assert definitive(study)["01"] == ("labelled", "tijd groepen", "consensus")
        await press(pilot, "enter", "0")
        assert definitive(study)["03"] == ("none", "", "consensus")
        await press(pilot, "o")  # settled again, otherwise
        assert definitive(study)["03"] == ("unclear", "", "consensus")

    on_screens(study, test, start="agreement")


def test_a_label_that_all_gave_can_be_taken_away_first(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "1", "enter")  # Tijd off: nothing is left
        assert "Choose a label first" in text_of(pilot, "#message")
        await press(pilot, "2", "enter")
        assert definitive(study)["01"] == ("labelled", "handen", "consensus")

    on_screens(study, test, start="agreement")


def test_a_code_number_that_could_go_on_waits(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "9")
        assert "a digit more" in text_of(pilot, "#message")
        await press(pilot, "8", "enter")
        assert definitive(study)["01"] == ("labelled", "tijd overig", "consensus")

    on_screens(study, test, start="agreement")


def test_a_label_is_found_by_part_of_its_name(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "slash")
        await typed(pilot, "groep")
        await press(pilot, "enter")
        assert definitive(study)["01"] == ("labelled", "tijd groepen", "consensus")

    on_screens(study, test, start="agreement")


def test_what_was_being_chosen_is_there_after_a_crash(study: Path) -> None:
    async def before(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "3")

    async def after(pilot: Screens) -> None:
        await settle(pilot)
        assert "= Kleinere groepen · · [x]" in columns(pilot)
        await press(pilot, "u")
        assert columns(pilot)[0] == "a AB b CD"

    on_screens(study, before, start="agreement")
    on_screens(study, after, start="agreement")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.sampled_from(["a", "b", "0", "o", "1", "2", "3", "enter", "next", "memo"]), max_size=14)
)
def test_any_keys_and_as_many_undos_leave_everything_as_it_was(study: Path, keys: list[str]) -> None:
    def taken_back() -> bool:
        try:
            return undo(opened, asked, "AB") is not None
        except CoderError as error:  # what was there before the keys
            if "an import of 4 codings" not in str(error):
                raise
            return False

    def state() -> tuple[object, object]:
        return definitive(study), database(study, "SELECT answer_id, labels, memo FROM draft")

    with Study.open(study) as opened:
        asked = opened.question()
        found = [one.answer_id for one in differences(opened, asked)]
        desk = ConsensusDesk(opened, asked, "AB", found, found, found[0], hide_names=False)
        before = state()
        for key in keys:
            if key in "ab":
                desk.take("ab".index(key))
            elif key == "o":
                desk.decide("unclear")
            elif key == "enter":
                desk.enter()
            elif key == "next":
                desk.step(1)
            elif key == "memo":
                desk.write_memo(f"{desk.memo or ''}x")
            else:
                desk.digit(key)
        after, steps = state(), 0
        while taken_back():
            steps += 1
        assert state() == before
        assert steps <= 2 * len(keys)
        for _step in range(steps):
            assert redo(opened, asked, "AB")
        assert state() == after
        while taken_back():  # the next example begins anew
            pass


def test_undo_takes_back_keys_and_then_what_was_settled_and_never_a_coding(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        before = definitive(study)
        await press(pilot, "a", "enter", "3", "2", "u", "u")
        assert columns(pilot)[0] == "a AB b CD"
        assert definitive(study)["01"] == ("labelled", "tijd", "consensus")
        await press(pilot, "u")  # goes back to the first answer
        assert "Respondent 01" in text_of(pilot, "#where")
        assert definitive(study) == before
        await press(pilot, "u")
        assert "nothing that is still to be taken back" in text_of(pilot, "#message")
        assert definitive(study) == before
        await press(pilot, "ctrl+y")
        assert definitive(study)["01"] == ("labelled", "tijd", "consensus")

    on_screens(study, test, start="agreement")


def test_names_are_hidden_until_it_is_settled_and_that_is_remembered(study: Path) -> None:
    async def hide(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "h")
        assert columns(pilot)[0] == "a coder A b coder B"
        assert "AB" not in text_of(pilot, "#memos")

    async def again(pilot: Screens) -> None:
        assert "AB" not in text_of(pilot, "#says")
        await settle(pilot)
        heads = []
        for key in ("a", "b"):
            await press(pilot, key)
            heads.append(columns(pilot)[0])
            assert "coder A" not in heads[-1]
        assert set(heads) <= {"a AB b CD decision", "a CD b AB decision"}
        assert len(set(heads)) == 1  # a letter stays with a coder while the answer lies open

    on_screens(study, hide, start="agreement")
    on_screens(study, again, start="agreement")


def test_hidden_letters_differ_from_answer_to_answer(tmp_path: Path) -> None:
    texts = {f"{i:03}": f"antwoord {i}" for i in range(16)}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, texts)))
    coded(study, [(r, c, "tijd" if c == "AB" else "handen", "", "ja") for c in ("AB", "CD") for r in texts])

    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "h")
        firsts = set()
        for _answer in texts:
            (tijd,) = [line for line in columns(pilot) if "Tijd" in line]
            firsts.add(tijd)
            await press(pilot, "right")
        assert firsts == {"≠ Tijd [x] ·", "≠ Tijd · [x]"}

    on_screens(study, test, start="agreement")


def test_a_memo_says_why_and_who(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "m")
        await typed(pilot, "geen handen")
        await press(pilot, "a")
        assert "Settled: AB: geen handen" in text_of(pilot, "#memos")
        await press(pilot, "m")
        await typed(pilot, " genoemd")
        assert "Settled: AB: geen handen genoemd" in text_of(pilot, "#memos")

    on_screens(study, test, start="agreement")
    assert memos(study) == ["AB: geen handen genoemd"]


def test_what_a_coder_is_still_to_code_blind_stays_out_of_sight(tmp_path: Path) -> None:
    texts = {f"{i:03}": f"antwoord {i}" for i in range(10)}
    study = with_codebook(new_study(tmp_path, survey(tmp_path, texts)))
    done("assign", "--coder", "AB", "--coder", "CD", "--coder", "EF", "--share", 1, "--study", study)
    coded(study, [(r, c, "tijd" if c == "AB" else "handen", "", "ja") for c in ("AB", "CD") for r in texts])
    coded(study, [("000", "EF", "tijd", "", "ja")])

    async def test(pilot: Screens) -> None:
        answers = pilot.app.screen.query_one("#answers", RowList)
        assert len(answers.keys) == 1
        assert "9 hidden: code them first" in text_of(pilot, "#under")

    async def of_another(pilot: Screens) -> None:
        assert len(pilot.app.screen.query_one("#answers", RowList).keys) == 10

    on_screens(study, test, start="agreement", coder="EF")
    on_screens(study, of_another, start="agreement", coder="AB")


def test_an_answer_settled_before_a_label_came_is_open_again(study: Path) -> None:
    done("settle", "02", "--labels", "tijd", "--by", "AB", "--study", study)
    later = "  - {id: rust, name: Rust, number: 4, definition: Rust.}\n  - {id: overig"
    with_codebook(study, CODEBOOK.replace("  - {id: overig", later))
    done("recode", "rust", "--n", 9, "--random", 0, "--study", study)

    async def test(pilot: Screens) -> None:
        assert "3 open" in text_of(pilot, "#under")
        await settle(pilot)
        await press(pilot, "right")
        assert "a label came later: settle it anew" in " ".join(text_of(pilot, "#where").split())
        await press(pilot, "4", "enter")
        assert "✓ settled" in text_of(pilot, "#where")

    on_screens(study, test, start="agreement")
    assert definitive(study)["02"] == ("labelled", "tijd rust", "consensus")


def test_without_colour_nothing_is_lost(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(pilot: Screens) -> None:
        assert pilot.app.no_color
        assert [line[:1] for line in text_of(pilot, "#labels").splitlines()].count("▌") == 1
        await press(pilot, "down")  # a label without a difference: the list below is empty
        assert "Coders agree everywhere" in text_of(pilot, "#answers")
        await press(pilot, "up")
        await settle(pilot)
        assert "≠ Meer handen" in columns(pilot)[2]
        await press(pilot, "f3")
        assert "≠ open 2" in text_of(pilot, "#cards")

    on_screens(study, test, start="agreement")


def test_without_two_coders_it_says_how_to_get_there(tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "coder assign --coder AB --coder CD" in text_of(pilot, "#head")

    on_screens(with_codebook(new_study(tmp_path)), test, start="agreement")


def test_what_was_settled_on_screen_is_undone_at_the_command_line(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await settle(pilot)
        await press(pilot, "a")

    on_screens(study, test, start="agreement")
    with Study.open(study) as opened:
        found = undo(opened, opened.question(), "AB")
        assert found is not None
        assert found.kind == "settling"
    assert definitive(study)["01"][2] == "open"


def test_another_question_or_wave_leads_back_to_agreement(study: Path) -> None:
    second = survey(study.parent, {"x": "tijd"}, name="tweede.csv")
    done("import", second, "--wave", "w2", "--id", "nr", "--answers", "wat=nodig", "--study", study)

    async def test(pilot: Screens) -> None:
        await settle(pilot)
        assert isinstance(pilot.app, CoderApp)
        pilot.app.visit("nodig", "w2")
        await settled(pilot)
        assert isinstance(pilot.app.screen, AgreementScreen)
        assert "No two coders" in text_of(pilot, "#head")

    on_screens(study, test, start="agreement", wave="w1")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_how_agreement_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    with Study.open(study) as opened:
        assert snap_compare(app_on(opened, start="agreement"), terminal_size=size, run_before=settled)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_how_consensus_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Screens) -> None:
        await settled(pilot)
        await press(pilot, "enter", "3")

    with Study.open(study) as opened:
        assert snap_compare(app_on(opened, start="agreement"), terminal_size=size, run_before=before)
