"""What the codebook screen says of a change before it is made, and of the curve of new labels."""

from coder.codebook.edits import CodebookEdit
from coder.messages import _
from coder.study.codebook_touches import Touches
from coder.study.phases import Saturation

_BARS = "▁▂▃▄▅▆▇█"


def change_title(edit: CodebookEdit, touched: Touches) -> str:
    """Return what is asked before a change."""
    titles = {
        "add": _("Add {label}?"),
        "rename": _("Rename {label}?"),
        "define": _("Describe {label} so?"),
        "number": _("Another number for {label}?"),
        "merge": _("Merge {label} into {into}?"),
        "split": _("Split {label}?"),
        "move": _("Move {label}?"),
        "retire": _("Retire {label}?"),
        "revive": _("Take {label} back into use?"),
    }
    return titles[edit.kind].format(label=touched.name, into=touched.follow)


def change_verb(edit: CodebookEdit) -> str:
    """Return what Enter does, in a word or two."""
    return {
        "add": _("add"),
        "rename": _("rename"),
        "define": _("keep"),
        "number": _("keep"),
        "merge": _("merge"),
        "split": _("split"),
        "move": _("move"),
        "retire": _("retire"),
        "revive": _("take into use"),
    }[edit.kind]


def new_labels_line(curve: Saturation, width: int) -> str:
    """Return the curve of new labels on one line, with its numbers where there is room."""
    if not curve.new:
        return _("New labels: nothing coded yet.")
    heading = _("New labels in every {step} answers:").format(step=curve.step)
    room = max(4, width - len(heading) - 1)
    shown = curve.new[-room:]
    highest = max(max(shown), 1)
    bars = "".join(_BARS[round(7 * n / highest)] for n in shown)
    numbers = " ".join(str(n) for n in shown)
    line = f"{heading} {bars}"
    return f"{line}  {numbers}" if len(line) + len(numbers) + 2 <= width else line
