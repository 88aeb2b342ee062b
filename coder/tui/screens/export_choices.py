"""What the screen Export offers: the kinds of files, and what is to be chosen for each."""

from coder.messages import _
from coder.study.outputs import Output

SETTINGS = {
    "workbook": "wgaf",
    "csv": "waf",
    "sheet": "qwscf",
    "codings": "cqwf",
    "codebook": "qf",
    "codebook_sheet": "qf",
}
"""The keys of what is to be chosen for each kind, by the names of `setting_names`; the file comes last."""


def kind_names() -> dict[str, str]:
    """Return what each kind is called."""
    return {
        "workbook": _("Coded workbook (Excel)"),
        "csv": _("Data for SPSS, R or Python (CSV)"),
        "sheet": _("Coding sheet for a colleague (Excel)"),
        "codings": _("Codings of one coder (CSV)"),
        "codebook": _("Codebook (YAML)"),
        "codebook_sheet": _("Codebook (Excel)"),
    }


def kind_text(kind: str) -> str:
    """Return what each kind is for."""
    return {
        "workbook": _(
            "For a colleague who never saw this program: the data with a column a label, frequencies with "
            "charts, agreement, the codebook, and how it all came about."
        ),
        "csv": _("The data alone: the columns of the survey file, and a 0/1 column for each label."),
        "sheet": _(
            "Answers with drop-down lists of labels, to code in without this program. Read it back with "
            "'coder codings import'."
        ),
        "codings": _(
            "Everything one coder decided, without loss. Reading it into the study on another computer "
            "brings both together."
        ),
        "codebook": _("The labels with their definitions, as text that this program reads back."),
        "codebook_sheet": _("The labels with their definitions, as a table to read and to discuss."),
    }[kind]


def which_names() -> dict[str, str]:
    """Return what the choices of answers for a coding sheet are called."""
    return {
        "": _("all answers"),
        "unseen": _("what nobody has coded"),
        "queued": _("what the model doubts"),
        "open": _("where coders differ"),
    }


def setting_names() -> dict[str, str]:
    """Return what each setting is called, by its key."""
    return {
        "q": _("question"),
        "w": _("wave"),
        "g": _("tables by"),
        "a": _("texts of answers"),
        "s": _("which answers"),
        "c": _("coder"),
        "f": _("file"),
    }


def setting_value(output: Output, key: str) -> str:
    """Return what is chosen for a setting, other than the file."""
    match key:
        case "q":
            return output.question or _("all questions")
        case "w":
            return output.wave or _("all waves")
        case "g":
            return ", ".join(output.by) or _("no groups")
        case "a":
            return _("included") if output.answers else _("left out")
        case "s":
            return which_names()[output.only or ""]
        case _:
            return output.coder or _("nobody")
