"""coder demo: the main job end to end on the sample study, each step said as it is done."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.padding import Padding

from coder.cli.console import note, out, progress_bar
from coder.messages import _

if TYPE_CHECKING:
    from coder.model import LabelQuality
    from coder.reports import AgreementRow, AgreementTable
    from coder.study import Trained


def run_demo(folder: Path | None) -> None:
    """Copy the sample study and run import, agreement, train, label, frequencies and export on it."""
    from coder.reports import bar_chart
    from coder.study import (
        Study,
        agreement_tables,
        coded_wave,
        export,
        frequency_tables,
        import_codings,
        import_wave,
        label_wave,
        train,
    )
    from coder.study.sample import QUESTIONS, WAVES, copy_sample, new_demo_folder

    start = time.monotonic()
    made = copy_sample(folder or new_demo_folder(Path("exports")))
    console = out()

    def say(text: str) -> None:
        for line in text.split("\n"):
            body = line.lstrip()
            console.print(Padding(body, (0, 0, 0, len(line) - len(body))))

    def step(number: int, text: str) -> None:
        console.print()
        console.print(f"{number}. {text}", style="bold")

    console.print(
        _("The sample study (all respondents are invented) is in {folder}").format(folder=made),
        soft_wrap=True,
    )
    with Study(made) as study, progress_bar() as progress:
        step(1, _("Import: two waves, as they come from Excel and LimeSurvey"))
        for wave, (file, layout) in WAVES.items():
            result = import_wave(study, made / "corpora" / file, wave, layout, progress=progress)
            parts = ", ".join(
                _("{question} {n} filled in").format(question=q.question.name, n=q.filled_in)
                for q in result.questions
            )
            say(
                _("  {file}: wave {wave}, {n} respondents; {parts}").format(
                    file=file, wave=wave, n=result.respondents, parts=parts
                )
            )
        step(2, _("Codings: two coders, independently and blind, and their consensus"))
        for question in QUESTIONS:
            codings = made / "corpora" / f"codings-{question}.csv"
            for taken in import_codings(study, codings, wave="2017", question=question, random_sample=True):
                who = ", ".join(f"{name} {n}" for name, n in taken.written.items())
                say(f"  {question}: {who}")
        step(3, _("Agreement between the coders, before consensus"))
        with study.database.read() as connection:
            waves = {w.name: w for w in study.waves(connection)}
        for name in QUESTIONS:
            for table in agreement_tables(study, study.question(name), [waves["2017"]]):
                say(_agreement_lines(table))
        say("  " + _("All labels: {command}").format(command="coder agreement"))
        step(4, _("Model: what it has learnt, tested on answers it had not seen"))
        for name in QUESTIONS:
            say(_model_lines(train(study, study.question(name), progress=progress)))
        say("  " + _("All labels: {command}").format(command="coder train"))
        step(5, _("Label what nobody has coded: the rest of 2017 and all of 2018"))
        for wave in WAVES:
            for name in QUESTIONS:
                done = label_wave(study, study.question(name), waves[wave], progress=progress)
                say(
                    _("  {question} {wave}: {n} labelled, {queued} of them for a person to check").format(
                        question=name, wave=wave, n=done.labelled, queued=done.queued
                    )
                )
        step(6, _("Frequencies of 2018, teachers (school leaders are a population of their own)"))
        for name in QUESTIONS:
            first = frequency_tables(coded_wave(study, study.question(name), waves["2018"]))[0]
            console.print(bar_chart(first, width=console.width))
        step(7, _("Export: the coded workbook"))
        written = export(study, made / "exports" / _("coded.xlsx"), by=["sector"], progress=progress)
        console.print(f"  {written.path}", soft_wrap=True)
        for loss in written.losses:
            note(loss)
    console.print()
    console.print(
        _(
            "The two coders of the sample study were two sessions of one language model: people agree less. "
            "Take their agreement as no standard (see corpora/README.md)."
        )
    )
    console.print(_("Done in {seconds} seconds. Now try:").format(seconds=f"{time.monotonic() - start:.0f}"))
    console.print(f"  cd {made}", soft_wrap=True)
    for command, text in (
        ("coder code --coder EF --question verbetering --wave 2018", _("code on screen; F1 lists the keys")),
        ("coder status", _("where the study stands")),
        ("coder frequencies --question randvoorwaarden --by sector", _("a column per group")),
        ("coder codebook show --question verbetering", _("the labels and their definitions")),
        ("coder label --wave 2018 --max-error 0.05", _("accept only what is sure enough")),
    ):
        console.print(f"  {command:<60} {text}", soft_wrap=True)
    console.print(_("Your own file: coder new my-study, then coder import (see README.md)."))


def _agreement_lines(table: "AgreementTable") -> str:
    """Say in two lines how far the coders agree, and on which labels least."""
    from coder.reports import verdict
    from coder.reports.numbers import coefficient, percent

    sets = table.sets
    verdicts = Counter(verdict(row.agreement) for row in table.rows)
    judged = [row for row in table.rows if verdict(row.agreement) != "too_few"]
    least = sorted(judged, key=lambda row: row.agreement.krippendorff_alpha.low or 0)[:3]
    lines = []

    def named(row: "AgreementRow") -> str:
        alpha = row.agreement.krippendorff_alpha
        return f"{row.name} {coefficient(alpha.estimate, alpha.low, alpha.high)}"

    if sets is not None:
        alpha = sets.alpha_masi
        lines.append(
            _("  {question}: identical label sets {share} of {n}, alpha (MASI) {alpha}").format(
                question=table.question,
                share=percent(sets.identical.estimate),
                n=sets.n,
                alpha=coefficient(alpha.estimate, alpha.low, alpha.high),
            )
        )
    lines.append(
        _("    {good} labels good, {tentative} tentative, {low} too low; least agreement: {least}").format(
            good=verdicts["reliable"],
            tentative=verdicts["tentative"],
            low=verdicts["insufficient"],
            least=", ".join(named(row) for row in least),
        )
    )
    return "\n".join(lines)


def _model_lines(trained: "Trained") -> str:
    """Say in two lines how good the model is, and on which labels best and worst."""
    from coder.reports.numbers import decimal

    quality = trained.model.quality_
    frequent = sorted((part for part in quality.labels if part.positives >= 10), key=lambda part: -part.f1)

    def named(parts: "Sequence[LabelQuality]") -> str:
        return ", ".join(f"{trained.codebook.label(part.label).name} {decimal(part.f1)}" for part in parts)

    return (
        _("  {question}: learnt from {n} answers; micro-F1 {micro}, macro-F1 {macro}").format(
            question=trained.question.name,
            n=trained.run.trained_on,
            micro=decimal(quality.micro_f1),
            macro=decimal(quality.macro_f1),
        )
        + "\n"
        + _("    best: {best}; worst: {worst}").format(best=named(frequent[:2]), worst=named(frequent[-2:]))
    )
