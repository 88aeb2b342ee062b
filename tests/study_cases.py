"""What the tests of studies and commands share: survey files, small studies, and commands run in-process."""

import csv
import io
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from coder.cli import main
from coder.corpus import Layout
from coder.study import Study, coded_wave, create_study, import_codings, import_wave


@dataclass(frozen=True)
class Said:
    """What a command gave: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: object, lang: str | None = "en") -> Said:
    """Run a command in this process."""
    given = [str(a) for a in arguments]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([*given, "--lang", lang] if lang else given)
    code = ended.value.code
    return Said(code if isinstance(code, int) else int(code is not None), out.getvalue(), err.getvalue())


def done(*arguments: object, lang: str | None = "en") -> Said:
    """Run a command that must succeed."""
    said = run(*arguments, lang=lang)
    assert said.status == 0, said.err
    return said


def refused(*arguments: object) -> str:
    """Run a command that a person's mistake must stop; return its one line."""
    said = run(*arguments)
    assert said.status == 1, said
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    assert said.err.endswith("\n")
    return said.err.strip()


def csv_file(path: Path, rows: Iterable[Sequence[object]], *, encoding: str = "utf-8") -> Path:
    """Write a survey file as Dutch programs do: semicolons, every cell in quotes."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def workbook(path: Path, rows: Iterable[Sequence[Any]], *, sheet: str = "Blad1") -> Path:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def sheet_rows(path: Path, sheet: str | None = None) -> list[tuple[Any, ...]]:
    """Return the values of a sheet, the header first."""
    with closing(openpyxl.load_workbook(path, data_only=True)) as book:
        return [tuple(row) for row in book[sheet or book.sheetnames[0]].iter_rows(values_only=True)]


def table(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Return a sheet as a record a row, by the names in its first row."""
    header, *rows = sheet_rows(path, sheet)
    return [dict(zip(header, row, strict=True)) for row in rows]


#: who answered what to the question that most tests ask
ANSWERS: Mapping[str, str | None] = {
    "01": "meer tijd om lessen voor te bereiden",
    "02": "tijd, en een extra paar handen",
    "03": "kleinere groepen",
    "04": "nvt",
    "05": None,
    "06": "vooral rust in de tent",
    "07": "geen idee",
    "08": "handen!!",
}


def survey(folder: Path, answers: Mapping[str, str | None] = ANSWERS, name: str = "meting.csv") -> Path:
    """Write a survey file with columns nr and wat."""
    return csv_file(folder / name, [("nr", "wat"), *((who, text or "") for who, text in answers.items())])


def new_study(folder: Path, file: Path | None = None, *, wave: str = "w1") -> Path:
    """Make a study with one wave and one question, `nodig`."""
    made = create_study(folder / "onderzoek")
    with Study.open(made) as study:
        import_wave(study, file or survey(folder), wave, Layout(id="nr", answers={"nodig": ("wat",)}))
    return made


#: how these files are imported as the first wave
IMPORT = ("--wave", "w1", "--id", "nr", "--answers", "wat=nodig")

CODEBOOK = """\
question: Wat is er nodig?
labels:
  - {id: tijd, name: Tijd, number: 1, definition: Tijd om iets te doen., keywords: [tijd, uren]}
  - {id: handen, name: Meer handen, number: 2, definition: Iemand erbij in de les., keywords: [handen]}
  - {id: groepen, name: Kleinere groepen, number: 3, definition: Minder leerlingen bij elkaar.}
  - {id: overig, name: Overig, number: 98, residual: true}
  - {id: weet_niet, name: Weet niet / geen mening, number: 99, residual: true, exclusive: true}
"""


def with_codebook(study: Path, text: str = CODEBOOK) -> Path:
    """Give the question `nodig` a codebook with labels of its own."""
    (study / "codebooks" / "nodig.yaml").write_text(text, encoding="utf-8")
    return study


def coded(
    study: Path,
    rows: Iterable[Sequence[object]],
    header: str = "id,coder,labels,status,blind",
    wave: str | None = None,
) -> Path:
    """Import codings in the long form."""
    path = study.parent / "codings.csv"
    csv_file(path, [header.split(","), *rows])
    with Study.open(study) as opened:
        import_codings(opened, path, wave=wave, void_audit=True)
    return study


