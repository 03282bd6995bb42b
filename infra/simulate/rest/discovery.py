"""A body against Google's discovery document: names, types, and values of enumerations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

_FORMATS: Final = {
    "int64": re.compile(r"^-?\d+$"),
    "uint64": re.compile(r"^\d+$"),
    "google-duration": re.compile(r"^-?\d+(\.\d{1,9})?s$"),
    "google-fieldmask": re.compile(r"^[A-Za-z0-9_.,]*$"),
}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}


@cache
def document(name: str) -> Any:
    """A document such as `aiplatform.v1`, as Google's client library brings it along."""
    text = files("googleapiclient.discovery_cache").joinpath(f"documents/{name}.json").read_text("utf-8")
    return json.loads(text)


@cache
def locations(name: str) -> frozenset[str]:
    """The regions that the service has a host in."""
    return frozenset(each["location"] for each in document(name)["endpoints"])


def properties(name: str, schema: str) -> tuple[str, ...]:
    """What a schema of a document has."""
    return tuple(document(name)["schemas"][schema]["properties"])


def problems(name: str, schema: str, body: Any) -> list[str]:
    """Everything that Google would not take, in its words."""
    return list(_of_schema(document(name)["schemas"], schema, body, ""))


def _of_schema(schemas: Mapping[str, Any], schema: str, value: Any, path: str) -> Iterator[str]:
    known = schemas[schema].get("properties", {})
    if not isinstance(value, dict):
        yield f"Invalid value at '{path or 'body'}' (type.googleapis.com), an object is needed"
        return
    for key, item in value.items():
        at = f"{path}.{key}" if path else key
        if key not in known:
            where = f" at '{path}'" if path else ""
            yield f'Invalid JSON payload received. Unknown name "{key}"{where}: Cannot find field.'
        else:
            yield from _of(schemas, known[key], item, at)


def _of(schemas: Mapping[str, Any], kind: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    if "$ref" in kind:
        yield from _of_schema(schemas, kind["$ref"], value, path)
        return
    wanted = kind.get("type", "any")
    fits: bool = isinstance(value, _TYPES.get(wanted, (object,)))
    if not fits or (isinstance(value, bool) and wanted in {"integer", "number"}):
        yield f"Invalid value at '{path}' ({wanted}), {json.dumps(value)[:80]}"
    elif wanted == "array":
        for index, item in enumerate(value):
            yield from _of(schemas, kind["items"], item, f"{path}[{index}]")
    elif wanted == "object" and "additionalProperties" in kind:
        for key, item in value.items():
            yield from _of(schemas, kind["additionalProperties"], item, f"{path}[{key}]")
    elif "enum" in kind and value not in kind["enum"]:
        yield f"Invalid value at '{path}' ({kind.get('$ref', 'enum')}), \"{value}\""
    elif kind.get("format") in _FORMATS and not _FORMATS[kind["format"]].match(str(value)):
        yield f"Invalid value at '{path}' ({kind['format']}), \"{value}\""
