"""Survey files into the study: a wave added, recognised or replaced, in one transaction."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, dump_codebook
from coder.corpus import Layout, Respondent, SurveyFile, contentless, read_respondents, read_survey
from coder.errors import CoderError
from coder.messages import _, ngettext
from coder.progress import Progress, silent
from coder.store import Connection, events, queries
from coder.store import waves as store_waves
from coder.store.waves import RespondentRow, WaveRecord
from coder.study import codebooks
from coder.study.settings import NOT_FILLED_IN, QuestionSettings, check_question_name, with_question
from coder.text import is_filled_in

if TYPE_CHECKING:
    from coder.study.folder import Study


class WaveChangedError(CoderError):
    """The file differs from what was imported under this wave's name."""


@dataclass(frozen=True)
class QuestionImport:
    """What an import found for one question.

    Attributes:
        answers: respondents; not_asked: of them, those who did not get the question.
        filled_in: answers that count as filled in.
        contentless: frequent contentless answers with their counts, for the person to decide on.
        not_filled_in: what counts as not filled in now.
        new: whether the question is new in the study.
    """

    question: QuestionSettings
    answers: int
    not_asked: int
    filled_in: int
    contentless: tuple[tuple[str, int], ...]
    not_filled_in: tuple[str, ...]
    new: bool


