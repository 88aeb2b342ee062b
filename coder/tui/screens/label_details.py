"""All there is to know of one label: its definition, its use, and answers that carry it."""

from collections.abc import Sequence

from rich.text import Text

from coder.codebook import Label
from coder.messages import _, ngettext
from coder.study.codebook_view import CarriedBy, CodebookView


def label_details(view: CodebookView, label: Label, carried: Sequence[CarriedBy] | None) -> Text:
    """Return what stands beside the tree; `carried` is None while it is being read."""
    text = Text()
    text.append(label.name, style="bold")
    if label.retired:
        text.append("  ")
        text.append(f"× {_('retired')}", style="reverse")
    facts = [label.id]
    if label.number is not None:
        facts.insert(0, _("number {number}").format(number=label.number))
    if label.parent is not None:
        facts.append(_("under {parent}").format(parent=view.codebook.label(label.parent).name))
    if label.residual:
        facts.append(_("residual label"))
    if label.exclusive:
        facts.append(_("given alone"))
    text.append("\n" + " · ".join(facts), style="dim")
    text.append("\n" + _use(view, label))
    text.append("\n\n")
    if label.definition:
        text.append(label.definition)
    else:
        text.append(_("No definition yet (Enter)."), style="italic dim")
    for sign, items in (("+", label.include), ("−", label.exclude)):
        for item in items:
            text.append(f"\n{sign} ", style="bold")
            text.append(item)
    if label.keywords:
        _heading(text, _("Keywords"))
        text.append("\n" + ", ".join(label.keywords))
    if label.examples:
        _heading(text, _("Examples in the codebook"))
        for example in label.examples:
            text.append(f"\n• {example}")
    if carried is None or carried:
        _heading(text, _("Answers that carry it"))
    for one in carried or ():
        text.append(f"\n• {one.text}")
        if one.answers > 1:
            text.append(f"  ×{one.answers}", style="bold")
    return text


def _use(view: CodebookView, label: Label) -> str:
    use = view.uses[label.id]
    if use.codings:
        said = ngettext("{n} coding: {coders}", "{n} codings: {coders}", use.codings).format(
            n=use.codings, coders=", ".join(f"{coder} {n}" for coder, n in use.coders.items())
        )
    else:
        said = _("no coding carries it")
    if use.unknown and not label.retired:
        said += " · " + ngettext("unknown in {n} coding", "unknown in {n} codings", use.unknown).format(
            n=use.unknown
        )
    return said


def _heading(text: Text, heading: str) -> None:
    text.append("\n\n")
    text.append(heading, style="bold")
