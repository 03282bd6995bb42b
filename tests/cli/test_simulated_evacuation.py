"""An evacuation in simulated clouds, with all that they would run really running here, under load."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from tests.cli.conftest import Terminal
from tests.cli.evacuations import Clients, result_of

from llmdeploy.infra.simulate.clouds import SimulatedClouds

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

SPEC = Path(__file__).parents[2] / "stacks" / "global.yaml"


def dials(terminal: Terminal) -> dict[str, object]:
    """The traffic dial of each of AWS's regions, as the simulated accelerator has it."""
    clouds = SimulatedClouds(Path(terminal.environ["LLMDEPLOY_HOME"]) / "simulated" / "global")
    groups = [each for each in clouds.resources() if each.type == "EndpointGroup"]
    return {each.inputs["endpointGroupRegion"]: each.inputs.get("trafficDialPercentage") for each in groups}


def test_clients_notice_nothing(terminal: Terminal) -> None:
    shutil.copy(SPEC, terminal.folder / "global.yaml")
    up = terminal.run("llmdeploy up global.yaml --simulate --live --yes")
    assert up.code == 0, up.stdout + up.stderr
    clients = Clients(terminal, "global.yaml", max_tokens=8)
    with clients.asking():
        away = result_of(terminal.run("llmdeploy evacuate global.yaml aws/us-east-1 --yes --json"))
        moved = time.monotonic()
        dialled = dials(terminal)
        time.sleep(8)
        asked_back = time.monotonic()
        back = result_of(terminal.run("llmdeploy evacuate global.yaml aws/us-east-1 --back --yes --json"))
        returned = time.monotonic()
        time.sleep(12)
    assert clients.failed() == []
    assert (away["ok"], away["in_flight"], away["simulated"]) == (True, 0, True)
    assert away["takers"] == ["aws/us-west-2", "gcp/europe-west4"]
    assert dialled == {"us-east-1": 0, "us-west-2": None}
    meanwhile = {r.region for r in clients.records if moved < r.start < asked_back}
    assert meanwhile
    assert "aws/us-east-1" not in meanwhile
    assert (back["ok"], dials(terminal)["us-east-1"] in (None, 100)) == (True, True)
    assert clients.regions_since(returned)["aws/us-east-1"] > 0

    drill = terminal.run(
        "llmdeploy drill global.yaml --evacuate aws/us-west-2 --seconds 15 --workers 4 --max-failed 0 --json"
    )
    assert drill.code == 0, drill.stdout + drill.stderr
    report = result_of(drill)
    assert (report["failed"], report["broken_streams"], report["simulated"]) == (0, 0, True)
    assert report["drained_s"] is not None
    destroy = terminal.run("llmdeploy destroy global.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
