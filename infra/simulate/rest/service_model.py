"""Requests against botocore's model of a service: paths, and what a member must be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "timestamp": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "float": (int, float),
    "list": (list,),
    "structure": (dict,),
    "map": (dict,),
}
_NUMBERS: Final = ("integer", "float")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `path`: finds the members that are written there."""

    name: str
    method: str
    path: re.Pattern[str]
    shape: Any


@cache
def model(service: str) -> Any:
    """botocore's model of a service, as its clients are made from it."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def operation(service: str, name: str) -> Operation:
    """`CreateModelImportJob`. An id in a path may be an ARN, with slashes."""
    found = model(service).operation_model(name)
    path = re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", found.http["requestUri"])
    return Operation(name, found.http["method"], re.compile(path), found.input_shape)


def members(service: str, shape: str) -> tuple[str, ...]:
    """What a structure has."""
    return tuple(model(service).shape_for(shape).members)


def problems(shape: Any, value: Any, path: str = "") -> list[str]:
    """Everything that the service would not take, in the words of its constraints."""
    return list(_of(shape, value, path))


def _of(shape: Any, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if not _fits(kind, value):
        yield f"Value at '{path}' failed to satisfy constraint: Member must be a {kind}"
    elif kind == "structure":
        yield from _of_structure(shape, value, path)
    elif kind == "list":
        yield from _of_size(shape, len(value), path)
        for index, each in enumerate(value):
            yield from _of(shape.member, each, f"{path}.{index + 1}.member")
    elif kind == "string":
        yield from _of_text(shape, value, path)
    elif kind in _NUMBERS:
        yield from _of_size(shape, value, path)


def _fits(kind: str, value: Any) -> bool:
    if kind in _NUMBERS and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES.get(kind, (object,)))


def _of_structure(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            at = f"{path}.{name}" if path else name
            yield f"Value null at '{at}' failed to satisfy constraint: Member must not be null"
    for name, each in value.items():
        if name in shape.members and each is not None:
            yield from _of(shape.members[name], each, f"{path}.{name}" if path else name)


def _of_text(shape: Any, value: str, path: str) -> Iterator[str]:
    yield from _of_size(shape, len(value), path)
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(_of_python(pattern), value):
        constraint = f"Member must satisfy regular expression pattern: {pattern}"
        yield f"Value '{value[:80]}' at '{path}' failed to satisfy constraint: {constraint}"
    if shape.enum and value not in shape.enum:
        constraint = f"Member must satisfy enum value set: {shape.enum}"
        yield f"Value '{value[:80]}' at '{path}' failed to satisfy constraint: {constraint}"


def _of_python(pattern: str) -> str:
    """Of Java's classes of characters the nearest of Python's."""
    for java, python in ((r"\p{L}", r"\w"), (r"\p{N}", r"\d"), (r"\p{Z}", r"\s")):
        pattern = pattern.replace(java, python)
    return pattern


def _of_size(shape: Any, size: float, path: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"Value at '{path}' failed to satisfy constraint: Member must have length at least {least}"
    if most is not None and size > most:
        yield f"Value at '{path}' failed to satisfy constraint: Member must have length at most {most}"