def database(study: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the study's database something."""
    with closing(sqlite3.connect(study / "study.db")) as connection:
        return connection.execute(query, values).fetchall()


def state(study: Path) -> dict[str, Any]:
    """Return all there is in a study: how many rows each table has, and every file with its bytes."""
    tables = [name for (name,) in database(study, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: database(study, f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}
    files = {
        str(path.relative_to(study)): path.read_bytes()
        for path in sorted(study.rglob("*"))
        if path.is_file() and not path.name.startswith("study.db")
    }
    return {"rows": rows, "files": files}


def statuses(study: Path, wave: str = "w1", question: str = "nodig") -> dict[str, str]:
    """Return each respondent's status, as an export would give it."""
    with Study.open(study) as opened, opened.database.read() as connection:
        found = coded_wave(opened, opened.question(question), opened.wave(connection, wave))
    return dict(zip(found.frame["external_id"], found.frame["status"], strict=True))


def labels(study: Path, coder: str = "AB") -> dict[str, str]:
    """Return one coder's current codings that an export would hold."""
    rows = database(
        study,
        "SELECT r.external_id, c.labels FROM coding c JOIN coder k ON k.id = c.coder_id "
        "JOIN answer a ON a.id = c.answer_id JOIN respondent r ON r.id = a.respondent_id "
        "WHERE k.name = ? AND NOT r.withdrawn",
        coder,
    )
    return dict(rows)


def three_coded(folder: Path) -> Path:
    """Return a study in which AB coded the first three answers."""
    study = with_codebook(new_study(folder))
    return coded(study, [("01", "AB", "tijd", "", ""), ("02", "AB", "tijd|handen", "", ""),
                         ("03", "AB", "groepen", "", "")])  # fmt: skip


def two_coders(folder: Path) -> Path:
    """Return a study in which AB and CD coded three answers and differ on two; EF held one of these over."""
    study = with_codebook(new_study(folder))
    rows = [
        ("01", "AB", "tijd", "", "ja", "voorbereiding"),
        ("01", "CD", "tijd|handen", "", "ja", ""),
        ("01", "EF", "", "skipped", "ja", ""),
        ("02", "AB", "tijd|handen", "", "ja", ""),
        ("02", "CD", "handen|tijd", "", "ja", ""),
        ("03", "AB", "groepen", "", "ja", ""),
        ("03", "CD", "", "unclear", "nee", ""),
        ("06", "AB", "overig", "", "ja", ""),
    ]
    coded(study, rows, header="id,coder,labels,status,blind,memo")
    done("status", "--study", study)  # takes the codebook up
    return study


def fill(path: Path, rows: dict[str, dict[str, str]]) -> None:
    """Fill in a coding sheet as a person does: in the cells of the rows, nothing else."""
    with closing(openpyxl.load_workbook(path)) as book:
        sheet = book.worksheets[0]
        column = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            for name, value in rows.get(str(sheet.cell(row, 1).value), {}).items():
                assert column[name]
                sheet.cell(row, column[name]).value = value
        book.save(path)


def sheet(study: Path, *options: str) -> Path:
    path = study.parent / "blad.xlsx"
    path.unlink(missing_ok=True)
    done("export", "--coding-sheet", "--out", path, *options, "--study", study)
    return path


def choices(path: Path) -> dict[str, list[str]]:
    """Return what the drop-down lists of the sheet offer."""
    with closing(openpyxl.load_workbook(path)) as book:
        found = {}
        for validation in book.worksheets[0].data_validations.dataValidation:
            source = validation.formula1
            if source.startswith('"'):
                values = source.strip('"').split(",")
            else:
                name, _sep, area = source.replace("'", "").replace("$", "").partition("!")
                values = [row[0].value for row in book[name.lstrip("=")][area]]
            found[str(validation.sqref).rstrip("0123456789").rstrip(":")] = values
    return found


CURRENT = (
    "SELECT r.external_id, k.name, c.status, c.labels, c.visible, c.origin, c.at, c.memo, v.yaml "
    "FROM coding c JOIN coder k ON k.id = c.coder_id JOIN answer a ON a.id = c.answer_id "
    "JOIN respondent r ON r.id = a.respondent_id LEFT JOIN codebook_version v "
    "ON v.question_id = c.question_id AND v.number = c.codebook_version ORDER BY r.row, k.name"
)


def current(study: Path, coder: str | None = None) -> list[tuple[Any, ...]]:
    """Return all current codings with all there is to know of them."""
    return [row for row in database(study, CURRENT) if coder is None or row[1] == coder]


def taken_in(study: Path, path: Path, *options: str) -> str:
    """Import a file of codings and return what the program says of it."""
    return done("codings", "import", path, *options, "--study", study).err
