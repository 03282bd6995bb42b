"""Values as the engine sends them, and as plain Python.

Signatures: sdk/go/common/resource/properties.go of Pulumi v3.259.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

from llmdeploy.infra.simulate.schema import UNKNOWN

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWNS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

DEFAULTS: Final = "__defaults"
"""The input under which the providers remember which values they filled in themselves."""


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Python values: secrets opened, unknown values as UNKNOWN, whole numbers as int, no nulls at the top."""
    return {key: value for key, field in struct.fields.items() if (value := _plain(field)) is not None}


def secret_keys(struct: struct_pb2.Struct) -> tuple[str, ...]:
    """The top-level properties that hold a secret anywhere."""
    return tuple(sorted(key for key, field in struct.fields.items() if _holds_secret(field)))


def wired(values: Mapping[str, Any], secrets: tuple[str, ...] = ()) -> struct_pb2.Struct:
    """The engine's form of plain values; the properties named in `secrets` are marked."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        field = struct.fields[key]
        if key in secrets:
            field.struct_value.fields[_SIGNATURE].string_value = _SECRET
            field = field.struct_value.fields["value"]
        _set(field, value)
    return struct


def has_unknown(value: Any) -> bool:
    """Whether anything in the value is known only after `up`."""
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        return any(has_unknown(each) for each in value.values())
    return isinstance(value, list) and any(has_unknown(each) for each in value)


def _plain(field: struct_pb2.Value) -> Any:
    kind = field.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if field.string_value in _UNKNOWNS else field.string_value
    if kind == "number_value":
        number = field.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return field.bool_value
    if kind == "list_value":
        return [_plain(each) for each in field.list_value.values]
    if kind == "struct_value":
        return _plain_struct(field.struct_value)
    return None


def _plain_struct(struct: struct_pb2.Struct) -> Any:
    fields = struct.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature in {_SECRET, _OUTPUT}:
        return _plain(fields["value"]) if "value" in fields else UNKNOWN
    if signature == _REFERENCE:
        return _plain(fields["id"]) if "id" in fields else UNKNOWN
    return {key: _plain(field) for key, field in fields.items()}


def _holds_secret(field: struct_pb2.Value) -> bool:
    kind = field.WhichOneof("kind")
    if kind == "list_value":
        return any(_holds_secret(each) for each in field.list_value.values)
    if kind != "struct_value":
        return False
    fields = field.struct_value.fields
    if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET:
        return True
    if "secret" in fields and _SIGNATURE in fields and fields["secret"].bool_value:
        return True
    return any(_holds_secret(each) for each in fields.values())


def _set(field: struct_pb2.Value, value: Any) -> None:
    if value is UNKNOWN:
        field.string_value = _UNKNOWN
    elif value is None:
        field.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        field.bool_value = value
    elif isinstance(value, (int, float)):
        field.number_value = value
    elif isinstance(value, str):
        field.string_value = value
    elif isinstance(value, Mapping):
        fields = field.struct_value.fields
        field.struct_value.SetInParent()
        for key, each in value.items():
            _set(fields[key], each)
    else:
        field.list_value.SetInParent()
        for each in value:
            _set(field.list_value.values.add(), each)
