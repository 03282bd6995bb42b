"""A Pulumi monitor that keeps what it is asked to make, while made-up clouds answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks

SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How the engine's protocol marks a secret (pulumi/sdk, runtime/rpc.py)."""


@dataclass(slots=True)
class Declared:
    """A resource as the engine is told of it. Secrets are `{"secret": …}`."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    """The names of the resources that must be there first."""


def declared_with(cloud: mocks.Mocks, program: Callable[[], None]) -> list[Declared]:
    """Everything that a program declares, by name and type, while `cloud` answers."""
    monitor = _Monitor(cloud)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi.runtime.set_mocks(cloud, stack="chat", preview=False, monitor=monitor)
        pulumi.runtime.test(program)()
    finally:
        loop.close()
    return sorted(
        (each for each in monitor.declared if each.type != "pulumi:pulumi:Stack"),
        key=lambda each: (each.name, each.type),
    )


def revealed(value: Any) -> Any:
    """Inputs without the recorder's marks of secrets, as a provider gets them."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return revealed(value["secret"])
        return {key: revealed(each) for key, each in value.items()}
    return [revealed(each) for each in value] if isinstance(value, list) else value


def differing_paths(path: str, before: Any, after: Any) -> list[str]:
    """Where two values differ: `rules[2].id`."""
    if isinstance(before, dict) and isinstance(after, dict):
        dot = f"{path}." if path else ""
        keys = sorted(set(before) | set(after))
        return [
            found for key in keys for found in differing_paths(dot + key, before.get(key), after.get(key))
        ]
    if isinstance(before, list) and isinstance(after, list):
        pairs = enumerate(zip_longest(before, after))
        return [found for index, pair in pairs for found in differing_paths(f"{path}[{index}]", *pair)]
    return [] if before == after else [path]


class _Monitor(mocks.MockMonitor):
    """Keeps every request, with its options."""

    def __init__(self, cloud: mocks.Mocks) -> None:
        super().__init__(cloud)
        self.declared: list[Declared] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        options: dict[str, Any] = {}
        if request.deleteBeforeReplace:
            options["deleteBeforeReplace"] = True
        if request.ignoreChanges:
            options["ignoreChanges"] = list(request.ignoreChanges)
        if request.customTimeouts.delete:
            options["deleteWithin"] = request.customTimeouts.delete
        self.declared.append(
            Declared(
                request.type,
                request.name,
                request.parent.rpartition("::")[2],
                _plain(json_format.MessageToDict(request.object)),
                options,
                frozenset(urn.rpartition("::")[2] for urn in request.dependencies),
            )
        )
        return super().RegisterResource(request)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return {"secret": _plain(value["value"])}
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
