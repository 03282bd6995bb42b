"""Ports that another process took while ours was down."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.faults import kill, wait_until
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider import observe, ports

pytestmark = pytest.mark.engine


@contextmanager
def taken(port: int | None) -> Iterator[None]:
    """A listener of ours on the port."""
    assert port
    wait_until(lambda: ports.is_free(port))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        yield


@pytest.mark.slow
def test_a_replica_moves_to_another_port(running: Deployment) -> None:
    wanted = plan("a", "b")
    before = observe.deployment_processes(running.run_dir)[0]
    kill(before.supervisor, before.pid)
    with taken(before.port):
        planned = running.preview(wanted, refresh=True)
        applied = running.up(wanted, refresh=True)
        assert planned.ops == applied.ops == dict.fromkeys(("local-a", "local-a-0", "gateway"), "update")
        after = observe.deployment_processes(running.run_dir)[0]
        assert after.port != before.port
        assert running.chat("local/a").json()["replica"] == "a-0"


def test_an_entry_keeps_its_port_and_says_who_took_it(running: Deployment) -> None:
    wanted = plan("a", "b")
    gateway = observe.gateway_process(running.run_dir)
    assert gateway
    kill(gateway.supervisor, gateway.pid)
    port = gateway.ports["local/b"]
    with taken(port):
        failed = running.failing_up(wanted, refresh=True)
        assert any(
            f"port {port}, the entry of local/b, is taken by process {os.getpid()} (" in text
            for text in failed.errors
        )
    running.up(wanted, refresh=True)
    assert running.chat("local/b").json()["replica"] == "b-0"


def test_a_port_in_time_wait_is_free_and_one_in_use_is_not() -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not ports.is_free(port)
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _ = listener.accept()
            accepted.close()
    assert ports.is_free(port)


def test_no_port_is_chosen_twice() -> None:
    chosen = [ports.choose_port() for _ in range(50)]
    assert len(set(chosen)) == 50
