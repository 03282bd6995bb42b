"""Managed endpoints in simulated clouds, with all that they would run really running here: the gateways' own
Envoys ask simulated services, which check who asks and let local replicas answer.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import openai
import pytest
from tests.cli.conftest import Terminal
from tests.cli.evacuations import Clients, result_of
from tests.cli.test_deployment import processes_of

from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.live.services.credentials import role_in

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

RANDOM = {"LLMDEPLOY_STAND_IN": "random"}
QUESTION = [{"role": "user", "content": "Say hello."}]
HEAD = """\
name: {name}
model: {{id: Qwen/Qwen2.5-7B-Instruct, served_name: chat, context_length: 2048}}
framework: vllm
quantization: fp8
"""
THREE = HEAD + "variant: managed\nregions: [aws/us-east-1, aws/us-west-2, gcp/europe-west4]\n"
MIXED = HEAD + (
    "regions:\n  - aws/us-east-1\n  - {{name: aws/us-west-2, variant: managed, role: overflow}}\n"
)
REGIONS = {"aws/us-east-1", "aws/us-west-2", "gcp/europe-west4"}


def run(terminal: Terminal, command: str) -> dict:
    """The result of a command that must succeed."""
    done = terminal.run(command, timeout_s=600, **RANDOM)
    assert done.code == 0, done.stdout + done.stderr
    return result_of(done)


def client_of(terminal: Terminal, spec: str) -> openai.OpenAI:
    """The openai package, as `key --export` tells a user to set it up; it never tries again."""
    shown = terminal.run(f"llmdeploy key {spec} --export").stdout
    told = dict(re.findall(r"export (\w+)=(\S+)", shown))
    return openai.OpenAI(base_url=told["OPENAI_BASE_URL"], api_key=told["OPENAI_API_KEY"], max_retries=0)


def clouds_of(terminal: Terminal, name: str) -> SimulatedClouds:
    return SimulatedClouds(Path(terminal.environ["LLMDEPLOY_HOME"]) / "simulated" / name)


def wait_for_region(terminal: Terminal, spec: str, region: str) -> None:
    """Wait until a region answers what is asked at its own entry."""
    deadline = time.monotonic() + 60
    while True:
        chat = terminal.run(f"llmdeploy chat {spec} Hi --entry {region} --max-tokens 2")
        if f"{region} " in chat.stderr:
            return
        assert time.monotonic() < deadline, chat.stderr
        time.sleep(0.5)


def test_sagemaker_in_two_regions_and_vertex_in_one(terminal: Terminal) -> None:
    terminal.write("managed.yaml", THREE.format(name="managed"))
    up = terminal.run("llmdeploy up managed.yaml --simulate --live --yes", **RANDOM)
    assert up.code == 0, up.stdout + up.stderr
    assert "simulated" in up.stderr
    assert "managed: 3 of 3 regions healthy" in up.stdout

    status = json.loads(terminal.run("llmdeploy status managed.yaml --json").stdout)
    assert {region["name"]: region["health"] for region in status["regions"]} == dict.fromkeys(
        REGIONS, "healthy"
    )

    client = client_of(terminal, "managed.yaml")
    assert [model.id for model in client.models.list().data] == ["chat"]
    whole = client.chat.completions.create(model="chat", messages=QUESTION, max_tokens=12)
    assert whole.choices[0].message.content
    stream = client.chat.completions.create(model="chat", messages=QUESTION, max_tokens=12, stream=True)
    assert len([chunk for chunk in stream if chunk.choices and chunk.choices[0].delta.content]) > 1
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-wrong").models.list()
    for region in REGIONS:
        wait_for_region(terminal, "managed.yaml", region)

    _an_endpoint_that_somebody_deletes_is_made_up_for_and_mended(terminal)
    _a_lost_region_loses_no_whole_answer(terminal)
    _no_secret_is_seen(terminal)

    destroy = terminal.run("llmdeploy destroy managed.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
    assert processes_of(terminal) == []


def _an_endpoint_that_somebody_deletes_is_made_up_for_and_mended(terminal: Terminal) -> None:
    clouds = clouds_of(terminal, "managed")
    lost = next(
        each for each in clouds.resources("aws:sagemaker/endpoint:Endpoint") if each.region == "us-east-1"
    )
    clients = Clients(terminal, "managed.yaml", max_tokens=4)
    with clients.asking():
        time.sleep(3)
        clouds.delete(lost)
        deleted = time.monotonic()
        time.sleep(6)
        elsewhere = clients.regions_since(deleted + 3)
        result = run(terminal, "llmdeploy up managed.yaml --simulate --live --yes --json")
        mended = time.monotonic()
        wait_for_region(terminal, "managed.yaml", "aws/us-east-1")
        time.sleep(6)
    assert clients.failed() == []
    assert set(elsewhere) <= REGIONS - {"aws/us-east-1"}, elsewhere
    assert sum(elsewhere.values()) > 0
    assert result["counts"]["create"] >= 1
    assert clients.regions_since(mended)["aws/us-east-1"] > 0
    found = [each.region for each in clouds.resources("aws:sagemaker/endpoint:Endpoint")]
    assert sorted(found) == ["us-east-1", "us-west-2"]


def _a_lost_region_loses_no_whole_answer(terminal: Terminal) -> None:
    drill = terminal.run("llmdeploy drill managed.yaml --kill aws/us-east-1 --seconds 15 --workers 4 --json")
    report = result_of(drill)
    assert report["failed"] == 0, report
    assert report["broken_streams"] <= 4, "no more than were under way"
    assert set(report["during"]["answers"]) & {"aws/us-west-2", "gcp/europe-west4"}, report


def _no_secret_is_seen(terminal: Terminal) -> None:
    home = Path(terminal.environ["LLMDEPLOY_HOME"])
    folder = home / "simulated" / "managed"
    role = role_in(folder, "us-east-1")
    tokens = [each["token"] for each in json.loads((folder / "tokens.json").read_text())["tokens"].values()]
    secrets = [role.secret_access_key, role.session_token, *tokens]
    seen = [path for path in (*home.rglob("*.log"), *(home / "state").rglob("*.json")) if path.is_file()]
    assert any("managed-services" in path.name for path in seen)
    for path in seen:
        text = path.read_text(errors="replace")
        assert not [secret for secret in secrets if secret in text], path


def test_a_managed_region_takes_what_a_self_hosted_one_cannot(terminal: Terminal) -> None:
    terminal.write("mixed.yaml", MIXED.format(name="mixed"))
    run(terminal, "llmdeploy up mixed.yaml --simulate --live --yes --json")
    wait_for_region(terminal, "mixed.yaml", "aws/us-east-1")
    chat = terminal.run("llmdeploy chat mixed.yaml Hi --entry aws/us-west-2 --max-tokens 2")
    assert "aws/us-east-1 " in chat.stderr, (
        "the primary has its turn first, also where the overflow is entered"
    )
    clients = Clients(terminal, "mixed.yaml", max_tokens=4)
    with clients.asking():
        time.sleep(5)
        settled = time.monotonic()
        time.sleep(3)
        usual = clients.regions_since(settled)
        drill = terminal.run(
            "llmdeploy drill mixed.yaml --kill aws/us-east-1 --seconds 15 --workers 2 --json"
        )
    report = result_of(drill)
    assert report["failed"] == 0, report
    assert "aws/us-west-2" in report["during"]["answers"]
    assert set(usual) == {"aws/us-east-1"}, "the overflow rests while the primary serves"
    assert [record for record in clients.failed() if not record.stream] == []


@pytest.mark.timeout(1500)
def test_self_hosted_becomes_managed_and_self_hosted_again(terminal: Terminal) -> None:
    """The bar: the same URL and key, and no request that fails, under eight clients."""
    own = HEAD.format(name="switched") + "regions: [aws/us-east-1, gcp/europe-west4]\n"
    terminal.write("switched.yaml", own)
    run(terminal, "llmdeploy up switched.yaml --simulate --live --yes --json")
    before = terminal.run("llmdeploy key switched.yaml --export").stdout
    for region in ("aws/us-east-1", "gcp/europe-west4"):
        wait_for_region(terminal, "switched.yaml", region)
    clients = Clients(terminal, "switched.yaml", max_tokens=4)
    with clients.asking():
        time.sleep(3)
        terminal.write("switched.yaml", f"variant: managed\n{own}")
        run(terminal, "llmdeploy up switched.yaml --simulate --live --yes --json")
        managed = time.monotonic()
        endpoints = _endpoints(terminal)
        time.sleep(5)
        terminal.write("switched.yaml", own)
        back = time.monotonic()
        run(terminal, "llmdeploy up switched.yaml --simulate --live --yes --json")
        time.sleep(5)
    assert clients.failed() == []
    assert endpoints == {"us-east-1": "Endpoint", "europe-west4": "VertexEndpoint"}
    assert _endpoints(terminal) == {}
    answered = [record for record in clients.records if managed < record.start < back]
    assert answered
    assert terminal.run("llmdeploy key switched.yaml --export").stdout == before


def _endpoints(terminal: Terminal) -> dict[str, str]:
    """The managed endpoints in the clouds, by region."""
    kinds = ("aws:sagemaker/endpoint:Endpoint", "gcp:aiplatform/vertexEndpoint:VertexEndpoint")
    return {
        each.region: each.type for kind in kinds for each in clouds_of(terminal, "switched").resources(kind)
    }
