"""The shape of a spec, found from the models: which section is where, and which keys it knows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from llmdeploy.serving.load.document import Path
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.section import SpecSection


def section_at(path: Path) -> type[SpecSection] | None:
    """The section whose keys stand at `path`; None when that is a scalar, a list or unknown."""
    found: Any = ServingSpec
    for step in path:
        found = _step(found, step)
    return found if isinstance(found, type) and issubclass(found, SpecSection) else None


def example_at(path: Path) -> str:
    """An example of the value at `path`, as it is written in a spec; empty when it has none."""
    section = section_at(path[:-1])
    info = section.model_fields.get(str(path[-1])) if section else None
    example = info.examples[0] if info and info.examples else None
    return "" if example is None or isinstance(example, dict) else _flow(example)


def is_required(path: Path) -> bool:
    """Whether the spec must have a value at `path`."""
    section = section_at(path[:-1])
    info = section.model_fields.get(str(path[-1])) if section else None
    return info is not None and info.is_required()


@cache
def places_of_keys() -> dict[str, str]:
    """Every key below the top of a spec, with the dotted path where it belongs (the first of several)."""
    found: dict[str, str] = {}
    for key, path in _walk(ServingSpec, ()):
        if len(path) > 1:
            found.setdefault(key, ".".join(path))
    return found


def _walk(section: type[SpecSection], path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, info in section.model_fields.items():
        yield key, (*path, key)
        below = _plain(info.annotation)
        if isinstance(below, type) and issubclass(below, SpecSection):
            yield from _walk(below, (*path, key))


def _step(annotation: Any, step: str | int) -> Any:
    plain = _plain(annotation)
    if isinstance(plain, type) and issubclass(plain, SpecSection):
        info = plain.model_fields.get(str(step))
        return _plain(info.annotation) if info else None
    inner = get_args(plain)
    if get_origin(plain) is dict:
        return _plain(inner[1])
    return _plain(inner[0]) if get_origin(plain) is tuple and inner else None


def _plain(annotation: Any) -> Any:
    """The annotation without `Annotated` and without `| None`."""
    if hasattr(annotation, "__metadata__"):
        return _plain(annotation.__origin__)
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    is_optional = len(choices) == 1 and len(get_args(annotation)) == 2 and type(None) in get_args(annotation)
    return _plain(choices[0]) if is_optional else annotation


def _flow(example: Any) -> str:
    return f"[{', '.join(map(str, example))}]" if isinstance(example, list) else str(example)
