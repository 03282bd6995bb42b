"""Finds a model's architecture by the name that a spec gives it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from llmdeploy.serving.catalog.models import catalog_architecture, catalog_names
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.derived import derived_name
from llmdeploy.serving.models.description import Describe, described
from llmdeploy.serving.models.errors import ModelUnknown
from llmdeploy.serving.models.kept import kept_description, own_models
from llmdeploy.serving.models.local import read_folder


def model_architecture(
    name: str, revision: str | None = None, *, overlay: Path | None = None, describe: Describe | None = None
) -> Architecture:
    """The architecture of a model that the user described, of a hub id in the catalog, of a quantized copy of
    one, of a local folder or a GGUF file; of anything else what `describe` finds.

    Args:
        overlay: the folder of the user's own catalog (`<home>/catalog`).

    Raises:
        ModelUnknown: nothing describes the model.
        BadModelFile: the model's file says what cannot be.
    """
    own = kept_description(own_models(overlay), name) if overlay is not None else None
    if own is not None:
        return described(name, own)
    found = _from_catalog(name)
    if found is not None:
        return found
    path = Path(name)
    if path.suffix == ".gguf" and path.exists():
        from llmdeploy.serving.models.gguf_file import read_gguf

        return read_gguf(path)
    if path.is_dir():
        return read_folder(path)
    if describe is None:
        raise ModelUnknown(f"model {name}: not in the catalog, and no local folder", unknown_mend(name))
    return described(name, describe(name, revision))


def unknown_mend(name: str) -> str:
    """What to do about a model that nothing describes."""
    import difflib

    close = difflib.get_close_matches(name, catalog_names().values(), n=1, cutoff=0.7)
    hint = f"did you mean {close[0]}? Else " if close else ""
    return f"{hint}describe it: `llmdeploy catalog add {name} FOLDER`, with a folder that has its config.json"


@cache
def _from_catalog(name: str) -> Architecture | None:
    exact = catalog_names().get(name.lower())
    if exact is not None:
        return catalog_architecture(exact)
    derived = derived_name(name)
    if derived is None:
        return None
    base, stored = derived
    for known in catalog_names().values():
        if known.rpartition("/")[2].lower() == base.lower():
            return replace(catalog_architecture(known), name=name, native=stored)
    return None
