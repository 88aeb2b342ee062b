"""Calibration, growth and what more answers would bring: numbers with a known answer, and the commands."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from model_cases import sample_study
from study_cases import done, refused, run, three_coded

from coder.codebook import Codebook, Label
from coder.model import LabelModel
from coder.study import Study, Trained, train
from coder.study.model_reports import calibration, gain, growth, progression, what_more_brings
from coder.study.suggestions import Growth, Working


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_study(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def trained(sample: Path) -> Trained:
    with Study.open(sample) as study:
        return train(study, study.question("verbetering"))


def made(texts: list[str], proba: list[list[float]], values: list[list[float]]) -> Any:
    """Return what `calibration` looks at."""
    return SimpleNamespace(
        model=SimpleNamespace(out_of_sample_=np.array(proba)),
        values=np.array(values),
        frame=pd.DataFrame({"text": texts}),
    )


def test_calibration_counts_identical_answers_once_and_leaves_out_what_is_unknown() -> None:
    bins, error, by_label = calibration(
        made(
            ["tijd", "Tijd!", "rust", "handen"],
            [[0.92, 0.1], [0.92, 0.1], [0.08, 0.14], [0.98, 0.5]],
            [[1, 0], [0, 0], [0, 1], [1, np.nan]],
        )
    )
    # "tijd" twice is one text, half of it labelled
    assert [part.n for part in bins] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 2]
    assert bins[9].mean == pytest.approx(0.95)
    assert bins[9].true == pytest.approx(0.75)
    assert bins[1].mean == pytest.approx(0.12)
    assert bins[1].true == pytest.approx(0.5)
    assert bins[4].mean is None
    assert error == pytest.approx((1 * 0.08 + 2 * 0.38 + 2 * 0.2) / 5)
    assert by_label[0] == pytest.approx((0.08 + 2 * 0.2) / 3)
    assert by_label[1] == pytest.approx(0.38)


def test_probabilities_that_mean_what_they_say_have_a_small_calibration_error() -> None:
    rng = np.random.default_rng(0)
    proba = rng.random((4_000, 2))
    truth = (rng.random(proba.shape) < proba).astype(float)
    texts = [str(i) for i in range(4_000)]
    assert (calibration(made(texts, proba.tolist(), truth.tolist()))[1] or 1) < 0.02
    boasting = np.where(proba > 0.5, 0.99, 0.01)
    assert (calibration(made(texts, boasting.tolist(), truth.tolist()))[1] or 0) > 0.2


def test_the_gain_is_that_of_the_curve_the_points_lie_on() -> None:
    sizes = [25, 50, 100, 200, 400]
    rng = np.random.default_rng(0)
    scores = [(n, 0.8 - 1.5 / n**0.5 + rng.normal(0, 0.005)) for n in sizes for _draw in range(3)]
    found, low, high = gain(scores, 400, more=50)
    true = 1.5 / 400**0.5 - 1.5 / 450**0.5
    assert found == pytest.approx(true, rel=0.1)
    assert low is not None
    assert high is not None
    assert low < true < high


@pytest.mark.parametrize(
    "scores",
    [
        [],
        [(25, 0.4), (25, 0.5), (50, 0.6)],
        # no growth to speak of
        [(25, 0.5), (25, 0.6), (50, 0.5), (50, 0.6), (100, 0.55), (100, 0.5)],
        # the more answers, the worse
        [(25, 0.7), (50, 0.65), (100, 0.6), (200, 0.5)],
    ],
)
def test_what_cannot_be_told_is_not_told(scores: list[tuple[int, float]]) -> None:
    assert gain(scores, 200) == (None, None, None)
    assert "cannot be told" in what_more_brings(Growth((), 50, None, None, None))


def test_what_more_brings_is_one_line_with_its_interval() -> None:
    said = what_more_brings(Growth((), 50, 0.0123, 0.008, 0.02))
    assert said == "Another 50 coded answers would bring some 0.012 micro-F1 (between 0.008 and 0.020)."


def test_growth_learns_from_fewer_and_judges_on_the_others(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt: list[set[str]] = []
    judged: list[set[str]] = []
    fit, predict = LabelModel.fit, LabelModel.predict_proba

    def fitting(self: LabelModel, texts: list[str], *rest: Any, **more: Any) -> LabelModel:
        learnt.append({text.casefold() for text in texts})
        return fit(self, texts, *rest, **more)

    def predicting(self: LabelModel, texts: list[str]) -> Any:
        judged.append({text.casefold() for text in texts})
        return predict(self, texts)

    monkeypatch.setattr(LabelModel, "fit", fitting)
    monkeypatch.setattr(LabelModel, "predict_proba", predicting)
    steps: list[int] = []
    found = progression(trained, progress=lambda what, done, total: steps.append(done)).growth
    assert [point.n for point in found.points] == [25, 50, 100, 200, len(trained.frame)]
    assert [point.repeats for point in found.points] == [5, 5, 5, 3, 1]
    assert steps == list(range(18))
    assert all(not one & other for one, other in zip(learnt, judged, strict=True))
    assert found.points[-1].micro_f1 == trained.model.quality_.micro_f1
    assert all(0 < point.macro_f1 < point.micro_f1 < 1 for point in found.points)


def test_growth_is_the_same_every_time(trained: Trained) -> None:
    assert progression(trained) == progression(trained)


def test_with_a_few_answers_there_is_one_point_and_no_telling(tmp_path: Path) -> None:
    with Study.open(three_coded(tmp_path)) as study:
        found = progression(train(study, study.question()))
    assert [point.n for point in found.growth.points] == [3]
    assert found.growth.gain is None


def test_growth_of_answers_that_all_say_the_same_is_a_single_point() -> None:
    labels = Codebook(question="", labels=(Label(id="a", name="A"),))
    texts, Y = ["tijd"] * 80, np.ones((80, 1))
    model = LabelModel(encode=lambda own: np.ones((len(own), 2), dtype=np.float32))
    model.fit(texts, Y, ["a"], codebook=labels)
    trained = SimpleNamespace(model=model, values=Y, frame=pd.DataFrame({"text": texts}), codebook=labels)
    ended: list[Growth] = []

    def whole() -> Iterator[Working]:
        ended.append((yield from growth(trained)))

    list(whole())
    assert [point.n for point in ended[0].points] == [80]


def test_train_shows_growth_and_calibration(sample: Path) -> None:
    said = done("train", "--growth", "--question", "verbetering", "--study", sample)
    assert "Expected calibration error 0.0" in said.out
    assert "Another 50 coded answers would bring" in said.out or "cannot be told" in said.out
    found = done("train", "--growth", "--json", "--study", sample).json
    for question in found:
        assert [part["low"] for part in question["reliability"]] == [b / 10 for b in range(10)]
        assert [point["n"] for point in question["growth"]["points"]][:3] == [25, 50, 100]
        assert question["growth"]["more"] == 50
    assert "growth" not in done("train", "--json", "--study", sample).json[0]


def test_growth_of_what_nobody_coded_is_left_out(tmp_path: Path) -> None:
    from study_cases import new_study, with_codebook

    study = with_codebook(new_study(tmp_path))
    assert "growth" not in done("train", "--growth", "--json", "--study", study).json[0]
    assert "nobody has coded yet" in done("train", "--growth", "--study", study).err


def test_explain_names_the_words_that_carried_each_label(sample: Path) -> None:
    given = ("--question", "randvoorwaarden", "--study", sample)
    found = done("explain", "0001", "--json", *given).json
    assert found["wave"] == "2017"
    assert found["labels"]
    assert found["coded"] in {True, False}
    probabilities = [label["probability"] for label in found["labels"]]
    assert probabilities == sorted(probabilities, reverse=True)
    for label in found["labels"]:
        for word in label["words"]:
            assert found["text"][word["start"] : word["end"]] == word["text"]
            assert 0 < word["contribution"] <= 1
    said = done("explain", "0001", *given)
    assert found["text"].split()[0] in said.out
    assert found["labels"][0]["name"] in said.out


def test_explaining_records_nothing(sample: Path) -> None:
    from study_cases import database

    before = database(sample, "SELECT count(*) FROM run")
    done("explain", "0001", "--question", "randvoorwaarden", "--study", sample)
    assert database(sample, "SELECT count(*) FROM run") == before


@pytest.mark.parametrize("respondent", ["9999", "04", "05"])
def test_a_respondent_without_an_answer_is_refused_in_one_line(tmp_path: Path, respondent: str) -> None:
    line = refused("explain", respondent, "--study", three_coded(tmp_path))
    assert line == f"Respondent {respondent} has no filled-in answer to nodig in wave w1."


def test_explain_in_a_wave_that_is_not_there_says_which_there_are(tmp_path: Path) -> None:
    assert "w1" in run("explain", "01", "--wave", "w7", "--study", three_coded(tmp_path)).err
