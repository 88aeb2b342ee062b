"""Codebooks in YAML, as people write them and as the program does."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coder.codebook import (
    Codebook,
    CodebookError,
    Label,
    check_codebook,
    dump_codebook,
    parse_codebook,
    read_codebook,
    write_codebook,
)

REPOSITORY = Path(__file__).parent.parent
NASTY = [
    "no", "ja", "Yes", "null", "~", "1", "1.0", "0x1F", "2024-01-01", ": ", "a: b", "einde:", "#", "a #b",
    "'", '"', "\\", "- a", "[a, b]", "{a: b}", "a, b", "&a", "*a", "!a", "%a", "@a", "`a", "|", ">", "?",
    "? a", "=1+1", "😀", "👩\u200d🏫", "a\nb", "a\n\n b\n", "\n", " voor", "na ", "\t", "a\tb", "a\r\nb",
    "\x00", "\x85", "\u2028", "\ufeff", "\ufffe", "\u00a0", "---", "...", "‘tijd’", "lang " * 40,
    "lang  " * 40, "lang " * 40 + "\nen zo", "x" * 200, "↵", "a;b", "ellende: " * 20, "# " * 60,
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=120), st.text("ab :#\n-'\",[]", max_size=120))
NAMES = TEXTS.filter(lambda text: bool(text.strip()))
LISTS = st.lists(TEXTS, max_size=4).map(tuple)
IDS = st.one_of(
    st.sampled_from(["no", "null", "1", "1e3", "0x1f", "tijd", "_", "on"]),
    st.text("abz019_", min_size=1, max_size=8),
)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    ids = draw(st.lists(IDS, max_size=4, unique=True))
    labels = [
        Label(
            id,
            draw(NAMES),
            draw(st.none() | st.integers(1, 999_999_999)),
            draw(TEXTS),
            draw(LISTS),
            draw(LISTS),
            draw(LISTS),
            draw(LISTS),
            draw(st.none() | st.sampled_from(ids[:nth])) if nth else None,
            *(draw(st.booleans()) for _ in range(3)),
        )
        for nth, id in enumerate(ids)
    ]
    return Codebook(draw(TEXTS), tuple(labels))


@settings(max_examples=150, deadline=None)
@given(codebooks())
@example(
    Codebook(
        "Wat: hielp?", (Label("no", "Nee", 1, *NASTY[:1], tuple(NASTY), (), tuple(NASTY), tuple(NASTY)),)
    )
)
def test_every_codebook_comes_back_from_its_yaml_unchanged(book: Codebook) -> None:
    written = dump_codebook(book)
    assert parse_codebook(written, "book.yaml") == book
    assert dump_codebook(parse_codebook(written, "book.yaml")) == written


@pytest.mark.parametrize("text", NASTY)
def test_another_program_reads_the_same_texts_from_our_yaml(text: str) -> None:
    book = Codebook(text, (Label("a", f"a{text}", definition=text, examples=(text,), keywords=(text, text)),))
    plain = yaml.safe_load(dump_codebook(book))
    label = plain["labels"][0]
    assert plain["question"] == text
    assert (label["name"], label["examples"], label["keywords"]) == (f"a{text}", [text], [text, text])
    assert label.get("definition", "") == text


def test_the_yaml_is_written_for_people() -> None:
    book = Codebook(
        "Wat hielp?",
        (
            Label(
                "scholing",
                "Scholing",
                1,
                "Leren van iemand die daarvoor is aangesteld, binnen of buiten de school, alleen of met "
                "het team.",
                include=("studiedag, cursus",),
                exclude=("overleg: geen scholing",),
                examples=("een cursus gevolgd",),
                keywords=("cursus", "no", "leren, samen"),
                parent="leren",
            ),
            Label("leren", "Leren", residual=True, exclusive=True, retired=True, definition="Eén.\nTwee."),
        ),
    )
    assert dump_codebook(book) == (
        """question: Wat hielp?

