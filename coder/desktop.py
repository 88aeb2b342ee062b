"""The screen in front of the person who typed the command: whether there is one, and a folder shown on it."""

import os
import subprocess
import sys
from pathlib import Path


def has_desktop() -> bool:
    """Whether a window would open before the person; over ssh it would open on the other computer."""
    if "SSH_CONNECTION" in os.environ:
        return False
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )


def show_folder(folder: Path) -> bool:
    """Open a folder in the program that this computer shows folders with; False when that cannot be."""
    if not has_desktop():
        return False
    try:
        if sys.platform == "win32":
            os.startfile(folder)  # noqa: S606  (a folder, and one that we wrote to)
            return True
        opener = "open" if sys.platform == "darwin" else "xdg-open"
        # the absolute path begins with a slash and is no option; the opener outlives us
        subprocess.Popen(  # noqa: S603
            [opener, str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True
