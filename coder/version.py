"""The version of the program, as exports state it."""

__version__ = "0.3.0"
