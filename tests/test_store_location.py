from pathlib import Path

import pytest

from coder.store.location import is_on_network

MOUNTS = """\
/dev/vda / ext4 rw 0 0
proc /proc proc rw 0 0
//bureau/data /mnt/bureau\\040data cifs rw 0 0
/dev/vdb /mnt/bureau\\040data/lokaal ext4 rw 0 0
server:/thuis /thuis nfs4 rw 0 0
"""


@pytest.mark.parametrize(
    ("place", "remote"),
    [
        ("/home/an/onderzoek/study.db", False),
        ("/mnt/bureau data/onderzoek/study.db", True),
        ("/mnt/bureau data/lokaal/study.db", False),
        ("/thuis/an/study.db", True),
        ("/thuiswerk/study.db", False),
    ],
)
def test_a_study_on_a_network_drive_is_recognised(tmp_path: Path, place: str, remote: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert is_on_network(Path(place), mounts) is remote


def test_a_system_that_does_not_tell_is_taken_for_local(tmp_path: Path) -> None:
    assert not is_on_network(tmp_path / "study.db", tmp_path / "geen")
