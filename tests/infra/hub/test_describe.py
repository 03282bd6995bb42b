"""What a server that answers as the hub does says of models, and what is remembered of it."""

from __future__ import annotations

import os

import pytest
from tests.infra.hub.hub_server import COMMIT, address, hub_server

from llmdeploy.infra.hub.ask import HubUnavailable
from llmdeploy.infra.hub.describe import FRESH_S, describer
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.errors import BadModelFile, ModelUnknown
from llmdeploy.serving.models.kept import kept_file

CONFIG = read_table("models")["HuggingFaceTB/SmolLM2-135M-Instruct"]["config"]
INDEX = {"metadata": {"total_size": 1234}, "weight_map": {"a": "model-1.safetensors"}}
FILES = {
    "acme/tiny/config.json": CONFIG,
    "acme/tiny/model.safetensors.index.json": INDEX,
    "acme/single/config.json": CONFIG,
    "acme/negative/config.json": CONFIG | {"num_hidden_layers": -1},
    "acme/list/config.json": [1, 2],
    "acme/cut/config.json": b'{"model_type": "lla',
    "acme/deep/config.json": b'{"a":' * 100_000,
    "acme/bad-index/config.json": CONFIG,
    "acme/bad-index/model.safetensors.index.json": {"metadata": {"total_size": -1}},
}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def hub():
    with hub_server(FILES) as serving:
        yield serving


@pytest.fixture
def told():
    return []


@pytest.fixture
def describe(hub, tmp_path, told):
    return describer(tmp_path, told.append, address(hub))


def test_the_config_and_the_size_of_the_weights(describe, told):
    found = describe("acme/tiny", None)
    assert (found.config, found.checkpoint_bytes) == (CONFIG, 1234)
    assert found.source == "config.json of acme/tiny on the hub"
    assert told == ["asking the hub about acme/tiny"]


def test_a_model_of_one_file_has_no_size(describe):
    assert describe("acme/single", None).checkpoint_bytes is None


@pytest.mark.parametrize(
    ("model", "revision", "problem", "mend"),
    [
        ("acme/none", None, "model acme/none: the hub has no such model, or it is private", "set HF_TOKEN"),
        ("acme/gated", None, "model acme/gated is gated", "accept its licence on the hub and set HF_TOKEN"),
        ("acme/tiny", "v9", "model acme/tiny has no revision v9", "commit, tag or branch"),
        ("acme/empty", None, "model acme/empty: the hub has no config.json of it", "is it a GGUF or a LoRA?"),
        ("acme/list", None, "model acme/list: its config.json on the hub is no JSON object", "catalog add"),
        ("acme/cut", None, "model acme/cut: its config.json on the hub is no JSON object", "catalog add"),
        ("acme/deep", None, "model acme/deep: its config.json on the hub is no JSON object", "catalog add"),
    ],
)
def test_what_the_hub_refuses_or_has_wrong(describe, tmp_path, model, revision, problem, mend):
    with pytest.raises(HubUnavailable) as caught:
        describe(model, revision)
    assert caught.value.problem == problem
    assert mend in caught.value.mend
    assert not (tmp_path / "hub").exists()


def test_an_index_that_cannot_be(describe):
    with pytest.raises(BadModelFile) as caught:
        describe("acme/bad-index", None)
    assert caught.value.problem == (
        "model.safetensors.index.json of acme/bad-index on the hub: "
        "metadata.total_size is -1, not a number of bytes"
    )


def test_a_hub_out_of_reach_names_the_near_model_and_the_way_without_it(tmp_path):
    with pytest.raises(HubUnavailable) as caught:
        describer(tmp_path, lambda _line: None, NOWHERE)("Qwen/Qwen2.5-7B-Instrukt", None)
    assert caught.value.problem == (
        "model Qwen/Qwen2.5-7B-Instrukt is not in the catalog, and the hub cannot be reached"
    )
    assert caught.value.mend.startswith("did you mean Qwen/Qwen2.5-7B-Instruct? Else describe it: `llmdeploy")


def test_what_was_told_is_remembered_for_a_day(hub, describe):
    describe("acme/tiny", None)
    asked = len(hub.asked)
    assert describe("acme/tiny", None).config == CONFIG
    assert len(hub.asked) == asked


def test_after_a_day_a_branch_is_asked_again_and_a_commit_is_not(hub, describe, tmp_path):
    for revision in (None, COMMIT):
        describe("acme/tiny", revision)
        file = kept_file(tmp_path / "hub", f"acme/tiny@{revision or 'main'}")
        os.utime(file, (0, file.stat().st_mtime - FRESH_S - 1))
    asked = len(hub.asked)
    describe("acme/tiny", COMMIT)
    assert len(hub.asked) == asked
    describe("acme/tiny", None)
    assert len(hub.asked) > asked


def test_what_is_remembered_serves_while_the_hub_is_out_of_reach(describe, tmp_path, told):
    describe("acme/tiny", None)
    file = kept_file(tmp_path / "hub", "acme/tiny@main")
    os.utime(file, (0, 0))
    again = describer(tmp_path, told.append, NOWHERE)
    assert again("acme/tiny", None).config == CONFIG
    assert told[-1] == "the hub cannot be reached; acme/tiny is as it was told before"


def test_what_is_remembered_and_damaged_is_asked_again(describe, tmp_path):
    describe("acme/tiny", None)
    kept_file(tmp_path / "hub", "acme/tiny@main").write_text("{")
    assert describe("acme/tiny", None).config == CONFIG


def test_what_cannot_be_is_not_remembered(describe, tmp_path):
    with pytest.raises(BadModelFile, match="num_hidden_layers is -1"):
        describe("acme/negative", None)
    assert not (tmp_path / "hub").exists()


def test_a_bucket_is_not_asked_for(hub, describe):
    asked = len(hub.asked)
    with pytest.raises(ModelUnknown, match="catalog add s3://acme/chat FOLDER"):
        describe("s3://acme/chat", None)
    assert len(hub.asked) == asked
