"""API prices: of models of the catalog, each with its source."""

from __future__ import annotations

import pytest

from llmdeploy.serving.catalog.api_prices import api_prices
from llmdeploy.serving.catalog.models import catalog_models


def test_every_price_is_of_a_model_of_the_catalog_and_positive():
    every = api_prices()
    assert len({price.model for price in every}) >= 40
    for price in every:
        assert price.model in catalog_models()
        assert 0 < price.input_usd < 100
        assert 0 < price.output_usd < 100
        assert price.source.startswith("genai-prices ")
        assert price.checked >= "2026"


def test_the_cheapest_provider_comes_first():
    found = api_prices("meta-llama/Llama-3.3-70B-Instruct")
    assert len(found) >= 5
    assert [price.output_usd for price in found] == sorted(price.output_usd for price in found)
    assert {"aws", "groq"} <= {price.provider for price in found}


def test_a_blend_weighs_what_is_read_and_what_is_written():
    price = next(one for one in api_prices("meta-llama/Llama-3.3-70B-Instruct") if one.provider == "groq")
    assert price.blended_usd(1) == price.input_usd
    assert price.blended_usd(0) == price.output_usd
    assert price.blended_usd(0.75) == pytest.approx(0.75 * price.input_usd + 0.25 * price.output_usd)


def test_a_model_without_a_provider_has_none():
    assert api_prices("HuggingFaceTB/SmolLM2-135M-Instruct") == ()
    assert api_prices("acme/none") == ()
