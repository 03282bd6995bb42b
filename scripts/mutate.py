"""Breaks working programs, one property at a time: what a checker worth its name refuses.

    python -m scripts.mutate GRAPH.json [--count 1000] [--seed 1]     # a list of {"token": …, "inputs": {…}}
    python -m scripts.mutate --docstrings aws gcp                     # the SDK's own examples instead

Which values and numbers may be broken is read from the SDK's documentation (its sentences on valid values and
ranges), not from the tables that the checker uses. Prints one mutation a line, as JSON.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import re
import sys
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scripts.docstring_corpus import corpus
from scripts.sdk_documentation import documentation

from llmdeploy.infra.simulate.schema import UNKNOWN, check_inputs, inputs
from llmdeploy.infra.simulate.schema.property_type import PropertyType

Program = tuple[str, dict[str, Any]]
_VALUES: Final = re.compile(
    r"(?:(?:valid|possible|allowed|supported|accepted)\s+(?:values?|options?|types?)|must be either|one of)"
    r"(?P<rest>[^\n]*(?:\n\s*\*[^\n]*)*)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[`\"]([\w.:/-]+)[`\"]")
_NUMBER: Final = r"`?(-?\d[\d,]*)`?"
_RANGES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"between {_NUMBER} and {_NUMBER}",
        rf"range(?: is|:| of|) \(?{_NUMBER} ?(?:-|to) ?{_NUMBER}",
        rf"from {_NUMBER} to {_NUMBER}",
    )
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """A broken resource: how and where it was broken. `path` is a list of names and indexes."""

    kind: str
    token: str
    path: tuple[str | int, ...]
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A property of a program: where it is, what it holds, its type, and what its documentation says."""

    path: tuple[str | int, ...]
    value: Any
    kind: PropertyType
    text: str


