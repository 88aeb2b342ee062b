"""The one kind of error that a person can cause and mend."""


class CoderError(Exception):
    """What is wrong, where, and what to do about it, in one line.

    Every part of the program raises this (or a subclass named for the situation) for what a user can
    cause; the command line prints the line and exits with status 1, a screen shows it in a dialog.
    """
