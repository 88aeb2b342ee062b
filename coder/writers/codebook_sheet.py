"""The sheet Codeboek: what each variable and label means, and how the codebook changed."""

from coder.codebook import Codebook, Label
from coder.messages import _
from coder.reports.coded_set import CodedQuestion, CodedSet
from coder.writers.cells import Excel, plain
from coder.writers.data_columns import names_by_question, variable_meanings
from coder.writers.layout import Formats, landscape, row_height
from coder.writers.safe_workbook import SafeSheet
from coder.writers.variables import VariableNames

_WIDTHS = (14, 10, 28, 20, 42, 28, 28, 30, 22, 20)
_EXAMPLES = 7


def write_codebook_sheet(sheet: SafeSheet, coded: CodedSet, formats: Formats, answers: bool) -> None:
    """Write a block a question: the dictionary from variable to label, definitions, versions.

    Examples are people's answers: without answers they stay out.
    """
    landscape(sheet, coded.study)
    sheet.repeat_rows(0)
    kept = [place for place in range(len(_WIDTHS)) if answers or place != _EXAMPLES]
    for place, column in enumerate(kept):
        sheet.set_column(place, place, _WIDTHS[column])
    sheet.write_cells(0, [f"{coded.study} · {_('Codebook')}"], [formats.title])
    row = 2
    for question, names in zip(coded.questions, names_by_question(coded), strict=True):
        row = _write_question(sheet, row, question, names, formats, kept) + 2


def _write_question(
    sheet: SafeSheet,
    top: int,
    question: CodedQuestion,
    names: VariableNames,
    formats: Formats,
    kept: list[int],
) -> int:
    sheet.write_cells(top, [plain(f"{question.short} · {question.text}")], [formats.heading])
    version = _("Codebook version {version}").format(version=question.version)
    sheet.write_cells(top + 1, [version], [formats.strong])
    header = [
        _("variable"),
        _("number"),
        _("label"),
        _("counted under"),
        _("definition"),
        _("include"),
        _("exclude"),
        _("examples"),
        _("keywords"),
        _("remarks"),
    ]
    sheet.write_cells(top + 2, [header[place] for place in kept], [formats.header_text] * len(kept))
    row = top + 3
    styles = [None, formats.centred, formats.strong_wrap, *[formats.wrap] * (len(kept) - 3)]
    widths = [_WIDTHS[place] for place in kept]
    shown = set(question.labels_in_order)
    for label in question.codebook.labels:
        variable = names.by_label.get(label.id) if label.id in shown else None
        all_cells = _cells(label, question.codebook, variable)
        cells = [all_cells[place] for place in kept]
        height = row_height(zip(cells, widths, strict=True))
        sheet.write_cells(row, cells, styles, height=height)
        row += 1
    for variable, meaning in variable_meanings(names):
        sheet.write_cells(row, [variable, None, meaning], [None, None, None])
        row += 1
    if question.history:
        sheet.write_cells(row + 1, [_("Versions of the codebook, newest first")], [formats.strong])
        row += 2
        for line in question.history:
            sheet.write_cells(row, [plain(line)], [None])
            row += 1
    return row


def _cells(label: Label, codebook: Codebook, variable: str | None) -> list[Excel]:
    parent = codebook.find(label.parent) if label.parent else None
    remarks = [
        *([_("residual label")] if label.residual else []),
        *([_("never with another label")] if label.exclusive else []),
        *([_("net of the labels under it")] if codebook.children(label.id) else []),
        *([_("retired")] if label.retired else []),
    ]
    return [
        variable,
        label.number,
        plain(label.name),
        plain(parent.name) if parent else None,
        plain(label.definition) or None,
        plain("\n".join(label.include)) or None,
        plain("\n".join(label.exclude)) or None,
        plain("\n".join(label.examples)) or None,
        plain(", ".join(label.keywords)) or None,
        ", ".join(remarks) or None,
    ]
