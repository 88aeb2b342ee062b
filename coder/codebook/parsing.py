"""A codebook from YAML, as a person writes it.

The file is read as text to the letter: YAML would make a truth value of the keyword `no` and a number of
`1`, so its own ideas of types are not used. Whatever cannot be understood is one line with its line number.
"""

from contextlib import suppress
from difflib import get_close_matches
from typing import TypeGuard

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from coder.codebook.records import Codebook, Label
from coder.codebook.structure import CodebookError, faults, number_fault, shown
from coder.messages import _

_LABEL_KEYS = (
    "id",
    "name",
    "number",
    "definition",
    "include",
    "exclude",
    "examples",
    "keywords",
    "parent",
    "residual",
    "exclusive",
    "retired",
)
_CODEBOOK_KEYS = ("question", "labels")
_YES = frozenset({"true", "yes", "on", "ja", "waar", "x", "1"})
_NO = frozenset({"false", "no", "off", "nee", "onwaar", "0", ""})
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LONGEST_NUMBER = 9
_FAST = getattr(yaml, "CSafeLoader", None)


def parse_codebook(text: str, source: str) -> Codebook:
    """Return the codebook in a YAML text; `source` is the file's name in messages.

    Raises CodebookError, in one line with the line number, for a text that is not YAML, for an unknown
    or repeated key, for a value of another type than its key asks, and for what `validate` refuses.
    """
    root = _compose(text, source)
    if root is None:
        raise CodebookError(
            _('{file} is empty: a codebook starts with "question:" and "labels:".').format(file=source)
        )
    reader = _Reader(source)
    fields = reader.mapping(root, _CODEBOOK_KEYS)
    question = reader.text(fields["question"], "question") if "question" in fields else ""
    nodes = reader.items(fields["labels"], "labels") if "labels" in fields else []
    labels = [reader.label(node) for node in nodes]

    def place(index: int) -> str:
        return reader.place(nodes[index])

    for fault in faults(labels, place):
        raise CodebookError(fault.message)
    return Codebook(question, tuple(labels))


def as_yes_no(text: str) -> bool | None:
    """Return what a person means by "ja", "x", "true", "nee", … or None when that is not clear."""
    folded = text.strip().casefold()
    if folded in _YES:
        return True
    return False if folded in _NO else None


def as_number(text: str) -> int | None:
    """Return the whole number of 1 or more that a text is, or None when it is not one."""
    bare = text.strip()
    # isdecimal also holds for digits of other scripts, which int() reads as well
    if not bare.isdecimal() or len(bare) > _LONGEST_NUMBER:
        return None
    return int(bare) or None


def _compose(text: str, source: str) -> Node | None:
    # libyaml reads seven times as fast; what it does not take is for the other to take, or to explain
    if _FAST is not None:
        with suppress(yaml.YAMLError):
            return yaml.compose(text, Loader=_FAST)
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise CodebookError(
            _("{file}, line {line}: a sign that no text file may hold (code {code}); take it away.").format(
                file=source, line=line, code=f"U+{ord(text[error.position]):04X}"
            )
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise CodebookError(
            _(
                "{file}, line {line}: this is not YAML ({problem}); look at the indentation, and put a text "
                "with a colon, a # or a quotation mark between double quotes."
            ).format(file=source, line=mark.line + 1 if mark else 1, problem=shown(error.problem))
        ) from error
    except RecursionError as error:
        raise CodebookError(
            _("{file}: lists within lists within lists; a codebook is not that deep.").format(file=source)
        ) from error


class _Reader:
    """Takes YAML nodes for what a codebook has in their place, or says in which line that fails."""

    def __init__(self, source: str) -> None:
        self.source = source

    def place(self, node: Node) -> str:
        return _("{file}, line {line}").format(file=self.source, line=node.start_mark.line + 1)

    def label(self, node: Node) -> Label:
        fields = self.mapping(node, _LABEL_KEYS)
        name = self.text(fields["name"], "name") if "name" in fields else ""
        if "id" not in fields or _is_nothing(fields["id"]):
            raise self.error(node, _('a label has no id; write "id:" with a short name that never changes.'))
        return Label(
            id=self.text(fields["id"], "id"),
            name=name,
            number=self.number(fields.get("number")),
            definition=self.text(fields.get("definition"), "definition"),
            include=self.texts(fields.get("include"), "include"),
            exclude=self.texts(fields.get("exclude"), "exclude"),
            examples=self.texts(fields.get("examples"), "examples"),
            keywords=self.texts(fields.get("keywords"), "keywords"),
            parent=self.text(fields.get("parent"), "parent") or None,
            residual=self.yes_no(fields.get("residual"), "residual"),
            exclusive=self.yes_no(fields.get("exclusive"), "exclusive"),
            retired=self.yes_no(fields.get("retired"), "retired"),
        )

    def mapping(self, node: Node, known: tuple[str, ...]) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            raise self.error(
                node,
                _("here should be keys with values, such as {keys}.").format(
                    keys=", ".join(f"{key}: …" for key in known[:2])
                ),
            )
        fields: dict[str, Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else ""
            if key not in known:
                raise self.error(key_node, _unknown_key(key, known))
            if key in fields:
                raise self.error(key_node, _("the key {key} stands here a second time.").format(key=key))
            fields[key] = value
        return fields

    def items(self, node: Node | None, key: str) -> list[Node]:
        if node is None or _is_nothing(node):
            return []
        if not isinstance(node, SequenceNode):
            raise self.error(
                node,
                _("{key} is a list: write [one, two] or every item on a line of its own with a dash.").format(
                    key=key
                ),
            )
        return [item for item in node.value if not (_is_nothing(item) and item.value == "")]

    def text(self, node: Node | None, key: str) -> str:
        if node is None or _is_nothing(node):
            return ""
        if not _is_untyped(node):
            raise self.error(
                node,
                _(
                    "{key} should have a text here; put a text with a colon, or that starts with a bracket "
                    "or a sign, between double quotes."
                ).format(key=key),
            )
        return str(node.value)

    def texts(self, node: Node | None, key: str) -> tuple[str, ...]:
        # in a list `null` is a word like any other: what is left out is gone already
        return tuple(
            str(item.value) if _is_nothing(item) else self.text(item, key) for item in self.items(node, key)
        )

    def number(self, node: Node | None) -> int | None:
        if node is None or _is_nothing(node):
            return None
        text = self.text(node, "number")
        number = as_number(text)
        if number is None:
            raise CodebookError(number_fault(self.place(node), text))
        return number

    def yes_no(self, node: Node | None, key: str) -> bool:
        text = self.text(node, key)
        answer = as_yes_no(text)
        if answer is None and node is not None:
            raise self.error(
                node, _('{key} is true or false, not "{found}".').format(key=key, found=shown(text))
            )
        return bool(answer)

    def error(self, node: Node, message: str) -> CodebookError:
        return CodebookError(f"{self.place(node)}: {message}")


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, n=1)
    if near:
        return _('the key "{key}" is unknown; did you mean {near}?').format(key=shown(key), near=near[0])
    return _('the key "{key}" is unknown; the keys here are {known}.').format(
        key=shown(key), known=", ".join(known)
    )


def _is_nothing(node: Node) -> bool:
    return _is_untyped(node) and not node.style and node.value in _NOTHING


def _is_untyped(node: Node) -> TypeGuard[ScalarNode]:
    # `!woord` without quotes is a YAML type on an empty text: to be reported, not to be lost
    return isinstance(node, ScalarNode) and node.tag.startswith("tag:yaml.org,2002:")
