"""Models of the hub, mirrored by the real command."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.infra.weights.mirror.clouds import AWS, GCP, Clouds, clouds, told
from tests.infra.weights.mirror.hub import address, hub
from tests.infra.weights.mirror.test_push import COMMAND

from llmdeploy.infra.weights.mirror.errors import SourceUnusable
from llmdeploy.infra.weights.mirror.hub_source import HubSource
from llmdeploy.infra.weights.mirror.manifest import read_manifest
from llmdeploy.infra.weights.mirror.open import model_source
from llmdeploy.infra.weights.mirror.source import FolderSource
from llmdeploy.serving.node.models import NodeModel

MODELS = {
    "acme/tuned": {
        "config.json": b"{}",
        "model.safetensors": b"w" * 5000,
        "pytorch_model.bin": b"p" * 5000,
        ".gitattributes": b"hidden",
    },
    "acme/legal-lora": {"adapter_model.safetensors": b"l" * 2000},
}
SPEC = f"""name: chat
model: {{id: acme/tuned, adapters: [{{name: legal, source: acme/legal-lora}}]}}
framework: vllm
regions: [{AWS}, {GCP}]
"""
TOKEN = "hf_canary"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[Clouds, ThreadingHTTPServer]]:
    with clouds(tmp_path) as cloud, hub({model: dict(files) for model, files in MODELS.items()}) as server:
        environ = {**cloud.environ, "HF_ENDPOINT": address(server), "HF_TOKEN": TOKEN}
        yield replace(cloud, environ=environ), server


def push(cloud: Clouds, text: str = SPEC, code: int = 0) -> subprocess.CompletedProcess[str]:
    (cloud.folder / "chat.yaml").write_text(text)
    ended = subprocess.run(
        [COMMAND, "weights", "push", "chat.yaml"],
        env=cloud.environ,
        cwd=cloud.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == code, ended.stderr
    return ended


def test_each_file_is_fetched_once_for_all_regions(world: tuple[Clouds, ThreadingHTTPServer]) -> None:
    cloud, server = world
    push(cloud)
    assert sorted(file for file, _ in server.given) == [
        "adapter_model.safetensors",
        "config.json",
        "model.safetensors",
    ]
    for region in (AWS, GCP):
        stored = cloud.stored(region)
        assert stored["models/acme/tuned/main/model.safetensors"] == b"w" * 5000
        assert stored["models/acme/legal-lora/main/adapter_model.safetensors"] == b"l" * 2000
        listed = read_manifest(stored["models/acme/tuned/main/.complete"].decode())
        assert [file.path for file in listed] == ["config.json", "model.safetensors"]
    assert not list((cloud.folder / "cache").rglob("*.safetensors"))


def test_what_is_mirrored_is_not_even_fetched(world: tuple[Clouds, ThreadingHTTPServer]) -> None:
    cloud, server = world
    push(cloud)
    server.given.clear()
    assert push(cloud).stdout.count("  nothing ") == 4
    # Of small files the hub tells no sha256.
    assert [file for file, _ in server.given] == ["config.json"]


def test_a_branch_that_has_moved_on_is_brought_up_to_date(world: tuple[Clouds, ThreadingHTTPServer]) -> None:
    cloud, server = world
    push(cloud)
    server.models["acme/tuned"]["model.safetensors"] = b"v" * 5000
    push(cloud)
    assert cloud.stored(AWS)["models/acme/tuned/main/model.safetensors"] == b"v" * 5000


def test_a_download_that_is_not_what_the_hub_listed_is_not_sent(
    world: tuple[Clouds, ThreadingHTTPServer], tmp_path: Path
) -> None:
    _, server = world
    source = HubSource("acme/tuned", None, tmp_path / "push", address(server))
    files = {file.path: file for file in source.files()}
    server.models["acme/tuned"]["model.safetensors"] = b"short"
    with (
        pytest.raises(SourceUnusable, match=r"model\.safetensors of acme/tuned came with 5 bytes, not 5000"),
        source.opened(files["model.safetensors"]),
    ):
        pass


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        ("acme/gated", "acme/gated is gated; accept its licence on the hub and set HF_TOKEN"),
        ("acme/absent", "the hub has no acme/absent, or it is private; check the name"),
        ("{id: acme/tuned, revision: nothere}", "acme/tuned has no revision nothere; name a commit"),
    ],
)
def test_what_the_hub_does_not_give(
    model: str, problem: str, world: tuple[Clouds, ThreadingHTTPServer]
) -> None:
    cloud, _ = world
    ended = push(cloud, f"name: chat\nmodel: {model}\nframework: vllm\nregions: [{AWS}]\n", code=1)
    assert problem in told(ended.stderr)
    assert TOKEN not in ended.stderr
    assert not cloud.stored(AWS)


def test_a_hub_that_cannot_be_reached(world: tuple[Clouds, ThreadingHTTPServer]) -> None:
    cloud, _ = world
    away = replace(cloud, environ={**cloud.environ, "HF_ENDPOINT": "http://127.0.0.1:9"})
    ended = push(away, code=1)
    assert "the hub does not give acme/tuned" in told(ended.stderr)
    assert "Traceback" not in ended.stderr


def test_sources_by_the_name_of_a_model(tmp_path: Path) -> None:
    assert isinstance(model_source(NodeModel("./tuned"), tmp_path, tmp_path), FolderSource)
    assert isinstance(model_source(NodeModel("acme/tuned"), tmp_path, tmp_path), HubSource)
    with pytest.raises(SourceUnusable, match="in a bucket of your own"):
        model_source(NodeModel("s3://acme/chat"), tmp_path, tmp_path)
