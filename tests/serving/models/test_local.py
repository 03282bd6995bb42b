"""Models in local folders and GGUF files, sound and damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFWriter
from numpy import zeros

from llmdeploy.serving.catalog.models import catalog_architecture
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.errors import BadModelFile
from llmdeploy.serving.models.lookup import model_architecture

SMOL = "HuggingFaceTB/SmolLM2-135M-Instruct"


def folder(path: Path, index: Any = None, **changes: Any) -> str:
    """A model folder as the hub's client leaves it."""
    config = {**read_table("models")[SMOL]["config"], **changes}
    (path / "config.json").write_text(json.dumps(config))
    if index is not None:
        (path / "model.safetensors.index.json").write_text(json.dumps(index))
    return str(path)


def gguf(path: Path, layers: int, file_type: int) -> Path:
    """A header-only GGUF file of a model shaped like SmolLM2, with one tensor."""
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(layers)
    writer.add_embedding_length(576)
    writer.add_feed_forward_length(1536)
    writer.add_head_count(9)
    writer.add_head_count_kv(3)
    writer.add_context_length(8192)
    writer.add_file_type(file_type)
    writer.add_tensor("token_embd.weight", zeros((49152, 576), dtype="float16"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_folder_is_read_like_the_catalog(tmp_path: Path) -> None:
    found = model_architecture(folder(tmp_path))
    assert found.layers == catalog_architecture(SMOL).layers
    assert found.parameters == catalog_architecture(SMOL).parameters
    assert found.known


@pytest.mark.parametrize(("share", "known"), [(1.0, True), (1.03, True), (1.2, False), (2.0, True)])
def test_a_checkpoint_of_another_size_is_doubted(tmp_path: Path, share: float, known: bool) -> None:
    size = int(2 * share * catalog_architecture(SMOL).parameters)
    assert model_architecture(folder(tmp_path, {"metadata": {"total_size": size}})).known is known


def test_an_unknown_kind_is_read_like_llama_and_says_so(tmp_path: Path) -> None:
    found = model_architecture(folder(tmp_path, model_type="brand_new"))
    assert found.parameters == catalog_architecture(SMOL).parameters
    assert not found.known


@pytest.mark.parametrize(
    ("index", "problem"),
    [
        ({"metadata": {"total_size": -5}}, "metadata.total_size is -5, not a number of bytes"),
        ({"metadata": {"total_size": "much"}}, "metadata.total_size is 'much', not a number of bytes"),
        ({"metadata": []}, "metadata is [], not an object"),
        ({}, "metadata.total_size is None, not a number of bytes"),
        ([], "not a JSON object"),
    ],
)
def test_a_bad_index(tmp_path: Path, index: Any, problem: str) -> None:
    with pytest.raises(BadModelFile, match=r"index\.json") as raised:
        model_architecture(folder(tmp_path, index))
    assert list(raised.value.problems) == [problem]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"7", "not a JSON object"),
    ],
)
def test_a_folder_without_a_readable_config(tmp_path: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(BadModelFile) as raised:
        model_architecture(str(tmp_path))
    assert problem in raised.value.problem
    assert raised.value.mend == "give a folder with the model's config.json, as `hf download` leaves it"


@pytest.mark.parametrize(("file_type", "native"), [(1, "fp16"), (7, "q8_0"), (15, "q4_k_m")])
def test_a_gguf_file(tmp_path: Path, file_type: int, native: str) -> None:
    found = model_architecture(str(gguf(tmp_path / "smol.gguf", 30, file_type)))
    assert found.parameters == catalog_architecture(SMOL).parameters
    assert found.tied_embeddings
    assert found.native == native


def test_a_gguf_file_that_lies(tmp_path: Path) -> None:
    with pytest.raises(BadModelFile, match=r"num_hidden_layers is 70000, not between 1 and 1,000"):
        model_architecture(str(gguf(tmp_path / "smol.gguf", 70_000, 1)))


def test_a_gguf_file_of_an_unknown_quantization(tmp_path: Path) -> None:
    with pytest.raises(BadModelFile, match=r"general\.file_type is 99"):
        model_architecture(str(gguf(tmp_path / "smol.gguf", 30, 99)))


@pytest.mark.parametrize("kept", [0, 3, 8, 30, 100, 200])
def test_a_gguf_file_cut_short(tmp_path: Path, kept: int) -> None:
    whole = gguf(tmp_path / "whole.gguf", 30, 1).read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[:kept])
    with pytest.raises(BadModelFile, match="GGUF"):
        model_architecture(str(tmp_path / "cut.gguf"))
