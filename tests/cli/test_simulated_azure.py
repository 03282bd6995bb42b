"""An online endpoint of Azure ML behind the gateways of another cloud, in simulated clouds with all that they
would run really running here.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from tests.cli.conftest import Terminal
from tests.cli.evacuations import Clients, result_of
from tests.cli.test_deployment import processes_of
from tests.cli.test_simulated_managed import (
    HEAD,
    QUESTION,
    RANDOM,
    client_of,
    clouds_of,
    run,
    wait_for_region,
)

from llmdeploy.infra.simulate.identity.azure import DEPLOYMENT, ENDPOINT

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

SPEC = HEAD + "regions:\n  - aws/us-east-1\n  - {{name: azure/eastus2, variant: managed, role: overflow}}\n"
OWN, AZURE = "aws/us-east-1", "azure/eastus2"


def key_of(terminal: Terminal) -> str:
    """The key of the endpoint, as the simulated Azure was given it."""
    (endpoint,) = clouds_of(terminal, "clouds").resources(ENDPOINT)
    return str(endpoint.inputs["properties"]["keys"]["primaryKey"])


def test_azure_answers_when_the_other_cloud_does_not(terminal: Terminal) -> None:
    terminal.write("clouds.yaml", SPEC.format(name="clouds"))
    up = terminal.run("llmdeploy up clouds.yaml --simulate --live --yes", **RANDOM)
    assert up.code == 0, up.stdout + up.stderr
    assert "simulated" in up.stderr
    wait_for_region(terminal, "clouds.yaml", OWN)
    status = json.loads(terminal.run("llmdeploy status clouds.yaml --json").stdout)
    assert {region["name"]: region["health"] for region in status["regions"]} == {
        OWN: "healthy",
        AZURE: "healthy",
    }

    _the_lost_region_is_taken_over(terminal)
    _its_key_is_seen_nowhere(terminal)
    _a_deployment_that_somebody_deletes_is_made_anew(terminal)

    destroy = terminal.run("llmdeploy destroy clouds.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
    assert processes_of(terminal) == []
    assert clouds_of(terminal, "clouds").resources() == []


def _the_lost_region_is_taken_over(terminal: Terminal) -> None:
    clients = Clients(terminal, "clouds.yaml", max_tokens=4)
    with clients.asking():
        time.sleep(3)
        run(terminal, f"llmdeploy evacuate clouds.yaml {OWN} --yes --json")
        evacuated = time.monotonic()
        time.sleep(5)
        elsewhere = clients.regions_since(evacuated)
        client = client_of(terminal, "clouds.yaml")
        stream = client.chat.completions.create(model="chat", messages=QUESTION, max_tokens=12, stream=True)
        assert len([chunk for chunk in stream if chunk.choices and chunk.choices[0].delta.content]) > 1
        run(terminal, f"llmdeploy evacuate clouds.yaml {OWN} --back --yes --json")
    assert clients.failed() == []
    assert set(elsewhere) == {AZURE}
    drill = terminal.run(f"llmdeploy drill clouds.yaml --kill {OWN} --seconds 15 --workers 2 --json")
    report = result_of(drill)
    assert report["failed"] == 0, report
    assert AZURE in report["during"]["answers"], report


def _its_key_is_seen_nowhere(terminal: Terminal) -> None:
    home, key = Path(terminal.environ["LLMDEPLOY_HOME"]), key_of(terminal)
    seen = [path for path in (*home.rglob("*.log"), *(home / "state").rglob("*.json")) if path.is_file()]
    assert len(seen) > 3
    assert not [path for path in seen if key in path.read_text(errors="replace")]
    assert key not in terminal.run("llmdeploy preview clouds.yaml --simulate").stdout


def _a_deployment_that_somebody_deletes_is_made_anew(terminal: Terminal) -> None:
    clouds = clouds_of(terminal, "clouds")
    (lost,) = clouds.resources(DEPLOYMENT)
    clouds.delete(lost)
    drift = terminal.run("llmdeploy drift clouds.yaml")
    assert drift.code == 5, drift.stdout + drift.stderr
    assert "azure-eastus2-deployment" in drift.stdout
    result = run(terminal, "llmdeploy up clouds.yaml --simulate --live --yes --json")
    assert result["counts"]["create"] >= 1
    assert len(clouds.resources(DEPLOYMENT)) == 1
