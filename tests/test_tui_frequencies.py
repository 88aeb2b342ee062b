"""The screen Frequencies: the same numbers as `coder frequencies`, drawn."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from change_cases import audited, labelled, many, redefined, study_of
from study_cases import CODEBOOK, coded, csv_file, done, with_codebook
from test_reports_sample import change_table, corrected_table, frequency_table
from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import OptionList
from tui_cases import Screens, app_on, choose, on_screens, press, settled, text_of, typed

from coder.corpus import Layout
from coder.reports.numbers import percent
from coder.reports.order import base_n
from coder.reports.side_by_side import changes_side_by_side, side_by_side
from coder.statistics.records import Proportion
from coder.study import Study, create_study, import_wave
from coder.tui.dialogs import Confirm, Notice
from coder.tui.widgets.share_bars import ShareBars, interval_bar

WORDS = ("tijd", "handen", "groepen", "tijd|handen", "overig", "weet_niet")


def rows(n: int, step: int) -> list[tuple[object, ...]]:
    """Make respondents: (nr, wat, rol, sector, grootte), so many, in turns."""
    return [
        (f"{i:02d}", f"antwoord {i}", "leider" if i % 5 == 0 else "leraar", ("po", "vo")[i % 2], f"g{i % 7}")
        for i in range(step, n + step)
    ]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from coder.messages import set_language

    set_language("en")
    folder = tmp_path_factory.mktemp("frequenties")
    made = create_study(folder / "onderzoek")
    layout = Layout(
        id="nr", answers={"nodig": ("wat",)}, population="rol", groups=("rol", "sector", "grootte")
    )
    with Study.open(made) as opened:
        for wave, n, step in (("w1", 40, 1), ("w2", 30, 0)):
            file = csv_file(
                folder / f"{wave}.csv", [("nr", "wat", "rol", "sector", "grootte"), *rows(n, step)]
            )
            import_wave(opened, file, wave, layout)
    with_codebook(made, CODEBOOK)
    for wave, n, step, left in (("w1", 40, 1, 0), ("w2", 30, 0, 4)):
        given = [(f"{i:02d}", "AB", WORDS[(i * i + step) % 6], "", "") for i in range(step, n + step - left)]
        coded(made, given, wave=wave)
    return made


def bars(pilot: Screens) -> list[str]:
    return [line for line in text_of(pilot, "ShareBars").splitlines() if line.strip()]


def flat(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def numbers(pilot: Screens, label: str) -> list[str]:
    """Return the percentages on the line of a label, in the order of the columns."""
    line = next(line for line in bars(pilot) if line.strip().startswith(label))
    words = [word.rstrip("!") for word in line.split()]
    return [word for word in words if word.endswith("%") and "–" not in word]


def proportion(estimate: float | None, low: float | None, high: float | None) -> Proportion:
    return Proportion(10, 5, 0, estimate, None, low, high, None, None)


def said(study: Path, *options: str) -> Any:
    return done("frequencies", "--study", study, "--json", *options).json


def of(table: Any, group: str | None = None) -> dict[str, str]:
    return {row["name"]: percent(row["estimate"]) for row in table["labels"] if row["group"] == group}


def test_the_numbers_are_those_of_the_command(study: Path) -> None:
    table = next(t for t in said(study, "--wave", "w1") if t["population"] == "leider")

    async def test(pilot: Screens) -> None:
        for name, share in of(table).items():
            assert numbers(pilot, name[:1].upper() + name[1:]) == [share], name
        assert "w1 · leider" in text_of(pilot, "#head")
        assert "Base: filled in, N = 8 (unweighted)." in text_of(pilot, "#head")
        assert "PROVISIONAL" not in text_of(pilot)
        assert "! Fewer than 3 respondents mention it" in flat(text_of(pilot, "#notes"))

    on_screens(study, test, start="frequencies", size=(160, 45))


def test_groups_stand_beside_the_whole(study: Path) -> None:
    whole = next(t for t in said(study, "--wave", "w1") if t["population"] == "leraar")
    grouped = next(t for t in said(study, "--wave", "w1", "--by", "sector") if t["population"] == "leraar")

    async def test(pilot: Screens) -> None:
        await press(pilot, "p")
        await choose(pilot, "leraar")
        await press(pilot, "g")
        # the variable that makes the populations divides nothing more
        assert [option.id for option in pilot.app.screen.query_one(OptionList).options][1:] == [
            "sector",
            "grootte",
        ]
        await choose(pilot, "sector")
        for name, share in of(whole).items():
            shares = [share, of(grouped, "po")[name], of(grouped, "vo")[name]]
            assert numbers(pilot, name[:1].upper() + name[1:]) == shares, name
        assert bars(pilot)[0].split() == ["Total", "po", "(A)", "vo", "(B)"]
        assert bars(pilot)[1].split() == ["N", "=", "32", "N", "=", "16", "N", "=", "16", "p"]
        assert "by sector" in text_of(pilot, "#head")
        await press(pilot, "g")
        await choose(pilot, "\nnone")
        assert "by sector" not in text_of(pilot, "#head")

    on_screens(study, test, start="frequencies", wave="w1", size=(120, 40))


def test_waves_stand_side_by_side_and_say_which_is_provisional(study: Path) -> None:
    tables = [t for t in said(study) if t["population"] == "leraar"]

    async def test(pilot: Screens) -> None:
        await press(pilot, "p")
        await choose(pilot, "leraar")
        await press(pilot, "w")
        await choose(pilot, "\nall")
        assert numbers(pilot, "Tijd") == [of(table)["Tijd"] for table in tables]
        assert "w1, w2 · leraar · PROVISIONAL w2" in text_of(pilot, "#head")
        assert "w2: Provisional: not yet seen 4" in text_of(pilot, "#head")
        assert bars(pilot)[0].split() == ["w1", "w2"]
        await press(pilot, "w")
        await choose(pilot, "w2")
        assert numbers(pilot, "Tijd") == [of(tables[1])["Tijd"]]
        assert pilot.app.wave_name == "w2"

    on_screens(study, test, start="frequencies", wave="w1")


def test_more_columns_than_fit_come_into_view_by_key(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "p")
        await choose(pilot, "leraar")
        await press(pilot, "g")
        await choose(pilot, "grootte")
        assert "more columns" in text_of(pilot, "KeyLine")
        assert bars(pilot)[0].split()[:6] == ["←", "1–3", "/", "8", "→", "Total"]
        await press(pilot, "right")
        assert bars(pilot)[0].split() == ["←", "2–4", "/", "8", "→", "g0", "(A)", "g1", "(B)", "g2", "(C)"]
        await press(pilot, *["right"] * 9)
        assert bars(pilot)[0].split() == ["←", "6–8", "/", "8", "→", "g4", "(E)", "g5", "(F)", "g6", "(G)"]
        await press(pilot, "left")
        assert bars(pilot)[0].split()[-6:] == ["g3", "(D)", "g4", "(E)", "g5", "(F)"]

    on_screens(study, test, start="frequencies", wave="w1", size=(80, 24))


def test_the_heads_stay_and_every_label_can_be_reached(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        first = bars(pilot)[0]
        assert "Cannot be coded" not in text_of(pilot)
        await press(pilot, "end")
        await pilot.wait_for_animation()
        assert bars(pilot)[0] == first
        assert "Cannot be coded" in bars(pilot)[-1]

    on_screens(study, test, start="frequencies", wave="w1", size=(80, 13))


def test_the_notes_say_what_a_reader_should_know(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "n")
        assert "n: respondents who mention it, unweighted" in flat(text_of(pilot, "VerticalScroll"))
        await press(pilot, "escape", "f1")
        assert "solid up to the lower bound" in flat(text_of(pilot, "VerticalScroll"))

    on_screens(study, test, start="frequencies", wave="w1", size=(100, 40))


def test_codings_that_came_in_are_counted_when_the_screen_comes_up(tmp_path: Path) -> None:
    from study_cases import three_coded

    made = three_coded(tmp_path)

    async def test(pilot: Screens) -> None:
        assert numbers(pilot, "Tijd") == ["67%"]
        assert "One population" not in text_of(pilot)
        await press(pilot, "p")
        assert "One population" in text_of(pilot)
        await press(pilot, "enter", "g")
        assert "no background variables" in text_of(pilot)
        coded(made, [("06", "AB", "groepen", "", "")])
        await press(pilot, "enter", "f9", "f7")
        assert numbers(pilot, "Tijd") == ["50%"]

    on_screens(made, test, start="frequencies")


def test_a_study_without_codings_says_so(tmp_path: Path) -> None:
    from study_cases import new_study

    async def test(pilot: Screens) -> None:
        assert "There are no coded answers yet." in text_of(pilot)

    on_screens(new_study(tmp_path), test, start="frequencies")


def test_a_study_without_answers_says_what_to_do(tmp_path: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "f7")
        assert "There are no answers yet" in text_of(pilot)
        await press(pilot, "g", "w", "p", "q", "n", "right")
        assert "There are no answers yet" in text_of(pilot)
        assert not isinstance(pilot.app.screen, ModalScreen)

    on_screens(create_study(tmp_path / "leeg"), test, start="frequencies")


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        ((0.5, 0.25, 0.75), "██▓▓░░  "),
        ((0.01, 0.0, 0.02), "▓       "),
        ((0.0, 0.0, 0.2), "░░      "),
        ((1.0, 1.0, 1.0), "████████"),
        ((None, None, None), "        "),
    ],
)
def test_a_bar_shows_the_bounds_and_the_estimate(share: Sequence[float | None], drawn: str) -> None:
    estimate, low, high = share
    assert interval_bar(proportion(estimate, low, high), 1.0, 8) == drawn


def test_a_bar_without_bounds_is_solid() -> None:
    assert interval_bar(proportion(0.5, None, None), 1.0, 8) == "████    "
    assert interval_bar(None, 1.0, 3) == "   "


def test_tables_beside_one_another_keep_every_number() -> None:
    table = frequency_table()
    made = side_by_side([table])
    assert [row.label for row in made.rows][:2] == ["nascholing", "samen"]
    assert {column.group for column in made.columns} == {row.group for row in table.rows}
    for column in made.columns:
        assert column.n == base_n(table, column.group)
        assert column.rows == {row.label: row for row in table.rows if row.group == column.group}
    assert made.largest == max(row.proportion.high or 0 for row in table.rows)


@pytest.fixture
def differing(tmp_path: Path) -> Path:
    first = [*many({"tijd": 28, "groepen": 4}, groep="po"), *vo({"tijd": 4, "groepen": 28})]
    return study_of(tmp_path, first, vo({"tijd": 1}), "--group", "groep")


def test_significant_differences_are_told_by_signs_and_letters(differing: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "g")
        await choose(pilot, "groep")
        line = next(line for line in bars(pilot) if line.strip().startswith("Tijd"))
        assert line.split()[-2:] == ["<0.001", "*"]
        assert "88%" in line
        assert " B " in line
        assert "Test over all labels together" in text_of(pilot, "#notes")
        unnamed = next(line for line in bars(pilot) if line.strip().startswith("Overig"))
        assert "*" not in unnamed

    on_screens(differing, test, start="frequencies", wave="w1", size=(160, 45))


def vo(labels: dict[str, int]) -> list[tuple[object, ...]]:
    return [(f"v{r[0]}", *r[1:]) for r in many(labels, groep="vo")]


def test_the_base_is_chosen_from_those_of_the_wave_and_named(study: Path) -> None:
    table = next(t for t in said(study, "--wave", "w1", "--base", "mentions") if t["population"] == "leraar")

    async def test(pilot: Screens) -> None:
        await press(pilot, "p")
        await choose(pilot, "leraar")
        await press(pilot, "b")
        listed = pilot.app.screen.query_one(OptionList).options
        # the file does not say who was asked
        assert [option.id for option in listed] == ["filled_in", "substantive", "mentions"]
        assert "filled in, N = 32" in text_of(pilot)
        await choose(pilot, "mentions")
        assert numbers(pilot, "Tijd") == [of(table)["Tijd"]]
        assert "shares of mentions" in text_of(pilot, "#head")
        assert "Base: mentions, N = " in text_of(pilot, "#head")

    on_screens(study, test, start="frequencies", wave="w1")


def test_change_is_shown_since_another_wave_and_says_what_cannot_be_told_apart(tmp_path: Path) -> None:
    tijd = {"tijd": 40, "groepen": 10}
    study = redefined(tmp_path, many(tijd), many({"tijd": 10, "groepen": 40}))

    async def test(pilot: Screens) -> None:
        await press(pilot, "v")
        await choose(pilot, "w1")
        assert bars(pilot)[0].split() == ["w1", "w2"]
        assert bars(pilot)[1].split() == ["N", "=", "50", "N", "=", "50", "change", "p"]
        line = next(line for line in bars(pilot) if line.strip().startswith("Kleinere groepen"))
        assert "+60 [" in line
        assert line.endswith("<0.001 *")
        assert "w1 → w2 · NOT SEPARABLE" in text_of(pilot, "#head")
        assert "Base: filled in, N = 50 in w1" in text_of(pilot, "#head")
        await press(pilot, "s")
        assert "There is no picture of a change" in text_of(pilot)
        await press(pilot, "enter", "b")
        await choose(pilot, "mentions")
        assert "not for mentions" in text_of(pilot)
        await press(pilot, "enter")
        assert "w1 → w2" in text_of(pilot, "#head")  # as it was
        await press(pilot, "v")
        await choose(pilot, "\nnone")
        assert bars(pilot)[0].split()[0] == "%"

    on_screens(study, test, start="frequencies", wave="w2")


@pytest.fixture
def corrected(tmp_path: Path) -> Path:
    study, _first = labelled(tmp_path)
    audited(study, many({"tijd": 30, "groepen": 10}), wrong=6)
    return study


def test_percentages_are_corrected_when_there_is_an_audit_and_say_what_they_were(corrected: Path) -> None:
    (table,) = said(corrected, "--wave", "w2", "--corrected")
    (plain,) = said(corrected, "--wave", "w2")

    async def test(pilot: Screens) -> None:
        assert "corrected for the model's errors" in text_of(pilot, "#head")
        assert "20 in the audit sample" in flat(text_of(pilot, "#notes"))
        share, uncorrected = numbers(pilot, "Tijd")[0], of(plain)["Tijd"]
        assert share == of(table)["Tijd"] != uncorrected
        assert f"[{uncorrected}]" in next(line for line in bars(pilot) if line.strip().startswith("Tijd"))
        await press(pilot, "c")
        assert numbers(pilot, "Tijd") == [uncorrected]
        assert "PROVISIONAL" in text_of(pilot, "#head")
        assert "Report the corrected ones" in flat(text_of(pilot, "#notes"))
        await press(pilot, "c", "b")
        await choose(pilot, "substantive")
        assert "Not corrected: Percentages on the base substantive cannot" in flat(text_of(pilot, "#notes"))

    on_screens(corrected, test, start="frequencies", wave="w2", size=(160, 45))


def test_without_an_audit_the_notes_say_what_to_do(corrected: Path) -> None:
    async def test(pilot: Screens) -> None:
        assert "corrected for" not in text_of(pilot, "#head")
        assert "Not corrected: nodig, wave w1: no audit sample was drawn" in flat(text_of(pilot, "#notes"))
        await press(pilot, "c")
        assert "coder audit draw" in text_of(pilot)
        await press(pilot, "enter", "w")
        await choose(pilot, "\nall")
        assert "corrected for the model's errors w2 · PROVISIONAL w1" in text_of(pilot, "#head")

    on_screens(corrected, test, start="frequencies", wave="w1", size=(160, 45))


async def dialog(pilot: Screens, kind: type[Notice] | type[Confirm]) -> str:
    """Wait for a dialog; return its text without spaces."""
    for _turn in range(100):
        await settled(pilot)
        if isinstance(pilot.app.screen, kind):
            await pilot.pause(0.1)
            return "".join(text_of(pilot, "VerticalScroll").split())
        await asyncio.sleep(0.1)
    raise AssertionError(f"no {kind.__name__} came")


def test_a_picture_is_drawn_where_it_is_wanted_and_replaces_nothing_unasked(study: Path) -> None:
    exports = study / "exports"

    async def test(pilot: Screens) -> None:
        await press(pilot, "p")
        await choose(pilot, "leraar")
        await press(pilot, "s")
        assert "exports/frequencies-nodig-w1-leraar.png" in text_of(pilot)
        await press(pilot, *["backspace"] * 3)
        await typed(pilot, "svg")
        made = exports / "frequencies-nodig-w1-leraar.svg"
        assert f"Wrote {made}.".replace(" ", "") in await dialog(pilot, Notice)
        assert made.read_text(encoding="utf-8").count("<svg") == 1
        await press(pilot, "enter")
        made.write_text("mine", encoding="utf-8")
        await press(pilot, "s", *["backspace"] * 3)
        await typed(pilot, "svg")
        assert "Whatisinitnowwillbegone" in await dialog(pilot, Confirm)
        await press(pilot, "escape")
        assert made.read_text(encoding="utf-8") == "mine"
        await press(pilot, "s", *["backspace"] * 3)
        await typed(pilot, "gif")
        assert "picturesendin" in await dialog(pilot, Notice)
        await press(pilot, "enter")
        assert "w1 · leraar" in text_of(pilot, "#head")

    on_screens(study, test, start="frequencies", wave="w1")


def test_pictures_of_several_waves_have_names_of_their_own(study: Path) -> None:
    async def test(pilot: Screens) -> None:
        await press(pilot, "w")
        await choose(pilot, "\nall")
        await press(pilot, "s", "enter")
        assert (await dialog(pilot, Notice)).count("Wrote") == 2

    on_screens(study, test, start="frequencies", wave="w1")
    made = {path.stem for path in (study / "exports").glob("frequencies-nodig-leider*.png")}
    assert made == {"frequencies-nodig-leider-w1", "frequencies-nodig-leider-w2"}


def test_equal_shares_have_equal_bars_however_wide_the_numbers_beside_them() -> None:
    plain, corrected = frequency_table(), replace(corrected_table(), wave="2018")
    data = side_by_side([plain, corrected])

    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield ShareBars()

    async def run() -> list[str]:
        async with Alone().run_test(size=(80, 20)) as pilot:
            pilot.app.query_one(ShareBars).show(data)
            await pilot.pause()
            return [strip.text for strip in pilot.app.screen._compositor.render_strips()]

    line = next(line for line in asyncio.run(run()) if line.strip().startswith("Nascholing"))
    first, second = re.findall("[█▓░]+", line)
    assert first == second


@pytest.mark.parametrize("width", [20, 80, 100, 160])
def test_a_change_with_its_parts_fits_every_width(width: int) -> None:
    data = changes_side_by_side(change_table(bridged=True))

    class Alone(App[None]):
        def compose(self) -> ComposeResult:
            yield ShareBars()

    async def run() -> list[str]:
        async with Alone().run_test(size=(width, 20)) as pilot:
            pilot.app.query_one(ShareBars).show(data)
            await pilot.pause()
            return [strip.text for strip in pilot.app.screen._compositor.render_strips()]

    lines = asyncio.run(run())
    assert all(len(line) == width for line in lines)
    if width >= 80:
        line = next(line for line in lines if line.strip().startswith("Nascholing"))
        assert "−10 [−16; −4]" in line
        assert "<0.001 *" in line
        assert "instrument" in lines[1]


# lower than the notes, which name the day
@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
def test_how_corrected_percentages_look(corrected: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    with Study.open(corrected) as opened:
        app = app_on(opened, start="frequencies", wave="w2")
        assert snap_compare(app, terminal_size=size, run_before=settled)


def test_how_tested_groups_look(differing: Path, snap_compare: Any) -> None:
    async def before(pilot: Screens) -> None:
        await settled(pilot)
        await press(pilot, "g")
        await choose(pilot, "groep")

    with Study.open(differing) as opened:
        app = app_on(opened, start="frequencies", wave="w1")
        assert snap_compare(app, terminal_size=(100, 30), run_before=before)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
def test_how_it_looks(study: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    async def before(pilot: Screens) -> None:
        await settled(pilot)
        await press(pilot, "p")
        await choose(pilot, "leraar")
        await press(pilot, "g")
        await choose(pilot, "sector")
        await press(pilot, "w")
        await choose(pilot, "\nall")
        assert isinstance(pilot.app.focused, ShareBars)

    with Study.open(study) as opened:
        app = app_on(opened, start="frequencies", wave="w1")
        assert snap_compare(app, terminal_size=size, run_before=before)
