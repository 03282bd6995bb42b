"""Two versions of a cloud region, as the live simulation runs them: from the clouds' resources to answers."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.contract.composed import Composed
from tests.contract.world import World, make_world

from llmdeploy.infra.provider.observe import sweep
from llmdeploy.infra.runner.events import ignore
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.live.contents import keys
from llmdeploy.infra.weights.resolve import resolve_weights
from llmdeploy.serving.gateway.cloud import CLIENT
from llmdeploy.serving.gateway.versions import PIN_HEADER
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.model import REVISION_LENGTH

pytestmark = [pytest.mark.engine, pytest.mark.slow]

MACHINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")
REGION = "aws/us-east-1"
BLUE, GREEN, FAR = "us-east-1-0", "us-east-1-green-0", "us-west-2-0"
CASE: dict[str, Any] = {
    "region": REGION,
    "base": {
        "name": "chat",
        "model": {"id": "Qwen/Qwen2.5-7B-Instruct", "context_length": 2048},
        "framework": "vllm",
        "quantization": "fp8",
        "regions": [REGION, "aws/us-west-2"],
    },
    "change": {"quantization": "none"},
}


class Live:
    """A deployment in simulated clouds, with the live simulation behind it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plans = Composed(world, CASE)
        self.revision = self.plans.new.revision or ""
        resolve_weights("random", world.home.cache, print)

    def move(self, state: Mapping[str, Any], *, afresh: bool = False) -> None:
        """Bring the region to a state, in the clouds and here."""
        plan = self.plans.plan(state)
        self.world.up(plan)
        self.world.simulation.start(plan, MACHINE, ignore, afresh=afresh)

    def ask(self, **headers: str) -> httpx.Response:
        """One answer, asked for in the region."""
        url = self.world.simulation.live_outputs()["entries"][REGION]
        return self.asking(url, headers)

    def asking(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        body = {"model": self.plans.base.model.served_name, "max_tokens": 2}
        message = {"messages": [{"role": "user", "content": "hi"}]}
        key = keys(self.world.clouds.resources())[CLIENT]
        given = {"authorization": f"Bearer {key}", **headers}
        return httpx.post(f"{url}/chat/completions", json=body | message, headers=given, timeout=30)

    def answering(self, count: int, **headers: str) -> Counter[str]:
        """The replicas that answer so many requests."""
        url = self.world.simulation.live_outputs()["entries"][REGION]
        answers = [self.asking(url, headers) for _ in range(count)]
        assert {answer.status_code for answer in answers} == {200}
        return Counter(answer.headers["x-llmdeploy-replica"] for answer in answers)

    def wait_open(self) -> None:
        """Wait until the front has seen its gateway well: what is brought up answers 503 before."""
        url = self.world.simulation.live_outputs()["entries"][REGION]
        deadline = time.monotonic() + 60
        while self.asking(url, {}).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def wait_answered_by(self, replicas: set[str], **headers: str) -> None:
        """Wait until just these answer, which the gateway sees at its next health checks."""
        url = self.world.simulation.live_outputs()["entries"][REGION]
        deadline = time.monotonic() + 30
        while (found := {_answered(self.asking(url, headers)) for _ in range(16)}) != replicas:
            assert time.monotonic() < deadline, found


def _answered(answer: httpx.Response) -> str:
    """The replica that has answered; the status where none has."""
    return answer.headers["x-llmdeploy-replica"] if answer.status_code == 200 else str(answer.status_code)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    world = make_world(tmp_path)
    try:
        with world.attached():
            yield Live(world)
    finally:
        sweep(world.simulation.run_dir)
        world.close()


class Load:
    """One client after the other while a `with` block runs; its failures."""

    def __init__(self, live: Live) -> None:
        self._live, self._over = live, threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.answers = 0
        self.failures: list[str] = []

    def __enter__(self) -> Load:
        self._url = self._live.world.simulation.live_outputs()["entries"][REGION]
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                answer = self._live.asking(self._url, {})
            except httpx.HTTPError as error:
                self.failures.append(repr(error))
                continue
            self.answers += 1
            if answer.status_code != 200:
                self.failures.append(f"{answer.status_code} {answer.text}")


def test_a_canary_is_shared_pinned_broken_mended_promoted_and_its_former_retired(live: Live) -> None:
    live.move({}, afresh=True)
    live.wait_open()
    live.wait_answered_by({BLUE})
    with Load(live) as load:
        live.move({"beside": {"role": "canary", "percent": 0}}, afresh=True)
        live.wait_answered_by({GREEN}, **{PIN_HEADER: live.revision})
        assert set(live.answering(8)) == {BLUE}
        live.move({"beside": {"role": "canary", "percent": 50}})
        live.wait_answered_by({BLUE, GREEN})
        assert set(live.answering(8, **{PIN_HEADER: live.revision})) == {GREEN}
        assert set(live.answering(8, **{PIN_HEADER: "0" * REVISION_LENGTH})) <= {BLUE, GREEN}
        _revisions(live, {BLUE: live.plans.base.spec_digest[:REVISION_LENGTH], GREEN: live.revision})

        live.move({"own": "new", "beside": {"role": "former"}})
        live.wait_answered_by({GREEN})
        live.move({"own": "new"})
        live.wait_answered_by({GREEN})
    assert load.failures == []
    assert load.answers > 20
    _revisions(live, {GREEN: live.revision})


def test_the_replicas_of_one_version_can_be_made_to_do_wrong(live: Live) -> None:
    live.world.clouds.add_fault(Fault("misbehave", type="errors=1", name=live.revision[:6]))
    live.move({"beside": {"role": "canary", "percent": 0}}, afresh=True)
    deadline = time.monotonic() + 30
    while (answer := live.ask(**{PIN_HEADER: live.revision})).status_code != 500:
        assert time.monotonic() < deadline, answer.text
    assert "on purpose" in answer.text
    assert set(live.answering(8)) == {BLUE}

    live.world.clouds.clear_faults()
    live.move({"beside": {"role": "canary", "percent": 0}}, afresh=True)
    live.wait_answered_by({GREEN}, **{PIN_HEADER: live.revision})


def _revisions(live: Live, wanted: Mapping[str, str]) -> None:
    told = live.world.simulation.live_outputs()["replicas"]
    found = {name: replica["revision"] for name, replica in told.items() if replica["region"] == REGION}
    assert found == wanted
    assert FAR in told