def mutations(programs: Sequence[Program], count: int, seed: int) -> Iterator[Mutation]:
    """`count` mutations, as many of each kind, seeded. Fewer when the programs have no place left."""
    # Not for secrets: the same seed must give the same mutations.
    chance = random.Random(seed)  # noqa: S311
    share = -(-count // len(KINDS))
    for kind, candidates in KINDS.items():
        found = [(token, given, place) for token, given in programs for place in candidates(token, given)]
        chance.shuffle(found)
        for token, given, place in found[:share]:
            yield Mutation(kind, token, place.path, BREAKERS[kind](copy.deepcopy(given), place, chance))


def places(token: str, given: Mapping[str, Any]) -> Iterator[Place]:
    """Every property that the SDK knows, at any depth."""
    yield from _places(token, given, inputs(token), "", ())


def _places(
    token: str,
    given: Mapping[str, Any],
    types: Mapping[str, PropertyType],
    of: str,
    path: tuple[str | int, ...],
) -> Iterator[Place]:
    for name, value in given.items():
        kind = types.get(name)
        if kind is None:
            continue
        yield Place((*path, name), value, kind, documentation(token, of).get(name, ""))
        inner, items = kind, [((*path, name), value)]
        if kind.kind == "list" and kind.element and isinstance(value, list):
            inner, items = kind.element, [((*path, name, index), item) for index, item in enumerate(value)]
        for where, item in items:
            if inner.kind == "object" and isinstance(item, dict):
                yield from _places(token, item, inner.properties, inner.name, where)


def documented_values(text: str, value: Any) -> bool:
    """Does the documentation list the valid values, and this among them."""
    if not isinstance(value, str) or value.lower() in ("true", "false"):
        return False
    return any(
        value in listed and len(listed) >= 2
        for match in _VALUES.finditer(text)
        for listed in [_QUOTED.findall(match["rest"])]
    )


def documented_range(text: str, value: Any) -> tuple[int, int] | None:
    """The range that the documentation gives, when there is one and the value is in it."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    found = {
        (int(low.replace(",", "")), int(high.replace(",", "")))
        for pattern in _RANGES
        for low, high in pattern.findall(text)
    }
    if len(found) != 1:
        return None
    low, high = found.pop()
    return (low, high) if low <= value <= high else None


def _known(value: Any) -> bool:
    return value is not UNKNOWN and value is not None


def _nameable(token: str, given: Mapping[str, Any]) -> Iterator[Place]:
    return (place for place in places(token, given) if len(str(place.path[-1])) > 3)


def _typed(token: str, given: Mapping[str, Any]) -> Iterator[Place]:
    return (
        place
        for place in places(token, given)
        if _known(place.value) and place.kind.kind not in ("any", "asset")
    )


def _enumerated(token: str, given: Mapping[str, Any]) -> Iterator[Place]:
    return (place for place in places(token, given) if documented_values(place.text, place.value))


def _ranged(token: str, given: Mapping[str, Any]) -> Iterator[Place]:
    return (place for place in places(token, given) if documented_range(place.text, place.value))


def _required(token: str, given: Mapping[str, Any]) -> Iterator[Place]:
    return (place for place in places(token, given) if place.kind.required)


def _rename(given: dict[str, Any], place: Place, chance: random.Random) -> dict[str, Any]:
    """A slip of the finger in the name: a letter dropped, doubled, or two swapped."""
    holder, name = _holder(given, place), str(place.path[-1])
    at = chance.randrange(1, len(name) - 1)
    slips = [
        name[:at] + name[at + 1 :],
        name[:at] + name[at] + name[at:],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ]
    slip = next((slip for slip in chance.sample(slips, 3) if slip not in holder and slip != name), name + "x")
    holder[slip] = holder.pop(name)
    return given


def _retype(given: dict[str, Any], place: Place, chance: random.Random) -> dict[str, Any]:
    """A value of another kind, which no provider converts."""
    wrong: dict[str, list[Any]] = {
        "string": [["a"], {"a": "b"}],
        "boolean": ["yes please", ["true"], 7.5],
        "integer": ["many", 1.5, [1], {"a": 1}],
        "number": ["many", [1], {"a": 1}],
        "list": ["a", 1, True],
        "map": ["a", 1, ["a"]],
        "object": ["a", 1, ["a"]],
    }
    _holder(given, place)[place.path[-1]] = chance.choice(wrong[place.kind.kind])
    return given


def _misspell(given: dict[str, Any], place: Place, chance: random.Random) -> dict[str, Any]:
    """A value that is none of those documented."""
    value = place.value
    _holder(given, place)[place.path[-1]] = chance.choice(
        [value + "-x", value[:-1] + "Q", f"X{value}", "nonsense"]
    )
    return given


def _exceed(given: dict[str, Any], place: Place, chance: random.Random) -> dict[str, Any]:
    """A number outside what is documented."""
    low, high = documented_range(place.text, place.value) or (0, 0)
    _holder(given, place)[place.path[-1]] = chance.choice(
        [high + 1, high * 10 + 7, low - 1, -abs(high) - 100]
    )
    return given


def _remove(given: dict[str, Any], place: Place, _: random.Random) -> dict[str, Any]:
    del _holder(given, place)[place.path[-1]]
    return given


def _holder(given: Any, place: Place) -> Any:
    for step in place.path[:-1]:
        given = given[step]
    return given


KINDS: Final[Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Place]]]] = {
    "wrong name": _nameable,
    "wrong type": _typed,
    "bad enumeration value": _enumerated,
    "out of range": _ranged,
    "missing requirement": _required,
}
BREAKERS: Final[Mapping[str, Callable[[dict[str, Any], Place, random.Random], dict[str, Any]]]] = {
    "wrong name": _rename,
    "wrong type": _retype,
    "bad enumeration value": _misspell,
    "out of range": _exceed,
    "missing requirement": _remove,
}


def docstring_programs(packages: Iterable[str], modules: Container[str] | None = None) -> list[Program]:
    """The SDK's examples that pass unbroken."""
    return [
        (example.token, example.inputs)
        for package in packages
        for example in corpus(package, modules)
        if not check_inputs(example.token, example.inputs)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("graph", nargs="?", type=Path)
    parser.add_argument("--docstrings", nargs="+", choices=["aws", "gcp"])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if arguments.docstrings:
        programs = docstring_programs(arguments.docstrings)
    elif arguments.graph:
        programs = [(item["token"], item["inputs"]) for item in json.loads(arguments.graph.read_text())]
    else:
        parser.error("give a graph or --docstrings")
    for mutation in mutations(programs, arguments.count, arguments.seed):
        line = {
            "kind": mutation.kind,
            "token": mutation.token,
            "path": mutation.path,
            "inputs": mutation.inputs,
        }
        print(json.dumps(line, default=repr))
    return 0


if __name__ == "__main__":
    sys.exit(main())
