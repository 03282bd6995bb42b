"""The data files name what the pinned SDK has, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from llmdeploy.infra.simulate.schema import inputs, is_resource
from llmdeploy.infra.simulate.schema.facts import data_file, facts_of
from llmdeploy.infra.simulate.schema.forms import FORMS
from llmdeploy.infra.simulate.schema.property_type import PropertyType

KEYS = {"of", "new", "default", "enum", "any_case", "range", "length", "match", "unlike", "form"} | {
    "any", "cloud", "documented", "items", "each", "relations", "open", "from",
}  # fmt: skip
KINDS = {"conflicts", "one_of", "any_of", "at_most_one", "requires"}


def lines(package: str) -> list[str]:
    return data_file(package).read_text().splitlines()


@pytest.mark.parametrize("package", ["aws", "gcp"])
def test_the_header_says_where_it_is_from(package: str) -> None:
    header = json.loads(lines(package)[0])
    assert re.search(r"terraform-provider-\w+@v[\w.-]+, 20\d\d-\d\d-\d\d$", header["source"])
    assert header["license"] == "MPL-2.0 (facts only)"
    assert header["resources"] == len(lines(package)) - 1 > 1300


def test_what_is_written_by_hand_says_where_it_is_from_too() -> None:
    header = json.loads(lines("azure-native")[0])
    assert re.search(r"pulumi-azure-native [\d.]+ .*20\d\d-\d\d-\d\d$", header["source"])
    assert header["resources"] == len(lines("azure-native")) - 1


@pytest.mark.parametrize("package", ["aws", "gcp", "azure-native"])
def test_every_name_is_the_sdks(package: str) -> None:
    wrong = []
    for line in lines(package)[1:]:
        token = line.split("\t")[0]
        assert is_resource(token), token
        wrong += [f"{token} {name}" for name in _strangers(facts_of(package, token), inputs(token))]
    assert wrong == []


def _strangers(facts: Mapping[str, Any], types: Mapping[str, PropertyType]) -> Iterator[str]:
    """Keys, names, kinds and forms that nobody reads or the SDK does not have."""
    yield from (key for key in facts if key not in KEYS)
    if "form" in facts and facts["form"] not in FORMS:
        yield facts["form"]
    for kind, *names in facts.get("relations", ()):
        if kind not in KINDS:
            yield kind
        yield from (name for name in names if not _leads(name, types))
    for name, child in facts.get("of", {}).items():
        if name not in types:
            yield name
            continue
        yield from _strangers(child, _innermost(types[name]).properties)


def _leads(path: str, types: Mapping[str, PropertyType]) -> bool:
    for name in path.split("."):
        if name not in types:
            return False
        types = types[name].properties
    return True


def _innermost(kind: PropertyType) -> PropertyType:
    while kind.kind in ("list", "map") and kind.element is not None:
        kind = kind.element
    return kind
