"""The codebook: labels with definitions, their files, what is wrong with them and how they change.

Files are YAML to keep and edit by hand, or Excel with one row a label. Ids never change; names, numbers and
definitions do, and `Meanings` tells which codings know a label as it is now.
"""

from coder.codebook.changes import Change, compare_codebooks, is_redefined
from coder.codebook.check import Finding, check_codebook
from coder.codebook.dumping import dump_codebook
from coder.codebook.exchange import read_codebook, write_codebook
from coder.codebook.identifiers import is_id, make_id
from coder.codebook.meanings import CodebookVersion, Meanings
from coder.codebook.parsing import parse_codebook
from coder.codebook.records import Codebook, Label
from coder.codebook.structure import CodebookError, validate

__all__ = [
    "Change",
    "Codebook",
    "CodebookError",
    "CodebookVersion",
    "Finding",
    "Label",
    "Meanings",
    "check_codebook",
    "compare_codebooks",
    "dump_codebook",
    "is_id",
    "is_redefined",
    "make_id",
    "parse_codebook",
    "read_codebook",
    "validate",
    "write_codebook",
]
