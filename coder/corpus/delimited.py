"""Text files with separators: `.csv`, `.tsv` and `.txt`, as Excel, LimeSurvey and Qualtrics write them.

Every cell is text, to the letter. A csv file does not tell an empty text from no text: both are an
empty cell. "NA" is text.
"""

import csv
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from coder.corpus.cells import shown
from coder.corpus.encoding import decode
from coder.corpus.header import Record, survey_with_header
from coder.corpus.survey import SurveyFile, SurveyFileError
from coder.messages import _

_SEPARATORS = (";", ",", "\t")
_EXCEL_SAYS = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n|$)')
_QUOTED = re.compile(r'"[^"]*"')
_SAMPLE_SIGNS = 262_144
_SAMPLE_ROWS = 200


def read_delimited(path: Path, data: bytes, sha256: str, encoding: str | None) -> SurveyFile:
    """Read a text file with separators; rows are numbered as a spreadsheet shows them (header = 1).

    A row may be shorter than the header (Excel leaves out separators at the end of a row) but hold
    nothing past it.

    Raises:
        SurveyFileError: the encoding does not fit, a quotation mark is not closed, or a row holds
            more cells than the header.
    """
    text, encoding = decode(path, data, encoding)
    says = _EXCEL_SAYS.match(text)
    if says is not None:
        text = text[says.end() :]
    separator = says[1] if says is not None else find_separator(text)
    with _cells_of_any_size():
        return survey_with_header(path, sha256, _records(path, text, separator), encoding=encoding)


def find_separator(text: str) -> str:
    """Return which of ; , and tab separates the cells.

    The header decides: only what occurs in it outside quotation marks can be the separator. Where
    several do ("id;Wat helpt, en waarom?"), it is the one that cuts most rows into as many cells as the
    header has; among equals, the one that gives most cells.
    """
    sample = text[:_SAMPLE_SIGNS]
    header = re.split("[\r\n]", _QUOTED.sub("", sample).lstrip("\r\n"), maxsplit=1)[0]
    candidates = [separator for separator in _SEPARATORS if separator in header]
    if len(candidates) < 2:
        return next(iter(candidates), _SEPARATORS[0])
    with _cells_of_any_size():
        return max(candidates, key=lambda separator: _fit(sample, separator))


def _fit(sample: str, separator: str) -> tuple[float, int]:
    """Return the share of rows that have as many cells as the first, and how many it has."""
    rows = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    # the last row may be one that the sample cuts in two
    widths = [len(row) for row in islice(rows, _SAMPLE_ROWS) if row]
    others = widths[1:-1] or widths[1:]
    return (others.count(widths[0]) / len(others) if others else 1.0), widths[0]


def _records(path: Path, text: str, separator: str) -> Iterator[Record]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    width = number = 0
    try:
        for number, row in enumerate(rows, 1):
            if not width and any(row):
                width = len(row)
                if any("\0" in name for name in row):
                    raise SurveyFileError(
                        _(
                            "{file} is not text, or UTF-16 that does not say so: try --encoding utf-16-le."
                        ).format(file=path)
                    )
            if len(row) > width and any(row[width:]):
                extra = next(filter(None, row[width:]))
                raise SurveyFileError(
                    _(
                        "{file}, row {row}: there are {n} cells where the header has {width} "
                        "(the first too many is {value}): put an answer that holds a separator in quotes."
                    ).format(file=path, row=number, n=len(row), width=width, value=shown(extra))
                )
            yield number, tuple([cell or None for cell in row[:width]])
    except csv.Error as error:
        raise SurveyFileError(
            _(
                "{file}, row {row}: a quotation mark is not closed, or stands within an answer without being "
                "doubled: correct it, or save the file anew as .xlsx."
            ).format(file=path, row=number + 1)
        ) from error


@contextmanager
def _cells_of_any_size() -> Iterator[None]:
    # the limit of the csv module is one for the whole process: an answer may be longer than its default
    before = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)
