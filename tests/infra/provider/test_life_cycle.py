"""From nothing to a running deployment and back."""

from __future__ import annotations

import socket

import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider import observe

pytestmark = pytest.mark.engine


def test_up_serves_two_regions_and_destroy_leaves_nothing(deployment: Deployment) -> None:
    wanted = plan("a", "b")
    planned = deployment.preview(wanted)
    applied = deployment.up(wanted)
    assert planned.ops == applied.ops
    assert applied.ops["local-a-0"] == "create"
    entries = deployment.outputs["entries"]
    assert deployment.outputs["endpoint"] == entries["local/a"]
    answers = {region: deployment.chat(region).json()["replica"] for region in entries}
    assert answers == {"local/a": "a-0", "local/b": "b-0"}
    assert deployment.chat(key="sk-wrong").status_code == 401

    seen = observe.deployment_processes(deployment.run_dir)
    gateway = observe.gateway_process(deployment.run_dir)
    assert gateway
    assert [(p.region, p.replica, p.status) for p in seen] == [
        ("local/a", "a-0", "running"),
        ("local/b", "b-0", "running"),
    ]
    ports = [port for p in (*seen, gateway) for port in p.ports.values()]
    deployment.destroy()
    assert not deployment.processes()
    assert not deployment.run_dir.exists()
    assert not [port for port in ports if _is_open(port)]


def test_an_up_without_changes_changes_nothing(running: Deployment) -> None:
    pids = [(p.replica, p.pid) for p in observe.deployment_processes(running.run_dir)]
    assert running.preview(plan("a", "b"), refresh=True).ops == {}
    assert running.up(plan("a", "b"), refresh=True).ops == {}
    assert [(p.replica, p.pid) for p in observe.deployment_processes(running.run_dir)] == pids


def test_rotation_draws_another_key_without_a_restart(running: Deployment) -> None:
    old = running.outputs["api_key"]
    gateway = observe.gateway_process(running.run_dir)
    planned = running.preview(plan("a", "b"), key_rotation="2")
    applied = running.up(plan("a", "b"), key_rotation="2")
    assert planned.ops.keys() == applied.ops.keys() == {"api-key", "gateway"}
    assert running.outputs["api_key"] != old
    assert running.chat().status_code == 200
    assert running.chat(key=old).status_code == 401
    assert observe.gateway_process(running.run_dir) == gateway
    running.up(plan("a", "b"))


def _is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
