"""Agreement on a question of a study: records for the screen, the workbook and JSON."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from coder.progress import Progress, silent
from coder.reports.tables import AgreementTable
from coder.store import answer_lists, queries
from coder.store.waves import WaveRecord
from coder.study import codebooks
from coder.study.compared_codings import Pairs, among_coders, compared, with_consensus
from coder.study.model_agreement import with_model
from coder.study.settings import QuestionSettings

if TYPE_CHECKING:
    from coder.study.folder import Study

#: kinds of samples that are drawn at random: declared to be, or by the program
DRAWN_AT_RANDOM = ("random", "reliability", "audit")


def agreement_tables(
    study: "Study",
    question: QuestionSettings,
    waves: Sequence[WaveRecord],
    *,
    seed: int | None = None,
    replicates: int = 1000,
    pairs: Pairs = False,
    versions: bool = False,
    against: Literal["consensus", "model"] | None = None,
    progress: Progress = silent,
) -> list[AgreementTable]:
    """Return the agreement on a question: of coders with each other, with the consensus, or with the model.

    The first table stands on blind, independent codings, before consensus; codings made with suggestions or
    other work in view, and imports of unknown blindness, have tables of their own when there are any. A group
    of identical answers coded at once counts once (see `coder.study.coded_at_once`).

    Args:
        seed: of the resampling; None is the study's.
        pairs: also a table for every two coders, where there are more; "sets": without its labels.
        versions: also a table for each codebook version that codings were made with, where there are several:
            of answers with two codings of that version, and its labels as they were.
        against: instead, "consensus": every coder with the consensus, on answers that have one; "model": what
            people decided with what the model says without having learnt from it, a table a wave.

    Raises CoderError when there is no run of the model that says something of what people coded.
    """
    seed = study.settings.seed if seed is None else seed
    with study.database.read() as connection:
        number = codebooks.question_number(study, connection, question)
        recorded = codebooks.versions(connection, number)
        drawn = {
            answer
            for w in waves
            for answer in answer_lists.in_samples(connection, number, w.id, DRAWN_AT_RANDOM)
        }
        if against == "model":
            sides = [
                part for w in waves for part in with_model(connection, question.name, number, w, recorded)
            ]
            sides = [replace(side, at_random=drawn) for side in sides]
            return compared(sides, seed=seed, replicates=replicates, progress=progress)
        frame = queries.codings(connection, number, [w.id for w in waves])
        answers = queries.answers(connection, number, [w.id for w in waves])
    # codings of what counts as not filled in, or is no longer in the file, stay outside every table
    frame = frame[frame["answer_id"].isin(answers.loc[answers["filled_in"].astype(bool), "answer_id"])]
    wave = waves[0].name if len(waves) == 1 else None
    if against == "consensus":
        sides = with_consensus(question.name, wave, recorded, frame)
    else:
        sides = among_coders(question.name, wave, recorded, frame, pairs=pairs, versions=versions)
    names = {w.id: w.name for w in waves}
    sides = [replace(side, waves=names, at_random=drawn) for side in sides]
    return compared(sides, seed=seed, replicates=replicates, progress=progress)