@dataclass(frozen=True)
class ImportResult:
    """What an import did: `outcome` is "added", "replaced" or "same" (nothing to do)."""

    wave: str
    file: str
    outcome: str
    respondents: int
    questions: tuple[QuestionImport, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """How a file differs from the wave it replaces."""

    added: tuple[str, ...]
    vanished: tuple[str, ...]
    changed: tuple[store_waves.AnswerChange, ...]
    coded_lost: int


def import_wave(
    study: "Study",
    path: Path,
    wave: str,
    layout: Layout,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    not_filled_in: Mapping[str, Sequence[str]] | None = None,
    replace: bool = False,
    progress: Progress = silent,
) -> ImportResult:
    """Read a survey file into the study as a wave.

    A question that study.toml does not have yet is added, with a codebook of residual labels or the one
    that already lies at codebooks/QUESTION.yaml. The file is copied into corpora/ as received. The same
    file again changes nothing; a changed file under the same name raises WaveChangedError, which says what
    differs, unless `replace` is set: then codings of unchanged answers are kept.

    Raises CoderError (or a subclass) for anything wrong with the file; then nothing was imported.
    """
    if not wave.strip():
        raise CoderError(_("A wave needs a name: say --wave 2017, for example."))
    progress(_("Reading {file}").format(file=path.name), 0, 0)
    file = read_survey(path, sheet=sheet, encoding=encoding)
    decided = dict(not_filled_in or {})
    for name in layout.answers:
        check_question_name(name)
    for name in decided:
        if name not in layout.answers:
            raise CoderError(
                _("--not-filled-in names question {question}, which this import does not read.").format(
                    question=name
                )
            )
    respondents = read_respondents(file, layout)
    with study.database.read() as connection:
        known = store_waves.find_wave(connection, wave)
        imported_as = next(
            (w for w in store_waves.waves(connection) if w.sha256 == file.sha256 and w.name != wave), None
        )
    described = _describe(layout, file)
    lines: list[str] = []
    if imported_as is not None:
        lines.append(
            _("Note: the same file was imported before, as wave {wave}.").format(wave=imported_as.name)
        )
    new = _new_questions(study, layout, decided)
    if known is not None and known.sha256 == file.sha256 and known.layout == described:
        lines += _decide_not_filled_in(study, layout, decided)
        return _result(study, wave, file, "same", respondents, layout, new, lines)
    codebook_files = _prepare_codebooks(study, new.values())
    settings = {name: new.get(name) or study.settings.questions[name] for name in layout.answers}
    lists = {name: tuple(decided.get(name, settings[name].not_filled_in)) for name in settings}

    def filled_in(question: str, text: str | None) -> bool:
        return is_filled_in(text, lists[question])

    total = len(respondents)
    rows = [_row(r) for r in respondents]
    with study.database.write() as connection:
        if known is None:
            store_waves.add_wave(
                connection,
                wave,
                file=path.name,
                sha256=file.sha256,
                columns=_columns(file),
                layout=described,
                questions=list(layout.answers),
                respondents=rows,
                filled_in=filled_in,
                progress=lambda done: progress(_("Importing"), done, total),
            )
            outcome = "added"
        else:
            difference = _difference(connection, study, known, layout, respondents)
            if not replace:
                raise WaveChangedError(_explain(wave, path, known, described, difference))
            _replace(connection, known, layout, rows, difference, filled_in)
            store_waves.set_wave_file(
                connection,
                known.id,
                file=path.name,
                sha256=file.sha256,
                columns=_columns(file),
                layout=described,
            )
            lines.append(_replaced_line(difference))
            outcome = "replaced"
        for name in layout.answers:
            number = store_waves.question_id(connection, name)
            _log_not_filled_in(connection, number, lists[name])
        # files last, inside the transaction: when one of them fails, the database takes nothing
        _keep_file(study, file)
        for target, text in codebook_files:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        changed = [
            QuestionSettings(q.name, q.codebook, q.short, lists[q.name], q.suggestions)
            for q in settings.values()
            if q.name in new or q.not_filled_in != lists[q.name]
        ]
        if changed:
            study.write_settings(lambda text: _with_questions(text, changed))
    for name in layout.answers:
        question = study.settings.questions[name]
        with study.database.read() as connection:
            number = queries.questions(connection)[name]
        lines += codebooks.record_version(study, question, number)
        if known is not None or name in decided:
            lines += apply_not_filled_in(study, question)
    return _result(study, wave, file, outcome, respondents, layout, new, lines)


def apply_not_filled_in(study: "Study", question: QuestionSettings) -> list[str]:
    """Work out anew which answers to a question count as filled in, in every wave; logged.

    Answers that a person coded keep their coding in the log, whatever the list says.
    """
    with study.database.write() as connection:
        number = queries.questions(connection).get(question.name)
        if number is None:
            return []
        frame = queries.answers(connection, number, [w.id for w in store_waves.waves(connection)])
        rows = []
        for r in frame[["answer_id", "text", "asked", "filled_in"]].to_dict("records"):
            filled = is_filled_in(r["text"], question.not_filled_in)
            if filled != bool(r["filled_in"]):
                rows.append(
                    {"answer_id": r["answer_id"], "text": r["text"], "asked": r["asked"], "filled_in": filled}
                )
        store_waves.set_answers(connection, rows)
        _log_not_filled_in(connection, number, question.not_filled_in)
    if not rows:
        return []
    n = len(rows)
    return [
        ngettext(
            "{question}: {n} answer changed between filled in and not filled in.",
            "{question}: {n} answers changed between filled in and not filled in.",
            n,
        ).format(question=question.name, n=n)
    ]


def _decide_not_filled_in(study: "Study", layout: Layout, decided: Mapping[str, Sequence[str]]) -> list[str]:
    lines: list[str] = []
    for name in layout.answers:
        question = study.settings.questions[name]
        if name in decided and tuple(decided[name]) != question.not_filled_in:
            changed = QuestionSettings(
                name, question.codebook, question.short, tuple(decided[name]), question.suggestions
            )
            study.write_settings(lambda text, q=changed: with_question(text, q))  # type: ignore[misc]
            lines += apply_not_filled_in(study, changed)
    return lines


def _log_not_filled_in(connection: Connection, number: int, entries: Sequence[str]) -> None:
    logged = queries.history(connection, number, "setting")
    if not logged or tuple(logged[-1]["not_filled_in"]) != tuple(entries):
        memo = json.dumps({"not_filled_in": list(entries)}, ensure_ascii=False)
        events.record_note(connection, "setting", number, memo=memo)


def _new_questions(
    study: "Study", layout: Layout, decided: Mapping[str, Sequence[str]]
) -> dict[str, QuestionSettings]:
    known = study.settings.questions
    shorts = {q.short for q in known.values()}
    new = {}
    for name in layout.answers:
        if name in known:
            continue
        if name in shorts:
            raise CoderError(
                _("{name} is the short name of another question in study.toml; choose another.").format(
                    name=name
                )
            )
        new[name] = QuestionSettings(
            name, f"codebooks/{name}.yaml", name, tuple(decided.get(name, NOT_FILLED_IN))
        )
    return new


def _prepare_codebooks(study: "Study", new: Iterable[QuestionSettings]) -> list[tuple[Path, str]]:
    """Return the codebook files to make; one that is there already is read, so that a bad one stops here."""
    from coder.codebook import read_codebook

    files = []
    for question in new:
        path = study.folder / question.codebook
        if path.exists():
            read_codebook(path)
        else:
            files.append((path, dump_codebook(Codebook.new(question.name))))
    return files


def _with_questions(text: str, questions: Sequence[QuestionSettings]) -> str:
    for question in questions:
        text = with_question(text, question)
    return text


def _keep_file(study: "Study", file: SurveyFile) -> None:
    """Copy the file into corpora/ as received; an older file of that name keeps its place under its hash."""
    folder = study.folder / "corpora"
    folder.mkdir(exist_ok=True)
    target = folder / file.path.name
    if file.path.resolve() == target.resolve():
        return
    if target.exists() and target.read_bytes() != file.path.read_bytes():
        target = folder / f"{file.path.stem}-{file.sha256[:8]}{file.path.suffix}"
    if not target.exists():
        part = target.with_name(target.name + ".part")
        shutil.copyfile(file.path, part)
        part.replace(target)


def _row(respondent: Respondent) -> RespondentRow:
    return RespondentRow(
        row=respondent.row,
        id=respondent.id,
        weight=respondent.weight,
        cluster=respondent.cluster,
        stratum=respondent.stratum,
        population=respondent.population,
        panel_id=respondent.panel_id,
        groups=respondent.groups,
        answers=respondent.answers,
        asked=respondent.asked,
        original=respondent.original,
    )


def _columns(file: SurveyFile) -> list[dict[str, Any]]:
    return [{"name": c.name, "label": c.label} for c in file.columns]


def _describe(layout: Layout, file: SurveyFile) -> dict[str, Any]:
    described = json.loads(json.dumps(asdict(layout), default=list))
    return {**described, "sheet": file.sheet, "encoding": file.encoding}


def _difference(
    connection: Connection,
    study: "Study",
    known: WaveRecord,
    layout: Layout,
    respondents: Sequence[Respondent],
) -> Difference:
    """Compare a file with the wave as it was imported."""
    before: dict[tuple[str, str], tuple[int, str | None, bool]] = {}
    was_there: set[str] = set(store_waves.active_respondents(connection, known.id))
    for name in layout.answers:
        number = queries.questions(connection).get(name)
        if number is None:
            continue
        for r in queries.answers(connection, number, [known.id]).to_dict("records"):
            before[(r["external_id"], name)] = (r["answer_id"], r["text"], r["status"] is not None)
    now_there = {r.id for r in respondents}
    changed = []
    lost = 0
    for respondent in respondents:
        for name, text in respondent.answers.items():
            old = before.get((respondent.id, name))
            if old is not None and old[1] != text:
                changed.append(store_waves.AnswerChange(respondent.id, name, old[0], old[1], text))
                lost += old[2]
    vanished = tuple(sorted(was_there - now_there))
    gone = set(vanished)
    lost += sum(coded for (who, _q), (_a, _t, coded) in before.items() if who in gone)
    return Difference(tuple(sorted(now_there - was_there)), vanished, tuple(changed), lost)


def _replace(
    connection: Connection,
    known: WaveRecord,
    layout: Layout,
    rows: Sequence[RespondentRow],
    difference: Difference,
    filled_in: Callable[[str, str | None], bool],
) -> None:
    numbers = store_waves.respondent_numbers(connection, known.id)
    there = [r for r in rows if r.id in numbers]
    store_waves.update_respondents(connection, numbers, there)
    store_waves.add_respondents(
        connection,
        known.id,
        list(layout.answers),
        [r for r in rows if r.id not in numbers],
        filled_in,
    )
    gone = [numbers[name] for name in difference.vanished]
    lost = [c.answer_id for c in difference.changed] + store_waves.answers_of(connection, gone)
    events.retract_codings_of(connection, lost, memo="answer changed in the file")
    store_waves.withdraw(connection, gone)
    store_waves.write_answers(connection, known.id, list(layout.answers), numbers, there, filled_in)


def _explain(
    wave: str, path: Path, known: WaveRecord, described: Mapping[str, Any], difference: Difference
) -> str:
    parts = _parts(difference)
    if not parts:
        changed = sorted(key for key in described if described[key] != known.layout.get(key))
        parts = [
            _("columns read differently: {settings}").format(settings=", ".join(changed))
            if changed
            else _("other columns, weights or background variables")
        ]
    first = difference.changed[0] if difference.changed else None
    where = ""
    if first is not None:
        where = " " + _("First change: respondent {id}, question {question}.").format(
            id=first.respondent, question=first.question
        )
    return (
        _("{file} differs from wave {wave}, imported from {old} on {date}: {parts}.").format(
            file=path.name, wave=wave, old=known.file, date=known.imported_at[:10], parts="; ".join(parts)
        )
        + where
        + " "
        + _("Use --replace to take the new file (codings of unchanged answers are kept), or another --wave.")
    )


def _parts(difference: Difference) -> list[str]:
    parts = []
    if n := len(difference.added):
        parts.append(ngettext("{n} respondent new", "{n} respondents new", n).format(n=n))
    if n := len(difference.vanished):
        parts.append(ngettext("{n} respondent gone", "{n} respondents gone", n).format(n=n))
    if n := len(difference.changed):
        parts.append(ngettext("{n} answer changed", "{n} answers changed", n).format(n=n))
    if n := difference.coded_lost:
        parts.append(ngettext("{n} coding concerned", "{n} codings concerned", n).format(n=n))
    return parts


def _replaced_line(difference: Difference) -> str:
    parts = _parts(difference) or [_("no answer changed")]
    return _("Replaced: {parts}; codings of unchanged answers are kept.").format(parts="; ".join(parts))


def _result(
    study: "Study",
    wave: str,
    file: SurveyFile,
    outcome: str,
    respondents: Sequence[Respondent],
    layout: Layout,
    new: Mapping[str, QuestionSettings],
    lines: Sequence[str],
) -> ImportResult:
    found = []
    for name in layout.answers:
        question = study.settings.questions[name]
        texts = [r.answers[name] for r in respondents]
        filled = [is_filled_in(t, question.not_filled_in) for t in texts]
        not_asked = sum(r.asked[name] is False and not f for r, f in zip(respondents, filled, strict=True))
        found.append(
            QuestionImport(
                question,
                len(texts),
                not_asked,
                sum(filled),
                tuple(contentless(texts)),
                question.not_filled_in,
                name in new,
            )
        )
    return ImportResult(wave, file.path.name, outcome, len(respondents), tuple(found), tuple(lines))
