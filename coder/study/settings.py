"""study.toml: what a person decided about the study, kept readable and editable by hand."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coder.errors import CoderError
from coder.messages import LANGUAGES, _

NOT_FILLED_IN = ("nvt", "n.v.t.", "x")
DISCLOSURE = ("smallest_base", "fewest_mentioners", "fewest_clusters")
SETTINGS_FILE = "study.toml"


class SettingsError(CoderError):
    """study.toml says something that cannot be."""


@dataclass(frozen=True)
class QuestionSettings:
    """An open question of the study.

    Attributes:
        codebook: path of its codebook, relative to the study.
        short: prefix of its variables in exports.
        not_filled_in: whole texts that count as not filled in.
        suggestions: whether coders see the model's suggestions: "visible" or "blind".
        blind: coders who never see them on this question, whatever `suggestions` says.
    """

    name: str
    codebook: str
    short: str
    not_filled_in: tuple[str, ...] = NOT_FILLED_IN
    suggestions: str = "visible"
    blind: tuple[str, ...] = ()

    def is_blind_for(self, coder: str) -> bool:
        """Whether this coder codes this question without suggestions."""
        return self.suggestions == "blind" or coder.casefold() in {name.casefold() for name in self.blind}


@dataclass(frozen=True)
class Settings:
    """The settings of a study.

    Attributes:
        coders: initials to name.
        weights_comparable: whether the weights of different populations may be added up, so that a total
            over them means something.
        disclosure: from what numbers on cells are published without a warning, as far as the study chose
            its own: fields of `coder.reports.tables.Disclosure`.
    """

    name: str
    language: str
    pipeline: str
    seed: int
    questions: Mapping[str, QuestionSettings]
    coders: Mapping[str, str]
    weights_comparable: bool = False
    disclosure: Mapping[str, int] = field(default_factory=dict)


def read_settings(path: Path) -> Settings:
    """Read study.toml. Raises SettingsError with the line or the key that is wrong."""
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            _("{file} is not valid TOML: {reason}; mend that line.").format(file=path, reason=error)
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(_("{file} is not UTF-8; save it as UTF-8.").format(file=path)) from error
    language = _text(path, data, "language", "nl")
    if language not in LANGUAGES:
        raise SettingsError(
            _("{file}: language is {value}; choose from {choices}.").format(
                file=path, value=language, choices=", ".join(LANGUAGES)
            )
        )
    seed = data.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise SettingsError(_("{file}: seed must be a whole number from 0 on.").format(file=path))
    questions = {
        name: _question(path, name, table) for name, table in _tables(path, data, "questions").items()
    }
    coders = {name: _text(path, table, "name", name) for name, table in _tables(path, data, "coders").items()}
    comparable = data.get("weights_comparable", False)
    if not isinstance(comparable, bool):
        raise SettingsError(_("{file}: weights_comparable must be true or false.").format(file=path))
    return Settings(
        _text(path, data, "name", path.parent.name),
        language,
        _text(path, data, "pipeline", "default"),
        seed,
        questions,
        coders,
        comparable,
        _disclosure(path, data),
    )


def new_settings_text(name: str, language: str) -> str:
    """Return the study.toml of a new study."""
    import tomlkit

    document = tomlkit.document()
    document.add("name", tomlkit.item(name))
    document.add("language", tomlkit.item(language))
    document.add("pipeline", tomlkit.item("default"))
    document.add("seed", tomlkit.item(0))
    return tomlkit.dumps(document)


def with_question(text: str, question: QuestionSettings) -> str:
    """Return study.toml's text with the question added or changed; the person's comments stay."""
    import tomlkit

    document = tomlkit.parse(text)
    questions = document.setdefault("questions", tomlkit.table(is_super_table=True))
    table = questions.setdefault(question.name, tomlkit.table())
    table["codebook"] = question.codebook
    table["short"] = question.short
    table["not_filled_in"] = list(question.not_filled_in)
    table["suggestions"] = question.suggestions
    if question.blind or "blind" in table:
        table["blind"] = list(question.blind)
    return tomlkit.dumps(document)


def with_coders(text: str, names: Sequence[str]) -> str:
    """Return study.toml's text with these coders in it."""
    import tomlkit

    document = tomlkit.parse(text)
    coders = document.setdefault("coders", tomlkit.table(is_super_table=True))
    for name in names:
        if name not in coders:
            table = tomlkit.table()
            table["name"] = name
            coders[name] = table
    return tomlkit.dumps(document)


def check_question_name(name: str) -> None:
    """Refuse a question name that cannot be a file name and a variable: raises SettingsError."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SettingsError(
            _(
                "{name} cannot be the name of a question: use lower-case letters, digits and underscores, "
                "beginning with a letter."
            ).format(name=repr(name))
        )


def _question(path: Path, name: str, table: Mapping[str, Any]) -> QuestionSettings:
    check_question_name(name)
    suggestions = _text(path, table, "suggestions", "visible")
    if suggestions not in {"visible", "blind"}:
        raise SettingsError(
            _("{file}: suggestions of question {question} is {value}; choose visible or blind.").format(
                file=path, question=name, value=suggestions
            )
        )
    lists = {
        "not_filled_in": table.get("not_filled_in", list(NOT_FILLED_IN)),
        "blind": table.get("blind", []),
    }
    for key, listed in lists.items():
        if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
            raise SettingsError(
                _("{file}: {key} of question {question} must be a list of texts.").format(
                    file=path, key=key, question=name
                )
            )
    return QuestionSettings(
        name,
        _text(path, table, "codebook", f"codebooks/{name}.yaml"),
        _text(path, table, "short", name),
        tuple(lists["not_filled_in"]),
        suggestions,
        tuple(lists["blind"]),
    )


def _disclosure(path: Path, data: Mapping[str, Any]) -> Mapping[str, int]:
    chosen = data.get("disclosure", {})
    if not isinstance(chosen, dict):
        raise SettingsError(_("{file}: {key} must be a table.").format(file=path, key="disclosure"))
    for key, value in chosen.items():
        if key not in DISCLOSURE:
            raise SettingsError(
                _("{file}: disclosure has no {key}; choose from {choices}.").format(
                    file=path, key=key, choices=", ".join(DISCLOSURE)
                )
            )
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError(
                _("{file}: {key} of disclosure must be a whole number from 1 on.").format(file=path, key=key)
            )
    return chosen


def _tables(path: Path, data: Mapping[str, Any], key: str) -> Mapping[str, Mapping[str, Any]]:
    tables = data.get(key, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise SettingsError(_("{file}: {key} must consist of tables.").format(file=path, key=key))
    return tables


def _text(path: Path, table: Mapping[str, Any], key: str, default: str) -> str:
    value = table.get(key, default)
    if not isinstance(value, str):
        raise SettingsError(_("{file}: {key} must be a text between quotes.").format(file=path, key=key))
    return value
