"""The keys of the coding screen, in words."""

from collections.abc import Sequence

from textual.binding import Binding, BindingType

from coder.messages import _
from coder.tui.help import HelpPart
from coder.tui.keyline import Keys

BINDINGS: list[BindingType] = [
    *(Binding(str(digit), f"digit('{digit}')", show=False) for digit in range(10)),
    Binding("enter", "save", show=False),
    Binding("slash", "search_label", show=False),
    Binding("space", "toggle_here", show=False),
    Binding("p", "suggested", show=False),
    Binding("backspace,delete", "clear", show=False),
    Binding("o", "decide('unclear')", show=False),
    Binding("s", "decide('skipped')", show=False),
    Binding("f", "mark('flag')", show=False),
    Binding("c", "mark('quote')", show=False),
    Binding("m", "memo", show=False),
    Binding("u,ctrl+z", "undo", show=False),
    Binding("ctrl+y", "redo", show=False),
    Binding("right,j", "step(1)", show=False),
    Binding("left,k", "step(-1)", show=False),
    Binding("pagedown", "step(10)", show=False),
    Binding("pageup", "step(-10)", show=False),
    Binding("home", "step(-1000000000)", show=False),
    Binding("end", "step(1000000000)", show=False),
    Binding("down", "label(1)", show=False),
    Binding("up", "label(-1)", show=False),
    Binding("g", "group", show=False),
    Binding("n", "new_label", show=False),
    Binding("f2", "rename", show=False),
    Binding("t", "select", show=False),
    Binding("ctrl+f", "find", show=False),
    Binding("r", "order", show=False),
    Binding("v", "unfold", show=False),
    Binding("l", "list", show=False),
    Binding("escape", "forget", show=False),
]
"""What each key does; `all_keys` says it in words."""


def about() -> str:
    """Say how coding works."""
    return _(
        "Type the code numbers of the labels that the answer mentions, in that order, and Enter. What the "
        "model suggests is chosen beforehand: Enter alone accepts it. Every key is kept at once; what you "
        "chose and did not save yet is a draft (+) and does not count. u takes back the last key, as often "
        "as you like."
    )


def first_keys(*, blind: bool, exploring: bool) -> Keys:
    """Return the keys for the line at the foot, the most important first."""
    return [
        ("Enter", _("save, next")),
        ("1-99", _("label")),
        *([("n", _("new label"))] if exploring else []),
        ("0", _("off topic")),
        ("u", _("undo")),
        ("/", _("find label")),
        ("o", _("uncodable")),
        ("s", _("hold over")),
        ("←→", _("previous, next")),
        *([] if blind else [("p", _("suggestion"))]),
        ("g", _("alike")),
        ("t", _("show which")),
        ("l", _("list")),
        ("r", _("order")),
        *([] if exploring else [("n", _("new label"))]),
        ("f", _("flag")),
        ("m", _("memo")),
        ("c", _("quote")),
    ]


def all_keys() -> Sequence[HelpPart]:
    """Return all keys, by what they are for."""
    return [
        (
            _("Choosing labels"),
            [
                (
                    "1 … 99",
                    _("label with this code number, on or off; a number that could go on waits for Enter"),
                ),
                ("/", _("find a label by part of its name or a keyword")),
                ("↑ ↓ Space", _("move over the labels; on or off")),
                ("p", _("what the model suggests, in place of what is chosen")),
                ("Backspace", _("take all labels away")),
                ("Esc", _("forget the digits typed so far")),
            ],
        ),
        (
            _("Deciding"),
            [
                ("Enter", _("save the chosen labels and go on")),
                ("0", _("off topic: an answer, but not to this question")),
                ("o", _("uncodable: nobody can tell what it says")),
                ("s", _("hold over: decide later")),
                ("u Ctrl+Z", _("undo the last key, without limit, also tomorrow")),
                ("Ctrl+Y", _("do again what was undone")),
                ("g", _("code identical and near-identical answers together")),
            ],
        ),
        (
            _("Going about"),
            [
                ("← → k j", _("previous, next answer")),
                ("PgUp PgDn", _("ten answers back or on; Home and End: first and last")),
                ("t", _("which answers the list shows: unseen, held over, flagged, with a label …")),
                ("Ctrl+F", _("search a text in the answers")),
                ("r", _("order: file, random, what teaches the model most, most doubtful")),
                ("l", _("show or hide the list")),
                ("v", _("show or fold the respondent's other answers")),
            ],
        ),
        (
            _("Besides"),
            [
                ("f", _("flag the answer")),
                ("c", _("quote: a fine answer for the report")),
                ("m", _("memo")),
                ("n", _("new label; after exploring, a proposal to the codebook keeper")),
                ("F2", _("rename the label under the cursor")),
            ],
        ),
        (
            _("Signs in the list"),
            [
                ("·", _("not yet seen")),
                ("✓ 0 ? ~", _("labelled, off topic, uncodable, held over")),
                ("+", _("changed and not saved")),
                ("! ”", _("flagged, quote")),
                ("[x] [•] [ ]", _("chosen, chosen beforehand by the model, not chosen")),
                ("[?]", _("a label that came after your coding of this answer: read it again")),
                (_("underlined"), _("the words that carried what the model suggests")),
                (_("blind"), _("this question, or this answer, is coded without suggestions")),
                ("83%", _("how certain the model is of its most doubtful decision")),
            ],
        ),
    ]
