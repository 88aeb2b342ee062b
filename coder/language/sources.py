"""Where a pipeline comes from: the default one, an installed package, or a folder."""

import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from coder.errors import CoderError
from coder.messages import _

DEFAULT = "default"
_DEFAULT_VERSION = "1"


class PipelineNotFoundError(CoderError):
    """There is no installed package and no folder of that name."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where to load a pipeline from, known without loading it.

    Attributes:
        name: "default", a package name, or a folder as it was given.
        version: of the package or of the folder's contents.
        path: the folder; None for the default pipeline and for a package.
    """

    name: str
    version: str
    path: Path | None = None


def find_source(name: str) -> Source:
    """Return where the pipeline is; PipelineNotFoundError says how to get it."""
    if name == DEFAULT:
        return Source(name, _DEFAULT_VERSION)
    folder = Path(name).expanduser()
    if (folder / "meta.json").is_file() and (folder / "config.cfg").is_file():
        return Source(name, _folder_version(folder), folder)
    if _is_pipeline_package(name):
        return Source(name, version(name))
    if folder.is_dir():
        message = _("{name} is not a spaCy pipeline: the folder has no meta.json and config.cfg.")
    elif name.startswith("nl_"):
        message = _(
            "There is no pipeline {name}: install it with 'python -m spacy download {name}', "
            'or set pipeline = "default" in study.toml.'
        )
    else:
        message = _(
            "There is no pipeline {name}: give the name of an installed spaCy package, "
            'a folder that spaCy saved, or "default".'
        )
    raise PipelineNotFoundError(message.format(name=name))


def _is_pipeline_package(name: str) -> bool:
    """Say whether a spaCy pipeline is installed under this name, without importing it."""
    if not name.isidentifier():
        return False
    try:
        version(name)
    except PackageNotFoundError:
        return False
    found = find_spec(name)
    places = found.submodule_search_locations if found else None
    return any((Path(place) / "meta.json").is_file() for place in places or ())


def _folder_version(folder: Path) -> str:
    """Return the version in meta.json with a digest of what lies in the folder.

    A pipeline that was trained again usually keeps its version; sizes tell the two apart without reading
    half a gigabyte of vectors.
    """
    meta = (folder / "meta.json").read_bytes()
    digest = hashlib.blake2b(meta, digest_size=4)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(folder).as_posix()} {file.stat().st_size}\n".encode())
    try:
        number = str(json.loads(meta).get("version", "0"))
    except (ValueError, AttributeError):
        number = "0"
    return f"{number}-{digest.hexdigest()}"
