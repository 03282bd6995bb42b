"""Descriptions of models that are kept in a folder: those of the user, and those that the hub told."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import quote, unquote

from llmdeploy.serving.models.description import Description
from llmdeploy.serving.models.errors import BadModelFile


def own_models(overlay: Path) -> Path:
    """The folder of the user's own descriptions, in the user's own catalog (`<home>/catalog`)."""
    return overlay / "models"


def kept_file(folder: Path, name: str) -> Path:
    """Where the description of a model is kept: one file a name, whatever the name holds."""
    return folder / f"{quote(name, safe='')}.json"


def kept_names(folder: Path) -> tuple[str, ...]:
    """The models whose descriptions are kept in a folder."""
    return tuple(sorted(unquote(file.stem) for file in folder.glob("*.json")))


def kept_description(folder: Path, name: str) -> Description | None:
    """The description that is kept of a model; None when there is none.

    Raises:
        BadModelFile: the file is damaged.
    """
    file = kept_file(folder, name)
    try:
        kept = json.loads(file.read_text("utf-8"))
        config, size = kept["config"], kept["checkpoint_bytes"]
        if not isinstance(config, dict) or not (size is None or isinstance(size, int)):
            raise TypeError(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadModelFile(str(file), ["not a description of a model"], f"delete {file}") from error
    return Description(config, size, str(file))


def keep_description(folder: Path, name: str, description: Description) -> Path:
    """Keep a description for later."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = kept_file(folder, name)
    kept = {"config": description.config, "checkpoint_bytes": description.checkpoint_bytes}
    # A reader never sees half a file.
    partial = file.with_suffix(f".{os.getpid()}.partial")
    try:
        partial.write_text(json.dumps(kept), "utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return file
