"""Survey files into the study: a wave added, recognised or replaced, in one transaction."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coder.codebook import Codebook, read_codebook, write_codebook
from coder.corpus import Layout, Respondent, SurveyFile, contentless, read_respondents, read_survey
from coder.errors import CoderError
from coder.messages import _
from coder.progress import Progress, silent
from coder.store import waves as store_waves
from coder.store.waves import RespondentRow
from coder.study import replacing
from coder.study.codebooks import record_version
from coder.study.filled_in import apply_not_filled_in, decide_not_filled_in, log_not_filled_in
from coder.study.replacing import WaveChangedError
from coder.study.settings import NOT_FILLED_IN, QuestionSettings, check_question_name, with_question
from coder.text import is_filled_in

if TYPE_CHECKING:
    from coder.study.folder import Study


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
    wave = wave.strip()
    if not wave:
        raise CoderError(_("A wave needs a name: say --wave 2017, for example."))
    decided = dict(not_filled_in or {})
    _check_names(layout, decided)
    progress(_("Reading {file}").format(file=path.name), 0, 0)
    file = read_survey(path, sheet=sheet, encoding=encoding)
    respondents = read_respondents(file, layout)
    new = _new_questions(study, layout)
    questions = {name: new.get(name) or study.settings.questions[name] for name in layout.answers}
    lines: list[str] = []
    with study.database.read() as connection:
        waves = {w.name: w for w in store_waves.waves(connection)}
    known = waves.get(wave)
    described = _describe(layout, file)
    unchanged = known is not None and known.sha256 == file.sha256 and known.layout == described
    lines += [
        _("Note: the same file was imported before, as wave {wave}.").format(wave=other.name)
        for other in waves.values()
        if other.sha256 == file.sha256 and other.name != wave
    ][:1]
    if unchanged and not new:
        lines += decide_not_filled_in(study, decided)
        return _result(study, wave, file, "same", respondents, layout, new, lines)
    missing_codebooks = _missing_codebooks(study, questions.values(), file, layout)
    settings = {
        name: _with_list(question, decided.get(name, question.not_filled_in))
        for name, question in questions.items()
    }

    def filled_in(question: str, text: str | None) -> bool:
        return is_filled_in(text, settings[question].not_filled_in)

    rows = [_row(r) for r in respondents]
    about: dict[str, Any] = {
        "file": path.name,
        "sha256": file.sha256,
        "columns": _columns(file),
        "layout": described,
    }
    with _files_that_stay() as made, study.database.write() as connection:
        if known is None:
            if store_waves.find_wave(connection, wave) is not None:
                raise CoderError(
                    _("Wave {wave} was imported by another program just now; try again.").format(wave=wave)
                )
            store_waves.add_wave(
                connection,
                wave,
                questions=list(layout.answers),
                respondents=rows,
                filled_in=filled_in,
                progress=lambda done: progress(_("Importing"), done, len(rows)),
                **about,
            )
            outcome = "added"
        else:
            replacing.refuse_dropped_questions(path, known, layout)
            found = replacing.difference(connection, known, layout, respondents)
            if not (replace or unchanged):
                raise WaveChangedError(replacing.explain(path, known, described, found))
            replacing.replace_wave(connection, known, layout, respondents, rows, filled_in)
            store_waves.set_wave_file(connection, known.id, **about)
            lines.append(replacing.replaced_line(found))
            outcome = "replaced"
        # files inside the transaction: when one of them fails, the database takes nothing
        made += _keep_file(study, file)
        for target, codebook in missing_codebooks:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_codebook(codebook, target)
            made.append(target)
        for name, question in settings.items():
            number = store_waves.question_id(connection, name)
            lines += record_version(study, connection, question, number)
            if question.not_filled_in != questions[name].not_filled_in:
                lines += apply_not_filled_in(connection, question, number)
            log_not_filled_in(connection, number, question.not_filled_in)
        changed = [q for name, q in settings.items() if name in new or q != questions[name]]
        if changed:
            study.write_settings(lambda text: _with_questions(text, changed))
    return _result(study, wave, file, outcome, respondents, layout, new, lines)


@contextmanager
def _files_that_stay() -> Iterator[list[Path]]:
    """Give a list for the files that are made; when anything fails they are taken away again."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _check_names(layout: Layout, decided: Mapping[str, Sequence[str]]) -> None:
    for name in layout.answers:
        check_question_name(name)
    for name in decided:
        if name not in layout.answers:
            raise CoderError(
                _("--not-filled-in names question {question}, which this import does not read.").format(
                    question=name
                )
            )


def _new_questions(study: "Study", layout: Layout) -> dict[str, QuestionSettings]:
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
        new[name] = QuestionSettings(name, f"codebooks/{name}.yaml", name, NOT_FILLED_IN)
    return new


def _missing_codebooks(
    study: "Study", questions: Iterable[QuestionSettings], file: SurveyFile, layout: Layout
) -> list[tuple[Path, Codebook]]:
    """Return the codebook files to make; those that are there are read, so that a bad one stops here.

    A new one gets the question as the file words it: the column's label, or a heading of several words.
    """
    wording = {c.name: c.label or (c.name if " " in c.name.strip() else "") for c in file.columns}
    missing = []
    for question in questions:
        path = study.folder / question.codebook
        if path.exists():
            read_codebook(path)
        else:
            asked = wording.get(layout.answers[question.name][0]) or question.name
            missing.append((path, Codebook.new(asked)))
    return missing


def _with_list(question: QuestionSettings, entries: Sequence[str]) -> QuestionSettings:
    return replace(question, not_filled_in=tuple(entries))


def _with_questions(text: str, questions: Sequence[QuestionSettings]) -> str:
    for question in questions:
        text = with_question(text, question)
    return text


def _keep_file(study: "Study", file: SurveyFile) -> list[Path]:
    """Copy the file into corpora/ as received and return what was made; nothing when it is there already.

    A different file of that name keeps its place: the new one gets part of its hash in its name.
    """
    folder = study.folder / "corpora"
    folder.mkdir(exist_ok=True)
    target = folder / file.path.name
    if file.path.resolve() == target.resolve():
        return []
    if target.exists() and target.read_bytes() != file.path.read_bytes():
        target = folder / f"{file.path.stem}-{file.sha256[:8]}{file.path.suffix}"
    if target.exists():
        return []
    part = target.with_name(target.name + ".part")
    shutil.copyfile(file.path, part)
    part.replace(target)
    return [target]


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
