"""Adapters come and go while replicas run. The server is the tests' own; tests/vllm_cpu has a real one."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.faults import wait_until
from tests.infra.provider.plans import plan

from llmdeploy.infra.provider import observe
from llmdeploy.infra.provider.program_files import Program
from llmdeploy.infra.provider.replica import ReplicaResource
from llmdeploy.serving.frameworks.adapters import ADAPTERS, Calls, RuntimeAdapters
from llmdeploy.serving.plan.model import Plan

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SERVER = Path(__file__).with_name("adapter_server.py")


class Adapters:
    """Adapters on disk, and plans of two replicas that have some of them."""

    def __init__(self, folder: Path, calls: Calls) -> None:
        self._folder, self._calls = folder, calls

    def write(self, name: str, rank: int = 8) -> str:
        place = self._folder / name
        place.mkdir(parents=True)
        (place / "adapter_config.json").write_text(json.dumps({"r": rank}))
        return str(place)

    def plan(self, most_rank: int = 16, **sources: str) -> Plan:
        base = plan("a", replicas=2)
        [region] = base.regions
        server = region.server.model_copy(
            update={
                "command": (
                    *("{python}", str(SERVER), "--port", "{port}", "--calls", self._calls),
                    *("--max-lora-rank", str(most_rank), ADAPTERS),
                ),
                "environment": {f"SETTING_{index}": str(index) for index in range(5)},
                "health_path": "/v1/models",
                "adapters": RuntimeAdapters(calls=self._calls, most=4, rank=most_rank, sources=sources),
            }
        )
        return base.model_copy(update={"regions": (region.model_copy(update={"server": server}),)})


@pytest.fixture(params=["vllm", "sglang"])
def adapters(tmp_path: Path, request: pytest.FixtureRequest) -> Adapters:
    return Adapters(tmp_path / "adapters", request.param)


@pytest.fixture
def vllm_adapters(tmp_path: Path) -> Adapters:
    return Adapters(tmp_path / "adapters", "vllm")


def pids(deployment: Deployment) -> list[int | None]:
    return [seen.pid for seen in observe.deployment_processes(deployment.run_dir)]


def loaded(deployment: Deployment) -> list[dict[str, str]]:
    """The adapters of each replica, by name."""
    ports = [seen.ports["http"] for seen in observe.deployment_processes(deployment.run_dir)]
    lists = [httpx.get(f"http://127.0.0.1:{port}/v1/models").json()["data"] for port in ports]
    return [{card["id"]: card["root"] for card in cards if card["parent"]} for cards in lists]


def ask(deployment: Deployment, model: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {deployment.outputs['api_key']}"}
    body = {"model": model, "messages": [{"role": "user", "content": "hi"}]}
    url = f"{deployment.outputs['entries']['local/a']}/chat/completions"
    return httpx.post(url, json=body, headers=headers, timeout=10)


def said(deployment: Deployment, model: str) -> str:
    return str(ask(deployment, model).json()["choices"][0]["message"]["content"])


@contextmanager
def asking(deployment: Deployment, model: str) -> Iterator[list[int]]:
    """Ask without a pause; yields the statuses."""
    statuses: list[int] = []
    stop = threading.Event()

    def ask_on() -> None:
        while not stop.wait(0.02):
            statuses.append(ask(deployment, model).status_code)

    thread = threading.Thread(target=ask_on)
    thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        thread.join()


def test_a_change_of_adapters_restarts_nothing(deployment: Deployment, adapters: Adapters) -> None:
    legal, medical, other = (adapters.write(name) for name in ("legal", "medical", "other"))
    deployment.up(adapters.plan(legal=legal))
    before = pids(deployment)
    assert loaded(deployment) == [{"legal": legal}] * 2

    wanted = adapters.plan(legal=legal, medical=medical)
    assert deployment.preview(wanted).ops == {"local-a-0": "update", "local-a-1": "update"}
    with asking(deployment, "legal") as statuses:
        deployment.up(wanted)
    assert said(deployment, "medical") == "medical"
    assert len(statuses) > 5
    assert set(statuses) == {200}

    deployment.up(adapters.plan(legal=other))
    assert loaded(deployment) == [{"legal": other}] * 2
    assert said(deployment, "legal") == "other"
    assert ask(deployment, "medical").status_code == 404

    assert pids(deployment) == before
    assert deployment.up(adapters.plan(legal=other), refresh=True).ops == {}


def test_the_order_in_which_the_engine_says_things_is_no_other_configuration(tmp_path: Path) -> None:
    environment = {"A": "1", "B": "2", "C": "3"}
    sources = {"legal": "/a", "medical": "/b", "wide": "/c"}
    command, folder = ("serve", ADAPTERS), str(tmp_path)
    said = [
        ReplicaResource().preview(
            {
                "folder": folder,
                "name": "a-0",
                "region": "local/a",
                "command": command,
                "weights": "",
                "environment": dict(ordered(environment.items())),
                "adapters": {"calls": "vllm", "sources": dict(ordered(sources.items()))},
                "drain_timeout_s": 1,
            },
            {"folder": folder, "name": "a-0", "port": 1},
        )["config"]
        for ordered in (sorted, lambda items: sorted(items, reverse=True))
    ]
    assert said[0] == said[1]
    marks = {
        str(Program(tmp_path, "a-0", command, dict(ordered), {}, 1).mark)
        for ordered in (environment.items(), reversed(environment.items()))
    }
    assert len(marks) == 1


def test_a_crashed_replica_comes_back_with_its_adapters_of_now(
    deployment: Deployment, vllm_adapters: Adapters
) -> None:
    legal, medical = vllm_adapters.write("legal"), vllm_adapters.write("medical")
    deployment.up(vllm_adapters.plan(legal=legal))
    deployment.up(vllm_adapters.plan(medical=medical))
    first = pids(deployment)[0]
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: pids(deployment)[0] not in (first, None))
    wait_until(lambda: _answers(deployment))
    assert loaded(deployment) == [{"medical": medical}] * 2
    assert deployment.up(vllm_adapters.plan(medical=medical), refresh=True).ops == {}


def _answers(deployment: Deployment) -> bool:
    try:
        return len(loaded(deployment)) == 2
    except httpx.TransportError:
        return False


def test_an_adapter_that_is_refused_changes_nothing(deployment: Deployment, adapters: Adapters) -> None:
    legal, wide = adapters.write("legal"), adapters.write("wide", rank=64)
    deployment.up(adapters.plan(legal=legal))
    before = pids(deployment)

    failed = deployment.failing_up(adapters.plan(legal=legal, wide=wide))
    [error, *_] = [text for text in failed.errors if "wide" in text]
    assert "loading the adapter wide failed: LoRA rank 64 is greater than max_lora_rank 16." in error
    assert f"mend {wide}, or take it out of model.adapters; the replica serves on as before" in error
    assert loaded(deployment) == [{"legal": legal}] * 2
    assert pids(deployment) == before
    assert deployment.up(adapters.plan(legal=legal), refresh=True).ops == {}

    deployment.up(adapters.plan(most_rank=64, legal=legal, wide=wide))
    assert said(deployment, "wide") == "wide"
    assert not set(pids(deployment)) & set(before), "more room is another configuration"


def test_what_was_unloaded_by_hand_is_drift_and_is_mended(
    deployment: Deployment, vllm_adapters: Adapters
) -> None:
    legal = vllm_adapters.write("legal")
    deployment.up(vllm_adapters.plan(legal=legal))
    before = pids(deployment)
    port = observe.deployment_processes(deployment.run_dir)[0].ports["http"]
    httpx.post(f"http://127.0.0.1:{port}/v1/unload_lora_adapter", json={"lora_name": "legal"})

    mended = deployment.up(vllm_adapters.plan(legal=legal), refresh=True)
    assert mended.drift == {"local-a-0": {"status"}}
    assert loaded(deployment) == [{"legal": legal}] * 2
    assert pids(deployment) == before
