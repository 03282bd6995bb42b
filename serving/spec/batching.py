"""`batching`: how a replica runs many requests at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count


class Batching(SpecSection):
    """The knobs of continuous batching and of the key-value cache. What is absent the server decides."""

    concurrency: Count | None = Field(
        default=None, description="Requests that one replica runs at once; others wait.", examples=[256]
    )
    tokens: Count | None = Field(
        default=None, description="Tokens of one step of the model, over all requests.", examples=[8192]
    )
    memory_fraction: Annotated[float, Strict(), Field(gt=0, le=1)] | None = Field(
        default=None,
        description=(
            "The share of GPU memory to take; for tensorrt-llm of what is free after loading, else of all."
        ),
        examples=[0.9],
    )
    prefix_caching: Annotated[bool, Strict()] | None = Field(
        default=None, description="Reuse what prompts have in common.", examples=[True]
    )
    chunked_prefill: Annotated[bool, Strict()] | None = Field(
        default=None,
        description="Read long prompts piece by piece, between others' tokens.",
        examples=[True],
    )
