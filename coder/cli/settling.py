"""coder settle, undo, redo."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coder.cli.console import (
    JsonOption,
    QuestionOption,
    StudyOption,
    WaveOption,
    new_table,
    note,
    notes,
    out,
    print_json,
)
from coder.errors import CoderError
from coder.messages import _, ngettext

if TYPE_CHECKING:
    from coder.codebook import Codebook
    from coder.study import QuestionSettings, Study
    from coder.study.settling import Disagreement


def settle(
    respondent: Annotated[
        str | None,
        typer.Argument(help=_("The respondent's id (default: list what is open)."), show_default=False),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option("--labels", metavar="A|B", help=_("Labels, ids or names."), show_default=False),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option("--status", help=_("Instead of labels: none or unclear."), show_default=False),
    ] = None,
    same_as: Annotated[
        str | None,
        typer.Option("--as", metavar="CODER", help=_("What this coder says."), show_default=False),
    ] = None,
    memo: Annotated[str | None, typer.Option("--memo", help=_("Why."), show_default=False)] = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="NAME",
            help=_("Who settles; the list then leaves out what this person is still to code blind."),
            show_default=False,
        ),
    ] = None,
    question: QuestionOption = None,
    wave: WaveOption = None,
    study: StudyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Settle an answer on which coders differ, or list these answers."""
    from coder.study import Study
    from coder.study.assigning import coder_named
    from coder.study.settling import disagreements

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        if respondent is None:
            if any(option is not None for option in (labels, status, same_as, memo)):
                raise CoderError(_("Say which answer: coder settle RESPONDENT."))
            with opened.database.read() as connection:
                record = None if wave is None else opened.wave(connection, wave)
            who = None if by is None else coder_named(opened, by)
            lists = {
                q.name: disagreements(opened, q, record, for_coder=who)
                for q in opened.questions_with_answers(question)
            }
            found = [(name, one) for name, listed in lists.items() for one in listed]
            if as_json:
                print_json(
                    [
                        {"question": name, **asdict(one), "disputed": sorted(one.disputed)}
                        for name, one in found
                    ]
                )
            else:
                books = {q.name: opened.codebook(q) for q in opened.questions_with_answers(question)}
                show_disagreements(found, books, hidden=sum(listed.hidden for listed in lists.values()))
            return
        if by is None:
            raise CoderError(_("Say who settles: --by NAME."))
        line = _settle_one(
            opened, opened.question(question), wave, respondent, labels, status, same_as, memo, by
        )
    note(line)


def _settle_one(
    opened: "Study",
    asked: "QuestionSettings",
    wave: str | None,
    respondent: str,
    labels: str | None,
    status: str | None,
    same_as: str | None,
    memo: str | None,
    by: str,
) -> str:
    from coder.store import queries
    from coder.study.codebooks import question_number
    from coder.study.settling import disagreement, disagreements
    from coder.study.settling import settle as decide

    with opened.database.read() as connection:
        record = opened.wave(connection, wave)
        number = question_number(opened, connection, asked)
        answer = queries.answer_numbers(connection, number, record.id, [respondent]).get(respondent)
    if answer is None:
        raise CoderError(
            _("Wave {wave} has no respondent {respondent}.").format(wave=record.name, respondent=respondent)
        )
    if sum(choice is not None for choice in (labels, status, same_as)) != 1:
        raise CoderError(_("Say what is decided with one of --labels, --status and --as."))
    book = opened.codebook(asked)
    if same_as is not None:
        says = {said.coder.casefold(): said for said in disagreement(opened, asked, answer).says}
        if same_as.strip().casefold() not in says:
            raise CoderError(
                _("{coder} has not decided on this answer; these have: {known}.").format(
                    coder=same_as, known=", ".join(said.coder for said in says.values())
                )
            )
        said = says[same_as.strip().casefold()]
        decided, chosen = said.status, said.labels
    else:
        decided, chosen = status or "labelled", _ids(book, asked, labels or "")
    decide(opened, asked, answer, decided, chosen, by=by, memo=memo)
    left = len(disagreements(opened, asked, record))
    return (
        _("Settled {respondent}: {what}.").format(respondent=respondent, what=_said(decided, chosen, book))
        + " "
        + ngettext("{n} answer is still open.", "{n} answers are still open.", left).format(n=left)
    )


def _ids(book: "Codebook", asked: "QuestionSettings", given: str) -> tuple[str, ...]:
    ids = []
    for name in filter(None, (part.strip() for part in given.split("|"))):
        label = book.find(name)
        if label is None:
            raise CoderError(
                _("{file}: there is no label {label} in use; there are: {known}.").format(
                    file=asked.codebook, label=name, known=", ".join(own.id for own in book.active)
                )
            )
        ids.append(label.id)
    return tuple(dict.fromkeys(ids))


