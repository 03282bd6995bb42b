"""What regions of managed endpoints declare, broken in one place: what the simulated clouds then refuse."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scripts.mutate import Mutation, Program, mutations
from tests.modules.declared import revealed

from llmdeploy.infra.provider.checking import failures
from llmdeploy.infra.provider.resources import resources
from llmdeploy.infra.simulate.checks.table import problems_of
from llmdeploy.infra.simulate.schema import check_inputs
from llmdeploy.infra.simulate.store import Store
from llmdeploy.serving.frozen import Frozen

MODULES = Path(__file__).parents[2] / "modules"
COUNT = 300


@dataclass(frozen=True)
class Cloud:
    """The goldens of a cloud's managed regions, and which of their resources are the endpoints'."""

    goldens: str
    types: tuple[str, ...]
    names: str
    """What their names end in."""
    kinds: int
    """How many types there are."""
    least: int
    """How many places there are to break."""

    def programs(self) -> list[Program]:
        return programs(self.goldens, self.types, self.names)


CLOUDS = {
    "amazon": Cloud(
        "aws/cases/managed*.json", ("aws:sagemaker/", "aws:appautoscaling/"), "-endpoint", 5, 150
    ),
    "google": Cloud("gcp/cases/managed*.json", ("gcp:cloudrunv2/", "gcp:vertex/"), "", 3, 100),
    "azure": Cloud("azure/cases/*.json", ("azure-native:",), "", 12, 150),
}
ALONE = {"aws:sagemaker/model:Model"}
"""What names nothing else that must be there."""
OWN = {
    "llmdeploy:aws:BedrockImport": "aws/cases/bedrock.json",
    "llmdeploy:aws:InferenceComponent": "aws/cases/managed-zero.json",
    "llmdeploy:gcp:VertexModel": "gcp/cases/managed.json",
    "llmdeploy:gcp:VertexEndpoint": "gcp/cases/managed.json",
    "llmdeploy:gcp:VertexDeployment": "gcp/cases/managed.json",
}
"""Our plugin's resources."""


def programs(goldens: str, types: tuple[str, ...], names: str = "") -> list[Program]:
    """The resources of these types whose names end so, as the goldens have them."""
    cases = [json.loads(file.read_text("utf-8")) for file in sorted(MODULES.glob(goldens))]
    return [
        (each["type"], revealed(each["inputs"]))
        for case in cases
        for each in case
        if each["type"].startswith(types) and each["name"].endswith(names)
    ]


@pytest.mark.parametrize("name", CLOUDS)
def test_what_is_declared_is_taken(name: str, tmp_path: Path) -> None:
    cloud, store = CLOUDS[name], Store(tmp_path)
    found = cloud.programs()
    assert len({token for token, _ in found}) == cloud.kinds
    assert [failure for token, inputs in found for failure in check_inputs(token, inputs)] == []
    alone = [(token, inputs) for token, inputs in found if token in ALONE]
    assert [problem for one in alone for problem in problems_of(*one, "us-east-1", store, planned=True)] == []


@pytest.mark.parametrize("name", CLOUDS)
def test_nearly_all_that_is_broken_is_refused(name: str, tmp_path: Path) -> None:
    cloud, store, made, passed = CLOUDS[name], Store(tmp_path), Counter[str](), list[str]()
    for mutation in mutations(cloud.programs(), COUNT, seed=1):
        made[mutation.kind] += 1
        if not check_inputs(mutation.token, mutation.inputs) and not _refused(store, mutation):
            passed.append(f"{mutation.kind}: {mutation.token} {mutation.path}")
    assert made.total() >= cloud.least
    assert len(passed) <= 0.05 * made.total(), "\n".join(passed)


def _refused(store: Store, mutation: Mutation) -> bool:
    return bool(problems_of(mutation.token, mutation.inputs, "us-east-1", store, planned=True))


@pytest.mark.parametrize("token", OWN)
def test_all_that_is_broken_of_our_plugins_is_refused(token: str) -> None:
    model = resources()[token].inputs
    ((_, whole),) = programs(OWN[token], (token,))
    assert failures(model, whole) == []
    passed = [what for what, broken in broken_once(model, whole) if not failures(model, broken)]
    assert passed == []


def broken_once(model: type[Frozen], whole: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The inputs with one property misspelt, of another type, or missing where it is required."""
    for name, value in whole.items():
        rest = {key: each for key, each in whole.items() if key != name}
        yield f"{name} misspelt", {**rest, f"{name}x": value}
        yield (
            f"{name} of another type",
            {**whole, name: "text" if isinstance(value, list | dict) else [value]},
        )
        if model.model_fields[name].is_required():
            yield f"{name} missing", rest
