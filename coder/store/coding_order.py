"""The codings of a question in the order in which they were made."""

from sqlalchemy import Connection, select

from coder.store.definitive import BRIDGE
from coder.store.derived import batches, codings_in_force, effective_merges
from coder.store.schema import coding


def in_order_of_coding(connection: Connection, question: int) -> list[tuple[int, tuple[str, ...]]]:
    """Return all codings in force, of all coders: (answer, labels), those made first first.

    Codings that were made again for a bridge sample are left out. A label that was merged into another counts
    as that other one.
    """
    merges = effective_merges(connection, question)
    answers = connection.scalars(
        select(coding.c.answer_id).where(coding.c.question_id == question).distinct()
    ).all()
    made = [r for part in batches(answers) for r in codings_in_force(connection, part) if r.origin != BRIDGE]
    # imported codings say when they were made; the log has them where they came in
    made.sort(key=lambda r: (r.at, r.id))
    found = []
    for r in made:
        labels = r.labels.split()
        for number, gone, into in merges:
            if number > r.id:
                labels = [into if label == gone else label for label in labels]
        found.append((r.answer_id, tuple(dict.fromkeys(labels))))
    return found