def _said(status: str, labels: Sequence[str], book: "Codebook") -> str:
    from coder.reports.words import status_word

    names = [label.name if (label := book.find(one)) else one for one in labels]
    return "; ".join(names) or status_word(status)


def show_disagreements(
    found: Sequence[tuple[str, "Disagreement"]], books: dict[str, "Codebook"], *, hidden: int = 0
) -> None:
    """Print the answers on which coders differ, with what each of them says, and how many are hidden."""
    if hidden:
        note(
            ngettext(
                "{n} answer is left out that you are still to code blind: code it first.",
                "{n} answers are left out that you are still to code blind: code them first.",
                hidden,
            ).format(n=hidden)
        )
    if not found and hidden:
        return
    if not found:
        note(_("Nothing to settle: no answer is open."))
        return
    for name, book in books.items():
        mine = [one for question, one in found if question == name]
        if not mine:
            continue
        table = new_table(
            ngettext(
                "{question}: {n} answer to settle", "{question}: {n} answers to settle", len(mine)
            ).format(question=name, n=len(mine)),
            lines=True,
        )
        table.add_column(_("wave"))
        table.add_column(_("respondent"))
        table.add_column(_("answer"), ratio=2)
        table.add_column(_("coders"), ratio=2)
        for one in mine:
            says = [f"{said.coder}: {_said(said.status, said.labels, book)}" for said in one.says]
            if one.settled is not None:
                decided = _said(one.settled.status, one.settled.labels, book)
                says.append(_("settled before the label came: {what}").format(what=decided))
            table.add_row(one.wave, one.respondent, one.text, "\n".join(says))
        out().print(table)
    note(_("Settle one: coder settle RESPONDENT --as CODER --by NAME, or --labels 'A|B', or --status none."))


def undo(
    coder: Annotated[str, typer.Option("--coder", help=_("Whose work."))],
    question: QuestionOption = None,
    n: Annotated[int, typer.Option("--n", min=1, help=_("How many steps."))] = 1,
    study: StudyOption = None,
) -> None:
    """Take back what a coder did last on screen, settled or imported, the newest first."""
    _flip(coder, question, n, study, again=False)


def redo(
    coder: Annotated[str, typer.Option("--coder", help=_("Whose work."))],
    question: QuestionOption = None,
    n: Annotated[int, typer.Option("--n", min=1, help=_("How many steps."))] = 1,
    study: StudyOption = None,
) -> None:
    """Do again what undo took back."""
    _flip(coder, question, n, study, again=True)


def _flip(coder: str, question: str | None, n: int, study: Path | None, *, again: bool) -> None:
    from coder.study import Study
    from coder.study.assigning import coder_named
    from coder.study.undoing import redo, undo

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        asked = opened.question(question)
        who = coder_named(opened, coder)
        for step in range(n):
            found = (redo if again else undo)(opened, asked, who, imports=True)
            if found is None:
                if step == 0:
                    text = (
                        _("{coder} has nothing to do again on {question}.")
                        if again
                        else _("{coder} has nothing to take back on {question}.")
                    )
                    raise CoderError(text.format(coder=who, question=asked.name))
                break
            text = _("Done again: {what}{now}.") if again else _("Taken back: {what}{now}.")
            now = "" if found.kind == "import" else _now(opened, asked, found.answers, who)
            note(text.format(what=found.what, now=now))


def _now(opened: "Study", asked: "QuestionSettings", answers: Sequence[int], coder: str) -> str:
    """Return what is said there now, by the coder and by consensus."""
    from coder.store import CONSENSUS, answer_lists, queries

    if not answers:
        return ""
    book = opened.codebook(asked)
    with opened.database.read() as connection:
        codings = queries.current_codings(connection, answers)
        rows = [row for answer in answers if (row := answer_lists.answer_row(connection, answer))]
    parts = {}
    for row in rows:
        says = []
        for name in (coder, CONSENSUS):
            coding = codings.get((row.answer_id, name))
            if coding is not None:
                said = _said(coding["status"], coding["labels"].split(), book)
                says.append(said if name == coder else f"{name}: {said}")
            elif name == coder:
                says.append(_said("unseen", (), book))
        parts[row.respondent] = "; ".join(says)
    several = len(parts) > 1
    now = ", ".join(f"{respondent}: {said}" if several else said for respondent, said in parts.items())
    return " " + _("(now: {what})").format(what=now)
