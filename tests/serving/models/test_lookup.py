"""Finding a model by the name in a spec."""

from __future__ import annotations

import pytest

from llmdeploy.serving.catalog.models import catalog_architecture
from llmdeploy.serving.models.errors import ModelUnknown
from llmdeploy.serving.models.lookup import model_architecture


def test_a_catalog_id_in_any_case() -> None:
    assert model_architecture("qwen/qwen3-8b") is catalog_architecture("Qwen/Qwen3-8B")


@pytest.mark.parametrize(
    ("name", "base", "native"),
    [
        ("RedHatAI/Qwen3-8B-FP8-dynamic", "Qwen/Qwen3-8B", "fp8"),
        ("Qwen/Qwen2.5-7B-Instruct-AWQ", "Qwen/Qwen2.5-7B-Instruct", "awq"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", "Qwen/Qwen2.5-7B-Instruct", "gptq"),
        ("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int8", "Qwen/Qwen2.5-7B-Instruct", "int8"),
        (
            "RedHatAI/Mistral-Small-3.1-24B-Instruct-2503-quantized.w8a8",
            "mistralai/Mistral-Small-3.1-24B-Instruct-2503",
            "int8",
        ),
        ("neuralmagic/Llama-3.1-8B-Instruct-quantized.w4a16", "meta-llama/Llama-3.1-8B-Instruct", "w4a16"),
        ("nvidia/Llama-3.3-70B-Instruct-NVFP4", "meta-llama/Llama-3.3-70B-Instruct", "nvfp4"),
    ],
)
def test_a_quantized_copy_of_a_catalog_model(name: str, base: str, native: str) -> None:
    found = model_architecture(name)
    assert found.layers == catalog_architecture(base).layers
    assert (found.name, found.native) == (name, native)


def test_a_misspelt_id_is_guessed() -> None:
    with pytest.raises(ModelUnknown) as raised:
        model_architecture("Qwen/Qwen2.5-7B-Instrct")
    assert str(raised.value) == (
        "model Qwen/Qwen2.5-7B-Instrct: not in the catalog, and no local folder; "
        "did you mean Qwen/Qwen2.5-7B-Instruct? Else give a local folder that has the model's config.json"
    )


def test_an_id_like_no_other() -> None:
    with pytest.raises(ModelUnknown) as raised:
        model_architecture("acme/secret")
    assert raised.value.mend == "give a local folder that has the model's config.json"
