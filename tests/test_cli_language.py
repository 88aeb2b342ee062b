"""Which language the program speaks: --lang, else the environment, else the study's, else Dutch."""

from pathlib import Path

import pytest
from study_cases import done, new_study, run

from coder.messages import _, current_language, set_language


def in_language(code: str, message: str) -> str:
    set_language(code)
    return _(message)


NEXT = "Next: {step}"


def spoken(study: Path, *options: str) -> str:
    """Return the language that `coder status` is in force of in this study."""
    done("status", "--study", study, *options, lang=None)
    return current_language()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = new_study(tmp_path)
    settings = made / "study.toml"
    settings.write_text(settings.read_text().replace('language = "en"\n', ""))
    return made


def with_language(study: Path, code: str) -> Path:
    settings = study / "study.toml"
    settings.write_text(f'language = "{code}"\n' + settings.read_text())
    return study


def test_dutch_is_the_default(study: Path) -> None:
    said = done("status", "--study", study, lang=None)
    assert current_language() == "nl"
    assert in_language("nl", NEXT).format(step="")[:4] in said.err


def test_the_study_says_which_language(study: Path) -> None:
    assert spoken(with_language(study, "en")) == "en"
    assert spoken(study, f"--study={study}") == "en"


def test_the_study_one_is_in_says_which_language(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(with_language(study, "en") / "exports")
    done("status", lang=None)
    assert current_language() == "en"


def test_the_environment_goes_before_the_study(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_language(study, "en")
    monkeypatch.setenv("CODER_LANG", "nl_NL.UTF-8")
    assert spoken(study) == "nl"
    monkeypatch.setenv("CODER_LANG", "fr")
    assert spoken(study) == "en"


@pytest.mark.parametrize("options", [("--lang", "en"), ("--lang=en",)])
def test_the_option_goes_before_everything_wherever_it_stands(
    study: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    with_language(study, "nl")
    monkeypatch.setenv("CODER_LANG", "nl")
    assert spoken(study, *options) == "en"
    done(*options, "status", "--study", study, lang=None)
    assert current_language() == "en"


def test_errors_are_in_the_language_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    message = "{folder} is not in a study; go to a study's folder, name it with --study, "
    message += "or make one with 'coder new'."
    for code in ("nl", "en"):
        said = run("status", lang=code)
        assert said.err.strip() == in_language(code, message).format(folder=tmp_path)


def test_a_new_study_speaks_the_language_it_was_made_in(tmp_path: Path) -> None:
    for code in ("nl", "en"):
        done("new", tmp_path / code, lang=code)
        assert f'language = "{code}"' in (tmp_path / code / "study.toml").read_text()


def test_exports_are_in_the_language_of_the_moment(study: Path) -> None:
    for code in ("nl", "en"):
        path = study / "exports" / f"{code}.csv"
        done("export", "--out", path, "--study", study, lang=code)
        text = path.read_text(encoding="utf-8-sig")
        assert in_language(code, "not yet seen") in text
        assert (";" in text.splitlines()[0]) == (code == "nl")
