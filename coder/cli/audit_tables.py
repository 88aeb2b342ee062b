"""What coder audit prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coder.cli.console import new_table, note, out
from coder.messages import _, ngettext
from coder.reports.numbers import count, decimal, percent

if TYPE_CHECKING:
    from rich.table import Table

    from coder.codebook import Codebook
    from coder.study.audit_planning import CodingPlan, LabelPlan
    from coder.study.audit_status import AuditStatus
    from coder.study.auditing import AuditDraw

#: respondents named whose answers could not be drawn
MOST_NAMED = 10


def show_draw(made: "AuditDraw", codebook: "Codebook") -> None:
    """Say what was drawn, and show how far the audit is."""
    now = made.now
    of = {"question": now.question, "wave": now.wave}
    outside, not_blind, joined = made.voided
    if joined:
        note(
            ngettext(
                "{question}, wave {wave}: a new audit sample, because {n} answer came that could not be "
                "drawn before; what was coded of the one before counts as it is, like all that people coded.",
                "{question}, wave {wave}: a new audit sample, because {n} answers came that could not be "
                "drawn before; what was coded of the one before counts as it is, like all that people coded.",
                joined,
            ).format(n=joined, **of)
        )
    elif outside or not_blind:
        note(
            _(
                "{question}, wave {wave}: a new audit sample. Since the one before was drawn {outside} other "
                "answers were coded, and {not_blind} in it not blind; what was coded of it counts as it is, "
                "like all that people coded."
            ).format(not_blind=not_blind, outside=outside, **of)
        )
    if made.replaced:
        note(
            _(
                "{question}, wave {wave}: a new audit sample in place of the one of {size} answers, of which "
                "nothing was coded yet."
            ).format(size=made.replaced, **of)
        )
    if made.drawn:
        note(
            _(
                "{question}, wave {wave}: {drawn} answers drawn at random (seed {seed}); the audit sample "
                "has {size} of the {frame} that nobody had coded."
            ).format(drawn=made.drawn, seed=now.seed, size=now.size, frame=now.frame, **of)
        )
    else:
        note(_("{question}, wave {wave}: nothing new to draw; the audit sample has {size} answers.").format(
            size=now.size, **of
        ))  # fmt: skip
        if now.size > made.wanted:
            note(_("It can be made smaller only as long as nothing of it is coded."))
    if now.size < made.wanted:
        note(
            _("Fewer than {wanted}: there are no more answers to draw from, so all were drawn.").format(
                wanted=made.wanted
            )
        )
    for coder, n in made.assigned.items():
        note(_("{coder} is asked for {n} of them.").format(coder=coder, n=n))
    show_status(now, codebook)
    if now.uncoded or now.held_over:
        note(
            _(
                "Code these, and nothing else of this wave, now or later: once others are coded this is no "
                "random sample of the rest any more. They are coded blind."
            )
        )
    if made.promised:
        note(
            ngettext(
                "Coders are also asked for {n} other answer of this wave that nobody has coded. Let it wait, "
                "or code it now and draw the audit sample after that.",
                "Coders are also asked for {n} other answers of this wave that nobody has coded. Let them "
                "wait, or code them now and draw the audit sample after that.",
                made.promised,
            ).format(n=made.promised)
        )
    if now.trouble is not None:
        note(now.trouble)


def show_status(now: "AuditStatus", codebook: "Codebook") -> None:
    """Show how far an audit is."""
    table = new_table(_("Audit sample: {question}, wave {wave}").format(question=now.question, wave=now.wave))
    columns = (
        (_("size"), now.size),
        (_("coded"), now.decided),
        (_("to do"), now.uncoded),
        (_("held over"), now.held_over),
        (_("open"), now.open),
        (_("not blind"), now.not_blind),
        (_("others coded since"), now.coded_since),
    )
    for heading, _n in columns:
        # a heading breaks between words, never inside one
        table.add_column(heading, justify="right", min_width=max(map(len, heading.split())))
    table.add_row(*(str(n) for _heading, n in columns))
    console = out()
    console.print(table)
    console.print(
        _("Drawn on {date} from {frame} answers, seed {seed}.").format(
            date=now.drawn[:10], frame=now.frame, seed=now.seed
        )
    )
    if n := len(now.undrawable):
        shown = ", ".join(now.undrawable[:MOST_NAMED]) + (", …" if n > MOST_NAMED else "")
        console.print(
            ngettext(
                "{n} answer could not be drawn, because somebody saw it with help in view or it is in "
                "another sample, and nobody has coded it: it is in no base, and the table stays provisional. "
                "Code it; that does not make the sample void: coder code --coder NAME --question {question} "
                "--wave {wave} (respondent {respondents})",
                "{n} answers could not be drawn, because somebody saw them with help in view or they are in "
                "another sample, and nobody has coded them: they are in no base, and the table stays "
                "provisional. Code them; that does not make the sample void: coder code --coder NAME "
                "--question {question} --wave {wave} (respondents {respondents})",
                n,
            ).format(n=count(n), question=now.question, wave=now.wave, respondents=shown),
            soft_wrap=True,
            markup=False,
        )
    if now.decided:
        given = [f"{codebook.label(label).name} {n}" for label, n in now.positives.items()]
        console.print(_("Answers with each label so far: {labels}.").format(labels=", ".join(given)))


def show_plan(made: "CodingPlan") -> None:
    """Show what an audit and double coding of what size bring."""
    title = _("from presumptions alone")
    if made.question is not None:
        title = _("{question}, wave {wave}").format(question=made.question, wave=made.wave)
    audited = [row for row in made.labels if row.audit is not None]
    if audited:
        out().print(_audit_table(made, audited, title))
        _explain_audit(made)
    elif made.wave is not None and made.uncoded == 0 and made.audited == 0 and made.certain:
        note(_("{title}: people coded every answer, so that there is nothing to audit.").format(title=title))
    twice = [row for row in made.labels if row.double is not None]
    if twice:
        out().print(_double_table(made, twice, title))
    else:
        note(
            _(
                "{title}: no answer was coded blind by two coders yet; presume an alpha to plan double "
                "coding: --alpha 0.7"
            ).format(title=title)
        )


def _audit_table(made: "CodingPlan", rows: "Sequence[LabelPlan]", title: str) -> "Table":
    table = new_table(_("To audit: {title}").format(title=title))
    table.add_column(_("label"))
    for heading in (
        _("share"),
        _("model's error variance"),
        _("to audit for ±{margin}").format(margin=_points(made.wanted.margin)),
        _("now, {n}").format(n=count(made.audited)),
        _("with 100 more"),
        _("with all"),
    ):
        table.add_column(heading, justify="right")
    for row in rows:
        plan = row.audit
        assert plan is not None  # noqa: S101  (these rows have one)
        table.add_row(
            row.name or _("presumed"),
            percent(row.share),
            decimal(None if row.error is None else row.error.variance, 3),
            (_("not to be had") if plan.needed is None else count(plan.needed)) + ("*" if plan.rare else ""),
            _margin(plan.half_width),
            _margin(plan.half_width_more),
            _margin(plan.half_width_all),
        )
    return table


def _explain_audit(made: "CodingPlan") -> None:
    lines = [
        _("{uncoded} answers to draw from, {certain} coded by people for other reasons.").format(
            uncoded=count(made.uncoded), certain=count(made.certain)
        )
    ]
    if made.needed is not None:
        lines.append(
            _("{n} audited answers are expected to give every label ±{margin} points or better.").format(
                n=count(made.needed), margin=_points(made.wanted.margin)
            )
        )
    else:
        lines.append(
            _("Not to be had: there are too few respondents for ±{margin}, also if people coded all.").format(
                margin=_points(made.wanted.margin)
            )
        )
    if made.only_audited:
        lines.append(_("How far off the model is, is measured on the audit."))
    elif made.errors_from:
        lines.append(
            _(
                "How far off the model is, is measured on what people coded in {waves}; where they chose the "
                "difficult answers, fewer will do."
            ).format(waves=", ".join(made.errors_from))
        )
    else:
        lines.append(
            _("Nothing tells how far off the model is yet (coder label): this is the plan without it.")
        )
    if any(row.audit is not None and row.audit.rare for row in made.labels):
        lines.append(
            _(
                "*: fewer than 20 audited answers with the label, or without it, are to be expected: the "
                "interval will be wider."
            )
        )
    out().print(" ".join(lines))
    out().print()


def _double_table(made: "CodingPlan", rows: "Sequence[LabelPlan]", title: str) -> "Table":
    table = new_table(_("To code twice: {title}").format(title=title))
    table.add_column(_("label"))
    for heading in (
        _("alpha"),
        _("coded twice"),
        _("±, now"),
        _("±, with 100 more"),
        _("to code twice for ±{margin}").format(margin=decimal(made.wanted.alpha_margin)),
    ):
        table.add_column(heading, justify="right")
    for row in rows:
        plan = row.double
        assert plan is not None  # noqa: S101  (these rows have one)
        table.add_row(
            row.name or _("presumed"),
            decimal(row.alpha.estimate if made.question is not None else made.wanted.alpha),
            count(plan.coded),
            decimal(plan.half_width),
            decimal(plan.half_width_more),
            ("–" if plan.needed is None else count(plan.needed)) + ("*" if plan.rare else ""),
        )
    if any(row.double is not None and row.double.rare for row in rows):
        table.caption = _("*: too few codings with the label for a verdict, also with 100 more.")
        table.caption_justify = "left"
    return table


def _points(margin: float) -> str:
    """Write a half-width in points, with a decimal where it has one."""
    return decimal(100 * margin, 0 if round(100 * margin) == round(100 * margin, 6) else 1)


def _margin(half: float | None) -> str:
    return "–" if half is None else f"±{decimal(100 * half, 1)}"
