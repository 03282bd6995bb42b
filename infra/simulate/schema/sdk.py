"""The properties of resources and functions, from the pinned SDK's own classes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from llmdeploy.infra.simulate.schema import annotation
from llmdeploy.infra.simulate.schema.property_type import PropertyType
from llmdeploy.infra.simulate.schema.sdk_source import (
    folder,
    function_file,
    resource_file,
    resource_index,
    source,
)

_GETTER: Final = re.compile(
    r'@pulumi\.getter(?:\(name="(?P<wire>[^"]+)"\))?\n'
    r"(?:    @.*\n)*    def (?P<name>\w+)\(self\) -> (?P<type>.*):\n"
)
_PARAMETER: Final = re.compile(
    r"^ +(?P<name>\w+): (?P<type>.*?)(?P<optional> = None)?(?:,|\):)$", re.MULTILINE
)
_FUNCTION_PARAMETER: Final = re.compile(
    r"^(?:def \w+\(| +)(?P<name>\w+): (?P<type>.*?)(?: = None)?(?:,|\) -> .*:)$", re.M
)
_ARGUMENT: Final = re.compile(r"__args__\['(?P<wire>\w+)'\] = (?P<name>\w+)")
_SECRETS: Final = re.compile(r"additional_secret_outputs=(\[.*?\])")
_ENUM_MEMBER: Final = re.compile(r'^    \w+ = "(.*)"$', re.MULTILINE)

Types = dict[str, dict[str, PropertyType]]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the SDK declares for a token: inputs and outputs by name, and the objects in them by class."""

    inputs: dict[str, PropertyType]
    outputs: dict[str, PropertyType]
    types: Types = field(default_factory=dict)


def declared_resource(package: str, token: str) -> Declared | None:
    """A resource's properties; None when the SDK has no such resource."""
    path = resource_file(package, token)
    if path is None:
        return None
    name = resource_index(package)[token][1]
    reader = _Reader(path.parent)
    text = source(path).definition(name)
    secrets = {wire for match in _SECRETS.findall(text) for wire in ast.literal_eval(match)}
    # The SDK calls it InitArgs when a nested object has taken the name.
    inputs = reader.arguments(
        source(path).definition(f"{name}InitArgs") or source(path).definition(f"{name}Args")
    )
    outputs = reader.getters(text)
    return Declared(
        {wire: replace(kind, secret=wire in secrets) for wire, kind in inputs.items()},
        {wire: replace(kind, secret=wire in secrets) for wire, kind in outputs.items()},
        reader.types,
    )


def declared_function(package: str, token: str) -> Declared | None:
    """A data source's arguments and results; None when the SDK has no such function."""
    path = function_file(package, token)
    if path is None:
        return None
    reader = _Reader(path.parent)
    text = source(path).text
    called = source(path).definition(f"{path.stem}_output")
    results = re.search(r"^class (Get\w+Result):", text, re.MULTILINE)
    outputs = reader.getters(source(path).definition(results.group(1))) if results else {}
    return Declared(reader.parameters(called), outputs, reader.types)


class _Reader:
    """Collects the objects that annotations name, each once, so that recursive ones end."""

    def __init__(self, module: Path) -> None:
        self.module = module
        self.types: Types = {}

    def arguments(self, text: str) -> dict[str, PropertyType]:
        """The properties of an input class: those without a default are required."""
        head = text[: text.find("):\n") + 3]
        optional = {m["name"]: bool(m["optional"]) for m in _PARAMETER.finditer(head)}
        return {
            wire: replace(kind, required=not optional.get(name, True))
            for name, wire, kind in self._getters(text)
        }

    def getters(self, text: str) -> dict[str, PropertyType]:
        """The properties of an output class."""
        return {wire: kind for _, wire, kind in self._getters(text)}

    def parameters(self, text: str) -> dict[str, PropertyType]:
        """The arguments of a function. The SDK marks all as optional once, and those that are so twice."""
        head = text[: text.find(":\n")]
        annotations = {m["name"]: m["type"] for m in _FUNCTION_PARAMETER.finditer(head + ":")}
        out = {}
        for match in _ARGUMENT.finditer(text):
            text_of_type = annotations.get(match["name"], "Any")
            kind = annotation.read(text_of_type, self._named)
            out[match["wire"]] = replace(kind, required="Optional[Optional[" not in text_of_type)
        return out

    def _getters(self, text: str) -> list[tuple[str, str, PropertyType]]:
        return [
            (
                m["name"],
                m["wire"] or m["name"],
                replace(annotation.read(m["type"], self._named), required="Optional[" not in m["type"]),
            )
            for m in _GETTER.finditer(text)
        ]

    def _named(self, name: str) -> PropertyType | None:
        module, _, short = name.rpartition(".")
        where = self.module.parent / module[1:] if module.startswith("_") else self.module
        for file in ("outputs.py",) if module == "outputs" else ("_inputs.py", "_enums.py", "outputs.py"):
            text = source(where / file).definition(short)
            if not text:
                continue
            if file == "_enums.py":
                return PropertyType("string", members=tuple(_ENUM_MEMBER.findall(text)))
            return self._object(f"{module}.{short}" if module else short, text)
        return None

    def _object(self, name: str, text: str) -> PropertyType:
        if name not in self.types:
            self.types[name] = {}
            self.types[name].update(self.arguments(text) if name.endswith("Args") else self.getters(text))
        return PropertyType("object", name=name, types=self.types)


def has_resource(package: str, token: str) -> bool:
    """Does the SDK register it."""
    return token in resource_index(package)


def has_function(package: str, token: str) -> bool:
    """Does the SDK have a function of this token."""
    return folder(package).exists() and function_file(package, token) is not None
