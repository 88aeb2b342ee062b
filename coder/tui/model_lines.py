"""What there is to know about the model, in lines of text: quality, calibration, growth, doubt."""

from collections.abc import Mapping
from math import sqrt

from rich.style import Style
from rich.text import Text

from coder.messages import _, ngettext
from coder.reports.numbers import count, decimal, percent
from coder.study.model_reports import what_more_brings
from coder.study.suggestions import Growth, ModelReport, QueuedAnswer, ReliabilityBin
from coder.tui.progress_lines import share_bar

_FEW = 10
"""Decisions below which a difference between probability and share says nothing."""

_BEYOND_CHANCE = 2.0
_NARROWEST_BAR = 4


def heading(report: ModelReport) -> Text:
    """Say what the model learnt from, and how good it is in all."""
    text = Text(no_wrap=True, overflow="ellipsis")
    if not report.trained_on:
        text.append(_("Nobody has coded yet: the model knows the words of the codebook only."), style="bold")
        return text
    text.append(f"micro-F1 {decimal(report.micro_f1)}", style="bold")
    text.append(" · ")
    text.append(f"macro-F1 {decimal(report.macro_f1)}", style="bold")
    text.append(
        " · "
        + ngettext("learnt from {n} coded answer", "learnt from {n} coded answers", report.trained_on).format(
            n=count(report.trained_on)
        )
    )
    if report.texts != report.trained_on:
        text.append(" · " + _("{n} different texts").format(n=count(report.texts)))
    text.append(" · " + _("codebook version {n}").format(n=report.codebook_version))
    return text


def calibration_lines(report: ModelReport, width: int, bar_style: Style) -> Text:
    """Draw for each tenth of probability how many of those decisions were right to expect a label.

    The bar is the share that has the label, the mark ┃ where the probabilities say it should end.
    """
    text = _title(_("Calibration"))
    if report.calibration_error is not None:
        text.append(" · " + _("{error} off on average").format(error=decimal(report.calibration_error, 3)))
    text.append("\n")
    if not report.trained_on:
        return text.append(_("There is nothing to compare with yet."))
    head = f"{_('probability'):>9} {_('decisions'):>12} "
    bar = max(_NARROWEST_BAR, min(40, width - len(head) - 20))
    text.append(f"{head}{_('has the label'):<{bar + 5}}\n", style="dim")
    for part in report.reliability:
        span = f"{percent(part.low).rstrip('%')}–{percent(part.high)}"
        text.append(f"{span:>9} {count(round(part.n)):>12} ")
        if part.mean is None or part.true is None:
            text.append("\n")
            continue
        text.append(_marked_bar(part.true, part.mean, bar), style=bar_style)
        text.append(f" {percent(part.true):>4}")
        sign, word = _off(part)
        text.append(f" {sign} {word}\n" if sign else "\n", style="bold")
    text.append(_("█ share with the label · ┃ what the probability says"), style="dim")
    return text


def growth_lines(grown: Growth | None, width: int, bar_style: Style) -> Text:
    """Draw how the quality grew with the number of coded answers, and say what more would bring."""
    text = _title(_("Growth")).append("\n")
    if grown is None:
        return text.append(_("Computing…"))
    if not grown.points:
        return text.append(_("There is nothing to learn from yet."))
    head = f"{_('coded'):>7}  "
    bar = max(_NARROWEST_BAR, min(24, (width - len(head) - 14) // 2))
    text.append(f"{head}{'micro-F1':<{bar + 7}}macro-F1\n", style="dim")
    for point in grown.points:
        text.append(f"{count(point.n):>7}  ")
        for place, score in enumerate((point.micro_f1, point.macro_f1)):
            text.append(_bar(score, bar), style=bar_style)
            text.append(f" {decimal(score):>4}" + ("" if place else "  "))
        text.append("\n")
    return text.append(what_more_brings(grown), style="bold")


def doubt_lines(report: ModelReport) -> Text:
    """Say how much of what nobody coded the model doubts, and which labels most."""
    text = _title(_("What a person should look at"))
    wrong = sum(label.expected_errors for label in report.labels)
    text.append(
        "\n"
        + ngettext(
            "{n} answer without a coding, some {wrong} wrong decisions to be expected",
            "{n} answers without a coding, some {wrong} wrong decisions to be expected",
            report.uncoded,
        ).format(n=count(report.uncoded), wrong=count(round(wrong)))
    )
    worst = sorted(report.labels, key=lambda label: -label.expected_errors)[:3]
    if report.uncoded and worst and worst[0].expected_errors >= 1:
        names = ", ".join(
            f"{report.names.get(label.label, label.label)} ({count(round(label.expected_errors))})"
            for label in worst
            if label.expected_errors >= 1
        )
        text.append("\n" + _("Most in doubt: {labels}").format(labels=names))
    if report.queued:
        text.append(
            "\n"
            + ngettext(
                "{n} answer waits for a person since the last 'coder label'",
                "{n} answers wait for a person since the last 'coder label'",
                report.queued,
            ).format(n=count(report.queued))
        )
    return text


def why_queued(queued: QueuedAnswer, names: Mapping[str, str]) -> str:
    """Return the labels in doubt on an answer, with their probabilities."""
    return ", ".join(f"{names.get(label, label)} {percent(p)}" for label, p in queued.doubtful)


def score_bar(score: float | None, width: int) -> str:
    """Return a bar from 0 to 1; a dash when the score is undefined."""
    return "–" if score is None else _bar(score, width)


def _title(title: str) -> Text:
    return Text().append(title, style="bold underline")


def _bar(score: float, width: int) -> str:
    return share_bar(round(1000 * score), 1000, width)


def _marked_bar(true: float, expected: float, width: int) -> str:
    place = min(width - 1, int(expected * width))
    drawn = _bar(true, width)
    return drawn[:place] + "┃" + drawn[place + 1 :]


def _off(part: ReliabilityBin) -> tuple[str, str]:
    """Return a sign and a word where share and probability differ by more than chance would have it."""
    if part.mean is None or part.true is None or part.n < _FEW:
        return "", ""
    chance = sqrt(part.mean * (1 - part.mean) / part.n)
    if abs(part.true - part.mean) <= _BEYOND_CHANCE * chance:
        return "", ""
    return ("▲", _("too timid")) if part.true > part.mean else ("▼", _("too sure"))
