"""A case is a spec, with every resource that it makes beside it; and what must hold in each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.modules.azure.golden import CASES, golden
from tests.modules.azure.program import KEY, graph, plan_of
from tests.modules.declared import Declared

from llmdeploy.infra.simulate.schema import check_inputs, inputs
from llmdeploy.modules.azure.dockerfile import dockerfile
from llmdeploy.serving.plan.managed import ManagedContainer

SPECS = sorted(CASES.glob("*.yaml"))


@pytest.fixture(scope="module", params=SPECS, ids=lambda spec: spec.stem)
def case(request: pytest.FixtureRequest) -> tuple[Path, list[Declared]]:
    spec: Path = request.param
    return spec, graph(plan_of(spec))


def test_the_graph_is_the_one_of_its_file(case: tuple[Path, list[Declared]]) -> None:
    spec, declared = case
    assert golden(declared) == json.loads(spec.with_suffix(".json").read_text("utf-8"))


def test_every_property_is_one_that_azure_takes(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    wrong = [
        f"{each.name} {failure.property}: {failure.reason}"
        for each in _azures(declared)
        for failure in check_inputs(each.type, _revealed(each.inputs))
    ]
    assert wrong == []


def test_everything_that_takes_tags_has_them(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    for each in _azures(declared):
        if "tags" in inputs(each.type):
            assert set(each.inputs["tags"]) == {"llmdeploy:name", "llmdeploy:stack", "llmdeploy:spec-digest"}


def test_every_resource_is_in_a_component_and_has_a_name_of_its_own(
    case: tuple[Path, list[Declared]],
) -> None:
    _, declared = case
    assert [each.name for each in _azures(declared) if each.parent == ""] == []
    assert len({(each.type, each.name) for each in declared}) == len(declared)


def test_the_key_is_a_secret_of_the_endpoint_and_nowhere_else(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    for each in declared:
        text = json.dumps(each.inputs)
        assert text.count(KEY) == len(re.findall(r'\{"secret": "' + KEY, text)), each.name
        assert (KEY in text) == each.type.endswith(":OnlineEndpoint"), each.name


def test_nothing_is_open_that_need_not_be(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    of = {each.type.rpartition(":")[2]: each.inputs for each in _azures(declared)}
    assert of["StorageAccount"]["allowBlobPublicAccess"] is False
    assert of["BlobContainer"]["publicAccess"] == "None"
    assert of["Registry"]["adminUserEnabled"] is False
    assert of["OnlineEndpoint"]["properties"]["authMode"] == "Key"


def test_a_dockerfile_hands_the_command_to_the_images_entrypoint() -> None:
    container = ManagedContainer(image="docker.io/acme/server:v1", command=("--model", 'a "b"', "$HOME"))
    assert dockerfile(container, "sha256:12").splitlines() == [
        "# docker.io/acme/server:v1",
        "FROM docker.io/acme/server@sha256:12",
        r'CMD ["--model", "a \"b\"", "$HOME"]',
    ]


def _azures(declared: list[Declared]) -> Iterator[Declared]:
    return (each for each in declared if each.type.startswith("azure-native:"))


def _revealed(value: Any) -> Any:
    """Inputs without the marks of secrets, as a provider gets them."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return _revealed(value["secret"])
        return {key: _revealed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_revealed(each) for each in value]
    return value
