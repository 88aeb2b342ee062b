"""What the database itself holds to, whichever program writes to it.

Events are never changed or deleted. (`coder purge`, the exception that the law asks for, drops these two
triggers and makes them again within its own transaction.) And what is filled in and coded is counted in
blocks of answers, as it changes: counting a million answers for every screen would take a second.
"""

# ruff: noqa: S608  (all that is filled in is a number of our own)

from sqlalchemy import Connection

from coder.store.schema import BLOCK

APPEND_ONLY = {
    "event_is_never_changed": """
        CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
    "event_is_never_deleted": """
        CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END""",
}
"""Name to SQL of the triggers that keep the log append-only."""

COUNTING = {
    "answer_added": f"""
        CREATE TRIGGER answer_added AFTER INSERT ON answer WHEN NEW.filled_in
        BEGIN
            INSERT INTO filled_in_count (question_id, wave_id, block, n)
            VALUES (NEW.question_id, NEW.wave_id, NEW.id / {BLOCK}, 1)
            ON CONFLICT DO UPDATE SET n = n + 1;
        END""",
    "answer_deleted": f"""
        CREATE TRIGGER answer_deleted AFTER DELETE ON answer WHEN OLD.filled_in
        BEGIN
            UPDATE filled_in_count SET n = n - 1
            WHERE question_id = OLD.question_id AND wave_id = OLD.wave_id AND block = OLD.id / {BLOCK};
        END""",
    "answer_filled_in": f"""
        CREATE TRIGGER answer_filled_in AFTER UPDATE OF filled_in ON answer
        WHEN NEW.filled_in <> OLD.filled_in
        BEGIN
            INSERT INTO filled_in_count (question_id, wave_id, block, n) VALUES
                (NEW.question_id, NEW.wave_id, NEW.id / {BLOCK}, NEW.filled_in - OLD.filled_in)
            ON CONFLICT DO UPDATE SET n = n + excluded.n;
            INSERT INTO coding_count (question_id, wave_id, coder_id, block, status, n)
            SELECT question_id, wave_id, coder_id, answer_id / {BLOCK}, status,
                   NEW.filled_in - OLD.filled_in
            FROM coding WHERE answer_id = NEW.id
            ON CONFLICT DO UPDATE SET n = n + excluded.n;
        END""",
    "coding_added": f"""
        CREATE TRIGGER coding_added AFTER INSERT ON coding
        WHEN (SELECT filled_in FROM answer WHERE id = NEW.answer_id)
        BEGIN
            INSERT INTO coding_count (question_id, wave_id, coder_id, block, status, n) VALUES
                (NEW.question_id, NEW.wave_id, NEW.coder_id, NEW.answer_id / {BLOCK}, NEW.status, 1)
            ON CONFLICT DO UPDATE SET n = n + 1;
        END""",
    "coding_deleted": f"""
        CREATE TRIGGER coding_deleted AFTER DELETE ON coding
        WHEN (SELECT filled_in FROM answer WHERE id = OLD.answer_id)
        BEGIN
            UPDATE coding_count SET n = n - 1
            WHERE question_id = OLD.question_id AND wave_id = OLD.wave_id AND coder_id = OLD.coder_id
            AND block = OLD.answer_id / {BLOCK} AND status = OLD.status;
        END""",
    "coding_status": f"""
        CREATE TRIGGER coding_status AFTER UPDATE OF status ON coding
        WHEN NEW.status <> OLD.status AND (SELECT filled_in FROM answer WHERE id = NEW.answer_id)
        BEGIN
            UPDATE coding_count SET n = n - 1
            WHERE question_id = OLD.question_id AND wave_id = OLD.wave_id AND coder_id = OLD.coder_id
            AND block = OLD.answer_id / {BLOCK} AND status = OLD.status;
            INSERT INTO coding_count (question_id, wave_id, coder_id, block, status, n) VALUES
                (NEW.question_id, NEW.wave_id, NEW.coder_id, NEW.answer_id / {BLOCK}, NEW.status, 1)
            ON CONFLICT DO UPDATE SET n = n + 1;
        END""",
}
"""Name to SQL of the triggers that keep the counts."""

TEXT_CHANGED = """
    CREATE TRIGGER answer_changed AFTER UPDATE OF text ON answer WHEN NEW.text IS NOT OLD.text
    BEGIN DELETE FROM suggestion WHERE answer_id = NEW.id; END"""
"""What the model said of another text goes with that text."""

DRAFT_OF_ANOTHER_TEXT = """
    CREATE TRIGGER answer_changed_under_draft AFTER UPDATE OF text ON answer WHEN NEW.text IS NOT OLD.text
    BEGIN DELETE FROM draft WHERE answer_id = NEW.id; END"""
"""So does what a coder had chosen for it and not saved."""


def create_triggers(connection: Connection) -> None:
    """Make all triggers."""
    for statement in (*APPEND_ONLY.values(), *COUNTING.values(), TEXT_CHANGED, DRAFT_OF_ANOTHER_TEXT):
        connection.exec_driver_sql(statement)
