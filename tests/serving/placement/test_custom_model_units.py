"""How many custom model units a copy of a model takes, beside what AWS and a public log say of three."""

from __future__ import annotations

import pytest

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.placement.ask import RegionAsk, ReplicaAsk
from llmdeploy.serving.placement.place import place
from llmdeploy.serving.speed.request import Workload
from llmdeploy.serving.speed.result import Target


def ask(model: str, weights: str = "none") -> RegionAsk:
    replica = ReplicaAsk(
        architecture=model_architecture(model),
        framework="vllm",
        server="vllm",
        version="0.32.0",
        weights=weights,
        method=None,
        kv_cache="16-bit",
        context_length=8192,
        memory_fraction=None,
        batch_tokens=None,
        concurrency=None,
        tensor=None,
        pipeline=1,
        workload=Workload(),
        speculation=None,
        target=Target(),
    )
    return RegionAsk(
        region="aws/us-east-1",
        replica=replica,
        gpu=None,
        count=None,
        purchase="on-demand",
        requests_per_second=None,
        least=0,
        most=None,
        managed="bedrock",
    )


@pytest.mark.parametrize(
    ("model", "units"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", 2),
        ("meta-llama/Llama-3.1-70B-Instruct", 8),
        ("Qwen/Qwen3-4B", 1),
    ],
)
def test_the_units_that_are_published(model: str, units: int) -> None:
    chosen = place(ask(model)).chosen
    assert chosen is not None
    assert chosen.price is not None
    assert chosen.price.hourly_usd == pytest.approx(units * 0.05718 * 60)
    assert chosen.price.estimated
    assert chosen.price.instance == ("custom model unit" if units == 1 else f"{units} × custom model unit")
    assert chosen.replicas == 1


def test_units_follow_from_the_model_and_not_from_what_the_spec_makes_of_it() -> None:
    plain, quantized = (
        place(ask("meta-llama/Llama-3.1-8B-Instruct", weights)).chosen for weights in ("none", "int8")
    )
    assert plain is not None
    assert quantized is None or quantized.price == plain.price
    assert managed_service("bedrock").unit_gib == 24
