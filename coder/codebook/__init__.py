"""The codebook: labels with definitions, their files, what is wrong with them and how they change.

Files are YAML to keep and edit by hand, or Excel with one row a label. Ids never change; names, numbers and
definitions do, and `known_since` tells which codings know a label as it is now.
"""

from coder.codebook.changes import Change, compare_codebooks, is_redefined, known_since
from coder.codebook.check import Finding, check_codebook
from coder.codebook.dumping import dump_codebook
from coder.codebook.exchange import read_codebook, write_codebook
from coder.codebook.identifiers import is_id, make_id
from coder.codebook.parsing import parse_codebook
from coder.codebook.records import Codebook, Label
from coder.codebook.structure import CodebookError, validate

__all__ = [
    "Change",
    "Codebook",
    "CodebookError",
    "Finding",
    "Label",
    "check_codebook",
    "compare_codebooks",
    "dump_codebook",
    "is_id",
    "is_redefined",
    "known_since",
    "make_id",
    "parse_codebook",
    "read_codebook",
    "validate",
    "write_codebook",
]
