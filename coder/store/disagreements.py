"""The answers of which coders do not say the same."""

from sqlalchemy import Connection, func, or_, select

from coder.store.definitive import CONSENSUS
from coder.store.queries import YES
from coder.store.schema import answer, coder, coding


def differing(connection: Connection, question_number: int, wave_number: int) -> list[int]:
    """Return the filled-in answers of which two coders may say different things, settled or not, in order.

    Another order of mention counts as different here; consensus and what is held over are left out.
    """
    query = (
        select(coding.c.answer_id)
        .join(coder, coder.c.id == coding.c.coder_id)
        .join(answer, answer.c.id == coding.c.answer_id)
        .where(coding.c.question_id == question_number, coding.c.wave_id == wave_number)
        .where(coder.c.name != CONSENSUS, coding.c.status != "skipped", answer.c.filled_in == YES)
        .group_by(coding.c.answer_id)
        .having(or_(func.count(coding.c.status.distinct()) > 1, func.count(coding.c.labels.distinct()) > 1))
        .order_by(coding.c.answer_id)
    )
    return list(connection.scalars(query))
