"""Human codings as people keep them in files: long, wide, label columns, or a coding sheet."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coder.corpus import SurveyFile, read_survey
from coder.errors import CoderError
from coder.messages import _, current_language, set_language
from coder.reports.words import status_word
from coder.store.events import STATUSES
from coder.writers import ABOUT_KEY

_YES = {"1", "1.0", "ja", "yes", "true", "waar", "x", "j", "y"}
_NO = {"0", "0.0", "nee", "no", "false", "onwaar", "n"}
_ABOUT_ROWS = 20  # of a sheet: what a coding sheet says of itself stands at the top
_LABEL_COLUMN = re.compile(r"label[ _]?\d+")
_ABOUT_A_CODING = {
    "respondent", "coder", "codeur", "status", "blind", "origin", "at", "memo", "wave", "meting", "question",
    "vraag", "codebook", "knows", "answer", "antwoord",
}  # fmt: skip
#: columns of the long form and of `coder codings export`
LONG_COLUMNS = (
    "id", "wave", "question", "coder", "labels", "status", "blind", "origin", "at", "memo", "codebook",
    "knows",
)  # fmt: skip


class CodingFileError(CoderError):
    """A file of codings says something that cannot be."""


@dataclass(frozen=True)
class FileCoding:
    """One coding as a file states it; what the file does not say is None.

    Attributes:
        row: where it stands in the file.
        labels: ids or names, in order of mention.
        blind: True, False, or None when the file does not say.
        codebook, knows: the codebook version of `codings export`, and what was known beyond it.
    """

    row: int
    id: str
    coder: str | None
    labels: tuple[str, ...]
    status: str
    blind: bool | None = None
    origin: str | None = None
    at: str | None = None
    memo: str | None = None
    wave: str | None = None
    question: str | None = None
    codebook: str | None = None
    knows: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodingFile:
    """A file of codings: its form ("long", "wide", "label columns") and what it says.

    Attributes:
        untouched: rows without any mark; memo_only: which of these have a memo all the same.
        about: what a coding sheet says of itself.
        columns: of a wide file, the labels that have a column: of the others it says nothing.
    """

    path: Path
    form: str
    codings: tuple[FileCoding, ...]
    untouched: int
    memo_only: tuple[int, ...]
    about: "AboutSheet | None"
    columns: tuple[str, ...] = ()


def status_words() -> Mapping[str, str]:
    """Return the words a file may use for a status, in every language, folded, with the status."""
    chosen = current_language()
    words = {status: status for status in STATUSES}
    try:
        for language in ("nl", "en"):
            set_language(language)
            words |= {status_word(status).casefold(): status for status in STATUSES}
    finally:
        set_language(chosen)
    return words


def read_codings(
    path: Path, *, sheet: str | None = None, encoding: str | None = None, labels: Sequence[str] = ()
) -> CodingFile:
    """Read a file of codings in whichever of the known forms it is.

    `labels` are the ids and names of the codebook: columns that bear one of them are 0/1 columns. In such a
    file another column with nothing but marks is a label too, one that the codebook does not have: nobody's
    codings are left out in silence. A row without any mark is untouched, not "no label": in the long form an
    empty `labels` means `none` because somebody wrote that row; in a coding sheet or a wide file all rows
    stand there beforehand.

    Raises CodingFileError (or SurveyError) with file, row and column.
    """
    about = about_sheet(path)
    file = read_survey(path, sheet=sheet or (about.sheet if about else None), encoding=encoding)
    return codings_in(file, about=about, labels=labels)


def codings_in(
    file: SurveyFile,
    *,
    about: "AboutSheet | None" = None,
    labels: Sequence[str] = (),
    apart: Collection[int] = (),
) -> CodingFile:
    """Read codings from a file that is open already, as `read_codings` does.

    `apart` are columns that hold something else, whatever they look like.
    """
    names = {c.name.strip().casefold(): i for i, c in enumerate(file.columns)}
    at = id_column(file)
    if "labels" in names:
        return _read(file, names, at, "long", _long_labels(names["labels"]), about)
    numbered = [i for name, i in names.items() if _LABEL_COLUMN.fullmatch(name)]
    if numbered:
        return _read(file, names, at, "label columns", _listed_labels(numbered), about)
    known = {label.strip().casefold() for label in labels}
    columns = [
        (i, column.name)
        for i, column in enumerate(file.columns)
        if i != at
        and i not in apart
        and ((name := column.name.strip().casefold()) in known or _all_marks(file, i, name))
    ]
    if not columns:
        raise CodingFileError(
            _(
                "{file}: there are no codings in it; give a column labels (separated by |), columns label1, "
                "label2 …, or one 0/1 column a label of the codebook."
            ).format(file=file.path.name)
        )
    read = _read(file, names, at, "wide", _marked_labels(file, columns), about)
    return replace(read, columns=tuple(name for _i, name in columns))


def id_column(file: SurveyFile) -> int:
    """Return which column holds the respondents' ids. Raises CodingFileError when there is none."""
    names = {c.name.strip().casefold(): i for i, c in enumerate(file.columns)}
    at = names.get("id", names.get("respondent"))
    if at is None:
        raise CodingFileError(
            _("{file}: there is no column id; it has: {columns}.").format(
                file=file.path.name, columns=", ".join(c.name for c in file.columns)
            )
        )
    return at


