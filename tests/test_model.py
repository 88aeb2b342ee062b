"""LabelModel as its users know it: coded answers in, probabilities and decisions out."""

import doctest
import pickle
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import coder.model.label_model as label_model_module
from coder.codebook import Codebook, Label
from coder.errors import CoderError
from coder.model import LabelModel

LABELS = ["tijd", "scholing", "materiaal"]
PHRASES = (
    ("meer tijd", "uren om voor te bereiden", "tijd en rust", "minder werkdruk"),
    ("een cursus rekenen", "nascholing", "training van het team", "studiedag over taal"),
    ("nieuwe methode", "tablets in de klas", "goed lesmateriaal", "software om te oefenen"),
)
FILLERS = (
    "dat hielp",
    "vooral",
    "denk ik",
    "op onze school",
    "dit jaar",
    "voor mij",
    "eigenlijk",
    "gelukkig",
)


def by_words(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """A stand-in for the encoder: quick, and the same everywhere."""
    vectors = np.zeros((len(texts), 16), dtype=np.float32)
    for i, text in enumerate(texts):
        for word in text.split():
            vectors[i, sum(map(ord, word)) % 16] += 1
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)


def survey(n: int = 60, seed: int = 0) -> tuple[list[str], npt.NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    Y = (rng.random((n, 3)) < 0.4).astype(int)
    texts = []
    for row in Y:
        parts = [rng.choice(PHRASES[j]) for j in np.flatnonzero(row)]
        texts.append(" en ".join([*parts, rng.choice(FILLERS), rng.choice(FILLERS)]))
    return texts, Y


def model(**settings: object) -> LabelModel:
    return LabelModel(encode=by_words, **settings)


@pytest.fixture(scope="module")
def fitted() -> LabelModel:
    return model().fit(*survey(), LABELS)


def test_the_example_in_the_documentation_runs() -> None:
    assert doctest.testmod(label_model_module).failed == 0


def test_it_learns_which_words_carry_which_label(fitted: LabelModel) -> None:
    texts, Y = survey(seed=1)
    assert (fitted.predict(texts) == Y).mean() > 0.9
    proba = fitted.predict_proba(texts)
    assert proba.shape == (60, 3)
    assert ((proba > 0) & (proba < 1)).all()


def test_predictions_follow_the_thresholds(fitted: LabelModel) -> None:
    texts, _ = survey(seed=1)
    proba = fitted.predict_proba(texts)
    assert np.array_equal(fitted.predict(texts), proba >= fitted.thresholds_)
    assert np.array_equal(fitted.decide(proba), fitted.predict(texts))


def test_fitting_twice_gives_the_same_numbers() -> None:
    texts, Y = survey()
    one, two = (model(seed=3).fit(texts, Y, LABELS) for _ in range(2))
    assert np.array_equal(one.predict_proba(texts), two.predict_proba(texts))
    assert np.array_equal(one.out_of_sample_, two.out_of_sample_)


def test_the_order_of_the_answers_makes_no_difference() -> None:
    texts, Y = survey()
    order = np.random.default_rng(5).permutation(len(texts))
    one = model().fit(texts, Y, LABELS)
    two = model().fit([texts[i] for i in order], Y[order], LABELS)
    assert np.array_equal(one.out_of_sample_[order], two.out_of_sample_)
    assert np.array_equal(one.predict_proba(PHRASES[0]), two.predict_proba(PHRASES[0]))


def test_the_order_of_the_labels_makes_no_difference() -> None:
    texts, Y = survey()
    one = model().fit(texts, Y, LABELS)
    two = model().fit(texts, Y[:, ::-1], LABELS[::-1])
    assert one.out_of_sample_ == pytest.approx(two.out_of_sample_[:, ::-1], abs=1e-4)


def test_an_answer_is_judged_without_itself() -> None:
    texts, Y = survey()
    whole = model().fit(texts, Y, LABELS)
    answers = {text: i for i, text in enumerate(texts)}
    only_once = [i for text, i in answers.items() if texts.count(text) == 1][:5]
    for i in only_once:
        wrong = Y.copy()
        wrong[i] = 1 - wrong[i]
        other = model().fit(texts, wrong, LABELS)
        # its own coding moves what the model says of it afterwards, not what it says out of sample
        moved = np.abs(other.predict_proba([texts[i]]) - whole.predict_proba([texts[i]])).max()
        assert np.abs(other.out_of_sample_[i] - whole.out_of_sample_[i]).max() < moved / 2


def test_identical_answers_are_left_out_together() -> None:
    texts, Y = survey(40)
    said_by_many = ["zomaar iets anders"] * 12
    coded = np.tile([0, 0, 1], (12, 1))
    many = model().fit(texts + said_by_many, np.vstack([Y, coded]), LABELS)
    # were only one of the twelve left out, the other eleven would give the label away
    assert many.out_of_sample_[-1, 2] < many.predict_proba(["Zomaar iets anders!"])[0, 2] - 0.2
    assert len(np.unique(many.out_of_sample_[-12:], axis=0)) == 1
    assert many.quality_.texts == len({*texts, said_by_many[0]})
    assert many.quality_.answers == 52


def test_identical_answers_that_were_coded_differently_count_as_doubt() -> None:
    texts, Y = survey(40)
    half = np.array([[1, 0, 0], [0, 0, 0]] * 3)
    doubtful = model().fit(texts + ["hulp thuis"] * 6, np.vstack([Y, half]), LABELS)
    sure = model().fit(texts + ["hulp thuis"] * 6, np.vstack([Y, np.tile([1, 0, 0], (6, 1))]), LABELS)
    assert doubtful.predict_proba(["hulp thuis"])[0, 0] < sure.predict_proba(["hulp thuis"])[0, 0]


def test_spelling_that_does_not_count_gives_the_same_probabilities(fitted: LabelModel) -> None:
    proba = fitted.predict_proba(["Meer tijd!", "meer  TIJD", "meer tijd"])
    assert len(np.unique(proba, axis=0)) == 1


def test_a_probability_does_not_depend_on_the_other_answers_asked_for(fitted: LabelModel) -> None:
    texts, _ = survey(seed=2)
    assert fitted.predict_proba(texts)[7] == pytest.approx(fitted.predict_proba([texts[7]])[0], abs=1e-5)


def test_a_pair_that_is_not_known_is_not_looked_at() -> None:
    texts, Y = survey()
    known = np.ones_like(Y, dtype=bool)
    known[:30, 2] = False
    spoiled = Y.astype(float)
    spoiled[:30, 2] = np.nan
    one = model().fit(texts, Y, LABELS, known=known)
    two = model().fit(texts, spoiled, LABELS, known=known)
    assert np.array_equal(one.out_of_sample_, two.out_of_sample_)
    assert one.quality_.labels[2].answers == 30
    assert one.quality_.labels[2].positives == Y[30:, 2].sum()
    # the label that came later is learnt from the answers that know it, and from nothing else
    later = model().fit(texts[30:], Y[30:], LABELS)
    alike = np.corrcoef(one.predict_proba(texts[:30])[:, 2], later.predict_proba(texts[:30])[:, 2])[0, 1]
    assert alike > 0.9
    assert (one.predict(texts[:30])[:, 2] == Y[:30, 2]).mean() > 0.85


def test_a_label_that_no_coding_knows_is_never_given() -> None:
    texts, Y = survey()
    known = np.ones_like(Y, dtype=bool)
    known[:, 1] = False
    partly = model().fit(texts, Y, LABELS, known=known)
    assert not partly.predict(texts)[:, 1].any()
    assert np.isfinite(partly.out_of_sample_).all()
    assert np.isnan(partly.quality_.labels[1].brier)


def test_a_label_without_positives_is_never_given_and_one_without_negatives_always() -> None:
    texts, Y = survey()
    Y[:, 1], Y[:, 2] = 0, 1
    extreme = model().fit(texts, Y, LABELS)
    others = ["iets heel anders", "", "nascholing"]
    assert not extreme.predict(others)[:, 1].any()
    assert extreme.predict(others)[:, 2].all()
    assert (extreme.predict_proba(others)[:, 1] < 0.1).all()
    assert (extreme.predict_proba(others)[:, 2] > 0.7).all()
    assert extreme.thresholds_[1] == 1
    assert extreme.thresholds_[2] == 0


def test_one_positive_is_not_enough_to_flood_the_answers() -> None:
    texts, Y = survey(200)
    Y[:, 2] = 0
    Y[11, 2] = 1
    rare = model().fit(texts, Y, LABELS)
    assert rare.predict(survey(200, seed=4)[0])[:, 2].mean() < 0.1


def test_a_single_answer_is_enough_to_start() -> None:
    one = model().fit(["meer tijd"], [[1, 0, 0]], LABELS)
    assert one.out_of_sample_.shape == (1, 3)
    proba = one.predict_proba(["meer tijd", "een cursus"])
    assert proba[0, 0] > proba[0, 1]
    assert proba[0, 0] >= proba[1, 0]


def test_empty_answers_can_be_learnt_from_and_asked_about() -> None:
    empty = model().fit(["", "...", ""], [[0, 0, 0]] * 3, LABELS)
    assert not empty.predict(["", "tijd"]).any()
    texts, Y = survey(30)
    mixed = model().fit([*texts, "", "?!"], np.vstack([Y, np.zeros((2, 3), int)]), LABELS)
    assert np.isfinite(mixed.predict_proba(["", "-", "tijd"])).all()
    assert mixed.predict_proba([]).shape == (0, 3)


def test_it_works_on_words_alone() -> None:
    texts, Y = survey()
    words = LabelModel(encode=lambda texts: np.zeros((len(texts), 0), dtype=np.float32))
    assert (words.fit(texts, Y, LABELS).predict(survey(seed=1)[0]) == survey(seed=1)[1]).mean() > 0.85


def test_an_answer_of_forty_thousand_characters_is_an_answer(fitted: LabelModel) -> None:
    assert fitted.predict_proba(["meer tijd " * 4_000]).shape == (1, 3)


def test_many_labels_with_few_answers_work() -> None:
    texts, _ = survey(40)
    Y = np.zeros((40, 300), dtype=int)
    Y[np.arange(40), np.arange(40) * 7] = 1
    assert model().fit(texts, Y, [f"label {j}" for j in range(300)]).predict_proba(texts).shape == (40, 300)


def test_the_model_can_be_copied_as_scikit_learn_does_and_kept(fitted: LabelModel) -> None:
    assert fitted.get_params() == {"encode": by_words, "pipeline": "default", "seed": 0}
    copy = clone(fitted).set_params(seed=4)
    assert copy.seed == 4
    with pytest.raises(NotFittedError):
        copy.predict(["tijd"])
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(["meer tijd"]), fitted.predict_proba(["meer tijd"]))


