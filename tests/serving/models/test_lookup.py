"""Finding a model by the name in a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.serving.catalog.models import catalog_architecture
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.models.description import Description
from llmdeploy.serving.models.errors import ModelUnknown
from llmdeploy.serving.models.kept import keep_description, own_models
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
        "did you mean Qwen/Qwen2.5-7B-Instruct? Else describe it: "
        "`llmdeploy catalog add Qwen/Qwen2.5-7B-Instrct FOLDER`, with a folder that has its config.json"
    )


def test_an_id_like_no_other() -> None:
    with pytest.raises(ModelUnknown) as raised:
        model_architecture("acme/secret")
    assert raised.value.mend == (
        "describe it: `llmdeploy catalog add acme/secret FOLDER`, with a folder that has its config.json"
    )


def test_the_users_own_description_comes_first(tmp_path: Path) -> None:
    config = {**read_table("models")["Qwen/Qwen3-8B"]["config"], "num_hidden_layers": 7}
    description = Description(config, None, "config.json")
    for name in ("Qwen/Qwen3-8B", "s3://acme/../chat"):
        file = keep_description(own_models(tmp_path), name, description)
        assert file.parent == tmp_path / "models"
        assert len(model_architecture(name, overlay=tmp_path).layers) == 7
    assert len(model_architecture("Qwen/Qwen3-8B").layers) == 36


def test_what_nothing_here_knows_is_asked_for_with_its_revision() -> None:
    asked = []

    def describe(name: str, revision: str | None) -> Description:
        asked.append((name, revision))
        return Description(read_table("models")["Qwen/Qwen3-8B"]["config"], None, "elsewhere")

    assert model_architecture("acme/new", "v2", describe=describe).name == "acme/new"
    model_architecture("Qwen/Qwen3-8B", describe=describe)
    assert asked == [("acme/new", "v2")]
