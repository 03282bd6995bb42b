"""The clouds' own models of requests in one form: botocore's service models, Google's discovery documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import googleapiclient
from scripts.provider_facts.names import folded
from scripts.provider_facts.service_models import service_model

VERBS: Final = (
    "Create", "Put", "Register", "Run", "Request", "Allocate", "Import", "Authorize", "Attach", "Associate",
    "Add", "Enable", "Modify", "Update", "Set", "Change", "Start", "Upload", "Publish",
)  # fmt: skip
INT32: Final = [-(2**31), 2**31 - 1]
UINT32: Final = [0, 2**32 - 1]
_NUMBER: Final = r"(-?\d[\d,]*)"
_RANGE: Final = re.compile(rf"(?:from|between)\s+{_NUMBER}\s+(?:to|and|through)\s+{_NUMBER}\b(?!\.\d)")


@dataclass(frozen=True)
class Shape:
    """A type of a request: its kind, what its values must hold, and how to reach what is in it."""

    kind: str
    facts: Mapping[str, Any]
    _members: Callable[[], Mapping[str, Shape]]
    _element: Callable[[], Shape | None]

    @cached_property
    def members(self) -> Mapping[str, Shape]:
        """Of an object, by folded name."""
        return self._members()

    @cached_property
    def element(self) -> Shape | None:
        """Of a list or a map."""
        return self._element()


@dataclass(frozen=True)
class Request:
    """An object that makes or changes a resource, and the noun of that resource."""

    noun: str
    shape: Shape


def aws_requests(sdk: str) -> list[Request]:
    """The requests of a service; `sdk` is its package in the AWS SDK for Go."""
    model = service_model(sdk)
    out = []
    for name, operation in model["operations"].items():
        verb = next((verb for verb in VERBS if name.startswith(verb)), None)
        if verb and "input" in operation:
            out.append(Request(name.removeprefix(verb), _boto(model["shapes"], operation["input"]["shape"])))
    return out


def _boto(shapes: Mapping[str, Any], name: str) -> Shape:
    raw = shapes[name]
    kind = {"structure": "object", "long": "integer", "float": "number", "double": "number"}.get(
        raw["type"], raw["type"]
    )
    facts: dict[str, Any] = {}
    if "enum" in raw:
        facts["enum"] = raw["enum"]
    low, high = raw.get("min"), raw.get("max")
    if low is not None or high is not None:
        facts["length" if kind == "string" else "range"] = [low, high]
    if "pattern" in raw and kind == "string":
        facts["pattern"] = raw["pattern"]
    return Shape(
        kind,
        facts,
        lambda: {
            folded(key): _boto(shapes, member["shape"]) for key, member in raw.get("members", {}).items()
        },
        lambda: (
            _boto(shapes, raw["member" if kind == "list" else "value"]["shape"])
            if kind in ("list", "map")
            else None
        ),
    )


def google_requests(document: Path) -> list[Request]:
    """The objects of a discovery document."""
    schemas = json.loads(document.read_text())["schemas"]
    return [
        Request(name, _google(schemas, raw))
        for name, raw in schemas.items()
        if raw.get("type") == "object" and "properties" in raw
    ]


def google_documents(names: tuple[str, ...]) -> list[Path]:
    """The documents of the first name that has any, a beta first: Pulumi's provider is made from a beta."""
    folder = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    for name in names:
        found = sorted(folder.glob(f"{name}.v*.json")) + sorted(folder.glob(f"{name}.beta.json"))
        if found:
            return sorted(found, key=_recency, reverse=True)
    return []


def _recency(path: Path) -> tuple[bool, bool, str]:
    version = path.name.split(".")[1]
    return version == "beta", "alpha" not in version and "beta" not in version, version


def _google(schemas: Mapping[str, Any], raw: Mapping[str, Any]) -> Shape:
    while "$ref" in raw:
        raw = schemas[raw["$ref"]]
    kind = raw.get("type", "any")
    facts: dict[str, Any] = {}
    if "enum" in raw:
        facts["enum"] = raw["enum"]
    if "pattern" in raw:
        facts["pattern"] = raw["pattern"]
    if limits := _google_range(raw):
        facts["range"] = limits
        kind = "integer"
    if kind == "array":
        kind = "list"
    if kind == "object" and "additionalProperties" in raw:
        kind = "map"
    return Shape(
        kind,
        facts,
        lambda: {folded(key): _google(schemas, member) for key, member in raw.get("properties", {}).items()},
        lambda: (
            _google(schemas, raw["items" if kind == "list" else "additionalProperties"])
            if kind in ("list", "map")
            else None
        ),
    )


def _google_range(raw: Mapping[str, Any]) -> list[float | None] | None:
    """By the format, and by a range that the description gives. 64-bit numbers come as strings."""
    widest = {"int32": INT32, "uint32": UINT32, "int64": [None, None], "uint64": [0, None]}.get(
        raw.get("format", "")
    )
    if widest is None:
        return None
    found = {
        tuple(int(n.replace(",", "")) for n in match) for match in _RANGE.findall(raw.get("description", ""))
    }
    if len(found) == 1:
        low, high = found.pop()
        if low < high and (low in (0, 1) or "must" in raw["description"].lower()):
            return [low, high]
    return list(widest)
