"""The model process: suggestions beside a screen that never waits, and outlives it."""

import io
import os
import queue
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from study_cases import CODEBOOK, coded, new_study, survey, three_coded, with_codebook

import coder.study.encoding as encoding
from coder.errors import CoderError
from coder.store import StoreError
from coder.store import vectors as store_vectors
from coder.study import Study
from coder.study import model_process as process_module
from coder.study.encoding import VectorsAtHand
from coder.study.model_messages import WireError, read_reply, write_reply
from coder.study.model_process import ModelProcess
from coder.study.model_worker import Inbox
from coder.study.question_model import QuestionModel
from coder.study.suggestions import (
    Explanation,
    Failed,
    Growth,
    GrowthPoint,
    LabelReport,
    ModelReport,
    QueuedAnswer,
    ReliabilityBin,
    Suggestions,
    Working,
)

PATIENCE = 60


class Heard:
    """Collects what the process says."""

    def __init__(self) -> None:
        self.replies: queue.Queue[Any] = queue.Queue()

    def __call__(self, reply: Any) -> None:
        self.replies.put(reply)

    def until(self, kind: type, which: Callable[[Any], bool] = lambda reply: True) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            reply = self.replies.get(timeout=max(0.1, deadline - time.monotonic()))
            if isinstance(reply, kind) and which(reply):
                return reply


@contextmanager
def running(folder: Path) -> Iterator[tuple[ModelProcess, Heard]]:
    heard = Heard()
    process = ModelProcess(folder, heard)
    try:
        yield process, heard
    finally:
        process.close()


def taken_up(study: Path) -> Path:
    """Return the study after a screen opened it: what was changed by hand is recorded then."""
    Study.open(study).close()
    return study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    answers = {f"{i:02}": text for i, text in enumerate(
        ["meer tijd om lessen voor te bereiden", "tijd, en een extra paar handen", "kleinere groepen",
         "nvt", "", "vooral rust in de tent", "Tijd!", "tijd", "handen!!", "een extra collega erbij",
         "groepen van hooguit twintig", "tijd en rust", "meer uren", "niets", "kleine klassen"])}  # fmt: skip
    folder = tmp_path_factory.mktemp("model")
    made = with_codebook(new_study(folder, survey(folder, answers)))
    return coded(made, [("00", "AB", "tijd", "", ""), ("01", "AB", "tijd|handen", "", ""),
                        ("02", "AB", "groepen", "", ""), ("08", "AB", "handen", "", ""),
                        ("07", "AB", "tijd", "", "")])  # fmt: skip


@pytest.fixture(scope="module")
def talk(study: Path) -> Iterator[tuple[ModelProcess, Heard]]:
    with running(study) as pair:
        yield pair


def answer_ids(study: Path) -> dict[str, int]:
    with Study.open(study) as opened:
        model = QuestionModel(opened, "nodig", VectorsAtHand(opened))
        *_before, last = [reply for reply in model.suggest() if reply is not None]
        assert isinstance(last, Suggestions)
        from coder.store import queries

        with opened.database.read() as connection:
            return queries.answer_numbers(connection, 1, 1, [f"{i:02}" for i in range(15)])


def test_it_suggests_for_the_first_answers_at_once_and_then_for_all(
    study: Path, talk: tuple[ModelProcess, Heard]
) -> None:
    process, heard = talk
    ids = answer_ids(study)
    process.train("nodig", [ids["06"], ids["11"], 987_654])
    first = heard.until(Suggestions)
    whole = heard.until(Suggestions)
    assert not first.complete
    assert not len(first.order)
    # "Tijd!" and "tijd" are different texts, "tijd en rust" another: only what was asked for comes first
    assert set(first.answer_ids.tolist()) == {ids["06"], ids["11"]}
    assert whole.complete
    # filled-in answers only: "nvt" and the empty one are not
    assert set(whole.answer_ids.tolist()) == {n for who, n in ids.items() if who not in {"03", "04"}}
    assert whole.labels == ("tijd", "handen", "groepen", "overig", "weet_niet")
    assert whole.trained_on == 5
    assert whole.codebook_version == 2
    assert whole.probabilities.dtype == np.float32
    assert whole.probabilities.shape == (13, 5)
    assert (np.diff(whole.answer_ids) > 0).all()
    assert "tijd" in whole.preselected(ids["06"])
    assert whole.preselected(987_654) == ()
    # what is said first is what is said last
    assert np.array_equal(first.probabilities[0], whole.probabilities[whole.row(int(first.answer_ids[0]))])
    # what nobody coded, each text once: "Tijd!" says what "tijd" said
    uncoded = {ids[who] for who in ("05", "09", "10", "11", "12", "13", "14")}
    assert set(whole.order.tolist()) == uncoded
    heard.until(Working, lambda reply: reply.what == "")


