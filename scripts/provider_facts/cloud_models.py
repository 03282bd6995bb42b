"""Finds the clouds' own models of a resource, and adds what they say of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from scripts.provider_facts import cloud_values, shapes

from llmdeploy.infra.simulate.schema.property_type import PropertyType

aws_requests = cache(shapes.aws_requests)
google_requests = cache(shapes.google_requests)
google_documents = cache(shapes.google_documents)


def add(facts: dict[str, Any], token: str, types: Mapping[str, PropertyType], raw: dict[str, Any]) -> int:
    """Answers to how many properties something was added."""
    short = token.rpartition(":")[2]
    names = [short, raw["title"], raw["name"].partition("_")[2]]
    nouns = [name.replace(" ", "").replace("_", "").lower() for name in names if name]
    best = [
        request.shape
        for requests in _requests(token, raw)
        for request in cloud_values.best_requests(nouns, types, requests)
    ]
    return cloud_values.fill(facts, types, best)


def _requests(token: str, raw: dict[str, Any]) -> Iterator[list[shapes.Request]]:
    """The models in which the resource's requests may be, likeliest first."""
    if token.startswith("aws:"):
        yield from map(aws_requests, raw["sdks"][:3])
        return
    module = token.split(":")[1].split("/")[0].lower()
    yield from map(google_requests, google_documents((raw["service"], module)))