def test_quality_is_measured_on_the_texts_left_out() -> None:
    texts, Y = survey(80)
    fit = model().fit(texts, Y, LABELS)
    quality = fit.quality_
    decided = fit.decide(fit.out_of_sample_)
    weights = np.array([1 / texts.count(text) for text in texts])
    found, wrong, missed = (
        (weights[:, None] * which).sum(axis=0)
        for which in ((Y == 1) & (decided == 1), (Y == 0) & (decided == 1), (Y == 1) & (decided == 0))
    )
    assert [label.label for label in quality.labels] == LABELS
    assert [label.precision for label in quality.labels] == pytest.approx(found / (found + wrong))
    assert [label.recall for label in quality.labels] == pytest.approx(found / (found + missed))
    f1 = 2 * found / (2 * found + wrong + missed)
    assert [label.f1 for label in quality.labels] == pytest.approx(f1)
    assert quality.macro_f1 == pytest.approx(f1.mean())
    assert quality.micro_f1 == pytest.approx(2 * found.sum() / (2 * found + wrong + missed).sum())
    assert [label.positives for label in quality.labels] == Y.sum(axis=0).tolist()
    assert [label.threshold for label in quality.labels] == fit.thresholds_.tolist()


def test_with_many_texts_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    texts, Y = survey(500, seed=8)
    exact = model().fit(texts, Y, LABELS)
    monkeypatch.setattr(label_model_module, "_EXACT_UP_TO", 300)
    monkeypatch.setattr(label_model_module, "_LANDMARKS", 250)
    one, two, other = (model(seed=seed).fit(texts, Y, LABELS) for seed in (1, 1, 2))
    new, truth = survey(seed=9)
    assert exact.quality_.texts > 300
    assert np.array_equal(one.predict_proba(new), two.predict_proba(new))
    assert not np.array_equal(one.predict_proba(new), other.predict_proba(new))
    assert one.predict_proba(new) == pytest.approx(exact.predict_proba(new), abs=0.15)
    assert (one.predict(new) == truth).mean() > 0.95
    assert np.abs(one.out_of_sample_ - exact.out_of_sample_).mean() < 0.02


