"""From the rows of a survey file to respondents with their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coder.corpus.cells import as_number, as_text, shown
from coder.corpus.columns import displayed, find_column, stripped, values
from coder.corpus.contentless import is_contentless
from coder.corpus.survey import Cell, ColumnError, RowError, SurveyFile, SurveyFileError
from coder.messages import _

_YES = frozenset({"1", "ja", "j", "yes", "y", "true", "waar", "x"})
_NO = frozenset({"0", "nee", "neen", "n", "no", "false", "onwaar"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a survey file hold what.

    Attributes:
        id: the column with the respondents' ids.
        answers: question to its columns; the answers of several columns are joined.
        asked: question to the column that says who got it.
        weight, cluster, stratum, population, panel_id: columns, None where there is none.
        groups: columns with background variables.
    """

    id: str
    answers: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, str] = field(default_factory=dict)
    weight: str | None = None
    cluster: str | None = None
    stratum: str | None = None
    population: str | None = None
    panel_id: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Respondent:
    """One row of a wave.

    Attributes:
        row: its number in the file.
        id: text, as typed but for white space around it: "007" stays "007", the number 12 is "12".
        weight: zero or more, finite; 1 without a column of weights.
        cluster, stratum, population, panel_id: text, None where the cell is empty.
        groups: column to text, "" where the cell is empty.
        answers: question to text, to the letter; None where the cell is empty.
        asked: question to whether it was put to this respondent; None when the file does not tell.
        original: the cells as the file has them, one a column.
    """

    row: int
    id: str
    weight: float
    cluster: str | None
    stratum: str | None
    population: str | None
    panel_id: str | None
    groups: dict[str, str]
    answers: dict[str, str | None]
    asked: dict[str, bool | None]
    original: tuple[Cell, ...]


def read_respondents(file: SurveyFile, layout: Layout) -> list[Respondent]:
    """Read respondents from a survey file, all or none.

    Group, stratum and population show SPSS's value labels; ids and clusters its values, which are what
    other waves have too. Values that SPSS takes as missing count as empty. The parts of an answer in
    several columns stand under each other (routing usually fills only one). A question whose `asked`
    cell says no but that has an answer with content was asked: the answer proves it.

    Raises:
        SurveyFileError: the file has no respondents.
        ColumnError: a column is not there, or two have its name.
        RowError: an id is missing or occurs twice, a weight is missing, no number, negative or
            infinite, or it cannot be told whether a question was asked; names row and column.
    """
    if unknown := [question for question in layout.asked if question not in layout.answers]:
        raise ColumnError(
            _("Question {question} has a column that says who was asked, but no column with answers.").format(
                question=unknown[0]
            )
        )
    id_column = find_column(file, layout.id)
    weight_column = None if layout.weight is None else find_column(file, layout.weight)
    panel_column = None if layout.panel_id is None else find_column(file, layout.panel_id)
    joined = {
        question: [find_column(file, name) for name in names] for question, names in layout.answers.items()
    }
    asking = {question: find_column(file, name) for question, name in layout.asked.items()}
    nothing: Sequence[None] = [None] * len(file.rows)
    clusters = nothing if layout.cluster is None else stripped(file, find_column(file, layout.cluster))
    strata = nothing if layout.stratum is None else displayed(file, find_column(file, layout.stratum))
    populations = (
        nothing if layout.population is None else displayed(file, find_column(file, layout.population))
    )
    groups = {name: displayed(file, find_column(file, name)) for name in layout.groups}
    if not file.rows:
        raise SurveyFileError(
            _("{file} has a header but no respondents: export it again, with its data.").format(
                file=file.path
            )
        )
    ids = _ids(file, id_column)
    weights: Sequence[float] = [1.0] * len(ids) if weight_column is None else _weights(file, weight_column)
    panel_ids = nothing if panel_column is None else stripped(file, panel_column)
    if panel_column is not None:
        _refuse_twins(file, panel_column, panel_ids)
    answers = {question: _answers(file, columns) for question, columns in joined.items()}
    asked = {
        question: _asked(file, asking[question], texts) if question in asking else nothing
        for question, texts in answers.items()
    }
    return [
        Respondent(
            row,
            ids[i],
            weights[i],
            clusters[i],
            strata[i],
            populations[i],
            panel_ids[i],
            {name: texts[i] or "" for name, texts in groups.items()},
            {question: texts[i] for question, texts in answers.items()},
            {question: said[i] for question, said in asked.items()},
            file.rows[i],
        )
        for i, row in enumerate(file.row_numbers)
    ]


