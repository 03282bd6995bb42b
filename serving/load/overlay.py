"""An environment laid over a spec: mappings merge, everything else is replaced."""

from __future__ import annotations

from typing import Any

from llmdeploy.serving.load.document import Document, Path, Place
from llmdeploy.serving.load.sections import section_at

ENVIRONMENTS = "environments"


def without_environments(document: Document) -> Document:
    """The spec as it stands, no environment applied."""
    data = {key: value for key, value in document.data.items() if key != ENVIRONMENTS}
    places = {path: place for path, place in document.places.items() if path[:1] != (ENVIRONMENTS,)}
    return Document(data, places)


def with_environment(document: Document, name: str) -> Document:
    """The spec with the environment `name` laid over it. Values keep the places where they are written."""
    base = without_environments(document)
    merge = _Merge(document, dict(base.places))
    data = merge.merged(base.data, document.data[ENVIRONMENTS][name], (), (ENVIRONMENTS, name))
    return Document(data, merge.places)


class _Merge:
    def __init__(self, document: Document, places: dict[Path, Place]) -> None:
        self.document = document
        self.places = places

    def merged(self, base: Any, over: Any, path: Path, source: Path) -> Any:
        base = self.expanded(base, over, path)
        if not (isinstance(base, dict) and isinstance(over, dict)):
            self.replace_places(path, source)
            return over
        result = dict(base)
        for key, value in over.items():
            below, origin = (*path, key), (*source, key)
            if key in base:
                result[key] = self.merged(base[key], value, below, origin)
            else:
                result[key] = value
                self.replace_places(below, origin)
        return result

    def expanded(self, base: Any, over: Any, path: Path) -> Any:
        """The long form of a short one that a mapping is laid over."""
        section = section_at(path)
        if section is None or not isinstance(over, dict) or isinstance(base, dict):
            return base
        long_form = section.long_form(base)
        if isinstance(long_form, dict):
            self.places.update({(*path, key): self.places[path] for key in long_form})
        return long_form

    def replace_places(self, path: Path, source: Path) -> None:
        depth = len(path)
        for old in [old for old in self.places if old[:depth] == path]:
            del self.places[old]
        start = len(source)
        for new, place in self.document.places.items():
            if new[:start] == source:
                self.places[(*path, *new[start:])] = place