def _all_marks(file: SurveyFile, column: int, name: str) -> bool:
    texts = [text.strip().casefold() for row in file.rows if (text := _text(row[column])) is not None]
    return name not in _ABOUT_A_CODING and bool(texts) and set(texts) <= _YES | _NO


_Labels = Callable[[int, Sequence[object]], tuple[str, ...] | None]


def _read(
    file: SurveyFile,
    names: Mapping[str, int],
    at: int,
    form: str,
    labels_of: _Labels,
    about: "AboutSheet | None",
) -> CodingFile:
    words = {**status_words(), **(about.statuses if about else {})}
    found: list[FileCoding] = []
    memo_only: list[int] = []
    untouched = 0
    for number, row in zip(file.row_numbers, file.rows, strict=True):

        def cell(name: str, row: Sequence[object] = row) -> str | None:
            i = names.get(name)
            return _text(row[i]) if i is not None else None

        identifier = _text(row[at])
        given = labels_of(number, row)
        said = cell("status")
        if given is None and said is None:
            if form == "long" and identifier is not None:
                given = ()
            else:
                untouched += 1
                memo_only += [number] if cell("memo") else []
                continue
        if identifier is None:
            raise CodingFileError(
                _("{file}, row {row}: column id is empty; give the respondent's id.").format(
                    file=file.path.name, row=number
                )
            )
        given = given or ()
        status = _status(file, number, said, given, words)
        found.append(
            FileCoding(
                row=number,
                id=identifier.strip(),
                coder=cell("coder") or cell("codeur"),
                labels=given if status == "labelled" else (),
                status=status,
                blind=_yes_no(file, number, "blind", cell("blind")),
                origin=cell("origin"),
                at=_time(file, number, cell("at")),
                memo=cell("memo"),
                wave=cell("wave") or cell("meting"),
                question=cell("question") or cell("vraag"),
                codebook=cell("codebook"),
                knows=tuple((cell("knows") or "").split("|")) if cell("knows") else (),
            )
        )
    return CodingFile(file.path, form, tuple(found), untouched, tuple(memo_only), about)


def _status(
    file: SurveyFile, row: int, said: str | None, labels: tuple[str, ...], words: Mapping[str, str]
) -> str:
    if said is None:
        return "labelled" if labels else "none"
    status = words.get(said.strip().casefold())
    if status is None:
        choices = ", ".join(status_word(known) for known in STATUSES)
        raise CodingFileError(
            _("{file}, row {row}, column status: {value} is not a status; choose from {choices}.").format(
                file=file.path.name, row=row, value=said, choices=choices
            )
        )
    if status == "labelled" and not labels:
        raise CodingFileError(
            _("{file}, row {row}: the status says {status}, but there is no label; give one.").format(
                file=file.path.name, row=row, status=said
            )
        )
    if status != "labelled" and labels:
        raise CodingFileError(
            _("{file}, row {row}: there are labels, but the status says {status}; take one away.").format(
                file=file.path.name, row=row, status=said
            )
        )
    return status


