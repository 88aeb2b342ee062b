"""study.toml: what a person writes there is checked, with one line that says what to mend."""

from pathlib import Path

import pytest

from coder.study import Settings, SettingsError
from coder.study.settings import new_settings_text, read_settings


def settings(folder: Path, more: str = "") -> Settings:
    path = folder / "study.toml"
    path.write_text(new_settings_text("Onderzoek", "nl") + more, encoding="utf-8")
    return read_settings(path)


def test_weights_are_not_comparable_until_the_study_says_so(tmp_path: Path) -> None:
    assert settings(tmp_path).weights_comparable is False
    assert settings(tmp_path, "weights_comparable = true\n").weights_comparable is True


def test_a_study_chooses_its_own_thresholds_of_disclosure(tmp_path: Path) -> None:
    assert settings(tmp_path).disclosure == {}
    assert settings(tmp_path, "[disclosure]\nsmallest_base = 25\n").disclosure == {"smallest_base": 25}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('weights_comparable = "ja"', "weights_comparable must be true or false"),
        ("disclosure = 3", "disclosure must be a table"),
        ("disclosure.smallest_base = 0", "smallest_base of disclosure must be a whole number from 1 on"),
        ("disclosure.smallest_base = true", "smallest_base of disclosure must be a whole number from 1 on"),
        ("disclosure.fewest_clusters = 2.5", "fewest_clusters of disclosure must be a whole number from 1"),
        (
            "disclosure.kleinste = 5",
            "has no kleinste; choose from smallest_base, fewest_mentioners, fewest_clusters",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as error:
        settings(tmp_path, line + "\n")
    assert "study.toml" in str(error.value)
    assert "\n" not in str(error.value)
