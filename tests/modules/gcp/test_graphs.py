"""A case is a spec, with every resource that it makes beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.modules.declared import Declared
from tests.modules.gcp.golden import CASES, golden
from tests.modules.gcp.program import graph, plan_of

from llmdeploy.infra.simulate.schema import check_inputs

SPECS = sorted(CASES.glob("*.yaml"))


@pytest.fixture(scope="module", params=SPECS, ids=lambda spec: spec.stem)
def case(request: pytest.FixtureRequest) -> tuple[Path, list[Declared]]:
    spec: Path = request.param
    return spec, graph(plan_of(spec))


def test_the_graph_is_the_one_of_its_file(case: tuple[Path, list[Declared]]) -> None:
    spec, declared = case
    assert golden(declared) == json.loads(spec.with_suffix(".json").read_text("utf-8"))


def test_every_property_is_one_that_google_takes(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    wrong = [
        f"{each.name} {failure.property}: {failure.reason}"
        for each in declared
        if each.type.startswith("gcp:")
        for failure in check_inputs(each.type, _revealed(each.inputs))
    ]
    assert wrong == []


def test_names_are_unique_and_fit_google_with_pulumis_ending(case: tuple[Path, list[Declared]]) -> None:
    """Pulumi adds a hyphen and seven characters to the names of 63 characters that Google takes."""
    _, declared = case
    assert len({(each.type, each.name) for each in declared}) == len(declared)
    named_by_pulumi = (each for each in declared if each.type.startswith("gcp:compute/"))
    assert [each.name for each in named_by_pulumi if len(each.name) > 63 - 8] == []


def test_every_resource_is_in_a_component(case: tuple[Path, list[Declared]]) -> None:
    _, declared = case
    assert [each.name for each in declared if each.type.startswith("gcp:") and each.parent == ""] == []


def test_everything_that_takes_labels_has_them(case: tuple[Path, list[Declared]]) -> None:
    """But templates, of which a digest would replace the fleet; they have the lasting ones."""
    _, declared = case
    for each in _labelled(declared):
        labels = each.inputs.get("labels") or each.inputs.get("userLabels")
        wanted = {"llmdeploy-name", "llmdeploy-stack"}
        if "Template" not in each.type:
            wanted |= {"llmdeploy-spec-digest"}
        assert labels is not None, each.name
        assert set(labels) == wanted, each.name


def _labelled(declared: list[Declared]) -> Iterator[Declared]:
    from llmdeploy.infra.simulate.schema import inputs

    for each in declared:
        if each.type.startswith("gcp:") and {"labels", "userLabels"} & set(inputs(each.type)):
            yield each


def _revealed(value: Any) -> Any:
    """Inputs without the marks of secrets, as a provider gets them."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return _revealed(value["secret"])
        return {key: _revealed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_revealed(each) for each in value]
    return value