def test_coded_answers_have_probabilities_from_the_others(study: Path) -> None:
    ids = answer_ids(study)
    with Study.open(study) as opened:
        model = QuestionModel(opened, "nodig", VectorsAtHand(opened))
        *_before, whole = [reply for reply in model.suggest() if isinstance(reply, Suggestions)]
        assert model._trained is not None
        place = model._trained.frame["answer_id"].tolist().index(ids["02"])
        assert whole.probabilities[whole.row(ids["02"])] == pytest.approx(
            model._trained.model.out_of_sample_[place].astype(np.float32)
        )
        own = model._trained.model.predict_proba(["kleinere groepen"])[0]
    assert whole.probabilities[whole.row(ids["02"]), 2] < own[2]


def test_training_beside_a_screen_records_no_run(study: Path, talk: tuple[ModelProcess, Heard]) -> None:
    process, heard = talk
    process.train("nodig")
    heard.until(Suggestions, lambda reply: reply.complete)
    from study_cases import database

    assert database(study, "SELECT count(*) FROM run") == [(0,)]


def test_it_explains_in_the_words_of_the_answer(study: Path, talk: tuple[ModelProcess, Heard]) -> None:
    process, heard = talk
    ids = answer_ids(study)
    process.train("nodig", [ids["06"]])
    heard.until(Suggestions)
    process.explain("nodig", ids["06"])
    found = heard.until(Explanation)
    assert found.answer_id == ids["06"]
    start, end, contribution = found.labels["tijd"][0]
    assert "Tijd!"[start:end] == "Tijd"
    assert 0.01 < contribution < 1
    process.explain("nodig", 987_654)
    assert heard.until(Explanation).labels == {}


def test_an_unknown_question_is_refused_in_one_line(talk: tuple[ModelProcess, Heard]) -> None:
    process, heard = talk
    process.train("nietda")
    failed = heard.until(Failed)
    assert failed.question == "nietda"
    assert failed.message.count("\n") == 0
    assert "nietda" in failed.message
    assert process.alive


def test_it_reports_quality_calibration_growth_and_doubt(talk: tuple[ModelProcess, Heard]) -> None:
    process, heard = talk
    process.report("nodig")
    report = heard.until(ModelReport)
    # what takes long comes later
    assert report.growth is None
    later = heard.until(ModelReport)
    assert replace(later, growth=None) == report
    # with five answers there is no telling
    assert later.growth.gain is None
    assert [label.label for label in report.labels] == ["tijd", "handen", "groepen", "overig", "weet_niet"]
    assert report.trained_on == 5
    assert report.uncoded == 8
    assert len(report.reliability) == 10
    assert sum(part.n for part in report.reliability) == pytest.approx(25)
    assert report.names["tijd"] == "Tijd"
    assert [queued.expected_errors for queued in report.queue] == sorted(
        (queued.expected_errors for queued in report.queue), reverse=True
    )


def test_it_takes_up_codings_and_the_codebook_as_they_come(tmp_path: Path) -> None:
    made = three_coded(tmp_path)
    with running(made) as (process, heard):
        process.train("nodig")
        before = heard.until(Suggestions, lambda reply: reply.complete)
        assert before.trained_on == 3
        longer = CODEBOOK.replace(
            "  - {id: overig", "  - {id: rust, name: Rust, number: 4, keywords: [rust]}\n  - {id: overig"
        )
        with_codebook(made, longer)
        coded(made, [("08", "AB", "handen", "", "")])
        process.train("nodig")
        found = heard.until(Suggestions, lambda reply: reply.complete)
    assert found.trained_on == 4
    assert found.codebook_version == before.codebook_version + 1
    assert "rust" in found.labels


def test_a_codebook_without_labels_gives_an_order_and_no_suggestions(tmp_path: Path) -> None:
    made = taken_up(with_codebook(new_study(tmp_path), "question: Wat is er nodig?\nlabels: []\n"))
    with running(made) as (process, heard):
        process.train("nodig")
        found = heard.until(Suggestions)
    assert found.complete
    assert found.labels == ()
    assert len(found.order) == 6
    assert found.preselected(int(found.order[0])) == ()