@pytest.mark.parametrize(
    ("texts", "Y", "labels", "what"),
    [
        (["a", "b"], [[1, 0]], ["x", "y"], "Y has shape (1, 2), but there are 2 texts and 2 labels"),
        (["a"], [[1, 0, 1]], ["x", "y"], "Y has shape (1, 3), but there are 1 texts and 2 labels"),
        (["a"], [1], ["x"], "Y has shape (1,), but there are 1 texts and 1 labels"),
        (["a", "b"], [[1, 0], [1]], ["x", "y"], "Y must have a row of 2 values for each text"),
        (["a"], [[2, 0]], ["x", "y"], "Y must be 0 or 1 where it is known, not 2 (text 0, label 0)"),
        (["a"], [[0, np.nan]], ["x", "y"], "Y must be 0 or 1 where it is known, not nan (text 0, label 1)"),
        (["a"], [["ja", "nee"]], ["x", "y"], "Y must be 0 or 1 where it is known, not ja (text 0, label 0)"),
        (["a"], [[1, 0]], ["x", "x"], "label 'x' is there twice"),
        ("tijd", [[1]] * 4, ["x"], "texts must be a sequence of strings, not one string"),
        ([None], [[1]], ["x"], "texts must be strings, but number 0 is None"),
        (["a"], [[1]], "x", "labels must be a sequence of strings, not one string"),
    ],
)
def test_wrong_input_is_one_clear_line(texts: list[str], Y: object, labels: list[str], what: str) -> None:
    with pytest.raises(ValueError, match=r".*") as raised:
        model().fit(texts, Y, labels)
    assert str(raised.value) == what


