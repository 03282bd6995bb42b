"""A model that Bedrock imports, in simulated clouds with all that they would run really running here."""

from __future__ import annotations

import json
import time
from pathlib import Path

import openai
import pytest
from tests.cli.conftest import Terminal
from tests.cli.test_deployment import processes_of
from tests.cli.test_simulated_managed import QUESTION, RANDOM, client_of, clouds_of, run

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.bedrock_records import IMPORT

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]

WEIGHTS = Path(__file__).parents[1] / "contract" / "weights"
SPEC = """\
name: imported
model: {id: "s3://acme-models/chat", served_name: chat, context_length: 2048}
framework: vllm
variant: managed
managed: bedrock
scaling: {min: 0}
regions: [aws/us-east-1]
"""


def awake(client: openai.OpenAI) -> openai.types.chat.ChatCompletion:
    """An answer, once the model has woken up: the first request finds it asleep."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return client.chat.completions.create(model="chat", messages=QUESTION, max_tokens=12)
        except openai.APIStatusError as error:
            if error.status_code not in {429, 503} or time.monotonic() > deadline:
                raise
            time.sleep(1)


def imported(terminal: Terminal) -> Record:
    (found,) = clouds_of(terminal, "imported").resources(IMPORT)
    return found


def test_an_imported_model_sleeps_answers_and_is_imported_anew(terminal: Terminal) -> None:
    terminal.write("imported.yaml", SPEC)
    added = terminal.run(f"llmdeploy catalog add s3://acme-models/chat {WEIGHTS}")
    assert added.code == 0, added.stderr
    up = terminal.run("llmdeploy up imported.yaml --simulate --live --yes", **RANDOM)
    assert up.code == 0, up.stdout + up.stderr
    assert "simulated" in up.stderr

    client = client_of(terminal, "imported.yaml")
    assert awake(client).choices[0].message.content
    stream = client.chat.completions.create(model="chat", messages=QUESTION, max_tokens=12, stream=True)
    assert len([chunk for chunk in stream if chunk.choices and chunk.choices[0].delta.content]) > 1
    status = json.loads(terminal.run("llmdeploy status imported.yaml --json").stdout)
    assert [region["health"] for region in status["regions"]] == ["healthy"]

    lost = imported(terminal)
    clouds_of(terminal, "imported").delete(lost)
    result = run(terminal, "llmdeploy up imported.yaml --simulate --live --yes --json")
    assert result["counts"]["create"] >= 1
    assert imported(terminal).id != lost.id
    assert awake(client).choices[0].message.content

    destroy = terminal.run("llmdeploy destroy imported.yaml --yes")
    assert destroy.code == 0, destroy.stdout + destroy.stderr
    assert processes_of(terminal) == []
    assert clouds_of(terminal, "imported").resources() == []
