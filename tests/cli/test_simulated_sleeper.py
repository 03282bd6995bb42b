"""An endpoint of SageMaker that sleeps while nobody asks, in simulated clouds with all that they would run
really running here. That nobody asks for fifteen minutes is said to the simulation, not waited for.
"""

from __future__ import annotations

import json
import time

import pytest
from tests.cli.conftest import Terminal
from tests.cli.evacuations import Clients
from tests.cli.test_deployment import processes_of
from tests.cli.test_simulated_managed import HEAD, RANDOM, clouds_of, run, wait_for_region

from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.fleet.endpoints import ENDPOINT
from llmdeploy.infra.simulate.live.services.configuration import ServedEndpoint
from llmdeploy.infra.simulate.live.services.look import CloudsLook

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

SPEC = HEAD.format(name="sleepy") + (
    "variant: managed\nregions:\n  - {name: aws/us-east-1, scaling: {min: 0, max: 2}}\n  - aws/us-west-2\n"
)
SLEEPER, AWAKE = "aws/us-east-1", "aws/us-west-2"


class Copies:
    """Those of the sleeper's component, as the simulated cloud has them."""

    def __init__(self, terminal: Terminal) -> None:
        self._clouds = clouds_of(terminal, "sleepy")

    @property
    def count(self) -> int:
        (component,) = self._clouds.resources(COMPONENT)
        return int(component.outputs["RuntimeConfig"]["DesiredCopyCount"])

    def put_to_sleep(self) -> None:
        (component,) = self._clouds.resources(COMPONENT)
        name = component.outputs["EndpointName"]
        (endpoint,) = (
            each
            for each in self._clouds.resources(ENDPOINT)
            if (each.outputs["name"], each.region) == (name, component.region)
        )
        served = ServedEndpoint(
            service="sagemaker",
            host="",
            path="",
            name=name,
            record=endpoint.number,
            component=component.outputs["InferenceComponentName"],
            timeout_s=1,
            stream_timeout_s=1,
        )
        look = CloudsLook(self._clouds.folder)
        look.set_copies(served, 0)
        look.close()

    def wait_until_awake(self) -> None:
        deadline = time.monotonic() + 60
        while self.count == 0:
            assert time.monotonic() < deadline, "nothing has woken it"
            time.sleep(0.2)


def test_a_sleeper_is_woken_by_requests_that_another_region_answers(terminal: Terminal) -> None:
    terminal.write("sleepy.yaml", SPEC)
    up = terminal.run("llmdeploy up sleepy.yaml --simulate --live --yes", **RANDOM)
    assert up.code == 0, up.stdout + up.stderr
    for region in (SLEEPER, AWAKE):
        wait_for_region(terminal, "sleepy.yaml", region)
    copies = Copies(terminal)
    assert copies.count == 1, "it was seen to answer"

    running = len(clouds_of(terminal, "sleepy").instances())
    copies.put_to_sleep()
    assert len(clouds_of(terminal, "sleepy").instances()) == running - 1
    status = json.loads(terminal.run("llmdeploy status sleepy.yaml --json").stdout)
    assert {each["name"]: each["health"] for each in status["regions"]} == dict.fromkeys(
        (SLEEPER, AWAKE), "healthy"
    )

    clients = Clients(terminal, "sleepy.yaml", max_tokens=4)
    begun = time.monotonic()
    with clients.asking():
        copies.wait_until_awake()
        awake = time.monotonic()
        time.sleep(10)
    assert clients.failed() == []
    meanwhile = [record for record in clients.records if begun < record.start < awake - 1]
    assert {record.region for record in meanwhile} == {AWAKE}
    assert clients.regions_since(awake + 3)[SLEEPER] > 0

    _no_move_of_up_wakes_or_changes_it(terminal, copies)

    destroy = terminal.run("llmdeploy destroy sleepy.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
    assert processes_of(terminal) == []
    assert clouds_of(terminal, "sleepy").resources() == []


def _no_move_of_up_wakes_or_changes_it(terminal: Terminal, copies: Copies) -> None:
    copies.put_to_sleep()
    result = run(terminal, "llmdeploy up sleepy.yaml --simulate --live --yes --json")
    assert {kind for kind, count in result["counts"].items() if count} == {"same"}
