"""What a property may hold, as the Pulumi SDK's own classes say it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["string", "boolean", "integer", "number", "list", "map", "object", "asset", "any"]


@dataclass(frozen=True, slots=True, eq=False)
class PropertyType:
    """A type, and for outputs whether it is always there.

    Args:
        kind: the form of the value on the wire.
        element: of a list's or map's values.
        members: of an enumeration that the SDK closes (a value outside is a type error); empty otherwise.
        name: of an object: the SDK's class.
        types: the objects' properties by name: they may be recursive, so they are looked up.
        required: as an input: must be given; as an output: is always there.
        secret: the SDK marks it as a secret.
        options: where a value may be one of several objects: those.
    """

    kind: Kind
    element: PropertyType | None = None
    members: tuple[str, ...] = ()
    name: str = ""
    types: Mapping[str, Mapping[str, PropertyType]] | None = None
    required: bool = False
    secret: bool = False
    options: tuple[PropertyType, ...] = ()

    @property
    def properties(self) -> Mapping[str, PropertyType]:
        """Of an object: its properties by their names on the wire. Empty for other kinds."""
        if self.kind != "object" or self.types is None:
            return {}
        return self.types.get(self.name, {})
