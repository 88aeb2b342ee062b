"""The tables as JSON: proportions 0-1, what is undefined is null (design, section 7)."""

import math
from dataclasses import fields
from typing import Any

from coder.reports.tables import AgreementTable, FrequencyTable
from coder.reports.verdict import verdict
from coder.statistics.records import Estimate, Interval


def frequencies_json(table: FrequencyTable) -> dict[str, Any]:
    """Return a frequency table as plain lists and dictionaries, one entry a label and group."""
    return {
        "question": table.question,
        "text": table.text,
        "wave": table.wave,
        "population": table.population,
        "base": table.base,
        "by": table.by,
        "groups": list(table.groups),
        "counts": dict(table.counts),
        "mentions": table.mentions,
        "weighted": table.weighted,
        "clustered": table.clustered,
        "codebook_version": table.codebook_version,
        "provisional": table.provisional,
        "labels": [
            {
                "label": row.label,
                "name": row.name,
                "kind": row.kind,
                "parent": row.parent,
                "group": row.group,
                **_record(row.proportion),
            }
            for row in table.rows
        ],
        # groups are not tested yet; whoever reads the JSON can already count on the key
        "tests": [],
    }


def agreement_json(table: AgreementTable) -> dict[str, Any]:
    """Return a table of agreement as plain lists and dictionaries, each coefficient with its interval."""
    return {
        "question": table.question,
        "text": table.text,
        "wave": table.wave,
        "coders": list(table.coders),
        "selection": table.selection,
        "answers": table.answers,
        "held_over": _number(table.held_over),
        "clustered": table.clustered,
        "seed": table.seed,
        "codebook_version": table.codebook_version,
        "labels": [
            {
                "label": row.label,
                "name": row.name,
                "kind": row.kind,
                **_record(row.agreement),
                "verdict": verdict(row.agreement),
            }
            for row in table.rows
        ],
        "sets": None if table.sets is None else _record(table.sets),
    }


def _record(record: Any) -> dict[str, Any]:
    # by field, so that a coefficient added to the statistics is in the JSON the same day
    return {field.name: _value(getattr(record, field.name)) for field in fields(record)}


def _value(value: Any) -> Any:
    if isinstance(value, Estimate | Interval):
        return _record(value)
    return _number(value)


def _number(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
