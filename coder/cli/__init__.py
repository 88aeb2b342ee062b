"""The command line: thin commands over the services of `coder.study`."""

import os
import sys
from pathlib import Path

from coder.errors import CoderError
from coder.messages import LANGUAGES, _, set_language

_STOPPED = 130


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0, 1 for what a user can mend (one line on stderr), 2 for wrong usage."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    _write_utf8()
    given = _choose_language(given)
    # imported only now: the texts of --help are translated when the commands are defined
    from typer import Abort
    from typer.exceptions import TyperException

    from coder.cli.app import app
    from coder.cli.translated import use_catalogue, wrong_usage

    use_catalogue()
    try:
        code = app(given, prog_name="coder", standalone_mode=False)
    except TyperException as error:
        for line in wrong_usage(error):
            print(line, file=sys.stderr)
        sys.exit(error.exit_code)
    except CoderError as error:
        _say(str(error))
        sys.exit(1)
    except OSError as error:
        reason = error.strerror or str(error)
        if error.filename:
            _say(_("{file}: the system refused: {reason}.").format(file=error.filename, reason=reason))
        else:
            _say(_("The system refused: {reason}.").format(reason=reason))
        sys.exit(1)
    except (Abort, KeyboardInterrupt):
        code = _STOPPED
    if code == _STOPPED:
        _say(_("Stopped; nothing half done was kept."))
    sys.exit(code if isinstance(code, int) else 0)


def _say(line: str) -> None:
    print(" ".join(line.split("\n")), file=sys.stderr)


def _write_utf8() -> None:
    # a Windows console or a pipe may stand at cp1252, which has no bars and no minus sign
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _choose_language(arguments: list[str]) -> list[str]:
    """Take --lang out of the arguments and choose the language: --lang, CODER_LANG, the study's, Dutch."""
    rest: list[str] = []
    code: str | None = None
    study: str | None = None
    waiting: str | None = None
    for argument in arguments:
        if waiting == "--lang":
            code, waiting = argument, None
            continue
        if waiting == "--study":
            study, waiting = argument, None
        elif argument == "--lang":
            waiting = "--lang"
            continue
        elif argument.startswith("--lang="):
            code = argument.partition("=")[2]
            continue
        elif argument == "--study":
            waiting = "--study"
        elif argument.startswith("--study="):
            study = argument.partition("=")[2]
        rest.append(argument)
    if waiting == "--lang" or (code is not None and code not in LANGUAGES):
        _say(_("--lang takes one of: {choices}.").format(choices=", ".join(LANGUAGES)))
        sys.exit(2)
    if code is None and os.environ.get("CODER_LANG", "")[:2].lower() not in LANGUAGES:
        code = _study_language(Path(study) if study else Path.cwd())
    set_language(code)
    return rest


def _study_language(start: Path) -> str | None:
    """Return the language that the study here asks for; None when there is no study or it does not say."""
    import tomllib

    try:
        start = start.resolve()
        for folder in (start, *start.parents):
            path = folder / "study.toml"
            if path.is_file():
                language = tomllib.loads(path.read_text(encoding="utf-8")).get("language")
                return language if language in LANGUAGES else None
    except (OSError, ValueError):
        return None  # opening the study says what is wrong with it
    return None
