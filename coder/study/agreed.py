"""How well coders agree on a question in a wave, and where they do not, as one coder may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coder.codebook import Codebook
from coder.reports.tables import AgreementTable
from coder.statistics.records import SetAgreement
from coder.store.waves import WaveRecord
from coder.study.settings import QuestionSettings
from coder.study.settling import Disagreement, differences

if TYPE_CHECKING:
    from coder.study.folder import Study


@dataclass(frozen=True)
class Agreed:
    """What there is to show of one question in one wave.

    Attributes:
        tables: agreement on blind codings, on assisted ones, on those of unknown blindness; what there is.
        found: answers on which coders differ, open ones first; hidden: how many this coder may not see yet.
    """

    tables: Sequence[AgreementTable]
    codebook: Codebook
    found: Sequence[Disagreement]
    hidden: int


def agreed(study: "Study", question: QuestionSettings, wave: WaveRecord, coder: str) -> Agreed:
    """Work out agreement and differences.

    What this coder is still to code blind stays out of sight: others' labels must not be known by then.
    """
    from coder.study.agreement import agreement_tables

    found = differences(study, question, wave, for_coder=coder)
    return Agreed(
        agreement_tables(study, question, [wave]),
        study.codebook(question),
        sorted(found, key=lambda one: not one.is_open),
        found.hidden,
    )


def agreement_so_far(
    study: "Study", question: QuestionSettings, wave: WaveRecord
) -> tuple[SetAgreement | None, bool]:
    """Return the agreement on a question in a wave, roughly, and whether it stands on blind codings."""
    from coder.study.agreement import agreement_tables

    tables = agreement_tables(study, question, [wave], replicates=200)
    return (tables[0].sets, tables[0].selection == "blind") if tables else (None, True)
