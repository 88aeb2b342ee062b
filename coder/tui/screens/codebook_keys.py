"""The keys of the codebook screen, in words."""

from collections.abc import Sequence

from coder.messages import _
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys


def about() -> str:
    """Say what the screen is for."""
    return _(
        "All labels in their tree, with their code number and how many codings carry them. Every change says "
        "beforehand how many codings it touches, and u takes it back. A label that is added or gets another "
        "meaning is unknown in what was coded before: r queues the answers most likely to carry it, to be "
        "read again."
    )


def first_keys(*, retired: bool, proposals: int) -> Keys:
    """Return the keys for the line at the foot, the most important first."""
    return [
        *([("v", _("proposals ({n})").format(n=proposals))] if proposals else []),
        ("n", _("new")),
        ("Enter", _("define")),
        ("m", _("merge")),
        ("u", _("undo")),
        ("F2", _("rename")),
        ("s", _("split")),
        ("x", _("take into use") if retired else _("retire")),
        ("o", _("under …")),
        ("r", _("read again")),
        ("p", _("phase")),
        ("#", _("number")),
        ("h", _("history")),
        ("/", _("find")),
        ("q", _("question")),
    ]


def all_keys() -> Sequence[HelpPart]:
    """Return all keys, by what they are for."""
    return [
        (
            _("Changing labels"),
            [
                ("n", _("new label")),
                ("Enter", _("definition, what belongs to it and what does not, examples, keywords")),
                ("F2", _("another name; its codings stay")),
                ("#", _("another code number")),
                ("m", _("merge into another label: what is coded with it follows")),
                ("s", _("split: new labels; the answers that carry it are read again")),
                ("o", _("move under another label, or under none")),
                ("Shift+↑ ↓", _("one place up or down")),
                ("x", _("retire: given no more, what has it keeps it; or take back into use")),
                ("u Ctrl+Z", _("undo the newest change of the codebook")),
                ("Ctrl+Y", _("do again what was undone")),
            ],
        ),
        (
            _("The work on it"),
            [
                ("v", _("what coders propose: accept or decline")),
                ("r", _("queue answers to be read again for this label")),
                ("p", _("begin another phase of the work")),
                ("h", _("what was changed, by whom, and what was taken back")),
            ],
        ),
        (
            _("Going about"),
            [
                ("↑ ↓ k j", _("previous, next label; PgUp, PgDn, Home, End")),
                ("/", _("find a label by part of its name or a keyword")),
                ("Space", _("scroll what stands beside it")),
                ("q", _("another question")),
            ],
        ),
        (
            _("Signs"),
            [
                ("12", _("codings that carry the label; · for none")),
                ("×", _("retired: given no more")),
                ("▶ ✓ ·", _("the present phase, a phase that was done, one that was not")),
                ("▁ ▅ █", _("new labels in every 25 answers: flat and low when none turn up any more")),
            ],
        ),
    ]