labels:
  - id: scholing
    name: Scholing
    number: 1
    definition: >-
      Leren van iemand die daarvoor is aangesteld, binnen of buiten de school, alleen of met het
      team.
    include:
      - studiedag, cursus
    exclude:
      - "overleg: geen scholing"
    examples:
      - een cursus gevolgd
    keywords: [cursus, "no", "leren, samen"]
    parent: leren

  - id: leren
    name: Leren
    definition: |-
      Eén.
      Twee.
    residual: true
    exclusive: true
    retired: true
"""
    )


def test_a_long_list_of_keywords_is_broken_between_keywords() -> None:
    book = Codebook("", (Label("a", "A", keywords=tuple(f"woord {n}" for n in range(40))),))
    assert max(map(len, dump_codebook(book).splitlines())) <= 100


def test_a_codebook_without_labels_is_a_codebook() -> None:
    assert dump_codebook(Codebook("Wat?", ())) == "question: Wat?\n\nlabels: []\n"
    assert parse_codebook("question: Wat?\nlabels:\n", "leeg.yaml") == Codebook("Wat?", ())
    assert parse_codebook("labels: []", "leeg.yaml") == Codebook("", ())


def test_words_that_yaml_takes_for_something_else_are_text_to_a_codebook() -> None:
    read = parse_codebook(
        "question: no\n"
        "labels:\n"
        "  - {id: ja, name: 2017, number: '007', keywords: [no, ja, 1, 1.0, on, null, 010, 2017-01-01, '', ],"
        " residual: ja, exclusive: no, parent: ~, definition: null, examples: }\n",
        "b.yaml",
    )
    assert read.question == "no"
    label = read.labels[0]
    assert label.keywords == ("no", "ja", "1", "1.0", "on", "null", "010", "2017-01-01", "")
    assert (label.name, label.number, label.residual, label.exclusive) == ("2017", 7, True, False)
    assert (label.parent, label.definition, label.examples) == (None, "", ())


START = "question: Wat?\nlabels:\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'b.yaml is empty: a codebook starts with "question:" and "labels:".'),
        ("# niets\n", 'b.yaml is empty: a codebook starts with "question:" and "labels:".'),
        ("hallo", "b.yaml, line 1: here should be keys with values, such as question: …, labels: …."),
        ("question: a\nlables: []", 'b.yaml, line 2: the key "lables" is unknown; did you mean labels?'),
        (
            "question: a\nxyz: []",
            'b.yaml, line 2: the key "xyz" is unknown; the keys here are question, labels.',
        ),
        ("labels: []\nlabels: []", "b.yaml, line 2: the key labels stands here a second time."),
        (
            "question: a\nlabels: tijd",
            "b.yaml, line 2: labels is a list: write [one, two] or every item on a line of its own "
            "with a dash.",
        ),
        (START + "  - tijd", "b.yaml, line 3: here should be keys with values, such as id: …, name: …."),
        (
            START + "  - name: Tijd",
            'b.yaml, line 3: a label has no id; write "id:" with a short name that never changes.',
        ),
        (START + "  - id: tijd", "b.yaml, line 3: label tijd has no name: give it one."),
        (
            START + "  - id: Té duur\n    name: Duur",
            'b.yaml, line 3: "Té duur" cannot be an id: use small letters, digits and _, such as te_duur.',
        ),
        (
            START + "  - {id: a, name: A}\n  - {id: a, name: Bé}",
            "b.yaml, line 4: the id a is already used at b.yaml, line 3; "
            "give one of the two another id, such as be.",
        ),
        (
            START + "  - id: a\n    name: A\n    keywords: cursus, training",
            "b.yaml, line 5: keywords is a list: write [one, two] or every item on a line of its own "
            "with a dash.",
        ),
        (
            START + "  - id: a\n    name: A\n    exclude:\n      - minder: zie B",
            "b.yaml, line 6: exclude should have a text here; put a text with a colon, or that starts with "
            "a bracket or a sign, between double quotes.",
        ),
        (
            START + "  - id: a\n    name: A\n    keywords:\n      - !belangrijk",
            "b.yaml, line 6: keywords should have a text here; put a text with a colon, or that starts with "
            "a bracket or a sign, between double quotes.",
        ),
        *(
            (
                START + f"  - id: a\n    name: A\n    number: {wrong}",
                f'b.yaml, line 5: "{wrong}" cannot be a number: '
                "write a whole number of 1 or more, or leave it out.",
            )
            for wrong in ("een", "0", "-1", "1.5", "1e3", "9999999999")
        ),
        (
            START + "  - id: a\n    name: A\n    residual: soms",
            'b.yaml, line 5: residual is true or false, not "soms".',
        ),
        (
            START + "  - id: a\n    name: A\n    definition: een: twee",
            "b.yaml, line 5: this is not YAML (mapping values are not allowed here); look at the "
            "indentation, and put a text with a colon, a # or a quotation mark between double quotes.",
        ),
        (
            START + "  - id: a\n\tname: A",
            "b.yaml, line 4: this is not YAML (found character '\\t' that cannot start any token); look at "
            "the indentation, and put a text with a colon, a # or a quotation mark between double quotes.",
        ),
        (
            "question: a\nlabels: \x07",
            "b.yaml, line 2: a sign that no text file may hold (code U+0007); take it away.",
        ),
    ],
)
def test_what_cannot_be_understood_is_one_line_with_its_place(text: str, message: str) -> None:
    with pytest.raises(CodebookError) as caught:
        parse_codebook(text, "b.yaml")
    assert str(caught.value) == message


def test_a_file_of_brackets_is_refused_without_a_traceback() -> None:
    with pytest.raises(CodebookError, match=r"^b\.yaml: lists within lists within lists; "):
        parse_codebook("[" * 1500, "b.yaml")


@pytest.mark.parametrize("name", ["verbetering", "randvoorwaarden"])
def test_the_codebooks_of_the_sample_study_are_without_findings(name: str) -> None:
    book = read_codebook(REPOSITORY / "codebooks" / f"{name}.yaml")
    assert check_codebook(book) == []
    assert parse_codebook(dump_codebook(book), name) == book


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    file = tmp_path / "b.yml"
    file.write_bytes(b"\xef\xbb\xbfquestion: Wat?\r\nlabels:\r\n  - id: a\r\n    name: \xc3\x89\xc3\xa9n\r\n")
    assert read_codebook(file) == Codebook("Wat?", (Label("a", "Één"),))


def test_a_file_that_is_no_codebook_is_named_in_the_message(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("question: a\nlabels: [één]".encode("cp1252"))
    with pytest.raises(CodebookError, match=r"latin\.yaml, line 2: this is not UTF-8; save the file with"):
        read_codebook(latin)
    with pytest.raises(CodebookError, match=r"There is no file .*weg\.yaml\.$"):
        read_codebook(tmp_path / "weg.yaml")
    with pytest.raises(CodebookError, match=r"boek\.docx: a codebook is a \.yaml or \.xlsx file"):
        read_codebook(tmp_path / "boek.docx")
    (tmp_path / "map.yaml").mkdir()
    with pytest.raises(CodebookError, match=r"map\.yaml cannot be read"):
        read_codebook(tmp_path / "map.yaml")


def test_writing_replaces_the_whole_file_or_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "b.yaml"
    book = Codebook("Wat?", (Label("a", "Één 😀"),))
    write_codebook(book, file)
    assert read_codebook(file) == book
    with pytest.raises(CodebookError, match="already used"):
        write_codebook(book.with_labels((*book.labels, *book.labels)), file)
    assert read_codebook(file) == book
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(CodebookError, match="cannot be written"):
        write_codebook(book, tmp_path / "nergens" / "b.yaml")
