"""The tables of study.db, as SQLAlchemy Core sees them.

The log (`event`) is the truth about codings; `coding` (what each coder now says of each answer) and
`final` (the definitive coding of each answer) are derived from it in the same transaction, because
reading them back out of three million events takes seconds. `filled_in_count` and `coding_count` are
counted along by the database itself (see `triggers`). Label ids are stored joined by a space: they
consist of lower-case letters, digits and underscores.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
)

metadata = MetaData()

migration = Table(
    "migration",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("applied_at", Text, nullable=False),
    Column("program_version", Text, nullable=False),
)

question = Table(
    "question",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

coder = Table(
    "coder",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

wave = Table(
    "wave",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("imported_at", Text, nullable=False),
    Column("columns", Text, nullable=False),  # JSON: the original columns, in order
    Column("layout", Text, nullable=False),  # JSON: what each column was imported as
)

respondent = Table(
    "respondent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("wave_id", ForeignKey("wave.id"), nullable=False),
    Column("row", Integer, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("weight", Float, nullable=False),
    Column("cluster", Text),
    Column("stratum", Text),
    Column("population", Text),
    Column("panel_id", Text),
    Column("groups", Text, nullable=False),  # JSON: background variable to value
    # no longer in the file when it was imported again: kept for the log, outside every table
    Column("withdrawn", Boolean, nullable=False, default=False),
    UniqueConstraint("wave_id", "external_id"),
    Index("respondent_withdrawn", "withdrawn", sqlite_where=column("withdrawn") == 1),
)

# The row as it was received, apart from what every query needs: a million of them are read at export only.
original = Table(
    "original",
    metadata,
    Column("respondent_id", ForeignKey("respondent.id", ondelete="CASCADE"), primary_key=True),
    Column("cells", Text, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("wave_id", ForeignKey("wave.id"), nullable=False),
    Column("question_id", ForeignKey("question.id"), nullable=False),
    Column("respondent_id", ForeignKey("respondent.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text),
    Column("asked", Boolean),  # empty: not known
    Column("filled_in", Boolean, nullable=False),
    Column("fingerprint", Integer, nullable=False),
    UniqueConstraint("respondent_id", "question_id"),
    Index("answer_by_question", "question_id", "wave_id", "filled_in", "id"),
    Index(
        "answer_blank", "filled_in", "question_id", "wave_id", "asked", sqlite_where=column("filled_in") == 0
    ),
    Index("answer_by_text", "question_id", "fingerprint"),
)

codebook_version = Table(
    "codebook_version",
    metadata,
    Column("question_id", ForeignKey("question.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("yaml", Text, nullable=False),
    Column("reworded", Text, nullable=False),  # labels of which a person said that only the wording changed
    Column("restores", Integer),  # number of the version that an undone edit brought back
)

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),  # coding, retract, flag, memo, quote, codebook, setting
    Column("question_id", ForeignKey("question.id"), nullable=False),
    Column("answer_id", ForeignKey("answer.id")),
    Column("coder_id", ForeignKey("coder.id")),
    Column("status", Text),
    Column("labels", Text),
    Column("origin", Text),
    Column("visible", Text),  # yes, no, unknown
    Column("codebook_version", Integer),
    # labels that came after that version and that the coder knew all the same, having used them
    Column("knows", Text),
    Column("memo", Text),
    Column("target", ForeignKey("event.id")),
    Index("event_by_answer", "answer_id", sqlite_where=column("answer_id").is_not(None)),
    Index("event_by_target", "target", sqlite_where=column("target").is_not(None)),
    # of the question itself, not of an answer: a handful among millions
    Index("event_of_question", "question_id", "kind", sqlite_where=column("answer_id").is_(None)),
    sqlite_autoincrement=True,
)

coding = Table(
    "coding",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("coder_id", ForeignKey("coder.id"), primary_key=True),
    Column("question_id", Integer, nullable=False),
    Column("wave_id", Integer, nullable=False),
    Column("event_id", ForeignKey("event.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("labels", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("visible", Text, nullable=False),
    Column("codebook_version", Integer, nullable=False),
    Column("knows", Text, nullable=False, default=""),
    Column("at", Text, nullable=False),
    Column("memo", Text),
    Index("coding_in_order", "question_id", "wave_id", "coder_id", "event_id"),
    sqlite_with_rowid=False,
)

final = Table(
    "final",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("question_id", Integer, nullable=False),
    Column("wave_id", Integer, nullable=False),
    Column("status", Text, nullable=False),  # labelled, none, unclear, skipped, open
    Column("labels", Text, nullable=False),
    Column("origin", Text, nullable=False),  # consensus, unanimous, single, open, skipped
    Column("codebook_version", Integer, nullable=False),
    Column("knows", Text, nullable=False, default=""),
    Index("final_by_question", "question_id", "wave_id", "status", "origin"),
)

BLOCK = 1_000
"""Answers are counted by their number in blocks of this many, so that what a coder has not seen is found
without walking past what is seen."""

filled_in_count = Table(
    "filled_in_count",
    metadata,
    Column("question_id", Integer, primary_key=True),
    Column("wave_id", Integer, primary_key=True),
    Column("block", Integer, primary_key=True),  # number of the answer, divided by BLOCK
    Column("n", Integer, nullable=False),  # answers that are filled in
    sqlite_with_rowid=False,
)

coding_count = Table(
    "coding_count",
    metadata,
    Column("question_id", Integer, primary_key=True),
    Column("wave_id", Integer, primary_key=True),
    Column("coder_id", Integer, primary_key=True),
    Column("block", Integer, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("n", Integer, nullable=False),  # filled-in answers of which this coder now says this
    sqlite_with_rowid=False,
)

sample = Table(
    "sample",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    # random: drawn at random, declared by who imported the codings; reliability: drawn at random to be coded
    # by two or more coders, blind; audit: drawn at random from what no person had coded, to be coded blind
    Column("kind", Text, primary_key=True),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)

# What the audit sample of a wave was last drawn from or added to, drawn or not: of these its errors tell.
audit_frame = Table(
    "audit_frame",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    sqlite_with_rowid=False,
)

# Which answers a coder is asked to code; an answer without a row here is for whoever comes first.
assignment = Table(
    "assignment",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("coder_id", ForeignKey("coder.id"), primary_key=True),
    Column("at", Text, nullable=False),
    Index("assignment_by_coder", "coder_id", "answer_id"),
    sqlite_with_rowid=False,
)

# Answers to be read again. Since a label came later ("likely", "random"): done by a coder whose coding of
# the answer knows it. Since a label was split ("carries"): by one whose coding is later than `after`.
recode = Table(
    "recode",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("label", Text, primary_key=True),
    Column("question_id", ForeignKey("question.id"), nullable=False),
    Column("reason", Text, nullable=False),  # carries, likely, random
    Column("after", Integer, nullable=False),  # number of the last event that was in doubt when it was queued
    Column("at", Text, nullable=False),
    Index("recode_by_question", "question_id", "answer_id"),
    sqlite_with_rowid=False,
)

# Answers of an earlier wave that one coder codes again, blind, for a comparison with a later one. The draw
# that was made last holds; earlier ones stay. An answer is done by a coding of origin "bridge" that is later
# than `after`.
bridge = Table(
    "bridge",
    metadata,
    Column("draw", ForeignKey("event.id"), primary_key=True),  # the setting that says how it was drawn
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("coder_id", ForeignKey("coder.id"), nullable=False),
    Column("after", Integer, nullable=False),
    Index("bridge_by_answer", "answer_id"),
    sqlite_with_rowid=False,
)

# What is derived from the log of flags and quotes: those that are on.
mark = Table(
    "mark",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("coder_id", ForeignKey("coder.id"), primary_key=True),
    Column("kind", Text, primary_key=True),  # flag, quote
    Column("question_id", Integer, nullable=False),
    Index("mark_by_question", "question_id", "kind", "answer_id"),
    sqlite_with_rowid=False,
)

# Labels chosen on screen and not yet saved with a coding: kept, never counted.
draft = Table(
    "draft",
    metadata,
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("coder_id", ForeignKey("coder.id"), primary_key=True),
    Column("question_id", Integer, nullable=False),
    Column("labels", Text, nullable=False),
    Column("memo", Text),
    Column("at", Text, nullable=False),
    sqlite_with_rowid=False,
)

# One row a key press that changed something: what undo takes back, and redo does again. The log is the
# truth about codings; this only knows which events one key press made, and the draft before and after it.
action = Table(
    "action",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("coder_id", ForeignKey("coder.id"), nullable=False),
    Column("question_id", ForeignKey("question.id"), nullable=False),
    Column("answer_id", ForeignKey("answer.id")),  # where the coder was
    Column("kind", Text, nullable=False),  # draft, coding, mark, codebook, settling
    Column("events", Text, nullable=False),  # JSON: events to take back, at the next undo or redo
    Column("drafts", Text, nullable=False),  # JSON: answer to what its draft becomes at the next undo or redo
    Column("undone", Boolean, nullable=False, default=False),
    Index("action_in_order", "coder_id", "question_id", "undone", "id"),
    sqlite_autoincrement=True,
)

# What a coder chose about the screens: order of the answers, theme, names shown or hidden.
preference = Table(
    "preference",
    metadata,
    Column("coder_id", ForeignKey("coder.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question_id", ForeignKey("question.id"), nullable=False),
    Column("wave_id", ForeignKey("wave.id")),  # empty: a training run, which labels nothing
    Column("at", Text, nullable=False),
    Column("program_version", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("codebook_version", Integer, nullable=False),
    Column("labels", Text, nullable=False),
    Column("trained_on", Integer, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("quality", Text, nullable=False),  # JSON
    sqlite_autoincrement=True,
)

# One row an answer with the probabilities of all the run's labels packed as float32: a row a label
# would be twelve million rows for a million answers.
suggestion = Table(
    "suggestion",
    metadata,
    Column("run_id", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    Column("probabilities", LargeBinary, nullable=False),
    Column("labels", Text, nullable=False),
    Column("certainty", Float, nullable=False),
    Column("expected_errors", Float, nullable=False),
    Column("queued", Boolean, nullable=False),
    Column("accepted", Integer, nullable=False),  # label decisions accepted without a person
    # the labels it gives without any answer of that text; empty where it learnt none, or `labels` are these
    Column("unlearnt", Text),
    Index("suggestion_by_answer", "answer_id"),
    # in order of answer: counting what nobody has coded since then walks along `final`
    Index("suggestion_by_run", "run_id", "answer_id", "queued"),
    Index("suggestion_queue", "run_id", "queued", "expected_errors", sqlite_where=column("queued") == 1),
    sqlite_with_rowid=False,
)

vector = Table(
    "vector",
    metadata,
    Column("pipeline", Text, primary_key=True),
    Column("text_hash", Integer, primary_key=True),
    Column("value", LargeBinary, nullable=False),  # float16
)
