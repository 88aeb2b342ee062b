"""coder serve."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from coder.cli.console import StudyOption, note, notes
from coder.messages import _, current_language


def serve(
    study: StudyOption = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help=_("The port (0: any that is free)."))
    ] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help=_("Do not open a browser."))] = False,
) -> None:
    """Show the coding screens in a web browser on this computer."""
    from coder.serve.server import Server
    from coder.serve.server import serve as serve_until_stopped
    from coder.study import Study

    with Study.open(study or Path.cwd()) as opened:
        notes(opened.notices)
        folder, name = opened.folder, opened.settings.name
    # -P: what lies in the folder one happens to be in is not taken for a part of Python
    command = [
        sys.executable,
        "-P",
        "-m",
        "coder",
        "--lang",
        current_language(),
        "code",
        "--study",
        str(folder),
    ]
    server = Server(command, title=name, port=port)

    def ready() -> None:
        print(server.address, flush=True)
        note(_("Open this address in a browser on this computer; every visitor chooses a coder's name."))
        note(_("Whoever has the address can code along. Stop with Ctrl+C."))

    serve_until_stopped(server, ready=ready, browser=not no_open)
    note(_("Stopped; every coding that was given is saved."))
