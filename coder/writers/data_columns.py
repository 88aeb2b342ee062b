"""The columns of the data: the original ones, and what the codings add to them; for Excel and CSV alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coder.codebook import Label
from coder.messages import _
from coder.reports.coded_set import Cell, CodedQuestion, CodedSet
from coder.reports.words import origin_word, status_word
from coder.writers.variables import VariableNames, variable_names


@dataclass(frozen=True, slots=True)
class DataColumn:
    """A column of the data.

    Attributes:
        name: its header; note: what it is, for the comment on the header.
        question: the number of the question that it belongs to, from 0; None for an original column.
        kind: "original", "word", "certainty" or "label".
    """

    name: str
    note: str
    question: int | None
    kind: str


def kept_columns(coded: CodedSet, answers: bool) -> list[int]:
    """Return the places of the original columns that are exported: all, or all without the answers."""
    left_out = (
        set() if answers else {name for question in coded.questions for name in question.answer_columns}
    )
    return [place for place, name in enumerate(coded.columns) if name not in left_out]


def names_by_question(coded: CodedSet) -> list[VariableNames]:
    """Return each question's variable names, different from the original columns and one another."""
    taken = set(coded.columns)
    result = []
    for question in coded.questions:
        names = variable_names(question.codebook, question.short, taken)
        taken.update(names.all)
        result.append(names)
    return result


def data_columns(coded: CodedSet, answers: bool) -> list[DataColumn]:
    """Return the columns in order: the original ones, then per question its variables."""
    columns = [
        DataColumn(coded.columns[place], "", None, "original") for place in kept_columns(coded, answers)
    ]
    for place, (question, names) in enumerate(zip(coded.questions, names_by_question(coded), strict=True)):
        columns += [
            DataColumn(
                name, f"{question.text}\n{meaning}", place, "certainty" if name == names.certainty else "word"
            )
            for name, meaning in variable_meanings(names)
        ]
        columns += [
            DataColumn(names.by_label[id], label_note(question.codebook.label(id)), place, "label")
            for id in question.labels_in_order
        ]
    return columns


def variable_meanings(names: VariableNames) -> list[tuple[str, str]]:
    """Return the variables that are no labels, each with what it says."""
    return [
        (names.status, _("what the final coding of the answer is")),
        (names.origin, _("where the final coding comes from")),
        (names.certainty, _("certainty of automatic labels, from 0 to 1")),
        (names.labels, _("the labels in order of mention")),
    ]


def label_note(label: Label) -> str:
    """Return a label's name and definition."""
    return f"{label.name}\n{label.definition}".strip()


def data_rows(coded: CodedSet, answers: bool) -> Iterator[list[Cell]]:
    """Yield each respondent's cells, in the order of `data_columns`."""
    kept = kept_columns(coded, answers)
    everything = kept == list(range(len(coded.columns)))
    added = [coded_cells(question) for question in coded.questions]
    for original, *questions in zip(coded.rows, *added, strict=True):
        cells = list(original) if everything else [original[place] for place in kept]
        for some in questions:
            cells += some
        yield cells


def coded_cells(question: CodedQuestion) -> Iterator[list[Cell]]:
    """Yield what a question adds to each row: status, origin, certainty, label names and 1, 0 or empty."""
    names = {label.id: label.name for label in question.codebook.labels}
    words = {status: status_word(status) for status in set(question.status)}
    sources = set(zip(question.origin, question.queued, strict=True))
    origins = {source: origin_word(*source) or None for source in sources}
    for place, status in enumerate(question.status):
        cells: list[Cell] = [
            words[status],
            origins[question.origin[place], question.queued[place]],
            question.certainty[place],
            joined_names(question.labels[place], names),
        ]
        # NaN is not equal to itself
        cells += [int(value) if value == value else None for value in question.values[place].tolist()]
        yield cells


def joined_names(ids: Sequence[str], names: dict[str, str]) -> str | None:
    """Join the names of labels in order of mention; None without any."""
    return "; ".join(names.get(id, id) for id in ids) or None