def test_before_the_first_coding_it_suggests_by_the_words_of_the_codebook(tmp_path: Path) -> None:
    with running(taken_up(with_codebook(new_study(tmp_path)))) as (process, heard):
        process.train("nodig")
        found = heard.until(Suggestions, lambda reply: reply.complete)
    assert found.trained_on == 0
    assert found.labels[0] == "tijd"


def test_a_killed_process_is_said_once_and_leaves_the_screen_alone(tmp_path: Path) -> None:
    with running(three_coded(tmp_path)) as (process, heard):
        process.train("nodig")
        heard.until(Working)
        os.kill(process._process.pid, signal.SIGKILL)
        failed = heard.until(Failed)
        assert failed.question == ""
        assert not process.alive
        process.train("nodig")
        process.explain("nodig", 1)
        # it can be started again
        process.restart()
        process.train("nodig")
        assert heard.until(Suggestions, lambda reply: reply.complete).trained_on == 3


def test_closing_ends_the_process_at_once_and_leaves_no_zombie(tmp_path: Path) -> None:
    heard = Heard()
    process = ModelProcess(three_coded(tmp_path), heard)
    process.train("nodig")
    heard.until(Working)
    start = time.monotonic()
    process.close()
    assert time.monotonic() - start < 5
    assert process._process.returncode is not None
    assert not process.alive
    process.train("nodig")
    process.close()


def test_a_process_that_says_nonsense_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nonsense = "import sys; print('hallo', flush=True); sys.stdin.read()"
    monkeypatch.setattr(process_module, "COMMAND", (sys.executable, "-c", nonsense))
    with running(tmp_path) as (process, heard):
        assert heard.until(Failed).question == ""
        assert not process.alive


def test_a_folder_that_is_no_study_is_said(tmp_path: Path) -> None:
    with running(tmp_path) as (_process, heard):
        said = heard.until(Failed).message
        assert str(tmp_path) in said
        assert "cannot be read" in said


def test_requests_that_are_none_are_left_alone_and_newer_ones_replace_older() -> None:
    inbox = Inbox()
    for nonsense in ({}, {"do": "wash"}, {"do": "train"}, {"do": "train", "question": 3}):
        with pytest.raises(ValueError, match="not a request"):
            inbox.put(nonsense)
    inbox.put({"do": "report", "question": "a"})
    for first in (1, 2, 3):
        inbox.put({"do": "train", "question": "a", "first": [first]})
    inbox.put({"do": "explain", "question": "a", "answer": 1})
    inbox.put({"do": "explain", "question": "a", "answer": 2})
    taken = [inbox.take(wait=False) for _ in range(4)]
    assert taken == [
        {"do": "explain", "question": "a", "answer": 2},
        {"do": "train", "question": "a", "first": [3]},
        {"do": "report", "question": "a"},
        None,
    ]


def suggestions(ids: list[int], *, complete: bool, p: float = 0.5, labels: int = 2) -> Suggestions:
    m = len(ids)
    return Suggestions(
        "nodig", 1, 3, tuple("abc"[:labels]), np.full(labels, 0.5), np.array(ids, dtype=np.int64),
        np.full((m, labels), p, dtype=np.float32), np.full((m, labels), p >= 0.5),
        np.full(m, p, dtype=np.float32), np.array(ids if complete else [], dtype=np.int64), complete,
    )  # fmt: skip


REPORT = ModelReport(
    "nodig", 2, "default 1", {"a": "Á"}, 12, 11, 100, 0.5, None,
    (LabelReport("a", 12, 3, 0.5, None, 0.4, 0.3, 0.01, 2.5),),
    (ReliabilityBin(0.0, 0.1, 8.5, 0.04, None),), 0.02,
    Growth((GrowthPoint(25, 5, 0.4, 0.3),), 50, 0.01, 0.005, 0.02),
    (QueuedAnswer(5, "tijd, hè", 1.25, (("a", 0.5),), 2),), 7,
)  # fmt: skip


@pytest.mark.parametrize(
    "reply",
    [
        Explanation("nodig", 3, {"a": ((0, 4, 0.5), (6, 8, 0.1)), "b": ()}),
        Working("bezig – even", 2, 5),
        Failed("", "stuk"),
        REPORT,
        replace(REPORT, growth=None),
    ],
)
def test_what_is_written_is_read_as_it_was(reply: Any) -> None:
    pipe = io.BytesIO()
    write_reply(pipe, reply)
    write_reply(pipe, reply)
    pipe.seek(0)
    assert read_reply(pipe) == reply
    assert read_reply(pipe) == reply
    assert read_reply(pipe) is None


