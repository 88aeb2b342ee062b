"""The version of the program, as exports state it."""

__version__ = "0.2.0"
