"""One coder's codings to another computer and back: without loss, and twice without harm."""

import shutil
import string
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_cases import (
    ANSWERS,
    CODEBOOK,
    coded,
    current,
    database,
    done,
    new_study,
    refused,
    survey,
    taken_in,
    with_codebook,
)

from coder.store import events
from coder.store.events import NewCoding
from coder.study import Study, export_codings, import_codings
from coder.study import codebooks as study_codebooks

REDEFINED = CODEBOOK.replace("Iemand erbij in de les.", "Een tweede leraar.")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    made = with_codebook(new_study(tmp_path))
    done("status", "--study", made)
    return made


TIMES = st.datetimes().map(lambda t: t.isoformat(timespec="microseconds") + "+00:00")
MEMOS = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"),
    min_size=1,
    max_size=40,
).filter(str.strip)
LABELS = st.lists(st.sampled_from(["tijd", "handen", "groepen", "overig"]), unique=True, max_size=4)
CODINGS = st.dictionaries(
    st.sampled_from([who for who, text in ANSWERS.items() if text]),
    st.tuples(
        st.sampled_from(["none", "unclear", "skipped"]) | st.just("labelled"),
        LABELS,
        st.sampled_from(events.VISIBILITIES),
        st.sampled_from([o for o in events.ORIGINS if o != "adjudicated"]),
        st.integers(1, 2),
        MEMOS,
        TIMES,
    ),
    min_size=1,
)


@pytest.fixture(scope="module")
def two_computers() -> Iterator[tuple[Path, Path]]:
    """The same study on two computers, with a codebook of two versions and no codings."""
    with tempfile.TemporaryDirectory() as folder:
        here = with_codebook(new_study(Path(folder)))
        done("status", "--study", here)
        with_codebook(here, CODEBOOK.replace("Iemand erbij in de les.", "Een tweede leraar."))
        done("status", "--study", here)
        there = Path(folder) / "elders"
        shutil.copytree(here, there)
        yield here, there


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(codings=CODINGS, name=st.text(string.ascii_letters + " .é-", min_size=1).filter(str.strip))
def test_codings_come_through_an_export_without_loss_and_twice_without_harm(
    two_computers: tuple[Path, Path], codings: dict[str, tuple[Any, ...]], name: str
) -> None:
    here, there = two_computers
    name = name.strip()
    with Study.open(here) as study, study.database.write() as connection:
        number = study_codebooks.question_number(study, connection, study.question())
        coder = events.coder_id(connection, name)
        numbers = dict(connection.exec_driver_sql(
            "SELECT r.external_id, a.id FROM answer a JOIN respondent r ON r.id = a.respondent_id"
        ).fetchall())  # fmt: skip
        events.record_codings(
            connection,
            number,
            [
                NewCoding(numbers[who], coder, status if status != "labelled" or given_ else "none",
                          tuple(given_) if status == "labelled" else (), origin, visible, version, memo, at)
                for who, (status, given_, visible, origin, version, memo, at) in codings.items()
            ],
        )  # fmt: skip
    path = there.parent / "naar-elders.csv"
    with Study.open(here) as study:
        assert export_codings(study, path, name) == len(current(here, name))
    with Study.open(there) as study:
        # what this name coded there before, in another example, is older or the same or newer: start clean
        with study.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM coding")
            connection.exec_driver_sql("DELETE FROM final")
        (first,) = import_codings(study, path)
        assert first.written == {name: len(current(here, name))}
    assert current(there, name) == current(here, name)
    logged = database(there, "SELECT count(*) FROM event")
    with Study.open(there) as study:
        (second,) = import_codings(study, path)
    assert (second.written, second.unchanged) == ({}, len(current(here, name)))
    assert database(there, "SELECT count(*) FROM event") == logged


def test_the_codings_of_both_questions_travel_in_one_file(study: Path) -> None:
    done("import", survey(study.parent, {"a": "rust", "b": "tijd"}, "tweede.csv"), "--wave", "w2",
         "--id", "nr", "--answers", "wat=nodig", "--answers", "nr=wie", "--study", study)  # fmt: skip
    elsewhere = study.parent / "elders"
    shutil.copytree(study, elsewhere)
    rows = [("01", "AB", "w1", "nodig", "tijd"), ("a", "AB", "w2", "wie", "overig")]
    coded(study, rows, "id,coder,wave,question,labels")
    path = study.parent / "uit.csv"
    said = done("codings", "export", "--coder", "AB", "--out", path, "--study", study)
    assert "Wrote 2 codings" in said.err
    taken_in(elsewhere, path)
    assert current(elsewhere) == current(study)


def test_the_consensus_travels_too(study: Path) -> None:
    elsewhere = study.parent / "elders"
    shutil.copytree(study, elsewhere)
    coded(study, [("02", "consensus", "tijd", "", "")])
    path = study.parent / "uit.csv"
    done("codings", "export", "--coder", "Consensus", "--out", path, "--study", study)
    taken_in(elsewhere, path)
    assert current(elsewhere) == current(study)


def test_a_coding_made_with_a_codebook_not_known_here_waits_for_that_codebook(study: Path) -> None:
    elsewhere = study.parent / "elders"
    shutil.copytree(study, elsewhere)
    with_codebook(study, REDEFINED)
    coded(study, [("02", "AB", "handen", "", "")])
    with_codebook(study, REDEFINED.replace("Een tweede leraar.", "Wie er ook bij komt."))
    path, book = study.parent / "uit.csv", study.parent / "boek.yaml"
    done("codings", "export", "--coder", "AB", "--out", path, "--study", study)
    line = refused("codings", "import", path, "--study", elsewhere)
    assert "coder codebook export --version 3" in line
    for option in (("--version", "3"), ()):
        done("codebook", "export", *option, "--out", book, "--study", study)
        done("codebook", "import", book, "--study", elsewhere)
    taken_in(elsewhere, path)
    assert current(elsewhere) == current(study)
    assert "1 to 4" in refused("codebook", "export", "--version", "9", "--out", book, "--study", study)


def test_who_has_no_codings_is_told_who_has(study: Path) -> None:
    coded(study, [("01", "AB", "tijd", "", "")])
    line = refused("codings", "export", "--coder", "ZZ", "--out", study.parent / "uit.csv", "--study", study)
    assert "ZZ has no codings here; the study knows: AB." in line