def test_a_wrong_shape_of_known_and_a_wrong_encoder_are_one_clear_line() -> None:
    with pytest.raises(ValueError, match=r"known has shape \(1,\), but Y has shape \(1, 2\)"):
        model().fit(["a"], [[1, 0]], ["x", "y"], known=[True])
    with pytest.raises(ValueError, match=r"encode gave an array of shape \(3,\) for 1 texts"):
        LabelModel(encode=lambda texts: np.zeros(3)).fit(["a"], [[1]], ["x"])


def test_nothing_to_learn_from_says_what_to_do() -> None:
    with pytest.raises(CoderError, match="code some first"):
        model().fit([], np.zeros((0, 2)), ["x", "y"])
    with pytest.raises(CoderError, match="the codebook is empty"):
        model().fit(["a"], np.zeros((1, 0)), [])


CODEBOOK = Codebook(
    "Wat hielp?",
    (
        Label("tijd", "Tijd en rust", keywords=("uren", "werkdruk"), examples=("meer tijd om na te denken",)),
        Label("scholing", "Nascholing", definition="Cursussen, training en studiedagen voor leraren"),
        Label("materiaal", "Materiaal", include=("nieuwe methode", "tablets", "software")),
        Label("weet_niet", "Weet niet / geen mening", residual=True, exclusive=True),
    ),
)
IDS = list(CODEBOOK.ids)


def test_a_codebook_alone_is_enough_to_start() -> None:
    cold = LabelModel().fit([], np.zeros((0, 4)), IDS, codebook=CODEBOOK)
    proba = cold.predict_proba(["minder werkdruk", "een cursus of training", "tablets", "weet niet"])
    assert proba.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert cold.out_of_sample_.shape == (0, 4)
    assert cold.quality_.answers == 0
    assert np.isnan(cold.quality_.micro_f1)
    assert ((cold.thresholds_ > 0) & (cold.thresholds_ < 1)).all()


