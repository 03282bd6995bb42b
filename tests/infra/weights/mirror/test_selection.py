"""Which files of a model are worth mirroring."""

from __future__ import annotations

import pytest

from llmdeploy.infra.weights.mirror.manifest import MirroredFile, manifest_text, read_manifest
from llmdeploy.infra.weights.mirror.selection import served_files

CASES = {
    "safetensors win over pickles": (
        ["config.json", "model.safetensors", "pytorch_model.bin", "original/consolidated.00.pth"],
        ["config.json", "model.safetensors"],
    ),
    "pickles alone are kept": (["config.json", "pytorch_model.bin"], ["config.json", "pytorch_model.bin"]),
    "Mistral's second copy": (
        ["consolidated.safetensors", "model-1.safetensors", "params.json"],
        ["model-1.safetensors", "params.json"],
    ),
    "Mistral's only copy": (
        ["consolidated.safetensors", "params.json"],
        ["consolidated.safetensors", "params.json"],
    ),
    "an adapter": (
        ["adapter_config.json", "adapter_model.safetensors", "README.md"],
        ["README.md", "adapter_config.json", "adapter_model.safetensors"],
    ),
    "other programs and hidden files": (
        [".gitattributes", "a/.cache/x", "m.gguf", "tf_model.h5", "onnx/model.onnx", "tokenizer.json"],
        ["tokenizer.json"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_served_files(case: str) -> None:
    given, kept = CASES[case]
    assert served_files(given) == kept


def test_a_manifest_can_be_read_back() -> None:
    files = (MirroredFile("a b.json", 1, "0" * 64), MirroredFile("sub/c", 22, "f" * 64))
    assert read_manifest(manifest_text(reversed(files))) == files
