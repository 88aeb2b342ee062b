"""A study and its services: what a screen and a command can do, they do through these.

A study is a folder with settings, codebooks, survey files, a database and exports (see `Study`). The
services return records; showing them is for the command line and the screens.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coder.study.agreement import agreement_tables
    from coder.study.coded_waves import coded_wave
    from coder.study.coding_sheets import export_coding_sheet
    from coder.study.codings import CodingsImport, import_codings
    from coder.study.exporting import ExportResult, coded_set, export
    from coder.study.folder import Study, StudyError, create_study, find_study
    from coder.study.frequencies import frequency_tables
    from coder.study.importing import ImportResult, import_wave
    from coder.study.labelling import Acceptance, LabelResult, label_wave
    from coder.study.next_answers import next_answer
    from coder.study.replacing import WaveChangedError
    from coder.study.settings import QuestionSettings, Settings, SettingsError
    from coder.study.sharing import export_codings
    from coder.study.status import QuestionStatus, StudyStatus, study_status
    from coder.study.training import Trained, train

__all__ = [
    "Acceptance",
    "CodingsImport",
    "ExportResult",
    "ImportResult",
    "LabelResult",
    "QuestionSettings",
    "QuestionStatus",
    "Settings",
    "SettingsError",
    "Study",
    "StudyError",
    "StudyStatus",
    "Trained",
    "WaveChangedError",
    "agreement_tables",
    "coded_set",
    "coded_wave",
    "create_study",
    "export",
    "export_coding_sheet",
    "export_codings",
    "find_study",
    "frequency_tables",
    "import_codings",
    "import_wave",
    "label_wave",
    "next_answer",
    "study_status",
    "train",
]

_WHERE = {
    "Acceptance": "labelling",
    "CodingsImport": "codings",
    "ExportResult": "exporting",
    "ImportResult": "importing",
    "LabelResult": "labelling",
    "QuestionSettings": "settings",
    "QuestionStatus": "status",
    "Settings": "settings",
    "SettingsError": "settings",
    "Study": "folder",
    "StudyError": "folder",
    "StudyStatus": "status",
    "Trained": "training",
    "WaveChangedError": "replacing",
    "agreement_tables": "agreement",
    "coded_set": "exporting",
    "coded_wave": "coded_waves",
    "create_study": "folder",
    "export": "exporting",
    "export_coding_sheet": "coding_sheets",
    "export_codings": "sharing",
    "find_study": "folder",
    "frequency_tables": "frequencies",
    "import_codings": "codings",
    "import_wave": "importing",
    "label_wave": "labelling",
    "next_answer": "next_answers",
    "study_status": "status",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    # who asks where the study stands does not wait for pandas and the statistics
    if name in _WHERE:
        return getattr(import_module(f"coder.study.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'coder.study' has no attribute {name!r}")
