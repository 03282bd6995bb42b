"""What API providers take for the open models of the catalog."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from llmdeploy.serving.catalog.table import DATA


@dataclass(frozen=True, slots=True)
class ApiPrice:
    """USD for a million tokens of one model at one provider."""

    model: str
    """The hub id of the catalog."""
    provider: str
    """As genai-prices names it: `together`, `groq`, `aws` (Bedrock)…"""
    provider_model: str
    """The provider's own name of the model: it says when a provider serves a quantized copy."""
    input_usd: float
    output_usd: float
    source: str
    checked: str
    """ISO date."""

    def blended_usd(self, input_share: float) -> float:
        """USD for a million tokens of which `input_share` (0 to 1) are read and the others written."""
        return self.input_usd * input_share + self.output_usd * (1 - input_share)


@cache
def api_prices(model: str | None = None) -> tuple[ApiPrice, ...]:
    """The prices of one model, or of all, each model's cheapest (by output) first; empty if none is known."""
    table = json.loads((DATA / "api.json").read_text("utf-8"))
    return tuple(
        sorted(
            (
                ApiPrice(name, provider, row[2], row[0], row[1], table["source"], table["checked"])
                for name, providers in table["models"].items()
                if model is None or name.lower() == model.lower()
                for provider, row in providers.items()
            ),
            key=lambda price: (price.model, price.output_usd, price.input_usd, price.provider),
        )
    )