def _where(file: SurveyFile, i: int, column: int) -> dict[str, object]:
    return {"file": file.path, "row": file.row_numbers[i], "column": shown(file.columns[column].name)}


def _ids(file: SurveyFile, column: int) -> list[str]:
    ids = []
    for i, text in enumerate(stripped(file, column)):
        if text is None:
            raise RowError(
                _("{file}, row {row}, column {column}: there is no respondent id: fill it in.").format(
                    **_where(file, i, column)
                )
            )
        ids.append(text)
    _refuse_twins(file, column, ids)
    return ids


def _refuse_twins(file: SurveyFile, column: int, ids: Sequence[str | None]) -> None:
    seen: dict[str, int] = {}
    for i, text in enumerate(ids):
        if text is not None and (first := seen.setdefault(text, i)) != i:
            raise RowError(
                _(
                    "{file}, row {row}, column {column}: id {id} is that of row {first} too: "
                    "a respondent has one row, with an id of its own."
                ).format(**_where(file, i, column), id=shown(text), first=file.row_numbers[first])
            )


def _weights(file: SurveyFile, column: int) -> list[float]:
    weights = []
    for i, cell in enumerate(values(file, column)):
        try:
            weight = as_number(cell)
        except ValueError as error:
            raise RowError(
                _("{file}, row {row}, column {column}: the weight {value} is not a number: mend it.").format(
                    **_where(file, i, column), value=shown(cell)
                )
            ) from error
        if weight is None:
            raise RowError(
                _("{file}, row {row}, column {column}: there is no weight: fill it in.").format(
                    **_where(file, i, column)
                )
            )
        if not 0 <= weight < float("inf"):
            raise RowError(
                _(
                    "{file}, row {row}, column {column}: the weight {value} is negative or infinite: mend it."
                ).format(**_where(file, i, column), value=shown(cell))
            )
        weights.append(float(weight))
    if not any(weights):
        raise RowError(
            _("{file}, column {column}: every weight is zero: name the column with the weights.").format(
                **_where(file, 0, column)
            )
        )
    return weights


def _answers(file: SurveyFile, columns: Sequence[int]) -> Sequence[str | None]:
    parts = [displayed(file, column, strip=False) for column in columns]
    if len(parts) == 1:
        return parts[0]
    return [
        "\n".join([part for part in row if part and not part.isspace()]) or None
        for row in zip(*parts, strict=True)
    ]


def _asked(file: SurveyFile, column: int, answers: Sequence[str | None]) -> list[bool | None]:
    labels = file.columns[column].value_labels
    # a label outranks its value (1 = ja, 2 = nee); only 0 and 1 mean the same whatever their labels say
    dichotomy = set(labels) <= {0, 1}
    said: list[bool | None] = []
    for i, cell in enumerate(values(file, column)):
        found = _yes_or_no(labels[cell] if cell in labels else as_text(cell))
        if found is None and dichotomy:
            found = _yes_or_no(as_text(cell))
        if found is None:
            raise RowError(
                _(
                    "{file}, row {row}, column {column}: {value} does not say whether the question was "
                    "asked: write 1 or 0."
                ).format(**_where(file, i, column), value=shown(labels.get(cell, cell)))
            )
        answer = answers[i]
        said.append(found or (answer is not None and not is_contentless(answer)))
    return said


def _yes_or_no(text: str | None) -> bool | None:
    folded = (text or "").strip().casefold()
    return True if folded in _YES else False if not folded or folded in _NO else None
