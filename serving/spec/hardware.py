"""`hardware`: the GPUs of one replica, and how they are bought."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count, Text

CATALOG_GPU = "x-catalog-gpu"
"""Marks, in a JSON Schema, where the names of the catalog's GPUs belong."""

Purchase = Literal["on-demand", "spot", "spot-with-fallback"]

GpuName = Annotated[Text, WithJsonSchema({"type": "string", CATALOG_GPU: True})]
"""A GPU of the catalog, or none. Which ones there are is a rule, not a form."""

NO_GPU = "none"
"""The value of `gpu` that asks for a replica on the CPU."""


class Hardware(SpecSection):
    """The GPUs of one replica. What is absent is sized: the cheapest that fits."""

    short_form: ClassVar[str] = "gpu"

    gpu: GpuName | None = Field(
        default=None, description="The kind of GPU; none: run on the CPU (local regions).", examples=["l40s"]
    )
    count: Count | None = Field(default=None, description="GPUs in one replica.", examples=[4])
    purchase: Purchase | None = Field(
        default=None,
        description="How the instances are bought; on-demand when absent.",
        examples=["spot-with-fallback"],
    )
