"""The tables as JSON: proportions 0-1, what is undefined is null."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from coder.reports.tables import AgreementTable, ChangeTable, FrequencyTable, LabelTest
from coder.reports.verdict import verdict


def frequencies_json(table: FrequencyTable) -> dict[str, Any]:
    """Return a frequency table as plain lists and dictionaries.

    `labels` has one entry a label and group, `tests` one a label, in which pairs name their groups, and
    `left_out` those that were not compared on it;
    `overall` is the test over all labels together.
    """
    return {
        "question": table.question,
        "text": table.text,
        "wave": table.wave,
        "population": table.population,
        "population_total": table.population_total,
        "base": table.base,
        "bases": dict(table.bases),
        "by": table.by,
        "groups": list(table.groups),
        "group_letters": dict(table.group_letters),
        "counts": dict(table.counts),
        "mentions": table.mentions,
        "weighted": table.weighted,
        "clustered": table.clustered,
        "stratified": table.stratified,
        "codebook_version": table.codebook_version,
        "provisional": table.provisional,
        "disclosure": _plain(table.disclosure),
        "audit": _plain(table.audit),
        "unused_audit": table.unused_audit,
        "hand_coded": _plain(table.hand_coded),
        "population_clusters": table.population_clusters,
        "labels": [
            {
                "label": row.label,
                "name": row.name,
                "kind": row.kind,
                "parent": row.parent,
                "group": row.group,
                **_plain(row.proportion),
                "letters": row.letters.split(),
                "cautions": list(row.cautions),
                "correction": _plain(row.correction),
            }
            for row in table.rows
        ],
        "tests": [_test(test, table.groups) for test in table.tests],
        "overall": _plain(table.overall),
    }


def _test(test: LabelTest, groups: tuple[str, ...]) -> dict[str, Any]:
    pairs = [
        {"first": groups[pair.first], "second": groups[pair.second], **_plain(pair.difference)}
        for pair in test.pairs
    ]
    left_out = [{"group": groups[one.group], "why": one.why} for one in test.left_out]
    return {"label": test.label, **_plain(test.test), "pairs": pairs, "left_out": left_out}


def changes_json(table: ChangeTable) -> dict[str, Any]:
    """Return a table of change as plain lists and dictionaries; `before` and `after` are whole tables."""
    return {
        "question": table.question,
        "text": table.text,
        "population": table.population,
        "paired": table.paired,
        "shared_clusters": table.shared_clusters,
        "separable": table.separable,
        "bridge": _plain(table.bridge),
        "bridged": table.bridged,
        "unused": table.unused,
        "left_out": list(table.left_out),
        "before": frequencies_json(table.before),
        "after": frequencies_json(table.after),
        "labels": [_plain(row) for row in table.rows],
    }


def agreement_json(table: AgreementTable) -> dict[str, Any]:
    """Return a table of agreement as plain lists and dictionaries, each coefficient with its intervals."""
    return {
        "question": table.question,
        "text": table.text,
        "wave": table.wave,
        "waves": list(table.waves),
        "comparison": table.comparison,
        "coders": list(table.coders),
        "selection": table.selection,
        "answers": table.answers,
        "at_random": table.at_random,
        "held_over": _plain(table.held_over),
        "clustered": table.clustered,
        "seed": table.seed,
        "codebook_version": table.codebook_version,
        "made_at": list(table.made_at),
        "informed": table.informed,
        "labels": [
            {
                "label": row.label,
                "name": row.name,
                "kind": row.kind,
                **_plain(row.agreement),
                "verdict": verdict(row.agreement),
            }
            for row in table.rows
        ],
        "sets": _plain(table.sets),
    }


def _plain(value: Any) -> Any:
    # by field, so that a coefficient added to the statistics is in the JSON the same day
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
