"""Finds a model's architecture by the name that a spec gives it."""

from __future__ import annotations

import difflib
from dataclasses import replace
from functools import cache
from pathlib import Path

from llmdeploy.serving.catalog.models import catalog_architecture, catalog_models
from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.models.derived import derived_name
from llmdeploy.serving.models.errors import ModelUnknown
from llmdeploy.serving.models.local import read_folder


def model_architecture(name: str) -> Architecture:
    """The architecture of a hub id in the catalog, of a quantized copy of one, a local folder or a GGUF file.

    Raises:
        ModelUnknown: the catalog has no such model, and it is no local file.
        BadModelFile: the local file says what cannot be.
    """
    found = _from_catalog(name)
    if found is not None:
        return found
    path = Path(name)
    if path.suffix == ".gguf" and path.exists():
        from llmdeploy.serving.models.gguf_file import read_gguf

        return read_gguf(path)
    if path.is_dir():
        return read_folder(path)
    raise ModelUnknown(f"model {name}: not in the catalog, and no local folder", _mend(name))


@cache
def _from_catalog(name: str) -> Architecture | None:
    ids = {known.lower(): known for known in catalog_models()}
    exact = ids.get(name.lower())
    if exact is not None:
        return catalog_architecture(exact)
    derived = derived_name(name)
    if derived is None:
        return None
    base, stored = derived
    for known in catalog_models():
        if known.rpartition("/")[2].lower() == base.lower():
            return replace(catalog_architecture(known), name=name, native=stored)
    return None


def _mend(name: str) -> str:
    close = difflib.get_close_matches(name, catalog_models(), n=1, cutoff=0.7)
    hint = f"did you mean {close[0]}? Else " if close else ""
    return f"{hint}give a local folder that has the model's config.json"
