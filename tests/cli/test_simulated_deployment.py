"""stacks/global.yaml on simulated clouds, with everything that they would run really running here."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import openai
import pytest
from tests.cli.test_deployment import processes_of

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]

SPEC = Path(__file__).parents[2] / "stacks" / "global.yaml"
REGIONS = {"aws/us-east-1", "aws/us-west-2", "gcp/europe-west4"}
QUESTION = [{"role": "user", "content": "Say hello."}]


def result_of(stdout: str) -> dict:
    """The last of the JSON lines."""
    result = json.loads(stdout.splitlines()[-1])
    assert result["event"] == "result"
    return result


def test_two_clouds_serve_fail_over_and_go(terminal):
    shutil.copy(SPEC, terminal.folder / "global.yaml")
    up = terminal.run("llmdeploy up global.yaml --simulate --live --yes")
    assert up.code == 0, up.stdout + up.stderr
    assert "simulated" in up.stderr
    assert "global: 3 of 3 regions healthy" in up.stdout

    status = json.loads(terminal.run("llmdeploy status global.yaml --json").stdout)
    assert {region["name"]: region["health"] for region in status["regions"]} == dict.fromkeys(
        REGIONS, "healthy"
    )

    shown = terminal.run("llmdeploy key global.yaml --export").stdout
    exports = dict(re.findall(r"export (\w+)=(\S+)", shown))
    client = openai.OpenAI(
        base_url=exports["OPENAI_BASE_URL"], api_key=exports["OPENAI_API_KEY"], max_retries=0
    )
    model = client.models.list().data[0].id
    stream = client.chat.completions.create(model=model, messages=QUESTION, max_tokens=12, stream=True)
    assert len([chunk for chunk in stream if chunk.choices and chunk.choices[0].delta.content]) > 1
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-wrong").models.list()
    for region in REGIONS:
        chat = terminal.run(f"llmdeploy chat global.yaml Hi --entry {region} --max-tokens 4")
        assert f"{region} " in chat.stderr

    drill = terminal.run("llmdeploy drill global.yaml --kill aws/us-east-1 --seconds 15 --workers 4 --json")
    report = result_of(drill.stdout)
    assert report["failed"] == 0, report
    assert report["broken_streams"] <= 4, "no more than were under way"
    assert "aws/us-west-2" in report["during"]["answers"]

    again = terminal.run("llmdeploy up global.yaml --simulate --yes --json")
    assert again.code == 0, again.stdout + again.stderr
    counts = result_of(again.stdout)["counts"]
    assert sum(counts[op] for op in ("create", "update", "replace", "delete")) == 0

    destroy = terminal.run("llmdeploy destroy global.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
    home = Path(terminal.environ["LLMDEPLOY_HOME"])
    assert processes_of(terminal) == []
    assert not list(home.glob("live/*"))
    assert not list(home.glob("simulated/*"))
    gone = terminal.run("llmdeploy status global.yaml")
    assert (gone.code, "llmdeploy up" in gone.stderr) == (1, True)


def test_local_regions_cannot_be_simulated(terminal):
    terminal.write(
        "here.yaml",
        "name: here\nmodel: HuggingFaceTB/SmolLM2-135M-Instruct\nframework: vllm\nregions: [local/a]\n",
    )
    refused = terminal.run("llmdeploy up here.yaml --simulate --yes")
    assert refused.code == 1
    assert "nothing" not in refused.stdout
    assert "there is no cloud to simulate" in refused.stderr
    assert terminal.run("llmdeploy up here.yaml --live --yes").code == 2
