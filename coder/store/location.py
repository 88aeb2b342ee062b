"""Whether a database lies where SQLite can lock it: a network drive is no such place."""

import sys
from pathlib import Path

#: file systems that lie on another computer
_REMOTE = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "davfs", "fuse.rclone", "fuse.sshfs", "glusterfs", "ncpfs", "nfs",
        "nfs4", "smb3", "smbfs",
    }
)  # fmt: skip
_WINDOWS_REMOTE = 4


def is_on_network(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Say whether a file lies on a network drive, as far as this system tells (Linux and Windows do)."""
    path = path.absolute()
    if sys.platform == "win32":
        import ctypes

        drive = path.anchor
        if drive.startswith("\\\\"):
            return True
        return bool(ctypes.windll.kernel32.GetDriveTypeW(drive) == _WINDOWS_REMOTE)
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    best, kind = "", ""
    for line in lines:
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        place = parts[1].replace("\\040", " ")
        # of two mounts that hold the path, the deeper one does
        if path.is_relative_to(place) and len(place) >= len(best):
            best, kind = place, parts[2]
    return kind in _REMOTE