def _long_labels(column: int) -> _Labels:
    def labels(number: int, row: Sequence[object]) -> tuple[str, ...] | None:
        text = _text(row[column])
        return None if text is None else _unique(part.strip() for part in text.split("|"))

    return labels


def _listed_labels(columns: Sequence[int]) -> _Labels:
    def labels(number: int, row: Sequence[object]) -> tuple[str, ...] | None:
        texts = [text for i in columns if (text := _text(row[i])) is not None]
        return _unique(texts) if texts else None

    return labels


def _marked_labels(file: SurveyFile, columns: Sequence[tuple[int, str]]) -> _Labels:
    def labels(number: int, row: Sequence[object]) -> tuple[str, ...] | None:
        marks = [(name, _yes_no(file, number, name, _text(row[i]))) for i, name in columns]
        if all(mark is None for _name, mark in marks):
            return None
        return tuple(name for name, mark in marks if mark)

    return labels


def _unique(parts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in parts if part))


def _yes_no(file: SurveyFile, row: int, column: str, value: str | None) -> bool | None:
    if value is None:
        return None
    folded = value.strip().casefold()
    if folded in _YES:
        return True
    if folded in _NO:
        return False
    if folded == "unknown":
        return None
    raise CodingFileError(
        _("{file}, row {row}, column {column}: {value} is neither yes (1) nor no (0).").format(
            file=file.path.name, row=row, column=column, value=value
        )
    )


def _time(file: SurveyFile, row: int, value: str | None) -> str | None:
    if value is None:
        return None
    try:
        # a time without a zone is this computer's: that is what people write in a column of their own
        time = dt.datetime.fromisoformat(value.strip()).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise CodingFileError(
            _("{file}, row {row}, column at: {value} is not a time; write 2026-01-31 14:05.").format(
                file=file.path.name, row=row, value=value
            )
        ) from error
    return time.isoformat(timespec="microseconds")


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool):
        value = int(value)
    text = value.isoformat(sep=" ") if isinstance(value, dt.datetime) else str(value)
    return text if text.strip() else None


@dataclass(frozen=True)
class AboutSheet:
    """What a coding sheet made by `coder export --coding-sheet` says of itself.

    Attributes:
        sheet: the sheet with the answers; statuses: the words it uses, with what they stand for.
        version: the codebook version it was made with, which is the one its coder had before them.
        purpose: "audit" or "bridge", of a sheet that was coded blind for such a sample; None otherwise.
    """

    sheet: str
    question: str | None
    wave: str | None
    coder: str | None
    version: int | None
    purpose: str | None
    statuses: Mapping[str, str]


def about_sheet(path: Path) -> AboutSheet | None:
    """Return what a coding sheet says of itself; None for any other file."""
    if path.suffix.casefold() not in {".xlsx", ".ods"} or not path.is_file():
        return None
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(nrows=_ABOUT_ROWS) for name in book.sheet_names
        }
    except (python_calamine.CalamineError, OSError):
        return None  # reading it as codings says what is wrong with it
    for rows in sheets.values():
        if rows and rows[0] and rows[0][0] == ABOUT_KEY:
            said = {str(row[0]): str(row[1]).strip() for row in rows if len(row) > 1}
            words = {
                word.casefold(): key.partition(":")[2]
                for key, word in said.items()
                if key.startswith("status:")
            }
            return AboutSheet(
                book.sheet_names[0],
                said.get("question") or None,
                said.get("wave") or None,
                said.get("coder") or None,
                int(version) if (version := said.get("codebook_version", "")).isdigit() else None,
                said.get("purpose") or None,
                words,
            )
    return None
