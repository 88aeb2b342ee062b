"""The screens: a Textual application over the services of `coder.study`.

`CoderApp` is the application; every screen is a `StudyScreen` in `coder.tui.screens`. Nothing here
computes: a screen shows what a service returns, and passes on what a key means.
"""

from coder.tui.app import CoderApp

__all__ = ["CoderApp"]
