"""Result records and how they are shown: tables, charts and JSON, and the text that accounts for them.

The records are computed once, in `coder.study`; the terminal, the workbook and JSON show the same ones.
"""

from coder.reports.accountability import ModelRun, accountability
from coder.reports.agreement import render_agreement
from coder.reports.agreement_notes import agreement_notes
from coder.reports.as_json import agreement_json, changes_json, frequencies_json
from coder.reports.change_notes import change_notes
from coder.reports.changes import render_changes
from coder.reports.chart import bar_chart
from coder.reports.coded_counts import CodedCounts, coded_counts, is_provisional
from coder.reports.coded_set import Cell, CodedQuestion, CodedSet
from coder.reports.frequencies import render_frequencies
from coder.reports.notes import frequency_notes
from coder.reports.order import in_order
from coder.reports.tables import (
    AgreementRow,
    AgreementTable,
    ChangeRow,
    ChangeTable,
    FrequencyRow,
    FrequencyTable,
)
from coder.reports.verdict import verdict

__all__ = [
    "AgreementRow",
    "AgreementTable",
    "Cell",
    "ChangeRow",
    "ChangeTable",
    "CodedCounts",
    "CodedQuestion",
    "CodedSet",
    "FrequencyRow",
    "FrequencyTable",
    "ModelRun",
    "accountability",
    "agreement_json",
    "agreement_notes",
    "bar_chart",
    "change_notes",
    "changes_json",
    "coded_counts",
    "frequencies_json",
    "frequency_notes",
    "in_order",
    "is_provisional",
    "render_agreement",
    "render_changes",
    "render_frequencies",
    "verdict",
]
