"""Typer's own words in the reader's language: headings of --help, and what is said of wrong usage."""

import gettext
import os
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from coder.messages import LOCALE, _, current_language

if TYPE_CHECKING:
    from typer import Context


def use_catalogue() -> None:
    """Let Typer, which asks gettext for its headings, find them in this program's catalogue."""
    # Typer's messages; named here so that they are in the catalogue
    _("Arguments"), _("Options"), _("Commands"), _("required"), _("default: {default}"), _("(dynamic)")
    _("Missing command."), _("No such command {name!r}.")
    gettext.bindtextdomain("coder", str(LOCALE))
    gettext.textdomain("coder")
    os.environ["LANGUAGE"] = current_language()


class _Translated:
    """What Typer does not ask gettext for."""

    def format_usage(self, ctx: "Context", formatter: Any) -> None:
        """Write the usage line."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=_("Usage: "))

    def get_help_option(self, ctx: "Context") -> Any:
        """Return the option --help."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _("Show this message and exit.")
        return option


class Group(_Translated, TyperGroup):  # type: ignore[misc]  # narrower than the private base needs
    """A group of commands."""


class Command(_Translated, TyperCommand):  # type: ignore[misc]
    """A command."""


def wrong_usage(error: TyperException) -> list[str]:
    """Return what to say of wrong usage: the usage line, where to find help, and what is wrong."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return [error.format_message()]
    lines = []
    context = getattr(error, "ctx", None)
    if context is not None:
        lines.append(context.get_usage())
        lines.append(_("'{command} --help' tells more.").format(command=context.command_path))
    lines.append(_("Wrong usage: {message}").format(message=_message(error)))
    return lines


def _message(error: TyperException) -> str:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        message = _("there is no option {name}.").format(name=getattr(error, "option_name", ""))
        possible = getattr(error, "possibilities", None)
        if possible:
            message += " " + _("Do you mean {names}?").format(names=", ".join(possible))
        return message
    if kind == "MissingParameter":
        parameter = getattr(error, "param", None)
        names = " / ".join([] if parameter is None else parameter.opts)
        return _("{name} is missing.").format(name=names if names.startswith("-") else names.upper())
    return error.format_message()
