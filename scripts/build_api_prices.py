"""Writes what API providers take for the catalog's open models, from the data of the library genai-prices.

    uv run --with genai-prices --with pyyaml scripts/build_api_prices.py

A snapshot in the catalog keeps `llmdeploy` from importing the library, which takes 0.4 s, at every `advise`.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from genai_prices.data import providers

DATA = Path(__file__).parent.parent / "serving/catalog/data"
# What providers add to a model's name, or leave out, without making it another model.
EXTRAS = re.compile(
    r"^meta-|@cf/|-instruct$|-instruct(?=-fp8)|-chat$|-it$|-turbo$|-versatile$|-instant$|-v\d+:\d+$|-1:0$|-fp8(-fast)?$|-maas$"
)


def main() -> None:
    """Match every provider's models with the catalog's, then write the table."""
    wanted = {_key(name): name for name in yaml.safe_load((DATA / "models.yaml").read_text("utf-8"))}
    rows: dict[str, Any] = {}
    for provider in providers:
        for model in provider.models:
            name = wanted.get(_key(model.id))
            price = _price(model.prices)
            if name and price and not model.deprecated:
                rows.setdefault(name, {}).setdefault(provider.id, [*price, model.id])
    table = {
        "source": f"genai-prices {version('genai-prices')}",
        "checked": datetime.now(UTC).date().isoformat(),
        "models": dict(sorted(rows.items())),
    }
    head = json.dumps({key: table[key] for key in ("source", "checked")})[:-1]
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in table["models"].items()]
    (DATA / "api.json").write_text(head + ', "models": {\n' + ",\n".join(lines) + "\n}}\n", "utf-8")


def _key(name: str) -> str:
    plain = name.rpartition("/")[2].lower()
    plain = re.sub(
        r"^(meta|mistral|openai|qwen|deepseek|databricks)[.-](?=llama|mixtral|mistral|gpt-oss|qwen|deepseek)",
        "",
        plain,
    )
    plain = re.sub(r"^llama(\d)-(\d)", r"llama-\1.\2", plain)
    while (shorter := EXTRAS.sub("", plain)) != plain:
        plain = shorter
    return plain.replace("_", "-").replace("qwen-", "qwen")


def _price(prices: Any) -> tuple[float, float] | None:
    # A list of prices is one by date or by hour; the last is the one in force without a condition.
    last = prices[-1].prices if isinstance(prices, list) else prices
    into, out = last.input_mtok, last.output_mtok
    if into is None or out is None:
        return None
    base_in, base_out = (float(getattr(each, "base", each)) for each in (into, out))
    return (base_in, base_out) if base_in > 0 and base_out > 0 else None


if __name__ == "__main__":
    main()
