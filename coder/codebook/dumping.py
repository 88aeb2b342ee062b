"""A codebook as YAML that a person can read, edit and compare line by line."""

import re
import textwrap

from coder.codebook.records import Codebook, Label

_WIDTH = 100
_FOLD_FROM = 80

# plain words that YAML 1.1 or 1.2 takes for something else than text
_NOT_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_QUOTED_ALWAYS = re.compile(r":(\s|$)|\s#")
_QUOTED_IN_FLOW = re.compile(r"[\[\]{},:?]")
# joins the parts of one emoji; YAML allows it as it is
_JOINER = "\u200d"


def dump_codebook(codebook: Codebook) -> str:
    """Return the codebook as YAML: labels in their order, empty fields left out, a blank line between.

    `parse_codebook` returns an equal codebook from it. The same codebook is always the same text.
    """
    lines = _entry("question", codebook.question, 0)
    if not codebook.labels:
        return "\n".join([*lines, "", "labels: []", ""])
    lines += ["", "labels:"]
    for nth, label in enumerate(codebook.labels):
        if nth:
            lines.append("")
        lines += _label(label)
    return "\n".join([*lines, ""])


def _label(label: Label) -> list[str]:
    lines = _entry("id", label.id, 4) + _entry("name", label.name, 4)
    if label.number is not None:
        lines.append(f"    number: {label.number}")
    if label.definition:
        lines += _entry("definition", label.definition, 4)
    for key, items in (("include", label.include), ("exclude", label.exclude), ("examples", label.examples)):
        if items:
            lines.append(f"    {key}:")
            lines += [f"      - {_scalar(item)}" for item in items]
    if label.keywords:
        lines += _flow("keywords", label.keywords)
    if label.parent is not None:
        lines += _entry("parent", label.parent, 4)
    for key, holds in (
        ("residual", label.residual),
        ("exclusive", label.exclusive),
        ("retired", label.retired),
    ):
        if holds:
            lines.append(f"    {key}: true")
    lines[0] = "  - " + lines[0].lstrip(" ")
    return lines


def _entry(key: str, text: str, indent: int) -> list[str]:
    margin = " " * indent
    inner = " " * (indent + 2)
    if _can_fold(text):
        wrapped = textwrap.wrap(
            text, _WIDTH - len(inner), break_long_words=False, break_on_hyphens=False, drop_whitespace=True
        )
        return [f"{margin}{key}: >-", *(inner + line for line in wrapped)]
    if _can_stand_in_lines(text):
        # without the mark of chomping YAML keeps one line break at the end, with it none
        mark = "|" if text.endswith("\n") else "|-"
        kept = text.removesuffix("\n").split("\n")
        return [f"{margin}{key}: {mark}", *(inner + line if line else "" for line in kept)]
    return [f"{margin}{key}: {_scalar(text)}"]


def _flow(key: str, items: tuple[str, ...]) -> list[str]:
    """Return a list between brackets, broken between items only."""
    margin = "      "
    lines = [f"    {key}: ["]
    for nth, item in enumerate(items):
        piece = _scalar(item, flow=True) + ("," if nth < len(items) - 1 else "]")
        if len(lines[-1]) + len(piece) + 1 > _WIDTH and not lines[-1].endswith("["):
            lines.append(margin + piece)
        else:
            lines[-1] += piece if lines[-1].endswith("[") and nth == 0 else " " + piece
    return lines


def _can_fold(text: str) -> bool:
    return len(text) > _FOLD_FROM and _is_plain_text(text) and text == text.strip(" ") and "  " not in text


def _can_stand_in_lines(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0] and lines[-1])
        and not lines[0].startswith(" ")
        and all(_is_plain_text(line) and line == line.rstrip(" ") for line in lines)
    )


def _is_plain_text(text: str) -> bool:
    return all(sign.isprintable() or sign == _JOINER for sign in text)


def _scalar(text: str, *, flow: bool = False) -> str:
    """Return a text on one line: as it is where YAML reads it back as text, else between double quotes."""
    if (
        text
        and (text[0].isalpha() or text[0] in "‘“")
        and text[-1] != " "
        and text.lower() not in _NOT_TEXT
        and _is_plain_text(text)
        and not _QUOTED_ALWAYS.search(text)
        and not (flow and _QUOTED_IN_FLOW.search(text))
    ):
        return text
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign == "\n":
        return "\\n"
    if sign == "\t":
        return "\\t"
    if sign.isprintable() or sign == _JOINER:
        return sign
    code = ord(sign)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
