"""What users read: every message has its Dutch, and the compiled catalogue is the one in the .po file.

After a change of messages: `make messages`, translate what is new in coder.po, `make messages` again.
"""

import ast
import string
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from coder.messages import _, current_language, ngettext, set_language

PACKAGE = Path(__file__).parent.parent / "coder"
DUTCH = PACKAGE / "locale" / "nl" / "LC_MESSAGES"
KEYWORDS = {"_": None, "ngettext": (1, 2)}

Text = str | tuple[str, ...] | list[str] | None
Forms = tuple[str, ...]


def forms(text: Text) -> Forms:
    """Return a message or translation as what it consists of: one text, or a singular and a plural."""
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


@cache
def messages_in_the_code() -> dict[Forms, str]:
    """Return every message with the first place where it is used."""
    found: dict[Forms, str] = {}
    for file, line, message, _comments, _context in extract_from_dir(
        PACKAGE, method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        found.setdefault(forms(message), f"coder/{Path(file).as_posix()}:{line}")
    return found


@cache
def dutch() -> Catalog:
    with (DUTCH / "coder.po").open("rb") as file:
        return read_po(file, locale="nl")


def contents(catalogue: Catalog) -> dict[Forms, Forms]:
    return {forms(m.id): forms(m.string) for m in catalogue if m.id}


@cache
def translations() -> dict[Forms, Forms]:
    return contents(dutch())


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def syntax_trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE.parent).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def message_calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            yield node.func.id, node


def test_every_message_has_its_dutch() -> None:
    known = translations()
    untranslated = [
        f"{place}: {message!r}"
        for message, place in messages_in_the_code().items()
        if not all(known.get(message, ("",)))
    ]
    assert not untranslated, "\n".join(untranslated)


def test_no_translation_is_a_guess() -> None:
    assert [m.id for m in dutch() if m.id and m.fuzzy] == []


def test_no_translation_is_left_of_a_message_that_is_gone() -> None:
    assert list(dutch().obsolete) == []
    assert [message for message in translations() if message not in messages_in_the_code()] == []


def test_a_translation_has_the_placeholders_of_its_message() -> None:
    wrong = [
        f"{message!r}: {form!r}"
        for message, translated in translations().items()
        for form in translated
        if form and placeholders(form) != placeholders(message[-1])
    ]
    assert not wrong, "\n".join(wrong)


def test_a_translation_begins_and_ends_as_its_message_does() -> None:
    # white space is lay-out, and a paragraph without a full stop is a heading (coder.reports.accountability)
    def ends(text: str) -> tuple[int, bool, bool]:
        return len(text) - len(text.lstrip()), text[-1:].isspace(), text.rstrip().endswith(".")

    wrong = [
        f"{message!r}: {form!r}"
        for message, translated in translations().items()
        for form in translated
        if form and ends(form) != ends(message[-1])
    ]
    assert not wrong, "\n".join(wrong)


def test_dutch_has_a_singular_and_a_plural() -> None:
    assert dutch().num_plurals == 2
    plurals = {m: translated for m, translated in translations().items() if len(m) == 2}
    assert plurals
    set_language("nl")
    for (one, many), (single, several) in plurals.items():
        assert [ngettext(one, many, n) for n in (0, 1, 2)] == [several, single, several]


def test_make_messages_compiles_without_complaint() -> None:
    # for Babel a "% o" is a placeholder of the other kind, and needs the same in the translation
    assert [(m.id, [str(error) for error in errors]) for m, errors in dutch().check()] == []


def test_the_compiled_catalogue_is_that_of_the_po_file() -> None:
    fresh = BytesIO()
    write_mo(fresh, dutch())
    fresh.seek(0)
    with (DUTCH / "coder.mo").open("rb") as file:
        assert contents(read_mo(file)) == contents(read_mo(fresh)), "run: make messages"


def test_messages_are_written_out_where_they_are_translated() -> None:
    # an f-string or a variable cannot be looked up in a catalogue, and is not extracted either
    wrong = [
        f"{file}:{call.lineno}"
        for file, tree in syntax_trees()
        for name, call in message_calls(tree)
        if len(call.args) < (texts := 2 if name == "ngettext" else 1)
        or not all(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in call.args[:texts])
    ]
    assert not wrong, "\n".join(wrong)


def test_messages_are_translated_when_they_are_shown() -> None:
    # at import the language is not known yet; the command line is imported only after --lang has been read
    wrong = []
    for file, tree in syntax_trees():
        if file.startswith("coder/cli/"):
            continue
        functions = [
            n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        ]
        later = {id(call) for function in functions for _name, call in message_calls(function)}
        wrong += [f"{file}:{call.lineno}" for _name, call in message_calls(tree) if id(call) not in later]
    assert not wrong, "\n".join(wrong)


def test_messages_are_dutch_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    set_language(None)
    assert current_language() == "nl"
    assert _("held over") == "aangehouden"
    monkeypatch.setenv("CODER_LANG", "fr_FR.UTF-8")
    assert _("held over") == "aangehouden"


@pytest.mark.parametrize("value", ["en", "EN", "en_GB.UTF-8"])
def test_the_environment_chooses_a_language(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    set_language(None)
    monkeypatch.setenv("CODER_LANG", value)
    assert current_language() == "en"
    assert _("held over") == "held over"


def test_a_language_chosen_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODER_LANG", "en")
    set_language("nl")
    assert _("held over") == "aangehouden"
    monkeypatch.setenv("CODER_LANG", "nl")
    set_language("en")
    assert _("held over") == "held over"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="choose from nl, en"):
        set_language("fr")
