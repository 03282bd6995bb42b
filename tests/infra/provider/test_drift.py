"""Whatever happens to a deployment behind our back: a refresh sees it, a preview says it, an up mends it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable

import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.faults import kill, wait_until
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider import observe, readiness

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def _replica(deployment: Deployment) -> observe.DeploymentProcess:
    return observe.deployment_processes(deployment.run_dir)[0]


def _gateway(deployment: Deployment) -> observe.DeploymentProcess:
    found = observe.gateway_process(deployment.run_dir)
    assert found
    return found


def kill_replica_and_its_supervisor(deployment: Deployment) -> None:
    replica = _replica(deployment)
    kill(replica.supervisor, replica.pid)


def kill_the_supervisor_only(deployment: Deployment) -> None:
    kill(_replica(deployment).supervisor)


def kill_envoy_and_its_supervisor(deployment: Deployment) -> None:
    gateway = _gateway(deployment)
    kill(gateway.supervisor, gateway.pid)


def suspend_a_replica(deployment: Deployment) -> None:
    pid = _replica(deployment).pid
    assert pid
    os.kill(pid, signal.SIGSTOP)


def edit_the_supervision_of_a_replica(deployment: Deployment) -> None:
    with (deployment.run_dir / "a/programs/a-0.conf").open("a") as file:
        file.write("autorestart = false\n")


def delete_the_launch_file_of_a_replica(deployment: Deployment) -> None:
    (deployment.run_dir / "a/programs/a-0.json").unlink()


def edit_supervisord_conf(deployment: Deployment) -> None:
    (deployment.run_dir / "b/supervisord.conf").write_text("[supervisord]\n")


def edit_and_delete_envoy_files(deployment: Deployment) -> None:
    folder = deployment.run_dir / "gateway/envoy"
    (folder / "clusters.yaml").unlink()
    (folder / "listeners.yaml").write_text("resources: []\n")


Fault = Callable[[Deployment], None]

# Faults that hit different resources are injected together: one engine run for several.
FAULTS: list[tuple[tuple[Fault, ...], dict[str, set[str]]]] = [
    (
        (kill_replica_and_its_supervisor, edit_supervisord_conf, edit_and_delete_envoy_files),
        {"local-a": {"status"}, "local-a-0": {"status"}, "local-b": {"config"}, "gateway": {"files"}},
    ),
    (
        (kill_envoy_and_its_supervisor, suspend_a_replica),
        {"gateway": {"status"}, "local-a-0": {"status"}},
    ),
    (
        (kill_the_supervisor_only,),
        {"local-a": {"status"}, "local-a-0": {"status"}},
    ),
    (
        (delete_the_launch_file_of_a_replica,),
        {"local-a-0": {"config"}},
    ),
]


@pytest.mark.parametrize(
    ("faults", "drift"), FAULTS, ids=["-".join(fault.__name__ for fault in faults) for faults, _ in FAULTS]
)
def test_drift_is_seen_previewed_and_mended(
    running: Deployment, faults: tuple[Fault, ...], drift: dict[str, set[str]]
) -> None:
    wanted = plan("a", "b")
    for fault in faults:
        fault(running)
    planned = running.preview(wanted, refresh=True)
    applied = running.up(wanted, refresh=True)
    assert planned.drift.keys() == drift.keys()
    for name, properties in drift.items():
        assert properties <= planned.drift[name]
    assert planned.ops == applied.ops == dict.fromkeys(drift, "update")
    _assert_well(running)
    assert running.preview(wanted, refresh=True).ops == {}


def test_an_edited_supervision_is_restored_without_a_restart(running: Deployment) -> None:
    before = _replica(running)
    edit_the_supervision_of_a_replica(running)
    assert running.up(plan("a", "b"), refresh=True).ops == {"local-a-0": "update"}
    assert _replica(running) == before


def test_a_region_whose_folder_is_gone_is_made_anew(running: Deployment) -> None:
    kill_replica_and_its_supervisor(running)
    shutil.rmtree(running.run_dir / "a")
    applied = running.up(plan("a", "b"), refresh=True)
    assert applied.ops == {"local-a": "create", "local-a-0": "create", "gateway": "update"}
    _assert_well(running)


def _assert_well(deployment: Deployment) -> None:
    assert {p.status for p in observe.deployment_processes(deployment.run_dir)} == {"running"}
    assert _gateway(deployment).status == "running"
    assert deployment.chat("local/a").json()["replica"] == "a-0"
    # Nothing doubled: three supervisors, two replicas, one Envoy.
    assert len(deployment.processes()) == 6


def test_a_crash_that_supervisord_mends_is_no_drift(running: Deployment) -> None:
    replica = _replica(running)
    kill(replica.pid)
    wait_until(lambda: _replica(running).pid not in (None, replica.pid))
    wait_until(lambda: readiness.answers(replica.port or 0, "/health"))
    assert running.preview(plan("a", "b"), refresh=True).ops == {}
