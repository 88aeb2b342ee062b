"""How far the work is, in lines of text: phases, progress bars, the curve of new labels, the next step."""

from collections.abc import Collection

from rich.style import Style
from rich.text import Text

from coder.messages import _, ngettext
from coder.reports.numbers import coefficient, count
from coder.reports.words import phase_word
from coder.statistics.records import SetAgreement
from coder.study.phases import PHASES, Saturation
from coder.study.status import CoderStatus, NextStep, QuestionStatus

_BARS = "▁▂▃▄▅▆▇█"


def phase_strip(present: str, begun: Collection[str], width: int) -> Text:
    """Return the five phases on a line: ✓ done, ▶ present, · not begun. Only the present one where narrow."""
    at = PHASES.index(present)
    parts = []
    for place, name in enumerate(PHASES):
        sign = "▶" if name == present else "✓" if name in begun and place < at else "·"
        parts.append((sign, phase_word(name), name == present))
    whole = sum(len(word) + 2 for _sign, word, _here in parts) + 3 * (len(parts) - 1)
    line = Text(no_wrap=True, overflow="ellipsis")
    for place, (sign, word, here) in enumerate(parts):
        line.append("" if not place else " ─ " if whole <= width else " ", style="dim")
        text = f"{sign} {word}" if whole <= width or here else sign
        line.append(text, style="bold" if here else "" if sign == "✓" else "dim")
    return line


def share_bar(done: int, of: int, width: int) -> str:
    """Return a bar of done out of all; nothing done is empty, and only all of it is full."""
    full = 0 if not of else width if done >= of else min(width - 1, int(width * done / of))
    if done and not full:
        full = 1
    return "█" * full + "░" * (width - full)


def coder_line(
    coder: CoderStatus, filled_in: int, name_width: int, bar_width: int, *, me: bool, bar_style: Style
) -> Text:
    """Return one coder's progress: of what is asked for, else of all answers."""
    done, of = (coder.assigned_done, coder.assigned) if coder.assigned else (coder.coded, filled_in)
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{coder.coder[:name_width]:<{name_width}} ", style="bold" if me else "")
    line.append(share_bar(done, of, bar_width), style=bar_style)
    told = (
        _("{done} of {of} assigned").format(done=count(done), of=count(of))
        if coder.assigned
        else _("{done} of {of}").format(done=count(done), of=count(of))
    )
    line.append(f" {told}")
    if coder.assigned and coder.coded != coder.assigned_done:
        line.append(" · " + _("{n} in all").format(n=count(coder.coded)))
    if coder.held_over:
        line.append(" · " + _("held over {n}").format(n=count(coder.held_over)))
    if coder.to_read_again:
        line.append(" · " + _("to read again {n}").format(n=count(coder.to_read_again)), style="bold")
    return line


def state_line(part: QuestionStatus) -> Text:
    """Return what became of the answers: open ones first, since somebody waits for these."""
    open_answers = part.final.get("open", 0) + part.to_settle
    decided = part.seen - part.final.get("open", 0) - part.final.get("skipped", 0)
    line = Text(no_wrap=True, overflow="ellipsis")
    if open_answers:
        line.append(_("≠ open {n}").format(n=count(open_answers)) + " · ", style="bold")
    line.append(_("coded {n}").format(n=count(decided)))
    if part.automatic:
        line.append(" · " + _("automatic {n}").format(n=count(part.automatic)))
        if part.queued:
            line.append(" · " + _("to check {n}").format(n=count(part.queued)))
    if part.left:
        line.append(" · " + _("not yet seen {n}").format(n=count(part.left)))
    return line


def agreement_words(sets: SetAgreement | None, *, blind: bool, width: int) -> str:
    """Return the agreement so far: alpha over whole label sets, with its interval where there is room."""
    if sets is None:
        return ""
    masi = sets.alpha_masi
    number = coefficient(masi.estimate, masi.low, masi.high)
    if width < 60:
        number = coefficient(masi.estimate, None, None)
    return f"α {number}" if blind else _("α {number}, not blind").format(number=number)


def saturation_lines(curve: Saturation, width: int) -> Text:
    """Return the curve of new labels as bars, with their numbers below where there is room.

    The bars are as narrow as it takes to show the whole curve: how it began says as much as how it ends.
    """
    if not curve.new:
        return Text(_("New labels: nothing coded yet.") + "\n")
    cells = next((cells for cells in (3, 2, 1) if cells * len(curve.new) <= width), 1)
    shown = list(curve.new[-max(1, width // cells) :])
    highest = max(max(shown), 1)
    text = Text(no_wrap=True)
    for level in (2, 1, 0):
        for n in shown:
            eighths = max(0, min(8, round(24 * n / highest) - 8 * level))
            bar = _BARS[eighths - 1] if eighths else "▁" if level == 0 else " "
            text.append((bar * max(1, cells - 1)).ljust(cells))
        text.append("\n")
    numbers = "".join(f"{n:>2} " for n in shown) if cells == 3 else f"{shown[0]} … {shown[-1]}"
    text.append(numbers + "\n", style="dim")
    return text


def saturation_words(curve: Saturation) -> str:
    """Say what the curve says: whether new labels still turn up."""
    if not curve.new:
        return ""
    last = curve.new[-4:]
    if len(curve.new) >= 4 and not any(last):
        return _("No new label in the last {n} answers: the codebook looks complete.").format(
            n=min(curve.answers, curve.step * len(last))
        )
    n = sum(last)
    return ngettext(
        "{n} new label in the last {answers} answers.", "{n} new labels in the last {answers} answers.", n
    ).format(n=n, answers=min(curve.answers, curve.step * len(last)))


def step_words(step: NextStep) -> str:
    """Return a next step as what to do on the screens."""
    n = step.n
    text = {
        "import": _("Import a survey file, at the command line: coder import FILE --wave NAME …"),
        "settle": ngettext(
            "Settle {n} answer of {question} ({wave}) on which coders differ",
            "Settle {n} answers of {question} ({wave}) on which coders differ",
            n,
        ),
        "read_again": ngettext(
            "Read {n} answer of {question} ({wave}) again: a label came later",
            "Read {n} answers of {question} ({wave}) again: a label came later",
            n,
        ),
        "audit": ngettext(
            "Code the {n} answer of the audit sample of {question} ({wave}) that is assigned to you",
            "Code the {n} answers of the audit sample of {question} ({wave}) that are assigned to you",
            n,
        ),
        "ask_audit": _("Ask somebody for the audit sample of {question} ({wave})"),
        "mend_audit": _("The audit sample of {question} ({wave}) cannot be used as it is"),
        "bridge": ngettext(
            "Code {n} answer of {question} ({wave}) again, for the bridge sample",
            "Code {n} answers of {question} ({wave}) again, for the bridge sample",
            n,
        ),
        "code": ngettext(
            "Code the {n} answer of {question} ({wave}) that is assigned to you",
            "Code the {n} answers of {question} ({wave}) that are assigned to you",
            n,
        ),
        "begin": _("Code some answers of {question} ({wave})"),
        "label": _("Let the model label what nobody has coded of {question} ({wave})"),
        "check": ngettext(
            "Code the {n} answer of {question} ({wave}) that the model doubts",
            "Code the {n} answers of {question} ({wave}) that the model doubts",
            n,
        ),
        "export": _("Everything has labels: export it"),
    }[step.kind]
    return text.format(n=count(n), question=step.question, wave=step.wave)