@pytest.mark.parametrize("ids", [[], [3, 8, 11]])
def test_arrays_come_through_as_they_were(ids: list[int]) -> None:
    pipe = io.BytesIO()
    sent = suggestions(ids, complete=True)
    write_reply(pipe, sent)
    pipe.seek(0)
    found = read_reply(pipe)
    assert isinstance(found, Suggestions)
    assert found.labels == ("a", "b")
    for name in ("thresholds", "answer_ids", "probabilities", "given", "certainty", "order"):
        one, two = getattr(sent, name), getattr(found, name)
        assert one.dtype == two.dtype
        assert np.array_equal(one, two)


@pytest.mark.parametrize(
    "content",
    [b"hallo\n", b"[1]\n", b'{"kind": "Working"}\n', b'{"kind": "Wash", "arrays": {}}\n', b"\xff\n"],
)
def test_what_is_no_reply_is_refused(content: bytes) -> None:
    with pytest.raises(WireError):
        read_reply(io.BytesIO(content))


def test_a_reply_that_is_cut_off_is_refused() -> None:
    pipe = io.BytesIO()
    write_reply(pipe, suggestions([1, 2, 3], complete=True))
    whole = pipe.getvalue()
    for length in (len(whole) - 1, whole.index(b"\n") + 3, 10):
        with pytest.raises(WireError):
            read_reply(io.BytesIO(whole[:length]))


def test_partial_suggestions_are_laid_over_earlier_ones() -> None:
    earlier = suggestions([2, 4, 6], complete=True, p=0.25)
    newer = suggestions([3, 4], complete=False, p=0.75)
    both = newer.over(earlier)
    assert both.answer_ids.tolist() == [2, 3, 4, 6]
    assert both.probabilities[:, 0].tolist() == [0.25, 0.75, 0.75, 0.25]
    assert both.given[:, 0].tolist() == [False, True, True, False]
    assert both.order.tolist() == [2, 4, 6]
    assert both.row(3) == 1
    assert both.row(5) is None
    # of other labels, or of an older codebook, nothing is kept
    assert suggestions([3], complete=False, labels=3).over(earlier).answer_ids.tolist() == [3]
    assert replace(newer, codebook_version=2).over(earlier).answer_ids.tolist() == [3, 4]
    assert newer.over(None) is newer
    whole = suggestions([9], complete=True)
    assert whole.over(earlier) is whole


def test_vectors_that_cannot_be_kept_are_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def refuse(*_anything: object) -> None:
        asked.append(1)
        raise StoreError("study.db cannot be written")

    monkeypatch.setattr(store_vectors, "keep_vectors", refuse)
    monkeypatch.setattr(encoding, "_SMALL", 2)
    with Study.open(three_coded(tmp_path)) as opened:
        vectors = VectorsAtHand(opened)
        steps = list(vectors.prepare(["meer tijd", "rust", "handen", "meer tijd"]))
        assert steps == [(2, 3), (3, 3)]
        # once is enough to know
        assert len(asked) == 1
        # the last bit depends on what is encoded together
        own = opened.pipeline.vectors(["rust", "iets nieuws"])
        assert vectors(["rust", "iets nieuws"]) == pytest.approx(own, abs=1e-3)
        assert list(vectors.prepare(["rust"])) == []


def test_vectors_are_kept_for_the_next_time_but_not_those_of_parts_of_answers(tmp_path: Path) -> None:
    with Study.open(three_coded(tmp_path)) as opened:
        vectors = VectorsAtHand(opened)
        list(vectors.prepare(["meer tijd", "rust"]))
        vectors(["tijd"])
        hashes = [store_vectors.text_hash(text) for text in ("meer tijd", "rust", "tijd")]
        with opened.database.read() as connection:
            kept = store_vectors.cached_vectors(connection, opened.pipeline.key, hashes)
        assert set(kept) == set(hashes[:2])
        again = VectorsAtHand(opened)
        assert list(again.prepare(["rust", "meer tijd"])) == []
        assert np.array_equal(again(["rust"]), vectors(["rust"]))


def test_a_question_without_answers_is_refused(tmp_path: Path) -> None:
    made = three_coded(tmp_path)
    with Study.open(made) as opened, pytest.raises(CoderError, match="nietda"):
        list(QuestionModel(opened, "nietda", VectorsAtHand(opened)).suggest())
