"""Shares of the mentions: what SPSS calls percent of responses."""

import numpy as np
from numpy.typing import ArrayLike

from coder.statistics.design import FloatArray, IntArray, SampleDesign
from coder.statistics.proportions import base_rows, checked_values, checked_weights, share_of
from coder.statistics.records import Proportion


def mention_shares(
    values: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population_clusters: ArrayLike | None = None,
) -> list[Proportion]:
    """Share that each label has in all mentions of a domain, with its 95 % interval.

    The ratio `p = Σ w y / Σ w m`, where m counts the labels that a respondent mentions, with a linearised
    variance (`SampleDesign.ratio`): that one respondent gives several mentions is allowed for, and so are
    clusters. The base is the mentions; respondents without any hold none of it. A respondent for whom any of
    the labels is unknown is left out of all shares, since m is unknown too: all labels stand on the same
    base, and their shares add up to 1. A label that is unknown for the whole domain has no share and leaves
    nobody out.

    In the records n counts the mentions of the base and count those of the label (both unweighted); clusters
    and df are of respondents with a mention; deff compares with a simple random sample of as many mentions,
    kish_n is their effective size. Undefined as in `proportions`.

    Args:
        values: (n, k); 1 mentioned, 0 not, NaN unknown. Without nets, which would count mentions twice.
        domain, weights, clusters, strata, population_clusters: as in `proportions`.

    Raises:
        ValueError: as `proportions` does.
    """
    y = checked_values(values)
    w = checked_weights(weights, len(y))
    mentions = np.nansum(y, axis=1)
    rows = complete_rows(y, base_rows(domain, w))
    rows = rows[mentions[rows] > 0]
    design = SampleDesign.of(w, clusters, strata, population_clusters).domain(rows)
    return [share_of(y[rows, label], mentions[rows], design) for label in range(y.shape[1])]


def complete_rows(values: FloatArray, rows: IntArray) -> IntArray:
    """Leave out the rows for which a label is unknown that is known for others of them."""
    unknown = np.isnan(values[rows])
    return rows[~unknown[:, ~unknown.all(axis=0)].any(axis=1)]
