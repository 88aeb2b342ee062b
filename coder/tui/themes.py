"""A dark and a light theme: quiet, with enough contrast for a whole day's reading."""

from textual.theme import Theme

DARK = Theme(
    name="coder-dark",
    primary="#7FB2D9",
    secondary="#9FB4C7",
    accent="#E0B15E",
    warning="#E0B15E",
    error="#E58A7B",
    success="#8CC08A",
    foreground="#D9DEE3",
    background="#15191E",
    surface="#1B2027",
    panel="#262D36",
    boost="#2B333D",
    dark=True,
)
LIGHT = Theme(
    name="coder-light",
    primary="#1F5F8B",
    secondary="#4A6275",
    accent="#8A5A00",
    warning="#8A5A00",
    error="#A33A2A",
    success="#2F6B34",
    foreground="#20262C",
    background="#FBFAF7",
    surface="#F3F1EC",
    panel="#E6E3DB",
    boost="#DCD8CE",
    dark=False,
)
THEMES = (DARK, LIGHT)
