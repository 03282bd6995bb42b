"""What differs between two sets of inputs, property by property."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from llmdeploy.infra.simulate.cloud.autoname import name_property, was_made_up
from llmdeploy.infra.simulate.schema import UNKNOWN, replaces

_PLAIN: Final = re.compile(r"^[A-Za-z_]\w*$")

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True, slots=True)
class Change:
    """One property that differs; `replaces`: the cloud cannot change it in place."""

    path: str
    kind: Kind
    replaces: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """All of them. `delete_first`: the name is the program's and taken until the old one is gone."""

    changes: tuple[Change, ...]
    delete_first: bool


def compare(token: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Changes:
    """Inputs of the last run against those of this one."""
    found = tuple(
        Change(path, kind, replaces(token, path))
        for path, kind in _differences("", _shown(olds), _shown(news))
    )
    replaced = any(change.replaces for change in found)
    return Changes(found, replaced and _same_name(token, olds, news))


def _same_name(token: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    name = name_property(token)
    return name is not None and not was_made_up(token, news) and olds.get(name) == news.get(name)


def _shown(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if new is UNKNOWN or old is UNKNOWN:
        yield path, "update"
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            inside = _joined(path, key)
            if key not in new or new[key] is None:
                if old[key] is not None:
                    yield inside, "delete"
            elif key not in old or old[key] is None:
                yield inside, "add"
            else:
                yield from _differences(inside, old[key], new[key])
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            inside = f"{path}[{index}]"
            if index >= len(new):
                yield inside, "delete"
            elif index >= len(old):
                yield inside, "add"
            else:
                yield from _differences(inside, old[index], new[index])
    elif old != new:
        yield path, "update"


def _joined(path: str, key: str) -> str:
    if not _PLAIN.match(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key
