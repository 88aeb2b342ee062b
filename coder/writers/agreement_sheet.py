"""The sheet Intercodeurbetrouwbaarheid: a block a table of agreement."""

import textwrap

from coder.messages import _
from coder.reports.agreement import set_lines
from coder.reports.agreement_notes import agreement_notes
from coder.reports.coded_set import CodedSet
from coder.reports.order import title
from coder.reports.tables import AgreementRow, AgreementTable
from coder.reports.verdict import verdict
from coder.reports.words import selection_word, verdict_word
from coder.writers.cells import Excel, plain
from coder.writers.layout import Formats, landscape
from coder.writers.safe_workbook import SafeSheet

_LINE = 130


def write_agreement(sheet: SafeSheet, coded: CodedSet, formats: Formats) -> None:
    """Write every table of agreement: real numbers, each coefficient with its interval beside it."""
    landscape(sheet, coded.study)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(0)
    tables = [table for question in coded.questions for table in question.agreement]
    names = [row.name for table in tables for row in table.rows]
    sheet.set_column(0, 0, min(max([24, *(len(name) + 2 for name in names)]), 60))
    sheet.set_column(1, 11, 11)
    sheet.set_column(9, 9, 15)
    sheet.set_column(12, 12, 14)
    sheet.write_cells(0, [f"{coded.study} · {_('Intercoder reliability')}"], [formats.title])
    if not tables:
        none = _("No answers were coded by two coders or more, so there is no agreement to report.")
        sheet.write_cells(2, [none], [formats.text])
    row = 2
    for table in tables:
        row = _write_table(sheet, row, table, formats) + 2


def _write_table(sheet: SafeSheet, top: int, table: AgreementTable, formats: Formats) -> int:
    """Write one table from row `top` on; return the row after it."""
    sheet.write_cells(top, [plain(table.text or table.question)], [formats.heading])
    subject = [table.wave, ", ".join(table.coders), selection_word(table.selection)]
    sheet.write_cells(top + 1, [plain(" · ".join(part for part in subject if part))], [formats.strong])
    header = [
        _("Label"),
        "n",
        _("given"),
        _("prevalence"),
        _("positive agreement"),
        _("percent agreement"),
        _("Cohen's κ"),
        _("low"),
        _("high"),
        _("Krippendorff's α"),
        _("low"),
        _("high"),
        _("verdict"),
    ]
    styles = [formats.header_text, *[formats.header_numbers] * 11, formats.header_after_number]
    sheet.write_cells(top + 2, header, styles, height=32)
    numbers = [
        *[formats.whole] * 2,
        *[formats.percent] * 3,
        *[formats.two_decimals] * 6,
        formats.after_number,
    ]
    row = top + 3
    for line in table.rows:
        name_format = formats.strong if line.kind == "parent" else formats.text
        sheet.write_cells(row, _cells(line), [name_format, *numbers])
        row += 1
    notes = [*(set_lines(table.sets) if table.sets is not None else []), *agreement_notes(table)]
    for note in notes:
        for piece in textwrap.wrap(note, _LINE):
            sheet.write_cells(row, [plain(piece)], [formats.note])
            row += 1
    return row


def _cells(row: AgreementRow) -> list[Excel]:
    agreement = row.agreement
    kappa, alpha = agreement.cohen_kappa, agreement.krippendorff_alpha
    return [
        plain(title(row)),
        agreement.n,
        agreement.positives,
        agreement.prevalence,
        agreement.positive_agreement,
        agreement.percent_agreement.estimate,
        kappa.estimate,
        kappa.low,
        kappa.high,
        alpha.estimate,
        alpha.low,
        alpha.high,
        verdict_word(verdict(agreement)),
    ]
