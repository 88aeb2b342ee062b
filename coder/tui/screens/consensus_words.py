"""What the consensus screen says: who gives which label, what was noted, and what the labels mean."""

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from coder.codebook import Label
from coder.messages import _
from coder.reports.words import status_word
from coder.tui.consensus_desk import SIDES, ConsensusDesk

_STATES = ("none", "unclear")
_LABEL_NAME = 20
"""Cells that the names of labels get, however many coders there are."""


def sides_table(desk: ConsensusDesk, decision: tuple[str, tuple[str, ...]] | None, room: int) -> Text:
    """Return a table: a line a label, a column a coder, and one for the decision (status, labels).

    `room` is how many cells wide it may be.
    """
    sides = desk.sides
    columns = [(said.status, said.labels) for said in sides]
    heads = [
        f"{SIDES[side]} {desk.name(side)}" if side < len(SIDES) else desk.name(side)
        for side in range(len(sides))
    ]
    if decision is not None:
        columns.append(decision)
        heads.append(_("decision"))
    given = {label for _status, labels in columns for label in labels}
    lines = [(label.id, label.name) for label in desk.codebook.labels if label.id in given]
    states = {status for status, _labels in columns}
    lines += [(state, status_word(state)) for state in _STATES if state in states]
    longest = max((cell_len(name) for _key, name in lines), default=10)
    # names of labels come first; those of coders are cut short where there are many
    a_column = (room - min(longest, _LABEL_NAME)) // len(heads)
    wide = max(5, min(a_column, max(7, *(cell_len(head) for head in heads)) + 2))
    name_width = max(8, min(longest + 2, room - wide * len(heads)))
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(" " * (2 + name_width))
    for head in heads:
        text.append(_centred(head, wide), style="bold")
    for key, name in lines:
        has = [key in labels or key == status for status, labels in columns]
        differs = len(set(has[: len(sides)])) > 1
        text.append("\n" + ("≠ " if differs else "= "), style="bold" if differs else "")
        text.append(set_cell_size(_short(name, name_width), name_width), style="bold" if differs else "")
        for one in has:
            text.append(_centred("[x]" if one else "·", wide))
    return text


def memos(desk: ConsensusDesk) -> Text:
    """Return what coders noted, who had help in view, and why it was settled so."""
    lines = []
    for side, said in enumerate(desk.sides):
        if said.memo:
            lines.append(f"{desk.name(side)}: {said.memo}")
        if said.visible == "yes":
            lines.append(
                _("{coder} coded it with suggestions or others' work in view").format(coder=desk.name(side))
            )
    if desk.here.settled is not None:
        lines.append(_("Settled: {memo}").format(memo=desk.here.settled.memo or "?"))
    if desk.memo:
        lines.append(_("Memo: {memo}").format(memo=desk.memo))
    return Text("\n".join(lines))


def disputed_definitions(desk: ConsensusDesk) -> Text:
    """Return the definitions of the labels on which coders differ, one below the other."""
    text = Text()
    for label in desk.codebook.labels:
        if label.id in desk.here.disputed:
            text.append("\n\n" if text else "")
            text.append(f"≠ {label.name}", style="bold")
            text.append("\n" + definition(label))
    return text


def definition(label: Label) -> str:
    """Return what gets the label, what does too (+) and what does not (−)."""
    parts = [label.definition, *(f"+ {item}" for item in label.include)]
    parts += [f"− {item}" for item in label.exclude]
    return "\n".join(part for part in parts if part)


def _centred(text: str, width: int) -> str:
    text = _short(text, width - 1)
    left = (width - cell_len(text)) // 2
    return " " * left + text + " " * (width - left - cell_len(text))


def _short(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, max(1, width - 1)) + "…"
