"""Reads the SDK's type annotations, such as `pulumi.Input[Optional[Sequence[pulumi.Input['RuleArgs']]]]`."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from llmdeploy.infra.simulate.schema.property_type import Kind, PropertyType

_WRAPPERS: Final = frozenset({"Input", "InputType", "Output", "Optional", "NotRequired", "Awaitable"})
_LISTS: Final = frozenset({"Sequence", "List"})
_MAPS: Final = frozenset({"Mapping", "Dict"})
_SCALARS: Final[Mapping[str, Kind]] = {
    "str": "string",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "Any": "any",
    "Asset": "asset",
    "Archive": "asset",
}

Named = Callable[[str], PropertyType | None]
"""What a class of the SDK is as a property: an object or an enumeration; None for a resource's class."""


def read(annotation: str, named: Named) -> PropertyType:
    """The type. What is not understood is `any`: nothing is refused that the SDK may mean."""
    return _read(ast.parse(annotation.strip(), mode="eval").body, named)


def _read(node: ast.expr, named: Named) -> PropertyType:
    match node:
        case ast.Constant(value=str() as name):
            # A resource given as a value is its id.
            return named(name) or PropertyType("string")
        case ast.Constant(value=None):
            return PropertyType("any")
        case ast.Subscript(value=container, slice=inner):
            return _subscript(_last(container), inner, named)
        case ast.Name() | ast.Attribute():
            kind = _SCALARS.get(_last(node))
            return PropertyType(kind) if kind else named(_last(node)) or PropertyType("any")
    return PropertyType("any")


def _subscript(container: str, inner: ast.expr, named: Named) -> PropertyType:
    if container in _WRAPPERS:
        return _read(inner, named)
    if container in _LISTS:
        return PropertyType("list", element=_read(inner, named))
    if container in _MAPS and isinstance(inner, ast.Tuple):
        return PropertyType("map", element=_read(inner.elts[1], named))
    if container == "Union" and isinstance(inner, ast.Tuple):
        return _union([_read(option, named) for option in inner.elts])
    return PropertyType("any")


def _union(options: list[PropertyType]) -> PropertyType:
    kinds = {option.kind for option in options}
    if kinds == {"string"}:
        # `str` or an enumeration: the SDK's list is a help, not a limit.
        return PropertyType("string")
    if kinds == {"object"} and len({option.name for option in options}) > 1:
        return replace(options[0], options=tuple(options))
    for kind in ("asset", "object"):
        if found := next((option for option in options if option.kind == kind), None):
            return found if kinds == {kind} else PropertyType("any")
    return options[0] if len(kinds) == 1 else PropertyType("any")


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
    return ""
