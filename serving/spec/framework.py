"""`framework`: the inference server that serves the model."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Text, UrlPath, bad_value, shown

FrameworkName = Literal["vllm", "sglang", "tgi", "tensorrt-llm", "triton", "custom"]

Backend = Literal["vllm", "tensorrt-llm"]

ArgScalar = bool | int | float | str
_SCALAR_SCHEMA = {"type": ["boolean", "number", "string"]}


def _arg_value(given: Any) -> Any:
    items = given if isinstance(given, (list, tuple)) else [given]
    for item in items:
        if not isinstance(item, ArgScalar) or (isinstance(item, float) and not math.isfinite(item)):
            raise bad_value(
                f"{shown(item)} cannot be given on a command line",
                "use text, a number, true, false, or a list of these; JSON goes in quotes",
            )
    return tuple(given) if isinstance(given, list) else given


ArgValue = Annotated[
    ArgScalar | tuple[ArgScalar, ...],
    BeforeValidator(_arg_value),
    WithJsonSchema({"anyOf": [_SCALAR_SCHEMA, {"type": "array", "items": _SCALAR_SCHEMA}]}),
]
"""What a flag is given: true for a flag alone, false for its `--no-` form, a list for several values."""


class Framework(SpecSection):
    """The inference server, or any OpenAI-compatible one by `name: custom` and a command."""

    short_form: ClassVar[str] = "name"

    name: FrameworkName = Field(description="The inference server.", examples=["vllm"])
    backend: Backend | None = Field(
        default=None, description="triton only: what runs the model; vllm when absent.", examples=["vllm"]
    )
    version: Text | None = Field(
        default=None,
        description="Its version, as in the image tag; the catalog's default when absent. In quotes.",
        examples=["0.32.0"],
    )
    args: dict[Text, ArgValue] = Field(
        default={},
        description="Further flags, without the leading dashes.",
        examples=[{"enable-chunked-prefill": True}],
    )
    command: Annotated[tuple[Text, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="custom only: the server's command, with {port}, {weights}, {name}, {region} filled in.",
        examples=[["my-server", "--port", "{port}"]],
    )
    health_path: UrlPath | None = Field(
        default=None, description="custom only: answers 200 when the server is ready.", examples=["/health"]
    )
    metrics_path: UrlPath | None = Field(
        default=None, description="custom only: Prometheus metrics.", examples=["/metrics"]
    )
