"""The workbook for a colleague who never saw the program."""

from pathlib import Path

from coder.messages import _
from coder.reports.coded_set import CodedSet
from coder.writers.agreement_sheet import write_agreement
from coder.writers.codebook_sheet import write_codebook_sheet
from coder.writers.data_columns import data_columns
from coder.writers.data_sheet import check_size, write_data, write_long_texts
from coder.writers.frequency_sheet import write_frequencies
from coder.writers.layout import make_formats
from coder.writers.losses import Losses
from coder.writers.reading_guide import write_accountability, write_reading_guide
from coder.writers.safe_workbook import SafeSheet, add_sheet, new_workbook
from coder.writers.text_sheets import write_quotes, write_residual


def write_workbook(coded: CodedSet, path: Path | str, *, answers: bool = True) -> list[str]:
    """Write the coded set as an Excel workbook.

    Without `answers` nothing is in it that a respondent wrote to the open questions: their columns, the
    sheets Overig and Citaten and the codebook's examples stay out.

    Returns what Excel could not hold, a line each; the sheet Leeswijzer lists the same. The file is
    replaced whole or not at all. Raises TooLargeError before anything is written and CannotWriteError.
    """
    target = Path(path)
    check_size(coded, data_columns(coded, answers))
    losses = Losses()
    contents: list[tuple[str, str]] = []
    with new_workbook(target, coded.study, coded.created) as book:
        formats = make_formats(book)

        def sheet(name: str, holds: str) -> SafeSheet:
            contents.append((name, holds))
            return add_sheet(book, name)

        guide = sheet(_("Reading guide"), _("this page: what is in this file and how to read it"))
        write_data(
            sheet(_("Data"), _("the survey with the codings: a row a respondent, a column a variable")),
            coded,
            formats,
            losses,
            answers,
        )
        write_frequencies(
            book,
            sheet(_("Frequencies"), _("percentages a label with their margins, and charts")),
            coded,
            formats,
        )
        write_agreement(
            book,
            sheet(_("Intercoder reliability"), _("how far coders agree, a label")),
            coded,
            formats,
        )
        if answers:
            about = _("the answers that no label of the codebook fits, to read")
            write_residual(sheet(_("Other"), about), coded, formats, losses)
            if any(question.quotes for question in coded.questions):
                about = _("answers that a coder marked as a quote for the report")
                write_quotes(sheet(_("Quotes"), about), coded, formats, losses)
        about = _("which variable is which label, with definitions and the codebook's versions")
        write_codebook_sheet(sheet(_("Codebook"), about), coded, formats, answers)
        about = _("how the figures came about, to be copied into a report")
        write_accountability(sheet(_("Accountability"), about), coded, formats)
        elsewhere = _("Long texts")
        if losses.long_texts:
            about = _("texts that are too long for a cell, in parts")
            write_long_texts(sheet(elsewhere, about), coded, formats, losses)
        lines = losses.lines(elsewhere)
        write_reading_guide(guide, coded, formats, sheets=contents, losses=lines, answers=answers)
    return lines
