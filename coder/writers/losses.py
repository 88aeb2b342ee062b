"""What a workbook could not hold: noted while it is written, told to the reader and never lost."""

from dataclasses import dataclass, field

from coder.messages import _
from coder.reports.coded_set import Cell
from coder.writers.cells import LONGEST_TEXT, Excel, Problem, to_excel


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that Excel cannot hold as it is: of which respondent, in which column, what."""

    respondent: str
    column: str
    problem: Problem
    length: int

    def line(self, elsewhere: str | None) -> str:
        """Say it in one line; `elsewhere` is the sheet that holds texts that were cut in full, if any."""
        where = _("Respondent {id}, column {column}").format(id=self.respondent, column=self.column)
        if self.problem == "cut" and elsewhere is None:
            text = _("{where}: a text of {n} characters, of which a cell holds the first {most}.")
            return text.format(where=where, n=self.length, most=LONGEST_TEXT)
        if self.problem == "cut":
            text = _(
                "{where}: a text of {n} characters, where a cell holds {most}; in full on sheet {sheet}."
            )
            return text.format(where=where, n=self.length, most=LONGEST_TEXT, sheet=elsewhere)
        if self.problem == "sign":
            return _("{where}: signs that are no Unicode characters were replaced by �.").format(where=where)
        if self.problem == "moment":
            return _("{where}: a date or time that Excel does not know, written as text.").format(where=where)
        return _("{where}: a number that Excel cannot hold exactly, written as text.").format(where=where)


@dataclass
class Losses:
    """The losses of one workbook, and the texts that were cut: (respondent, column) by full text."""

    losses: list[Loss] = field(default_factory=list)
    long_texts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def cell(self, value: Cell, respondent: str, column: str) -> Excel:
        """Return a value as a cell can hold it, and note what that leaves out."""
        cell, problem = to_excel(value)
        if problem is not None:
            self.note(value, problem, respondent, column)
        return cell

    def note(self, value: Cell, problem: Problem, respondent: str, column: str) -> None:
        """Note that a value of a respondent could not be written as it is."""
        text = str(value)
        self.losses.append(Loss(respondent, column, problem, len(text)))
        if problem == "cut":
            self.long_texts.setdefault(text, (respondent, column))

    def lines(self, elsewhere: str | None) -> list[str]:
        """Return a line a loss; `elsewhere` is the sheet that holds texts that were cut in full, if any."""
        return [loss.line(elsewhere) for loss in self.losses]
