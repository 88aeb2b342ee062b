"""The words for states, origins and bases: one for each thing, on every screen and in every export."""

from coder.messages import _
from coder.reports.verdict import FEWEST_CLUSTERS, FEWEST_POSITIVES


def status_word(status: str) -> str:
    """Return what people read for a status of an answer; KeyError for one that does not exist."""
    return {
        "labelled": _("coded"),
        "none": _("off topic"),
        "unclear": _("cannot be coded"),
        "unlabelled": _("no label found (automatic)"),
        "skipped": _("held over"),
        "open": _("open"),
        "unseen": _("not yet seen"),
        "not_filled_in": _("not filled in"),
        "not_asked": _("not asked"),
    }[status]


def origin_word(origin: str | None, queued: bool = False) -> str:
    """Return where a final coding comes from; a queued automatic one says that a person should look."""
    if origin is None:
        return ""
    if origin == "automatic" and queued:
        return _("automatic (check)")
    return {
        "consensus": _("consensus"),
        "unanimous": _("unanimous"),
        "single": _("one coder"),
        "open": _("open"),
        "automatic": _("automatic"),
    }[origin]


def base_word(base: str) -> str:
    """Return what people read for a base."""
    return {
        "filled_in": _("filled in"),
        "asked": _("asked"),
        "substantive": _("substantive"),
        "mentions": _("mentions"),
    }[base]


def selection_word(selection: str) -> str:
    """Return what people read for the codings that agreement stands on."""
    return {
        "blind": _("blind, independent codings"),
        "assisted": _("codings made with suggestions or other coders' work in view"),
        "unknown": _("imported codings of which it is not known whether they were blind"),
    }[selection]


def people_word(selection: str) -> str:
    """Return what people read for the codings by people that a model is compared with."""
    return {
        "blind": _("people coded them blind"),
        "assisted": _("people coded them with suggestions or other coders' work in view"),
        "unknown": _("it is not known whether people coded them blind"),
    }[selection]


def phase_word(phase: str) -> str:
    """Return what people read for a phase of the work; KeyError for one that does not exist."""
    return {
        "explore": _("exploring"),
        "pilot": _("pilot coding"),
        "fix": _("fixing the codebook"),
        "code": _("coding the answers"),
        "automatic": _("automatic"),
    }[phase]


def comparison_word(comparison: str) -> str:
    """Return what people read for who is compared with whom in a table of agreement."""
    return {
        "coders": _("all coders together"),
        "version": _("codings of one codebook version"),
        "pair": _("two coders"),
        "consensus": _("coder against consensus"),
        "model": _("people against the model, out of sample"),
    }[comparison]


def too_few_words() -> str:
    """Return what people read for too few codings for a verdict (see `coder.reports.verdict`)."""
    return _(
        "fewer than {n} answers with the label, on average over the coders, or all in fewer than {clusters} "
        "clusters (answers where there are none)"
    ).format(n=FEWEST_POSITIVES, clusters=FEWEST_CLUSTERS)


def verdict_word(verdict: str) -> str:
    """Return what people read for a verdict on agreement (see `coder.reports.verdict`)."""
    return {
        "reliable": _("good"),
        "tentative": _("tentative"),
        "insufficient": _("too low"),
        "too_few": _("too few"),
        "undefined": "–",
    }[verdict]
