"""Files for others: the Excel workbook, CSV and coding sheets.

Each writer puts its file in place whole or not at all, and returns what the format could not hold.
"""

from coder.writers.coding_sheet import ABOUT_KEY, STATUSES, SheetCoding, choice, write_coding_sheet
from coder.writers.csv_files import write_codings, write_csv
from coder.writers.replacing import CannotWriteError, TooLargeError, replacing
from coder.writers.variables import VariableNames, variable_names
from coder.writers.workbook import write_workbook

__all__ = [
    "ABOUT_KEY",
    "STATUSES",
    "CannotWriteError",
    "SheetCoding",
    "TooLargeError",
    "VariableNames",
    "choice",
    "replacing",
    "variable_names",
    "write_coding_sheet",
    "write_codings",
    "write_csv",
    "write_workbook",
]
