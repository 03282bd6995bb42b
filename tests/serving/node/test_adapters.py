"""Adapters on a node: listed in the bucket, brought to the disk, loaded while the server runs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.serving.node.machine import Machine
from tests.serving.node.requests import node
from tests.serving.node.test_user_data import CLOUDS
from tests.serving.node.test_weights import booted, mirror

from llmdeploy.serving.frameworks.adapters import Calls
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frameworks.render import render
from llmdeploy.serving.frameworks.request import AdapterRequest, ServeRequest
from llmdeploy.serving.node.files import model_words
from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.places import COMPLETE, WEIGHTS, adapter_prefix, model_prefix, node_folder

LIST = adapter_prefix("blue")
CALLS = pytest.mark.parametrize("calls", ["vllm", "sglang"])


def changing(framework: str) -> Launch:
    request = ServeRequest(
        model="acme/tiny",
        served_name="chat",
        adapters=(AdapterRequest("legal", "acme/legal"),),
        runtime_adapters=True,
    )
    return render(framework, request)


def started(cloud: str, folder: Path, calls: Calls, port: int | None = None) -> Machine:
    machine = booted(cloud, folder, port, launch=changing(calls), adapters=LIST)
    mirror(machine)
    return machine


def listed(machine: Machine, **sources: str) -> None:
    """Put adapters into the bucket, and then their list."""
    for source in sources.values():
        mirror(machine, model_prefix(source, None))
    lines = (f"{name} {source} {model_words(NodeModel(source))}\n" for name, source in sources.items())
    machine.put(f"{LIST}/{COMPLETE}", "".join(lines))


@contextmanager
def server(calls: Calls, loaded: dict[str, str]) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
    """The servers' calls, as in tests/infra/provider/adapter_server.py. Gives its port and the calls made."""
    prefix, made = {"vllm": "/v1", "sglang": ""}[calls], list[tuple[str, Any]]()

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cards = [{"id": "chat", "object": "model", "root": "acme/tiny", "parent": None}]
            cards += [
                {"id": name, "object": "model", "root": path, "parent": "chat", "permission": [{"id": "p"}]}
                for name, path in loaded.items()
            ]
            self._answer(200, {"object": "list", "data": cards})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            name = asked["lora_name"]
            made.append((self.path, asked))
            if self.path == f"{prefix}/load_lora_adapter" and (
                name not in loaded or asked.get("load_inplace")
            ):
                loaded[name] = asked["lora_path"]
                return self._answer(200, {"success": True})
            if self.path == f"{prefix}/unload_lora_adapter" and name in loaded:
                del loaded[name]
                return self._answer(200, {"success": True})
            return self._answer(400, {"error_message": f"{name} is refused"})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body, separators=(",", ":")).encode())

        def log_message(self, *_: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    try:
        yield http.server_address[1], made
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def until(condition: Any) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@CLOUDS
@CALLS
def test_a_replica_starts_with_the_adapters_of_the_list(cloud: str, calls: Calls, tmp_path: Path) -> None:
    machine = started(cloud, tmp_path, calls)
    listed(machine, legal="acme/legal", medical="acme/medical")
    machine.run("weights")
    machine.run("adapters", arguments=("once",))
    for source in ("acme/tiny", "acme/legal", "acme/medical"):
        revision = "6f6073b" if source == "acme/tiny" else None
        assert machine.read(f"var/lib/llmdeploy/weights/{node_folder(source, revision)}/config.json") == "{}"
    assert machine.read("run/llmdeploy/hub.env") == "HF_HUB_OFFLINE=1\n"

    for program in ("image", "secrets", "replica"):
        machine.run(program)
    command = machine.calls("docker")[-1]
    flag = {"vllm": "--lora-modules", "sglang": "--lora-paths"}[calls]
    index = command.index(flag)
    assert command[index : index + 3] == [flag, "legal=acme/legal", "medical=acme/medical"]
    assert "{adapters}" not in command


@CLOUDS
def test_without_adapters_there_is_no_flag(cloud: str, tmp_path: Path) -> None:
    machine = started(cloud, tmp_path, "vllm")
    listed(machine)
    for program in ("weights", "adapters", "image", "secrets", "replica"):
        machine.run(program, arguments=("once",) if program == "adapters" else ())
    command = machine.calls("docker")[-1]
    assert not {"{adapters}", "--lora-modules"} & set(command)
    assert command[-3:] == ["4", "--max-lora-rank", "16"]


@CLOUDS
@CALLS
def test_a_changed_list_is_loaded_and_unloaded_while_it_runs(
    cloud: str, calls: Calls, tmp_path: Path
) -> None:
    loaded = {"legal": "acme/legal", "old": "acme/old"}
    with server(calls, loaded) as (port, made):
        machine = started(cloud, tmp_path, calls, port)
        listed(machine, legal="acme/legal", old="acme/old")
        machine.run("adapters", arguments=("once",))
        with machine.running("adapters"):
            time.sleep(1)
            assert made == []
            listed(machine, legal="acme/legal-2", medical="acme/medical")
            until(lambda: loaded == {"legal": "acme/legal-2", "medical": "acme/medical"})
            time.sleep(1)
    paths = [path.rpartition("/")[2].partition("_")[0] for path, _ in made]
    assert (
        paths == {"vllm": ["load", "load", "unload"], "sglang": ["unload", "load", "load", "unload"]}[calls]
    )
    assert machine.read(f"var/lib/llmdeploy/weights/{node_folder('acme/medical', None)}/config.json") == "{}"

    # What is started anew has the adapters of now.
    assert "'medical=acme/medical'" in machine.read("run/llmdeploy/adapters.env")


@CLOUDS
def test_what_is_refused_is_said_and_does_not_hold_up_the_others(cloud: str, tmp_path: Path) -> None:
    loaded = {"legal": "acme/legal"}
    with server("vllm", loaded) as (port, _):
        machine = started(cloud, tmp_path, "vllm", port)
        listed(machine, legal="acme/legal")
        machine.run("adapters", arguments=("once",))
        machine.behave(curl=refusing(machine, "wide"))
        with machine.running("adapters") as process:
            listed(machine, legal="acme/legal", wide="acme/wide", medical="acme/medical")
            until(lambda: "medical" in loaded)
            time.sleep(1)  # The server has it before the script has said so.
            process.terminate()
            said, _ = process.communicate(timeout=10)
    assert "llmdeploy: could not load the adapter wide: rank 64 is too high 500" in said
    assert "llmdeploy: loaded the adapter medical" in said


def refusing(machine: Machine, name: str) -> str:
    """curl, with a server that refuses an adapter."""
    usual = (machine.folder / "behaviour/curl").read_text()
    return f'case "$*" in *{name}*load_lora*) echo "rank 64 is too high 500"; exit 0 ;; esac\n{usual}'


@CLOUDS
def test_what_never_comes_does_not_hold_up_the_list_for_ever(cloud: str, tmp_path: Path) -> None:
    loaded = {"legal": "acme/legal"}
    with server("vllm", loaded) as (port, _):
        machine = started(cloud, tmp_path, "vllm", port)
        machine.environ["BRING_S"] = "2"
        listed(machine, legal="acme/legal")
        machine.run("adapters", arguments=("once",))
        with machine.running("adapters") as process:
            never = model_words(NodeModel("/home/me/never pushed"))
            machine.put(f"{LIST}/{COMPLETE}", f"never {WEIGHTS}/folders/never-pushed {never}\n")
            time.sleep(1)
            listed(machine, medical="acme/medical")
            until(lambda: loaded == {"medical": "acme/medical"})
            process.terminate()
            said, _ = process.communicate(timeout=10)
    assert "models/never-pushed/main is not here yet" in said
    assert "the replica keeps what it has" in said


@CLOUDS
def test_a_list_that_is_not_there_is_waited_for(cloud: str, tmp_path: Path) -> None:
    machine = started(cloud, tmp_path, "vllm")
    with machine.running("adapters", "once") as process:
        time.sleep(1)
        assert process.poll() is None
        listed(machine, legal="acme/legal")
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "the list of adapters is not here yet" in said


@CLOUDS
def test_a_restart_without_the_bucket_keeps_what_is_there(cloud: str, tmp_path: Path) -> None:
    machine = started(cloud, tmp_path, "vllm")
    listed(machine, legal="acme/legal")
    machine.run("adapters", arguments=("once",))
    (machine.folder / f"bucket/{LIST}/{COMPLETE}").unlink()
    machine.run("adapters", arguments=("once",))
    assert "'legal=acme/legal'" in machine.read("run/llmdeploy/adapters.env")


@CLOUDS
def test_nodes_without_them_are_as_before(cloud: str, tmp_path: Path) -> None:
    machine = booted(cloud, tmp_path)
    assert not (machine.root / "opt/llmdeploy/adapters.sh").exists()
    assert "adapters" not in machine.read("etc/llmdeploy/node.env")
    assert not any("adapters" in word for call in machine.calls("systemctl") for word in call)
    assert node(cloud).adapters == ""
