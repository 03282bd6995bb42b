"""A spec whose model is not in the catalog: asked of the hub, remembered, or described by the user."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.infra.hub.hub_server import address, hub_server

from llmdeploy.serving.catalog.table import read_table

SPEC = """\
name: chat
model: {id: MODEL, context_length: 8192}
framework: vllm
regions: [aws/us-east-1]
"""
CONFIG = read_table("models")["meta-llama/Llama-3.1-8B-Instruct"]["config"]
WITHOUT = """\
import sys
sys.modules[sys.argv[1]] = None
from llmdeploy.cli.main import main
main(sys.argv[2:])
"""


@pytest.fixture
def home(terminal, tmp_path):
    """The terminal, with a cache that remembers nothing yet."""
    terminal.environ["LLMDEPLOY_CACHE"] = str(tmp_path / "cache")
    return terminal


def test_a_model_of_the_hub_is_planned_and_remembered(home):
    home.write("chat.yaml", SPEC.replace("MODEL", "acme/new"))
    with hub_server({"acme/new/config.json": CONFIG}) as serving:
        outcome = home.run("llmdeploy plan chat.yaml", HF_ENDPOINT=address(serving), HF_TOKEN="hf_canary")
        assert {token for _, token in serving.asked} == {"Bearer hf_canary"}
    assert outcome.code == 0
    assert "1 × l4" in outcome.stdout
    assert "asking the hub about acme/new" in outcome.stderr
    again = home.run("llmdeploy cost chat.yaml --json", HF_ENDPOINT="http://127.0.0.1:9")
    assert (again.code, again.stderr) == (0, "")
    assert "canary" not in outcome.stdout + outcome.stderr


def test_no_hub_no_plan_and_the_mend_works(home):
    home.write("chat.yaml", SPEC.replace("MODEL", "acme/new"))
    refused = home.run("llmdeploy plan chat.yaml", HF_ENDPOINT="http://127.0.0.1:9")
    assert refused.code == 2
    assert "model acme/new is not in the catalog, and the hub cannot be reached" in refused.stderr
    home.write("weights/config.json", json.dumps(CONFIG))
    added = home.run("llmdeploy catalog add acme/new weights")
    assert added.code == 0
    assert added.stdout.startswith("acme/new: 8.03B parameters, 131,072 tokens, bf16; kept in ")
    assert home.run("llmdeploy plan chat.yaml", HF_ENDPOINT="http://127.0.0.1:9").code == 0
    assert "acme/new" in home.run("llmdeploy catalog models").stdout


def test_weights_in_a_bucket_are_planned_once_described(home):
    home.write("chat.yaml", SPEC.replace("MODEL", "s3://acme-models/chat"))
    refused = home.run("llmdeploy plan chat.yaml")
    assert refused.code == 2
    assert "llmdeploy catalog add s3://acme-models/chat FOLDER" in refused.stderr
    home.write("weights/config.json", json.dumps(CONFIG))
    assert home.run("llmdeploy catalog add s3://acme-models/chat weights").code == 0
    assert home.run("llmdeploy plan chat.yaml").code == 0


def test_what_cannot_be_is_not_added(home):
    home.write("weights/config.json", json.dumps(CONFIG | {"num_hidden_layers": -1}))
    outcome = home.run("llmdeploy catalog add acme/new weights")
    assert outcome.code == 1
    assert "num_hidden_layers is -1, not between 1 and 1,000" in outcome.stderr
    assert not (home.folder.parent / "home" / "catalog").exists()


@pytest.mark.parametrize(
    ("module", "command", "mend"),
    [
        ("huggingface_hub", "plan chat.yaml", "pip install 'llmdeploy-stacks[hub]'"),
        ("matplotlib", "advise known.yaml --plot a.png", "pip install 'llmdeploy-stacks[plot]'"),
        ("boto3", "catalog refresh --provider aws", "pip install 'llmdeploy-stacks[aws]'"),
        ("googleapiclient", "catalog refresh --provider gcp", "pip install 'llmdeploy-stacks[gcp]'"),
    ],
)
def test_a_missing_extra_is_named(home, module, command, mend):
    home.write("chat.yaml", SPEC.replace("MODEL", "acme/new"))
    home.write("known.yaml", SPEC.replace("MODEL", "meta-llama/Llama-3.1-8B-Instruct"))
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT, module, *command.split()],
        cwd=home.folder,
        env=home.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode in (1, 2)
    assert mend in ended.stderr
    assert "Traceback" not in ended.stderr
