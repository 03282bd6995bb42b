"""Inputs are checked whole: every failure at once, each at its path, and unknown values let through."""

from __future__ import annotations

from typing import Any

import pytest
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider.checking import defaults, failures
from llmdeploy.infra.provider.gateway import GatewayInputs
from llmdeploy.infra.provider.replica import ReplicaInputs
from llmdeploy.infra.provider.resource import UNKNOWN
from llmdeploy.infra.provider.supervisor import SupervisorInputs
from llmdeploy.serving.frozen import Frozen

REPLICA = {"folder": "/srv/a", "name": "a-0", "region": "local/a", "command": ["serve"]}
GATEWAY = {
    "folder": "/srv/gateway",
    "plan": plan("a").gateway.model_dump(mode="json"),
    "regions": [{"name": "local/a", "weight": 1}],
    "backends": [{"region": "local/a", "replica": "a-0", "host": "127.0.0.1", "port": UNKNOWN}],
    "entries": ["local/a"],
}

CASES: list[tuple[type[Frozen], dict[str, Any], dict[str, str]]] = [
    (ReplicaInputs, REPLICA, {}),
    (ReplicaInputs, {**REPLICA, "folder": UNKNOWN, "startup_timeout_s": UNKNOWN, "command": UNKNOWN}, {}),
    (
        ReplicaInputs,
        {"folder": "srv/a", "name": "A 0", "command": [], "environment": {"1": "x"}, "health_path": "health"},
        {
            "folder": "must be an absolute path without .. or a closing slash",
            "name": "String should match pattern",
            "region": "is missing",
            "command": "Tuple should have at least 1 item",
            "environment.1": "String should match pattern",
            "health_path": "String should match pattern",
        },
    ),
    (
        ReplicaInputs,
        {**REPLICA, "comand": ["x"], "drain_timeout_s": -1},
        {"comand": "is not known; known are folder, name", "drain_timeout_s": "Input should be greater"},
    ),
    (GatewayInputs, GATEWAY, {}),
    (
        GatewayInputs,
        {**GATEWAY, "entries": [], "backends": [{"region": "local/a", "port": 0}]},
        {
            "entries": "Tuple should have at least 1 item",
            "backends[0].replica": "is missing",
            "backends[0].host": "is missing",
            "backends[0].port": "Input should be greater",
        },
    ),
    (SupervisorInputs, {"folder": "/srv/a;b"}, {"folder": "must not hold any of ; # % "}),
    (SupervisorInputs, {"folder": "/srv/../a"}, {"folder": "must be an absolute path"}),
    (SupervisorInputs, {"folder": "/srv/Mes modèles"}, {}),
]


@pytest.mark.parametrize(("model", "inputs", "expected"), CASES)
def test_every_failure_is_named_at_its_path(
    model: type[Frozen], inputs: dict[str, Any], expected: dict[str, str]
) -> None:
    found = dict(failures(model, inputs))
    assert found.keys() == expected.keys()
    for path, reason in expected.items():
        assert found[path].startswith(reason)


def test_defaults_fill_what_is_left_out() -> None:
    filled = defaults(ReplicaInputs, {**REPLICA, "weights": "smollm2"})
    assert filled["health_path"] == "/health"
    assert filled["environment"] == {}
    assert "weights" not in filled
    assert "region" not in filled
