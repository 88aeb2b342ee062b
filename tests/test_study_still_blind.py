"""What a coder is still to code blind: nothing others said of it is shown, wherever one looks."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from study_cases import coded, done, new_study, survey, with_codebook
from textual.widgets import OptionList
from tui_cases import Screens, on_screens, press, text_of

from coder.study import Study
from coder.study.agreed import agreed
from coder.study.assigning import assign
from coder.study.codebook_proposals import proposals, propose_label
from coder.study.codebook_view import carrying_texts
from coder.study.coding import CodingSession
from coder.study.settling import differences, disagreements
from coder.tui import CoderApp

TEXTS = {"01": "meer tijd", "02": "meer handen", "03": "kleinere groepen", "04": "rust"}


def set_blind(folder: Path, names: str | None = None) -> None:
    path = folder / "study.toml"
    new = 'suggestions = "blind"' if names is None else f'suggestions = "visible"\nblind = [{names}]'
    text = path.read_text(encoding="utf-8")
    assert 'suggestions = "visible"' in text
    path.write_text(text.replace('suggestions = "visible"', new), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """AB and CD differ on three answers; EF coded one of these, and nothing is assigned."""
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    rows = [
        (r, c, "tijd" if c == "AB" else "handen", "", "ja") for r in ("01", "02", "03") for c in ("AB", "CD")
    ]
    coded(made, [*rows, ("01", "EF", "tijd", "", "ja")])
    done("status", "--study", made)
    return made


def seen(folder: Path, coder: str) -> tuple[list[str], int]:
    """Return the differences that agreement shows a coder, and how many are hidden."""
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        found = agreed(study, study.question(), wave, coder)
        return sorted(one.respondent for one in found.found), found.hidden


@pytest.mark.parametrize("who", [None, '"ef"'])
def test_a_blind_coder_with_nothing_assigned_sees_only_what_was_coded(folder: Path, who: str | None) -> None:
    assert seen(folder, "EF") == (["01", "02", "03"], 0)
    set_blind(folder, who)
    assert seen(folder, "EF") == (["01"], 2)
    assert seen(folder, "AB") == (["01", "02", "03"], 0)
    # who only settles has nothing to code
    assert seen(folder, "XY") == (["01", "02", "03"], 0)


def test_who_is_named_blind_has_to_code_also_before_the_first_coding(folder: Path) -> None:
    set_blind(folder, '"GH"')
    assert seen(folder, "GH") == ([], 3)


def test_held_over_is_not_coded_and_a_draft_is_a_beginning(folder: Path) -> None:
    set_blind(folder)
    coded(folder, [("01", "GH", "", "skipped", "ja")])
    assert seen(folder, "GH") == ([], 3)
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        session = CodingSession(study, study.question(), wave, "IJ")
        session.choose(session.ids[0], ["tijd"])
    assert seen(folder, "IJ") == ([], 3)


def test_answers_of_a_blind_sample_are_hidden_from_who_takes_part(folder: Path) -> None:
    with Study.open(folder) as study, study.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO sample SELECT a.id, 'audit', '' FROM answer a "
            "JOIN respondent r ON r.id = a.respondent_id WHERE r.external_id IN ('01', '02')"
        )
    assert seen(folder, "EF") == (["01", "03"], 1)
    assert seen(folder, "XY") == (["01", "02", "03"], 0)


def test_the_command_leaves_out_the_same_when_it_is_said_who_settles(folder: Path) -> None:
    set_blind(folder)
    rows = done("settle", "--by", "ef", "--json", "--study", folder).json
    assert [row["respondent"] for row in rows] == ["01"]
    said = done("settle", "--by", "EF", "--study", folder)
    assert "2 answers are left out that you are still to code blind: code them first." in said.err
    assert "meer handen" not in said.out
    assert len(done("settle", "--json", "--study", folder).json) == 3
    coded(folder, [("01", "GH", "", "skipped", "ja")])
    said = done("settle", "--by", "GH", "--study", folder)
    assert (said.out, "Nothing to settle" in said.err) == ("", False)


def test_without_a_name_nothing_is_left_out(folder: Path) -> None:
    set_blind(folder)
    with Study.open(folder) as study:
        assert len(differences(study, study.question())) == 3
        waiting = disagreements(study, study.question(), for_coder="EF")
        assert (len(waiting), waiting.hidden) == (1, 2)


def proposal_at(folder: Path, respondent: str, by: str) -> None:
    with Study.open(folder) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        session = CodingSession(study, study.question(), wave, by)
        at = session.ids[list(TEXTS).index(respondent)]
        propose_label(study, study.question(), "Geld", by, at)


@pytest.fixture
def proposed(tmp_path: Path) -> Path:
    """AB proposed a label at an answer that both are to code blind."""
    made = with_codebook(new_study(tmp_path, survey(tmp_path, TEXTS)))
    done("status", "--study", made)
    with Study.open(made) as study:
        with study.database.read() as connection:
            wave = study.wave(connection, None)
        assign(study, study.question(), wave, ["AB", "CD"], share=1.0)
    proposal_at(made, "03", "AB")
    return made


def told(folder: Path, coder: str | None) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    with Study.open(folder) as study:
        return [
            (one.name, one.by, one.examples) for one in proposals(study, study.question(), for_coder=coder)
        ]


def test_a_proposal_tells_nothing_of_an_answer_that_is_still_to_be_coded_blind(proposed: Path) -> None:
    assert told(proposed, "CD") == [("Geld", (), ())]
    assert told(proposed, "AB") == [("Geld", ("AB",), ())]
    assert told(proposed, "keeper") == [("Geld", ("AB",), ("kleinere groepen",))]
    assert told(proposed, None) == told(proposed, "keeper")
    coded(proposed, [("03", "CD", "overig", "", "ja")])
    assert told(proposed, "CD") == [("Geld", ("AB",), ("kleinere groepen",))]


def test_the_codebook_screen_shows_no_more_of_it(proposed: Path) -> None:
    def shows(name: bool) -> Callable[[Screens], Awaitable[None]]:
        async def test(pilot: Screens) -> None:
            await press(pilot, "v")
            assert pilot.app.screen.query(OptionList)
            assert "Geld" in text_of(pilot)
            assert ("kleinere groepen" in text_of(pilot)) is name

        return test

    on_screens(proposed, shows(False), start="codebook", coder="CD")
    on_screens(proposed, shows(True), start="codebook", coder="keeper")


def test_looking_at_agreement_keeps_nothing_from_the_coding_screen(folder: Path) -> None:
    async def test(pilot: Screens) -> None:
        app = pilot.app
        assert isinstance(app, CoderApp)
        session = app.session
        await press(pilot, "f3")
        coded(folder, [("04", "AB", "overig", "", "ja")])
        await press(pilot, "f6")
        # the coding desk is told by this that there is something to show
        assert session.refresh() == {session.ids[3]}
        assert session.status[session.ids[3]] == "labelled"

    on_screens(folder, test)


def carrying(folder: Path, coder: str) -> set[str]:
    """Return the texts with Tijd that the codebook screen shows a coder."""
    with Study.open(folder) as study:
        return {one.text for one in carrying_texts(study, study.question(), "tijd", coder)}


def test_pilot_coding_is_blind_here_too(folder: Path) -> None:
    assert seen(folder, "EF") == (["01", "02", "03"], 0)
    assert carrying(folder, "EF") == {"meer tijd", "meer handen", "kleinere groepen"}
    done("phase", "pilot", "--study", folder)
    assert seen(folder, "EF") == (["01"], 2)
    assert carrying(folder, "EF") == {"meer tijd"}
