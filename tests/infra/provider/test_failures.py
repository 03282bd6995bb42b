"""Replicas that do not come up: a clear error, and nothing left running."""

from __future__ import annotations

import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.faults import wait_until
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider import observe

pytestmark = pytest.mark.engine


def test_a_replica_that_exits_at_once_fails_with_its_log(deployment: Deployment) -> None:
    failed = deployment.failing_up(plan("a", arguments=("--exit-code", "3")))
    [error] = [text for text in failed.errors if "CUDA" in text]
    assert "a-0 exited as soon as it was started, again and again" in error
    assert "its last log lines:\nCUDA error: out of memory" in error
    assert observe.deployment_processes(deployment.run_dir) == []

    deployment.up(plan("a"))
    assert deployment.chat().status_code == 200


@pytest.mark.slow
def test_a_replica_that_is_never_healthy_fails_in_time(deployment: Deployment) -> None:
    failed = deployment.failing_up(plan("a", arguments=("--never-healthy",), startup_timeout_s=3))
    assert any("a-0 was not ready after 3 s (loading)" in text for text in failed.errors)
    assert any("listening on" in text for text in failed.errors)
    progress = [text for text in failed.statuses if text.startswith("a-0: loading, ")]
    assert len(progress) >= 2
    assert observe.deployment_processes(deployment.run_dir) == []
    deployment.destroy()
    assert not deployment.processes()
    assert not deployment.run_dir.exists()


@pytest.mark.slow
def test_a_failed_update_leaves_the_replica_of_before(deployment: Deployment) -> None:
    deployment.up(plan("a"))
    failed = deployment.failing_up(plan("a", arguments=("--exit-code", "3")))
    assert any("the replica of before the change has been started again" in text for text in failed.errors)
    wait_until(lambda: deployment.chat().status_code == 200)
    assert deployment.up(plan("a"), refresh=True).ops == {}


def test_every_wrong_input_is_named_at_once(deployment: Deployment) -> None:
    wrong = plan("a", startup_timeout_s=-1)
    server = wrong.regions[0].server.model_copy(update={"health_path": "health", "command": ()})
    region = wrong.regions[0].model_copy(update={"server": server})
    failed = deployment.failing_up(wrong.model_copy(update={"regions": (region,)}))
    text = "\n".join(failed.errors)
    assert all(name in text for name in ("health_path", "command", "startup_timeout_s"))
