"""Choosing what the list of answers holds: what is unseen, bears a label, belongs to a group …"""

from collections.abc import Callable

from coder.codebook import Codebook
from coder.messages import _
from coder.store import answer_lists
from coder.study.selecting import Selection
from coder.tui.app import CoderApp
from coder.tui.dialogs import Ask, Choose
from coder.tui.screens.label_search import LabelSearch

Then = Callable[[Selection], None]


def selection_names() -> dict[str, str]:
    """Return what each kind of selection is called."""
    return {
        "all": _("all answers"),
        "unseen": _("not yet seen by me"),
        "assigned": _("assigned to me"),
        "queued": _("to check: the model doubts"),
        "skipped": _("held over"),
        "flagged": _("flagged"),
        "quoted": _("quotes for the report"),
        "read_again": _("to be read again: a label came later"),
        "drafted": _("changed and not saved"),
        "memo": _("with a memo"),
        "label": _("with a label …"),
        "group": _("of a group of respondents …"),
        "text": _("with a text …"),
    }


def order_names() -> dict[str, str]:
    """Return what each order is called."""
    return {
        "file": _("as in the file"),
        "random": _("at random"),
        "informative": _("what teaches the model most"),
        "certainty": _("the most doubtful first"),
    }


def described(selection: Selection, codebook: Codebook) -> str:
    """Return what the list holds, for its heading."""
    match selection.kind:
        case "label":
            return _("with {label}").format(label=codebook.label(selection.value).name)
        case "group":
            return f"{selection.name}: {selection.value}"
        case "text":
            return _("with “{text}”").format(text=selection.value)
        case kind:
            return selection_names()[kind]


def ask_selection(app: CoderApp, now: Selection, codebook: Codebook, then: Then) -> None:
    """Ask what the list should hold, in one or two steps."""

    def chosen(kind: str | None) -> None:
        match kind:
            case None:
                return
            case "label":
                app.push_screen(LabelSearch(codebook, _("Answers with which label?")), labelled)
            case "group":
                ask_group(app, then)
            case "text":
                ask_text(app, then)
            case _:
                then(Selection(kind))

    def labelled(label: str | None) -> None:
        if label is not None:
            then(Selection("label", label))

    app.push_screen(
        Choose(_("Show which answers?"), list(selection_names().items()), chosen=now.kind), chosen
    )


def ask_text(app: CoderApp, then: Then) -> None:
    """Ask for a text to search for."""

    def typed(text: str | None) -> None:
        if text:
            then(Selection("text", text))

    app.push_screen(Ask(_("Search in the answers"), hint=_("case and punctuation do not count")), typed)


def ask_group(app: CoderApp, then: Then) -> None:
    """Ask for a background variable, then for its value."""
    wave = app.wave
    names = list(wave.layout.get("groups", []))
    if not names:
        app.say(
            _("Wave {wave} has no background variables; see 'coder import --group'.").format(wave=wave.name)
        )
        return

    def named(name: str | None) -> None:
        if name is None:
            return
        with app.study.database.read() as connection:
            values = answer_lists.group_values(connection, wave.id, name)

        def valued(value: str | None) -> None:
            if value is not None:
                then(Selection("group", value, name))

        app.push_screen(
            Choose(_("Which value of {name}?").format(name=name), [(v, v) for v in values]), valued
        )

    app.push_screen(Choose(_("Which background variable?"), [(n, n) for n in names]), named)
