"""coder demo: the main job end to end on the sample study, each step said as it is done."""

import time
from pathlib import Path

from coder.cli.console import note, out, progress_bar
from coder.messages import _


def run_demo(folder: Path | None) -> None:
    """Copy the sample study and run import, agreement, train, label, frequencies and export on it."""
    from coder.cli.model import show_labelled, show_quality
    from coder.reports import bar_chart, render_agreement
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

    def step(number: int, text: str) -> None:
        console.print()
        console.print(f"[bold]{number}. {text}[/bold]")

    console.print(_("The sample study (all respondents are invented) is in {folder}").format(folder=made))
    with Study(made) as study, progress_bar() as progress:
        step(1, _("Import: two waves, as they come from Excel and LimeSurvey"))
        for wave, (file, layout) in WAVES.items():
            result = import_wave(study, made / "corpora" / file, wave, layout, progress=progress)
            parts = ", ".join(
                _("{question} {n} filled in").format(question=q.question.name, n=q.filled_in)
                for q in result.questions
            )
            console.print(
                _("  {file}: wave {wave}, {n} respondents; {parts}").format(
                    file=file, wave=wave, n=result.respondents, parts=parts
                )
            )
        step(2, _("Codings: two coders, independently and blind, and their consensus"))
        for question in QUESTIONS:
            codings = made / "corpora" / f"codings-{question}.csv"
            for done in import_codings(study, codings, wave="2017", question=question, random_sample=True):
                who = ", ".join(f"{name} {n}" for name, n in done.written.items())
                console.print(f"  {question}: {who}")
        step(3, _("Agreement between the coders, before consensus"))
        with study.database.read() as connection:
            waves = {w.name: w for w in study.waves(connection)}
        for name in QUESTIONS:
            for table in agreement_tables(study, study.question(name), [waves["2017"]]):
                console.print(render_agreement(table))
        step(4, _("Model: what it has learnt, tested on answers it had not seen"))
        for name in QUESTIONS:
            show_quality(train(study, study.question(name), progress=progress))
        step(5, _("Label what nobody has coded: the rest of 2017 and all of 2018"))
        for wave in WAVES:
            for name in QUESTIONS:
                show_labelled(label_wave(study, study.question(name), waves[wave], progress=progress))
        step(6, _("Frequencies of 2018"))
        for name in QUESTIONS:
            for chart in frequency_tables(coded_wave(study, study.question(name), waves["2018"])):
                console.print(bar_chart(chart, width=console.width))
        step(7, _("Export: the coded workbook"))
        written = export(study, made / "exports" / _("coded.xlsx"), by=["sector"], progress=progress)
        console.print(f"  {written.path}")
        for loss in written.losses:
            note(loss)
    console.print()
    console.print(_("Done in {seconds} seconds. Now try:").format(seconds=f"{time.monotonic() - start:.0f}"))
    console.print(f"  cd {made}")
    for command, text in (
        ("coder status", _("where the study stands")),
        ("coder frequencies --question randvoorwaarden --by sector", _("a column a group")),
        ("coder codebook show --question verbetering", _("the labels and their definitions")),
        ("coder label --wave 2018 --max-error 0.05", _("accept only what is sure enough")),
    ):
        console.print(f"  {command:<60} {text}")
    console.print(_("Your own file: coder new my-study, then coder import (see README.md)."))
