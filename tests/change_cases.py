"""What the tests of change between waves share: a study of two waves, coded by the answers' first words."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from study_cases import CODEBOOK, coded, csv_file, done, with_codebook

from coder.reports.tables import ChangeRow, ChangeTable
from coder.study import Study, create_study, label_wave
from coder.study.auditing import draw_audit
from coder.study.bridging import draw_bridge
from coder.study.changes import change_tables
from coder.study.coding import CodingSession

HEADER = ("nr", "wat", "school", "regio", "panel", "groep", "gewicht")
Row = tuple[object, ...]


def row(
    nr: object, label: str, school: str = "", regio: str = "", panel: str = "", groep: str = "", w: str = "1"
) -> Row:
    """A respondent; the answer's first word is the label that it is given."""
    return (nr, f"{label} {nr}", school, regio, panel, groep, w)


def study_of(
    folder: Path, first: Sequence[Row], second: Sequence[Row], *options: str, code: bool = True
) -> Path:
    """Return a study of two waves in which AB coded every answer by its first word."""
    study = with_codebook(create_study(folder / "onderzoek"))
    for wave, rows in (("w1", first), ("w2", second)):
        file = csv_file(folder / f"{wave}.csv", [HEADER, *rows])
        done("import", file, "--wave", wave, "--id", "nr", "--answers", "wat=nodig", "--weight", "gewicht",
             *options, "--study", study)  # fmt: skip
        if code:
            code_all(study, wave, rows)
    return study


def code_all(study: Path, wave: str, rows: Sequence[Row]) -> None:
    said = [(r[0], str(r[1]).split()[0]) for r in rows]
    coded(
        study,
        [
            (nr, "AB", "" if word == "none" else word, "none" if word == "none" else "", "ja")
            for nr, word in said
        ],
        wave=wave,
    )


def changes(study: Path, **options: Any) -> list[ChangeTable]:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            before, after = opened.wave(connection, "w1"), opened.wave(connection, "w2")
        return change_tables(opened, opened.question(), before, after, **options)


def change(study: Path, **options: Any) -> ChangeTable:
    (table,) = changes(study, **options)
    return table


def of(table: ChangeTable, label: str) -> ChangeRow:
    return next(one for one in table.rows if one.label == label)


def many(labels: Mapping[str, int], **same: Any) -> list[Row]:
    """Return as many respondents with each label as are asked for."""
    names = [label for label, n in labels.items() for _ in range(n)]
    return [row(f"{i:03}", label, **same) for i, label in enumerate(names)]


NARROWER = CODEBOOK.replace("Tijd om iets te doen.", "Alleen tijd om lessen voor te bereiden.")


def redefined(folder: Path, first: Sequence[Row], second: Sequence[Row], *options: str) -> Path:
    """Return a study in which a label was redefined after the earlier wave was coded."""
    study = study_of(folder, first, second, *options, code=False)
    code_all(study, "w1", first)
    (study / "codebooks" / "nodig.yaml").write_text(NARROWER, encoding="utf-8")
    code_all(study, "w2", second)
    return study


def code_again(study: Path, coder: str, labels: Mapping[str, str]) -> None:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w1")
        session = CodingSession(opened, opened.question(), wave, coder)
        for answer in sorted(session.assigned()):
            shown = session.open(answer)
            session.save(shown, "labelled", [labels[shown.respondent]])


def bridge(study: Path, labels: Mapping[str, str], n: int = 40) -> None:
    """Draw a bridge sample of the earlier wave, and let CD code it with these labels."""
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w1")
        draw_bridge(opened, opened.question(), wave, ["CD"], n=n)
    code_again(study, "CD", labels)


def labelled(folder: Path) -> tuple[Path, list[Row]]:
    """Return a study in which half of the earlier wave was coded, and the rest of both waves labelled."""
    first = many({"tijd": 20, "groepen": 20})
    study = study_of(folder, first, many({"tijd": 30, "groepen": 10}), code=False)
    code_all(study, "w1", [r for i, r in enumerate(first) if i % 2])
    label(study, "w1")
    label(study, "w2")
    return study, first


def label(study: Path, name: str) -> None:
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, name)
        label_wave(opened, opened.question(), wave)


def audited(study: Path, second: Sequence[Row], wrong: int) -> None:
    """Draw an audit of 20 of the later wave's answers; CD finds another label in the first so many."""
    with Study.open(study) as opened:
        with opened.database.read() as connection:
            wave = opened.wave(connection, "w2")
        draw_audit(opened, opened.question(), wave, n=20, coders=["CD"])
        session = CodingSession(opened, opened.question(), wave, "CD")
        words = {str(r[0]): str(r[1]).split()[0] for r in second}
        for i, answer in enumerate(sorted(session.assigned())):
            shown = session.open(answer)
            session.save(shown, "labelled", ["handen" if i < wrong else words[shown.respondent]])