def test_labels_are_found_in_the_codebook_by_name_too() -> None:
    names = [label.name for label in CODEBOOK.labels]
    by_name = model().fit([], np.zeros((0, 4)), names, codebook=CODEBOOK)
    by_id = model().fit([], np.zeros((0, 4)), IDS, codebook=CODEBOOK)
    assert np.array_equal(by_name.predict_proba(PHRASES[0]), by_id.predict_proba(PHRASES[0]))


def test_a_codebook_of_bare_names_of_other_labels_teaches_nothing_but_does_no_harm() -> None:
    texts, Y = survey()
    plain = model().fit(texts, Y, LABELS)
    other = model().fit(texts, Y, LABELS, codebook=Codebook("Iets anders?", (Label("x", "Heel wat anders"),)))
    assert np.array_equal(plain.out_of_sample_, other.out_of_sample_)


def test_the_codebook_helps_where_few_answers_are_coded() -> None:
    texts, Y = survey(6, seed=3)
    new, truth = survey(100, seed=4)
    Y4, truth4 = (np.hstack([part, np.zeros((len(part), 1), int)]) for part in (Y, truth))
    without = model().fit(texts, Y4, IDS).predict_proba(new)
    with_it = model().fit(texts, Y4, IDS, codebook=CODEBOOK).predict_proba(new)
    assert np.square(with_it - truth4).mean() < np.square(without - truth4).mean()


def test_a_coded_answer_goes_before_the_same_words_in_the_codebook() -> None:
    coded = model().fit(["Tablets!"], [[1, 0, 0, 0]], IDS, codebook=CODEBOOK)
    assert coded.predict_proba(["tablets"])[0].argmax() == 0


def test_an_exclusive_label_is_never_given_beside_another() -> None:
    texts, Y = survey()
    texts = [*texts, "weet niet", "geen idee", "weet ik niet"]
    Y = np.vstack([np.hstack([Y, np.zeros((60, 1), int)]), np.tile([0, 0, 0, 1], (3, 1))])
    fit = model().fit(texts, Y, IDS, codebook=CODEBOOK)
    fit.thresholds_ = np.full(4, 0.3)
    proba = np.array(
        [[0.6, 0.5, 0.1, 0.7], [0.6, 0.5, 0.1, 0.55], [0.1, 0.2, 0.1, 0.4], [0.1, 0.1, 0.1, 0.1]]
    )
    assert fit.decide(proba).tolist() == [[0, 0, 0, 1], [1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]
    loose = model().fit(texts, Y, IDS)
    loose.thresholds_ = np.full(4, 0.3)
    assert loose.decide(proba)[0].tolist() == [1, 1, 0, 1]


def test_lemmas_and_word_vectors_of_an_installed_pipeline_come_along(tmp_path) -> None:
    nlp = spacy.blank("nl")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": name} for name in ("PABO", "IB")])
    nlp.vocab.set_vector("tijd", np.ones(4, dtype=np.float32))
    nlp.to_disk(tmp_path / "klein")
    texts, Y = survey(20)
    texts = [f"{text} PABO" if row[1] else text for text, row in zip(texts, Y, strict=True)]
    own = LabelModel(pipeline=str(tmp_path / "klein")).fit(texts, Y, LABELS)
    assert own.predict_proba(["meer tijd op de PABO"]).shape == (1, 3)
    # a name is a name only as it was written, and it counts
    assert own.predict_proba(["PABO"])[0, 1] > own.predict_proba(["pabo"])[0, 1]
    cached = LabelModel(pipeline=str(tmp_path / "klein"), encode=by_words).fit(texts, Y, LABELS)
    assert cached.predict_proba(["meer tijd"]).shape == (1, 3)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.lists(st.booleans(), min_size=2, max_size=2)),
        min_size=1,
        max_size=8,
    ),
    st.text(max_size=12),
)
def test_any_answers_with_any_codings_give_probabilities(
    coded: list[tuple[str, list[bool]]], new: str
) -> None:
    fit = model().fit([text for text, _ in coded], [row for _, row in coded], ["a", "b"])
    for proba in (fit.out_of_sample_, fit.predict_proba([new, ""])):
        assert np.isfinite(proba).all()
        assert ((proba > 0) & (proba < 1)).all()
    assert ((fit.thresholds_ >= 0) & (fit.thresholds_ <= 1)).all()
